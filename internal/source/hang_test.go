package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tenet/internal/rows"
	"tenet/internal/testmaria"
	"tenet/internal/testpg"
)

// middle stands between a source and a server. What it does to what the server
// says is decided by after: how many bytes of it a connection gets (-1 is all), and
// whether it is cut off then or hears nothing more.
type middle struct {
	net.Listener
	server string // empty: it answers nothing at all

	mu    sync.Mutex
	after func(conn int) (bytes int64, cut bool)
	conns int
	open  []net.Conn
}

func newMiddle(t testing.TB, server string) *middle {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &middle{Listener: l, server: server, after: func(int) (int64, bool) { return -1, false }}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			m.mu.Lock()
			m.conns++
			n, cut := m.after(m.conns)
			m.open = append(m.open, c)
			m.mu.Unlock()
			if server != "" {
				go m.serve(c, n, cut)
			}
		}
	}()
	t.Cleanup(func() {
		l.Close()
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, c := range m.open {
			c.Close()
		}
	})
	return m
}

func (m *middle) serve(c net.Conn, n int64, cut bool) {
	up, err := net.Dial("tcp", m.server)
	if err != nil {
		c.Close()
		return
	}
	go func() {
		io.Copy(up, c)
		up.Close()
	}()
	if n < 0 {
		io.Copy(c, up)
		c.Close()
		return
	}
	io.CopyN(c, up, n)
	if cut {
		c.Close()
		up.Close()
		return
	}
	io.Copy(io.Discard, up) // it goes on talking, and nobody hears it
}

func (m *middle) set(after func(conn int) (int64, bool)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.after, m.conns = after, 0
}

// A server that takes connections and never says a word: whatever is asked of the source ends,
// and says that it cannot be reached or that there was no answer in time.
func TestSilentServers(t *testing.T) {
	at := newMiddle(t, "").Addr().String()
	for _, raw := range []string{
		"postgres://tenet:pw@" + at + "/housing?sslmode=disable", "postgres://tenet:pw@" + at + "/housing?sslmode=require",
		"mysql://tenet:pw@" + at + "/housing?tls=false", "mysql://tenet:pw@" + at + "/housing?tls=skip-verify",
		"sqlserver://tenet:pw@" + at + "/housing?tls=false", "sqlserver://tenet:pw@" + at + "/housing",
		"oracle://tenet:pw@" + at + "/housing", "oracle://tenet:pw@" + at + "/housing?tls=skip-verify",
		"imap://tenet:pw@" + at + "/?tls=false", "imaps://tenet:pw@" + at + "/",
		"sar:http://" + at + "/sar?ask=prn&health=HEAD",
	} {
		scheme, _, _ := strings.Cut(raw, ":")
		t.Run(strings.ReplaceAll(raw, at, ""), func(t *testing.T) {
			t.Parallel()
			s, _ := open(t, raw, Options{Limits: Limits{Statement: 300 * time.Millisecond}})
			ctx := context.Background()
			table, column := "person", "id"
			if scheme == "imap" || scheme == "imaps" {
				table = "message"
			}
			asked := map[string]func() error{"Check": func() error { _, err := s.Check(ctx); return err }}
			if scheme == "sar" {
				table, column = "record", "id"
			} else {
				asked["Scan"] = func() error { return failure(s.Scan(ctx, table, ScanOptions{})) }
			}
			asked["Lookup"] = func() error { return failure(s.Lookup(ctx, table, []rows.Match{is(column, "7")})) }
			if table == "person" {
				asked["Schema"] = func() error { _, err := s.Schema(ctx); return err }
				asked["Fingerprint"] = func() error { _, err := s.Fingerprint(ctx, table); return err }
				asked["Mark"] = func() error { _, _, err := s.(changing).Mark(ctx, table); return err }
			}
			var group sync.WaitGroup
			for what, ask := range asked {
				group.Go(func() {
					err := ask()
					var e *Error
					if !errors.As(err, &e) || !errors.Is(err, ErrUnreachable) && !errors.Is(err, errSlow) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, ErrSuspended) {
						t.Errorf("%s: %v", what, err)
					}
					if err != nil && strings.Contains(err.Error(), ":pw@") {
						t.Errorf("%s: the password is in %v", what, err)
					}
				})
			}
			group.Wait()
		})
	}
}

// viaMiddle are real servers with someone in the middle.
func viaMiddle(t *testing.T, f func(t *testing.T, m *middle, raw string)) {
	t.Run("PostgreSQL", func(t *testing.T) {
		db := testpg.Database(t)
		pgExec(t, db, "DROP ROLE IF EXISTS far", "CREATE ROLE far LOGIN PASSWORD 'pw'", "CREATE TABLE keyed (id int PRIMARY KEY, pad text)", "CREATE TABLE bare (id int, pad text)",
			"INSERT INTO keyed SELECT i, repeat('x', 1000) || i FROM generate_series(1, 2000) i", "INSERT INTO bare SELECT * FROM keyed", "GRANT SELECT ON keyed, bare TO far")
		t.Cleanup(func() { pgExec(t, db, "DROP OWNED BY far", "DROP ROLE far") })
		u, err := url.Parse(db)
		if err != nil {
			t.Fatal(err)
		}
		m := newMiddle(t, testpg.Addr(t))
		f(t, m, "postgres://far:pw@"+m.Addr().String()+u.Path+"?sslmode=disable")
	})
	t.Run("MariaDB", func(t *testing.T) {
		db := testmaria.Database(t)
		testmaria.Exec(t, db, "CREATE TABLE keyed (id int PRIMARY KEY, pad text)", "CREATE TABLE bare (id int, pad text)",
			"INSERT INTO keyed SELECT seq, CONCAT(REPEAT('x', 1000), seq) FROM seq_1_to_2000", "INSERT INTO bare SELECT * FROM keyed",
			"CREATE USER far@'127.0.0.1' IDENTIFIED BY 'pw'", "CREATE USER far@localhost IDENTIFIED BY 'pw'", "GRANT SELECT ON keyed TO far@localhost", "GRANT SELECT ON bare TO far@localhost",
			"GRANT SELECT ON keyed TO far@'127.0.0.1'", "GRANT SELECT ON bare TO far@'127.0.0.1'")
		t.Cleanup(func() { testmaria.Exec(t, db, "DROP USER far@'127.0.0.1', far@localhost") })
		u, err := url.Parse(db)
		if err != nil {
			t.Fatal(err)
		}
		m := newMiddle(t, testmaria.Addr(t))
		f(t, m, "mysql://far:pw@"+m.Addr().String()+u.Path+"?tls=false")
	})
}

// A server that falls silent, or is cut off, in the middle of a row: the rows before it
// are whole, none is made of half of one, and an error follows. Nobody waits for ever.
func TestBrokenInTheMiddle(t *testing.T) {
	viaMiddle(t, func(t *testing.T, m *middle, raw string) {
		ctx := context.Background()
		for _, cut := range []bool{true, false} {
			for _, table := range []string{"keyed", "bare"} {
				for _, at := range []int64{200_700, 1_100_123} {
					m.set(func(int) (int64, bool) { return -1, false })
					s, _ := open(t, raw, Options{Limits: Limits{Statement: time.Second}})
					if _, err := s.Schema(ctx); err != nil { // over a connection that is let be
						t.Fatal(err)
					}
					engineClosesIdle(s)
					m.set(func(int) (int64, bool) { return at, cut })
					seen := map[string]bool{}
					var last error
					for r, err := range s.Scan(ctx, table, ScanOptions{}) {
						if last = err; err != nil {
							continue
						}
						id := r.Get("id").Text
						if pad := r.Get("pad").Text; seen[id] || pad != strings.Repeat("x", 1000)+id {
							t.Fatalf("row %s: %d bytes, read before: %v", id, len(pad), seen[id])
						}
						seen[id] = true
					}
					what := fmt.Sprintf("%s, %d bytes, cut off: %v", table, at, cut)
					// A keyed table goes on over a second connection, which gets as far.
					if len(seen) == 2000 && cut && table == "keyed" && last == nil {
						continue
					}
					var e *Error
					if !errors.As(last, &e) || e.Table != table || !errors.Is(last, ErrUnreachable) && !errors.Is(last, errSlow) {
						t.Errorf("%s: %d rows, then %v", what, len(seen), last)
					}
					if len(seen) < 100 || len(seen) >= 2000 || e != nil && e.After == "" {
						t.Errorf("%s: %d rows, then %#v", what, len(seen), last)
					}
				}
			}
		}
	})
}

// engineClosesIdle makes a source's next call go over a new connection.
func engineClosesIdle(s Source) {
	switch e := s.(*gentle).Source.(type) {
	case *postgres:
		for {
			c, _ := e.pool.take()
			if c == nil {
				return
			}
			hangUp(c.Conn)
		}
	case *server:
		e.db.SetMaxIdleConns(0)
	}
}

// A look-up says that it is not whole too, in the login as anywhere else.
func TestBrokenLookups(t *testing.T) {
	viaMiddle(t, func(t *testing.T, m *middle, raw string) {
		ctx := context.Background()
		for _, cut := range []bool{true, false} {
			for _, at := range []int64{3, 1_000} {
				m.set(func(int) (int64, bool) { return -1, false })
				s, _ := open(t, raw, Options{Limits: Limits{Statement: 500 * time.Millisecond}})
				if _, err := s.Schema(ctx); err != nil {
					t.Fatal(err)
				}
				engineClosesIdle(s)
				m.set(func(int) (int64, bool) { return at, cut })
				err := failure(s.Lookup(ctx, "keyed", []rows.Match{is("id", "7")}))
				var e *Error
				if !errors.As(err, &e) || !errors.Is(err, ErrUnreachable) && !errors.Is(err, errSlow) {
					t.Errorf("%d bytes, cut off: %v: %v", at, cut, err)
				}
			}
		}
	})
}

// Whoever gives up on PostgreSQL takes his work off the server too.
func TestPostgresStopsOnTheServer(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db, `CREATE VIEW slow AS SELECT 1 AS a FROM pg_sleep(600)`)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	s := inHaste(t, db)
	if err := failure(s.Scan(ctx, "slow", ScanOptions{})); !errors.Is(err, errSlow) {
		t.Fatal(err)
	}
	for n := 1; n > 0; {
		if err := conn.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tenet' AND state = 'active' AND datname = current_database()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if t.Context().Err() != nil {
			t.Fatal("the statement runs on")
		}
	}
}
