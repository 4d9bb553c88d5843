package app

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"time"

	"tenet/internal/api"
	"tenet/internal/desk"
	"tenet/internal/detect"
)

// serveDetector serves a detector as Presidio's analyser is served. It has no
// users: it listens on this machine, or where a network's own guard stands.
func serveDetector(stderr io.Writer) func(context.Context, detect.Detector, string, func(string)) error {
	return func(ctx context.Context, det detect.Detector, at string, ready func(string)) error {
		log, err := newLog(stderr, desk.Log{})
		if err != nil {
			return err
		}
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", at)
		if err != nil {
			return &desk.Error{Code: "address", What: fmt.Sprintf("nothing can listen on %q", at), Where: "--serve", Mend: "give the address of this machine and a free port, such as 127.0.0.1:5002", Err: err}
		}
		defer l.Close()
		warnIfOpen(log, "detection", l)
		ready(address(l.Addr()))
		return serve(ctx, "detection", l, atMost(4*runtime.GOMAXPROCS(0), (&api.Analyser{Detector: det}).Handler()), log)
	}
}

// atMost lets so many requests through at once; others wait a moment, and are then
// told to come back.
func atMost(n int, next http.Handler) http.Handler {
	slots := make(chan struct{}, n)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		patience := time.NewTimer(5 * time.Second)
		defer patience.Stop()
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
			next.ServeHTTP(w, r)
		case <-patience.C:
			w.Header().Set("Retry-After", "5")
			http.Error(w, `{"error": "too much is asked at once"}`, http.StatusServiceUnavailable)
		case <-r.Context().Done():
		}
	})
}

// outside is a service that speaks Presidio's analyser API.
func outside(address string) (func(context.Context, detect.Detector, string) ([]detect.Span, error), error) {
	r, err := api.NewRecogniser("outside", address, &http.Client{Timeout: time.Minute})
	if err != nil {
		return nil, err
	}
	return r.Detect, nil
}
