package contact

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/law"
	"tenet/internal/store"
)

// in are the contacts of another set over the same store.
func (o *office) in(t testing.TB, client string) *Contacts {
	t.Helper()
	c, err := New(Config{Store: o.store, Ring: o.ring, Landlord: store.Default, Client: client, Now: o.clock})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSets draws what is written in which set, of people who share marks, and asks every
// set for everything in every way: nothing of another is ever there.
func TestSets(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	sets := []string{"", "lantern-row", "netmakers-yard"}
	contacts := map[string]*Contacts{}
	for _, s := range sets {
		contacts[s] = o.in(t, s)
	}
	written := map[string]string{} // set of each id
	n := map[string]Counts{}
	day := law.DateOf(o.hour)
	draw := 0
	rapid.Check(t, func(rt *rapid.T) {
		draw++
		set := rapid.SampledFrom(sets).Draw(rt, "set")
		c := contacts[set]
		m := marks(byte(rapid.IntRange(1, 3).Draw(rt, "mark")))
		once := fmt.Sprint("once ", draw/3) // the same name is used in several sets
		count := n[set]
		switch rapid.SampledFrom([]string{"entry", "authority", "check", "correct"}).Draw(rt, "what") {
		case "entry":
			e, err := c.Write(ctx, NewEntry{Once: once, By: "s1", Channel: Phone, Marks: m, Particulars: Particulars{About: Person{Name: "Ann Larter"}, Facts: "of " + set}})
			if err != nil {
				rt.Fatal(err)
			}
			if written[e.ID] == "" {
				count.Entries++
			}
			written[e.ID] = "set " + set
		case "authority":
			a, err := c.Allow(ctx, NewAuthority{Once: once, By: "s1", Marks: m, Mandate: Mandate{For: Person{Name: "Ann Larter"}, Name: "Bea Larter", Appointed: "her own word",
				Authority: law.Authority{Role: law.ByTrusted, Scopes: []law.Scope{law.ForServices}}}})
			if err != nil {
				rt.Fatal(err)
			}
			if written[a.ID] == "" {
				count.Authorities++
			}
			written[a.ID] = "set " + set
		case "check":
			k, err := c.Begin(ctx, Call{Once: once, By: "s1", Subject: "person-1", Marks: m, Facts: []Fact{{Kind: Born, Values: []string{"1980-01-01"}}, {Kind: NINO, Values: []string{"AB123456C"}}, {Kind: Reference, Values: []string{"T12345"}}}})
			if err != nil {
				rt.Fatal(err)
			}
			if written[k.ID] == "" {
				count.Checks++
			}
			written[k.ID] = "set " + set
		case "correct": // of any, from any set
			for id, of := range written {
				if id[:2] != "ct" {
					continue
				}
				e, err := c.Correct(ctx, id, NewEntry{Once: fmt.Sprint("mend ", draw), By: "s1", Channel: Phone, Particulars: Particulars{Facts: "mended"}})
				switch {
				case of != "set "+set && !errors.Is(err, ErrNone):
					rt.Fatalf("an entry of %s was corrected in %q: %v", of, set, err)
				case err == nil:
					count.Entries++
					written[e.ID] = of
				case !errors.Is(err, ErrNone) && !errors.Is(err, ErrState):
					rt.Fatal(err)
				}
				break
			}
		}
		n[set] = count
		look := rapid.SampledFrom(sets).Draw(rt, "looked at")
		c = contacts[look]
		var seen []string
		see := func(id, client string) {
			if seen = append(seen, id); client != look {
				rt.Fatalf("%s says that it is in %q, seen in %q", id, client, look)
			}
		}
		entries, err := c.Entries(ctx, marks(1, 2, 3))
		if err != nil {
			rt.Fatal(err)
		}
		for _, e := range entries {
			see(e.ID, e.Client)
		}
		authorities, err := c.Authorities(ctx, marks(1, 2, 3), day)
		if err != nil {
			rt.Fatal(err)
		}
		for _, a := range authorities {
			see(a.ID, a.Client)
		}
		checks, err := c.Checks(ctx, marks(1, 2, 3))
		if err != nil {
			rt.Fatal(err)
		}
		for _, k := range checks {
			see(k.ID, k.Client)
		}
		var all []string
		for x, err := range c.All(ctx) {
			if err != nil {
				rt.Fatal(err)
			}
			switch {
			case x.Entry != nil:
				all = append(all, x.Entry.ID)
			case x.Authority != nil:
				all = append(all, x.Authority.ID)
			default:
				all = append(all, x.Check.ID)
			}
		}
		slices.Sort(seen)
		slices.Sort(all)
		if !slices.Equal(seen, all) {
			rt.Fatalf("by marks %v, of all %v", seen, all)
		}
		if got, err := c.Count(ctx); err != nil || got != n[look] {
			rt.Fatalf("%+v are kept in %q, and %+v were written: %v", got, look, n[look], err)
		}
		for _, id := range seen {
			if written[id] != "set "+look {
				rt.Fatalf("%s of %s is seen in %q", id, written[id], look)
			}
		}
		for id, of := range written {
			client, err := c.SetOf(ctx, id)
			if err != nil || "set "+client != of {
				rt.Fatalf("%s is said to be in %q: %v", id, client, err)
			}
			if of == "set "+look {
				continue
			}
			_, err = c.Entry(ctx, id)
			_, aerr := c.Authority(ctx, id)
			_, cerr := c.Check(ctx, "s1", id)
			_, eerr := c.End(ctx, "s1", id, day)
			for _, err := range []error{err, aerr, cerr, eerr, c.Over(ctx, "s1", id), c.Forget(ctx, "s1", id)} {
				if !errors.Is(err, ErrNone) {
					rt.Fatalf("%s of %s, asked for in %q: %v", id, of, look, err)
				}
			}
		}
		for _, s := range []Sort{AnEntry, AnAuthority, ACheck} {
			if due := dueOf(t, c, s, o.hour.AddDate(1, 0, 0)); slices.ContainsFunc(due, func(id string) bool { return written[id] != "set "+look }) {
				rt.Fatalf("due in %q: %v", look, due)
			}
		}
	})
}

// TestLeave: a client's set is returned and deleted, and no other.
func TestLeave(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	o.rings(t, "ours", marks(1))
	left, stays := o.in(t, "lantern-row"), o.in(t, "netmakers-yard")
	for _, c := range []*Contacts{left, stays} {
		e, err := c.Write(ctx, NewEntry{Once: "call", By: "s1", Channel: Phone, Marks: marks(1), Particulars: Particulars{About: Person{Name: "Ann Larter"}, Facts: "The tap."}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Correct(ctx, e.ID, NewEntry{Once: "mend", By: "s1", Channel: Phone, Particulars: Particulars{Facts: "The bath."}}); err != nil {
			t.Fatal(err)
		}
	}
	n, err := left.Count(ctx)
	if err != nil || n != (Counts{Entries: 2}) {
		t.Fatalf("%+v, %v", n, err)
	}
	if err := left.Leave(ctx, "s1", Counts{Entries: 1}); !errors.Is(err, ErrState) {
		t.Errorf("less was returned than there is, and it was deleted: %v", err)
	}
	for range 2 { // done again it is done once
		if err := left.Leave(ctx, "s1", n); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := left.Count(ctx); err != nil || n.Any() {
		t.Errorf("left: %+v, %v", n, err)
	}
	if all, err := left.Entries(ctx, marks(1)); err != nil || len(all) != 0 {
		t.Errorf("left: %v, %v", all, err)
	}
	for name, c := range map[string]*Contacts{"ours": o.Contacts, "another client's": stays} {
		if all, err := c.Entries(ctx, marks(1)); err != nil || len(all) == 0 {
			t.Errorf("%s: %v, %v", name, all, err)
		}
	}
	if err := o.Leave(ctx, "s1", Counts{}); err == nil {
		t.Error("the landlord's own set was deleted")
	}
	acts := o.acts(t)
	if i := slices.Index(acts, "contact.returned"); i < 0 || slices.Contains(acts[i+1:], "contact.returned") {
		t.Errorf("the ledger has %v", acts)
	}
}

// TestPutIntoAnotherSet: whoever moves a row to another set cannot have it read there.
func TestPutIntoAnotherSet(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	e := o.rings(t, "call", marks(1))
	err := o.store.Write(ctx, func(tx *store.Tx) error {
		for _, table := range []string{"contact_entry", "contact_mark"} {
			if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET client = 'lantern-row' WHERE id = $1`, e.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.in(t, "lantern-row").Entries(ctx, marks(1)); err == nil {
		t.Error("it is read in the set that it was put into")
	}
}
