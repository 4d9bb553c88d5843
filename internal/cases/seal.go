package cases

import (
	"context"

	"tenet/internal/keys"
	"tenet/internal/store"
)

// Seal encrypts what another room keeps about a case under the case's own key, so
// that forgetting the case forgets it too. It reads the case in the caller's
// transaction, also that of a step ([On.Also]). What it seals opens under the same
// name alone.
func (c *Cases) Seal(ctx context.Context, tx *store.Tx, id, name string, plain []byte) ([]byte, error) {
	key, err := c.keyOf(ctx, tx, id)
	if err != nil {
		return nil, wrap("seal "+name, err)
	}
	return key.Seal(plain, c.context(id, "room", name)), nil
}

// Unseal decrypts what Seal made. Once the case is forgotten the error is
// [ErrForgotten].
func (c *Cases) Unseal(ctx context.Context, tx *store.Tx, id, name string, sealed []byte) ([]byte, error) {
	key, err := c.keyOf(ctx, tx, id)
	if err != nil {
		return nil, wrap("open "+name, err)
	}
	plain, err := key.Open(sealed, c.context(id, "room", name))
	if err != nil {
		return nil, wrap("open "+name, err)
	}
	return plain, nil
}

func (c *Cases) keyOf(ctx context.Context, tx *store.Tx, id string) (keys.DataKey, error) {
	k, key, err := c.load(ctx, tx, id)
	if err == nil && !k.Forgotten.IsZero() {
		err = forgotten(&k)
	}
	return key, err
}
