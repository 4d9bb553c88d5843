package keys

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"
)

// Size is the length of the index and data keys, in bytes.
const Size = 32

const (
	ledgerKey = "ledger.key"
	ledgerPub = "ledger.pub"
	packKey   = "pack.key"
	packPub   = "pack.pub"
	dataKey   = "data.key"
)

func indexFile(epoch int) string { return fmt.Sprintf("index-%d.key", epoch) }

// Ring is an open key folder. It is safe for use by many goroutines.
type Ring struct {
	index    []IndexKey // by epoch, ascending
	signer   note.Signer
	verifier string
	pack     packIdentity
	data     Secret
}

// IndexKey is one epoch of the key of the blind index.
type IndexKey struct {
	Epoch int    // from 1
	Key   Secret // Size bytes
}

// Index is the index key to build with: that of the latest epoch.
func (r *Ring) Index() IndexKey { return r.index[len(r.index)-1] }

// Indexes is every epoch of the index key, the oldest first.
func (r *Ring) Indexes() []IndexKey { return slices.Clone(r.index) }

// Signer signs the checkpoints of the ledger. Its name is the ledger's origin.
func (r *Ring) Signer() note.Signer { return r.signer }

// Verifier is the key that checks what Signer signs, in signed-note form. It is
// no secret; publish it.
func (r *Ring) Verifier() string { return r.verifier }

// Pack opens what was sealed to PackRecipient.
func (r *Ring) Pack() age.Identity { return r.pack }

// PackRecipient is who sealed drafts are sealed to.
func (r *Ring) PackRecipient() *age.X25519Recipient { return r.pack.recipient }

// String says what the ring is for, and nothing of what is in it.
func (r *Ring) String() string { return "keys of " + r.signer.Name() }

// GoString is String.
func (r *Ring) GoString() string { return r.String() }

// packIdentity is an age identity that does not print.
type packIdentity struct {
	recipient *age.X25519Recipient
	unwrap    func([]*age.Stanza) ([]byte, error)
}

func newPackIdentity(id *age.X25519Identity) packIdentity {
	return packIdentity{id.Recipient(), id.Unwrap}
}

// Unwrap makes it an age.Identity.
func (p packIdentity) Unwrap(stanzas []*age.Stanza) ([]byte, error) { return p.unwrap(stanzas) }

// String hides the secret.
func (p packIdentity) String() string { return redacted }

// GoString hides the secret.
func (p packIdentity) GoString() string { return redacted }

// Create makes a key folder with new keys and opens it. Origin names the ledger
// for ever, as C2SP tlog-checkpoint asks: a host name, perhaps with a path, such
// as "brook.example/ledger". It must not have been used for another ledger.
//
// The folder appears whole or not at all. If dir exists and is not an empty
// folder it is left as it is, and the error is fs.ErrExist.
func Create(dir, origin string) (*Ring, error) {
	files, err := generate(origin)
	if err != nil {
		return nil, fmt.Errorf("keys: create %s: %w", dir, err)
	}
	if err := writeFolder(dir, files); err != nil {
		return nil, fmt.Errorf("keys: create %s: %w", dir, err)
	}
	return Open(dir)
}

func generate(origin string) (map[string]string, error) {
	if origin == "" || len(origin) > 200 || strings.ContainsFunc(origin, func(c rune) bool { return c <= ' ' || c == '+' || c > '~' }) {
		return nil, fmt.Errorf("the ledger's origin is %q; give one of 1 to 200 letters, digits and marks other than + and space, such as %q",
			origin, "brook.example/ledger")
	}
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, fmt.Errorf("ledger key: %w", err)
	}
	pack, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("pack key: %w", err)
	}
	return map[string]string{
		indexFile(1): newKey(),
		ledgerKey:    skey,
		ledgerPub:    vkey,
		packKey:      pack.String(),
		packPub:      pack.Recipient().String(),
		dataKey:      newKey(),
	}, nil
}

func newKey() string {
	var b [Size]byte
	rand.Read(b[:]) // Never fails: crypto/rand ends the program instead.
	return base64.StdEncoding.EncodeToString(b[:])
}

// RotateIndex adds a new epoch of the index key to the folder, and opens it
// again. Earlier epochs stay, for the index built under them.
func RotateIndex(dir string) (*Ring, error) {
	r, err := Open(dir)
	if err != nil {
		return nil, err
	}
	if err := addFile(dir, indexFile(r.Index().Epoch+1), newKey()); err != nil {
		return nil, fmt.Errorf("keys: rotate the index key in %s: %w", dir, err)
	}
	return Open(dir)
}

// Open reads a key folder, and refuses one that others may read or that is not
// complete.
func Open(dir string) (*Ring, error) {
	r, err := openRing(dir)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return r, nil
}

func openRing(dir string) (*Ring, error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no key folder %s; `tenet init` makes one, and a workspace that had one needs it restored from its backup: %w", dir, err)
	} else if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", dir)
	}
	if err := private(dir, info, "700"); err != nil {
		return nil, err
	}

	r := &Ring{}
	if r.index, err = readIndexKeys(dir); err != nil {
		return nil, err
	}
	if r.signer, r.verifier, err = readLedgerKey(dir); err != nil {
		return nil, err
	}
	pack, err := readFile(dir, packKey)
	if err != nil {
		return nil, err
	}
	id, err := age.ParseX25519Identity(pack)
	if err != nil { // Its words may hold the key; they are not passed on.
		return nil, damaged(dir, packKey, "not an age X25519 identity")
	}
	r.pack = newPackIdentity(id)
	if err := matches(dir, packPub, id.Recipient().String()); err != nil {
		return nil, err
	}
	if r.data, err = readKey(dir, dataKey); err != nil {
		return nil, err
	}
	return r, nil
}

func readIndexKeys(dir string) ([]IndexKey, error) {
	names, err := filepath.Glob(filepath.Join(escapeGlob(dir), "index-*.key"))
	if err != nil {
		return nil, err
	}
	var keys []IndexKey
	for _, name := range names {
		base := filepath.Base(name)
		epoch, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(base, "index-"), ".key"))
		if err != nil || epoch < 1 || indexFile(epoch) != base {
			return nil, fmt.Errorf("%s is not named like %s; move it away", name, indexFile(1))
		}
		key, err := readKey(dir, base)
		if err != nil {
			return nil, err
		}
		keys = append(keys, IndexKey{epoch, key})
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s: there is none; restore it from the backup of the key folder", filepath.Join(dir, indexFile(1)))
	}
	slices.SortFunc(keys, func(a, b IndexKey) int { return a.Epoch - b.Epoch })
	return keys, nil
}

// escapeGlob keeps a folder's own name from being read as a pattern.
func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

func readLedgerKey(dir string) (note.Signer, string, error) {
	skey, err := readFile(dir, ledgerKey)
	if err != nil {
		return nil, "", err
	}
	vkey, err := readFile(dir, ledgerPub)
	if err != nil {
		return nil, "", err
	}
	signer, err := note.NewSigner(skey)
	if err != nil { // As above.
		return nil, "", damaged(dir, ledgerKey, "not a signed-note signer key")
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, "", damaged(dir, ledgerPub, "not a signed-note verifier key")
	}
	trial := []byte("tenet: is this the same key?\n")
	sig, err := signer.Sign(trial)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", filepath.Join(dir, ledgerKey), err)
	}
	if signer.Name() != verifier.Name() || signer.KeyHash() != verifier.KeyHash() || !verifier.Verify(trial, sig) {
		return nil, "", damaged(dir, ledgerPub, "not the public half of "+ledgerKey)
	}
	return signer, vkey, nil
}

func readKey(dir, name string) (Secret, error) {
	text, err := readFile(dir, name)
	if err != nil {
		return Secret{}, err
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != Size {
		return Secret{}, damaged(dir, name, fmt.Sprintf("not %d bytes in base64", Size))
	}
	return newSecret(b), nil
}

func matches(dir, name, want string) error {
	got, err := readFile(dir, name)
	if err != nil {
		return err
	}
	if got != want {
		return damaged(dir, name, "not the public half of the key beside it")
	}
	return nil
}

func damaged(dir, name, what string) error {
	return fmt.Errorf("%s is %s: it was altered; restore it from the backup of the key folder", filepath.Join(dir, name), what)
}
