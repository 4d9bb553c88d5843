package promise

import (
	"context"
	"slices"
	"strings"

	"tenet/internal/notice"
)

var countries = Param{Name: "countries", Says: "those where data may be held: GB, IE; left out means any that is safeguarded", Type: Words}

var recipientsAgreement = Kind{
	Name: "recipients.agreement", Says: "everyone who was given data has an agreement that is in force",
	Params: []Param{{Name: "kind", Says: "recipients in which capacity; left out means processor and joint-controller", Type: AWord,
		Of: of("processor", "controller", "joint-controller", "public-body", "competent-authority", "chosen-by-person")}, atLeast},
	Look: agreements,
}

// agreements looks at recipients by their agreements.
func agreements(ctx context.Context, l *Look) (Found, error) {
	f := Found{Unit: "recipients", Method: "Each recipient of sharing.yaml by the agreement it names and the day by which that is to be looked at again; " +
		"and everyone whom a log of disclosures in a system names (discloses in its map), who must be one of them."}
	kinds := []string{string(notice.Processor), string(notice.JointController)}
	if k := l.With.word("kind"); k != "" {
		kinds = []string{k}
	}
	papers := map[notice.ID]notice.Agreement{}
	for _, a := range l.Notice.Sharing.Agreements {
		papers[a.ID] = a
	}
	return f, l.recipients(ctx, &f, func(r notice.Recipient) (bool, bool) {
		a, ok := papers[r.Agreement]
		ok = ok && !past(a.ReviewBy, l.Today) && (a.From == "" || !dayOf(a.From).After(l.Today))
		return slices.Contains(kinds, string(r.Kind)), ok
	})
}

var transfersSafeguard = Kind{
	Name: "transfers.safeguard", Says: "whoever was given data abroad is covered by a safeguard",
	Params: []Param{countries, atLeast},
	Look:   transfers,
}

// transfers looks at recipients by where they hold data.
func transfers(ctx context.Context, l *Look) (Found, error) {
	f := Found{Unit: "recipients", Method: "Each recipient of sharing.yaml by the countries where it holds data and what protects it there; " +
		"and everyone whom a log of disclosures in a system names, who must be one of them: of others nobody knows where the data is."}
	allowed := l.With.words("countries")
	return f, l.recipients(ctx, &f, func(r notice.Recipient) (bool, bool) {
		for _, c := range r.Abroad() {
			if len(allowed) > 0 && !slices.Contains(allowed, string(c)) {
				return true, false
			}
		}
		return true, len(r.Abroad()) == 0 || r.Safeguard != ""
	})
}

// recipients counts those of the notice whom judge counts, and those whom logs of
// disclosures name: one who is not in the notice is as bad as one judged bad.
func (l *Look) recipients(ctx context.Context, f *Found, judge func(notice.Recipient) (counts, good bool)) error {
	f.Places = "registers and logs"
	f.saw()
	known := map[string]bool{}
	for _, r := range l.Notice.Sharing.Recipients {
		known[strings.ToLower(string(r.ID))], known[strings.ToLower(r.Title)] = true, true
		if counts, good := judge(r); counts {
			f.count(good, "sharing.yaml "+string(r.ID))
		}
	}
	tables, err := l.tables(ctx, f)
	if err != nil {
		return err
	}
	logs := 0
	for _, t := range tables {
		if t.DisclosedTo == "" {
			continue
		}
		logs++
		met := map[string]bool{}
		err := l.scan(ctx, f, t, Query{Columns: []string{t.DisclosedTo}}, func(r Row) error {
			to := strings.ToLower(strings.TrimSpace(r.Values[0].Text))
			// A log names few recipients many times; one that is full of different names is
			// bounded here, and each is bad in any case.
			if to == "" || met[to] {
				return nil
			}
			if len(met) < 10000 {
				met[to] = true
			}
			if !known[to] {
				f.row(false, t, r, t.DisclosedTo)
			}
			return nil
		}, nil)
		if err != nil {
			return err
		}
	}
	if logs == 0 {
		f.gap("no map names a log of disclosures (discloses), so nobody knows who was really given data")
	}
	return nil
}

var registerComplete = Kind{
	Name: "register.complete", Says: "a register of accountability has no gap",
	Params: []Param{{Name: "register", Says: "which", Type: AWord, Must: true, Of: of("agreements", "transfers", "assessments", "breaches")},
		{Name: "kind", Says: "for agreements: recipients in which capacity", Type: AWord, Of: recipientsAgreement.Params[0].Of},
		countries,
		{Name: "basis", Says: "for assessments: uses of which basis; left out means legitimate-interests", Type: AWord,
			Of: of("legitimate-interests")},
		{Name: "told", Says: "for breaches: whether people were told", Type: YesNo}, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		switch l.With.word("register") {
		case "agreements":
			return agreements(ctx, l)
		case "transfers":
			return transfers(ctx, l)
		case "assessments":
			return balanced(l), nil
		}
		f := Found{Places: "registers", Unit: "breaches"}
		f.gap("breaches are not kept by Tenet yet")
		return f, nil
	},
}

// balanced looks at the tests of legitimate interests.
func balanced(l *Look) Found {
	f := Found{Unit: "uses that rest on legitimate interests", Places: "registers", Method: "Each use of uses.yaml that rests on legitimate interests by the test it names, and the day by which that is to be looked at again."}
	f.saw()
	for _, u := range l.Notice.Uses.Uses {
		if u.Basis == notice.LegitimateInterests {
			f.count(u.Balancing != nil && !past(u.Balancing.ReviewBy, l.Today), "uses.yaml "+string(u.ID))
		}
	}
	return f
}
