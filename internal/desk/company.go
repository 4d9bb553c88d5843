package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// Company is the company of a group that a case is for, and what overseers it has; false
// where the case names none, or is answered for a client.
func (d *Desk) Company(k cases.Case) (Keeper, bool) {
	if k.Entity == "" {
		return Keeper{}, false
	}
	return d.company(notice.ID(k.Entity), "the case names it")
}

// bound is a body that a request may have been put to, and what a regime of access to
// information is to it.
type bound struct {
	id, name string
	standing law.Standing
}

// bodies are those that a request may have been put to: the client or company that is
// named, or every company of ours.
func (d *Desk) bodies(r law.Regime, entity string) []bound {
	nation := law.Nation(d.Notice.Landlord.Nation)
	standing := func(kind notice.ControllerKind, registered bool, declared notice.Duty) law.Standing {
		b := law.Body{Nation: nation, Registered: registered,
			Authority: kind == notice.LocalAuthority || kind == notice.RegisteredProvider && nation == law.Scotland}
		if s := b.Standing(r); s != law.None || declared != notice.Statutory && declared != notice.Voluntary {
			return s
		}
		return law.Standing(declared)
	}
	var all []bound
	for _, c := range d.Notice.Landlord.Controllers {
		if entity != "" && string(c.ID) != entity {
			continue
		}
		var declared notice.Duty
		switch r {
		case law.FOI, law.FOIReview:
			declared = c.FOI
		case law.EIR, law.EIRReview:
			declared = c.EIR
		}
		all = append(all, bound{string(c.ID), c.Name, standing(c.Kind, c.UnderSTAIRs(), declared)})
	}
	for _, c := range d.Notice.Landlord.Clients {
		if string(c.ID) == entity { // which nobody leaves out: see forClient
			all = append(all, bound{entity, c.Name, standing(c.Kind, c.UnderSTAIRs(), "")})
		}
	}
	return all
}

// duty is what a regime of access to information is to whoever a request was put to, and
// what staff are to mind about that: "" where the regime is none of these. Where a group
// has several companies and none is named it is the strictest that any of them has, so
// that no clock is missed.
func (d *Desk) duty(r law.Regime, entity string) (law.Standing, string) {
	act, ok := map[law.Regime]string{
		law.FOI: "the Freedom of Information Act", law.FOIReview: "the Freedom of Information Act",
		law.EIR: "the Environmental Information Regulations", law.EIRReview: "the Environmental Information Regulations",
		law.STAIRs: "the Social Tenant Access to Information Requirements (STAIRs)",
	}[r]
	all := d.bodies(r, entity)
	if !ok || len(all) == 0 {
		return "", ""
	}
	by := map[law.Standing][]string{}
	for _, b := range all {
		by[b.standing] = append(by[b.standing], b.name)
	}
	for _, s := range []law.Standing{law.Statutory, law.Voluntary} {
		if len(by[s]) == 0 {
			continue
		}
		if len(by[s]) == len(all) {
			return s, ""
		}
		words := "No company is named. %s binds %s alone, for which the time is counted."
		if s == law.Voluntary {
			words = "No company is named. %s binds none, and is followed by choice by %s alone, for which the time is counted."
		}
		return s, fmt.Sprintf(words, upper(act), oneAndOther(by[s])) + " If it was put to another, open it for that one instead (--controller, or “Which of our companies” on the form)."
	}
	return law.None, fmt.Sprintf("%s: landlord.yaml says that %s is not bound by it and does not answer as if it were. So this is a plain request: no law sets a time for it. %s",
		upper(act), oneAndOther(by[law.None]), d.instead(r, entity))
}

// instead is what somebody may have meant, or have, where a regime of access to
// information binds nobody whom they asked.
func (d *Desk) instead(r law.Regime, entity string) string {
	out := []string{"If they ask what is held about themselves, it is an access request."}
	if entity != "" {
		for _, b := range d.bodies(r, "") {
			if b.id != entity && b.standing != law.None {
				out = append(out, "If it was put to "+b.name+", open it for that one instead (--controller "+b.id+").")
			}
		}
	}
	var providers []string
	for _, b := range d.bodies(law.STAIRs, "") {
		if b.standing == law.Statutory && b.id != entity {
			providers = append(providers, b.name)
		}
	}
	if len(providers) > 0 && r != law.STAIRs {
		h, _ := law.KindSTAIRs.Handling()
		out = append(out, "From "+h.Begins.Words()+" a tenant may ask "+oneAndOther(providers)+" how it manages their home: open that as stairs.")
	}
	return strings.Join(out, " ")
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// oneAndOther is names in a sentence.
func oneAndOther(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// put makes a request one that was put to a client, or to a company of ours, or to none that
// was named: what the law on information is to it, and a plain request where that is nothing.
func (d *Desk) put(r *cases.Request, entity string) error {
	r.Entity = entity
	standing, mind := d.duty(r.Regime, entity)
	r.Standing, r.Mind = standing, mind
	if standing != law.None || r.Promise != nil { // where only the notice promises a time, that one counts
		return nil
	}
	plain := cases.Request{Kind: law.KindOther, Entity: entity, Mind: mind}
	if err := plain.Under(d.Notice); err != nil {
		return err
	}
	plain.Regime, plain.TargetDays = law.WithoutDelay, cases.Target(d.Notice, law.WithoutDelay)
	*r = plain
	return nil
}

// companyByRecords is the company of a group that a person's records are of, where the maps
// name one for some of them and no other for any; "" where nobody can tell. It is asked at
// receipt alone, looks in our own set, and says nothing else of what is held.
func (d *Desk) companyByRecords(ctx context.Context, kind law.Kind, q Query) string {
	if len(d.Notice.Landlord.Controllers) < 2 || !concernsAPerson(kind) {
		return ""
	}
	maps := map[string]*datamap.Map{}
	for _, s := range d.Config.Sources {
		if m, err := d.Map(s.Name); err == nil && namesCompany(m) {
			maps[s.Name] = m
		}
	}
	if len(maps) == 0 {
		return ""
	}
	a, err := d.findIn(ofItself(ctx), "", q)
	if err != nil {
		return "" // nobody, or several, or a system is down: the case opens whatever comes of this
	}
	only := ""
	for _, r := range a.Records {
		m := maps[r.Source]
		if m == nil {
			continue
		}
		id := m.ControllerOf(r.Table)
		if _, known := d.company(notice.ID(id), ""); id == "" || !known || !slices.Contains(r.Whose, datamap.Self) && !slices.Contains(r.Whose, datamap.Shared) {
			continue
		}
		if only != "" && only != id {
			return ""
		}
		only = id
	}
	return only
}

func namesCompany(m *datamap.Map) bool {
	for name := range m.Tables {
		if m.ControllerOf(name) != "" {
			return true
		}
	}
	return false
}
