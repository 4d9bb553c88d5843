package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"tenet/internal/blob"
	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/detect"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/promise"
	"tenet/internal/rows"
	"tenet/internal/source"
	"tenet/internal/store"
)

// evidence is what the checks of promises look at, for the length of one run. The
// systems are opened when the first check asks for them. It is for one goroutine.
type evidence struct {
	desk     *Desk
	detector textTypes
	keys     bool   // rows are named by their keys
	client   string // whose set is looked at; empty is our own
	systems  *systems
	tables   []promise.Table
	gaps     []string
	sets     map[string]*evidence // of clients that were asked for
}

func (e *evidence) close() {
	for _, set := range e.sets {
		set.close()
	}
	if e.systems != nil {
		e.systems.close()
	}
}

// Of looks at the set of a client, through systems that are opened for it alone.
func (e *evidence) Of(client string) promise.Systems {
	if e.sets[client] == nil {
		if e.sets == nil {
			e.sets = map[string]*evidence{}
		}
		e.sets[client] = &evidence{desk: e.desk, detector: e.detector, keys: e.keys, client: client}
	}
	return e.sets[client]
}

func (e *evidence) open(ctx context.Context) (*systems, error) {
	if e.systems == nil {
		s, err := e.desk.openSet(ctx, e.client)
		if err != nil {
			return nil, err
		}
		e.systems = s
		e.describe()
	}
	return e.systems, nil
}

func placeOf(source, table string) string {
	if table == "" {
		return source
	}
	return source + "." + table
}

func broken(d datamap.Drift) bool { return d.Breaks }

// describe is every table that can be read, with what its map says, and what
// cannot be.
func (e *evidence) describe() {
	s := e.systems
	for _, g := range s.gaps {
		if g.Table == "" { // a table that is in no map can be read all the same
			e.gaps = append(e.gaps, g.Source+": "+g.Why)
		}
	}
	for _, p := range s.takeProblems() {
		e.gaps = append(e.gaps, p.String())
	}
	for _, name := range slices.Sorted(maps.Keys(s.sources)) {
		for i := range s.schemas[name].Tables {
			t := &s.schemas[name].Tables[i]
			// What is in no map is what a check wants to know, where it may be of the set.
			if s.holdsSome(name, t.Name) || s.maps[name].Tables[t.Name] == nil && (s.client == "" || slices.Contains(s.maps[name].Clients(), s.client)) {
				x := describeTable(name, t, s.maps[name].Tables[t.Name])
				x.Apart = s.divided()
				e.tables = append(e.tables, x)
			}
		}
	}
}

func describeTable(name string, t *rows.Table, m *datamap.Table) promise.Table {
	out := promise.Table{Source: name, Name: t.Name, Mapped: m != nil, Asked: len(t.Asked) > 0}
	if m == nil {
		m = &datamap.Table{}
	}
	out.Category, out.Retention, out.RetentionFrom, out.Aside = m.Category, m.Retention, m.RetentionFrom, asideOf(m)
	joins := joinsOf(m)
	if m.Discloses != nil {
		out.DisclosedTo, out.DisclosedAt, out.DisclosedWhat = m.Discloses.To, m.Discloses.At, m.Discloses.What
	}
	for _, c := range t.Columns {
		x := promise.Column{Name: c.Name, Category: m.Category, Nullable: c.Nullable, Binary: c.Kind == rows.Bytes,
			Joins: slices.Contains(t.Key, c.Name) || m.Key.Has(c.Name) || slices.Contains(joins, c.Name)}
		if own := m.Columns[c.Name]; own != nil {
			x.Own, x.Kind = own.Category != "" || own.Kind != "", own.Kind
			if own.Category != "" {
				x.Category = own.Category
			}
		}
		out.Columns = append(out.Columns, x)
	}
	return out
}

// joinsOf are the columns of a table that lead to another.
func joinsOf(m *datamap.Table) []string {
	var out []string
	for _, e := range slices.Concat(m.OwnedBy, m.RefersTo, m.SameAs) {
		out = slices.AppendSeq(out, maps.Keys(e.On))
	}
	for _, d := range m.During {
		out = slices.AppendSeq(out, maps.Keys(d.On))
	}
	for _, o := range m.Occupies {
		out = slices.AppendSeq(out, maps.Keys(o.On))
	}
	return out
}

// asideOf is why a map says of a table that it holds nobody's data by itself.
func asideOf(m *datamap.Table) string {
	switch {
	case m.Category != "" || slices.ContainsFunc(slices.Collect(maps.Values(m.Columns)), func(c *datamap.Column) bool { return c.Category != "" }):
		return "" // the map says what it holds all the same
	case m.Skip != "":
		return m.Skip
	case m.Refers:
		return "described by many, owned by none"
	case m.Bridge:
		return "only joins others"
	}
	return ""
}

// Tables gives what the systems hold.
func (e *evidence) Tables(ctx context.Context) ([]promise.Table, []string, error) {
	var no *Error
	if _, err := e.open(ctx); errors.As(err, &no) && no.Code == "client-ended" {
		return nil, []string{e.client + ": " + no.What}, nil
	} else if err != nil {
		return nil, nil, err
	}
	return e.tables, e.gaps, nil
}

// Scan reads columns of a table. Where there are conditions, and the system has an
// index on a column of one, it is asked for those rows alone.
func (e *evidence) Scan(ctx context.Context, t promise.Table, q promise.Query) iter.Seq2[promise.Row, error] {
	return func(yield func(promise.Row, error) bool) {
		s, err := e.open(ctx)
		if err != nil {
			yield(promise.Row{}, err)
			return
		}
		in := s.schemas[t.Source].Table(t.Name)
		columns := slices.Clone(q.Columns)
		var match []rows.Match
		cheap := false
		for _, w := range q.Where {
			columns = append(columns, w.Column)
			match = append(match, rows.Match{Column: w.Column, Value: rows.Value{Text: w.Value, Null: w.Null}})
			cheap = cheap || q.Few || slices.Contains(in.Indexed, w.Column)
		}
		found := s.scan(ctx, t.Source, t.Name, source.ScanOptions{Columns: columns})
		if cheap {
			found = s.lookup(ctx, t.Source, t.Name, match)
		}
		s.takeProblems() // of what was read before
		var at []int
		var of *rows.Table
		for r, err := range found {
			if err != nil {
				var put *source.HoursError
				if errors.As(err, &put) {
					err = &promise.Later{Until: put.Until, Err: err}
				}
				yield(promise.Row{}, err)
				return
			}
			if r.Table != of {
				of, at = r.Table, at[:0]
				for _, c := range columns {
					at = append(at, of.Index(c))
				}
			}
			if !holds(r, at[len(q.Columns):], q.Where) {
				continue
			}
			out := promise.Row{Values: make([]promise.Value, len(q.Columns)), ID: func() string { return e.opaque(t, r) }}
			for i := range q.Columns {
				if at[i] >= 0 {
					v := r.Values[at[i]]
					out.Values[i] = promise.Value{Text: v.String(), Null: v.Null, Lost: v.Lost != ""}
				}
			}
			if !yield(out, nil) {
				return
			}
		}
		// A value that was not read whole says so itself. What else was not read is why the
		// table was not read to its end.
		problems := slices.DeleteFunc(s.takeProblems(), func(p source.Problem) bool { return p.Column != "" })
		if len(problems) > 0 {
			yield(promise.Row{}, fmt.Errorf("%d things in it could not be read, the first because %s", len(problems), problems[0].Why))
		}
	}
}

// holds says whether a row has the values that are wanted, in the columns at.
func holds(r rows.Row, at []int, where []promise.Where) bool {
	for i, w := range where {
		if at[i] < 0 || !meets(r.Values[at[i]], w) {
			return false
		}
	}
	return true
}

func meets(v rows.Value, w promise.Where) bool { return v.Text == w.Value && (v.Null || !w.Null) }

// opaque names a row in a way that nobody without the key can read back.
func (e *evidence) opaque(t promise.Table, r rows.Row) string {
	if e.keys {
		return r.ID()
	}
	h := hmac.New(sha256.New, e.desk.Keys.Index().Key.Reveal())
	io.WriteString(h, t.String()+"\x00"+r.ID())
	return "row-" + hex.EncodeToString(h.Sum(nil)[:8])
}

// cases gives every case: the running, then those that ended.
func (e *evidence) cases(ctx context.Context) iter.Seq2[cases.Case, error] {
	return func(yield func(cases.Case, error) bool) {
		for _, ended := range []bool{false, true} {
			for next := ""; ; {
				page, err := e.desk.Cases.List(ctx, cases.Filter{Ended: ended, After: next, Limit: 500})
				if err != nil {
					yield(cases.Case{}, err)
					return
				}
				for _, k := range page.Cases {
					if !yield(k, nil) {
						return
					}
				}
				if next = page.Next; next == "" {
					break
				}
			}
		}
	}
}

// Requests gives every case.
func (e *evidence) Requests(ctx context.Context) iter.Seq2[promise.Request, error] {
	return func(yield func(promise.Request, error) bool) {
		for k, err := range e.cases(ctx) {
			if err != nil {
				yield(promise.Request{}, err)
				return
			}
			if !yield(e.request(k), nil) {
				return
			}
		}
	}
}

// request is a case as checks need it.
func (e *evidence) request(k cases.Case) promise.Request {
	r := promise.Request{ID: k.ID, Number: k.Number, Received: k.Received, Acknowledged: k.Inputs.Acknowledged, Charged: k.Inputs.Fee != (law.Span{})}
	if k.Ending != nil {
		r.Released = k.Ending.How == cases.Released
	}
	if k.Draft != nil && k.Draft.Approved != nil {
		r.Pack, r.Digest = k.Draft.Pack, k.Draft.Digest
	}
	// Without the extension, for the day that it had to be told by.
	short := k
	short.Inputs.Extension = law.Date{}
	short.Inputs.Also = slices.Clone(k.Inputs.Also)
	for i := range short.Inputs.Also {
		short.Inputs.Also[i].Extension = law.Date{}
	}
	clocks, err := e.desk.Cases.ClocksOf(k, nil)
	firsts, ferr := e.desk.Cases.ClocksOf(short, nil)
	if err != nil || ferr != nil { // the holidays do not reach it: a clock without a day
		r.Clocks = []promise.Clock{{Regime: k.Regime}}
		return r
	}
	for _, c := range clocks {
		x := promise.Clock{Regime: c.Clock.Regime, Met: c.Clock.Met, Extended: c.Clock.Extension}
		if !c.Result.Due.IsZero() {
			x.Due = c.Result.Due.Deadline()
		}
		if x.Met.IsZero() && !k.Ended.IsZero() {
			x.Met = law.DateOf(k.Ended)
		}
		if r.Acknowledged.IsZero() && (x.Regime == law.DPComplaint || x.Regime == law.OmbudsmanAck) {
			r.Acknowledged = x.Met // what these clocks ask for is the acknowledgement
		}
		for _, f := range firsts {
			if f.Clock.Regime == c.Clock.Regime && f.Clock.From == c.Clock.From && !f.Result.Due.IsZero() {
				x.Before = f.Result.Due.Deadline()
			}
		}
		r.Clocks = append(r.Clocks, x)
	}
	return r
}

// Sealed says whether a pack is the one that was approved.
func (e *evidence) Sealed(ctx context.Context, name, digest string) error {
	r, err := e.desk.Packs.Get(ctx, name)
	if errors.Is(err, blob.ErrNotFound) {
		return fmt.Errorf("%w: it is gone", promise.ErrDiffers)
	}
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(h, r)
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != digest {
		return promise.ErrDiffers
	}
	return nil
}

// Ledger verifies the ledger. An empty one shows nothing.
func (e *evidence) Ledger(ctx context.Context) ([]promise.Item, error) {
	report, err := e.desk.VerifyLedger(ctx, ledger.Trust{})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return []promise.Item{{Name: "the ledger", State: promise.NotSeen, Why: err.Error()}}, nil
	case !report.OK():
		var out []promise.Item
		for _, f := range report.Faults {
			out = append(out, promise.Item{Name: "the ledger", State: promise.NotAsPromised, Why: f.Words})
		}
		return out, nil
	case report.Entries == 0:
		return nil, nil
	}
	return []promise.Item{{Name: "the ledger"}}, nil
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// confirmedMap is the digest of a system's map as somebody confirmed it last; empty
// if nobody has.
func (d *Desk) confirmedMap(ctx context.Context, name string) (digest string, err error) {
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		digest = ""
		acts, err := tx.Acts(ctx, d.Config.Landlord, name, 0, 100)
		for _, a := range acts {
			var p struct{ SHA256 string }
			if a.Act == "map.confirmed" && json.Unmarshal(a.Payload, &p) == nil {
				digest = p.SHA256
				break
			}
		}
		return err
	})
	return digest, err
}

// textTypes finds what can be known by its form: the types of package detect but
// people, places and organisations, which are guesses.
type textTypes struct{ detect.Detector }

func textSearch() textTypes { return textTypes{detect.Detector{NoNames: true}} }

// sure is the score from which a span counts: what has the form of a card number
// and fails its checksum does not.
const sure = 0.6

func (textTypes) Types() []string {
	var out []string
	for _, t := range []detect.Type{detect.Card, detect.IBAN, detect.SortCode, detect.Account, detect.NINO, detect.NHS, detect.Passport, detect.DrivingLicence, detect.Email, detect.Phone} {
		out = append(out, string(t))
	}
	return out
}

// Count counts spans of a type. Most values are short or hold too few digits to be
// looked at.
func (d textTypes) Count(kind, text string) int {
	digits := 0
	for i := range len(text) {
		if c := text[i]; '0' <= c && c <= '9' {
			digits++
		}
	}
	switch detect.Type(kind) {
	case detect.Email:
		if !strings.Contains(text, "@") {
			return 0
		}
	case detect.Card:
		if digits < 12 {
			return 0
		}
	default:
		if digits < 4 {
			return 0
		}
	}
	n := 0
	for _, s := range d.Detect(text) {
		if string(s.Type) == kind && s.Score >= sure {
			n++
		}
	}
	return n
}

var (
	_ promise.Systems  = (*evidence)(nil)
	_ promise.Requests = (*evidence)(nil)
)
