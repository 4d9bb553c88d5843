package rule

import (
	"slices"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Question is a fact that a decision may turn on.
type Question struct {
	Fact string // as Facts.Say reads it: "tenancy=new"
	Says string // in words
}

// Questions are the facts that the rules for a recipient turn on, each once, in the
// order of sharing.yaml.
func Questions(n *notice.Notice, to notice.ID, day law.Date) []Question {
	var out []Question
	add := func(fact, says string) {
		if strings.Contains(fact, "=") && !slices.ContainsFunc(out, func(q Question) bool { return q.Fact == fact }) {
			out = append(out, Question{fact, says})
		}
	}
	who, _ := recipient(n, to)
	for _, r := range n.Sharing.Rules {
		if r.To != to {
			continue
		}
		for _, u := range judge(n, who, r, Ask{To: to, Day: day}).Conditions {
			for _, f := range u.Facts {
				if len(u.Facts) == 1 && !strings.HasPrefix(u.Says, "Find out") {
					add(f, u.Says)
				} else {
					add(f, plain(f))
				}
			}
		}
		c, err := ParseCondition(r.If)
		if err != nil {
			continue // judge refuses it, and says so
		}
		_, open := c.Holds(nil)
		for _, f := range open {
			add(f, plain(f))
		}
	}
	return out
}

// plain is a fact as one would say it: "supplier: signed up".
func plain(fact string) string {
	what, is, _ := strings.Cut(strings.ReplaceAll(fact, "-", " "), "=")
	if is == "yes" {
		return strings.ToUpper(what[:1]) + what[1:]
	}
	return strings.ToUpper(what[:1]) + what[1:] + ": " + is
}

// Offers are the fields, or where a rule names none the categories, that the rules for
// a recipient give, each once, and whose data they give.
func Offers(n *notice.Notice, to notice.ID) (fields []string, people []notice.ID) {
	everyone := false
	add := func(f string) {
		if !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	for _, r := range n.Sharing.Rules {
		if r.To != to {
			continue
		}
		for _, f := range r.Fields {
			if f.Name != "" {
				add(string(f.Name))
			}
			for _, o := range f.OneOf {
				add(string(o))
			}
		}
		if len(r.Fields) == 0 {
			for _, c := range r.Categories {
				add(string(c))
			}
		}
		everyone = everyone || len(r.People) == 0
		people = append(people, r.People...)
	}
	if everyone {
		people = idsOf(n.Data.People, func(p notice.People) notice.ID { return p.ID })
	}
	slices.Sort(people)
	return fields, slices.Compact(people)
}
