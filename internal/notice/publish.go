package notice

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed phrases publish
var publishing embed.FS

// Publication is how a notice is to be shown.
type Publication struct {
	Language Language // of the fixed phrases; empty means that of the notice
	Day      Date     // which decides what regulators are called; empty means the day the notice came into force
}

// PhraseLanguages are the languages in which there are fixed phrases.
func PhraseLanguages() []Language { return slices.Sorted(maps.Keys(phrases())) }

var phrases = sync.OnceValue(func() map[Language]map[string]string {
	out := make(map[Language]map[string]string)
	for _, language := range []Language{"cy", "en"} {
		src, err := publishing.ReadFile("phrases/" + string(language) + ".yaml")
		if err == nil {
			in := make(map[string]string)
			if err = yaml.Unmarshal(src, &in); err == nil {
				out[language] = in
				continue
			}
		}
		panic(fmt.Sprintf("embedded phrases in %s: %v", language, err)) // a test reads them all
	}
	return out
})

var pages = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(publishing, "publish/page.html"))
})

// published is a notice ready to be shown: its words as they are, and tables made
// from the very rules that decide.
type published struct {
	Title, Landlord, Version string
	Effective                Date
	Language, Written        Language
	Phrases                  map[string]string
	Sections                 []Section
	Tables                   []pageTable
}

// pageTable is plain text throughout.
type pageTable struct {
	ID, Title string
	Head      []string
	Rows      [][]string
}

// PublishFragment writes the notice as a stretch of HTML to be put in a page:
// layered, so that headings open, and without any script or style.
func PublishFragment(w io.Writer, n *Notice, as Publication) error {
	return publish(w, n, as, "fragment")
}

// PublishPrint writes the notice as a whole HTML page made for paper: nothing
// is folded away.
func PublishPrint(w io.Writer, n *Notice, as Publication) error {
	return publish(w, n, as, "print")
}

func publish(w io.Writer, n *Notice, as Publication, form string) error {
	p, err := n.published(as)
	if err != nil {
		return err
	}
	if err := pages().ExecuteTemplate(w, form, p); err != nil {
		return fmt.Errorf("write the notice of %s as a %s: %w", n.Landlord.Name, form, err)
	}
	return nil
}

// PublishText writes the notice as plain text, for readers of all kinds.
func PublishText(w io.Writer, n *Notice, as Publication) error {
	p, err := n.published(as)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n%s %s\n", p.Title, strings.Repeat("=", len([]rune(p.Title))), p.Phrases["effective"], p.Effective)
	textSections(&b, p.Sections)
	for _, t := range p.Tables {
		fmt.Fprintf(&b, "\n%s\n%s\n", t.Title, strings.Repeat("-", len([]rune(t.Title))))
		for _, row := range t.Rows {
			b.WriteByte('\n')
			for i, cell := range row {
				if cell != "" {
					fmt.Fprintf(&b, "%s: %s\n", t.Head[i], cell)
				}
			}
		}
	}
	fmt.Fprintf(&b, "\n%s %s\n", p.Phrases["version"], p.Version)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the notice of %s as text: %w", n.Landlord.Name, err)
	}
	return nil
}

func textSections(b *strings.Builder, sections []Section) {
	for _, s := range sections {
		if s.Title != "" {
			fmt.Fprintf(b, "\n%s\n%s\n", s.Title, strings.Repeat("-", len([]rune(s.Title))))
		}
		for _, block := range s.Blocks {
			b.WriteByte('\n')
			for _, item := range block.Items {
				if block.List {
					b.WriteString("* ")
				}
				for i, sentence := range item.Sentences {
					if i > 0 {
						b.WriteByte(' ')
					}
					b.WriteString(sentence.Text)
				}
				b.WriteByte('\n')
			}
		}
		textSections(b, s.Sections)
	}
}

func (n *Notice) published(as Publication) (published, error) {
	p := published{Title: n.Words.Title, Landlord: n.Landlord.Name, Version: n.version, Effective: n.Landlord.Effective, Sections: n.Words.Sections, Language: as.Language}
	if len(n.Landlord.Languages) > 0 {
		p.Written = n.Landlord.Languages[0]
	}
	if p.Language == "" {
		p.Language = p.Written
	}
	var ok bool
	if p.Phrases, ok = phrases()[p.Language]; !ok {
		return p, fmt.Errorf("publish in %s: there are no phrases in that language; use one of %s", quote(string(p.Language)), quoteList(wordsOfIDs(PhraseLanguages())))
	}
	if as.Day == "" {
		as.Day = n.Landlord.Effective
	}
	t := tables{n: n, say: p.Phrases}
	for _, table := range []pageTable{t.purposes(), t.recipients(), t.keeping(), t.rights(), t.cookies(), t.complaints(as.Day), t.contacts()} {
		if len(table.Rows) > 0 {
			p.Tables = append(p.Tables, table)
		}
	}
	return p, nil
}

// tables makes the tables of a published notice.
type tables struct {
	n   *Notice
	say map[string]string
}

func (t tables) table(id string, heads ...string) pageTable {
	out := pageTable{ID: id, Title: t.say[id]}
	for _, h := range heads {
		out.Head = append(out.Head, t.say[h])
	}
	return out
}

func (t tables) categories(ids []ID) string {
	var titles []string
	for _, id := range ids {
		c, _ := t.n.Data.Category(id)
		titles = append(titles, c.Title)
	}
	return strings.Join(titles, "; ")
}

func (t tables) purposes() pageTable {
	out := t.table("purposes", "purpose", "data", "basis")
	for _, u := range t.n.Uses.Uses {
		basis := t.say["basis-none"]
		if u.Basis != "" {
			basis = t.say["basis-"+string(u.Basis)] + " (" + u.Basis.Cite() + ")"
		}
		for _, more := range append([]string{u.Law, u.Interest}, t.n.conditions(u, u.Categories)...) {
			if more != "" {
				basis += ". " + strings.TrimSuffix(more, ".")
			}
		}
		out.Rows = append(out.Rows, []string{u.Purpose, t.categories(u.Categories), basis})
	}
	return out
}

func (t tables) recipients() pageTable {
	out := t.table("recipients", "who", "what", "when", "basis")
	for _, r := range t.n.Sharing.Rules {
		to, _ := byID(t.n.Sharing.Recipients, r.To, func(r Recipient) ID { return r.ID })
		basis := ""
		if r.Basis != "" {
			basis = t.say["basis-"+string(r.Basis)]
		}
		out.Rows = append(out.Rows, []string{to.Title, r.Says, t.say["when-"+string(r.When)], basis})
	}
	return out
}

func (t tables) keeping() pageTable {
	out := t.table("keeping", "what", "how-long", "from-when", "then")
	out.Head[0] = t.say["data"]
	for _, k := range t.n.Keeping.Rules {
		from := ""
		if trigger, ok := t.n.Keeping.Trigger(k.Trigger); ok {
			from = trigger.Title
		} else if before, ok := t.n.Keeping.Rule(k.After); ok {
			from = before.Title
		}
		out.Rows = append(out.Rows, []string{t.n.keptAs(k), t.period(string(k.Period)), from, t.say["action-"+string(k.Action)]})
	}
	return out
}

func (t tables) rights() pageTable {
	out := t.table("rights", "right", "answered", "how-to-ask")
	for _, r := range t.n.Rights.Rights {
		answered := t.say["clock-law"]
		if c := r.Clock; c != nil {
			answered = t.clock(*c)
		}
		var ways []string
		for _, id := range r.Channels {
			c, _ := byID(t.n.Rights.Channels, id, func(c Channel) ID { return c.ID })
			ways = append(ways, c.Title)
		}
		out.Rows = append(out.Rows, []string{r.Title + ". " + r.Says, answered, strings.Join(ways, "; ")})
	}
	return out
}

func (t tables) cookies() pageTable {
	out := t.table("cookies", "cookie", "what-it-does", "lasts")
	for _, c := range t.n.Web.Cookies {
		lasts := string(c.Lasts)
		switch {
		case lasts == "session":
			lasts = t.say["session"]
		case lasts == "never":
			lasts = t.say["never-ends"]
		default:
			lasts = t.period(lasts)
		}
		out.Rows = append(out.Rows, []string{c.Name, c.Purpose, lasts})
	}
	return out
}

func (t tables) complaints(day Date) pageTable {
	out := t.table("complaints", "step", "what-it-does", "reach")
	for _, s := range t.n.Rights.Complaints {
		reach := ""
		if c, ok := t.n.contact(s.Contact); ok {
			reach = joined(string(c.Email), string(c.Phone), c.Address)
		}
		if r, ok := byID(t.n.Landlord.Regulators, s.Regulator, func(r Regulator) ID { return r.ID }); ok {
			name := r.On(day)
			reach = joined(name.Name, string(name.Web), string(name.Phone), name.Address)
		}
		out.Rows = append(out.Rows, []string{s.Title, s.Says, reach})
	}
	return out
}

func (t tables) contacts() pageTable {
	out := t.table("contacts", "who", "email", "phone", "address", "hours")
	for _, c := range t.n.Landlord.Contacts {
		out.Rows = append(out.Rows, []string{c.Who, string(c.Email), string(c.Phone), c.Address, c.Hours})
	}
	return out
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// count says a number of something: "6 years".
func (t tables) count(n int, one, many string) string {
	if n == 1 {
		return t.say[one]
	}
	return strings.ReplaceAll(t.say[many], "{n}", strconv.Itoa(n))
}

func (t tables) clock(c Clock) string {
	switch c.Unit {
	case Hours:
		return t.count(c.Count, "hour", "hours-count")
	case WorkingDays:
		return t.count(c.Count, "working-day", "working-days")
	case Months:
		return t.count(c.Count, "month", "months")
	}
	return t.count(c.Count, "day", "days")
}

// period says an ISO 8601 period, hours and minutes included.
func (t tables) period(p string) string {
	if rest, ok := strings.CutPrefix(p, "PT"); ok && rest != "" {
		n, _ := strconv.Atoi(rest[:len(rest)-1]) // the loader let only digits and a letter through
		if strings.HasSuffix(rest, "M") {
			return t.count(n, "minutes", "minutes")
		}
		return t.count(n, "hour", "hours-count")
	}
	years, months, days := Period(p).Parts()
	var parts []string
	if years > 0 {
		parts = append(parts, t.count(years, "year", "years"))
	}
	if months > 0 {
		parts = append(parts, t.count(months, "month", "months"))
	}
	if days > 0 {
		parts = append(parts, t.count(days, "day", "days"))
	}
	return strings.Join(parts, " "+t.say["and"]+" ")
}
