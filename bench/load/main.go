package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"syscall"
	"time"

	"tenet/bench/served"
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
	fmt.Printf("a landlord of %d homes …\n", homes)
	o, err := served.New(ctx, tenet, homes, staff)
	if err != nil {
		return err
	}
	defer o.Close()
	before, err := o.Cases(ctx)
	if err != nil {
		return err
	}
	page := make([]byte, 16<<10)
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(page) }))
	defer plain.Close()

	fmt.Printf("%d requests a second for %s: three in five at the portal, two in five at the console by %d members of staff\n", rate, length, staff)
	l := newLoad()
	signedIn, err := l.colleagues(ctx, o.Console, staff)
	if err != nil {
		return err
	}
	limit := l.attack(ctx, rate, length/4, func(n int) step { return l.plain(plain.URL, n) })
	ours := l.attack(ctx, rate, length, func(n int) step {
		if n%5 < 3 {
			return l.atPortal(o.Portal)
		}
		return l.atConsole(signedIn)
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	report(ours, limit)
	after, err := o.Cases(ctx)
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
