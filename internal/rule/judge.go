package rule

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/notice"
)

// judging is one rule being held against one case.
type judging struct {
	n  *notice.Notice
	to notice.Recipient
	r  notice.ShareRule
	a  Ask
	d  Decision
	// refused says that nothing may go by this rule, whatever the fields.
	refused bool
}

// judge holds one rule against the case. It does not look at what is never done.
func judge(n *notice.Notice, to notice.Recipient, r notice.ShareRule, a Ask) Decision {
	j := &judging{n: n, to: to, r: r, a: a, d: Decision{Rule: r.ID, Kind: to.Kind, Group: to.Group,
		Fields: []string{}, Categories: []notice.ID{}, Withheld: []Withheld{}, Reasons: []Reason{}, Conditions: []Unmet{}}}
	j.serves()
	j.setOff()
	j.fields()
	j.needs()
	j.agreement()
	j.power()
	j.people()
	j.abroad()
	j.everyone()
	return j.decide()
}

// decide puts together what was found.
func (j *judging) decide() Decision {
	d := &j.d
	switch {
	case j.refused:
		d.Decision, d.Fields, d.Categories = notice.Refuse, []string{}, []notice.ID{}
		d.Withheld = d.Withheld[:0]
		for _, f := range j.a.Fields {
			d.Withheld = append(d.Withheld, Withheld{f.String(), d.Reasons[0].Words})
		}
	case len(d.Withheld) > 0:
		d.Decision = notice.Refuse
		d.Reasons = append(d.Reasons, Reason{j.r.Promise.First(), minimal, "More was asked for than the rule gives. " + j.r.Says})
	case len(d.Conditions) > 0:
		d.Decision = notice.Ask
	default:
		d.Decision = notice.Allow
	}
	if d.Decision != notice.Refuse {
		d.Reasons = append([]Reason{{j.r.Promise.First(), j.basis(), j.r.Says}}, d.Reasons...)
	}
	return *d
}

// basis is the lawful basis of the rule and the law it names.
func (j *judging) basis() string {
	var parts []string
	if j.r.Basis != "" {
		parts = append(parts, "UK GDPR Article 6(1)("+article6[j.r.Basis]+")")
	}
	if j.r.Law != "" {
		parts = append(parts, j.r.Law)
	}
	return strings.Join(parts, "; ")
}

// article6 is the letter of each basis in UK GDPR Article 6(1), as the Data (Use and
// Access) Act 2025 section 70 left it.
var article6 = map[notice.Basis]string{
	notice.Consent: "a", notice.Contract: "b", notice.LegalObligation: "c", notice.VitalInterests: "d", notice.PublicTask: "e",
	notice.RecognisedInterests: "ea", notice.LegitimateInterests: "f",
}

func (j *judging) refuse(clause notice.ID, law, words string) {
	j.refused = true
	j.d.Reasons = append(j.d.Reasons, Reason{clause, law, words})
}

func (j *judging) unmet(says, law string, facts ...string) {
	for _, c := range j.d.Conditions {
		if c.Says == says {
			return
		}
	}
	j.d.Conditions = append(j.d.Conditions, Unmet{Says: says, Facts: facts, Law: law})
}

// wants holds a fact that must be there: one that is known to be missing refuses,
// one that is not known is asked for.
func (j *judging) wants(t Truth, says, law string, facts ...string) {
	switch t {
	case No:
		j.refuse(j.r.Promise.First(), law, "This is not so: "+lower(says))
	case Unknown:
		j.unmet(says, law, facts...)
	}
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// serves holds purpose and people against the rule.
func (j *judging) serves() {
	if j.a.For != "" && len(j.r.For) > 0 && !slices.Contains(j.r.For, j.a.For) {
		j.refuse(j.r.Promise.First(), "UK GDPR Article 5(1)(b)", "This is given for "+uses(j.n, j.r.For)+", and for nothing else.")
	}
	if len(j.r.People) == 0 {
		return
	}
	switch {
	case j.a.People == "":
		j.unmet("Say whose data it is: the rule is about "+words(j.r.People)+".", "")
	case !slices.Contains(j.r.People, j.a.People):
		j.refuse(j.r.Promise.First(), lawful, "The rule is about other people's data: "+words(j.r.People)+".")
	}
}

func uses(n *notice.Notice, ids []notice.ID) string {
	var out []string
	for _, u := range n.Uses.Uses {
		if slices.Contains(ids, u.ID) {
			out = append(out, "“"+u.Purpose+"”")
		}
	}
	return strings.Join(out, ", ")
}

// setOff holds what set it off, and the rule's own condition.
func (j *judging) setOff() {
	switch f := j.a.Facts; j.r.When {
	case notice.Asked:
		j.wants(f.Is("asked", "yes"), "They asked for it: it is never pushed.", "", "asked=yes")
	case notice.Scheduled:
		j.wants(f.Is("scheduled", "yes"), "It goes at a set time, and not because of this case.", "", "scheduled=yes")
	case notice.ByPerson:
		if j.r.If == "" {
			j.wants(f.any([2]string{"person", "agreed"}, [2]string{"person", "asked"}), "The person asked for it or agreed to it.", "", "person=agreed")
		}
	}
	c, err := ParseCondition(j.r.If)
	if err != nil {
		j.refuse(j.r.Promise.First(), "", "The rule "+string(j.r.ID)+" cannot be read: "+err.Error()+".")
		return
	}
	t, open := c.Holds(j.a.Facts)
	switch t {
	case No:
		j.refuse(j.r.Promise.First(), lawful, "The rule asks for something that is not so here: "+string(j.r.If)+".")
	case Unknown:
		j.unmet("Find out whether this is so: "+string(j.r.If)+".", "", open...)
	}
}

// fields sorts what may go from what may not.
func (j *judging) fields() {
	if len(j.a.Fields) == 0 {
		j.unmet("Say what would be given.", minimal)
		return
	}
	taken := map[int]string{} // of which of several one is given already
	for _, f := range j.a.Fields {
		why := j.outside(f, taken)
		if why == "" {
			why = j.unconditioned(f)
		}
		if why != "" {
			j.d.Withheld = append(j.d.Withheld, Withheld{f.String(), why})
			continue
		}
		if slices.Contains(j.d.Fields, f.String()) {
			continue
		}
		j.d.Fields = append(j.d.Fields, f.String())
		for _, c := range j.of(f) {
			if !slices.Contains(j.d.Categories, c) {
				j.d.Categories = append(j.d.Categories, c)
			}
		}
	}
}

// of is the categories of a field under this rule.
func (j *judging) of(f Field) []notice.ID {
	if f.Category != "" {
		return []notice.ID{f.Category}
	}
	if slices.Contains(j.r.Categories, notice.ID(f.Name)) {
		return []notice.ID{notice.ID(f.Name)}
	}
	return j.r.Categories
}

// outside says why a field is none of the rule's, if it is not.
func (j *judging) outside(f Field, taken map[int]string) string {
	if f.Category != "" && !slices.Contains(j.r.Categories, f.Category) {
		return "It is of a category that the rule does not give."
	}
	if len(j.r.Fields) == 0 {
		if f.Category == "" && !slices.Contains(j.r.Categories, notice.ID(f.Name)) {
			return "It is none of the categories that the rule gives: " + words(j.r.Categories) + ". A field needs its category before it: identity.name."
		}
		return ""
	}
	for i, may := range j.r.Fields {
		if string(may.Name) == f.Name {
			return ""
		}
		if slices.Contains(may.OneOf, notice.ID(f.Name)) {
			if other, ok := taken[i]; ok && other != f.Name {
				return "Only one of these is given: " + words(may.OneOf) + "."
			}
			taken[i] = f.Name
			return ""
		}
	}
	return "The rule gives only " + fields(j.r) + "."
}

func fields(r notice.ShareRule) string {
	var out []string
	for _, f := range r.Fields {
		if len(f.OneOf) > 0 {
			out = append(out, "one of "+strings.ReplaceAll(words(f.OneOf), ", ", " or "))
		} else {
			out = append(out, string(f.Name))
		}
	}
	return strings.Join(out, ", ")
}

// unconditioned says which condition of law is missing for a field, if one is:
// special category and criminal offence data need more than a basis.
func (j *judging) unconditioned(f Field) string {
	// Where the landlord named the very fields of several categories, a field is one of
	// the special ones only if all are.
	all := j.of(f)
	special, criminal := 0, 0
	for _, id := range all {
		c, _ := j.n.Data.Category(id)
		switch c.Kind {
		case notice.Special:
			special++
		case notice.Criminal:
			criminal++
		}
	}
	if special+criminal < len(all) {
		return ""
	}
	hasSpecial, hasCriminal := j.r.Special != nil, j.r.Criminal != nil
	for _, u := range j.n.Uses.Uses {
		if slices.Contains(j.r.For, u.ID) && (j.a.For == "" || j.a.For == u.ID) {
			hasSpecial, hasCriminal = hasSpecial || u.Special != nil, hasCriminal || u.Criminal != nil
		}
	}
	switch {
	case special > 0 && !hasSpecial:
		return "It is special category data, and the notice names no condition for giving it: UK GDPR Article 9(2)."
	case criminal > 0 && !hasCriminal:
		return "It is criminal offence data, and the notice names no condition for giving it: UK GDPR Article 10."
	}
	return ""
}

// together is the needs of the rule and of every other rule to the same recipient
// for the same use: where two sentences speak of one end, the stricter holds.
func (j *judging) together() []notice.Need {
	needs := slices.Clone(j.r.Needs)
	for _, o := range j.n.Sharing.Rules {
		same := o.To == j.r.To && slices.ContainsFunc(o.For, func(u notice.ID) bool { return slices.Contains(j.r.For, u) })
		if same && o.ID != j.r.ID {
			needs = append(needs, o.Needs...)
		}
	}
	slices.Sort(needs)
	return slices.Compact(needs)
}

// needs holds what must be there before anything is given.
func (j *judging) needs() {
	f := j.a.Facts
	for _, need := range j.together() {
		switch need {
		case notice.NeedSigned:
			j.wants(f.any([2]string{"undertaking", "signed"}, [2]string{"contractor", "signed"}), "Whoever is given it has signed to keep it safe.", "", "undertaking=signed")
		case notice.NeedWritten:
			j.wants(f.Is(request, "written"), "They asked in writing.", "", "request=written")
		case notice.NeedConsent:
			j.wants(f.Is("consent", "explicit"), "The person gave explicit consent to this.", "UK GDPR Articles 7 and 9(2)(a)", "consent=explicit")
		case notice.NeedAgreed:
			j.wants(f.Is("person", "agreed"), "The person agreed to it.", "", "person=agreed")
		case notice.NeedApproval:
			j.wants(f.Is("approval", "given"), "Somebody who may has approved it.", "", "approval=given")
		case notice.NeedOrder:
			j.wants(f.Is("order", "made"), "A court has ordered it.", "DPA 2018 Schedule 2 paragraph 5", "order=made")
		}
	}
}

// power asks for what the recipient relies on, where the notice names no law, and
// for why it needs just this.
func (j *judging) power() {
	if j.r.When != notice.Asked || j.r.Law != "" {
		return
	}
	switch j.r.Basis {
	case "", notice.LegalObligation, notice.PublicTask, notice.RecognisedInterests:
	default:
		return
	}
	if strings.TrimSpace(j.a.Power) == "" {
		j.unmet("They say which power or right they rely on.", "UK GDPR Article 6(3); DPA 2018 Schedule 2 paragraphs 2 and 5", "power")
	}
	if strings.TrimSpace(j.a.Why) == "" {
		j.unmet("They say why they need just this.", minimal, "why")
	}
}

// people holds what the person knows of it and has said to it.
func (j *judging) people() {
	f := j.a.Facts
	told := f.any([2]string{"person", "told"}, [2]string{"person", "warned"})
	if j.r.Warns != "" {
		j.wants(f.Is("person", "warned"), "The person was warned: "+j.r.Warns, "UK GDPR Article 13(2)", "person=warned")
	} else if j.r.Tell == notice.TellBefore {
		j.wants(told, "The person was told of it.", "UK GDPR Articles 13 and 14", "person=told")
	}
	if j.r.Tell == notice.TellAfter {
		j.d.After = append(j.d.After, "Tell the person that it was given.")
	}
	if j.r.Tell == notice.TellNever && j.r.Exemption != "" {
		j.d.Reasons = append(j.d.Reasons, Reason{j.r.Promise.First(), j.r.Exemption, "The person is not told."})
	}
	if f.Is("person", "objected") == Yes && f.Is("objection", "overridden") != Yes {
		switch j.r.Basis {
		case "", notice.LegitimateInterests, notice.PublicTask, notice.RecognisedInterests, notice.Consent:
			j.refuse(j.r.Promise.First(), "UK GDPR Article 21(1)", "The person has objected, and nobody has decided that it goes on all the same.")
		}
	}
}

// everyone holds what a file of everybody needs besides.
func (j *judging) everyone() {
	if !j.r.Everyone {
		return
	}
	f := j.a.Facts
	j.wants(f.any([2]string{"agreement", "live"}, [2]string{"agreement", "yes"}), "There is an agreement that says what the file is for and who keeps it.", "ICO data sharing code of practice; UK GDPR Article 5(2)", "agreement=live")
	j.wants(f.Is("assessment", "done"), "What the file does to people has been assessed.", "UK GDPR Article 35", "assessment=done")
	j.wants(f.Is("transfer", "secure"), "It travels so that nobody else can read it.", "UK GDPR Article 32(1)(a)", "transfer=secure")
}

// agreement holds the contract or agreement that data is given under.
func (j *judging) agreement() {
	needed := slices.Contains(j.together(), notice.NeedAgreement)
	article := ""
	switch j.to.Kind {
	case notice.Processor:
		article = "UK GDPR Article 28(3)"
	case notice.JointController:
		article = "UK GDPR Article 26"
	}
	free := j.r.When == notice.ByPerson || j.r.Basis == notice.LegalObligation || j.r.Basis == notice.VitalInterests || j.r.Basis == notice.Consent
	if !needed && article == "" && (free || j.to.Agreement == "") {
		return
	}
	t, why := j.live()
	switch {
	case t == No || t == Unknown && needed:
		j.refuse(j.r.Promise.First(), article, why)
	case t == Unknown:
		j.unmet("There is a contract with them that is in force.", article, "agreement=live")
	}
}

// live says whether the agreement is in force on the day: what is said of the very
// recipient counts, then what the notice says of all such.
func (j *judging) live() (Truth, string) {
	f := j.a.Facts
	switch {
	case f.any([2]string{"agreement", "live"}, [2]string{"agreement", "yes"}) == Yes:
		return Yes, ""
	case len(f["agreement"]) > 0:
		return No, "There is no agreement with them that is in force."
	case j.to.Agreement == "":
		return Unknown, "There is no agreement with them."
	}
	for _, g := range j.n.Sharing.Agreements {
		if g.ID != j.to.Agreement {
			continue
		}
		day := notice.Date(j.a.Day.String())
		switch {
		case g.From > day:
			return No, fmt.Sprintf("The agreement is not in force before %s: %s.", g.From, g.Title)
		case g.ReviewBy != "" && g.ReviewBy < day:
			return No, fmt.Sprintf("The agreement was to be looked at again by %s, and the notice does not say that it was: %s.", g.ReviewBy, g.Title)
		}
		return Yes, ""
	}
	return Unknown, "There is no agreement with them."
}
