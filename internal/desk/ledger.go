package desk

import (
	"context"
	"errors"
	"fmt"
	"io"

	"tenet/internal/ledger"
	"tenet/internal/store"
)

// ExportLedger brings the tree up to date and writes the ledger out, with the
// particulars that entries commit to if open.
func (d *Desk) ExportLedger(ctx context.Context, w io.Writer, open bool) (store.Signed, error) {
	signed, err := d.Store.Sequence(ctx, d.Config.Landlord, d.Keys.Signer())
	if err != nil {
		return signed, err
	}
	return signed, d.Store.Export(ctx, d.Config.Landlord, d.Keys.Verifier(), w, open)
}

// VerifyLedger exports the ledger and verifies the export as a stranger would,
// against this installation's own key unless trust names another.
func (d *Desk) VerifyLedger(ctx context.Context, trust ledger.Trust) (ledger.Report, error) {
	if trust.Key == "" {
		trust.Key = d.Keys.Verifier()
	}
	r, w := io.Pipe()
	go func() {
		_, err := d.ExportLedger(ctx, w, true)
		w.CloseWithError(err)
	}()
	report, err := ledger.Verify(r, trust)
	r.CloseWithError(errors.New("the verifier stopped"))
	if err != nil {
		return report, fmt.Errorf("verify the ledger: %w", err)
	}
	return report, nil
}

// ProveEntry proves that an entry is in the ledger.
func (d *Desk) ProveEntry(ctx context.Context, seq int64) (ledger.Inclusion, error) {
	if _, err := d.Store.Sequence(ctx, d.Config.Landlord, d.Keys.Signer()); err != nil {
		return ledger.Inclusion{}, err
	}
	p, err := d.Store.Prove(ctx, d.Config.Landlord, seq)
	if errors.Is(err, store.ErrNotFound) {
		return p, &Error{Code: "no-entry", What: fmt.Sprintf("the ledger has no entry %d", seq), Where: "--seq", Mend: "entries are numbered from 0"}
	}
	return p, err
}

// ProveConsistency proves that the ledger of one size is continued by a larger.
func (d *Desk) ProveConsistency(ctx context.Context, from, to int64) (ledger.Consistency, error) {
	if _, err := d.Store.Sequence(ctx, d.Config.Landlord, d.Keys.Signer()); err != nil {
		return ledger.Consistency{}, err
	}
	p, err := d.Store.Consistency(ctx, d.Config.Landlord, from, to)
	if errors.Is(err, store.ErrNotFound) {
		return p, &Error{Code: "no-checkpoint", What: "there is no checkpoint of one of these sizes", Where: "--from, --to", Mend: "use sizes at which the ledger was signed; tenet ledger export lists them"}
	}
	return p, err
}
