package console_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"tenet/internal/console"
	"tenet/internal/web"
)

// openGate lets everybody do everything.
type openGate struct{}

func (openGate) As(ctx context.Context, _ console.Staff) context.Context  { return ctx }
func (openGate) Admit(context.Context, console.Staff, console.Ask) error  { return nil }
func (openGate) Looked(context.Context, console.Staff, console.Ask) error { return nil }

func (openGate) Refused(context.Context, console.Staff, console.Ask) error { return nil }
func (openGate) Closed(context.Context, console.Staff, string) (console.Closed, error) {
	return console.Closed{}, nil
}
func (openGate) Open(context.Context, console.Staff, string, string, string) error { return nil }
func (openGate) Seen(context.Context, console.Staff, string) (console.Seen, error) {
	return console.Seen{}, nil
}

// fakeGate admits to the duties in may, closes what is in closed until it was
// opened, and remembers what it was asked.
type fakeGate struct {
	mu      sync.Mutex
	may     []console.Duty
	kinds   []string // numbers of cases that are for the role; nil is all
	closed  console.Closed
	opened  bool
	asked   []console.Ask
	looks   []console.Look
	refused []string
	words   []console.Opening
}

func (g *fakeGate) As(ctx context.Context, _ console.Staff) context.Context { return ctx }

func (g *fakeGate) Admit(_ context.Context, staff console.Staff, ask console.Ask) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, ask)
	if ask.Duty != console.AnyStaff && !slices.Contains(g.may, ask.Duty) || ask.Number != "" && g.kinds != nil && !slices.Contains(g.kinds, ask.Number) {
		return &console.Denied{Why: "Your role, " + staff.Title + ", does not let you do this.", Mend: "It takes the role Officer. Ask somebody who has it."}
	}
	for _, x := range g.closed.Tables {
		switch {
		case ask.Whole && !x.Reason:
			return &console.Denied{Why: "Some of it is closed to your role.", Mend: "It takes the role Officer."}
		case ask.Open && x.Reason && !g.opened:
			return console.ErrClosed
		}
	}
	return nil
}

func (g *fakeGate) Refused(_ context.Context, staff console.Staff, ask console.Ask) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refused = append(g.refused, staff.Name+": "+ask.Number+" "+ask.Page)
	return nil
}

func (g *fakeGate) Looked(_ context.Context, staff console.Staff, ask console.Ask) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.looks = append(g.looks, console.Look{By: staff.Name, Page: ask.Page, Item: ask.Item, Began: now, Ended: now, Times: 1})
	return nil
}

func (g *fakeGate) Closed(context.Context, console.Staff, string) (console.Closed, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened {
		return console.Closed{}, nil
	}
	return g.closed, nil
}

func (g *fakeGate) Open(_ context.Context, staff console.Staff, _, purpose, reason string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if purpose != "answer" {
		return &web.Refusal{Why: "Your role gives no such purpose in this case.", Mend: "Choose another."}
	}
	g.opened = true
	g.words = append(g.words, console.Opening{By: staff.Name, On: now, Purpose: "To answer this request", Reason: reason})
	return nil
}

func (g *fakeGate) Seen(ctx context.Context, staff console.Staff, number string) (console.Seen, error) {
	closed, err := g.Closed(ctx, staff, number)
	g.mu.Lock()
	defer g.mu.Unlock()
	return console.Seen{Looks: g.looks, Openings: g.words, Closed: closed, Purposes: []console.Purpose{{ID: "answer", Words: "To answer this request"}, {ID: "check", Words: "To check the answer"}}}, err
}

// fakeSittings keeps sign-ins in memory.
type fakeSittings struct {
	mu  sync.Mutex
	all []console.Sitting
}

func (s *fakeSittings) Begin(_ context.Context, _ console.Staff, browser string, vouched time.Time) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "sit-" + string(rune('a'+len(s.all)))
	s.all = append([]console.Sitting{{ID: id, Browser: browser, Started: now, Seen: now, Vouched: vouched}}, s.all...)
	return id, nil
}

func (s *fakeSittings) Check(_ context.Context, _ console.Staff, id string) (console.Sitting, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.all {
		if x.ID == id {
			return x, nil
		}
	}
	return console.Sitting{}, console.ErrNoAccount
}

func (s *fakeSittings) End(_ context.Context, _ console.Staff, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = slices.DeleteFunc(s.all, func(x console.Sitting) bool { return x.ID == id })
	return nil
}

func (s *fakeSittings) EndAll(context.Context, console.Staff) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = nil
	return nil
}

func (s *fakeSittings) All(context.Context, console.Staff) ([]console.Sitting, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all), nil
}

// fakeFactors is one account's second factor; the right code is 246810.
type fakeFactors struct {
	mu    sync.Mutex
	state console.Factor
	wrong int
}

const rightCode = "246810"

func (f *fakeFactors) Factor(context.Context, console.Staff) (console.Factor, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state, nil
}

func (f *fakeFactors) Begin(_ context.Context, _ console.Staff, code string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.state.Set && code != rightCode {
		return console.ErrWrongCode
	}
	f.state.Set, f.state.Begun = false, true
	return nil
}

func (f *fakeFactors) Secret(context.Context, console.Staff) (console.Secret, error) {
	return console.Secret{Text: "JBSW Y3DP EHPK 3PXP", Picture: onePixel}, nil
}

func (f *fakeFactors) Confirm(_ context.Context, _ console.Staff, code string) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if code != rightCode {
		return nil, console.ErrWrongCode
	}
	f.state.Set, f.state.Begun, f.state.Spare, f.state.Since = true, false, 2, now
	return []string{"abcd-efgh-ijkl-mnop", "qrst-uvwx-yz23-4567"}, nil
}

func (f *fakeFactors) Use(_ context.Context, _ console.Staff, code string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.state.Locked:
		return console.ErrLocked
	case code == rightCode:
		return nil
	}
	if f.wrong++; f.wrong == 3 {
		f.state.Locked = true
		return console.ErrLocked
	}
	return console.ErrWrongCode
}

// onePixel is a picture, PNG.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")

// fakeColleagues is one colleague who is locked out, and another.
type fakeColleagues struct{ reset []string }

func (*fakeColleagues) Accounts(context.Context) ([]console.Account, error) {
	return []console.Account{
		{Login: "rosalind", Name: "Rosalind Achebe", Role: "Data protection officer", May: []string{"look at cases", "manage accounts"}, Factor: true, Created: now},
		{Login: "tomos", Name: "Tomos Prydderch", Role: "Call handler", Factor: true, Locked: true, Created: now},
		{Login: "ann@harbour.example", Name: "Ann Larter", Role: "Officer", May: []string{"look at cases"}, Outside: true, Created: now},
	}, nil
}

func (c *fakeColleagues) Reset(_ context.Context, by console.Staff, login string) error {
	c.reset = append(c.reset, by.ID+" resets "+login)
	return nil
}
