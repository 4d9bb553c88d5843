package pack

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// WriteFile makes a file of what write writes, whole or not at all, readable by
// its owner alone. It is written beside path under another name, brought to the
// disk, and given its name last, in the place of a file that had it. Whatever
// goes wrong, nothing half-written stays.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	defer func() {
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			err = fmt.Errorf("write %s: the disk is full: nothing was left behind; free some space in %s and do it again: %w",
				path, filepath.Dir(path), err)
		} else if err != nil {
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	dir, name := filepath.Split(path)
	if name == "" {
		return errors.New("it names a folder, not a file")
	}
	// What a killed process left half-written of this very file goes first.
	old, err := filepath.Glob(filepath.Join(filepath.Clean(dir+"."), "."+globless.Replace(name)+".part-*"))
	for _, path := range old {
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Clean(dir+"."), "."+name+".part-") // Mode 0600.
	if err != nil {
		return err
	}
	temp := f.Name()
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
	}()
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(dir)
}

// globless takes the signs of a pattern for themselves.
var globless = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`)

// syncFolder brings the names in a folder to the disk, where the system has a
// way to.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(filepath.Clean(dir + "."))
	if err != nil {
		return err
	}
	err = f.Sync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
