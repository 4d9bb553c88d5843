package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tenet/internal/desk"
	"tenet/internal/law"
)

type demoCmd struct {
	Out   string `name:"dir" placeholder:"D" help:"Where to make it; a folder tenet-demo here."`
	Like  string `placeholder:"PACK" help:"Whose notice it goes by, and whose people, places and systems are in its data; the default is a fictional landlord's."`
	Homes int    `default:"60" help:"How many homes the landlord lets; 10,000 will do."`
	Seed  uint64 `default:"1" help:"The same seed makes the same landlord."`
	Once  bool   `help:"Stop before serving."`
}

func (x *demoCmd) Run(c *call) error {
	if x.Out == "" {
		x.Out = "tenet-demo"
	}
	p := c.progress()
	p.step("build the landlord", 0)
	w, err := c.BuildDemo(c, x.Like, filepath.Join(x.Out, "landlord"), x.Homes, x.Seed, p.step)
	p.done()
	if err != nil {
		return err
	}
	office := filepath.Join(x.Out, "office")
	if _, err := os.Stat(filepath.Join(office, "tenet.yaml")); err != nil {
		if err := desk.Init(c, office, x.Like, c.Getenv); err != nil {
			return err
		}
		if w.Notice != nil {
			if err := w.Notice(office); err != nil {
				return err
			}
		}
	}
	d, err := desk.Open(c, office, c.Getenv)
	if err != nil {
		return err
	}
	defer d.Close()
	for _, s := range w.Sources {
		if _, err := d.System(s.Name); err == nil {
			continue
		}
		if err := d.AddSource(s); err != nil {
			return err
		}
	}
	var systems []string
	for _, s := range w.Sources {
		systems = append(systems, s.Name)
	}
	c.human("%s: %d homes, in %s: %s.", w.Landlord, x.Homes, filepath.Join(x.Out, "landlord"), strings.Join(systems, ", "))
	fresh := false
	for _, s := range d.Config.Sources {
		if _, err := os.Stat(filepath.Join(office, "maps", s.Name+".yaml")); err == nil {
			continue
		}
		fresh = true
		p.step("discover "+s.Name, 0)
		prop, err := d.Discover(c, s, true)
		p.done()
		if err != nil {
			return err
		}
		left := 0
		for _, e := range prop.Evidence {
			if !e.Taken() {
				left++
			}
		}
		c.human("Map of %-8s %d tables, %d decisions taken, %d left to a person: maps/%s.yaml", s.Name+":", len(prop.Map.Tables), len(prop.Evidence)-left, left, s.Name)
	}
	if fresh && w.Maps != nil {
		if err := w.Maps(d); err != nil {
			return err
		}
	}
	ix, err := d.Index(c, false, p.step)
	p.done()
	if err != nil {
		return err
	}
	var rows int64
	for _, t := range ix.Tables {
		rows += t.Rows
	}
	c.human("Index:           %d tables, %d rows; %d things could not be read, and are listed below.", len(ix.Tables), rows, len(ix.Problems))
	res, err := d.Access(c, desk.AccessRequest{Query: w.Star, Received: w.Today, Channel: "form", By: c.actor(), Client: w.Client}, p.step)
	p.done()
	if err != nil {
		return err
	}
	if fresh && w.Past != nil {
		p.step("look whether the promises are kept", 0)
		err := w.Past(c, d, p.step)
		p.done()
		if err != nil {
			return err
		}
	}
	if c.json {
		return c.accessAnswer(res)
	}
	if err := c.answer(nil, func(out io.Writer) { accessWords(out, res) }); err != nil {
		return err
	}
	for i, line := range w.Try {
		if i == 0 {
			c.human("\nThings to try:")
		}
		c.human("  tenet -C %s %s", office, line)
	}
	if x.Once {
		return nil
	}
	login, password, err := c.demoAccount(d)
	if err != nil {
		return err
	}
	c.say("\nSign in to the console as %s, password %s", login, password)
	return c.serve(c, d)
}

// human prints a line of the answer where a person reads it.
func (c *call) human(format string, args ...any) {
	if !c.json {
		fmt.Fprintf(c.Stdout, format+"\n", args...)
	}
}

// Demo is a fictional landlord on this machine.
type Demo struct {
	Landlord string
	Sources  []desk.System
	Star     desk.Query
	Client   string // in whose name she is answered; empty where she is the landlord's own customer
	Today    law.Date
	Try      []string // what to look at next: command lines, from behind the workspace
	// Notice puts into a fresh workspace's notice what the landlord has said of its systems,
	// Maps into its maps, and Past what happened there before; each may be nil.
	Notice func(dir string) error
	Maps   func(d *desk.Desk) error
	Past   func(ctx context.Context, d *desk.Desk, progress desk.Progress) error
}

// demoAccount makes the account that the demo is looked at with, once, and a new
// password for it each time: nothing is open by default.
func (c *call) demoAccount(d *desk.Desk) (login, password string, _ error) {
	login = "demo-" + strings.ToLower(rand.Text()[:6])
	password = strings.ToLower(rand.Text()[:20])
	hash, err := c.HashPassword(password)
	if err != nil {
		return "", "", err
	}
	_, err = d.AddStaff(c, c.actor(), login, "Demo officer", "officer", hash)
	return login, password, err
}
