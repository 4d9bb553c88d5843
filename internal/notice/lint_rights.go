package notice

import (
	"slices"
	"strings"
)

// ofTheirData reports whether a right is over one's own data: one month, free,
// any way of asking.
func (r Regime) ofTheirData() bool {
	return slices.Contains([]Regime{Access, Rectification, Erasure, Restriction, Objection, Portability, AutomatedDecision}, r)
}

// longest is the longest that a count of a unit is sure to end within one month
// of any day: the shortest month has 28 days, and bank holidays can leave
// one only 18 that are worked.
var longest = map[ClockUnit]int{Hours: 28 * 24, CalendarDays: 28, WorkingDays: 18, Months: 1}

func (l *linter) rights() {
	at := Pos{File: rightsFile}
	for _, want := range l.wantedRights() {
		if _, ok := l.n.Rights.Right(want); !ok {
			l.find("right-missing", at, ID(want), "nothing tells people of their right: "+spaced(want), "add an entry with right: "+string(want))
		}
	}
	for _, r := range l.n.Rights.Rights {
		if r.Clock != nil && r.Clock.Promise == "" {
			l.find("rule-without-sentence", r.Clock.Pos, ID(r.Right), "a clock is promised, and no sentence of the notice says so", "write the sentence in notice.md and name its id as promise:")
		}
		if r.Right == Access && r.Clock == nil {
			l.find("clock-not-told", r.Pos, ID(r.Right), "nothing says how soon a request is answered", "add clock: {count: 1, unit: months, as-law: true, promise: …}")
		}
		if i := r.Informal; i != nil && i.Clock == nil {
			l.find("informal-without-clock", i.Pos, ID(r.Right), "a request is a request, however small: the same month runs, and the notice gives none", "add clock:, or drop the difference")
		}
		for _, limit := range r.Limits {
			if limit.Law == "" {
				l.find("limit-without-law", limit.Pos, ID(r.Right), "it is refused when "+quote(limit.Says)+", which rests on no exemption", "name the exemption in law:, or take the limit out; until then it is not applied")
			}
		}
		l.refusalWord(r)
		if !r.Right.ofTheirData() {
			continue
		}
		if c := r.Clock; c != nil && !c.AsLaw && c.Count > longest[c.Unit] {
			l.find("promise-weaker-than-law", c.Pos, ID(r.Right), plural(c.Count, strings.TrimSuffix(spaced(c.Unit), "s"))+" can end later than one month, which is the law's limit", "promise one month or less; until then the law's month governs")
		}
		if c := r.Charge; c != nil && !c.When.lawful() {
			l.find("fee-not-lawful", c.Pos, ID(r.Right), "a fee is asked, and answering is free unless a request is manifestly unfounded or excessive, or for more copies", "take the fee out; until then none is asked")
		}
		if r.Written {
			l.find("only-in-writing", r.Pos, ID(r.Right), "it must be asked in writing, and the law lets people ask in any way", "take only-in-writing: out; until then any way counts")
		}
		if r.Others == WithholdAll {
			l.find("others-withheld", r.Pos, ID(r.Right), "nothing is given where somebody else is in it, and the law wants the rest given", "write other-people: edit-out")
		}
	}
}

func (l *linter) refusalWord(r Right) {
	if r.Refusal != "" && (r.Right == EIR) != (r.Refusal == ExceptionWord) {
		want := ExemptionWord
		if r.Right == EIR {
			want = ExceptionWord
		}
		l.find("refusal-word-wrong", r.Pos, ID(r.Right), "a reason to refuse is here called an "+string(r.Refusal), "write refusal-word: "+string(want))
	}
}

// wantedRights are the rights that the bases in use bring with them; all of
// them, if the notice does not say what bases it uses.
func (l *linter) wantedRights() []Regime {
	want := []Regime{Access, Rectification, Erasure, Restriction}
	var object, carry, machine, silent bool
	for _, u := range l.n.Uses.Uses {
		switch u.Basis {
		case "":
			silent = true
		case LegitimateInterests, RecognisedInterests, PublicTask:
			object = true
		case Consent, Contract:
			carry = true
		}
		machine = machine || u.Automated != nil
	}
	if object || silent {
		want = append(want, Objection)
	}
	if carry || silent {
		want = append(want, Portability)
	}
	if machine {
		want = append(want, AutomatedDecision)
	}
	return want
}

func (l *linter) complaints() {
	at := Pos{File: rightsFile}
	steps := l.n.Rights.Complaints
	own := slices.IndexFunc(steps, func(s ComplaintStep) bool { return s.Route == OurOwn })
	outside := slices.IndexFunc(steps, func(s ComplaintStep) bool { return s.Route == ToRegulator })
	if own < 0 {
		l.find("complaint-route-missing", at, ID(OurOwn), "the ladder has no step of the landlord's own", "add a step with route: our-own")
	} else {
		s := steps[own]
		if s.Clock == nil || s.Clock.Unit == Months || s.Clock.Unit == CalendarDays && s.Clock.Count > 30 || s.Clock.Unit == WorkingDays && s.Clock.Count > 20 {
			l.find("complaint-clock-missing", s.Pos, ID(OurOwn), "nothing promises to acknowledge a complaint within 30 days", "add clock: with 30 calendar-days or less")
		}
		if outside >= 0 && outside < own {
			l.find("complaint-order", steps[outside].Pos, ID(ToRegulator), "people are sent to the regulator before they are told that they may complain to us", "put our own step first; people may still go to the regulator at any time")
		}
		l.complaintForm(at)
	}
	if outside < 0 {
		l.find("complaint-route-missing", at, ID(ToRegulator), "the ladder does not lead to the regulator", "add a step with route: regulator")
	}
}

// complaintForm: a form that can be filled in electronically, and another way.
func (l *linter) complaintForm(at Pos) {
	r, ok := l.n.Rights.Right(DPComplaint)
	form, other := false, false
	for _, id := range r.Channels {
		c, _ := byID(l.n.Rights.Channels, id, func(c Channel) ID { return c.ID })
		form = form || c.Kind == Online
		other = other || c.Kind != Online
	}
	if !form || !other {
		if ok {
			at = r.Pos
		}
		l.find("complaint-form-missing", at, ID(DPComplaint), "a complaint about data cannot be made on an electronic form and in another way", "add right: dp-complaint with a channel of kind online and another")
	}
}

// regimes: FOI and EIR bind public authorities, and nobody else.
func (l *linter) regimes() {
	for _, regime := range []Regime{FOI, EIR} {
		r, ok := l.n.Rights.Right(regime)
		if !ok || r.Binding == Voluntary {
			continue
		}
		bound := slices.ContainsFunc(l.n.Landlord.Controllers, func(c Controller) bool {
			return c.Kind == LocalAuthority || regime == FOI && c.FOI == Statutory || regime == EIR && c.EIR == Statutory
		})
		if !bound {
			l.find("regime-not-owed", r.Pos, ID(regime), strings.ToUpper(string(regime))+" is offered as if the law required it, and no controller here is a public authority", "write binding: voluntary; the promise still binds, because the notice makes it")
		}
	}
}
