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
	argonMaxMemory = 1 << 20 // KiB
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
	var version, memory, passes int
	var lanes uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return false, errors.New("the stored password is not an argon2id hash")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, fmt.Errorf("the stored password is of argon2 version %q, not %d", parts[2], argon2.Version)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil ||
		memory < 8 || memory > argonMaxMemory || passes < 1 || passes > argonMaxPasses || lanes < 1 {
		return false, fmt.Errorf("the stored password has costs %q, which cannot be right", parts[3])
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil || len(salt) < 8 {
		return false, errors.New("the stored password's salt is damaged")
	}
	key, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(key) < 16 || len(key) > 64 {
		return false, errors.New("the stored password's key is damaged")
	}
	got := argon2.IDKey(normal(password), salt, uint32(passes), uint32(memory), lanes, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1, nil
}

// normal makes one of the several ways to type the same characters.
func normal(password string) []byte { return norm.NFC.Bytes([]byte(password)) }
