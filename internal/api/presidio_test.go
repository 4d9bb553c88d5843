//go:build presidio

package api

// What only a machine with Presidio can show: make bench-detect installs it and runs
// these. make test does without.

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tenet/internal/detect"
)

// Presidio itself, served by a few lines of Python, since its own server needs a framework that is not there.
func TestRecogniserAsksPresidio(t *testing.T) {
	python := filepath.Join("..", "..", ".cache", "presidio", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("Presidio is not in .cache/presidio, where make bench-detect puts it: %v", err)
	}
	cmd := exec.Command(python, filepath.Join("testdata", "presidio_server.py"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	var port int
	if _, err := fmt.Fscanln(out, &port); err != nil {
		t.Fatalf("the server said no port: %v", err)
	}
	r, err := NewRecogniser("Presidio", fmt.Sprintf("http://127.0.0.1:%d", port), nil)
	if err != nil {
		t.Fatal(err)
	}
	text := "Zoë rang; card 4111 1111 1111 1111, write to janet@example.org"
	spans, err := r.Find(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"4111 1111 1111 1111", "janet@example.org"} {
		if !slices.ContainsFunc(spans, func(s detect.Span) bool { return s.Text == want }) {
			t.Errorf("%s is not among %v", want, spans)
		}
	}
}

// A Python program with nothing but the library that Presidio's users call its service with.
func TestPythonClient(t *testing.T) {
	python := filepath.Join("..", "..", ".cache", "presidio", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("Presidio is not in .cache/presidio, where make bench-detect puts it: %v", err)
	}
	s := serve(t)
	cmd := exec.Command(python, filepath.Join("testdata", "presidio_client.py"), s.URL)
	var said bytes.Buffer
	cmd.Stderr = &said
	b, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	if got := strings.TrimSpace(string(b)); got != "Janet Hartley 07700 900123" {
		t.Errorf("the client cut out %q", got)
	}
}
