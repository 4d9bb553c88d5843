package desk

import (
	"context"
	"slices"
	"strings"

	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/processing"
	"tenet/internal/register"
)

// filed is what the registers say that the record of processing asks for.
func (d *Desk) filed(ctx context.Context) (processing.Filed, error) {
	out := processing.Filed{Looked: true}
	r, err := d.Registers()
	if err != nil {
		return out, err
	}
	agreed := map[string][]notice.ID{} // with which recipients, by number
	for _, id := range []string{processing.RegTests, processing.RegImpact, processing.RegPolicies, processing.RegAgreements} {
		f, err := r.Form(id)
		if err != nil {
			return out, err
		}
		papers, err := r.Papers(ctx, id)
		if err != nil {
			return out, RegisterError(err)
		}
		for _, p := range papers {
			if !p.Ended.IsZero() {
				continue
			}
			x := filedPaper(f, p, d.Notice, d.Today())
			out.Papers = append(out.Papers, x)
			if id == processing.RegAgreements {
				agreed[p.Number] = agreedWith(d.Notice, x)
			}
		}
	}
	incidents, err := d.Incidents()
	if err != nil {
		return out, err
	}
	for i, err := range incidents.All(ctx) {
		if err != nil {
			return out, err
		}
		if i.IsBreach() {
			out.Breaches = append(out.Breaches, d.filedBreach(i, agreed))
		}
	}
	return out, nil
}

// filedPaper is a paper as the record asks for it: the version that holds, or the newest
// where none does.
func filedPaper(f *register.Form, p register.Paper, n *notice.Notice, today law.Date) processing.Paper {
	v, signed := p.Standing()
	if !signed {
		v = p.Latest()
	}
	many := func(names ...string) (out []notice.ID) {
		for _, name := range names {
			for _, s := range v.Values.List(name) {
				out = append(out, notice.ID(s))
			}
		}
		return out
	}
	x := processing.Paper{Register: f.ID, Number: p.Number, Signed: signed,
		Uses: many("use", "uses"), Assessments: many("assessment"), Agreements: many("agreement"), Recipients: many("recipients"), Clients: many("clients"),
		Kept: v.Values.Text("retained"), KeptWhy: v.Values.Text("retained-why")}
	x.State = map[register.State]string{register.Draft: "a draft", register.Proposed: "waits for its signature", register.Refused: "its signature was refused"}[v.State]
	if signed {
		x.State = "signed on " + law.DateOf(v.Decided).String()
		if !p.ReviewBy.IsZero() {
			x.State += ", to be looked at again by " + p.ReviewBy.String()
		}
		for _, late := range f.Late(p, today) {
			x.State += "; " + late
		}
	}
	if f.ID == processing.RegImpact {
		x.Needed = screened(f.Screen(n, v.Values))
	}
	return x
}

// screened is what a screening came to, in words.
func screened(s register.Screening) string {
	var why []string
	for _, h := range s.Hits {
		why = append(why, strings.ReplaceAll(h.Trigger, "-", " "))
	}
	if s.Camera {
		why = append(why, "the place of a camera")
	}
	switch {
	case s.Needed:
		return "Yes: " + strings.Join(why, ", ")
	case len(s.Left) > 0:
		return "Not screened to the end yet"
	case s.Voluntary:
		return "No, and one is made all the same"
	}
	return "No: it was screened"
}

// agreedWith are the recipients that an agreement is with: those it names, and those of
// the notice that name it.
func agreedWith(n *notice.Notice, p processing.Paper) []notice.ID {
	out := slices.Clone(p.Recipients)
	for _, r := range n.Sharing.Recipients {
		if r.Agreement != "" && slices.Contains(p.Agreements, r.Agreement) {
			out = append(out, r.ID)
		}
	}
	return out
}

// filedBreach is a breach as the record asks for it: where it happened, as far as what was
// written names a system of ours or a recipient, and the sorts of data.
func (d *Desk) filedBreach(i incident.Incident, agreed map[string][]notice.ID) processing.Breach {
	b := processing.Breach{Number: i.Number, Client: i.Client, State: "aware on " + law.DateOf(i.Aware).String()}
	switch i.Risk {
	case incident.NoRisk:
		b.State += ", a risk to people is unlikely"
	case incident.SomeRisk:
		b.State += ", a risk to people"
	case incident.HighRisk:
		b.State += ", a high risk to people"
	default:
		b.State += ", its risk is not decided yet"
	}
	where := " " + comparableWords(i.System) + " "
	has := func(name string) bool {
		name = comparableWords(name)
		return name != "" && strings.Contains(where, " "+name+" ")
	}
	for _, s := range d.Config.Sources {
		if has(s.Name) {
			b.Systems = append(b.Systems, s.Name)
		}
	}
	for _, r := range d.Notice.Sharing.Recipients {
		if has(string(r.ID)) || has(r.Title) {
			b.Recipients = append(b.Recipients, r.ID)
		}
	}
	for _, c := range i.Contracts {
		b.Recipients = append(b.Recipients, agreed[c.Paper]...)
	}
	if i.Facts != nil {
		for _, x := range i.Facts.Data {
			k := notice.Ordinary
			switch x {
			case incident.Special:
				k = notice.Special
			case incident.Criminal:
				k = notice.Criminal
			case incident.Refuge: // reports about violence: of any sort
				b.Kinds = append(b.Kinds, notice.Special, notice.Criminal)
			}
			b.Kinds = append(b.Kinds, k)
		}
	}
	return b
}

// plainWords is a text as small words, so that two can be held against each other.
func comparableWords(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return r < '0' || r > '9' && r < 'a' || r > 'z' && r < 0x80
	}), " ")
}
