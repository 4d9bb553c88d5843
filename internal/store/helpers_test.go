package store

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"tenet/internal/ledger"
)

const origin = "tenet.example/ledger"

// makeKey is always the same key, so that a child process has it too.
func makeKey() (note.Signer, string, error) {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	vkey, err := note.NewEd25519VerifierKey(origin, private.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, "", err
	}
	signer, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", origin, strings.Split(vkey, "+")[1],
		base64.StdEncoding.EncodeToString(append([]byte{1}, private.Seed()...))))
	return signer, vkey, err
}

func testKey(t testing.TB) (note.Signer, string) {
	t.Helper()
	signer, vkey, err := makeKey()
	if err != nil {
		t.Fatal(err)
	}
	return signer, vkey
}

func write(t testing.TB, s *Store, fn func(context.Context, *Tx) error) {
	t.Helper()
	ctx := context.Background()
	if err := s.Write(ctx, func(tx *Tx) error { return fn(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
}

func act(n int) ledger.Act {
	return ledger.Act{Landlord: Default, Actor: "system", Name: "case.opened", Subject: fmt.Sprintf("case-%d", n)}
}

// record records the acts numbered from to before end, one a transaction.
func record(t testing.TB, s *Store, from, end int) {
	t.Helper()
	for i := from; i < end; i++ {
		write(t, s, func(ctx context.Context, tx *Tx) error {
			return tx.Record(ctx, act(i), map[string]string{"who": fmt.Sprintf("Ada Fenwick the %dth", i)})
		})
	}
}

func sequence(t testing.TB, s *Store) Signed {
	t.Helper()
	signer, _ := testKey(t)
	c, err := s.Sequence(context.Background(), Default, signer)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// verify exports the ledger and verifies the export.
func verify(t testing.TB, s *Store, opened bool, trust ledger.Trust) ledger.Report {
	t.Helper()
	_, vkey := testKey(t)
	var b bytes.Buffer
	if err := s.Export(context.Background(), Default, vkey, &b, opened); err != nil {
		t.Fatal(err)
	}
	trust.Key = vkey
	r, err := ledger.Verify(&b, trust)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// number is the one number a query gives.
func number(t testing.TB, s *Store, query string, args ...any) int64 {
	t.Helper()
	var n int64
	ctx := context.Background()
	err := s.Read(ctx, func(tx *Tx) error { return tx.QueryRowContext(ctx, query, args...).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// sound asks whether the store is whole: SQLite whether the file is, and on
// either engine whether all that it holds can be read.
func sound(t testing.TB, s *Store) {
	t.Helper()
	ctx := context.Background()
	err := s.Read(ctx, func(tx *Tx) error { _, err := tx.survey(ctx); return err })
	if err != nil {
		t.Error(err)
	}
	e, ok := s.engine.(*sqliteEngine)
	if !ok {
		return
	}
	var verdict string
	if err := e.writer.QueryRow(`PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check: %s, %v", verdict, err)
	}
	rows, err := e.writer.Query(`PRAGMA foreign_key_check`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if rows.Next() {
		t.Error("foreign_key_check found a row")
	}
}
