package index

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// packed is postings as blocks.
func packed(list []posting) (blocks [][]byte) {
	var p packer
	for _, n := range list {
		if !p.add(n) {
			blocks = append(blocks, p.body)
			p.body = nil
			p.add(n)
		}
	}
	return append(blocks, p.body)
}

func TestPack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		token := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64}))
		list := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) posting {
			return posting{token.Draw(r, "token"), rapid.OneOf(rapid.Int64Range(1, 5), rapid.Int64Range(1, 1<<40)).Draw(r, "row")}
		}), 1, 900).Draw(r, "postings")
		slices.SortFunc(list, posting.compare)
		list = slices.Compact(list)
		var got []posting
		for _, b := range packed(list) {
			if len(b) > blockSize {
				t.Fatalf("a block of %d bytes", len(b))
			}
			if err := unpack(b, func(p posting) bool { got = append(got, p); return true }); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(list, got, cmp.AllowUnexported(posting{})); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPackKeys(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		ids := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.StringMatching(`person/id=\d{1,3}`)), 1, perLocator).Draw(r, "ids")
		got, err := unpackKeys(packKeys(ids))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(ids, got); diff != "" {
			t.Error(diff)
		}
	})
}

// FuzzBlocks: damaged blocks are an error, never a panic or a flood.
func FuzzBlocks(f *testing.F) {
	f.Add(packed([]posting{{-5, 1}, {-5, 9}, {7, 2}})[0])
	f.Add(packKeys([]string{"person/id=1", "person/id=12"}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, body []byte) {
		n := 0
		if err := unpack(body, func(posting) bool { n++; return true }); err == nil && n > len(body) {
			t.Errorf("%d postings from %d bytes", n, len(body))
		}
		if ids, err := unpackKeys(body); err == nil && len(ids) > perLocator {
			t.Errorf("%d keys", len(ids))
		}
	})
}

func TestBitmap(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		const rows = 300
		b := newBitmap(rows)
		in := rapid.SliceOfDistinct(rapid.Int64Range(1, rows), rapid.ID).Draw(r, "rows")
		slices.Sort(in)
		for _, row := range in {
			b.set(row)
		}
		b.count()
		for i, row := range in {
			if !b.has(row) || b.rank(row) != int64(i)+1 {
				t.Errorf("row %d: %v, rank %d, want %d", row, b.has(row), b.rank(row), i+1)
			}
		}
	})
}
