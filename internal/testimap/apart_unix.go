//go:build unix

package testimap

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// apart is how the server is begun: in a process group of its own and, where this
// is root, as that user. own gives the user a file.
func apart(as *user.User) (attr *syscall.SysProcAttr, own func(path string) error, err error) {
	attr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() != 0 {
		return attr, func(string) error { return nil }, nil
	}
	uid, err1 := strconv.ParseUint(as.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(as.Gid, 10, 32)
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, func(path string) error { return os.Chown(path, int(uid), int(gid)) }, errors.Join(err1, err2)
}
