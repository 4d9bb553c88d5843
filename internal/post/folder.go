package post

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// folder writes each message as a file, which others send. A repeat is the file
// that is there already.
type folder struct {
	path string
	from From
}

func (f *folder) Send(_ context.Context, m Message) error {
	text, err := bytesOf(f.from, m)
	if err != nil {
		return err
	}
	to := filepath.Join(f.path, m.Reference+".eml")
	if err := f.write(to, text); err != nil {
		return &Error{What: "the message could not be written", Mend: "see that there is room, and that the folder may be written to", err: err}
	}
	return nil
}

// write puts a file whole, or not at all.
func (f *folder) write(to string, text []byte) error {
	if _, err := os.Lstat(to); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(f.path, ".writing-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), to)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

func (f *folder) Check(context.Context) error {
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return &Error{What: "the folder for messages cannot be made", Mend: "name one that may be written to", err: err}
	}
	probe, err := os.CreateTemp(f.path, ".writing-*")
	if err != nil {
		return &Error{What: "the folder for messages cannot be written to", Mend: "give this user the right to", err: err}
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
