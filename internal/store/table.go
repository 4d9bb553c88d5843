package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// kind is a type of column that both engines have.
type kind string

const (
	integer kind = "integer" // int64
	text    kind = "text"    // string: UTF-8 without U+0000
	blob    kind = "blob"    // []byte
	float   kind = "float"   // float64
)

// kinds is what the engines call them.
var kinds = map[string]kind{
	"INTEGER": integer, "TEXT": text, "BLOB": blob, "REAL": float,
	"bigint": integer, "text": text, "bytea": blob, "double precision": float,
}

// table is a table as both engines have it.
type table struct {
	Name    string   `json:"name"`
	Columns []column `json:"columns"`           // by name
	Key     []string `json:"key"`               // the primary key, in its order
	Counter string   `json:"counter,omitempty"` // the column that numbers rows by itself, if any does
	parents []string // tables that it refers to
}

type column struct {
	Name string `json:"name"`
	Kind kind   `json:"kind"`
}

// describe adds a column to the last table, or to a new one. Columns of the key
// come in its order.
func describe(all []table, name, col, engineType string, key, counter bool) ([]table, error) {
	k, ok := kinds[engineType]
	if !ok {
		return nil, fmt.Errorf("column %s of table %s is of type %s, which the two engines do not have alike", col, name, engineType)
	}
	if len(all) == 0 || all[len(all)-1].Name != name {
		all = append(all, table{Name: name})
	}
	t := &all[len(all)-1]
	t.Columns = append(t.Columns, column{col, k})
	if key {
		t.Key = append(t.Key, col)
	}
	if counter {
		t.Counter = col
	}
	return all, nil
}

// ordered is tables in an order in which each comes after those it refers to.
func ordered(tables []table) ([]table, error) {
	slices.SortFunc(tables, func(a, b table) int { return strings.Compare(a.Name, b.Name) })
	var out []table
	done := map[string]bool{}
	for len(out) < len(tables) {
		before := len(out)
		for _, t := range tables {
			waits := slices.ContainsFunc(t.parents, func(p string) bool { return p != t.Name && !done[p] })
			if !done[t.Name] && !waits {
				done[t.Name] = true
				out = append(out, t)
			}
		}
		if len(out) == before {
			return nil, errors.New("the tables refer to each other in a circle")
		}
	}
	for i, t := range out {
		if len(t.Key) == 0 || !slices.Contains(t.Columns, column{"landlord", text}) {
			return nil, fmt.Errorf("table %s is not one of Tenet's, which all have a primary key and a landlord: take it elsewhere", t.Name)
		}
		slices.SortFunc(out[i].Columns, func(a, b column) int { return strings.Compare(a.Name, b.Name) })
	}
	return out, nil
}

// names is the columns as SQL.
func (t table) names() string {
	var all []string
	for _, c := range t.Columns {
		all = append(all, quote(c.Name))
	}
	return strings.Join(all, ", ")
}

// walk gives every row to each, in the order of the primary key, which is the
// same on both engines: numbers by size, text and bytes byte by byte. The row is
// each's to keep.
func (t table) walk(ctx context.Context, tx *Tx, each func(row []any) error) error {
	var key []string
	for _, k := range t.Key {
		key = append(key, quote(k))
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+t.names()+` FROM `+quote(t.Name)+` ORDER BY `+strings.Join(key, ", "))
	if err != nil {
		return fmt.Errorf("read table %s: %w", t.Name, err)
	}
	defer rows.Close()
	for n := int64(1); rows.Next(); n++ {
		row, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read table %s: %w", t.Name, err)
		}
		for i, c := range t.Columns {
			if err := c.check(row[i]); err != nil {
				return fmt.Errorf("row %d of table %s: %w", n, t.Name, err)
			}
		}
		if err := each(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read table %s: %w", t.Name, err)
	}
	return nil
}

// check refuses a value that is not what its column is declared to hold, or that
// the other engine could not hold.
func (c column) check(v any) error {
	ok := false
	switch v := v.(type) {
	case nil:
		ok = true
	case int64:
		ok = c.Kind == integer
	case []byte:
		ok = c.Kind == blob
	case float64:
		ok = c.Kind == float && !math.IsNaN(v) && !math.IsInf(v, 0)
	case string:
		ok = c.Kind == text
		if ok && (!utf8.ValidString(v) || strings.IndexByte(v, 0) >= 0) {
			return fmt.Errorf("column %s holds text that is not UTF-8, or has a zero byte in it", c.Name)
		}
	}
	if !ok {
		return fmt.Errorf("column %s is of kind %s and holds a %T", c.Name, c.Kind, v)
	}
	return nil
}

// words is the first column of a query, as text.
func (t *Tx) words(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := t.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, fmt.Errorf("read the schema: %w", err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	return all, nil
}
