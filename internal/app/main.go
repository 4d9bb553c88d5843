package app

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"tenet/internal/cli"
	"tenet/internal/console"
	"tenet/internal/desk"
)

// Main runs the command line on this process and gives its exit status.
func Main(version string) int {
	if status, ok := asService(version); ok {
		return status
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends what does not hear the first, such as reading a pipe
	return Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, version)
}

// Run is Main with its streams given, for tests.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, version string) int {
	f, ok := stderr.(*os.File)
	return cli.Main(ctx, args, &cli.World{
		Stdin: stdin, Stdout: stdout, Stderr: stderr, Getenv: os.Getenv, Version: version,
		Terminal: ok && term.IsTerminal(int(f.Fd())),
		Serve: func(ctx context.Context, d *desk.Desk, ready func(portal, console string)) error {
			return serveLoudly(ctx, d, stderr, version, ready)
		},
		Work: func(ctx context.Context, d *desk.Desk, ready func()) error {
			return loudly(ctx, d, Work, stderr, version, func(Addresses) { ready() })
		},
		BuildDemo:     buildDemo,
		ServeDetector: serveDetector(stderr),
		Outside:       outside,
		HashPassword:  console.HashPassword,
		Service:       service,
	})
}

// serveLoudly is Serve with a log, and with word to systemd where it listens.
func serveLoudly(ctx context.Context, d *desk.Desk, stderr io.Writer, version string, ready func(portal, console string)) error {
	return loudly(ctx, d, Serve, stderr, version, func(at Addresses) { ready(at.Portal, at.Console) })
}

// loudly serves, or works, with a log, and with word to systemd.
func loudly(ctx context.Context, d *desk.Desk, do func(context.Context, *desk.Desk, Serving) error, stderr io.Writer, version string, ready func(Addresses)) error {
	log, err := newLog(stderr, d.Config.Log)
	if err != nil {
		return err
	}
	tell := func(state string) {
		if err := notify(os.Getenv("NOTIFY_SOCKET"), state); err != nil {
			log.Warn("systemd does not hear of this", "error", err)
		}
	}
	go func() {
		<-ctx.Done()
		tell("STOPPING=1")
	}()
	return do(ctx, d, Serving{Version: version, Log: log, Ready: func(at Addresses) {
		ready(at)
		if at.Metrics != "" {
			log.Info("figures for monitors", "metrics", at.Metrics)
		}
		tell("READY=1")
	}})
}
