package blob

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestFolderIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("left out: Windows has no modes")
	}
	dir := filepath.Join(t.TempDir(), "made", "packs")
	put(t, open(t, dir), "a/b/pack", []byte("x"))
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		i, err := d.Info()
		if err == nil && i.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, i.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A link that somebody puts into the folder leads nowhere.
func TestLinksOutAreNotFollowed(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if err := os.Symlink(outside, filepath.Join(dir, "out")); err != nil {
		t.Skip("left out: no symbolic links here")
	}
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "file")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"out/secret", "file"} {
		if r, err := s.Get(t.Context(), name); err == nil {
			r.Close()
			t.Errorf("%s was read", name)
		}
		s.Delete(t.Context(), name)
	}
	if err := s.Put(t.Context(), "out/new", strings.NewReader("x")); err == nil {
		t.Error("a file was written outside")
	}
	for i := range s.List(t.Context(), "") {
		t.Errorf("%s is listed", i.Name)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
		t.Errorf("outside there is now %v, %v", entries, err)
	}
}

func TestANameIsNeverAFolderToo(t *testing.T) {
	s := open(t, t.TempDir())
	put(t, s, "a/b", []byte("1"))
	put(t, s, "c", []byte("2"))
	says(t, s.Put(t.Context(), "a", strings.NewReader("x")), "the folder of other files")
	says(t, s.Put(t.Context(), "c/d", strings.NewReader("x")), "cannot be the folder of another")
	if string(get(t, s, "a/b"))+string(get(t, s, "c")) != "12" {
		t.Error("the files that were there are gone")
	}
}

func TestFolderFindings(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if found, err := s.Check(t.Context()); err != nil || len(found) != 0 {
		t.Fatalf("a sound folder: %v, %v", found, err)
	}
	torso := filepath.Join(dir, partial, "TORSO")
	if err := os.WriteFile(torso, []byte("half a pa"), 0o600); err != nil {
		t.Fatal(err)
	}
	if found, err := s.Check(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("a writer that may still run: %v, %v", found, err)
	}
	old := time.Now().Add(-2 * leftover)
	if err := os.Chtimes(torso, old, old); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	found, err := s.Check(t.Context())
	if err != nil || len(found) != 2 || !strings.Contains(found[0].Says, "other users") || !strings.Contains(found[1].Says, "1 unfinished") {
		t.Errorf("findings %v, %v", found, err)
	}
	if n, err := s.Sweep(t.Context(), old.Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("swept %d too young, %v", n, err)
	}
	if n, err := s.Sweep(t.Context(), time.Now().Add(-leftover)); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if _, err := os.Stat(torso); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := os.RemoveAll(filepath.Join(dir, partial)); err != nil {
		t.Fatal(err)
	}
	_, err := s.Check(t.Context())
	says(t, err, "put tenet-check/", dir)
}
