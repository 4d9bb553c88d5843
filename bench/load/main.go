package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

func main() {
	tenet := flag.String("tenet", "bin/tenet", "the program to measure")
	homes := flag.Int("homes", 2000, "how large the landlord is")
	rate := flag.Int("rate", 200, "requests a second, both faces together")
	length := flag.Duration("for", time.Minute, "how long")
	staff := flag.Int("staff", 20, "members of staff at the console")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *tenet, *homes, *rate, *staff, *length); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, tenet string, homes, rate, staff int, length time.Duration) error {
	tenet, err := filepath.Abs(tenet)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tenet-load")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	demo, office := filepath.Join(dir, "demo"), filepath.Join(dir, "demo", "office")
	fmt.Printf("a landlord of %d homes …\n", homes)
	if out, err := exec.CommandContext(ctx, tenet, "demo", "--once", "--dir", demo, "--homes", fmt.Sprint(homes)).CombinedOutput(); err != nil {
		return fmt.Errorf("make the landlord: %w\n%s", err, out)
	}
	for i := range staff {
		c := exec.CommandContext(ctx, tenet, "-C", office, "account", "add", login(i), "--name", fmt.Sprint("Invented Colleague ", i+1))
		c.Stdin = strings.NewReader(password + "\n")
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("make an account: %w\n%s", err, out)
		}
	}
	before, err := cases(ctx, tenet, office)
	if err != nil {
		return err
	}
	portal, console, end, err := serve(ctx, tenet, office)
	if err != nil {
		return err
	}
	defer end()

	page := make([]byte, 16<<10)
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(page) }))
	defer plain.Close()

	fmt.Printf("%d requests a second for %s: three in five at the portal, two in five at the console by %d members of staff\n", rate, length, staff)
	l := newLoad()
	signedIn, err := l.colleagues(ctx, console, staff)
	if err != nil {
		return err
	}
	limit := l.attack(ctx, rate, length/4, func(n int) step { return l.plain(plain.URL, n) })
	ours := l.attack(ctx, rate, length, func(n int) step {
		if n%5 < 3 {
			return l.atPortal(portal)
		}
		return l.atConsole(signedIn)
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	report(ours, limit)
	after, err := cases(ctx, tenet, office)
	if err != nil {
		return err
	}
	sent := int(l.sent.Load())
	fmt.Printf("\n%d requests were sent to their end and told that they had come; there are %d more cases than before.\n", sent, after-before)
	if after-before != sent {
		return fmt.Errorf("%d were lost, or came twice", sent-(after-before))
	}
	return nil
}

var address = regexp.MustCompile(`http://[^\s"]+/`)

// serve begins tenet serve and gives the addresses of portal and console.
func serve(ctx context.Context, tenet, office string) (portal, console string, end func(), err error) {
	c := exec.CommandContext(ctx, tenet, "-C", office, "serve")
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.Env = append(os.Environ(), "TENET_PORTAL=127.0.0.1:0", "TENET_CONSOLE=127.0.0.1:0")
	r, w, err := os.Pipe()
	if err != nil {
		return "", "", nil, err
	}
	c.Stdout, c.Stderr = w, w
	if err := c.Start(); err != nil {
		return "", "", nil, err
	}
	w.Close()
	lines, said := bufio.NewScanner(r), ""
	for len(address.FindAllString(said, -1)) < 2 && lines.Scan() {
		said += lines.Text() + "\n"
	}
	go func() { io.Copy(io.Discard, r) }() // its log: a pipe that nobody reads would stop it
	end = func() {
		c.Process.Signal(os.Interrupt)
		c.Wait()
		r.Close()
	}
	at := address.FindAllString(said, -1)
	if len(at) < 2 {
		end()
		return "", "", nil, fmt.Errorf("tenet serve did not say where it is:\n%s", said)
	}
	return strings.TrimSuffix(at[0], "/"), strings.TrimSuffix(at[1], "/"), end, nil
}

// cases is how many cases a workspace has, open and closed.
func cases(ctx context.Context, tenet, office string) (int, error) {
	n := 0
	for _, which := range [][]string{nil, {"--ended"}} {
		out, err := exec.CommandContext(ctx, tenet, append([]string{"-C", office, "case", "list", "--limit", "0", "--json"}, which...)...).Output()
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
