package pack_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/pack"
)

// left is what a folder holds.
func left(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "draft.age")
	for _, text := range []string{"first", "second"} {
		if err := pack.WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != text {
			t.Errorf("the file holds %q, error %v", b, err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, error %v", info.Mode(), err)
	}

	broken := errors.New("the source went away")
	err := pack.WriteFile(path, func(w io.Writer) error { io.WriteString(w, "half"); return broken })
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), path) {
		t.Errorf("the error is %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "second" {
		t.Errorf("a failed write left %q", b)
	}
	if got := left(t, dir); got != "draft.age" {
		t.Errorf("a failed write left %q", got)
	}
	for _, path := range []string{dir + "/", filepath.Join(dir, "no", "such", "folder.age")} {
		if err := pack.WriteFile(path, func(io.Writer) error { return nil }); err == nil {
			t.Errorf("%s was written", path)
		}
	}
}
