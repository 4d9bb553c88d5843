package portal

import (
	"context"
	"net/http"

	"tenet/internal/web"
)

// Scope says what the notice covers, and on what terms the landlord lets people use its
// sites.
type Scope interface {
	// Terms is as the notice in force has it, in its own words.
	Terms(ctx context.Context) (Terms, error)
}

// Terms is what the notice covers, and what the landlord says of the use of its sites.
type Terms struct {
	Sites   []string  // the only ones covered; empty where the notice names none
	Outside []Outside // what is not
	Liable  []string  // for what the landlord says that it is not liable
	Misuse  string    // what visitors must not do; empty where nothing is said
	Law     string    // the offence that is
	Bans    bool      // whoever does it may no longer use the site
}

// Outside is something that the notice does not cover.
type Outside struct {
	What string // "sub-domains", "other-addresses" or "links-out"
	At   []string
}

const termsAt = "/terms"

func (p *face) termsRoutes(mux *http.ServeMux) {
	if p.Scope != nil {
		mux.HandleFunc("GET "+termsAt, p.terms)
	}
}

func (p *face) terms(w http.ResponseWriter, r *http.Request) {
	t, err := p.Scope.Terms(r.Context())
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	p.pages.Show(w, http.StatusOK, "terms", web.Page{Title: p.say("terms.title"), Main: t})
}
