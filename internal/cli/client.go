package cli

import (
	"fmt"
	"io"
	"strings"

	"tenet/internal/contact"
	"tenet/internal/desk"
	"tenet/internal/law"
)

// clientCmd is the landlords that this one acts for.
type clientCmd struct {
	List     clientListCmd     `cmd:"" help:"The landlords we act for, and where their records are."`
	Find     clientFindCmd     `cmd:"" help:"Everything one client holds about a person; no other's records are looked at."`
	Locate   clientLocateCmd   `cmd:"" help:"Whose customer somebody is, and nothing of what is held."`
	Route    clientRouteCmd    `cmd:"" help:"Find out whose customer a case is about, and have it passed to that client today."`
	Instruct clientInstructCmd `cmd:"" help:"The client instructed us to answer a case: on which day, and who."`
	Report   clientReportCmd   `cmd:"" help:"The figures of one client, of its set alone: numbers, and nobody's name."`
	End      clientEndCmd      `cmd:"" help:"A contract has ended: its records cannot be searched from now on; what to return or delete."`
	Return   clientReturnCmd   `cmd:"" help:"Write what Tenet itself keeps of an ended client's customers into a file for the client, and delete it."`
}

type clientListCmd struct{}

func (x *clientListCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	list, err := d.Clients()
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"clients": list}, func(w io.Writer) {
		for _, x := range list {
			fmt.Fprintf(w, "%s: %s", x.ID, x.Name)
			switch {
			case x.Ended != "":
				fmt.Fprintf(w, "; ended on %s", x.Ended)
			case len(x.Sources) == 0:
				fmt.Fprint(w, "; no map speaks of it")
			default:
				fmt.Fprintf(w, "; in %s", strings.Join(x.Sources, ", "))
			}
			if x.Officer != "" {
				fmt.Fprintf(w, "; requests go to: %s", x.Officer)
			}
			fmt.Fprintln(w)
		}
		if len(list) == 0 {
			fmt.Fprintln(w, "The notice names nobody we act for.")
		}
	})
}

type clientFindCmd struct {
	Client string `arg:"" help:"The client, as the notice names it."`
	personFlags
}

func (x *clientFindCmd) Run(c *call) error {
	q, err := x.query(c)
	if err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	a, err := d.FindFor(c, c.actor(), x.Client, q)
	if err != nil {
		return err
	}
	return c.answer(a, func(w io.Writer) {
		fmt.Fprintf(w, "On behalf of %s, which decides over these records:\n", a.Keeper.Name)
		for _, r := range a.Records {
			fmt.Fprintf(w, "  %s\n", r.ID())
		}
		for _, n := range a.NotSearched {
			fmt.Fprintf(w, "not searched: %s: %s\n", strings.TrimSuffix(n.Source+"."+n.Table, "."), n.Why)
		}
	})
}

type clientLocateCmd struct{ personFlags }

func (x *clientLocateCmd) Run(c *call) error {
	q, err := x.query(c)
	if err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	sets, err := d.Locate(c, c.actor(), q)
	if err != nil {
		return err
	}
	c.found = len(sets) == 0
	return c.answer(map[string]any{"sets": sets}, func(w io.Writer) {
		for _, s := range sets {
			name := s.Client
			if name == "" {
				name = "our own"
			}
			if s.Several {
				name += ", where more than one person could be meant"
			}
			fmt.Fprintln(w, name)
		}
		if len(sets) == 0 {
			fmt.Fprintln(w, "Nobody like that is in any set.")
		}
	})
}

type clientRouteCmd struct {
	Case string `arg:"" help:"The case's number."`
}

func (x *clientRouteCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	r, err := d.RouteCase(c, c.actor(), x.Case)
	if err != nil {
		return err
	}
	c.found = r.Client == "" && !r.Ours
	return c.answer(r, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %s\n", r.Case, r.Says)
		if r.Client != "" {
			fmt.Fprintf(w, "When it was passed: tenet case transfer %s --to %s\n", r.Case, r.Client)
		}
	})
}

type clientInstructCmd struct {
	Case string `arg:"" help:"The case's number."`
	On   string `placeholder:"DATE" help:"The day of the instruction; today."`
	Who  string `required:"" placeholder:"NAME" help:"Who at the client gave it, and what they are there."`
}

func (x *clientInstructCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	day := d.Today()
	if x.On != "" {
		if day, err = law.ParseDate(x.On); err != nil {
			return &desk.Error{Code: "clock", What: err.Error(), Where: "--on", Mend: "write the date as 2026-11-22"}
		}
	}
	k, err := d.Instruct(c, c.actor(), x.Case, day, x.Who)
	if err != nil {
		return err
	}
	return c.answer(k, func(w io.Writer) { fmt.Fprintf(w, "%s: instructed by %s on %s.\n", k.Number, x.Who, day) })
}

type clientEndCmd struct {
	Client  string `arg:"" help:"The client, as the notice names it."`
	Confirm string `required:"" placeholder:"CLIENT" help:"The same again: it cannot be searched afterwards."`
	Pass    bool   `name:"transfer-open" help:"Pass every open case that is answered for it to the client first. Without it such a case is named, and nothing is ended."`
}

func (x *clientEndCmd) Run(c *call) error {
	if x.Confirm != x.Client {
		return &desk.Error{Code: "usage", What: "it names another client", Where: "--confirm", Mend: "write --confirm " + x.Client + " to end the contract of " + x.Client}
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	passed := []string{}
	if x.Pass {
		if passed, err = d.PassOpenCases(c, c.actor(), x.Client); err != nil {
			return err
		}
	}
	l, err := d.EndClient(c, c.actor(), x.Client)
	if err != nil {
		return err
	}
	out := struct {
		desk.Leaving
		Passed []string `json:"passed"`
	}{l, passed}
	return c.answer(out, func(w io.Writer) {
		if len(passed) > 0 {
			fmt.Fprintf(w, "Passed to %s, each with a task to hand it over and tell the person today: %s.\n", l.Name, strings.Join(passed, ", "))
		}
		fmt.Fprintf(w, "The contract of %s ended on %s. Its records can no longer be searched; %d tables left the index.\n", l.Name, l.Ended, l.Segments)
		if l.Action == "" {
			fmt.Fprintln(w, "The notice does not say what becomes of them: ask the client whether to return or delete (UK GDPR Article 28(3)(g)).")
		} else {
			fmt.Fprintf(w, "To do within %s: %s.\n", l.Within, l.Action)
		}
		for _, p := range l.Parts {
			fmt.Fprintf(w, "  %s\n", p)
		}
		if l.Kept.Any() {
			fmt.Fprintf(w, "  Tenet: %s; to return and delete them: tenet client return %s --to FILE\n", keptWords(l.Kept), x.Client)
		}
		if l.Lessons > 0 {
			fmt.Fprintf(w, "Rules of redaction that were learnt for its answers, and are deleted: %d.\n", l.Lessons)
		}
	})
}

func keptWords(n contact.Counts) string {
	return fmt.Sprintf("entries of contacts %d, authorities %d, checks of callers %d", n.Entries, n.Authorities, n.Checks)
}

type clientReturnCmd struct {
	Client string `arg:"" help:"The client, whose contract has ended."`
	To     string `required:"" type:"path" placeholder:"FILE" help:"A new file: one JSON object a line. Nobody but you can read it; hand it over in a safe way."`
}

func (x *clientReturnCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	n, err := d.ReturnKept(c, c.actor(), x.Client, x.To)
	if err != nil {
		return err
	}
	return c.answer(n, func(w io.Writer) {
		fmt.Fprintf(w, "In %s, and deleted here: %s.\n", x.To, keptWords(n))
	})
}
