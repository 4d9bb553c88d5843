package desk

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/rule"
)

// ReplayedRule is what another version of the notice would have done to the disclosures
// that went to one recipient by one rule.
type ReplayedRule struct {
	Rule        notice.ID `json:"rule,omitempty"` // by which the version before decides them; empty where it refuses them
	To          notice.ID `json:"to"`
	Disclosures int       `json:"disclosures"`
	Refused     Decided   `json:"refused"` // the version before does not refuse them, and this one does
	Asked       Decided   `json:"asked"`   // by this one more has to be found out first, and by the one before not
	Allowed     Decided   `json:"allowed"` // this one allows them, and the one before did not
}

// Decided is how many, with examples by their number in the log.
type Decided struct {
	Count    int     `json:"count"`
	Examples []int64 `json:"examples"`
}

func (d *Decided) add(n int64) {
	if d.Count++; len(d.Examples) < mostExamples {
		d.Examples = append(d.Examples, n)
	}
}

// mostExamples is how many entries are named of each sort.
const mostExamples = 20

// words are the count and the examples in a sentence.
func (d Decided) words() string {
	var all []string
	for _, n := range d.Examples {
		all = append(all, fmt.Sprint(n))
	}
	if d.Count > len(d.Examples) {
		all = append(all, fmt.Sprintf("and %d more", d.Count-len(d.Examples)))
	}
	return counted(d.Count, "disclosure", "disclosures") + " (in the log: " + strings.Join(all, ", ") + ")"
}

// replayDisclosures decides by two versions what was given out in a time.
func (d *Desk) replayDisclosures(ctx context.Context, r *Replay, old, n *notice.Notice) error {
	by := map[[2]notice.ID]*ReplayedRule{}
	for e, err := range d.Given.Each(ctx, disclose.Filter{From: r.From, Until: r.To}) {
		if err != nil {
			return err
		}
		if e.Kind != disclose.Shared || !e.Stands() {
			continue
		}
		if e.Ask == nil {
			r.Undecidable++
			continue
		}
		was, got := rule.MayDisclose(old, *e.Ask), rule.MayDisclose(n, *e.Ask).Decision
		k := [2]notice.ID{was.Rule, e.To}
		if was.Decision == notice.Refuse {
			k[0] = ""
		}
		x := by[k]
		if x == nil {
			x = &ReplayedRule{Rule: k[0], To: e.To, Refused: Decided{Examples: []int64{}}, Asked: Decided{Examples: []int64{}}, Allowed: Decided{Examples: []int64{}}}
			by[k] = x
		}
		x.Disclosures++
		r.Disclosures++
		switch {
		case got == was.Decision:
		case got == notice.Refuse:
			x.Refused.add(e.N)
		case got == notice.Ask:
			x.Asked.add(e.N)
		default:
			x.Allowed.add(e.N)
		}
	}
	for _, x := range by {
		r.Rules = append(r.Rules, *x)
	}
	slices.SortFunc(r.Rules, func(a, b ReplayedRule) int {
		return strings.Compare(string(a.Rule)+" "+string(a.To), string(b.Rule)+" "+string(b.To))
	})
	return nil
}

// disclosureWords are the lines that tell a person what would have become of them.
func (r Replay) disclosureWords() []string {
	if r.Disclosures+r.Undecidable == 0 {
		return []string{fmt.Sprintf("No disclosure stands in the log from %s to %s.", r.From.Words(), r.To.Words())}
	}
	var out []string
	for _, x := range r.Rules {
		by := "To " + string(x.To) + ", where no rule allowed it"
		if x.Rule != "" {
			by = "The rule " + string(x.Rule)
		}
		if x.Refused.Count > 0 {
			out = append(out, by+": "+x.Refused.words()+" of "+fmt.Sprint(x.Disclosures)+" would have been refused.")
		}
		if x.Asked.Count > 0 {
			out = append(out, by+": for "+x.Asked.words()+" of "+fmt.Sprint(x.Disclosures)+" more would have had to be found out first.")
		}
		if x.Allowed.Count > 0 {
			out = append(out, by+": "+x.Allowed.words()+" of "+fmt.Sprint(x.Disclosures)+" would have been allowed.")
		}
	}
	if len(out) == 0 {
		out = append(out, fmt.Sprintf("No decision changes: %s, from %s to %s, are decided alike by both.", counted(r.Disclosures, "disclosure", "disclosures"), r.From.Words(), r.To.Words()))
	}
	if r.Undecidable > 0 {
		out = append(out, counted(r.Undecidable, "disclosure", "disclosures")+" cannot be decided again: what they rested on is forgotten.")
	}
	return out
}

// Disclosures gives the log to the checks of promises, each decided again by the
// version of the notice that decided it.
func (e *evidence) Disclosures(ctx context.Context, since law.Date) iter.Seq2[promise.Disclosure, error] {
	return func(yield func(promise.Disclosure, error) bool) {
		versions := map[string]*notice.Notice{}
		for x, err := range e.desk.Given.Each(ctx, disclose.Filter{From: since}) {
			if err != nil {
				yield(promise.Disclosure{}, err)
				return
			}
			if !x.Stands() {
				continue
			}
			out := promise.Disclosure{Number: fmt.Sprintf("disclosure %d", x.N), Day: x.Day, To: x.To, Rule: x.Rule, Name: x.Name, Categories: x.Categories, Forgotten: x.Forgotten,
				Within: x.Verdict == disclose.Right}
			if x.Verdict == disclose.Within && x.Ask != nil {
				n, ok := versions[x.Notice]
				if !ok {
					if n, err = e.desk.NoticeVersion(ctx, x.Notice); err != nil {
						yield(promise.Disclosure{}, err)
						return
					}
					versions[x.Notice] = n
				}
				out.Within = rule.MayDisclose(n, *x.Ask).Decision == notice.Allow
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

// Begun is the day of the first entry of the log.
func (e *evidence) Begun(ctx context.Context) (law.Date, error) {
	first, err := e.desk.Given.Get(ctx, 1)
	if errors.Is(err, disclose.ErrNone) {
		return law.Date{}, nil
	}
	return law.DateOf(first.At), err
}
