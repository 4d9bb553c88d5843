package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"text/tabwriter"
	"time"
)

// answer is what came of one request. took counts from when it was due.
type answer struct {
	page   string
	status int
	err    error
	took   time.Duration
}

// attack begins rate requests a second for so long, each when it is due, whatever
// became of those before.
func (l *load) attack(ctx context.Context, rate int, length time.Duration, next func(n int) step) []answer {
	var (
		all     []answer
		mu      sync.Mutex
		waiting sync.WaitGroup
		start   = time.Now()
		gap     = time.Second / time.Duration(rate)
	)
	for n := 0; time.Duration(n)*gap < length && ctx.Err() == nil; n++ {
		due := start.Add(time.Duration(n) * gap)
		time.Sleep(time.Until(due))
		do := next(n)
		waiting.Go(func() {
			page, status, err := do(ctx)
			a := answer{page, status, err, time.Since(due)}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, a)
		})
	}
	waiting.Wait()
	return all
}

// report prints what each page took, and the errors there were, beside the plain
// server.
func report(ours, plain []answer) {
	by := map[string][]answer{}
	for _, a := range ours {
		by["all"] = append(by["all"], a)
		by[a.page] = append(by[a.page], a)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\t\trequests\terrors\tp50\tp95\tp99\tmost\t")
	line := func(name string, all []answer) time.Duration {
		slices.SortFunc(all, func(a, b answer) int { return cmp.Compare(a.took, b.took) })
		bad := 0
		for _, a := range all {
			if a.err != nil {
				bad++
			}
		}
		at := func(share float64) time.Duration { return all[min(len(all)-1, int(share*float64(len(all))))].took }
		short := func(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }
		fmt.Fprintf(w, "%s\t\t%d\t%d\t%v\t%v\t%v\t%v\t\n", name, len(all), bad, short(at(.5)), short(at(.95)), short(at(.99)), short(all[len(all)-1].took))
		return at(.99)
	}
	for _, page := range slices.Sorted(maps.Keys(by)) {
		if page != "all" {
			line(page, by[page])
		}
	}
	us, limit := line("all", by["all"]), line("a plain server", plain)
	w.Flush()
	fmt.Printf("p99 is %.1f × that of a server that does nothing but hand out a page.\n", float64(us)/float64(limit))
	seen := map[string]int{}
	for _, a := range ours {
		if a.err != nil {
			seen[fmt.Sprintf("%s: %v", a.page, a.err)]++
		}
	}
	for _, what := range slices.Sorted(maps.Keys(seen)) {
		fmt.Printf("%d × %s\n", seen[what], what)
	}
}
