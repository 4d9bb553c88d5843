package notice

import (
	"slices"
	"strings"
)

// alternatives are the sets of facts of which one has to hold whole for a condition to
// hold. Facts are told apart by how they are written, and what stands under a ! is one
// fact: it is what can be read off two conditions, and no more.
func (e Expression) alternatives() [][]string {
	text := strings.Join(strings.Fields(string(e)), "")
	if text == "" {
		return [][]string{{}} // which holds always
	}
	return ways(text)
}

// mostWays bounds the alternatives that are written out: a condition of more is taken for
// one fact.
const mostWays = 64

func ways(text string) [][]string {
	for enclosed(text) {
		text = text[1 : len(text)-1]
	}
	if parts := outside(text, "||"); len(parts) > 1 {
		var out [][]string
		for _, p := range parts {
			out = append(out, ways(p)...)
		}
		if len(out) > mostWays {
			return [][]string{{text}}
		}
		return out
	}
	parts := outside(text, "&&")
	if len(parts) == 1 {
		return [][]string{{text}}
	}
	out := [][]string{{}}
	for _, p := range parts {
		var next [][]string
		for _, way := range ways(p) {
			for _, before := range out {
				next = append(next, append(slices.Clone(before), way...))
			}
		}
		if out = next; len(out) > mostWays {
			return [][]string{{text}}
		}
	}
	return out
}

// enclosed reports whether the first bracket is closed by the last.
func enclosed(text string) bool {
	return len(text) > 1 && text[0] == '(' && text[len(text)-1] == ')' && len(outside(text[1:len(text)-1], ")")) == 1
}

// outside cuts a text at what stands in no bracket of it.
func outside(text, at string) []string {
	var out []string
	from, open := 0, 0
	for i := 0; i < len(text); i++ {
		switch {
		case open == 0 && strings.HasPrefix(text[i:], at):
			out = append(out, text[from:i])
			from = i + len(at)
			i = from - 1
		case text[i] == '(':
			open++
		case text[i] == ')':
			open--
		}
	}
	return append(out, text[from:])
}

// implies reports whether a condition can be seen to hold only where another holds too:
// each way in which it does has all that some way of the other asks for.
func (e Expression) implies(other Expression) bool {
	looser := other.alternatives()
	return !slices.ContainsFunc(e.alternatives(), func(way []string) bool {
		return !slices.ContainsFunc(looser, func(less []string) bool {
			return !slices.ContainsFunc(less, func(fact string) bool { return !slices.Contains(way, fact) })
		})
	})
}

// moved is what another condition does in the place of one: it narrows what is allowed,
// widens it, does both or neither as far as can be read off (which the log can tell), or
// nothing.
func moved(old, new Expression) ChangeKind {
	switch narrower, wider := new.implies(old), old.implies(new); {
	case narrower && wider:
		return ""
	case narrower:
		return Narrows
	case wider:
		return Widens
	}
	return MovesCondition
}
