package identity

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"tenet/internal/keys"
	"tenet/internal/store"
)

// secret is what a landlord's decisions are found and read with.
type secret struct {
	landlord string
	data     keys.DataKey // seals
	mac      []byte       // of digests
}

// secret reads it, or makes it with the first decision. Where there is none and it is
// not to be made, it is nil: then there are no decisions.
func (x *Identity) secret(ctx context.Context, tx *store.Tx, create bool) (*secret, error) {
	s := &secret{landlord: x.landlord}
	owner := "identity/" + x.landlord
	var wrapped, sealed []byte
	err := tx.QueryRowContext(ctx, `SELECT wrapped, sealed FROM identity_key WHERE landlord = $1`, x.landlord).Scan(&wrapped, &sealed)
	switch {
	case errors.Is(err, sql.ErrNoRows) && !create:
		return nil, nil
	case errors.Is(err, sql.ErrNoRows):
		if s.data, wrapped, err = x.ring.NewDataKey(owner); err != nil {
			return nil, err
		}
		s.mac = make([]byte, keys.Size)
		rand.Read(s.mac) // never fails: crypto/rand ends the program instead
		_, err = tx.ExecContext(ctx, `INSERT INTO identity_key (landlord, wrapped, sealed) VALUES ($1, $2, $3)`, x.landlord, wrapped, s.data.Seal(s.mac, s.context("key")))
		return s, err
	case err != nil:
		return nil, err
	}
	if s.data, err = x.ring.OpenDataKey(owner, wrapped); err == nil {
		s.mac, err = s.data.Open(sealed, s.context("key"))
	}
	if err != nil {
		return nil, fmt.Errorf("the key of the decisions: %w", err)
	}
	return s, nil
}

func (s *secret) context(what string) []byte {
	return []byte("tenet identity v1\n" + s.landlord + "\n" + what)
}

// digest is what a row is known by in the store.
func (s *secret) digest(row string) []byte {
	h := hmac.New(sha256.New, s.mac)
	h.Write([]byte("row\n" + row))
	return h.Sum(nil)
}

// pair is two rows as the store knows them, the lesser first, and their name in the
// ledger.
type pair struct {
	a, b []byte
	name string
}

func (s *secret) pair(a, b string) pair {
	p := pair{a: s.digest(a), b: s.digest(b)}
	if bytes.Compare(p.a, p.b) > 0 {
		p.a, p.b = p.b, p.a
	}
	h := hmac.New(sha256.New, s.mac)
	h.Write([]byte("pair\n"))
	h.Write(p.a)
	h.Write(p.b)
	p.name = "pair-" + hex.EncodeToString(h.Sum(nil)[:16])
	return p
}

// words is what is sealed of a decision.
type words struct{ A, B, Why string }

func (s *secret) seal(p pair, d Decision) ([]byte, error) {
	plain, err := json.Marshal(words{d.A, d.B, d.Why})
	if err != nil {
		return nil, fmt.Errorf("seal a decision: %w", err)
	}
	return s.data.Seal(plain, s.place(p, d.n, d.Same)), nil
}

func (s *secret) open(p pair, d *Decision, sealed []byte) error {
	var w words
	plain, err := s.data.Open(sealed, s.place(p, d.n, d.Same))
	if err == nil {
		err = json.Unmarshal(plain, &w)
	}
	if err != nil {
		return fmt.Errorf("a decision cannot be read, or was altered: %w", err)
	}
	d.A, d.B, d.Why = w.A, w.B, w.Why
	return nil
}

// place is what a sealed decision is bound to, so that it can neither be moved to
// other rows nor turned round.
func (s *secret) place(p pair, n int64, same bool) []byte {
	return s.context(fmt.Sprintf("%x\n%x\n%d\n%t", p.a, p.b, n, same))
}
