package pack_test

import (
	"crypto/rand"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"tenet/internal/pack"
	"tenet/internal/testdata"
)

func TestWriteFileOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		testdata.Missing(t, "mount", "leave to mount a small disk ("+err.Error()+")")
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	path := filepath.Join(dir, "draft.age")
	if err := pack.WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "old"); return err }); err != nil {
		t.Fatal(err)
	}
	big := []pack.File{{Name: "a.txt", Bytes: make([]byte, 1<<20)}}
	rand.Read(big[0].Bytes) // Noise, which does not pack.
	id := identity(t)
	err := pack.WriteFile(path, func(w io.Writer) error { return pack.Seal(w, big, id.Recipient()) })
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("the error is %v", err)
	}
	if got := left(t, dir); got != "draft.age" {
		t.Errorf("the full disk holds %q", got)
	}
}
