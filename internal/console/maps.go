package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"

	"tenet/internal/web"
)

// Maps is the confirming of what Tenet made of each source, question by
// question. Answers are kept as they are given; the map is written once nothing
// is open.
type Maps interface {
	// Maps lists every source, and whether it has a map.
	Maps(ctx context.Context) ([]MapState, error)
	// Map is where the questions about one source stand. The first call for a source
	// begins to read it, and says so: Reading is true until that is done.
	Map(ctx context.Context, source string) (MapReview, error)
	// ReadAgain reads the source anew; answers stay.
	ReadAgain(ctx context.Context, source string) error
	// AnswerMap takes the answer to one question.
	AnswerMap(ctx context.Context, by Staff, source, question, answer string) error
	// AcceptMap takes everything that is open as proposed; what the program was not
	// sure of is not taken.
	AcceptMap(ctx context.Context, by Staff, source string) error
	// UndoMap takes back the last answer, and says of what kind it was; empty if
	// there is none.
	UndoMap(ctx context.Context, by Staff, source string) (string, error)
	// WriteMap writes the map.
	WriteMap(ctx context.Context, by Staff, source string) error
}

// MapState is whether a source has a map.
type MapState struct {
	Source   string
	Mapped   bool
	Answered int  // answers that wait to go into the map
	Reading  bool // it is being read now
}

// MapReview is where the questions about one source stand.
type MapReview struct {
	Source   string
	Reading  bool
	Failed   string // why it could not be read
	Answered int
	Open     []MapQuestion // the gravest first
	Problems []string      // what could not be read of it
}

// MapQuestion is one decision about a source's tables or columns.
type MapQuestion struct {
	ID       string
	Kind     string   // "people", "copies", "belongs", …
	Says     string   // in words
	Of       []string // tables, or table and column
	Why      []string // what speaks for it
	Proposed string
	Options  []string
}

// kindWords are what the kinds of question are called.
var kindWords = map[string]string{
	"people": "Who is in it", "copies": "Copies of tables", "belongs": "Whose rows are", "names": "People whom rows name",
	"special": "Sensitive data", "free-text": "Free text", "keeping": "How long it is kept", "left-out": "Left out", "question": "Not sure",
}

// optionWords are what answers are called; others stand as they are.
var optionWords = map[string]string{
	"yes": "Yes, as proposed", "no": "No", "leave-out": "Do not search them", "refers": "It only points there",
}

func optionText(o string) string {
	if words, ok := roles[o]; ok {
		return upperFirst(o) + ": " + words
	}
	return cmp.Or(optionWords[o], o)
}

type mapView struct {
	MapReview
	At    string
	Now   *MapQuestion // the one to answer
	Later string       // the address that leaves it for later
	Kinds []mapKind
}

type mapKind struct {
	web.Link
	Open int
}

// mapRoutes are there where the desk offers maps.
func (c *Console) mapRoutes() map[string]page {
	if c.Maps == nil {
		return nil
	}
	return map[string]page{
		"GET /maps":                  c.maps,
		"GET /maps/{source}":         c.mapPage,
		"POST /maps/{source}/answer": c.mapAnswer,
		"POST /maps/{source}/undo":   c.mapUndo,
		"POST /maps/{source}/accept": c.mapAccept,
		"POST /maps/{source}/write":  c.mapWrite,
		"POST /maps/{source}/read":   c.mapRead,
	}
}

func (c *Console) maps(w http.ResponseWriter, r *http.Request, staff Staff) {
	list, err := c.Maps.Maps(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "maps", "/maps", web.Page{Title: "Maps", Main: list})
}

func mapAt(source string) string { return "/maps/" + url.PathEscape(source) }

func (c *Console) mapPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	m, err := c.Maps.Map(r.Context(), r.PathValue("source"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v := mapView{MapReview: m, At: mapAt(m.Source)}
	if m.Reading {
		w.Header().Set("Refresh", "3")
	}
	chosen := r.URL.Query().Get("kind")
	count := map[string]int{}
	var kinds []string
	var of []MapQuestion
	for _, q := range m.Open {
		if count[q.Kind] == 0 {
			kinds = append(kinds, q.Kind)
		}
		count[q.Kind]++
		if chosen == "" || q.Kind == chosen {
			of = append(of, q)
		}
	}
	for _, k := range kinds {
		v.Kinds = append(v.Kinds, mapKind{web.Link{Text: cmp.Or(kindWords[k], k), Href: v.At + "?kind=" + url.QueryEscape(k), Current: k == chosen}, count[k]})
	}
	if len(of) > 0 {
		// Going on from one that was left for later; after the last comes the first.
		i := slices.IndexFunc(of, func(q MapQuestion) bool { return q.ID == r.URL.Query().Get("after") }) + 1
		v.Now = &of[i%len(of)]
		next := url.Values{"after": {v.Now.ID}}
		if chosen != "" {
			next.Set("kind", chosen)
		}
		if len(of) > 1 {
			v.Later = v.At + "?" + next.Encode()
		}
	}
	c.show(w, r, staff, "map", "/maps", web.Page{Title: "Map of " + m.Source, Main: v})
}

func (c *Console) mapAnswer(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	source := r.PathValue("source")
	if err := c.Maps.AnswerMap(r.Context(), staff, source, r.PostForm.Get("question"), r.PostForm.Get("answer")); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	to := mapAt(source)
	if kind := r.PostForm.Get("kind"); kind != "" {
		to += "?kind=" + url.QueryEscape(kind)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (c *Console) mapUndo(w http.ResponseWriter, r *http.Request, staff Staff) {
	source := r.PathValue("source")
	what, err := c.Maps.UndoMap(r.Context(), staff, source)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	said := "There was no answer to take back."
	if what != "" {
		said = "The last answer is taken back: " + cmp.Or(kindWords[what], what) + "."
	}
	c.done(w, r, mapAt(source), said)
}

func (c *Console) mapAccept(w http.ResponseWriter, r *http.Request, staff Staff) {
	source := r.PathValue("source")
	if err := c.Maps.AcceptMap(r.Context(), staff, source); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, mapAt(source), "All that was open is taken as proposed. What the program was not sure of is left out. You can still take it back.")
}

func (c *Console) mapWrite(w http.ResponseWriter, r *http.Request, staff Staff) {
	source := r.PathValue("source")
	if err := c.Maps.WriteMap(r.Context(), staff, source); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, "/maps", "The map of "+source+" is written. The index takes it up the next time it is built.")
}

func (c *Console) mapRead(w http.ResponseWriter, r *http.Request, _ Staff) {
	source := r.PathValue("source")
	if err := c.Maps.ReadAgain(r.Context(), source); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, mapAt(source), http.StatusSeeOther)
}
