package notice

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
)

// Waiver is a decision to live with a finding for a time. It has an owner and an
// end: one without an end would be a rule taken out in silence.
type Waiver struct {
	Pos    `json:"-"`
	Rule   string `yaml:"rule,required" json:"rule" doc:"the rule that finds it"`
	About  string `yaml:"about" json:"about,omitempty" doc:"the id of the finding; left out means all that the rule finds"`
	File   string `yaml:"file" json:"file,omitempty" doc:"the file it is found in; left out means any"`
	Owner  string `yaml:"owner,required" json:"owner" doc:"the role that answers for it"`
	Until  Date   `yaml:"until,required" json:"until" doc:"the last day on which it holds"`
	Reason string `yaml:"reason,required" json:"reason" doc:"why the finding may stand until then"`
}

type waivers struct {
	Waivers []Waiver `yaml:"waivers,required" doc:"findings that may stand for a time"`
}

// ParseWaivers reads a file of waivers. The error is an *Invalid, as that of
// Load; file is the name to report in it.
//
//	waivers:
//	  - {rule: reading-ease, owner: Communications, until: 2027-01-31, reason: A rewrite is under way.}
func ParseWaivers(file string, src []byte) ([]Waiver, error) {
	var w waivers
	ps := &problems{}
	body, problem := parseYAML(file, src)
	if problem != nil {
		ps.list = append(ps.list, *problem)
		return nil, ps.err()
	}
	b := &binder{file: file, problems: ps, references: newReferences(), patterns: make(map[string]*regexp.Regexp)}
	b.value(body, reflect.ValueOf(&w).Elem(), spec{}, "")
	var known []string
	for _, r := range LintRules() {
		known = append(known, r.ID)
	}
	for _, x := range w.Waivers {
		if x.Rule != "" && !slices.Contains(known, x.Rule) {
			ps.add(x.Pos, "waivers.rule", "there is no rule called "+quote(x.Rule), didYouMean(x.Rule, known))
		}
	}
	if err := ps.err(); err != nil {
		return nil, err
	}
	return w.Waivers, nil
}

// Waived is a finding with the waiver that covers it.
type Waived struct {
	Finding Finding `json:"finding"`
	Waiver  Waiver  `json:"waiver"`
}

// Waive sets aside the findings that a waiver covers on a day. A waiver whose
// last day has passed covers nothing, and is a finding itself; so is one
// that covers nothing.
func Waive(found []Finding, by []Waiver, day Date) (left []Finding, waived []Waived) {
	used := make([]bool, len(by))
	for _, f := range found {
		i := slices.IndexFunc(by, func(w Waiver) bool { return day <= w.Until && w.covers(f) })
		if i < 0 {
			left = append(left, f)
			continue
		}
		used[i] = true
		waived = append(waived, Waived{f, by[i]})
	}
	for i, w := range by {
		switch {
		case day > w.Until:
			left = append(left, w.finding("waiver-expired", fmt.Sprintf("the waiver of %s ended on %s (owner: %s)", w.Rule, w.Until, w.Owner), "mend what it waived, or have its owner decide again"))
		case !used[i]:
			left = append(left, w.finding("waiver-idle", fmt.Sprintf("the waiver of %s covers nothing that is found", w.Rule), "take it out"))
		}
	}
	return left, waived
}

func (w Waiver) covers(f Finding) bool {
	return w.Rule == f.Rule && (w.About == "" || w.About == string(f.ID)) && (w.File == "" || w.File == f.File)
}

func (w Waiver) finding(rule, why, mend string) Finding {
	f := Finding{Pos: w.Pos, Rule: rule, ID: ID(w.Rule), Why: why, Mend: mend}
	for _, r := range LintRules() {
		if r.ID == rule {
			f.Severity, f.Source, f.Sure = r.Severity, r.Source, r.Sure
		}
	}
	return f
}
