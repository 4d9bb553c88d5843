package main

import (
	"io"
	"net"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/testscript"

	"tenet/internal/testpg"
)

// TestPostgres runs the scripts in which somebody else's server misbehaves: $PG
// is a source on it by way of a wire that the script can cut, and $KEEPER a database of
// its own that Tenet may keep its tables in.
func TestPostgres(t *testing.T) {
	database, err := url.Parse(testpg.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	keeper, err := url.Parse(testpg.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	psql := func(at *url.URL, statements ...string) error {
		conn, err := pgx.Connect(t.Context(), at.String())
		if err != nil {
			return err
		}
		defer conn.Close(t.Context())
		for _, s := range statements {
			if _, err := conn.Exec(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	}
	err = psql(keeper, `CREATE ROLE keeper LOGIN PASSWORD 'hush'`, `CREATE SCHEMA tenet AUTHORIZATION keeper`, `CREATE SCHEMA tenet_index AUTHORIZATION keeper`)
	if err != nil {
		t.Fatal(err)
	}
	wire := newWire(t, testpg.Addr(t))
	setup := func(env *testscript.Env) error {
		env.Setenv("PG", "postgres://reader:hush@"+wire.addr()+database.Path)
		env.Setenv("KEEPER", "postgres://keeper:hush@"+wire.addr()+keeper.Path)
		env.Setenv("KEEPER_WRONG", "postgres://keeper:hushed@"+wire.addr()+keeper.Path)
		env.Setenv("PG_WRONG", "postgres://reader:wrong@"+wire.addr()+database.Path)
		return nil
	}
	run(t, "testdata/postgres", setup, map[string]func(*testscript.TestScript, bool, []string){
		// psql STATEMENT runs a statement as the server's master.
		"psql": func(ts *testscript.TestScript, _ bool, args []string) {
			ts.Check(psql(database, args[0]))
		},
		// cut N drops a connection when the server has sent so many bytes of it; 0
		// drops none.
		"cut": func(ts *testscript.TestScript, _ bool, args []string) {
			n, err := strconv.ParseInt(args[0], 10, 64)
			ts.Check(err)
			wire.after.Store(n)
		},
	})
}

// wire passes connections on to a server, and can be cut.
type wire struct {
	in    net.Listener
	to    string
	after atomic.Int64 // bytes from the server; 0 is never
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{in: in, to: to}
	var passing sync.WaitGroup
	passing.Go(func() {
		for {
			client, err := in.Accept()
			if err != nil {
				return
			}
			passing.Go(func() { w.pass(client) })
		}
	})
	t.Cleanup(func() {
		in.Close()
		passing.Wait()
	})
	return w
}

func (w *wire) addr() string { return w.in.Addr().String() }

// pass copies until either side ends, or the wire is cut.
func (w *wire) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		io.Copy(server, client)
		server.Close()
	}()
	if n := w.after.Load(); n > 0 {
		io.CopyN(client, server, n)
		return
	}
	io.Copy(client, server)
}
