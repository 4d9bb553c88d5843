package letter

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"unicode"

	"tenet/internal/law"
)

// Fields is what a template may show, in the words of its language. A field that
// has nothing to say is empty.
type Fields struct {
	Name      string // of whom it is to
	Reference string // of the case
	About     string // what the case is about: "a copy of the information we hold about you"
	Received  string // a day, in words, as are the next two
	Due       string
	Until     string // the new date of an extension; by when to reply
	Words     string // what staff wrote: reasons, a question, a doubt
	Effects   string // of a breach, what is likely to come of it
	Steps     string // and what was and will be done
	Advice    string // and what people can do themselves
	Why       string // of a change of the notice, why it is made
	Answer    string // of an answer, what staff wrote of each thing it has to say
	Enclosed  string // set where something goes with the letter that says it
	Ways      string // in which one may show who one is, a line each
	Pauses    string // set where waiting for an answer stops the clock
	Restarts  string // set where the time begins anew with the answer
	Who       string // has the request now
	Link      string // to the portal
	Landlord  string
	Contact   string // whom to ask, with how to reach them
	Regulator string // of data protection, with how to reach it
	Ombudsman string // of housing, with how to reach it
}

// Sender is the landlord, as its notice has it on the day.
type Sender struct {
	Name      string
	Address   []string // in lines
	Contact   string   // whom to ask, as the notice calls them
	Officer   bool     // they are the data protection officer
	Reach     []string // how to reach them
	Regulator string   // of data protection, with how to reach it
	Ombudsman string   // of housing, likewise
}

// contact is whom to ask, within a sentence of a language. The notice has their name
// in English alone.
func (s Sender) contact(lang Lang, words map[string]string) string {
	who := line(s.Contact)
	switch rest, the := strings.CutPrefix(who, "The "); {
	case who == "":
		return ""
	case s.Officer:
		who = words["officer"]
	case lang != English:
		who = words["team"]
	case the:
		who = "the " + rest
	}
	if reach := strings.Join(lines(s.Reach), ", "); reach != "" {
		who += " (" + reach + ")"
	}
	return who
}

// Input is what a letter is filled in with. Which of it a letter needs, its template
// says.
type Input struct {
	Kind Kind
	Lang Lang
	From Sender
	To   string   // the name of whom it is to; may be empty
	At   []string // their address in lines; may be empty
	Day  law.Date // of the letter

	Reference string
	About     law.Kind
	Received  law.Date
	Due       law.Date
	Until     law.Date
	Words     string
	Ways      []string
	Who       string
	Link      string

	// Of an answer: what it comes to, where the letter does not say so itself; what staff
	// say of each of law.Contents, by its id, with "answer" before all and "more" after;
	// and the ids of those that something enclosed says, as a pack does. Of a breach, what
	// is to be said of "effects", "measures" and "advice".
	Outcome  law.Outcome
	Says     map[string]string
	Enclosed []string
}

// Part is one element of a letter, filled in.
type Part struct {
	ID   string `json:"id"`
	Text string `json:"text"` // paragraphs, with an empty line between them
}

// Letter is a letter, filled in.
type Letter struct {
	Kind      Kind     `json:"kind"`
	Lang      Lang     `json:"lang"`
	Subject   string   `json:"subject"`
	Reference string   `json:"reference"`
	From      []string `json:"from"` // name and address in lines
	To        []string `json:"to"`   // likewise; the name may be missing
	Date      string   `json:"date"` // in words
	Parts     []Part   `json:"parts"`
}

// Missing is a letter that does not say what it has to.
type Missing struct {
	Kind Kind
	Says []Element
}

func (m *Missing) Error() string {
	var all []string
	for _, e := range m.Says {
		all = append(all, fmt.Sprintf("[%s] %s (%s)", e.ID, e.Says, e.Cite))
	}
	return fmt.Sprintf("the letter %s does not say all it has to: %s", m.Kind, strings.Join(all, " "))
}

// outcome is what an answer comes to.
func (in Input) outcome() law.Outcome {
	if o := in.Kind.Outcome(); o != "" {
		return o
	}
	if in.Outcome == "" {
		return law.Granted
	}
	return in.Outcome
}

// Contents is what the law wants said in an answer to a case of a kind; nil where
// the letter is none.
func (in Input) Contents() []law.Content {
	if !in.Kind.Answers() {
		return nil
	}
	return law.Contents(in.About, in.outcome())
}

// Write fills a letter in. The error is a *[Missing] where it then does not say all
// that it has to; the letter is given with it, as far as it goes.
func (s *Set) Write(in Input) (Letter, error) {
	t, ok := s.texts[in.Lang][in.Kind]
	if !ok || !slices.Contains(append(Kinds(), Waiting, Came), in.Kind) {
		return Letter{}, fmt.Errorf("there is no letter %.40q in the language %.10q", in.Kind, in.Lang)
	}
	f := s.fields(in)
	l := Letter{Kind: in.Kind, Lang: in.Lang, Reference: line(in.Reference), Date: in.Lang.Date(in.Day),
		From: lines(append([]string{in.From.Name}, in.From.Address...)), To: lines(append([]string{in.To}, in.At...))}
	var err error
	if l.Subject, err = fill(t.subject, f); err != nil {
		return Letter{}, fmt.Errorf("%s: %w", t.file, err)
	}
	l.Subject = line(l.Subject)
	wanted := in.Contents()
	elements := in.Kind.Elements()
	parts := func(t *text) error {
		for _, b := range t.blocks {
			e := slices.IndexFunc(elements, func(e Element) bool { return e.ID == b.id })
			if e >= 0 && elements[e].choice && !slices.ContainsFunc(wanted, func(c law.Content) bool { return c.ID == b.id }) {
				continue // the law does not offer it in this case
			}
			words, err := fill(b.body, f)
			if err != nil {
				return fmt.Errorf("%s:%d: %w", t.file, b.line, err)
			}
			if words = paragraphs(words); words != "" {
				l.Parts = append(l.Parts, Part{b.id, words})
			}
		}
		return nil
	}
	around := s.texts[in.Lang][frame]
	for _, t := range []*text{around.only("greeting"), t, around.only("close")} {
		if err := parts(t); err != nil {
			return Letter{}, err
		}
	}
	if lacks := Check(l, in, f); len(lacks) > 0 {
		return l, &Missing{in.Kind, lacks}
	}
	return l, nil
}

// only is a template with the blocks of one name, and those of the landlord's own
// that follow it.
func (t *text) only(id string) *text {
	out := &text{file: t.file}
	at := ""
	for _, b := range t.blocks {
		if b.id != ownWords {
			at = b.id
		}
		if at == id {
			out.blocks = append(out.blocks, b)
		}
	}
	return out
}

// Check is what a letter has to say and does not: an element without words, a field
// with nothing in it, something of law.Contents.
func Check(l Letter, in Input, f Fields) []Element {
	var lacks []Element
	has := func(id string) bool {
		return slices.ContainsFunc(l.Parts, func(p Part) bool { return p.ID == id && strings.TrimSpace(p.Text) != "" })
	}
	contents := in.Contents()
	wanted := func(id string) bool {
		return slices.ContainsFunc(contents, func(c law.Content) bool { return c.ID == id })
	}
	for _, e := range in.Kind.Elements() {
		if e.choice && !wanted(e.ID) {
			continue
		}
		if !has(e.ID) || slices.ContainsFunc(e.Uses, func(name string) bool { return f.lacks(e, name) }) {
			lacks = append(lacks, e)
		}
	}
	if in.Kind.Answers() {
		says := slices.Clone(in.Enclosed)
		for id, words := range in.Says {
			if strings.TrimSpace(words) != "" {
				says = append(says, id)
			}
		}
		for _, p := range l.Parts {
			says = append(says, p.ID)
		}
		for _, c := range law.Missing(in.About, in.outcome(), says) {
			if !slices.ContainsFunc(lacks, func(e Element) bool { return e.ID == c.ID }) {
				lacks = append(lacks, Element{ID: c.ID, Says: c.Says, Cite: c.Cite, Verified: c.Verified})
			}
		}
	}
	return lacks
}

// lacks reports whether a field that an element is about has nothing in it.
func (f Fields) lacks(e Element, name string) bool {
	switch {
	case name == "Pauses" || name == "Restarts": // waiting need not do anything to a clock
		return false
	case name == "Due" && slices.Contains(e.Uses, "Pauses") && f.Pauses+f.Restarts != "": // it is not known before the answer comes
		return false
	case name == "Answer" && f.Enclosed != "":
		return false
	}
	return reflect.ValueOf(f).FieldByName(name).String() == ""
}

func (s *Set) fields(in Input) Fields {
	f := Fields{
		Name: line(in.To), Reference: line(in.Reference), About: s.words[in.Lang][string(in.About)],
		Received: in.Lang.Date(in.Received), Due: in.Lang.Date(in.Due), Until: in.Lang.Date(in.Until),
		Words: paragraphs(in.Words), Effects: paragraphs(in.Says["effects"]), Steps: paragraphs(in.Says["measures"]), Advice: paragraphs(in.Says["advice"]), Why: paragraphs(in.Says["why"]), Who: line(in.Who), Link: line(in.Link),
		Landlord: line(in.From.Name), Contact: in.From.contact(in.Lang, s.words[in.Lang]), Regulator: line(in.From.Regulator), Ombudsman: line(in.From.Ombudsman),
	}
	var ways []string
	for _, w := range in.Ways {
		ways = append(ways, "- "+line(w))
	}
	f.Ways = strings.Join(ways, "\n")
	if h, ok := in.About.Handling(); ok {
		switch h.Clarified() {
		case law.Pauses:
			f.Pauses = "yes"
		case law.Restarts:
			f.Restarts = "yes"
		}
	}
	var said []string
	for _, c := range in.Contents() { // in the order of the law
		if words := paragraphs(in.Says[c.ID]); words != "" && !slices.ContainsFunc(in.Kind.Elements(), func(e Element) bool { return e.ID == c.ID }) {
			said = append(said, words)
		}
	}
	if words := paragraphs(in.Says["answer"]); words != "" {
		said = append([]string{words}, said...)
	}
	if words := paragraphs(in.Says["more"]); words != "" {
		said = append(said, words)
	}
	f.Answer = strings.Join(said, "\n\n")
	if len(in.Enclosed) > 0 {
		f.Enclosed = "yes"
	}
	if f.Words == "" {
		f.Words = paragraphs(in.Says["reasons"])
	}
	return f
}

// maxLetter is the most bytes that a letter, or a block of one, may come to.
const maxLetter = 256 << 10

func fill(t *template.Template, f Fields) (string, error) {
	var b bytes.Buffer
	if t.Tree == nil {
		return "", nil
	}
	if err := t.Execute(&b, f); err != nil {
		return "", fmt.Errorf("it cannot be filled in: %w", err)
	}
	if b.Len() > maxLetter {
		return "", fmt.Errorf("it comes to %d bytes, more than %d", b.Len(), maxLetter)
	}
	return b.String(), nil
}

// visible takes out what changes how text is read and is not seen.
func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200b, r == 0xfeff:
		return -1
	}
	return r
}

// line is text in one line.
func line(s string) string {
	return strings.Join(strings.Fields(strings.Map(visible, strings.ToValidUTF8(s, "\ufffd"))), " ")
}

// lines is each text in one line, without those that are empty.
func lines(all []string) []string {
	var out []string
	for _, s := range all {
		if s = line(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// paragraphs is text with one empty line between its paragraphs. Lines that stand
// together were written so, and stay; a paragraph is one line where it is prose.
func paragraphs(s string) string {
	s = strings.Map(visible, strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n"))
	var out []string
	var now []string
	end := func() {
		if len(now) > 0 {
			out = append(out, strings.Join(now, "\n"))
			now = nil
		}
	}
	for _, l := range strings.Split(s, "\n") {
		if l = strings.Join(strings.Fields(l), " "); l == "" {
			end()
			continue
		}
		now = append(now, l)
	}
	end()
	return strings.Join(out, "\n\n")
}

// Text is the letter's words in plain text, without its addresses, as an e-mail
// carries them.
func (l Letter) Text() string {
	all := make([]string, len(l.Parts))
	for i, p := range l.Parts {
		all[i] = p.Text
	}
	return strings.Join(all, "\n\n") + "\n"
}

// SafeName is a name as a letter that nobody read before may show it: a name and
// nothing else, so that nobody uses our letters to send others words of their own.
func SafeName(name string) string {
	name = line(name)
	if len(name) > 80 || strings.Count(name, " ") > 6 {
		return ""
	}
	for i, r := range name {
		dot := r == '.' && (i+1 == len(name) || name[i+1] == ' ')
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !dot && !strings.ContainsRune(" -'’", r) {
			return ""
		}
	}
	return name
}
