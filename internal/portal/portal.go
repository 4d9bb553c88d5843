package portal

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"tenet/internal/web"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what a portal is made of. Landlord, Desk and Log must be there.
type Config struct {
	Landlord web.Landlord
	Desk     Desk
	Log      *slog.Logger
	// Sessions keeps half-filled forms; nil keeps them in memory (see web.SessionConfig).
	Sessions scs.Store
	// TLS says that people reach the portal over TLS.
	TLS bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// RemoteHost is the address to count tries by; nil takes the connection's
	// own, which behind a proxy is the proxy's.
	RemoteHost func(*http.Request) string
}

// Portal is the public's face. It is an [http.Handler].
type Portal struct {
	Config
	pages    *web.Pages
	sessions *scs.SessionManager
	sends    *web.Limiter // new requests
	opens    *web.Limiter // tries at a reference and its code
	handler  http.Handler
}

// New makes a portal. It fails only where its own templates do.
func New(cfg Config) (*Portal, error) {
	if cfg.Desk == nil || cfg.Log == nil {
		return nil, errors.New("portal: a desk and a log are needed")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.RemoteHost == nil {
		cfg.RemoteHost = web.RemoteHost
	}
	p := &Portal{
		Config: cfg,
		sends:  web.NewLimiter(time.Minute, 10, cfg.Now),
		opens:  web.NewLimiter(20*time.Second, 10, cfg.Now),
	}
	assets := web.NewAssets()
	site := web.Site{
		Landlord: cfg.Landlord, Service: "Your information", Home: "/",
		Links: []web.Link{{Text: "Privacy notice", Href: "/notice"}, {Text: "Contact us", Href: "/contact"}, {Text: "Cookies", Href: "/cookies"}},
	}
	pages, err := web.NewPages(site, assets, cfg.Log, templates, template.FuncMap{
		"left": func(due time.Time) string { return web.DaysLeft(cfg.Now(), due) },
	})
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	p.pages = pages
	p.sessions = web.NewSessions(web.SessionConfig{
		Name: "tenet-form", Idle: 30 * time.Minute, Life: 4 * time.Hour,
		Store: cfg.Sessions, TLS: cfg.TLS, SameSite: http.SameSiteLaxMode, OnError: pages.Fail,
	})
	guard := web.Guard{Pages: pages, Assets: assets, Log: cfg.Log, TLS: cfg.TLS}
	p.handler = guard.Wrap(p.sessions.LoadAndSave(p.routes()))
	return p, nil
}

func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

func (p *Portal) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.public("start", "Your information"))
	mux.HandleFunc("GET /contact", p.public("contact", "Contact us"))
	mux.HandleFunc("GET /cookies", p.public("cookies", "Cookies"))
	mux.HandleFunc("GET /notice", p.notice)

	mux.HandleFunc("GET /request", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/request/what", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /request/{step}", p.ask)
	mux.HandleFunc("POST /request/{step}", p.answer)
	mux.HandleFunc("GET /request/check", p.check)
	mux.HandleFunc("POST /request/check", p.send)
	mux.HandleFunc("GET /request/sent", p.sent)
	mux.HandleFunc("POST /finish", p.finish)

	mux.HandleFunc("GET /follow", p.followPage)
	mux.HandleFunc("POST /follow", p.follow)
	mux.HandleFunc("GET /follow/request", p.progress)
	mux.HandleFunc("POST /follow/collect", p.collect)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { p.pages.Problem(w, r, web.NotFound) })
	return mux
}

// public shows a page that is the same for everyone.
func (p *Portal) public(name, title string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		p.pages.Show(w, http.StatusOK, name, web.Page{Title: title})
	}
}

func (p *Portal) notice(w http.ResponseWriter, r *http.Request) {
	n, err := p.Desk.Notice(r.Context())
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	p.pages.Show(w, http.StatusOK, "notice", web.Page{Title: n.Title, Main: n})
}

// form reads a posted form; where it cannot, it has answered already.
func (p *Portal) form(w http.ResponseWriter, r *http.Request) bool {
	err := r.ParseForm()
	if err == nil {
		return true
	}
	if _, known := web.ProblemOf(err); !known {
		err = &web.Refusal{Why: "The form that was sent could not be read.", Mend: "Go back and send it again."}
	}
	p.pages.Fail(w, r, err)
	return false
}

// show writes a page with a form on it: 422 where there is something to mend.
func (p *Portal) show(w http.ResponseWriter, name string, page web.Page) {
	status := http.StatusOK
	if len(page.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	p.pages.Show(w, status, name, page)
}
