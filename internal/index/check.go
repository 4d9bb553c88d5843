package index

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"tenet/internal/datamap"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// ErrAbsent says that a table is not indexed, or under a key that is not given.
var ErrAbsent = errors.New("it is not indexed")

// Readable is a source that rows can be looked up in too.
type Readable interface {
	Source
	Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error]
}

// Checked is what holding one table's index against its source found.
type Checked struct {
	Source string `json:"source"`
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`    // of the source, held against the index
	Keys   int64  `json:"keys"`    // of the index, held against the source
	Absent int64  `json:"absent"`  // rows that have something to be found by, and are not in the index
	Short  int64  `json:"short"`   // rows that one of their tokens does not find
	Stale  int64  `json:"stale"`   // rows that are found by a token they do not have
	Gone   int64  `json:"gone"`    // keys of rows that are not in the source, or have nothing to be found by
	Moved  bool   `json:"changed"` // the source has changed since it was indexed, or may have: then differences are no fault
}

// OK says that no difference was found.
func (c Checked) OK() bool { return c.Absent+c.Short+c.Stale+c.Gone == 0 }

// Check holds the index of one table against the source: that every row is found
// by each of its tokens and by no other, and that every key is that of a row.
//
// every is 1 for all of it. A larger number looks at each every-th row and each
// every-th block of keys, by searching: it reads the source through all the same,
// but sorts nothing. A sample does not see tokens too many (Stale), and
// counts rows that are not there at all (Absent) as Short.
//
// What does not fit in memory is sorted in files, as in a build. Nothing is changed.
func (x *Index) Check(ctx context.Context, system, table string, t *datamap.Table, src Readable, every int) (Checked, error) {
	c := Checked{Source: system, Table: table}
	err := func() error {
		fresh, err := x.Fresh(ctx, system, table, t, src)
		if err != nil {
			return err
		}
		c.Moved = !fresh
		seg, err := x.live(ctx, system, table)
		switch {
		case err != nil:
			return err
		case seg == nil:
			return ErrAbsent
		case every > 1:
			return x.sample(ctx, &c, seg, t, src, int64(every))
		}
		return x.compare(ctx, &c, seg, t, src)
	}()
	if err != nil {
		return c, fmt.Errorf("check the index of %s in %s: %w", table, system, x.explain(err))
	}
	return c, nil
}

// terms gives each row of the source that has something to be found by.
func terms(ctx context.Context, c *Checked, t *datamap.Table, src Source, yield func(id string, terms []Term) error) error {
	read := columns(t)
	if len(read) == 0 {
		return nil
	}
	for r, err := range src.Scan(ctx, c.Table, source.ScanOptions{Columns: read}) {
		if err != nil {
			return err
		}
		c.Rows++
		if has := rowTerms(t, r); len(has) > 0 {
			if err := yield(r.ID(), has); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *Index) sample(ctx context.Context, c *Checked, seg *segment, t *datamap.Table, src Readable, every int64) error {
	n := int64(0)
	err := terms(ctx, c, t, src, func(id string, has []Term) error {
		if n++; n%every != 0 {
			return nil
		}
		groups := make([][]Term, len(has))
		for i, term := range has {
			groups[i] = []Term{term}
		}
		found, err := x.search(ctx, seg, 0, []All{groups})
		if err == nil && !slices.Contains(found, id) {
			c.Short++
		}
		return err
	})
	if err != nil {
		return err
	}
	c.Rows = n / every
	return x.eachKey(ctx, seg, func(row int64, id string) error {
		if block, at := place(row); block%every != 0 || at != 0 {
			return nil
		}
		c.Keys++
		table, key, err := rows.DecodeID(id)
		if err != nil {
			return err
		}
		for _, err := range src.Lookup(ctx, table, key) {
			return err // it is there, or could not be read
		}
		c.Gone++
		return nil
	})
}

// compare sorts what should be and what is by row, and reads both side by side.
func (x *Index) compare(ctx context.Context, c *Checked, seg *segment, t *datamap.Table, src Source) error {
	const part = inMemory / 4
	should, byRow, is := &sorter{dir: x.dir, size: part}, &sorter{dir: x.dir, size: part}, &sorter{dir: x.dir, size: part}
	defer should.close()
	defer byRow.close()
	defer is.close()
	tok := seg.epoch.tokener(x.landlord, seg.source, seg.table)
	err := terms(ctx, c, t, src, func(id string, has []Term) error {
		row := tok.row(id)
		for _, term := range has {
			if err := should.add(posting{row, tok.token(term)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for p, err := range x.eachPosting(ctx, seg) {
		if err == nil {
			err = byRow.add(posting{p.row, p.token})
		}
		if err != nil {
			return err
		}
	}
	next, stop := pull(byRow)
	defer stop()
	p, err := next()
	keyed := x.eachKey(ctx, seg, func(row int64, id string) error {
		c.Keys++
		name := tok.row(id)
		bare := true
		for ; err == nil && p.token == row; p, err = next() {
			bare = false
			if err := is.add(posting{name, p.row}); err != nil {
				return err
			}
		}
		if bare {
			c.Gone++ // nothing finds it
		}
		if errors.Is(err, errEnd) {
			return nil
		}
		return err
	})
	if keyed != nil {
		return keyed
	}
	return c.differ(should, is)
}

// differ reads both, sorted by row and then by token.
func (c *Checked) differ(should, is *sorter) error {
	nextA, stopA := pull(should)
	defer stopA()
	nextB, stopB := pull(is)
	defer stopB()
	a, errA := nextA()
	b, errB := nextB()
	for errA == nil || errB == nil {
		row := a.token
		if errA != nil || errB == nil && b.token < row {
			row = b.token
		}
		inA, inB := errA == nil && a.token == row, errB == nil && b.token == row
		short, stale := false, false
		for {
			mineA, mineB := errA == nil && a.token == row, errB == nil && b.token == row
			switch {
			case mineA && mineB && a.row == b.row:
				a, errA = nextA()
				b, errB = nextB()
				continue
			case mineA && (!mineB || a.row < b.row):
				short = true
				a, errA = nextA()
				continue
			case mineB:
				stale = true
				b, errB = nextB()
				continue
			}
			break
		}
		switch {
		case !inB:
			c.Absent++
		case !inA:
			c.Gone++
		default:
			if short {
				c.Short++
			}
			if stale {
				c.Stale++
			}
		}
	}
	for _, err := range []error{errA, errB} {
		if !errors.Is(err, errEnd) {
			return err
		}
	}
	return nil
}

// errEnd says that there are no more.
var errEnd = errors.New("no more")

// pull reads a sorter one by one, to errEnd.
func pull(s *sorter) (next func() (posting, error), stop func()) {
	each, stop := iter.Pull2(func(yield func(posting, error) bool) {
		err := s.each(func(p posting) error {
			if !yield(p, nil) {
				return errEnd
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnd) {
			yield(posting{}, err)
		}
	})
	return func() (posting, error) {
		p, err, ok := each()
		if !ok {
			return posting{}, errEnd
		}
		return p, err
	}, stop
}
