package notice

import (
	"regexp"
	"slices"
	"strings"
)

// said reports whether the words, headings and links included, match.
func (l *linter) said(re *regexp.Regexp) bool {
	if slices.ContainsFunc(l.n.Words.All(), func(s Sentence) bool {
		return re.MatchString(s.Text) || slices.ContainsFunc(s.Runs, func(r Run) bool { return re.MatchString(r.Link) })
	}) {
		return true
	}
	return slices.ContainsFunc(l.n.Words.headings(), func(s Section) bool { return re.MatchString(s.Title) })
}

// headings gives every section in order, those below others too.
func (w *Words) headings() []Section {
	var out []Section
	var walk func([]Section)
	walk = func(sections []Section) {
		for _, s := range sections {
			out = append(out, s)
			walk(s.Sections)
		}
	}
	walk(w.Sections)
	return out
}

var (
	basesSaid      = regexp.MustCompile(`(?i)(lawful|legal) (basis|bases|grounds?|reasons?)|\blaw\b.{0,40}\breason|special conditions? .{0,20}law`)
	abroadSaid     = regexp.MustCompile(`(?i)outside (of )?(the )?(uk|united kingdom|eea|eu|european|country)|abroad|overseas|other countr|another country`)
	withdrawSaid   = regexp.MustCompile(`(?i)withdr[ae]w|change your mind|tak(e|ing) (it|your consent) back`)
	withoutSaid    = regexp.MustCompile(`(?i)(can(not|’t|'t)|unable to|(won[’']t|not) be able to)\b.{0,60}\b(provide|offer|give you|deliver|services?)\b`)
	machineSaid    = regexp.MustCompile(`(?i)automat|machine|computer|by itself`)
	longerSaid     = regexp.MustCompile(`(?i)(two|2) (more |further |extra |additional )?months|tak(e|es|ing) (us )?longer|longer than (a|one) month|more time|extend|extension`)
	periodSaid     = regexp.MustCompile(`(?i)\b(days?|weeks?|months?|years?)\b`)
	everythingSaid = regexp.MustCompile(`(?i)(everything|all) (that )?you need to know`)
	companyEnd     = regexp.MustCompile(`(?i)[ ,]+(limited|ltd|plc|cic|llp)\.?$`)
)

// content is what Articles 13 and 14 want told, as far as words can show it.
func (l *linter) content() {
	n, at := l.n, wordsAt(0)
	for _, c := range n.Landlord.Controllers {
		name := companyEnd.ReplaceAllString(c.Name, "")
		if !l.said(regexp.MustCompile(`(?i)` + regexp.QuoteMeta(name))) {
			l.find("controller-not-named", at, c.ID, "the words do not name "+name, "name it, and say what it does")
		}
	}
	for _, c := range n.Landlord.Contacts {
		if c.DPO && !l.reachable(c) {
			l.find("officer-not-reachable", at, c.ID, "the words give neither the e-mail address nor the telephone number nor the address of the data protection officer", "give one of them, and better all")
		}
		l.postcode(c.Pos, c.ID, c.Address)
	}
	for _, c := range n.Landlord.Controllers {
		l.postcode(c.Pos, c.ID, c.Address)
	}
	for _, c := range n.Rights.Channels {
		if c.Kind == ByPost {
			l.postcode(c.Pos, c.ID, c.At)
		}
	}
	if !l.said(basesSaid) {
		l.find("bases-not-told", at, "bases", "the words do not say what makes the uses lawful", "say it for each purpose")
	}
	periodTold := func(id ID) bool {
		s, ok := n.Words.Sentence(id)
		return ok && periodSaid.MatchString(s.Text)
	}
	if !slices.ContainsFunc(n.Keeping.Rules, func(k KeepRule) bool { return slices.ContainsFunc(k.Promise, periodTold) }) {
		l.find("retention-not-told", at, "keeping", "no sentence says how long anything is kept", "give the periods, or how they are decided")
	}
	if len(n.Sharing.Transfers) == 0 && !l.said(abroadSaid) {
		l.find("transfers-not-told", at, "transfers", "the words do not say whether data leaves the United Kingdom", "say where it goes and what protects it, or that it goes nowhere")
	}
	if slices.ContainsFunc(n.Uses.Uses, func(u Use) bool { return u.Basis == Consent }) && !l.said(withdrawSaid) {
		l.find("withdrawal-not-told", at, "consent", "some uses rest on consent, and the words do not say that it can be taken back", "say so, and how")
	}
	if !slices.ContainsFunc(n.Rights.Complaints, func(s ComplaintStep) bool { return s.Route == ToRegulator && l.regulatorSaid(s.Regulator) }) {
		l.find("complaint-not-told", at, "complaints", "the words name no regulator to complain to", "name it, and say how to reach it")
	}
	if !slices.ContainsFunc(n.Uses.Uses, func(u Use) bool { return u.Needed != nil }) && !l.said(withoutSaid) {
		l.find("obligation-not-told", at, "needed", "nothing says which data must be given, and what follows if it is not", "add needed: to the uses, and say it")
	}
	if slices.ContainsFunc(n.Uses.Uses, func(u Use) bool { return u.Automated != nil }) && !l.said(machineSaid) {
		l.find("automated-not-told", at, "automated", "a machine decides, and the words do not say so", "say what it decides, how, and how to have a person decide")
	}
	if _, ok := n.Rights.Right(Access); ok && !l.said(longerSaid) {
		l.find("extension-not-told", at, ID(Access), "the words do not say when an answer may take longer, or that the clock can stop", "say both, and that people are told")
	}
	for _, s := range n.Words.All() {
		if everythingSaid.MatchString(s.Text) && l.has("controller-not-named", "bases-not-told", "retention-not-told", "transfers-not-told", "complaint-not-told", "right-missing") {
			l.find("says-everything", wordsAt(s.Line), s.ID, "it says everything, and leaves out what the law wants told", "add what is missing, or say less")
		}
	}
}

func (l *linter) reachable(c Contact) bool {
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s)
	}
	postcode := postcodeIn.FindString(c.Address)
	for _, s := range l.n.Words.All() {
		if c.Email != "" && strings.Contains(strings.ToLower(s.Text), strings.ToLower(string(c.Email))) ||
			c.Phone != "" && strings.Contains(digits(s.Text), digits(string(c.Phone))) ||
			postcode != "" && strings.Contains(s.Text, postcode) {
			return true
		}
		for _, r := range s.Runs {
			if c.Email != "" && strings.Contains(strings.ToLower(r.Link), strings.ToLower(string(c.Email))) {
				return true
			}
		}
	}
	return false
}

// regulatorSaid reports whether the words use a name the regulator has or had,
// or the initials of one.
func (l *linter) regulatorSaid(id ID) bool {
	r, _ := byID(l.n.Landlord.Regulators, id, func(r Regulator) ID { return r.ID })
	for _, name := range r.Names {
		short := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name.Name, " Office"), "’s"), "'s")
		if l.said(regexp.MustCompile(`(?i)` + regexp.QuoteMeta(short))) {
			return true
		}
	}
	return l.said(regexp.MustCompile(`\b` + regexp.QuoteMeta(strings.ToUpper(string(id))) + `\b`))
}

var postcodeIn = regexp.MustCompile(`\b[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}\b`)

func (l *linter) postcode(at Pos, id ID, address string) {
	if address != "" && !postcodeIn.MatchString(address) {
		l.find("address-without-postcode", at, id, "the address has no postcode: "+quote(address), "add it")
	}
}
