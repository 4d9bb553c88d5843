package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/ledger"
)

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := filepath.Join(dir, "foreign.db")
	db, err := sql.Open("sqlite", foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`CREATE TABLE tenant (id INTEGER)`); err != nil {
		t.Fatal(err)
	}
	db.Close()

	for _, tt := range []struct{ url, want string }{
		{"mysql://x", "must begin with sqlite:"},
		{"tenet.db", "must begin with sqlite:"},
		{"sqlite:", "names no file"},
		{"sqlite:" + filepath.Join(dir, "none", "tenet.db"), "no such file"},
		{"sqlite:" + file("text", strings.Repeat("not a database\n", 99)), "not a SQLite file"},
		{"sqlite:" + foreign, "not one of Tenet's"},
	} {
		s, err := Open(context.Background(), tt.url)
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", tt.url)
		} else if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", tt.url, err)
		}
	}
	db, err = sql.Open("sqlite", foreign)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(`SELECT count(*) FROM sqlite_master`).Scan(&n); err != nil || n != 1 {
		t.Errorf("another's database has %d tables now, %v", n, err)
	}
}

func TestOpenSettings(t *testing.T) {
	s := newStore(t)
	e := s.engine.(*sqliteEngine)
	record(t, s, 0, 1)
	for _, tt := range []struct{ pragma, writer, reader string }{
		{"journal_mode", "wal", "wal"},
		{"synchronous", "2", "2"},
		{"foreign_keys", "1", "1"},
		{"secure_delete", "1", "1"},
		{"query_only", "0", "1"},
	} {
		for db, want := range map[*sql.DB]string{e.writer: tt.writer, e.reader: tt.reader} {
			var got string
			if err := db.QueryRow(`PRAGMA ` + tt.pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %s, want %s, %v", tt.pragma, got, want, err)
			}
		}
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(e.path + end)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", info.Name(), info.Mode().Perm())
		}
	}
}

func testWriteIsAllOrNothing(t *testing.T, at place) {
	s := at.open(t)
	ctx := context.Background()
	boom := errors.New("boom")
	err := s.Write(ctx, func(tx *Tx) error {
		if err := tx.Record(ctx, act(1), nil); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("error %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		s.Write(ctx, func(tx *Tx) error {
			if err := tx.Record(ctx, act(1), nil); err != nil {
				t.Error(err)
			}
			panic("boom")
		})
	}()
	cancelled, cancel := context.WithCancel(ctx)
	err = s.Write(cancelled, func(tx *Tx) error {
		if err := tx.Record(cancelled, act(1), nil); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if n := number(t, s, `SELECT count(*) FROM ledger_entry`); n != 0 {
		t.Errorf("%d entries are there", n)
	}
	record(t, s, 0, 1) // And the store still works.
}

func testReadCannotWrite(t *testing.T, at place) {
	s := at.open(t)
	ctx := context.Background()
	err := s.Read(ctx, func(tx *Tx) error {
		return tx.AddStaff(ctx, Staff{Landlord: Default, ID: "s1", Login: "ada"})
	})
	if err == nil || !strings.Contains(err.Error(), "a Read cannot write") {
		t.Errorf("wrote in a Read: %v", err)
	}
	err = s.Read(ctx, func(tx *Tx) error { return tx.Record(ctx, act(1), nil) })
	if err == nil {
		t.Error("recorded in a Read")
	}
}

// A Read sees one state, and neither waits for a Write nor makes it wait.
func testReadSeesOneState(t *testing.T, at place) {
	s := at.open(t)
	ctx := context.Background()
	record(t, s, 0, 1)
	err := s.Read(ctx, func(tx *Tx) error {
		for range 3 {
			var n int
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM ledger_entry`).Scan(&n); err != nil {
				return err
			}
			if n != 1 {
				t.Errorf("sees %d entries", n)
			}
			record(t, s, 1, 2)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Two stores on one file stand for two processes.
func testManyWriters(t *testing.T, at place) {
	s := at.open(t)
	other := at.open(t)
	const writers, each = 8, 25
	ctx := context.Background()
	signer, _ := testKey(t)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			on := []*Store{s, other}[w%2]
			for i := range each {
				a := act(w)
				a.Once = fmt.Sprintf("once-%d-%d", w/2, i) // Each is tried by two.
				err := on.Write(ctx, func(tx *Tx) error { return tx.Record(ctx, a, i) })
				if err != nil && !errors.Is(err, ErrRecorded) {
					t.Error(err)
				}
				if i%10 == 9 {
					if _, err := on.Sequence(ctx, Default, signer); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	c := sequence(t, s)
	if want := int64(writers / 2 * each); c.Size != want || number(t, s, `SELECT count(DISTINCT once) FROM ledger_entry`) != want {
		t.Errorf("%d entries, want %d", c.Size, want)
	}
	if r := verify(t, s, true, ledger.Trust{}); !r.OK() || r.Entries != c.Size || r.Opened != c.Size {
		t.Errorf("report %+v", r)
	}
	sound(t, s)
}

func testManyOpenAtOnce(t *testing.T, at place) {
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s, err := Open(context.Background(), at.url)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	sound(t, at.open(t))
}

func TestWriteWaitsItsTurn(t *testing.T) {
	s := newStore(t)
	turn := s.engine.(*sqliteEngine).turn
	turn <- struct{}{} // A write that does not end.
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Write(ctx, func(*Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	<-turn
}

func testWriteAfterAnotherProcess(t *testing.T, at place) {
	s := at.open(t)
	other := at.open(t)
	ctx := context.Background()
	holds, let := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- other.write(ctx, access{write: true, alone: true}, func(tx *Tx) error {
			close(holds)
			<-let
			return tx.Record(ctx, act(1), nil)
		})
	}()
	<-holds
	brief, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if err := s.Write(brief, func(*Tx) error { return nil }); err == nil {
		t.Error("wrote while another process held the store")
	}
	close(let)
	if err := <-done; err != nil {
		t.Error(err)
	}
	record(t, s, 2, 3)
}

func testLandlords(t *testing.T, at place) {
	s := at.open(t)
	write(t, s, func(ctx context.Context, tx *Tx) error {
		return errors.Join(
			tx.SetLandlord(ctx, Landlord{Default, "Brook Homes"}),
			tx.SetLandlord(ctx, Landlord{"vale", "Vale"}),
			tx.SetLandlord(ctx, Landlord{"vale", "Vale Housing"}))
	})
	ctx := context.Background()
	var got []Landlord
	err := s.Read(ctx, func(tx *Tx) (err error) {
		got, err = tx.Landlords(ctx)
		return err
	})
	if err != nil || fmt.Sprint(got) != "[{default Brook Homes} {vale Vale Housing}]" {
		t.Errorf("landlords %v, %v", got, err)
	}
	stranger := act(1)
	stranger.Landlord = "nobody"
	if err := s.Write(ctx, func(tx *Tx) error { return tx.Record(ctx, stranger, nil) }); err == nil {
		t.Error("recorded for a landlord that is not there")
	}
}

func testStaff(t *testing.T, at place) {
	s := at.open(t)
	day := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	ada := Staff{Landlord: Default, ID: "s1", Login: " Ada@Example.org", Name: "Ada Fenwick", Role: "dpo", Password: "hash", Created: day}
	write(t, s, func(ctx context.Context, tx *Tx) error {
		if any, err := tx.AnyStaff(ctx, Default); any || err != nil {
			t.Errorf("an account before the first: %v, %v", any, err)
		}
		if err := tx.SetLandlord(ctx, Landlord{"vale", "Vale"}); err != nil {
			return err
		}
		return tx.AddStaff(ctx, ada)
	})
	write(t, s, func(ctx context.Context, tx *Tx) error {
		got, err := tx.StaffByLogin(ctx, Default, "ADA@example.org ")
		want := ada
		want.Login = "ada@example.org"
		if err != nil || got != want {
			t.Errorf("found %+v, %v", got, err)
		}
		if _, err := tx.StaffByLogin(ctx, "vale", "ada@example.org"); !errors.Is(err, ErrNotFound) {
			t.Errorf("found in another landlord's: %v", err)
		}
		for _, again := range []Staff{{Landlord: Default, ID: "s1", Login: "bea"}, {Landlord: Default, ID: "s2", Login: "ADA@example.org"}} {
			if err := tx.AddStaff(ctx, again); err == nil || !strings.Contains(err.Error(), "taken") {
				t.Errorf("added %+v: %v", again, err)
			}
		}
		if err := tx.SetStaffPassword(ctx, Default, "s1", "other"); err != nil {
			return err
		}
		if err := tx.DisableStaff(ctx, "vale", "s1", day); !errors.Is(err, ErrNotFound) {
			t.Errorf("disabled another landlord's: %v", err)
		}
		if any, err := tx.AnyStaff(ctx, Default); !any || err != nil {
			t.Errorf("no account: %v", err)
		}
		return tx.DisableStaff(ctx, Default, "s1", day)
	})
	write(t, s, func(ctx context.Context, tx *Tx) error {
		got, err := tx.StaffByID(ctx, Default, "s1")
		if err != nil || got.Password != "other" || !got.Disabled.Equal(day) {
			t.Errorf("found %+v, %v", got, err)
		}
		if any, err := tx.AnyStaff(ctx, Default); any || err != nil {
			t.Errorf("a disabled account counts: %v", err)
		}
		return nil
	})
}

func testSessions(t *testing.T, at place) {
	s := at.open(t)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	sessions := s.Sessions(Default)
	sessions.now = func() time.Time { return now }
	find := func(token string) string {
		t.Helper()
		data, found, err := sessions.Find(token)
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			return "none"
		}
		return string(data)
	}
	for _, token := range []string{"a", "b", "a"} {
		if err := sessions.Commit(token, []byte("data of "+token), now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if find("a") != "data of a" || find("b") != "data of b" || find("c") != "none" {
		t.Error("sessions are not what was kept")
	}
	if err := sessions.Delete("a"); err != nil {
		t.Fatal(err)
	}
	if find("a") != "none" {
		t.Error("the session goes on after its end")
	}
	now = now.Add(time.Hour)
	if find("b") != "none" {
		t.Error("the session goes on after its time")
	}
	if err := sessions.Commit("c", nil, now.Add(time.Hour)); err == nil {
		t.Error("kept a session without data")
	}
	if err := sessions.Commit("c", []byte{}, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := number(t, s, `SELECT count(*) FROM session`); n != 1 {
		t.Errorf("%d sessions are kept, want the one that lives", n)
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Lock(dir)
	var held *Held
	if !errors.As(err, &held) || held.PID != os.Getpid() || !strings.Contains(err.Error(), fmt.Sprint("process ", os.Getpid())) {
		t.Errorf("a second Lock: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	release, err = Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	if _, err := Lock(filepath.Join(dir, "none")); err == nil || errors.As(err, &held) && held.Dir != dir {
		t.Errorf("locked a folder that is not there: %v", err)
	}
}

// What one transaction read another may not have changed by the time it commits:
// of rows that each are named for how many there were, none is missing.
func testCounting(t *testing.T, at place) {
	stores := []*Store{at.open(t), at.open(t)}
	const writers, each = 8, 15
	ctx := context.Background()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for range each {
				err := stores[w%2].Write(ctx, func(tx *Tx) error {
					var n int
					if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM landlord`).Scan(&n); err != nil {
						return err
					}
					return tx.SetLandlord(ctx, Landlord{fmt.Sprint("landlord-", n), ""})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := number(t, stores[0], `SELECT count(*) FROM landlord`); n != 1+writers*each {
		t.Errorf("%d landlords, want %d", n, 1+writers*each)
	}
}
