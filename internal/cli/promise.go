package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"tenet/internal/desk"
	"tenet/internal/notice"
	"tenet/internal/promise"
)

type promisesCmd struct {
	Check   promisesCheckCmd   `cmd:"" default:"withargs" help:"Look whether the notice is being kept."`
	Attest  promisesAttestCmd  `cmd:"" help:"Write down somebody's word that a promise is kept."`
	Publish promisesPublishCmd `cmd:"" help:"Sign promises off for the public to see how they are kept."`
}

type promisesCheckCmd struct {
	ID     []string `arg:"" optional:"" help:"Promises, by the ids of the notice; all of them."`
	Strict bool     `help:"Status 1 for what is unproven too."`
	Last   bool     `help:"What was found last, without looking again."`
	Table  bool     `help:"What was found last as a table in Markdown: section, promise, rule, check, verdict."`
	Keys   bool     `help:"Name rows by their keys, which may name people, instead of a digest. What is found is not kept."`
}

func (x *promisesCheckCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if x.Last || x.Table {
		return x.last(c, d)
	}
	p := c.progress()
	run, err := d.RunPromises(c, desk.PromiseOrder{By: c.actor(), IDs: x.ID, Keys: x.Keys}, p.step)
	p.done()
	if err != nil {
		return err
	}
	for _, r := range run.Promises {
		x.found(c, r)
	}
	return c.answer(run, func(w io.Writer) {
		board(w, run.Promises)
		for _, problem := range run.Problems {
			fmt.Fprintln(w, problem)
		}
		for _, ch := range run.Changed {
			if ch.From != "" {
				fmt.Fprintf(w, "%s was %s and is %s.\n", ch.ID, ch.From, ch.To)
			}
		}
	})
}

// last shows what was found before.
func (x *promisesCheckCmd) last(c *call, d *desk.Desk) error {
	all, err := d.Promises(c)
	if err != nil {
		return err
	}
	chosen := []promise.Standing{}
	var results []promise.Result
	for _, s := range all {
		if len(x.ID) == 0 || contains(x.ID, string(s.ID)) {
			chosen, results = append(chosen, s), append(results, s.Result)
			x.found(c, s.Result)
		}
	}
	if x.Table && !c.json {
		stands := map[notice.ID]promise.Result{}
		for _, r := range results {
			stands[r.ID] = r
		}
		return c.answer(nil, func(w io.Writer) { io.WriteString(w, promise.Markdown(d.Notice, stands)) })
	}
	return c.answer(map[string]any{"promises": chosen}, func(w io.Writer) { board(w, results) })
}

// found sets the exit status.
func (x *promisesCheckCmd) found(c *call, r promise.Result) {
	c.found = c.found || r.Fails() || x.Strict && r.Status == promise.Unproven
}

// board is the promise board for people: what needs them first, in full, and then
// the rest in a line each.
func board(w io.Writer, results []promise.Result) {
	counts := map[promise.Status]int{}
	for _, r := range results {
		counts[r.Status]++
	}
	for _, s := range promise.Statuses() {
		if counts[s] == 0 {
			continue
		}
		fmt.Fprintf(w, "%s: %d\n", strings.ToUpper(string(s)), counts[s])
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, r := range results {
			if r.Status != s {
				continue
			}
			what := r.Figure
			if what == "" {
				what = r.Why
			}
			fmt.Fprintf(t, "  %s\t%s\n", r.ID, short(what))
			if s == promise.Broken || s == promise.Unproven {
				fmt.Fprintf(t, "  \t%s\n", short(r.Says))
				if r.Why != what {
					fmt.Fprintf(t, "  \t%s\n", short(r.Why))
				}
			}
			if s == promise.Unproven && r.Fails() {
				fmt.Fprint(t, "  \tIt was broken when that was last known.\n")
			}
			if s != promise.Broken {
				continue
			}
			for _, e := range r.Evidence {
				for _, one := range e.Examples {
					fmt.Fprintf(t, "  \t- %s\n", one)
				}
			}
		}
		t.Flush()
		fmt.Fprintln(w)
	}
	if len(results) == 0 {
		fmt.Fprintln(w, "The notice promises nothing.")
	}
}

// short cuts a sentence to what a terminal shows; --json has all of it.
func short(s string) string {
	const most = 160
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

type promisesAttestCmd struct {
	ID       string `arg:"" help:"The promise, by its id."`
	Evidence string `required:"" help:"What shows it, naming nobody."`
}

func (x *promisesAttestCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.AttestPromise(c, c.actor(), x.ID, x.Evidence); err != nil {
		return err
	}
	return c.answer(map[string]string{"id": x.ID, "evidence": x.Evidence}, func(w io.Writer) {
		fmt.Fprintf(w, "It is on record. See when it expires: tenet promises %s\n", x.ID)
	})
}

type promisesPublishCmd struct {
	ID       []string `arg:"" optional:"" help:"Promises, by their ids; none shows what is public."`
	Withdraw bool     `help:"Take it back."`
}

func (x *promisesPublishCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	change := d.PublishPromises
	if x.Withdraw {
		change = d.WithdrawPromises
	}
	if err := change(c, c.actor(), x.ID...); err != nil {
		return err
	}
	public, err := d.PublicPromises(c)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"public": public}, func(w io.Writer) {
		for _, p := range public {
			if !contains(x.ID, string(p.ID)) {
				continue
			}
			fmt.Fprintf(w, "%s: %s", p.Status, p.Says)
			if p.Figure != "" {
				fmt.Fprintf(w, " (%s)", p.Figure)
			}
			fmt.Fprintln(w)
		}
		switch len(public) {
		case 0:
			fmt.Fprintln(w, "Nothing is public. What is signed off appears once it has been checked.")
		case 1:
			fmt.Fprintln(w, "1 promise is public.")
		default:
			fmt.Fprintf(w, "%d promises are public.\n", len(public))
		}
	})
}
