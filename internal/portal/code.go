package portal

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"
)

// alphabet has no letter that is read as another (Crockford's base 32). It has
// 32, so that a random byte modulo 32 is fair.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const codeLetters = 16 // of five bits: 80 bits, beyond guessing through a form

// newCode makes a code in groups of four: "7KQM-3XTP-9HRA-2WVD".
func newCode() string {
	var random [codeLetters]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	var b strings.Builder
	for i, r := range random {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[r%32])
	}
	return b.String()
}

var errCode = errors.New("not a code")

// plain is a code as it was made, whichever way a person types it: small letters,
// spaces, no hyphens, O for 0 and I or L for 1.
func plain(code string) (string, error) {
	var b strings.Builder
	for _, r := range strings.ToUpper(code) {
		switch r {
		case ' ', '-', '–', '\u00a0', '\t':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if !strings.ContainsRune(alphabet, r) || b.Len() == codeLetters {
			return "", errCode
		}
		b.WriteRune(r)
	}
	if b.Len() != codeLetters {
		return "", errCode
	}
	return b.String(), nil
}

// HashCode is what to keep of a code. A plain hash is enough: a code is 80 random
// bits, not a password that someone chose.
func HashCode(code string) (CodeHash, error) {
	p, err := plain(code)
	if err != nil {
		return CodeHash{}, err
	}
	return sha256.Sum256([]byte("tenet portal code\x00" + p)), nil
}

// opens says whether a code is the one that was hashed, in constant time.
func (h CodeHash) opens(code string) bool {
	got, err := HashCode(code)
	return subtle.ConstantTimeCompare(h[:], got[:]) == 1 && err == nil
}
