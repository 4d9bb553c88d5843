package promise

import (
	"context"
	"fmt"
	"iter"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Proofs opens answers that were handed over again.
type Proofs interface {
	// Proofs are the answers let out since a day. One that was proved within a period, and
	// of which no byte has changed since, is not opened.
	Proofs(ctx context.Context, since law.Date, every notice.Period) iter.Seq2[Proof, error]
}

// Proof is what opening one showed.
type Proof struct {
	Number  string // of the case
	State   State
	Why     string // where it is not as promised, or not seen; it never says what was withheld
	Earlier bool   // it was proved before, and is unchanged
	Gone    bool   // it was deleted with all that is known of its person, on schedule or as asked
	Bytes   int64  // that were read
}

var packsVerified = Kind{
	Name: "packs.verified", Says: "nothing withheld is in what was handed over",
	Params: []Param{regime, within, {Name: "every", Says: "after how long an answer that is unchanged is opened again; left out means P30D", Type: APeriod}, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "answers handed over", Places: "answers", Method: "Each answer with records that was let out and is still kept is opened, and all that was withheld from it, as its case’s own file has it, is looked for in every byte, as when it was made. " +
			"One that was proved lately is not opened again while its digest is the same. One that was deleted on schedule is counted apart."}
		if l.Proofs == nil {
			f.gap("the answers handed over cannot be opened")
			return f, nil
		}
		gone, earlier := int64(0), int64(0)
		for p, err := range l.Proofs.Proofs(ctx, before(l.Today, l.With.period("within", "P1Y")), l.With.period("every", "P30D")) {
			if err != nil {
				return f, fmt.Errorf("prove what was handed over: %w", err)
			}
			f.Rows++
			f.Bytes += p.Bytes
			switch {
			case p.Gone:
				gone++
			case p.State == AsPromised:
				f.saw()
				f.good()
			case p.State == NotAsPromised:
				f.saw()
				f.bad(p.Number + ": " + p.Why)
			default:
				f.gap("%s: %s", p.Number, p.Why)
			}
			if p.Earlier {
				earlier++
			}
			if l.Progress != nil {
				l.Progress("answers handed over", f.Rows)
			}
		}
		if earlier > 0 {
			f.Notes = append(f.Notes, count(earlier)+" were proved before and are unchanged")
		}
		if gone > 0 {
			f.Notes = append(f.Notes, count(gone)+" are not kept any more, and are not counted")
		}
		return f, nil
	},
}
