package notice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Pos is where something stands in the folder. Line and Column count from 1;
// zero means the whole file.
type Pos struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String gives the position as editors and terminals link it: file:line:column.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problem is one reason why a folder cannot be used as it stands.
type Problem struct {
	Pos
	Field string `json:"field,omitempty"` // path within the file: uses[run-tenancies].basis
	What  string `json:"what"`            // what is wrong
	Mend  string `json:"mend"`            // what to do about it
}

// Error says where, what and how to mend it, on one line.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Pos.String())
	b.WriteString(": ")
	if p.Field != "" {
		b.WriteString(p.Field)
		b.WriteString(": ")
	}
	b.WriteString(p.What)
	if p.Mend != "" {
		b.WriteString("; ")
		b.WriteString(p.Mend)
	}
	return b.String()
}

// Invalid is the error of a folder with problems: all that were found, in the
// order of the folder, up to maxProblems.
type Invalid struct {
	Problems []Problem `json:"problems"`
	More     int       `json:"more,omitempty"` // problems beyond those listed
}

// Error lists the problems, one a line.
func (e *Invalid) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the notice has %s:", plural(len(e.Problems)+e.More, "problem"))
	for _, p := range e.Problems {
		b.WriteString("\n  ")
		b.WriteString(p.Error())
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\n  and %d more", e.More)
	}
	return b.String()
}

// Unwrap gives the problems one by one, for errors.As.
func (e *Invalid) Unwrap() []error {
	errs := make([]error, len(e.Problems))
	for i, p := range e.Problems {
		errs[i] = p
	}
	return errs
}

// maxProblems bounds what a hostile folder can make us say.
const maxProblems = 200

// problems collects while a folder is read.
type problems struct {
	list []Problem
	more int
}

func (ps *problems) add(at Pos, field, what, mend string) {
	if ps.full() {
		ps.more++
		return
	}
	ps.list = append(ps.list, Problem{Pos: at, Field: field, What: what, Mend: mend})
}

// full reports that no more will be listed, so that finding the best mend for
// one more is work for nothing.
func (ps *problems) full() bool { return len(ps.list) == maxProblems }

func (ps *problems) err() error {
	if len(ps.list) == 0 {
		return nil
	}
	slices.SortStableFunc(ps.list, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(placeOf(a.File), placeOf(b.File)),
			cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
	return &Invalid{Problems: ps.list, More: ps.more}
}

// nearest is the word of those allowed that was most likely meant, or "".
func nearest(word string, allowed []string) string {
	best, least := "", len(word)/3+2
	for _, a := range allowed {
		if d := distance(word, a); d < least {
			best, least = a, d
		}
	}
	return best
}

// distance is how many letters must be changed, added, dropped or swapped with
// a neighbour to make b of a.
func distance(a, b string) int {
	if len(a) > maxID || len(b) > maxID {
		return max(len(a), len(b))
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}

// DidYouMean is the mend for a word that is not one of those there are: the nearest of
// them, and which they are.
func DidYouMean(word string, allowed []string) string { return didYouMean(word, allowed) }

// didYouMean is the mend for a word that is not one of those allowed.
func didYouMean(word string, allowed []string) string {
	list := quoteList(allowed)
	if n := nearest(word, allowed); n != "" {
		return fmt.Sprintf("did you mean %s? (%s)", quote(n), list)
	}
	return "use one of " + list
}

// quote marks a word from the folder, cut to a length fit for a terminal.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return "“" + s + "”"
}

// quoteList names what is allowed, the first few of them.
func quoteList(words []string) string {
	const most = 15
	if len(words) > most {
		return strings.Join(words[:most], ", ") + fmt.Sprintf(" and %d more", len(words)-most)
	}
	return strings.Join(words, ", ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
