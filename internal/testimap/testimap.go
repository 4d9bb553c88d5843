package testimap

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tenet/internal/testdata"
)

// server is a running Dovecot.
type server struct {
	dir        string // holds the mail, the users, the certificate and the log
	plain, tls string // ports on 127.0.0.1: with STARTTLS, and with TLS from the start
	hold       *os.File
	own        func(path string) error // gives it to the user that Dovecot runs as
}

// start starts the one server of this process, or says why it cannot.
var start = sync.OnceValues(launch)

var errMissing = errors.New("an IMAP server, Dovecot (Debian: apt install dovecot-imapd)")

var users, delivered atomic.Int64

// User is someone with a mailbox on the server.
type User struct {
	Name, Password string
	Plain, TLS     string // the server's addresses
	CA             string // its certificate's file
	Maildir        string // where the mail is kept
}

// most users are known to the server from its start: it would not see one that is added within a second
// of another.
const most = 1000

func password(user string) string { return "pass of " + user }

// URL is the mailbox as a source's URL, over TLS verified by the server's own certificate.
func (u User) URL() string {
	return (&url.URL{Scheme: "imaps", User: url.UserPassword(u.Name, u.Password), Host: u.TLS, Path: "/", RawQuery: url.Values{"ca": {u.CA}}.Encode()}).String()
}

// Start makes a user with an empty mailbox. Where Dovecot is not installed the
// test is left out, or fails if TENET_TEST_REQUIRE lists dovecot.
func Start(t testing.TB) User {
	t.Helper()
	s, err := start()
	if errors.Is(err, errMissing) {
		testdata.Missing(t, "dovecot", errMissing.Error())
	}
	if err != nil {
		t.Fatalf("starting Dovecot: %v", err)
	}
	n := users.Add(1)
	if n > most {
		t.Fatalf("more than %d users", most)
	}
	name := fmt.Sprintf("user%d", n)
	u := User{Name: name, Password: password(name), Plain: net.JoinHostPort("127.0.0.1", s.plain), TLS: net.JoinHostPort("127.0.0.1", s.tls),
		CA: filepath.Join(s.dir, "cert.pem"), Maildir: filepath.Join(s.dir, "mail", name)}
	u.Folder(t, "")
	return u
}

// Folder makes a folder by the name that Maildir gives it: "" is INBOX, ".Repairs.2026" one in another.
func (u User) Folder(t testing.TB, name string) {
	t.Helper()
	s, _ := start()
	for _, dir := range []string{name, name + "/cur", name + "/new", name + "/tmp"} {
		path := filepath.Join(u.Maildir, dir)
		if err := os.Mkdir(path, 0o700); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
		s.give(t, path)
	}
}

// Deliver puts a message into a folder as new, after those before it, and returns its file.
func (u User) Deliver(t testing.TB, folder, message string) string {
	t.Helper()
	s, _ := start()
	path := filepath.Join(u.Maildir, folder, "new", fmt.Sprintf("%d.%06d.test", time.Now().Unix(), delivered.Add(1)))
	if err := os.WriteFile(path, []byte(message), 0o600); err != nil {
		t.Fatal(err)
	}
	s.give(t, path)
	return path
}

func (s *server) give(t testing.TB, path string) {
	t.Helper()
	if err := s.own(path); err != nil {
		t.Fatal(err)
	}
}

func launch() (*server, error) {
	program, err := exec.LookPath("dovecot")
	if err != nil {
		if _, err := os.Stat("/usr/sbin/dovecot"); err != nil {
			return nil, errMissing
		}
		program = "/usr/sbin/dovecot"
	}
	dir, err := os.MkdirTemp("", "tenet-imap-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	if err := s.launch(program); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

const config = `base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
default_internal_user = %[2]s
default_internal_group = %[3]s
default_login_user = %[2]s
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:%[1]s/mail/%%u
mail_fsync = never
ssl = yes
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
auth_failure_delay = 0
login_trusted_networks =
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%u %[1]s/users
}
userdb {
  driver = static
  args = home=%[1]s/mail/%%u
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = %[4]s
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = %[5]s
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`

func (s *server) launch(program string) error {
	me, err := user.Current()
	if err != nil {
		return err
	}
	if os.Getuid() == 0 { // as nobody, so that nothing of the machine is within its reach
		if me, err = user.Lookup("nobody"); err != nil {
			return err
		}
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		return err
	}
	for _, port := range []*string{&s.plain, &s.tls} {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		*port = strconv.Itoa(free.Addr().(*net.TCPAddr).Port)
		free.Close()
	}
	if err := os.Mkdir(filepath.Join(s.dir, "mail"), 0o755); err != nil {
		return err
	}
	files := map[string]string{"dovecot.conf": fmt.Sprintf(config, s.dir, me.Username, group.Name, s.plain, s.tls), "users": ""}
	for n := range most {
		name := fmt.Sprintf("user%d", n+1)
		files["users"] += name + ":{PLAIN}" + password(name) + "\n"
	}
	if files["cert.pem"], files["key.pem"], err = certificate(); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	attr, own, err := apart(me)
	if err != nil {
		return err
	}
	s.own = own
	if err := filepath.WalkDir(s.dir, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, own(path))
	}); err != nil {
		return err
	}
	return s.run(program, attr)
}

func (s *server) run(program string, attr *syscall.SysProcAttr) error {
	keep, hold, err := os.Pipe()
	if err != nil {
		return err
	}
	defer keep.Close()
	log, err := os.Create(filepath.Join(s.dir, "said"))
	if err != nil {
		return err
	}
	defer log.Close()
	const watch = `dir=$1; shift
"$@" </dev/null & server=$!
cat >/dev/null
kill -TERM $server; wait $server; rm -rf "$dir"`
	cmd := exec.Command("/bin/sh", "-c", watch, "sh", s.dir, program, "-F", "-c", filepath.Join(s.dir, "dovecot.conf"))
	cmd.SysProcAttr, cmd.Dir = attr, "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = keep, log, log
	if err := cmd.Start(); err != nil {
		hold.Close()
		return err
	}
	s.hold = hold
	go cmd.Wait()
	return s.ready()
}

// ready waits until the server greets.
func (s *server) ready() error {
	late := time.After(30 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", s.plain))
		if err == nil {
			conn.SetDeadline(time.Now().Add(5 * time.Second))
			hello, e := bufio.NewReader(conn).ReadString('\n')
			conn.Close()
			if strings.HasPrefix(hello, "* OK") {
				return nil
			}
			err = e
		}
		select {
		case <-late:
			s.hold.Close()
			said, _ := os.ReadFile(filepath.Join(s.dir, "said"))
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("it does not answer: %w\n%s%s", err, said, log)
		case <-tick.C:
		}
	}
}

// certificate is one that the server signs for itself, for 127.0.0.1.
func certificate() (cert, key string, err error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "testimap"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		return "", "", err
	}
	pk, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return "", "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pk})), nil
}
