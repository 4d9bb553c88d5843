package portal

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"time"

	"tenet/internal/web"
)

// EditionChanges is what one version of the notice changed against another.
type EditionChanges struct {
	From, To  Edition
	Means     []string // for people, a sentence each; those that are likely to matter most first
	Sentences []EditionSentence
	Same      int // sentences that do not differ
}

// EditionSentence is a sentence that was, and the one that is; either may be empty.
type EditionSentence struct {
	Promise string `json:"promise,omitempty"`
	Old     string `json:"old,omitempty"`
	New     string `json:"new,omitempty"`
}

// changesAt is where two versions stand beside each other.
func changesAt(from, to string) string {
	q := url.Values{}
	if from != "" {
		q.Set("from", from)
	}
	if to != "" {
		q.Set("to", to)
	}
	return "/notice/changes?" + q.Encode()
}

func (p *face) changes(w http.ResponseWriter, r *http.Request) (EditionChanges, bool) {
	q := r.URL.Query()
	c, err := p.Notices.Changes(r.Context(), q.Get("from"), q.Get("to"), p.words.language)
	if err != nil {
		p.pages.Fail(w, r, err)
		return c, false
	}
	w.Header().Set("Cache-Control", "no-cache")
	return c, true
}

// changesPage shows what a version changed, sentence by sentence.
func (p *face) changesPage(w http.ResponseWriter, r *http.Request) {
	if c, ok := p.changes(w, r); ok {
		p.pages.Show(w, http.StatusOK, "changes", web.Page{Title: p.say("changes.title"), Back: "/notice/versions", Main: c})
	}
}

// changesJSON is the same for machines.
func (p *face) changesJSON(w http.ResponseWriter, r *http.Request) {
	c, ok := p.changes(w, r)
	if !ok {
		return
	}
	type edition struct {
		Version     string `json:"version"`
		From        string `json:"effective"`
		Significant bool   `json:"significant"`
	}
	of := func(e Edition) *edition {
		if e.Version == "" {
			return nil // there is only one version
		}
		return &edition{e.Version, e.From.Format(time.DateOnly), e.Significant}
	}
	text, err := json.MarshalIndent(struct {
		From      *edition          `json:"from"`
		To        *edition          `json:"to"`
		Means     []string          `json:"means"`
		Sentences []EditionSentence `json:"sentences"`
		Same      int               `json:"same"`
	}{of(c.From), of(c.To), c.Means, c.Sentences, c.Same}, "", "  ")
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	if _, err := w.Write(append(text, '\n')); err != nil {
		p.Log.Error("a comparison of two versions broke off", "error", err)
	}
}

// The parts of an Atom feed (RFC 4287) that this one has.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  string      `xml:"author>name"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID       string         `xml:"id"`
		Title    string         `xml:"title"`
		Updated  string         `xml:"updated"`
		Links    []atomLink     `xml:"link"`
		Category []atomCategory `xml:"category"`
		Summary  string         `xml:"summary"`
	}
	atomCategory struct {
		Term string `xml:"term,attr"`
	}
)

// since leads to the day from which a version is, was or will be in force.
func (p *face) since(e Edition) string {
	if e.Coming || !e.Withdrawn.IsZero() {
		return p.say("notice.from")
	}
	return p.say("notice.since")
}

// mostEntries is how many versions the feed tells of.
const mostEntries = 20

// feed tells whoever follows it of each new version.
func (p *face) feed(w http.ResponseWriter, r *http.Request) {
	all, err := p.Notices.Editions(r.Context())
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	at := "http://" + r.Host
	if p.TLS {
		at = "https://" + r.Host
	}
	f := atomFeed{Lang: p.words.language, ID: "urn:tenet:notices", Title: p.Landlord.Name + ": " + p.say("editions.title"), Author: p.Landlord.Name,
		Links: []atomLink{{"self", at + "/notice/feed.atom"}, {"alternate", at + "/notice/versions"}}}
	for _, e := range all[:min(len(all), mostEntries)] {
		x := atomEntry{ID: "urn:tenet:notice:" + e.Version, Title: p.since(e) + " " + web.Date(e.From), Updated: e.Told.UTC().Format(time.RFC3339),
			Links: []atomLink{{"alternate", at + "/notice/versions/" + e.Version + "/print"}}}
		if !e.Withdrawn.IsZero() {
			x.Title += " (" + p.say("editions.withdrawn") + " " + web.Date(e.Withdrawn) + ")"
		}
		if e.Significant {
			x.Title += " (" + p.say("editions.significant") + ")"
			x.Category = []atomCategory{{"significant"}}
		}
		if e.Before != "" {
			c, err := p.Notices.Changes(r.Context(), e.Before, e.Version, p.words.language)
			if err != nil {
				p.pages.Fail(w, r, err)
				return
			}
			for _, line := range c.Means {
				x.Summary += line + "\n"
			}
			x.Links = append(x.Links, atomLink{"related", at + e.Changes()})
		}
		f.Updated = max(f.Updated, x.Updated)
		f.Entries = append(f.Entries, x)
	}
	text, err := xml.MarshalIndent(f, "", "  ")
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	if _, err := w.Write(append([]byte(xml.Header), text...)); err != nil {
		p.Log.Error("the feed of versions broke off", "error", err)
	}
}
