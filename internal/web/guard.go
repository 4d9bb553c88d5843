package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
)

// Guard puts round a face what every one of its responses must have.
type Guard struct {
	Pages  *Pages
	Assets *Assets
	Log    *slog.Logger
	// Body is the most bytes a request's body may have; 64 KiB if zero.
	Body int64
	// BodyOf, if not nil, is the bound for one request where it is another than Body: a
	// form that takes files.
	BodyOf func(*http.Request) int64
	// TLS says that the face is reached over TLS, by itself or by what stands
	// before it, so that browsers may be told to use nothing else.
	TLS bool
}

// policy lets a page have our style sheet and our images, send forms to us, and
// nothing else: no script, no frame, no font, nobody else's server. A page that
// asks for our script may run that, and it may ask us, and nobody else.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

const policyScript = policy + "; script-src 'self'; connect-src 'self'"

// Wrap returns next with the headers, the refusal of forged requests, the bound
// on bodies, the assets, and a page in place of a panic.
func (g Guard) Wrap(next http.Handler) http.Handler {
	limit := g.Body
	if limit == 0 {
		limit = 64 << 10
	}
	forgery := http.NewCrossOriginProtection()
	forgery.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.Pages.Problem(w, r, Problem{
			Status: http.StatusForbidden,
			Title:  "This form came from another website",
			Why:    "Your browser says that another site sent this form, so nothing was done.",
			Mend:   "Open the page here and send the form again.",
		})
	}))
	inner := forgery.Handler(next)

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &recorder{ResponseWriter: w}
		g.headers(w.Header())
		defer func() {
			if fault := recover(); fault != nil {
				if fault == http.ErrAbortHandler {
					panic(fault)
				}
				g.Log.Error("a page failed", "fault", discreet(fault), "stack", string(debug.Stack()))
				if seen.status == 0 {
					g.Pages.Problem(seen, r, Fault)
				}
			}
		}()
		if strings.HasPrefix(r.URL.Path, assetsAt) {
			g.Assets.ServeHTTP(seen, r)
			return
		}
		most := limit
		if g.BodyOf != nil {
			most = max(most, g.BodyOf(r))
		}
		r.Body = http.MaxBytesReader(seen, r.Body, most)
		inner.ServeHTTP(seen, r)
	})
}

// discreet is what a log may have of the value of a panic, which may hold what
// somebody typed: only the runtime's own words. The stack says where it was.
func discreet(fault any) string {
	if e, ok := fault.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("a panic with a %T", fault)
}

func (g Guard) headers(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	// Nearly every page is about a person. Assets and the public notice say otherwise.
	h.Set("Cache-Control", "no-store")
	if g.TLS {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// recorder remembers the status that was sent.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController and MaxBytesReader reach the server's own writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
