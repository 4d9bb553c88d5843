package pack

import (
	"strings"
	"unicode/utf8"
)

// style is how a run of text looks.
type style uint8

const (
	bold style = 1 << iota
	soft
	stamped // white on black, of one width whatever it stands for
	missing // in the place of what cannot be set
	marked  // left out of the answer, in a reviewer's copy
)

// run is text of one look. A line feed in it begins a new line.
type run struct {
	text  string
	style style
	href  string // where it leads; may be empty
	lang  string // where it is another than that of what it stands in
}

// piece is what stands on a line in one look, at x from the line's start.
type piece struct {
	run
	x, width float64
}

// setLine is one line of pieces.
type setLine []piece

// stampWidth is the width of every stamp, for a size of 1: it gives away nothing.
const stampWidth = 6.4

// advance is the width of a text in a style, for a size of 1.
func (s *sheet) advance(text string, st style) float64 {
	switch {
	case st&stamped != 0:
		return stampWidth
	case st&bold != 0:
		return s.faces[1].width(text)
	}
	return s.faces[0].width(text)
}

// wrap sets runs in lines no wider than width. It breaks at spaces and line
// feeds, and a word that is wider than a whole line where it must.
func (s *sheet) wrap(runs []run, size, width float64) []setLine {
	w := wrapper{sheet: s, size: size, width: width}
	for _, r := range runs {
		if r.style&stamped != 0 {
			w.word = append(w.word, r)
			continue
		}
		for _, p := range settable(s.faces, r.text) {
			part := r
			if part.text = p.text; p.missing {
				part.style |= missing
				s.lacking = true
			}
			w.add(part)
		}
	}
	w.endWord()
	w.endLine()
	if n := len(w.lines); n > 0 && len(w.lines[n-1]) == 0 {
		w.lines = w.lines[:n-1]
	}
	return w.lines
}

// wrapper is the state of wrap.
type wrapper struct {
	*sheet
	size, width float64
	lines       []setLine
	line        setLine
	x           float64
	gap         run // the spaces before the word
	word        []run
}

func (w *wrapper) add(r run) {
	for r.text != "" {
		i := strings.IndexAny(r.text, " \n")
		if i < 0 {
			w.word = append(w.word, r)
			return
		}
		if i > 0 {
			w.word = append(w.word, run{r.text[:i], r.style, r.href, r.lang})
		}
		w.endWord()
		if r.text[i] == '\n' {
			w.endLine()
			r.text = r.text[i+1:]
			continue
		}
		n := i
		for n < len(r.text) && r.text[n] == ' ' {
			n++
		}
		if w.gap.text == "" {
			w.gap = run{r.text[i:n], r.style &^ (stamped | missing), r.href, r.lang}
		} else {
			w.gap.text += r.text[i:n]
		}
		r.text = r.text[n:]
	}
}

// endWord puts the word that is gathered on this line or the next.
func (w *wrapper) endWord() {
	if len(w.word) == 0 {
		return
	}
	total := 0.0
	for _, r := range w.word {
		total += w.size * w.advance(r.text, r.style)
	}
	gap := w.size * w.advance(w.gap.text, w.gap.style)
	switch {
	case len(w.line) > 0 && w.x+gap+total > w.width:
		w.part()
		w.endLine()
	case gap > 0 && gap+total <= w.width: // Spaces at the start of a line that the text itself begins stay.
		w.put(w.gap, gap)
	}
	w.gap = run{}
	for _, r := range w.word {
		if total > w.width && r.style&stamped == 0 {
			w.cut(r)
			continue
		}
		w.put(r, w.size*w.advance(r.text, r.style))
	}
	w.word = w.word[:0]
}

// part ends the line with the space that stood there, which nobody sees: without it whoever
// has the text read would hear two words as one.
func (w *wrapper) part() {
	if last := &w.line[len(w.line)-1]; w.gap.text != "" && last.style&stamped == 0 {
		last.text += " "
	}
}

// cut puts a part of a word that is wider than a line, on as many as it takes. An address
// is parted after one of its signs, where there is one.
func (w *wrapper) cut(r run) {
	for r.text != "" {
		n, x := 0, 0.0
		for n < len(r.text) {
			_, size := utf8.DecodeRuneInString(r.text[n:])
			step := w.size * w.advance(r.text[n:n+size], r.style)
			if w.x+x+step > w.width && (n > 0 || len(w.line) > 0) {
				break
			}
			n, x = n+size, x+step
		}
		if at := strings.LastIndexAny(r.text[:n], "/@.-_?&=") + 1; at > 0 && n < len(r.text) {
			n, x = at, w.size*w.advance(r.text[:at], r.style)
		}
		if n > 0 {
			w.put(run{r.text[:n], r.style, r.href, r.lang}, x)
		}
		if r.text = r.text[n:]; r.text != "" {
			w.endLine()
		}
	}
}

// put places a run at the end of the line, joined to what it is like.
func (w *wrapper) put(r run, width float64) {
	if n := len(w.line) - 1; n >= 0 && w.line[n].style == r.style && w.line[n].href == r.href && w.line[n].lang == r.lang && r.style&stamped == 0 {
		w.line[n].text += r.text
		w.line[n].width += width
	} else {
		w.line = append(w.line, piece{r, w.x, width})
	}
	w.x += width
}

func (w *wrapper) endLine() {
	w.lines = append(w.lines, w.line)
	w.line, w.x, w.gap = nil, 0, run{}
}
