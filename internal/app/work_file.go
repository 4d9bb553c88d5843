package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/web"
)

// caseWork is the desk as staff meet it who work on cases of every kind.
type caseWork struct{ staffDesk }

// File is what stands in a case beside its head.
func (s caseWork) File(ctx context.Context, by console.Staff, number string) (console.CaseFile, error) {
	var f console.CaseFile
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return f, s.told(ctx, err)
	}
	clocks, err := s.d.Cases.ClocksOf(k, nil)
	if err != nil {
		return f, s.told(ctx, err)
	}
	for _, c := range clocks {
		cc := console.CaseClock{Clock: clockWords(c.Result), Front: c.Front, Waits: c.Result.Waiting}
		if !c.Clock.Met.IsZero() {
			cc.Met = c.Clock.Met.Start()
		}
		f.Clocks = append(f.Clocks, cc)
	}
	if f.Offers, err = s.offers(ctx, k, by); err != nil {
		return f, s.told(ctx, err)
	}
	tasks, err := s.d.Cases.Tasks(ctx, k.ID)
	if err != nil {
		return f, s.told(ctx, err)
	}
	for _, t := range tasks {
		if t.Outcome == "" {
			f.Open++
			if t.Due.Before(s.d.Now()) {
				f.Late++
			}
		}
	}
	happened, err := s.contactPanel(ctx, by, k)
	if err != nil {
		return f, s.told(ctx, err)
	}
	told, err := s.tellPanel(ctx, by, k)
	if err != nil {
		return f, s.told(ctx, err)
	}
	behalf, err := s.onBehalf(ctx, k)
	if err != nil {
		return f, s.told(ctx, err)
	}
	f.Panels = slices.Concat(behalf, s.panels(ctx, k), told, happened)
	if k.Minutes > 0 {
		f.Spent = spentWords(k.Minutes)
	}
	if f.Limit, err = s.limit(k); err != nil {
		return f, s.told(ctx, err)
	}
	similar, err := s.similar(ctx, k)
	if err != nil {
		return f, s.told(ctx, err)
	}
	f.Similar = similarWords(similar)
	if f.Letters, f.MoreLetters, err = s.caseLetters(ctx, by, k); err != nil {
		return f, s.told(ctx, err)
	}
	if f.Disclosures, err = s.disclosed(ctx, k); err != nil {
		return f, s.told(ctx, err)
	}
	if !by.Limited { // a role may be for some kinds alone
		if f.Earlier, err = s.givenBefore(ctx, k); err != nil {
			return f, s.told(ctx, err)
		}
	}
	return f, nil
}

// spentWords is a time in words.
func spentWords(minutes int) string {
	h, m := minutes/60, minutes%60
	switch {
	case h == 0:
		return web.Count(m, "minute", "minutes")
	case m == 0:
		return web.Count(h, "hour", "hours")
	}
	return web.Count(h, "hour", "hours") + " " + web.Count(m, "minute", "minutes")
}

func (s caseWork) limit(k cases.Case) (*console.CostLimit, error) {
	l, ok, err := s.d.Cases.Limit(k)
	if err != nil || !ok {
		return nil, err
	}
	out := &console.CostLimit{Says: spentWords(l.Counted) + " of " + spentWords(l.Limit), Over: l.Over, Cite: l.Cite}
	if l.Counted == 0 {
		out.Says = "nothing of " + spentWords(l.Limit)
	}
	if l.Limit > 0 {
		out.Percent = min(100, l.Counted*100/l.Limit)
	}
	if !l.Verified {
		out.Cite += " (not verified)"
	}
	return out, nil
}

// repeats is how a request stands to an earlier one, in words.
var repeats = map[law.Repeat]string{
	law.NotRepeat: "Another matter", law.Duplicate: "The same is asked already and not answered: handle them as one, if the person agrees",
	law.Again: "The same was answered lately", law.Beside: "Another right of the same person, running",
}

// similar is the other cases of the person of a case with the same landlord.
func (s caseWork) similar(ctx context.Context, k cases.Case) ([]cases.Similar, error) {
	all, err := s.d.Cases.Similar(ctx, k.ID)
	if len(s.d.Notice.Landlord.Clients) == 0 {
		return all, err
	}
	var out []cases.Similar
	for _, o := range all {
		other, err := s.d.Cases.Get(ctx, o.Case)
		if err != nil {
			return nil, err
		}
		if s.d.SameSet(k, other) {
			out = append(out, o)
		}
	}
	return out, err
}

func similarWords(list []cases.Similar) []console.SimilarCase {
	var out []console.SimilarCase
	for _, o := range list {
		out = append(out, console.SimilarCase{Number: o.Number, Kind: kindTitle(o.Kind), State: string(o.State), Repeat: repeats[o.Repeat], Shared: o.Shared})
	}
	return out
}

// kindTitle is what a kind is called to the person.
func kindTitle(k law.Kind) string {
	h, ok := k.Handling()
	if !ok {
		return string(k)
	}
	return h.Title
}

// panels say who acts for the person, where they are safe to reach, and that they died.
func (s caseWork) panels(ctx context.Context, k cases.Case) []console.Panel {
	var out []console.Panel
	name := accounts{s.d}.names(ctx)
	if f := k.Safety; f != nil {
		p := console.Panel{ID: "safety", Title: "Reach them only in safety", Warn: true, Says: "Nothing may go anywhere but to the places named here, and nobody at home may know."}
		p.Rows = append(p.Rows, console.Row{Name: "Safe", Says: strings.Join(f.Only, "; ")})
		if len(f.Never) > 0 {
			p.Rows = append(p.Rows, console.Row{Name: "Never", Says: strings.Join(f.Never, "; ")})
		}
		if f.Why != "" {
			p.Rows = append(p.Rows, console.Row{Name: "Why", Says: f.Why})
		}
		out = append(out, p)
	}
	if i := slices.IndexFunc(s.d.Config.Scopes, func(x desk.Scope) bool { return x.ID == k.Scope }); i >= 0 {
		out = append(out, console.Panel{ID: "scope", Title: "Only a part was asked for", Says: s.d.Config.Scopes[i].Title + ". All else stays out of the answer, and the answer says so."})
	}
	if a := k.Acting; a != nil || k.Kind == law.KindEstate {
		may := k.MayAct(s.d.Today())
		p := console.Panel{ID: "authority", Title: "Who asks for them", Warn: may.Applies != law.Yes, Says: strings.TrimSpace(may.Words + " " + sentence(may.Needs))}
		p.Rows = append(p.Rows, console.Row{Name: "Who", Says: cmp.Or(k.Requester.Name, "No name was given")})
		if a != nil {
			p.Rows = append(p.Rows, console.Row{Name: "As", Says: roleTitles[a.Role]})
			if a.Evidence != "" {
				p.Rows = append(p.Rows, console.Row{Name: "Evidence", Says: a.Evidence})
			}
			var reach []string
			for _, sc := range a.Scopes {
				reach = append(reach, scopeTitles[sc])
			}
			if reach != nil {
				p.Rows = append(p.Rows, console.Row{Name: "Reaches to", Says: strings.Join(reach, "; ")})
			}
			if !a.Start.IsZero() {
				p.Rows = append(p.Rows, console.Row{Name: "From", Says: a.Start.Words()})
			}
			if !a.End.IsZero() {
				p.Rows = append(p.Rows, console.Row{Name: "Until", Says: a.End.Words()})
			}
			p.Rows = append(p.Rows, console.Row{Name: "Recorded by", Says: name(a.By)})
		}
		p.Rows = append(p.Rows, console.Row{Name: "Law", Says: citation(may.Cite, may.Verified)})
		out = append(out, p)
	}
	if e := k.Ending; e != nil {
		p := console.Panel{ID: "ending", Title: "How it ended", Says: endings[e.How]}
		p.Rows = append(p.Rows, console.Row{Name: "By", Says: name(e.By)}, console.Row{Name: "On", Says: web.Date(e.At)})
		for _, g := range law.GroundsFor(k.Kind) {
			if slices.Contains(e.Grounds, g.ID) {
				p.Rows = append(p.Rows, console.Row{Name: "Ground", Says: sentence(g.Says) + " " + citation(g.Cite, g.Verified)})
			}
		}
		if e.Client != "" {
			p.Rows = append(p.Rows, console.Row{Name: "Passed to", Says: s.client(e.Client)})
		}
		if e.Reason != "" {
			p.Rows = append(p.Rows, console.Row{Name: "Words", Says: e.Reason})
		}
		out = append(out, p)
	}
	if r := k.Reviewed; r != nil {
		says := "The answer was found to be wrong."
		if r.Upheld {
			says = "The answer stands."
		}
		out = append(out, console.Panel{ID: "review", Title: "Review", Says: says, Rows: []console.Row{{Name: "Found", Says: r.Found}, {Name: "By", Says: name(r.By)}, {Name: "On", Says: web.Date(r.At)}}})
	}
	return out
}

var endings = map[cases.State]string{
	cases.Released: "The person had their answer.", cases.Refused: "The person was told no, and why.", cases.Withdrawn: "The person does not want it any more.",
	cases.Transferred: "The landlord whose tenant it is has it, and the person knows.", cases.Lapsed: "The person has died, and the right ended with them.",
}

func citation(cite string, verified bool) string {
	if verified || cite == "" {
		return cite
	}
	return cite + " (not verified)"
}

// disclosed is every release in a case: what went, to whom, when, why and on what basis.
// What the log of disclosures has is told as it stands there; answers in words, copies
// that colleagues took, and what went before there was a log, as the ledger has them.
func (s caseWork) disclosed(ctx context.Context, k cases.Case) ([]console.Disclosure, error) {
	name := accounts{s.d}.names(ctx)
	to := "The person, " + cmp.Or(k.Person.Name, k.Requester.Name, "who gave no name")
	if k.Acting != nil {
		to = cmp.Or(k.Requester.Name, "Somebody who gave no name") + ", " + roleTitles[k.Acting.Role] + ", for " + cmp.Or(k.Person.Name, "the person")
	}
	if !k.Forgotten.IsZero() {
		to = "Forgotten"
	}
	h, _ := k.Kind.Handling()
	out, steps, err := s.released(ctx, k)
	if err != nil {
		return nil, err
	}
	for before := int64(0); ; {
		events, err := s.d.Cases.History(ctx, k.ID, before, 200)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			before = e.ID
			d := console.Disclosure{On: e.At, Number: k.Number, To: to, Why: "To answer the request: " + h.Title, Basis: h.Words(), By: name(e.By), Entry: e.Seq, What: wentOut(k, e)}
			if e.By == k.Number {
				d.By = "the person, on the portal"
			}
			switch e.Act {
			case cases.Releases.Entry():
				if steps[e.Payload.Step] {
					continue
				}
				d.Way = "Sent"
				if e.Payload.Facts["way"] == string(cases.Collected) {
					d.Way = "Collected"
				}
			case cases.Takes.Entry():
				d.To, d.Way, d.Why, d.Basis = "A colleague: "+name(e.By), "Copied from the console", "To hand the answer over", "Within the landlord"
			case cases.Transfers.Entry():
				client, _ := e.Payload.Facts["client"].(string)
				d.What, d.To, d.Way, d.Why = "The request itself", s.client(client), "Passed on", "The landlord whose tenant it is has to answer it"
			default:
				continue
			}
			out = append(out, d)
		}
		if len(events) < 200 {
			slices.SortStableFunc(out, func(a, b console.Disclosure) int { return b.On.Compare(a.On) })
			return out, nil
		}
	}
}

// wentOut is what went out by an entry: what the draft held, if it is the one that
// went, or the digest of the one that did.
func wentOut(k cases.Case, e cases.Event) string {
	digest, _ := e.Payload.Facts["draft"].(string)
	if digest == "" {
		digest, _ = e.Payload.Facts["digest"].(string)
	}
	if k.Draft == nil || digest != "" && digest != k.Draft.Digest {
		if digest == "" {
			return "The answer"
		}
		return "An earlier answer, sealed as " + digest[:min(8, len(digest))]
	}
	records, systems := 0, map[string]bool{}
	for at, n := range k.Draft.Counts {
		source, _, _ := strings.Cut(at, ".")
		records, systems[source] = records+n, true
	}
	what := "An answer in words"
	if records > 0 {
		what = web.Count(records, "record", "records") + " of " + web.Count(len(systems), "system", "systems")
	}
	return what + ", sealed as " + k.Draft.Digest[:min(8, len(k.Draft.Digest))]
}

// client is a landlord for whom this one acts, by its id.
func (s staffDesk) client(id string) string {
	for _, c := range s.d.Notice.Landlord.Clients {
		if string(c.ID) == id {
			return c.Name
		}
	}
	return id
}

// Tasks lists the tasks of one case, or the open ones of all.
func (s caseWork) Tasks(ctx context.Context, by console.Staff, q console.TaskQuery) ([]console.Task, error) {
	name := accounts{s.d}.names(ctx)
	var out []console.Task
	if q.Number != "" {
		k, err := s.d.Cases.ByNumber(ctx, q.Number)
		if err != nil {
			return nil, s.told(ctx, err)
		}
		tasks, err := s.d.Cases.Tasks(ctx, k.ID)
		for _, t := range tasks {
			out = append(out, s.task(k.Number, t, name))
		}
		return out, s.told(ctx, err)
	}
	f := cases.TaskFilter{Limit: 101, Skip: skip(q.Page, 100)}
	switch q.Show {
	case "mine":
		f.Owner = by.ID
	case "overdue":
		f.By = s.d.Now()
	case "holds":
		f.Sort = cases.TaskHold
	}
	var tasks []cases.OpenTask
	var err error
	if s.d.SeesAll(ctx) {
		tasks, err = s.d.Cases.OpenTasks(ctx, f)
	} else { // a page of those that they may see
		from, most := f.Skip, f.Limit
		tasks, err = s.openTasks(ctx, f)
		tasks = tasks[min(from, len(tasks)):]
		tasks = tasks[:min(most, len(tasks))]
	}
	for _, t := range tasks {
		out = append(out, s.task(t.Number, t.Task, name))
	}
	return out, s.told(ctx, err)
}

var taskSorts = map[cases.TaskSort]string{
	cases.TaskHold: "Recording to save", cases.TaskSearch: "Search", cases.TaskAsk: "Ask", cases.TaskTell: "Tell a recipient", cases.TaskOther: "Other",
}

var taskOutcomes = map[cases.Outcome]string{
	cases.Found: "Something was found", cases.Empty: "Nothing is there", cases.Saved: "Saved", cases.Gone: "Gone already",
	cases.Done: "Done", cases.Unable: "It cannot be done", cases.Dropped: "Not needed any more",
}

// owners are those who own tasks without an account.
var owners = map[string]string{"desk": "Tenet", "recordings": "Whoever runs the recordings"}

func (s caseWork) task(number string, t cases.Task, name func(string) string) console.Task {
	out := console.Task{
		Number: number, N: t.N, Sort: taskSorts[t.Sort], Place: t.Place, Owner: s.owner(t.Owner, name), What: t.What, Due: t.Due,
		Late: t.Outcome == "" && t.Due.Before(s.d.Now()), Chased: t.Chased, Outcome: taskOutcomes[t.Outcome], Result: t.Result,
	}
	if t.Place == holding && t.Sort == cases.TaskOther {
		out.Sort, out.Place = "In hand", "the answer"
	}
	if t.RaisedTo != "" {
		out.Raised = s.owner(t.RaisedTo, name)
	}
	if t.Sort == cases.TaskHold {
		left := t.Due.Sub(s.d.Now()).Round(time.Minute)
		switch {
		case left <= 0:
			out.Hours = "Late by " + spentWords(int(-left.Minutes()))
		default:
			out.Hours = spentWords(int(left.Minutes())) + " left"
		}
	}
	return out
}

// owner is whose task it is, in words: a contact of the notice, or a colleague.
func (s caseWork) owner(id string, name func(string) string) string {
	for _, c := range s.d.Notice.Landlord.Contacts {
		if string(c.ID) == id {
			return c.Who
		}
	}
	return cmp.Or(owners[id], name(id))
}

// taskOf is the task of a case that an act is of.
func (s caseWork) taskOf(ctx context.Context, k cases.Case, of string) (cases.Task, error) {
	tasks, err := s.d.Cases.Tasks(ctx, k.ID)
	if err != nil {
		return cases.Task{}, err
	}
	i := slices.IndexFunc(tasks, func(t cases.Task) bool { return fmt.Sprint(t.N) == of })
	if i < 0 {
		return cases.Task{}, web.ErrNotFound
	}
	return tasks[i], nil
}
