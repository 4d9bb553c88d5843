package rule

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/notice"
)

// Condition is a condition of a notice, read: facts put together with !, && and ||,
// and brackets. && binds more tightly than ||.
type Condition struct{ root node }

// node is a part of a condition.
type node struct {
	op             byte // '&', '|', '!', or 'f' for a fact
	kids           []node
	subject, state string
}

// mostCondition bounds a condition, in bytes, and with it how deep it can nest.
const mostCondition = 1000

// ParseCondition reads a condition. The empty one holds always.
func ParseCondition(e notice.Expression) (Condition, error) {
	text := string(e)
	if strings.TrimSpace(text) == "" {
		return Condition{node{op: '&'}}, nil
	}
	if len(text) > mostCondition {
		return Condition{}, fmt.Errorf("the condition is longer than %d letters: give it in parts", mostCondition)
	}
	p := parser{rest: text}
	n, err := p.either()
	if err == nil {
		if p.space(); p.rest != "" {
			err = p.fault("&& or ||")
		}
	}
	if err != nil {
		return Condition{}, fmt.Errorf("the condition %.80q: %w", text, err)
	}
	return Condition{n}, nil
}

type parser struct{ rest string }

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " ") }

func (p *parser) takes(what string) (ok bool) {
	p.space()
	p.rest, ok = strings.CutPrefix(p.rest, what)
	return ok
}

func (p *parser) fault(want string) error {
	if p.rest == "" {
		return fmt.Errorf("%s is missing at its end", want)
	}
	return fmt.Errorf("at %.20q, %s is wanted; a condition is facts such as tenancy.new with !, &&, || and brackets", p.rest, want)
}

func (p *parser) either() (node, error) { return p.list('|', "||", p.both) }

func (p *parser) both() (node, error) { return p.list('&', "&&", p.one) }

func (p *parser) list(op byte, word string, next func() (node, error)) (node, error) {
	n, err := next()
	if err != nil {
		return n, err
	}
	all := node{op: op, kids: []node{n}}
	for p.takes(word) {
		if n, err = next(); err != nil {
			return n, err
		}
		all.kids = append(all.kids, n)
	}
	if len(all.kids) == 1 {
		return all.kids[0], nil
	}
	return all, nil
}

func (p *parser) one() (node, error) {
	if p.takes("!") {
		n, err := p.one()
		return node{op: '!', kids: []node{n}}, err
	}
	if p.takes("(") {
		n, err := p.either()
		if err == nil && !p.takes(")") {
			err = p.fault("a closing bracket")
		}
		return n, err
	}
	end := strings.IndexFunc(p.rest, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.'
	})
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	switch {
	case dotted.MatchString(word):
		what, is, _ := strings.Cut(word, ".")
		p.rest = p.rest[end:]
		return node{op: 'f', subject: what, state: is}, nil
	case subject.MatchString(word):
		p.rest = p.rest[end:]
		return node{op: 'f', subject: word, state: "yes"}, nil
	}
	return node{}, p.fault("a fact such as tenancy.new")
}

// how is the way in which facts are read.
type how struct {
	facts Facts
	// closed takes what is not said for not so, as the examples of a notice do.
	closed bool
}

// Holds says whether the condition holds, and if that is not known, which facts
// would settle it.
//
// A subject that is said to be in another state is not in this one: a tenancy that
// has ended is not new. Two things are never concluded so. A reason to hold back is
// not absent because something else was said of its subject: with !person.objected,
// that the person is an adult says nothing. And how somebody asked can be mended: a
// request by telephone is not yet a request in writing, and may become one.
func (c Condition) Holds(f Facts) (Truth, []string) { return c.holds(how{facts: f}) }

func (c Condition) holds(h how) (Truth, []string) {
	t, open := c.root.eval(h, false)
	if t != Unknown {
		return t, nil
	}
	slices.Sort(open)
	return t, slices.Compact(open)
}

// mostCases bounds the facts of a condition for which every case is gone through.
const mostCases = 12

// canHold reports whether there is a case in which the condition holds: tenancy.new &&
// !tenancy.new has none. One of very many facts is taken to have one.
func (c Condition) canHold() bool {
	facts := c.root.facts(nil)
	if len(facts) > mostCases {
		return true
	}
	for set := range 1 << len(facts) {
		if c.root.in(func(fact string) bool { return set>>slices.Index(facts, fact)&1 == 1 }) {
			return true
		}
	}
	return false
}

// facts adds those of a part of a condition, each once.
func (n node) facts(all []string) []string {
	if n.op == 'f' {
		if f := n.subject + "." + n.state; !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	for _, k := range n.kids {
		all = k.facts(all)
	}
	return all
}

// in reports whether a part of a condition holds in a case, of which everything is known.
func (n node) in(is func(fact string) bool) bool {
	switch n.op {
	case 'f':
		return is(n.subject + "." + n.state)
	case '!':
		return !n.kids[0].in(is)
	case '|':
		return slices.ContainsFunc(n.kids, func(k node) bool { return k.in(is) })
	}
	return !slices.ContainsFunc(n.kids, func(k node) bool { return !k.in(is) })
}

func (n node) eval(h how, negated bool) (Truth, []string) {
	switch n.op {
	case '!':
		t, open := n.kids[0].eval(h, !negated)
		return not(t), open
	case 'f':
		return n.fact(h, negated)
	}
	// And is or, the other way round.
	settles, t := No, Yes
	if n.op == '|' {
		settles, t = Yes, No
	}
	var open []string
	for _, k := range n.kids {
		one, o := k.eval(h, negated)
		if one == settles {
			return settles, nil
		}
		if one == Unknown {
			t, open = Unknown, append(open, o...)
		}
	}
	return t, open
}

func not(t Truth) Truth {
	switch t {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Unknown
}

func (n node) fact(h how, negated bool) (Truth, []string) {
	t := h.facts.Is(n.subject, n.state)
	said := len(h.facts[n.subject]) > 0
	switch {
	case t != Unknown:
	case h.closed && !(said && n.subject == request):
		t = No
	case said && !negated && n.subject != request && !h.contradicts(n):
		t = No
	}
	return t, []string{n.subject + "=" + n.state}
}

// contradicts reports whether a state is said both to be and not to be.
func (h how) contradicts(n node) bool {
	return slices.Contains(h.facts[n.subject], n.state) || slices.Contains(h.facts[n.subject], "not-"+n.state)
}

// request is the subject whose states are how the recipient asked.
const request = "request"
