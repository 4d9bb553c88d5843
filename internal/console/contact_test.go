package console_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
	"tenet/internal/web"
)

// fakeCalls is one call that really changes.
type fakeCalls struct {
	mu    sync.Mutex
	looks []url.Values
	said  map[string]string
	state string
	tries int
	notes []url.Values
	mends map[string]string
	trust []url.Values
	ended []string
	over  bool
}

func newFakeCalls() *fakeCalls { return &fakeCalls{mends: map[string]string{}} }

func (c *fakeCalls) Begin(context.Context) (console.CallStart, error) {
	return console.CallStart{Once: "once-1", Say: []string{"This call is recorded, to train staff."}, Groups: []console.FieldGroup{
		{Title: "Whom it is about", Fields: []console.FormField{{Name: "told", Label: "Were they told?", As: "some", Options: []console.Option{{ID: "yes", Text: "I told them"}}},
			{Name: "name", Label: "Their name", As: "line", Must: true, Lack: "Give the name"}, {Name: "born", Label: "Date of birth", As: "day"}}},
		{Title: "More", Folded: true, Fields: []console.FormField{{Name: "phone", Label: "Telephone", As: "line"}}}}}, nil
}

func (c *fakeCalls) Look(_ context.Context, _ console.Staff, once string, given url.Values) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if given.Get("born") == "" {
		return "", &console.Mistake{Field: "born", Text: "A name alone is not enough"}
	}
	c.looks, c.state = append(c.looks, given), "open"
	return "cc-1", nil
}

func (c *fakeCalls) Call(_ context.Context, by console.Staff, id string) (console.Call, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id != "cc-1" || c.over || by.ID != rosalind.ID {
		return console.Call{}, web.ErrNotFound
	}
	k := console.Call{ID: id, About: "Morwenna <Pascoe>", Caller: "The person themselves, they say", State: c.state, Left: 2 - c.tries, Again: c.tries > 0, Once: "once-2", Theirs: true,
		NoteForm: []console.FormField{{Name: "happened", Label: "What happened", As: "words", Must: true, Lack: "Say what happened"}, {Name: "thinks", Label: "What you think of it", As: "words"}}}
	switch c.state {
	case "open":
		k.Questions = []console.CallQuestion{{ID: "nino", Ask: "What is the number?", Right: c.tries > 0}, {ID: "record:paid", Ask: "How is the rent paid?"}}
	case "held":
		k.Say = []string{"“This is on hold: checking.”"}
	case "passed":
		k.For = "Lantern <Row>"
		k.Lines = []console.CallLine{{Title: "Repairs", May: "yes", Words: "It is theirs."}, {Title: "Bank", May: "no", Words: "Only with the account holder."}, {Title: "Card", May: "may", Words: "Ask whose it is."}}
		k.Safety = []console.CallSafety{{Only: []string{"07700 900142"}, Never: []string{"01632 960001"}, Why: "She asked."}}
		k.Trusted = []console.CallTrusted{{ID: "au-1", Name: "Sadia <Khan>", As: "A trusted contact", May: "arrange repairs", State: "Until it is ended.", Counts: true}}
		k.Happened = []console.CallEntry{{ID: "ct-1", On: now.Add(-48 * time.Hour), By: "Tomos Prydderch", How: "By telephone", Facts: "The <b>boiler</b> is out.", Opinion: "She was tired.", Recorded: "They were told."},
			{ID: "ct-2", On: now.Add(-72 * time.Hour), By: "Tomos Prydderch", How: "At their home", Facts: "Looked.", Corrected: true}}
		k.TrustTo = []console.FormField{{Name: "trusted", Label: "Who?", As: "line", Must: true, Lack: "Say who"}}
		k.Mend = []console.FormField{{Name: "right", Label: "What is right", As: "words", Must: true}}
	}
	return k, nil
}

func (c *fakeCalls) Answer(_ context.Context, _ console.Staff, _ string, said map[string]string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = said
	c.tries++
	switch {
	case said["record:paid"] == "by standing order":
		c.state = "passed"
	case c.tries > 1:
		c.state = "held"
	}
	return nil
}

func (c *fakeCalls) Note(_ context.Context, _ console.Staff, _, _ string, given url.Values) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.Contains(given.Get("happened"), "4111") {
		return &console.Mistake{Field: "happened", Text: "The number of a card stands in it"}
	}
	c.notes = append(c.notes, given)
	return nil
}

func (c *fakeCalls) Correct(_ context.Context, _ console.Staff, _, entry, _ string, given url.Values) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mends[entry] = given.Get("right")
	return nil
}

func (c *fakeCalls) Trust(_ context.Context, _ console.Staff, _, _ string, given url.Values) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trust = append(c.trust, given)
	return nil
}

func (c *fakeCalls) Untrust(_ context.Context, _ console.Staff, _, authority string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = append(c.ended, authority)
	return nil
}

func (c *fakeCalls) Request(context.Context, console.Staff, string) (url.Values, error) {
	return url.Values{"asked": {"Everything, she said"}, "received": {"2026-11-25"}}, nil
}

func (c *fakeCalls) Finish(context.Context, console.Staff, string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	return nil
}

func serveCalls(t testing.TB) (face, *fakeCalls) {
	t.Helper()
	hash, err := console.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	f, calls, work := face{desk: newFakeDesk(), accounts: &fakeAccounts{hash: hash}}, newFakeCalls(), newFakeWork()
	h, err := console.New(console.Config{Landlord: web.Landlord{Name: "Alder Vale Homes"}, Desk: f.desk, Accounts: f.accounts, Gate: openGate{}, Calls: calls, Work: work, Intake: work,
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f, calls
}

// TestCall goes through a call: whom it is about, the questions, what may be talked about,
// what is written down, and its end.
func TestCall(t *testing.T) {
	f, calls := serveCalls(t)
	v := f.staff(t)
	if _, page := v.get("/contact"); !strings.Contains(page, "This call is recorded") || !strings.Contains(page, "On the telephone") {
		t.Fatal("the page does not begin with what is said first")
	}
	if status, page := v.post("/contact", "once", "1", "name", "Morwenna Pascoe"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "A name alone is not enough") || !strings.Contains(page, "Morwenna Pascoe") {
		t.Errorf("a name alone gives %d", status)
	}
	_, page := v.post("/contact", "once", "1", "name", "Morwenna Pascoe", "born-day", "2", "born-month", "3", "born-year", "1981")
	if !strings.Contains(page, "Ask the caller") || strings.Contains(page, `value="Morwenna`) || len(calls.looks) != 1 || calls.looks[0].Get("born") != "1981-03-02" {
		t.Fatalf("looked %v:\n%s", calls.looks, page)
	}
	const secret = "QQ123456C"
	if _, page = v.post("/contact/cc-1", "said-nino", secret, "said-record:paid", "cash"); !strings.Contains(page, "1 try is") || strings.Contains(page, secret) || strings.Contains(page, "cash") {
		t.Error("what was said is shown again, or no try is counted")
	}
	if calls.said["nino"] != secret || calls.said["record:paid"] != "cash" {
		t.Errorf("heard %v", calls.said)
	}
	_, page = v.post("/contact/cc-1", "said-record:paid", "by standing order")
	for _, want := range []string{"What you may talk about", "Only with the account holder.", "Not yet", "Reach them only in safety", "01632 960001", "Sadia &lt;Khan&gt;", "The &lt;b&gt;boiler&lt;/b&gt; is out.", "What the writer thinks:", "Corrected since"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if status, page := v.post("/contact/cc-1/note", "once", "2"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Say what happened") {
		t.Errorf("nothing written down gives %d", status)
	}
	if status, page := v.post("/contact/cc-1/note", "once", "2", "happened", "Paid with 4111."); status != http.StatusUnprocessableEntity || !strings.Contains(page, "number of a card") {
		t.Errorf("a card gives %d", status)
	}
	if _, page := v.post("/contact/cc-1/note", "once", "2", "happened", "Asked for a plumber.", "thinks", "In a hurry."); !strings.Contains(page, "It is written down.") || calls.notes[0].Get("thinks") != "In a hurry." {
		t.Errorf("written down: %v", calls.notes)
	}
	if status, page := v.post("/contact/cc-1/entry/ct-1", "once", "3"); status != http.StatusUnprocessableEntity || !strings.Contains(page, `id="right"`) {
		t.Errorf("an empty correction gives %d", status)
	}
	v.post("/contact/cc-1/entry/ct-1", "once", "3", "right", "It is the tap.")
	v.post("/contact/cc-1/trust", "once", "4", "trusted", "Ada Fenwick")
	v.post("/contact/cc-1/untrust", "authority", "au-1")
	if calls.mends["ct-1"] != "It is the tap." || len(calls.trust) != 1 || len(calls.ended) != 1 {
		t.Errorf("corrected %v, trusted %v, ended %v", calls.mends, calls.trust, calls.ended)
	}
	if _, page := v.post("/contact/cc-1/request"); !strings.Contains(page, "Everything, she said") || !strings.Contains(page, `name="once" value="form-1"`) {
		t.Error("the request is not filled in with what is known")
	}
	if _, page := v.post("/contact/cc-1/finish"); !strings.Contains(page, "The call is over") {
		t.Error("the call is not over")
	}
	if status, _ := v.get("/contact/cc-1"); status != http.StatusNotFound {
		t.Errorf("after it the call gives %d", status)
	}
	if status, page := f.visitor(t).get("/contact"); strings.Contains(page, "Somebody is on") {
		t.Errorf("whoever has not signed in gets %d", status)
	}
}

// TestCallOnHold: whoever does not pass is told nothing, in words that can be read out.
func TestCallOnHold(t *testing.T) {
	f, _ := serveCalls(t)
	v := f.staff(t)
	v.post("/contact", "once", "1", "name", "Morwenna Pascoe", "born-day", "2", "born-month", "3", "born-year", "1981")
	v.post("/contact/cc-1", "said-nino", "x")
	_, page := v.post("/contact/cc-1", "said-nino", "y")
	if !strings.Contains(page, "On hold: checking") || strings.Contains(page, "may act for them") || strings.Contains(page, "boiler") || strings.Contains(page, "Reach them") || !strings.Contains(page, "Write it down") {
		t.Errorf("on hold the page is\n%s", page)
	}
}

// TestCallForEveryone holds the pages of a call against axe and a phone's width, as the
// machine has it and with both choices of display, and goes through one by keyboard alone.
func TestCallForEveryone(t *testing.T) {
	needAssets(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true}, "phone": testbrowser.Phone} {
		for _, display := range []string{"", "contrast", "large"} {
			t.Run(name+" "+display, func(t *testing.T) {
				f, calls := serveCalls(t)
				p := b.Page(t, o)
				look := func(what string) {
					t.Helper()
					for _, v := range p.Axe() {
						t.Errorf("%s: %s", what, v)
					}
					if n := p.Overflow(); n > 0 {
						t.Errorf("%s is %d pixels wider than the screen", what, n)
					}
				}
				signInWith(p, f)
				if display != "" {
					p.Goto(f.URL + "/cases?display=" + display)
					look("cases")
				}
				p.Goto(f.URL + "/contact")
				look("begin")
				p.Click("main button")
				look("begin, nothing filled in")
				p.Fill("#name", "Morwenna Pascoe")
				p.Fill("#born-day", "2")
				p.Fill("#born-month", "3")
				p.Fill("#born-year", "1981")
				p.Click("main button")
				look("questions")
				p.Click("main button")
				look("questions again")
				p.Fill("[id='said-record:paid']", "by standing order")
				p.Click("main button")
				look("passed")
				p.Click("main form[action$='/note'] button")
				look("passed, nothing written")
				p.Click("main form[action$='/request'] button")
				look("request")
				calls.mu.Lock()
				calls.state = "held"
				calls.mu.Unlock()
				p.Goto(f.URL + "/contact/cc-1")
				look("on hold")
			})
		}
	}
}

// TestCallByKeyboard: from the menu to what may be talked about by Tab, letters and Enter.
func TestCallByKeyboard(t *testing.T) {
	f, calls := serveCalls(t)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{NoScript: true})
	p.Goto(f.URL + "/contact")
	p.TabTo("#name")
	p.Type("rosalind")
	p.TabTo("#password")
	p.Type(password)
	p.Enter()
	p.TabTo("#told-yes")
	p.Type(" ")
	p.TabTo("#name")
	p.Type("Morwenna Pascoe")
	p.TabTo("#born-day")
	p.Type("2")
	p.TabTo("#born-month")
	p.Type("3")
	p.TabTo("#born-year")
	p.Type("1981")
	p.Enter()
	p.TabTo("#said-record:paid")
	p.Type("by standing order")
	p.Enter()
	if got := p.Text("h1"); got != "What you may talk about" || calls.looks[0].Get("told") != "yes" {
		t.Errorf("the page is %q, looked %v", got, calls.looks)
	}
}
