package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// answer is what a service says of one person, made into what rows hold.
type answer struct {
	standing    Standing
	records     []record
	attachments []attached
	size        int // bytes, roughly
}

// record is one thing that is held: an object in a list, or one that stands for
// itself, without what has a record of its own.
type record struct {
	part    string // where it stands: a JSON pointer (RFC 6901)
	heading string // the same in words: "Adjudication 1 › hearing 2"
	text    string // a line "Label: value" for each value
}

// attached is an attachment by the account of the answer.
type attached struct {
	number, name, filename, contentType, size, url string
}

const (
	answerDepth   = 100
	answerRecords = 100_000
	labelLimit    = 100 // bytes of a name that are shown
	crumb         = " › "
)

// readAnswer reads an answer as it comes, without holding its tree. max is how many
// bytes the rows made of it may have; an answer that does not fit or is cut off is an
// error, since part of it must not be taken for the whole.
func readAnswer(r io.Reader, max int) (*answer, error) {
	d := &answerReader{dec: json.NewDecoder(r), max: max, parts: map[string]bool{}}
	d.dec.UseNumber()
	err := d.whole()
	if err != nil {
		return nil, answerError(err)
	}
	a := &answer{standing: Held, attachments: d.attachments, size: d.size}
	for _, p := range d.records {
		if p.lines.Len() > 0 {
			a.records = append(a.records, record{p.part, p.heading, p.lines.String()})
		}
	}
	return a, nil
}

// answerError leaves out what a JSON error quotes.
func answerError(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it ends before it is whole", ErrAnswer)
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: it is not JSON, from byte %s on", ErrAnswer, thousands(syntax.Offset))
	}
	return err
}

// answerReader is where the reading of an answer stands.
type answerReader struct {
	dec         *json.Decoder
	depth       int
	size, max   int
	records     []*building
	parts       map[string]bool
	attachments []attached
	numbers     map[string]bool // of attachments
}

// building is a record that lines are still added to.
type building struct {
	part, heading string
	lines         strings.Builder
}

// place is where a value stands.
type place struct {
	rec     *building // that its lines go to
	part    string    // its pointer
	heading []string  // of whatever is a record beneath
	label   []string  // of its line within the record
}

func (p place) child(key, word string) place {
	p.part += "/" + pointerEscape.Replace(key)
	p.heading = append(p.heading[:len(p.heading):len(p.heading)], word)
	p.label = append(p.label[:len(p.label):len(p.label)], word)
	return p
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func (d *answerReader) token() (json.Token, error) {
	if d.size > d.max {
		return nil, fmt.Errorf("%w: what it says comes to more than the limit of %s bytes", ErrAnswer, thousands(int64(d.max)))
	}
	return d.dec.Token()
}

func (d *answerReader) whole() error {
	t, err := d.token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return fmt.Errorf("%w: it is no JSON object with content in it", ErrAnswer)
	}
	root, err := d.record("", []string{"general"})
	if err != nil {
		return err
	}
	top := place{rec: root}
	err = d.object(func(key string, t json.Token) error {
		at := top.child(key, words(key))
		switch {
		case key == "content" && t == json.Delim('{'):
			return d.sections(place{rec: root, part: at.part})
		case key == "content" && t == json.Delim('['):
			return d.list(place{rec: root, part: at.part}, "record")
		case key == "attachments" && t == json.Delim('['):
			return d.attached(at)
		}
		return d.value(at, t)
	})
	if err != nil {
		return err
	}
	if _, err := d.dec.Token(); err != io.EOF {
		if err == nil {
			return fmt.Errorf("%w: something follows its end", ErrAnswer)
		}
		return err
	}
	return nil
}

// record begins a record. Where a name stands twice in an object its part is told apart by
// what no JSON pointer holds.
func (d *answerReader) record(part string, heading []string) (*building, error) {
	if len(d.records) >= answerRecords {
		return nil, fmt.Errorf("%w: it holds more than %s records", ErrAnswer, thousands(answerRecords))
	}
	unique := part
	for n := 2; d.parts[unique]; n++ {
		unique = part + "~" + strconv.Itoa(n)
	}
	d.parts[unique] = true
	r := &building{part: unique, heading: capital(strings.Join(heading, crumb))}
	d.size += len(r.part) + len(r.heading) + 100
	d.records = append(d.records, r)
	return r, nil
}

// object shows each member of the object that has begun: its name and the first
// token of its value, whose rest visit must read.
func (d *answerReader) object(visit func(key string, t json.Token) error) error {
	if err := d.down(); err != nil {
		return err
	}
	for d.dec.More() {
		key, err := d.token()
		if err != nil {
			return err
		}
		t, err := d.token()
		if err != nil {
			return err
		}
		if err := visit(key.(string), t); err != nil {
			return err
		}
	}
	return d.up()
}

func (d *answerReader) down() error {
	if d.depth++; d.depth > answerDepth {
		return fmt.Errorf("%w: it is nested more than %d deep", ErrAnswer, answerDepth)
	}
	return nil
}

func (d *answerReader) up() error {
	d.depth--
	_, err := d.token()
	return err
}

// sections reads the object that is the content: objects in it are records of their own.
func (d *answerReader) sections(p place) error {
	return d.object(func(key string, t json.Token) error {
		at := p.child(key, words(key))
		if t == json.Delim('{') {
			rec, err := d.record(at.part, at.heading)
			if err != nil {
				return err
			}
			at.rec, at.label = rec, nil
		}
		return d.value(at, t)
	})
}

// value reads a value, given its first token: a scalar is a line, an object's members are lines
// of the same record, and each object in a list is a record of its own.
func (d *answerReader) value(p place, t json.Token) error {
	switch t {
	case json.Delim('{'):
		return d.object(func(key string, t json.Token) error { return d.value(p.child(key, words(key)), t) })
	case json.Delim('['):
		last := len(p.heading) - 1
		word := p.heading[last]
		p.heading = p.heading[:last:last]
		return d.list(p, singular(word))
	}
	d.line(p, t)
	return nil
}

// list reads the list that has begun, each of whose members is a word.
func (d *answerReader) list(p place, word string) error {
	if err := d.down(); err != nil {
		return err
	}
	for n := 1; d.dec.More(); n++ {
		t, err := d.token()
		if err != nil {
			return err
		}
		at := p
		at.part += "/" + strconv.Itoa(n-1)
		switch t {
		case json.Delim('{'):
			at.heading = append(p.heading[:len(p.heading):len(p.heading)], word+" "+strconv.Itoa(n))
			if at.rec, err = d.record(at.part, at.heading); err != nil {
				return err
			}
			at.label = nil
			err = d.value(at, t)
		case json.Delim('['):
			err = d.list(at, word+" "+strconv.Itoa(n))
		default:
			if len(at.label) == 0 {
				at.label = []string{word}
			}
			d.line(at, t)
		}
		if err != nil {
			return err
		}
	}
	return d.up()
}

// line adds a value to its record. What is null or blank holds nothing, and has no
// line.
func (d *answerReader) line(p place, t json.Token) {
	text := scalar(t)
	if strings.TrimSpace(text) == "" {
		return
	}
	b, from := &p.rec.lines, p.rec.lines.Len()
	if from > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(capital(strings.Join(p.label, crumb)))
	b.WriteString(": ")
	b.WriteString(text)
	d.size += b.Len() - from
}

func scalar(t json.Token) string {
	switch t := t.(type) {
	case string:
		return t
	case json.Number:
		return t.String()
	case bool:
		if t {
			return "yes"
		}
		return "no"
	}
	return ""
}

// attached reads the list of attachments. What the contract does not know of them is a
// record.
func (d *answerReader) attached(p place) error {
	d.numbers = map[string]bool{}
	if err := d.down(); err != nil {
		return err
	}
	for n := 1; d.dec.More(); n++ {
		t, err := d.token()
		if err != nil {
			return err
		}
		at := p
		at.part += "/" + strconv.Itoa(n-1)
		if t != json.Delim('{') {
			if err := d.value(at, t); err != nil {
				return err
			}
			continue
		}
		at.heading, at.label = []string{"attachment " + strconv.Itoa(n)}, nil
		if at.rec, err = d.record(at.part, at.heading); err != nil {
			return err
		}
		var a attached
		known := map[string]*string{"attachmentNumber": &a.number, "name": &a.name, "filename": &a.filename, "contentType": &a.contentType, "filesize": &a.size, "url": &a.url}
		err = d.object(func(key string, t json.Token) error {
			into, ok := known[key]
			if _, nested := t.(json.Delim); ok && !nested && *into == "" {
				*into = scalar(t)
				d.size += len(*into)
				return nil
			}
			return d.value(at.child(key, words(key)), t)
		})
		if err != nil {
			return err
		}
		if a.url = strings.TrimSpace(a.url); a.number == "" {
			a.number = strconv.Itoa(n)
		}
		for _, s := range []*string{&a.number, &a.name, &a.filename, &a.contentType} {
			*s = tidy(*s)
		}
		for base, again := a.number, 2; d.numbers[a.number]; again++ {
			a.number = base + "~" + strconv.Itoa(again)
		}
		d.numbers[a.number] = true
		d.attachments = append(d.attachments, a)
	}
	return d.up()
}

// tidy is a name without the control characters and odd blanks that get into such names.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// words makes a label of a name as programs write it: dateOfBirth and date_of_birth are
// "date of birth". A name that is none of that kind may be data itself, and stays as it is.
func words(key string) string {
	key = tidy(key)
	if key == "" {
		return "(no name)"
	}
	if len(key) > labelLimit {
		return cut(key, labelLimit) + "…"
	}
	var out []string
	for _, part := range strings.Split(key, "_") {
		if !identifier(part) {
			return key
		}
		out = append(out, camel(part)...)
	}
	shouting := strings.ToUpper(key) == key && len(key) > 4
	for i, w := range out {
		switch {
		case w == "id" || w == "Id" || w == "ids" || w == "Ids":
			out[i] = "ID" + w[2:]
		case shouting || strings.ToUpper(w) != w || len(w) == 1:
			out[i] = strings.ToLower(w)
		}
	}
	return strings.Join(out, " ")
}

func identifier(s string) bool {
	for i, r := range s {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}

// camel parts fooBarID2 into foo, Bar, ID, 2.
func camel(s string) []string {
	kind := func(c byte) int {
		switch {
		case c >= '0' && c <= '9':
			return 0
		case c >= 'A' && c <= 'Z':
			return 1
		}
		return 2
	}
	var out []string
	from := 0
	for i := 1; i < len(s); i++ {
		a, b := kind(s[i-1]), kind(s[i])
		switch {
		case a == 1 && b == 2 && i-1 > from: // the last capital begins the next word
			out, from = append(out, s[from:i-1]), i-1
		case a != b && !(a == 1 && b == 2):
			out, from = append(out, s[from:i]), i
		}
	}
	return append(out, s[from:])
}

// singular is what one member of a list is called, as far as that can be told.
func singular(s string) string {
	lower := strings.ToLower(s)
	switch {
	case strings.HasSuffix(lower, "history"), strings.HasSuffix(lower, "ss"), strings.HasSuffix(lower, "us"), strings.HasSuffix(lower, "is"), strings.HasSuffix(lower, "series"):
		return s
	case strings.HasSuffix(lower, "ies") && len(s) > 4:
		return s[:len(s)-3] + "y"
	case strings.HasSuffix(lower, "sses"), strings.HasSuffix(lower, "xes"), strings.HasSuffix(lower, "ches"), strings.HasSuffix(lower, "shes"):
		return s[:len(s)-2]
	case strings.HasSuffix(lower, "s") && len(s) > 3:
		return s[:len(s)-1]
	}
	return s
}

// capital is s with its first letter a capital.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if !unicode.IsLower(r) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
