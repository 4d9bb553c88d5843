package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
)

// DataKey encrypts what Tenet keeps about one person or one object. Its wrapped
// form stands beside what it encrypts; deleting the wrapped form forgets all of
// it at once, in every copy that was made of the ciphertext.
type DataKey struct{ aead cipher.AEAD }

// NewDataKey is a new data key and its wrapped form. The owner, an opaque id, is
// bound to it: a wrapped key moved to another owner's row does not open.
func (r *Ring) NewDataKey(owner string) (key DataKey, wrapped []byte, err error) {
	b := make([]byte, Size)
	rand.Read(b)
	wrapper, err := newDataKey(r.data.Reveal())
	if err != nil {
		return key, nil, err
	}
	if key, err = newDataKey(b); err != nil {
		return key, nil, err
	}
	return key, wrapper.Seal(b, wrapContext(owner)), nil
}

// OpenDataKey is the data key that NewDataKey wrapped for the owner.
func (r *Ring) OpenDataKey(owner string, wrapped []byte) (DataKey, error) {
	wrapper, err := newDataKey(r.data.Reveal())
	if err != nil {
		return DataKey{}, err
	}
	b, err := wrapper.Open(wrapped, wrapContext(owner))
	if err != nil {
		return DataKey{}, fmt.Errorf("keys: data key: it was wrapped under another %s or for another owner, or altered: %w", dataKey, err)
	}
	return newDataKey(b)
}

func wrapContext(owner string) []byte { return []byte("tenet data key v1\n" + owner) }

func newDataKey(b []byte) (DataKey, error) {
	block, err := aes.NewCipher(b)
	if err != nil {
		return DataKey{}, fmt.Errorf("keys: data key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return DataKey{}, fmt.Errorf("keys: data key: %w", err)
	}
	return DataKey{aead}, nil
}

// Seal encrypts with AES-256-GCM under a random nonce, which it puts in front.
// The context is not encrypted but bound: Open wants the same.
func (k DataKey) Seal(plain, context []byte) []byte {
	return k.aead.Seal(nil, nil, plain, context)
}

// Open decrypts what Seal made.
func (k DataKey) Open(sealed, context []byte) ([]byte, error) {
	plain, err := k.aead.Open(nil, nil, sealed, context)
	if err != nil {
		return nil, errors.New("keys: cannot decrypt: another key or context, or altered data")
	}
	return plain, nil
}

// String hides the key.
func (k DataKey) String() string { return redacted }

// GoString hides the key.
func (k DataKey) GoString() string { return redacted }
