package index

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"tenet/internal/datamap"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// Source is what the index needs of a system: its rows, and whether they may
// have changed. An empty fingerprint means that it cannot tell.
type Source interface {
	Scan(ctx context.Context, table string, opt source.ScanOptions) iter.Seq2[rows.Row, error]
	Fingerprint(ctx context.Context, table string) (string, error)
}

// Built says what Refresh did with one table.
type Built struct {
	Source   string `json:"source"`
	Table    string `json:"table"`
	Rows     int64  `json:"rows"`
	Postings int64  `json:"postings"`         // tokens of rows
	Kept     bool   `json:"kept"`             // nothing had changed
	Read     int64  `json:"read"`             // rows read whole; fewer than Rows where only what changed was read
	Merged   bool   `json:"merged,omitempty"` // what changed was merged into what was there
}

// Refresh brings one table's segment up to date. It is kept where its watermark
// says that neither rows nor map have changed; what changed is merged into it
// where the source is a [Changing] one; and it is built anew otherwise. full
// builds it anew in any case. What the source could not read, as problems tells
// when it has been read, is kept with the segment. On an error the old one
// stays.
//
// Killed at any moment it leaves the old segment as it was, and the next Refresh
// of the table drops what was half done and begins again: tables that had
// finished are not built twice.
func (x *Index) Refresh(ctx context.Context, system, table string, t *datamap.Table, src Source, full bool, problems func() []source.Problem, progress func(rows int64)) (Built, error) {
	b := Built{Source: system, Table: table}
	err := x.refresh(ctx, &b, t, src, full, problems, progress)
	if err != nil {
		return b, fmt.Errorf("index %s of %s: %w", table, system, x.explain(err))
	}
	return b, nil
}

func (x *Index) refresh(ctx context.Context, b *Built, t *datamap.Table, src Source, full bool, problems func() []source.Problem, progress func(rows int64)) (err error) {
	release, err := x.engine.lock(ctx, x.db, b.Source+"\x1f"+b.Table)
	if err != nil {
		return err
	}
	defer release()
	// What tells how far the rows had come is asked before they are read.
	print, err := src.Fingerprint(ctx, b.Table)
	if err != nil {
		return err
	}
	at, err := markOf(ctx, src, b.Table)
	if err != nil {
		return err
	}
	old, err := x.live(ctx, b.Source, b.Table)
	if err != nil {
		return err
	}
	e := x.epochs[0]
	if !full && old != nil && old.epoch == e && print != "" && old.watermark == e.watermark(t, print) {
		b.Rows, b.Postings, b.Kept = old.rows, old.postings, true
		return nil
	}
	w, err := x.begin(ctx, b.Source, b.Table)
	if err != nil {
		return err
	}
	w.shape, w.watermark, w.mark = e.watermark(t, ""), e.watermark(t, print), at
	w.progress = progress
	defer func() { err = errors.Join(err, w.close(ctx)) }()
	before, merge, err := old.since(src, w, full)
	if err != nil {
		return err
	}
	var kept []source.Problem
	if merge {
		kept, err = w.merge(ctx, old, t, src, before)
	} else {
		err = w.build(ctx, t, src)
	}
	if err != nil {
		return err
	}
	if progress != nil {
		progress(w.rows)
	}
	b.Rows, b.Postings, b.Read, b.Merged = w.rows, w.postings, w.read, merge
	return w.replace(ctx, append(kept, problems()...))
}

// Fresh says whether a table stands in the index as it is now. Where the source
// cannot tell whether it has changed, it is not.
func (x *Index) Fresh(ctx context.Context, system, table string, t *datamap.Table, src Source) (bool, error) {
	fail := func(err error) (bool, error) {
		return false, fmt.Errorf("is %s of %s as it was indexed: %w", table, system, err)
	}
	print, err := src.Fingerprint(ctx, table)
	if err != nil {
		return fail(err)
	}
	seg, err := x.live(ctx, system, table)
	if err != nil {
		return fail(err)
	}
	return seg != nil && print != "" && seg.watermark == seg.epoch.watermark(t, print), nil
}

// Stale gives, of some tables of a system, those that are indexed and do not stand in
// the index as they are now, or may not, by name. It asks the index once, and the
// source for the fingerprint of each.
func (x *Index) Stale(ctx context.Context, system string, tables map[string]*datamap.Table, src Source) ([]string, error) {
	now, err := x.now(ctx)
	if err != nil {
		return nil, fmt.Errorf("which tables of %s are as they were indexed: %w", system, err)
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		seg := now.of(system, name)
		if seg == nil || seg.epoch == nil {
			continue
		}
		print, err := src.Fingerprint(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("is %s of %s as it was indexed: %w", name, system, err)
		}
		if print == "" || seg.watermark != seg.epoch.watermark(tables[name], print) {
			out = append(out, name)
		}
	}
	return out, nil
}

// watermark is the state of rows and map in one keyed hash, so that the index
// does not tell when a table last changed.
func (e *epoch) watermark(t *datamap.Table, print string) string {
	h := hmac.New(sha256.New, e.mac)
	text, err := json.Marshal(t) // all that a map says of it, its names in order
	if err != nil {
		return "" // never equal to a stored one: the table is built again
	}
	h.Write(text)
	h.Write([]byte{0})
	h.Write([]byte(print))
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

// A writer makes one segment beside the one that is there.
type writer struct {
	x                *Index
	e                *epoch
	tok              *tokener
	seg              int64
	source, table    string
	shape, watermark string
	mark             point
	progress         func(int64)

	sorter   sorter
	ids      []string // keys of the block of locators that is not full yet
	locators batch
	blocks   batch
	pack     packer
	read     int64 // rows read whole
	rows     int64 // in the table
	numbered int64
	postings int64
	done     bool
}

// begin drops what a killed build of the table left behind, and makes an empty segment.
func (x *Index) begin(ctx context.Context, system, table string) (*writer, error) {
	w := &writer{x: x, e: x.epochs[0], source: system, table: table}
	w.tok = w.e.tokener(x.landlord, system, table)
	w.sorter.dir, w.sorter.size = x.dir, x.held
	err := x.inTx(ctx, func(tx *sql.Tx) error {
		torsos, err := x.segments(ctx, tx, `live = 0 AND source = $1 AND tbl = $2`, system, table)
		if err != nil {
			return err
		}
		for _, s := range torsos {
			if err := x.drop(ctx, tx, s.id); err != nil {
				return err
			}
		}
		err = tx.QueryRowContext(ctx, `INSERT INTO segment (source, tbl, epoch, shape, watermark, mark, live, row_count, numbered, postings)
			VALUES ($1, $2, $3, '', '', $4, 0, 0, 0, 0) RETURNING id`, system, table, w.e.id, []byte{}).Scan(&w.seg)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, x.ddl(segmentTables, w.seg))
		return err
	})
	w.locators = batch{x: x, table: fmt.Sprintf("locator_%d", w.seg), columns: []string{"id", "sealed"}}
	w.blocks = batch{x: x, table: fmt.Sprintf("posting_%d", w.seg), columns: []string{"id", "last", "body"}}
	return w, err
}

// build reads the whole table.
func (w *writer) build(ctx context.Context, t *datamap.Table, src Source) error {
	if read := columns(t); len(read) > 0 { // a table without any is not opened
		if err := w.index(ctx, t, src.Scan(ctx, w.table, source.ScanOptions{Columns: read})); err != nil {
			return err
		}
	}
	w.rows = w.read
	if err := w.endKeys(ctx); err != nil {
		return err
	}
	if err := w.sorter.each(func(p posting) error { return w.post(ctx, p) }); err != nil {
		return err
	}
	return w.endPostings(ctx)
}

// index gives rows numbers, seals their keys and sorts their tokens.
func (w *writer) index(ctx context.Context, t *datamap.Table, from iter.Seq2[rows.Row, error]) error {
	for r, err := range from {
		if err != nil {
			return err
		}
		if w.read++; w.progress != nil && w.read%1000 == 0 {
			w.progress(w.read)
		}
		terms := rowTerms(t, r)
		if len(terms) == 0 {
			continue
		}
		row, err := w.key(ctx, r.ID())
		if err != nil {
			return err
		}
		for _, term := range terms {
			if err := w.sorter.add(posting{w.tok.token(term), row}); err != nil {
				return err
			}
		}
	}
	return nil
}

// key gives a row its number, and seals its key.
func (w *writer) key(ctx context.Context, id string) (row int64, err error) {
	w.numbered++
	w.ids = append(w.ids, id)
	if len(w.ids) == perLocator {
		err = w.sealKeys(ctx)
	}
	return w.numbered, err
}

func (w *writer) sealKeys(ctx context.Context) error {
	block, _ := place(w.numbered)
	sealed := w.e.seal(locators, w.seg, block, packKeys(w.ids))
	clear(w.ids) // a key may be long: it is not held until it is overwritten
	w.ids = w.ids[:0]
	return w.locators.add(ctx, len(sealed), block, sealed)
}

func (w *writer) endKeys(ctx context.Context) error {
	if len(w.ids) > 0 {
		if err := w.sealKeys(ctx); err != nil {
			return err
		}
	}
	return w.locators.flush(ctx)
}

// post takes the next posting, in order.
func (w *writer) post(ctx context.Context, p posting) error {
	w.postings++
	if w.pack.add(p) {
		return nil
	}
	if err := w.endBlock(ctx); err != nil {
		return err
	}
	w.pack.add(p) // an empty block has room
	return nil
}

func (w *writer) endBlock(ctx context.Context) error {
	if len(w.pack.body) == 0 {
		return nil
	}
	body := w.pack.body
	w.pack.body = make([]byte, 0, blockSize)
	w.blocks.n++
	return w.blocks.add(ctx, len(body), w.blocks.n, w.pack.last.token, body)
}

func (w *writer) endPostings(ctx context.Context) error {
	if err := w.endBlock(ctx); err != nil {
		return err
	}
	if err := w.blocks.flush(ctx); err != nil {
		return err
	}
	_, err := w.x.db.ExecContext(ctx, w.x.ddl(segmentIndex, w.seg))
	return err
}

// replace puts the finished segment in the place of the old one, in one
// transaction with its watermark.
func (w *writer) replace(ctx context.Context, problems []source.Problem) error {
	mark, err := w.mark.seal(w.e, w.seg)
	if err != nil {
		return err
	}
	err = w.x.inTx(ctx, func(tx *sql.Tx) error {
		old, err := column[int64](ctx, tx, `SELECT id FROM segment WHERE source = $1 AND tbl = $2 AND live = 1`, w.source, w.table)
		if err != nil {
			return err
		}
		for _, id := range old {
			if err := w.x.drop(ctx, tx, id); err != nil {
				return err
			}
		}
		if err := w.x.keepProblems(ctx, tx, w.e, w.seg, problems); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE segment SET live = 1, shape = $1, watermark = $2, mark = $3, row_count = $4, numbered = $5, postings = $6 WHERE id = $7`,
			w.shape, w.watermark, mark, w.rows, w.numbered, w.postings, w.seg)
		if err != nil {
			return err
		}
		return w.x.turn(ctx, tx)
	})
	w.done = err == nil
	return err
}

// close lets go of the sorted runs, and of the segment where it was not
// finished: on a full disk, what was there before needs the room. Where even
// that fails the next build does it.
func (w *writer) close(ctx context.Context) error {
	if !w.done {
		w.x.inTx(context.WithoutCancel(ctx), func(tx *sql.Tx) error { return w.x.drop(context.WithoutCancel(ctx), tx, w.seg) })
	}
	return w.sorter.close()
}

// batch holds rows to load together: in one transaction, by COPY where there is
// such a thing.
type batch struct {
	x       *Index
	table   string
	columns []string
	n       int64 // rows numbered so far, by who numbers them here
	rows    [][]any
	size    int
}

// batchSize is how many bytes are loaded together.
const batchSize = 2 << 20

func (b *batch) add(ctx context.Context, size int, values ...any) error {
	b.rows = append(b.rows, values)
	if b.size += size; b.size < batchSize {
		return nil
	}
	return b.flush(ctx)
}

func (b *batch) flush(ctx context.Context) error {
	if len(b.rows) == 0 {
		return nil
	}
	err := b.x.engine.load(ctx, b.x.db, b.table, b.columns, b.rows)
	clear(b.rows)
	b.rows, b.size = b.rows[:0], 0
	return err
}
