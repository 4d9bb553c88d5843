package console

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"tenet/internal/web"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what a console is made of. Landlord, Desk, Accounts and Log must be there.
type Config struct {
	Landlord web.Landlord
	Desk     Desk
	Accounts Accounts
	Log      *slog.Logger
	// Maps and People may be nil: then their pages are not there.
	Maps   Maps
	People People
	// Work, Intake, Figures and Calendar may be nil: then their pages are not there.
	Work     Work
	Intake   Intake
	Figures  Figures
	Calendar Calendar
	// Letters, Mail and Passwords may be nil: then their pages are not there.
	Letters   Letters
	Mail      Mailbox
	Passwords Passwords
	// Processing is the record of processing activities; nil leaves its page out.
	Processing Processing
	// Registers are those of accountability; nil leaves their pages out.
	Registers Registers
	// Kept is what Tenet keeps itself and deletes on schedule; nil leaves its pages out.
	Kept Kept
	// Calls may be nil: then nobody is on the telephone.
	Calls Calls
	// Workbench is the redaction workbench; nil leaves its pages out.
	Workbench Workbench
	// Incidents may be nil: then their pages are not there.
	Incidents Incidents
	// Releases is how answers reach people; nil leaves its pages out.
	Releases Releases
	// Disclosures is what may be given out and what was; nil leaves its pages out.
	Disclosures Disclosures
	// Notices is the privacy notice, its versions and who is told; nil leaves its pages out.
	Notices Notices
	// Gate decides what each member of staff may open and do. It must be there.
	Gate Gate
	// Sittings, Factors and SignOn may be nil: then nobody can be signed out from
	// elsewhere, have a second factor, or sign in as the landlord's other systems ask.
	Sittings Sittings
	Factors  Factors
	SignOn   SignOn
	// Colleagues may be nil: then accounts are managed on the command line alone.
	Colleagues Colleagues
	// Clients are the landlords that this one acts for; nil leaves their pages out.
	Clients Clients
	// Promises is the promise board; nil leaves it out.
	Promises Promises
	// Sessions keeps who is signed in; nil keeps it in memory (see web.SessionConfig).
	Sessions scs.Store
	// TLS says that staff reach the console over TLS.
	TLS bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// RemoteHost is the address to count sign-in tries by; nil takes the
	// connection's own, which behind a proxy is the proxy's.
	RemoteHost func(*http.Request) string
}

// Console is the staff's face. It is an [http.Handler].
type Console struct {
	Config
	pages    *web.Pages
	sessions *scs.SessionManager
	tries    *web.Limiter
	hashing  chan struct{} // holds one token for each password being checked
	handler  http.Handler
}

// New makes a console. It fails only where its own templates do.
func New(cfg Config) (*Console, error) {
	if cfg.Desk == nil || cfg.Accounts == nil || cfg.Gate == nil || cfg.Log == nil {
		return nil, errors.New("console: a desk, accounts, a gate and a log are needed")
	}
	cfg.Desk = screened{cfg.Desk, cfg.Gate}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.RemoteHost == nil {
		cfg.RemoteHost = web.RemoteHost
	}
	c := &Console{
		Config: cfg,
		// Ten tries at once, then one every twenty seconds, by address and by name.
		tries:   web.NewLimiter(20*time.Second, 10, cfg.Now),
		hashing: make(chan struct{}, 2),
	}
	assets := web.NewAssets()
	pages, err := web.NewPages(web.Site{
		Landlord: cfg.Landlord, Service: "Privacy office", Home: "/cases", Wide: true,
		Footer: []string{"For staff of " + cfg.Landlord.Name + ". What you decide, approve and download here is written in the ledger."},
	}, assets, cfg.Log, templates, c.funcs())
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	c.pages = pages
	c.sessions = web.NewSessions(web.SessionConfig{
		Name: "tenet-staff", Idle: 30 * time.Minute, Life: 10 * time.Hour,
		Store: cfg.Sessions, TLS: cfg.TLS, SameSite: http.SameSiteLaxMode, OnError: pages.Fail,
	})
	guard := web.Guard{Pages: pages, Assets: assets, Log: cfg.Log, TLS: cfg.TLS}
	sheets := guard
	sheets.Body = maxSheet + 64<<10 // the form that it comes in
	routes := c.sessions.LoadAndSave(c.routes())
	small, large := guard.Wrap(routes), sheets.Wrap(routes)
	c.handler = web.Displays{TLS: cfg.TLS}.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == importAt {
			large.ServeHTTP(w, r)
			return
		}
		small.ServeHTTP(w, r)
	}))
	return c, nil
}

func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

func (c *Console) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign-in", c.signInPage)
	mux.HandleFunc("POST /sign-in", c.signIn)
	mux.HandleFunc("POST /sign-out", c.signOut)
	mux.HandleFunc("GET /signed-out", c.signedOut)
	mux.HandleFunc("GET /sign-in/code", c.codePage)
	mux.HandleFunc("POST /sign-in/code", c.giveCode)
	mux.HandleFunc("GET /sign-in/outside", c.goOutside)
	mux.HandleFunc("GET /sign-in/back", c.comeBack)
	if c.Calendar != nil { // a calendar has no session: its address is what lets it in
		mux.HandleFunc("GET /calendar/{token}", c.feed)
	}

	pages := map[string]page{
		"GET /{$}":                      c.start,
		"GET /cases":                    c.cases,
		"GET /cases/export":             c.export,
		"GET /cases/{number}":           c.overview,
		"GET /cases/{number}/found":     c.found,
		"GET /cases/{number}/withheld":  c.withheld,
		"GET /cases/{number}/history":   c.history,
		"POST /cases/{number}/decide":   c.decide,
		"GET /cases/{number}/identity":  c.identityPage,
		"POST /cases/{number}/identity": c.identity,
		"GET /cases/{number}/approve":   c.approvePage,
		"POST /cases/{number}/approve":  c.approve,
		"POST /cases/{number}/download": c.download,
		"GET /ledger":                   c.ledger,
		"POST /ledger/verify":           c.verify,
		"GET /sources":                  c.sources,
		"/":                             c.nothing,
	}
	maps.Copy(pages, c.mapRoutes())
	maps.Copy(pages, c.whoRoutes())
	maps.Copy(pages, c.benchRoutes())
	maps.Copy(pages, c.accessRoutes())
	maps.Copy(pages, c.factorRoutes())
	maps.Copy(pages, c.accountRoutes())
	maps.Copy(pages, c.staffRoutes())
	maps.Copy(pages, c.workRoutes())
	maps.Copy(pages, c.intakeRoutes())
	maps.Copy(pages, c.figuresRoutes())
	maps.Copy(pages, c.incidentRoutes())
	maps.Copy(pages, c.calendarRoutes())
	maps.Copy(pages, c.releaseRoutes())
	maps.Copy(pages, c.contactRoutes())
	maps.Copy(pages, c.promiseRoutes())
	maps.Copy(pages, c.noticeRoutes())
	maps.Copy(pages, c.processingRoutes())
	maps.Copy(pages, c.registerRoutes())
	maps.Copy(pages, c.keepRoutes())
	maps.Copy(pages, c.letterRoutes())
	maps.Copy(pages, c.mailRoutes())
	maps.Copy(pages, c.passwordRoutes())
	maps.Copy(pages, c.disclosureRoutes())
	maps.Copy(pages, c.clientRoutes())
	for pattern, page := range pages {
		mux.HandleFunc(pattern, c.signedIn(page))
	}
	return mux
}

// page answers a request of someone who is signed in.
type page func(w http.ResponseWriter, r *http.Request, staff Staff)

func (c *Console) start(w http.ResponseWriter, r *http.Request, _ Staff) {
	http.Redirect(w, r, "/cases", http.StatusSeeOther)
}

func (c *Console) nothing(w http.ResponseWriter, r *http.Request, _ Staff) {
	c.pages.Problem(w, r, web.NotFound)
}

// show writes a page of the console: the menu, who is signed in, and what was
// done a moment ago.
func (c *Console) show(w http.ResponseWriter, r *http.Request, staff Staff, name, at string, p web.Page) {
	status := http.StatusOK
	if len(p.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	c.showAs(w, r, staff, status, name, at, p)
}

// showAs is show with another status than the errors of a form have.
func (c *Console) showAs(w http.ResponseWriter, r *http.Request, staff Staff, status int, name, at string, p web.Page) {
	c.navigate(r.Context(), staff, at, &p)
	p.Who = staff.Name
	p.Done = c.sessions.PopString(r.Context(), "done")
	c.pages.Show(w, status, name, p)
}

// done remembers what to say on the next page, and goes there.
func (c *Console) done(w http.ResponseWriter, r *http.Request, to, said string) {
	c.sessions.Put(r.Context(), "done", said)
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// form reads a posted form; where it cannot, it has answered already.
func (c *Console) form(w http.ResponseWriter, r *http.Request) bool {
	err := r.ParseForm()
	if err == nil {
		return true
	}
	if _, known := web.ProblemOf(err); !known {
		err = &web.Refusal{Why: "The form that was sent could not be read.", Mend: "Go back and send it again."}
	}
	c.pages.Fail(w, r, err)
	return false
}

func (c *Console) funcs() template.FuncMap {
	funcs := template.FuncMap{
		"left":      func(due time.Time) string { return web.DaysLeft(c.Now(), due) },
		"urgency":   func(due time.Time) string { return web.Urgency(c.Now(), due) },
		"whose":     whoseWords,
		"whoseTag":  whoseTag,
		"role":      roleWords,
		"short":     short,
		"mapKind":   func(k string) string { return cmp.Or(kindWords[k], k) },
		"mapOption": optionText,
		"signed":    func(d Draft) bool { return d.Approved != nil },
	}
	maps.Copy(funcs, benchFuncs())
	maps.Copy(funcs, workFuncs())
	maps.Copy(funcs, promiseFuncs())
	maps.Copy(funcs, noticeFuncs())
	return funcs
}

// short is enough of a fingerprint to compare by eye.
func short(s string) string {
	if len(s) > 16 {
		return s[:16] + "…"
	}
	return s
}
