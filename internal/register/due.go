package register

import (
	"context"
	"fmt"

	"tenet/internal/law"
	"tenet/internal/store"
)

// KeptPapers is how many papers there are.
func (r *Registers) KeptPapers(ctx context.Context, tx *store.Tx) (n int64, err error) {
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM register_paper WHERE landlord = $1`, r.Landlord).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the papers: %w", err)
	}
	return n, nil
}

// policyStays is how long an appropriate policy document stays when what it is about has
// ended, at the least (DPA 2018 Sch 1 para 40(1)(a)), in months.
const policyStays = 6

// DuePapers is a page of the papers that ended before an instant. An appropriate policy
// document is held for as long as the law wants it.
func (r *Registers) DuePapers(ctx context.Context, tx *store.Tx, p store.Page) ([]store.Kept, store.Place, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, ended, register FROM register_paper WHERE landlord = $1 AND ended IS NOT NULL AND ended < $2 AND (ended > $3 OR ended = $3 AND id > $4)
		ORDER BY ended, id LIMIT $5`, r.Landlord, store.Micros(p.Before), p.After.At, p.After.ID, p.Limit)
	if err != nil {
		return nil, store.Place{}, fmt.Errorf("list the papers that are due: %w", err)
	}
	defer rows.Close()
	var all []store.Kept
	var last store.Place
	for rows.Next() {
		register := ""
		if err := rows.Scan(&last.ID, &last.At, &register); err != nil {
			return nil, last, fmt.Errorf("list the papers that are due: %w", err)
		}
		k := store.Kept{ID: last.ID, At: store.Time(last.At)}
		if register == "apd" && !law.DateOf(k.At).AddMonths(policyStays).Before(r.today()) {
			k.Held = "the law keeps it for six months after what it is about has ended (DPA 2018 Sch 1 para 40)"
		}
		all = append(all, k)
	}
	if err := rows.Err(); err != nil {
		return nil, last, fmt.Errorf("list the papers that are due: %w", err)
	}
	return all, p.Next(len(all), last), nil
}

// PaperMarks are the marks of everybody whom a paper names, by its opaque id.
func (r *Registers) PaperMarks(ctx context.Context, tx *store.Tx, id string) ([][]byte, error) {
	return r.marks(ctx, tx, `SELECT DISTINCT mark FROM register_mark WHERE landlord = $1 AND paper = $2 ORDER BY mark`, id)
}

func (r *Registers) marks(ctx context.Context, tx *store.Tx, query string, args ...any) (all [][]byte, err error) {
	rows, err := tx.QueryContext(ctx, query, append([]any{r.Landlord}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("the marks of a paper: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m []byte
		if err := rows.Scan(&m); err != nil {
			return nil, fmt.Errorf("the marks of a paper: %w", err)
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

// ForgetPaper deletes a paper that has ended, with its key, its versions, entries and
// marks, and what the ledger could tell of it. Its number is not given again.
func (r *Registers) ForgetPaper(ctx context.Context, tx *store.Tx, by, id string) error {
	p, err := r.byID(ctx, tx, id)
	if err != nil {
		return err
	}
	if p.Ended.IsZero() {
		return fmt.Errorf("%w: it has not ended", ErrState)
	}
	if _, err := tx.Forget(ctx, r.Landlord, p.ID); err != nil {
		return err
	}
	p.Step++
	if err := r.record(ctx, tx, p, by, "register.forgotten", map[string]any{"versions": len(p.Versions), "entries": len(p.Entries)}); err != nil {
		return err
	}
	for _, table := range []string{"register_mark", "register_entry", "register_version"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE landlord = $1 AND paper = $2`, r.Landlord, p.ID); err != nil {
			return fmt.Errorf("forget a paper: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM register_paper WHERE landlord = $1 AND id = $2`, r.Landlord, p.ID); err != nil {
		return fmt.Errorf("forget a paper: %w", err)
	}
	return nil
}

// KeptNamed is how many entries beside papers name somebody.
func (r *Registers) KeptNamed(ctx context.Context, tx *store.Tx) (n int64, err error) {
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM register_entry WHERE landlord = $1 AND named = 1`, r.Landlord).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the entries that name somebody: %w", err)
	}
	return n, nil
}

// DueNamed is a page of the entries that name somebody and were made before an instant,
// by the ids that [Registers.ForgetNamed] takes.
func (r *Registers) DueNamed(ctx context.Context, tx *store.Tx, p store.Page) ([]store.Kept, store.Place, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, at FROM (SELECT paper || '/entry/' || n AS id, at FROM register_entry WHERE landlord = $1 AND named = 1 AND at < $2) AS named
		WHERE at > $3 OR at = $3 AND id > $4 ORDER BY at, id LIMIT $5`, r.Landlord, store.Micros(p.Before), p.After.At, p.After.ID, p.Limit)
	if err != nil {
		return nil, store.Place{}, fmt.Errorf("list the entries that are due: %w", err)
	}
	defer rows.Close()
	var all []store.Kept
	var last store.Place
	for rows.Next() {
		if err := rows.Scan(&last.ID, &last.At); err != nil {
			return nil, last, fmt.Errorf("list the entries that are due: %w", err)
		}
		all = append(all, store.Kept{ID: last.ID, At: store.Time(last.At)})
	}
	if err := rows.Err(); err != nil {
		return nil, last, fmt.Errorf("list the entries that are due: %w", err)
	}
	return all, p.Next(len(all), last), nil
}

// NamedMarks are the marks of those whom an entry or a version names.
func (r *Registers) NamedMarks(ctx context.Context, tx *store.Tx, id string) ([][]byte, error) {
	paper, part, n, err := cutMention(id)
	if err != nil {
		return nil, err
	}
	return r.marks(ctx, tx, `SELECT mark FROM register_mark WHERE landlord = $1 AND paper = $2 AND part = $3 AND n = $4 ORDER BY mark`, paper, part, n)
}
