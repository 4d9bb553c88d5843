package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"tenet/internal/desk"
	"tenet/internal/find"
	"tenet/internal/index"
	"tenet/internal/source"
)

type indexCmd struct {
	Build  indexBuildCmd  `cmd:"" default:"withargs" help:"Build what has changed. What index does without another word."`
	Check  indexCheckCmd  `cmd:"" help:"Hold the index against the sources as they are now."`
	Rotate indexRotateCmd `cmd:"" help:"Build it anew under a new key; what is found meanwhile is found under the old one."`
}

type indexBuildCmd struct {
	Full bool `help:"Build all of it anew."`
}

func (x *indexBuildCmd) Run(c *call) error {
	return c.indexing(func(d *desk.Desk, p desk.Progress) (*desk.Indexed, error) { return d.Index(c, x.Full, p) })
}

type indexRotateCmd struct{}

func (indexRotateCmd) Run(c *call) error {
	return c.indexing(func(d *desk.Desk, p desk.Progress) (*desk.Indexed, error) { return d.RotateIndex(c, p) })
}

type indexCheckCmd struct {
	Every int `default:"1" help:"Look at one row in so many; 1 is all of them."`
}

func (x *indexCheckCmd) Run(c *call) error {
	if x.Every < 1 {
		return &desk.Error{Code: "usage", What: "one row in so many cannot be less than 1", Where: "--every", Mend: "give 1 or more"}
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	p := c.progress()
	tables, gaps, err := d.CheckIndex(c, x.Every, p.step)
	p.done()
	if err != nil {
		return err
	}
	out := struct {
		Tables []index.Checked    `json:"tables"`
		Gaps   []find.NotSearched `json:"not_searched"`
	}{append([]index.Checked{}, tables...), append([]find.NotSearched{}, gaps...)}
	c.found = len(gaps) > 0
	for _, t := range tables {
		c.found = c.found || !t.OK()
	}
	return c.answer(out, func(w io.Writer) {
		var rows int64
		for _, t := range tables {
			rows += t.Rows
			if t.OK() {
				continue
			}
			fmt.Fprintf(w, "%s.%s: %d rows are not found at all, %d not by all that they hold, %d by what they no longer hold; %d found are gone", t.Source, t.Table, t.Absent, t.Short, t.Stale, t.Gone)
			if t.Moved {
				fmt.Fprint(w, " (the source may have changed since: run tenet index)")
			}
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%d tables, %d rows held against the index.\n", len(tables), rows)
		for _, g := range gaps {
			fmt.Fprintf(w, "not held against it: %s: %s\n", strings.TrimSuffix(g.Source+"."+g.Table, "."), g.Why)
		}
	})
}

// indexing shows what building the index did.
func (c *call) indexing(do func(*desk.Desk, desk.Progress) (*desk.Indexed, error)) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	p := c.progress()
	out, err := do(d, p.step)
	p.done()
	if err != nil {
		return err
	}
	c.found = len(out.Gaps) > 0
	if out.Tables == nil {
		out.Tables = []index.Built{}
	}
	if out.Gaps == nil {
		out.Gaps = []find.NotSearched{}
	}
	if out.Problems == nil {
		out.Problems = []source.Problem{}
	}
	return c.answer(out, func(w io.Writer) {
		var rows int64
		kept := 0
		for _, t := range out.Tables {
			rows += t.Rows
			if t.Kept {
				kept++
			}
		}
		fmt.Fprintf(w, "%d tables indexed, %d rows; %d had not changed.\n", len(out.Tables), rows, kept)
		for _, g := range out.Gaps {
			fmt.Fprintf(w, "not searched: %s: %s\n", strings.TrimSuffix(g.Source+"."+g.Table, "."), g.Why)
		}
		for _, pr := range out.Problems {
			fmt.Fprintf(w, "could not be read: %s\n", pr)
		}
	})
}

// personFlags are how a person is described.
type personFlags struct {
	Name     string `help:"Name as written."`
	Dob      string `help:"Date of birth, 1979-03-14."`
	Email    string `help:"E-mail address."`
	Phone    string `help:"Telephone number."`
	Ref      string `help:"The landlord's reference: tenancy, account, customer."`
	Nino     string `help:"National Insurance number."`
	Nhs      string `help:"NHS number."`
	Postcode string `help:"Postcode."`
}

func (p *personFlags) query(c *call) (desk.Query, error) {
	for _, f := range []struct {
		flag  string
		value *string
	}{{"--name", &p.Name}, {"--dob", &p.Dob}, {"--email", &p.Email}, {"--phone", &p.Phone}, {"--ref", &p.Ref}, {"--nino", &p.Nino}, {"--nhs", &p.Nhs}, {"--postcode", &p.Postcode}} {
		if err := c.secret(f.flag, f.value); err != nil {
			return desk.Query{}, err
		}
	}
	return desk.Query{Name: p.Name, DOB: p.Dob, Email: p.Email, Phone: p.Phone, Ref: p.Ref, NINO: p.Nino, NHS: p.Nhs, Postcode: p.Postcode}, nil
}

type findCmd struct {
	personFlags
	SVG   string `name:"svg" placeholder:"FILE" help:"Draw what was found as a picture, which names nobody."`
	Names bool   `help:"Names of people in that picture too."`
}

// nobody is the answer where no person was found, or more than one.
type nobody struct {
	Person      *find.Person       `json:"person"`
	Candidates  []find.Candidate   `json:"candidates"`
	Records     []find.Record      `json:"records"`
	Counts      map[string]int     `json:"counts"`
	NotSearched []find.NotSearched `json:"not_searched"`
	NotFollowed []find.NotFollowed `json:"not_followed"`
}

func (x *findCmd) Run(c *call) error {
	q, err := x.query(c)
	if err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	a, err := d.Find(c, c.actor(), q)
	var several *find.Ambiguous
	switch {
	case errors.As(err, &several), errors.Is(err, find.ErrNobody):
		none := nobody{Candidates: []find.Candidate{}, Records: []find.Record{}, Counts: map[string]int{}, NotSearched: []find.NotSearched{}, NotFollowed: []find.NotFollowed{}}
		if several != nil {
			none.Candidates = several.Candidates
		}
		if none.NotSearched, err = d.NotSearched(c); err != nil {
			return err
		}
		c.found = true
		return c.answer(none, func(w io.Writer) {
			if several == nil {
				fmt.Fprintln(w, "Nobody held matches.")
			} else {
				fmt.Fprintf(w, "%s:\n", several)
				for _, k := range several.Candidates {
					fmt.Fprintf(w, "  %s, %s\n", k.Name, k.Record)
				}
			}
			gaps(w, none.NotSearched, nil)
		})
	case err != nil:
		return err
	}
	if x.SVG != "" {
		var drawn bytes.Buffer
		if err := a.SVG(&drawn, x.Names); err != nil {
			return err
		}
		if err := os.WriteFile(x.SVG, drawn.Bytes(), 0o600); err != nil {
			return &desk.Error{Code: "file", What: "cannot be written", Where: "--svg", Mend: "name a file in a folder that is there", Err: err}
		}
	}
	if a.NotFollowed == nil {
		a.NotFollowed = []find.NotFollowed{}
	}
	if a.NotSearched == nil {
		a.NotSearched = []find.NotSearched{}
	}
	return c.answer(a, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d records\n", a.Person.Name, len(a.Records))
		for _, r := range a.Records {
			fmt.Fprintf(w, "%-18s %s.%s %s\n", whoseWords(r), r.Source, r.Table, keyWords(r.Key))
			fmt.Fprintf(w, "%18s %s\n", "", r.Path[len(r.Path)-1])
		}
		for _, k := range a.Possible {
			fmt.Fprintf(w, "possibly the same person: %s (%s)\n", k.Record, strings.Join(k.Why, "; "))
		}
		gaps(w, a.NotSearched, a.NotFollowed)
	})
}

func whoseWords(r find.Record) string {
	var out []string
	for _, x := range r.Whose {
		out = append(out, string(x))
	}
	return strings.Join(out, "+")
}

// keyWords writes a row's key; one that is long, for want of a real key, is cut.
func keyWords(key map[string]string) string {
	var out []string
	for c, v := range key {
		out = append(out, c+"="+v)
	}
	slices.Sort(out)
	s := strings.Join(out, " ")
	if r := []rune(s); len(r) > 100 {
		s = string(r[:100]) + "…"
	}
	return s
}

func gaps(w io.Writer, searched []find.NotSearched, followed []find.NotFollowed) {
	for _, n := range searched {
		fmt.Fprintf(w, "not searched: %s: %s\n", strings.TrimSuffix(n.Source+"."+n.Table, "."), n.Why)
	}
	for _, n := range followed {
		rows := ""
		if n.Rows > 0 {
			rows = fmt.Sprintf(" (%d)", n.Rows)
		}
		fmt.Fprintf(w, "not followed: %s%s: %s\n", n.Table, rows, n.Why)
	}
}
