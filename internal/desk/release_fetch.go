package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"tenet/internal/cases"
	"tenet/internal/pack"
	"tenet/internal/store"
)

// Fetching is an answer that is going out by a link. Whoever sends it says how far it
// came by End, and that it is still going by Going, more often than once in a minute.
type Fetching struct {
	Name  string // of the file
	Bytes []byte // a zip archive

	d      *Desk
	link   Link
	notice string
	number string
	n      int
}

// Fetch begins the one handing over of an answer to whoever holds its link and has given
// the words. That the answer is released, and the ledger's entry of it, are one
// transaction with the claim on the link, and come before the first byte goes out: of
// many who try at one instant one has a Fetching, and the others [ErrNotOpened].
//
// A download that broke off may be begun again, from the start, by whoever holds the link,
// within half an hour of the first; the answer is not released twice for that. So may one
// in the middle of which the program was killed, once nobody has heard of it for two
// minutes.
func (d *Desk) Fetch(ctx context.Context, at LinkAt, holder string) (*Fetching, error) {
	for try := 0; ; try++ {
		f, err := d.fetch(ctx, at, holder)
		var changed *cases.Changed
		if try < 5 && errors.As(err, &changed) {
			continue // somebody wrote a note in the case at this instant
		}
		var step *cases.Error
		if errors.As(err, &step) { // it was taken back, or the proof of identity has aged
			err = errors.Join(ErrNotOpened, err)
		}
		return f, err
	}
}

func (d *Desk) fetch(ctx context.Context, at LinkAt, holder string) (*Fetching, error) {
	var l Link
	err := d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		l, err = d.linkBy(ctx, tx, at)
		return err
	})
	if err != nil {
		return nil, err
	}
	now := d.Now()
	if !l.open(now) || !l.opened || !l.heldBy(holder) || l.lease.After(now) || l.claims >= mostClaims {
		return nil, ErrNotOpened
	}
	k, err := d.Cases.Get(ctx, l.Case)
	if err != nil {
		return nil, err
	}
	if k.Draft == nil || k.Draft.Digest != l.Draft || k.Draft.Approved == nil || k.State != cases.Approved && k.State != cases.Released {
		return nil, ErrNotOpened
	}
	// Nothing of it is kept in the clear: the archive is made of the sealed draft each time,
	// and the same draft gives the same bytes.
	files, err := d.openDraft(ctx, k)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := pack.Zip(&b, files); err != nil {
		return nil, err
	}
	f := &Fetching{Name: k.Number + ".zip", Bytes: b.Bytes(), d: d, link: l, notice: k.Notice, number: k.Number, n: l.claims + 1}
	if !l.Began.IsZero() {
		return f, d.Store.Write(ctx, func(tx *store.Tx) error { return f.claim(ctx, tx) })
	}
	_, err = d.Cases.Deliver(ctx, cases.On{Case: k.ID, By: k.Number, Version: k.Version, Also: f.claim}, cases.Delivery{Way: cases.Collected})
	return f, err
}

// claim takes the link for this download, if it still is as it was read.
func (f *Fetching) claim(ctx context.Context, tx *store.Tx) error {
	d, now := f.d, f.d.Now()
	r, err := tx.ExecContext(ctx, `UPDATE desk_link SET began = coalesce(began, $3), lease = $4, claims = claims + 1
		WHERE landlord = $1 AND id = $2 AND ended IS NULL AND opened = 1 AND claims = $5 AND holder = $6 AND (lease IS NULL OR lease <= $3)`,
		d.Config.Landlord, f.link.ID, store.Micros(now), store.Micros(now.Add(downloading)), f.n-1, f.link.holder)
	if err != nil {
		return fmt.Errorf("begin a download: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil {
		return err
	} else if n != 1 {
		return ErrNotOpened
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO desk_download (landlord, link, n, began, size, bytes, complete) VALUES ($1, $2, $3, $4, $5, 0, 0)`,
		d.Config.Landlord, f.link.ID, f.n, store.Micros(now), len(f.Bytes))
	if err != nil {
		return fmt.Errorf("begin a download: %w", err)
	}
	return d.recordLink(ctx, tx, f.notice, f.link, f.number, "link.download-began", fmt.Sprintf("%s/download/%d", f.link.ID, f.n),
		map[string]any{"n": f.n, "factor": f.link.Factor, "size": len(f.Bytes)})
}

// Going says that bytes are still going out.
func (f *Fetching) Going(ctx context.Context) error {
	return f.d.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE desk_link SET lease = $4 WHERE landlord = $1 AND id = $2 AND claims = $3 AND ended IS NULL`,
			f.d.Config.Landlord, f.link.ID, f.n, store.Micros(f.d.Now().Add(downloading)))
		return err
	})
}

// End says how many bytes went out. Where that is all of them the link is used, and
// nothing opens by it any more.
func (f *Fetching) End(ctx context.Context, sent int64) error {
	d, whole := f.d, sent == int64(len(f.Bytes))
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		complete, act := 0, "link.download-broke-off"
		if whole {
			complete, act = 1, "link.download-completed"
		}
		r, err := tx.ExecContext(ctx, `UPDATE desk_download SET ended = $4, bytes = $5, complete = $6 WHERE landlord = $1 AND link = $2 AND n = $3 AND ended IS NULL`,
			d.Config.Landlord, f.link.ID, f.n, store.Micros(d.Now()), sent, complete)
		if err != nil {
			return fmt.Errorf("end a download: %w", err)
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err // it was ended before, or its log has been destroyed
		}
		if err := d.recordLink(ctx, tx, f.notice, f.link, f.number, act, fmt.Sprintf("%s/download/%d/end", f.link.ID, f.n), map[string]any{"n": f.n, "bytes": sent}); err != nil {
			return err
		}
		if whole {
			return d.endLink(ctx, tx, f.notice, f.link, LinkUsed, f.number)
		}
		_, err = tx.ExecContext(ctx, `UPDATE desk_link SET lease = NULL WHERE landlord = $1 AND id = $2 AND claims = $3`, d.Config.Landlord, f.link.ID, f.n)
		return err
	})
}
