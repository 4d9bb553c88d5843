package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Version is the content hash of the folder in hexadecimal: SHA-256 over each
// file's name and content, with their lengths, in the order of FilesOf. Any
// change to any of them, a comment included, is another version; where the
// folder lies and what else lies in it make no difference.
func (n *Notice) Version() string { return n.version }

// InForce reports whether this version governs what happens on a day.
func (n *Notice) InForce(day Date) bool {
	return day >= n.Landlord.Effective && (n.Landlord.Until == "" || day <= n.Landlord.Until)
}

// On chooses the version that governs what happened on a day: of those in
// force, the one that came into force last. It reports false when none was, and an
// act of that day rests on no notice. The order of versions makes no
// difference, save between two of the same day, of which the later in the
// list is the later made.
func On(versions []*Notice, day Date) (*Notice, bool) {
	var best *Notice
	for _, n := range versions {
		if n.InForce(day) && (best == nil || n.Landlord.Effective >= best.Landlord.Effective) {
			best = n
		}
	}
	return best, best != nil
}

func version(files []string, contents map[string][]byte) string {
	h := sha256.New()
	for _, name := range files {
		fmt.Fprintf(h, "%d %s %d ", len(name), name, len(contents[name]))
		h.Write(contents[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}
