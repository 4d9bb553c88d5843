package app

import (
	"context"
	"time"

	"tenet/internal/keys"
	"tenet/internal/store"
)

// forms keeps what people type into the portal's form until they send it: in the
// store, so that any process goes on with it, and a form whose sending was cut off
// by a kill is sent again as the same one. It names people before they have asked
// for anything, so each stands there sealed, under a key that goes with its row.
// It is an scs.CtxStore.
type forms struct {
	sessions *store.Sessions
	store    *store.Store
	ring     *keys.Ring
	landlord string
}

func (o *office) forms() *forms {
	return &forms{o.d.Store.Sessions(o.d.Config.Landlord), o.d.Store, o.d.Keys, o.d.Config.Landlord}
}

// Forms stand among the sessions of staff: under names that no session of theirs
// has, so that the cookie of the one is nothing to the other.
const (
	formPrefix = "form-"
	formEnd    = "form." // after all of them
)

// maxForms is how many are kept. Anyone may begin one, and nobody proves who they are.
const maxForms = 10_000

func (f *forms) context(token string) []byte { return []byte("form of the portal\n" + token) }

// FindCtx is the data of a form that has not expired. One that does not open, since
// the keys are others now, is begun anew.
func (f *forms) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	token = formPrefix + token
	data, found, err := f.sessions.FindCtx(ctx, token)
	if err != nil || !found || len(data) == 0 || len(data) < 1+int(data[0]) {
		return nil, false, err
	}
	wrapped, sealed := data[1:1+data[0]], data[1+data[0]:]
	key, err := f.ring.OpenDataKey(token, wrapped)
	if err != nil {
		return nil, false, nil
	}
	plain, err := key.Open(sealed, f.context(token))
	return plain, err == nil, nil
}

// CommitCtx keeps the data of a form until it expires.
func (f *forms) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	token = formPrefix + token
	key, wrapped, err := f.ring.NewDataKey(token)
	if err != nil {
		return err
	}
	row := append([]byte{byte(len(wrapped))}, wrapped...)
	return f.sessions.CommitCtx(ctx, token, append(row, key.Seal(data, f.context(token))...), expires)
}

// DeleteCtx forgets a form.
func (f *forms) DeleteCtx(ctx context.Context, token string) error {
	return f.sessions.DeleteCtx(ctx, formPrefix+token)
}

// Find is FindCtx for those without a context.
func (f *forms) Find(token string) ([]byte, bool, error) {
	return f.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for those without a context.
func (f *forms) Commit(token string, data []byte, expires time.Time) error {
	return f.CommitCtx(context.Background(), token, data, expires)
}

// Delete is DeleteCtx for those without a context.
func (f *forms) Delete(token string) error { return f.DeleteCtx(context.Background(), token) }

// bound forgets the forms that were touched longest ago where there are more than
// so many.
func (f *forms) bound(ctx context.Context, most int) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE landlord = $1 AND token IN (
			SELECT token FROM session WHERE landlord = $1 AND token > $2 AND token < $3 ORDER BY expires DESC, token LIMIT 1000000 OFFSET $4)`,
			f.landlord, formPrefix, formEnd, most)
		return err
	})
}
