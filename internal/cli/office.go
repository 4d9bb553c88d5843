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
	Reset   accountResetCmd   `cmd:"" help:"Let somebody in again: unlock, take the second factor away, end every sign-in, and set a password if one is given."`
	Role    accountRoleCmd    `cmd:"" help:"Give an account another role, from its next page on."`
}

type accountAddCmd struct {
	Login    string `arg:"" help:"The name to sign in with."`
	Name     string `required:"" help:"The person's name."`
	Password string `default:"-" help:"The password, - for a line of standard input, or env:NAME."`
	Role     string `default:"officer" help:"What they are: officer, dpo, or a role of the notice (records.yaml)."`
}

// newPassword reads a password and gives what is kept of it.
func (c *call) newPassword(password *string) (string, error) {
	if *password == "-" && c.Terminal {
		c.say("Password:")
	}
	if err := c.secret("--password", password); err != nil {
		return "", err
	}
	hash, err := c.HashPassword(*password)
	if err != nil {
		return "", &desk.Error{Code: "password", What: err.Error(), Where: "--password", Mend: "choose a longer one"}
	}
	return hash, nil
}

func (x *accountAddCmd) Run(c *call) error {
	hash, err := c.newPassword(&x.Password)
	if err != nil {
		return err
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
	Login string `arg:"" help:"The name they sign in with."`
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

type accountResetCmd struct {
	Login    string `arg:"" help:"The name they sign in with."`
	Password string `help:"A new password: - for a line of standard input, or env:NAME. Left out, the old one stays."`
}

func (x *accountResetCmd) Run(c *call) error {
	hash := ""
	if x.Password != "" {
		var err error
		if hash, err = c.newPassword(&x.Password); err != nil {
			return err
		}
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.ResetStaff(c, c.actor(), x.Login, hash); err != nil {
		return err
	}
	return c.answer(map[string]any{"login": x.Login, "password": hash != ""}, func(w io.Writer) {
		fmt.Fprintf(w, "%s may sign in again, without a second factor until they set one up. They are signed out everywhere.\n", x.Login)
	})
}

type accountRoleCmd struct {
	Login string `arg:"" help:"The name they sign in with."`
	Role  string `arg:"" help:"officer, dpo, or a role of the notice (records.yaml)."`
}

func (x *accountRoleCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.SetStaffRole(c, c.actor(), x.Login, x.Role); err != nil {
		return err
	}
	role := d.Role(x.Role)
	return c.answer(map[string]any{"login": x.Login, "role": role.ID, "may": role.May}, func(w io.Writer) {
		fmt.Fprintf(w, "%s is %s now.\n", x.Login, role.Title)
		if len(role.May) == 0 {
			fmt.Fprintf(w, "That role may do nothing yet: say what under staff: roles: in tenet.yaml.\n")
		}
	})
}

type serveCmd struct{}

func (serveCmd) Run(c *call) error {
	d, err := c.unattended()
	if err != nil {
		return err
	}
	defer d.Close()
	return c.serve(c, d)
}

type workCmd struct{}

func (workCmd) Run(c *call) error {
	d, err := c.unattended()
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
