package notice

import (
	"cmp"
	"slices"
	"strings"
)

// Finding is a place where a notice that can be read falls short of the law or
// of its own word. The notice still runs; the finding is for its author.
type Finding struct {
	Pos
	Rule   string `json:"rule"`             // which rule of the linter: category-without-use
	ID     ID     `json:"id"`               // what it is about
	Why    string `json:"why"`              // what falls short
	Source string `json:"source,omitempty"` // the law or standard that asks for it
	Mend   string `json:"mend"`             // what to do about it
}

// Check lints a notice, in the order of the folder.
func Check(n *Notice) []Finding {
	l := &linter{n: n}
	l.promises()
	l.categories()
	l.uses()
	l.recipients()
	l.rules()
	l.complaints()
	slices.SortStableFunc(l.found, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Files(), a.File), slices.Index(Files(), b.File)),
			cmp.Compare(a.Line, b.Line),
			strings.Compare(a.Rule, b.Rule),
		)
	})
	return l.found
}

type linter struct {
	n     *Notice
	found []Finding
}

func (l *linter) find(at Pos, rule string, id ID, why, source, mend string) {
	l.found = append(l.found, Finding{Pos: at, Rule: rule, ID: id, Why: why, Source: source, Mend: mend})
}

// promises: a sentence with an id that nothing checks. The reverse, a check
// whose sentence does not exist, is a broken reference and so a Problem.
func (l *linter) promises() {
	for _, s := range l.n.Words.Promises() {
		if len(l.n.Promises[s.ID]) == 0 {
			l.find(Pos{File: wordsFile, Line: s.Line}, "sentence-without-check", s.ID,
				"nothing shows that this promise is kept: "+quote(s.Text),
				"UK GDPR Article 5(2) (accountability)",
				"name a check for it in promises.yaml, or take the id away if it promises nothing")
		}
	}
}

func (l *linter) categories() {
	used, kept := make(map[ID]bool), make(map[ID]bool)
	for _, u := range l.n.Uses.Uses {
		mark(used, u.Categories)
	}
	for _, k := range l.n.Keeping.Rules {
		mark(kept, k.Categories)
	}
	for _, c := range l.n.Data.Categories {
		if !used[c.ID] {
			l.find(c.Pos, "category-without-use", c.ID, "it is held, and no use needs it",
				"UK GDPR Article 5(1)(b) and (c)", "name it in a use of uses.yaml, or stop holding it")
		}
		if !kept[c.ID] {
			l.find(c.Pos, "category-without-retention", c.ID, "no rule says how long it is kept",
				"UK GDPR Articles 5(1)(e), 13(2)(a) and 15(1)(d)", "name it in a rule of keeping.yaml")
		}
	}
}

func mark(set map[ID]bool, ids []ID) {
	for _, id := range ids {
		set[id] = true
	}
}

func (l *linter) uses() {
	for _, u := range l.n.Uses.Uses {
		l.basis(u.Pos, u.ID, "use", u.Basis, u.Law)
		switch {
		case u.Basis == LegitimateInterests && u.Interest == "":
			l.find(u.Pos, "interest-not-named", u.ID, "it rests on legitimate interests, and does not say whose or which",
				"UK GDPR Articles 13(1)(d) and 14(2)(b)", "add interest: and say it")
		case u.Basis == RecognisedInterests && u.Recognised == "":
			l.find(u.Pos, "interest-not-named", u.ID, "it rests on a recognised legitimate interest, and does not say which",
				"UK GDPR Article 6(1)(ea) and Annex 1", "add recognised: and name the condition")
		}
		if a := u.Automated; a != nil && u.Basis == RecognisedInterests {
			l.find(u.Pos, "automated-on-recognised-interest", u.ID, "a decision by machine alone may not rest on a recognised legitimate interest",
				"UK GDPR Article 22B(4)", "put a person in the decision, or find another basis")
		}
		special, criminal := l.kinds(u.Categories)
		l.specialCondition(u.Pos, u.ID, u.Basis, special, u.Special)
		if len(criminal) > 0 && u.Criminal == nil {
			l.find(u.Pos, "criminal-without-condition", u.ID, "it uses "+list(criminal)+", which is criminal offence data, and names nothing that allows it",
				"UK GDPR Article 10; DPA 2018 s.10(5)", "add criminal: with the paragraph of Schedule 1")
		}
	}
}

// basis: a purpose needs one, and some of them need an enactment too.
func (l *linter) basis(at Pos, id ID, what string, b Basis, law string) {
	switch {
	case b == "":
		l.find(at, what+"-without-basis", id, "it names no lawful basis", "UK GDPR Articles 6(1) and 13(1)(c)", "add basis:")
	case (b == LegalObligation || b == PublicTask) && law == "":
		l.find(at, what+"-without-law", id, "it rests on "+strings.ReplaceAll(string(b), "-", " ")+", and does not say in what law",
			"UK GDPR Article 6(3)", "add law: and name the enactment")
	}
}

// equalityKinds are all that Schedule 1 paragraph 8 covers.
var equalityKinds = []SpecialKind{EthnicOrigin, Belief, Health, SexualOrientation}

func (l *linter) specialCondition(at Pos, id ID, basis Basis, special []ID, c *SpecialCondition) {
	switch {
	case len(special) == 0:
	case c == nil && basis == LegitimateInterests:
		l.find(at, "interests-for-special", id, "it uses "+list(special)+", which is special category data, on legitimate interests alone; that never allows it",
			"UK GDPR Article 9(1) and (2)", "add special: with a condition of Article 9(2), or leave the category out")
	case c == nil:
		l.find(at, "special-without-condition", id, "it uses "+list(special)+", which is special category data, and names nothing that allows it",
			"UK GDPR Article 9(2)", "add special: with the condition")
	case c.Article9.needsSchedule1() && c.Schedule1 == 0:
		l.find(c.Pos, "condition-without-schedule-1", id, "its condition works only with a paragraph of Schedule 1",
			"DPA 2018 s.10(2) and (3)", "add schedule-1:")
	case c.Schedule1 == 8:
		for _, category := range special {
			cat, _ := l.n.Data.Category(category)
			for _, k := range cat.Special {
				if !slices.Contains(equalityKinds, k) {
					l.find(c.Pos, "equality-condition-too-wide", id, "equality monitoring does not cover "+string(k)+" data, which "+string(category)+" holds",
						"DPA 2018 Schedule 1 paragraph 8(2)", "leave the category out, or find another condition for it")
				}
			}
		}
	}
}

// kinds picks the special and the criminal of some categories.
func (l *linter) kinds(ids []ID) (special, criminal []ID) {
	for _, id := range ids {
		c, _ := l.n.Data.Category(id)
		switch c.Kind {
		case Special:
			special = append(special, id)
		case Criminal:
			criminal = append(criminal, id)
		}
	}
	return special, criminal
}

func (l *linter) recipients() {
	ruled := make(map[ID]bool)
	for _, r := range l.n.Sharing.Rules {
		ruled[r.To] = true
	}
	for _, r := range l.n.Sharing.Recipients {
		if !ruled[r.ID] {
			l.find(r.Pos, "recipient-without-rule", r.ID, "no rule says what they may be given or when",
				"UK GDPR Articles 5(1)(a) and 30(1)(d)", "add a rule to sharing.yaml, or take them out")
		}
		if r.Agreement == "" && (r.Kind == Processor || r.Kind == JointController) {
			l.find(r.Pos, "recipient-without-agreement", r.ID, "they act as a "+strings.ReplaceAll(string(r.Kind), "-", " ")+", and no agreement is named",
				"UK GDPR Articles 26(1) and 28(3)", "add agreement:")
		}
		if r.Safeguard == "" && len(r.Abroad()) > 0 {
			l.find(r.Pos, "transfer-without-safeguard", r.ID, "data is held outside the United Kingdom, and nothing is named that protects it",
				"UK GDPR Articles 44A to 49 and 15(2)", "add safeguard:")
		}
	}
}

func (l *linter) rules() {
	for _, r := range l.n.Sharing.Rules {
		l.basis(r.Pos, r.ID, "sharing", r.Basis, r.Law)
		if r.Promise == "" {
			l.find(r.Pos, "rule-without-sentence", r.ID, "data is shared, and no sentence of the notice says so",
				"UK GDPR Articles 13(1)(e) and 14(1)(e)", "write the sentence in notice.md and name its id as promise:")
		}
		special, criminal := l.kinds(r.Categories)
		l.specialCondition(r.Pos, r.ID, r.Basis, l.uncovered(r, special, func(u Use) bool { return u.Special != nil }), r.Special)
		if left := l.uncovered(r, criminal, func(u Use) bool { return u.Criminal != nil }); len(left) > 0 && r.Criminal == nil {
			l.find(r.Pos, "criminal-without-condition", r.ID, "it gives out "+list(left)+", which is criminal offence data, and names nothing that allows it",
				"UK GDPR Article 10; DPA 2018 s.10(5)", "add criminal:, or name in for: a use that covers it")
		}
	}
	for _, k := range l.n.Keeping.Rules {
		if k.Promise == "" {
			l.find(k.Pos, "rule-without-sentence", k.ID, "a retention rule is applied, and no sentence of the notice says so",
				"UK GDPR Articles 13(2)(a) and 14(2)(a)", "write the sentence in notice.md and name its id as promise:")
		}
	}
	for _, r := range l.n.Rights.Rights {
		if r.Clock != nil && r.Clock.Promise == "" {
			l.find(r.Clock.Pos, "rule-without-sentence", ID(r.Right), "a clock is promised, and no sentence of the notice says so",
				"UK GDPR Article 12(1)", "write the sentence in notice.md and name its id as promise:")
		}
	}
}

// uncovered leaves the categories that no use named by the rule both covers and
// has a condition for.
func (l *linter) uncovered(r ShareRule, ids []ID, allows func(Use) bool) []ID {
	var out []ID
	for _, id := range ids {
		covered := slices.ContainsFunc(l.n.Uses.Uses, func(u Use) bool {
			return slices.Contains(r.For, u.ID) && slices.Contains(u.Categories, id) && allows(u)
		})
		if !covered {
			out = append(out, id)
		}
	}
	return out
}

func (l *linter) complaints() {
	at := Pos{File: rightsFile}
	for _, want := range []struct {
		route             Route
		why, source, mend string
	}{
		{OurOwn, "the ladder has no step of the landlord's own", "DPA 2018 s.164A", "add a step with route: our-own"},
		{ToRegulator, "the ladder does not lead to the regulator", "UK GDPR Articles 13(2)(d) and 15(1)(f); DPA 2018 s.165", "add a step with route: regulator"},
	} {
		if !slices.ContainsFunc(l.n.Rights.Complaints, func(s ComplaintStep) bool { return s.Route == want.route }) {
			l.find(at, "complaint-route-missing", ID(want.route), want.why, want.source, want.mend)
		}
	}
	if _, ok := l.n.Rights.Right(Access); !ok {
		l.find(at, "right-missing", ID(Access), "nothing says how to ask for a copy of one's data", "UK GDPR Articles 13(2)(b) and 15", "add an entry with right: access")
	}
}

func list(ids []ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return quoteList(words)
}
