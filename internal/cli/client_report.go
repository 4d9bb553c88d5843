package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"tenet/internal/desk"
	"tenet/internal/law"
)

type clientReportCmd struct {
	Client string `arg:"" help:"The client, as the notice names it."`
	From   string `placeholder:"DATE" help:"The first day; three months before the last."`
	To     string `placeholder:"DATE" help:"The last day; today."`
	Format string `enum:"table,json,csv,xlsx" default:"table" help:"A table to look at; or json, csv or xlsx for the client, which the ledger then has."`
	Out    string `placeholder:"FILE" help:"Write it to a new file, for the client: .xlsx, .csv or .json."`
	Exact  bool   `help:"With numbers below five and what could not be looked at, to look at, for us alone."`
}

// period is the time that is reported on.
func (x *clientReportCmd) period(d *desk.Desk) (from, to law.Date, err error) {
	to = d.Today()
	if x.To != "" {
		if to, err = law.ParseDate(x.To); err != nil {
			return from, to, &desk.Error{Code: "date", What: err.Error(), Where: "--to", Mend: "write the date as 2026-11-22"}
		}
	}
	from = to.AddMonths(-3)
	if x.From != "" {
		if from, err = law.ParseDate(x.From); err != nil {
			return from, to, &desk.Error{Code: "date", What: err.Error(), Where: "--from", Mend: "write the date as 2026-11-22"}
		}
	}
	return from, to, nil
}

func (x *clientReportCmd) Run(c *call) error {
	file := x.Format != "table"
	switch {
	case x.Exact && (x.Out != "" || file):
		return &desk.Error{Code: "usage", What: "a file is for the client, and small numbers do not leave the house", Where: "--exact", Mend: "leave --exact out, or look at it here, with --json if you like"}
	case x.Out != "" && file && "."+x.Format != filepath.Ext(x.Out):
		return &desk.Error{Code: "usage", What: "--format and the ending of the file differ", Where: "--out", Mend: "leave --format out"}
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	from, to, err := x.period(d)
	if err != nil {
		return err
	}
	r, err := d.ReportClient(c, x.Client, from, to)
	if err != nil {
		return err
	}
	switch {
	case x.Out != "":
		if err := x.write(c, d, r); err != nil {
			return err
		}
		r = r.ForClient()
	case file:
		return d.GiveClientReport(c, c.actor(), r, "."+x.Format, c.Stdout)
	case !x.Exact:
		r = r.ForClient()
	}
	return c.answer(r, func(w io.Writer) { x.table(w, r) })
}

// write gives the report to the client as a file. It is on record before it is there.
func (x *clientReportCmd) write(c *call, d *desk.Desk, r desk.ClientReport) error {
	if _, err := os.Stat(x.Out); !errors.Is(err, fs.ErrNotExist) {
		return &desk.Error{Code: "file", What: "is there already", Where: x.Out, Mend: "name a new file"}
	}
	var b bytes.Buffer
	if err := d.GiveClientReport(c, c.actor(), r, filepath.Ext(x.Out), &b); err != nil {
		return err
	}
	return os.WriteFile(x.Out, b.Bytes(), 0o600)
}

func (x *clientReportCmd) table(w io.Writer, r desk.ClientReport) {
	fmt.Fprintf(w, "%s, %s to %s\n", r.Client.Name, r.From, r.To)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, y := range r.Tallies {
		fmt.Fprintf(t, "%s\t%s\n", y.Title, y.Total)
		for _, s := range y.By {
			for _, p := range s.Parts {
				fmt.Fprintf(t, "  %s\t%s\n", p.Title, p.Count)
			}
		}
	}
	t.Flush()
	for _, g := range r.Lacks {
		fmt.Fprintf(w, "not covered: %s\n", g)
	}
	for _, g := range r.Inside {
		fmt.Fprintf(w, "not looked at: %s\n", g)
	}
	if r.Exact {
		fmt.Fprintln(w, "For us alone: small numbers are in it.")
	} else {
		fmt.Fprintln(w, desk.FewWords)
	}
	if x.Out != "" {
		fmt.Fprintf(w, "Written to %s, for the client.\n", x.Out)
	}
}
