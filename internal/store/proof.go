package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
)

// Table is what a table held.
type Table struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Last   int64  `json:"last"`   // the last number its counter gave, 0 where it has none
	SHA256 string `json:"sha256"` // of its rows in the order of their key
}

// Proof is what a store held, table by table: two stores with the same proof
// hold the same, whichever their engines.
type Proof struct {
	Schema int64   `json:"schema"`
	Tables []Table `json:"tables"`
	SHA256 string  `json:"sha256"` // of all that
}

// prove is the proof of these tables.
func prove(schema int64, tables []Table) Proof {
	h := sha256.New()
	fmt.Fprintf(h, "tenet store %d\n", schema)
	for _, t := range tables {
		fmt.Fprintf(h, "%s %d %d %s\n", t.Name, t.Rows, t.Last, t.SHA256)
	}
	return Proof{schema, tables, hex.EncodeToString(h.Sum(nil))}
}

// differ names what differs between two proofs, nil if nothing does.
func (p Proof) differ(other Proof) error {
	if p.Schema != other.Schema {
		return fmt.Errorf("one is of schema %d, the other of %d", p.Schema, other.Schema)
	}
	for i, t := range p.Tables {
		if i >= len(other.Tables) || t != other.Tables[i] {
			return fmt.Errorf("table %s is not the same in both", t.Name)
		}
	}
	if p.SHA256 != other.SHA256 {
		return errors.New("they do not hold the same tables")
	}
	return nil
}

// digest is of rows, in one encoding whatever the engine: of every value a letter
// for its type, its length where it has one, and its bytes.
type digest struct {
	hash hash.Hash
	rows int64
	buf  []byte
}

func newDigest() *digest { return &digest{hash: sha256.New()} }

func (d *digest) add(row []any) {
	d.rows++
	b := binary.BigEndian.AppendUint32(d.buf[:0], uint32(len(row)))
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			b = append(b, 'n')
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v))
		case float64:
			b = binary.BigEndian.AppendUint64(append(b, 'f'), math.Float64bits(v))
		case string:
			b = append(binary.BigEndian.AppendUint64(append(b, 's'), uint64(len(v))), v...)
		case []byte:
			b = append(binary.BigEndian.AppendUint64(append(b, 'b'), uint64(len(v))), v...)
		}
	}
	d.hash.Write(b)
	d.buf = b
}

func (d *digest) sum() string { return hex.EncodeToString(d.hash.Sum(nil)) }

// survey reads the whole store and says what it holds.
func (t *Tx) survey(ctx context.Context) (Proof, error) {
	schema, err := t.schema(ctx)
	if err != nil {
		return Proof{}, err
	}
	tables, err := t.engine.tables(ctx, t)
	if err != nil {
		return Proof{}, err
	}
	var all []Table
	for _, on := range tables {
		d := newDigest()
		if err := on.walk(ctx, t, func(row []any) error { d.add(row); return nil }); err != nil {
			return Proof{}, err
		}
		last, err := t.engine.last(ctx, t, on)
		if err != nil {
			return Proof{}, err
		}
		all = append(all, Table{on.Name, d.rows, last, d.sum()})
	}
	return prove(schema, all), nil
}

// schema is the version of the schema, as this transaction sees it.
func (t *Tx) schema(ctx context.Context) (v int64, err error) {
	if err := t.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&v); err != nil {
		return 0, fmt.Errorf("read the version of the schema: %w", err)
	}
	return v, nil
}
