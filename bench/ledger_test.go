package bench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"testing"

	"tenet/internal/keys"
	"tenet/internal/ledger"
	"tenet/internal/store"
)

// Verifying an export is held against hashing the same bytes once.
func BenchmarkLedgerVerify(b *testing.B) {
	const entries = 5000
	ctx := context.Background()
	dir := b.TempDir()
	ring, err := keys.Create(filepath.Join(dir, "keys"), "bench.example/ledger")
	if err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "tenet.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	err = s.Write(ctx, func(tx *store.Tx) error {
		for i := range entries {
			act := ledger.Act{Landlord: store.Default, Actor: "system", Name: "person.searched", Subject: fmt.Sprintf("case-%d", i)}
			if err := tx.Record(ctx, act, map[string]int{"records": i}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Sequence(ctx, store.Default, ring.Signer()); err != nil {
		b.Fatal(err)
	}
	var export bytes.Buffer
	if err := s.Export(ctx, store.Default, ring.Verifier(), &export, true); err != nil {
		b.Fatal(err)
	}

	b.SetBytes(int64(export.Len()))
	for b.Loop() {
		r, err := ledger.Verify(bytes.NewReader(export.Bytes()), ledger.Trust{Key: ring.Verifier()})
		if err != nil || !r.OK() || r.Entries != entries {
			b.Fatal(err, r.Entries, r.Faults)
		}
	}
	took := per(b)
	b.ReportMetric(entries/took.Seconds(), "entries/s")
	hash := once(b, func() { sha256.Sum256(export.Bytes()) })
	b.ReportMetric(float64(took)/float64(hash), "×sha256")
	compare(ratio{fmt.Sprintf("verify %d ledger entries", entries), short(took), short(hash), "SHA-256 of the same bytes", float64(took) / float64(hash)})
}
