package detect

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Shape is what one kind of a landlord's own references looks like. The zero Shape finds nothing.
type Shape struct {
	title string
	whole *regexp.Regexp // at the beginning of what it is given
	first [256]bool      // the bytes that a match may begin with
	most  int            // bytes of the longest match
}

// The bounds of a pattern, so that none makes reading a text slow.
const (
	mostLetters = 40
	mostSteps   = 400 // of the compiled program
)

// NewShape compiles a pattern that a landlord gave: RE2 syntax, without anchors. It must be bounded (no *, no +, no {2,}),
// 3 to 40 letters long, and hold a digit in everything it matches, so that it never takes ordinary words. A reference is
// found where it stands by itself: not as a part of a longer word or number. title is what the number is called.
func NewShape(title, pattern string) (Shape, error) {
	fail := func(err error) (Shape, error) {
		return Shape{}, fmt.Errorf("the pattern of the reference %s: %w", strconv.Quote(title), err)
	}
	if len(pattern) > 1000 {
		return fail(errors.New("it is over 1000 bytes long"))
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return fail(err) // names the place in the pattern
	}
	fewest, most, err := lengths(tree)
	switch {
	case err != nil:
		return fail(err)
	case fewest < 3 || most > mostLetters:
		return fail(fmt.Errorf("it matches %d to %d letters; give it at least 3 and at most %d", fewest, most, mostLetters))
	case !holdsDigit(tree):
		return fail(errors.New("it may match words without a digit; make one part of it a digit"))
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return fail(err)
	}
	if len(program.Inst) > mostSteps {
		return fail(fmt.Errorf("it takes %d steps, and may take %d: make it simpler", len(program.Inst), mostSteps))
	}
	whole, err := regexp.Compile(`\A(?:` + pattern + `)`)
	if err != nil {
		return fail(err)
	}
	whole.Longest()
	s := Shape{title: title, whole: whole, most: most * utf8.UTFMax}
	begins(program, program.Start, &s.first, make(map[int]bool))
	return s, nil
}

// lengths gives the fewest and the most letters that an expression matches.
func lengths(re *syntax.Regexp) (fewest, most int, err error) {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText:
		return 0, 0, errors.New("leave out ^ and $: references stand inside a text")
	case syntax.OpStar, syntax.OpPlus:
		return 0, 0, errors.New("it has no end: write {1,8} for + and {0,8} for *")
	case syntax.OpRepeat:
		if re.Max < 0 {
			return 0, 0, errors.New("it has no end: give {2,} a second number")
		}
	case syntax.OpLiteral:
		return len(re.Rune), len(re.Rune), nil
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, 1, nil
	}
	for i, sub := range re.Sub {
		f, m, err := lengths(sub)
		if err != nil {
			return 0, 0, err
		}
		switch re.Op {
		case syntax.OpAlternate:
			if i == 0 || f < fewest {
				fewest = f
			}
			most = max(most, m)
		case syntax.OpQuest:
			most += m
		case syntax.OpRepeat:
			fewest, most = f*re.Min, m*re.Max
		default:
			fewest, most = fewest+f, most+m
		}
		most = min(most, 1<<20) // repeats of repeats
		fewest = min(fewest, 1<<20)
	}
	return fewest, most, nil
}

// holdsDigit reports whether everything that an expression matches has a digit of ASCII in it.
func holdsDigit(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if '0' <= r && r <= '9' {
				return true
			}
		}
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			if re.Rune[i] < '0' || re.Rune[i+1] > '9' {
				return false
			}
		}
		return len(re.Rune) > 0
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			if holdsDigit(sub) {
				return true
			}
		}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if !holdsDigit(sub) {
				return false
			}
		}
		return true
	case syntax.OpRepeat:
		return re.Min > 0 && holdsDigit(re.Sub[0])
	}
	return false
}

// begins collects the bytes that a match of the program may begin with, from one instruction on.
func begins(p *syntax.Prog, at int, first *[256]bool, seen map[int]bool) {
	pc := uint32(at)
	if seen[at] {
		return
	}
	seen[at] = true
	switch inst := &p.Inst[pc]; inst.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		begins(p, int(inst.Out), first, seen)
		begins(p, int(inst.Arg), first, seen)
	case syntax.InstCapture, syntax.InstEmptyWidth, syntax.InstNop:
		begins(p, int(inst.Out), first, seen)
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		for c := range first {
			if c >= utf8.RuneSelf || inst.MatchRune(rune(c)) {
				first[c] = true
			}
		}
	}
}

// find adds the references of this shape in text to spans.
func (s *Shape) find(text string, spans []Span) []Span {
	if s.whole == nil {
		return spans
	}
	digit := -1 // the first at or after i; len(text) when there is none
	for i := 0; i < len(text); {
		if !s.first[text[i]] {
			i++
			continue
		}
		for digit < i || digit < len(text) && !isDigit(text[digit]) {
			digit++
		}
		if digit-i >= s.most { // none near enough
			i = digit - s.most + 1
			continue
		}
		end := -1
		if (i == 0 || !letterOrDigit(utf8.DecodeLastRuneInString(text[:i]))) && utf8.RuneStart(text[i]) {
			stop := min(len(text), i+s.most)
			for stop < len(text) && !utf8.RuneStart(text[stop]) {
				stop++
			}
			if at := s.whole.FindStringIndex(text[i:stop]); at != nil && atBoundary(text, i+at[1]) {
				end = i + at[1]
			}
		}
		if end <= i {
			i++
			continue
		}
		spans = append(spans, Span{Start: i, End: end, Type: Reference, Score: 0.9, Why: "has the shape of the landlord's " + s.title})
		i = end
	}
	return spans
}

func letterOrDigit(r rune, _ int) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
