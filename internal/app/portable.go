package app

import (
	"context"
	"time"

	"tenet/internal/cases"
	"tenet/internal/law"
)

// takeAwayAct drafts the answer of a request to take data along from the records, as a
// request for a copy is answered. It may be answered in words instead.
func takeAwayAct(group string) act {
	return act{id: "take-away", action: cases.Drafts, group: group, name: "Draft the files to take away", button: "Search, and draft the files",
		when: func(k cases.Case) bool { return k.Kind == law.KindPortability },
		does: []string{"The systems are searched. What the person gave us goes into files for a computer, where we use it by consent or contract; all else stays, and the files say why.",
			"It is a draft: it goes to nobody until it is approved, and can be made again."},
		do: func(ctx context.Context, d doing) (string, error) {
			err := d.s.draft(ctx, func() error {
				// What was begun is finished, whether or not the browser waits for it.
				last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*time.Minute)
				defer cancel()
				_, err := d.s.d.Answer(last, d.k, cases.On{By: d.on.By})
				return err
			})
			return "The files are drafted. Look through them, then approve them.", err
		}}
}
