package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/netutil"
	"golang.org/x/sync/errgroup"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/portal"
	"tenet/internal/web"
)

// Where the faces stand unless tenet.yaml says otherwise: on this machine alone.
const (
	portalAddress  = "127.0.0.1:8080"
	consoleAddress = "127.0.0.1:8081"
	metricsAddress = "127.0.0.1:8082" // an example: without an address of its own there is none
)

const (
	grace    = 10 * time.Second // for what is under way when we are asked to stop
	tidying  = 3 * time.Second  // between two rounds of the sequencer
	maxConns = 512              // of one face at a time
)

// Serving is how [Serve] serves.
type Serving struct {
	Version string // of this program
	Log     *slog.Logger
	Ready   func(Addresses) // called once all of them are listening
}

// Addresses are where what is served is found. Metrics is empty where there is none.
type Addresses struct{ Portal, Console, Metrics string }

// Serve answers on the portal and the console of a workspace, and on the address
// for monitors if there is one, and does its background work, until ctx ends: then
// it finishes what is under way, brings the ledger's tree up to date and returns nil.
func Serve(ctx context.Context, d *desk.Desk, how Serving) error {
	log := how.Log
	var at Addresses
	release, err := alone(d)
	if err != nil {
		return err
	}
	defer release()
	public, err := listen(ctx, "portal", d.Config.Portal, portalAddress)
	if err != nil {
		return err
	}
	defer public.Close()
	staff, err := listen(ctx, "console", d.Config.Console, consoleAddress)
	if err != nil {
		return err
	}
	defer staff.Close()
	warnIfOpen(log, "console", staff)
	at.Portal, at.Console = address(public.Addr()), address(staff.Addr())

	o, err := newOffice(d, log)
	if err != nil {
		return err
	}
	p, c, err := o.faces(ctx)
	if err != nil {
		return err
	}
	f := newFigures(how.Version, d.Now())

	g, running := errgroup.WithContext(ctx)
	if d.Config.Metrics != "" {
		monitors, err := listen(ctx, "metrics", d.Config.Metrics, metricsAddress)
		if err != nil {
			return err
		}
		defer monitors.Close()
		warnIfOpen(log, "metrics", monitors)
		at.Metrics = address(monitors.Addr())
		g.Go(func() error { return serve(running, "metrics", monitors, o.monitor(f), log) })
		g.Go(func() error { o.watch(running, f); return nil })
	}
	var outside, inside front
	outside.show(p)
	inside.show(c)
	g.Go(func() error { return serve(running, "portal", public, logged("portal", &outside, log, f), log) })
	g.Go(func() error { return serve(running, "console", staff, logged("console", &inside, log, f), log) })
	g.Go(func() error {
		return o.terms(running, turning, func(next *office) error {
			p, c, err := next.faces(ctx)
			if err == nil {
				outside.show(p)
				inside.show(c)
			}
			return err
		})
	})
	how.Ready(at)
	err = g.Wait()
	return errors.Join(err, o.tidy(ctx))
}

// warnIfOpen says that an address which is meant for few can be reached by many.
func warnIfOpen(log *slog.Logger, face string, l net.Listener) {
	if !loopback(l.Addr()) {
		log.Warn("the "+face+" can be reached from other machines, as tenet.yaml or the environment says: put TLS and your own network's guard before it", face, l.Addr().String())
	}
}

// faces are the portal and the console of the office. What they begin behind
// their pages ends with ctx.
func (o *office) faces(ctx context.Context) (p, c http.Handler, err error) {
	who := landlord(o.d.Notice, o.d.Today())
	now := func() time.Time { return o.d.Now() }
	// A form that somebody is filling in, and who is signed in to the console, outlive
	// a restart, and any process goes on with them.
	if p, err = portal.New(portal.Config{Landlord: who, Desk: publicDesk{o}, Notices: publicNotices{o.d}, Promises: &publicPromises{d: o.d}, Scope: publicScope{o.d}, Reports: publicReports{o.d}, Log: o.log, Now: now, Sessions: o.forms(),
		Collector: collector{o}, TLS: o.d.Config.PortalTLS(), RemoteHost: web.HostBehind(o.d.Config.Behind())}); err != nil {
		return nil, nil, err
	}
	signOn, err := newSignOn(o.d, os.Getenv, o.log)
	if err != nil {
		return nil, nil, err
	}
	c, err = console.New(console.Config{
		Landlord: who, Desk: staffDesk{o}, Accounts: accounts{o.d}, Log: o.log, Now: now, RemoteHost: web.HostBehind(o.d.Config.Behind()),
		Maps: newMapDesk(ctx, o), People: staffDesk{o}, Workbench: workbench{staffDesk{o}},
		Gate: gate{staffDesk{o}, &holdings{}}, Sittings: sittings{o.d}, Factors: factors{accounts{o.d}}, Colleagues: colleagues{staffDesk{o}}, SignOn: signOn,
		Work: caseWork{staffDesk{o}}, Intake: caseWork{staffDesk{o}}, Figures: caseWork{staffDesk{o}}, Calendar: caseWork{staffDesk{o}}, Releases: releases{staffDesk{o}}, Calls: calls{staffDesk{o}}, Processing: records{staffDesk{o}},
		Letters: caseWork{staffDesk{o}}, Mail: caseWork{staffDesk{o}}, Passwords: passwords{accounts{o.d}},
		Promises:    promiseDesk{o, &brokenCount{}},
		Disclosures: disclosures{staffDesk{o}}, Clients: clientsOf(o),
		Notices: noticeDesk{staffDesk{o}}, Registers: registerDesk{o}, Kept: keepDesk{o}, Incidents: staffIncidents{staffDesk: staffDesk{o}},
		Sessions: o.d.Store.Sessions(o.d.Config.Landlord), TLS: o.d.Config.ConsoleTLS(),
	})
	return p, c, err
}

// listen listens where tenet.yaml says. Where it says nothing it is at the
// usual address, or at any free port of this machine if that one is taken.
func listen(ctx context.Context, face, told, usual string) (net.Listener, error) {
	var lc net.ListenConfig
	at := told
	if told == "" {
		at = usual
	}
	l, err := lc.Listen(ctx, "tcp", at)
	if told == "" && errors.Is(err, syscall.EADDRINUSE) {
		l, err = lc.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		e := &desk.Error{Code: "address", What: fmt.Sprintf("the %s cannot listen on %q", face, at), Where: "tenet.yaml: " + face,
			Mend: "write the address of this machine and a port, such as " + usual, Err: err}
		if errors.Is(err, syscall.EADDRINUSE) {
			e.Mend = "stop what listens there, or name another port"
		}
		return nil, e
	}
	return netutil.LimitListener(l, maxConns), nil
}

func loopback(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}

// address is where a browser on this machine finds what listens on a.
func address(a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok && t.IP.IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d/", t.Port)
	}
	return "http://" + a.String() + "/"
}

// serve serves one face until ctx ends, and then lets it finish.
func serve(ctx context.Context, face string, l net.Listener, h http.Handler, log *slog.Logger) error {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      5 * time.Minute, // a draft is made again, or a large answer goes over a slow line
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve the %s: %w", face, err)
	case <-ctx.Done():
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := s.Shutdown(wait); err != nil {
		log.Warn("not every answer was finished before stopping", "face", face)
		s.Close()
	}
	<-ended
	return nil
}

// logged notes and counts each request without saying whom it is about or who
// made it: what it asked for, what came of it and how long it took.
func logged(face string, next http.Handler, log *slog.Logger, f *figures) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			next.ServeHTTP(w, r)
			return
		}
		start := time.Now()
		seen := &status{ResponseWriter: w, code: http.StatusOK}
		defer func() {
			m, at, took := method(r.Method), route(r.URL.Path), time.Since(start)
			f.request(face, m, at, seen.code, took)
			log.Info("request", "face", face, "method", m, "route", at, "status", seen.code, "took", took.Round(time.Millisecond))
		}()
		next.ServeHTTP(seen, r)
	})
}

// status remembers the status that was sent.
type status struct {
	http.ResponseWriter
	code int
	sent bool
}

func (s *status) WriteHeader(code int) {
	if !s.sent {
		s.code, s.sent = code, code >= http.StatusOK
	}
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach the server's own writer.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// landlord is who the pages speak for, as the notice has it on a day.
func landlord(n *notice.Notice, day law.Date) web.Landlord {
	l := web.Landlord{Name: n.Landlord.Name}
	for _, c := range n.Landlord.Controllers {
		if c.Lead {
			l.Address = lines(c.Address)
		}
	}
	for _, c := range n.Landlord.Contacts {
		if c.DPO {
			l.Contact, l.Email, l.Phone = c.Who, string(c.Email), string(c.Phone)
			if rest, ok := strings.CutPrefix(c.Who, "The "); ok { // it stands within a sentence
				l.Contact = "the " + rest
			}
			if c.Address != "" {
				l.Address = lines(c.Address)
			}
		}
	}
	// The first regulator of the ladder is the one for personal data.
	for _, step := range n.Rights.Complaints {
		for _, r := range n.Landlord.Regulators {
			if step.Route == notice.ToRegulator && r.ID == step.Regulator {
				on := r.On(notice.Date(day.String()))
				l.Regulator = web.Regulator{Name: on.Name, URL: string(on.Web), Phone: string(on.Phone)}
				return l
			}
		}
	}
	return l
}

// lines is an address written in one line, as it stands on an envelope.
func lines(address string) []string {
	var out []string
	for part := range strings.FieldsFuncSeq(address, func(r rune) bool { return r == ',' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
