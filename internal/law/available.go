package law

import (
	"fmt"
	"slices"
	"strings"
)

// Fact is what is known about something that is either so or not.
type Fact string

// The facts; the zero Fact is one nobody has looked at.
const (
	Unknown Fact = ""
	IsSo    Fact = "yes"
	IsNot   Fact = "no"
)

// Circumstances is what a right may depend on besides the lawful basis. What is
// left out is unknown, and an answer that hangs on it says so.
type Circumstances struct {
	Automated Fact `json:"automated,omitempty"` // processed by machine, not on paper: portability
	Provided  Fact `json:"provided,omitempty"`  // the person gave the data: portability
	// Ground is one of Art 17(1) or 18(1): its letter, "a" to "g". "none" says that
	// there is none.
	Ground     string `json:"ground,omitempty"`
	Exception  Fact   `json:"exception,omitempty"`  // one of Art 17(3): expression, duty, public health, archives, legal claims
	Overriding Fact   `json:"overriding,omitempty"` // compelling grounds override an objection, or legal claims need it
	Solely     Fact   `json:"solely,omitempty"`     // no person took a meaningful part in the decision
	Important  Fact   `json:"important,omitempty"`  // the decision has a legal or similarly important effect
}

// Availability is whether a person has a right, and why, in plain words.
type Availability struct {
	Right   Right    `json:"right"`
	Basis   Basis    `json:"basis,omitempty"`
	Applies Applies  `json:"applies"` // Yes, No, or May: it depends on Ask
	Words   string   `json:"words"`   // to the person
	Ask     []string `json:"ask"`     // what decides it and is not known
	Cite    string   `json:"cite"`
	// Verified is whether the provision was read in its source. Where it was not the
	// words may go to the person; the citation may not be shown as settled.
	Verified bool `json:"verified"`
}

// Available says whether a person has a right to data used on a basis, in these
// circumstances. Exemptions may still remove it for an item, and the answer to
// a request rests on every basis that its data are used on: see AvailableOver.
func Available(r Right, b Basis, c Circumstances) (Availability, error) {
	rights, err := Rights(b)
	if err != nil {
		return Availability{}, err
	}
	i := slices.IndexFunc(rights, func(e Entitlement) bool { return e.Right == r })
	if i < 0 {
		return Availability{}, fmt.Errorf("there is no right %q", clip(string(r)))
	}
	a := Availability{Right: r, Basis: b, Applies: rights[i].Applies, Cite: rights[i].Cite, Verified: rights[i].Verified, Ask: []string{}}
	if err := a.settle(c); err != nil {
		return Availability{}, err
	}
	return a, nil
}

// settle decides what the circumstances decide, and finds the words.
func (a *Availability) settle(c Circumstances) error {
	switch a.Right {
	case RightInformed:
		a.Words = "You have a right to be told how we use your information."
	case RightAccess:
		a.Words = "You have a right to a copy of your information, whatever we use it for."
	case RightRectification:
		a.Words = "You have a right to have it put right where it is wrong, and added to where something is missing."
	case RightErasure:
		return a.erasure(c)
	case RightRestriction:
		return a.restriction(c)
	case RightPortability:
		a.portability(c)
	case RightObject:
		a.object(c)
	case RightObjectMarketing:
		a.Words = "We stop sending you marketing as soon as you say so. We do not weigh it up."
	case RightDecision:
		a.decision(c)
	case RightWithdraw:
		a.Words = "You can take your consent back at any time. What we did before stays as it was."
		if a.Applies == No {
			a.Words = "We do not use this information because you agreed to it, so there is no consent to take back. " + instead(a.Basis)
		}
	}
	return nil
}

// because is why data are used on a basis, to the person.
func because(b Basis) string {
	return map[Basis]string{
		Consent: "because you agreed to it", Contract: "because our agreement with you needs it", LegalObligation: "because a law says that we must",
		VitalInterests: "to protect somebody's life", PublicTask: "for a task in the public interest that the law gives us",
		RecognisedLegitimateInterests: "for a purpose that the law itself recognises, such as keeping people safe",
		LegitimateInterests:           "because we, or somebody else, have a good reason that we weighed against your interests",
	}[b]
}

// instead is what a person may do where a right does not reach.
func instead(b Basis) string {
	switch b {
	case Consent:
		return "You can take your consent back instead."
	case PublicTask, RecognisedLegitimateInterests, LegitimateInterests:
		return "You can object to it instead."
	}
	return "You can still ask us to put it right, or to limit how we use it."
}

func (a *Availability) erasure(c Circumstances) error {
	if a.Applies == No {
		a.Words = "We cannot delete this on request, because we use it " + because(a.Basis) + ". " + instead(a.Basis)
		return nil
	}
	grounds := map[string]string{
		"a": "we no longer need it", "b": "you took your consent back and we have no other reason to use it",
		"c": "your objection was upheld, or it is for marketing", "d": "we used it unlawfully", "e": "a law says that we must delete it",
		"f": "it was collected online from a child", "g": "it came from a report made to harm you, by a person a court has dealt with",
	}
	says, known := grounds[c.Ground]
	switch {
	case c.Ground != "" && c.Ground != "none" && !known:
		return fmt.Errorf("there is no ground %q of UK GDPR Art 17(1): use a letter from a to g, or none", clip(c.Ground))
	case c.Ground == "none":
		a.Applies = No
		a.Words = "We keep it, because we still need it and use it lawfully, " + because(a.Basis) + ". " + instead(a.Basis)
	case c.Exception == IsSo:
		a.Applies, a.Cite, a.Verified = No, "UK GDPR Art 17(3)", false
		a.Words = "We keep it, because it is needed for one of the reasons that the law lets us keep it for, such as a legal claim."
	case known && c.Exception == IsNot:
		a.Applies = Yes
		a.Words = "We delete it, because " + says + "."
	default:
		if !known {
			a.Ask = append(a.Ask, "Is there a ground of UK GDPR Art 17(1), such as that it is no longer needed?")
		}
		if c.Exception == Unknown {
			a.Ask = append(a.Ask, "Does an exception of UK GDPR Art 17(3) apply, such as a legal claim?")
		}
		a.Words = "We delete it if we no longer need it, or for another reason in law, and if nothing makes us keep it, such as a legal claim."
	}
	if c.Ground == "g" && a.Applies != No {
		a.Verified = false // whether the letter is in force was not confirmed
	}
	return nil
}

func (a *Availability) restriction(c Circumstances) error {
	grounds := map[string]string{
		"a": "you say that it is wrong and we are checking", "b": "we should not have used it and you would rather we kept it",
		"c": "we no longer need it and you need it for a legal claim", "d": "you objected and we have not decided yet",
	}
	says, known := grounds[c.Ground]
	switch {
	case c.Ground != "" && c.Ground != "none" && !known:
		return fmt.Errorf("there is no ground %q of UK GDPR Art 18(1): use a letter from a to d, or none", clip(c.Ground))
	case c.Ground == "none":
		a.Applies, a.Words = No, "We go on using it, because none of the reasons in law for limiting it is there. You can still tell us that it is wrong, or object."
	case known:
		a.Applies, a.Words = Yes, "We keep it and do nothing else with it, because "+says+". We tell you before that ends."
	default:
		a.Ask = append(a.Ask, "Is there a ground of UK GDPR Art 18(1), such as that its accuracy is being checked?")
		a.Words = "We limit how we use it while we check what you say is wrong, while we look at your objection, or where you need it for a legal claim."
	}
	return nil
}

func (a *Availability) portability(c Circumstances) {
	switch {
	case a.Applies == No:
		a.Words = "This right is for information we use because you agreed to it or because of our agreement with you. We use this " + because(a.Basis) + ". You can ask for a copy of it all the same."
	case c.Automated == IsNot || c.Provided == IsNot:
		a.Applies = No
		a.Words = "This right is for information that you gave us and that we keep on computers. You can ask for a copy of this all the same."
	case c.Automated == IsSo && c.Provided == IsSo:
		a.Applies, a.Words = Yes, "We give you what you gave us as a file that computers can read, or send it to whom you name."
	default:
		for _, f := range []struct {
			fact Fact
			ask  string
		}{{c.Automated, "Is it processed by machine?"}, {c.Provided, "Did the person provide it?"}} {
			if f.fact == Unknown {
				a.Ask = append(a.Ask, f.ask)
			}
		}
		a.Words = "We give you, as a file, those parts of it that you gave us and that we keep on computers."
	}
}

func (a *Availability) object(c Circumstances) {
	switch {
	case a.Applies == No:
		a.Words = "You cannot object to this, because we use it " + because(a.Basis) + ". " + instead(a.Basis)
	case c.Overriding == IsSo:
		a.Applies, a.Verified = No, false
		a.Words = "We looked at your objection. There are reasons so strong that they override your interests here, or a legal claim needs it; we tell you what they are."
	case c.Overriding == IsNot:
		a.Words = "We stop."
	default:
		a.Ask = append(a.Ask, "Are there compelling legitimate grounds that override, or legal claims? It is for the landlord to show.")
		a.Words = "You can object. We stop, unless we show reasons so strong that they override your interests, or a legal claim needs it."
	}
}

func (a *Availability) decision(c Circumstances) {
	switch {
	case c.Solely == IsNot:
		a.Applies, a.Words = No, "A person took this decision. You can complain about it."
	case c.Important == IsNot:
		a.Applies, a.Words = No, "This was not a decision with an important effect on you. You can complain about it."
	case a.Basis == RecognisedLegitimateInterests && c.Solely == IsSo && c.Important == IsSo:
		a.Words = "A computer alone should not have decided this. A person decides it afresh, and you can put your side."
	default:
		if c.Solely == Unknown {
			a.Ask = append(a.Ask, "Did a person take a meaningful part in the decision?")
		}
		if c.Important == Unknown {
			a.Ask = append(a.Ask, "Has the decision a legal or similarly important effect?")
		}
		if len(a.Ask) > 0 {
			a.Applies = May
		}
		a.Words = "Where a computer alone decided something important about you, we tell you how, a person looks again, and you can put your side."
	}
}

// AvailableOver is Available over every basis that data are used on: Yes if it is
// yes on all of them, No if it is no on all, and May where it differs, in which case
// the answer has to tell which data it reaches.
func AvailableOver(r Right, c Circumstances, bases ...Basis) (Availability, error) {
	if len(bases) == 0 {
		return Availability{}, fmt.Errorf("the right %s depends on the lawful basis: give those that the data are used on", r)
	}
	var all []Availability
	for _, b := range bases {
		a, err := Available(r, b, c)
		if err != nil {
			return Availability{}, err
		}
		all = append(all, a)
	}
	over := all[0]
	if len(all) > 1 {
		over.Basis = ""
	}
	for _, a := range all[1:] {
		over.Verified = over.Verified && a.Verified
		if a.Applies != over.Applies {
			over.Applies = May
		}
		if !strings.Contains(over.Words, a.Words) {
			over.Words += " " + a.Words
		}
		for _, ask := range a.Ask {
			if !slices.Contains(over.Ask, ask) {
				over.Ask = append(over.Ask, ask)
			}
		}
		if !strings.Contains(over.Cite, a.Cite) {
			over.Cite += "; " + a.Cite
		}
	}
	return over, nil
}

// Body is a legal entity of a landlord, as far as the law on information asks.
type Body struct {
	Nation     Nation
	Authority  bool // a public authority: a council, a company it owns, a Scottish registered social landlord
	Registered bool // with the Regulator of Social Housing, as a private provider
}

// Standing is what a regime of access to information is to a body: None where it
// may still answer by choice, which is for the landlord to say.
func (b Body) Standing(r Regime) Standing {
	switch r {
	case FOI, EIR, FOIReview, EIRReview:
		if b.Authority {
			return Statutory
		}
		return None // Information Commissioner v Poplar HARCA [2020] UKUT 182 (AAC), on its facts
	case STAIRs:
		if b.Registered && !b.Authority && b.Nation == EnglandAndWales {
			return Statutory
		}
		return None
	}
	return Statutory
}
