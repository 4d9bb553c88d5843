package notice

import (
	"regexp"
	"slices"
)

func (l *linter) recipients() {
	ruled := make(map[ID]bool)
	for _, r := range l.n.Sharing.Rules {
		ruled[r.To] = true
	}
	for _, r := range l.n.Sharing.Recipients {
		if !ruled[r.ID] {
			l.find("recipient-without-rule", r.Pos, r.ID, "no rule says what they may be given or when", "add a rule to sharing.yaml, or take them out")
		}
		if r.Agreement == "" && (r.Kind == Processor || r.Kind == JointController) {
			l.find("recipient-without-agreement", r.Pos, r.ID, "they act as a "+spaced(r.Kind)+", and no agreement is named", "add agreement:")
		}
		if r.Safeguard == "" && len(r.Abroad()) > 0 {
			l.find("transfer-without-safeguard", r.Pos, r.ID, "data is held outside the United Kingdom, and nothing is named that protects it", "add safeguard:")
		}
		if r.OpenEnded {
			l.find("recipient-open-ended", r.Pos, r.ID, quote(r.Title)+" is anybody: the notice must name recipients, or kinds of them", "say which kinds, or rest each case on consent or a named exemption")
		}
	}
}

var homelessness = regexp.MustCompile(`(?i)homeless|commitment to refer`)

func (l *linter) sharing() {
	asks := make(map[ID]ShareRule) // by recipient: a rule that needs an agreement
	for _, r := range l.n.Sharing.Rules {
		if slices.Contains(r.Needs, NeedAgreement) || slices.Contains(r.Needs, NeedSigned) {
			asks[r.To] = r
		}
	}
	for _, r := range l.n.Sharing.Rules {
		to, _ := byID(l.n.Sharing.Recipients, r.To, func(r Recipient) ID { return r.ID })
		l.basis(r.Pos, r.ID, "sharing", r.Basis, r.Law)
		if len(r.Promise) == 0 {
			l.find("rule-without-sentence", r.Pos, r.ID, "data is shared, and no sentence of the notice says so", "write the sentence in notice.md and name its id as promise:")
		}
		special, criminal := l.kinds(r.Categories)
		l.specialCondition(r.Pos, r.ID, r.Basis, l.uncovered(r, special, func(u Use) bool { return u.Special != nil }), r.Special)
		if left := l.uncovered(r, criminal, func(u Use) bool { return u.Criminal != nil }); len(left) > 0 && r.Criminal == nil {
			l.find("criminal-without-condition", r.Pos, r.ID, "it gives out "+list(left)+", which is criminal offence data, and names nothing that allows it", "add criminal:, or name in for: a use that covers it")
		}
		if with, ok := asks[r.To]; ok {
			switch {
			case with.ID == r.ID && to.Agreement == "":
				l.find("agreement-needed-and-missing", r.Pos, r.ID, "it is given only under an agreement, and "+string(r.To)+" has none", "name the agreement of the recipient, or give nothing")
			case !slices.Contains(r.Needs, NeedAgreement) && !slices.Contains(r.Needs, NeedSigned):
				l.find("conditions-differ", r.Pos, r.ID, string(with.ID)+" gives to the same recipient only under an agreement, and this does not", "ask for the agreement here too, or say why not")
			}
		}
		if r.Tell == TellNever && r.Exemption == "" {
			l.find("silent-sharing", r.Pos, r.ID, "the person never hears of it, and no exemption is named", "add exemption:, or tell them")
		}
		if r.Everyone {
			l.find("everyone-shared", r.Pos, r.ID, "all customers are in it, whether it concerns them or not", "send only those it concerns; if all must be in it, assess the impact and say so")
		}
		if homelessness.MatchString(r.Says+" "+string(r.ID)) && to.Kind == PublicBody && r.When != ByPerson && !slices.Contains(r.Needs, NeedAgreed) && !slices.Contains(r.Needs, NeedConsent) {
			l.find("referral-without-agreement", r.Pos, r.ID, "people are referred to a housing authority without being asked", "write when: by-person, or needs: [persons-agreement]")
		}
	}
}

// uncovered leaves the categories that no use named by the rule both covers and
// has a condition for.
func (l *linter) uncovered(r ShareRule, ids []ID, allows func(Use) bool) []ID {
	var out []ID
	for _, id := range ids {
		covered := slices.ContainsFunc(l.n.Uses.Uses, func(u Use) bool {
			return slices.Contains(r.For, u.ID) && slices.Contains(u.Categories, id) && allows(u)
		})
		if !covered {
			out = append(out, id)
		}
	}
	return out
}

// eea are the members of the European Economic Area; those of the Union first.
func eea() []Country {
	return []Country{"AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO"}
}

const unionMembers = 27

// transfers: the lines the sentences draw, against each other and against where
// recipients are.
func (l *linter) transfers() {
	limits := l.n.Sharing.Transfers
	for i, t := range limits {
		if i > 0 && !sameSet(t.Within, limits[0].Within) {
			l.find("perimeters-differ", t.Pos, t.Promise.First(), "here data may be in "+quoteList(wordsOfIDs(t.Within))+", and at "+string(limits[0].Promise.First())+" in "+quoteList(wordsOfIDs(limits[0].Within)), "draw one line; until then the narrower one holds")
		}
	}
	if len(limits) == 0 {
		return
	}
	inside := func(c Country, t TransferLimit) bool {
		return slices.Contains(t.Within, InAdequate) ||
			slices.Contains(t.Within, InEEA) && slices.Contains(eea(), c) ||
			slices.Contains(t.Within, InEU) && slices.Contains(eea()[:unionMembers], c)
	}
	for _, r := range l.n.Sharing.Recipients {
		for _, c := range r.Abroad() {
			i := slices.IndexFunc(limits, func(t TransferLimit) bool { return !inside(c, t) && !slices.Contains(t.Safeguards, r.Safeguard) })
			if i >= 0 {
				l.find("transfer-beyond-perimeter", r.Pos, r.ID, "data is held in "+string(c)+", which is beyond "+quoteList(wordsOfIDs(limits[i].Within)), "bring it back, or draw the line where it is and name the safeguard in safeguards:")
				break
			}
		}
	}
}

// nevers: what is said never to be held or given, and is.
func (l *linter) nevers() {
	for _, v := range l.n.Data.Never {
		if len(v.Categories) > 0 {
			l.find("never-held-yet-held", v.Pos, v.ID, "it is never held, and "+list(v.Categories)+" holds it", "keep the promise, or withdraw it")
		}
		for _, c := range l.n.Data.Categories {
			for _, k := range c.Special {
				if slices.Contains(v.Special, k) {
					l.find("never-held-yet-held", c.Pos, c.ID, string(v.ID)+" says that "+spaced(k)+" data is never held, and this category holds it", "keep the promise, or withdraw it")
				}
			}
		}
		if v.Unless != "" {
			l.find("hedged-promise", v.Pos, v.ID, "it is never held, and then: "+quote(v.Unless), "say never, and mean it; until then never is what holds")
		}
	}
	for _, v := range l.n.Sharing.Never {
		for _, r := range l.n.Sharing.Rules {
			if !slices.Contains(v.To, r.To) {
				continue
			}
			if len(v.Categories) == 0 || slices.ContainsFunc(r.Categories, func(c ID) bool { return slices.Contains(v.Categories, c) }) {
				l.find("never-shared-yet-shared", r.Pos, r.ID, string(v.ID)+" says that this is never given to "+string(r.To), "keep the promise, or withdraw it; until then nothing is given")
			}
		}
		if v.Unless != "" {
			l.find("hedged-promise", v.Pos, v.ID, "it is never passed on, and then: "+quote(v.Unless), "say when it is passed on, or that it never is")
		}
	}
}

func (l *linter) keeping() {
	for _, k := range l.n.Keeping.Of("") { // a client's own notice says what it promises
		if len(k.Promise) == 0 {
			l.find("rule-without-sentence", k.Pos, k.ID, "a retention rule is applied, and no sentence of the notice says so", "write the sentence in notice.md and name its id as promise:")
		}
	}
	for _, s := range l.n.Keeping.Stores {
		r, ok := byID(l.n.Sharing.Recipients, s.Recipient, func(r Recipient) ID { return r.ID })
		if s.Kind == TheirComputers && s.If != "" && (!ok || r.Control == "") {
			l.find("suppliers-not-controlled", s.Pos, s.ID, "data may lie there if "+s.If+", and nothing shows that", "name the recipient, and say in its control: what shows it")
		}
	}
	if lv := l.n.Keeping.Leaving; lv != nil {
		for _, id := range lv.Holds {
			if h, ok := byID(l.n.Keeping.Holds, id, func(h Hold) ID { return h.ID }); ok && h.ReviewEvery == "" {
				l.find("hold-without-review", h.Pos, h.ID, "it may keep data for years, and nobody asks whether it still must", "add review-every:")
			}
		}
	}
}
