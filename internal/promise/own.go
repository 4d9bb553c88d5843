package promise

import (
	"context"

	"tenet/internal/notice"
)

// Own is what Tenet keeps itself, by the rules that say how long.
type Own interface {
	Kept(ctx context.Context) ([]OwnKept, error)
}

// OwnKept is one kind of record that Tenet keeps itself.
type OwnKept struct {
	Record string
	Rule   notice.ID // empty where there is none
	Kept   int64
	Past   int64  // over their time for more than a day, and nothing holds them
	Held   int64  // over their time, and held
	Lacks  string // why nothing can be counted
}

var retentionOwn = Kind{
	Name: "retention.own", Says: "what Tenet keeps itself is not kept past its period",
	Params: []Param{{Name: "records", Says: "which kinds of record; left out means all", Type: Words, Of: func(*notice.Notice) []string {
		var out []string
		for _, r := range notice.OwnRecords() {
			out = append(out, string(r))
		}
		return out
	}}, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "records that Tenet keeps itself", Places: "kinds of record", Method: "Each kind of record that Tenet keeps itself by the rule of keeping.yaml that says records: one that has been over its time for more than a day and that " +
			"nothing holds counts against the promise. One that is held, by an open request or by somebody's word, does not. A kind that has records and no rule is a gap."}
		if l.Own == nil {
			f.gap("what Tenet keeps itself cannot be read")
			return f, nil
		}
		all, err := l.Own.Kept(ctx)
		if err != nil {
			return f, err
		}
		only := map[string]bool{}
		for _, r := range l.With.words("records") {
			only[r] = true
		}
		for _, k := range all {
			switch {
			case len(only) > 0 && !only[k.Record]:
			case k.Lacks != "":
				if k.Kept > 0 {
					f.lacks(NoMap, "%s: %s, and %s are kept", k.Record, k.Lacks, count(k.Kept))
				}
			default:
				f.saw()
				for range k.Kept - k.Past {
					f.good()
				}
				for range k.Past {
					f.bad(k.Record + " by " + string(k.Rule))
				}
			}
		}
		return f, nil
	},
}
