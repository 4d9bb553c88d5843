package pack_test

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"tenet/internal/pack"
)

func TestWriteFileOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("left out: needs leave to mount a small disk: %v", err)
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
	big := []pack.File{{Name: "a.txt", Bytes: make([]byte, 16<<20)}} // Zeros pack well; the noise of age and zip still needs room.
	for i := range big[0].Bytes {
		big[0].Bytes[i] = byte(i * i >> 7)
	}
	id := identity(t)
	err := pack.WriteFile(path, func(w io.Writer) error { return pack.Seal(w, big, id.Recipient()) })
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("the error is %v", err)
	}
	if got := left(t, dir); got != "draft.age" {
		t.Errorf("the full disk holds %q", got)
	}
}
