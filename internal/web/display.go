package web

import (
	"net/http"
	"net/url"
	"strings"
)

// Display is how somebody chose to see the pages. The zero Display is as their machine has it.
type Display struct {
	Contrast bool // black, white and yellow
	Large    bool // letters half as large again
}

// displayCookie keeps what was chosen until the browser closes. It is set only then.
const displayCookie = "tenet-display"

// Displays lets people choose how a face looks, by links that work without a script, and
// tells its pages what was chosen.
type Displays struct{ TLS bool }

// Class is the names that the page's root has for the style sheet.
func (d Display) Class() string {
	var all []string
	if d.Contrast {
		all = append(all, "tenet-contrast")
	}
	if d.Large {
		all = append(all, "tenet-large")
	}
	return strings.Join(all, " ")
}

func parseDisplay(s string) Display {
	return Display{Contrast: strings.Contains(s, "contrast"), Large: strings.Contains(s, "large")}
}

func (d Display) String() string {
	return strings.ReplaceAll(strings.ReplaceAll(d.Class(), "tenet-", ""), " ", ".")
}

// Wrap gives next's pages the display that was chosen. A link with display in it chooses,
// and leads back to the same page without it.
func (d Displays) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var now Display
		if c, err := r.Cookie(displayCookie); err == nil {
			now = parseDisplay(c.Value)
		}
		if q := r.URL.Query(); r.Method == http.MethodGet && q.Has("display") {
			d.choose(w, r, now, q)
			return
		}
		next.ServeHTTP(displayed{w, now}, r)
	})
}

func (d Displays) choose(w http.ResponseWriter, r *http.Request, now Display, q url.Values) {
	switch q.Get("display") {
	case "contrast":
		now.Contrast = true
	case "usual-contrast":
		now.Contrast = false
	case "large":
		now.Large = true
	case "usual-text":
		now.Large = false
	}
	c := &http.Cookie{Name: displayCookie, Value: now.String(), Path: "/", HttpOnly: true, Secure: d.TLS, SameSite: http.SameSiteLaxMode}
	if c.Value == "" {
		c.MaxAge = -1 // as their machine has it: nothing is left to remember
	}
	http.SetCookie(w, c)
	q.Del("display")
	to := url.URL{Path: "/" + strings.TrimLeft(r.URL.Path, "/\\"), RawQuery: q.Encode()} // never another site's
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
}

// displayed is a writer that knows the display of whoever reads what is written.
type displayed struct {
	http.ResponseWriter
	Display
}

// Unwrap lets http.ResponseController reach the server's own writer.
func (w displayed) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// displayOf is the display of whoever reads what is written, through the writers that stand
// round it.
func displayOf(w http.ResponseWriter) (d Display, choice bool) {
	for {
		if x, ok := w.(displayed); ok {
			return x.Display, true
		}
		x, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return d, false
		}
		w = x.Unwrap()
	}
}
