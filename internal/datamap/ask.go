package datamap

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"tenet/internal/rows"
)

// Rows is all that the walker needs of the systems it walks: the rows of one
// table in which every condition holds.
type Rows interface {
	Lookup(ctx context.Context, source, table string, where []rows.Match) iter.Seq2[rows.Row, error]
}

// Many is what Rows may offer besides: several questions about one table at once,
// each as Lookup would be asked it. A walk then asks once for what hangs below two
// hundred rows, where it would ask two hundred times. Each question's rows come in
// the order that Lookup gives; the questions may come in any.
//
// A walk gives the same answer with it and without. If it fails, the walk asks one
// by one.
type Many interface {
	LookupMany(ctx context.Context, source, table string, where [][]rows.Match) iter.Seq2[Answer, error]
}

// Answer is one row, and which of the questions it answers. A row that answers two
// comes twice.
type Answer struct {
	Question int // index
	Row      rows.Row
}

// most is how many rows a walk goes on from, and how many questions it asks, at once.
const most = 200

// errUnread says that a table was not read, and is in w.unread with the reason.
var errUnread = errors.New("not read")

// lookup asks a source. A failure that is not the caller's own giving up is noted
// and comes out as errUnread, and the table is not asked again.
func (w *walker) lookup(source, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		if slices.ContainsFunc(w.unread, func(u Unread) bool { return u.Source == source && u.Table == table }) {
			yield(rows.Row{}, errUnread)
			return
		}
		if len(w.ahead) > 0 {
			q := question(source, table, where)
			if got, ok := w.ahead[q]; ok {
				delete(w.ahead, q)
				for _, r := range got {
					if !yield(r, nil) {
						return
					}
				}
				return
			}
		}
		for r, err := range w.src.Lookup(w.ctx, source, table, where) {
			if err != nil && w.ctx.Err() == nil {
				w.unread = append(w.unread, Unread{source, table, err})
				err = errUnread
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// rowsAt is the rows of a table with these values. Each is asked for once a walk.
func (w *walker) rowsAt(source, table string, where []rows.Match) ([]rows.Row, error) {
	q := question(source, table, where)
	if got, ok := w.parents[q]; ok {
		return got, nil
	}
	var out []rows.Row
	for r, err := range w.lookup(source, table, where) {
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	w.parents[q] = out
	return out, nil
}

func question(source, table string, where []rows.Match) string {
	return source + "\x00" + rows.EncodeID(table, where)
}

// questions are those about one table that are still to be asked.
type questions struct {
	keys  []string
	where [][]rows.Match
}

// askAhead asks at once what visiting these rows, all of one table, will ask one by
// one: who holds them, what hangs below them and what they refer to. from is what
// the row above them is to the person.
func (w *walker) askAhead(source, table string, siblings []rows.Row, from []Whose) {
	t := w.maps[source].Tables[table]
	if w.many == nil || len(siblings) < 2 || t.Skip != "" || t.Refers {
		return
	}
	fresh := slices.DeleteFunc(slices.Clone(siblings), func(r rows.Row) bool { _, ok := w.seen[PersonID{source, r.ID()}]; return ok })
	for _, e := range t.OwnedBy {
		w.askUp(source, e, fresh)
	}
	if t.People != NotPeople {
		return
	}
	// Only what is the person's own or shared is gone on from.
	fresh = slices.DeleteFunc(fresh, func(r rows.Row) bool {
		p, err := w.partiesOf(source, t, r)
		if err != nil {
			return true
		}
		whose, _ := decide(p, w.mine)
		if p.empty() {
			whose = from
		}
		return !slices.Contains(whose, Self) && !slices.Contains(whose, Shared)
	})
	for _, e := range t.RefersTo {
		if up := w.upper(source, e); up != nil && up.Skip == "" {
			w.askUp(source, e, fresh)
		}
	}
	for _, h := range w.below[at{source, table}] {
		var ask questions
		for _, r := range fresh {
			if where, ok := conditions(h.edge, r.Get); ok {
				w.ask(&ask, h.source, h.table, where)
			}
		}
		w.askMany(h.source, h.table, ask)
	}
}

// askUp asks for what is at the upper end of an edge of all these rows.
func (w *walker) askUp(source string, e Edge, siblings []rows.Row) {
	in := e.In(source)
	if w.maps[in] == nil {
		return
	}
	var ask questions
	for _, r := range siblings {
		if where := e.upwards(r); len(where) > 0 && applies(e, r) {
			if _, ok := w.parents[question(in, e.Table, where)]; !ok {
				w.ask(&ask, in, e.Table, where)
			}
		}
	}
	w.askMany(in, e.Table, ask)
}

// ask puts a question that is not put yet.
func (w *walker) ask(to *questions, source, table string, where []rows.Match) {
	q := question(source, table, where)
	if _, ok := w.ahead[q]; !ok && !slices.Contains(to.keys, q) {
		to.keys, to.where = append(to.keys, q), append(to.where, where)
	}
}

// askMany gets the answers. A table that fails is left to be asked one by one, where
// the failure is noted.
func (w *walker) askMany(source, table string, ask questions) {
	if len(ask.keys) < 2 || slices.ContainsFunc(w.unread, func(u Unread) bool { return u.Source == source && u.Table == table }) {
		return
	}
	got := make([][]rows.Row, len(ask.keys))
	for a, err := range w.many.LookupMany(w.ctx, source, table, ask.where) {
		if err != nil || a.Question < 0 || a.Question >= len(got) {
			return
		}
		got[a.Question] = append(got[a.Question], a.Row)
	}
	for i, q := range ask.keys {
		w.ahead[q] = got[i]
	}
}

func (w *walker) table(source, name string) (*Table, error) {
	m := w.maps[source]
	if m == nil {
		return nil, fmt.Errorf("walk: no map for source %q", source)
	}
	t := m.Tables[name]
	if t == nil {
		return nil, fmt.Errorf("walk: the map of %q has no table %q", source, name)
	}
	return t, nil
}

// upper is the table at an edge's upper end; nil where no map that is open has it.
func (w *walker) upper(source string, e Edge) *Table {
	if m := w.maps[e.In(source)]; m != nil {
		return m.Tables[e.Table]
	}
	return nil
}
