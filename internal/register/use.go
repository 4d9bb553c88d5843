package register

import (
	"slices"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Using is data that was given for one use and is wanted for another.
type Using struct {
	Categories []notice.ID
	GivenFor   notice.ID // the use it was given for
	For        notice.ID // the use it is wanted for
	Given      law.Date  // the day it was given; zero is not known, which counts as long ago
	On         law.Date  // the day it is wanted
}

// MayUse decides whether data may be used for something, by the notice and by the
// decisions on new purposes among papers. No use is allowed that the notice does not
// have, or of data that the use does not have. Beyond what the data was given for it
// is refused without a signed decision that covers it, where the notice promises
// that data serves only what it was given for, or the use is newer than the data
// (UK GDPR Art 5(1)(b) and 8A).
func MayUse(n *notice.Notice, papers []Paper, u Using) Verdict {
	v := Verdict{Allowed: true}
	to, ok := useOf(n, u.For)
	if !ok {
		v.no("The notice has no use "+string(u.For)+".", "UK GDPR Art 5(1)(b)", "Add the use to uses.yaml of the next version, and tell the people.")
		return v
	}
	given, known := useOf(n, u.GivenFor)
	if !known && u.GivenFor != "" {
		v.no("The notice has no use "+string(u.GivenFor)+" that the data can have been given for.", "UK GDPR Art 5(1)(b)", "Name a use of uses.yaml.")
		return v
	}
	if len(u.Categories) == 0 {
		v.no("Nothing says which data is meant.", "", "Name its categories.")
	}
	for _, c := range u.Categories {
		row(n, &v, to, c)
	}
	if !v.Allowed {
		return v
	}
	if u.For == u.GivenFor {
		v.Why = []Reason{{Says: "It is what the data was given for.", Law: to.Pos.String()}}
		return v
	}
	only := n.Uses.Further != nil && n.Uses.Further.OnlyGiven
	newer := to.New != nil && (u.Given.IsZero() || u.Given.Before(day(to.New.Since)))
	consented := known && given.Basis == notice.Consent
	if !only && !newer && !consented {
		v.Why = []Reason{{Says: "The notice tells people of this use, and did when the data was given.", Law: to.Pos.String()}}
		return v
	}
	why, cite := "Data is used only for what it was given for, and nothing decides otherwise.", "UK GDPR Art 5(1)(b)"
	switch {
	case only:
		cite = n.Uses.Further.Pos.String()
	case consented:
		why, cite = "The data was given by consent, which does not reach to another use.", "UK GDPR Art 8A"
	case newer:
		why, cite = "The use is newer than the data, and nothing decides on it.", to.Pos.String()
	}
	mend := "Write and sign a decision on the new purpose: tenet register new, with register: further-use."
	for _, p := range papers {
		d, signed := p.Standing()
		if p.Register != "further-use" || !signed || !p.Ended.IsZero() || d.Values.Text("use") != string(u.For) {
			continue
		}
		if x := covers(p, d, u, consented); x != "" {
			why, mend = "The decision "+p.Number+" does not cover it: "+x+".", "Write a decision that does."
			continue
		}
		v.Why = []Reason{{Says: "The decision " + p.Number + " covers it.", Law: "UK GDPR Art 8A"}}
		return v
	}
	v.no(why, cite, mend)
	return v
}

// covers says why a decision does not cover a use of data; empty if it does.
func covers(p Paper, d Version, u Using, consented bool) string {
	from := d.Values.List("given-for")
	ground := d.Values.Text("ground")
	switch {
	case len(from) > 0 && !slices.Contains(from, string(u.GivenFor)):
		return "it is about data that was given for something else"
	case slices.ContainsFunc(u.Categories, func(c notice.ID) bool { return !slices.Contains(d.Values.List("categories"), string(c)) }):
		return "it leaves out some of this data"
	case u.On.Before(d.Values.Day("from")):
		return "it holds from " + d.Values.Text("from")
	case !p.ReviewBy.IsZero() && u.On.After(p.ReviewBy):
		return "its review is overdue"
	// Art 8A: what was given by consent goes on to fresh consent, or a case of Annex 2
	// where consent cannot reasonably be sought.
	case consented && ground != "consent" && !(ground == "annex-2" && d.Values.given("no-consent")):
		return "the data was given by consent, and it rests on another ground"
	case d.Values.Text("contacted") == "yes" && u.On.Before(d.Values.Day("told")):
		return "the people are contacted first, on " + d.Values.Text("told")
	}
	return ""
}

// MayAsk decides whether a form may ask for a category: by the use it serves and by
// what web.yaml lets the form ask, where it names the form.
func MayAsk(n *notice.Notice, form, use, category notice.ID) Verdict {
	v := Verdict{Allowed: true}
	if i := slices.IndexFunc(n.Web.Forms, func(f notice.Form) bool { return f.ID == form }); form != "" && i < 0 {
		v.no("The notice has no form "+string(form)+".", "web.yaml", "Add it to web.yaml with the use it serves and what it asks.")
		return v
	} else if form != "" {
		f := n.Web.Forms[i]
		if use == "" {
			use = f.For
		}
		if use != f.For {
			v.no("The form serves "+string(f.For)+", and not "+string(use)+".", f.Pos.String(), "Leave the use out.")
		}
		if !slices.Contains(f.Asks, category) {
			v.no("The form does not ask for "+string(category)+".", f.Pos.String(), "Add it to what the form asks, if its use needs it.")
		}
	}
	u, ok := useOf(n, use)
	if !ok {
		v.no("The notice has no use "+string(use)+".", "UK GDPR Art 5(1)(b)", "Name a use of uses.yaml.")
		return v
	}
	row(n, &v, u, category)
	if v.Allowed {
		v.Why = []Reason{{Says: u.Purpose, Law: u.Pos.String()}}
	}
	return v
}

// row refuses a category that no row of the notice allows a use to have.
func row(n *notice.Notice, v *Verdict, u notice.Use, id notice.ID) {
	i := slices.IndexFunc(n.Data.Categories, func(c notice.Category) bool { return c.ID == id })
	if i < 0 {
		v.no("The notice has no data "+string(id)+", so no row allows it.", "UK GDPR Art 5(1)(c)", "Ask for nothing that the notice does not name.")
		return
	}
	c := n.Data.Categories[i]
	for _, x := range n.Data.Never {
		if x.Unless == "" && (slices.Contains(x.Categories, id) || slices.ContainsFunc(c.Special, func(s notice.SpecialKind) bool { return slices.Contains(x.Special, s) })) {
			v.no("The notice says that it is never held: "+x.Says+".", x.Pos.String(), "Do without it.")
		}
	}
	switch {
	case !slices.Contains(u.Categories, id):
		v.no("No row allows "+string(id)+" for "+string(u.ID)+".", u.Pos.String(), "Leave it out; if the use needs it, the next version of the notice must say so first.")
	case u.Basis == "":
		v.no("The use has no lawful basis.", "UK GDPR Art 6(1)", "Name one in uses.yaml.")
	case c.Kind == notice.Special && u.Special == nil:
		v.no("It is special category data, and the use names nothing that allows it.", "UK GDPR Art 9(1)", "Name a condition in uses.yaml.")
	case c.Kind == notice.Criminal && u.Criminal == nil:
		v.no("It is criminal offence data, and the use names nothing that allows it.", "UK GDPR Art 10", "Name a condition in uses.yaml.")
	}
}

func useOf(n *notice.Notice, id notice.ID) (notice.Use, bool) {
	if i := slices.IndexFunc(n.Uses.Uses, func(u notice.Use) bool { return u.ID == id }); i >= 0 {
		return n.Uses.Uses[i], true
	}
	return notice.Use{}, false
}

func day(d notice.Date) law.Date {
	out, err := law.ParseDate(string(d))
	if err != nil {
		return law.Date{}
	}
	return out
}
