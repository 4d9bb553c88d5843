package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tenet/internal/desk"
	"tenet/internal/ledger"
	"tenet/internal/store"
)

type accountCmd struct {
	Add     accountAddCmd     `cmd:"" help:"Make a staff account for the console."`
	Disable accountDisableCmd `cmd:"" help:"Take an account's access away, at once."`
}

type accountAddCmd struct {
	Login    string `arg:"" help:"The name to sign in with."`
	Name     string `required:"" help:"The person's name."`
	Password string `default:"-" help:"The password, - for a line of standard input, or env:NAME."`
	Role     string `default:"officer" help:"What they are: officer, dpo."`
}

func (x *accountAddCmd) Run(c *call) error {
	if x.Password == "-" && c.Terminal {
		c.say("Password:")
	}
	if err := c.secret("--password", &x.Password); err != nil {
		return err
	}
	hash, err := c.HashPassword(x.Password)
	if err != nil {
		return &desk.Error{Code: "password", What: err.Error(), Where: "--password", Mend: "choose a longer one"}
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	id, err := d.AddStaff(c, c.actor(), x.Login, x.Name, x.Role, hash)
	if err != nil {
		return err
	}
	return c.answer(map[string]string{"account": id, "login": x.Login}, func(w io.Writer) {
		fmt.Fprintf(w, "%s may sign in to the console.\n", x.Login)
	})
}

type accountDisableCmd struct {
	Login string `arg:""`
}

func (x *accountDisableCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.DisableStaff(c, c.actor(), x.Login); err != nil {
		return err
	}
	return c.answer(map[string]string{"login": x.Login}, func(w io.Writer) { fmt.Fprintf(w, "%s is out.\n", x.Login) })
}

type serveCmd struct{}

func (serveCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	return c.serve(c, d)
}

// serve holds the workspace and serves both faces until interrupted.
func (c *call) serve(ctx context.Context, d *desk.Desk) error {
	release, err := store.Lock(d.Dir)
	if err != nil {
		var held *store.Held
		if errors.As(err, &held) {
			return &desk.Error{Code: "busy", What: held.Error(), Where: d.Dir, Mend: "stop the other one first"}
		}
		return err
	}
	defer release()
	return c.Serve(ctx, d, func(portal, console string) {
		c.say("Portal   %s\nConsole  %s   (staff; loopback unless told otherwise)\nStop with Ctrl-C.", portal, console)
	})
}

type doctorCmd struct{}

// check is one thing doctor looked at.
type check struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Says string `json:"says"`
	Mend string `json:"mend,omitempty"`
}

func (doctorCmd) Run(c *call) error {
	checks := []check{}
	add := func(what string, err error, fine string) bool {
		if err == nil {
			checks = append(checks, check{What: what, OK: true, Says: fine})
			return true
		}
		f, _ := describe(err)
		checks = append(checks, check{What: what, Says: f.Message, Mend: f.Mend})
		return false
	}
	d, err := c.open()
	if add("workspace", err, "notice, keys and store open") {
		defer d.Close()
		sources, err := d.CheckSources(c, "")
		add("sources", err, fmt.Sprintf("%d known", len(sources)))
		for _, s := range sources {
			add("source "+s.Name, s.Err, "can be read")
		}
		if maps, err := d.CheckMaps(c); add("maps", err, "looked at") {
			for _, m := range maps {
				if n := len(m.Drift); m.Gap != "" || n > 0 {
					checks = append(checks, check{What: "map " + m.Source, Says: fmt.Sprintf("%d differences %s", n, m.Gap), Mend: "tenet map check"})
				}
			}
		}
		report, err := d.VerifyLedger(c, ledger.Trust{})
		if add("ledger", err, fmt.Sprintf("%d entries verify", report.Entries)) && !report.OK() {
			checks = append(checks, check{What: "ledger", Says: fmt.Sprintf("%d faults", len(report.Faults)), Mend: "tenet ledger verify"})
		}
		for nation, until := range d.Holidays.Version().Covers {
			if until.Before(d.Today().AddDays(120)) {
				checks = append(checks, check{What: "bank holidays", Says: fmt.Sprintf("%s ends on %s", nation, until), Mend: "tenet law holidays --from FILE"})
			}
		}
		if info, err := os.Stat(filepath.Join(d.Dir, "index.db")); err != nil {
			checks = append(checks, check{What: "index", Says: "not built yet", Mend: "tenet index"})
		} else {
			checks = append(checks, check{What: "index", OK: true, Says: fmt.Sprintf("%d bytes", info.Size())})
		}
	}
	for _, k := range checks {
		c.found = c.found || !k.OK
	}
	return c.answer(map[string]any{"checks": checks}, func(w io.Writer) {
		for _, k := range checks {
			mark := "ok  "
			if !k.OK {
				mark = "MEND"
			}
			fmt.Fprintf(w, "%s  %-16s %s\n", mark, k.What, k.Says)
			if k.Mend != "" {
				fmt.Fprintf(w, "      %-16s %s\n", "", k.Mend)
			}
		}
	})
}
