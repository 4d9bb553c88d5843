package pack

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"tenet/internal/law"
	"tenet/internal/notice"
)

//go:embed page.tmpl
var pageText string

//go:embed page.css
var pageStyle string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"style":    func() template.CSS { return template.CSS(pageStyle) },
	"human":    human,
	"day":      day,
	"noticed":  func(d notice.Date) string { return human(string(d)) },
	"span":     span,
	"capital":  capital,
	"sentence": sentence,
	"plural":   plural,
	"basis":    basis,
	"action":   func(a notice.Action) string { return actions[a] },
	"country":  country,
	"ways":     ways,
	"hidden":   func() string { return hidden },
	"mailto":   func(e notice.Email) string { return "mailto:" + string(e) },
	"whys":     whys,
	"anyone":   func(c notice.Contact) bool { return c != notice.Contact{} },
}).Parse(pageText))

func writePage(b *bytes.Buffer, c *content) error {
	var out bytes.Buffer
	if err := pageTemplate.ExecuteTemplate(&out, "page", newPage(c)); err != nil {
		return err
	}
	// Items are clean already; this is for what a notice says.
	b.Write(bytes.ToValidUTF8(out.Bytes(), []byte("\uFFFD")))
	return nil
}

// page is the content as the page lays it out.
type page struct {
	*content
	Sections []section
	Systems  int // how many of them hold something
	Removed  int // how many things are withheld
	// Channels are the ways to use every right, where they are the same for all.
	Channels []notice.Channel
	Own      []notice.ExplainedRight // the rights, without Channels if they are the same for all
}

// section is the items of one category.
type section struct {
	ID, Title, Says string
	Strict          string // what the law calls data it protects more strictly
	Groups          []group
}

// group is a run of items of one kind.
type group struct {
	entry
	Items   []item
	Whose   string   // if the same for all of them
	How     string   // if the same for all of them
	Columns []string // labels, if they are set out as a table; the items then have these fields alone
	Blank   []string // labels of what none of them has, left out of Columns
	Dated   bool     // the items' dates are not among their fields
	// LeftOut is what is left out of the items of a table: each different line
	// once, with how many times.
	LeftOut []withheld
}

func newPage(c *content) page {
	p := page{content: c}
	systems := make(map[string]bool)
	for _, e := range c.Index {
		g := newGroup(e, c.Items[e.First-1:e.Last])
		systems[e.Source] = true
		if n := len(p.Sections); n == 0 || p.Sections[n-1].ID != e.Category {
			p.Sections = append(p.Sections, c.section(e.Category))
		}
		last := &p.Sections[len(p.Sections)-1]
		last.Groups = append(last.Groups, g)
	}
	p.Systems = len(systems)
	for _, w := range c.Withheld {
		p.Removed += w.Times
	}
	p.Own = slices.Clone(c.Explanation.Rights)
	same := func(a, b notice.Channel) bool { return a.ID == b.ID }
	if len(p.Own) > 0 && !slices.ContainsFunc(p.Own, func(r notice.ExplainedRight) bool { return !slices.EqualFunc(r.Channels, p.Own[0].Channels, same) }) {
		p.Channels = p.Own[0].Channels
		for i := range p.Own {
			p.Own[i].Channels = nil
		}
	}
	return p
}

func (c *content) section(id string) section {
	s := section{ID: id, Title: c.category(id)}
	for _, x := range c.Explanation.Categories {
		if string(x.ID) == id {
			s.Says = x.Says
			s.Strict = strict(x.Kind)
		}
	}
	return s
}

func strict(k notice.Kind) string {
	switch k {
	case notice.Special:
		return "special category data"
	case notice.Criminal:
		return "criminal offence data"
	}
	return ""
}

// What still reads well in a row of a table.
const (
	maxColumns = 8
	maxCell    = 90 // characters
)

func newGroup(e entry, items []item) group {
	g := group{entry: e, Items: slices.Clone(items), Whose: items[0].Whose, How: items[0].How}
	for _, i := range items {
		g.Dated = g.Dated || !i.Date.IsZero() && !slices.ContainsFunc(i.Fields, func(f field) bool { return human(f.Value) == day(i.Date) })
		if i.Whose != g.Whose {
			g.Whose = ""
		}
		if i.How != g.How {
			g.How = ""
		}
	}
	for i := range g.Items { // Said once for all of them, or with each.
		if g.Whose != "" {
			g.Items[i].Whose = ""
		}
		if g.How != "" {
			g.Items[i].How = ""
		}
	}
	if len(items) > 1 {
		g.tabulate()
	}
	return g
}

// tabulate makes a table of the group if every item is a short row of the same
// columns.
func (g *group) tabulate() {
	first := g.Items[0].Fields
	filled := make([]bool, len(first))
	for _, i := range g.Items {
		if len(i.Texts)+len(i.Documents) > 0 || len(i.Fields) != len(first) || i.Whose != "" || i.How != "" {
			return
		}
		for n, f := range i.Fields {
			if f.Name != first[n].Name || f.Label != first[n].Label || f.length() > maxCell {
				return
			}
			filled[n] = filled[n] || len(f.Parts) > 0 || f.Value != "" || f.Withheld || f.Note != ""
		}
	}
	var columns, blank []string
	for n, f := range first {
		if filled[n] {
			columns = append(columns, f.Label)
		} else {
			blank = append(blank, f.Label)
		}
	}
	if len(columns) == 0 || len(columns) > maxColumns {
		return
	}
	for i := range g.Items {
		var kept []field
		for n, f := range g.Items[i].Fields {
			if filled[n] {
				kept = append(kept, f)
			}
		}
		g.Items[i].Fields = kept
	}
	g.Columns, g.Blank = columns, blank
	for _, i := range g.Items {
		g.LeftOut = append(g.LeftOut, i.LeftOut...)
	}
	g.LeftOut = tally(g.LeftOut)
}

// length is how many characters a field shows.
func (f field) length() int {
	n := utf8.RuneCountInString(f.Value) + utf8.RuneCountInString(f.Note)
	for _, p := range f.Parts {
		n += utf8.RuneCountInString(p.Text) + utf8.RuneCountInString(p.Why)
	}
	return n
}

// tally is lines of a schedule without their items: each different one once,
// with how many times.
func tally(list []withheld) []withheld {
	times := make(map[withheld]int)
	for _, w := range list {
		n := w.Times
		w.Item, w.Times = 0, 0
		times[w] += n
	}
	var out []withheld
	for w, n := range times {
		w.Times = n
		out = append(out, w)
	}
	slices.SortFunc(out, compareLines)
	return out
}

// whys is what the parts left out of a value rest on, each once.
func whys(parts []part) []string {
	var out []string
	for _, p := range parts {
		if p.Left && p.Why != "" && !slices.Contains(out, p.Why) {
			out = append(out, p.Why)
		}
	}
	return out
}

// human is a date or an instant in words, or "" if s is neither. An instant is
// told in London's time, as a clock on the wall there showed it.
func human(s string) string {
	const date, clock = "2 January 2006", "3:04pm"
	if len(s) < len(time.DateOnly) || len(s) > len(time.RFC3339Nano) {
		return ""
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Format(date)
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.In(law.London()).Format(date + ", " + clock)
	}
	for _, layout := range []string{"2006-01-02T15:04:05", time.DateTime} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(date + ", " + clock)
		}
	}
	return ""
}

func day(d law.Date) string { return human(d.String()) }

// span names a run of items: "Item 3", "Items 4 to 90".
func span(first, last int) string {
	if first == last {
		return "Item " + strconv.Itoa(first)
	}
	return fmt.Sprintf("Items %d to %d", first, last)
}

// plural counts: "1 item", "2 items".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// capital begins s with a capital letter.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// sentence begins s with a capital and ends it with a full stop.
func sentence(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".?!") {
		return capital(s)
	}
	return capital(s) + "."
}

// basis is what makes a use lawful, as one would say it.
func basis(b notice.Basis) string {
	switch b {
	case notice.Consent:
		return "you agreed to it"
	case notice.Contract:
		return "our contract with you needs it"
	case notice.LegalObligation:
		return "the law requires it of us"
	case notice.VitalInterests:
		return "it protects someone’s life"
	case notice.PublicTask:
		return "it is a task in the public interest"
	case notice.RecognisedInterests:
		return "it serves an interest that the law recognises"
	case notice.LegitimateInterests:
		return "we have a legitimate interest that does not override yours"
	}
	return string(b)
}

var actions = map[notice.Action]string{
	notice.Delete:     "Then we delete it.",
	notice.Anonymise:  "Then we make it anonymous.",
	notice.MaskFields: "Then we remove what identifies you.",
	notice.LookAgain:  "Then a person decides whether it is still needed.",
}

// country is the English name of a country by its code.
func country(c notice.Country) string {
	r, err := language.ParseRegion(string(c))
	if err != nil {
		return string(c)
	}
	if name := display.English.Regions().Name(r); name != "" {
		return name
	}
	return string(c)
}

// ways is ways to ask in one line.
func ways(list []notice.Channel) string {
	var out []string
	for _, c := range list {
		if c.At == "" {
			out = append(out, c.Title)
		} else {
			out = append(out, c.Title+" ("+c.At+")")
		}
	}
	return strings.Join(out, "; ")
}

// CategoryTitle is what the notice calls a category it has.
func (p page) CategoryTitle(id notice.ID) string { return p.category(string(id)) }

// CategoryName is what an item's category is called.
func (p page) CategoryName(id string) string { return p.category(id) }

// Safeguard is what protects data outside the United Kingdom, in words.
func (page) Safeguard(s notice.Safeguard) string { return strings.ReplaceAll(string(s), "-", " ") }
