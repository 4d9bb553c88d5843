package law

import (
	"fmt"
	"slices"
)

// Basis is a lawful basis of UK GDPR Art 6(1).
type Basis string

// The lawful bases.
const (
	Consent                       Basis = "consent"                         // Art 6(1)(a)
	Contract                      Basis = "contract"                        // Art 6(1)(b)
	LegalObligation               Basis = "legal-obligation"                // Art 6(1)(c)
	VitalInterests                Basis = "vital-interests"                 // Art 6(1)(d)
	PublicTask                    Basis = "public-task"                     // Art 6(1)(e)
	RecognisedLegitimateInterests Basis = "recognised-legitimate-interests" // Art 6(1)(ea), from 5 February 2026
	LegitimateInterests           Basis = "legitimate-interests"            // Art 6(1)(f)
)

// Bases is every lawful basis, in the order of Art 6(1).
func Bases() []Basis {
	return []Basis{Consent, Contract, LegalObligation, VitalInterests, PublicTask, RecognisedLegitimateInterests, LegitimateInterests}
}

// Cite is where UK GDPR has the basis.
func (b Basis) Cite() string {
	letters := []string{"a", "b", "c", "d", "e", "ea", "f"}
	if i := slices.Index(Bases(), b); i >= 0 {
		return "UK GDPR Art 6(1)(" + letters[i] + ")"
	}
	return ""
}

// Right is something a person may ask of a controller.
type Right string

// The rights.
const (
	RightInformed        Right = "informed"
	RightAccess          Right = "access"
	RightRectification   Right = "rectification"
	RightErasure         Right = "erasure"
	RightRestriction     Right = "restriction"
	RightPortability     Right = "portability"
	RightObject          Right = "objection"
	RightObjectMarketing Right = "objection-marketing"
	RightDecision        Right = "automated-decision"
	RightWithdraw        Right = "withdraw-consent"
)

// Applies is whether a right follows from a basis.
type Applies string

// The answers.
const (
	Yes Applies = "yes"
	No  Applies = "no"
	May Applies = "may" // subject to what the note says
)

// Entitlement is one right under one lawful basis.
type Entitlement struct {
	Right   Right   `json:"right"`
	Applies Applies `json:"applies"`
	Cite    string  `json:"cite"`
	Note    string  `json:"note,omitempty"`
	// Verified is whether the cell was read in the source itself. The shape of
	// the table as a whole is the ICO's, from memory.
	Verified bool `json:"verified"`
}

// Rights is what a person may ask where their data are used on the basis b.
// Exemptions may still remove a right for a given item.
func Rights(b Basis) ([]Entitlement, error) {
	if !slices.Contains(Bases(), b) {
		return nil, fmt.Errorf("there is no lawful basis %q: use one of %s", clip(string(b)), Bases())
	}
	is := func(bases ...Basis) bool { return slices.Contains(bases, b) }

	erasure := Entitlement{RightErasure, May, "UK GDPR Art 17", "A ground in Art 17(1) is needed, and no exception in Art 17(3) may apply.", true}
	if is(LegalObligation, PublicTask) {
		erasure.Applies, erasure.Cite, erasure.Note = No, "UK GDPR Art 17(3)(b)", "Not where the processing is needed for a legal obligation or a public task."
		erasure.Verified = false
	}
	portability := Entitlement{RightPortability, No, "UK GDPR Art 20(1)", "Only under consent or contract.", false}
	if is(Consent, Contract) {
		portability.Applies, portability.Note = May, "Only for automated processing of what the person provided."
	}
	object := Entitlement{RightObject, No, "UK GDPR Art 21(1)", "", false}
	switch {
	case is(PublicTask, RecognisedLegitimateInterests, LegitimateInterests):
		object.Applies, object.Verified = Yes, true
		object.Note = "It stops unless there are compelling legitimate grounds that override, or legal claims; the burden is the controller's."
	case is(Consent):
		object.Note = "Consent is withdrawn instead."
	}
	decision := Entitlement{RightDecision, Yes, "UK GDPR Arts 22A–22D", "Where a significant decision is based solely on automated processing; more narrowly with special-category data.", true}
	if is(RecognisedLegitimateInterests) {
		decision.Cite, decision.Note = "UK GDPR Art 22B(4)", "A significant decision may not be based solely on automated processing under this basis at all."
	}
	withdraw := Entitlement{RightWithdraw, No, "UK GDPR Art 7(3)", "There is no consent to withdraw.", false}
	if is(Consent) {
		withdraw.Applies, withdraw.Note = Yes, "As easily as it was given; what was done before stays lawful."
	}
	return []Entitlement{
		{RightInformed, Yes, "UK GDPR Arts 13, 14", "", false},
		{RightAccess, Yes, "UK GDPR Art 15", "", false},
		{RightRectification, Yes, "UK GDPR Art 16", "", false},
		erasure,
		{RightRestriction, May, "UK GDPR Art 18", "A ground in Art 18(1) is needed.", false},
		portability,
		object,
		{RightObjectMarketing, Yes, "UK GDPR Art 21(2)–(3)", "Absolute: direct marketing stops.", false},
		decision,
		withdraw,
	}, nil
}
