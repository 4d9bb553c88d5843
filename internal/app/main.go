package app

import (
	"context"
	"io"
	"log/slog"
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, version)
}

// Run is Main with its streams given, for tests.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, version string) int {
	log := slog.New(slog.NewTextHandler(stderr, nil))
	f, ok := stderr.(*os.File)
	return cli.Main(ctx, args, &cli.World{
		Stdin: stdin, Stdout: stdout, Stderr: stderr, Getenv: os.Getenv, Version: version,
		Terminal: ok && term.IsTerminal(int(f.Fd())),
		Serve: func(ctx context.Context, d *desk.Desk, ready func(portal, console string)) error {
			return Serve(ctx, d, log, ready)
		},
		BuildDemo:    buildDemo,
		HashPassword: console.HashPassword,
	})
}
