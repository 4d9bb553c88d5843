package desk

import (
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/match"
	"tenet/internal/notice"
	"tenet/internal/pack"
	"tenet/internal/rows"
)

// Disposition is what becomes of one record in the requester's copy, and of each
// of its fields. It is what staff see, and what the pack is made from.
type Disposition struct {
	Item   string      `json:"item"` // opaque name of the record within its case
	Record find.Record `json:"-"`
	// Out says that the record goes into the copy, whole or in part.
	Out bool `json:"out"`
	// Waits says why a person has to decide; empty if nobody has to, or has.
	Waits     string      `json:"waits,omitempty"`
	Exemption string      `json:"exemption,omitempty"` // under which it stays out, if it does
	Reason    string      `json:"reason,omitempty"`
	Repeats   bool        `json:"repeats,omitempty"` // it stays out because another record says the same
	Waiting   int         `json:"waiting,omitempty"` // how much of it a person has to decide and nobody has
	Fields    []FieldFate `json:"fields"`
}

// FieldFate is what becomes of one field.
type FieldFate struct {
	Name      string   `json:"name"`
	Clean     string   `json:"clean"` // as it goes out
	Out       bool     `json:"out"`
	Pieces    []string `json:"pieces,omitempty"` // labels of what was taken out of it
	Under     []string `json:"under,omitempty"`  // the exemption of each of Pieces, by id
	Exemption string   `json:"exemption,omitempty"`
	Reason    string   `json:"reason,omitempty"`
	Long      bool     `json:"long,omitempty"`
}

// Why something stays out, where nobody has decided otherwise.
const (
	reasonOther     = "it is about another person"
	reasonFree      = "free text on something held together with others: a person reads it first"
	reasonMention   = "it is about someone else, and names the requester"
	reasonAuthored  = "written by the requester as staff, about someone else"
	reasonHidden    = "not shown to anybody"
	reasonUndecided = "it waits for a person's decision"
)

// groundOf is why a part of a text was taken out, in words that may go out: what
// people wrote of it may name whom it is about.
func groundOf(exemption string) string {
	e, ok := law.ExemptionByID(exemption)
	if !ok || exemption == law.ExemptThirdParty {
		return reasonOther
	}
	return e.Title
}

// ownWords are the names and numbers that stand in the requester's copy on
// purpose.
func ownWords(k match.Known) []string {
	var out []string
	add := func(words ...string) {
		for _, w := range words {
			if w != "" && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	for _, n := range append([]match.Name{k.Name}, k.KnownAs...) {
		add(n.Written)
		add(n.Given...)
		add(n.Family...)
	}
	add(k.DOB, k.NINO, k.NHS, k.Postcode, k.UPRN)
	add(k.Emails...)
	add(k.Phones...)
	add(k.Refs...)
	add(k.Addresses...)
	return out
}

// input is what the pack is made from.
func (d *Desk) input(k cases.Case, clock law.Result, a *find.Answer, list []Disposition, s *systems, given pack.Disclosures) pack.Input {
	in := pack.Input{
		Reference: k.Number, Landlord: d.Notice.Landlord.Name, Person: a.Person.Known.Name.Written,
		Received: k.Received, Due: clock.Due.Date, Working: clock.Working, Searched: d.Today(), Disclosures: given,
	}
	var categories []string
	people := map[notice.PeopleKind]bool{}
	for _, x := range list {
		t := s.maps[x.Record.Source].Tables[x.Record.Table]
		if t.People != datamap.NotPeople {
			people[notice.PeopleKind(t.People)] = true
		}
		for _, c := range t.Columns {
			if c != nil && c.Category != "" && x.Out {
				categories = append(categories, c.Category)
			}
		}
		if t.Category != "" {
			categories = append(categories, t.Category)
		}
		item := d.item(x, t)
		if x.Repeats {
			in.NotFollowed = append(in.NotFollowed, pack.Gap{What: "a record in " + pack.Label(item.Table), Why: "another record in this answer says the same"})
			continue
		}
		if !x.Out {
			in.Withheld = append(in.Withheld, pack.Withheld{What: "a record in " + pack.Label(item.Table), Exemption: x.Exemption, Reason: x.Reason})
			continue
		}
		for i, f := range x.Fields {
			col := x.Record.Row.Table.Columns[i]
			v := x.Record.Row.Get(f.Name)
			switch {
			case f.Reason == reasonHidden, v.Empty():
				continue
			case !f.Out:
				in.Withheld = append(in.Withheld, pack.Withheld{Item: x.Item, What: "one field", Exemption: f.Exemption, Reason: f.Reason})
				item.Fields = append(item.Fields, pack.Field{Name: f.Name, Withheld: true, Exemption: f.Exemption})
				continue
			}
			field := pack.Field{Name: f.Name, Value: f.Clean, Note: v.Lost}
			if item.Date.IsZero() && (col.Kind == rows.Date || col.Kind == rows.Time) {
				item.Date, _ = dayOf(v.Text)
			}
			for i, p := range f.Pieces {
				in.Withheld = append(in.Withheld, pack.Withheld{Item: x.Item, What: "part of a text, shown as " + p, Exemption: f.Under[i], Reason: groundOf(f.Under[i])})
			}
			if f.Long {
				item.Texts = append(item.Texts, field)
			} else {
				item.Fields = append(item.Fields, field)
			}
		}
		in.Items = append(in.Items, item)
	}
	slices.Sort(categories)
	about := notice.About{Categories: slices.Compact(categories), Day: notice.Date(d.Today().String()), Client: notice.ID(s.client)}
	for p := range people {
		about.People = append(about.People, p)
	}
	slices.Sort(about.People)
	in.Explanation = d.Notice.Explain(about)
	in.Landlord = in.Explanation.Landlord // the client's, where it is answered for one
	if c, ok := d.Company(k); ok {
		in.Landlord = c.Name
	}
	notSearched, notFollowed := d.gaps(a)
	in.NotSearched, in.NotFollowed = notSearched, append(in.NotFollowed, notFollowed...)
	in.Sources = slices.Sorted(maps.Keys(s.maps))
	return in
}

// item is a record as the answer heads it, without its fields.
func (d *Desk) item(x Disposition, t *datamap.Table) pack.Item {
	table := d.publicTable(x.Record.Source, x.Record.Table)
	return pack.Item{ID: x.Item, Source: x.Record.Source, Table: table, Category: t.Category, Whose: whoseWords(x.Record),
		How: strings.ReplaceAll(path(x.Record), x.Record.Table, table)}
}

// long says that a value is a text of its own, and no entry of a table.
func long(s string) bool { return len(s) > 160 || strings.Contains(s, "\n") }

// gaps says what the answer does not cover, without keys or file names, which
// may name other people.
func (d *Desk) gaps(a *find.Answer) (searched, followed []pack.Gap) {
	seen := map[pack.Gap]bool{}
	for _, n := range a.NotSearched {
		g := pack.Gap{What: n.Source, Why: n.Why}
		if n.Table != "" {
			g.What += ": " + d.publicTable(n.Source, n.Table)
		}
		// What a system said of itself is for its keeper.
		g.Why, _, _ = strings.Cut(g.Why, ": ")
		g.Why, _, _ = strings.Cut(g.Why, " (")
		if !seen[g] {
			seen[g] = true
			searched = append(searched, g)
		}
	}
	for _, n := range a.NotFollowed {
		source, table, _ := strings.Cut(n.Table, ".")
		followed = append(followed, pack.Gap{What: source + ": " + d.publicTable(source, table), Why: n.Why})
	}
	return searched, followed
}

// publicTable is what a table is called where the requester reads it. A list in
// a folder has its file's name, which may name anybody.
func (d *Desk) publicTable(source, table string) string {
	for _, s := range d.Config.Sources {
		if s.Name == source && (strings.HasPrefix(s.URL, "dir:") || strings.HasPrefix(s.URL, "mbox:")) && !slices.Contains([]string{"file", "message", "attachment"}, table) {
			return "list"
		}
	}
	return table
}

func path(r find.Record) string {
	if len(r.Path) == 0 {
		return ""
	}
	return strings.Join(r.Path, ", then ")
}

func whoseWords(r find.Record) string {
	words := map[datamap.Whose]string{
		datamap.Self: "yours", datamap.Shared: "yours together with others", datamap.Mention: "about someone else, and names you",
		datamap.Reference: "describes something of yours that others have too", datamap.Authored: "written by you at work",
	}
	if r.Is(datamap.Shared) {
		return words[datamap.Shared]
	}
	var out []string
	for _, w := range r.Whose {
		out = append(out, words[w])
	}
	return strings.Join(out, ", ")
}
