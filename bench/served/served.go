// Package served makes a fictional landlord with bin/tenet and serves it by bin/tenet
// as a process of its own, for what measures the two faces from outside.
package served

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// Password is that of every member of staff.
const Password = "a long invented password 1"

// Login is the name by which a member of staff signs in, counted from 0.
func Login(i int) string { return fmt.Sprint("colleague", i+1) }

// Office is a landlord that is being served.
type Office struct {
	Portal, Console string // addresses, without a slash at the end
	Homes           string // the number that was asked for
	tenet, dir      string
	stop            func()
}

// New makes a landlord of so many homes, with so many members of staff, in a folder that
// [Office.Close] deletes, and serves it.
func New(ctx context.Context, tenet string, homes, staff int) (*Office, error) {
	tenet, err := filepath.Abs(tenet)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tenet-served")
	if err != nil {
		return nil, err
	}
	o := &Office{tenet: tenet, dir: dir, Homes: fmt.Sprint(homes), stop: func() {}}
	if err := o.begin(ctx, staff); err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

func (o *Office) begin(ctx context.Context, staff int) error {
	demo := filepath.Join(o.dir, "demo")
	if out, err := exec.CommandContext(ctx, o.tenet, "demo", "--once", "--dir", demo, "--homes", o.Homes).CombinedOutput(); err != nil {
		return fmt.Errorf("make the landlord: %w\n%s", err, out)
	}
	for i := range staff {
		c := o.command(ctx, "account", "add", Login(i), "--name", fmt.Sprint("Invented Colleague ", i+1))
		c.Stdin = strings.NewReader(Password + "\n")
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("make an account: %w\n%s", err, out)
		}
	}
	return o.serve(ctx)
}

func (o *Office) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, o.tenet, append([]string{"-C", filepath.Join(o.dir, "demo", "office")}, args...)...)
}

var address = regexp.MustCompile(`http://[^\s"]+/`)

func (o *Office) serve(ctx context.Context) error {
	c := o.command(ctx, "serve")
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGINT) }
	c.Env = append(os.Environ(), "TENET_PORTAL=127.0.0.1:0", "TENET_CONSOLE=127.0.0.1:0")
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	c.Stdout, c.Stderr = w, w
	if err := c.Start(); err != nil {
		return err
	}
	w.Close()
	o.stop = func() {
		c.Process.Signal(syscall.SIGINT)
		c.Wait()
		r.Close()
	}
	lines, said := bufio.NewScanner(r), ""
	for len(address.FindAllString(said, -1)) < 2 && lines.Scan() {
		said += lines.Text() + "\n"
	}
	at := address.FindAllString(said, -1)
	if len(at) < 2 {
		return fmt.Errorf("tenet serve did not say where it is:\n%s", said)
	}
	go func() { io.Copy(io.Discard, r) }() // its log: a pipe that nobody reads would stop it
	o.Portal, o.Console = strings.TrimSuffix(at[0], "/"), strings.TrimSuffix(at[1], "/")
	return nil
}

// Cases is how many cases there are, open and closed.
func (o *Office) Cases(ctx context.Context) (int, error) {
	n := 0
	for _, which := range [][]string{nil, {"--ended"}} {
		out, err := o.command(ctx, append([]string{"case", "list", "--limit", "0", "--json"}, which...)...).Output()
		if err != nil {
			var bad *exec.ExitError
			if errors.As(err, &bad) {
				return 0, fmt.Errorf("list the cases: %w\n%s", err, bad.Stderr)
			}
			return 0, err
		}
		var all struct {
			Cases    []json.RawMessage `json:"cases"`
			Complete bool              `json:"complete"`
		}
		if err := json.Unmarshal(out, &all); err != nil || !all.Complete {
			return 0, fmt.Errorf("the list of cases is not whole: %w", err)
		}
		n += len(all.Cases)
	}
	return n, nil
}

// Close ends what serves and deletes the landlord.
func (o *Office) Close() {
	o.stop()
	os.RemoveAll(o.dir)
}
