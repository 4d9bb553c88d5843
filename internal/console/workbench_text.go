package console

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"tenet/internal/web"
)

// How much of one document a page shows: a letter fits, and an export of two
// megabytes in a single line is shown a part at a time.
const (
	partPoints  = 8000 // code points of text
	partSpans   = 40
	pieceCost   = 50   // code points that a piece counts for besides its text
	spanShown   = 2000 // code points of one span; of a longer one the middle is left out
	breakWithin = 400  // how far back from the end of a part to look for a line or a word to end at
)

// cut is the part of a piece that one page shows, in code points.
type cut struct{ piece, from, to int }

// parts divides a document into what pages can show. No part ends within a span.
func parts(pieces []Piece) [][]cut {
	var all [][]cut
	var part []cut
	points, spans := 0, 0
	flush := func() {
		all = append(all, part)
		part, points, spans = nil, 0, 0
	}
	for i, p := range pieces {
		text, left := []rune(p.Text), p.Spans
		for at := 0; ; {
			if len(part) > 0 && (points+pieceCost >= partPoints || spans >= partSpans) {
				flush()
			}
			points += pieceCost
			end, taken := reach(text, left, at, partPoints-points, partSpans-spans)
			part = append(part, cut{i, at, end})
			points, spans, left = points+end-at, spans+taken, left[taken:]
			if at = end; at >= len(text) {
				break
			}
			flush()
		}
	}
	if len(part) > 0 || len(all) == 0 {
		flush()
	}
	return all
}

// reach is where a part that begins at a place may end, and how many of the spans
// that follow it holds.
func reach(text []rune, spans []Span, at, points, most int) (end, taken int) {
	end = min(at+points, len(text))
	if end < len(text) {
		end = breakBefore(text, at, end)
	}
	for _, s := range spans {
		switch {
		case s.Start >= end:
			return end, taken
		case taken == most, s.End > end && s.Start > at:
			return s.Start, taken
		case s.End > end:
			end = s.End // it alone is longer than a part
		}
		taken++
	}
	return end, taken
}

// breakBefore is the end of a line or else of a word, shortly before end; or end.
func breakBefore(text []rune, at, end int) int {
	word := end
	for i := end; i > max(at, end-breakWithin); i-- {
		if text[i-1] == '\n' {
			return i
		}
		if word == end && unicode.IsSpace(text[i-1]) {
			word = i
		}
	}
	return word
}

// whole says what is wrong with the spans of a document, which everything here
// relies on: in order, not overlapping, within their piece.
func whole(s Sheet) error {
	for _, p := range s.Pieces {
		at, n := 0, utf8.RuneCountInString(p.Text)
		for _, span := range p.Spans {
			if span.Start < at || span.End <= span.Start || span.End > n {
				return fmt.Errorf("document %s: span %s lies from %d to %d, after %d in a piece of %d", s.ID, span.ID, span.Start, span.End, at, n)
			}
			at = span.End
		}
	}
	return nil
}

// bit is a stretch of text as a page shows it.
type bit struct {
	Text string
	// Points is how many code points of the original are not shown as they stand:
	// Text says what they are. Zero where Text is the original itself.
	Points int
}

// run is text between marks, a mark, or a label in the copy.
type run struct {
	Bits  []bit
	Mark  *markView // nil outside marks
	Label bool      // stands in the copy in place of what was taken out
}

// passage is what one page shows of one piece.
type passage struct {
	Piece   string
	From    int    // the code point of the piece that it begins at
	Held    string // why nothing of it goes out
	Text    []run
	Copy    []run
	Loosely bool // the copy was cut by length: it may begin elsewhere than the text
}

// passageOf sets one part of a piece beside the same part of the copy. Marks are
// handed out by mark, in order.
func passageOf(p Piece, c cut, mark func(*Span, []bit) *markView) passage {
	text := []rune(p.Text)
	out := passage{Piece: p.Name, From: c.from, Held: p.Held}
	at := c.from
	for i := range p.Spans {
		s := &p.Spans[i]
		if s.Start < c.from || s.End > c.to {
			continue
		}
		if s.Start > at {
			out.Text = append(out.Text, run{Bits: bits(string(text[at:s.Start]))})
		}
		shown := shorten(text[s.Start:s.End])
		out.Text = append(out.Text, run{Bits: shown, Mark: mark(s, shown)})
		at = s.End
	}
	if at < c.to {
		out.Text = append(out.Text, run{Bits: bits(string(text[at:c.to]))})
	}
	if p.Held == "" {
		out.Copy, out.Loosely = copyOf(p, text, c)
	}
	return out
}

// copyOf is the part of the copy that stands for a part of the text. The copy is
// shown as it was handed to us: labels are told from text only where text and
// labels together give that very copy.
func copyOf(p Piece, text []rune, c cut) (runs []run, loosely bool) {
	for _, waitingIsOut := range []bool{true, false} {
		var all strings.Builder
		runs = nil
		at := 0
		say := func(from, to int) {
			all.WriteString(string(text[from:to]))
			if from, to = max(from, c.from), min(to, c.to); from < to {
				runs = append(runs, run{Bits: bits(string(text[from:to]))})
			}
		}
		for _, s := range p.Spans {
			if s.Action != "withhold" && (s.Action != "review" || !waitingIsOut) {
				continue
			}
			say(at, s.Start)
			all.WriteString(s.Label)
			if s.Start >= c.from && s.End <= c.to {
				runs = append(runs, run{Bits: bits(s.Label), Label: true})
			}
			at = s.End
		}
		say(at, len(text))
		if all.String() == p.Clean {
			return runs, false
		}
	}
	clean, n := []rune(p.Clean), max(len(text), 1)
	part := clean[len(clean)*c.from/n : len(clean)*c.to/n]
	if len(text) == 0 {
		part = clean
	}
	return []run{{Bits: bits(string(part))}}, len(part) < len(clean)
}

// shorten is the text of a span, without the middle of a very long one.
func shorten(text []rune) []bit {
	if len(text) <= spanShown {
		return bits(string(text))
	}
	const ends = spanShown / 4
	skipped := len(text) - 2*ends
	out := append(bits(string(text[:ends])), bit{"… " + web.Thousands(skipped) + " more characters …", skipped})
	return append(out, bits(string(text[len(text)-ends:]))...)
}

// bits names the characters that a page would not show, or that would change how
// the rest of it reads: what is hidden in a document must be seen by whoever
// decides about it.
func bits(s string) []bit {
	var out []bit
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			out = append(out, bit{Text: plain.String()})
			plain.Reset()
		}
	}
	for i, r := range s {
		switch {
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
			flush()
			out = append(out, bit{"", 1}) // a browser would make one of the two
		case unseen(r):
			flush()
			out = append(out, bit{fmt.Sprintf("U+%04X", r), 1})
		default:
			plain.WriteRune(r) // bytes that are no UTF-8 become U+FFFD, one each
		}
	}
	flush()
	return out
}

// unseen says whether a character has no shape of its own, and is not needed to
// write a language or an emoji as the joiners are.
func unseen(r rune) bool {
	switch {
	case r == '\n', r == '\t', r == '\u200c', r == '\u200d':
		return false
	case r == '\u2028', r == '\u2029':
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf)
}

// seen is bits as plain text, for places without marks.
func seen(s string) string {
	var b strings.Builder
	for _, x := range bits(s) {
		if b.WriteString(x.Text); x.Points > 0 && x.Text != "" {
			b.WriteByte(' ')
		}
	}
	return b.String()
}
