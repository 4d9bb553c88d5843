package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says what the log was when it had a given size.
type Checkpoint struct {
	Origin string `json:"origin"` // which log: the name of the key that signs it
	Size   int64  `json:"size"`   // how many entries
	Root   Hash   `json:"root"`   // root hash of the tree over them
}

// Text is the body of the checkpoint as C2SP tlog-checkpoint writes it, unsigned.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// Sign is the checkpoint as a signed note. The signer's name must be the origin.
func (c Checkpoint) Sign(signer note.Signer) (string, error) {
	if signer.Name() != c.Origin {
		return "", fmt.Errorf("ledger: the log is %q and the key belongs to %q; sign with the log's own key",
			c.Origin, signer.Name())
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signer)
	if err != nil {
		return "", fmt.Errorf("ledger: sign checkpoint of %d entries: %w", c.Size, err)
	}
	return string(signed), nil
}

// OpenCheckpoint reads a signed checkpoint and checks the log's signature on
// it. Signatures of others, such as witnesses, and extension lines are passed
// over, as the specification asks.
func OpenCheckpoint(signed string, log note.Verifier) (Checkpoint, error) {
	c, _, err := open(signed, log)
	return c, err
}

// open is OpenCheckpoint, and the log's signature in base64.
func open(signed string, log note.Verifier) (Checkpoint, string, error) {
	n, err := note.Open([]byte(signed), note.VerifierList(log))
	if err != nil {
		var invalid *note.InvalidSignatureError
		var unsigned *note.UnverifiedNoteError
		switch {
		case errors.As(err, &invalid):
			return Checkpoint{}, "", fmt.Errorf("ledger: the signature of %s on this checkpoint is wrong: "+
				"the checkpoint was altered, or made without the key", invalid.Name)
		case errors.As(err, &unsigned):
			return Checkpoint{}, "", fmt.Errorf("ledger: the checkpoint bears no signature by the key %s+%08x",
				log.Name(), log.KeyHash())
		}
		return Checkpoint{}, "", fmt.Errorf("ledger: the checkpoint is not a signed note: %w", err)
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, "", err
	}
	if c.Origin != log.Name() {
		return Checkpoint{}, "", fmt.Errorf("ledger: the checkpoint is of the log %q, and the key signs for %q",
			c.Origin, log.Name())
	}
	return c, n.Sigs[0].Base64, nil
}

func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 || lines[0] == "" {
		return Checkpoint{}, errors.New("ledger: a checkpoint has three lines: origin, size, root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, errors.New("ledger: the checkpoint's second line is not a number of entries")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return Checkpoint{}, errors.New("ledger: the checkpoint's third line is not a root hash in base64")
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// openSole is OpenCheckpoint for a checkpoint that must be byte for byte what
// Sign writes: this log's signature, and nothing else.
func openSole(signed string, log note.Verifier) (Checkpoint, error) {
	c, b64, err := open(signed, log)
	if err != nil {
		return c, err
	}
	// Base64 leaves spare bits that decoding ignores; writing it again does not.
	sig, err := base64.StdEncoding.DecodeString(b64)
	if err != nil {
		return c, fmt.Errorf("ledger: signature of the checkpoint: %w", err)
	}
	if signed != c.Text()+"\n— "+log.Name()+" "+base64.StdEncoding.EncodeToString(sig)+"\n" {
		return c, errors.New("ledger: the checkpoint holds more than its three lines and the log's signature")
	}
	return c, nil
}
