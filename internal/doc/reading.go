package doc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// reading is the work on one document and on all that is within it: what it has
// cost so far, and what it may cost.
type reading struct {
	ctx      context.Context
	limits   Limits
	ocr      *OCR
	apart    bool  // the cells of the outermost document are left out
	packed   int64 // bytes of the document as it was given
	unpacked int64 // bytes that decompression has made of it
	files    int   // members of archives come upon
	pictures int   // read for words
	depth    int   // documents around the one being read
}

// document reads one document, the outermost or one within it.
func (w *reading) document(data []byte, name, declared string) (d Document, err error) {
	if err := w.spent(); err != nil {
		return Document{}, err
	}
	if w.depth > w.limits.Archives {
		return Document{}, fmt.Errorf("%d documents deep within another, over the limit", w.depth)
	}
	w.depth++
	defer func() { w.depth-- }()
	var out prose
	out.max = w.limits.Text
	t, claimed := kindOf(data, name, declared)
	d.Type = t
	switch {
	case len(data) == 0 && signed(t):
		return d, errors.New("the file is empty")
	case t != claimed && container(t) != claimed:
		d.Problems = append(d.Problems, Problem{Why: "called " + claimed + ", but its content is " + t + ", and was read as that"})
	}
	switch {
	case t == "message/rfc822":
		w.mail(&out, ReadMail(bytes.NewReader(data), w.limits))
	case t == typeMSG:
		var m *Mail
		if m, err = readMSG(data, w.limits); err == nil {
			w.mail(&out, m)
		}
	case t == "text/html" || t == "application/xhtml+xml":
		text, problems, err := HTMLText(bytes.NewReader(data), w.limits)
		d.Text, d.Problems = text, append(d.Problems, problems...)
		return d, err
	case t == typeRTF:
		err = w.rtf(&out, data)
	case t == typeDOCX || t == typePPTX || t == typeXLSX:
		err = w.ooxml(&out, data, t)
	case t == typeODT || t == typeODS || t == typeODP:
		err = w.odf(&out, data)
	case t == typePDF:
		err = w.pdf(&out, data)
	case t == typeZip || t == typeTar || t == typeGzip || t == typeBzip2:
		err = w.archive(&out, data, name, t)
	case isPicture(t):
		err = w.picture(&out, data, t)
	case readable(t):
		if looksBinary(data) {
			return d, fmt.Errorf("%w: it is called %s and holds binary data", ErrUnsupported, t)
		}
		text, problems := Decode(data)
		d.Text, d.Problems = text, append(d.Problems, problems...)
		return d, nil
	default:
		return d, fmt.Errorf("%w: %s", ErrUnsupported, describe(t))
	}
	d.Text = out.String()
	d.Problems = append(d.Problems, out.problems...)
	if out.cut {
		d.Problems = append(d.Problems, Problem{Lost: true, Why: fmt.Sprintf("its text is longer than the limit of %s bytes", Thousands(w.limits.Text))})
	}
	return d, err
}

// within reads a document that is part of another, and adds its text under its
// name. What cannot be read of it is a problem of the outer one.
func (w *reading) within(out *prose, data []byte, name, declared string) {
	name = label(name)
	d, err := w.document(data, name, declared)
	if err != nil {
		out.lost(name, err.Error())
	}
	if d.Text != "" {
		out.gap(parted)
		out.text("[" + name + "]")
		out.gap(lined)
		out.text(d.Text)
		out.gap(parted)
	}
	for _, p := range d.Problems {
		if p.Where != "" {
			p.Where = ", " + p.Where
		}
		p.Where = name + p.Where
		out.problem(p)
	}
}

// mail adds a message and whatever is attached to it.
func (w *reading) mail(out *prose, m *Mail) {
	out.text(m.Flat())
	for _, p := range m.Problems {
		out.problem(p)
	}
	for _, a := range m.Attachments {
		where := "part " + a.Part
		if name := label(a.Name); name != "" {
			where += ", " + name
		}
		if a.Mail != nil {
			out.gap(parted)
			out.text("[" + where + "]")
			out.gap(lined)
			out.text(a.Mail.Flat())
			continue
		}
		w.within(out, a.Bytes, where, a.Type)
	}
}

// label is the name of a document as it may stand in a message to people: any bytes can
// be a name, and one that climbs out of its folder is not believed.
func label(name string) string {
	name = strings.ToValidUTF8(strings.ReplaceAll(name, `\`, "/"), "\uFFFD")
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return '\uFFFD'
		}
		return r
	}, name)
	if name = strings.TrimLeft(path.Clean("/"+name), "/"); len(name) > 200 {
		name = strings.ToValidUTF8(name[:100], "") + "…" + strings.ToValidUTF8(name[len(name)-80:], "")
	}
	return name
}

var errUnpacked = errors.New("unpacks to more than the limit; the rest was not read")

// spent says whether the time for the document is over.
func (w *reading) spent() error {
	if err := w.ctx.Err(); errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("reading took longer than the limit of %s; the rest was not read", w.limits.Time)
	} else if err != nil {
		return err
	}
	return nil
}

// stopped says whether an error means that nothing more of the document should be
// tried.
func (w *reading) stopped(err error) bool {
	return errors.Is(err, errUnpacked) || w.ctx.Err() != nil
}

// minded is r, counted against what may be unpacked and against the time.
func (w *reading) minded(r io.Reader) io.Reader { return &mindedReader{w, r} }

// mindedFrom is how much any document may unpack to, whatever the ratio.
const mindedFrom = 16 << 20

type mindedReader struct {
	w *reading
	r io.Reader
}

func (m *mindedReader) Read(p []byte) (int, error) {
	w := m.w
	if err := w.spent(); err != nil {
		return 0, err
	}
	if w.unpacked > w.limits.Unpacked || w.unpacked > mindedFrom && w.unpacked > w.packed*int64(w.limits.Ratio) {
		return 0, errUnpacked
	}
	n, err := m.r.Read(p)
	w.unpacked += int64(n)
	return n, err
}

// gap is what comes between two words.
type gap int

const (
	joined gap = iota
	spaced
	tabbed
	lined
	parted // by an empty line
)

// prose gathers the text of a document. Gaps are due until the next word comes, the
// widest of them counting.
type prose struct {
	b        []byte
	due      gap
	max      int64
	cut      bool // the text came to more than max
	problems []Problem
	more     int // problems beyond those that are kept
}

// problemLimit is how many problems are told of one document.
const problemLimit = 100

func (p *prose) gap(g gap) { p.due = max(p.due, g) }

// cell ends a cell of a table, whatever broke the lines within it.
func (p *prose) cell() { p.due = tabbed }

func (p *prose) text(s string) {
	if s == "" || p.due > joined && strings.TrimSpace(s) == "" {
		return
	}
	if strings.ContainsAny(s, "\r\x00") {
		s = cleanText.Replace(s)
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if int64(len(p.b)+len(s)) > p.max {
		room := int(p.max) - len(p.b)
		s, p.cut = strings.ToValidUTF8(s[:max(0, room)], ""), true
	}
	if len(p.b) > 0 {
		p.b = append(p.b, [...]string{"", " ", "\t", "\n", "\n\n"}[p.due]...)
	}
	p.due = joined
	p.b = append(p.b, s...)
}

// mark is a place in the text that one may go back to.
type mark struct {
	at  int
	due gap
}

func (p *prose) mark() mark { return mark{len(p.b), p.due} }

func (p *prose) back(m mark) {
	if m.at <= len(p.b) {
		p.b, p.due = p.b[:m.at], m.due
	}
}

// since is the text since a mark.
func (p *prose) since(m mark) string {
	return strings.TrimSpace(string(p.b[min(m.at, len(p.b)):]))
}

// line is a line of its own, for what documents keep beside their text.
func (p *prose) line(name, value string) {
	if strings.TrimSpace(value) == "" {
		return
	}
	p.gap(lined)
	p.text(name + ": " + value)
	p.gap(lined)
}

func (p *prose) String() string { return strings.TrimRight(string(p.b), " \t\n") }

func (p *prose) problem(q Problem) {
	if len(p.problems) < problemLimit {
		p.problems = append(p.problems, q)
		return
	}
	p.more++
	p.problems[problemLimit-1] = Problem{Lost: true, Why: fmt.Sprintf("%d problems more, not all told", p.more+1)}
}

func (p *prose) lost(where, why string) { p.problem(Problem{Where: where, Why: why, Lost: true}) }
func (p *prose) note(where, why string) { p.problem(Problem{Where: where, Why: why}) }

var cleanText = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD")
