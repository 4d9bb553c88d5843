package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBesideServe works in a workspace while another tenet serves it.
func TestBesideServe(t *testing.T) {
	dir, err := makeLandlord(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	office := filepath.Join(dir, "office")
	config, err := os.OpenFile(filepath.Join(office, "tenet.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.WriteString("portal: 127.0.0.1:0\nconsole: 127.0.0.1:0\n"); err != nil {
		t.Fatal(err)
	}
	if err := config.Close(); err != nil {
		t.Fatal(err)
	}

	serve := exec.Command("tenet", "-C", office, "serve")
	said, err := serve.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { serve.Process.Kill() })
	lines := bufio.NewScanner(said)
	for serving := false; !serving; {
		if !lines.Scan() {
			t.Fatalf("serve ended before it served: %v", serve.Wait())
		}
		serving = strings.HasPrefix(lines.Text(), "Console  http://127.0.0.1:")
	}
	var rest bytes.Buffer
	drained := make(chan error)
	go func() { _, err := rest.ReadFrom(said); drained <- err }()

	for _, line := range []struct {
		args string
		want int
		says string
	}{
		{"--json serve", 3, `"code":"busy"`},
		{"--json index --full", 0, `"not_searched":[]`},
		{"--json find --email marta.kowalczyk@example.org", 0, `"person_id":"1001"`},
		{"--json access --email marta.kowalczyk@example.org --received 2026-11-20 --out " + dir, 0, `"state":"drafted"`},
		{"--json case list", 0, `"number":"AR-2026-0001"`},
		{"ledger verify", 0, "entries verify"},
	} {
		cmd := exec.Command("tenet", append([]string{"-C", office}, strings.Fields(line.args)...)...)
		out, err := cmd.Output()
		if got := cmd.ProcessState.ExitCode(); got != line.want || !strings.Contains(string(out), line.says) {
			t.Errorf("beside serve, tenet %s ended with status %d (%v), not %d, and said\n%s", line.args, got, err, line.want, out)
		}
	}

	if err := serve.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("asked to stop, serve ended with %v\n%s", err, rest.String())
	}
}
