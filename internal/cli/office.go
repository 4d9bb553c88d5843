package cli

import (
	"context"
	"fmt"
	"io"

	"tenet/internal/desk"
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

type workCmd struct{}

func (workCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	return c.Work(c, d, func() { c.say("Working, without portal and console.\nStop with Ctrl-C.") })
}

// serve serves both faces until interrupted.
func (c *call) serve(ctx context.Context, d *desk.Desk) error {
	return c.Serve(ctx, d, func(portal, console string) {
		c.say("Portal   %s\nConsole  %s   (staff; loopback unless told otherwise)\nStop with Ctrl-C.", portal, console)
	})
}
