package find

import (
	"context"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// Link is somebody else whom a record ties to the person: who holds something with
// them, lives with them, is to be rung for them.
type Link struct {
	Kind   datamap.Role `json:"kind"`            // the part that the other has: joint, household, contact, payer…
	Record string       `json:"record"`          // their row in a person table; empty where columns alone name them
	In     string       `json:"in"`              // the record that says so
	Source string       `json:"source"`          // where it stands
	Since  string       `json:"since,omitempty"` // from when, where the record has a date
	Why    string       `json:"why"`

	name    string // of the other
	mayBeMe bool   // the person has this part in the record too
}

// links gathers whom the person's records tie to them, each once in each part.
func (f *Finder) links(ctx context.Context, who *resolver, s *subject, records []Record, around []datamap.PersonID) ([]Link, error) {
	out := []Link{}
	add := func(l Link, id datamap.PersonID) error {
		if slices.ContainsFunc(out, func(x Link) bool { return x.Kind == l.Kind && x.Record == l.Record && (l.Record != "" || x.In == l.In) }) {
			return nil
		}
		if f.Sources[id.Source] == nil {
			return nil
		}
		got, err := f.fetch(ctx, id.Source, []string{id.Row})
		if err != nil {
			return err
		}
		for _, r := range got {
			if f.Maps[id.Source].Tables[r.Table.Name].People == datamap.Staff {
				return nil // an officer's part in it is not a tie
			}
			l.name = f.knownOf(id.Source, r).known.Name.Written
		}
		if len(got) == 0 {
			l.Record = "" // whom columns alone name has no row
			if l.mayBeMe {
				return nil // the columns are the person's own
			}
		}
		out = append(out, l)
		return nil
	}
	if s.staff {
		return out, nil // whom an officer writes of are not tied to the officer
	}
	// What stands nearest the person says it best.
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(x, y Record) int { return len(x.Path) - len(y.Path) })
	seen := map[string]bool{}
	for _, r := range records {
		t := f.Maps[r.Source].Tables[r.Table]
		if t.People != datamap.NotPeople || !r.Is(datamap.Self) && !r.Is(datamap.Shared) || !f.joins(r.Source, t) {
			continue
		}
		if len(t.Names) == 0 && len(t.OwnedBy) == 1 && slices.Equal(r.Whose, []datamap.Whose{datamap.Self}) {
			continue // whoever it hangs below is the person
		}
		if k := parties(r, t); seen[k] {
			continue // a line of the same account, with the same payer, ties nobody else
		} else {
			seen[k] = true
		}
		p, err := datamap.People(ctx, f.Maps, r.Source, r.Row, lookups(f.Sources))
		if err != nil {
			return nil, err
		}
		parts := map[datamap.PersonID][]datamap.Role{}
		for id := range p.Holders {
			parts[id] = []datamap.Role{datamap.Joint}
		}
		for id, roles := range p.Others {
			parts[id] = append(parts[id], roles...)
		}
		for _, id := range sortedPeople(parts) {
			l := Link{Record: id.Source + ":" + id.Row, In: r.ID(), Source: r.Source, Since: since(t, r.Row)}
			if who.isMine(l.Record) {
				continue
			}
			for _, role := range parts[id] {
				if l.Kind = role; role == datamap.Author {
					continue
				}
				l.mayBeMe = slices.Contains(r.Roles, role)
				l.Why = r.Table + " has them as " + string(role)
				if err := add(l, id); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, f.listed(ctx, who, around, add)
}

// listed are the people in whose own rows stands whom they belong to: a tenant's
// next of kin, the members of a household.
func (f *Finder) listed(ctx context.Context, who *resolver, around []datamap.PersonID, add func(Link, datamap.PersonID) error) error {
	for _, id := range around {
		if strings.Contains(id.Row, "#") {
			continue
		}
		got, err := f.fetch(ctx, id.Source, []string{id.Row})
		if err != nil {
			return err
		}
		for _, r := range got {
			o := f.knownOf(id.Source, r)
			for _, m := range who.me {
				for _, x := range [][2]one{{o, m}, {m, o}} {
					kind, ok := f.belongs(x[0], x[1])
					if !ok {
						continue
					}
					l := Link{Kind: kind, Record: o.id(), In: x[0].id(), Source: x[0].source, Why: x[0].row.Table.Name + " lists them under each other as " + string(kind)}
					if err := add(l, id); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// belongs says whether a row of a person table is listed under another, and as what.
func (f *Finder) belongs(low, high one) (datamap.Role, bool) {
	t := f.Maps[low.source].Tables[low.row.Table.Name]
	for _, e := range t.OwnedBy {
		if e.In(low.source) != high.source || e.Table != high.row.Table.Name {
			continue
		}
		meets := true
		for c, up := range e.On {
			v := low.row.Get(c)
			meets = meets && !v.Empty() && v.Text == high.row.Get(up).Text
		}
		switch {
		case !meets || len(e.On) == 0:
		case e.Role != "":
			return e.Role, true
		case t.People == datamap.HouseholdOf:
			return datamap.Household, true
		default:
			return datamap.Contact, true
		}
	}
	return "", false
}

// parties is what decides of a row who has a part in it: rows of a table with the
// same are of the same people.
func parties(r Record, t *datamap.Table) string {
	var columns []string
	for _, e := range t.OwnedBy {
		for c := range e.On {
			columns = append(columns, c)
		}
		for c := range e.When {
			columns = append(columns, c)
		}
		columns = append(columns, e.RoleFrom)
	}
	for _, n := range t.Names {
		columns = append(columns, n.All()...)
	}
	slices.Sort(columns)
	k := r.Source + "\x00" + r.Table
	for _, c := range slices.Compact(columns) {
		k += "\x00" + r.Row.Get(c).Text
	}
	return k
}

// joins says whether rows of the table may name more people than one of themselves,
// and not only by what they hang below.
func (f *Finder) joins(source string, t *datamap.Table) bool {
	return len(t.Names) > 0 || slices.ContainsFunc(t.OwnedBy, func(e datamap.Edge) bool {
		m := f.Maps[e.In(source)]
		return m != nil && m.Tables[e.Table] != nil && (m.Tables[e.Table].People != datamap.NotPeople || m.Tables[e.Table].Bridge)
	})
}

func since(t *datamap.Table, r rows.Row) string {
	for _, o := range t.Occupies {
		if v := r.Get(o.From); !v.Empty() {
			return v.Text
		}
	}
	return ""
}

func sortedPeople(parts map[datamap.PersonID][]datamap.Role) []datamap.PersonID {
	var out []datamap.PersonID
	for id := range parts {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b datamap.PersonID) int { return strings.Compare(a.Source+":"+a.Row, b.Source+":"+b.Row) })
	return out
}
