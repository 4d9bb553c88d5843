package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/incident"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// Where is a condition that rows of a table meet: a column holds a value, or has it
// somewhere in it, without regard to capitals.
type Where struct {
	Column, Value string
	Within        bool
}

// ParseWhere reads a condition as "ward=Elm" or "note~stick".
func ParseWhere(s string) (Where, error) {
	i := strings.IndexAny(s, "=~")
	if i < 1 || i == len(s)-1 {
		return Where{}, &Error{Code: "usage", What: fmt.Sprintf("%.80q is no condition", s), Where: "--where", Mend: "write COLUMN=VALUE, or COLUMN~PART of one"}
	}
	return Where{Column: s[:i], Value: s[i+1:], Within: s[i] == '~'}, nil
}

func (w Where) holds(r rows.Row) bool {
	v := r.Get(w.Column)
	if v.Null {
		return false
	}
	if w.Within {
		return strings.Contains(strings.ToLower(v.Text), strings.ToLower(w.Value))
	}
	return strings.EqualFold(strings.TrimSpace(v.Text), w.Value)
}

// FromTable is everybody in a table of people for whom conditions hold.
type FromTable struct {
	Table string // "housing.tenant"
	Where []Where
	What  string // what of theirs it is
}

// Listing is what came of listing people from a table.
type Listing struct {
	Found int `json:"found"`
	Added int `json:"added"` // the others are on the list already
	Dead  int `json:"dead"`  // left out: UK GDPR is about the living
	// Unread is how many rows could not be read, or name nobody: somebody looks at those.
	Unread int `json:"unread"`
}

// ListAffectedFrom adds everybody in a table of people for whom conditions hold to the
// list of an incident: of the set that the incident is about, by the map of the system.
// Each value is compared here; none is put into a query.
func (d *Desk) ListAffectedFrom(ctx context.Context, number, by string, f FromTable) (Listing, error) {
	var out Listing
	x, err := d.Incidents()
	if err != nil {
		return out, err
	}
	_, client, err := x.SetOf(ctx, number)
	if err != nil {
		return out, incidentError(number, err)
	}
	s, err := d.openSet(ctx, string(client))
	if err != nil {
		return out, err
	}
	defer s.close()
	name, table, _ := strings.Cut(f.Table, ".")
	id, err := s.identifiers(name, table, f)
	if err != nil {
		return out, err
	}
	columns := id.All()
	for _, w := range f.Where {
		if !slices.Contains(columns, w.Column) {
			columns = append(columns, w.Column)
		}
	}
	var people []cases.Person
	var as []incident.Person
	s.takeProblems()
	for r, err := range s.scan(ctx, name, table, source.ScanOptions{Columns: columns}) {
		if err != nil {
			return out, fmt.Errorf("read %s: %w", f.Table, err)
		}
		if slices.ContainsFunc(f.Where, func(w Where) bool { return !w.holds(r) }) {
			continue
		}
		a := personIn(id, r, d.Today())
		if id.Died != "" && !r.Get(id.Died).Empty() {
			out.Dead++
			continue
		}
		if a.person.Name == "" && a.person.Email == "" && a.person.Reference == "" && a.address == "" {
			out.Unread++
			continue
		}
		if out.Found++; out.Found > incident.MostPeople {
			return out, &Error{Code: "input", What: fmt.Sprintf("more than %d people meet the conditions", incident.MostPeople), Where: f.Table, Mend: "narrow them, or tell the public instead (UK GDPR Art 34(3)(c))"}
		}
		people = append(people, a.person)
		as = append(as, incident.Person{Name: a.person.Name, Email: a.person.Email, Phone: a.person.Phone, Reference: a.person.Reference, Address: a.address, Language: a.language, Why: f.What})
	}
	for _, p := range s.takeProblems() {
		if p.Column == "" {
			out.Unread++
		}
	}
	if len(people) == 0 {
		return out, nil
	}
	out.Added, err = d.listAffected(ctx, number, by, "", people, as)
	return out, err
}

// identifiers are the columns by which a table knows its people.
func (s *systems) identifiers(name, table string, f FromTable) (*datamap.Identifiers, error) {
	bad := func(what, mend string) error {
		return &Error{Code: "input", What: what, Where: f.Table, Mend: mend}
	}
	m := s.maps[name]
	if m == nil {
		why := errors.New("there is no such system")
		for _, g := range s.gaps {
			if g.Source == name {
				why = errors.New(g.Why)
			}
		}
		return nil, &Error{Code: "source", What: "cannot be read now", Where: f.Table, Mend: "tenet source check says what stands in the way", Err: why}
	}
	t := m.Tables[table]
	if t == nil || !tellable(t) {
		var people []string
		for at, t := range m.Tables {
			if tellable(t) {
				people = append(people, placeOf(name, at))
			}
		}
		slices.Sort(people)
		return nil, bad("its map does not say that its rows are people", "name one of "+strings.Join(people, ", "))
	}
	schema := s.schemas[name].Table(table)
	for _, w := range f.Where {
		if schema == nil || !slices.ContainsFunc(schema.Columns, func(c rows.Column) bool { return c.Name == w.Column }) {
			return nil, bad(fmt.Sprintf("it has no column %.60q", w.Column), "tenet map show names its columns")
		}
	}
	return t.Identifiers, nil
}
