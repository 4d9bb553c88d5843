package desk

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/match"
	"tenet/internal/notice"
	"tenet/internal/pack"
	"tenet/internal/redact"
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
	Fields    []FieldFate `json:"fields"`
}

// FieldFate is what becomes of one field.
type FieldFate struct {
	Name      string   `json:"name"`
	Clean     string   `json:"clean"` // as it goes out
	Out       bool     `json:"out"`
	Pieces    []string `json:"pieces,omitempty"` // labels of what was taken out of it
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

// composer decides, record by record and field by field.
type composer struct {
	caseID    string
	maps      map[string]*datamap.Map
	notice    *notice.Notice
	redactor  *redact.Redactor
	own       []string // what is revealed on purpose: the requester's own names and numbers
	decisions map[string]cases.Decision
	secrets   []string
	ordinary  map[string]bool // words that the pack itself says: the names of tables and columns
}

// itemID names a record within a case, for decisions and the ledger, without
// giving its key away. It is of the record as it reads now: what was decided of
// other words does not hold for these.
func itemID(caseID string, r find.Record) string {
	h := hmac.New(sha256.New, []byte(caseID))
	fmt.Fprintf(h, "%q", r.ID())
	for _, v := range r.Row.Values {
		fmt.Fprintf(h, "%t %q %q", v.Null, v.Text, v.Lost)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// compose decides everything. What is withheld once is withheld everywhere: a
// second pass takes every withheld name and number out of all that goes out.
func (c *composer) compose(a *find.Answer) []Disposition {
	c.ordinary = map[string]bool{}
	for _, r := range a.Records {
		names := []string{r.Table}
		for _, col := range r.Row.Table.Columns {
			names = append(names, col.Name)
		}
		for _, n := range names {
			for w := range match.Words(pack.Label(n)) {
				c.ordinary[w.Text] = true
			}
		}
	}
	out := make([]Disposition, 0, len(a.Records))
	for _, r := range a.Records {
		out = append(out, c.record(r))
	}
	slices.Sort(c.secrets)
	c.secrets = slices.Compact(c.secrets)
	// The longer first: a full name before the forename in it.
	slices.SortStableFunc(c.secrets, func(a, b string) int { return len(b) - len(a) })
	var all bytes.Buffer
	each := func(do func(*FieldFate)) {
		for i := range out {
			for j := range out[i].Fields {
				if f := &out[i].Fields[j]; f.Out {
					do(f)
				}
			}
		}
	}
	each(func(f *FieldFate) {
		c.again(f)
		all.WriteString(f.Clean + "\n.\n")
	})
	// Looking once at everything is cheap; field by field only where there is
	// something to be found.
	if redact.Prove(all.Bytes(), c.secrets) != nil {
		each(c.holdHidden)
	}
	return out
}

func (c *composer) record(r find.Record) Disposition {
	d := Disposition{Item: itemID(c.caseID, r), Record: r}
	t := c.maps[r.Source].Tables[r.Table]
	decision, decided := c.decisions[d.Item]
	waits := c.waits(r, t)
	switch {
	case decided && !decision.Release:
		d.Exemption, d.Reason = decision.Exemption, decision.Reason
	case decided:
		d.Out = true
	case r.Is(datamap.Authored):
		d.Exemption, d.Reason = law.ExemptNotYours, reasonAuthored
	case waits != "":
		d.Waits, d.Exemption, d.Reason = waits, law.ExemptThirdParty, reasonUndecided
	default:
		d.Out = true
	}
	// Free text goes out at once only where the whole row is the requester's and
	// nothing asks for a reader; a person's decision to release lets it out.
	freely := decided || slices.Equal(r.Whose, []datamap.Whose{datamap.Self}) && len(r.Review) == 0
	for _, col := range r.Row.Table.Columns {
		d.Fields = append(d.Fields, c.field(r, t, col, freely))
	}
	return d
}

// waits is why the whole record needs a person before it goes out.
func (c *composer) waits(r find.Record, t *datamap.Table) string {
	switch {
	case r.Is(datamap.Mention):
		return reasonMention
	case t.Review != "":
		return t.Review
	case t.Category != "":
		return c.notice.Review(t.Category)
	}
	return ""
}

func (c *composer) field(r find.Record, t *datamap.Table, col rows.Column, freely bool) FieldFate {
	v := r.Row.Get(col.Name)
	f := FieldFate{Name: col.Name, Long: long(v.Text)}
	m := t.Columns[col.Name]
	if m == nil {
		m = &datamap.Column{}
	}
	hold := func(exemption, reason string) FieldFate {
		f.Out, f.Clean, f.Exemption, f.Reason = false, "", exemption, reason
		return f
	}
	switch {
	case v.Empty():
		f.Out = true
		return f
	case m.Hide != "":
		return hold("", reasonHidden)
	case slices.Equal(r.FieldWhose[col.Name], []datamap.Whose{datamap.Other}):
		c.secret(v.Text)
		return hold(law.ExemptThirdParty, reasonOther)
	case m.Review != "":
		return hold(law.ExemptThirdParty, m.Review)
	case m.FreeText && !freely:
		return hold(law.ExemptThirdParty, reasonFree)
	case m.Category != "" && m.Category != t.Category && !freely && c.notice.Review(m.Category) != "":
		return hold(law.ExemptThirdParty, c.notice.Review(m.Category))
	}
	f.Out, f.Clean = true, v.Text
	if t.People != datamap.NotPeople && r.Is(datamap.Self) && slices.Contains(t.Identifiers.All(), col.Name) {
		return f // who they are, as we hold it: theirs, whoever else has the same name
	}
	if col.Kind == rows.Text || col.Kind == rows.JSON || col.Kind == rows.Other || strings.ContainsFunc(v.Text, unicode.IsLetter) {
		clean, withheld := c.redactor.Text(v.Text)
		if len(withheld) > 0 && (slices.Contains(r.Row.Key, col.Name) || joins(t, col.Name)) {
			return hold("", reasonHidden) // the name of a row, made of somebody's address
		}
		for _, plain := range decoded(v.Text) {
			if _, more := c.redactor.Text(plain); len(more) > len(withheld) {
				return hold(law.ExemptThirdParty, reasonOther) // it names somebody in an escaped form
			}
		}
		f.Clean = clean
		for _, w := range withheld {
			f.Pieces = append(f.Pieces, w.Label)
		}
		c.secrets = append(c.secrets, redact.Secrets(withheld, c.own...)...)
	}
	return f
}

// decoded is a text as whatever it is written for would show it, where that
// differs.
func decoded(text string) []string {
	var out []string
	if plain := html.UnescapeString(text); plain != text {
		out = append(out, plain)
	}
	var v any
	if strings.Contains(text, `\u`) && json.Unmarshal([]byte(text), &v) == nil {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// joins says that a column does nothing but point at another row.
func joins(t *datamap.Table, column string) bool {
	for _, e := range slices.Concat(t.OwnedBy, t.RefersTo) {
		if _, ok := e.On[column]; ok {
			return true
		}
	}
	return false
}

// secret adds the value of a withheld field to what must not appear anywhere:
// a name, an address, a telephone number. A bare number or code of a few signs
// is no secret outside its own field.
func (c *composer) secret(text string) {
	text = strings.TrimSpace(text)
	digits, letters := 0, 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		} else if unicode.IsLetter(r) {
			letters++
		}
	}
	if c.ordinary[strings.ToLower(text)] {
		return
	}
	if letters < 4 && digits < 9 || slices.ContainsFunc(c.own, func(o string) bool { return strings.EqualFold(o, text) }) {
		return
	}
	c.secrets = append(c.secrets, text)
}

// again takes out of a field whatever was withheld somewhere else.
func (c *composer) again(f *FieldFate) {
	for _, s := range c.secrets {
		for !strings.Contains("[withheld]", strings.ToLower(s)) && !strings.Contains(strings.ToLower(s), "[withheld]") {
			at := wholeWords(f.Clean, s)
			if at < 0 {
				break
			}
			f.Clean = f.Clean[:at] + "[withheld]" + f.Clean[at+len(s):]
			f.Pieces = append(f.Pieces, "[withheld]")
		}
	}
}

// holdHidden keeps a field in that still holds something withheld in another
// form: spelt out, run together, encoded.
func (c *composer) holdHidden(f *FieldFate) {
	if redact.Prove([]byte(f.Clean), c.secrets) != nil {
		f.Out, f.Clean = false, ""
		f.Exemption, f.Reason = law.ExemptThirdParty, reasonOther
	}
}

// wholeWords is the place in text where part stands as whole words, whatever the
// case, or -1.
func wholeWords(text, part string) int {
	if part == "" {
		return -1
	}
	for i := range text {
		end := i + len(part)
		if end > len(text) {
			return -1
		}
		if !strings.EqualFold(text[i:end], part) {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !isWord(before) && !isWord(after) {
			return i
		}
	}
	return -1
}

func isWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

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
			for _, p := range f.Pieces {
				in.Withheld = append(in.Withheld, pack.Withheld{Item: x.Item, What: "part of a text, shown as " + p, Exemption: law.ExemptThirdParty, Reason: reasonOther})
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
	about := notice.About{Categories: slices.Compact(categories), Day: notice.Date(d.Today().String())}
	for p := range people {
		about.People = append(about.People, p)
	}
	slices.Sort(about.People)
	in.Explanation = d.Notice.Explain(about)
	in.NotSearched, in.NotFollowed = d.gaps(a)
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
