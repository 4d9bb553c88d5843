package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"tenet/internal/testdata"
)

// TestFullDisk runs the scripts that fill a disk: $DISK is a small one of the
// script's own.
func TestFullDisk(t *testing.T) {
	mount := func(dir string) error { return unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8m") }
	probe := t.TempDir()
	if err := mount(probe); err != nil {
		testdata.Missing(t, "mount", "the right to mount a file system: "+err.Error())
	}
	if err := unix.Unmount(probe, 0); err != nil {
		t.Fatal(err)
	}
	run(t, "testdata/disk", func(env *testscript.Env) error {
		dir := env.WorkDir + "/disk"
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		if err := mount(dir); err != nil {
			return err
		}
		env.Defer(func() { unix.Unmount(dir, unix.MNT_DETACH) })
		env.Setenv("DISK", dir)
		return nil
	})
}
