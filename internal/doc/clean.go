package doc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// Cut is one stretch of a text that is to go.
type Cut struct {
	Start, End int    // byte offsets in the text
	Label      string // what stands in its place where the copy is text: "[Person 3]"
	Kind       string // by which the Report counts it: "PERSON"
}

// Cleaner makes copies of documents from which something has gone. A copy is
// always a new document, into which what may stay is written: nothing of the original's
// file is carried over, so that what is not known of cannot come along. It is read again, by
// other ways than it was written, before it is handed over.
type Cleaner struct {
	Limits Limits
	// OCR finds the words of pictures. Where it is nil, pictures and scanned pages are withheld whole.
	OCR *OCR
	// Find says what is to go from a text: cuts in their order, none overlapping. It is given everything that
	// the copy will say, names of files and sheets included, and where it stands; text that
	// stands together comes together, paragraphs and rows parted by "\n", cells by "\t".
	Find func(where, text string) ([]Cut, error)
	// Prove looks through what goes out for what was taken out, and fails where it is
	// still to be found. Nothing is handed over without it.
	Prove func(output []byte, gone []string) error
	// Reset sets the pages of a PDF anew, as lines of text with labels in them, so that no width tells how long a
	// name was. Otherwise they are drawn again, with bars.
	Reset bool
	// Regions go whatever stands in them. A document that has no pages to have regions on, and is no picture, is refused
	// with them.
	Regions []Region
	// Progress is told of pages and parts as they are done; it may be nil.
	Progress func(where string)
}

// Report is an account of one copy. It gives away nothing of what was taken out, save through Gone.
type Report struct {
	Type   string         `json:"type"`  // media type of the copy
	Ext    string         `json:"ext"`   // the ending of its name, with the dot
	Name   string         `json:"name"`  // the name given, cleaned like any other text, with that ending
	Cuts   map[string]int `json:"cuts"`  // how often each Kind was taken out
	Pages  int            `json:"pages"` // drawn again, of PDFs
	Kept   []Act          `json:"kept"`  // what is in the copy
	Losses []Act          `json:"not_kept"`
	Proven int64          `json:"proven_bytes"` // read again and searched, unpacked
	gone   []string
}

// Act is what was done with one part of a document.
type Act struct {
	Where string `json:"where,omitempty"`
	What  string `json:"what"`
}

// Gone are the texts that were taken out, each once, for a proof over whatever
// else is handed over with the copy. They must reach no output.
func (r *Report) Gone() []string { return slices.Clone(r.gone) }

// ErrLeak is wrapped by the error of Clean where the copy still holds what was to go.
var ErrLeak = errors.New("the clean copy still holds something that was to go")

// actLimit is how many acts of one kind a Report tells of.
const actLimit = 1000

// Clean writes to w a copy of the document without what Find says is to go. Nothing is
// written unless the copy has been read again and proven. Its type may be another: a message
// of Outlook comes out as Internet mail. The error for a type that cannot be copied
// wraps ErrUnsupported; no error quotes the document.
func (c *Cleaner) Clean(ctx context.Context, r io.Reader, name string, w io.Writer) (*Report, error) {
	if c.Find == nil || c.Prove == nil {
		return nil, errors.New("clean copy: no Find or no Prove was given, without which nothing is taken out or proven")
	}
	l := c.Limits.withDefaults()
	data, over, err := readAll(r, l.Bytes)
	switch {
	case err != nil:
		return nil, err
	case over:
		return nil, fmt.Errorf("longer than the limit of %s bytes: split it", Thousands(l.Bytes))
	}
	ctx, cancel := context.WithTimeout(ctx, l.Time)
	defer cancel()
	k := &cleaning{
		reading: &reading{ctx: ctx, limits: l, ocr: c.OCR, packed: int64(len(data))},
		Cleaner: c, report: &Report{Cuts: map[string]int{}}, seen: map[string]bool{},
	}
	out, err := k.copy(data, name, "")
	if err == nil {
		err = k.spent()
	}
	if err != nil {
		return nil, err
	}
	k.report.Type, k.report.Ext = out.media, out.ext
	if k.report.Name, err = k.name("the file's name", name, out.ext); err != nil {
		return nil, err
	}
	if err := k.verify(out); err != nil {
		return nil, err
	}
	if _, err := w.Write(out.data); err != nil {
		return nil, fmt.Errorf("write the clean copy: %w", err)
	}
	return k.report, nil
}

// cleaning is the work on one copy and on the copies within it.
type cleaning struct {
	*reading
	*Cleaner
	report *Report
	seen   map[string]bool // what stands in report.gone
}

// copied is a new document.
type copied struct {
	data       []byte
	media, ext string
}

// copy makes the new document of one, the outermost or one within it.
func (k *cleaning) copy(data []byte, name, declared string) (out copied, err error) {
	if err := k.spent(); err != nil {
		return out, err
	}
	if k.depth > k.limits.Archives {
		return out, fmt.Errorf("%d documents deep within another, over the limit", k.depth)
	}
	k.depth++
	defer func() { k.depth-- }()
	t, _ := kindOf(data, name, declared)
	switch {
	case k.depth == 1 && len(k.Regions) > 0 && t != typePDF && !drawable[t]:
		return out, errors.New("regions were chosen on it, and it has no pages to be drawn again: withhold by words instead, or save it as PDF")
	case len(data) == 0 && signed(t):
		return out, errors.New("the file is empty")
	case t == "message/rfc822":
		return k.mailCopy(ReadMail(strings.NewReader(string(data)), k.limits))
	case t == typeMSG:
		m, err := readMSG(data, k.limits)
		if err != nil {
			return out, err
		}
		return k.mailCopy(m)
	case t == "text/html" || t == "application/xhtml+xml":
		return k.htmlCopy(data)
	case t == "text/csv" || t == "text/tab-separated-values":
		return k.csvCopy(data, t)
	case t == typeDOCX, t == typePPTX, t == typeXLSX:
		return k.officeCopy(data, t)
	case t == typeODT, t == typeODS, t == typeODP:
		return k.odfCopy(data)
	case t == typeRTF:
		return k.rtfCopy(data)
	case t == typePDF:
		return k.pdfCopy(data)
	case t == typeZip:
		return k.zipCopy(data)
	case drawable[t]:
		return k.pictureCopy(data)
	case readable(t) && t != "image/svg+xml": // a drawing, whose words may be broken over many elements
		return k.textCopy(data, name, t)
	}
	switch {
	case strings.HasPrefix(t, "image/"):
		return out, fmt.Errorf("%w: a picture of this kind; save it as .png or .jpg", ErrUnsupported)
	case words[t] == "":
		return out, fmt.Errorf("%w: no clean copy can be made of its kind", ErrUnsupported) // what was declared of it may say anything
	}
	return out, fmt.Errorf("%w: %s", ErrUnsupported, describe(t))
}

// inner makes the copy of a document within another. What cannot be copied is left out, and said.
func (k *cleaning) inner(where string, data []byte, name, declared string) (copied, string, bool) {
	out, err := k.copy(data, name, declared)
	if err == nil {
		name, err = k.name("the name of "+where, name, out.ext)
	}
	if err != nil {
		k.drop(where, err.Error())
		return copied{}, "", false
	}
	k.keep(where, "a copy as "+out.media)
	return out, name, true
}

// name is the name of a document, cleaned, with the ending of its copy.
func (k *cleaning) name(where, name, ext string) (string, error) {
	name = path.Base(label(name))
	if name == "." || name == "/" {
		name = "document"
	}
	if old := path.Ext(name); !strings.EqualFold(old, ext) && types[strings.ToLower(old)] != "" {
		name = strings.TrimSuffix(name, old)
	}
	name = strings.TrimSuffix(name, path.Ext(name)) + ext
	// Underscores and the like part the words of a name as blanks do.
	stem := strings.TrimSuffix(name, ext)
	var p passage
	p.add("", strings.Map(func(r rune) rune {
		if strings.ContainsRune("_-.+", r) {
			return ' '
		}
		return r
	}, stem))
	spaced, err := k.clean(where, &p)
	if err != nil {
		return "", err
	}
	if spaced[0] != p.b.String() {
		stem = spaced[0]
	}
	return stem + ext, nil
}

func (k *cleaning) keep(where, what string) {
	if len(k.report.Kept) < actLimit {
		k.report.Kept = append(k.report.Kept, Act{where, what})
	}
}

func (k *cleaning) drop(where, what string) {
	if len(k.report.Losses) < actLimit {
		k.report.Losses = append(k.report.Losses, Act{where, what})
	}
}

func (k *cleaning) step(where string) {
	if k.Progress != nil {
		k.Progress(where)
	}
}

// passage is a text in pieces: it is looked through as a whole, and cut piece by piece.
type passage struct {
	b      strings.Builder
	pieces [][2]int
}

// add adds a piece after a separator, which is none of it.
func (p *passage) add(sep, piece string) {
	if p.b.Len() > 0 {
		p.b.WriteString(sep)
	}
	start := p.b.Len()
	p.b.WriteString(piece)
	p.pieces = append(p.pieces, [2]int{start, p.b.Len()})
}

// find is Find, held to what it promises.
func (k *cleaning) find(where, text string) ([]Cut, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	cuts, err := k.Find(where, text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	end := 0
	for i, c := range cuts {
		if c.Start < end || c.End <= c.Start || c.End > len(text) {
			return nil, fmt.Errorf("%s: cut %d of %d (bytes %d to %d) does not fit a text of %d bytes", where, i+1, len(cuts), c.Start, c.End, len(text))
		}
		end = c.End
		k.report.Cuts[c.Kind]++
		if s := strings.TrimSpace(text[c.Start:c.End]); s != "" && !k.seen[s] {
			k.seen[s] = true
			k.report.gone = append(k.report.gone, s)
		}
	}
	return cuts, nil
}

// clean gives the pieces of a passage without what is to go. A cut over several pieces has
// its label in the first.
func (k *cleaning) clean(where string, p *passage) ([]string, error) {
	text := p.b.String()
	if int64(len(text)) > k.limits.Text {
		return nil, fmt.Errorf("%s: its text is longer than the limit of %s bytes: split it", where, Thousands(k.limits.Text))
	}
	cuts, err := k.find(where, text)
	if err != nil {
		return nil, err
	}
	return p.without(cuts), nil
}

// without gives the pieces without the cuts.
func (p *passage) without(cuts []Cut) []string {
	text := p.b.String()
	out := make([]string, len(p.pieces))
	next, labelled := 0, -1
	for i, at := range p.pieces {
		for next < len(cuts) && cuts[next].End <= at[0] {
			next++
		}
		var b strings.Builder
		from := at[0]
		for c := next; c < len(cuts) && cuts[c].Start < at[1]; c++ {
			b.WriteString(text[from:max(from, cuts[c].Start)])
			if labelled < c {
				b.WriteString(cuts[c].Label)
				labelled = c
			}
			from = min(cuts[c].End, at[1])
		}
		b.WriteString(text[from:at[1]])
		out[i] = b.String()
	}
	return out
}
