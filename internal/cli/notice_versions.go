package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
)

type noticeDiffCmd struct {
	Old string `arg:"" help:"A notice folder, a pack, or a version that is kept."`
	New string `arg:"" help:"Another."`
	// Replaying needs the workspace, in which the requests are.
	Replay bool   `help:"Work out from the requests and disclosures of the last year what the new one would have changed: each is decided by both."`
	Since  string `placeholder:"DATE" help:"With --replay: of requests since then; a year ago."`
}

func (x *noticeDiffCmd) Run(c *call) error {
	old, err := c.readNotice(x.Old)
	if err != nil {
		return err
	}
	other, err := c.readNotice(x.New)
	if err != nil {
		return err
	}
	to := law.DateOf(time.Now())
	from := to.AddMonths(-12)
	if x.Since != "" {
		if from, err = law.ParseDate(x.Since); err != nil {
			return &desk.Error{Code: "date", What: err.Error(), Where: "--since", Mend: "write the date as 2026-11-22"}
		}
	}
	compared := notice.Compare(old, other)
	c.found = len(compared.Changes) > 0
	out := map[string]any{"comparison": compared, "people": desk.Concerned(old, other, desk.Version{})}
	var replay *desk.Replay
	if x.Replay {
		d, err := c.open()
		if err != nil {
			return err
		}
		defer d.Close()
		r, err := d.ReplayNotice(c, old, other, from, to)
		if err != nil {
			return err
		}
		replay, out["replay"] = &r, r
	}
	return c.answer(out, func(w io.Writer) {
		diffWords(w, compared)
		if replay != nil {
			for _, line := range replay.Words() {
				fmt.Fprintln(w, line)
			}
		}
	})
}

func diffWords(w io.Writer, c notice.Comparison) {
	fmt.Fprintf(w, "From version %.12s (%s) to %.12s (%s).\n", c.From.Version, c.From.Effective, c.To.Version, c.To.Effective)
	for _, x := range c.Changes {
		mark := " "
		if x.Significant {
			mark = "!"
		}
		fmt.Fprintf(w, "%s %s  %s\n      %s (%s)\n", mark, x.Kind, x.Says, x.Why, x.Pos)
	}
	said := false
	for _, s := range c.Sentences {
		if s.Old != nil && s.New != nil && s.Old.Text == s.New.Text {
			continue
		}
		if !said {
			fmt.Fprintln(w, "\nThe words:")
			said = true
		}
		if s.Old != nil {
			fmt.Fprintf(w, "- %s\n", s.Old.Text)
		}
		if s.New != nil {
			fmt.Fprintf(w, "+ %s\n", s.New.Text)
		}
	}
	switch {
	case len(c.Changes) == 0:
		fmt.Fprintln(w, "Nothing differs that people would read or that decides.")
	case c.Significant:
		fmt.Fprintln(w, "\nChanges marked ! are likely to be significant; a person decides: tenet notice adopt.")
	default:
		fmt.Fprintln(w, "\nNo change is likely to be significant.")
	}
}

type noticeNewCmd struct {
	Dir       string `arg:"" help:"A new folder."`
	Effective string `required:"" placeholder:"DATE" help:"The day it is to come into force."`
}

func (x *noticeNewCmd) Run(c *call) error {
	day, err := law.ParseDate(x.Effective)
	if err != nil {
		return &desk.Error{Code: "date", What: err.Error(), Where: "--effective", Mend: "write the date as 2026-11-22"}
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.NewNotice(c, x.Dir, notice.Date(day.String())); err != nil {
		return err
	}
	return c.answer(map[string]any{"folder": x.Dir, "from": d.Notice.Version(), "effective": day}, func(w io.Writer) {
		fmt.Fprintf(w, "%s is a copy of version %.12s. Write on it, then: tenet notice check %s, tenet notice diff %.12s %s, tenet notice adopt %s\n", x.Dir, d.Notice.Version(), x.Dir, d.Notice.Version(), x.Dir, x.Dir)
	})
}

type noticeAdoptCmd struct {
	Dir            string      `arg:"" help:"The notice folder."`
	Significant    bool        `xor:"decision" help:"People must be told of what it changes. One of these two is needed where a change is likely to be significant."`
	NotSignificant bool        `xor:"decision" help:"They need not be."`
	People         []notice.ID `placeholder:"ID" help:"With --significant: whom it concerns; those that its changes touch."`
	Despite        []string    `placeholder:"RULE" help:"Rules of the linter whose errors are known, and do not hold it up."`
	Why            string      `placeholder:"WORDS" help:"Why people must be told, or need not; and why errors stand."`
}

func (x *noticeAdoptCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	a, err := d.Adopt(c, c.actor(), x.Dir, desk.Significance{Decided: x.Significant || x.NotSignificant, Significant: x.Significant, Why: x.Why, People: x.People, Despite: x.Despite})
	if err != nil {
		return err
	}
	return c.answer(a, func(w io.Writer) {
		fmt.Fprintf(w, "Version %.12s is kept, and in force from %s on. Changes: %d.\n", a.Version.Hash, a.Version.Effective, len(a.Comparison.Changes))
		if a.Version.Significant {
			fmt.Fprintln(w, "What it changes is significant: tenet notice displays says who is to be told.")
		}
		for _, r := range a.Version.Despite {
			fmt.Fprintf(w, "It stands although the linter finds errors by the rule %s.\n", r)
		}
		fmt.Fprintf(w, "A tenet serve that is running goes over to it on that day. Until then: tenet notice withdraw %.12s --why …\n", a.Version.Hash)
	})
}

type noticeWithdrawCmd struct {
	Version string `arg:"" help:"A version whose day has not come."`
	Why     string `required:"" placeholder:"WORDS" help:"Why it is not to come into force."`
}

func (x *noticeWithdrawCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	v, err := d.Withdraw(c, c.actor(), x.Version, x.Why)
	if err != nil {
		return err
	}
	return c.answer(v, func(w io.Writer) {
		fmt.Fprintf(w, "Version %.12s is withdrawn: it will not come into force on %s. Another may take its place.\n", v.Hash, v.Effective)
		if v.Shown {
			fmt.Fprintln(w, "It had been put up, or people were written to of it: take it down, and tell them that it is not so. The public history says that it was withdrawn.")
		}
	})
}

type noticeVersionsCmd struct{}

func (x *noticeVersionsCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	all, err := d.Versions(c)
	if err != nil {
		return err
	}
	out := map[string]any{"versions": all, "in_force": d.Notice.Version(), "folder": d.Folder.Version()}
	return c.answer(out, func(w io.Writer) {
		for _, v := range all {
			mark := " "
			if v.Hash == d.Notice.Version() {
				mark = "*"
			}
			how := "found in the folder"
			if v.Adopted {
				how = "adopted: not significant"
				if v.Significant {
					how = "adopted: significant"
				}
			}
			if v.Reason != "" {
				how += ", " + v.Reason
			}
			if len(v.Despite) > 0 {
				how += "; errors stand by " + strings.Join(v.Despite, ", ")
			}
			if v.Withdrawn != nil {
				how += "; withdrawn on " + law.DateOf(v.Withdrawn.At).Words() + ", " + v.Withdrawn.Proof
			}
			fmt.Fprintf(w, "%s %.12s  from %s  %s\n", mark, v.Hash, v.Effective, how)
		}
		if d.Folder.Version() != d.Notice.Version() {
			fmt.Fprintf(w, "The folder notice/ is another version, %.12s: it decides nothing until it is adopted.\n", d.Folder.Version())
		}
	})
}

type noticeDisplaysCmd struct {
	Version string `placeholder:"VERSION" name:"of" help:"The version; that in force."`
}

func (x *noticeDisplaysCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	p, err := d.Publication(c, x.Version)
	if err != nil {
		return err
	}
	c.found = !p.Whole
	return c.answer(p, func(w io.Writer) {
		fmt.Fprintf(w, "Version %.12s, in force from %s.\n", p.Version.Hash, p.Version.Effective)
		state := func(d *desk.Done, todo string) string {
			if d == nil {
				return todo
			}
			return "done on " + law.DateOf(d.At).Words()
		}
		for _, x := range p.Places {
			fmt.Fprintf(w, "  display %-16s %s, %s: %s\n", x.Display.ID, x.Display.Title, x.Display.At, state(x.Done, "not confirmed"))
		}
		for _, x := range p.People {
			fmt.Fprintf(w, "  people  %-16s %s, for %d changes: %s\n", x.People.ID, x.People.Title, len(x.Why), state(x.Done, "not told"))
		}
		if len(p.Places) == 0 {
			fmt.Fprintln(w, "The notice names no places of display: add displays: to landlord.yaml.")
		}
	})
}

type noticeConfirmCmd struct {
	Place   string `placeholder:"ID" xor:"what" required:"" help:"A place of display where it is to be seen now."`
	People  string `placeholder:"ID" xor:"what" required:"" help:"People who were told of what it changes."`
	Version string `placeholder:"VERSION" name:"of" help:"The version; that in force."`
	Proof   string `placeholder:"WORDS" help:"What shows it; needed with --people."`
}

func (x *noticeConfirmCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if x.Place != "" {
		err = d.ConfirmDisplay(c, c.actor(), x.Version, x.Place, x.Proof)
	} else {
		err = d.ConfirmTold(c, c.actor(), x.Version, x.People, x.Proof)
	}
	if err != nil {
		return err
	}
	return c.answer(map[string]string{"confirmed": x.Place + x.People}, func(w io.Writer) { fmt.Fprintln(w, "Recorded.") })
}
