package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/testpg"
)

// A write whose connection is cut, at any point, is done once.
func TestLostConnection(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cut   cut
		words string
		runs  int
	}{
		{"before it begins", before, "begin", 1},
		{"after it began", after, "begin", 1},
		{"at the gate", after, "LOCK", 1},
		{"before a statement", before, "INSERT INTO staff", 2},
		{"after a statement", after, "INSERT INTO staff", 2},
		{"before the commit", before, "commit", 2},
		{"after the commit", after, "commit", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at, w := through(t, newPlace(t, "postgres"))
			s := at.open(t)
			runs := 0
			w.on(tt.cut, tt.words)
			write(t, s, func(ctx context.Context, tx *Tx) error {
				runs++
				if err := tx.AddStaff(ctx, Staff{Landlord: Default, ID: "s", Login: "s"}); err != nil {
					return err
				}
				return tx.Record(ctx, act(1), nil) // Without a Once, which would do it once by itself.
			})
			if w.cut.Load() != nil {
				t.Error("nothing was cut")
			}
			if runs != tt.runs {
				t.Errorf("the function ran %d times, want %d", runs, tt.runs)
			}
			staff, entries := number(t, s, `SELECT count(*) FROM staff`), number(t, s, `SELECT count(*) FROM ledger_entry`)
			if staff != 1 || entries != 1 {
				t.Errorf("%d accounts and %d entries", staff, entries)
			}
		})
	}
}

// Where the server cannot be asked the caller is told so, and a second try with
// the same Once does it once, whether or not the first did.
func TestLostCommitAndServer(t *testing.T) {
	for name, what := range map[string]cut{"not committed": before, "committed": after} {
		t.Run(name, func(t *testing.T) {
			at, w := through(t, newPlace(t, "postgres"))
			s := at.open(t)
			p := s.engine.(*postgres)
			p.patience = 200 * time.Millisecond
			p.reader.SetMaxIdleConns(-1) // Whoever asks comes over a new connection.
			a := act(1)
			a.Once = "once"
			ctx := context.Background()
			do := func() error {
				return s.Write(ctx, func(tx *Tx) error { return tx.Record(ctx, a, nil) })
			}
			w.on(what, "commit", func() { w.closed.Store(true) })
			if err := do(); !errors.Is(err, ErrUnknown) {
				t.Errorf("error %v", err)
			}
			w.closed.Store(false)
			if err := do(); errors.Is(err, ErrRecorded) != (what == after) || err != nil && what == before {
				t.Errorf("again: %v", err)
			}
			if n := number(t, s, `SELECT count(*) FROM ledger_entry`); n != 1 {
				t.Errorf("%d entries", n)
			}
		})
	}
}

// A server with another history may not have what was committed.
func TestLostCommitAndFailover(t *testing.T) {
	at, w := through(t, newPlace(t, "postgres"))
	s := at.open(t)
	s.engine.(*postgres).timeline = "FFFFFFFF"
	w.on(after, "commit")
	ctx := context.Background()
	err := s.Write(ctx, func(tx *Tx) error { return tx.Record(ctx, act(1), nil) })
	if !errors.Is(err, ErrUnknown) {
		t.Errorf("error %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	at, w := through(t, newPlace(t, "postgres"))
	s := at.open(t)
	w.closed.Store(true)
	if _, err := Open(context.Background(), at.url); !errors.Is(err, ErrUnreachable) {
		t.Errorf("opened without a server: %v", err)
	}
	w.closed.Store(false)
	record(t, s, 1, 2)
}

// A server that ends every connection, as one that restarts, is not noticed.
func TestConnectionsEnded(t *testing.T) {
	at := newPlace(t, "postgres")
	s := at.open(t)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() { record(t, s, w*100, w*100+25) })
	}
	for range 5 {
		execute(t, testpg.Start(t), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tenet'`)
	}
	wg.Wait()
	if n := number(t, s, `SELECT count(*) FROM ledger_entry`); n != 100 {
		t.Errorf("%d entries, want 100", n)
	}
}

func TestPostgresRefuses(t *testing.T) {
	base := testpg.Database(t)
	with := func(q string) string { return base + "&" + q }
	execute(t, base, `CREATE SCHEMA other; CREATE TABLE other.tenant (id int);
		CREATE SCHEMA goosed; CREATE TABLE goosed.goose_db_version (version_id bigint, is_applied boolean); CREATE TABLE goosed.tenant (id int)`)
	execute(t, base, `DO $$ BEGIN CREATE ROLE humble LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`)
	for _, tt := range []struct{ url, want string }{
		{"postgres://tenet:hunter2@127.0.0.1:1/tenet", "cannot be reached"},
		{"postgres://tenet:hunter2@" + testpg.Addr(t) + "/postgres", "authentication failed"},
		{"postgres://tenet:hunter2%@127.0.0.1/tenet", "not a URL"},
		{"postgres://tenet:hunter2@127.0.0.1:x/tenet", "not a URL"},
		{"postgres://tenet:hunter2@127.0.0.1/tenet?sslmode=perhaps", "cannot read this URL"},
		{"postgres://tenet:hunter2@127.0.0.1/tenet?sslrootcert=/none&sslmode=verify-full", "cannot read this URL"},
		{with("schema=Other"), "small letters"},
		{with("schema="), "small letters"},
		{with("schema=pg_tenet"), "not pg_"},
		{with("schema=x%3Bdrop"), "small letters"},
		{with("schema=x;drop"), "not a URL"},
		{with("schema=other"), "not Tenet's"},
		{with("schema=goosed"), "not Tenet's"},
		{strings.Replace(base, "user=postgres", "user=humble", 1), "CREATE SCHEMA tenet AUTHORIZATION"},
		{testpg.DatabaseWith(t, "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"), "encoded in SQL_ASCII"},
	} {
		s, err := Open(context.Background(), tt.url)
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", tt.url)
		} else if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", tt.url, err)
		}
	}
}

// Several stores share a database, each in a schema of its own.
func TestSchemas(t *testing.T) {
	base := testpg.Database(t)
	one, two := place{"postgres", base}.open(t), place{"postgres", base + "&schema=vale_2"}.open(t)
	record(t, one, 0, 3)
	record(t, two, 0, 1)
	if a, b := sequence(t, one), sequence(t, two); a.Size != 3 || b.Size != 1 {
		t.Errorf("%d and %d entries", a.Size, b.Size)
	}
	if one.String() == two.String() || !strings.Contains(two.String(), "schema=vale_2") {
		t.Errorf("%s and %s", one, two)
	}
}

func TestPostgresSettings(t *testing.T) {
	s := newPlace(t, "postgres").open(t)
	ctx := context.Background()
	check := func(tx *Tx, setting, want string) {
		t.Helper()
		var got string
		if err := tx.QueryRowContext(ctx, `SELECT current_setting($1)`, setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s, %v", setting, got, want, err)
		}
	}
	write(t, s, func(ctx context.Context, tx *Tx) error {
		check(tx, "synchronous_commit", "on") // The server's own setting is off.
		check(tx, "transaction_isolation", "serializable")
		check(tx, "lock_timeout", "10s")
		check(tx, "statement_timeout", "1min")
		check(tx, "idle_in_transaction_session_timeout", "2min")
		check(tx, "search_path", "tenet")
		return nil
	})
	for long, want := range map[bool]string{false: "1min", true: "0"} {
		err := s.read(ctx, access{long: long}, func(tx *Tx) error {
			check(tx, "transaction_read_only", "on")
			check(tx, "transaction_isolation", "repeatable read")
			check(tx, "lock_timeout", "10s")
			check(tx, "statement_timeout", want)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTooSlow(t *testing.T) {
	s := newPlace(t, "postgres").open(t)
	ctx := context.Background()
	err := s.Write(ctx, func(tx *Tx) error {
		if _, err := tx.ExecContext(ctx, `SET LOCAL statement_timeout = 10`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `SELECT pg_sleep(10)`)
		return err
	})
	if !errors.Is(err, ErrBusy) {
		t.Errorf("error %v", err)
	}
}

// An entry whose id was drawn early and committed late is in the tree all the
// same.
func TestEntriesOutOfOrder(t *testing.T) {
	s := newPlace(t, "postgres").open(t)
	ctx := context.Background()
	holds, let, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		done <- s.Write(ctx, func(tx *Tx) error {
			err := tx.Record(ctx, act(1), nil)
			once.Do(func() {
				close(holds)
				<-let
			})
			return err
		})
	}()
	<-holds
	record(t, s, 2, 5)
	if c := sequence(t, s); c.Size != 3 {
		t.Errorf("%d entries, want the 3 that are committed", c.Size)
	}
	close(let)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if c := sequence(t, s); c.Size != 4 {
		t.Errorf("%d entries, want 4", c.Size)
	}
	if n := number(t, s, `SELECT seq FROM ledger_entry WHERE subject = 'case-1'`); n != 3 {
		t.Errorf("the late one has number %d", n)
	}
}
