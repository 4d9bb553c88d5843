package index

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math/big"
	"math/bits"
	"time"

	"tenet/internal/datamap"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// Changing is what a source may be beside [Source]: one that can tell which rows
// of a table have changed. It must be sure, as a row that is changed and not
// given would not be found: a column that programs are trusted to set
// (updated_at) will not do, nor a clock, since what began before may be
// committed after. SQL Server's rowversion with MIN_ACTIVE_ROWVERSION() will.
type Changing interface {
	// Mark is how far a table's history has come: column is the engine's own
	// version of each row, and whatever is committed after the call has a value in
	// it that is not below at. An empty column means that the table has none, or no
	// key. Column and values go by what the engine is, never by what a map says. Of two
	// values of one column it must be plain which is the later one: both are whole
	// numbers, or moments as RFC 3339 has them, or else equally long, and then in the
	// order of their bytes.
	Mark(ctx context.Context, table string) (column string, at rows.Value, err error)
	// Since gives every row whose version is at or above the mark, in any order and
	// perhaps with others, with the columns that are asked for and those of the key.
	// Rows at the mark itself have often been given before: they are read again, as one
	// of them may have been committed after it.
	Since(ctx context.Context, table, column string, at rows.Value, columns []string) iter.Seq2[rows.Row, error]
}

// point is a mark as it is kept, sealed: it may tell when a table changed.
type point struct {
	Column string
	At     rows.Value
	Merges int // since the table was read whole
}

// mostMerges is how often in a row what has changed is merged. What no mark can
// tell, such as rows that were put back from a copy with the versions that they had
// then, is found when the table is next read whole.
const mostMerges = 100

func markOf(ctx context.Context, src Source, table string) (p point, err error) {
	if c, ok := src.(Changing); ok {
		p.Column, p.At, err = c.Mark(ctx, table)
	}
	return p, err
}

func (p point) seal(e *epoch, seg int64) ([]byte, error) {
	if p.Column == "" {
		return []byte{}, nil
	}
	text, err := json.Marshal(p)
	return e.seal(mark, seg, 0, text), err
}

// since is the mark from which on to read, and whether that will do in place of
// reading everything: the map is as it was, and so are the key and the column, and
// history has not gone back.
func (s *segment) since(src Source, w *writer, full bool) (p point, ok bool, err error) {
	if _, can := src.(Changing); !can || full || s == nil || s.epoch != w.e || s.shape != w.shape || len(s.mark) == 0 {
		return p, false, nil
	}
	text, err := s.epoch.unseal(mark, s.id, 0, s.mark)
	if err != nil {
		return p, false, err
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, false, err
	}
	ok = p.Column == w.mark.Column && p.Merges < mostMerges && !later(p.At, w.mark.At)
	if ok {
		w.mark.Merges = p.Merges + 1
	}
	return p, ok, nil
}

// later says that one version is above another, or that they cannot be compared: a
// clock was put back, or the rows come from a copy that is older than the index.
func later(a, b rows.Value) bool {
	if a == b {
		return false
	}
	if x, ok := new(big.Int).SetString(a.Text, 10); ok {
		if y, ok := new(big.Int).SetString(b.Text, 10); ok {
			return x.Cmp(y) > 0
		}
	}
	if x, err := time.Parse(time.RFC3339Nano, a.Text); err == nil {
		if y, err := time.Parse(time.RFC3339Nano, b.Text); err == nil {
			return x.After(y)
		}
	}
	return a.Null || b.Null || len(a.Text) != len(b.Text) || a.Text > b.Text
}

// What a row is to a merge, where a posting has its number: sorted by row, what
// is said of it comes before its number in the old segment.
const (
	changed = -2 // it was read again
	present = -1 // it is in the table
)

// merge makes a segment of the old one and of what has changed since. Changed
// rows come first, then those that stayed, in their old order: so postings
// of both stay sorted. Rows that are gone are found by reading all keys. It
// holds two bits of each row in memory. It gives the problems of rows that
// stayed, which are not read again.
func (w *writer) merge(ctx context.Context, old *segment, t *datamap.Table, src Source, from point) (kept []source.Problem, err error) {
	s := sorter{dir: w.x.dir, size: w.x.held}
	defer s.close()
	if err := w.index(ctx, t, func(yield func(rows.Row, error) bool) {
		for r, err := range src.(Changing).Since(ctx, w.table, from.Column, from.At, columns(t)) {
			if err == nil {
				err = s.add(posting{w.tok.row(r.ID()), changed})
			}
			if !yield(r, err) {
				return
			}
		}
	}); err != nil {
		return nil, err
	}
	fresh := w.numbered
	for r, err := range src.Scan(ctx, w.table, source.ScanOptions{Columns: []string{}}) {
		if err != nil {
			return nil, err
		}
		w.rows++
		if err := s.add(posting{w.tok.row(r.ID()), present}); err != nil {
			return nil, err
		}
	}
	stays, kept, err := w.staying(ctx, old, &s)
	if err != nil {
		return nil, err
	}
	err = w.x.eachKey(ctx, old, func(row int64, id string) error {
		if !stays.has(row) {
			return nil
		}
		_, err := w.key(ctx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := w.endKeys(ctx); err != nil {
		return nil, err
	}
	next, stop := iter.Pull2(w.x.eachPosting(ctx, old))
	defer stop()
	p, err, more := next()
	stayed := func(until *posting) error { // those of the old segment that come before
		for ; more; p, err, more = next() {
			if err != nil {
				return err
			}
			if !stays.has(p.row) {
				continue
			}
			n := posting{p.token, fresh + stays.rank(p.row)}
			if until != nil && n.compare(*until) > 0 {
				return nil
			}
			if err := w.post(ctx, n); err != nil {
				return err
			}
		}
		return nil
	}
	err = w.sorter.each(func(n posting) error {
		if err := stayed(&n); err != nil {
			return err
		}
		return w.post(ctx, n)
	})
	if err == nil {
		err = stayed(nil)
	}
	if err != nil {
		return nil, err
	}
	return kept, w.endPostings(ctx)
}

// staying tells which rows of the old segment are as they were, and their problems.
func (w *writer) staying(ctx context.Context, old *segment, s *sorter) (*bitmap, []source.Problem, error) {
	err := w.x.eachKey(ctx, old, func(row int64, id string) error { return s.add(posting{w.tok.row(id), row}) })
	if err != nil {
		return nil, nil, err
	}
	problems, err := w.x.problems(ctx, old)
	if err != nil {
		return nil, nil, err
	}
	of := map[int64]bool{} // rows with a problem, by token; true if they stay
	for _, p := range problems {
		if p.Key != "" {
			of[w.tok.row(p.Key)] = false
		}
	}
	stays := newBitmap(old.numbered)
	var token int64
	var is, was bool
	err = s.each(func(p posting) error {
		if p.token != token {
			token, is, was = p.token, false, false
		}
		switch p.row {
		case changed:
			was = true
		case present:
			is = true
		default:
			if is && !was {
				stays.set(p.row)
			}
		}
		if _, ok := of[token]; ok {
			of[token] = is && !was
		}
		return nil
	})
	stays.count()
	var kept []source.Problem
	for _, p := range problems {
		if p.Key != "" && of[w.tok.row(p.Key)] {
			kept = append(kept, p)
		}
	}
	return stays, kept, err
}

// bitmap is a set of rows, and how many of them come up to each.
type bitmap struct {
	bits   []uint64
	before []int64 // in the words before
}

func newBitmap(rows int64) *bitmap { return &bitmap{bits: make([]uint64, rows/64+1)} }

func (b *bitmap) set(row int64) { b.bits[row/64] |= 1 << (row % 64) }

func (b *bitmap) has(row int64) bool { return b.bits[row/64]>>(row%64)&1 == 1 }

func (b *bitmap) count() {
	b.before = make([]int64, len(b.bits))
	for i := 1; i < len(b.bits); i++ {
		b.before[i] = b.before[i-1] + int64(bits.OnesCount64(b.bits[i-1]))
	}
}

// rank is a row's number among those of the set, from 1.
func (b *bitmap) rank(row int64) int64 {
	return b.before[row/64] + int64(bits.OnesCount64(b.bits[row/64]<<(63-row%64)))
}

// eachKey gives the key of every row of a segment, in order.
func (x *Index) eachKey(ctx context.Context, seg *segment, yield func(row int64, id string) error) error {
	row := int64(0)
	for b, err := range x.eachBlock(ctx, seg, "locator", "sealed") {
		if err != nil {
			return err
		}
		keys, err := seg.keys(b.id, b.body)
		if err != nil {
			return err
		}
		for _, id := range keys {
			if row++; row > seg.numbered {
				return errDamaged
			}
			if err := yield(row, id); err != nil {
				return err
			}
		}
	}
	if row != seg.numbered {
		return fmt.Errorf("%w: it has the keys of %d rows, and should have %d", errDamaged, row, seg.numbered)
	}
	return nil
}

// eachPosting gives every posting of a segment, in order.
func (x *Index) eachPosting(ctx context.Context, seg *segment) iter.Seq2[posting, error] {
	return func(yield func(posting, error) bool) {
		for b, err := range x.eachBlock(ctx, seg, "posting", "body") {
			if err != nil {
				yield(posting{}, err)
				return
			}
			more := true
			err := unpack(b.body, func(p posting) bool {
				if p.row < 1 || p.row > seg.numbered {
					more = false
					yield(p, errDamaged)
					return false
				}
				more = yield(p, nil)
				return more
			})
			if err != nil && more {
				yield(posting{}, err)
				return
			}
			if !more {
				return
			}
		}
	}
}

// block is one of a segment's, numbered from 1 without a gap.
type block struct {
	id   int64
	body []byte
}

// eachBlock reads a segment's blocks in order, a few hundred at a time, so that
// no transaction stays open.
func (x *Index) eachBlock(ctx context.Context, seg *segment, kind, column string) iter.Seq2[block, error] {
	query := fmt.Sprintf(`SELECT id, %s FROM %s_%d WHERE id > $1 ORDER BY id LIMIT 256`, column, kind, seg.id)
	return func(yield func(block, error) bool) {
		for last := int64(0); ; {
			some, err := x.blocks(ctx, query, last)
			if err != nil {
				yield(block{}, err)
				return
			}
			if len(some) == 0 {
				return
			}
			for _, b := range some {
				if !yield(b, nil) {
					return
				}
			}
			last += int64(len(some))
		}
	}
}

func (x *Index) blocks(ctx context.Context, query string, after int64) (out []block, err error) {
	rs, err := x.db.QueryContext(ctx, query, after)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	for rs.Next() {
		var b block
		if err := rs.Scan(&b.id, &b.body); err != nil {
			return nil, err
		}
		if want := after + int64(len(out)) + 1; b.id != want {
			return nil, fmt.Errorf("%w: block %d is missing", errDamaged, want)
		}
		out = append(out, b)
	}
	return out, rs.Err()
}
