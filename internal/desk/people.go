package desk

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/identity"
	"tenet/internal/rows"
)

// Identity is when two records are one person's, in bits of evidence: each bit
// doubles the odds. From SameAt on they are put together, where nothing else forbids
// it; from AskAt on a person is asked. Both or neither; without them they go by how
// many people there are.
type Identity struct {
	SameAt *float64 `yaml:"same-at,omitempty"`
	AskAt  *float64 `yaml:"ask-at,omitempty"`
}

// mostBits is more than any evidence adds up to.
const mostBits = 200

func (i Identity) check() error {
	if i.SameAt == nil && i.AskAt == nil {
		return nil
	}
	what := ""
	switch {
	case i.SameAt == nil || i.AskAt == nil:
		what = "names one of same-at and ask-at"
	case !(math.Abs(*i.SameAt) <= mostBits && math.Abs(*i.AskAt) <= mostBits):
		what = "is not in bits"
	case *i.AskAt > *i.SameAt:
		what = "asks only above what it takes for the same"
	default:
		return nil
	}
	return &Error{Code: "config", What: "identity " + what, Where: configFile, Mend: "write identity: {same-at: 24, ask-at: 12}, or leave it out"}
}

func (i Identity) thresholds() find.Thresholds {
	if i.SameAt == nil {
		return find.Thresholds{}
	}
	return find.Thresholds{SameAt: *i.SameAt, AskAt: *i.AskAt}
}

func (d *Desk) people() (*identity.Identity, error) {
	return identity.New(identity.Config{Store: d.Store, Ring: d.Keys, Landlord: d.Config.Landlord, Now: d.Now})
}

// decided is what people decided, as a search asks for it.
type decided struct{ *identity.Identity }

func (x decided) About(ctx context.Context, rows []string) ([]find.Decided, error) {
	got, err := x.Identity.About(ctx, rows)
	var out []find.Decided
	for _, g := range got {
		out = append(out, find.Decided{A: g.A, B: g.B, Same: g.Same})
	}
	return out, err
}

// DecidePerson records that two records are one person's, or are not. Both must be
// there, in tables of people.
func (d *Desk) DecidePerson(ctx context.Context, by, a, b string, same bool, why string) (identity.Decision, error) {
	s, err := d.open(ctx)
	if err != nil {
		return identity.Decision{}, err
	}
	defer s.close()
	for _, id := range []string{a, b} {
		if err := s.person(ctx, id); err != nil {
			return identity.Decision{}, err
		}
	}
	if err := s.oneSet(ctx, a, b); err != nil {
		return identity.Decision{}, err
	}
	if err := d.withinRow(ctx, s, a); err != nil {
		return identity.Decision{}, err
	}
	p, err := d.people()
	if err != nil {
		return identity.Decision{}, err
	}
	x, err := p.Decide(ctx, identity.Decision{A: a, B: b, Same: same, Why: why, By: by})
	return x, undecidable(err)
}

// decidedSince refuses a draft that people's decisions on who is who have overtaken:
// a record that they joined to the person is not in it, one that they parted is, or
// one of its decisions was withdrawn. However a search with them came to fail, or
// was never made, the draft is not the answer.
func (d *Desk) decidedSince(ctx context.Context, k cases.Case) error {
	a, err := d.Found(ctx, k)
	if err != nil {
		return err
	}
	list, err := d.personDecisions(ctx)
	if err != nil {
		return err
	}
	for _, x := range list {
		mine, theirs := slices.Contains(a.Person.Records, x.A), slices.Contains(a.Person.Records, x.B)
		switch {
		case x.Stands && (mine || theirs) && x.Same != (mine && theirs), // joined and not here, or parted and here
			!x.Withdrawn.IsZero() && x.Withdrawn.After(k.Draft.At) && (mine || theirs):
			return &Error{Code: "who", What: "since the search for this draft somebody decided whose records are whose, or took that back", Where: k.Number,
				Mend: "search again: tenet case answer " + k.Number + " --again; or take the decision back: tenet person decisions"}
		}
	}
	return nil
}

// UndoPerson withdraws the decision that stands about two records, and gives it with
// the one that stands then, nil where none does.
func (d *Desk) UndoPerson(ctx context.Context, by, a, b string) (identity.Decision, *identity.Decision, error) {
	if !d.SeesAll(ctx) {
		s, err := d.open(ctx)
		if err != nil {
			return identity.Decision{}, nil, err
		}
		defer s.close()
		if err := errors.Join(d.withinRow(ctx, s, a), d.withinRow(ctx, s, b)); err != nil {
			return identity.Decision{}, nil, err
		}
	}
	p, err := d.people()
	if err != nil {
		return identity.Decision{}, nil, err
	}
	undone, stands, err := p.Undo(ctx, by, a, b)
	return undone, stands, undecidable(err)
}

// PersonDecisions is everything that was decided about who is who in the sets that whoever
// acts may see, the newest first.
func (d *Desk) PersonDecisions(ctx context.Context) ([]identity.Decision, error) {
	list, err := d.personDecisions(ctx)
	if err != nil || d.SeesAll(ctx) {
		return list, err
	}
	s, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	seen := map[string]bool{} // by row
	for _, x := range list {
		for _, id := range []string{x.A, x.B} {
			if _, asked := seen[id]; !asked {
				if seen[id], err = d.seesRow(ctx, s, id); err != nil {
					return nil, err
				}
			}
		}
	}
	return slices.DeleteFunc(list, func(x identity.Decision) bool { return !seen[x.A] || !seen[x.B] }), nil
}

func (d *Desk) personDecisions(ctx context.Context) ([]identity.Decision, error) {
	p, err := d.people()
	if err != nil {
		return nil, err
	}
	list, err := p.List(ctx)
	return append([]identity.Decision{}, list...), err
}

func undecidable(err error) error {
	switch {
	case errors.Is(err, identity.ErrInput):
		return &Error{Code: "decision", What: err.Error(), Mend: "name two records as tenet find --json prints them, and give a reason with --reason"}
	case errors.Is(err, identity.ErrNone):
		return &Error{Code: "no-decision", What: err.Error(), Mend: "see tenet person decisions"}
	}
	return err
}

// person says whether there is such a record, of a person. The error does not repeat
// its key, which may be personal data.
func (s *systems) person(ctx context.Context, id string) error {
	source, row, _ := strings.Cut(id, ":")
	bad := func(what, mend string) error {
		return &Error{Code: "record", What: what, Where: source, Mend: mend}
	}
	table, key, err := rows.DecodeID(row)
	m := s.maps[source]
	switch {
	case m == nil:
		return bad("is no source that can be searched now", "name a record as tenet find --json prints it: person.records and possible")
	case err != nil || len(key) == 0:
		return bad("what follows its name is not a record", "name a record as tenet find --json prints it: person.records and possible")
	case m.Tables[table] == nil || m.Tables[table].People == datamap.NotPeople:
		return bad(fmt.Sprintf("%s is no table of people", table), "only records of people can be one person's")
	}
	for _, err := range s.sources[source].Lookup(ctx, table, key) {
		return err
	}
	return bad("there is no such record in "+table, "look for the person again: the record may have gone")
}
