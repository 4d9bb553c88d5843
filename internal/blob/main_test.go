package blob

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tenet/internal/testdata"
)

// The keys of every server of these tests.
const (
	accessKey = "tenet-test-access"
	secretKey = "tenet-test-secret-9f31"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(crashEnv); url != "" {
		fmt.Fprintln(os.Stderr, putUntilKilled(url))
		os.Exit(1)
	}
	os.Setenv("AWS_ACCESS_KEY_ID", accessKey)
	os.Setenv("AWS_SECRET_ACCESS_KEY", secretKey)
	os.Unsetenv("AWS_SESSION_TOKEN")
	code := m.Run()
	gateway.stop()
	os.Exit(code)
}

// gateway is the one S3 server of this process: versitygw over a folder.
var gateway server

type server struct {
	once sync.Once
	cmd  *exec.Cmd
	dir  string
	addr string
	err  error
	made atomic.Int64 // buckets
}

// program is where the Makefile puts versitygw.
func program(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("TENET_TEST_VERSITYGW"); path != "" {
		return path
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	path := filepath.Join(dir, ".cache", "versitygw-v1.8.0", "versitygw")
	if _, err := os.Stat(path); err != nil {
		testdata.Missing(t, "s3", "the S3 server versitygw (make test builds it; or TENET_TEST_VERSITYGW)")
	}
	return path
}

func (s *server) start(t testing.TB) {
	t.Helper()
	path := program(t)
	s.once.Do(func() { s.err = s.launch(path) })
	if s.err != nil {
		t.Fatalf("starting versitygw: %v", s.err)
	}
}

func (s *server) launch(path string) error {
	dir, err := os.MkdirTemp("", "tenet-s3-")
	if err != nil {
		return err
	}
	s.dir = dir
	for _, d := range []string{"files", "versions"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			return err
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.addr = free.Addr().String()
	free.Close()
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd = exec.Command(path, "--port", s.addr, "--access", accessKey, "--secret", secretKey, "--quiet",
		"posix", "--versioning-dir", filepath.Join(dir, "versions"), filepath.Join(dir, "files"))
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if r, err := http.Get("http://" + s.addr + "/"); err == nil {
			r.Body.Close()
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			said, _ := os.ReadFile(log.Name())
			return fmt.Errorf("it does not answer: %s", said)
		}
	}
}

func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

// newBucket makes a bucket and gives the URL of a prefix in it.
func newBucket(t testing.TB) string {
	t.Helper()
	gateway.start(t)
	url := fmt.Sprintf("s3://test-%d/some/prefix?endpoint=http://%s", gateway.made.Add(1), gateway.addr)
	b, err := openBucket(url, retries)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.core.MakeBucket(t.Context(), b.name, makeBucket); err != nil {
		t.Fatal(err)
	}
	return url
}

// each runs a test on a folder and on a bucket.
func each(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("folder", func(t *testing.T) { test(t, "file:"+filepath.Join(t.TempDir(), "packs [1]?#%")) })
	t.Run("s3", func(t *testing.T) { test(t, newBucket(t)) })
}

func open(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func put(t testing.TB, s *Store, name string, body []byte) {
	t.Helper()
	if err := s.Put(t.Context(), name, bytes.NewReader(body)); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, s *Store, name string) []byte {
	t.Helper()
	r, err := s.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// says fails the test unless err has these words in it, and no secret.
func says(t testing.TB, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error; want one with %q", words)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q: it does not say %q", err, w)
		}
	}
	for _, secret := range []string{accessKey, secretKey} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("error %q: it has a key in it", err)
		}
	}
}
