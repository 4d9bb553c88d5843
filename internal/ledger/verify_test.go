package ledger

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"
)

func TestVerifyGood(t *testing.T) {
	for _, n := range []int{0, 1, 2, 7, 8, 9, 40} {
		l := newLog(t, n)
		r := verify(t, join(l.lines(t, 0, n/2, n)), Trust{Key: l.vkey, Checkpoint: l.sign(t, n/2)})
		if !r.OK() {
			t.Fatalf("%d entries: %v", n, r.Faults)
		}
		if r.Entries != int64(n) || r.Root != l.roots[n] || !r.KeyTrusted || r.Opened != int64(n-n/3) {
			t.Errorf("%d entries: report %+v", n, r)
		}
		if r = verify(t, join(l.lines(t, n)), Trust{}); !r.OK() || r.KeyTrusted || r.Key != l.vkey {
			t.Errorf("%d entries by the export's own key: %+v", n, r)
		}
	}
}

// The layout is: line 1 header, 2 to 5 entries 0 to 3, 6 checkpoint of 4,
// 7 to 12 entries 4 to 9, 13 checkpoint of 10, 14 end.
func TestVerifyNamesTheFault(t *testing.T) {
	l := newLog(t, 10)
	other := newLog(t, 10)
	other.entries[2].Actor = "staff:8"
	var tree Tree
	for i, e := range other.entries {
		tree.Append(e.Leaf())
		other.roots[i+1] = tree.Root()
	}
	_, strangerKey := testKey(t, origin, 8)
	stranger, _ := testKey(t, origin, 8)

	rewrite := func(lines []string, at int, e Entry) {
		leaf := e.Leaf()
		b, err := line{Entry: e.Encode(), Leaf: &leaf}.encode()
		if err != nil {
			t.Fatal(err)
		}
		lines[at] = string(b)
	}
	checkpoint := func(signed string) string {
		b, err := line{Checkpoint: signed}.encode()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}

	tests := []struct {
		name  string
		spoil func(lines []string) []string
		trust Trust
		want  []Fault // Words are a part of the words
	}{
		{
			name: "a letter of entry 5 changed",
			spoil: func(x []string) []string {
				x[7] = strings.Replace(x[7], "case-5", "case-6", 1)
				return x
			},
			want: []Fault{{Changed, 8, 5, 5, "entry 5 hashes to"}},
		},
		{
			name: "the number of entry 5 changed",
			spoil: func(x []string) []string {
				x[7] = strings.Replace(x[7], `"seq":5`, `"seq":50`, 1)
				return x
			},
			want: []Fault{{Changed, 8, 5, 5, "entry 5 hashes to"}},
		},
		{
			name: "entry 5 rewritten with its hash",
			spoil: func(x []string) []string {
				e := l.entries[5]
				e.Actor = "staff:8"
				rewrite(x, 7, e)
				return x
			},
			want: []Fault{{Changed, 13, 4, 9, "among the entries 4 to 9"}},
		},
		{
			name: "an entry that could not be recorded",
			spoil: func(x []string) []string {
				x[7] = strings.Replace(x[7], "staff:7", "ada@example.org", 1)
				return x
			},
			want: []Fault{{Changed, 8, 5, 5, "not one that Tenet writes"}},
		},
		{
			name: "the hash beside entry 5 changed",
			spoil: func(x []string) []string {
				x[7] = strings.Replace(x[7], l.entries[5].Leaf().String(), l.entries[4].Leaf().String(), 1)
				return x
			},
			want: []Fault{{Changed, 8, 5, 5, "one of the two was changed"}},
		},
		{
			name:  "entry 5 removed",
			spoil: func(x []string) []string { return slices.Delete(x, 7, 8) },
			want:  []Fault{{Removed, 8, 5, 5, "entry 5 is missing"}},
		},
		{
			name:  "entries 4 to 9 removed",
			spoil: func(x []string) []string { return slices.Delete(x, 6, 12) },
			want:  []Fault{{Removed, 7, 4, 9, "entries 4 to 9 are missing"}},
		},
		{
			name: "entry 9 removed, the rest numbered again",
			spoil: func(x []string) []string {
				for i := 5; i < 9; i++ {
					e := l.entries[i+1]
					e.Seq = int64(i)
					rewrite(x, i+2, e)
				}
				return slices.Delete(x, 11, 12)
			},
			want: []Fault{{Removed, 12, 9, 9, "entry 9 is missing"}},
		},
		{
			name: "entries 5 and 7 exchanged",
			spoil: func(x []string) []string {
				x[7], x[9] = x[9], x[7]
				return x
			},
			want: []Fault{
				{Reordered, 9, 6, 6, "entry 6 stands after entry 7"},
				{Reordered, 10, 5, 5, "entry 5 stands after entry 7"},
			},
		},
		{
			name: "two entries numbered 5",
			spoil: func(x []string) []string {
				e := l.entries[5]
				e.Subject = "case-50"
				x = slices.Insert(x, 8, "")
				rewrite(x, 8, e)
				return x
			},
			want: []Fault{{Forked, 9, 5, 5, "second entry claims the number 5"}},
		},
		{
			name: "a payload exchanged",
			spoil: func(x []string) []string {
				x[6] = strings.Replace(x[6], "Fenwick", "Fenwich", 1)
				return x
			},
			want: []Fault{{Payload, 7, 4, 4, "not the one it commits to"}},
		},
		{
			name: "a payload forgotten",
			spoil: func(x []string) []string {
				leaf := l.entries[4].Leaf()
				b, _ := line{Entry: l.entries[4].Encode(), Leaf: &leaf}.encode()
				x[6] = string(b)
				return x
			},
			want: nil,
		},
		{
			name: "a checkpoint's size changed",
			spoil: func(x []string) []string {
				x[5] = strings.Replace(x[5], `\n4\n`, `\n5\n`, 1)
				return x
			},
			want: []Fault{{Signature, 6, -1, -1, "signature of tenet.example/brook on this checkpoint is wrong"}},
		},
		{
			name: "a checkpoint by another key",
			spoil: func(x []string) []string {
				signed, err := Checkpoint{origin, 4, l.roots[4]}.Sign(stranger)
				if err != nil {
					t.Fatal(err)
				}
				x[5] = checkpoint(signed)
				return x
			},
			want: []Fault{{Signature, 6, -1, -1, "no signature by the key"}},
		},
		{
			name: "a checkpoint moved",
			spoil: func(x []string) []string {
				x[5], x[6] = x[6], x[5]
				return x
			},
			want: []Fault{{Reordered, 7, -1, -1, "checkpoint of 4 entries stands after entry 4"}},
		},
		{
			name:  "two checkpoints of one size",
			spoil: func(x []string) []string { return slices.Insert(x, 6, checkpoint(other.sign(t, 4))) },
			want:  []Fault{{Forked, 7, -1, -1, "fork: the key signed two histories of 4 entries"}},
		},
		{
			name: "a checkpoint of another history",
			spoil: func(x []string) []string {
				x[5] = checkpoint(other.sign(t, 4))
				return x
			},
			want: []Fault{{Changed, 6, 0, 3, "among the entries 0 to 3"}},
		},
		{
			name:  "the checkpoint held is of another history",
			spoil: func(x []string) []string { return x },
			trust: Trust{Checkpoint: other.sign(t, 7)},
			want:  []Fault{{Forked, 9, -1, -1, "the checkpoint you hold has another root for the first 7"}},
		},
		{
			name: "cut back to an earlier checkpoint",
			spoil: func(x []string) []string {
				return append(x[:6], `{"end":{"entries":4,"checkpoints":1}}`)
			},
			trust: Trust{Checkpoint: l.sign(t, 10)},
			want:  []Fault{{Removed, 7, 4, 9, "covers 10 entries, and the export ends after 4"}},
		},
		{
			name:  "the key held is another",
			spoil: func(x []string) []string { return x },
			trust: Trust{Key: strangerKey},
			want: []Fault{
				{Foreign, 1, -1, -1, "the key you hold is"},
				{Signature, 6, -1, -1, "no signature by the key"},
				{Signature, 13, -1, -1, "no signature by the key"},
			},
		},
		{
			name:  "cut off after a line",
			spoil: func(x []string) []string { x[8] = strings.TrimSuffix(x[8], "\n"); return x[:9] },
			want:  []Fault{{Truncated, 9, 7, -1, "where entry 7 or what follows it is due"}},
		},
		{
			name:  "cut off within a line",
			spoil: func(x []string) []string { return append(x[:8], `{"entry":{"v":1`) },
			// join adds a newline, as an editor would.
			want: []Fault{
				{Malformed, 9, 6, 6, "not a line of JSON"},
				{Truncated, 9, 6, -1, "no last line"},
			},
		},
		{
			name:  "no last checkpoint",
			spoil: func(x []string) []string { return append(x[:12], `{"end":{"entries":10,"checkpoints":1}}`) },
			want:  []Fault{{Unsigned, 13, 4, 9, "no checkpoint covers the entries 4 to 9"}},
		},
		{
			name:  "a line of something else",
			spoil: func(x []string) []string { return slices.Insert(x, 7, "{}\n") },
			want:  []Fault{{Malformed, 8, 5, 5, "neither header"}},
		},
		{
			name:  "two exports joined",
			spoil: func(x []string) []string { return append(x, "\n"+x[0]+x[1]) },
			want:  []Fault{{Malformed, 15, -1, -1, "goes on"}},
		},
		{
			name:  "not an export",
			spoil: func([]string) []string { return []string{"PK\x03\x04"} },
			want:  []Fault{{Malformed, 1, -1, -1, "not an export"}},
		},
		{
			name:  "a later format",
			spoil: func(x []string) []string { x[0] = strings.Replace(x[0], "ledger/1", "ledger/2", 1); return x },
			want:  []Fault{{Malformed, 1, -1, -1, "tenet-ledger/2"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := verify(t, join(tt.spoil(l.lines(t, 4, 10))), tt.trust)
			ok := len(r.Faults) == len(tt.want)
			for i := 0; ok && i < len(tt.want); i++ {
				got, want := r.Faults[i], tt.want[i]
				ok = got.Kind == want.Kind && got.Line == want.Line && got.First == want.First &&
					got.Last == want.Last && strings.Contains(got.Words, want.Words)
			}
			if !ok {
				t.Errorf("found\n%s\nwant\n%s", list(r.Faults), list(tt.want))
			}
		})
	}
}

func list(faults []Fault) string {
	var b strings.Builder
	for _, f := range faults {
		fmt.Fprintf(&b, "  %s entries %d to %d, %v\n", f.Kind, f.First, f.Last, f)
	}
	return b.String()
}

func TestVerifyForeignEntry(t *testing.T) {
	l := newLog(t, 3)
	l.entries[1].Landlord = "vale"
	var tree Tree
	for i, e := range l.entries {
		tree.Append(e.Leaf())
		l.roots[i+1] = tree.Root()
	}
	r := verify(t, join(l.lines(t, 3)), Trust{})
	if len(r.Faults) != 1 || r.Faults[0].Kind != Foreign || r.Faults[0].First != 1 {
		t.Errorf("found\n%s", list(r.Faults))
	}
}

// No byte of an export can be changed, taken out or put in unnoticed.
func TestVerifyFindsEveryByte(t *testing.T) {
	l := newLog(t, 3)
	good := []byte(join(l.lines(t, 2, 3)))
	for i := range good {
		for _, bit := range []byte{1, 2, 32, 128} {
			bad := slices.Clone(good)
			bad[i] ^= bit
			if r := verify(t, string(bad), Trust{}); r.OK() {
				t.Errorf("byte %d: %q for %q was not found", i, bad[i], good[i])
			}
		}
		if r := verify(t, string(slices.Delete(slices.Clone(good), i, i+1)), Trust{}); r.OK() {
			t.Errorf("byte %d: taking out %q was not found", i, good[i])
		}
		for _, c := range []byte(" \n\r0") {
			if r := verify(t, string(slices.Insert(slices.Clone(good), i, c)), Trust{}); r.OK() {
				t.Errorf("byte %d: putting in %q was not found", i, c)
			}
		}
		if r := verify(t, string(good[:i]), Trust{}); r.OK() {
			t.Errorf("cutting off at byte %d was not found", i)
		}
	}
}

func TestVerifyFindsWhatIsDoneToLines(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(rt, "entries")
		mid := rapid.IntRange(0, n).Draw(rt, "checkpoint")
		l := newLog(t, n)
		lines := l.lines(t, mid, n)
		if mid == n {
			lines = l.lines(t, n)
		}
		at := rapid.IntRange(0, len(lines)-1).Draw(rt, "line")
		to := rapid.IntRange(0, len(lines)-1).Draw(rt, "other")
		isEntry := func(i int) bool { return strings.HasPrefix(lines[i], `{"entry"`) }
		switch rapid.SampledFrom([]string{"remove", "exchange", "repeat", "byte"}).Draw(rt, "what") {
		case "remove":
			lines = slices.Delete(lines, at, at+1)
		case "exchange":
			if at == to {
				rt.Skip("same line")
			}
			lines[at], lines[to] = lines[to], lines[at]
		case "repeat":
			lines = slices.Insert(lines, at, lines[to])
		case "byte":
			if !isEntry(at) {
				rt.Skip("not an entry")
			}
			b := []byte(lines[at])
			i := rapid.IntRange(0, len(b)-2).Draw(rt, "byte")
			b[i] = rapid.Byte().Filter(func(c byte) bool { return c != b[i] && c != '\n' }).Draw(rt, "value")
			lines[at] = string(b)
			r := verify(t, join(lines), Trust{Key: l.vkey})
			if r.OK() || r.Faults[0].Line != int64(at+1) {
				rt.Fatalf("changed line %d, found\n%s", at+1, list(r.Faults))
			}
			return
		}
		if r := verify(t, join(lines), Trust{Key: l.vkey}); r.OK() {
			rt.Fatalf("not found in\n%s", join(lines))
		}
	})
}

func TestVerifyFindsConsistentRewrites(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(rt, "entries")
		mid := rapid.IntRange(0, n-1).Draw(rt, "checkpoint")
		at := rapid.IntRange(0, n-1).Draw(rt, "rewritten")
		l := newLog(t, n)
		roots := slices.Clone(l.roots)
		l.entries[at].Subject = "case-x"
		l.opens[at] = nil
		forged := l.lines(t, mid, n) // Still signed over the roots as they were.
		if !slices.Equal(roots, l.roots) {
			rt.Fatal("the forger signed")
		}
		r := verify(t, join(forged), Trust{Key: l.vkey})
		if len(r.Faults) != 1 || r.Faults[0].Kind != Changed || r.Faults[0].First > int64(at) || r.Faults[0].Last < int64(at) {
			rt.Fatalf("rewrote entry %d, checkpoint of %d; found\n%s", at, mid, list(r.Faults))
		}
	})
}

func TestVerifyBoundsWhatItKeeps(t *testing.T) {
	l := newLog(t, 500)
	lines := l.lines(t, 500)
	var odd []string
	for i, x := range lines {
		if i == 0 || i > 500 || i%2 == 0 {
			odd = append(odd, x)
		}
	}
	r := verify(t, join(odd), Trust{})
	if len(r.Faults) != MaxFaults || r.More != 150 {
		t.Errorf("%d faults and %d more", len(r.Faults), r.More)
	}

	long := lines[0] + `{"checkpoint":"` + strings.Repeat("x", maxLine) + "\"}\n"
	if r := verify(t, long, Trust{}); len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Words, "longer than") {
		t.Errorf("a long line: found\n%s", list(r.Faults))
	}
}

func TestVerifyErrors(t *testing.T) {
	l := newLog(t, 2)
	export := join(l.lines(t, 2))
	if _, err := Verify(strings.NewReader(export), Trust{Key: "no key"}); err == nil {
		t.Error("took a key that is none")
	}
	r := io.MultiReader(strings.NewReader(export[:80]), iotest.ErrReader(io.ErrClosedPipe))
	if _, err := Verify(r, Trust{}); err == nil {
		t.Error("a failing reader went unreported")
	}
}

// Whatever the input, Verify ends without panic, and passes nothing but the
// history that was signed.
func FuzzVerify(f *testing.F) {
	l := newLog(f, 6)
	lines := l.lines(f, 0, 3, 6)
	f.Add([]byte(join(lines)))
	f.Add([]byte(join(append(slices.Clone(lines[:6]), `{"end":{"entries":3,"checkpoints":2}}`))))
	f.Add([]byte(join(slices.Delete(slices.Clone(lines), 3, 4))))
	f.Add([]byte("{}\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Verify(bytes.NewReader(data), Trust{Key: l.vkey})
		if err != nil {
			t.Fatal(err)
		}
		if r.OK() && r.Root != l.roots[r.Entries] {
			t.Errorf("passed a history that was never signed")
		}
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	l := newLog(f, 3)
	key, err := note.NewVerifier(l.vkey)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(l.sign(f, 3))
	f.Add(l.sign(f, 0))
	f.Add("tenet.example/brook\n3\n" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + "\n\n— x y\n")
	f.Fuzz(func(t *testing.T, signed string) {
		c, err := OpenCheckpoint(signed, key)
		if err == nil && c.Root != l.roots[c.Size] {
			t.Errorf("took a checkpoint that was never signed: %+v", c)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	export := join(newLog(b, 1000).lines(b, 500, 1000))
	b.SetBytes(int64(len(export)))
	for b.Loop() {
		if r, err := Verify(strings.NewReader(export), Trust{}); err != nil || !r.OK() {
			b.Fatal(err, r.Faults)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "entries/s")
}
