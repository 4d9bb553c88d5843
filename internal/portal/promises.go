package portal

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tenet/internal/web"
)

// Promises are how the promises of the notice are kept, as far as the landlord has signed
// that off for the public.
type Promises interface {
	Promises(ctx context.Context) ([]KeptPromise, error)
}

// KeptPromise is a promise of the notice and whether it is kept. No number in it is from 1
// to 4, nor can one be reckoned from others.
type KeptPromise struct {
	ID      string           `json:"id"`
	Says    string           `json:"says"`
	Section string           `json:"section,omitempty"`
	Status  string           `json:"status"` // "kept", "broken", "unproven", "attested", "not-checkable"
	Since   time.Time        `json:"since"`
	Checked time.Time        `json:"checked_at"`
	Checks  []string         `json:"checks"` // the kinds of check
	Figures []PromiseFigure  `json:"figures"`
	Answer  *LandlordsAnswer `json:"answer,omitempty"` // where it is not kept
}

// PromiseFigure is how much is as promised.
type PromiseFigure struct {
	Check  string `json:"check"`
	Good   int    `json:"good"`
	Total  int    `json:"total"`
	Hidden string `json:"hidden,omitempty"` // "total", "good" or "bad": the number that is from 1 to 4
}

// LandlordsAnswer is what the landlord says of a promise that is not kept, and by when it
// will be.
type LandlordsAnswer struct {
	Words string    `json:"words"`
	Welsh string    `json:"words_cy,omitempty"`
	By    time.Time `json:"by"`
}

func (p *face) promiseRoutes(mux *http.ServeMux) {
	if p.Promises == nil {
		return
	}
	mux.HandleFunc("GET /promises", p.promises)
	mux.HandleFunc("GET /promises/json", p.promisesJSON)
}

type promisesPage struct {
	Sections []promiseSection
	Small    bool // a number is hidden
}

type promiseSection struct {
	Title    string // empty for those before the first heading
	Promises []promiseLine
}

type promiseLine struct {
	KeptPromise
	Shown  []string // figures in words
	Hows   []string
	Answer string
	Ours   bool // Answer is in another language than the page
	By     time.Time
}

func (p *face) promises(w http.ResponseWriter, r *http.Request) {
	list, err := p.Promises.Promises(r.Context())
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	var v promisesPage
	for _, k := range list {
		if n := len(v.Sections); n == 0 || v.Sections[n-1].Title != k.Section {
			v.Sections = append(v.Sections, promiseSection{Title: k.Section})
		}
		last := &v.Sections[len(v.Sections)-1]
		last.Promises = append(last.Promises, p.promiseLine(k))
		for _, f := range k.Figures {
			v.Small = v.Small || f.Hidden != ""
		}
	}
	w.Header().Set("Cache-Control", "no-cache")
	p.pages.Show(w, http.StatusOK, "promises", web.Page{Title: p.say("promises.title"), Back: "/notice", Main: v})
}

func (p *face) promiseLine(k KeptPromise) promiseLine {
	out := promiseLine{KeptPromise: k}
	for _, f := range k.Figures {
		if key := "promises.unit." + f.Check; p.has(key) {
			out.Shown = append(out.Shown, p.promiseFigure(f, p.say(key)))
		}
	}
	for _, c := range k.Checks {
		if key := "promises.how." + c; p.has(key) {
			out.Hows = append(out.Hows, p.say(key))
		}
	}
	if a := k.Answer; a != nil {
		out.Answer, out.By = a.Words, a.By
		if p.words.language == "cy" {
			if out.Ours = a.Welsh == ""; !out.Ours {
				out.Answer = a.Welsh
			}
		}
	}
	return out
}

func (p *face) promiseFigure(f PromiseFigure, unit string) string {
	switch f.Hidden {
	case "total":
		return p.say("promises.figure.total", "unit", unit)
	case "good":
		return p.say("promises.figure.good", "unit", unit, "total", f.Total)
	case "bad":
		return p.say("promises.figure.bad", "unit", unit, "total", f.Total)
	}
	return p.say("promises.figure", "unit", unit, "good", f.Good, "total", f.Total)
}

// promisesJSON is the same for machines: made to be fetched by the landlord's own pages,
// and by anybody.
func (p *face) promisesJSON(w http.ResponseWriter, r *http.Request) {
	list, err := p.Promises.Promises(r.Context())
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	if list == nil {
		list = []KeptPromise{}
	}
	body, err := json.MarshalIndent(map[string]any{"landlord": p.Landlord.Name, "promises": list}, "", "  ")
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("ETag", strconv.Quote(base64.RawURLEncoding.EncodeToString(sum[:])))
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(body)))
}
