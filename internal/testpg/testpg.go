package testpg

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tenet/internal/testdata"
)

// server is a running PostgreSQL.
type server struct {
	dir  string   // holds the data, the socket and the log
	port string   // on 127.0.0.1, where a password is asked for; and of the socket
	hold *os.File // the pipe that keeps the server alive
	bin  string
}

// start starts the one server of this process, or says why it cannot.
var start = sync.OnceValues(launch)

var errMissing = errors.New("PostgreSQL's server programs (Debian: apt install postgresql)")

var databases atomic.Int64

// Start is the URL of the server's database postgres, by its socket, as its
// superuser. Where PostgreSQL is not installed the test is left out, or fails if
// TENET_TEST_REQUIRE lists postgres.
func Start(t testing.TB) string {
	t.Helper()
	return running(t).url("postgres")
}

// Addr is the server's address on the loopback, "127.0.0.1:40123". Over it
// every role must give its password.
func Addr(t testing.TB) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", running(t).port)
}

// Database makes a fresh database, loads the SQL files into it with psql, and
// returns its URL. It is dropped when the test ends.
func Database(t testing.TB, sqlFiles ...string) string {
	t.Helper()
	return DatabaseWith(t, "", sqlFiles...)
}

// DatabaseWith is Database with options of CREATE DATABASE, such as
// "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'".
func DatabaseWith(t testing.TB, options string, sqlFiles ...string) string {
	t.Helper()
	s := running(t)
	name := fmt.Sprintf("test_%d", databases.Add(1))
	s.exec(t, "CREATE DATABASE "+name+" "+options)
	t.Cleanup(func() { s.exec(t, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	for _, f := range sqlFiles {
		cmd := exec.Command(filepath.Join(s.bin, "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.DevNull, "-d", s.url(name), "-f", f)
		cmd.Env = append(os.Environ(), "PGOPTIONS=-c client_min_messages=error")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("loading %s: %v\n%s", filepath.Base(f), err, out)
		}
	}
	return s.url(name)
}

func running(t testing.TB) *server {
	t.Helper()
	s, err := start()
	if errors.Is(err, errMissing) {
		testdata.Missing(t, "postgres", errMissing.Error())
	}
	if err != nil {
		t.Fatalf("starting PostgreSQL: %v", err)
	}
	return s
}

func (s *server) url(database string) string {
	q := url.Values{"host": {s.dir}, "port": {s.port}, "user": {"postgres"}}
	return "postgres:///" + database + "?" + q.Encode()
}

func (s *server) exec(t testing.TB, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// launch makes a cluster and starts it. Nothing in it need outlive a crash of
// the machine, so it never waits for the disk.
func launch() (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tenet-pg-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, bin: bin}
	if err := s.launch(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *server) launch() error {
	attr, err := apart(s.dir)
	if err != nil {
		return err
	}
	if err := os.Chmod(s.dir, 0o755); err != nil { // psql reaches the socket as another user
		return err
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	initdb.SysProcAttr, initdb.Dir = attr, s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	hba := filepath.Join(data, "pg_hba.conf")
	if err := os.WriteFile(hba, []byte("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"), 0o600); err != nil {
		return err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = strconv.Itoa(free.Addr().(*net.TCPAddr).Port)
	free.Close()

	keep, hold, err := os.Pipe()
	if err != nil {
		return err
	}
	defer keep.Close()
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	const watch = `dir=$1; shift
"$@" </dev/null & server=$!
cat >/dev/null
kill -INT $server; wait $server; rm -rf "$dir"`
	cmd := exec.Command("/bin/sh", "-c", watch, "sh", s.dir,
		filepath.Join(s.bin, "postgres"), "-D", data, "-k", s.dir, "-p", s.port, "-c", "listen_addresses=127.0.0.1",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB", "-c", "autovacuum=off")
	cmd.SysProcAttr, cmd.Dir = attr, "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = keep, log, log
	if err := cmd.Start(); err != nil {
		hold.Close()
		return err
	}
	s.hold = hold
	go cmd.Wait()
	return s.ready(filepath.Join(s.dir, "log"))
}

// ready waits until the server answers.
func (s *server) ready(log string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.url("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			s.hold.Close()
			said, _ := os.ReadFile(log)
			return fmt.Errorf("it does not answer: %w\n%s", err, said)
		case <-tick.C:
		}
	}
}

// programs is the folder of PostgreSQL's programs: the newest that Debian has,
// else that of the path.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	version := func(path string) float64 {
		v, _ := strconv.ParseFloat(strings.Split(path, "/")[4], 64)
		return v
	}
	slices.SortFunc(found, func(a, b string) int { return int(version(a)*10) - int(version(b)*10) })
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errMissing
}
