//go:build unix

package app

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// systemd listens as it does, and gives what a service says to it.
func systemd(t *testing.T) (socket string, hear func() string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "tenet") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket = filepath.Join(dir, "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return socket, func() string {
		t.Helper()
		b := make([]byte, 100)
		l.SetReadDeadline(time.Now().Add(time.Minute)) // a service that says nothing is an error, and no wait for ever
		n, err := l.Read(b)
		if err != nil {
			t.Fatalf("systemd heard nothing: %v", err)
		}
		return string(b[:n])
	}
}

func TestNotify(t *testing.T) {
	if err := notify("", "READY=1"); err != nil {
		t.Errorf("without systemd: %v", err)
	}
	if err := notify(filepath.Join(os.TempDir(), "tenet-nobody"), "READY=1"); err == nil {
		t.Error("nobody listens, and that is no error")
	}
	socket, hear := systemd(t)
	if err := notify(socket, "READY=1"); err != nil {
		t.Fatal(err)
	}
	if said := hear(); said != "READY=1" {
		t.Errorf("systemd was told %q", said)
	}
}

// TestServicesNotify: what the units of Type=notify run tells systemd when it is
// ready and when it stops.
func TestServicesNotify(t *testing.T) {
	w := open(t)
	for _, command := range []string{"serve", "work"} {
		t.Run(command, func(t *testing.T) {
			socket, hear := systemd(t)
			t.Setenv("NOTIFY_SOCKET", socket)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan int, 1)
			go func() {
				ended <- Run(ctx, []string{"-C", w.Dir, command}, nil, io.Discard, io.Discard, "test")
			}()
			if said := hear(); said != "READY=1" {
				t.Errorf("systemd was first told %q", said)
			}
			stop()
			if said := hear(); said != "STOPPING=1" {
				t.Errorf("systemd was then told %q", said)
			}
			if status := <-ended; status != 0 {
				t.Errorf("it ended with %d", status)
			}
		})
	}
}
