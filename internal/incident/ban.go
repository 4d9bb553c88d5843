package incident

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"tenet/internal/keys"
	"tenet/internal/store"
)

// longestBan is how long an address may be shut out at once: addresses pass from one
// household to the next.
const longestBan = 90 * 24 * time.Hour

// Ban shuts a network address out of the portal until an instant: the right to use it
// ends at once. The store keeps a keyed digest of it.
func (x *Incidents) Ban(ctx context.Context, on On, address string, until time.Time) (Incident, error) {
	network, ok := networkOf(address)
	now := x.clock()
	switch {
	case !ok:
		return Incident{}, input("give it as 192.0.2.7 or 2001:db8::7", "this is no network address")
	case !until.After(now) || until.Sub(now) > longestBan:
		return Incident{}, input("give an end within 90 days", "nobody is shut out for ever, or for no time")
	}
	return x.act(ctx, on, Bans, "", func(tx *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		mac, err := x.mac(ctx, tx, true)
		if err != nil {
			return nil, err
		}
		sum := banned(mac, network)
		_, err = tx.ExecContext(ctx, `INSERT INTO incident_ban (landlord, digest, incident, since, until, actor) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (landlord, digest, incident) DO UPDATE SET until = excluded.until`, x.landlord, sum, i.ID, store.Micros(now), store.Micros(until), on.By)
		if err != nil {
			return nil, fmt.Errorf("shut an address out: %w", err)
		}
		return map[string]any{"until": store.Time(store.Micros(until)), "address": short(sum)}, nil
	})
}

// Banned says until when a network address is shut out; zero if it is not.
func (x *Incidents) Banned(ctx context.Context, address string) (time.Time, error) {
	network, ok := networkOf(address)
	if !ok {
		return time.Time{}, nil
	}
	var until time.Time
	err := x.store.Read(ctx, func(tx *store.Tx) error {
		mac, err := x.mac(ctx, tx, false)
		if err != nil || mac == nil {
			return err
		}
		var last sql.NullInt64
		err = tx.QueryRowContext(ctx, `SELECT max(until) FROM incident_ban WHERE landlord = $1 AND digest = $2 AND until > $3`, x.landlord, banned(mac, network), store.Micros(x.clock())).Scan(&last)
		until = at(last)
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("look whether an address is shut out: %w", err)
	}
	return until, nil
}

// networkOf is an address as it is counted: of IPv6 the 64 bits that a household has.
func networkOf(address string) (string, bool) {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "", false
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		p, err := a.Prefix(64)
		return p.String(), err == nil
	}
	return a.String(), true
}

func banned(mac []byte, network string) []byte {
	h := hmac.New(sha256.New, mac)
	h.Write([]byte("address\n" + network))
	return h.Sum(nil)
}

// mac is the key of the digests: random, made with the first address that is shut out.
func (x *Incidents) mac(ctx context.Context, tx *store.Tx, create bool) ([]byte, error) {
	owner, bound := "incident addresses/"+x.landlord, x.bound("", "addresses")
	var wrapped, sealed []byte
	err := tx.QueryRowContext(ctx, `SELECT wrapped, sealed FROM incident_key WHERE landlord = $1`, x.landlord).Scan(&wrapped, &sealed)
	switch {
	case errors.Is(err, sql.ErrNoRows) && !create:
		return nil, nil
	case errors.Is(err, sql.ErrNoRows):
		key, wrapped, err := x.ring.NewDataKey(owner)
		if err != nil {
			return nil, err
		}
		mac := make([]byte, keys.Size)
		rand.Read(mac) // never fails: crypto/rand ends the program instead
		_, err = tx.ExecContext(ctx, `INSERT INTO incident_key (landlord, wrapped, sealed) VALUES ($1, $2, $3)`, x.landlord, wrapped, key.Seal(mac, bound))
		return mac, err
	case err != nil:
		return nil, err
	}
	key, err := x.ring.OpenDataKey(owner, wrapped)
	if err != nil {
		return nil, fmt.Errorf("the key of the addresses: %w", err)
	}
	return key.Open(sealed, bound)
}
