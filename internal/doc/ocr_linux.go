package doc

import "golang.org/x/sys/unix"

// confine bounds what a child process may take: 2 GiB of memory, five minutes
// of processor time, no files written. It is a second fence behind the time limit.
func confine(pid int) {
	for resource, limit := range map[int]uint64{unix.RLIMIT_AS: 2 << 30, unix.RLIMIT_CPU: 300, unix.RLIMIT_FSIZE: 0, unix.RLIMIT_CORE: 0} {
		// A process that has ended already needs no bounds.
		_ = unix.Prlimit(pid, resource, &unix.Rlimit{Cur: limit, Max: limit}, nil)
	}
}
