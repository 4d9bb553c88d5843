package cli

import (
	"fmt"
	"io"
	"path/filepath"
)

type serviceCmd struct {
	Install serviceInstallCmd `cmd:"" help:"Have Windows serve this workspace whenever it runs."`
	Remove  serviceRemoveCmd  `cmd:"" help:"Take the service away. The workspace stays."`
	Start   serviceStartCmd   `cmd:"" help:"Start the service."`
	Stop    serviceStopCmd    `cmd:"" help:"Stop the service, after what is under way."`
}

type (
	serviceInstallCmd struct{}
	serviceRemoveCmd  struct{}
	serviceStartCmd   struct{}
	serviceStopCmd    struct{}
)

func (serviceInstallCmd) Run(c *call) error {
	return c.service("install", "is installed; start it with: tenet service start")
}
func (serviceRemoveCmd) Run(c *call) error { return c.service("remove", "is removed") }
func (serviceStartCmd) Run(c *call) error {
	return c.service("start", "is starting; tenet doctor says whether it serves")
}
func (serviceStopCmd) Run(c *call) error { return c.service("stop", "has stopped") }

// service does one thing to the service of this machine.
func (c *call) service(verb, done string) error {
	dir, err := filepath.Abs(c.dir)
	if err != nil {
		return fmt.Errorf("the service: %w", err)
	}
	if err := c.Service(verb, dir); err != nil {
		return err
	}
	return c.answer(map[string]string{"service": verb, "workspace": dir}, func(w io.Writer) { fmt.Fprintf(w, "The service %s.\n", done) })
}
