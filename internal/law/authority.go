package law

import "fmt"

// Role is what somebody is to the person for whom they act.
type Role string

// The roles. The zero Role is the person themselves.
const (
	Self             Role = ""
	ByRepresentative Role = "representative"  // anybody the person named: a relative, a friend, a charity
	BySolicitor      Role = "solicitor"       //
	ByParent         Role = "parent"          // or another with parental responsibility
	ByAttorney       Role = "attorney"        // under a lasting or enduring power of attorney
	ByDeputy         Role = "deputy"          // of the Court of Protection; in Scotland a guardian or intervener, in Northern Ireland a controller
	ByElected        Role = "elected-member"  // MP, MSP, MS, MLA or councillor, about a constituent's case
	ByTrusted        Role = "trusted-contact" // whom the person trusts with particular things
	ByExecutor       Role = "executor"        // of somebody who has died
)

// Roles is every role in which one may act for another.
func Roles() []Role {
	return []Role{ByRepresentative, BySolicitor, ByParent, ByAttorney, ByDeputy, ByElected, ByTrusted, ByExecutor}
}

// Scope is a thing that authority may reach.
type Scope string

// The scopes.
const (
	ForRights   Scope = "rights"   // make a data-protection request and have its answer
	ForTenancy  Scope = "tenancy"  // talk about the tenancy: rent, arrears, complaints
	ForServices Scope = "services" // arrange a repair or another service
	ForCasework Scope = "casework" // have an answer about one matter that the person brought
)

// Scopes is every scope.
func Scopes() []Scope { return []Scope{ForRights, ForTenancy, ForServices, ForCasework} }

// Authority is what shows that somebody may act for another.
type Authority struct {
	Role   Role    `json:"role"`
	Seen   bool    `json:"seen"`           // evidence of it was looked at: a signed form, the sealed power, the order
	Scopes []Scope `json:"scopes"`         // as the evidence has it; for a power or an order, what it covers
	Start  Date    `json:"start,omitzero"` // zero for always
	End    Date    `json:"end,omitzero"`   // the last day; zero until it is ended
	Agreed Fact    `json:"agreed"`         // the person's own explicit word to the landlord
	Ended  Date    `json:"ended,omitzero"` // the day the person, a court or the landlord ended it; zero for none
}

// Subject is what the answer may depend on about the person whose data it is.
type Subject struct {
	Nation      Nation
	Born        Date // zero where not known
	Understands Fact // whether a child understands what their rights are
	Capacity    Fact // whether they can decide this for themselves (Mental Capacity Act 2005; Adults with Incapacity (Scotland) Act 2000)
	Refuses     bool // the person said no to this, having been asked
	Died        bool
}

// Permission is whether somebody may do a thing for another, and why.
type Permission struct {
	Applies  Applies `json:"applies"` // Yes, No, or May: see Needs
	Words    string  `json:"words"`
	Needs    string  `json:"needs,omitempty"` // what is to be done before it is Yes
	Cite     string  `json:"cite"`
	Verified bool    `json:"verified"`
}

// adult is the age from which a parent's say ends.
const (
	adult           = 18
	adultInScotland = 16 // Age of Legal Capacity (Scotland) Act 1991 s.1
	mature          = 12 // DPA 2018 s.208: presumed in Scotland; elsewhere a useful guide (ICO)
)

// age is how old somebody is on a day.
func age(born, on Date) int {
	years := on.Year - born.Year
	if born.AddMonths(12 * years).After(on) {
		years--
	}
	return years
}

// Permits says whether this authority lets its holder do a thing for the person, on
// a day. It never says whether the person is known to the landlord.
func (a Authority) Permits(what Scope, s Subject, on Date) Permission {
	no := func(words, cite string, verified bool) Permission {
		return Permission{Applies: No, Words: words, Cite: cite, Verified: verified}
	}
	const cite = "ICO, requests made for others"
	switch {
	case a.Role == Self && s.Died:
		return no("Somebody who has died has no more rights in data protection; what the estate may have is another question.", "DPA 2018 s.3(2)", true)
	case a.Role == Self:
		return Permission{Applies: Yes, Words: "They ask for themselves.", Cite: "UK GDPR Art 15", Verified: true}
	case s.Died && a.Role == ByExecutor && what != ForRights:
		return a.evidenced(what, on, Permission{Applies: Yes, Words: "They settle the estate: what the estate is owed or owes may be talked about.", Cite: "The law of estates; DPA 2018 s.3(2)"})
	case s.Died:
		return no("The person has died. Rights in data protection ended with them; the estate may make an enquiry through its executor.", "DPA 2018 s.3(2)", true)
	case a.Role == ByExecutor:
		return no("An executor acts for somebody who has died.", "DPA 2018 s.3(2)", true)
	case s.Refuses && s.Capacity != IsNot:
		return no("The person said no to this.", cite, true)
	}
	var p Permission
	switch a.Role {
	case ByRepresentative, BySolicitor:
		p = Permission{Applies: Yes, Words: "The person named them for this.", Cite: cite, Verified: true}
	case ByTrusted:
		p = Permission{Applies: Yes, Words: "The person trusts them with this.", Cite: cite}
		if what == ForRights {
			return no("A trusted contact arranges things; for a copy of the person's information they need to be named for that.", cite, true)
		}
	case ByAttorney, ByDeputy:
		p = Permission{Applies: Yes, Words: "The power or the order covers this.", Cite: "Mental Capacity Act 2005 ss.9, 16; in Scotland the Act of 2000"}
		if a.Role == ByDeputy && s.Capacity == IsSo {
			return no("The person can decide this for themselves, and an order is only for what they cannot.", "Mental Capacity Act 2005 s.20(1)", false)
		}
	case ByElected:
		if what != ForCasework {
			return no("An elected member is answered about the matter that the person brought to them; for a copy of everything they need to be named for that.", "DPA 2018 Sch 1 para 24", true)
		}
		p = Permission{Applies: Yes, Words: "The person brought this matter to their elected member.", Cite: "DPA 2018 Sch 1 paras 23–24", Verified: false}
	case ByParent:
		return a.parent(what, s, on)
	default: // such as a body that asks by a power of its own
		return no("That is no role in which one acts for a person. A body that asks by a power of its own makes a request for disclosure, which is decided as one.", "DPA 2018 Sch 2", true)
	}
	return a.evidenced(what, on, p)
}

// evidenced holds a permission against the evidence: its time and its scope.
func (a Authority) evidenced(what Scope, on Date, p Permission) Permission {
	const cite = "ICO, requests made for others"
	switch {
	case !a.Seen:
		return Permission{Applies: May, Words: "Nothing has been seen that shows it.", Needs: "evidence of the authority", Cite: cite, Verified: true}
	case !a.Start.IsZero() && on.Before(a.Start):
		return Permission{Applies: No, Words: fmt.Sprintf("It begins on %s.", a.Start.Words()), Cite: cite, Verified: true}
	case !a.End.IsZero() && on.After(a.End):
		return Permission{Applies: No, Words: fmt.Sprintf("It ended on %s.", a.End.Words()), Cite: cite, Verified: true}
	case !a.Ended.IsZero() && !on.Before(a.Ended):
		return Permission{Applies: No, Words: fmt.Sprintf("It was ended on %s.", a.Ended.Words()), Cite: cite, Verified: true}
	}
	for _, s := range a.Scopes {
		if s == what {
			return p
		}
	}
	return Permission{Applies: No, Words: "It does not reach this.", Needs: "authority for this", Cite: cite, Verified: true}
}

// parent says what a parent may do: the right is the child's.
func (a Authority) parent(what Scope, s Subject, on Date) Permission {
	cite, verified := "ICO, children and the right of access", true
	grown := adult
	if s.Nation == Scotland {
		cite, grown = "DPA 2018 s.208; ICO, children and the right of access", adultInScotland
	}
	if s.Born.IsZero() {
		return Permission{Applies: May, Words: "How old the child is is not known.", Needs: "the child's age", Cite: cite, Verified: verified}
	}
	years := age(s.Born, on)
	if years >= grown {
		return Permission{Applies: No, Words: "The person is grown up: a parent acts for them only as anybody else may.", Needs: "authority from the person", Cite: cite, Verified: false}
	}
	if what == ForServices { // arranging a repair tells nothing of the child
		return a.evidenced(what, on, Permission{Applies: Yes, Words: "They look after the child.", Cite: cite, Verified: false})
	}
	understands := s.Understands
	if understands == Unknown && s.Nation == Scotland && years >= mature {
		understands = IsSo // presumed, unless the contrary is shown
	}
	switch {
	case understands == IsSo && s.Refuses:
		return Permission{Applies: No, Words: "The child understands and said no.", Cite: cite, Verified: verified}
	case understands == IsSo && a.Agreed == IsSo, understands == IsNot:
		p := Permission{Applies: Yes, Words: "The child agrees.", Cite: cite, Verified: verified}
		if understands == IsNot {
			p.Words = "The child is too young to ask for themselves, and a parent may, in the child's interest and never against it."
		}
		return a.evidenced(what, on, p)
	case understands == IsSo:
		return Permission{Applies: May, Words: "The child understands, so the right is theirs to use.", Needs: "the child's own word", Cite: cite, Verified: verified}
	}
	p := Permission{Applies: May, Words: "Whether the child understands has to be looked at first.", Needs: "a judgement whether the child understands", Cite: cite, Verified: verified}
	if years < mature {
		p.Words += " At this age most do not."
	} else {
		p.Words += " At twelve or more many do."
	}
	return p
}
