package promise

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Board is a notice and all that its checks may look at.
type Board struct {
	Notice    *notice.Notice
	Today     law.Date
	Now       func() time.Time
	Systems   Systems
	Text      Text
	Requests  Requests
	Office    Office
	Registers Registers // nil where none are kept
	Breaches  Breaches  // nil where there is no register of them
	// Disclosures is Tenet's own log of what was given out; nil where there is none.
	Disclosures Disclosures
	Own         Own         // what Tenet keeps itself; nil where nothing says
	Assessed    Assessments // nil where there is no register of them
	Told        Tellings    // nil where there are no cases
	Proofs      Proofs      // nil where no answers are kept
	History     *History
	// Progress is told of rows read while a table is scanned; it may be nil.
	Progress func(stage string, rows int64)
}

// Result is what became of one promise.
type Result struct {
	ID        notice.ID  `json:"id"`
	Says      string     `json:"says"`
	Status    Status     `json:"status"`
	Why       string     `json:"why"`
	Coverage  string     `json:"coverage"`
	Figure    string     `json:"figure"`
	CheckedAt time.Time  `json:"checked_at"`
	Evidence  []Evidence `json:"evidence"`
	// Stood is what an unproven promise was when that was last known. It is filled in when
	// the result is kept: a promise that was broken does not pass because nobody can look any more.
	Stood Status `json:"stood,omitempty"`
}

// Fails says that a promise is broken, or was when that was last known.
func (r Result) Fails() bool {
	return r.Status == Broken || r.Status == Unproven && r.Stood == Broken
}

// Evidence is what one check of a promise found. It names nobody.
type Evidence struct {
	Check      string         `json:"check"`
	With       map[string]any `json:"with,omitempty"`
	At         string         `json:"at"` // where the pack asks for it: promises.yaml:12
	Status     Status         `json:"status"`
	Why        string         `json:"why"`
	Cause      Cause          `json:"cause,omitempty"` // of what is unproven
	Figure     string         `json:"figure"`
	Good       int64          `json:"good"`
	Total      int64          `json:"total"`
	Coverage   string         `json:"coverage"`
	Looked     int64          `json:"looked"`
	Of         int64          `json:"of"`
	Gaps       []string       `json:"gaps,omitempty"`
	Violations int64          `json:"violations"`
	Examples   []string       `json:"examples,omitempty"`
	Notes      []string       `json:"notes,omitempty"`
	Method     string         `json:"method"`
	Rows       int64          `json:"rows_read"`
	Bytes      int64          `json:"bytes_read"`
	Millis     int64          `json:"milliseconds"`
	Until      time.Time      `json:"until,omitzero"`    // when a system may be read that was put off for its hours
	Owner      string         `json:"owner,omitempty"`   // of what is attested: a contact of the notice
	Expires    string         `json:"expires,omitempty"` // the last day on which it stands
}

// Check checks promises, all of them if ids is empty, in the order of the notice's
// words. Two promises that ask for the same are answered by one look. An error says
// that Tenet itself failed: what it could not read elsewhere is in the results.
func (b *Board) Check(ctx context.Context, ids []string) ([]Result, error) {
	order, says := promises(b.Notice)
	for _, id := range ids {
		if !slices.Contains(order, notice.ID(id)) {
			return nil, fmt.Errorf("%w: %s", ErrNoPromise, quote(id))
		}
	}
	seen := map[string]Evidence{}
	var out []Result
	for _, id := range order {
		if len(ids) > 0 && !slices.Contains(ids, string(id)) {
			continue
		}
		r := Result{ID: id, Says: says[id], CheckedAt: b.Now().UTC().Truncate(time.Millisecond), Evidence: []Evidence{}}
		for _, c := range b.Notice.Promises[id] {
			key, err := json.Marshal([]any{c.Check, c.With})
			if err != nil {
				return nil, fmt.Errorf("check %s: %w", id, err)
			}
			e, ok := seen[string(key)]
			if !ok {
				if e, err = b.check(ctx, id, c); err != nil {
					return nil, fmt.Errorf("check %s by %s: %w", id, c.Check, err)
				}
				if c.Check != AttestName {
					seen[string(key)] = e
				}
			}
			e.At = c.Pos.String()
			r.Evidence = append(r.Evidence, e)
		}
		r.sum()
		out = append(out, r)
	}
	return out, ctx.Err()
}

// sum is the answer of a promise from those of its checks.
func (r *Result) sum() {
	if len(r.Evidence) == 0 {
		r.Status, r.Why = Unproven, "no check shows it"
		return
	}
	var all []Status
	for _, e := range r.Evidence {
		all = append(all, e.Status)
	}
	r.Status = Together(all)
	var why, figures, coverage []string
	for _, e := range r.Evidence {
		if e.Status == r.Status && e.Why != "" && !slices.Contains(why, e.Why) {
			why = append(why, e.Why)
		}
		if e.Figure != "" {
			figures = append(figures, e.Figure)
		}
		if e.Coverage != "" && !slices.Contains(coverage, e.Coverage) {
			coverage = append(coverage, e.Coverage)
		}
	}
	r.Why, r.Figure, r.Coverage = strings.Join(why, "; "), strings.Join(figures, "; "), strings.Join(coverage, "; ")
}

// Until is when a promise may be looked at again that is unproven because a system was
// outside its hours; zero for any other.
func (r Result) Until() time.Time {
	var first time.Time
	for _, e := range r.Evidence {
		if r.Status == Unproven && !e.Until.IsZero() && (first.IsZero() || e.Until.Before(first)) {
			first = e.Until
		}
	}
	return first
}

// CheckOne makes one check that no promise names, for a figure that is wanted besides.
func (b *Board) CheckOne(ctx context.Context, c notice.PromiseCheck) (Evidence, error) {
	return b.check(ctx, "", c)
}

// check makes one check.
func (b *Board) check(ctx context.Context, id notice.ID, c notice.PromiseCheck) (Evidence, error) {
	e := Evidence{Check: string(c.Check), With: c.With, Status: Unproven}
	k, ok := kindOf(string(c.Check))
	if !ok {
		e.Cause = AskedWrongly
		e.Why = fmt.Sprintf("no check is called %s; those there are: %s", quote(string(c.Check)), strings.Join(names(), ", "))
		return e, nil
	}
	v, faults := k.read(b.Notice, c.With)
	if len(faults) > 0 {
		f := faults[0]
		e.Cause = AskedWrongly
		e.Why = fmt.Sprintf("%s: %s: %s; %s", c.Pos, f.field, f.what, f.mend)
		return e, nil
	}
	switch {
	case k.Name == NotCheckableName:
		e.Status, e.Why, e.Method = NotCheckable, v.word("why"), "nothing can show it"
		return e, nil
	case k.Name == AttestName:
		return b.attested(ctx, id, v, e)
	case k.Look == nil:
		e.Cause, e.Why = NotBuilt, k.Lacks
		return e, nil
	}
	began := b.Now()
	f, err := k.Look(ctx, &Look{Board: b, Promise: id, With: v})
	if err != nil {
		return e, err
	}
	if e.Status, e.Why = Judge(f, v.least()); e.Status == Unproven {
		e.Cause, e.Until = f.cause(), f.until
	}
	e.Figure, e.Good, e.Total, e.Violations = f.figure(), f.Good, f.Good+f.Bad, f.Bad
	e.Coverage, e.Looked, e.Of, e.Gaps = f.coverage(), f.Looked, f.Of, f.Gaps
	e.Examples, e.Notes, e.Method, e.Rows, e.Bytes = f.Examples, f.Notes, f.Method, f.Rows, f.Bytes
	e.Millis = b.Now().Sub(began).Milliseconds()
	return e, ctx.Err()
}

// attested is a person's word: it stands until it expires.
func (b *Board) attested(ctx context.Context, id notice.ID, v Values, e Evidence) (Evidence, error) {
	e.Owner, e.Method, e.Cause = v.word("by"), "the word of whoever answers for it, which expires", NoWord
	a, ok, err := b.History.Attested(ctx, id)
	if err != nil {
		return e, err
	}
	// The pack may since have named another owner, or a shorter period.
	end := after(law.DateOf(a.At), v.period("every", "P1Y"))
	switch {
	case !ok:
		e.Why = fmt.Sprintf("%s has not said so yet: tenet promises attest %s", e.Owner, id)
	case a.Owner != e.Owner:
		e.Why = fmt.Sprintf("it was attested for %s, and %s answers for it now", a.Owner, e.Owner)
	case b.Today.After(end):
		e.Expires, e.Why = end.String(), fmt.Sprintf("what %s said on %s expired on %s", e.Owner, law.DateOf(a.At), end)
	default:
		e.Cause = ""
		e.Status, e.Expires = Attested, end.String()
		e.Why = fmt.Sprintf("%s said so on %s, until %s: %s", e.Owner, law.DateOf(a.At), end, a.Evidence)
	}
	return e, nil
}

// after is the last day of a period from a day.
func after(day law.Date, p notice.Period) law.Date {
	years, months, days := p.Parts()
	return day.AddMonths(12*years + months).AddDays(days)
}

// before is the first day of a period that ends on a day.
func before(day law.Date, p notice.Period) law.Date {
	years, months, days := p.Parts()
	return day.AddDays(-days).AddMonths(-12*years - months)
}

// promises are the ids of a notice's promises in the order of its words, and what
// each says. Those that promises.yaml names are promises; a sentence with an id and
// no check is a finding of the linter.
func promises(n *notice.Notice) ([]notice.ID, map[notice.ID]string) {
	says := map[notice.ID]string{}
	var order []notice.ID
	for _, s := range n.Words.All() {
		if _, ok := n.Promises[s.ID]; ok && s.ID != "" {
			if says[s.ID] == "" {
				order = append(order, s.ID)
			}
			says[s.ID] = s.Text
		}
	}
	return order, says
}

// Say is the sentence of a promise; false where the notice has no such promise.
func Say(n *notice.Notice, id notice.ID) (string, bool) {
	_, says := promises(n)
	s, ok := says[id]
	return s, ok
}
