package desk

import (
	"context"
	"fmt"
	"time"

	"tenet/internal/promise"
)

// stalePromises is how old the last look at the promises may be.
const stalePromises = 48 * time.Hour

// promises says when the promises of the notice were last looked at, and how they stand.
func (c *doctor) promises(ctx context.Context, d *Desk) {
	_, last, err := d.PromisesRan(ctx)
	var board []BoardPromise
	if err == nil {
		board, err = d.Board(ctx)
	}
	if err != nil {
		c.add(Finding{Check: "promises", Status: Fail, What: "what became of them cannot be read", Err: err})
		return
	}
	if last.IsZero() {
		c.well("promises", "not checked yet: tenet promises looks now, and tenet serve once a day")
		return
	}
	counts := map[promise.Status]int{}
	for _, p := range board {
		counts[p.Status]++
	}
	f := Finding{Check: "promises", Status: Well, What: fmt.Sprintf("checked %s; %d kept, %d attested, %d unproven, %d broken",
		last.UTC().Format(time.RFC3339), counts[promise.Kept], counts[promise.Attested], counts[promise.Unproven], counts[promise.Broken])}
	if d.Now().Sub(last) > stalePromises {
		f.Status, f.Why, f.Mend = Warn, "what they say is more than two days old", "see tenet job list; run tenet promises"
	}
	c.add(f)
}
