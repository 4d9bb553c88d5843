package keys

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const maxFile = 4 << 10 // bytes; every key file is far smaller

// private refuses what anyone but its owner may read or write. Windows has lists
// of rights in place of modes, which nothing here reads: see docs/install.md.
func private(path string, info fs.FileInfo, want string) error {
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return fmt.Errorf("%s is open to others (mode %04o); run: chmod %s %s", path, mode, want, quote(path))
	}
	return nil
}

// quote makes a path one word of a shell command.
func quote(path string) string {
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// readFile is the one line of text a key file holds.
func readFile(dir, name string) (string, error) {
	path := filepath.Join(dir, name)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s is missing; restore it from the backup of the key folder: %w", path, err)
	} else if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat() // Of the file that is open, not of what may take its name.
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a file", path)
	}
	if err := private(path, info, "600"); err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return strings.TrimSpace(string(b)), nil
}

// writeFolder makes dir with the files in it. They are written beside it and
// brought to the disk first; giving the folder its name is the last step, and
// the file system does it whole or not at all. A folder in the way that holds
// anything stops it.
func writeFolder(dir string, files map[string]string) (err error) {
	dir = filepath.Clean(dir)
	parent := filepath.Dir(dir)
	if err := makeRoom(dir); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(parent, ".keys-") // Mode 0700.
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(temp)
		}
	}()
	for name, text := range files {
		if err := writeFile(filepath.Join(temp, name), text); err != nil {
			return err
		}
	}
	if err := syncFolder(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, dir); err != nil {
		return err
	}
	return syncFolder(parent)
}

// makeRoom takes an empty folder out of the way, and refuses to touch anything else.
func makeRoom(dir string) error {
	names, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(names) > 0:
		return fmt.Errorf("it holds %s already, and keys are never replaced: %w", names[0].Name(), fs.ErrExist)
	}
	return os.Remove(dir) // Removes no folder that has been filled since.
}

// addFile puts a new file into an existing folder, whole or not at all, and
// never in the place of another.
func addFile(dir, name, text string) error {
	f, err := os.CreateTemp(dir, ".new-") // Mode 0600.
	if err != nil {
		return err
	}
	temp := f.Name()
	f.Close()
	os.Remove(temp)
	if err := writeFile(temp, text); err != nil {
		return err
	}
	defer os.Remove(temp)
	if err := os.Link(temp, filepath.Join(dir, name)); err != nil { // Unlike Rename, fails if the name is taken.
		return err
	}
	return syncFolder(dir)
}

func writeFile(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text + "\n")
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// syncFolder waits until the names in a folder are on the disk. Windows has nothing
// of the kind, and keeps a rename in its journal.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = f.Sync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
