package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"tenet/internal/ledger"
)

func testRecordSequenceVerify(t *testing.T, at place) {
	s := at.open(t)
	if c := sequence(t, s); c.Size != 0 {
		t.Fatalf("an empty ledger has %d entries", c.Size)
	}
	var kept []Signed
	for _, n := range [][2]int{{0, 1}, {1, 3}, {3, 10}, {10, 17}} {
		record(t, s, n[0], n[1])
		kept = append(kept, sequence(t, s))
	}
	if c := sequence(t, s); c != kept[len(kept)-1] {
		t.Errorf("sequencing nothing gave %+v", c)
	}
	for _, c := range kept {
		r := verify(t, s, true, ledger.Trust{Checkpoint: c.Note})
		if !r.OK() || r.Entries != 17 || r.Opened != 17 || r.Checkpoints != 5 {
			t.Errorf("report %+v", r)
		}
	}
	if r := verify(t, s, false, ledger.Trust{}); !r.OK() || r.Opened != 0 {
		t.Errorf("closed: %+v", r)
	}
	var closed bytes.Buffer
	_, vkey := testKey(t)
	if err := s.Export(context.Background(), Default, vkey, &closed, false); err != nil || strings.Contains(closed.String(), "Fenwick") {
		t.Errorf("a closed export names people, or %v", err)
	}
}

// A batch is a transaction of its own with a checkpoint of its own.
func testSequenceInBatches(t *testing.T, at place) {
	s := at.open(t)
	const n = 2*batch + 10
	write(t, s, func(ctx context.Context, tx *Tx) error {
		for i := range n {
			if err := tx.Record(ctx, act(i), nil); err != nil {
				return err
			}
		}
		return nil
	})
	if c := sequence(t, s); c.Size != n {
		t.Errorf("%d entries", c.Size)
	}
	if r := verify(t, s, true, ledger.Trust{}); !r.OK() || r.Entries != n || r.Checkpoints != 3 {
		t.Errorf("report %+v", r)
	}
}

func testOnce(t *testing.T, at place) {
	s := at.open(t)
	ctx := context.Background()
	a := act(1)
	a.Once = "approve/case-1/sha256:00"
	do := func(id string) error {
		return s.Write(ctx, func(tx *Tx) error {
			if err := tx.AddStaff(ctx, Staff{Landlord: Default, ID: id, Login: id}); err != nil {
				return err
			}
			return tx.Record(ctx, a, nil)
		})
	}
	if err := do("first"); err != nil {
		t.Fatal(err)
	}
	if err := do("second"); !errors.Is(err, ErrRecorded) {
		t.Errorf("doing it again: %v", err)
	}
	if n := number(t, s, `SELECT count(*) FROM staff`); n != 1 {
		t.Errorf("the act was done %d times", n)
	}
	// Another landlord's acts are another's.
	write(t, s, func(ctx context.Context, tx *Tx) error {
		a.Landlord = "vale"
		return errors.Join(tx.SetLandlord(ctx, Landlord{"vale", "Vale"}), tx.Record(ctx, a, nil))
	})
	// The transaction goes on if the caller wants it to.
	write(t, s, func(ctx context.Context, tx *Tx) error {
		if err := tx.Record(ctx, a, nil); !errors.Is(err, ErrRecorded) {
			t.Errorf("again: %v", err)
		}
		return tx.AddStaff(ctx, Staff{Landlord: Default, ID: "third", Login: "third"})
	})
}

func testRecordRefuses(t *testing.T, at place) {
	s := at.open(t)
	ctx := context.Background()
	named := act(1)
	named.Subject = "ada@example.org"
	for name, tt := range map[string]struct {
		act     ledger.Act
		payload any
	}{
		"a name":              {named, nil},
		"no JSON":             {act(1), func() {}},
		"a payload too large": {act(1), strings.Repeat("x", ledger.MaxPayload)},
	} {
		err := s.Write(ctx, func(tx *Tx) error { return tx.Record(ctx, tt.act, tt.payload) })
		if err == nil || strings.Contains(err.Error(), "ada@") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func testForget(t *testing.T, at place) {
	s := at.open(t)
	record(t, s, 0, 3)
	sequence(t, s)
	record(t, s, 3, 5)
	write(t, s, func(ctx context.Context, tx *Tx) error {
		for _, subject := range []string{"case-1", "case-4"} { // One in the tree, one not yet.
			if n, err := tx.Forget(ctx, Default, subject); n != 1 || err != nil {
				t.Errorf("forgot %d payloads of %s, %v", n, subject, err)
			}
		}
		if n, err := tx.Forget(ctx, "vale", "case-2"); n != 0 || err != nil {
			t.Errorf("forgot %d payloads of another landlord's, %v", n, err)
		}
		return nil
	})
	if e, ok := s.engine.(*sqliteEngine); ok { // The words are gone from the files, not only from the tables.
		for _, end := range []string{"", "-wal"} {
			b, err := os.ReadFile(e.path + end)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []int{1, 4} {
				if bytes.Contains(b, fmt.Appendf(nil, "Fenwick the %dth", n)) {
					t.Errorf("the payload of case %d still stands in the file %q", n, end)
				}
			}
		}
	}
	sequence(t, s)
	if r := verify(t, s, true, ledger.Trust{}); !r.OK() || r.Entries != 5 || r.Opened != 3 {
		t.Errorf("report %+v", r)
	}
	ctx := context.Background()
	err := s.Read(ctx, func(tx *Tx) error {
		acts, err := tx.Acts(ctx, Default, "", 0, 10)
		if err != nil {
			return err
		}
		var got []string
		for _, a := range acts {
			got = append(got, fmt.Sprintf("%s %d %s", a.Subject, a.Seq, a.Payload))
		}
		want := []string{
			"case-4 4 ", `case-3 3 {"who":"Ada Fenwick the 3th"}`, `case-2 2 {"who":"Ada Fenwick the 2th"}`,
			"case-1 1 ", `case-0 0 {"who":"Ada Fenwick the 0th"}`,
		}
		if !slices.Equal(got, want) {
			t.Errorf("acts %q", got)
		}
		some, err := tx.Acts(ctx, Default, "", acts[1].ID, 2)
		if err != nil || len(some) != 2 || some[0].ID != acts[2].ID {
			t.Errorf("the next two: %+v, %v", some, err)
		}
		one, err := tx.Acts(ctx, Default, "case-3", 0, 10)
		if err != nil || len(one) != 1 || one[0].Subject != "case-3" {
			t.Errorf("of one subject: %+v, %v", one, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// While a reader keeps the log from being emptied, the next write sees to it.
func TestForgetBehindAReader(t *testing.T) {
	s := newStore(t)
	record(t, s, 0, 1)
	ctx := context.Background()
	err := s.Read(ctx, func(tx *Tx) error {
		if _, err := tx.Acts(ctx, Default, "", 0, 1); err != nil {
			return err
		}
		return s.Write(ctx, func(tx *Tx) error {
			_, err := tx.Forget(ctx, Default, "case-0")
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if !s.engine.(*sqliteEngine).scrub.Load() {
		t.Fatal("the log was emptied under a reader")
	}
	record(t, s, 1, 2)
	if s.engine.(*sqliteEngine).scrub.Load() {
		t.Error("the log was not emptied afterwards")
	}
}

func testProofs(t *testing.T, at place) {
	s := at.open(t)
	ctx := context.Background()
	if _, err := s.Prove(ctx, Default, 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("proved something of nothing: %v", err)
	}
	record(t, s, 0, 5)
	sequence(t, s)
	record(t, s, 5, 12)
	sequence(t, s)
	record(t, s, 12, 13) // Not sequenced.
	_, vkey := testKey(t)
	key, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	for seq := range int64(12) {
		p, err := s.Prove(ctx, Default, seq)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := p.Verify(key); err != nil || c.Size != 12 || p.Entry.Subject != fmt.Sprintf("case-%d", seq) {
			t.Errorf("entry %d: %+v, %v", seq, p, err)
		}
	}
	for _, seq := range []int64{-1, 12, 99} {
		if _, err := s.Prove(ctx, Default, seq); !errors.Is(err, ErrNotFound) {
			t.Errorf("entry %d: %v", seq, err)
		}
	}
	p, err := s.Consistency(ctx, Default, 5, 12)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Verify(key); err != nil {
		t.Error(err)
	}
	if _, err := s.Consistency(ctx, Default, 4, 12); !errors.Is(err, ErrNotFound) {
		t.Errorf("from a size that was never signed: %v", err)
	}
	if _, err := s.Consistency(ctx, "vale", 5, 12); !errors.Is(err, ErrNotFound) {
		t.Errorf("of another landlord: %v", err)
	}
}

func testExportBeforeSequence(t *testing.T, at place) {
	s := at.open(t)
	_, vkey := testKey(t)
	if err := s.Export(context.Background(), Default, vkey, &bytes.Buffer{}, false); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v", err)
	}
}

// Two landlords have two ledgers, and neither holds an entry of the other's.
func testLedgersAreApart(t *testing.T, at place) {
	s := at.open(t)
	ctx := context.Background()
	write(t, s, func(ctx context.Context, tx *Tx) error {
		if err := tx.SetLandlord(ctx, Landlord{"vale", "Vale"}); err != nil {
			return err
		}
		for i := range 6 {
			a := act(i)
			if i%3 == 0 {
				a.Landlord = "vale"
			}
			if err := tx.Record(ctx, a, nil); err != nil {
				return err
			}
		}
		return nil
	})
	signer, vkey := testKey(t)
	for landlord, want := range map[string]int64{Default: 4, "vale": 2} {
		c, err := s.Sequence(ctx, landlord, signer)
		if err != nil || c.Size != want {
			t.Errorf("%s has %d entries, %v", landlord, c.Size, err)
		}
		var b bytes.Buffer
		if err := s.Export(ctx, landlord, vkey, &b, false); err != nil {
			t.Fatal(err)
		}
		if r, err := ledger.Verify(&b, ledger.Trust{Key: vkey}); err != nil || !r.OK() || r.Entries != want {
			t.Errorf("%s: %+v, %v", landlord, r, err)
		}
	}
}

// What the triggers refuse, whoever holds the file can still do. Verification
// names it.
func testTampering(t *testing.T, at place) {
	for _, tt := range []struct {
		name, trigger, sql string
		kind               ledger.Kind
		first, last        int64
	}{
		{"entry changed", "ledger_entry_fixed", `UPDATE ledger_entry SET actor = 'staff:8' WHERE seq = 3`, ledger.Changed, 3, 3},
		{"entry deleted", "ledger_entry_stays", `DELETE FROM ledger_entry WHERE seq = 3`, ledger.Removed, 3, 3},
		{"leaf hash changed", "ledger_node_fixed", `UPDATE ledger_node SET hash = (SELECT hash FROM ledger_node WHERE level = 0 AND n = 1) WHERE level = 0 AND n = 3`, ledger.Changed, 3, 3},
		{"leaf hash deleted", "ledger_node_stays", `DELETE FROM ledger_node WHERE level = 0 AND n = 3`, ledger.Changed, 3, 3},
		{"payload changed", "ledger_payload_fixed", `UPDATE ledger_payload SET payload = '{"who":"Bea"}' WHERE entry = 4`, ledger.Payload, 3, 3},
		{"last entry deleted", "ledger_entry_stays", `DELETE FROM ledger_entry WHERE seq = 7`, ledger.Removed, 7, 7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := at.fresh(t).open(t)
			record(t, s, 0, 5)
			sequence(t, s)
			record(t, s, 5, 8)
			sequence(t, s)
			tamper(t, s, tt.trigger, tt.sql)
			r := verify(t, s, true, ledger.Trust{})
			if len(r.Faults) != 1 || r.Faults[0].Kind != tt.kind || r.Faults[0].First != tt.first || r.Faults[0].Last != tt.last {
				t.Errorf("found %v", r.Faults)
			}
		})
	}
}

func testSequenceRefuses(t *testing.T, at place) {
	s := at.open(t)
	ctx := context.Background()
	record(t, s, 0, 4)
	sequence(t, s)

	skey, _, err := note.GenerateKey(zeros{}, "other.example/ledger")
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	record(t, s, 4, 5)
	if _, err := s.Sequence(ctx, Default, stranger); err == nil || !strings.Contains(err.Error(), "other.example/ledger") {
		t.Errorf("another log's key signed: %v", err)
	}

	tamper(t, s, "ledger_node_fixed", `UPDATE ledger_node SET hash = (SELECT hash FROM ledger_node WHERE level = 0 AND n = 1) WHERE level = 2`)
	signer, _ := testKey(t)
	if _, err := s.Sequence(ctx, Default, signer); err == nil || !strings.Contains(err.Error(), "tampered") {
		t.Errorf("signed over a tree that was tampered with: %v", err)
	}
}

// zeros is a source of zeros, enough for a key nobody relies on.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// Two processes sequence at once: one waits, and nothing is numbered twice.
func testTwoSequencers(t *testing.T, at place) {
	one, other := at.open(t), at.open(t)
	signer, _ := testKey(t)
	ctx := context.Background()
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() { record(t, one, i*100, i*100+40) })
	}
	for _, s := range []*Store{one, other, one, other} {
		wg.Go(func() {
			for range 20 {
				if _, err := s.Sequence(ctx, Default, signer); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	c := sequence(t, one)
	if r := verify(t, other, true, ledger.Trust{}); !r.OK() || r.Entries != 120 || c.Size != 120 {
		t.Errorf("%d entries, report %+v", c.Size, r)
	}
}
