package ledger

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func TestEntryEncoding(t *testing.T) {
	e := Entry{
		Seq: 12, Time: time.Date(2026, 6, 1, 10, 0, 0, 5000, time.FixedZone("BST", 3600)),
		Landlord: "brook", Actor: "staff:7", Act: "case.opened", Subject: "case-9", Notice: "sha256:00ff",
		Commitment: Hash{1},
	}
	const want = `{"v":1,"seq":12,"time":"2026-06-01T09:00:00.000005Z","landlord":"brook","actor":"staff:7",` +
		`"act":"case.opened","subject":"case-9","notice":"sha256:00ff","commitment":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`
	// The encoding is what every ledger ever signed rests on: it never changes.
	if diff := cmp.Diff(want, string(e.Encode())); diff != "" {
		t.Error(diff)
	}
	if got := e.Leaf().String(); got != "8tWIvXK0LvvAqD+voeLboMlkGggM7JeuOEJdqaP4LTs=" {
		t.Errorf("leaf hash %s", got)
	}
}

func TestEntryRoundTrip(t *testing.T) {
	id := rapid.StringMatching(`[a-zA-Z0-9._:/-]{1,200}`)
	rapid.Check(t, func(t *rapid.T) {
		e := Entry{
			Seq:      rapid.Int64Min(0).Draw(t, "seq"),
			Time:     time.UnixMicro(rapid.Int64Range(-62135596800e6, 253402300799e6).Draw(t, "time")).UTC(),
			Landlord: id.Draw(t, "landlord"), Actor: id.Draw(t, "actor"), Act: id.Draw(t, "act"),
			Subject: id.Draw(t, "subject"),
		}
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var got Entry
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestDecodeEntryTakesOneSpelling(t *testing.T) {
	good := string(newLog(t, 1).entries[0].Encode())
	for _, bad := range []string{
		"", "{}", "[]", good + " ", " " + good,
		strings.Replace(good, `"v":1`, `"v":2`, 1),
		strings.Replace(good, `"seq":0`, `"seq":-1`, 1),
		strings.Replace(good, `"seq":0`, `"seq":0.0`, 1),
		strings.Replace(good, `"seq":0`, `"Seq":0`, 1),
		strings.Replace(good, `"seq":0`, `"seq":0,"seq":0`, 1),
		strings.Replace(good, `"seq":0`, `"seq":0,"more":1`, 1),
		strings.Replace(good, `.000123Z`, `.0001230Z`, 1),
		strings.Replace(good, `.000123Z`, `.000123+00:00`, 1),
		strings.Replace(good, `"actor":"staff:7"`, `"actor":"sta\u0066f:7"`, 1),
		strings.Replace(good, `"actor":"staff:7"`, `"actor":"Ada Fenwick"`, 1),
		strings.Replace(good, `"actor":"staff:7"`, `"actor":""`, 1),
	} {
		if bad == good {
			t.Fatal("a test that spoils nothing")
		}
		if e, err := DecodeEntry([]byte(bad)); err == nil {
			t.Errorf("took %s as %+v", bad, e)
		}
	}
}

func TestActRefusesDirectIdentifiers(t *testing.T) {
	good := Act{Landlord: "brook", Actor: "system", Name: "case.opened", Subject: "case-1"}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"ada@example.org", "Ada Fenwick", "+447700900123", "Zoë", "a\nb", strings.Repeat("x", 201)} {
		bad := good
		bad.Subject = s
		err := bad.Validate()
		if err == nil {
			t.Errorf("took %q", s)
		} else if strings.Contains(err.Error(), s) {
			t.Errorf("the error repeats %q", s)
		}
	}
	for _, bad := range []Act{{Actor: "a", Name: "n"}, {Landlord: "l", Name: "n"}, {Landlord: "l", Actor: "a"}} {
		if err := bad.Validate(); err == nil {
			t.Errorf("took %+v", bad)
		}
	}
}

func TestCommitment(t *testing.T) {
	o := Opening{Nonce: make([]byte, NonceSize), Payload: []byte(`{"a":1}`)}
	c := o.Commit()
	if !o.Opens(c) {
		t.Error("does not open its own commitment")
	}
	for name, other := range map[string]Opening{
		"another payload": {o.Nonce, []byte(`{"a":2}`)},
		"another nonce":   {append(make([]byte, NonceSize-1), 1), o.Payload},
		// HMAC pads short keys with zeros: a shorter nonce would give the same value.
		"a shorter nonce": {o.Nonce[1:], o.Payload},
	} {
		if other.Opens(c) {
			t.Errorf("%s opens it", name)
		}
	}
	for name, bad := range map[string]Opening{
		"no nonce": {nil, o.Payload},
		"no JSON":  {o.Nonce, []byte("{")},
		"too long": {o.Nonce, []byte(`"` + strings.Repeat("x", MaxPayload) + `"`)},
	} {
		if bad.Validate() == nil {
			t.Errorf("%s passed", name)
		}
	}
}

// hashes is the stored hashes of a tree, as tlog numbers them.
type hashes []Hash

func (h hashes) ReadHashes(indexes []int64) ([]Hash, error) {
	out := make([]Hash, len(indexes))
	for i, x := range indexes {
		out[i] = h[x]
	}
	return out, nil
}

func (l *log) hashes(t testing.TB) hashes {
	t.Helper()
	var h hashes
	for i, e := range l.entries {
		more, err := tlog.StoredHashes(int64(i), e.Encode(), h)
		if err != nil {
			t.Fatal(err)
		}
		h = append(h, more...)
	}
	return h
}

func TestTreeAgreesWithTlog(t *testing.T) {
	l := newLog(t, 130)
	h := l.hashes(t)
	for n, root := range l.roots {
		want, err := tlog.TreeHash(int64(n), h)
		if err != nil {
			t.Fatal(err)
		}
		if root != want {
			t.Fatalf("root of %d entries: %s, want %s", n, root, want)
		}
	}
}

func TestProofs(t *testing.T) {
	const n = 21
	l := newLog(t, n)
	h := l.hashes(t)
	key, err := note.NewVerifier(l.vkey)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1; size <= n; size++ {
		signed := l.sign(t, size)
		for i := range size {
			p, err := ProveInclusion(l.entries[i], int64(size), signed, h)
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			var back Inclusion
			if err := json.Unmarshal(data, &back); err != nil {
				t.Fatal(err)
			}
			if c, err := back.Verify(key); err != nil || c.Size != int64(size) {
				t.Fatalf("entry %d in %d: %v", i, size, err)
			}
			back.Entry.Actor = "staff:8"
			if _, err := back.Verify(key); err == nil {
				t.Fatalf("a changed entry %d passes in %d", i, size)
			}
			if size > 1 {
				p.Proof[0][0] ^= 1
				if _, err := p.Verify(key); err == nil {
					t.Fatalf("a changed proof of entry %d passes in %d", i, size)
				}
			}
		}
		for old := 0; old <= size; old++ {
			p, err := ProveConsistency(int64(old), l.sign(t, old), int64(size), signed, h)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := p.Verify(key); err != nil {
				t.Fatalf("%d to %d: %v", old, size, err)
			}
			if 0 < old && old < size {
				p.From = newForked(t, n).sign(t, old)
				if _, _, err := p.Verify(key); err == nil {
					t.Fatalf("another history of %d passes as the beginning of %d", old, size)
				}
			}
		}
	}
	if _, err := ProveInclusion(l.entries[5], 5, l.sign(t, 5), h); err == nil {
		t.Error("proved an entry beyond the checkpoint")
	}
	if _, err := ProveConsistency(5, l.sign(t, 5), 4, l.sign(t, 4), h); err == nil {
		t.Error("proved that the log shrank")
	}
	fork := Consistency{From: l.sign(t, 5), To: newForked(t, n).sign(t, 5)}
	if _, _, err := fork.Verify(key); err == nil || !strings.Contains(err.Error(), "fork") {
		t.Errorf("a fork is called %v", err)
	}
}

// newForked is a log that differs from newLog's in its first entry.
func newForked(t testing.TB, n int) *log {
	t.Helper()
	l := newLog(t, n)
	l.entries[0].Actor = "staff:9"
	var tree Tree
	for i, e := range l.entries {
		tree.Append(e.Leaf())
		l.roots[i+1] = tree.Root()
	}
	return l
}

func TestCheckpointForm(t *testing.T) {
	l := newLog(t, 2)
	key, err := note.NewVerifier(l.vkey)
	if err != nil {
		t.Fatal(err)
	}
	signed := l.sign(t, 2)
	if want := origin + "\n2\n" + l.roots[2].String() + "\n\n— " + origin + " "; !strings.HasPrefix(signed, want) {
		t.Errorf("checkpoint\n%s", signed)
	}
	// The specification lets others sign too, and more lines follow.
	witness, _ := testKey(t, "witness.example/w", 3)
	c := Checkpoint{origin, 2, l.roots[2]}
	more, err := note.Sign(&note.Note{Text: c.Text() + "extension\n"}, l.signer, witness)
	if err != nil {
		t.Fatal(err)
	}
	got, err := OpenCheckpoint(string(more), key)
	if err != nil || got != c {
		t.Errorf("a witnessed checkpoint: %+v, %v", got, err)
	}
	if _, err := openSole(string(more), key); err == nil {
		t.Error("an export took a witnessed checkpoint as its own bytes")
	}
	for _, text := range []string{"", origin + "\n", origin + "\n2\n", origin + "\n02\n" + c.Root.String() + "\n",
		origin + "\n-2\n" + c.Root.String() + "\n", origin + "\n2\nxyz\n", "other\n2\n" + c.Root.String() + "\n"} {
		bad, err := note.Sign(&note.Note{Text: text + "\n"}, l.signer)
		if err != nil {
			continue
		}
		if got, err := OpenCheckpoint(string(bad), key); err == nil {
			t.Errorf("took %q as %+v", text, got)
		}
	}
	if _, err := c.Sign(witness); err == nil {
		t.Error("signed with another log's key")
	}
}
