//go:build unix

package desk

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownerOf is the user that a folder belongs to, and whether that is this one.
func ownerOf(dir string) (name string, mine bool, err error) {
	info, err := os.Stat(dir)
	if err != nil {
		return "", false, err
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", false, errors.ErrUnsupported
	}
	name = strconv.Itoa(int(s.Uid))
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	}
	return name, int(s.Uid) == os.Geteuid(), nil
}

// freeSpace is how many bytes this user may still write where dir lies.
func freeSpace(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}

// writable says why this user may make no file in dir, without making one.
func writable(dir string) error {
	if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil {
		return &fs.PathError{Op: "write in", Path: dir, Err: err}
	}
	return nil
}

// openToOthers says whether anyone but its owner may use a file or folder.
func openToOthers(path string) (bool, error) {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o077 != 0, err
}

// alive says whether there is a process of this number.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
