package portal_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/portal"
	"tenet/internal/web"
)

// now is the moment the tests are played at.
var now = time.Date(2026, time.November, 25, 10, 30, 0, 0, time.UTC)

// fakeDesk is a desk that remembers what it was sent.
type fakeDesk struct {
	mu       sync.Mutex
	requests []portal.Request
	state    portal.State
	needs    string
	wrote    map[string]string        // by token
	papers   map[string]portal.Upload // by token
	said     []portal.Message
	form     portal.Form // what the notice lets a form ask
}

func (d *fakeDesk) Forms(context.Context) ([]portal.Form, error) {
	var all []portal.Form
	for _, k := range kinds {
		f := d.form
		f.Kind = k
		all = append(all, f)
	}
	return all, nil
}

// kinds are all that a portal may offer.
var kinds = []string{"access", "copy", "cctv", "calls", "rectification", "erasure", "restriction", "objection", "marketing", "portability",
	"automated-decision", "consent-withdrawal", "dp-complaint", "complaint", "foi", "eir", "stairs", "estate"}

func (d *fakeDesk) Suggest(_ context.Context, text string) ([]string, error) {
	if strings.Contains(text, "wrong") {
		return []string{"rectification", "not-offered"}, nil
	}
	return nil, nil
}

func (d *fakeDesk) Write(_ context.Context, _, token, text string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, had := d.wrote[token]; !had {
		d.said = append(d.said, portal.Message{At: now, Person: true, Text: text})
	}
	d.wrote[token] = text
	return nil
}

func (d *fakeDesk) Attach(_ context.Context, _ string, u portal.Upload) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.papers[u.Token] = u
	d.said = append(d.said, portal.Message{At: now, Person: true, Paper: true, Text: u.Name})
	return nil
}

func (d *fakeDesk) Complain(_ context.Context, _ string, c portal.Complaint) (portal.Receipt, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wrote[c.Token] = c.Text
	return portal.Receipt{Reference: "DC-2026-0001", Kind: "dp-complaint", Due: due, Working: working()}, nil
}

const reference = "AVH-2026-0013"

func (d *fakeDesk) Notice(context.Context, string) (portal.Notice, error) {
	return portal.Notice{
		Title: "How we use your information", From: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), Version: "b7d1f02c", Language: "en",
		Short: []portal.Sentence{{Text: "We keep what we need to let and look after your home."}, {Text: "We never sell it."}, {Text: "You can have a copy of it, free."}},
		Sections: []portal.Section{
			{ID: "asking", Title: "Asking for your information", Lead: []portal.Block{{Sentences: []portal.Sentence{
				{Text: "You can ask for a copy of what we hold about you in any way you like."},
				{Text: "We answer a request for your information within one month.", Promise: "answer-in-a-month"},
			}}}, More: []portal.Block{
				{Heading: "When we may take longer"},
				{Sentences: []portal.Sentence{{Text: "If a request is complex we may take up to two months more."}, {Text: "We tell you within the first month if so.", Promise: "tell-if-longer"}}},
			}},
			{ID: "sharing", Title: "Who we share it with", Lead: []portal.Block{
				{Sentences: []portal.Sentence{{Text: "We share it with:"}}},
				{List: true, Sentences: []portal.Sentence{{Text: "contractors who mend your home"}, {Text: "your energy supplier, when they ask", Promise: "utilities-only-when-asked"}}},
			}},
		},
	}, nil
}

func working() []string {
	return []string{"We received it on Wednesday 25 November 2026.", "One month later is Friday 25 December 2026, a bank holiday.", "The next working day is Tuesday 29 December 2026."}
}

var due = time.Date(2026, 12, 29, 0, 0, 0, 0, time.UTC)

func (d *fakeDesk) Receive(_ context.Context, r portal.Request) (portal.Receipt, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	known := false
	for _, had := range d.requests {
		known = known || had.Token == r.Token
	}
	if !known {
		d.requests = append(d.requests, r)
	}
	return portal.Receipt{Reference: reference, Kind: r.Kind, Due: due, Working: working()}, nil
}

func (d *fakeDesk) Secret(_ context.Context, ref string) (portal.CodeHash, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if ref != reference || len(d.requests) == 0 {
		return portal.CodeHash{}, web.ErrNotFound
	}
	return d.requests[0].Code, nil
}

func (d *fakeDesk) Progress(context.Context, string) (portal.Progress, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return portal.Progress{Kind: "access", Packed: true, Messages: d.said,
		Others:   []portal.Clock{{Regime: "dp-complaint", Due: due, Met: true}, {Regime: "without-delay", Due: due, Aim: true}, {Regime: "promise:something"}},
		Received: now, State: d.state, Paused: d.needs != "", Due: due, Working: working(), Needs: d.needs}, nil
}

func (d *fakeDesk) Collect(context.Context, string) (web.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state != portal.Ready {
		return web.File{}, &web.Refusal{Why: "Your answer is not ready yet.", Mend: "Come back when this page says it is."}
	}
	return web.File{Name: "answer.zip", Type: "application/zip", Body: io.NopCloser(strings.NewReader("PK"))}, nil
}

func (d *fakeDesk) set(s portal.State, needs string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.state, d.needs = s, needs
}

func (d *fakeDesk) got() []portal.Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.requests
}

// face is a portal being served, with the desk behind it.
type face struct {
	*httptest.Server
	desk  *fakeDesk
	clock *clock
}

// clock stands still until a test moves it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func serve(t testing.TB) face {
	t.Helper()
	f := face{desk: &fakeDesk{state: portal.Received, wrote: map[string]string{}, papers: map[string]portal.Upload{}, form: portal.Form{Email: true, Phone: true, Post: true, Born: true, Homes: true}}, clock: &clock{at: now}}
	h, err := portal.New(portal.Config{
		Landlord: web.Landlord{
			Name: "Alder Vale Homes", Contact: "the data protection officer", Email: "privacy@aldervale.example.org",
			Phone: "020 7946 0142", Address: []string{"Alder Vale Homes", "3 Wharfedale Parade", "Alderford AV1 4ZZ"},
			Regulator: web.Regulator{Name: "Information Commissioner", URL: "https://ico.org.uk/", Phone: "0303 123 1113"},
		},
		Desk: f.desk, Scope: fakeScope{}, Log: slog.New(slog.DiscardHandler), Now: f.clock.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f
}
