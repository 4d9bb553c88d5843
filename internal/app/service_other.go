//go:build !windows

package app

import "tenet/internal/desk"

// asService runs the command line under the system's service manager, where that
// is not simply starting a process.
func asService(string) (status int, ok bool) { return 0, false }

func service(string, string) error {
	return &desk.Error{Code: "usage", What: "only Windows has services of this kind", Where: "tenet service",
		Mend: "use systemd: the Debian package brings tenet.service; docs/install.md has the unit"}
}
