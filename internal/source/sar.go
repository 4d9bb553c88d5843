package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"tenet/internal/rows"
)

// sar is a service that is asked over HTTP about one person at a time: GET with the
// person's id as a parameter, answered 200 with {"content": ..., "attachments": [...]}, 204
// where it holds nothing, 209 where it does not know this kind of id. It is the
// contract that services of HM Prison and Probation Service keep for subject access requests.
type sar struct {
	base
	at      sarURL
	client  *http.Client
	limiter *rate.Limiter
	circuit circuit
	known   answers
	schema  *rows.Schema

	life  context.Context // until Close
	end   context.CancelFunc
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
}

// ErrAsked is wrapped where a table is read that can only be asked about one
// person: see rows.Table.Asked.
var ErrAsked = errors.New("this system answers about one person at a time, and cannot be read through")

// Standing is what a service that is asked about one person says of an id.
type Standing int

// What it may say. It was not asked, or did not answer, where there is an error.
const (
	Held        Standing = iota + 1 // it holds something about the person
	NothingHeld                     // it knows this kind of id, and holds nothing about this one
	IDUnknown                       // it does not know this kind of id: it has not looked
)

// String is the standing in words.
func (s Standing) String() string {
	switch s {
	case Held:
		return "something is held"
	case NothingHeld:
		return "nothing is held"
	case IDUnknown:
		return "this kind of id is not known there"
	}
	return "not asked"
}

// Asker is what a Source is as well if its tables can only be asked about one
// person. A search that wants to say what it covered needs the difference between nothing
// held and not looked for, which rows alone do not show.
type Asker interface {
	// Ask has the service's word on an id. Lookups of the same id soon before or after
	// share one call with it.
	Ask(ctx context.Context, id string) (Standing, error)
}

const (
	subjectTable = "subject"
	recordTable  = "record"
)

func newSAR(b base, rest string) (Source, error) {
	at, err := readSARURL(rest)
	if err != nil {
		return nil, b.fail("", "opening", err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = at.tls
	transport.MaxResponseHeaderBytes = 256 << 10
	s := &sar{base: b, at: at, schema: sarSchema(b.name),
		client:  &http.Client{Transport: transport, CheckRedirect: stayAtOrigin},
		limiter: rate.NewLimiter(at.rate, 1),
		now:     time.Now, sleep: sleep,
	}
	s.life, s.end = context.WithCancel(context.Background())
	s.known.live = map[string]*asked{}
	return s, nil
}

func sarSchema(name string) *rows.Schema {
	table := func(name, comment string, key []string, more ...string) rows.Table {
		t := rows.Table{Name: name, Comment: comment, Key: key, Indexed: []string{"id"}, Asked: []string{"id"}, Estimate: -1}
		for _, c := range key {
			t.Columns = append(t.Columns, rows.Column{Name: c, Type: "text", Kind: rows.Text})
		}
		for _, c := range more {
			t.Columns = append(t.Columns, rows.Column{Name: c, Type: "text", Kind: rows.Text, Nullable: true})
		}
		if name != subjectTable {
			t.Foreign = []rows.Foreign{{Columns: []string{"id"}, Table: subjectTable, References: []string{"id"}}}
		}
		return t
	}
	return &rows.Schema{Source: name, Engine: "sar", Tables: []rows.Table{
		table(subjectTable, "people about whom the service holds something, by the id it was asked for", []string{"id"}),
		table(recordTable, "what the service holds about a person, one row for each thing in a list; part is its JSON pointer in the answer", []string{"id", "part"}, "heading", "text"),
		table(attachmentTable, "documents that come with an answer", []string{"id", "number"}, "name", "filename", "content_type", "size", "text"),
	}}
}

func (s *sar) Schema(context.Context) (*rows.Schema, error) { return s.schema, nil }

// Fingerprint is empty: nothing can be told without naming a person.
func (s *sar) Fingerprint(_ context.Context, table string) (string, error) {
	if s.schema.Table(table) == nil {
		return "", s.fail(table, "fingerprinting", ErrNoTable)
	}
	return "", nil
}

func (s *sar) Close() error {
	s.end()
	s.client.CloseIdleConnections()
	s.known.forget()
	return nil
}

// Scan always fails: with ErrAsked, or ErrNoTable.
func (s *sar) Scan(_ context.Context, table string, _ ScanOptions) iter.Seq2[rows.Row, error] {
	if s.schema.Table(table) == nil {
		return one(s.fail(table, "reading", ErrNoTable))
	}
	return one(s.unasked(table, "reading"))
}

func (s *sar) unasked(table, doing string) *Error {
	e := s.fail(table, doing, ErrAsked)
	e.Mend = "look it up by id"
	return e
}

func (s *sar) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	t := s.schema.Table(table)
	if t == nil {
		return one(s.fail(table, "looking up", ErrNoTable))
	}
	if err := checkWhere(t, where); err != nil {
		return one(s.fail(table, "looking up", err))
	}
	var id *rows.Value
	for _, m := range where {
		if m.Column == "id" {
			id = &m.Value
		}
	}
	if id == nil {
		return one(s.unasked(table, "looking up"))
	}
	return func(yield func(rows.Row, error) bool) {
		if id.Empty() || len(id.Text) > idLimit {
			return // no person has such an id, and the service need not hear of it
		}
		a, err := s.ask(ctx, table, id.Text)
		if err != nil {
			yield(rows.Row{}, err)
			return
		}
		for r := range s.rowsOf(ctx, t, id.Text, a, where) {
			if ctx.Err() != nil {
				yield(rows.Row{}, s.fail(table, "looking up", ctx.Err()))
				return
			}
			if !matches(r, where) {
				continue
			}
			s.reportLost(r)
			if !yield(r, nil) {
				return
			}
		}
	}
}

// rowsOf are the rows of an answer in one table. Attachments are fetched as they are
// come to, and only if the conditions do not rule them out.
func (s *sar) rowsOf(ctx context.Context, t *rows.Table, id string, a *answer, where []rows.Match) iter.Seq[rows.Row] {
	row := func(values ...rows.Value) rows.Row {
		return rows.Row{Table: t, Key: t.Key, Values: append([]rows.Value{{Text: id}}, values...)}
	}
	return func(yield func(rows.Row) bool) {
		switch {
		case a.standing != Held:
		case t.Name == subjectTable:
			yield(row())
		case t.Name == recordTable:
			for _, r := range a.records {
				if !yield(row(rows.Value{Text: r.part}, s.text(r.heading), s.text(r.text))) {
					return
				}
			}
		default:
			for _, at := range a.attachments {
				r := row(rows.Value{Text: at.number}, s.optional(at.name), s.optional(at.filename), s.optional(at.contentType), s.optional(at.size), rows.Value{Null: true})
				if matches(r, withoutColumn(where, "text")) {
					r.Values[len(r.Values)-1] = s.attachmentText(ctx, r, at)
				}
				if !yield(r) {
					return
				}
			}
		}
	}
}

func withoutColumn(where []rows.Match, column string) []rows.Match {
	var out []rows.Match
	for _, m := range where {
		if m.Column != column {
			out = append(out, m)
		}
	}
	return out
}

// Ask is what makes the source an Asker.
func (s *sar) Ask(ctx context.Context, id string) (Standing, error) {
	if strings.TrimSpace(id) == "" {
		return 0, s.unasked("", "asking")
	}
	a, err := s.ask(ctx, "", id)
	if err != nil {
		return 0, err
	}
	return a.standing, nil
}

// ask has the answer about an id: the one of a moment ago, or a new one.
func (s *sar) ask(ctx context.Context, table, id string) (*answer, error) {
	a, err := s.known.get(ctx, id, s.now, func() (*answer, error) { return s.fetch(ctx, id) })
	if err != nil {
		e := s.fail(table, "asking", err)
		e.Mend = mendCall(err)
		return nil, e
	}
	return a, nil
}

// fetch calls the service about an id.
func (s *sar) fetch(ctx context.Context, id string) (*answer, error) {
	leave, err := s.circuit.enter(s.now())
	if err != nil {
		return nil, err
	}
	u := *s.at.base
	q := url.Values{s.at.ask: {id}}
	if s.at.from != "" {
		q.Set("fromDate", s.at.from)
	}
	if s.at.to != "" {
		q.Set("toDate", s.at.to)
	}
	u.RawQuery = q.Encode()
	var a *answer
	err = s.call(ctx, http.MethodGet, &u, "application/json", func(r *http.Response) (err error) {
		a, err = s.read(r)
		return err
	})
	leave(s.now(), err, ctx.Err() != nil)
	if err != nil {
		return nil, err
	}
	if a.standing == IDUnknown {
		s.report(Problem{Why: fmt.Sprintf("the service does not know the kind of id that %q is, and has not looked for the person", s.at.ask),
			Mend: "ask it by another kind of id: ask=NAME in the source's URL"})
	}
	return a, nil
}

// read makes an answer of a response.
func (s *sar) read(r *http.Response) (*answer, error) {
	switch r.StatusCode {
	case http.StatusOK:
	case http.StatusNoContent:
		return &answer{standing: NothingHeld}, nil
	case 209: // of no standard, but of the contract
		return &answer{standing: IDUnknown}, nil
	default:
		return nil, refusal(r, s.now())
	}
	if t := r.Header.Get("Content-Type"); t != "" && !isJSON(t) {
		return nil, fmt.Errorf("%w: its content type is %q and not JSON", ErrAnswer, cut(t, 100))
	}
	limits := s.opts.Limits.Document
	body := &bounded{r: r.Body, left: orDefault(limits.Bytes, 64<<20)}
	a, err := readAnswer(body, int(orDefault(limits.Text, 64<<20)))
	switch {
	case body.left < 0:
		return nil, fmt.Errorf("%w: it is longer than the limit of %s bytes", ErrAnswer, thousands(orDefault(limits.Bytes, 64<<20)))
	case body.err != nil:
		return nil, &tryAgain{err: fmt.Errorf("%w: the answer was cut off: %w", ErrUnreachable, body.err)}
	}
	return a, err
}

func isJSON(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && (t == "application/json" || strings.HasPrefix(t, "application/") && strings.HasSuffix(t, "+json"))
}

// attachmentText fetches an attachment and takes out its text, or says why there is
// none.
func (s *sar) attachmentText(ctx context.Context, r rows.Row, at attached) rows.Value {
	if at.url == "" {
		return rows.Value{Lost: "the service gives no address for it"}
	}
	u, err := s.at.base.Parse(at.url)
	switch {
	case err != nil:
		return rows.Value{Lost: "its address cannot be read"}
	case u.User != nil || !s.at.mayFetch(u):
		return rows.Value{Lost: fmt.Sprintf("not fetched: it stands at %s, and not where the service is; attachments=HOST in the source's URL allows that", origin(u))}
	}
	limit := orDefault(s.opts.Limits.Document.Bytes, 64<<20)
	var data []byte
	err = s.call(ctx, http.MethodGet, u, "*/*", func(res *http.Response) error {
		if res.StatusCode != http.StatusOK {
			return refusal(res, s.now())
		}
		body := &bounded{r: res.Body, left: limit + 1}
		var b bytes.Buffer
		if _, err := b.ReadFrom(body); err != nil && body.left >= 0 {
			return &tryAgain{err: fmt.Errorf("%w: cut off: %w", ErrUnreachable, err)}
		}
		data = b.Bytes()
		return nil
	})
	if err != nil {
		return rows.Value{Lost: "cannot be fetched: " + err.Error()}
	}
	name := at.filename
	if name == "" {
		name = at.name
	}
	return s.documentText(ctx, bytes.NewReader(data), name, at.contentType, s.tell(r, "text"))
}

// Check calls the service's health endpoint; nobody is named to it.
func (s *sar) Check(ctx context.Context) (Health, error) {
	h := Health{Engine: "subject access service", Tables: len(s.schema.Tables), ReadOnly: true}
	method := http.MethodGet
	if s.at.head {
		method = http.MethodHead
	}
	err := s.call(ctx, method, s.at.health, "*/*", func(r *http.Response) error {
		if s.at.head && r.StatusCode < 500 && r.StatusCode != http.StatusUnauthorized && r.StatusCode != http.StatusForbidden {
			return nil // it is there, and may rightly want to know whom it is asked about
		}
		if r.StatusCode != http.StatusOK {
			return refusal(r, s.now())
		}
		return nil
	})
	if err != nil {
		e := s.fail("", "checking", err)
		e.Mend = mendCall(err)
		return h, e
	}
	problem := func(why, mend string) {
		h.Problems = append(h.Problems, Problem{Source: s.name, Why: why, Mend: mend})
	}
	if s.at.token == "" {
		problem("it is asked without a token", "token=env:NAME in the source's URL, unless it needs none")
	}
	if s.at.base.Scheme == "http" && !loopback(s.at.base.Hostname()) {
		problem("it is asked over plain HTTP, which anyone on the way can read", "use https:// and leave out insecure=true")
	}
	if until, is := s.circuit.suspended(s.now()); is {
		problem("it is well, but asking it is suspended until "+clockTime(until), "")
	}
	return h, nil
}
