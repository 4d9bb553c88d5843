package portal

import (
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
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
	Notices  Notices // the notice's other forms and its history; nil has neither
	Scope    Scope   // what the notice covers, and the terms of its sites; nil has no page of it
	// Collector hands answers over to those who prove who they are; nil leaves its pages out.
	Collector Collector
	// Beat is what the time of each try at a link is rounded up to; 0 is 400 ms.
	Beat time.Duration
	// Promises is how the notice is kept; nil leaves its page out.
	Promises Promises
	// Reports is where something wrong is reported; nil leaves its pages out.
	Reports Reports
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

// Portal is the public's face, in each of its languages. It is an [http.Handler].
type Portal struct {
	Config
	sessions *scs.SessionManager
	sends    *web.Limiter // new requests, and forms that are kept for later
	opens    *web.Limiter // tries at a reference and its code
	writes   *web.Limiter // messages and papers, by case
	faces    map[string]*face
}

// face is the portal in one language.
type face struct {
	*Portal
	*words
	pages   *web.Pages
	handler http.Handler
}

// outside is where someone goes who leaves quickly: a page that anybody may look at.
const outside = "https://www.bbc.co.uk/weather"

// New makes a portal. It fails only where its own templates or words do.
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
	if cfg.Beat == 0 {
		cfg.Beat = usualBeat
	}
	if cfg.Sessions == nil {
		cfg.Sessions = web.NewMemory(10_000, time.Now) // as the sessions count, which know no other clock
	}
	p := &Portal{
		Config: cfg, faces: map[string]*face{},
		sends:  web.NewLimiter(time.Minute, 10, cfg.Now),
		opens:  web.NewLimiter(20*time.Second, 10, cfg.Now),
		writes: web.NewLimiter(30*time.Second, 10, cfg.Now),
	}
	assets := web.NewAssets()
	for _, lang := range languages {
		w, err := readWords(lang)
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		p.faces[lang] = &face{Portal: p, words: w}
	}
	for i, lang := range languages {
		f, english := p.faces[lang], p.faces[languages[0]].words
		for key, text := range english.texts {
			f.english[text] = f.texts[key]
		}
		next := p.faces[languages[(i+1)%len(languages)]].words
		site := web.Site{
			Landlord: cfg.Landlord, Service: f.say("service"), Home: "/",
			Links: []web.Link{{Text: f.say("notice.link"), Href: "/notice"}, {Text: f.say("contact.link"), Href: "/contact"}, {Text: f.say("cookies.link"), Href: "/cookies"}},
			Other: &web.Language{Tag: next.language, Text: next.say("language"), Href: "?lang=" + next.language},
		}
		if cfg.Scope != nil {
			site.Links = append(site.Links, web.Link{Text: f.say("terms.link"), Href: termsAt})
		}
		if cfg.Reports != nil {
			site.Links = append(site.Links, web.Link{Text: f.say("report.link"), Href: "/report"})
		}
		var err error
		if f.pages, err = web.NewPages(site, assets, cfg.Log, templates, f.funcs(cfg.Now)); err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
	}
	p.sessions = web.NewSessions(web.SessionConfig{
		Name: "tenet-form", Idle: 30 * time.Minute, Life: 4 * time.Hour,
		Store: cfg.Sessions, TLS: cfg.TLS, SameSite: http.SameSiteLaxMode,
		OnError: func(w http.ResponseWriter, r *http.Request, err error) { p.faces[p.language(r)].pages.Fail(w, r, err) },
	})
	for _, f := range p.faces {
		guard := web.Guard{Pages: f.pages, Assets: assets, Log: cfg.Log, TLS: cfg.TLS, BodyOf: func(r *http.Request) int64 {
			if r.URL.Path == "/follow/file" {
				return maxUpload + 64<<10
			}
			return 0
		}}
		f.handler = web.Displays{TLS: cfg.TLS}.Wrap(guard.Wrap(p.sessions.LoadAndSave(f.routes())))
	}
	return p, nil
}

func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.RawQuery != "" && p.choose(w, r) {
		return
	}
	if p.shutOut(w, r) {
		return
	}
	f := p.faces[p.language(r)]
	if !strings.HasPrefix(r.URL.Path, "/assets/") {
		w.Header().Set("Content-Language", f.words.language)
		w.Header().Add("Vary", "Accept-Language, Cookie")
	}
	f.handler.ServeHTTP(w, r)
}

func (p *face) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.public("start", "start.title"))
	mux.HandleFunc("GET /contact", p.public("contact", "contact.title"))
	mux.HandleFunc("GET /cookies", p.public("cookies", "cookies.title"))
	mux.HandleFunc("GET /notice", p.notice)
	p.noticeRoutes(mux)
	p.reportRoutes(mux)
	p.promiseRoutes(mux)
	p.termsRoutes(mux)

	mux.HandleFunc("GET /request", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/request/what", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /request/{step}", p.ask)
	mux.HandleFunc("POST /request/{step}", p.answer)
	mux.HandleFunc("GET /request/unsure", p.unsure)
	mux.HandleFunc("POST /request/unsure", p.suggest)
	mux.HandleFunc("GET /request/check", p.check)
	mux.HandleFunc("POST /request/check", p.send)
	mux.HandleFunc("GET /request/sent", p.sent)
	mux.HandleFunc("GET /request/save", p.savePage)
	mux.HandleFunc("POST /request/save", p.save)
	mux.HandleFunc("GET /request/return", p.returnPage)
	mux.HandleFunc("POST /request/return", p.returns)
	mux.HandleFunc("POST /finish", p.finish)
	mux.HandleFunc("GET /leave", p.leave)

	mux.HandleFunc("GET /follow", p.followPage)
	mux.HandleFunc("POST /follow", p.follow)
	mux.HandleFunc("GET /follow/request", p.progress)
	mux.HandleFunc("POST /follow/collect", p.collect)
	p.collectRoutes(mux)
	mux.HandleFunc("GET /follow/write", p.writePage)
	mux.HandleFunc("POST /follow/write", p.write)
	mux.HandleFunc("GET /follow/file", p.filePage)
	mux.HandleFunc("POST /follow/file", p.file)
	mux.HandleFunc("GET /follow/complain", p.complainPage)
	mux.HandleFunc("POST /follow/complain", p.complain)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { p.pages.Problem(w, r, web.NotFound) })
	return mux
}

// public shows a page that is the same for everyone.
func (p *face) public(name, title string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		p.pages.Show(w, http.StatusOK, name, web.Page{Title: p.say(title)})
	}
}

func (p *face) notice(w http.ResponseWriter, r *http.Request) {
	n, err := p.Desk.Notice(r.Context(), p.words.language)
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	p.pages.Show(w, http.StatusOK, "notice", web.Page{Title: n.Title, Main: p.noticePage(n)})
}

// form reads a posted form; where it cannot, it has answered already.
func (p *face) form(w http.ResponseWriter, r *http.Request) bool {
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
func (p *face) show(w http.ResponseWriter, name string, page web.Page) {
	status := http.StatusOK
	if len(page.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	p.pages.Show(w, status, name, page)
}

// leave forgets what this browser's session holds, and goes where anybody may be seen.
func (p *face) leave(w http.ResponseWriter, r *http.Request) {
	if err := p.sessions.Destroy(r.Context()); err != nil {
		p.Log.Error("a session could not be forgotten", "error", err)
	}
	http.Redirect(w, r, outside, http.StatusSeeOther)
}
