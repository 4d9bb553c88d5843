package law

import "slices"

// Fee is whether anything may be charged for a kind of case.
type Fee struct {
	Lawful   Applies // No, or May subject to When
	When     string
	Cite     string
	Verified bool
}

var (
	feeRights = Fee{May, "Nothing, unless the request is manifestly unfounded or excessive, which is for the landlord to show: then a reasonable fee, or a refusal. Further copies may cost what they cost to make.", "UK GDPR Arts 12(5), 15(3)", true}
	feeNever  = Fee{No, "Nothing may be charged.", "", false}
	feeFOI    = Fee{May, "Copying and postage by a fees notice; beyond the limit of cost, what the regulations let be charged.", "FOIA 2000 ss.9, 13; in Scotland FOISA 2002 s.9", false}
	feeEIR    = Fee{May, "A reasonable charge by a published schedule; never for looking at a register or at the information where it is held.", "EIR 2004 reg 8", false}
)

// Ground is a reason for which a request may be refused as a whole. For a part of
// an answer to a request for personal data, see [Exemptions].
type Ground struct {
	ID       string   `json:"id"`
	Says     string   `json:"says"` // what a person has to be satisfied of
	Cite     string   `json:"cite"`
	Kinds    []Kind   `json:"kinds"` // for which it may be used
	Needs    []string `json:"needs"` // what the record has to show
	Verified bool     `json:"verified"`
}

// The ids of the grounds that the code of other rooms gives by itself.
const (
	GroundExempt      = "exempt"
	GroundUnfounded   = "unfounded"
	GroundExcessive   = "excessive"
	GroundIdentity    = "identity"
	GroundAuthority   = "authority"
	GroundUnavailable = "unavailable"
	GroundNothingHeld = "nothing-held"
	GroundCost        = "cost"
)

// Grounds is every ground for refusing a whole request.
func Grounds() []Ground {
	personal := []Kind{KindAccess, KindCopy, KindCCTV, KindCalls, KindRectification, KindErasure, KindRestriction, KindObjection, KindPortability, KindDecision}
	copies := []Kind{KindAccess, KindCopy, KindCCTV, KindCalls, KindPortability}
	identified := append(slices.Clone(personal), KindSTAIRs, KindEstate, KindOther)
	held := append(slices.Clone(copies), KindFOI, KindEIR, KindSTAIRs, KindEstate)
	foi, eir, stairs := []Kind{KindFOI}, []Kind{KindEIR}, []Kind{KindSTAIRs}
	stairsCite := "STAIRs chapter 2; as a provider has published it"
	return []Ground{
		{GroundUnfounded, "The person clearly does not mean to use the right, or uses it only to harass: an offer to drop it for a benefit, a stated wish to disrupt, malice. Rude words are not enough.", "UK GDPR Art 12(5); ICO, manifestly unfounded", personal, []string{"what shows it"}, true},
		{GroundExcessive, "It is clearly unreasonable: it repeats or overlaps others without a reasonable interval. Weigh what is asked, the context, the relation, the harm of a refusal and the means there are.", "UK GDPR Art 12(5); ICO, manifestly excessive", personal, []string{"the earlier requests", "what was weighed"}, true},
		{GroundIdentity, "There was a reasonable doubt who asks; proof was asked for, promptly, and has not come in a reasonable time.", "UK GDPR Arts 11(2), 12(6)", identified, []string{"the doubt", "when proof was asked for"}, true},
		{GroundAuthority, "Someone asks for another, proof of authority was asked for, and it has not come or does not reach this.", "ICO, requests made for others", identified, []string{"what was asked for and seen"}, true},
		{GroundExempt, "An exemption covers the whole of it. Each is applied item by item; a whole that is exempt is rare.", "DPA 2018 Schs 2–4", personal, []string{"the exemption"}, true},
		{GroundUnavailable, "The right does not reach data used on this lawful basis, or none of its grounds is there.", "UK GDPR Arts 17(1), 17(3), 18(1), 20(1), 21(1), 22A", []Kind{KindErasure, KindRestriction, KindObjection, KindPortability, KindDecision}, []string{"the basis, or the ground that is missing"}, false},
		{"accurate", "What is held is accurate and complete for its purpose; the person's own statement is added to it.", "UK GDPR Arts 5(1)(d), 16", []Kind{KindRectification}, []string{"what was checked", "the statement added"}, false},
		{"overriding", "Compelling legitimate grounds override the person's interests, or legal claims need it: for the landlord to show, in writing.", "UK GDPR Art 21(1)", []Kind{KindObjection}, []string{"the balance"}, false},
		{GroundNothingHeld, "A reasonable and proportionate search found nothing.", "UK GDPR Art 15(1), (1A); FOIA 2000 s.1(1)(a); EIR 2004 reg 12(4)(a)", held, []string{"where was looked, and how"}, false},
		{"clarification", "What is meant was asked, cannot be told without it, and no answer has come in a reasonable time, as a rule a month.", "UK GDPR Art 12A(5); ICO", copies, []string{"what was asked, and when"}, false},
		{"upheld-no", "The complaint was looked into and is not upheld.", "DPA 2018 s.164A", []Kind{KindDataComplaint}, []string{"what was looked into"}, false},
		{"not-accepted", "The Code lets a landlord not take it up: another body has it, or it is older than the Code says.", "Housing Ombudsman, Complaint Handling Code", []Kind{KindComplaint}, []string{"which of these"}, false},
		{GroundCost, "To find out whether it is held, and to find and draw it out, would take more than the limit, by an estimate. Offer what can be done inside it.", "FOIA 2000 s.12; STAIRs chapter 2", []Kind{KindFOI, KindSTAIRs}, []string{"the estimate", "the advice given"}, false},
		{"vexatious", "It is vexatious, or repeats one that was answered, without a reasonable interval.", "FOIA 2000 s.14", foi, []string{"what shows it"}, false},
		{"foi-exempt", "An exemption of Part II applies and, where it is a qualified one, the public interest is for keeping it.", "FOIA 2000 ss.2, 17, 21–44", foi, []string{"the exemption", "the public interest"}, false},
		{"eir-exception", "An exception applies and the public interest is for keeping it. Disclosure is presumed, and information on emissions is hardly ever kept.", "EIR 2004 reg 12, 13", eir, []string{"the exception", "the public interest"}, false},
		{"eir-unreasonable", "It is manifestly unreasonable.", "EIR 2004 reg 12(4)(b)", eir, []string{"what shows it", "the public interest"}, false},
		{"eir-general", "It is too general, and help to make it clear was offered within the twenty working days.", "EIR 2004 regs 9, 12(4)(c)", eir, []string{"the help offered"}, false},
		{"stairs-scope", "It is not about the management of social housing, or is about what a council decides, or is open to the person under another law.", stairsCite, stairs, []string{"which of these"}, false},
		{"stairs-reasonable", "It is reasonable to withhold it, having regard to how freedom of information and data protection law treat such information.", stairsCite, stairs, []string{"what was weighed"}, false},
		{"stairs-unclear", "What is meant is not clear, and was asked.", stairsCite, stairs, []string{"what was asked"}, false},
		{"stairs-repeated", "It repeats one that was answered, also from people who act together.", stairsCite, stairs, []string{"the earlier one"}, false},
		{"stairs-abusive", "It is offensive or abusive.", stairsCite, stairs, []string{"the words"}, false},
	}
}

// GroundsFor is the grounds on which a case of a kind may be refused. Withdrawing
// consent and stopping marketing have none: they may not be.
func GroundsFor(k Kind) []Ground {
	var all []Ground
	for _, g := range Grounds() {
		if slices.Contains(g.Kinds, k) {
			all = append(all, g)
		}
	}
	return all
}

// Content is something an answer has to say.
type Content struct {
	ID       string `json:"id"`
	Says     string `json:"says"`
	Cite     string `json:"cite"`
	Verified bool   `json:"verified"`
}

// Outcome is how a case is answered.
type Outcome string

// The outcomes.
const (
	Granted Outcome = "granted"
	Partly  Outcome = "partly" // some of it refused or withheld, with reasons
	Denied  Outcome = "denied"
)

// Contents is what an answer of an outcome to a case of a kind has to say.
func Contents(k Kind, o Outcome) []Content {
	h, ok := k.Handling()
	if !ok {
		return nil
	}
	var all []Content
	add := func(verified bool, id, says, cite string) { all = append(all, Content{id, says, cite, verified}) }
	if o != Denied {
		switch k {
		case KindAccess, KindCopy, KindCCTV, KindCalls:
			add(false, "confirmation", "Whether personal data about the person are held.", "UK GDPR Art 15(1)")
			add(false, "copy", "A copy of them.", "UK GDPR Art 15(3)")
			add(false, "purposes", "What they are used for.", "UK GDPR Art 15(1)(a)")
			add(false, "categories", "What sorts of data they are.", "UK GDPR Art 15(1)(b)")
			add(false, "recipients", "Who has had them or will.", "UK GDPR Art 15(1)(c)")
			add(false, "retention", "How long they are kept, or how that is decided.", "UK GDPR Art 15(1)(d)")
			add(false, "rights", "The rights to have them put right, deleted or limited, and to object.", "UK GDPR Art 15(1)(e)")
			add(false, "source", "Where they came from, if not from the person.", "UK GDPR Art 15(1)(g)")
			add(false, "decisions", "Whether a computer decides anything by itself, and how.", "UK GDPR Art 15(1)(h)")
			add(false, "transfers", "What protects them where they are sent abroad.", "UK GDPR Art 15(2)")
			add(true, "search", "Where was looked, as far as is reasonable and proportionate, and where was not and why.", "UK GDPR Art 15(1A)")
		case KindRectification:
			add(false, "done", "What was changed or added.", "UK GDPR Art 16")
			add(false, "recipients-told", "That those who had it were told, and who they are if asked.", "UK GDPR Art 19")
		case KindErasure:
			add(false, "done", "What was deleted, and what is kept and why.", "UK GDPR Art 17")
			add(false, "recipients-told", "That those who had it were asked to delete it, and who they are if asked.", "UK GDPR Arts 17(2), 19")
		case KindRestriction:
			add(false, "done", "What is limited, since when, and that the person is told before that ends.", "UK GDPR Art 18(3)")
			add(false, "recipients-told", "That those who had it were told, and who they are if asked.", "UK GDPR Art 19")
		case KindObjection:
			add(false, "done", "What has stopped.", "UK GDPR Art 21(1)")
		case KindMarketing:
			add(false, "done", "That marketing has stopped.", "UK GDPR Art 21(3)")
		case KindPortability:
			add(false, "file", "The data the person gave, in a structured and commonly used form that machines read, to them or to whom they named.", "UK GDPR Art 20(1)–(2)")
		case KindDecision:
			add(true, "reviewer", "That a person looked again who can change it, and what they found.", "UK GDPR Art 22C")
			add(true, "logic", "How it was decided, and that the person may put their side.", "UK GDPR Art 22C")
		case KindWithdrawal:
			add(false, "done", "What has stopped, and that what was done before stays lawful.", "UK GDPR Art 7(3)")
			add(false, "effect", "What it means for the service.", "UK GDPR Art 7(3); fairness, Art 5(1)(a)")
		case KindDataComplaint:
			add(true, "steps", "What was looked into.", "DPA 2018 s.164A")
			add(true, "outcome", "What came of it.", "DPA 2018 s.164A")
		case KindComplaint:
			add(false, "outcome", "The decision, its reasons, and what is done to put it right.", "Housing Ombudsman, Complaint Handling Code")
			add(false, "escalate", "How to take it to the next stage, or to the Ombudsman.", "Housing Ombudsman, Complaint Handling Code")
		case KindFOI:
			add(false, "information", "Whether it is held, and the information.", "FOIA 2000 s.1(1)")
		case KindEIR:
			add(false, "information", "The information, in the form asked for where that is reasonable.", "EIR 2004 regs 5, 6")
		case KindSTAIRs:
			add(false, "information", "The information.", "STAIRs chapter 2")
		}
	}
	if o != Granted {
		word := "exemption"
		if k == KindEIR {
			word = "exception"
		}
		switch {
		case h.Right != "":
			add(true, "reasons", "Why, naming the exemption or the ground, unless naming it would do the harm it guards against.", "UK GDPR Art 12(4)")
		case k == KindFOI:
			add(false, "reasons", "The "+word+", why it applies, and the public interest where that was weighed.", "FOIA 2000 s.17")
		case k == KindEIR:
			add(false, "reasons", "The "+word+", why it applies, and the public interest.", "EIR 2004 reg 14")
		default:
			add(false, "reasons", "Why.", h.Cite)
		}
	}
	if h.Right != "" && (o != Granted || h.Right == RightAccess) || k == KindDataComplaint {
		if k != KindDataComplaint {
			add(true, RouteOwn, "How to complain to the landlord itself.", "UK GDPR Art 12(4); DPA 2018 s.164A")
		}
		add(true, RouteRegulator, "How to complain to the regulator.", "UK GDPR Art 12(4); DPA 2018 s.165")
	}
	if h.Right != "" && o != Granted {
		add(true, RouteCourt, "That a court may be asked.", "UK GDPR Art 12(4); DPA 2018 s.167")
	}
	if h.Review != "" && o != Granted {
		add(false, RouteReview, "How to ask for a review.", "FOIA 2000 s.17(7); EIR 2004 reg 14(5); STAIRs chapter 2")
		if k == KindSTAIRs {
			add(false, RouteOmbudsman, "How to go to the Housing Ombudsman after that.", "STAIRs chapter 2")
		} else {
			add(false, RouteRegulator, "How to complain to the Commissioner after that.", "FOIA 2000 s.17(7); EIR 2004 reg 14(5)")
		}
	}
	if k == KindComplaint && o == Denied {
		add(false, RouteOmbudsman, "How to go to the Housing Ombudsman.", "Housing Ombudsman, Complaint Handling Code")
	}
	return all
}

// The routes on from an answer: contents of it, and what a refusal has to name.
const (
	RouteOwn       = "route-own"       // the complaint to the controller
	RouteReview    = "route-review"    // a second look by the landlord itself
	RouteRegulator = "route-regulator" // the Information Commissioner
	RouteOmbudsman = "route-ombudsman" // the Housing Ombudsman
	RouteCourt     = "route-court"
)

// Routes is the routes that a refusal of a kind has to name.
func Routes(k Kind) []string {
	var all []string
	for _, c := range Contents(k, Denied) {
		switch c.ID {
		case RouteOwn, RouteReview, RouteRegulator, RouteOmbudsman, RouteCourt:
			all = append(all, c.ID)
		}
	}
	return all
}

// Missing is what an answer that says these contents lacks.
func Missing(k Kind, o Outcome, says []string) []Content {
	return slices.DeleteFunc(Contents(k, o), func(c Content) bool { return slices.Contains(says, c.ID) })
}
