package find

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"tenet/internal/datamap"
)

// Sizes of the picture, in its own units.
const (
	boxWide, boxHigh  = 232, 58
	stepAcross        = boxWide + 70
	stepDown          = boxHigh + 18
	margin, headHigh  = 24, 44
	mostLabel         = 28 // letters that fit in a box
	background, paper = "#ffffff", "#f3f2f1"
)

// box is a table in the picture, or one of the others.
type box struct {
	title, words string
	line         string // how its border is drawn
	x, y         int
	above        *box
	dashed       bool // its line to the box above
}

// SVG draws the answer as a graph: the person's own records, what hangs below them by
// table, with how many rows and whose, what only names or describes, and the others
// to whom the person is tied. It names nobody unless names is set. Whose a thing is
// shows in words and in how the border is drawn, so that it reads without colours.
func (a *Answer) SVG(w io.Writer, names bool) error {
	boxes, columns := a.boxes(names)
	rows := 0
	for _, n := range columns {
		rows = max(rows, n)
	}
	width, height := 2*margin+len(columns)*stepAcross-(stepAcross-boxWide), 2*margin+headHigh+rows*stepDown
	out := bufio.NewWriter(w)
	name := "one person"
	if names && a.Person.Name != "" {
		name = a.Person.Name
	}
	title := "What is held about " + name
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="title desc" font-family="Arial, sans-serif" font-size="14">`+"\n", width, height)
	fmt.Fprintf(out, "<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n", escape(title), escape(a.inWords(boxes)))
	fmt.Fprintf(out, `<rect width="%d" height="%d" fill="%s"/>`+"\n", width, height, background)
	fmt.Fprintf(out, `<text x="%d" y="%d" font-size="19" font-weight="bold" fill="#0b0c0c">%s</text>`+"\n", margin, margin+16, escape(title))
	for _, b := range boxes {
		if b.above == nil {
			continue
		}
		dash := ""
		if b.dashed {
			dash = ` stroke-dasharray="3 5"`
		}
		x1, y1, x2, y2 := b.above.x+boxWide, b.above.y+boxHigh/2, b.x, b.y+boxHigh/2
		fmt.Fprintf(out, `<path d="M%d %d C%d %d %d %d %d %d" fill="none" stroke="#505a5f" stroke-width="1.5"%s/>`+"\n", x1, y1, (x1+x2)/2, y1, (x1+x2)/2, y2, x2, y2, dash)
	}
	for _, b := range boxes {
		fmt.Fprintf(out, `<rect x="%d" y="%d" width="%d" height="%d" rx="4" fill="%s" stroke="#0b0c0c" %s/>`+"\n", b.x, b.y, boxWide, boxHigh, paper, b.line)
		fmt.Fprintf(out, `<text x="%d" y="%d" font-weight="bold" fill="#0b0c0c">%s</text>`+"\n", b.x+12, b.y+24, escape(shorten(b.title)))
		fmt.Fprintf(out, `<text x="%d" y="%d" fill="#0b0c0c">%s</text>`+"\n", b.x+12, b.y+45, escape(shorten(b.words)))
	}
	fmt.Fprintln(out, "</svg>")
	return out.Flush()
}

// borders say whose a thing is without a colour, the strongest first.
var borders = []struct {
	whose datamap.Whose
	line  string
}{
	{datamap.Shared, `stroke-width="2" stroke-dasharray="9 5"`},
	{datamap.Self, `stroke-width="3"`},
	{datamap.Mention, `stroke-width="2" stroke-dasharray="2 4"`},
	{datamap.Authored, `stroke-width="1" stroke-dasharray="12 3 2 3"`},
	{datamap.Reference, `stroke-width="1"`},
}

// boxes lays the tables out, in columns by how far they are from the person's own
// records; it gives how many boxes each column has.
func (a *Answer) boxes(names bool) ([]*box, []int) {
	type kind struct{ at, whose string }
	var boxes []*box
	var columns []int
	place := func(b *box, column int) {
		for len(columns) <= column {
			columns = append(columns, 0)
		}
		b.x, b.y = margin+column*stepAcross, margin+headHigh+columns[column]*stepDown
		columns[column]++
		boxes = append(boxes, b)
	}
	byPath, byKind, count := map[kind]*box{}, map[kind]*box{}, map[*box]int{}
	records := slices.Clone(a.Records)
	slices.SortStableFunc(records, func(x, y Record) int { return cmp.Compare(len(x.Path), len(y.Path)) })
	for _, r := range records {
		whose := whoseText(r.Whose)
		k := kind{r.Source + "." + r.Table, whose}
		b := byKind[k]
		if b == nil {
			b = &box{title: k.at, line: borders[len(borders)-1].line}
			for i := range borders {
				if r.Is(borders[i].whose) {
					b.line = borders[i].line
					break
				}
			}
			column := 0
			for n := len(r.Path) - 1; n > 0 && b.above == nil; n-- {
				above := strings.Join(r.Path[:n], "\x00")
				b.above = cmp.Or(byPath[kind{above, whose}], byPath[kind{at: above}])
			}
			if b.above != nil {
				column = (b.above.x-margin)/stepAcross + 1
			}
			b.dashed = r.Is(datamap.Reference)
			place(b, column)
			byKind[k] = b
		}
		path := strings.Join(r.Path, "\x00")
		for _, key := range []kind{{at: path}, {path, whose}} {
			if byPath[key] == nil {
				byPath[key] = b
			}
		}
		count[b]++
		b.words = fmt.Sprintf("%d, %s", count[b], whose)
	}
	for _, l := range a.Links {
		b := &box{title: "another person", words: string(l.Kind), line: `stroke-width="1" stroke-dasharray="1 3"`, dashed: true}
		if names && l.name != "" {
			b.title = l.name
		}
		if l.Since != "" {
			b.words += ", since " + l.Since[:min(10, len(l.Since))]
		}
		column := 1
		for _, r := range a.Records {
			if r.ID() == l.In {
				b.above = byKind[kind{r.Source + "." + r.Table, whoseText(r.Whose)}]
				column = (b.above.x-margin)/stepAcross + 1
			}
		}
		if b.above == nil && len(boxes) > 0 {
			b.above = boxes[0]
		}
		place(b, column)
	}
	return boxes, columns
}

// inWords is the picture for who cannot see it.
func (a *Answer) inWords(boxes []*box) string {
	var parts []string
	for _, b := range boxes {
		s := b.title + ": " + b.words
		if b.above != nil {
			s += ", under " + b.above.title
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "; ") + ". Thick borders: the person's own. Dashed: shared. Dotted: names the person only, or another person. Thin: describes something, and is nobody's."
}

func whoseText(whose []datamap.Whose) string {
	var out []string
	for _, w := range whose {
		out = append(out, string(w))
	}
	return strings.Join(out, " and ")
}

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= mostLabel {
		return s
	}
	return string([]rune(s)[:mostLabel-1]) + "…"
}

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
