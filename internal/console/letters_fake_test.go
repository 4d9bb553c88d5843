package console_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/web"
)

// fakePost is the outbox and the mailbox: what is posted, tried again, dropped, opened
// and dismissed really changes.
type fakePost struct {
	*fakeWork
	mu       sync.Mutex
	rows     []console.LetterRow
	sent     []console.Doing
	printed  []string
	kept     url.Values
	mail     []console.MailMessage
	opened   url.Values
	password string // hash
	wrong    int
	keep     string
	lacks    bool
	unsafe   string
}

func newFakePost() *fakePost {
	row := console.LetterRow{Number: number, N: "1", Kind: "It takes longer", To: "Ms Morwenna Pascoe, 3 Example Road", Way: "By post: it waits to be printed", State: "To print and post",
		Written: now, By: "Tenet", Latest: day(2026, 11, 30), CanPost: true, CanDrop: true}
	failed := row
	failed.N, failed.Why, failed.CanRetry, failed.Late = "2", "the mail server refused it", true, true
	gone := console.LetterRow{Number: number, N: "3", Kind: "We have your request", State: "Posted", Written: now, By: "Tenet", Ended: now, EndedBy: "Rosalind Achebe", Recorded: "AB123456789GB"}
	return &fakePost{fakeWork: newFakeWork(), rows: []console.LetterRow{row, failed, gone}, mail: []console.MailMessage{
		{MailRow: console.MailRow{ID: "m1", From: "ann@example.org", Name: "Ann <b>Larter</b>", Subject: "My number", Came: now, Perhaps: "A copy", About: number, Attached: 1},
			Text: "Please correct it.\n\nAnn", Cut: true, Machine: true, Files: []string{"scan <1>.pdf (application/pdf, 100 bytes)"}, Phishing: []string{"phishing"}, HandOver: "Hand it over",
			Suggestions: []console.Suggestion{{ID: "access", Name: "A copy", Why: []string{"correct"}, Note: "In writing."}},
			Dismissals:  []console.Choice{{"advert", "It is an advertisement"}, {"other-team", "Another team has it"}},
			Fill:        url.Values{"asked": {"Please correct it."}, "received": {"2026-11-24"}}},
		{MailRow: console.MailRow{ID: "m2", From: "shop@example.net", Came: now}, Text: "Buy."},
	}}
}

var text = console.LetterText{Lang: "en", Subject: "We need more time", Date: "Wednesday 25 November 2026", Reference: number, From: []string{"Alder Vale Homes", "1 Lane"}, To: []string{"Ms Morwenna Pascoe"},
	Paragraphs: []string{"Dear Ms Pascoe,", "One\nTwo <b>"}}

func (p *fakePost) Letter(_ context.Context, _ console.Staff, _ string, d console.Doing) (console.LetterPreview, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d.Version != p.version {
		return console.LetterPreview{}, &web.Refusal{Why: "Tomos Prydderch changed this case after you opened the page."}
	}
	if p.unsafe != "" {
		return console.LetterPreview{Unsafe: p.unsafe}, nil
	}
	date := "By Monday 30 November 2026."
	if x, ok := d.Blocks["new-date"]; ok {
		date = x
	}
	out := console.LetterPreview{LetterText: text, Kind: "It takes longer", Way: "By post: it waits to be printed", Where: []string{"3 Example Road", "Larkfield"}, Latest: day(2026, 11, 30), Warnings: []string{"No address is known."},
		Mail: "There is a letter\n\nGo there.", Blocks: []console.LetterBlock{{Name: "reasons", Text: d.Given.Get("words"), Says: "Why.", Cite: "UK GDPR Art 12A(4)"}, {Name: "new-date", Text: date, Says: "The new date.", Cite: "UK GDPR Art 12A(3)"}, {Name: "also", Text: "More.", Says: "Words of your own."}}}
	if date == "" || p.lacks {
		out.Lacks = []console.LetterLack{{Block: "new-date", Says: "The new date.", Cite: "UK GDPR Art 12A(3)"}, {Block: "gone", Says: "A block that is not there.", Cite: "Nowhere"}}
	}
	return out, nil
}

// Act knows one act more: extend, which cannot be without its letter, and an answer that
// can be kept.
func (p *fakePost) Act(ctx context.Context, by console.Staff, n string, of console.ActOf) (console.Act, error) {
	a, err := p.fakeWork.Act(ctx, by, n, of)
	p.mu.Lock()
	defer p.mu.Unlock()
	words := console.FormField{Name: "words", Label: "Why?", As: "words", Must: true, Lack: "The answer has to say this: why. Art 12"}
	base := console.Act{ActOf: of, Name: "Take longer", Button: "See the letter", Send: "Send the letter and take longer", Letter: true, Version: p.version, Once: "once-x", Fields: []console.FormField{words, {Name: "on", Label: "From when?", As: "day", Value: "2026-11-25"}}}
	switch of.ID {
	case "extend":
		base.Only = true
		return base, nil
	case "clarify":
		base.Button = "They were asked already"
		return base, nil
	case "answer":
		base.Letter, base.Keeps, base.Button = false, true, "Draft the answer"
		return base, nil
	}
	return a, err
}

func (p *fakePost) Take(ctx context.Context, by console.Staff, n string, d console.Doing) (string, error) {
	if d.ID == "extend" || d.ID == "clarify" || d.ID == "answer" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sent = append(p.sent, d)
		return "It was done.", nil
	}
	return p.fakeWork.Take(ctx, by, n, d)
}

func (p *fakePost) File(ctx context.Context, by console.Staff, n string) (console.CaseFile, error) {
	f, err := p.fakeWork.File(ctx, by, n)
	p.mu.Lock()
	defer p.mu.Unlock()
	f.Letters, f.MoreLetters = p.rows, true
	return f, err
}

func (p *fakePost) Answer(context.Context, console.Staff, string) (console.WrittenAnswer, error) {
	return console.WrittenAnswer{Outcome: "No", Words: []console.Row{{Name: "Why.", Says: "Because\nof <b> this.\n\nAnd that."}}, KeptBy: "Rosalind Achebe", KeptOn: now, KeptOf: "granted",
		Letter: console.LetterPreview{LetterText: text, Way: "By post", Where: []string{"3 Example Road"}, Lacks: []console.LetterLack{{Says: "A date.", Cite: "Art 12"}}, Fixed: true},
		Offers: []console.Offer{{Name: "Partly refuse", Href: "/cases/" + number + "/do/answer?of=partly", Lacks: []string{"x"}}}}, nil
}

func (p *fakePost) Keep(_ context.Context, _ console.Staff, _ string, d console.Doing) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = d.Given
	return nil
}

func (p *fakePost) Letters(_ context.Context, _ console.Staff, q console.LetterQuery) ([]console.LetterRow, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.rows), func(l console.LetterRow) bool {
		return q.Number == "" && (q.Show == "sent") != !l.Ended.IsZero() || q.Number != "" && q.Number != l.Number
	}), nil
}

func (p *fakePost) at(number, n string) (*console.LetterRow, error) {
	for i := range p.rows {
		if p.rows[i].Number == number && p.rows[i].N == n {
			return &p.rows[i], nil
		}
	}
	return nil, web.ErrNotFound
}

func (p *fakePost) One(_ context.Context, _ console.Staff, number, n string) (console.SentLetter, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, err := p.at(number, n)
	if err != nil {
		return console.SentLetter{}, err
	}
	return console.SentLetter{LetterRow: *l, LetterText: text, Mail: "There is a letter\n\nGo there."}, nil
}

func (p *fakePost) Print(_ context.Context, _ console.Staff, refs []string, _ bool) ([]byte, []string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.printed = refs
	if slices.Contains(refs, number+"-2") {
		return nil, refs[:1], nil
	}
	return []byte("<!DOCTYPE html><title>x</title><p>printed"), nil, nil
}

func (p *fakePost) PrintPolicy() string { return "default-src 'none'" }

func (p *fakePost) Posted(_ context.Context, _ console.Staff, number, n, day, recorded string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, err := p.at(number, n)
	if err == nil && day > "2026-11-25" {
		return &console.Mistake{Field: "day", Text: "That day is still to come"}
	}
	if err == nil {
		l.State, l.Recorded, l.CanPost, l.Ended = "Posted", recorded, false, now
	}
	return err
}

func (p *fakePost) Retry(_ context.Context, _ console.Staff, number, n string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, err := p.at(number, n)
	if err == nil {
		l.State, l.CanRetry = "Waits to go by e-mail", false
	}
	return err
}

func (p *fakePost) Drop(_ context.Context, _ console.Staff, number, n, why string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, err := p.at(number, n)
	if err == nil {
		l.State, l.Why = "Dropped", why
	}
	return err
}

func (p *fakePost) Templates(context.Context) ([]console.LetterTemplate, []string, error) {
	says := []console.LetterBlock{{Name: "new-date", Says: "The new date.", Cite: "UK GDPR Art 12A(3)"}}
	return []console.LetterTemplate{{Kind: "extend", Name: "It takes longer", Lang: "English", Own: true, Says: says, Problems: []string{"letters/en/extend.txt:3: it is <b>wrong</b>"}},
		{Kind: "extend", Name: "It takes longer", Lang: "Welsh", Says: says}}, []string{"letters/en/extnd.txt: there is no letter of this name"}, nil
}

func (p *fakePost) Waiting(context.Context) (int, int, error) { return 2, len(p.mail), nil }

func (p *fakePost) Inbox(context.Context, int) (out []console.MailRow, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.mail {
		if m.State == "" {
			out = append(out, m.MailRow)
		}
	}
	return out, nil
}

func (p *fakePost) Mail(_ context.Context, id string) (console.MailMessage, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.mail {
		if m.ID == id {
			return m, nil
		}
	}
	return console.MailMessage{}, web.ErrNotFound
}

func (p *fakePost) ends(id, state string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.mail {
		if p.mail[i].ID == id {
			p.mail[i].State = state
			return nil
		}
	}
	return web.ErrNotFound
}

func (p *fakePost) OpenMail(_ context.Context, _ console.Staff, id string, given url.Values) (string, error) {
	p.opened = given
	return number, p.ends(id, "opened")
}

func (p *fakePost) AttachMail(_ context.Context, _ console.Staff, id, to string) error {
	if to != number {
		return &console.Mistake{Field: "number", Text: "There is no such case"}
	}
	return p.ends(id, "attached")
}

func (p *fakePost) DismissMail(_ context.Context, _ console.Staff, id, why string) error {
	if why == "" {
		return &console.Mistake{Field: "why", Text: "Choose why there is nothing to do"}
	}
	return p.ends(id, "dismissed")
}

func (p *fakePost) HandOverMail(_ context.Context, _ console.Staff, id string) (string, error) {
	return "It is handed over.", p.ends(id, "handed over")
}

func (p *fakePost) OwnPassword(context.Context, console.Staff) (string, error) {
	if p.password == "locked" {
		return "", console.ErrLocked
	}
	return p.password, nil
}

func (p *fakePost) SetPassword(_ context.Context, _ console.Staff, hash, keep string) error {
	if hash == "" {
		return errors.New("no hash")
	}
	p.password, p.keep = hash, keep
	return nil
}

func (p *fakePost) WrongPassword(context.Context, console.Staff) error { p.wrong++; return nil }

// servePost is serve with the pages of letters, mail and one's own password.
func servePost(t testing.TB) (face, *fakePost) {
	t.Helper()
	hash, err := console.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	f, p := face{desk: newFakeDesk(), accounts: &fakeAccounts{hash: hash}}, newFakePost()
	p.password = hash
	h, err := console.New(console.Config{
		Landlord: web.Landlord{Name: "Alder Vale Homes"}, Desk: f.desk, Accounts: f.accounts, Gate: openGate{}, Work: p, Intake: p, Letters: p, Mail: p, Passwords: p,
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f, p
}
