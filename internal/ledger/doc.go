// Package ledger is the log nobody can quietly change: what an entry is, the
// Merkle tree over entries, the checkpoints signed over the tree, and the proofs
// and verification that need nothing but an export and a key.
//
// It is pure. It reads from the io.Reader and writes to the io.Writer it is
// given and does nothing else; keeping entries, numbering them and drawing
// nonces is the room store's work, and keeping the signing key that of keys.
//
// # Entries
//
// An [Entry] says that somebody did something to something at a time, and under
// which version of the notice. It holds no direct identifiers: only opaque ids,
// in an alphabet that admits neither an e-mail address nor a name with a space
// in it. The particulars are a payload kept elsewhere, to which the entry
// commits ([Commit]) under a nonce kept with the payload. With both, anyone can
// check that the payload is the one recorded. Without them the commitment says
// nothing, so that deleting payload and nonce forgets the person while the log
// stays whole.
//
// An entry has exactly one encoding ([Entry.Encode]), and its hash in the tree
// is the RFC 6962 leaf hash of those bytes.
//
// # Tree, checkpoints, proofs
//
// Hashing, inclusion proofs and consistency proofs are those of RFC 6962,
// section 2.1, by golang.org/x/mod/sumdb/tlog. A [Checkpoint] is the C2SP
// tlog-checkpoint (https://c2sp.org/tlog-checkpoint): origin, size and root,
// signed as a C2SP signed note with Ed25519. Anything that speaks those formats
// can check this ledger without Tenet.
//
// # Exports
//
// An export is UTF-8 text, one JSON object a line, each line ending in a
// newline, in this order:
//
//	{"header":{"format":"tenet-ledger/1","origin":O,"key":K}}
//	{"entry":{…},"leaf":H}                        one for each entry, numbered from 0
//	{"entry":{…},"leaf":H,"nonce":N,"payload":P}  the same, its payload opened
//	{"checkpoint":C}                              wherever the log was signed at that size
//	{"end":{"entries":n,"checkpoints":m}}
//
// O is the log's origin and K its verifier key in signed-note form. An entry is
// in its one encoding; H is its leaf hash, N its nonce (both standard base64)
// and P the payload's own JSON as a string. C is a signed checkpoint as a
// string, standing after the entry that made the tree that large. The last
// entry is followed by the checkpoint that covers it. There is only one way to
// write each line, so that no byte of an export can be altered unnoticed.
//
// [Verify] reads an export once, from front to back, in memory that does not
// grow with it. The leaf hash beside each entry locates a fault: an entry that
// was altered no longer agrees with the hash beside it. The hash itself proves
// nothing, since whoever alters the one can alter the other; then the root no
// longer agrees with the next signed checkpoint, which cannot be made to agree
// without the signing key. Whoever holds that key can sign another history;
// what shows that is a checkpoint kept from before ([Trust]). Keep one
// somewhere Tenet cannot reach.
package ledger
