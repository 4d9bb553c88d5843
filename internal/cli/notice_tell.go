package cli

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/pack"
)

type noticeTellCmd struct {
	Version string `placeholder:"VERSION" name:"of" help:"The version; that in force."`
	Send    bool   `help:"Write the letters; without it they are counted, and nothing is written."`
	Words   string `placeholder:"TEXT" help:"What changes, in plain words."`
	Why     string `placeholder:"TEXT" help:"Why it changes."`
	WordsCy string `placeholder:"TEXT" name:"words-cy" help:"What changes, in Welsh, for those who chose it."`
	WhyCy   string `placeholder:"TEXT" name:"why-cy" help:"Why, in Welsh."`
	Sheet   string `placeholder:"FILE" help:"More people: a CSV file or workbook with the columns name, email, phone, address, reference, language, born, company."`
}

func (x *noticeTellCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	o := desk.TellOrder{Version: x.Version, By: c.actor(), Dry: !x.Send, Words: desk.InEach(x.Words, x.WordsCy), Why: desk.InEach(x.Why, x.WhyCy)}
	if x.Sheet != "" {
		if o.Sheet, err = os.ReadFile(x.Sheet); err != nil {
			return &desk.Error{Code: "file", What: "the sheet cannot be read", Where: x.Sheet, Mend: "name a CSV file or a workbook", Err: err}
		}
		o.SheetName = filepath.Base(x.Sheet)
	}
	got, err := d.TellChange(c, o)
	if err != nil {
		return err
	}
	c.found = len(got.Gaps) > 0
	return c.answer(got, func(w io.Writer) {
		for _, k := range got.Kinds {
			if len(k.Tables) == 0 {
				fmt.Fprintf(w, "%s: no system that is mapped names them; tell them with --sheet or in another way, and: tenet notice confirm --people %s\n", k.People.Title, k.People.ID)
			}
		}
		for _, n := range got.Companies {
			fmt.Fprintf(w, "%s: %d people; letters by e-mail %d, by post %d, of them to the home of their tenancy %d; told before %d; records of somebody counted already %d\n", n.Name, n.People, n.Email, n.Post, n.Home, n.Before, n.Twice)
			for _, why := range slices.Sorted(maps.Keys(n.Left)) {
				fmt.Fprintf(w, "  %d get none: %s\n", n.Left[why], why)
			}
		}
		for _, g := range got.Gaps {
			fmt.Fprintf(w, "Not read: %s\n", g)
		}
		if got.Dry {
			fmt.Fprintln(w, "Nothing was written. With --send, --words and --why the letters are.")
			return
		}
		fmt.Fprintf(w, "The letters are in the outbox; tenet serve or work sends them. tenet notice told --of %.12s says how far they have come.\n", got.Version)
	})
}

type noticeToldCmd struct {
	Version string `placeholder:"VERSION" name:"of" help:"The version; that in force."`
	Print   string `placeholder:"FILE" help:"Write the letters that go by post to a CSV file, for whoever prints them."`
	To      string `placeholder:"RECIPIENT" help:"With --print: the firm that prints them, as sharing.yaml names it; ourselves. Its agreement and rules decide."`
	Posted  string `placeholder:"DATE" help:"Record that all that waited to be printed went to the post on this day."`
	Check   bool   `help:"Hold each letter against the ledger: one that is altered, added or gone is named, and the status is 1."`
	Prove   string `placeholder:"REFERENCE" help:"Prove one letter from the ledger: its leaf, and the path to the root that an entry commits to."`
}

func (x *noticeToldCmd) Run(c *call) error {
	if x.To != "" && x.Print == "" {
		return &desk.Error{Code: "usage", What: "nothing says where the list is written to", Where: "--print", Mend: "name a file"}
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if x.Prove != "" {
		p, err := d.ProveLetter(c, x.Prove)
		if err != nil {
			return err
		}
		return c.answer(p, func(w io.Writer) {
			fmt.Fprintf(w, "%sis leaf %d of the %d under the root %s.\n", p.Leaf, p.Index, p.Size, p.Root)
			if p.Seq < 0 {
				fmt.Fprintln(w, "The entry of the ledger that commits to the root waits for its number.")
				return
			}
			fmt.Fprintf(w, "Entry %d of the ledger commits to the root; tenet ledger prove --seq %d proves that it is there.\n", p.Seq, p.Seq)
		})
	}
	if x.Version == "" {
		x.Version = d.Notice.Version()
	}
	out := map[string]any{}
	if x.Print != "" {
		n := 0
		err := pack.WriteFile(x.Print, func(w io.Writer) (err error) {
			n, err = d.TellPrintList(c, w, x.Version, c.actor(), notice.ID(x.To))
			return err
		})
		if err != nil {
			return err
		}
		out["file"], out["printed"] = x.Print, n
	}
	if x.Posted != "" {
		day, err := law.ParseDate(x.Posted)
		if err != nil {
			return &desk.Error{Code: "date", What: err.Error(), Where: "--posted", Mend: "write the date as 2026-11-22"}
		}
		if out["posted"], err = d.TellPosted(c, x.Version, c.actor(), day); err != nil {
			return err
		}
	}
	whole, err := d.FinishTelling(c, x.Version, c.actor())
	if err != nil {
		return err
	}
	told, err := d.ToldOf(c, x.Version)
	if err != nil {
		return err
	}
	c.found = !whole
	out["told"], out["whole"] = told, whole && len(told) > 0
	var proof desk.TellProof
	if x.Check {
		if proof, err = d.ProveTelling(c, x.Version); err != nil {
			return err
		}
		out["proof"] = proof
		c.found = len(proof.Faults) > 0
	}
	return c.answer(out, func(w io.Writer) {
		for _, s := range told {
			fmt.Fprintln(w, desk.TellWords([]desk.TellState{s})+".")
		}
		switch {
		case len(told) == 0:
			fmt.Fprintln(w, "Nobody was written to about this version.")
		case whole:
			fmt.Fprintln(w, "No letter is on its way any more.")
		}
		if x.Check {
			fmt.Fprintf(w, "The ledger proves %d letters of %d.\n", proof.Proved, proof.Letters)
			for _, f := range proof.Faults {
				fmt.Fprintln(w, f)
			}
		}
		if x.Print != "" {
			fmt.Fprintf(w, "%s: letters %d.\n", x.Print, out["printed"])
		}
		if x.Posted != "" {
			fmt.Fprintf(w, "Posted: %d.\n", out["posted"])
		}
	})
}
