package notice

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words is notice.md: the words the public reads, as a tree. It is plain text
// throughout, for whoever shows it to escape in its own way.
type Words struct {
	Title    string    `json:"title"`
	Sections []Section `json:"sections"`          // in order; the text before the first heading is a section without a title
	Of       string    `json:"of,omitempty"`      // of a translation: the Digest of the words that it says in its language
	OfLine   int       `json:"of_line,omitempty"` // where it says so
}

// Section is a heading, what stands under it, and the sections below it.
type Section struct {
	Title    string    `json:"title"`
	Anchor   string    `json:"anchor"` // unique in the notice, fit for an HTML id
	Level    int       `json:"level"`  // 2 for ##, and so on
	Line     int       `json:"line"`
	Blocks   []Block   `json:"blocks,omitempty"`
	Sections []Section `json:"sections,omitempty"`
}

// Block is a paragraph, or a list.
type Block struct {
	List  bool   `json:"list,omitempty"`
	Items []Item `json:"items"` // a paragraph has one
}

// Item is a paragraph's text, or that of one entry of a list.
type Item struct {
	Sentences []Sentence `json:"sentences"`
}

// Sentence is the smallest thing a notice can be held to. One with an ID is a
// promise.
type Sentence struct {
	ID   ID     `json:"id,omitempty"`
	Text string `json:"text"` // as read aloud: without marks
	Runs []Run  `json:"runs"` // the same with its marks
	Line int    `json:"line"`
}

// Run is a stretch of text shown in one way.
type Run struct {
	Text   string `json:"text"`
	Strong bool   `json:"strong,omitempty"`
	Link   string `json:"link,omitempty"` // https:, mailto:, tel:, or a path or anchor on this site
}

// All gives every sentence in order.
func (w *Words) All() []Sentence {
	var out []Sentence
	var walk func([]Section)
	walk = func(sections []Section) {
		for _, s := range sections {
			for _, b := range s.Blocks {
				for _, i := range b.Items {
					out = append(out, i.Sentences...)
				}
			}
			walk(s.Sections)
		}
	}
	walk(w.Sections)
	return out
}

// Promises gives the sentences that have an ID, in order.
func (w *Words) Promises() []Sentence {
	var out []Sentence
	for _, s := range w.All() {
		if s.ID != "" {
			out = append(out, s)
		}
	}
	return out
}

// Sentence finds a promise by its ID.
func (w *Words) Sentence(id ID) (Sentence, bool) {
	if id == "" {
		return Sentence{}, false
	}
	return byID(w.Promises(), id, func(s Sentence) ID { return s.ID })
}

// wordsReader builds the tree line by line.
type wordsReader struct {
	*problems
	*references
	file    string
	words   Words
	flat    []Section      // in order; nested at the end
	anchors map[string]int // how often each has been wanted

	// the paragraph or list entry being read
	text  strings.Builder
	lines []textLine
	list  bool
}

// textLine notes at which byte of the text a line of the file begins.
type textLine struct{ offset, line int }

var (
	headingLine = regexp.MustCompile(`^(#{1,6})\s+(.+?)\s*#*\s*$`)
	listLine    = regexp.MustCompile(`^[-*]\s+(.*)$`)
	refusedLine = regexp.MustCompile("^(```|~~~|\\||<|!\\[|>|[0-9]+[.)]\\s)")
	sentenceTag = regexp.MustCompile(`^\s*\{#([^}\n]*)\}`)
)

func parseWords(file string, src []byte, ps *problems, refs *references) Words {
	r := &wordsReader{problems: ps, references: refs, file: file, anchors: make(map[string]int)}
	if p := checkBytes(file, src); p != nil {
		ps.add(p.Pos, p.Field, p.What, p.Mend)
		refs.spoilt["sentence"] = true
		return r.words
	}
	if len(bytes.TrimSpace(src)) == 0 {
		r.add(Pos{File: r.file}, "", "the file is empty", "write the notice, or start from a pack: tenet init DIR")
		refs.spoilt["sentence"] = true
		return r.words
	}
	for i, raw := range bytes.Split(src, []byte("\n")) {
		r.line(strings.TrimRight(string(raw), " \t\r"), i+1)
	}
	r.flush()
	if r.words.Title == "" {
		r.add(Pos{File: r.file}, "", "the notice has no title", "begin it with a line such as “# How we use your information”")
	}
	r.words.Sections = nest(r.flat)
	return r.words
}

func (r *wordsReader) line(line string, number int) {
	at := Pos{File: r.file, Line: number, Column: 1}
	trimmed := strings.TrimLeft(line, " \t")
	if trimmed == "" {
		r.flush()
		return
	}
	if m := ofLine.FindStringSubmatch(trimmed); m != nil {
		r.flush()
		r.translates(m[1], at)
		return
	}
	if m := headingLine.FindStringSubmatch(line); m != nil {
		r.flush()
		r.heading(len(m[1]), m[2], at)
		return
	}
	if refusedLine.MatchString(trimmed) {
		r.flush()
		r.add(at, "", "tables, code, quotations, numbered lists, images and HTML are not read here", "write headings, paragraphs and “- ” lists")
		return
	}
	if m := listLine.FindStringSubmatch(trimmed); m != nil {
		r.flush()
		r.list = true
		trimmed = m[1]
	} else if r.text.Len() > 0 {
		r.text.WriteByte(' ')
	}
	r.lines = append(r.lines, textLine{r.text.Len(), number})
	r.text.WriteString(trimmed)
}

func (r *wordsReader) heading(level int, title string, at Pos) {
	if strings.Contains(title, "{#") {
		r.add(at, "", "a heading promises nothing, so it has no {#id}", "put the id after a sentence under it")
		return
	}
	if level == 1 {
		if r.words.Title != "" {
			r.add(at, "", "a second title", "begin this heading with ## instead")
			return
		}
		r.words.Title = title
		return
	}
	r.flat = append(r.flat, Section{Title: title, Anchor: r.anchor(title), Level: level, Line: at.Line})
}

// anchor makes a name for a heading that no other has.
func (r *wordsReader) anchor(title string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(title) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-") && c != '\'' && c != '’':
			b.WriteByte('-')
		}
	}
	base := strings.Trim(b.String(), "-")
	if base == "" {
		base = "section"
	}
	name := base
	for r.anchors[name] > 0 {
		r.anchors[base]++
		name = fmt.Sprintf("%s-%d", base, r.anchors[base])
	}
	r.anchors[name]++
	return name
}

// flush ends the paragraph or list entry being read.
func (r *wordsReader) flush() {
	text, lines, list := r.text.String(), r.lines, r.list
	r.text.Reset()
	r.lines, r.list = nil, false
	if text == "" {
		return
	}
	sentences := r.sentences(text, lines)
	if len(sentences) == 0 {
		return
	}
	if len(r.flat) == 0 {
		r.flat = append(r.flat, Section{Anchor: r.anchor("top"), Level: 2, Line: lines[0].line})
	}
	s := &r.flat[len(r.flat)-1]
	item := Item{Sentences: sentences}
	if n := len(s.Blocks); list && n > 0 && s.Blocks[n-1].List {
		s.Blocks[n-1].Items = append(s.Blocks[n-1].Items, item)
		return
	}
	s.Blocks = append(s.Blocks, Block{List: list, Items: []Item{item}})
}

// sentences cuts text after each full stop, question or exclamation mark that
// something new follows, and at each {#id}.
func (r *wordsReader) sentences(text string, lines []textLine) []Sentence {
	var out []Sentence
	start := 0
	cut := func(end int) {
		piece := strings.TrimSpace(text[start:end])
		if piece == "" {
			start = end
			return
		}
		lead := strings.Index(text[start:end], piece)
		at := lineAt(lines, start+lead)
		start = end
		if strings.Contains(piece, "{#") {
			r.add(Pos{File: r.file, Line: at}, "", "an id that is not closed", "write it as {#id} after the sentence")
			r.spoilt["sentence"] = true
		}
		s := Sentence{Line: at}
		s.Runs = r.runs(piece, Pos{File: r.file, Line: at})
		for _, run := range s.Runs {
			s.Text += run.Text
		}
		if strings.TrimSpace(s.Text) != "" { // marks round nothing say nothing
			out = append(out, s)
		}
	}
	for i := 0; i < len(text); {
		if text[i] == '{' {
			if m := sentenceTag.FindStringSubmatch(text[i:]); m != nil {
				cut(i)
				i += len(m[0])
				r.tag(out, m[1], Pos{File: r.file, Line: lineAt(lines, i-1)})
				start = i
				continue
			}
		}
		c, size := utf8.DecodeRuneInString(text[i:])
		i += size
		if c == '.' || c == '?' || c == '!' {
			end := i + len(text[i:]) - len(strings.TrimLeft(text[i:], `"'”’)*`))
			if end == len(text) || text[end] == ' ' && startsSentence(text[end:]) {
				// A tag belongs to the sentence it follows.
				if !sentenceTag.MatchString(text[end:]) {
					cut(end)
				}
				i = end
			}
		}
	}
	cut(len(text))
	return out
}

// tag gives the last sentence its id.
func (r *wordsReader) tag(out []Sentence, id string, at Pos) {
	pattern, what := ID("").shape()
	switch n := len(out); {
	case len(id) > maxID || !regexp.MustCompile(pattern).MatchString(id):
		r.add(at, "", quote(id)+" is not "+what, "correct the id between {# and }")
		r.spoilt["sentence"] = true
	case n == 0 || out[n-1].ID != "":
		r.add(at, "", "the id "+quote(id)+" follows no sentence", "put it after the sentence that makes the promise")
		r.spoilt["sentence"] = true
	case !r.define("sentence", id, at):
		r.add(at, "", "two sentences have the id "+quote(id), "give each promise an id of its own")
		r.spoilt["sentence"] = true
	default:
		out[n-1].ID = ID(id)
	}
}

// startsSentence reports whether what follows a space reads as a beginning.
func startsSentence(s string) bool {
	s = strings.TrimLeft(s, ` "'“‘([*`)
	c, _ := utf8.DecodeRuneInString(s)
	return s == "" || c == '{' || unicode.IsUpper(c) || unicode.IsDigit(c)
}

func lineAt(lines []textLine, offset int) int {
	after := sort.Search(len(lines), func(i int) bool { return lines[i].offset > offset })
	return lines[max(after-1, 0)].line
}

var (
	linkMark = regexp.MustCompile(`^\[([^\[\]]+)\]\(([^()\s]+)\)`)
	safeLink = regexp.MustCompile(`^(https://[^\s"<>]+|mailto:[^\s"<>]+|tel:\+?[0-9-]+|#[a-z0-9-]+|/([^/\s"<>\\][^\s"<>\\]*)?)$`)
)

func linkAt(text string) []string {
	if text[0] != '[' {
		return nil
	}
	return linkMark.FindStringSubmatch(text)
}

// runs reads the two marks there are: **strong** and [a link](https://…).
func (r *wordsReader) runs(text string, at Pos) []Run {
	var out []Run
	var plain strings.Builder
	strong := false
	flush := func() {
		if plain.Len() > 0 {
			out = append(out, Run{Text: plain.String(), Strong: strong})
			plain.Reset()
		}
	}
	for i := 0; i < len(text); {
		if strings.HasPrefix(text[i:], "**") && (strong || strings.Contains(text[i+2:], "**")) {
			flush()
			strong = !strong
			i += 2
			continue
		}
		if m := linkAt(text[i:]); m != nil {
			flush()
			if !safeLink.MatchString(m[2]) {
				r.add(at, "", "the link "+quote(m[2])+" is of a kind that is not followed", "use https:, mailto:, tel:, a path that begins with one /, or #section")
			}
			out = append(out, Run{Text: m[1], Strong: strong, Link: m[2]})
			i += len(m[0])
			continue
		}
		plain.WriteByte(text[i])
		i++
	}
	flush()
	return out
}

// nest hangs deeper sections under the shallower ones before them.
func nest(flat []Section) []Section {
	var out []Section
	for len(flat) > 0 {
		s := flat[0]
		end := 1
		for end < len(flat) && flat[end].Level > s.Level {
			end++
		}
		s.Sections = nest(flat[1:end])
		out = append(out, s)
		flat = flat[end:]
	}
	return out
}
