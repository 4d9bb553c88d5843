package contact

import (
	"cmp"
	"strings"

	"tenet/internal/law"
)

// Topic is something that a caller may want to talk about.
type Topic struct {
	ID    string
	Title string // "Rent"
	// Scope is what authority has to reach to for somebody else to talk about it.
	Scope law.Scope
	// Holder is the only person whom it is spoken of with, in words, where the notice says
	// that: "the account holder", "the card holder". Whether the person is that is Theirs.
	Holder string
	Theirs law.Fact
	// Special says that it is of a special category, criminal, or kept apart.
	Special bool
}

// Caller is somebody who passed a check.
type Caller struct {
	Mandate *Mandate // what lets them act for the person; nil for the person
	Subject law.Subject
}

// Line is whether a topic may be talked about with a caller, and why.
type Line struct {
	Topic string      `json:"topic"`
	Title string      `json:"title"`
	May   law.Applies `json:"may"` // May: see Words
	Words string      `json:"words"`
	Cite  string      `json:"cite,omitempty"`
}

// Discuss says of each topic whether it may be talked about with somebody, on a day, in
// words for the officer on the telephone.
func Discuss(topics []Topic, who Caller, on law.Date) []Line {
	out := make([]Line, 0, len(topics))
	for _, t := range topics {
		l := Line{Topic: t.ID, Title: t.Title}
		l.May, l.Words, l.Cite = who.about(t, on)
		out = append(out, l)
	}
	return out
}

func (w Caller) about(t Topic, on law.Date) (law.Applies, string, string) {
	if w.Mandate == nil {
		if p := (law.Authority{}).Permits(t.Scope, w.Subject, on); p.Applies != law.Yes {
			return p.Applies, p.Words, p.Cite
		}
		switch {
		case t.Special:
			return law.No, "Not by telephone on these questions. Offer a request, a letter or a visit.", ""
		case t.Holder == "":
			return law.Yes, "It is theirs.", ""
		case t.Theirs == law.IsSo:
			return law.Yes, "It is theirs: they are " + t.Holder + ".", ""
		case t.Theirs == law.IsNot:
			return law.No, "Only with " + t.Holder + ", who is somebody else.", ""
		}
		return law.May, "Only with " + t.Holder + ": ask whose it is first.", ""
	}
	name := cmp.Or(w.Mandate.Name, "the caller")
	p := w.Mandate.May(t.Scope, w.Subject, on)
	switch {
	case t.Holder != "":
		return law.No, "Only with " + t.Holder + " in person, whoever else may act.", ""
	case t.Special:
		return law.No, "Not on standing authority: it takes the person's own word for this.", ""
	case p.Applies == law.Yes:
		return law.Yes, name + " may: " + p.Words, p.Cite
	case p.Applies == law.May:
		return law.May, p.Words + " First: " + p.Needs + ".", p.Cite
	}
	if !w.Mandate.Counts(on) {
		return law.No, p.Words, p.Cite
	}
	return law.No, name + " may " + Reaches(w.Mandate.Scopes) + " only.", p.Cite
}

// Reaches is what scopes let somebody do, in words that follow "may".
func Reaches(scopes []law.Scope) string {
	words := map[law.Scope]string{
		law.ForServices: "arrange repairs and services", law.ForTenancy: "talk about the tenancy and the rent",
		law.ForRights: "make a request about the person's information", law.ForCasework: "have an answer about the matter that was brought to them",
	}
	var all []string
	for _, s := range law.Scopes() {
		for _, have := range scopes {
			if s == have {
				all = append(all, words[s])
				break
			}
		}
	}
	switch n := len(all); n {
	case 0:
		return "do nothing"
	case 1:
		return all[0]
	default:
		return strings.Join(all[:n-1], ", ") + " and " + all[n-1]
	}
}
