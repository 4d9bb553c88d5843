package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tenet/internal/datamap/discover"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/source"
)

type initCmd struct {
	Dir  string `arg:"" help:"A new folder."`
	Like string `placeholder:"PACK" help:"The notice to begin from; the default is a fictional landlord's."`
}

func (x *initCmd) Run(c *call) error {
	if err := desk.Init(c, x.Dir, x.Like, c.Getenv); err != nil {
		return err
	}
	n, err := c.noticeFolder(filepath.Join(x.Dir, "notice"))
	if err != nil {
		return err
	}
	wrong := wrongIn(n)
	return c.answer(map[string]any{"workspace": x.Dir, "errors": wrong}, func(w io.Writer) {
		fmt.Fprintf(w, "%s is a workspace now. Its notice is a fictional landlord's: edit %s/notice, then: tenet -C %s notice check\n", x.Dir, x.Dir, x.Dir)
		if x.Like != "" && wrong > 0 {
			fmt.Fprintf(w, "The notice of %s is wrong on purpose, as real notices are: the check finds %d errors in it. Do not publish it as your own.\n", x.Like, wrong)
		}
		fmt.Fprintf(w, "Back up %s/keys apart from the rest: without it sealed answers and the index cannot be opened.\n", x.Dir)
	})
}

// wrongIn is how many errors the linter finds in a notice by the law of today.
func wrongIn(n *notice.Notice) int {
	count := 0
	for _, f := range notice.Lint(n, notice.Date(law.DateOf(time.Now()).String())) {
		if f.Severity == notice.Wrong {
			count++
		}
	}
	return count
}

type sourceCmd struct {
	Add   sourceAddCmd   `cmd:"" help:"Add a system. Nothing in it is changed."`
	Check sourceCheckCmd `cmd:"" help:"Can each system be reached and read?"`
}

type sourceAddCmd struct {
	Name string `arg:"" help:"What to call it: small letters, digits, hyphens."`
	URL  string `arg:"" help:"sqlite:FILE postgres://… mysql://… sqlserver://… oracle://… dir:FOLDER mbox:FILE pst:FILE purview:FOLDER imap://… graph:TENANT?… sar:https://…?ask=ID; a password as env:NAME."`
}

func (x *sourceAddCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.AddSource(desk.System{Name: x.Name, URL: x.URL}); err != nil {
		return err
	}
	checked, err := d.CheckSources(c, x.Name)
	if err == nil && checked[0].Err != nil {
		// One that cannot be read is not kept: the same command again, mended, will do.
		return errors.Join(checked[0].Err, d.DropSource(x.Name))
	}
	if err != nil {
		return err
	}
	return c.checked(checked)
}

type sourceCheckCmd struct {
	Name string `arg:"" optional:"" help:"One source alone."`
}

func (x *sourceCheckCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	checked, err := d.CheckSources(c, x.Name)
	if err != nil {
		return err
	}
	return c.checked(checked)
}

// checked shows what looking at sources found. One that cannot be reached is
// the command's own failure.
func (c *call) checked(list []desk.Checked) error {
	if list == nil {
		list = []desk.Checked{}
	}
	for _, x := range list {
		if x.Err != nil && len(list) == 1 {
			return x.Err
		}
		c.found = c.found || !x.OK
	}
	return c.answer(map[string]any{"sources": list}, func(w io.Writer) {
		for _, x := range list {
			if !x.OK {
				fmt.Fprintf(w, "%-12s cannot be read: %s\n", x.Name, x.Error)
				continue
			}
			h := x.Health
			guard := "read-only"
			if scheme, _, _ := strings.Cut(x.URL, ":"); !h.ReadOnly && slices.Contains([]string{"sqlite", "dir", "mbox", "pst", "purview"}, scheme) {
				guard = "opened for reading alone"
			} else if !h.ReadOnly {
				guard = "our login could change data there; see doc.go of source for the grants that suffice"
			}
			fmt.Fprintf(w, "%-12s %s, %d tables, %s\n", x.Name, h.Engine, h.Tables, guard)
			for _, l := range h.Limits {
				fmt.Fprintf(w, "%-12s   %s\n", "", l)
			}
			for _, p := range h.Problems {
				fmt.Fprintf(w, "%-12s   %s\n", "", p)
			}
		}
	})
}

type discoverCmd struct {
	Name   string `arg:"" optional:"" help:"One source alone."`
	Accept bool   `help:"Write the map with every confident proposal as it is."`
	Review bool   `help:"Confirm decision by decision; with --json list those that are open."`
}

// proposed is the JSON of a proposal.
type proposed struct {
	Source   string              `json:"source"`
	Map      string              `json:"map"` // YAML
	Written  string              `json:"written,omitempty"`
	Evidence []discover.Evidence `json:"evidence"`
	Left     int                 `json:"left_to_a_person"`
	Problems []source.Problem    `json:"problems"`
}

func (x *discoverCmd) Run(c *call) error {
	if x.Review && x.Accept {
		return &desk.Error{Code: "usage", What: "--review and --accept are two ways to the map", Mend: "give one of them"}
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	systems := d.Config.Sources
	if x.Name != "" {
		sys, err := d.System(x.Name)
		if err != nil {
			return err
		}
		systems = []desk.System{sys}
	}
	if len(systems) == 0 {
		return &desk.Error{Code: "no-source", What: "there are no sources yet", Where: "tenet.yaml", Mend: "tenet source add NAME URL"}
	}
	if x.Review {
		return c.review(d, systems)
	}
	var all []proposed
	for _, sys := range systems {
		p, err := d.Discover(c, sys, x.Accept)
		if err != nil {
			return err
		}
		text, err := p.Map.Marshal()
		if err != nil {
			return err
		}
		out := proposed{Source: p.Source, Map: string(text), Written: p.Written, Evidence: p.Evidence, Problems: p.Problems}
		for _, e := range p.Evidence {
			if !e.Taken() {
				out.Left++
			}
		}
		all = append(all, out)
	}
	return c.answer(map[string]any{"proposals": all}, func(w io.Writer) {
		for _, p := range all {
			if p.Written == "" {
				fmt.Fprintf(w, "# A proposal: read it, then write it to maps/%s.yaml with: tenet discover %s --accept\n%s", p.Source, p.Source, p.Map)
			} else {
				fmt.Fprintf(w, "%s: %d decisions taken, %d left to a person; the map is %s\n", p.Source, len(p.Evidence)-p.Left, p.Left, p.Written)
			}
			for _, e := range p.Evidence {
				if !e.Taken() {
					fmt.Fprintf(w, "# left to you: %s: %s (%.2f: %s)\n", strings.TrimSuffix(e.Table+"."+e.Column, "."), e.Decision, e.Confidence, e.Why)
				}
			}
			for _, pr := range p.Problems {
				fmt.Fprintf(w, "# could not be read: %s\n", pr)
			}
		}
	})
}

type mapCmd struct {
	Check   mapCheckCmd   `cmd:"" help:"Report what no longer fits."`
	Confirm mapConfirmCmd `cmd:"" help:"Say that a map written by hand is right as it lies."`
	Import  mapImportCmd  `cmd:"" help:"A map of a dataset in Fides's YAML, and what it loses."`
}

type mapConfirmCmd struct {
	Source string `arg:"" help:"The source whose map it is."`
}

func (x *mapConfirmCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.ConfirmMap(c, c.actor(), x.Source); err != nil {
		return err
	}
	return c.answer(map[string]string{"source": x.Source, "confirmed": "yes"}, func(w io.Writer) {
		fmt.Fprintf(w, "The map of %s is confirmed as it lies. A change to it is to be confirmed again.\n", x.Source)
	})
}

type mapCheckCmd struct{}

// drifted is the JSON of one difference.
type drifted struct {
	Source string `json:"source"`
	Table  string `json:"table,omitempty"`
	Column string `json:"column,omitempty"`
	What   string `json:"what"`
	Mend   string `json:"mend,omitempty"`
	Breaks bool   `json:"breaks"`
}

func (mapCheckCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	list, err := d.CheckMaps(c)
	if err != nil {
		return err
	}
	out := []drifted{}
	for _, s := range list {
		if s.Gap != "" {
			out = append(out, drifted{Source: s.Source, What: s.Gap, Breaks: true})
		}
		for _, x := range s.Drift {
			out = append(out, drifted{s.Source, x.Table, x.Column, x.What, x.Mend, x.Breaks})
		}
	}
	c.found = len(out) > 0
	return c.answer(map[string]any{"differences": out}, func(w io.Writer) {
		if len(out) == 0 {
			fmt.Fprintln(w, "Every map fits its source.")
		}
		for _, x := range out {
			at := strings.TrimSuffix(x.Source+"."+x.Table+"."+x.Column, ".")
			fmt.Fprintf(w, "%s: %s\n", strings.TrimSuffix(at, "."), x.What)
			if x.Mend != "" {
				fmt.Fprintf(w, "    %s\n", x.Mend)
			}
		}
	})
}
