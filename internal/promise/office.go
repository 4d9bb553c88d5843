package promise

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/law"
)

// tally turns things that were looked at as a whole into a finding.
func tally(f Found, items []Item, err error) (Found, error) {
	for _, i := range items {
		switch i.State {
		case AsPromised:
			f.saw()
			f.good()
		case NotAsPromised:
			f.saw()
			f.bad(strings.TrimSpace(i.Name + ": " + i.Why))
		default:
			f.gap("%s: %s", i.Name, i.Why)
		}
	}
	return f, err
}

var sourcesReadable = Kind{
	Name: "sources.readable", Says: "every system can be read, and all of it", Params: []Param{atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		items, err := l.Office.Sources(ctx)
		return tally(Found{Unit: "systems", Places: "systems", Method: "Each system is reached, and says which tables the login cannot read."}, items, err)
	},
}

var mapsConfirmed = Kind{
	Name: "maps.confirmed", Says: "every map was confirmed by a person and fits its system", Params: []Param{atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		items, err := l.Office.Maps(ctx)
		return tally(Found{Unit: "maps", Places: "systems", Method: "Each map file is held against the digest that the ledger has of the map as it was confirmed, and against its system as it is now."}, items, err)
	},
}

var indexFresh = Kind{
	Name: "index.fresh", Says: "what is found is what the systems hold now", Params: []Param{atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		items, err := l.Office.Index(ctx)
		return tally(Found{Unit: "tables", Places: "tables", Method: "The watermark of each indexed table, against what its system says of the table now."}, items, err)
	},
}

var ledgerVerifies = Kind{
	Name: "ledger.verifies", Says: "nobody has changed the log of what was done", Params: []Param{},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		items, err := l.Office.Ledger(ctx)
		return tally(Found{Unit: "ledgers", Places: "ledgers", Method: "The ledger is exported and verified as a stranger would verify it: every entry, the tree, each checkpoint and its signature."}, items, err)
	},
}

var lintClean = Kind{
	Name: "notice.lint-clean", Says: "the notice contradicts neither itself nor the law", Params: []Param{},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		items, err := l.Office.Lint(ctx)
		return tally(Found{Unit: "rules of the linter", Places: "rules", Method: "The notice folder is read and linted by the law of today. An error breaks it; a warning is for a person to settle."}, items, err)
	},
}

var noticeReviewed = Kind{
	Name: ReviewName, Says: "the notice was looked at again in time",
	Params: []Param{{Name: "every", Says: "how often; left out means P1Y", Type: APeriod}},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "reviews", Places: "records of reviews", Method: "The last time somebody attested this promise, which is how a review is recorded, against how often there is to be one."}
		a, ok, err := l.History.Attested(ctx, l.Promise)
		if err != nil {
			return f, err
		}
		if !ok {
			f.lacks(NoWord, "no review is on record: tenet promises attest %s", l.Promise)
			return f, nil
		}
		f.saw()
		end := after(law.DateOf(a.At), l.With.period("every", "P1Y"))
		f.count(!l.Today.After(end), "the last was on "+law.DateOf(a.At).String())
		return f, nil
	},
}

var versionsKept = Kind{
	Name: "notice.versions-kept", Says: "every version of the notice that decided something can still be read", Params: []Param{},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "versions", Places: "ledgers", Method: "The versions that the ledger's entries name, against those that can be read."}
		used, err := l.History.Versions(ctx)
		if err != nil {
			return f, err
		}
		kept, err := l.Office.Versions(ctx)
		if err != nil {
			f.gap("%v", err)
			return f, ctx.Err()
		}
		f.saw()
		for _, v := range used {
			f.count(slices.Contains(kept, v), v[:min(12, len(v))])
		}
		return f, nil
	},
}

var viewsReasoned = Kind{
	Name: "views.reasoned", Says: "whoever looked somebody up said why, or did it for a case",
	Params: []Param{within, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "look-ups", Places: "ledgers", Method: "Each entry of the ledger that says that somebody was looked up or looked at, by whether its particulars give a reason or a case. " +
			"Entries whose particulars were forgotten with their person are a gap."}
		return f, l.History.views(ctx, before(l.Today, l.With.period("within", "P1Y")), &f)
	},
}

var staffDisabledOut = Kind{
	Name: "staff.disabled-out", Says: "whoever has left can do nothing more",
	Params: []Param{in, {Name: "login", Says: "the column of leavers with what they signed in as; left out means login", Type: AColumn},
		{Name: "left", Says: "the column with the day they left; left out means left_on", Type: AColumn}, where},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "accounts and leavers", Method: "Accounts that were disabled, by whether the ledger has anything that they did afterwards; and the leavers of the staff system, by whether their account can still be used."}
		staff, err := l.History.staff(ctx)
		if err != nil {
			return f, err
		}
		enabled := map[string]string{}
		for _, s := range staff {
			if !s.off {
				enabled[strings.ToLower(s.login)] = s.id
			}
			f.count(!s.acted, s.id)
		}
		err = l.listed(ctx, &f, "who has left", []string{l.column("login", "login"), l.column("left", "left_on")}, func(_ Table, r Row) error {
			left, ok := day(strings.TrimSpace(r.Values[1].Text))
			if !ok || !l.Today.After(left) {
				return nil
			}
			id := enabled[strings.ToLower(strings.TrimSpace(r.Values[0].Text))]
			f.count(id == "", fmt.Sprintf("%s left on %s", id, left))
			return nil
		}, nil)
		return f, err
	},
}
