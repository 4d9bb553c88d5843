package console_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
	"tenet/internal/web"
)

// fakeMaps holds the questions about one source, and really takes answers.
type fakeMaps struct {
	mu       sync.Mutex
	reading  bool
	open     []console.MapQuestion
	answered []console.MapQuestion
	answers  []string
	written  int
}

func newFakeMaps() *fakeMaps {
	m := &fakeMaps{}
	for i, kind := range []string{"people", "belongs", "belongs", "special", "question"} {
		q := console.MapQuestion{ID: fmt.Sprint("q", i), Kind: kind, Says: fmt.Sprintf("what is it, number %d", i),
			Why: []string{"the name of the column", "98 of 100 values are there"}, Proposed: "yes", Options: []string{"yes", "no", "joint"}}
		for n := range 3 + i*3 {
			q.Of = append(q.Of, fmt.Sprintf("tenancy_%d.person_no", n))
		}
		m.open = append(m.open, q)
	}
	return m
}

func (m *fakeMaps) Maps(context.Context) ([]console.MapState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return []console.MapState{{Source: "housing", Mapped: m.written > 0, Answered: len(m.answered)}, {Source: "letters", Mapped: true}}, nil
}

func (m *fakeMaps) Map(_ context.Context, source string) (console.MapReview, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if source != "housing" {
		return console.MapReview{}, web.ErrNotFound
	}
	return console.MapReview{Source: source, Reading: m.reading, Answered: len(m.answered), Open: append([]console.MapQuestion(nil), m.open...), Problems: []string{"<b>notes</b> cannot be read"}}, nil
}

func (m *fakeMaps) ReadAgain(context.Context, string) error { return nil }

func (m *fakeMaps) AnswerMap(_ context.Context, _ console.Staff, _, question, answer string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, q := range m.open {
		if q.ID == question {
			m.open = append(m.open[:i:i], m.open[i+1:]...)
			m.answered, m.answers = append(m.answered, q), append(m.answers, answer)
			return nil
		}
	}
	return &web.Refusal{Why: "That question is answered already."}
}

func (m *fakeMaps) AcceptMap(context.Context, console.Staff, string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answered, m.open = append(m.answered, m.open...), nil
	return nil
}

func (m *fakeMaps) UndoMap(context.Context, console.Staff, string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.answered)
	if n == 0 {
		return "", nil
	}
	q := m.answered[n-1]
	m.answered, m.open = m.answered[:n-1], append([]console.MapQuestion{q}, m.open...)
	return q.Kind, nil
}

func (m *fakeMaps) WriteMap(context.Context, console.Staff, string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.written++
	m.answered = nil
	return nil
}

// fakePeople remembers what was decided.
type fakePeople struct {
	mu      sync.Mutex
	decided []console.SameDecision
	undone  int
}

const maybe = "housing:person/person_id=1007"

func (p *fakePeople) Who(context.Context, string) (console.Who, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := console.Who{Records: []string{"housing:person/person_id=1001"}}
	if len(p.decided) == 0 {
		w.Possible = []console.PossibleRecord{{ID: maybe, Source: "housing", Table: "person", Key: "person_id 1007", Name: "M. <i>Pascoe</i>", Percent: 62,
			Why: []string{"the surname agrees", "the date of birth is not there"}}}
	}
	return w, nil
}

func (p *fakePeople) Same(_ context.Context, by console.Staff, _ string, d console.SameDecision) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	d.A, d.By, d.On = "housing:person/person_id=1001", by.Name, web.Date(now)
	p.decided = append(p.decided, d)
	return nil
}

func (p *fakePeople) SameDecisions(context.Context) ([]console.SameDecision, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]console.SameDecision(nil), p.decided...), nil
}

func (p *fakePeople) UndoSame(_ context.Context, _ console.Staff, a, b string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, d := range p.decided {
		if d.A == a && d.B == b {
			p.decided = append(p.decided[:i:i], p.decided[i+1:]...)
			p.undone++
			return nil
		}
	}
	return web.ErrNotFound
}

// confirming is a console with maps to confirm and people to tell apart.
func confirming(t testing.TB) (face, *fakeMaps, *fakePeople) {
	t.Helper()
	hash, err := console.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	f := face{desk: newFakeDesk(), accounts: &fakeAccounts{hash: hash}}
	m, p := newFakeMaps(), &fakePeople{}
	h, err := console.New(console.Config{
		Landlord: web.Landlord{Name: "Alder Vale Homes"}, Desk: f.desk, Accounts: f.accounts, Gate: openGate{}, Maps: m, People: p,
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f, m, p
}

func TestMapIsConfirmedQuestionByQuestion(t *testing.T) {
	f, m, _ := confirming(t)
	v := f.staff(t)
	_, page := v.get("/maps/housing")
	for _, want := range []string{"5 questions are open", "what is it, number 0", "98 of 100", "Whose rows are (2)", "&lt;b&gt;notes&lt;/b&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	// Left for later, the next is asked; of one kind, only those.
	if _, page = v.get("/maps/housing?after=q0"); !strings.Contains(page, "number 1<") {
		t.Error("leaving the first for later does not ask the second")
	}
	if _, page = v.get("/maps/housing?kind=special"); !strings.Contains(page, "number 3<") || strings.Contains(page, "number 0<") {
		t.Error("choosing a kind does not ask those of it")
	}
	if _, page = v.get("/maps/housing?after=q4"); !strings.Contains(page, "number 0<") {
		t.Error("after the last one does not come the first")
	}
	_, page = v.post("/maps/housing/answer", "question", "q1", "answer", "joint")
	if !strings.Contains(page, "4 questions are open") || m.answers[0] != "joint" {
		t.Errorf("the answer did not arrive: %v", m.answers)
	}
	if status, page := v.post("/maps/housing/answer", "question", "q1", "answer", "yes"); status == http.StatusOK || !strings.Contains(page, "answered already") {
		t.Errorf("answering twice gave %d", status)
	}
	if _, page = v.post("/maps/housing/undo"); !strings.Contains(page, "taken back: Whose rows are") || !strings.Contains(page, "5 questions") {
		t.Error("the last answer was not taken back")
	}
	if _, page = v.post("/maps/housing/accept"); !strings.Contains(page, "Write the map") {
		t.Error("with nothing open the map cannot be written")
	}
	if _, page = v.post("/maps/housing/write"); m.written != 1 || !strings.Contains(page, "is written") {
		t.Error("the map was not written")
	}
	if status, _ := v.get("/maps/nowhere"); status != http.StatusNotFound {
		t.Errorf("a source that is not there gave %d", status)
	}
	m.reading = true
	r, err := v.http.Get(v.at + "/maps/housing")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.Header.Get("Refresh") == "" {
		t.Error("a page that waits does not look again by itself")
	}
}

func TestWhoIsDecidedWithAReason(t *testing.T) {
	f, _, p := confirming(t)
	v := f.staff(t)
	at := "/cases/" + number + "/who"
	_, page := v.get(at)
	for _, want := range []string{"62% likely", "the date of birth is not there", "&lt;i&gt;Pascoe&lt;/i&gt;", `aria-current="page">Who is who`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	for _, bad := range [][]string{{"answer", "same", "reason", " "}, {"answer", "", "reason", "asked her"}, {"answer", "same", "reason", strings.Repeat("x", 1001)}} {
		status, page := v.post(at, append([]string{"record", maybe}, bad...)...)
		if status != http.StatusUnprocessableEntity || len(p.decided) > 0 || !strings.Contains(page, "There is a problem") {
			t.Errorf("%q gave %d", bad[:2], status)
		}
	}
	if _, page = v.post(at, "record", maybe, "answer", "same", "reason", "showed both letters"); !strings.Contains(page, "The record is theirs") || len(p.decided) != 1 {
		t.Fatalf("nothing was decided: %v", p.decided)
	}
	if _, page = v.get("/who"); !strings.Contains(page, "showed both letters") || !strings.Contains(page, "The same person") {
		t.Error("the decision is not listed")
	}
	if v.post("/who/undo", "a", p.decided[0].A, "b", maybe); p.undone != 1 {
		t.Error("the decision was not taken back")
	}
}

// TestConfirmingForEveryone confirms a map with the keyboard alone, and holds
// every page on the way against axe.
func TestConfirmingForEveryone(t *testing.T) {
	needAssets(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true},
		"phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		t.Run(name, func(t *testing.T) {
			f, m, _ := confirming(t)
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
			p.Goto(f.URL + "/maps")
			look("/maps")
			p.Goto(f.URL + "/cases/" + number + "/who")
			look("/who")
			p.Click("main button")
			look("/who, nothing filled in")
			p.Fill(`main input[name="reason"]`, "asked her")
			p.Choose("main article .govuk-radios__item:last-child label")
			p.Click("main article button")
			p.Goto(f.URL + "/who")
			look("/who, decisions")
			p.Goto(f.URL + "/maps/housing")
			for range 5 { // each page has the answer that is proposed under the finger
				look("/maps/housing")
				p.Enter()
			}
			look("/maps/housing, all answered")
			if len(m.answers) != 5 || m.answers[4] != "yes" {
				t.Errorf("five times Enter gave %q", m.answers)
			}
			p.Enter()
			if m.written != 1 {
				t.Error("Enter did not write the map")
			}
		})
	}
}
