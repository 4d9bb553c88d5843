package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/law"
)

// caseMoreCmds are the steps beside asking and answering.
type caseMoreCmds struct {
	Search      caseSearchCmd      `cmd:"" help:"Search every system for the person, and end the lines of those that were searched."`
	Reply       caseReplyCmd       `cmd:"" help:"Draft an answer in words, for a request that records do not answer."`
	Tell        caseTellCmd        `cmd:"" help:"Write to the person, where they follow the case."`
	File        caseFileCmd        `cmd:"" help:"Write a paper that came in to a file."`
	Spend       caseSpendCmd       `cmd:"" help:"Record minutes that were spent on a case."`
	Task        caseTaskCmd        `cmd:"" help:"What a case waits for others to do."`
	Acknowledge caseAcknowledgeCmd `cmd:"" help:"Record that the person was told that their complaint came."`
	Review      caseReviewCmd      `cmd:"" help:"Record that a second look was asked for, or what it found."`
	Transfer    caseTransferCmd    `cmd:"" help:"Record that the client landlord whose tenant it is has it now."`
	Reopen      caseReopenCmd      `cmd:"" help:"Take up a case that had ended."`
	Died        caseDiedCmd        `cmd:"" help:"Record that the person has died: the case ends, and an enquiry of the estate opens."`
	Import      caseImportCmd      `cmd:"" help:"Open the cases of a spreadsheet, with their own dates."`
}

type caseSearchCmd struct {
	Case string `arg:"" help:"The case's number."`
}

func (x *caseSearchCmd) Run(c *call) error {
	return c.withCase(x.Case, func(d *desk.Desk, k cases.Case) error {
		a, k, err := d.Search(c, k, c.actor())
		if err != nil {
			return err
		}
		return c.answer(map[string]any{"case": k.Number, "counts": a.Counts, "not_searched": a.NotSearched}, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %d records were found.\n", k.Number, len(a.Records))
		})
	})
}

type caseReplyCmd struct {
	Case    string            `arg:"" help:"The case's number."`
	Outcome string            `required:"" enum:"granted,partly,denied" help:"granted, partly or denied."`
	Part    map[string]string `required:"" placeholder:"ID=WORDS" mapsep:"none" help:"What the answer says, by the part of it that the law asks for; leave one out to be told which. The routes to complain come from the notice."`
	Ground  []string          `help:"For a denial: the ground in law."`
}

func (x *caseReplyCmd) Run(c *call) error {
	r := desk.Reply{Outcome: law.Outcome(x.Outcome), Grounds: x.Ground}
	for _, id := range slices.Sorted(maps.Keys(x.Part)) {
		r.Parts = append(r.Parts, desk.Part{ID: id, Words: x.Part[id]})
	}
	return c.step(x.Case, func(d *desk.Desk, k cases.Case, on cases.On) (cases.Case, error) { return d.Reply(c, k, r, on) })
}

type caseTellCmd struct {
	Case string `arg:"" help:"The case's number."`
	Text string `arg:"" help:"What to write; - for standard input. Whoever has the case's code reads it: say nothing of what is held before identity is recorded."`
}

func (x *caseTellCmd) Run(c *call) error {
	if err := c.secret("TEXT", &x.Text); err != nil {
		return err
	}
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) { return d.Cases.Tell(c, on, x.Text) })
}

type caseFileCmd struct {
	Case string `arg:"" help:"The case's number."`
	Name string `arg:"" help:"The file, as tenet case show names it."`
	Out  string `required:"" placeholder:"FILE" help:"A new file. Open it where what it holds can do no harm: nobody has vouched for it."`
}

func (x *caseFileCmd) Run(c *call) error {
	return c.withCase(x.Case, func(d *desk.Desk, k cases.Case) error {
		if !strings.HasPrefix(x.Name, desk.Paper) {
			return &desk.Error{Code: "not-found", What: "that is no paper that came in", Where: x.Name, Mend: "see tenet case show " + k.Number}
		}
		data, err := d.Cases.GetFile(c, k.ID, x.Name)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(x.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return &desk.Error{Code: "file", What: "cannot be written", Where: x.Out, Mend: "name a new file", Err: err}
		}
		_, err = f.Write(data)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("write %s: %w", x.Out, err)
		}
		return c.answer(map[string]any{"case": k.Number, "file": x.Out, "size": len(data)}, func(w io.Writer) { fmt.Fprintf(w, "%s, %d bytes.\n", x.Out, len(data)) })
	})
}

type caseSpendCmd struct {
	Case    string `arg:"" help:"The case's number."`
	Minutes int    `arg:"" help:"How many."`
	On      string `default:"deciding" enum:"searching,deciding" help:"What on: searching, which counts towards a limit of cost, or deciding, which does not."`
	Said    string `help:"What was done."`
	Once    string `help:"Names this record: giving it twice records it once."`
}

func (x *caseSpendCmd) Run(c *call) error {
	return c.withCase(x.Case, func(d *desk.Desk, k cases.Case) error {
		k, err := d.Cases.Spend(c, cases.On{Case: k.ID, By: c.actor(), Once: x.Once}, x.Minutes, law.Work(x.On), x.Said)
		if err != nil {
			return err
		}
		limit, has, err := d.Cases.Limit(k)
		if err != nil {
			return err
		}
		out := map[string]any{"case": k.Number, "minutes": k.Minutes, "searching": k.Searching, "limit": nil}
		if has {
			out["limit"] = limit
		}
		return c.answer(out, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %d minutes in all, %d of them of searching.\n", k.Number, k.Minutes, k.Searching)
			if has {
				fmt.Fprintf(w, "%d of %d minutes count towards the limit of cost (%s); %d are left.\n", limit.Counted, limit.Limit, limit.Cite, limit.Left)
			}
		})
	})
}

type caseTaskCmd struct {
	List  caseTaskListCmd  `cmd:"" help:"The tasks of a case; or, of all cases, those that are overdue."`
	Give  caseTaskGiveCmd  `cmd:"" help:"Give somebody work on a case."`
	Chase caseTaskChaseCmd `cmd:"" help:"Record that its owner was reminded."`
	Raise caseTaskRaiseCmd `cmd:"" help:"Record that somebody above was told that it is not done."`
	End   caseTaskEndCmd   `cmd:"" help:"Record how it ended."`
}

type caseTaskListCmd struct {
	Case string `arg:"" optional:"" help:"The case's number; without it, what is overdue of all cases."`
}

func (x *caseTaskListCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	list := []cases.Task{}
	if x.Case == "" {
		some, err := d.Cases.Overdue(c, d.Now(), 500)
		if err != nil {
			return err
		}
		list = append(list, some...)
	} else {
		k, err := d.Cases.ByNumber(c, x.Case)
		if err != nil {
			return err
		}
		some, err := d.Cases.Tasks(c, k.ID)
		if err != nil {
			return err
		}
		list = append(list, some...)
	}
	return c.answer(map[string]any{"tasks": list}, func(w io.Writer) {
		for _, t := range list {
			how := "open"
			if t.Outcome != "" {
				how = string(t.Outcome)
			}
			fmt.Fprintf(w, "%3d  %-7s %-20s %-14s due %s  %s\n", t.N, t.Sort, t.Place, t.Owner, law.DateOf(t.Due), how)
		}
		if len(list) == 0 {
			fmt.Fprintln(w, "None.")
		}
	})
}

type caseTaskGiveCmd struct {
	Case  string `arg:"" help:"The case's number."`
	Place string `arg:"" help:"The store, supplier or colleague, by a short name."`
	What  string `arg:"" help:"What is to be done."`
	Sort  string `default:"ask" enum:"hold,search,ask,tell,other" help:"hold, search, ask, tell or other."`
	Owner string `required:"" help:"Who is to do it: a contact of the notice, or a staff id."`
	Due   string `placeholder:"DATE" help:"The last day for it; ten days from now."`
	Once  string `help:"Names this task: giving it twice gives it once."`
}

func (x *caseTaskGiveCmd) Run(c *call) error {
	t := cases.NewTask{Sort: cases.TaskSort(x.Sort), Place: x.Place, Owner: x.Owner, What: x.What}
	day, err := dateOr(x.Due, law.Date{}, "--due")
	if err != nil {
		return err
	}
	if !day.IsZero() {
		t.Due = desk.EndOfDay(day)
	}
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) {
		if x.Once != "" {
			on.Once, on.Version = x.Once, 0
		}
		return d.GiveTask(c, on, t)
	})
}

type caseTaskChaseCmd struct {
	Case string `arg:"" help:"The case's number."`
	Task int64  `arg:"" help:"Its number in the case."`
	Said string `help:"What they were told."`
	Due  string `placeholder:"DATE" help:"The last day for it now, where that is another."`
}

func (x *caseTaskChaseCmd) Run(c *call) error {
	day, err := dateOr(x.Due, law.Date{}, "--due")
	if err != nil {
		return err
	}
	var due time.Time
	if !day.IsZero() {
		due = desk.EndOfDay(day)
	}
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) {
		return d.Cases.Chase(c, on, x.Task, due, x.Said)
	})
}

type caseTaskRaiseCmd struct {
	Case string `arg:"" help:"The case's number."`
	Task int64  `arg:"" help:"Its number in the case."`
	To   string `required:"" help:"Who was told: a contact of the notice, or a staff id."`
	Said string `help:"What they were told."`
}

func (x *caseTaskRaiseCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) {
		return d.Cases.Raise(c, on, x.Task, x.To, x.Said)
	})
}

type caseTaskEndCmd struct {
	Case   string `arg:"" help:"The case's number."`
	Task   int64  `arg:"" help:"Its number in the case."`
	How    string `arg:"" help:"found, nothing or unable for a search; saved or gone for a recording; done, unable or dropped."`
	Result string `help:"What came of it."`
}

func (x *caseTaskEndCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) {
		return d.Cases.Finish(c, on, x.Task, cases.Outcome(x.How), x.Result)
	})
}

type caseAcknowledgeCmd struct {
	Case string `arg:"" help:"The case's number."`
	On   string `placeholder:"DATE" help:"The day it went out; today."`
	Said string `help:"What the person was told."`
}

func (x *caseAcknowledgeCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) {
		day, err := dateOr(x.On, d.Today(), "--on")
		if err != nil {
			return cases.Case{}, err
		}
		return d.Cases.Acknowledge(c, on, day, x.Said)
	})
}

type caseReviewCmd struct {
	Case   string `arg:"" help:"The case's number."`
	Why    string `help:"What the person says is wrong with the answer: the review begins."`
	On     string `placeholder:"DATE" help:"The day they asked; today."`
	Found  string `help:"What the review found: it ends."`
	Upheld bool   `help:"With --found: the answer stands."`
}

func (x *caseReviewCmd) Run(c *call) error {
	if (x.Why == "") == (x.Found == "") {
		return &desk.Error{Code: "usage", What: "give --why or --found", Where: "tenet case review", Mend: "see tenet case review --help"}
	}
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) {
		if x.Found != "" {
			return d.Cases.Conclude(c, on, x.Upheld, x.Found)
		}
		day, err := dateOr(x.On, d.Today(), "--on")
		if err != nil {
			return cases.Case{}, err
		}
		return d.Cases.Review(c, on, day, x.Why)
	})
}

type caseTransferCmd struct {
	Case string `arg:"" help:"The case's number."`
	To   string `required:"" help:"The client, as the notice names it."`
	On   string `placeholder:"DATE" help:"The day it went to them; today."`
	Said string `help:"What the person was told."`
	Why  string `help:"Why it goes there although the person is our own customer, or another client's, or may be. It stands in the case and the ledger."`
}

func (x *caseTransferCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, k cases.Case, on cases.On) (cases.Case, error) {
		day, err := dateOr(x.On, d.Today(), "--on")
		if err != nil {
			return cases.Case{}, err
		}
		return d.TransferCase(c, on, k, desk.Passing{Client: x.To, Day: day, Said: x.Said, Why: x.Why})
	})
}

type caseReopenCmd struct {
	Case string `arg:"" help:"The case's number."`
	Why  string `required:"" help:"What was missed."`
}

func (x *caseReopenCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) { return d.Cases.Reopen(c, on, x.Why) })
}

type caseDiedCmd struct {
	Case string `arg:"" help:"The case's number."`
	How  string `required:"" help:"From whom, or by what, it is known."`
	Told string `placeholder:"DATE" help:"The day the landlord learnt of it; today."`
	Name string `help:"Who enquires for the estate, if anybody does yet."`
}

func (x *caseDiedCmd) Run(c *call) error {
	return c.withCase(x.Case, func(d *desk.Desk, k cases.Case) error {
		day, err := dateOr(x.Told, d.Today(), "--told")
		if err != nil {
			return err
		}
		ended, estate, err := d.Cases.Died(c, cases.On{Case: k.ID, By: c.actor()}, cases.Death{Told: day, How: x.How, Estate: cases.Requester{Name: x.Name}})
		if err != nil {
			return err
		}
		return c.answer(map[string]any{"ended": ended, "estate": estate}, func(w io.Writer) {
			fmt.Fprintf(w, "%s is %s. %s is the enquiry of the estate.\n", ended.Number, ended.State, estate.Number)
		})
	})
}

type caseImportCmd struct {
	File    string `arg:"" optional:"" placeholder:"FILE" help:"A spreadsheet (.xlsx) or a table (.csv), with the names of the columns in its first row."`
	Columns bool   `help:"Say which columns there are."`
}

func (x *caseImportCmd) Run(c *call) error {
	if x.Columns {
		return c.answer(map[string]any{"columns": cases.Columns()}, func(w io.Writer) {
			for _, col := range cases.Columns() {
				must := ""
				if col.Required {
					must = " (must be there)"
				}
				fmt.Fprintf(w, "%-24s %s%s\n", col.Name, col.Says, must)
			}
		})
	}
	if x.File == "" {
		return &desk.Error{Code: "usage", What: "name a file", Where: "tenet case import", Mend: "tenet case import --columns says what it may hold"}
	}
	sheet, err := os.ReadFile(x.File)
	if err != nil {
		return &desk.Error{Code: "import", What: "cannot be read", Where: x.File, Mend: "check its name", Err: err}
	}
	rows, problems, err := desk.ReadSheet(c, x.File, sheet)
	if err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	var done []cases.Imported
	if len(problems) == 0 {
		if done, problems, err = d.Cases.Import(c, d.Notice, c.actor(), rows); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		var list []string
		for _, p := range problems[:min(len(problems), 20)] {
			list = append(list, p.Error())
		}
		if n := len(problems) - len(list); n > 0 {
			list = append(list, fmt.Sprintf("and %d more", n))
		}
		return &desk.Error{Code: "import", What: "nothing was imported:\n  " + strings.Join(list, "\n  "), Where: x.File, Mend: "correct these rows and import it again"}
	}
	fresh := 0
	for _, i := range done {
		if i.New {
			fresh++
		}
	}
	return c.answer(map[string]any{"imported": append([]cases.Imported{}, done...)}, func(w io.Writer) {
		fmt.Fprintf(w, "%d cases opened, %d were there already.\n", fresh, len(done)-fresh)
	})
}
