package desk

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/pack"
	"tenet/internal/rows"
)

// The sources of a notice that are the person. Data is provided by them in the sense of
// UK GDPR Art 20(1) if a use takes it from these alone; what is seen of how they use a
// service is theirs only where the notice has a source for that.
const (
	fromPerson notice.ID = "you"
	fromTheUse notice.ID = "your-use"
)

// Why something is not taken along, in words that may go out. Those on a lawful basis
// are package law's.
const (
	staysNotOwn     = "It is not about you alone. Only what is yours alone can be taken along."
	staysDocument   = "It is a letter, a message or another document, and not data in a database. You can ask for a copy of it."
	staysNumber     = "It is a number that our systems gave it."
	staysNotes      = "It is free text, which our staff may have written. You can ask for a copy of it."
	staysUnnamed    = "Our privacy notice does not say what it is used for. You can ask for a copy of it."
	staysOthers     = "It did not come from you: others gave it to us, or we made it ourselves. You can ask for a copy of it."
	staysMixed      = "It may come from others than you, or from ourselves, and our records do not say which. You can ask for a copy of it."
	staysUndecided  = "A member of our staff has to look at it first, and did not decide that it goes."
	staysOtherWhat  = "Other records"
	staysNumberWhat = "Numbers of our own"
	staysPartOfText = "part of a text"
)

// documentTables are the tables of folders and mailboxes whose rows are documents.
var documentTables = []string{"file", "message", "attachment"}

// Answerable says whether the search can make the answer to a kind. That to portability
// may be in words instead, where nothing is to be handed over.
func Answerable(k law.Kind) bool { return Packed(k) || k == law.KindPortability }

// HasPack says whether the answer of a case is a pack: always of what is [Packed], and
// of portability once one is drafted.
func HasPack(k cases.Case) bool {
	return Packed(k.Kind) || Answerable(k.Kind) && k.Draft != nil && !InWords(k)
}

// portability tells what of the records somebody may take with them (UK GDPR Art 20(1)).
type portability struct {
	notice *notice.Notice
	people []notice.ID     // that they are to the landlord; empty where no record says
	papers map[string]bool // the sources that are folders and mailboxes
}

// newPortability is for the person of an answer.
func (d *Desk) newPortability(s *systems, a *find.Answer) *portability {
	p := &portability{notice: d.Notice, papers: map[string]bool{}}
	for _, sys := range d.Config.Sources {
		scheme, _, _ := strings.Cut(sys.URL, ":")
		p.papers[sys.Name] = slices.Contains([]string{"dir", "mbox", "pst", "imap", "graph", "purview"}, scheme)
	}
	kinds := map[notice.PeopleKind]bool{}
	for _, r := range a.Records {
		if t := s.maps[r.Source].Tables[r.Table]; t.People != datamap.NotPeople && r.Is(datamap.Self) {
			kinds[notice.PeopleKind(t.People)] = true
		}
	}
	for _, x := range d.Notice.Data.People {
		if kinds[x.Kind] {
			p.people = append(p.people, x.ID)
		}
	}
	return p
}

// column says why a column of a record stays; where it goes, why is empty and basis is
// that which makes it portable.
func (p *portability) column(r find.Record, t *datamap.Table, name string) (why string, basis notice.Basis) {
	m := cmp.Or(t.Columns[name], &datamap.Column{})
	gave := cmp.Or(m.Provided, t.Provided)
	switch {
	case !ownColumn(r, name):
		return staysNotOwn, ""
	case p.papers[r.Source] && slices.Contains(documentTables, r.Table):
		return staysDocument, ""
	case gave != nil && !*gave:
		return staysOthers, ""
	case gave != nil:
		return p.use(notice.ID(cmp.Or(m.Category, t.Category)), true)
	case slices.Contains(r.Row.Key, name) || slices.Contains(t.Key, name) || joins(t, name) || t.Identifiers != nil && slices.Contains(t.Identifiers.Ref, name):
		return staysNumber, ""
	case m.FreeText:
		return staysNotes, ""
	case p.papers[r.Source]:
		return staysMixed, "" // a list that somebody made
	}
	// A column may be of a category that people give us, and its table one that we keep: the
	// amounts of a rent account.
	if t.Category != "" && m.Category != "" && m.Category != t.Category {
		if why, _ := p.use(notice.ID(t.Category), false); why != "" {
			return why, ""
		}
	}
	return p.use(notice.ID(cmp.Or(m.Category, t.Category)), false)
}

// ownColumn says that a column is the person's alone: of a record that is theirs and
// nobody else's, or their own part of one that they share.
func ownColumn(r find.Record, name string) bool {
	self := []datamap.Whose{datamap.Self}
	if of, ok := r.FieldWhose[name]; ok && of != nil {
		return (r.Is(datamap.Self) || r.Is(datamap.Shared)) && slices.Equal(of, self)
	}
	return slices.Equal(r.Whose, self)
}

// use looks for a use of the category on consent or a contract that has it from the
// person: from them alone, or the map said so.
func (p *portability) use(category notice.ID, gave bool) (why string, basis notice.Basis) {
	var best, reached law.Availability
	others := false
	for _, u := range p.notice.Uses.Uses {
		if !slices.Contains(u.Categories, category) || u.Basis == "" ||
			len(p.people) > 0 && !slices.ContainsFunc(p.people, func(id notice.ID) bool { return slices.Contains(u.People, id) }) {
			continue
		}
		provided := law.Unknown
		from := slices.ContainsFunc(u.Sources, func(id notice.ID) bool { return id == fromPerson || id == fromTheUse })
		switch only := !slices.ContainsFunc(u.Sources, func(id notice.ID) bool { return id != fromPerson && id != fromTheUse }); {
		case gave || from && only:
			provided = law.IsSo
		case len(u.Sources) > 0 && !from:
			provided = law.IsNot
		}
		a, err := law.Available(law.RightPortability, law.Basis(u.Basis), law.Circumstances{Automated: law.IsSo, Provided: provided})
		switch {
		case err != nil:
			continue
		case a.Applies == law.Yes:
			return "", u.Basis
		case a.Applies == law.May:
			reached = a
		case provided == law.IsNot && (u.Basis == notice.Consent || u.Basis == notice.Contract):
			others = true
		case best.Words == "":
			best = a
		}
	}
	switch {
	case reached.Words != "":
		return staysMixed, ""
	case others:
		return staysOthers, ""
	}
	return cmp.Or(best.Words, staysUnnamed), ""
}

// record says why a record stays: empty if something of it goes.
func (p *portability) record(r find.Record, t *datamap.Table) string {
	if p == nil {
		return "" // a copy was asked for
	}
	first, number := "", ""
	for _, col := range r.Row.Table.Columns {
		if m := t.Columns[col.Name]; r.Row.Get(col.Name).Empty() || m != nil && m.Hide != "" {
			continue
		}
		switch why, _ := p.column(r, t, col.Name); why {
		case "":
			return ""
		case staysNumber:
			number = why
		default:
			first = cmp.Or(first, why)
		}
	}
	return cmp.Or(first, number, staysUnnamed)
}

// takeAway is the answer to a request to take data along, made from what becomes of
// each record as the one to a request for a copy is, which is in. What of other people's records and
// of those that want care stays is told without naming them.
func (d *Desk) takeAway(in pack.Input, list []Disposition, s *systems, p *portability) pack.Portable {
	out := pack.Portable{Reference: in.Reference, Landlord: in.Landlord, Contact: in.Explanation.Officer, Person: in.Person, Searched: in.Searched}
	for _, g := range in.NotSearched {
		if _, table, _ := strings.Cut(g.What, ": "); !slices.Contains(documentTables, table) { // those would stay
			out.NotSearched = append(out.NotSearched, g)
		}
	}
	tables := map[string]*pack.PortableTable{}
	for _, x := range list {
		r := x.Record
		t := s.maps[r.Source].Tables[r.Table]
		label := pack.Label(d.publicTable(r.Source, r.Table))
		stays := func(what, exemption, why string) {
			switch {
			case exemption == law.ExemptNotPortable:
			case x.Waits != "" || why == reasonUndecided:
				why = staysUndecided
			default:
				why = groundOf(exemption) + "."
			}
			if !slices.Equal(r.Whose, []datamap.Whose{datamap.Self}) || t.Review != "" || d.Notice.Review(t.Category) != "" {
				what = staysOtherWhat
			}
			if why == staysNumber {
				what = staysNumberWhat
			}
			out.Left = append(out.Left, pack.PortableLeft{What: what, Why: why})
		}
		if x.Repeats {
			continue
		}
		if !x.Out {
			stays(label, x.Exemption, x.Reason)
			continue
		}
		at := r.Source + "\x00" + r.Table
		var columns []pack.PortableColumn
		values := map[string]string{}
		for _, f := range x.Fields {
			v := r.Row.Get(f.Name)
			switch {
			case v.Empty() || f.Reason == reasonHidden:
			case !f.Out:
				stays(label+": "+pack.Label(f.Name), f.Exemption, f.Reason)
			default:
				for i := range f.Pieces {
					stays(label+": "+staysPartOfText, f.Under[i], "")
				}
				values[f.Name] = f.Clean
			}
		}
		for _, col := range r.Row.Table.Columns {
			if why, basis := p.column(r, t, col.Name); why == "" {
				columns = append(columns, d.portableColumn(t, col, basis))
			}
		}
		if len(values) == 0 {
			continue
		}
		if tables[at] == nil {
			tables[at] = &pack.PortableTable{Source: r.Source, Name: d.publicTable(r.Source, r.Table)}
		}
		addRow(tables[at], columns, values)
	}
	for _, at := range slices.Sorted(maps.Keys(tables)) {
		out.Tables = append(out.Tables, *tables[at])
	}
	return out
}

// addRow adds a row, and the columns that no row before it had.
func addRow(t *pack.PortableTable, columns []pack.PortableColumn, values map[string]string) {
	for _, c := range columns {
		if _, ok := values[c.Name]; !ok || slices.ContainsFunc(t.Columns, func(h pack.PortableColumn) bool { return h.Name == c.Name }) {
			continue
		}
		t.Columns = append(t.Columns, c)
		for i := range t.Rows {
			t.Rows[i] = append(t.Rows[i], "")
		}
	}
	row := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		row[i] = values[c.Name]
	}
	t.Rows = append(t.Rows, row)
}

func (d *Desk) portableColumn(t *datamap.Table, col rows.Column, basis notice.Basis) pack.PortableColumn {
	m := cmp.Or(t.Columns[col.Name], &datamap.Column{})
	out := pack.PortableColumn{Name: col.Name, Kind: col.Kind.String(), Category: cmp.Or(m.Category, t.Category), Basis: string(basis)}
	if m.DPV != "" {
		out.DPV = []string{m.DPV}
	}
	if c, ok := d.Notice.Data.Category(notice.ID(out.Category)); ok {
		out.Title = c.Title
		for _, id := range c.DPV {
			if m.DPV == "" {
				out.DPV = append(out.DPV, string(id))
			}
		}
	}
	return out
}

// going are the records of a list that go out, counted by table.
func going(list []Disposition) map[string]int {
	out := map[string]int{}
	for _, x := range list {
		if x.Out && !x.Repeats {
			out[x.Record.Source+"."+x.Record.Table]++
		}
	}
	return out
}
