package source

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"time"
)

// stamp is a fingerprint of files by their names, sizes and times. The zero
// value is ready for use.
type stamp struct {
	h     hash.Hash
	fresh bool
}

// add takes in a file; a nil info stands for one that is not there.
func (s *stamp) add(name string, info fs.FileInfo) {
	if s.h == nil {
		s.h = sha256.New()
	}
	if info == nil {
		fmt.Fprintf(s.h, "%q -\n", name)
		return
	}
	fmt.Fprintf(s.h, "%q %d %d\n", name, info.Size(), info.ModTime().UnixNano())
	// A file system keeps time in ticks. A file written a moment ago may be written
	// again within the same tick, so nothing can be said of it yet.
	if time.Since(info.ModTime()) < 2*time.Second {
		s.fresh = true
	}
}

// String is the fingerprint; empty where it would not be certain.
func (s *stamp) String() string {
	if s.fresh {
		return ""
	}
	if s.h == nil {
		return "none"
	}
	return hex.EncodeToString(s.h.Sum(nil)[:16])
}
