package cases

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"tenet/internal/store"
)

// TestSeal: what another room seals under a case's key opens there, under its name
// alone, and not once the case is forgotten.
func TestSeal(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	one, two := d.opened(t, "one"), d.opened(t, "two")
	var sealed []byte
	on := On{Case: one.ID, By: "staff-1", Also: func(ctx context.Context, tx *store.Tx) (err error) {
		sealed, err = d.Seal(ctx, tx, one.ID, "letter 1", []byte("Dear Morwenna"))
		return err
	}}
	if _, err := d.Note(ctx, on, "a letter"); err != nil {
		t.Fatal(err)
	}
	unseal := func(id, name string) (string, error) {
		var plain []byte
		err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
			plain, err = d.Unseal(ctx, tx, id, name, sealed)
			return err
		})
		return string(plain), err
	}
	if got, err := unseal(one.ID, "letter 1"); got != "Dear Morwenna" || err != nil || strings.Contains(string(sealed), "Morwenna") {
		t.Errorf("%q, %v", got, err)
	}
	for id, name := range map[string]string{one.ID: "letter 2", two.ID: "letter 1"} {
		if got, err := unseal(id, name); err == nil {
			t.Errorf("it opens as %q, %s: %q", id, name, got)
		}
	}
	if _, err := d.Withdraw(ctx, On{Case: one.ID, By: "staff-1"}, "done"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Close(ctx, On{Case: one.ID, By: "staff-1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Forget(ctx, On{Case: one.ID, By: "staff-1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := unseal(one.ID, "letter 1"); !errors.Is(err, ErrForgotten) {
		t.Errorf("after the case is forgotten: %v", err)
	}
	if _, err := unseal("none", "letter 1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("of no case: %v", err)
	}
}

// TestMany: what is asked and sealed for many at once is as it is for one.
func TestMany(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	k := d.opened(t, "one")
	mark, err := d.Marker(ctx)
	if err != nil {
		t.Fatal(err)
	}
	known, stranger := k.Person, Person{Name: "Nobody Known", Email: "nobody@example.org"}
	if known.Email == "" && known.Reference == "" {
		known = Person{Name: k.Requester.Name, Email: k.Requester.Email}
	}
	var one [][]byte
	var sealed []byte
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if one, err = d.Marks(ctx, tx, stranger); err != nil {
			return err
		}
		seal, err := d.Sealer(ctx, tx, k.ID)
		if err != nil {
			return err
		}
		sealed = seal("letter 1", []byte("Dear Morwenna"))
		if _, err := d.Sealer(ctx, tx, "no such case"); err == nil {
			t.Error("it seals for a case that there is not")
		}
		plain, err := d.Unseal(ctx, tx, k.ID, "letter 1", sealed)
		if string(plain) != "Dear Morwenna" {
			t.Errorf("it opens as %q, %v", plain, err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := mark(stranger); len(got) != 1 || !slices.EqualFunc(got, one, bytes.Equal) {
		t.Errorf("marked %x, and %x alone", got, one)
	}
	like, err := d.Alike(ctx, k.Kind, k.Received, known)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Marked(ctx, [][][]byte{mark(stranger), mark(known), nil})
	if err != nil || !slices.Equal(got, []bool{false, len(like) > 0, false}) || len(like) == 0 {
		t.Errorf("marked %v, %v; alike %d", got, err, len(like))
	}
}
