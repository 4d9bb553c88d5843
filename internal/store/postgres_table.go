package store

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

func (p *postgres) tables(ctx context.Context, tx *Tx) ([]table, error) {
	rows, err := tx.QueryContext(ctx, `SELECT c.relname, a.attname, format_type(a.atttypid, -1), array_position(k.conkey, a.attnum) IS NOT NULL, a.attidentity <> ''
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('goose_db_version', $1)
		ORDER BY c.relname, array_position(k.conkey, a.attnum)`, movedTable)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	defer rows.Close()
	var all []table
	for rows.Next() {
		var name, col, declared string
		var key, counter bool
		if err := rows.Scan(&name, &col, &declared, &key, &counter); err != nil {
			return nil, fmt.Errorf("read the schema: %w", err)
		}
		if all, err = describe(all, name, col, declared, key, counter); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	for i, t := range all {
		all[i].parents, err = tx.words(ctx, `SELECT DISTINCT p.relname FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid
			WHERE f.contype = 'f' AND f.conrelid = $1::text::regclass ORDER BY 1`, quote(t.Name))
		if err != nil {
			return nil, err
		}
	}
	return ordered(all)
}

// fill copies rows in, which is many times faster than to insert them.
func (p *postgres) fill(ctx context.Context, tx *Tx, t table, rows iter.Seq2[[]any, error]) error {
	if tx.broken != nil {
		return tx.broken
	}
	next, stop := iter.Pull2(rows)
	defer stop()
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	var bad error // an error of the rows, which the server is only told of
	source := pgx.CopyFromFunc(func() ([]any, error) {
		row, err, ok := next()
		if !ok {
			return nil, nil
		}
		bad = err
		return row, err
	})
	err := tx.work.conn.Raw(func(driver any) error {
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{p.schema, t.Name}, names, source)
		return err
	})
	if bad != nil {
		tx.note(err)
		return bad
	}
	if err != nil {
		return fmt.Errorf("fill table %s: %w", t.Name, tx.note(err))
	}
	return nil
}

func (p *postgres) last(ctx context.Context, tx *Tx, t table) (int64, error) {
	if t.Counter == "" {
		return 0, nil
	}
	sequence, err := p.sequence(ctx, tx, t)
	if err != nil {
		return 0, err
	}
	var n int64
	if err := tx.QueryRowContext(ctx, `SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM `+sequence).Scan(&n); err != nil {
		return 0, fmt.Errorf("read the counter of table %s: %w", t.Name, err)
	}
	return n, nil
}

func (p *postgres) setLast(ctx context.Context, tx *Tx, t table, n int64) error {
	sequence, err := p.sequence(ctx, tx, t)
	if err == nil {
		_, err = tx.ExecContext(ctx, `SELECT setval($1::text::regclass, $2, $3)`, sequence, max(n, 1), n > 0)
	}
	if err != nil {
		return fmt.Errorf("set the counter of table %s: %w", t.Name, err)
	}
	return nil
}

// sequence is the sequence behind a table's counter, quoted.
func (p *postgres) sequence(ctx context.Context, tx *Tx, t table) (string, error) {
	all, err := tx.words(ctx, `SELECT pg_get_serial_sequence($1, $2)`, quote(t.Name), t.Counter)
	if err != nil {
		return "", err
	}
	if len(all) != 1 {
		return "", errors.New("there is no sequence behind column " + t.Counter + " of table " + t.Name)
	}
	return all[0], nil
}
