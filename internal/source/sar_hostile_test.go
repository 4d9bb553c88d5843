package source

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tenet/internal/rows"
)

// Answers that are none are errors that say why, and name neither the person nor the token.
func TestSARHostile(t *testing.T) {
	t.Setenv("SAR_TEST_TOKEN", "s3cret")
	elsewhere := newService(t)
	release := make(chan struct{})
	defer close(release)
	bomb := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", jsonType)
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, `{"content": "`)
		for range 64 {
			if _, err := io.WriteString(z, strings.Repeat("x", 1<<20)); err != nil {
				return
			}
		}
		z.Close()
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		is     error
		why    string
	}{
		"not JSON":        {says(200, jsonType, "Ann Bell"), ErrAnswer, "not JSON"},
		"cut JSON":        {says(200, jsonType, `{"content": [{"name": "Ann Bell"`), ErrAnswer, "before it is whole"},
		"empty":           {says(200, jsonType, ""), ErrAnswer, "before it is whole"},
		"login page":      {says(200, "text/html", "<html>"), ErrAnswer, `content type is "text/html"`},
		"a list":          {says(200, "application/problem+json", "[]"), ErrAnswer, "no JSON object"},
		"bad request":     {says(400, jsonType, `{"error": "Ann Bell"}`), ErrAnswer, "400 Bad Request"},
		"no such page":    {says(404, jsonType, ""), ErrAnswer, "404"},
		"odd status":      {says(203, jsonType, "{}"), ErrAnswer, "203"},
		"unauthorised":    {says(401, jsonType, ""), ErrRefused, "401 Unauthorized"},
		"forbidden":       {says(403, jsonType, ""), ErrRefused, "403"},
		"server error":    {says(500, jsonType, ""), ErrUnreachable, "500"},
		"busy for ever":   {says(503, jsonType, ""), ErrUnreachable, "503"},
		"huge":            {says(200, jsonType, `{"content": "`+strings.Repeat("x", 2<<20)+`"}`), ErrAnswer, "longer than the limit of 1,048,576 bytes"},
		"gzip bomb":       {bomb, ErrAnswer, "longer than the limit of 1,048,576 bytes"},
		"not gzip":        {says(200, jsonType, strings.Repeat("{}", 50), "Content-Encoding", "gzip"), ErrUnreachable, "gzip"},
		"redirect away":   {says(302, "", "", "Location", elsewhere.URL+"/sar?prn=A1"), ErrAnswer, "another server"},
		"redirect circle": {says(302, "", "", "Location", "/sar?prn=A1"), ErrUnreachable, "circles"},
		"cut body": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Header().Set("Content-Type", jsonType)
			io.WriteString(w, `{"content": "Ann`)
		}, ErrUnreachable, "cut off"},
		"hung up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, ErrUnreachable, "EOF"},
		"slow body": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", jsonType)
			io.WriteString(w, `{"content": "Ann`)
			w.(http.Flusher).Flush()
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}, ErrUnreachable, "no whole answer within 200ms"},
	} {
		t.Run(name, func(t *testing.T) {
			svc := newService(t)
			svc.on("A1", c.answer)
			opts := Options{}
			opts.Limits.Document.Bytes = 1 << 20
			opts.Limits.Statement = 20 * time.Second
			if name == "slow body" {
				opts.Limits.Statement = 200 * time.Millisecond
			}
			s, _, said := openSAR(t, svc.url("&token=env:SAR_TEST_TOKEN"), opts)
			err := failure(s.Lookup(context.Background(), "record", []rows.Match{is("id", "A1")}))
			var e *Error
			if !errors.As(err, &e) || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.why) {
				t.Errorf("%v, want %q", err, c.why)
			}
			for _, secret := range []string{"A1", "s3cret", "Ann", svc.URL} {
				if err != nil && strings.Contains(err.Error(), secret) || said.says(secret) {
					t.Errorf("%q stands in %v, or a problem", secret, err)
				}
			}
		})
	}
	if elsewhere.calls() != 0 {
		t.Errorf("another server heard of it: %v", elsewhere.asked)
	}
}

func TestSARBackOff(t *testing.T) {
	good := says(200, jsonType, `{"content": {"a": 1}}`)
	between := func(lo, hi time.Duration) func(time.Duration) bool {
		return func(d time.Duration) bool { return lo <= d && d <= hi }
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		waits  []func(time.Duration) bool
		fails  bool
	}{
		"seconds":   {inTurn(says(429, "", "", "Retry-After", "7"), good), []func(time.Duration) bool{between(7*time.Second, 7*time.Second)}, false},
		"a date":    {inTurn(says(503, "", "", "Retry-After", "Mon, 02 Mar 2026 09:00:20 GMT"), good), []func(time.Duration) bool{between(19*time.Second, 20*time.Second)}, false},
		"nonsense":  {inTurn(says(503, "", "", "Retry-After", "-3"), good), []func(time.Duration) bool{between(time.Second/2, time.Second)}, false},
		"ever more": {inTurn(says(429, "", ""), says(502, "", ""), says(504, "", ""), good), []func(time.Duration) bool{between(time.Second/2, time.Second), between(time.Second, 2*time.Second), between(2*time.Second, 3*time.Second)}, false},
		"no end":    {says(429, "", ""), []func(time.Duration) bool{between(time.Second/2, time.Second), between(time.Second, 2*time.Second), between(2*time.Second, 3*time.Second)}, true},
		"too long":  {says(429, "", "", "Retry-After", "900"), nil, true},
		"not twice": {inTurn(says(500, "", ""), good), nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			svc := newService(t)
			svc.on("A1", c.answer)
			s, w, _ := openSAR(t, svc.url(""), Options{})
			s.limiter.SetBurst(100)
			_, err := s.Ask(context.Background(), "A1")
			if (err != nil) != c.fails {
				t.Fatal(err)
			}
			if len(w.slept) != len(c.waits) {
				t.Fatalf("waited %v", w.slept)
			}
			for i, ok := range c.waits {
				if !ok(w.slept[i]) {
					t.Errorf("wait %d was %s", i, w.slept[i])
				}
			}
			if name == "too long" {
				if _, err := s.Ask(context.Background(), "A2"); !errors.Is(err, ErrSuspended) || !strings.Contains(err.Error(), "15m0s") {
					t.Errorf("after being told to leave it alone: %v", err)
				}
			}
		})
	}
}

func TestSARSuspended(t *testing.T) {
	ctx := context.Background()
	svc := newService(t)
	svc.on("A1", says(500, "", ""))
	s, w, _ := openSAR(t, svc.url(""), Options{})
	for n := range circuitTrip {
		if _, err := s.Ask(ctx, "A1"); errors.Is(err, ErrSuspended) || err == nil {
			t.Fatalf("failure %d: %v", n, err)
		}
	}
	refused := func(why string) {
		t.Helper()
		before := svc.calls()
		err := failure(s.Lookup(ctx, "subject", []rows.Match{is("id", "A2")}))
		if !errors.Is(err, ErrSuspended) || !strings.Contains(err.Error(), why) || svc.calls() != before {
			t.Errorf("%v, want suspended and %q; %d calls", err, why, svc.calls()-before)
		}
	}
	forward := func(d time.Duration) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.at = w.at.Add(d)
	}
	refused("after 5 failures in a row; it will be tried again at 09:01:")
	if h, err := s.Check(ctx); err == nil {
		t.Errorf("a service without health: %+v", h)
	}
	svc.on("/health", says(200, "", ""))
	if h, err := s.Check(ctx); err != nil || !strings.Contains(fmt.Sprint(h.Problems), "suspended until") {
		t.Errorf("%+v %v", h, err)
	}
	forward(time.Minute)
	if _, err := s.Ask(ctx, "A1"); errors.Is(err, ErrSuspended) || err == nil {
		t.Errorf("the trial: %v", err)
	}
	refused("in 2m0s")
	forward(2 * time.Minute)

	// One trial at a time: while it is under way others are refused. Giving it up frees the place.
	inside, release := make(chan struct{}), make(chan struct{})
	svc.on("A1", func(w http.ResponseWriter, r *http.Request) {
		inside <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
		says(200, jsonType, "{}")(w, r)
	})
	trial, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() { _, err := s.Ask(trial, "A1"); done <- err }()
	<-inside
	refused("being tried again just now")
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	go func() { _, err := s.Ask(ctx, "A1"); done <- err }()
	<-inside
	close(release)
	if err := <-done; err != nil {
		t.Errorf("the trial: %v", err)
	}
	if got, err := s.Ask(ctx, "A2"); err != nil || got != NothingHeld {
		t.Errorf("after it: %v %v", got, err)
	}
}
