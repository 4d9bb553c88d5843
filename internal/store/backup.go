package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"time"
)

const (
	// format is of the stream that Backup writes.
	format = 1
	// longest is the longest line of that stream, and so the largest row.
	longest = 64 << 20
	// often is after how many rows of a table progress is told.
	often = 10_000
)

// Progress is told how many rows of a table were copied, from time to time and
// when it is whole, by another goroutine than the one that asked for the copy. It
// may be nil.
type Progress func(table string, rows int64)

func (p Progress) tell(table string, rows int64, whole bool) {
	if p != nil && (whole || rows%often == 0) {
		p(table, rows)
	}
}

// opening is the first line of a backup.
type opening struct {
	Tenet  string    `json:"tenet"` // "backup"
	Format int       `json:"format"`
	Schema int64     `json:"schema"`
	From   string    `json:"from"` // which store, without user and password
	Made   time.Time `json:"made"`
	Tables []table   `json:"tables"`
}

// mark is a line of a backup that is no row: the end of a table, or of all.
type mark struct {
	End      *Table `json:"end,omitempty"`
	Complete bool   `json:"complete,omitempty"`
	SHA256   string `json:"sha256,omitempty"` // of every byte before this line
}

// Backup writes everything the store holds, as it is at one instant, while
// others go on reading and writing. The stream is JSON, line by line, the same
// from either engine, and Restore reads it into either; its last line says that
// it is complete, so that one that was cut off is known. It holds personal data
// in clear, sealed case files and the hashes of passwords, but no keys: keep it
// as safe as the store, and the key folder in a backup of its own.
func (s *Store) Backup(ctx context.Context, w io.Writer, progress Progress) (Proof, error) {
	var p Proof
	err := s.read(ctx, access{long: true}, func(tx *Tx) (err error) {
		p, err = tx.backup(ctx, w, progress)
		return err
	})
	if err != nil {
		return Proof{}, fmt.Errorf("store: back up %s: %w", s, err)
	}
	return p, nil
}

func (t *Tx) backup(ctx context.Context, w io.Writer, progress Progress) (Proof, error) {
	schema, err := t.schema(ctx)
	if err != nil {
		return Proof{}, err
	}
	tables, err := t.engine.tables(ctx, t)
	if err != nil {
		return Proof{}, err
	}
	out := &backupWriter{w: bufio.NewWriterSize(w, 1<<16), sum: sha256.New()}
	err = out.json(opening{"backup", format, schema, t.engine.name(), time.Now().UTC().Truncate(time.Second), tables})
	if err != nil {
		return Proof{}, err
	}
	var done []Table
	for _, on := range tables {
		d := newDigest()
		err := on.walk(ctx, t, func(row []any) error {
			d.add(row)
			progress.tell(on.Name, d.rows, false)
			if err := out.row(row); err != nil {
				return fmt.Errorf("row %d of table %s: %w", d.rows, on.Name, err)
			}
			return nil
		})
		if err != nil {
			return Proof{}, err
		}
		last, err := t.engine.last(ctx, t, on)
		if err != nil {
			return Proof{}, err
		}
		end := Table{on.Name, d.rows, last, d.sum()}
		if err := out.json(mark{End: &end}); err != nil {
			return Proof{}, err
		}
		done = append(done, end)
		progress.tell(on.Name, d.rows, true)
	}
	if err := out.json(mark{Complete: true, SHA256: hex.EncodeToString(out.sum.Sum(nil))}); err != nil {
		return Proof{}, err
	}
	return prove(schema, done), out.w.Flush()
}

// backupWriter writes lines of JSON, and knows the digest of those it wrote.
type backupWriter struct {
	w   *bufio.Writer
	sum hash.Hash
	buf []byte
}

func (o *backupWriter) json(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return o.line(append(b, '\n'))
}

// row writes a row: numbers as they are, text as text, bytes in base64.
func (o *backupWriter) row(row []any) error {
	b := append(o.buf[:0], '[')
	for i, v := range row {
		if i > 0 {
			b = append(b, ',')
		}
		switch v := v.(type) {
		case nil:
			b = append(b, "null"...)
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case []byte:
			b = append(base64.StdEncoding.AppendEncode(append(b, '"'), v), '"')
		default: // string, float64
			j, err := json.Marshal(v)
			if err != nil {
				return err
			}
			b = append(b, j...)
		}
	}
	o.buf = append(b, ']', '\n')
	return o.line(o.buf)
}

func (o *backupWriter) line(b []byte) error {
	if len(b) >= longest {
		return fmt.Errorf("this is larger than the %d bytes that a line of a backup has room for", longest)
	}
	o.sum.Write(b)
	_, err := o.w.Write(b)
	return err
}

// backupReader reads what backupWriter wrote, and believes none of it.
type backupReader struct {
	lines *bufio.Scanner
	line  int
	sum   hash.Hash
}

func newBackupReader(r io.Reader) *backupReader {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<16), longest)
	return &backupReader{lines: lines, sum: sha256.New()}
}

// next is the next line, and the digest of those before it.
func (r *backupReader) next() (line []byte, before string, err error) {
	r.line++
	if !r.lines.Scan() {
		err := r.lines.Err()
		if err == nil {
			err = errors.New("the backup was cut off here; take it again from its source")
		}
		return nil, "", r.at(err)
	}
	before = hex.EncodeToString(r.sum.Sum(nil))
	r.sum.Write(r.lines.Bytes())
	r.sum.Write([]byte{'\n'})
	return r.lines.Bytes(), before, nil
}

func (r *backupReader) at(err error) error {
	return fmt.Errorf("%w: line %d of the backup: %w", ErrBackup, r.line, err)
}

func (r *backupReader) opening() (opening, error) {
	var o opening
	line, _, err := r.next()
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(line, &o); err != nil || o.Tenet != "backup" {
		return o, r.at(errors.New("this is not a backup of Tenet"))
	}
	if o.Format != format {
		return o, r.at(fmt.Errorf("%w: it is of format %d, and this one reads %d", ErrNewer, o.Format, format))
	}
	return o, nil
}

// row is the next row of a table, or the end of it.
func (r *backupReader) row(t table) (row []any, end *Table, err error) {
	line, _, err := r.next()
	if err != nil {
		return nil, nil, err
	}
	if len(line) > 0 && line[0] == '{' {
		var m mark
		if err := json.Unmarshal(line, &m); err != nil || m.End == nil || m.End.Name != t.Name {
			return nil, nil, r.at(fmt.Errorf("a row of table %s or its end was to come here", t.Name))
		}
		return nil, m.End, nil
	}
	row, err = decode(line, t.Columns)
	if err != nil {
		return nil, nil, r.at(fmt.Errorf("table %s: %w", t.Name, err))
	}
	return row, nil, nil
}

// close reads the last line.
func (r *backupReader) close() error {
	line, before, err := r.next()
	if err != nil {
		return err
	}
	var m mark
	if err := json.Unmarshal(line, &m); err != nil || !m.Complete {
		return r.at(errors.New("the end of the backup was to come here"))
	}
	if m.SHA256 != before {
		return r.at(errors.New("the backup was changed after it was made"))
	}
	if r.lines.Scan() {
		return r.at(errors.New("something follows the end of the backup"))
	}
	return r.lines.Err()
}

// decode reads a row. Its errors do not repeat what stands in it.
func decode(line []byte, columns []column) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, errors.New("this is not a row")
	}
	if len(raw) != len(columns) {
		return nil, fmt.Errorf("a row of %d values, and the table has %d columns", len(raw), len(columns))
	}
	row := make([]any, len(columns))
	for i, c := range columns {
		if string(raw[i]) == "null" {
			continue
		}
		var err error
		switch c.Kind {
		case integer:
			row[i], err = into[int64](raw[i])
		case float:
			row[i], err = into[float64](raw[i])
		case blob:
			row[i], err = into[[]byte](raw[i])
		default:
			row[i], err = into[string](raw[i])
		}
		if err == nil {
			err = c.check(row[i])
		}
		if err != nil {
			return nil, fmt.Errorf("column %s is not of kind %s", c.Name, c.Kind)
		}
	}
	return row, nil
}

func into[T any](raw json.RawMessage) (v T, err error) {
	err = json.Unmarshal(raw, &v)
	return v, err
}
