package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// partial is the folder in which files are until they are whole. No name begins
// with a dot.
const partial = ".partial"

// folder keeps files in a folder. Its root refuses whatever leads out of it,
// symbolic links included.
type folder struct {
	root *os.Root
}

func openFolder(_ context.Context, dir string) (*folder, error) {
	if dir == "" {
		return nil, errors.New("the URL names no folder: give one such as file:/srv/tenet/packs")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder: %w", full(err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	if err := root.Mkdir(partial, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		root.Close()
		return nil, fmt.Errorf("%s: the folder must belong to the user Tenet runs as: %w", dir, full(err))
	}
	return &folder{root}, nil
}

func (f *folder) close() error { return f.root.Close() }

// put writes beside, and renames when everything is on the disk.
func (f *folder) put(ctx context.Context, name string, r io.Reader) (err error) {
	beside := partial + "/" + rand.Text()
	file, err := f.root.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return full(err)
	}
	defer func() {
		if err != nil {
			file.Close() // Again, perhaps, and harmless.
			f.root.Remove(beside)
			err = full(err)
		}
	}()
	if _, err := io.Copy(file, untilDone{ctx, r}); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := f.mkdir(path.Dir(name)); err != nil {
		return err
	}
	if err := f.root.Rename(beside, name); err != nil {
		if i, err := f.root.Stat(name); err == nil && i.IsDir() {
			return errors.New("the name is the folder of other files: choose another")
		}
		return err
	}
	return f.sync(path.Dir(name))
}

// mkdir makes a folder and those above it, so that they outlive a crash.
func (f *folder) mkdir(dir string) error {
	if dir == "." {
		return nil
	}
	i, err := f.root.Stat(dir)
	switch {
	case err == nil && i.IsDir():
		return nil
	case err == nil:
		return fmt.Errorf("%s is a file, and cannot be the folder of another: choose another name", dir)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := f.mkdir(path.Dir(dir)); err != nil {
		return err
	}
	if err := f.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.sync(path.Dir(dir))
}

// sync waits until what is in a folder is on the disk. Windows has nothing of
// the kind, and keeps a rename in its journal.
func (f *folder) sync(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (f *folder) get(ctx context.Context, name string) (io.ReadCloser, error) {
	file, err := f.root.Open(name)
	if err != nil {
		return nil, absent(err)
	}
	i, err := file.Stat()
	if err != nil || !i.Mode().IsRegular() {
		file.Close()
		return nil, errors.Join(err, ErrNotFound)
	}
	return struct {
		io.Reader
		io.Closer
	}{untilDone{ctx, file}, file}, nil
}

func (f *folder) stat(_ context.Context, name string) (Info, error) {
	i, err := f.root.Stat(name)
	if err != nil {
		return Info{}, absent(err)
	}
	if !i.Mode().IsRegular() {
		return Info{}, ErrNotFound
	}
	return Info{name, i.Size(), i.ModTime().UTC()}, nil
}

func (f *folder) delete(ctx context.Context, name string) error {
	if _, err := f.stat(ctx, name); err != nil { // A folder stays.
		return err
	}
	if err := f.root.Remove(name); err != nil {
		return absent(err)
	}
	return f.sync(path.Dir(name))
}

// batch is how many names of a folder are held at once.
const batch = 500

func (f *folder) list(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := f.walk(ctx, path.Dir(prefix+"x"), prefix, yield); err != nil && !errors.Is(err, errStop) {
			yield(Info{}, err)
		}
	}
}

var errStop = errors.New("enough")

// walk gives the files of a folder and of those below it.
func (f *folder) walk(ctx context.Context, dir, prefix string, yield func(Info, error) bool) error {
	d, err := f.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	if err != nil {
		return err
	}
	defer d.Close()
	if i, err := d.Stat(); err != nil || !i.IsDir() {
		return err
	}
	for {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		entries, err := d.ReadDir(batch)
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			switch {
			case CheckName(name) != nil: // The partial folder, and what others have put here.
			case e.IsDir() && (strings.HasPrefix(name+"/", prefix) || strings.HasPrefix(prefix, name+"/")):
				if err := f.walk(ctx, name, prefix, yield); err != nil {
					return err
				}
			case e.Type().IsRegular() && strings.HasPrefix(name, prefix):
				i, err := e.Info()
				if errors.Is(err, fs.ErrNotExist) {
					continue // Deleted meanwhile.
				}
				if err != nil {
					return err
				}
				if !yield(Info{name, i.Size(), i.ModTime().UTC()}, nil) {
					return errStop
				}
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (f *folder) sweep(ctx context.Context, before time.Time) (int, error) {
	n := 0
	err := f.leftovers(ctx, func(i fs.FileInfo) error {
		if !i.ModTime().Before(before) {
			return nil
		}
		if err := f.root.Remove(partial + "/" + i.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		n++
		return nil
	})
	return n, err
}

// leftovers gives each file that is not whole, also those on their way.
func (f *folder) leftovers(ctx context.Context, fn func(fs.FileInfo) error) error {
	d, err := f.root.Open(partial)
	if err != nil {
		return err
	}
	defer d.Close()
	for {
		entries, err := d.ReadDir(batch)
		for _, e := range entries {
			i, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // Whole by now.
			}
			if err == nil {
				err = fn(i)
			}
			if err := errors.Join(err, context.Cause(ctx)); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (f *folder) inspect(ctx context.Context) ([]Finding, error) {
	var found []Finding
	i, err := f.root.Stat(".")
	if err != nil {
		return nil, err
	}
	if mode := i.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		found = append(found, Finding{
			fmt.Sprintf("other users of this machine can look into the folder (mode %04o)", mode),
			"chmod 700 " + f.root.Name(),
		})
	}
	old, limit := 0, time.Now().Add(-leftover)
	err = f.leftovers(ctx, func(i fs.FileInfo) error {
		if i.ModTime().Before(limit) {
			old++
		}
		return nil
	})
	if old > 0 {
		found = append(found, torsos(old))
	}
	return found, err
}

// leftover is how old something unfinished is when Check takes it for a
// leftover.
const leftover = 24 * time.Hour

func torsos(n int) Finding {
	return Finding{
		fmt.Sprintf("%d unfinished files of more than a day ago lie there, from writers that were killed; no reader sees them", n),
		"sweep the storage",
	}
}

// absent is err, or ErrNotFound if it says that nothing is there.
func absent(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return ErrNotFound
	}
	return err
}

// full adds to an error that there is no room what to do about it.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("no room left on the disk; nothing was changed: make room and do it again: %w", err)
	}
	return err
}
