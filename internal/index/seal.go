package index

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrKey says that something in the index was sealed with another key, or altered.
var ErrKey = errors.New("the index was built with another key, or has been altered")

// Key is one epoch of the index key.
type Key struct {
	Epoch string // its name, which stands in the index in clear
	Bytes []byte // at least 32
}

// epoch is a key ready for use.
type epoch struct {
	id   string // the name, and what tells two keys of one name apart
	mac  []byte
	aead cipher.AEAD
}

func newEpoch(k Key) (*epoch, error) {
	if len(k.Bytes) < 32 {
		return nil, fmt.Errorf("the key has %d bytes and needs 32", len(k.Bytes))
	}
	aead, err := chacha20poly1305.NewX(derive(k.Bytes, "locators"))
	if err != nil {
		return nil, err
	}
	return &epoch{id: fmt.Sprintf("%s %x", k.Epoch, derive(k.Bytes, "epoch")[:8]), mac: derive(k.Bytes, "tokens"), aead: aead}, nil
}

func derive(key []byte, use string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("tenet index " + use))
	return h.Sum(nil)
}

// A use is what something is sealed as. It is bound to the sealed bytes together
// with its place, so that nothing sealed can be moved.
type use byte

const (
	locators use = 'l' // the keys of a block of rows
	unread   use = 'p' // what could not be read
	mark     use = 'm' // how far the source's own history had come
)

func bind(u use, seg, n int64) []byte {
	b := binary.BigEndian.AppendUint64([]byte{byte(u)}, uint64(seg))
	return binary.BigEndian.AppendUint64(b, uint64(n))
}

func (e *epoch) seal(u use, seg, n int64, plain []byte) []byte {
	nonce := make([]byte, e.aead.NonceSize(), e.aead.NonceSize()+len(plain)+e.aead.Overhead())
	rand.Read(nonce) // never fails: it ends the process where there is no randomness
	return e.aead.Seal(nonce, nonce, plain, bind(u, seg, n))
}

func (e *epoch) unseal(u use, seg, n int64, sealed []byte) ([]byte, error) {
	size := e.aead.NonceSize()
	if len(sealed) < size {
		return nil, ErrKey
	}
	plain, err := e.aead.Open(nil, sealed[:size], sealed[size:], bind(u, seg, n))
	if err != nil {
		return nil, ErrKey
	}
	return plain, nil
}

// tokener makes the tokens of one table. One goroutine uses it.
type tokener struct {
	mac    hash.Hash
	prefix []byte
	buf    []byte
}

func (e *epoch) tokener(landlord, source, table string) *tokener {
	var p []byte
	for _, s := range []string{landlord, source, table} {
		p = binary.AppendUvarint(p, uint64(len(s)))
		p = append(p, s...)
	}
	return &tokener{mac: hmac.New(sha256.New, e.mac), prefix: p}
}

func (t *tokener) token(term Term) int64 {
	t.mac.Reset()
	t.buf = append(t.buf[:0], t.prefix...)
	t.buf = append(t.buf, byte(term.Class))
	t.buf = binary.AppendUvarint(t.buf, uint64(len(term.Kind)))
	t.buf = append(t.buf, term.Kind...)
	t.buf = append(t.buf, term.Value...)
	t.mac.Write(t.buf)
	t.buf = t.mac.Sum(t.buf[:0])
	return int64(binary.BigEndian.Uint64(t.buf))
}

// rowClass sets the tokens of rows themselves apart from those of what stands
// in them. They are compared while the index is refreshed or checked, and not kept in it.
const rowClass Class = 'k'

func (t *tokener) row(id string) int64 { return t.token(Term{rowClass, "row", id}) }
