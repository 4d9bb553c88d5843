package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
)

func (e *sqliteEngine) tables(ctx context.Context, tx *Tx) ([]table, error) {
	rows, err := tx.QueryContext(ctx, `SELECT m.name, c.name, c.type, c.pk > 0, m.sql LIKE '%AUTOINCREMENT%' AND c.pk = 1
		FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT IN ('goose_db_version', $1) ORDER BY m.name, c.pk`, movedTable)
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
		if all[i].parents, err = tx.words(ctx, `SELECT DISTINCT "table" FROM pragma_foreign_key_list($1) ORDER BY 1`, t.Name); err != nil {
			return nil, err
		}
	}
	return ordered(all)
}

func (e *sqliteEngine) fill(ctx context.Context, tx *Tx, t table, rows iter.Seq2[[]any, error]) error {
	var places []string
	for i := range t.Columns {
		places = append(places, fmt.Sprint("$", i+1))
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO `+quote(t.Name)+` (`+t.names()+`) VALUES (`+strings.Join(places, ", ")+`)`)
	if err != nil {
		return fmt.Errorf("fill table %s: %w", t.Name, err)
	}
	defer insert.Close()
	for row, err := range rows {
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, row...); err != nil {
			return fmt.Errorf("fill table %s: %w", t.Name, tx.note(err))
		}
	}
	return nil
}

func (e *sqliteEngine) last(ctx context.Context, tx *Tx, t table) (n int64, err error) {
	if t.Counter == "" {
		return 0, nil
	}
	err = tx.QueryRowContext(ctx, `SELECT seq FROM sqlite_sequence WHERE name = $1`, t.Name).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the counter of table %s: %w", t.Name, err)
	}
	return n, nil
}

func (e *sqliteEngine) setLast(ctx context.Context, tx *Tx, t table, n int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sqlite_sequence WHERE name = $1`, t.Name)
	if err == nil && n > 0 {
		_, err = tx.ExecContext(ctx, `INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`, t.Name, n)
	}
	if err != nil {
		return fmt.Errorf("set the counter of table %s: %w", t.Name, err)
	}
	return nil
}
