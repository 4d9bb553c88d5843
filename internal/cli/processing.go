package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"tenet/internal/desk"
	"tenet/internal/notice"
)

// processingCmd is the record of processing activities.
type processingCmd struct {
	Show   processingShowCmd   `cmd:"" default:"withargs" help:"The record of processing activities (UK GDPR Article 30), made from the notice and the maps."`
	Import processingImportCmd `cmd:"" help:"Hold a sheet that somebody edited against the record: which field of the notice would have to change."`
	Diff   processingDiffCmd   `cmd:"" help:"What the record of one version of the notice has otherwise than that of another."`
}

// processingScope is which record is meant.
type processingScope struct {
	As         string `enum:"controller,processor" default:"controller" help:"Whose record: as controller (Article 30(1)), or as processor for clients (Article 30(2))."`
	Controller string `placeholder:"ID" help:"Of one company of the group alone."`
	Client     string `placeholder:"ID" help:"Of one client alone; means --as processor."`
}

func (x *processingScope) roleAndBody() (notice.UseRole, notice.ID, error) {
	switch {
	case x.Client != "" && x.Controller != "":
		return "", "", &desk.Error{Code: "usage", What: "--client and --controller are records of two kinds", Where: "--client", Mend: "give one of them"}
	case x.Client != "":
		return notice.AsProcessor, notice.ID(x.Client), nil
	case x.Controller != "" && x.As == string(notice.AsProcessor):
		return "", "", &desk.Error{Code: "usage", What: "the record of a processor is by client", Where: "--controller", Mend: "give --client, or leave --as out"}
	}
	return notice.UseRole(x.As), notice.ID(x.Controller), nil
}

type processingShowCmd struct {
	processingScope `embed:""`
	Of              string `placeholder:"NOTICE" help:"Of another notice than that in force: a version that is kept, a folder, or a pack."`
	Out             string `placeholder:"FILE" help:"Write it to a file: .xlsx, .csv or .json."`
}

func (x *processingShowCmd) Run(c *call) error {
	as, body, err := x.roleAndBody()
	if err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	of := d.Notice
	if x.Of != "" {
		if of, err = c.readNotice(x.Of); err != nil {
			return err
		}
	}
	r, err := d.ProcessingOf(c, of, as, body)
	if err != nil {
		return err
	}
	if x.Out != "" {
		var b bytes.Buffer
		if err := desk.WriteProcessing(&b, filepath.Ext(x.Out), r, d.Today()); err != nil {
			return err
		}
		if err := os.WriteFile(x.Out, b.Bytes(), 0o600); err != nil {
			return err
		}
	}
	c.found = len(r.Gaps) > 0
	return c.answer(r, func(w io.Writer) {
		if x.Out != "" {
			fmt.Fprintf(w, "%s: %s\n", x.Out, counted(len(r.Rows), "row", "rows"))
		} else {
			t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			for _, row := range r.Rows {
				fmt.Fprintf(t, "%s\t%s\t%s\n", row.Body, row.Use, gapWords(len(row.Gaps)))
			}
			t.Flush()
		}
		for _, g := range r.Gaps {
			fmt.Fprintf(w, "gap [%s] ", g.Kind)
			if g.Use != "" {
				fmt.Fprintf(w, "%s: ", g.Use)
			}
			fmt.Fprintf(w, "%s (%s)\n      %s; %s\n", g.What, g.Law, g.At, g.Mend)
		}
	})
}

func gapWords(n int) string {
	if n == 0 {
		return ""
	}
	return counted(n, "gap", "gaps")
}

// counted is a number with what it counts.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

type processingImportCmd struct {
	processingScope `embed:""`
	File            string `arg:"" help:"A sheet as it was exported, and edited: .xlsx or .csv."`
	Check           bool   `help:"Say what differs and write nothing, which is what happens without it too."`
	Propose         string `placeholder:"DIR" help:"Write a copy of the notice that says what the sheet says, where that can be done faithfully."`
}

func (x *processingImportCmd) Run(c *call) error {
	as, body, err := x.roleAndBody()
	if err != nil {
		return err
	}
	if x.Check && x.Propose != "" {
		return &desk.Error{Code: "usage", What: "--check writes nothing, and --propose writes a folder", Where: "--propose", Mend: "give one of them"}
	}
	f, err := os.Open(x.File)
	if err != nil {
		return err
	}
	defer f.Close()
	// One byte more than is read tells a file that is too large.
	data, err := io.ReadAll(io.LimitReader(f, desk.MostSheet+1))
	if err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	got, err := d.CheckProcessing(c, x.File, data, as, body)
	if err != nil {
		return err
	}
	if x.Propose != "" && len(got.Differences) > 0 {
		if err := d.ProposeProcessing(c, got, as, body, x.Propose); err != nil {
			return err
		}
	}
	c.found = len(got.Differences) > 0
	return c.answer(got, func(w io.Writer) {
		for _, x := range got.Differences {
			fmt.Fprintln(w, x)
			for _, m := range x.Mends {
				fmt.Fprintf(w, "      %s: %s\n", m.At, m.Do)
			}
		}
		switch {
		case len(got.Differences) == 0:
			fmt.Fprintf(w, "%s says what the record says.\n", got.File)
		case got.Proposed != "":
			fmt.Fprintf(w, "%s is a copy of the notice that says so. Read it: tenet notice diff notice %s; then adopt it.\n", got.Proposed, got.Proposed)
			for _, x := range got.Follows {
				fmt.Fprintf(w, "It follows for %s, %s: %s\n", x.Use, x.Title, x.What)
			}
		default:
			fmt.Fprintln(w, "Nothing was written.")
		}
	})
}

type processingDiffCmd struct {
	As  string `enum:"controller,processor" default:"controller" help:"As controller, or as processor for clients."`
	Old string `arg:"" help:"A notice folder, a pack, or a version that is kept."`
	New string `arg:"" help:"Another."`
}

func (x *processingDiffCmd) Run(c *call) error {
	old, err := c.readNotice(x.Old)
	if err != nil {
		return err
	}
	other, err := c.readNotice(x.New)
	if err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	got, err := d.CompareProcessing(c, old, other, notice.UseRole(x.As))
	if err != nil {
		return err
	}
	c.found = len(got.Differences) > 0
	return c.answer(got, func(w io.Writer) {
		for _, x := range got.Told {
			fmt.Fprintln(w, x)
		}
		if len(got.Told) == 0 {
			fmt.Fprintln(w, "The record is the same.")
		}
	})
}
