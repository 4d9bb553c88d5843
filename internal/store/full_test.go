package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/ledger"
)

// fillUp does acts until there is no room, and says how many were done.
func fillUp(t *testing.T, s *Store, from int) int {
	t.Helper()
	ctx := context.Background()
	for i := from; ; i++ {
		err := s.Write(ctx, func(tx *Tx) error {
			id := strings.Repeat("s", 50) + act(i).Subject
			if err := tx.AddStaff(ctx, Staff{Landlord: Default, ID: id, Login: id}); err != nil {
				return err
			}
			return tx.Record(ctx, act(i), strings.Repeat("x", 1000))
		})
		if err == nil {
			continue
		}
		if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "make room") {
			t.Fatalf("act %d: the error is not that the disk is full: %v", i, err)
		}
		return i
	}
}

// whole checks that exactly so many acts were done and recorded.
func whole(t *testing.T, s *Store, acts int) {
	t.Helper()
	for _, table := range []string{"staff", "ledger_entry", "ledger_payload"} {
		if n := number(t, s, `SELECT count(*) FROM `+table); n != int64(acts) {
			t.Errorf("%s has %d rows, and %d acts were done", table, n, acts)
		}
	}
	sound(t, s)
}

func TestFull(t *testing.T) {
	s := newStore(t)
	signer, _ := testKey(t)
	record := fillUp // The same words for the disk that is full and the one that is not.
	if _, err := database(s).Exec(`PRAGMA max_page_count = 320`); err != nil {
		t.Fatal(err)
	}
	done := record(t, s, 0)
	if done == 0 {
		t.Fatal("nothing was done")
	}
	whole(t, s, done)
	if again := record(t, s, done); again != done {
		whole(t, s, again)
		done = again
	}
	// The sequencer needs room for the tree. Where it has none nothing is numbered.
	if _, err := s.Sequence(context.Background(), Default, signer); !errors.Is(err, ErrFull) {
		t.Fatalf("sequenced on a full disk: %v", err)
	}
	if n := number(t, s, `SELECT count(*) FROM ledger_entry WHERE seq IS NOT NULL`); n != 0 {
		t.Errorf("%d entries were numbered", n)
	}

	if _, err := database(s).Exec(`PRAGMA max_page_count = 640`); err != nil {
		t.Fatal(err)
	}
	if c := sequence(t, s); c.Size != int64(done) {
		t.Errorf("%d entries, want %d", c.Size, done)
	}
	more := record(t, s, done)
	if more == done {
		t.Error("nothing was done after room was made")
	}
	whole(t, s, more)
	if r := verify(t, s, true, ledger.Trust{}); !r.OK() {
		t.Errorf("report %+v", r)
	}
}

// A statement that fails for want of room may end SQLite's transaction behind
// our back; whoever overlooks its error must not commit the rest in pieces.
func TestFullAndOverlooked(t *testing.T) {
	s := newStore(t)
	if _, err := database(s).Exec(`PRAGMA max_page_count = 60`); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	err := s.Write(ctx, func(tx *Tx) error {
		for i := range 200 {
			_ = tx.Record(ctx, act(i), strings.Repeat("x", 4000))
		}
		_ = tx.AddStaff(ctx, Staff{Landlord: Default, ID: "s", Login: "s"})
		return nil
	})
	if !errors.Is(err, ErrFull) {
		t.Errorf("error %v", err)
	}
	whole(t, s, 0)
}

// Whoever overlooks an error of a statement commits nothing by halves.
func testOverlooked(t *testing.T, at place) {
	s := at.open(t)
	ctx := context.Background()
	want := int64(1)
	err := s.Write(ctx, func(tx *Tx) error {
		if err := tx.AddStaff(ctx, Staff{Landlord: Default, ID: "s", Login: "s"}); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO staff (landlord) VALUES ($1)`, Default); err == nil {
			t.Error("an account without an id was added")
		}
		return tx.Record(ctx, act(1), nil)
	})
	if err != nil {
		want = 0
	}
	staff, entries := number(t, s, `SELECT count(*) FROM staff`), number(t, s, `SELECT count(*) FROM ledger_entry`)
	if staff != want || entries != want {
		t.Errorf("%d accounts and %d entries were kept, and the error was %v", staff, entries, err)
	}
}

// The same on a file system that really is full.
func testFullDisk(t *testing.T, at place) {
	at, dir := smallPlace(t, at.engine, "2m")
	s := at.open(t)
	done := fillUp(t, s, 0)
	if done == 0 {
		t.Fatal("nothing was done")
	}
	whole(t, s, done)

	growDisk(t, dir, "8m")
	if c := sequence(t, s); c.Size != int64(done) {
		t.Errorf("%d entries, want %d", c.Size, done)
	}
	// Filled to the last byte by another, with transactions of ours under way.
	filler, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer filler.Close()
	block := make([]byte, 4096)
	for err == nil {
		_, err = filler.Write(block)
	}
	done = fillUp(t, s, done)
	whole(t, s, done)
	if err := filler.Truncate(0); err != nil {
		t.Fatal(err)
	}
	more := fillUp(t, s, done)
	if more == done {
		t.Error("nothing was done after room was made")
	}
	whole(t, s, more)
	growDisk(t, dir, "32m")
	sequence(t, s)
	if r := verify(t, s, true, ledger.Trust{}); !r.OK() || r.Entries != int64(more) {
		t.Errorf("report %+v", r)
	}
}
