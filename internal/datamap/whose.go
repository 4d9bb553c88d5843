package datamap

import (
	"slices"

	"tenet/internal/rows"
)

// Whose is one answer to "whose data is this?". An item has a set of them.
type Whose string

// The answers of DESIGN section 4.
const (
	Self      Whose = "self"      // the person's own
	Shared    Whose = "shared"    // held together with others, or naming others in a part of their own: split before it goes out
	Mention   Whose = "mention"   // about someone else, and names this person: reviewed, never straight out
	Reference Whose = "reference" // describes a place or thing; nobody's
	Authored  Whose = "author"    // this person wrote it, as staff, about someone else
	Other     Whose = "other"     // somebody else's: never in an answer; fields of a row may be
)

// PersonID names one row of a person table: source, table and key. The same
// human being may have several, which find gathers.
type PersonID struct {
	Source string
	Row    string // rows.Row.ID
}

// Parties are the people of one row.
type Parties struct {
	Holders map[PersonID]bool   // in the roles subject and joint: the row is theirs
	Others  map[PersonID][]Role // in any other role
	// Narrowed says that the row names its own holders although it hangs below
	// something that more people hold.
	Narrowed bool
}

func newParties() Parties {
	return Parties{Holders: map[PersonID]bool{}, Others: map[PersonID][]Role{}}
}

func (p *Parties) add(id PersonID, role Role) {
	if role == Subject || role == Joint {
		p.Holders[id] = true
		return
	}
	if !slices.Contains(p.Others[id], role) {
		p.Others[id] = append(p.Others[id], role)
	}
}

// inherit takes over the people of what the row hangs below.
func (p *Parties) inherit(up Parties) {
	for h := range up.Holders {
		p.Holders[h] = true
	}
	for o, roles := range up.Others {
		for _, r := range roles {
			p.add(o, r)
		}
	}
}

// empty says that the row names nobody.
func (p Parties) empty() bool { return len(p.Holders) == 0 && len(p.Others) == 0 }

// decide is the rule itself: what a row with these parties is to the person
// whose person-table rows are me, and in which roles. It answers Other where
// the row is somebody else's alone.
//
// A row is Self only if nobody else holds it. Where others stand in it in a
// part of their own (a reporter, a payer), it is Self and Shared: theirs, to be
// split. Staff who wrote it, a next of kin it names and those who live in the
// household do not make it shared: it is not theirs, though columns of it are.
func decide(p Parties, me map[PersonID]bool) ([]Whose, []Role) {
	var holds, heldByOthers, othersStand bool
	for id := range p.Holders {
		if me[id] {
			holds = true
		} else {
			heldByOthers = true
		}
	}
	var roles []Role
	if holds {
		roles = append(roles, Subject)
		if heldByOthers {
			roles[0] = Joint
		}
	}
	for id, rs := range p.Others {
		for _, r := range rs {
			switch {
			case me[id]:
				if !slices.Contains(roles, r) {
					roles = append(roles, r)
				}
			case slices.Contains(standing, r):
				othersStand = true
			}
		}
	}
	slices.SortFunc(roles, func(a, b Role) int { return slices.Index(Roles(), a) - slices.Index(Roles(), b) })

	switch {
	case holds && heldByOthers:
		return []Whose{Shared}, roles
	case holds && othersStand:
		return []Whose{Self, Shared}, roles
	case holds:
		return []Whose{Self}, roles
	case has(roles, standing...):
		if heldByOthers || othersStand {
			return []Whose{Shared}, roles
		}
		return []Whose{Self}, roles
	case has(roles, Household, Contact):
		return []Whose{Mention}, roles
	case has(roles, Author):
		return []Whose{Authored}, roles
	}
	return []Whose{Other}, nil
}

// standing are the roles in which somebody has a part of a row without holding it.
var standing = []Role{Reporter, Reported, Witness, Payer, Correspondent}

func has(roles []Role, any ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(any, r) })
}

// fields says whose single columns are, where that differs from the row: a
// column about one role alone, and the columns that name someone, belong to
// that person; so do the columns that point at another person's record.
func fields(t *Table, r rows.Row, stands func(part) bool, people func(Edge) PeopleKind, pointsAtMe func(Edge) bool) map[string][]Whose {
	out := map[string][]Whose{}
	mark := func(column string, p part) {
		if r.Get(column).Empty() {
			return
		}
		if stands(p) {
			out[column] = []Whose{Self}
		} else {
			out[column] = []Whose{Other}
		}
	}
	for _, n := range t.Names {
		for _, c := range n.All() {
			mark(c, part{n.Role, n.Group})
		}
	}
	for name, c := range t.Columns {
		if c.Role != "" {
			mark(name, part{c.Role, c.Group})
		}
	}
	for _, e := range t.OwnedBy {
		if kind := people(e); kind == NotPeople || kind == Staff || pointsAtMe(e) {
			continue
		}
		for c := range e.On {
			if !r.Get(c).Empty() {
				out[c] = []Whose{Other}
			}
		}
	}
	return out
}

// All is every column that the identifiers name, once.
func (id *Identifiers) All() []string {
	if id == nil {
		return nil
	}
	var out []string
	add := func(columns ...string) {
		for _, c := range columns {
			if c != "" && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	for _, list := range []Columns{id.Name, id.KnownAs, id.NINO, id.NHS, id.Email, id.Phone, id.Ref, id.Address} {
		add(list...)
	}
	add(id.DOB, id.Postcode, id.UPRN, id.Died)
	return out
}
