package index

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/rows"
	"tenet/internal/source"
)

// busy is a table that others write to all the time, also while it is read: what a
// transaction writes has the version of the moment it began and is seen when it is
// committed. Its versions are the ticks of a clock, so that many rows have the same.
type busy struct {
	clock     int
	committed map[string]rows.Row
	version   map[string]int
	open      []write
	meanwhile func() // others, between any two things that are asked of the table
}

type write struct {
	id      string
	row     *rows.Row // nil takes it away
	version int
}

func newBusy() *busy {
	return &busy{clock: 100, committed: map[string]rows.Row{}, version: map[string]int{}, meanwhile: func() {}}
}

func (b *busy) begin(id string, row *rows.Row) { b.open = append(b.open, write{id, row, b.clock}) }

func (b *busy) commit(i int) {
	w := b.open[i]
	b.open = slices.Delete(b.open, i, i+1)
	if w.row == nil {
		delete(b.committed, w.id)
		delete(b.version, w.id)
		return
	}
	b.committed[w.id], b.version[w.id] = *w.row, w.version
}

// Mark is the oldest version that may still be committed.
func (b *busy) Mark(context.Context, string) (string, rows.Value, error) {
	at := b.clock
	for _, w := range b.open {
		at = min(at, w.version)
	}
	b.meanwhile()
	return "version", rows.Value{Text: strconv.Itoa(at)}, nil
}

func (b *busy) Since(_ context.Context, _, _ string, at rows.Value, _ []string) iter.Seq2[rows.Row, error] {
	from, err := strconv.Atoi(at.Text)
	return b.rows(err, func(id string) bool { return b.version[id] >= from }, func(r rows.Row) rows.Row { return r })
}

func (b *busy) Scan(_ context.Context, _ string, opt source.ScanOptions) iter.Seq2[rows.Row, error] {
	return b.rows(nil, func(string) bool { return true }, func(r rows.Row) rows.Row {
		if opt.Columns == nil || len(opt.Columns) > 0 {
			return r
		}
		return rows.Row{Table: &rows.Table{Name: "person", Columns: personTable.Columns[:1]}, Key: r.Key, Values: r.Values[:1]}
	})
}

// rows gives those of one snapshot.
func (b *busy) rows(err error, which func(id string) bool, as func(rows.Row) rows.Row) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		defer b.meanwhile()
		if err != nil {
			yield(rows.Row{}, err)
			return
		}
		var out []rows.Row
		for _, id := range slices.Sorted(maps.Keys(b.committed)) {
			if which(id) {
				out = append(out, as(b.committed[id]))
			}
		}
		for _, r := range out {
			b.meanwhile()
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (b *busy) Fingerprint(context.Context, string) (string, error) { return "", nil }

func (b *busy) Lookup(_ context.Context, _ string, where []rows.Match) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		if r, ok := b.committed[where[0].Value.Text]; ok {
			yield(r, nil)
		}
	}
}

// act does one thing that others do, by chance.
func (b *busy) act(rng *rand.Rand) {
	id := fmt.Sprint(rng.IntN(30))
	switch n := rng.IntN(10); {
	case n < 4:
		// Two that write one row wait for each other.
		if !slices.ContainsFunc(b.open, func(w write) bool { return w.id == id }) {
			r := person(id, "Ann", fmt.Sprint("Shaw", rng.IntN(5)), "", fmt.Sprint("boiler visit", rng.IntN(9)))
			b.begin(id, &r)
		}
	case n < 5:
		if !slices.ContainsFunc(b.open, func(w write) bool { return w.id == id }) {
			b.begin(id, nil)
		}
	case n < 8:
		if len(b.open) > 0 {
			b.commit(rng.IntN(len(b.open)))
		}
	default:
		b.clock += rng.IntN(2)
	}
}

// TestMergeAmongWriters: whatever others write while a table is refreshed, and
// whenever they commit it, once they rest another refresh has all of it and no more,
// without having read the table whole: rows that are new, changed and gone, rows of the
// same version as the mark, and rows written before the mark and committed after.
func TestMergeAmongWriters(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		x := open(t, filepath.Join(t.TempDir(), "index.db"), key, "1")
		b := newBusy()
		for range 60 {
			b.act(rng)
		}
		for round := range rapid.IntRange(1, 4).Draw(r, "rounds") {
			b.meanwhile = func() {
				for range rng.IntN(4) {
					b.act(rng)
				}
			}
			if got := build(t, x, b, false); got.Merged != (round > 0) {
				r.Fatalf("round %d: %+v", round, got)
			}
		}
		b.meanwhile = func() {}
		for len(b.open) > 0 {
			b.commit(0)
		}
		if got := build(t, x, b, false); !got.Merged || got.Rows != int64(len(b.committed)) {
			r.Fatalf("%d rows: %+v", len(b.committed), got)
		}
		if c := check(t, x, b, 1); !c.OK() || c.Rows != int64(len(b.committed)) {
			r.Fatalf("%d rows: %+v", len(b.committed), c)
		}
	})
}

// TestHistoryGoesBack: where the mark is before the one that the index was built to,
// nothing can be told from versions, and the table is read whole.
func TestHistoryGoesBack(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "index.db"), key, "1")
	b := newBusy()
	put := func(id, note string) {
		r := person(id, "Ann", "Shaw", "", note)
		b.begin(id, &r)
		b.commit(0)
	}
	put("1", "boiler")
	build(t, x, b, false)
	b.clock -= 50 // put back by somebody, or the rows of an older copy
	put("1", "lift")
	put("2", "lift")
	if got := build(t, x, b, false); got.Merged {
		t.Errorf("%+v", got)
	}
	if c := check(t, x, b, 1); !c.OK() {
		t.Errorf("%+v", c)
	}
	put("3", "lift")
	if got := build(t, x, b, false); !got.Merged || got.Read != 3 { // all are of one tick
		t.Errorf("%+v", got)
	}
	if got := search(t, x, words("lift")...); len(got) != 3 {
		t.Errorf("%v", got)
	}
}

// TestReadWholeInTheEnd: what no version tells is found by the hundred and first
// refresh.
func TestReadWholeInTheEnd(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "index.db"), key, "1")
	b := newBusy()
	r := person("1", "Ann", "Shaw", "", "boiler")
	b.begin("1", &r)
	b.commit(0)
	build(t, x, b, false)
	b.clock++
	b.committed["1"] = person("1", "Ann", "Shaw", "", "lift") // and its version is as it was
	for n := range mostMerges {
		if got := build(t, x, b, false); !got.Merged {
			t.Fatalf("%d: %+v", n, got)
		}
	}
	if got := build(t, x, b, false); got.Merged {
		t.Errorf("%+v", got)
	}
	if c := check(t, x, b, 1); !c.OK() {
		t.Errorf("%+v", c)
	}
}

func TestLater(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"9", "10", false}, {"10", "9", true}, {"10", "10", false}, {"-65536", "1", false}, {"18446744073709551616", "18446744073709551615", true},
		{"0x00000000000007d1", "0x00000000000007d2", false}, {"0x00000000000007d2", "0x00000000000007d1", true},
		{"2026-03-01T10:00:00Z", "2026-03-01T10:00:00.5Z", false}, {"2026-03-01T10:00:00.5Z", "2026-03-01T10:00:00Z", true},
		{"2026-03-01T10:00:00+01:00", "2026-03-01T09:30:00Z", false}, {"abc", "abcd", true}, {"9", "x", false}, {"x", "9", true}, {"x", "10", true},
	} {
		if got := later(rows.Value{Text: c.a}, rows.Value{Text: c.b}); got != c.want {
			t.Errorf("%s later than %s: %t", c.a, c.b, got)
		}
	}
	if !later(rows.Value{Null: true}, rows.Value{Text: ""}) {
		t.Error("nothing can be told of no version")
	}
}
