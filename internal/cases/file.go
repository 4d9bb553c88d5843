package cases

import (
	"context"
	"crypto/rand"
	"fmt"

	"tenet/internal/keys"
	"tenet/internal/store"
)

const (
	// MaxFile is the most bytes a working file may hold.
	MaxFile = 64 << 20
	// maxFiles is how many a case may have.
	maxFiles = 50
	// part is how many bytes are sealed at once.
	part = 1 << 20
)

// File is a working file of a case: what was found, how it was decided.
type File struct {
	Name string // letters, digits and - _ . ; it stands in the clear
	Data []byte // sealed
}

func (f File) check() error {
	if err := checkID("the name of a working file", f.Name); err != nil {
		return err
	}
	if len(f.Data) > MaxFile {
		return input("split it", "the working file %s has %d bytes, more than %d", f.Name, len(f.Data), MaxFile)
	}
	return nil
}

// PutFile keeps a working file of a running case, in the place of any of its
// name, whole or not at all.
func (c *Cases) PutFile(ctx context.Context, id string, f File) error {
	if err := f.check(); err != nil {
		return err
	}
	err := c.store.Write(ctx, func(tx *store.Tx) error {
		k, key, err := c.load(ctx, tx, id)
		if err != nil {
			return err
		}
		if !k.Forgotten.IsZero() {
			return forgotten(&k)
		}
		if !k.State.Running() {
			return &Error{Code: CodeState, Message: fmt.Sprintf("the case is %s, and its working files stay as they were", k.State), Mend: "write a note instead"}
		}
		return c.putFile(ctx, tx, &k, key, f)
	})
	if err != nil {
		return wrap("keep a working file", err)
	}
	return nil
}

func (c *Cases) putFile(ctx context.Context, tx *store.Tx, k *Case, key keys.DataKey, f File) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM cases_file WHERE landlord = $1 AND case_id = $2 AND name = $3`, c.landlord, k.ID, f.Name); err != nil {
		return fmt.Errorf("working file %s: %w", f.Name, err)
	}
	var n int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM cases_file WHERE landlord = $1 AND case_id = $2 AND part = 0`, c.landlord, k.ID).Scan(&n)
	if err != nil {
		return fmt.Errorf("working file %s: %w", f.Name, err)
	}
	if n >= maxFiles {
		return input("put more into one file", "the case has %d working files already", n)
	}
	// The revision keeps a part of another version of the file out of this one.
	revision := rand.Text()
	parts := max(1, (len(f.Data)+part-1)/part)
	for i := range parts {
		data := f.Data[i*part : min(len(f.Data), (i+1)*part)]
		_, err := tx.ExecContext(ctx, `INSERT INTO cases_file (landlord, case_id, name, part, parts, size, revision, sealed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, c.landlord, k.ID, f.Name, i, parts, len(f.Data), revision,
			key.Seal(data, c.fileContext(k.ID, f.Name, revision, i, parts)))
		if err != nil {
			return fmt.Errorf("working file %s: %w", f.Name, err)
		}
	}
	return nil
}

func (c *Cases) fileContext(id, name, revision string, i, parts int) []byte {
	return c.context(id, "file", fmt.Sprintf("%s\n%s\n%d/%d", name, revision, i, parts))
}

// GetFile is the content of a working file.
func (c *Cases) GetFile(ctx context.Context, id, name string) ([]byte, error) {
	var data []byte
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		k, key, err := c.load(ctx, tx, id)
		if err != nil {
			return err
		}
		if !k.Forgotten.IsZero() {
			return forgotten(&k)
		}
		rows, err := tx.QueryContext(ctx, `SELECT part, parts, size, revision, sealed FROM cases_file
			WHERE landlord = $1 AND case_id = $2 AND name = $3 ORDER BY part`, c.landlord, k.ID, name)
		if err != nil {
			return err
		}
		defer rows.Close()
		next, parts, size := 0, 0, 0
		for ; rows.Next(); next++ {
			var i int
			var revision string
			var sealed []byte
			if err := rows.Scan(&i, &parts, &size, &revision, &sealed); err != nil {
				return err
			}
			if next == 0 {
				data = make([]byte, 0, min(max(size, 0), MaxFile))
			}
			plain, err := key.Open(sealed, c.fileContext(k.ID, name, revision, next, parts))
			if err != nil {
				return fmt.Errorf("part %d of %s: %w", next+1, clip(name), err)
			}
			data = append(data, plain...)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		switch {
		case next == 0:
			return &Error{Code: CodeNotFound, Message: "the case has no working file of this name", Mend: "make the draft first"}
		case next != parts || len(data) != size:
			return fmt.Errorf("%s lacks parts: %d of %d are there", clip(name), next, parts)
		}
		return nil
	})
	if err != nil {
		return nil, wrap("read a working file", err)
	}
	return data, nil
}
