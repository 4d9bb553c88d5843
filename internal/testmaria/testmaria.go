package testmaria

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"tenet/internal/testdata"
)

// server is a running MariaDB.
type server struct {
	dir  string   // holds the data, the socket and the log
	port string   // on 127.0.0.1
	hold *os.File // the pipe that keeps the server alive
}

// start starts the one server of this process, or says why it cannot.
var start = sync.OnceValues(launch)

var errMissing = errors.New("MariaDB's server programs (Debian: apt install mariadb-server)")

var databases atomic.Int64

// Addr is the server's address on the loopback, "127.0.0.1:40123".
func Addr(t testing.TB) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", running(t).port)
}

// Database makes a fresh database, loads the SQL files into it with the mariadb
// client, and returns its URL by the socket, as root without a password:
// mysql://root@/test_1?socket=... It is dropped when the test ends. Where MariaDB is not
// installed the test is left out, or fails if TENET_TEST_REQUIRE lists mariadb.
func Database(t testing.TB, sqlFiles ...string) string {
	t.Helper()
	s := running(t)
	name := fmt.Sprintf("test_%d", databases.Add(1))
	Exec(t, s.url("mysql"), "CREATE DATABASE "+name+" CHARACTER SET utf8mb4")
	t.Cleanup(func() { Exec(t, s.url("mysql"), "DROP DATABASE "+name) })
	for _, f := range sqlFiles {
		in, err := os.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("mariadb", "--no-defaults", "--default-character-set=utf8mb4", "-S", s.socket(), "-u", "root", name)
		cmd.Stdin = in
		out, err := cmd.CombinedOutput()
		in.Close()
		if err != nil {
			t.Fatalf("loading %s: %v\n%s", filepath.Base(f), err, out)
		}
	}
	return s.url(name)
}

// Exec runs statements in the database of a URL that Database gave, in one
// session.
func Exec(t testing.TB, rawURL string, statements ...string) {
	t.Helper()
	ctx := context.Background()
	conn := Session(t, rawURL)
	defer conn.Close()
	for _, s := range statements {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			t.Fatalf("%.200s: %v", s, err)
		}
	}
}

// Session is a connection of its own to the database of a URL that Database
// gave, until it is closed or the test ends.
func Session(t testing.TB, rawURL string) *sql.Conn {
	t.Helper()
	u, err := url.Parse(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	db, err := connect(u.Query().Get("socket"), u.Path[1:])
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); db.Close() })
	return conn
}

func connect(socket, database string) (*sql.DB, error) {
	conf := mysql.NewConfig()
	conf.User, conf.Net, conf.Addr, conf.DBName = "root", "unix", socket, database
	conf.Collation = "utf8mb4_general_ci"
	conf.Logger = log.New(io.Discard, "", 0) // what goes wrong comes back as an error
	c, err := mysql.NewConnector(conf)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}

func running(t testing.TB) *server {
	t.Helper()
	s, err := start()
	if errors.Is(err, errMissing) {
		testdata.Missing(t, "mariadb", errMissing.Error())
	}
	if err != nil {
		t.Fatalf("starting MariaDB: %v", err)
	}
	return s
}

func (s *server) socket() string { return filepath.Join(s.dir, "socket") }

func (s *server) url(database string) string {
	return "mysql://root@/" + database + "?" + url.Values{"socket": {s.socket()}}.Encode()
}

// launch makes a data folder and starts a server in it. Nothing in it need
// outlive a crash of the machine, so it never waits for the disk.
func launch() (*server, error) {
	daemon, err := program("mariadbd")
	if err != nil {
		return nil, err
	}
	install, err := program("mariadb-install-db")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tenet-maria-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	if err := s.launch(install, daemon); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *server) launch(install, daemon string) error {
	attr, err := apart(s.dir)
	if err != nil {
		return err
	}
	if err := os.Chmod(s.dir, 0o755); err != nil { // clients reach the socket as another user
		return err
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal",
		"--skip-test-db", "--skip-name-resolve", "--innodb-log-file-size=64M")
	initdb.SysProcAttr, initdb.Dir = attr, s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("mariadb-install-db: %w\n%s", err, out)
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
	said, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer said.Close()
	const watch = `dir=$1; shift
"$@" </dev/null & server=$!
cat >/dev/null
kill -TERM $server; wait $server; rm -rf "$dir"`
	// A time zone that is neither UTC nor ours, so that a test which reads the
	// server's own would fail; and room for values of many megabytes.
	cmd := exec.Command("/bin/sh", "-c", watch, "sh", s.dir,
		daemon, "--no-defaults", "--datadir="+data, "--socket="+s.socket(), "--port="+s.port, "--bind-address=127.0.0.1",
		"--pid-file="+filepath.Join(s.dir, "pid"), "--skip-name-resolve", "--skip-log-bin", "--performance-schema=off",
		"--innodb-log-file-size=64M", "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync",
		"--innodb-fast-shutdown=2", "--max-allowed-packet=256M", "--default-time-zone=-05:00", "--character-set-server=utf8mb4")
	cmd.SysProcAttr, cmd.Dir = attr, "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = keep, said, said
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
	db, err := connect(s.socket(), "mysql")
	if err != nil {
		return err
	}
	defer db.Close()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
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

// program finds a program on the path, or where Debian keeps servers.
func program(name string) (string, error) {
	for _, name := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errMissing
}
