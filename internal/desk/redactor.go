package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/detect"
	"tenet/internal/find"
	"tenet/internal/index"
	"tenet/internal/match"
	"tenet/internal/redact"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// redactor is made for one requester: everyone the landlord knows is held in
// memory, and what is the requester's own stays.
func (d *Desk) redactor(ctx context.Context, s *systems, a *find.Answer) (*redact.Redactor, error) {
	people, staff, err := s.everyone(ctx)
	if err != nil {
		return nil, err
	}
	keep := redact.Keep{Own: []match.Known{a.Person.Known}, OwnIDs: a.Person.Records, Literals: s.homes(a), Staff: staff, Domains: d.ownDomains()}
	for _, r := range a.Records {
		for i := range s.maps[r.Source].Tables[r.Table].Names {
			if n := &s.maps[r.Source].Tables[r.Table].Names[i]; names(r, n) {
				keep.OwnIDs = append(keep.OwnIDs, namedID(r.ID(), n)) // where columns of a row name the requester
			}
		}
	}
	keep.WithholdStaff = d.withholdStaff(s, a)
	if keep.Lessons, err = d.lessonsOf(ctx, s.client); err != nil {
		return nil, err
	}
	shapes, err := d.shapes()
	if err != nil {
		return nil, err
	}
	for _, c := range d.Notice.Landlord.Contacts {
		if c.Phone != "" {
			keep.Phones = append(keep.Phones, string(c.Phone))
		}
	}
	return &redact.Redactor{
		Detector: detect.Detector{Known: detect.NewPeople(people), Shapes: shapes, Relations: true, Present: append(slices.Clone(a.Person.Records), a.Around...)},
		Keep:     keep, Labels: &redact.Labels{},
	}, nil
}

// namedID is the id of whom a group of columns of a row names. Two groups of one role
// are two people.
func namedID(row string, n *datamap.Named) string {
	id := row + "#" + string(n.Role)
	if n.Group != "" {
		id += "/" + n.Group
	}
	return id
}

// names says that a group of columns of the record names the person whose answer it
// is in: they stand in the role, and nothing in the group is said to be another's.
func names(r find.Record, n *datamap.Named) bool {
	if !slices.Contains(r.Roles, n.Role) {
		return false
	}
	for _, c := range n.All() {
		if slices.Equal(r.FieldWhose[c], []datamap.Whose{datamap.Other}) {
			return false
		}
	}
	return true
}

// homes are the words by which the places that the person has, or had, are
// known: their own address is theirs.
func (s *systems) homes(a *find.Answer) []string {
	var out []string
	for _, r := range a.Records {
		if !r.Is(datamap.Reference) || !s.isPlace(r.Source, r.Table) {
			continue
		}
		var lines []string
		for _, c := range r.Row.Table.Columns {
			// What tells of somebody, or could, is no part of an address.
			if m := s.maps[r.Source].Tables[r.Table].Columns[c.Name]; m != nil && m.FreeText || r.FieldWhose[c.Name] != nil {
				continue
			}
			if v := r.Row.Get(c.Name).Text; c.Kind == rows.Text && len(v) > 3 {
				out = append(out, v)
				lines = append(lines, v)
			}
		}
		for i := range lines {
			for j := i + 1; j < len(lines); j++ {
				out = append(out, strings.Join(lines[i:j+1], ", "), strings.Join(lines[i:j+1], " "))
			}
		}
	}
	return out
}

func (s *systems) isPlace(name, table string) bool {
	for _, t := range s.maps[name].Tables {
		if slices.ContainsFunc(t.Occupies, func(o datamap.Occupancy) bool { return o.Place == table }) {
			return true
		}
	}
	return false
}

// everyone streams whomever the systems know in the set that is looked at: the rows of person tables, and
// those named in columns of other rows. The words of a note name people of both
// kinds.
func (s *systems) everyone(ctx context.Context) (people []detect.Individual, staff []string, _ error) {
	for _, name := range slices.Sorted(maps.Keys(s.maps)) {
		for _, table := range slices.Sorted(maps.Keys(s.maps[name].Tables)) {
			t := s.maps[name].Tables[table]
			columns := whoColumns(t)
			if t.Skip != "" || len(columns) == 0 {
				continue
			}
			for r, err := range s.scan(ctx, name, table, source.ScanOptions{Columns: columns, Now: true}) {
				if err != nil {
					return nil, nil, err
				}
				id := name + ":" + r.ID()
				if t.People != datamap.NotPeople {
					people = append(people, detect.Individual{ID: id, Known: index.Known(t.Identifiers, r)})
					if t.People == datamap.Staff {
						staff = append(staff, id)
					}
					continue
				}
				for i := range t.Names {
					people = append(people, individuals(namedID(id, &t.Names[i]), index.Known(&t.Names[i].Identifiers, r))...)
				}
			}
		}
	}
	return people, staff, nil
}

// individuals are those whom one group of columns names: a line of a list may
// name several, who are then not one person of many names.
func individuals(id string, k match.Known) []detect.Individual {
	if k.Name.IsZero() && len(k.Phones) == 0 {
		return nil
	}
	if len(k.KnownAs) == 0 {
		return []detect.Individual{{ID: id, Known: k}}
	}
	var out []detect.Individual
	for i, n := range append([]match.Name{k.Name}, k.KnownAs...) {
		out = append(out, detect.Individual{ID: fmt.Sprint(id, "/", i), Known: match.Known{Name: n}})
	}
	return out
}

// whoColumns are those that say who somebody is.
func whoColumns(t *datamap.Table) []string {
	if t.People != datamap.NotPeople {
		return t.Identifiers.All()
	}
	var out []string
	for _, n := range t.Names {
		if len(n.Name)+len(n.Phone) > 0 {
			out = append(out, n.All()...)
		}
	}
	return out
}
