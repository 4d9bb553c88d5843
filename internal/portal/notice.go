package portal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tenet/internal/web"
)

// Notices is the notice in other forms, and its history. A portal without one has
// neither.
type Notices interface {
	// Editions are the versions that were, are or will be in force, the latest first.
	Editions(ctx context.Context) ([]Edition, error)
	// Publish writes one of them in a form of [NoticeForms], with its fixed phrases in a
	// language; an empty version is the one in force. [web.ErrNotFound] if there is no such.
	Publish(ctx context.Context, w io.Writer, version, form, language string) (Edition, error)
	// Changes holds two of them against each other. An empty from is the one that to follows.
	// Where both are empty it is what changed last, or will change next; of a notice of one
	// version there is no From.
	Changes(ctx context.Context, from, to, language string) (EditionChanges, error)
}

// Edition is a version of the notice.
type Edition struct {
	Version string // its content hash
	From    time.Time
	Now     bool      // it is in force
	Coming  bool      // its day is still to come
	Told    time.Time // when the public could first read what this says of it
	// Withdrawn is when it was taken back before its day, after people had seen it; zero
	// otherwise.
	Withdrawn time.Time
	// Significant says that somebody found that people were to be told of what it changes.
	Significant bool
	// Before is the version that it follows; empty where it is the first.
	Before string
}

// Changes is where the version stands beside the one that it follows.
func (e Edition) Changes() string { return changesAt(e.Before, e.Version) }

// NoticeForms are the forms that the notice has beside the page: for paper, as text, for
// machines, and to be put in another page.
func NoticeForms() []string { return []string{"print", "pdf", "text", "json", "fragment"} }

var noticeTypes = map[string]string{
	"print": "text/html; charset=utf-8", "pdf": "application/pdf", "text": "text/plain; charset=utf-8", "json": "application/ld+json", "fragment": "text/html; charset=utf-8",
}

// noticePage is the page of the notice, and whether it has other forms and a page that
// says how it is kept.
type noticePage struct {
	Notice
	Forms   bool
	Board   bool
	Foreign string // the language of its words, where it is another than the page's
}

func (p *face) noticePage(n Notice) noticePage {
	page := noticePage{Notice: n, Forms: p.Notices != nil, Board: p.Promises != nil}
	if n.Language != p.words.language {
		page.Foreign = n.Language
	}
	return page
}

func (p *face) noticeRoutes(mux *http.ServeMux) {
	if p.Notices == nil {
		return
	}
	mux.HandleFunc("GET /notice/versions", p.editions)
	mux.HandleFunc("GET /notice/changes", p.changesPage)
	mux.HandleFunc("GET /notice/changes.json", p.changesJSON)
	mux.HandleFunc("GET /notice/feed.atom", p.feed)
	mux.HandleFunc("GET /notice/{form}", p.published)
	mux.HandleFunc("GET /notice/versions/{version}/{form}", p.published)
}

// editions is the history of the notice.
func (p *face) editions(w http.ResponseWriter, r *http.Request) {
	all, err := p.Notices.Editions(r.Context())
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	p.pages.Show(w, http.StatusOK, "editions", web.Page{
		Title: p.say("editions.title"), Back: "/notice", Main: all,
	})
}

// published is the notice in another form. What a version says never changes, so a copy of
// it may be kept for ever; of that in force a browser asks whether it still is.
func (p *face) published(w http.ResponseWriter, r *http.Request) {
	form, version := r.PathValue("form"), r.PathValue("version")
	if !slices.Contains(NoticeForms(), form) {
		p.pages.Problem(w, r, web.NotFound)
		return
	}
	lang := p.words.language
	if in := r.URL.Query().Get("in"); slices.Contains(languages, in) { // for a link that is to have one language, whoever follows it
		lang = in
	}
	var b bytes.Buffer
	e, err := p.Notices.Publish(r.Context(), &b, version, form, lang)
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	h := w.Header()
	sum := sha256.Sum256(b.Bytes())
	h.Set("ETag", strconv.Quote(base64.RawURLEncoding.EncodeToString(sum[:])))
	h.Set("Cache-Control", "no-cache")
	if version != "" {
		h.Set("Cache-Control", "public, max-age=86400")
	}
	h.Set("Content-Type", noticeTypes[form])
	h.Set("Tenet-Notice-Version", e.Version)
	switch form {
	case "print": // its own style, and nothing else
		if style, ok := between(b.Bytes(), "<style>", "</style>"); ok {
			sum := sha256.Sum256(style)
			h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		}
	case "fragment", "json": // made to be fetched by the landlord's own pages, and by anybody
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
}

func between(b []byte, from, to string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(b, []byte(from))
	inside, _, closed := bytes.Cut(rest, []byte(to))
	return inside, ok && closed
}
