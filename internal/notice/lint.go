package notice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Finding is a place where a notice that can be read falls short of the law or
// of its own word. The notice still runs; the finding is for its author.
type Finding struct {
	Pos
	Rule     string    `json:"rule"`             // which rule of LintRules
	ID       ID        `json:"id"`               // what it is about
	Title    string    `json:"title,omitempty"`  // what that is called, where it is called something
	Severity Severity  `json:"severity"`         // how much it matters
	Why      string    `json:"why"`              // what falls short
	Source   string    `json:"source,omitempty"` // the law or standard that asks for it
	Sure     Certainty `json:"sure"`             // how sure we are of the source
	Mend     string    `json:"mend"`             // what to do about it
}

// Severity is how much a finding matters.
type Severity string

// The severities.
const (
	Wrong   Severity = "error"   // the law or the notice's own word is broken
	Doubt   Severity = "warning" // it is likely to be
	Suggest Severity = "note"    // it could be better, or ought to be looked at
)

// Certainty is how the source of a rule is known.
type Certainty string

// The certainties, best first.
const (
	Read       Certainty = "read"        // read in the enactment or the regulator's own page
	SecondHand Certainty = "second-hand" // read in somebody's account of it
	Recalled   Certainty = "recalled"    // well known, and not read again for this
	OwnWord    Certainty = "own-word"    // no law: the notice is held against itself
)

// Rule is one thing the linter looks for.
type Rule struct {
	ID       string    `json:"id"`
	Severity Severity  `json:"severity"`
	Finds    string    `json:"finds"`  // what it finds, in a few words
	Source   string    `json:"source"` // why that matters
	Sure     Certainty `json:"sure"`
	Since    Date      `json:"since,omitempty"` // the first day on which it applies; empty means always
}

// Check lints a notice against the law of the day it came into force.
func Check(n *Notice) []Finding { return Lint(n, n.Landlord.Effective) }

// FaultOfCheck is the finding of a fault in what promises.yaml gives a check. This package
// does not know the kinds of checks: whoever does finds the faults.
func FaultOfCheck(p Problem) Finding {
	f := ruled("check-faulty")
	id, _, _ := strings.Cut(p.Field, ".")
	f.Pos, f.ID, f.Why, f.Mend = p.Pos, ID(id), p.Field+": "+p.What, p.Mend
	return f
}

// FaultOfRule is the finding of a fault in a rule of sharing.yaml. This package does not
// decide by rules: whoever does finds the faults.
func FaultOfRule(p Problem) Finding {
	f := ruled("rule-faulty")
	f.Pos, f.Why, f.Mend = p.Pos, p.Field+": "+p.What, p.Mend
	if _, id, ok := strings.Cut(p.Field, "["); ok {
		id, _, _ = strings.Cut(id, "]")
		f.ID = ID(id)
	}
	return f
}

// ruled is a finding of a rule, with what the table says of it.
func ruled(rule string) Finding {
	f := Finding{Rule: rule}
	for _, r := range LintRules() {
		if r.ID == f.Rule {
			f.Severity, f.Source, f.Sure = r.Severity, r.Source, r.Sure
		}
	}
	return f
}

// Lint holds a notice against itself and against the law of a day. It never
// changes the notice, and a notice full of findings still runs. Findings are in
// the order of the folder.
func Lint(n *Notice, day Date) []Finding {
	l := &linter{n: n, day: day, rules: make(map[string]Rule)}
	for _, r := range LintRules() {
		l.rules[r.ID] = r
	}
	l.texts = textsOf(n)
	for _, look := range []func(){
		l.promises, l.categories, l.uses, l.bases, l.consents, l.clients,
		l.recipients, l.sharing, l.transfers, l.nevers, l.keeping,
		l.rights, l.complaints, l.regimes,
		l.site, l.cookies, l.recordings, l.indicators, l.compartments, l.forms,
		l.content, l.dates, l.law, l.words, l.says, l.claims, l.crossReferences, l.ease, l.translations,
	} {
		look()
	}
	slices.SortStableFunc(l.found, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(placeOf(a.File), placeOf(b.File)),
			cmp.Compare(a.Line, b.Line),
			strings.Compare(a.Rule, b.Rule),
		)
	})
	return Titled(n, l.found)
}

type linter struct {
	n     *Notice
	day   Date
	rules map[string]Rule
	texts []text // of every file but the words
	found []Finding
}

// find reports, unless the rule is not law yet on the day.
func (l *linter) find(rule string, at Pos, id ID, why, mend string) {
	r, ok := l.rules[rule]
	if !ok {
		panic(fmt.Sprintf("lint: %s is not in the table", rule)) // a test reports every rule once
	}
	if l.day < r.Since {
		return
	}
	l.found = append(l.found, Finding{Pos: at, Rule: rule, ID: id, Severity: r.Severity, Why: why, Source: r.Source, Sure: r.Sure, Mend: mend})
}

// has reports whether a rule has found anything so far.
func (l *linter) has(rules ...string) bool {
	return slices.ContainsFunc(l.found, func(f Finding) bool { return slices.Contains(rules, f.Rule) })
}

func wordsAt(line int) Pos { return Pos{File: wordsFile, Line: line} }

func mark(set map[ID]bool, ids []ID) {
	for _, id := range ids {
		set[id] = true
	}
}

func list(ids []ID) string { return quoteList(wordsOfIDs(ids)) }

func wordsOfIDs[T ~string](ids []T) []string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return words
}

func spaced[T ~string](word T) string { return strings.ReplaceAll(string(word), "-", " ") }
