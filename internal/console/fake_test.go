package console_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/web"
)

// now is the moment the tests are played at.
var now = time.Date(2026, time.November, 25, 10, 30, 0, 0, time.UTC)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// fakeDesk is a desk with invented cases, that remembers what was asked of it.
type fakeDesk struct {
	mu       sync.Mutex
	identity *console.Identity
	approval *console.Approval
	decided  map[string]console.Decision
	draft    string // fingerprint
	tampered bool
	fail     error
	asked    console.FoundQuery
	person   string // in the first row, if not empty
}

const number = "AVH-2026-0007"

func newFakeDesk() *fakeDesk {
	return &fakeDesk{decided: make(map[string]console.Decision), draft: "sha256:7c1e0a95d2b84f63a90cf1d7e6b23a5810c4d9f27b6e5a31"}
}

func (d *fakeDesk) rows() []console.CaseRow {
	rows := []console.CaseRow{
		{Number: "AVH-2026-0003", Kind: "Access request", Person: "Mr Idris Bellweather, former tenant", Received: day(2026, 10, 22), Due: day(2026, 11, 23), State: "Waiting for approval", With: "Rosalind Achebe"},
		{Number: number, Kind: "Access request", Person: "Ms Morwenna Pascoe, joint tenant", Received: day(2026, 10, 29), Due: day(2026, 11, 30), State: d.state(), With: "Rosalind Achebe"},
		{Number: "AVH-2026-0009", Kind: "Access request", Person: "Mrs Parveen Akhtar-Lowe, leaseholder", Received: day(2026, 11, 5), Due: day(2026, 12, 7), State: "Searching", With: "Tomos Prydderch"},
		{Number: "AVH-2026-0010", Kind: "Access request", Person: "A person whose identity is not recorded", Received: day(2026, 11, 9), Due: day(2026, 12, 9), Paused: "Waiting to hear which flat is meant", State: "Clarification asked", With: "Tomos Prydderch"},
		{Number: "AVH-2026-0012", Kind: "Access request", Person: "Mr Caolán Devenney, tenant", Received: day(2026, 11, 19), Due: day(2026, 12, 21), State: "Received", With: "Unassigned"},
	}
	if d.person != "" {
		rows[0].Person = d.person
	}
	return rows
}

func (d *fakeDesk) state() string {
	switch {
	case d.approval != nil:
		return "Released"
	case d.identity != nil:
		return "Waiting for approval"
	}
	return "Draft ready, identity not recorded"
}

func (d *fakeDesk) Cases(_ context.Context, q console.CaseQuery) (console.CaseList, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return console.CaseList{}, d.fail
	}
	if q.Closed {
		return console.CaseList{Pages: 1}, nil
	}
	list := console.CaseList{Cases: d.rows(), Total: 5, Pages: 1}
	for _, r := range list.Cases {
		if r.Paused == "" {
			list.Due = append(list.Due, r.Due)
		}
	}
	return list, nil
}

func gaps() []console.Gap {
	return []console.Gap{
		{What: "letters: 2 scanned pages", Kind: "not searched", Why: "They are pictures, and text in pictures cannot be read yet."},
		{What: "housing: property", Kind: "not followed", Why: "A property is described by many people and owned by none: nothing is followed down from it."},
	}
}

func (d *fakeDesk) Case(_ context.Context, n string) (console.Case, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	rows := d.rows()
	i := slices.IndexFunc(rows, func(r console.CaseRow) bool { return r.Number == n })
	if i < 0 {
		return console.Case{}, web.ErrNotFound
	}
	c := console.Case{
		CaseRow: rows[i],
		Asked:   "Everything you hold about me, and who you have shared it with.",
		Channel: "Online form",
		Clock: console.Clock{
			Regime: "Access to your information (UK GDPR Article 15)", Started: rows[i].Received, Due: rows[i].Due, Governs: "law",
			Law:     console.Deadline{Due: rows[i].Due, Says: "UK GDPR Article 12(3) and 12A; rolled to the next working day under Regulation 1182/71 Article 3(4)"},
			Promise: &console.Deadline{Due: rows[i].Due, Says: "We answer a request for your information within one month."},
			Extend:  &console.Extension{NoticeBy: rows[i].Due, Due: day(2027, 1, 29)},
			Working: []string{
				"Received on Thursday 29 October 2026. The clock starts that day, because identity was not in doubt.",
				"One month later is Sunday 29 November 2026.",
				"That is a Sunday, so the answer is due on the next working day: Monday 30 November 2026.",
			},
			Holidays: "GOV.UK bank holidays for England and Wales, version of 3 November 2026.",
		},
		Gaps: gaps(),
	}
	if n != number {
		c.Next = "Wait for the search to finish."
		return c, nil
	}
	c.Identity = d.identity
	c.Counts = []console.Count{
		{Source: "housing", Table: "tenant", Records: 1}, {Source: "housing", Table: "tenancy", Records: 1},
		{Source: "housing", Table: "rent_entry", Records: 148}, {Source: "housing", Table: "repair", Records: 11},
		{Source: "housing", Table: "case_note", Records: 9}, {Source: "housing", Table: "asb_case", Records: 1},
		{Source: "letters", Table: "letter", Records: 6}, {Source: "mailbox", Table: "message", Records: 14},
	}
	c.Whose = []console.WhoseCount{{Whose: "mention", Records: 3}, {Whose: "self", Records: 24}, {Whose: "shared", Records: 163}, {Whose: "reference", Records: 1}}
	c.Withheld = 12
	c.Review = 1 - len(d.decided)
	c.Draft = &console.Draft{
		Fingerprint: d.draft, Made: now.Add(-20 * time.Hour), Size: 1_284_000, Approved: d.approval,
		Parts: []console.Part{
			{Name: "answer.html", What: "One page with everything, for reading", Size: 812_000},
			{Name: "answer.json", What: "The same data for a machine", Size: 402_000},
			{Name: "withheld.html", What: "What was left out, and why", Size: 21_000},
		},
	}
	switch {
	case d.approval != nil:
		c.Next = "The answer is released. Download it and send it the way they asked for."
	case d.identity == nil:
		c.Next = "Record how you know that this is Ms Pascoe. The draft is sealed and goes to nobody until then."
	default:
		c.Next = "Look through what is found and what is withheld, then approve the draft."
	}
	return c, nil
}

func (d *fakeDesk) Head(ctx context.Context, n string) (console.Case, error) {
	c, err := d.Case(ctx, n)
	c.Gaps = nil
	if c.Draft != nil {
		c.Draft.Parts = nil
	}
	return c, err
}

func (d *fakeDesk) Found(_ context.Context, n string, q console.FoundQuery) (console.Found, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = q
	if q.Whose == "author" {
		return console.Found{Sources: []string{"housing", "letters", "mailbox"}}, nil
	}
	note := console.Record{
		ID: "r3", Source: "housing", Table: "asb_case", Key: "asb_id 311", Whose: []string{"mention"}, Roles: []string{"reported"},
		Path: []string{"Ms Pascoe's tenancy is T-20417.", "This ASB case names that tenancy as the one complained of."},
		Fields: []console.Field{
			{Name: "opened", Value: "14 March 2026"},
			{Name: "reported_by", Value: "Mr Ambrose Tull, 14 Wharfedale Court", Withheld: "another person's name and address"},
			{Name: "summary", Value: "Loud music after 11pm on three nights. Ms Pascoe says it was her daughter's birthday."},
		},
		Review: "it is about this person and another, and the other did not agree to be named",
	}
	if chosen, ok := d.decided["r3"]; ok {
		note.Chosen = &chosen
	}
	return console.Found{
		Total: 191, Pages: 10, Sources: []string{"housing", "letters", "mailbox"},
		Records: []console.Record{
			{
				ID: "r1", Source: "housing", Table: "tenant", Key: "tenant_id 1042", Whose: []string{"self"}, Roles: []string{"subject"},
				Path: []string{"The e-mail address, the date of birth and the name all match."},
				Fields: []console.Field{
					{Name: "forename", Value: "Morwenna"}, {Name: "surname", Value: "Pascoe"}, {Name: "dob", Value: "7 June 1984"},
					{Name: "email", Value: "morwenna.pascoe@example.org"}, {Name: "phone", Value: "07700 900142"},
				},
			},
			{
				ID: "r2", Source: "housing", Table: "rent_entry", Key: "entry_id 88120", Whose: []string{"shared"}, Roles: []string{"joint"},
				Path: []string{"Ms Pascoe is a joint holder of tenancy T-20417.", "The tenancy has rent account 20417.", "This entry stands on that account, so it belongs to both holders."},
				Fields: []console.Field{
					{Name: "date", Value: "2 November 2026"}, {Name: "what", Value: "Payment received"}, {Name: "amount", Value: "£127.40"},
					{Name: "paid_by", Value: "Jago Pascoe", Withheld: "the other joint tenant's payment details"},
				},
			},
			note,
		},
	}, nil
}

func (d *fakeDesk) Withheld(context.Context, string) (console.Withheld, error) {
	return console.Withheld{Items: []console.WithheldItem{
		{Source: "housing", Table: "asb_case", Key: "asb_id 311", What: "who reported it", Value: "Mr Ambrose Tull, 14 Wharfedale Court", Why: "Another person, who did not agree to be named and could be put at risk.", Exemption: "DPA 2018 Schedule 2 paragraph 16"},
		{Source: "letters", Table: "letter", Key: "2025-09-02-pascoe.html", What: "advice from our solicitor", Value: "We advise that the claim for disrepair…", Why: "Advice from a lawyer, kept confidential.", Exemption: "DPA 2018 Schedule 2 paragraph 19"},
		{Source: "housing", Table: "rent_entry", Key: "entry_id 88120", What: "who paid", Value: "Jago Pascoe", Why: "The other joint tenant's payment details.", Exemption: "DPA 2018 Schedule 2 paragraph 16"},
	}, Gaps: gaps()}, nil
}

func (d *fakeDesk) History(context.Context, string) ([]console.Event, error) {
	return []console.Event{
		{On: now.Add(-time.Minute), What: "The draft was opened for review", By: "Rosalind Achebe", Entry: -1},
		{On: now.Add(-20 * time.Hour), What: "The draft was sealed", By: "Tenet", Entry: 418},
		{On: now.Add(-21 * time.Hour), What: "Three sources were searched: 191 records found", By: "Tenet", Entry: 417},
		{On: day(2026, 10, 29).Add(9 * time.Hour), What: "The request was received", By: "the portal", Entry: 362},
	}, nil
}

func (d *fakeDesk) RecordIdentity(_ context.Context, by console.Staff, _ string, id console.Identity) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	id.By = by.Name
	d.identity = &id
	return nil
}

func (d *fakeDesk) Decide(_ context.Context, by console.Staff, _ string, c console.Decision) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	c.By, c.On = by.Name, now
	d.decided[c.Record] = c
	return nil
}

func (d *fakeDesk) Approve(_ context.Context, by console.Staff, _, fingerprint string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if fingerprint != d.draft {
		return &web.Refusal{Why: "That is not the draft.", Mend: "Open it again."}
	}
	d.approval = &console.Approval{By: by.Name, On: now}
	return nil
}

func (d *fakeDesk) Download(context.Context, console.Staff, string) (web.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.approval == nil {
		return web.File{}, &web.Refusal{Why: "The draft is sealed.", Mend: "Approve it first."}
	}
	return web.File{Name: number + ".zip", Type: "application/zip", Body: io.NopCloser(strings.NewReader("PK…"))}, nil
}

func (d *fakeDesk) Ledger(context.Context) (console.Ledger, error) {
	return console.Ledger{
		Origin: "tenet.example/alder-vale-homes", Size: 419, Root: "Zp0WJm4yQK0cIuQb3S1yT7C2gk1v8m1o0H5nQ1lXh5c=", Signed: now.Add(-3 * time.Minute),
		Key:        "tenet.example/alder-vale-homes+a1b2c3d4+AZ8m0f5sQeR0aE3zX1d2N5b7k9PqUv4wYtJhGc6LiOsM",
		Checkpoint: "tenet.example/alder-vale-homes\n419\nZp0WJm4yQK0cIuQb3S1yT7C2gk1v8m1o0H5nQ1lXh5c=\n\n— tenet.example/alder-vale-homes obLD1F3kq…\n",
		Recent: []console.Entry{
			{Index: 418, On: now.Add(-20 * time.Hour), Kind: "draft.sealed", Case: number},
			{Index: 417, On: now.Add(-21 * time.Hour), Kind: "case.searched", Case: number},
			{Index: 416, On: now.Add(-22 * time.Hour), Kind: "index.refreshed"},
		},
	}, nil
}

func (d *fakeDesk) VerifyLedger(context.Context) (console.Verification, error) {
	if d.tampered {
		return console.Verification{Entries: 419, Findings: []string{"Entry 212 does not hash to the leaf that the tree holds for it."}}, nil
	}
	return console.Verification{OK: true, Entries: 419}, nil
}

func (d *fakeDesk) Sources(context.Context) ([]console.Source, error) {
	return []console.Source{
		{Name: "housing", Kind: "SQLite", Address: "sqlite:housing.db", State: "ok", Note: "14 tables, all mapped.", Looked: now, Indexed: now.Add(-22 * time.Hour), Records: 48211},
		{Name: "letters", Kind: "Folder", Address: "dir:letters", State: "ok", Note: "2 scanned pages cannot be read.", Looked: now, Indexed: now.Add(-22 * time.Hour), Records: 612},
		{Name: "repairs", Kind: "PostgreSQL", Address: "postgres://repairs.example.org/works", State: "trouble", Note: "The connection was refused.", Looked: now},
		{Name: "calls", Kind: "Folder", Address: "dir:calls", State: "unchecked"},
	}, nil
}

// fakeAccounts has one account.
type fakeAccounts struct {
	mu    sync.Mutex
	hash  string
	none  bool
	gone  bool
	tries []bool

	role      string
	limited   bool // to some kinds of case
	mustEnrol bool
}

var rosalind = console.Staff{ID: "staff-1", Name: "Rosalind Achebe"}

const password = "kettle-harbour-lantern"

func (a *fakeAccounts) Any(context.Context) (bool, error) { return !a.none, nil }

func (a *fakeAccounts) Password(_ context.Context, name string) (string, console.Staff, error) {
	if name != "rosalind" {
		return "", console.Staff{}, console.ErrNoAccount
	}
	return a.hash, rosalind, nil
}

func (a *fakeAccounts) Staff(_ context.Context, id string) (console.Staff, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gone || id != rosalind.ID {
		return console.Staff{}, console.ErrNoAccount
	}
	staff := rosalind
	staff.Role, staff.Limited, staff.MustEnrol = a.role, a.limited, a.mustEnrol
	return staff, nil
}

func (a *fakeAccounts) SignedIn(_ context.Context, _ console.Staff, ok bool, _ time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tries = append(a.tries, ok)
	return nil
}

// face is a console being served, with what stands behind it.
type face struct {
	*httptest.Server
	desk     *fakeDesk
	accounts *fakeAccounts
}

func serve(t testing.TB) face {
	t.Helper()
	hash, err := console.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	f := face{desk: newFakeDesk(), accounts: &fakeAccounts{hash: hash}}
	h, err := console.New(console.Config{
		Landlord: web.Landlord{Name: "Alder Vale Homes"}, Desk: f.desk, Accounts: f.accounts, Gate: openGate{},
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

var (
	theirIdentity = console.Identity{How: console.Ways()[0], Note: "Called back on 07700 900142.", By: "Rosalind Achebe", On: now.Add(-2 * time.Hour)}
	theirApproval = console.Approval{By: "Rosalind Achebe", On: now}
)

// set puts the case where a test wants it.
func (d *fakeDesk) set(id *console.Identity, a *console.Approval) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.identity, d.approval = id, a
}

func (d *fakeDesk) released() *console.Approval {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.approval
}

// serveOne is a console with the parts that every page needs, and one more that set gives it.
func serveOne(t testing.TB, set func(*console.Config)) face {
	t.Helper()
	hash, err := console.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	f := face{desk: newFakeDesk(), accounts: &fakeAccounts{hash: hash}}
	c := console.Config{Landlord: web.Landlord{Name: "Alder Vale Homes"}, Desk: f.desk, Accounts: f.accounts, Gate: openGate{},
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
	set(&c)
	h, err := console.New(c)
	if err != nil {
		t.Fatal(err)
	}
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f
}
