package notice

import "slices"

// promises: a sentence with an id that nothing checks. The reverse, a check
// whose sentence does not exist, is a broken reference and so a Problem.
func (l *linter) promises() {
	for _, s := range l.n.Words.Promises() {
		if len(l.n.Promises[s.ID]) == 0 {
			l.find("sentence-without-check", wordsAt(s.Line), s.ID, "nothing shows that this promise is kept: "+quote(s.Text),
				"name a check for it in promises.yaml, or take the id away if it promises nothing")
		}
	}
}

func (l *linter) categories() {
	used, ours, kept, keptForClients := make(map[ID]bool), make(map[ID]bool), make(map[ID]bool), make(map[ID]bool)
	for _, u := range l.n.Uses.Uses {
		if mark(used, u.Categories); u.Role != AsProcessor {
			mark(ours, u.Categories)
		}
	}
	for _, k := range l.n.Keeping.Rules {
		if mark(keptForClients, k.Categories); k.Client == "" { // a client's period is none of ours
			mark(kept, k.Categories)
		}
	}
	for _, c := range l.n.Data.Categories {
		if !used[c.ID] {
			l.find("category-without-use", c.Pos, c.ID, "it is held, and no use needs it", "name it in a use of uses.yaml, or stop holding it")
		}
		if !kept[c.ID] && (ours[c.ID] || !keptForClients[c.ID]) {
			l.find("category-without-retention", c.Pos, c.ID, "no rule says how long it is kept", "name it in a rule of keeping.yaml")
		}
	}
}

func (l *linter) uses() {
	for _, u := range l.n.Uses.Uses {
		if u.Role != AsProcessor || u.Basis != "" { // a processor's basis is its client's, and so is saying it
			l.basis(u.Pos, u.ID, "use", u.Basis, u.Law)
		}
		switch {
		case u.Basis == LegitimateInterests && u.Interest == "":
			l.find("interest-not-named", u.Pos, u.ID, "it rests on legitimate interests, and does not say whose or which", "add interest: and say it")
		case u.Basis == RecognisedInterests && u.Recognised == "":
			l.find("interest-not-named", u.Pos, u.ID, "it rests on a recognised legitimate interest, and does not say which", "add recognised: and name the condition")
		}
		if a := u.Automated; a != nil && u.Basis == RecognisedInterests {
			l.find("automated-on-recognised-interest", u.Pos, u.ID, "a decision by machine alone may not rest on a recognised legitimate interest", "put a person in the decision, or find another basis")
		}
		if len(u.Sources) == 0 {
			l.find("use-without-source", u.Pos, u.ID, "nothing says where its data comes from", "add sources:")
		}
		if p := u.New; p != nil && p.Exemption == "" && (p.Told == "" || p.Told > p.Since) {
			l.find("new-purpose-untold", p.Pos, u.ID, "the purpose began on "+string(p.Since)+", and people had not been told", "tell people before it begins, or record the exemption and who decided")
		}
		special, criminal := l.kinds(u.Categories)
		l.specialCondition(u.Pos, u.ID, u.Basis, special, u.Special)
		if len(criminal) > 0 && u.Criminal == nil {
			l.find("criminal-without-condition", u.Pos, u.ID, "it uses "+list(criminal)+", which is criminal offence data, and names nothing that allows it", "add criminal: with the paragraph of Schedule 1")
		}
		if p := paragraphs(u.Special, u.Criminal); len(p) > 0 && u.Policy == nil && slices.ContainsFunc(p, needsPolicy) {
			l.find("policy-document-missing", u.Pos, u.ID, "its condition wants an appropriate policy document, and none is named", "add policy-document: with its title")
		}
	}
}

func paragraphs(s *SpecialCondition, c *CriminalCondition) []int {
	var out []int
	if s != nil && s.Schedule1 > 0 {
		out = append(out, s.Schedule1)
	}
	if c != nil && c.Schedule1 > 0 {
		out = append(out, c.Schedule1)
	}
	return out
}

// needsPolicy: paragraphs 2 to 4 of Part 1 and those of Part 3 want no
// policy document; 1 and Part 2 do. Paragraphs 13, 21 and 25 to 27 are spared in
// part, and are no landlord's.
func needsPolicy(paragraph int) bool {
	return paragraph == 1 || paragraph >= 6 && paragraph <= 28
}

// basis: a purpose needs one, and some of them need an enactment too.
func (l *linter) basis(at Pos, id ID, what string, b Basis, law string) {
	switch {
	case b == "":
		l.find(what+"-without-basis", at, id, "it names no lawful basis", "add basis:")
	case (b == LegalObligation || b == PublicTask) && law == "":
		l.find(what+"-without-law", at, id, "it rests on "+spaced(b)+", and does not say in what law", "add law: and name the enactment")
	}
}

// equalityKinds are all that Schedule 1 paragraph 8 covers.
func equalityKinds() []SpecialKind {
	return []SpecialKind{EthnicOrigin, Belief, Health, SexualOrientation}
}

func (l *linter) specialCondition(at Pos, id ID, basis Basis, special []ID, c *SpecialCondition) {
	if c != nil {
		if len(c.Or) > 0 {
			l.find("condition-undecided", c.Pos, id, "it offers "+spaced(c.Article9)+" and "+quoteList(wordsOfIDs(c.Or))+" for the same thing", "decide which one allows it, and take the others out of or:")
		}
		if c.Article9 == PublicHealth {
			l.find("condition-unlikely", c.Pos, id, "public health is for health services and the like, and seldom for a landlord", "look for another condition, such as substantial-public-interest with its paragraph")
		}
	}
	switch {
	case len(special) == 0:
	case c == nil && basis == LegitimateInterests:
		l.find("interests-for-special", at, id, "it uses "+list(special)+", which is special category data, on legitimate interests alone; that never allows it",
			"add special: with a condition of Article 9(2), or leave the category out")
	case c == nil:
		l.find("special-without-condition", at, id, "it uses "+list(special)+", which is special category data, and names nothing that allows it", "add special: with the condition")
	case c.Article9.needsSchedule1() && c.Schedule1 == 0:
		l.find("condition-without-schedule-1", c.Pos, id, "its condition works only with a paragraph of Schedule 1", "add schedule-1:")
	case c.Schedule1 == 8:
		for _, category := range special {
			cat, _ := l.n.Data.Category(category)
			for _, k := range cat.Special {
				if !slices.Contains(equalityKinds(), k) {
					l.find("equality-condition-too-wide", c.Pos, id, "equality monitoring does not cover "+string(k)+" data, which "+string(category)+" holds",
						"leave the category out, or find another condition for it")
				}
			}
		}
	}
}

// kinds picks the special and the criminal of some categories.
func (l *linter) kinds(ids []ID) (special, criminal []ID) {
	for _, id := range ids {
		c, _ := l.n.Data.Category(id)
		switch c.Kind {
		case Special:
			special = append(special, id)
		case Criminal:
			criminal = append(criminal, id)
		}
	}
	return special, criminal
}

// bases: what the words list, against each other and against the uses.
func (l *linter) bases() {
	stated := l.n.Uses.Stated
	var listed []Basis
	for i, s := range stated {
		listed = append(listed, s.Bases...)
		if i > 0 && len(s.Bases) > 0 && len(stated[0].Bases) > 0 && !sameSet(s.Bases, stated[0].Bases) {
			l.find("bases-differ", s.Pos, s.Promise, "this list of lawful bases is not the one given at "+string(stated[0].Promise), "give one list, in one place")
		}
	}
	recognised := false
	for _, u := range l.n.Uses.Uses {
		recognised = recognised || u.Basis == RecognisedInterests
		if len(listed) > 0 && u.Basis != "" && !slices.Contains(listed, u.Basis) {
			l.find("bases-differ", u.Pos, u.ID, "it rests on "+spaced(u.Basis)+", which no list in the words has", "add it to the words, or correct the use")
		}
	}
	if f := l.n.Uses.Further; f != nil {
		if f.OnlyGiven {
			for _, u := range l.n.Uses.Uses {
				if u.Basis != "" && u.Basis != Contract && u.Basis != Consent {
					l.find("only-as-given-broken", f.Pos, u.ID, "the notice says data is used only for the service it was given for, and also uses it: "+quote(u.Purpose), "say what else it is used for, or stop")
					break
				}
			}
		}
		if f.Anonymous && f.Test == "" {
			l.find("anonymity-untested", f.Pos, "further-use", "anonymous data may be used for anything, and nothing shows that it is anonymous", "add anonymity-test: small groups and rare combinations give people away")
		}
	}
	if recognised || l.n.Landlord.Controllers == nil {
		return
	}
	for _, r := range l.n.Sharing.Rules {
		to, _ := byID(l.n.Sharing.Recipients, r.To, func(r Recipient) ID { return r.ID })
		if to.Kind == CompetentAuthority && r.Basis != RecognisedInterests {
			l.find("recognised-interest-available", r.Pos, r.ID, "no use or rule rests on a recognised legitimate interest, which covers crime, safeguarding and emergencies without a balancing test", "consider basis: recognised-legitimate-interests")
			return
		}
	}
}

func sameSet[T comparable](a, b []T) bool {
	in := func(x, y []T) bool {
		for _, v := range x {
			if !slices.Contains(y, v) {
				return false
			}
		}
		return true
	}
	return in(a, b) && in(b, a)
}

// consents looks wherever the notice says how consent is given.
func (l *linter) consents() {
	for _, u := range l.n.Uses.Uses {
		l.consent(u.Consent, u.ID)
	}
	for _, r := range l.n.Records.Recordings {
		l.consent(r.Consent, r.ID)
	}
	if c := l.n.Web.Choice; c != nil && !c.How.isConsent() {
		l.find("consent-by-conduct", c.Pos, "cookie-choice", "cookies are said to be agreed to by "+spaced(c.How), "ask, and set nothing that needs consent before the answer")
	}
	for _, m := range l.n.Uses.Marketing {
		if (m.By == MessageEmail || m.By == MessageText) && (m.When == UnlessRefused || m.When == IfRegistered) {
			l.find("marketing-without-consent", m.Pos, ID(m.By), "marketing by "+string(m.By)+" is sent to people who are "+spaced(m.When), "ask first; or show that the soft opt-in fits: similar goods, or a charity's own purposes, with a way out each time")
		}
	}
}

func (l *linter) consent(c *ConsentTerms, id ID) {
	if c == nil {
		return
	}
	if !c.How.isConsent() {
		l.find("consent-by-conduct", c.Pos, id, "consent is said to be given by "+spaced(c.How)+", which is no clear act of agreeing", "ask; or rest it on another basis and say so")
	}
	if c.By == ByLandlord {
		l.find("consent-not-the-persons", c.Pos, id, "a landlord's consent is its instruction to us, and not the consent of the person", "record it as the client's instruction, and name the client's basis")
	}
	if len(c.Withdraw) == 0 {
		l.find("consent-without-withdrawal", c.Pos, id, "nothing says how consent is taken back", "add withdraw: with ways that are as easy as giving it")
	}
}

// clients: an agent says for whom it acts.
func (l *linter) clients() {
	n := l.n
	for _, c := range n.Landlord.Controllers {
		if c.Kind == ManagingAgent && len(n.Landlord.Clients) == 0 {
			l.find("agent-without-client", c.Pos, c.ID, "it acts for landlords, and names none: nobody can tell who decides", "add clients:, or say how people learn who their landlord is")
		}
	}
	for _, u := range n.Uses.Uses {
		if u.Role == AsProcessor && len(u.Clients) == 0 {
			l.find("agent-without-client", u.Pos, u.ID, "it is done on a client's instruction, and no client is named", "add clients:")
		}
	}
	for _, c := range n.Landlord.Clients {
		if c.Agreement == "" {
			l.find("client-without-agreement", c.Pos, c.ID, "we act for it, and no agreement is named", "add agreement:")
		}
		if c.Ends == nil {
			l.find("client-without-end", c.Pos, c.ID, "nothing says what becomes of its data when we stop acting for it", "add ends: {action: return-then-delete, within: P1M}")
		}
	}
	if !slices.ContainsFunc(n.Landlord.Contacts, func(c Contact) bool { return c.DPO }) {
		l.find("officer-missing", Pos{File: landlordFile}, "contacts", "no contact is the data protection officer", "write data-protection-officer: true on the one who is, or who answers for data protection")
	}
	for _, r := range n.Landlord.Regulators {
		if len(r.Names) > 0 && !slices.ContainsFunc(r.Names, func(x RegulatorName) bool { return l.day >= x.From && (x.Until == "" || l.day <= x.Until) }) {
			l.find("regulator-unnamed-today", r.Pos, r.ID, "none of its names holds on "+string(l.day), "add the name it has now, with from:")
		}
	}
	if n.Landlord.Nation == EnglandAndWales {
		if _, ok := n.Rights.Right(STAIRs); !ok {
			l.stairs()
		}
	}
}

func (l *linter) stairs() {
	const mend = "add an entry with right: stairs; a publication scheme is due since 1 October 2026 and requests are from 1 April 2027"
	for _, c := range l.n.Landlord.Controllers {
		if c.UnderSTAIRs() {
			l.find("stairs-missing", c.Pos, c.ID, "it is a registered provider, and its tenants are not told that they may ask how their homes are run", mend)
		}
	}
	for _, c := range l.n.Landlord.Clients {
		if c.UnderSTAIRs() {
			l.find("stairs-missing", c.Pos, c.ID, "the client is a registered provider, and its tenants are not told that they may ask how their homes are run", mend)
		}
	}
}
