package notice

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed phrases publish
var publishing embed.FS

// Publication is how a notice is to be shown.
type Publication struct {
	Language Language // empty means that the notice was written in
	Day      Date     // which decides what regulators are called; empty means the day the notice came into force
	// At says where the same form is in another language; nil or empty means that it is not known.
	At func(Language) string
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
	return template.Must(template.New("").Funcs(template.FuncMap{"href": href}).ParseFS(publishing, "publish/page.html"))
})

// href is a link that was found safe as it was read. The template would take a tel: for an
// unknown scheme, and so it is told of each that it is none of those.
func href(link string) template.URL {
	if !safeLink.MatchString(link) {
		return ""
	}
	return template.URL(link)
}

// published is a notice ready to be shown: its words as they are, and tables made
// from the very rules that decide.
type published struct {
	Title, Landlord, Version string
	Effective                Date
	InForce                  string   // the day it came into force, in words
	Language                 Language // of the fixed phrases
	Written                  Language // of the words
	Phrases                  map[string]string
	Notes                    []InLanguage // what is to be known of the languages
	Others                   []InLanguage // that the words are there in another language too, and where
	Sections                 []Section
	Tables                   []pageTable
}

// InLanguage is a sentence in a language, which may lead somewhere.
type InLanguage struct {
	Language Language
	Text, At string
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
	fmt.Fprintf(&b, "%s\n%s\n\n%s %s\n", p.Title, strings.Repeat("=", len([]rune(p.Title))), p.Phrases["effective"], p.InForce)
	for _, x := range slices.Concat(p.Others, p.Notes) {
		fmt.Fprintf(&b, "%s\n", strings.TrimSpace(x.Text+" "+x.At))
	}
	textSections(&b, p.Sections)
	for _, t := range p.Tables {
		fmt.Fprintf(&b, "\n%s\n%s\n", t.Title, strings.Repeat("-", len([]rune(t.Title))))
		for _, row := range t.Rows {
			b.WriteByte('\n')
			for i, cell := range row {
				if cell != (pageCell{}) {
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
	words, written := n.In(as.Language)
	_, rules := n.In("")
	p := published{Title: words.Title, Landlord: n.Landlord.Name, Version: n.version, Effective: n.Landlord.Effective, Sections: words.Sections, Language: as.Language, Written: written}
	if p.Language == "" {
		p.Language = rules
	}
	var ok bool
	if p.Phrases, ok = phrases()[p.Language]; !ok {
		return p, fmt.Errorf("publish in %s: there are no phrases in that language; use one of %s", quote(string(p.Language)), quoteList(wordsOfIDs(PhraseLanguages())))
	}
	if as.Day == "" {
		as.Day = n.Landlord.Effective
	}
	p.Notes = n.LanguageNotes(p.Language)
	for _, other := range n.Offered() {
		if say, ok := phrases()[other]; ok && other != p.Written {
			x := InLanguage{Language: other, Text: say["also"]}
			if as.At != nil {
				x.At = as.At(other)
			}
			p.Others = append(p.Others, x)
		}
	}
	t := tables{n: n, say: p.Phrases}
	if p.Language != rules {
		t.foreign = rules
	}
	p.InForce = t.day(p.Effective)
	for _, table := range []pageTable{t.purposes(), t.recipients(), t.keeping(), t.rights(), t.cookies(), t.complaints(as.Day), t.contacts()} {
		if len(table.Rows) > 0 {
			p.Tables = append(p.Tables, table)
		}
	}
	return p, nil
}

// LanguageNotes say what is not there in a language, one of [PhraseLanguages]. That the words
// are not is said in that language and in theirs, for whoever reads either.
func (n *Notice) LanguageNotes(language Language) []InLanguage {
	_, written := n.In(language)
	_, rules := n.In("")
	var out []InLanguage
	switch {
	case language != written:
		for _, l := range []Language{language, written} {
			if say, ok := phrases()[l]; ok {
				out = append(out, InLanguage{Language: l, Text: say["original"]})
			}
		}
	case language != rules:
		out = append(out, InLanguage{Language: language, Text: phrases()[language]["rules-original"]})
	}
	return out
}
