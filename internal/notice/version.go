package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Version is the content hash of the folder in hexadecimal: SHA-256 over each
// file's name and content, with their lengths, in the order of Files. Any
// change to any of them, a comment included, is another version; where the
// folder lies and what else lies in it make no difference.
func (n *Notice) Version() string { return n.version }

// InForce reports whether this version governs what happens on a day.
func (n *Notice) InForce(day Date) bool {
	return day >= n.Landlord.Effective && (n.Landlord.Until == "" || day <= n.Landlord.Until)
}

func version(contents map[string][]byte) string {
	h := sha256.New()
	for _, name := range Files() {
		fmt.Fprintf(h, "%d %s %d ", len(name), name, len(contents[name]))
		h.Write(contents[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}
