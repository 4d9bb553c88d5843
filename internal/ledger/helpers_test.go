package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// testKey is a signer and its verifier key, the same for the same name and seed.
func testKey(t testing.TB, name string, seed byte) (note.Signer, string) {
	t.Helper()
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	vkey, err := note.NewEd25519VerifierKey(name, private.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	hash := strings.Split(vkey, "+")[1]
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, hash,
		base64.StdEncoding.EncodeToString(append([]byte{1}, private.Seed()...)))
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return signer, vkey
}

// A log is a small ledger in memory, with the parts of its export kept apart so
// that tests can spoil them one by one.
type log struct {
	signer  note.Signer
	vkey    string
	entries []Entry
	opens   []*Opening
	roots   []Hash // by size
}

const origin = "tenet.example/brook"

func newLog(t testing.TB, n int) *log {
	t.Helper()
	l := &log{}
	l.signer, l.vkey = testKey(t, origin, 7)
	var tree Tree
	l.roots = append(l.roots, tree.Root())
	for i := range n {
		o := &Opening{Nonce: bytes.Repeat([]byte{byte(i), 9}, NonceSize/2), Payload: fmt.Appendf(nil, `{"who":"Ada Fenwick <%d>","note":"“quoted”\n"}`, i)}
		e := Entry{
			Seq:      int64(i),
			Time:     time.Date(2026, 3, 1, 9, 0, i, 123000, time.UTC),
			Landlord: "brook", Actor: "staff:7", Act: "case.opened",
			Subject: fmt.Sprintf("case-%d", i), Notice: "sha256:00ff",
			Commitment: o.Commit(),
		}
		if i%3 == 2 {
			o = nil
		}
		l.entries, l.opens = append(l.entries, e), append(l.opens, o)
		tree.Append(e.Leaf())
		l.roots = append(l.roots, tree.Root())
	}
	return l
}

func (l *log) sign(t testing.TB, size int) string {
	t.Helper()
	signed, err := Checkpoint{Origin: origin, Size: int64(size), Root: l.roots[size]}.Sign(l.signer)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// lines is the export, a line each, with checkpoints at the sizes given.
func (l *log) lines(t testing.TB, sizes ...int) []string {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, origin, l.vkey)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i <= len(l.entries); i++ {
		for _, s := range sizes {
			if s == i {
				if err := w.Checkpoint(l.sign(t, s)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if i < len(l.entries) {
			if err := w.Entry(l.entries[i], l.entries[i].Leaf(), l.opens[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(strings.TrimSuffix(b.String(), "\n"), "\n")
}

func join(lines []string) string { return strings.Join(lines, "") + "\n" }

func verify(t testing.TB, export string, trust Trust) Report {
	t.Helper()
	r, err := Verify(strings.NewReader(export), trust)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
