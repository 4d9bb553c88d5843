package console

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Costs of argon2id, as OWASP's password storage cheat sheet has them: 19 MiB,
// two passes, one lane. A hash carries its own costs, so these may be raised.
const (
	argonMemory = 19 << 10 // KiB
	argonPasses = 2
	argonLanes  = 1
	argonSalt   = 16 // bytes
	argonKey    = 32 // bytes

	// What a stored hash may ask of us; more is taken for damage.
	argonMaxMemory = 1 << 18 // KiB
	argonMaxPasses = 16
)

// Password lengths, in characters. Length is the only rule: long ones that are
// easy to remember beat short ones that are not (NCSC, three random words).
const (
	MinPassword = 12
	MaxPassword = 256
)

// HashPassword returns what to keep of a password: an argon2id hash in PHC form.
// A password that is too short or too long is refused in words.
func HashPassword(password string) (string, error) {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return "", fmt.Errorf("the password has %d characters: use at least %d, three random words do well", n, MinPassword)
	case n > MaxPassword:
		return "", fmt.Errorf("the password has %d characters: use at most %d", n, MaxPassword)
	}
	salt := make([]byte, argonSalt)
	rand.Read(salt) // never fails (crypto/rand)
	key := argon2.IDKey(normal(password), salt, argonPasses, argonMemory, argonLanes, argonKey)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes, b64(salt), b64(key)), nil
}

// CheckPassword says whether a password is the one a hash was made of. An error
// means that the hash is no hash of ours. An empty hash takes as long as any
// other and matches nothing, so that how long an answer takes does not tell
// whether there is such an account.
func CheckPassword(hash, password string) (bool, error) {
	if utf8.RuneCountInString(password) > MaxPassword {
		return false, nil
	}
	if hash == "" {
		argon2.IDKey(normal(password), make([]byte, argonSalt), argonPasses, argonMemory, argonLanes, argonKey)
		return false, nil
	}
	h, err := parseHash(hash)
	if err != nil {
		return false, fmt.Errorf("the stored password cannot be read: %w", err)
	}
	got := argon2.IDKey(normal(password), h.salt, h.passes, h.memory, h.lanes, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(got, h.key) == 1, nil
}

// argonHash is a stored hash, taken apart.
type argonHash struct {
	memory, passes uint32 // KiB, rounds
	lanes          uint8
	salt, key      []byte
}

// parseHash reads a hash in PHC form. Its errors never quote the salt or the key.
func parseHash(s string) (h argonHash, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return h, errors.New("it is not an argon2id hash")
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return h, fmt.Errorf("it is not of argon2 version %d", argon2.Version)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil ||
		h.memory < 8 || h.memory > argonMaxMemory || h.passes < 1 || h.passes > argonMaxPasses || h.lanes < 1 {
		return h, errors.New("its costs cannot be right")
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(h.salt) < 8 {
		return h, errors.New("its salt is damaged")
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(h.key) < 16 || len(h.key) > 64 {
		return h, errors.New("its key is damaged")
	}
	return h, nil
}

// normal makes one of the several ways to type the same characters.
func normal(password string) []byte { return norm.NFC.Bytes([]byte(password)) }
