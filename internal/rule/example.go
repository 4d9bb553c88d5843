package rule

import (
	"fmt"
	"maps"
	"slices"

	"tenet/internal/notice"
)

// Examples holds every rule of sharing.yaml against the examples that stand beside
// it, and finds conditions that cannot be read, can never hold, or turn on a fact that
// nothing knows. The examples say what sets the rule off: what they leave out is not so,
// what else the rule needs is there, and it was asked for.
func Examples(n *notice.Notice) []notice.Problem {
	var out []notice.Problem
	add := func(r notice.ShareRule, field, what, mend string) {
		out = append(out, notice.Problem{Pos: r.Pos, Field: "rules[" + string(r.ID) + "]." + field, What: what, Mend: mend})
	}
	facts := knownFacts(n)
	for _, r := range n.Sharing.Rules {
		c, err := ParseCondition(r.If)
		if err != nil {
			add(r, "if", err.Error(), "write facts such as tenancy.new, with !, &&, || and brackets")
			continue
		}
		if !c.canHold() {
			add(r, "if", "there is no case in which it holds, so that nothing is ever given", "correct the condition; where nothing is to be given, write it under never")
		}
		if fact, mend := c.unknown(facts); fact != "" {
			add(r, "if", fmt.Sprintf("there is no fact called %q", fact), mend)
		}
		for i, e := range r.Examples {
			field := fmt.Sprintf("examples[%d]", i)
			facts, err := given(e.Given)
			if err != nil {
				add(r, field, err.Error(), "write a word, a list of words, true or false")
				continue
			}
			if got := c.example(r, facts); got != e.Expect {
				add(r, field, fmt.Sprintf("expects %s, and the rule says %s", e.Expect, got), "correct the rule or the example")
			}
		}
	}
	return out
}

func (c Condition) example(r notice.ShareRule, f Facts) notice.Decision {
	if r.When == notice.Asked && f.Is("asked", "yes") == No {
		return notice.Refuse
	}
	switch t, _ := c.holds(how{facts: f, closed: true}); t {
	case Yes:
		return notice.Allow
	case No:
		return notice.Refuse
	}
	return notice.Ask
}

// given is the facts of an example.
func given(m map[string]any) (Facts, error) {
	f := Facts{}
	for _, what := range slices.Sorted(maps.Keys(m)) {
		for _, v := range values(m[what]) {
			if err := f.Say(fmt.Sprintf("%s=%v", what, v)); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

func values(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}
