package law

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Kind is what somebody asks of the landlord, or tells it: what a case is
// about. A kind is finer than a [Regime]: several kinds may run by one clock,
// and one kind by several.
type Kind string

// The kinds.
const (
	KindAccess        Kind = "access"             // a formal copy of all that is held
	KindCopy          Kind = "copy"               // a particular paper, quickly
	KindCCTV          Kind = "cctv"               // pictures of the person
	KindCalls         Kind = "calls"              // recordings of the person's calls
	KindRectification Kind = "rectification"      //
	KindErasure       Kind = "erasure"            //
	KindRestriction   Kind = "restriction"        //
	KindObjection     Kind = "objection"          // to a use that rests on interests or a public task
	KindMarketing     Kind = "marketing"          // an objection to direct marketing, which is absolute
	KindPortability   Kind = "portability"        //
	KindDecision      Kind = "automated-decision" // a person is to look at what a machine decided
	KindWithdrawal    Kind = "consent-withdrawal" //
	KindDataComplaint Kind = "dp-complaint"       // about the use of personal data, to the landlord itself
	KindComplaint     Kind = "complaint"          // about the service, by the Housing Ombudsman's two stages
	KindFOI           Kind = "foi"                //
	KindEIR           Kind = "eir"                //
	KindSTAIRs        Kind = "stairs"             // from a tenant, about how the landlord manages homes
	KindEstate        Kind = "estate"             // about somebody who has died
	KindBreach        Kind = "breach"             // a personal data breach
	KindOther         Kind = "other"              // what only the notice promises a time for
)

// Handling is how the law has a kind of case handled. It names no landlord:
// what a notice promises, decides or offers besides comes on top.
type Handling struct {
	Kind   Kind
	Title  string // to the person
	Series string // how its numbers begin: AR-2026-0001
	Clocks []Winding
	Right  Right  // the data-protection right that it exercises; "" if none
	Cite   string // where the right or the duty stands
	Form   Form
	Proof  Assurance // how sure to be who asks before anything of theirs is handed over
	Fee    Fee
	Holds  Holding
	Lapses bool   // it ends with the death of the person whom it is about
	Review Regime // the clock of a second look by the landlord itself; "" if there is none
	Begins Date   // a request before this day is answered by choice; zero for always
	For    string // who may ask, where not everybody may
	// Verified is whether the provision was read in the statute or the
	// regulator's own page. What is not is never to be shown as law: see Words.
	Verified bool
}

// Winding is a clock that runs on a case of a kind from its receipt. The first
// of a kind is the regime that the case goes by.
type Winding struct {
	Regime Regime
	// TargetDays is our suggestion of how soon, in calendar days, where the law says only
	// "without undue delay"; 0 elsewhere. A landlord's own target comes before it.
	TargetDays int
}

// Form is how a request must be made to be one.
type Form string

// The forms.
const (
	AnyForm   Form = "any"     // by voice, letter, e-mail or anything else, to any member of staff
	InWriting Form = "writing" // only in writing; a spoken one is written down for the person to sign or send
)

// Holding is what is to be kept from being deleted once a request arrives.
type Holding string

// The holdings.
const (
	HoldNothing    Holding = ""
	HoldRecords    Holding = "records"    // retention stands still for what the person may be given
	HoldRecordings Holding = "recordings" // and recordings that overwrite themselves are saved within hours
)

// Assurance is how sure one has to be who asks, from least to most.
type Assurance int

// The levels of assurance.
const (
	NoAssurance   Assurance = iota // anybody may ask, or only good comes of it to whoever it is about
	SomeAssurance                  // something that is known already points to the person
	GoodAssurance                  // two things, or one that is strong
	HighAssurance                  // a strong thing that nobody about the person shares
)

// String is the level in a word.
func (a Assurance) String() string {
	if a < NoAssurance || a > HighAssurance {
		return fmt.Sprintf("assurance %d", int(a))
	}
	return [...]string{"none", "some", "good", "high"}[a]
}

// Kinds is every kind, in the order in which it is offered.
func Kinds() []Kind {
	all := make([]Kind, 0, len(handlings()))
	for _, h := range handlings() {
		all = append(all, h.Kind)
	}
	return all
}

// ParseKind reads a kind's name.
func ParseKind(s string) (Kind, error) {
	if slices.Contains(Kinds(), Kind(s)) {
		return Kind(s), nil
	}
	names := make([]string, 0, len(Kinds()))
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return "", fmt.Errorf("there is no kind of case %q: use one of %s", clip(s), strings.Join(names, " "))
}

// KindOf is the kind of a case of which only the clock is known.
func KindOf(r Regime) Kind {
	switch r {
	case OmbudsmanAck, Ombudsman1, Ombudsman2:
		return KindComplaint
	case FOIReview:
		return KindFOI
	case EIRReview:
		return KindEIR
	}
	if slices.Contains(Kinds(), Kind(r)) {
		return Kind(r)
	}
	return KindOther
}

// Handling is how the law has the kind handled; false if there is no such kind.
func (k Kind) Handling() (Handling, bool) {
	for _, h := range handlings() {
		if h.Kind == k {
			h.Clocks = slices.Clone(h.Clocks)
			return h, true
		}
	}
	return Handling{}, false
}

// Regime is the clock by which the kind's answer is due; "" where there is none
// but a promise of the notice.
func (h Handling) Regime() Regime {
	if len(h.Clocks) == 0 {
		return ""
	}
	return h.Clocks[0].Regime
}

// Words is where the right or duty stands, for people to read: with a warning if
// it was not read in its source.
func (h Handling) Words() string {
	if h.Verified {
		return h.Cite
	}
	return h.Cite + " (not verified)"
}

// Clarified is what asking the person what they mean does to the clock of a
// kind.
func (h Handling) Clarified() Effect {
	switch h.Regime() {
	case Access:
		return Pauses
	case FOI, EIR:
		return Restarts
	}
	return Nothing
}

// Proved is what waiting for proof of identity or of authority does to the clock
// of a kind.
func (h Handling) Proved() Effect {
	switch h.Regime() {
	case Access, Rectification, Erasure, Restriction, Objection, Portability, AutomatedDecision:
		return Restarts
	}
	return Nothing
}

// Charged is what waiting for a fee does to the clock of a kind.
func (h Handling) Charged() Effect {
	if h.Regime() == FOI {
		return Pauses // FOIA 2000 s.10(2)
	}
	return h.Proved()
}

// Effect is what a step does to a clock.
type Effect string

// The effects.
const (
	Nothing  Effect = ""
	Pauses   Effect = "pauses"   // what is awaited does not count
	Restarts Effect = "restarts" // the whole time runs from when it arrives
	Lengthen Effect = "extends"
	Winds    Effect = "winds" // another clock begins
	Meets    Effect = "meets" // what the clock asks for is done
	Stops    Effect = "stops" // all clocks
	Unstops  Effect = "runs on"
)

// handlings is the table of kinds, made once and never changed.
var handlings = sync.OnceValue(makeHandlings)

func makeHandlings() []Handling {
	one := func(r Regime) []Winding { return []Winding{{Regime: r}} }
	right := func(k Kind, title, series string, regime Regime, r Right, cite string, proof Assurance) Handling {
		return Handling{Kind: k, Title: title, Series: series, Clocks: one(regime), Right: r, Cite: cite, Form: AnyForm,
			Proof: proof, Fee: feeRights, Holds: HoldRecords, Lapses: true, Verified: true}
	}
	recordings := func(h Handling) Handling { h.Holds = HoldRecordings; return h }
	free := func(h Handling) Handling { h.Holds = HoldNothing; return h }
	unread := func(h Handling) Handling { h.Verified = false; return h }
	return []Handling{
		right(KindAccess, "A copy of all the information we hold about you", "AR", Access, RightAccess, "UK GDPR Art 15", HighAssurance),
		// What is asked for simply is an access request in law all the same (ICO: no magic words).
		right(KindCopy, "A copy of one or two things we hold about you", "CP", Access, RightAccess, "UK GDPR Art 15", GoodAssurance),
		recordings(right(KindCCTV, "Camera pictures of you", "CV", Access, RightAccess, "UK GDPR Art 15", HighAssurance)),
		recordings(right(KindCalls, "Recordings of your calls", "CR", Access, RightAccess, "UK GDPR Art 15", HighAssurance)),
		right(KindRectification, "Putting your information right", "RR", Rectification, RightRectification, "UK GDPR Art 16", GoodAssurance),
		right(KindErasure, "Deleting your information", "ER", Erasure, RightErasure, "UK GDPR Art 17", GoodAssurance),
		right(KindRestriction, "Limiting how we use your information", "RS", Restriction, RightRestriction, "UK GDPR Art 18", SomeAssurance),
		free(right(KindObjection, "Objecting to how we use your information", "OB", Objection, RightObject, "UK GDPR Art 21(1)", SomeAssurance)),
		free(unread(right(KindMarketing, "Stopping our marketing", "DM", Objection, RightObjectMarketing, "UK GDPR Art 21(2)–(3)", NoAssurance))),
		right(KindPortability, "Taking your information with you", "PR", Portability, RightPortability, "UK GDPR Art 20", HighAssurance),
		right(KindDecision, "A person to look at what a computer decided", "AD", AutomatedDecision, RightDecision, "UK GDPR Arts 22A–22D", GoodAssurance),
		{Kind: KindWithdrawal, Title: "Withdrawing your consent", Series: "CW", Clocks: []Winding{{WithoutDelay, 2}}, Right: RightWithdraw,
			Cite: "UK GDPR Art 7(3)", Form: AnyForm, Proof: NoAssurance, Fee: feeNever, Lapses: true},
		{Kind: KindDataComplaint, Title: "A complaint about how we used your information", Series: "DC",
			Clocks: []Winding{{DPComplaint, 0}, {WithoutDelay, 56}}, Cite: "DPA 2018 s.164A", Form: AnyForm, Proof: NoAssurance, Fee: feeNever,
			Holds: HoldRecords, Begins: complaintsInForce, Verified: true},
		{Kind: KindComplaint, Title: "A complaint about our service", Series: "OM", Clocks: []Winding{{Ombudsman1, 0}, {OmbudsmanAck, 0}},
			Cite: "Housing Ombudsman, Complaint Handling Code (1 April 2024)", Form: AnyForm, Proof: NoAssurance, Fee: feeNever, Holds: HoldRecords},
		{Kind: KindFOI, Title: "Information about how we work", Series: "FI", Clocks: one(FOI), Cite: "FOIA 2000 s.1; in Scotland FOISA 2002 s.1",
			Form: InWriting, Proof: NoAssurance, Fee: feeFOI, Review: FOIReview},
		{Kind: KindEIR, Title: "Information about the environment", Series: "EI", Clocks: one(EIR), Cite: "EIR 2004 reg 5; in Scotland EI(S)R 2004 reg 5",
			Form: AnyForm, Proof: NoAssurance, Fee: feeEIR, Review: EIRReview},
		{Kind: KindSTAIRs, Title: "Information about how we manage your home", Series: "ST", Clocks: one(STAIRs),
			Cite: "STAIRs chapter 2 (MHCLG policy statement, 30 September 2025)", Form: InWriting, Proof: SomeAssurance, Fee: feeNever,
			Review: WithoutDelay, Begins: stairsInForce,
			For: "A tenant, licensee or shared owner of a registered provider in England, or someone they named to act for them; asked of each legal entity that is itself registered."},
		{Kind: KindEstate, Title: "About somebody who has died", Series: "ES", Clocks: []Winding{{WithoutDelay, 28}},
			Cite: "No right of data protection: the law protects the living (DPA 2018 s.3(2)); what the estate is owed by contract or duty", Form: AnyForm,
			Proof: GoodAssurance, Fee: feeNever, Holds: HoldRecords, Verified: true,
			For: "An executor or administrator, or the next of kin where nobody was appointed."},
		{Kind: KindBreach, Title: "A personal data breach", Series: "BR", Clocks: one(Breach), Cite: "UK GDPR Arts 33, 34", Form: AnyForm,
			Proof: NoAssurance, Fee: feeNever, Holds: HoldRecords},
		{Kind: KindOther, Title: "Your request", Series: "PM", Cite: "The notice's own promise", Form: AnyForm,
			Proof: SomeAssurance, Fee: feeNever, Verified: true},
	}
}
