package app

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// TestNoticeComesIntoForce: on its day another version of the notice decides, without a
// restart: the portal shows it, and a request that comes then goes by its promise.
func TestNoticeComesIntoForce(t *testing.T) {
	w := open(t)
	var days atomic.Int64 // that have gone by since the landlord's today
	start := w.Now()
	w.Now = func() time.Time { return start.Add(time.Duration(days.Load()) * 24 * time.Hour) }
	effective := law.DateOf(start).AddDays(40)
	dir := filepath.Join(t.TempDir(), "next")
	if err := w.NewNotice(t.Context(), dir, notice.Date(effective.String())); err != nil {
		t.Fatal(err)
	}
	const ten = "clock: {count: 10, unit: working-days, promise: correct-in-ten-days}"
	replace(t, dir, "rights.yaml", ten, strings.Replace(ten, "10", "5", 1))
	replace(t, dir, "notice.md", "within ten working days", "within five working days")
	if _, err := w.Adopt(t.Context(), "ada", dir, desk.Significance{Decided: true, Why: "People wait less."}); err != nil {
		t.Fatal(err)
	}

	ctx, stop := context.WithCancel(t.Context())
	o, at, _ := w.office(t)
	var seated atomic.Pointer[office]
	var face front
	turned := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- o.terms(ctx, time.Millisecond, func(next *office) error {
			p, _, err := next.faces(ctx)
			if err == nil {
				face.show(p)
				seated.Store(next)
				close(turned)
			}
			return err
		})
	}()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the terms ended with %v", err)
		}
	}()
	before := w.Notice.Version()
	if _, page := visit(t, at).get("/notice"); !strings.Contains(page, before[:12]) {
		t.Errorf("the portal does not show version %s", before[:12])
	}
	if next, err := w.Successor(ctx); next != nil || err != nil {
		t.Fatalf("a version that is not in force yet takes over: %v", err)
	}

	days.Store(40)
	select {
	case <-turned:
	case err := <-ended:
		t.Fatalf("the terms ended with %v", err)
	}
	now := seated.Load().d
	if now.Notice.Version() == before || now.Store != w.Store {
		t.Fatalf("version %s was seated after %s", now.Notice.Version()[:12], before[:12])
	}
	if next, err := now.Successor(ctx); next != nil || err != nil {
		t.Errorf("it is followed by itself: %v", err)
	}
	k, err := now.OpenCase(ctx, desk.NewCase{Query: desk.Query{Name: "Ann Larter"}, Kind: "rectification", Channel: "letter", By: "ada"})
	if err != nil || k.Notice != now.Notice.Version() {
		t.Errorf("a case of that day goes by %q: %v", k.Notice, err)
	}
	server := &http.Server{Handler: &face}
	l, err := listen(ctx, "portal", "127.0.0.1:0", portalAddress)
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	defer server.Close()
	if _, page := visit(t, strings.TrimSuffix(address(l.Addr()), "/")).get("/notice"); !strings.Contains(page, now.Notice.Version()[:12]) {
		t.Errorf("the portal does not show version %s", now.Notice.Version()[:12])
	}
}
