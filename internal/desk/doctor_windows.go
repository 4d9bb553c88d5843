package desk

import (
	"os"

	"golang.org/x/sys/windows"
)

// Whose a folder is and who may use it are lists of rights on Windows, which
// nothing here reads: see docs/install.md.
func ownerOf(string) (name string, mine bool, err error) { return "", true, nil }

func openToOthers(string) (bool, error) { return false, nil }

// freeSpace is how many bytes this user may still write where dir lies.
func freeSpace(dir string) (uint64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
	return free, err
}

// writable says only whether the folder is there.
func writable(dir string) error {
	_, err := os.Stat(dir)
	return err
}

// alive says whether there is a process of this number.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	p.Release()
	return true
}
