package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/register"
)

type registerCmd struct {
	List    registerListCmd    `cmd:"" help:"The registers, or the papers of one."`
	Show    registerShowCmd    `cmd:"" help:"A paper with its versions and entries; or the fields of a register."`
	New     registerNewCmd     `cmd:"" help:"Begin a paper from a file."`
	Edit    registerEditCmd    `cmd:"" help:"Write the next version of a paper from a file."`
	Propose registerProposeCmd `cmd:"" help:"Lay a draft before whoever signs."`
	Sign    registerSignCmd    `cmd:"" help:"Sign what was proposed."`
	Refuse  registerRefuseCmd  `cmd:"" help:"Refuse to sign what was proposed."`
	Review  registerReviewCmd  `cmd:"" help:"Record that a signed paper was looked at again and stays."`
	End     registerEndCmd     `cmd:"" help:"End a paper."`
	Enter   registerEnterCmd   `cmd:"" help:"Enter something beside a paper: advice, an objection, who asked, who read it."`
	Forget  registerForgetCmd  `cmd:"" help:"Take a person out of the papers that name them."`
	Live    registerLiveCmd    `cmd:"" help:"May it go live? If so, record that it does."`
	May     registerMayCmd     `cmd:"" help:"May data be used for this, or asked for on this form?"`
	Links   registerLinksCmd   `cmd:"" help:"Ask whether the pages that documents name are there."`
	Gaps    registerGapsCmd    `cmd:"" help:"What the notice calls for and registers lack, and what is late."`
	Export  registerExportCmd  `cmd:"" help:"Write a register as CSV, a workbook or JSON."`
	Import  registerImportCmd  `cmd:"" help:"Take papers from a sheet, .csv or .xlsx: what is new is begun, what differs gets its next version."`
}

// registers runs something over the registers of a workspace.
func (c *call) registers(do func(d *desk.Desk, r *register.Registers) error) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	r, err := d.Registers()
	if err == nil {
		err = do(d, r)
	}
	return desk.RegisterError(err)
}

// paper prints what became of a paper.
func (c *call) paper(p register.Paper, err error, says string) error {
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"paper": p}, func(w io.Writer) { fmt.Fprintf(w, "%s %s\n", p.Number, says) })
}

// day reads a flag with a day; empty is none.
func dayFlag(flag, s string) (law.Date, error) {
	if s == "" {
		return law.Date{}, nil
	}
	day, err := law.ParseDate(s)
	if err != nil {
		return day, &desk.Error{Code: "usage", What: err.Error(), Where: flag, Mend: "write the date as 2026-11-23"}
	}
	return day, nil
}

type registerListCmd struct {
	Register string `arg:"" optional:"" help:"A register, by its id."`
}

// registerAnswer is one register in the JSON of list.
type registerAnswer struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Papers int    `json:"papers"`
	Signed int    `json:"signed"`
	Gaps   int    `json:"gaps"`
}

func (x *registerListCmd) Run(c *call) error {
	return c.registers(func(d *desk.Desk, r *register.Registers) error {
		papers, err := r.Papers(c, x.Register)
		if err != nil {
			return err
		}
		if x.Register != "" {
			return c.answer(map[string]any{"papers": slices.Concat([]register.Paper{}, papers)}, func(w io.Writer) {
				t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
				for _, p := range papers {
					review := ""
					if !p.ReviewBy.IsZero() {
						review = "review by " + p.ReviewBy.String()
					}
					fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", p.Number, p.Latest().State, short(p.Latest().Title), review)
				}
				t.Flush()
			})
		}
		all := []registerAnswer{}
		for _, f := range r.Forms {
			a := registerAnswer{ID: f.ID, Title: f.Title, Gaps: len(f.Gaps(d.Notice, papers, d.Today()))}
			for _, p := range papers {
				if p.Register == f.ID {
					a.Papers++
					if _, ok := p.Standing(); ok {
						a.Signed++
					}
				}
			}
			all = append(all, a)
		}
		return c.answer(map[string]any{"registers": all}, func(w io.Writer) {
			t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			for _, a := range all {
				fmt.Fprintf(t, "%s\t%s\t%s\t%d signed\t%s\n", a.ID, a.Title, counted(a.Papers, "paper", "papers"), a.Signed, counted(a.Gaps, "gap", "gaps"))
			}
			t.Flush()
		})
	})
}

type registerShowCmd struct {
	What string `arg:"" help:"The number of a paper, or a register."`
}

func (x *registerShowCmd) Run(c *call) error {
	return c.registers(func(d *desk.Desk, r *register.Registers) error {
		if f, err := r.Form(x.What); err == nil {
			return c.answer(map[string]any{"register": f}, func(w io.Writer) { printForm(w, f) })
		}
		p, err := r.Paper(c, x.What)
		if err != nil {
			return err
		}
		f, err := r.Form(p.Register)
		if err != nil {
			return err
		}
		late := f.Late(p, d.Today())
		return c.answer(map[string]any{"paper": p, "late": slices.Concat([]string{}, late)}, func(w io.Writer) {
			v := p.Latest()
			fmt.Fprintf(w, "%s %s\n%s, version %d, %s\n", p.Number, v.Title, f.Title, v.N, v.State)
			for _, l := range late {
				fmt.Fprintf(w, "LATE: %s\n", l)
			}
			for _, field := range f.Fields {
				if s := field.Written(v.Values); s != "" {
					fmt.Fprintf(w, "\n%s\n  %s\n", field.Title, strings.ReplaceAll(s, "\n", "\n  "))
				}
			}
			fmt.Fprintln(w)
			for _, e := range p.Entries {
				fmt.Fprintf(w, "%d  %s  %s  by %s", e.N, e.At.In(law.London()).Format("2006-01-02"), e.Kind, e.By)
				for _, name := range sortedKeys(e.Values) {
					fmt.Fprintf(w, "  %s: %s", name, strings.Join(e.Values.List(name), ", "))
				}
				fmt.Fprintln(w)
			}
		})
	})
}

func sortedKeys(v register.Values) []string {
	var out []string
	for k := range v {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// printForm says what the file of a paper holds.
func printForm(w io.Writer, f *register.Form) {
	fmt.Fprintf(w, "# %s\n# %s\nregister: %s\ntitle: \n", f.Title, f.Says, f.ID)
	for _, x := range f.Fields {
		need := ""
		switch {
		case x.Must:
			need = ", must"
		case x.When != "":
			need = ", when " + x.When
		}
		fmt.Fprintf(w, "%s:   # %s (%s%s)", x.Name, x.Title, x.Type, need)
		var all []string
		for _, ch := range x.Choices {
			all = append(all, ch.ID)
		}
		for _, col := range x.Columns {
			all = append(all, col.Name)
		}
		if len(all) > 0 {
			fmt.Fprintf(w, " [%s]", strings.Join(all, ", "))
		}
		fmt.Fprintln(w)
	}
}

type registerLiveCmd struct {
	Number string `arg:"" help:"The paper."`
	On     string `placeholder:"DATE" help:"From which day; today."`
	Ask    bool   `help:"Ask, and record nothing."`
}

func (x *registerLiveCmd) Run(c *call) error {
	day, err := dayFlag("--on", x.On)
	if err != nil {
		return err
	}
	return c.registers(func(d *desk.Desk, r *register.Registers) error {
		if day.IsZero() {
			day = d.Today()
		}
		if !x.Ask {
			p, err := r.GoLive(c, register.On{Number: x.Number, By: c.actor()}, day)
			return c.paper(p, err, "goes live on "+day.String()+".")
		}
		p, err := r.Paper(c, x.Number)
		if err != nil {
			return err
		}
		f, err := r.Form(p.Register)
		if err != nil {
			return err
		}
		return c.verdict(f.MayGoLive(d.Notice, p, day))
	})
}

// verdict prints a decision; status 1 where it is no.
func (c *call) verdict(v register.Verdict) error {
	c.found = c.found || !v.Allowed
	return c.answer(v, func(w io.Writer) {
		if v.Allowed {
			fmt.Fprintln(w, "Yes.")
		} else {
			fmt.Fprintln(w, "No.")
		}
		for _, r := range v.Why {
			fmt.Fprintf(w, "  %s (%s)\n", r.Says, r.Law)
			if r.Mend != "" {
				fmt.Fprintf(w, "    %s\n", r.Mend)
			}
		}
	})
}

type registerMayCmd struct {
	Data     []string `required:"" placeholder:"CATEGORY" help:"Which data, by the ids of data.yaml."`
	Use      string   `placeholder:"USE" help:"The use it is wanted for."`
	GivenFor string   `placeholder:"USE" help:"The use it was given for."`
	Given    string   `placeholder:"DATE" help:"The day it was given."`
	Form     string   `placeholder:"FORM" help:"A form of web.yaml that is to ask for it."`
}

func (x *registerMayCmd) Run(c *call) error {
	given, err := dayFlag("--given", x.Given)
	if err != nil {
		return err
	}
	switch {
	case x.Form != "":
	case x.Use == "":
		return &desk.Error{Code: "usage", What: "nothing says what it is wanted for", Where: "--use", Mend: "give --use and --given-for, or --form"}
	case x.GivenFor == "":
		return &desk.Error{Code: "usage", What: "nothing says what it was given for", Where: "--given-for", Mend: "name the use it was given for, by its id in uses.yaml"}
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if x.Form == "" {
		var data []notice.ID
		for _, s := range x.Data {
			data = append(data, notice.ID(s))
		}
		v, err := d.MayUse(c, data, notice.ID(x.GivenFor), notice.ID(x.Use), given)
		if err != nil {
			return err
		}
		return c.verdict(v)
	}
	all := register.Verdict{Allowed: true}
	for _, s := range x.Data {
		v := register.MayAsk(d.Notice, notice.ID(x.Form), notice.ID(x.Use), notice.ID(s))
		all.Allowed, all.Why = all.Allowed && v.Allowed, append(all.Why, v.Why...)
	}
	return c.verdict(all)
}

type registerLinksCmd struct {
	Number []string `arg:"" optional:"" help:"Documents; all of them."`
}

func (x *registerLinksCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	looked, err := d.CheckLinks(c, c.actor(), x.Number...)
	if err != nil {
		return err
	}
	for _, l := range looked {
		c.found = c.found || !l.Good
	}
	return c.answer(map[string]any{"links": looked}, func(w io.Writer) {
		for _, l := range looked {
			fmt.Fprintf(w, "%s  %s  %s\n", l.Number, l.Status, l.At)
		}
		if len(looked) == 0 {
			fmt.Fprintln(w, "No document that is kept names a page.")
		}
	})
}

type registerGapsCmd struct {
	Register string `arg:"" optional:"" help:"A register; all of them."`
}

func (x *registerGapsCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	gaps, err := d.RegisterGaps(c, x.Register)
	if err != nil {
		return err
	}
	c.found = len(gaps) > 0
	return c.answer(map[string]any{"gaps": gaps}, func(w io.Writer) {
		for _, g := range gaps {
			fmt.Fprintf(w, "%s: %s: %s\n  %s. %s\n", g.Register, g.Kind, g.What, g.Why, g.Where)
		}
		if len(gaps) == 0 {
			fmt.Fprintln(w, "There is no gap.")
		}
	})
}

type registerExportCmd struct {
	Register string `arg:"" help:"A register."`
	Format   string `default:"csv" enum:"csv,xlsx,json" help:"csv, xlsx or json."`
	Out      string `required:"" placeholder:"FILE" help:"Where to write it."`
}

func (x *registerExportCmd) Run(c *call) error {
	return c.registers(func(d *desk.Desk, r *register.Registers) (err error) {
		f, err := r.Form(x.Register)
		if err != nil {
			return err
		}
		papers, err := r.Papers(c, f.ID)
		if err != nil {
			return err
		}
		out, err := os.OpenFile(x.Out, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		err = f.Export(out, x.Format, papers, d.Today())
		if e := out.Close(); err == nil {
			err = e
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", filepath.Base(x.Out), err)
		}
		return c.answer(map[string]any{"out": x.Out, "papers": len(papers)}, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %s\n", x.Out, counted(len(papers), "paper", "papers"))
		})
	})
}

type registerImportCmd struct {
	Register string `arg:"" help:"A register."`
	File     string `arg:"" help:"Its sheet, .csv or .xlsx: the columns of an export, of which title must be there. A line with the number of a paper is its next version."`
}

func (x *registerImportCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	text, err := readBounded(x.File, desk.MostSheet)
	if err != nil {
		return err
	}
	papers, err := d.ImportPapers(c, c.actor(), x.Register, filepath.Base(x.File), text)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"papers": papers}, func(w io.Writer) {
		for _, x := range papers {
			fmt.Fprintf(w, "%s %s: %s\n", x.Paper.Number, short(x.Paper.Latest().Title), x.Taken)
		}
	})
}
