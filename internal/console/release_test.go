package console_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
	"tenet/internal/web"
)

// fakeReleases is one answer that may be handed over, or one that may not.
type fakeReleases struct {
	over console.HandingOver
	made []console.NewLink
}

func (f *fakeReleases) HandingOver(context.Context, console.Staff, string) (console.HandingOver, error) {
	return f.over, nil
}

func (f *fakeReleases) MakeLink(_ context.Context, _ console.Staff, _ string, n console.NewLink) (console.MadeLink, error) {
	if !n.Alone {
		return console.MadeLink{}, &web.Refusal{Why: "Somebody linked with the person may use these details.", Mend: "Look, and say so."}
	}
	f.made = append(f.made, n)
	return console.MadeLink{Words: "7KQM 3XTP 9HRA", URL: "https://privacy.aldervale.example.org/collect/c2VjcmV0LXRva2VuLW9mLWEtbGluay10aGF0LW9wZW5z", Expires: now.AddDate(0, 0, 7)}, nil
}

func (f *fakeReleases) ReadCode(context.Context, console.Staff, string) (string, time.Time, error) {
	return "042137", now.Add(15 * time.Minute), nil
}

func (f *fakeReleases) WithdrawLink(context.Context, console.Staff, string) error {
	f.over.Link = nil
	return nil
}

func (f *fakeReleases) Print(context.Context, console.Staff, string) (web.File, error) {
	return web.File{Name: number + ".pdf", Type: "application/pdf", Body: io.NopCloser(strings.NewReader("%PDF-"))}, nil
}

func (f *fakeReleases) Posted(_ context.Context, _ console.Staff, _, day, recorded string) error {
	if recorded == "?" {
		return &web.Refusal{Why: "That is no number of the post."}
	}
	f.over.Posted = append(f.over.Posted, console.Posted{Day: now, By: day, Recorded: recorded})
	return nil
}

// releasing is a console with an approved answer.
func releasing(t testing.TB) (face, *fakeReleases) {
	t.Helper()
	hash, err := console.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	x := &fakeReleases{over: console.HandingOver{Approved: true, Email: true, Days: 7, Held: []string{"morwenna.pascoe@example.org"}, Address: "Flat 3, 14 Wharfedale Court, Alderford AV1 2AB",
		Link:      &console.OpenLink{By: "Rosalind Achebe", Made: now, Expires: now.AddDate(0, 0, 7), Phone: true, To: "07700 900142", Asked: now},
		Ended:     []console.EndedLink{{Made: now.AddDate(0, 0, -9), Ended: now.AddDate(0, 0, -2), How: "it expired"}},
		Downloads: []console.Download{{Began: now, Factor: "a code by telephone, and the words", Bytes: 1000, Size: 123456}, {Began: now, Ended: now, Factor: "a code by telephone, and the words", Bytes: 123456, Size: 123456, Complete: true}},
		Posted:    []console.Posted{{Day: now, By: "Tomos Prydderch", Recorded: "AB123456789GB"}}}}
	f := face{desk: newFakeDesk(), accounts: &fakeAccounts{hash: hash}}
	h, err := console.New(console.Config{Landlord: web.Landlord{Name: "Alder Vale Homes"}, Desk: f.desk, Accounts: f.accounts, Gate: openGate{}, Releases: x,
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f, x
}

// TestHandingOverPagesForEveryone: every state of the page, with what is shown once and
// what is to be mended, works without scripts and passes axe.
func TestHandingOverPagesForEveryone(t *testing.T) {
	needAssets(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true}, "phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true}} {
		t.Run(name, func(t *testing.T) {
			f, x := releasing(t)
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
			at := f.URL + "/cases/" + number + "/release"
			p.Goto(at)
			look("a link is open")
			p.Click("form[action$='/release/code'] button")
			look("a code to read out")
			if !strings.Contains(p.Text("main"), "042137") {
				t.Error("the code is not shown")
			}
			p.Goto(at)
			if strings.Contains(p.Text("main"), "042137") {
				t.Error("the code is shown twice")
			}
			p.Click("form[action$='/release/withdraw'] button")
			look("no link")
			p.Fill("#since-day", "31")
			p.Fill("#since-month", "2")
			p.Fill("#since-year", "2024")
			p.Click("form[action$='/release/link'] button")
			look("a day that there is not")
			p.Fill("#since-day", "1")
			p.Click("form[action$='/release/link'] button")
			look("a refusal")
			if !strings.Contains(p.Text(".govuk-error-summary"), "linked with the person") {
				t.Error("the refusal is not shown")
			}
			p.Choose("label[for='alone']")
			p.Click("form[action$='/release/link'] button")
			look("a link is made")
			if text := p.Text("main"); !strings.Contains(text, "7KQM 3XTP 9HRA") || !strings.Contains(p.Eval(`document.querySelector("#url").value`), "/collect/") {
				t.Errorf("the words or the link are not shown:\n%s", text)
			}
			if n := x.made; len(n) != 1 || n[0].Since != "2024-02-01" || n[0].To != "morwenna.pascoe@example.org" {
				t.Errorf("the desk got %+v", n)
			}
			x.over.Lacks = "The proof of identity is too old. Identify them again."
			p.Goto(at)
			look("something is lacking")
			x.over = console.HandingOver{}
			p.Goto(at)
			look("not approved")
		})
	}
}

// TestPostedOnTheConsole: a print is a file, and its posting is recorded.
func TestPostedOnTheConsole(t *testing.T) {
	f, x := releasing(t)
	v := f.visitor(t)
	v.post("/sign-in", "name", "rosalind", "password", password)
	at := "/cases/" + number + "/release"
	if status, body := v.post(at + "/print"); status != 200 || !strings.HasPrefix(body, "%PDF-") {
		t.Errorf("a print gives %d", status)
	}
	if status, page := v.post(at+"/posted", "recorded", "AB1"); status != 422 || !strings.Contains(page, "Enter the date") {
		t.Errorf("no day gives %d:\n%s", status, page)
	}
	if status, page := v.post(at+"/posted", "day-day", "24", "day-month", "Nov", "day-year", "2026", "recorded", "?"); status != 422 || !strings.Contains(page, "no number of the post") {
		t.Errorf("a number that is none gives %d:\n%s", status, page)
	}
	if status, page := v.post(at+"/posted", "day-day", "24", "day-month", "Nov", "day-year", "2026", "recorded", "AB1"); status != 200 || !strings.Contains(page, "went by post") {
		t.Errorf("posting gives %d:\n%s", status, page)
	}
	if n := len(x.over.Posted); n != 2 {
		t.Errorf("%d postings", n)
	}
}
