package desk

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/law"
	"tenet/internal/match"
	"tenet/internal/notice"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// tellKinds are the kinds of people of a version, with the tables of people that hold
// them: maps and notices name the same kinds.
func (d *Desk) tellKinds(all map[string]*datamap.Map, p Publication) []TellKind {
	var out []TellKind
	for _, a := range p.People {
		k := TellKind{People: a.People, Tables: []string{}}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			for _, table := range slices.Sorted(maps.Keys(all[name].Tables)) {
				if tellable(all[name].Tables[table]) && string(all[name].Tables[table].People) == string(a.People.Kind) {
					k.Tables = append(k.Tables, placeOf(name, table))
				}
			}
		}
		out = append(out, k)
	}
	return out
}

// tellable says that the rows of a table are people of whom it knows more than a copy.
func tellable(t *datamap.Table) bool {
	return t.People != datamap.NotPeople && t.Identifiers != nil && t.Skip == "" && t.CopyOf == "" && len(t.Asked) == 0
}

// everybody streams those whom it concerns: the rows of each table once, then a sheet.
func (t *teller) everybody(ctx context.Context) iter.Seq2[addressee, error] {
	return func(yield func(addressee, error) bool) {
		done := map[string]bool{}
		for _, k := range t.out.Kinds {
			for _, at := range k.Tables {
				if done[at] {
					continue
				}
				done[at] = true
				for a, err := range t.table(ctx, at) {
					if !yield(a, err) || err != nil {
						return
					}
				}
			}
		}
		for a, err := range t.sheet(ctx) {
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}

// table streams the people of a table: those without an address last, when it is known
// where they live. One that cannot be read to its end is a gap, and no failure of the
// others.
func (t *teller) table(ctx context.Context, at string) iter.Seq2[addressee, error] {
	return func(yield func(addressee, error) bool) {
		name, table, _ := strings.Cut(at, ".")
		m := t.s.maps[name]
		id := m.Tables[table].Identifiers
		keeper, err := t.d.KeeperOf("", name, table)
		if err != nil {
			yield(addressee{}, err)
			return
		}
		apart := &datamap.Apart{Maps: t.s.maps, Rows: rawRows(t.s.sources)}
		without := homeless{t: t, ways: datamap.Homes(t.s.maps, t.s.schemas, name, table)}
		columns := id.All()
		for _, way := range without.ways {
			columns = append(columns, way.First()...)
		}
		if c := m.Tables[table].ClientFrom; c != nil {
			columns = append(columns, c.Column)
		}
		if m.Divided() {
			columns = nil // what says whose a row is may be any column that leads to its owner
		} else {
			slices.Sort(columns)
			columns = slices.Compact(columns)
		}
		home := func() bool { // those who were set aside
			t.unread(at)
			list, err := without.found(ctx)
			t.unread("where the people of " + at + " live")
			if err != nil {
				yield(addressee{}, err)
				return false
			}
			for _, a := range list {
				if !yield(a, nil) {
					return false
				}
			}
			return true
		}
		t.s.takeProblems() // of what was read before
		for r, err := range t.s.sources[name].Scan(ctx, table, source.ScanOptions{Columns: columns}) {
			if err != nil {
				if ctx.Err() != nil {
					yield(addressee{}, ctx.Err())
					return
				}
				t.gap(at + " was not read to its end: " + err.Error())
				break
			}
			a, err := t.of(ctx, apart, name, table, id, r)
			if err != nil {
				yield(addressee{}, err)
				return
			}
			if a.company == "" {
				a.company = keeper.ID
			}
			if without.aside(a, r) {
				if len(without.wait) == tellAside && !home() {
					return
				}
				continue
			}
			if !yield(a, nil) {
				return
			}
		}
		home()
	}
}

// of is the person of a row; without a company where that which keeps the table is theirs.
func (t *teller) of(ctx context.Context, apart *datamap.Apart, name, table string, id *datamap.Identifiers, r rows.Row) (addressee, error) {
	a := personIn(id, r, t.d.Today())
	if !t.s.maps[name].Divided() {
		return a, nil
	}
	set, err := apart.Of(ctx, name, table, r)
	switch {
	case err != nil:
		return a, err
	case !set.Known:
		a.left = "the map does not tell whose client they are"
	case set.Client != "":
		a.company, a.left = set.Client, "they are a client’s, which decides and tells them"
	}
	return a, nil
}

// childUnder is the age below which nobody is written to about the notice: whoever they
// live with is.
const childUnder = 13

// personIn is the person of a row, by the columns that its map names.
func personIn(id *datamap.Identifiers, r rows.Row, today law.Date) addressee {
	first := func(columns ...string) string {
		for _, c := range columns {
			if v := strings.TrimSpace(r.Get(c).Text); c != "" && v != "" {
				return v
			}
		}
		return ""
	}
	all := func(columns ...string) []string {
		var out []string
		for _, c := range columns {
			if v := first(c); v != "" && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return out
	}
	a := addressee{
		person: cases.Person{Name: strings.Join(all(id.Name...), " "), Email: first(id.Email...), Phone: first(id.Phone...), NINO: first(id.NINO...), NHS: first(id.NHS...), Reference: first(id.Ref...)},
	}
	lines := all(id.Address...)
	if post := first(id.Postcode); post != "" && len(lines) > 0 && !strings.Contains(lines[len(lines)-1], post) {
		lines = append(lines, post)
	}
	a.address = strings.Join(lines, "\n")
	if born, ok := match.Date(first(id.DOB)); ok {
		if day, err := law.ParseDate(born); err == nil {
			a.person.Born = day
		}
	}
	switch {
	case first(id.Died) != "":
		a.left = "they have died"
	case !a.person.Born.IsZero() && today.Before(a.person.Born.AddMonths(12*childUnder)):
		a.left = fmt.Sprintf("they are under %d: whoever they live with is told", childUnder)
	}
	return a
}

// TellColumns are what a sheet of people who are to be told may have.
func TellColumns() []string {
	return []string{"name", "email", "phone", "address", "reference", "language", "born", "company"}
}

func (t *teller) sheet(ctx context.Context) iter.Seq2[addressee, error] {
	return func(yield func(addressee, error) bool) {
		if len(t.o.Sheet) == 0 {
			return
		}
		list, problems, err := ReadSheet(ctx, t.o.SheetName, t.o.Sheet)
		if err == nil && len(problems) > 0 {
			p := problems[0]
			err = &Error{Code: "sheet", What: p.What, Where: fmt.Sprintf("%s:%d: %s", t.o.SheetName, p.Line, p.Column), Mend: p.Mend}
		}
		if err != nil {
			yield(addressee{}, err)
			return
		}
		for _, r := range list {
			a := addressee{person: cases.Person{Name: r.Fields["name"], Email: r.Fields["email"], Phone: r.Fields["phone"], Reference: r.Fields["reference"]},
				address: r.Fields["address"], language: r.Fields["language"], company: r.Fields["company"]}
			bad := func(column, what, mend string) error {
				return &Error{Code: "sheet", What: what, Where: fmt.Sprintf("%s:%d: %s", t.o.SheetName, r.Line, column), Mend: mend}
			}
			var err error
			for column := range r.Fields {
				if !slices.Contains(TellColumns(), column) {
					err = bad(column, "there is no such column", "use "+strings.Join(TellColumns(), ", "))
				}
			}
			if born := r.Fields["born"]; born != "" && err == nil {
				if a.person.Born, err = law.ParseDate(born); err != nil {
					err = bad("born", "it is no date", "write it as 1970-01-31")
				}
			}
			if a.company == "" {
				a.company = t.d.leads()
			} else if _, ok := t.d.company(notice.ID(a.company), ""); !ok && err == nil {
				err = bad("company", "there is no such company", "use an id of controllers in landlord.yaml, or leave the column out")
			}
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}

// leads is the company that answers for the others.
func (d *Desk) leads() string {
	for _, c := range d.Notice.Landlord.Controllers {
		if c.Lead {
			return string(c.ID)
		}
	}
	return ""
}
