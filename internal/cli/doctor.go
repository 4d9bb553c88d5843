package cli

import (
	"fmt"
	"io"
	"time"

	"tenet/internal/desk"
)

type doctorCmd struct {
	Quick bool          `help:"No further than this machine: sources are not reached for."`
	Wait  time.Duration `default:"15s" help:"How long a source may take."`
}

// marks are how each grade stands on a terminal.
var marks = map[desk.Grade]string{desk.Well: "ok  ", desk.Warn: "WARN", desk.Fail: "FAIL"}

func (x *doctorCmd) Run(c *call) error {
	found := desk.Diagnose(c, c.dir, c.Getenv, desk.Checkup{Version: c.Version, Quick: x.Quick, Wait: x.Wait})
	if c.Err() != nil {
		return c.Err()
	}
	tally := map[desk.Grade]int{}
	for i := range found {
		f := &found[i]
		tally[f.Status]++
		if f.Err == nil {
			continue
		}
		is, status := describe(f.Err)
		c.unreached = c.unreached || status == exitReach
		f.What += ": " + is.Message
		if is.Where != "" && is.Code != "source" { // a source is named by the check
			f.What += " (" + is.Where + ")"
		}
		if f.Mend == "" {
			f.Mend = is.Mend
		}
	}
	c.found = tally[desk.Warn]+tally[desk.Fail] > 0
	return c.answer(map[string]any{"checks": found}, func(w io.Writer) {
		for _, f := range found {
			fmt.Fprintf(w, "%s  %-16s %s\n", marks[f.Status], f.Check, f.What)
			for _, more := range []string{f.Why, f.Mend} {
				if more != "" {
					fmt.Fprintf(w, "      %-16s %s\n", "", more)
				}
			}
		}
		fmt.Fprintf(w, "\n%d well, %d to look at, %d to mend.\n", tally[desk.Well], tally[desk.Warn], tally[desk.Fail])
	})
}
