package testsmtp

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tenet/internal/testdata"
)

//go:embed server.py
var script []byte

// Kind is how a server speaks.
type Kind string

// The kinds.
const (
	Clear    Kind = "clear"    // without TLS, and takes mail from anybody
	STARTTLS Kind = "starttls" // demands TLS by STARTTLS, and a password
	SMTPS    Kind = "smtps"    // TLS from the start, and a password
)

// Who may send, and who never gets anything.
const (
	User     = "tenet"
	Password = "correct horse"
	Nobody   = "nobody@example.org" // refused for ever
	Busy     = "busy@example.org"   // refused for now
)

// Server is a running mail server.
type Server struct {
	Port  int
	CA    string // its certificate's file
	taken string
}

// URL is the server for package post, of the kind Clear.
func (s Server) URL() string { return fmt.Sprintf("smtp://127.0.0.1:%d?tls=none", s.Port) }

// interpreter is a Python that has aiosmtpd: Debian's own, where another stands
// before it in the path. It is empty where there is none, with what was said.
func interpreter() (python, said string) {
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		out, err := exec.Command(python, "-c", "import aiosmtpd").CombinedOutput()
		if err == nil {
			return python, ""
		}
		said += string(out)
	}
	return "", said
}

// Start starts a server. Where aiosmtpd is not installed the test is left out, or
// fails if TENET_TEST_REQUIRE lists smtp.
func Start(t testing.TB, kind Kind) Server {
	t.Helper()
	python, lacks := interpreter()
	if python == "" {
		testdata.Missing(t, "smtp", "the mail server aiosmtpd (Debian: python3-aiosmtpd): "+lacks)
	}
	dir := t.TempDir()
	s := Server{CA: filepath.Join(dir, "crt.pem"), taken: filepath.Join(dir, "taken")}
	if err := os.Mkdir(s.taken, 0o700); err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	cert, err := x509.CreateCertificate(rand.Reader, x, x, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	own, py := filepath.Join(dir, "key.pem"), filepath.Join(dir, "server.py")
	for name, content := range map[string][]byte{
		s.CA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), own: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), py: script,
	} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	cmd := exec.Command(python, "-u", py, s.taken, s.CA, own, string(kind), fmt.Sprint(s.Port))
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	var said strings.Builder
	cmd.Stderr = &said
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the mail server said %q, %v\n%s", line, err, said.String())
	}
	return s
}

// Taken is what the server took, in no order. Its envelope stands in heads of its
// own: X-From, X-To, X-Tls.
func (s Server) Taken(t testing.TB) []*mail.Message {
	t.Helper()
	files, err := os.ReadDir(s.taken)
	if err != nil {
		t.Fatal(err)
	}
	var all []*mail.Message
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".tmp") {
			continue // it is being written
		}
		text, err := os.ReadFile(filepath.Join(s.taken, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}
