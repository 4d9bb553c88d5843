package cases

import (
	"fmt"
	"slices"

	"tenet/internal/law"
)

// FactorKind is a way in which somebody showed who they are.
type FactorKind string

// The kinds of factor.
const (
	SignedIn  FactorKind = "signed-in"  // to the landlord's portal
	EmailCode FactorKind = "email-code" // a code sent to an e-mail address came back
	PhoneCode FactorKind = "phone-code" // or to a telephone
	Questions FactorKind = "questions"  // two or more questions about what is held were answered; never the answers
	Document  FactorKind = "document"   // a document was looked at, noted and given back or destroyed
	InPerson  FactorKind = "in-person"  // a member of staff knows them and saw them
)

// FactorKinds is every kind of factor.
func FactorKinds() []FactorKind {
	return []FactorKind{SignedIn, EmailCode, PhoneCode, Questions, Document, InPerson}
}

// Factor is one way that was passed, and what is known of it. What was sent to
// whom, or answered, is not in it.
type Factor struct {
	Kind FactorKind `json:"kind"`
	// Held says that the contact details were on the landlord's record before the
	// request, and not only given with it: a code sent to an address that came
	// with the request proves nothing.
	Held   bool     `json:"held,omitempty"`
	Since  law.Date `json:"since,omitzero"`   // since when those details stand unchanged
	Shared law.Fact `json:"shared,omitempty"` // whether somebody linked with the person uses them too: household, joint tenant, representative
	Passed law.Date `json:"passed,omitzero"`
}

// Policy is how much has to be shown; the zero Policy is Tenet's own.
type Policy struct {
	// UnchangedDays is for how many calendar days contact details must stand
	// unchanged before a code sent to them counts for more than a hint; 0 means 30.
	UnchangedDays int
}

const (
	unchangedDays = 30
	staleDays     = 90 // a factor passed longer ago is passed again before anything is handed over
)

// Assessment is how sure factors make it who somebody is.
type Assessment struct {
	Reached law.Assurance
	Enough  bool
	Why     []string // of each factor, what it is worth
	Lacks   []string // what would be enough; empty if it is
}

// Assess says how sure factors make it, on a day, and whether that is enough. Only
// a factor that nobody linked with the person shares, on details that stood
// unchanged, makes it high, which is what a pack takes.
func (p Policy) Assess(wanted law.Assurance, factors []Factor, on law.Date) Assessment {
	days := p.UnchangedDays
	if days <= 0 {
		days = unchangedDays
	}
	var a Assessment
	var kinds []FactorKind // of what counts at all
	strong, alone := false, false
	for _, f := range factors {
		worth, why, own := f.worth(days, on)
		a.Why = append(a.Why, string(f.Kind)+": "+why)
		if worth > law.NoAssurance && !slices.Contains(kinds, f.Kind) {
			kinds = append(kinds, f.Kind)
		}
		strong = strong || worth >= law.GoodAssurance
		alone = alone || worth >= law.GoodAssurance && own
	}
	switch {
	case strong && alone:
		a.Reached = law.HighAssurance
	case strong || len(kinds) > 1:
		a.Reached = law.GoodAssurance
	case len(kinds) == 1:
		a.Reached = law.SomeAssurance
	}
	if a.Enough = a.Reached >= wanted; a.Enough {
		return a
	}
	switch {
	case wanted == law.HighAssurance:
		a.Lacks = append(a.Lacks, fmt.Sprintf("a document, or a code or sign-in on details held unchanged for %d days that nobody linked with the person uses", days))
	case wanted == law.GoodAssurance:
		a.Lacks = append(a.Lacks, "one strong proof, or two different ones")
	default:
		a.Lacks = append(a.Lacks, "something that is known already and points to the person")
	}
	return a
}

// worth is how much a factor counts, why, and whether it is the person's alone.
func (f Factor) worth(days int, on law.Date) (worth law.Assurance, why string, own bool) {
	switch {
	case f.Passed.IsZero() || f.Passed.After(on):
		return law.NoAssurance, "it was not passed", false
	case on.DaysSince(f.Passed) > staleDays:
		return law.NoAssurance, fmt.Sprintf("it was passed more than %d days ago", staleDays), false
	}
	switch f.Kind {
	case Document:
		return law.GoodAssurance, "strong, and the person's own", true
	case InPerson:
		return law.GoodAssurance, "strong, and the person's own", true
	case Questions:
		return law.SomeAssurance, "others near the person may know the answers", false
	case SignedIn, EmailCode, PhoneCode:
		switch {
		case !f.Held:
			return law.NoAssurance, "the details came with the request and prove nothing", false
		case f.Since.IsZero() || on.DaysSince(f.Since) < days:
			return law.SomeAssurance, "the details were changed lately", false
		case f.Shared != law.IsNot:
			return law.SomeAssurance, "somebody linked with the person uses the same, or nobody looked", false
		}
		return law.GoodAssurance, "strong, and the person's own", true
	}
	return law.NoAssurance, "it is no way that is known", false
}

func (f Factor) check() error {
	if !slices.Contains(FactorKinds(), f.Kind) {
		return input("use one of "+words(FactorKinds()), "%q is no way of showing who one is", clip(string(f.Kind)))
	}
	if f.Shared != law.Unknown && f.Shared != law.IsSo && f.Shared != law.IsNot {
		return input("use yes, no, or leave it out", "whether a factor is shared is %q", clip(string(f.Shared)))
	}
	return nil
}

// factors is what an identity was shown by; none where a person attests to it.
func (i *Identity) factors() []Factor {
	if i == nil {
		return nil
	}
	return i.Factors
}
