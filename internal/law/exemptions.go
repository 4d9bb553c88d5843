package law

// Exemption is a reason for which something may be withheld. It is applied to
// one item at a time, only as far as it reaches, with the reason recorded.
type Exemption struct {
	ID      string `json:"id"` // stable; redaction decisions and packs refer to it
	Cite    string `json:"cite"`
	Title   string `json:"title"`
	Removes string `json:"removes"` // the provisions it lifts
	Test    string `json:"test"`    // what a person has to be satisfied of
	// Hushed exemptions may be left unnamed to the requester where naming them
	// would itself do the harm they guard against: then neither confirm nor deny.
	Hushed bool `json:"hushed"`
	// Verified is whether the provision was read in the statute or the
	// regulator's own page.
	Verified bool `json:"verified"`
}

// The ids that redaction proposes by itself; the others are for people to pick.
const (
	ExemptNotYours     = "not-yours"
	ExemptNotPortable  = "not-portable"
	ExemptNotAsked     = "not-asked"
	ExemptThirdParty   = "third-party"
	ExemptPrivilege    = "privilege"
	ExemptCrime        = "crime"
	ExemptNegotiations = "negotiations"
	ExemptHealthHarm   = "health-serious-harm"
)

// listed is "the listed GDPR provisions" of DPA 2018 Sch 2 paras 1 and 6 and
// Sch 3 para 1, in short.
const listed = "UK GDPR Arts 13–21 as listed, and Art 5 so far as it corresponds"

// Exemptions is every reason there is, DPA 2018 Schs 2 to 4 in order, after the
// four that follow from the rights themselves.
func Exemptions() []Exemption {
	return []Exemption{
		{ID: ExemptNotYours, Cite: "UK GDPR Arts 4(1), 15(1)", Title: "Not your personal data",
			Removes: "Nothing: Art 15 never reached it",
			Test:    "The passage is not about the requester: it identifies only someone else, or no one.", Verified: true},
		{ID: ExemptNotPortable, Cite: "UK GDPR Art 20(1)", Title: "Outside the right to take information with you",
			Removes: "Nothing: Art 20 never reached it, and Art 15 does",
			Test:    "The person did not give it, or it is not used on their consent or a contract, or not processed by automated means. For requests under Art 20 alone."},
		{ID: ExemptNotAsked, Cite: "UK GDPR Art 15(1)", Title: "Not part of what was asked for",
			Removes: "Nothing: the person may ask for it, and Art 15 reaches it",
			Test:    "The request was for a named part of what is held, and this is no part of it. For requests that came with a scope alone."},
		{ID: "deceased", Cite: "DPA 2018 s.3(2)", Title: "About someone who has died",
			Removes: "Nothing: personal data relate to living people",
			Test:    "The person the passage is about is dead, and it says nothing about the living requester. Confidence may still be owed.", Verified: true},
		{ID: ExemptCrime, Cite: "DPA 2018 Sch 2 para 2", Title: "Crime and taxation",
			Removes: "UK GDPR Arts 13–21 as listed, the fairness and transparency of Art 5(1)(a), Art 34",
			Test:    "The data are processed to prevent, investigate or detect crime, to apprehend or prosecute offenders, or for tax; and disclosure would be likely to prejudice that.", Hushed: true, Verified: true},
		{ID: "risk-assessment", Cite: "DPA 2018 Sch 2 para 3", Title: "Crime and taxation: risk assessment",
			Removes: "UK GDPR Arts 13–15",
			Test:    "The data are a classification in a local authority's or housing benefit risk assessment system, and it would be prejudiced.", Hushed: true, Verified: true},
		{ID: "required-by-law", Cite: "DPA 2018 Sch 2 para 5(1)–(2)", Title: "Public by law, or disclosure required by law",
			Removes: listed,
			Test:    "An enactment makes the controller publish the data, or an enactment, a rule of law or a court order requires the disclosure; and complying would prevent it.", Verified: true},
		{ID: "legal-proceedings", Cite: "DPA 2018 Sch 2 para 5(3)", Title: "Legal proceedings",
			Removes: listed,
			Test:    "Disclosure is necessary for legal proceedings, legal advice, or establishing, exercising or defending rights; and complying would prevent it.", Verified: true},
		{ID: "regulatory", Cite: "DPA 2018 Sch 2 paras 7–12", Title: "Regulators and ombudsmen",
			Removes: listed,
			Test:    "Disclosure would be likely to prejudice the function of the body named in the paragraph.", Hushed: true, Verified: true},
		{ID: ExemptThirdParty, Cite: "DPA 2018 Sch 2 para 16", Title: "Someone else's information mixed with yours",
			Removes: "UK GDPR Art 15(1)–(3)",
			Test:    "It identifies another individual (by what the requester is likely to know, and as its source too), who has not consented, and it is not reasonable to disclose without consent: weigh the type of information, confidentiality, the steps taken to get consent, capacity, and any express refusal.", Verified: true},
		{ID: "professionals", Cite: "DPA 2018 Sch 2 para 17", Title: "Health, social work and education professionals",
			Removes: "Nothing: it limits para 16",
			Test:    "The other individual is such a professional acting as one: disclosing is presumed reasonable.", Verified: true},
		{ID: ExemptPrivilege, Cite: "DPA 2018 Sch 2 para 19", Title: "Legal professional privilege",
			Removes: "UK GDPR Arts 13–15",
			Test:    "Privilege could be claimed in legal proceedings, or a professional legal adviser owes the client confidence. No prejudice is needed.", Verified: true},
		{ID: "self-incrimination", Cite: "DPA 2018 Sch 2 para 20", Title: "Self-incrimination",
			Removes: "UK GDPR Arts 13–15",
			Test:    "Complying would show the controller to have committed an offence other than under the data protection Acts.", Hushed: true, Verified: true},
		{ID: "management", Cite: "DPA 2018 Sch 2 para 22", Title: "Management forecasting and planning",
			Removes: "UK GDPR Arts 13–15",
			Test:    "The data are processed to forecast or plan the business, and disclosure would be likely to prejudice its conduct.", Hushed: true, Verified: true},
		{ID: ExemptNegotiations, Cite: "DPA 2018 Sch 2 para 23", Title: "Negotiations with you",
			Removes: "UK GDPR Arts 13–15",
			Test:    "The data record the controller's intentions in negotiating with the requester, and disclosure would be likely to prejudice the negotiations.", Hushed: true, Verified: true},
		{ID: "references", Cite: "DPA 2018 Sch 2 para 24", Title: "Confidential references",
			Removes: "UK GDPR Arts 13–15",
			Test:    "A reference given in confidence for education, training, employment, volunteering, an office, or a service that the requester is to provide. A tenancy reference is none of these.", Verified: true},
		{ID: "expected-not-told", Cite: "DPA 2018 Sch 3 para 4", Title: "Given in the expectation it would not be passed on",
			Removes: listed,
			Test:    "A parent, or someone managing the affairs of a person without capacity, asks for health data which that person gave expecting that they would not be told, or has asked not to have told.", Hushed: true, Verified: true},
		{ID: ExemptHealthHarm, Cite: "DPA 2018 Sch 3 para 5", Title: "Health data: serious harm",
			Removes: "UK GDPR Art 15(1)–(3)",
			Test:    "Disclosure would be likely to cause serious harm to the physical or mental health of anyone. A controller who is no health professional needs the opinion of the appropriate one, obtained in the relevant period.", Hushed: true, Verified: true},
		{ID: "social-work", Cite: "DPA 2018 Sch 3 Part 3", Title: "Social work data",
			Removes: "UK GDPR Art 15(1)–(3)",
			Test:    "For the bodies the Part names: disclosure would be likely to prejudice social work by serious harm to anyone's health.", Hushed: true},
		{ID: "education", Cite: "DPA 2018 Sch 3 Part 4", Title: "Education data",
			Removes: "UK GDPR Art 15(1)–(3)",
			Test:    "For the bodies the Part names: disclosure would be likely to cause serious harm to anyone's health.", Hushed: true},
		{ID: "child-abuse", Cite: "DPA 2018 Sch 3 Part 5", Title: "Child abuse data",
			Removes: "UK GDPR Art 15(1)–(3)",
			Test:    "Someone with parental responsibility, or managing another's affairs, asks, and disclosure would not be in the best interests of the person concerned.", Hushed: true},
	}
}

// ExemptionByID finds one.
func ExemptionByID(id string) (Exemption, bool) {
	for _, e := range Exemptions() {
		if e.ID == id {
			return e, true
		}
	}
	return Exemption{}, false
}
