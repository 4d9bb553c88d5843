package console_test

import (
	"context"
	"fmt"
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

// fakeWork is one case that is worked on, and really changes: what is noted, who has
// it, whether it was refused, its tasks, and the cases that were entered.
type fakeWork struct {
	mu      sync.Mutex
	version int64
	done    map[string]bool // by once
	notes   []string
	refused *console.Doing
	tasks   []console.Task
	entered []url.Values
	once    map[string]string
	sheet   string
	token   string
}

func newFakeWork() *fakeWork {
	return &fakeWork{version: 7, done: map[string]bool{}, once: map[string]string{}, tasks: []console.Task{
		{Number: number, N: 1, Sort: "Recording to save", Place: "lobby", Owner: "Whoever runs the recordings", What: "Save <b>the</b> window.", Due: now.Add(3 * time.Hour), Hours: "3 hours left"},
		{Number: number, N: 2, Sort: "Search", Place: "paper-west", Owner: "Rosalind Achebe", Due: now.Add(-time.Hour), Late: true, Chased: 2, Raised: "The data protection officer"},
	}}
}

func (w *fakeWork) File(context.Context, console.Staff, string) (console.CaseFile, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	clock := console.Clock{Regime: "Access to your information (UK GDPR Article 15)", Started: day(2026, 10, 29), Due: day(2026, 11, 30), Governs: "law",
		Law: console.Deadline{Due: day(2026, 11, 30), Says: "UK GDPR Art 12A(1)"}, Working: []string{"It came on Thursday 29 October 2026."}, Holidays: "of 3 November 2026."}
	second := clock
	second.Regime, second.Due = "Our complaint clock", day(2026, 12, 10)
	f := console.CaseFile{
		Clocks: []console.CaseClock{{Clock: clock, Front: true, Waits: []string{"clarification"}}, {Clock: second, Met: day(2026, 11, 2)}},
		Offers: []console.Offer{
			{Group: "The answer", Name: "Refuse the whole request", Href: "/cases/" + number + "/do/refuse"},
			{Group: "The answer", Name: "Record that it was sent", Href: "/cases/" + number + "/do/sent", Lacks: []string{"There is to be a draft."}},
			{Group: "The person", Name: "Write a note", Href: "/cases/" + number + "/do/note"},
		},
		Panels: []console.Panel{
			{ID: "safety", Title: "Reach them only in safety", Warn: true, Says: "Nothing may go anywhere else.", Rows: []console.Row{{Name: "Safe", Says: "morwenna@example.org"}}},
			{ID: "authority", Title: "Who asks for them", Says: "A solicitor may.", Rows: []console.Row{{Name: "Who", Says: "Tull & <Co>"}}},
		},
		Open: 2, Late: 1, Spent: "2 hours 5 minutes",
		Limit:       &console.CostLimit{Says: "2 hours 5 minutes of 18 hours", Percent: 11, Cite: "the Fees Regulations (not verified)"},
		Similar:     []console.SimilarCase{{Number: "AVH-2026-0001", Kind: "A copy", State: "closed", Repeat: "The same was answered lately", Shared: 3}},
		Disclosures: []console.Disclosure{{On: now, Number: number, What: "191 records of 3 systems", To: "The person, Ms Pascoe", Way: "Sent", Why: "To answer the request", Basis: "UK GDPR Art 15", By: "Rosalind Achebe", Entry: 419}},
		Earlier:     []console.Disclosure{{On: day(2026, 2, 1), Number: "AVH-2026-0001", What: "An answer in words", To: "The person", Way: "Collected", Basis: "UK GDPR Art 15", By: "the person, on the portal", Entry: -1}},
	}
	return f, nil
}

func (w *fakeWork) Act(_ context.Context, _ console.Staff, n string, of console.ActOf) (console.Act, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := console.Act{ActOf: of, Name: "Write a note", Button: "Write the note", Does: []string{"The note stands in the history."}, Version: w.version, Once: fmt.Sprint("once-", len(w.done))}
	words := console.FormField{Name: "words", Label: "The note", As: "words", Must: true}
	switch {
	case n != number:
		return a, web.ErrNotFound
	case of.ID == "note":
		a.Fields = []console.FormField{words}
	case of.ID == "refuse":
		a.Name, a.Button, a.Grave = "Refuse", "Record the refusal", true
		a.Needs = []string{"A ground that the law has."}
		a.Ifs = []console.If{{When: "You do not do it", Due: day(2026, 11, 30)}, {When: "You do", Says: "Nothing is due any more"}}
		a.Fields = []console.FormField{
			{Name: "grounds", Label: "Grounds", As: "some", Must: true, Options: []console.Option{{ID: "excessive", Text: "It is excessive", Hint: "UK GDPR Art 12(5)"}, {ID: "identity", Text: "Nobody knows who asks"}}},
			words, {Name: "day", Label: "When was the person told?", As: "day", Must: true, Value: "2026-11-25"},
			{Name: "who", Label: "Who told them?", As: "choose", Must: true, Options: []console.Option{{ID: "a", Text: "Rosalind"}, {ID: "b", Text: "Tomos"}}},
			{Name: "minutes", Label: "Minutes", As: "number"}, {Name: "safe", Label: "Is it safe?", As: "one", Options: []console.Option{{ID: "yes", Text: "Yes"}, {ID: "no", Text: "No"}}},
		}
	case of.ID == "instruct":
		a.Name, a.Button = "Record the client’s instruction", "Record the instruction"
		a.Fields = []console.FormField{{Name: "who", Label: "Who instructed us?", Hint: "Their name, and what they are there: Ann Lee, secretary.", As: "line", Must: true},
			{Name: "day", Label: "On which day?", Hint: "Today or before.", As: "day", Must: true, Value: "2026-11-25"}}
	case of.ID == "sent":
		a.Lacks = []string{"There is to be a draft of the answer."}
	case of.ID == "finish" && of.Of == "1":
		a.Fields = []console.FormField{words}
	default:
		return a, web.ErrNotFound
	}
	return a, nil
}

func (w *fakeWork) Take(_ context.Context, _ console.Staff, _ string, d console.Doing) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case d.Version != w.version:
		return "", &web.Refusal{Why: "Tomos Prydderch changed this case after you opened the page."}
	case w.done[d.Once]:
		return "It was done.", nil
	case d.Given.Get("words") == "wrong":
		return "", &console.Mistake{Field: "words", Text: "Say something else"}
	}
	w.done[d.Once] = true
	switch d.ID {
	case "note":
		w.notes = append(w.notes, d.Given.Get("words"))
	case "refuse":
		w.refused = &d
	case "finish":
		w.tasks[0].Outcome, w.tasks[0].Result = "Saved", d.Given.Get("words")
	}
	return "It was done.", nil
}

func (w *fakeWork) Tasks(_ context.Context, _ console.Staff, q console.TaskQuery) ([]console.Task, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.tasks), func(t console.Task) bool {
		return q.Number == "" && t.Outcome != "" || q.Show == "overdue" && !t.Late || q.Show == "mine" && t.N != 2
	}), nil
}

func (w *fakeWork) Form(context.Context) (console.IntakeForm, error) {
	return console.IntakeForm{Once: "form-1", Groups: []console.FieldGroup{
		{Title: "What they said", Fields: []console.FormField{{Name: "asked", Label: "In their own words", As: "words", Must: true}}},
		{Title: "The request", Fields: []console.FormField{{Name: "kind", Label: "What is it?", As: "choose", Must: true, Options: []console.Option{{ID: "access", Text: "A copy", Hint: "UK GDPR Art 15"}, {ID: "cctv", Text: "Pictures"}}},
			{Name: "received", Label: "When did it come?", As: "day", Must: true, Value: "2026-11-25"}}},
		{Title: "Who asks", Folded: true, Fields: []console.FormField{{Name: "by", Label: "Who asks?", As: "line"}}},
		{Title: "More about the search", Fields: []console.FormField{{Name: "client", Label: "Do we answer it for one of our clients?", Hint: "Only if the client has the request and wants us to answer it, from its records alone.", As: "choose",
			Options: []console.Option{{ID: "orchard", Text: "Orchard Court Co-operative Limited"}, {ID: "mill", Text: "Mill Lane Homes"}}}}},
	}}, nil
}

func (w *fakeWork) Suggest(words string) []console.Suggestion {
	if !strings.Contains(words, "camera") {
		return nil
	}
	return []console.Suggestion{{ID: "cctv", Name: "Pictures", Why: []string{"camera"}, Note: "Save them within hours."}}
}

func (w *fakeWork) Same(_ context.Context, given url.Values) ([]console.SimilarCase, error) {
	if given.Get("by") == "again" {
		return []console.SimilarCase{{Number: number, Kind: "A copy", State: "received", Repeat: "The same is asked already", Shared: 2}}, nil
	}
	return nil, nil
}

func (w *fakeWork) Enter(_ context.Context, _ console.Staff, once string, given url.Values) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.once[once] == "" {
		w.entered, w.once[once] = append(w.entered, given), number
	}
	return w.once[once], nil
}

func (w *fakeWork) Columns() []console.Column {
	return []console.Column{{Name: "reference", Required: true, Says: "What it is known by."}, {Name: "kind"}}
}

func (w *fakeWork) Import(_ context.Context, _ console.Staff, _ string, sheet []byte) (console.Imported, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if strings.Contains(string(sheet), "bad") {
		return console.Imported{Problems: []console.SheetProblem{{Line: 9, Column: "kind", What: "No kind.", Mend: "Write one."}, {Line: 2, Column: "received", What: "No day.", Mend: "Write it as 2026-11-22."}}}, nil
	}
	fresh := w.sheet != string(sheet)
	w.sheet = string(sheet)
	return console.Imported{Rows: []console.ImportedRow{{Line: 2, Number: number, New: fresh}}}, nil
}

func (w *fakeWork) Figures(context.Context) (console.FigureSet, error) {
	return console.FigureSet{
		Since: day(2025, 11, 25), OnTime: []console.KindFigures{{Kind: "A copy of all the information we hold about you", Answered: 12, Late: 3, Median: 19}},
		Weeks: []console.Amount{{Label: "18 November 2026", Cases: 4}, {Label: "25 November 2026", Cases: 6}}, Waiting: []console.Amount{{Label: "0 to 7 days", Cases: 2}, {Label: "8 to 14 days"}},
		Workload: []console.Load{{Who: "Rosalind Achebe", Cases: 4, Late: 1, Tasks: 9, TasksLate: 2}}, STAIRs: []console.YearFigures{{Year: "1 April 2027 to 31 March 2028", Received: 3, Answered: 2, InTime: 1, Open: 1, Median: 12}},
	}, nil
}

func (w *fakeWork) Following(context.Context, console.Staff) (time.Time, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.token == "" {
		return time.Time{}, nil
	}
	return now, nil
}

func (w *fakeWork) Follow(context.Context, console.Staff) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.token += "secret"
	return w.token, nil
}

func (w *fakeWork) Unfollow(context.Context, console.Staff) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.token = ""
	return nil
}

func (w *fakeWork) Entries(_ context.Context, token string) ([]console.CalendarEntry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.token == "" || token != w.token {
		return nil, web.ErrNotFound
	}
	return []console.CalendarEntry{
		{UID: "k1@tenet", Day: day(2026, 11, 30), Says: number + ": answer due; " + strings.Repeat("é", 60) + ", \\ and\nmore", Path: "/cases/" + number},
		{UID: "t1@tenet", Day: day(2026, 11, 25), At: now.Add(3 * time.Hour), Says: "a task", Path: "/cases/tasks"},
	}, nil
}

// serveWork is serve with the pages of the work on cases.
func serveWork(t testing.TB) (face, *fakeWork) {
	t.Helper()
	hash, err := console.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	f, w := face{desk: newFakeDesk(), accounts: &fakeAccounts{hash: hash}}, newFakeWork()
	h, err := console.New(console.Config{
		Landlord: web.Landlord{Name: "Alder Vale Homes"}, Desk: f.desk, Accounts: f.accounts, Gate: openGate{}, Work: w, Intake: w, Figures: w, Calendar: w,
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f, w
}
