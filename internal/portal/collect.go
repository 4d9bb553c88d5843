package portal

import (
	"context"
	"encoding/hex"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tenet/internal/web"
)

// Collector hands answers over to those who show that they are theirs. An error that is
// [ErrNotOpened] is all that is ever said of what went wrong; any other is our fault.
type Collector interface {
	// Digest is what is kept of a link's token. It looks nothing up.
	Digest(token string) [32]byte
	// AskCode has a code sent for what somebody came to, if anything may be sent.
	AskCode(ctx context.Context, at LinkAt) error
	// Prove takes a code, and gives a secret by which the same person is known from then on.
	Prove(ctx context.Context, at LinkAt, code string) (holder string, err error)
	// Unlock takes the words that were told by another way.
	Unlock(ctx context.Context, at LinkAt, holder, words string) error
	// Fetch begins the one handing over. It is over when End was called.
	Fetch(ctx context.Context, at LinkAt, holder string) (Handing, error)
}

// LinkAt is what somebody comes with: the digest of a link's token, or the reference of a
// request whose code they have given.
type LinkAt struct {
	Token     [32]byte
	Reference string
}

// Handing is an answer that goes out.
type Handing struct {
	Name  string
	Bytes []byte // a zip archive
	// Going says that it is still going out; End how many bytes did, once.
	Going func(context.Context) error
	End   func(ctx context.Context, sent int64) error
}

// ErrNotOpened says that nothing opens, whatever the cause.
var ErrNotOpened = errors.New("nothing opens with that")

// What a session knows of a download.
const (
	keyLink   = "link"   // what was come with: "t" and a digest, or "r" and a reference
	keyHolder = "holder" // the secret of whoever gave the code
	keyWords  = "words"  // the words were given too
)

const (
	usualBeat = 400 * time.Millisecond
	// Of a download: how much is written at once, how long that may take, how often it is
	// said that it goes on, and how long it may take in all.
	chunk     = 64 << 10
	patience  = time.Minute
	saysEvery = 30 * time.Second
	longest   = time.Hour
)

func (p *face) collectRoutes(mux *http.ServeMux) {
	if p.Collector == nil {
		return
	}
	mux.HandleFunc("GET /collect/{token}", p.collectPage)
	mux.HandleFunc("POST /collect", p.askCode)
	mux.HandleFunc("GET /collect/code", p.collectCodePage)
	mux.HandleFunc("POST /collect/code", p.giveCode)
	mux.HandleFunc("GET /collect/words", p.collectWordsPage)
	mux.HandleFunc("POST /collect/words", p.giveWords)
	mux.HandleFunc("GET /collect/file", p.collectFilePage)
	mux.HandleFunc("POST /collect/file", p.fetch)
}

// evenly waits until the time since a try began is a whole number of beats, so that it
// does not tell a link that there is from one that there is not.
func (p *Portal) evenly(ctx context.Context, began time.Time) {
	left := p.Beat - time.Since(began)%p.Beat
	select {
	case <-time.After(left):
	case <-ctx.Done():
	}
}

// collectPage is what a link leads to. It is the same whatever the link: whoever opens
// it, a mail scanner too, learns nothing and changes nothing.
func (p *face) collectPage(w http.ResponseWriter, r *http.Request) {
	p.show(w, "collect", web.Page{Title: p.say("collect.title"), Main: clipped(r.PathValue("token")), Exit: true})
}

// clipped is what somebody typed or followed, no longer than anything that could be right.
func clipped(s string) string {
	if s = valid(s); len(s) > 100 {
		s = s[:100]
	}
	return s
}

// askCode begins a download, or asks for another code for the one that was begun.
func (p *face) askCode(w http.ResponseWriter, r *http.Request) {
	if !p.form(w, r) {
		return
	}
	ctx := r.Context()
	link := p.sessions.GetString(ctx, keyLink)
	if token := clipped(r.PostForm.Get("token")); token != "" {
		sum := p.Collector.Digest(token)
		link = "t" + hex.EncodeToString(sum[:])
	} else if r.PostForm.Has("follow") {
		reference, ok := p.opened(w, r)
		if !ok {
			return
		}
		link = "r" + reference
	}
	if link == "" {
		http.Redirect(w, r, "/follow", http.StatusSeeOther)
		return
	}
	if !p.opens.Allow("from "+p.RemoteHost(r), "link "+link) {
		p.pages.Problem(w, r, web.TooMany)
		return
	}
	if err := p.sessions.RenewToken(ctx); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	p.sessions.Put(ctx, keyLink, link)
	p.sessions.Remove(ctx, keyHolder)
	p.sessions.Remove(ctx, keyWords)
	began := time.Now()
	err := p.Collector.AskCode(ctx, linkAt(link))
	p.evenly(ctx, began)
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/collect/code", http.StatusSeeOther)
}

// linkAt is what a session has of a link.
func linkAt(link string) LinkAt {
	var at LinkAt
	if rest, ok := strings.CutPrefix(link, "r"); ok {
		at.Reference = rest
		return at
	}
	sum, _ := hex.DecodeString(strings.TrimPrefix(link, "t")) // we wrote it
	copy(at.Token[:], sum)
	return at
}

// begun is the link of the download that this browser has begun, and who holds it; where
// that is not so it has answered already.
func (p *face) begun(w http.ResponseWriter, r *http.Request, proved bool) (at LinkAt, holder string, ok bool) {
	link := p.sessions.GetString(r.Context(), keyLink)
	holder = p.sessions.GetString(r.Context(), keyHolder)
	switch {
	case link == "":
		http.Redirect(w, r, "/follow", http.StatusSeeOther)
	case proved && holder == "":
		http.Redirect(w, r, "/collect/code", http.StatusSeeOther)
	default:
		return linkAt(link), holder, true
	}
	return at, "", false
}

func (p *face) collectCodePage(w http.ResponseWriter, r *http.Request) {
	if _, _, ok := p.begun(w, r, false); ok {
		p.show(w, "collect-code", web.Page{Title: p.say("collect.code.title"), Exit: true})
	}
}

func (p *face) giveCode(w http.ResponseWriter, r *http.Request) {
	p.give(w, r, theCode, func(ctx context.Context, at LinkAt, _, code string) error {
		holder, err := p.Collector.Prove(ctx, at, code)
		if err == nil {
			err = p.sessions.RenewToken(ctx)
		}
		if err == nil {
			p.sessions.Put(ctx, keyHolder, holder)
		}
		return err
	})
}

func (p *face) collectWordsPage(w http.ResponseWriter, r *http.Request) {
	if _, _, ok := p.begun(w, r, true); ok {
		p.show(w, "collect-words", web.Page{Title: p.say("collect.words.title"), Exit: true})
	}
}

func (p *face) giveWords(w http.ResponseWriter, r *http.Request) {
	p.give(w, r, theWords, func(ctx context.Context, at LinkAt, holder, words string) error {
		err := p.Collector.Unlock(ctx, at, holder, words)
		if err == nil {
			p.sessions.Put(ctx, keyWords, true)
		}
		return err
	})
}

// secret is one of the two that open an answer, each typed into a page of its own.
type secret struct {
	field, page, title string
	empty, wrong       string // what is said of it
	after              bool   // asked for once the other is given
	next               string
}

var (
	theCode  = secret{field: "code", page: "collect-code", title: "collect.code.title", empty: "collect.code.empty", wrong: "collect.code.wrong", next: "/collect/words"}
	theWords = secret{field: "words", page: "collect-words", title: "collect.words.title", empty: "collect.words.empty", wrong: "collect.words.wrong", after: true, next: "/collect/file"}
)

// give takes a secret. It is tried as seldom as both together may be, and what is wrong
// takes as long as what is right.
func (p *face) give(w http.ResponseWriter, r *http.Request, s secret, try func(ctx context.Context, at LinkAt, holder, said string) error) {
	at, holder, ok := p.begun(w, r, s.after)
	if !ok || !p.form(w, r) {
		return
	}
	ctx := r.Context()
	said := clipped(r.PostForm.Get(s.field))
	wrong := func(key string) {
		p.show(w, s.page, web.Page{Title: p.say(s.title), Exit: true, Errors: web.Errors{{Field: s.field, Text: p.say(key)}}})
	}
	if strings.TrimSpace(said) == "" {
		wrong(s.empty)
		return
	}
	if !p.opens.Allow("from "+p.RemoteHost(r), "link "+p.sessions.GetString(ctx, keyLink)) {
		p.pages.Problem(w, r, web.TooMany)
		return
	}
	began := time.Now()
	err := try(ctx, at, holder, said)
	p.evenly(ctx, began)
	switch {
	case errors.Is(err, ErrNotOpened):
		wrong(s.wrong)
	case err != nil:
		p.pages.Fail(w, r, err)
	default:
		http.Redirect(w, r, s.next, http.StatusSeeOther)
	}
}

func (p *face) collectFilePage(w http.ResponseWriter, r *http.Request) {
	if _, _, ok := p.begun(w, r, true); !ok {
		return
	}
	if !p.sessions.GetBool(r.Context(), keyWords) {
		http.Redirect(w, r, "/collect/words", http.StatusSeeOther)
		return
	}
	p.show(w, "collect-file", web.Page{Title: p.say("collect.file.title"), Exit: true})
}

// fetch sends the answer, whole, whatever part of it was asked for: a part that counted
// for nothing would make one download many.
func (p *face) fetch(w http.ResponseWriter, r *http.Request) {
	at, holder, ok := p.begun(w, r, true)
	if !ok {
		return
	}
	h, err := p.Collector.Fetch(r.Context(), at, holder)
	if errors.Is(err, ErrNotOpened) {
		p.pages.Problem(w, r, web.Problem{Status: http.StatusGone, Title: p.say("collect.gone.title"), Why: p.say("collect.gone.why"), Mend: p.say("collect.gone.mend"),
			Links: []web.Link{{Text: p.say("contact.link"), Href: "/contact"}}})
		return
	}
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/zip")
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": h.Name}))
	header.Set("Content-Length", strconv.Itoa(len(h.Bytes)))
	header.Set("Accept-Ranges", "none")
	header.Set("X-Accel-Buffering", "no") // a proxy that keeps it has it in the clear, and is not the person
	sent := p.stream(w, r, h)
	// It is recorded how far it came whether or not anybody waits for the end.
	last, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), patience)
	defer cancel()
	if err := h.End(last, sent); err != nil {
		p.Log.Error("it was not recorded how far a download came", "error", err)
	}
	if sent != int64(len(h.Bytes)) {
		p.Log.Info("a download broke off", "bytes", sent, "of", len(h.Bytes))
		panic(http.ErrAbortHandler) // so that nobody takes a part for the whole
	}
}

// stream writes an answer in pieces, each in its time, and says how many bytes the
// network took.
func (p *face) stream(w http.ResponseWriter, r *http.Request, h Handing) (sent int64) {
	to := http.NewResponseController(w)
	began := time.Now()
	said := began
	for left := h.Bytes; ; {
		now := time.Now()
		if r.Context().Err() != nil || now.Sub(began) > longest {
			return sent
		}
		if now.Sub(said) > saysEvery {
			if err := h.Going(r.Context()); err != nil {
				p.Log.Warn("it was not recorded that a download goes on", "error", err)
			}
			said = now
		}
		// A server that cannot be told has a time for the whole of it.
		if err := to.SetWriteDeadline(now.Add(patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return sent
		}
		piece := left[:min(chunk, len(left))]
		if len(piece) == 0 {
			return sent
		}
		n, err := w.Write(piece)
		if err == nil {
			err = to.Flush()
		}
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			return sent
		}
		sent, left = sent+int64(n), left[n:]
	}
}
