package letter

import (
	"slices"

	"tenet/internal/law"
)

// Kind is a letter that there is.
type Kind string

// The letters.
const (
	Acknowledge    Kind = "acknowledge"            // a request came
	Identity       Kind = "identity"               // we doubt who asks, and ask for proof
	Clarify        Kind = "clarify"                // we ask what is meant
	Extend         Kind = "extend"                 // it takes longer
	Answer         Kind = "answer"                 // yes
	Partly         Kind = "partly"                 // yes, without some of it
	Refuse         Kind = "refuse"                 // no
	Consent        Kind = "consent"                // to somebody else: may we give out what is about you?
	Transfer       Kind = "transfer"               // another landlord answers
	ComplaintAck   Kind = "complaint-acknowledged" // a complaint about the service came
	ComplaintReply Kind = "complaint-answered"     // what came of a complaint of either sort
	DataComplaint  Kind = "data-complaint"         // a complaint about the use of personal data came
	Withdrawal     Kind = "withdrawal"             // consent is withdrawn, and what stopped
	Ready          Kind = "ready"                  // the answer can be collected
	Estate         Kind = "estate"                 // an enquiry about somebody who has died came
	Breach         Kind = "breach"                 // what went wrong with somebody's data
	NoticeChanged  Kind = "notice-changed"         // the privacy notice changes

	// Waiting is not a letter by itself: it is all that an e-mail says where the letter
	// is to be read on the portal.
	Waiting Kind = "waiting"
	// Came is no letter of a case either: it answers an e-mail that came, before anybody
	// has read it.
	Came Kind = "mail-came"
	// frame is how every letter begins and ends.
	frame Kind = "frame"
)

// Kinds is every letter that staff may write, in the order of a case's life.
func Kinds() []Kind {
	return []Kind{Acknowledge, Identity, Clarify, Extend, Answer, Partly, Refuse, Consent, Transfer,
		ComplaintAck, ComplaintReply, DataComplaint, Withdrawal, Ready, Estate, Breach, NoticeChanged}
}

// templates is every file that a language has.
func templates() []Kind { return append(Kinds(), Waiting, Came, frame) }

// Open reports whether the whole letter may go by e-mail: it says no more than that
// a case stands open, and its dates; or it warns somebody who has no case to read it in.
// Of any other an e-mail only says that it waits.
func (k Kind) Open() bool {
	return slices.Contains([]Kind{Acknowledge, ComplaintAck, DataComplaint, Ready, Breach, NoticeChanged, Waiting, Came}, k)
}

// Outcome is what an answer of this kind comes to; "" where the letter is none, or
// where the answer to a complaint may come to anything.
func (k Kind) Outcome() law.Outcome {
	switch k {
	case Answer, Withdrawal:
		return law.Granted
	case Partly:
		return law.Partly
	case Refuse:
		return law.Denied
	}
	return ""
}

// Answers reports whether the letter is an answer, which has to say what package
// law says that one has to.
func (k Kind) Answers() bool { return k == ComplaintReply || k.Outcome() != "" }

// Acknowledges is the letter that goes out when a case of a kind is opened; false
// where nobody outside is waiting for one.
func Acknowledges(k law.Kind) (Kind, bool) {
	switch k {
	case law.KindBreach:
		return "", false
	case law.KindComplaint:
		return ComplaintAck, true
	case law.KindDataComplaint:
		return DataComplaint, true
	case law.KindEstate:
		return Estate, true
	}
	return Acknowledge, true
}

// Element is something that a letter has to say.
type Element struct {
	ID   string
	Says string // in a sentence, for whoever writes a template
	Cite string
	// Uses is fields of which the block has to show each, so that it cannot be there
	// in name alone.
	Uses []string
	// Verified is whether the provision was read in its source. What is not is never
	// to be shown as settled law.
	Verified bool
	// choice says that law decides, by the kind of case and the outcome, whether the
	// block stands in the letter.
	choice bool
}

// ownWords is the block that a landlord may add anywhere, any number of times.
const ownWords = "also"

// Elements is what a letter has to say, whatever the case.
func (k Kind) Elements() []Element {
	goodPractice := "good practice"
	contact := Element{ID: "contact", Says: "Whom to ask about it.", Cite: "UK GDPR Art 12(2)", Uses: []string{"Contact"}}
	received := Element{ID: "received", Says: "That it came, when, and by what name to ask for it.", Cite: goodPractice, Uses: []string{"Received", "Reference"}}
	due := Element{ID: "due", Says: "By when the answer is due.", Cite: "UK GDPR Arts 12(3), 12A", Uses: []string{"Due"}, Verified: true}
	own := Element{ID: law.RouteOwn, Says: "How to complain to the landlord itself.", Cite: "UK GDPR Art 12(4); DPA 2018 s.164A", Uses: []string{"Contact"}, Verified: true}
	regulator := Element{ID: law.RouteRegulator, Says: "How to complain to the regulator.", Cite: "UK GDPR Art 12(4); DPA 2018 s.165", Uses: []string{"Regulator"}, Verified: true}
	court := Element{ID: law.RouteCourt, Says: "That a court may be asked.", Cite: "UK GDPR Art 12(4); DPA 2018 s.167", Verified: true}
	review := Element{ID: law.RouteReview, Says: "How to ask for a review.", Cite: "FOIA 2000 s.17(7); EIR 2004 reg 14(5)", Uses: []string{"Contact"}}
	ombudsman := Element{ID: law.RouteOmbudsman, Says: "How to go to the Housing Ombudsman.", Cite: "Housing Ombudsman, Complaint Handling Code", Uses: []string{"Ombudsman"}}
	answer := Element{ID: "answer", Says: "What was done or found.", Cite: "UK GDPR Art 12(3)", Uses: []string{"Answer"}, Verified: true}
	reasons := Element{ID: "reasons", Says: "Why.", Cite: "UK GDPR Art 12(4)", Uses: []string{"Words"}, Verified: true}
	decided := func(all ...Element) []Element { // by law, of each case
		for i := range all {
			all[i].choice = true
		}
		return all
	}
	routes := decided(own, regulator, court, review, ombudsman)
	switch k {
	case Acknowledge:
		return []Element{received, due, contact}
	case Identity:
		return []Element{
			{ID: "doubt", Says: "Why it is in doubt who asks.", Cite: "UK GDPR Art 12(6)", Uses: []string{"Words"}, Verified: true},
			{ID: "ways", Says: "What will do as proof, none of it more than is needed.", Cite: "UK GDPR Arts 5(1)(c), 12(6)", Uses: []string{"Ways"}, Verified: true},
			{ID: "clock", Says: "That the time begins when the proof has come.", Cite: "UK GDPR Art 12A(2)", Verified: true},
			{ID: "kept", Says: "What becomes of what is shown.", Cite: "UK GDPR Art 13(2)(a)"},
			contact}
	case Clarify:
		return []Element{
			{ID: "question", Says: "What is asked.", Cite: "UK GDPR Art 12A(5)", Uses: []string{"Words"}, Verified: true},
			{ID: "clock", Says: "What waiting for the answer does to the time, which is not the same for every kind.", Cite: "UK GDPR Art 12A(5); FOIA 2000 s.1(3)", Uses: []string{"Pauses", "Restarts", "Due"}, Verified: true},
			contact}
	case Extend:
		own.Cite, regulator.Cite, court.Cite = "DPA 2018 s.164A", "DPA 2018 s.165", "DPA 2018 s.167"
		reasons.Cite = "UK GDPR Art 12A(4)"
		return []Element{reasons,
			{ID: "new-date", Says: "The new date.", Cite: "UK GDPR Art 12A(3)–(4)", Uses: []string{"Until"}, Verified: true},
			own, regulator, court, contact}
	case Answer:
		return append(append([]Element{answer}, routes[:2]...), contact)
	case Partly:
		return append(append([]Element{answer, reasons}, routes...), contact)
	case Refuse:
		return append(append([]Element{reasons}, routes...), contact)
	case Consent:
		return []Element{
			{ID: "what", Says: "What it is about them that might be given out.", Cite: "DPA 2018 Sch 2 para 16(4)", Uses: []string{"Words"}, Verified: true},
			{ID: "free", Says: "That they may say no, and that it is weighed either way.", Cite: "DPA 2018 Sch 2 para 16(4)(d)", Verified: true},
			{ID: "by", Says: "By when to say so.", Cite: goodPractice, Uses: []string{"Until"}},
			contact}
	case Transfer:
		return []Element{
			{ID: "to", Says: "Who answers now.", Cite: "UK GDPR Arts 12(2), 28(3)(e)", Uses: []string{"Who"}},
			{ID: "clock", Says: "That the time that has passed counts.", Cite: "UK GDPR Art 12A(2)"},
			own, regulator, contact}
	case ComplaintAck:
		due.Cite, due.Verified = "Housing Ombudsman, Complaint Handling Code", false
		return []Element{received, due, ombudsman, contact}
	case ComplaintReply:
		reasons.Cite, reasons.choice = "Housing Ombudsman, Complaint Handling Code; DPA 2018 s.164A", true
		answer.Cite = "Housing Ombudsman, Complaint Handling Code; DPA 2018 s.164A"
		escalate := Element{ID: "escalate", Says: "How to take it to the next stage.", Cite: "Housing Ombudsman, Complaint Handling Code", Uses: []string{"Contact"}}
		return append(append([]Element{answer, reasons}, decided(escalate, ombudsman, regulator)...), contact)
	case DataComplaint:
		return []Element{received,
			{ID: "steps", Says: "What happens next, and that they are told how it goes.", Cite: "DPA 2018 s.164A", Verified: true},
			regulator, contact}
	case Withdrawal:
		return []Element{answer,
			{ID: "before", Says: "That what was done before stays lawful.", Cite: "UK GDPR Art 7(3)"},
			contact}
	case Ready:
		return []Element{
			{ID: "fetch", Says: "Where to collect it, and by what.", Cite: "UK GDPR Art 12(3)", Uses: []string{"Reference"}, Verified: true},
			own, regulator, contact}
	case Estate:
		return []Element{received,
			{ID: "right", Says: "That data protection law is the living's, and what can be given all the same.", Cite: "DPA 2018 s.3(2)", Verified: true},
			{ID: "evidence", Says: "What shows who settles the estate.", Cite: goodPractice},
			contact}
	case Breach:
		art34 := func(id, says, uses string) Element {
			return Element{ID: id, Says: says, Cite: "UK GDPR Art 34(2)", Uses: []string{uses}}
		}
		return []Element{
			art34("nature", "What happened to their data, in plain words.", "Words"),
			art34("effects", "What is likely to come of it.", "Effects"),
			art34("measures", "What was and will be done about it.", "Steps"),
			art34("contact", "Whom to ask about it.", "Contact"),
			regulator}
	case NoticeChanged:
		told := func(id, says, uses string) Element {
			return Element{ID: id, Says: says, Cite: "UK GDPR Arts 12(1), 13(3), 14(4)", Uses: lines([]string{uses})}
		}
		return []Element{
			told("what", "What changes, in plain words.", "Words"),
			told("from", "From which day.", "Until"),
			told("why", "Why it changes.", "Why"),
			told("rights", "Which rights they have.", ""),
			told("read", "Where the whole notice can be read, and what was compared with what.", "Link"),
			contact, regulator}
	case Waiting:
		return []Element{{ID: "fetch", Says: "Where to read the letter, and by what.", Cite: "UK GDPR Art 5(1)(f)", Uses: []string{"Link", "Reference"}, Verified: true}}
	case Came:
		return []Element{
			{ID: "received", Says: "That it came, and when.", Cite: goodPractice, Uses: []string{"Received"}},
			{ID: "careful", Says: "To keep what is confidential out of e-mails.", Cite: "UK GDPR Art 5(1)(f)", Verified: true},
			contact}
	case frame:
		return []Element{{ID: "greeting", Says: "How a letter begins.", Cite: goodPractice},
			{ID: "close", Says: "Who writes.", Cite: "UK GDPR Art 12(1)", Uses: []string{"Landlord"}}}
	}
	return nil
}
