package store

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// flock opens and locks a file; closing it gives the lock back. If another
// holds it the error is errHeld.
//
// A lock of Windows keeps others from the very bytes that it covers. This one is
// on a byte far behind the last, so that everybody may read who the holder is.
func flock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0,
		1, 0, &windows.Overlapped{OffsetHigh: 1 << 30})
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return nil, errHeld
	}
	return nil, &fs.PathError{Op: "LockFileEx", Path: path, Err: err}
}
