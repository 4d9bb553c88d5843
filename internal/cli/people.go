package cli

import (
	"fmt"
	"io"
	"time"
)

type personCmd struct {
	Same      personSameCmd      `cmd:"" help:"Decide that two records are one person's."`
	Different personDifferentCmd `cmd:"" help:"Decide that two records are of two people."`
	Undo      personUndoCmd      `cmd:"" help:"Withdraw what was decided last of two records; what was before is so again."`
	Decisions personDecisionsCmd `cmd:"" help:"Everything that was decided about who is who."`
}

// twoRecords are named as find --json prints them: person.records, possible and
// candidates.
type twoRecords struct {
	A string `arg:"" help:"A record, as find --json prints it. - or env:NAME keeps it out of the process list."`
	B string `arg:"" help:"Another."`
}

func (x *twoRecords) read(c *call) error {
	if err := c.secret("A", &x.A); err != nil {
		return err
	}
	return c.secret("B", &x.B)
}

type personSameCmd struct {
	twoRecords
	Reason string `required:"" help:"Why they are one person's."`
}

func (x *personSameCmd) Run(c *call) error { return c.decidePerson(&x.twoRecords, true, x.Reason) }

type personDifferentCmd struct {
	twoRecords
	Reason string `help:"Why they are not."`
}

func (x *personDifferentCmd) Run(c *call) error {
	return c.decidePerson(&x.twoRecords, false, x.Reason)
}

func (c *call) decidePerson(x *twoRecords, same bool, why string) error {
	if err := x.read(c); err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	made, err := d.DecidePerson(c, c.actor(), x.A, x.B, same, why)
	if err != nil {
		return err
	}
	return c.answer(made, func(w io.Writer) {
		fmt.Fprintf(w, "The two records are %s from the next search on. To withdraw it: tenet person undo.\n", whoWords(same))
	})
}

type personUndoCmd struct{ twoRecords }

func (x *personUndoCmd) Run(c *call) error {
	if err := x.read(c); err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	undone, stands, err := d.UndoPerson(c, c.actor(), x.A, x.B)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"undone": undone, "stands": stands}, func(w io.Writer) {
		fmt.Fprintf(w, "Withdrawn: that the two records are %s.\n", whoWords(undone.Same))
		if stands != nil {
			fmt.Fprintf(w, "What was decided before stands again: they are %s.\n", whoWords(stands.Same))
		} else {
			fmt.Fprintln(w, "Nothing is decided of them now: a search goes by what they say.")
		}
	})
}

type personDecisionsCmd struct{}

func (personDecisionsCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	list, err := d.PersonDecisions(c)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"decisions": list}, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "Nothing was decided.")
		}
		for _, x := range list {
			state := "stands"
			switch {
			case !x.Withdrawn.IsZero():
				state = "withdrawn " + x.Withdrawn.Format(time.DateTime)
			case !x.Stands:
				state = "superseded"
			}
			fmt.Fprintf(w, "%s %s (%s)\n  %s\n  %s\n  %s: %s\n", x.At.Format(time.DateTime), x.By, state, x.A, x.B, whoWords(x.Same), x.Why)
		}
	})
}

func whoWords(same bool) string {
	if same {
		return "one person's"
	}
	return "of two people"
}
