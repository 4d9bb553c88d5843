package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/ledger"
)

// laden is a store with rows in every table of a released schema, some of them
// awkward, and 33 entries of landlord default, 31 of them in the tree.
func laden(t *testing.T, at place) *Store {
	t.Helper()
	age(t, at, newest(t))
	s := at.open(t)
	record(t, s, 0, 30)
	sequence(t, s)
	record(t, s, 30, 32)
	write(t, s, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.Forget(ctx, Default, "case-31"); err != nil {
			return err
		}
		// Ids that order by bytes and by nothing else, and text that is hard to quote.
		for i, id := range []string{"a", "B", "é", "Z", "_", "aa", "a b", "\u00a0", "日本", "😀", "'\"\\\n\t,"} {
			err := tx.AddStaff(ctx, Staff{Landlord: Default, ID: id, Login: fmt.Sprint("login", i), Name: "<&>\u2028" + id})
			if err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO session (landlord, token, data, expires) VALUES ($1, 'empty', $2, $3)`, Default, []byte{}, int64(-1<<63))
		return err
	})
	return s
}

// held is what a store holds.
func held(t *testing.T, s *Store) (p Proof) {
	t.Helper()
	ctx := context.Background()
	err := s.Read(ctx, func(tx *Tx) (err error) {
		p, err = tx.survey(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func testMove(t *testing.T, at place) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) { moveTo(t, at.fresh(t), newPlace(t, engine)) })
	}
	t.Run("killed between the commits", func(t *testing.T) {
		ctx := context.Background()
		at, to := at.fresh(t), at.fresh(t)
		from := laden(t, at)
		p := held(t, from)
		err := from.Read(ctx, func(tx *Tx) error { return tx.copyTo(ctx, to.raw(t), p, "staff:1", nil) })
		if err != nil {
			t.Fatal(err)
		}
		record(t, to.open(t), 50, 51) // Somebody has begun to use it.
		if _, err := Move(ctx, from, to.url, "staff:1", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(ctx, at.url); !errors.Is(err, ErrMoved) {
			t.Errorf("the old store was not marked: %v", err)
		}
	})
	t.Run("killed", func(t *testing.T) { moveKilled(t, at.fresh(t), at.fresh(t)) })
	t.Run("to itself", func(t *testing.T) {
		at := at.fresh(t)
		if _, err := Move(context.Background(), at.open(t), at.url, "staff:1", nil); err == nil || !strings.Contains(err.Error(), "same store") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("writers are kept out", func(t *testing.T) {
		ctx := context.Background()
		at := at.fresh(t)
		from, other := laden(t, at), at.open(t)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for i := 0; ; i++ {
					err := other.Write(ctx, func(tx *Tx) error { return tx.Record(ctx, act(i), nil) })
					if errors.Is(err, ErrMoved) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		p, err := Move(ctx, from, at.fresh(t).url, "staff:1", nil)
		if err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		if diff := cmp.Diff(p, held(t, from)); diff != "" {
			t.Errorf("something was written after the move:\n%s", diff)
		}
	})
}

// moveEnv has three lines: two stores between which a copy of this test binary
// moves, and after how many tables it waits to be killed.
const moveEnv = "TENET_STORE_MOVE_CHILD"

func moveUntilKilled(args []string) {
	ctx := context.Background()
	from, err := Open(ctx, args[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	tables := 0
	_, err = Move(ctx, from, args[1], "system", func(string, int64) {
		if tables++; fmt.Sprint(tables) == args[2] {
			fmt.Println("waiting")
			select {}
		}
	})
	fmt.Println(err)
}

// A Move that is killed after any of the tables has changed nothing.
func moveKilled(t *testing.T, at, to place) {
	from := laden(t, at)
	want := held(t, from)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for i := range want.Tables {
		child := exec.Command(self)
		child.Env = append(os.Environ(), fmt.Sprintf("%s=%s\n%s\n%d", moveEnv, at.url, to.url, i+1))
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		said := make([]byte, len("waiting"))
		if _, err := io.ReadFull(out, said); err != nil || string(said) != "waiting" {
			t.Fatalf("the child said %q, %v", said, err)
		}
		child.Process.Kill()
		child.Wait()
	}
	p, err := Move(context.Background(), from, to.url, "staff:1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("a killed move changed the store:\n%s", diff)
	}
	sound(t, to.open(t))
}

func moveTo(t *testing.T, at, to place) {
	ctx := context.Background()
	from := laden(t, at)
	before := held(t, from)
	told := map[string]int64{}
	p, err := Move(ctx, from, to.url, "staff:1", func(table string, rows int64) { told[table] = rows })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, p); diff != "" {
		t.Errorf("the proof is not of what was there:\n%s", diff)
	}
	for _, on := range p.Tables {
		if n, ok := told[on.Name]; !ok || n != on.Rows {
			t.Errorf("of table %s %d rows were told, and it has %d", on.Name, n, on.Rows)
		}
	}
	s := to.open(t)
	sound(t, s)
	aged(t, s, newest(t))
	for _, landlord := range []string{Default, "vale"} {
		if n := number(t, s, `SELECT count(*) FROM ledger_entry WHERE landlord = $1 AND act = 'store.moved' AND actor = 'staff:1'`, landlord); n != 1 {
			t.Errorf("the ledger of %s has %d entries of the move", landlord, n)
		}
	}
	record(t, s, 33, 35) // Its numbers go on from those of the old one.
	sequence(t, s)
	if r := verify(t, s, false, ledger.Trust{}); !r.OK() || r.Entries != 36 {
		t.Errorf("report %+v", r)
	}

	// The old one is shut, also for those who have it open.
	err = from.Write(ctx, func(tx *Tx) error { return tx.Record(ctx, act(99), nil) })
	if !errors.Is(err, ErrMoved) || !strings.Contains(err.Error(), s.String()) {
		t.Errorf("wrote to a store that was moved: %v", err)
	}
	if _, err := Open(ctx, at.url); !errors.Is(err, ErrMoved) {
		t.Errorf("opened a store that was moved: %v", err)
	}
	if _, err := Move(ctx, from, to.url, "staff:1", nil); !errors.Is(err, ErrMoved) {
		t.Errorf("moved twice: %v", err)
	}
	if err := Reopen(ctx, at.url, "staff:1"); err != nil {
		t.Fatal(err)
	}
	again := at.open(t)
	record(t, again, 99, 100)
	if n := number(t, again, `SELECT count(*) FROM ledger_entry WHERE act = 'store.reopened'`); n != 2 {
		t.Errorf("that it was reopened is recorded %d times", n)
	}
	if err := Reopen(ctx, at.url, "staff:1"); err == nil {
		t.Error("reopened what is open")
	}
	if _, err := Move(ctx, again, to.url, "staff:1", nil); !errors.Is(err, ErrOccupied) {
		t.Errorf("moved onto another store: %v", err)
	}
}

func backup(t *testing.T, s *Store) ([]byte, Proof) {
	t.Helper()
	var b bytes.Buffer
	p, err := s.Backup(context.Background(), &b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), p
}

func testBackupWhileOthersWrite(t *testing.T, at place) {
	s := laden(t, at)
	ctx := context.Background()
	r, w := io.Pipe()
	var p Proof
	done := make(chan error, 1)
	go func() {
		var err error
		p, err = s.Backup(ctx, w, nil)
		w.CloseWithError(err)
		done <- err
	}()
	first := make([]byte, 10)
	if _, err := io.ReadFull(r, first); err != nil { // It is under way.
		t.Fatal(err)
	}
	record(t, s, 60, 70)
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.MultiReader(bytes.NewReader(first), r)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	to := at.fresh(t)
	got, err := Restore(ctx, &b, to.url, "staff:1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, got); diff != "" {
		t.Error(diff)
	}
	restored := to.open(t)
	sequence(t, restored)
	if r := verify(t, restored, false, ledger.Trust{}); !r.OK() {
		t.Errorf("report %+v", r)
	}
	if n := number(t, restored, `SELECT count(*) FROM ledger_entry WHERE act = 'store.restored'`); n != 2 {
		t.Errorf("that it was restored is recorded %d times", n)
	}
}

// A backup of every released version is restored on every engine.
func testRestoreFromEveryVersion(t *testing.T, at place) {
	for v := int64(1); v <= newest(t); v++ {
		// A test of its own each, so that its stores are closed before the next: a server has only so many connections.
		t.Run(fmt.Sprint(v), func(t *testing.T) {
			old := at.fresh(t)
			age(t, old, v)
			b, p := backup(t, old.raw(t))
			if p.Schema != v {
				t.Errorf("a backup of version %d says %d", v, p.Schema)
			}
			for _, engine := range engines {
				to := newPlace(t, engine)
				if _, err := Restore(context.Background(), bytes.NewReader(b), to.url, "staff:1", nil); err != nil {
					t.Fatalf("version %d on %s: %v", v, engine, err)
				}
				s := to.open(t)
				aged(t, s, v)
				sound(t, s)
			}
		})
	}
}

// restoreEnv names the store into which a copy of this test binary restores what
// it is given, until it is killed.
const restoreEnv = "TENET_STORE_RESTORE_CHILD"

func restoreUntilKilled(url string) {
	_, err := Restore(context.Background(), os.Stdin, url, "system", func(table string, _ int64) { fmt.Println(table) })
	fmt.Println(err)
}

// A Restore that is killed after any of the tables leaves an empty store, into
// which the next one goes.
func testRestoreKilled(t *testing.T, at place) {
	b, p := backup(t, laden(t, at))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	to := at.fresh(t)
	// The end of every table, at which the child tells of it and waits for more.
	for i, line := 0, 0; i < len(b); line++ {
		next := i + bytes.IndexByte(b[i:], '\n') + 1
		ends := bytes.HasPrefix(b[i:], []byte(`{"end"`))
		i = next
		if !ends {
			continue
		}
		child := exec.Command(self)
		child.Env = append(os.Environ(), restoreEnv+"="+to.url)
		in, err := child.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := in.Write(b[:i]); err != nil {
			t.Fatal(err)
		}
		told := make([]byte, 1)
		if _, err := io.ReadFull(out, told); err != nil {
			t.Fatal(err)
		}
		child.Process.Kill()
		child.Wait()
	}
	got, err := Restore(context.Background(), bytes.NewReader(b), to.url, "staff:1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, got); diff != "" {
		t.Error(diff)
	}
	sound(t, to.open(t))
}

func testRestoreRefuses(t *testing.T, at place) {
	b, _ := backup(t, laden(t, at))
	lines := strings.SplitAfter(string(b), "\n")
	lines = lines[:len(lines)-1]
	without := func(i int) []string { return append(append([]string{}, lines[:i]...), lines[i+1:]...) }
	sealed := func(lines []string) string { // With an end that fits them.
		all := strings.Join(lines[:len(lines)-1], "")
		sum := sha256.Sum256([]byte(all))
		return all + `{"complete":true,"sha256":"` + hex.EncodeToString(sum[:]) + `"}` + "\n"
	}
	to := at.fresh(t)
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "cut off"},
		{"no backup", "hello\n", "not a backup"},
		{"other JSON", "{}\n", "not a backup"},
		{"another format", strings.Replace(string(b), `"format":1`, `"format":2`, 1), "later version"},
		{"a later schema", strings.Replace(string(b), fmt.Sprintf(`"schema":%d`, newest(t)), `"schema":999`, 1), "later version"},
		{"no end", strings.Join(lines[:len(lines)-1], ""), "cut off"},
		{"half", string(b[:len(b)/2]), "of the backup"},
		{"a line taken out", strings.Join(without(2), ""), "not those that were backed up"},
		{"a line taken out and sealed", sealed(without(2)), "not those that were backed up"},
		{"something changed", strings.Replace(string(b), "Ada Fenwick", "Bea Fenwick", 1), "not those that were backed up"},
		{"the opening changed", strings.Replace(string(b), `"from":"`, `"from":"x`, 1), "changed after it was made"},
		{"another table", strings.Replace(string(b), `"name":"staff"`, `"name":"stuff"`, 1), "not one of them"},
		{"more", string(b) + "{}\n", "follows the end"},
		{"a row of too few", strings.Replace(string(b), lines[1], "[1]\n", 1), "columns"},
		{"a row of another kind", strings.Replace(string(b), lines[1], "[1,2]\n", 1), "not of kind"},
	} {
		_, err := Restore(context.Background(), strings.NewReader(tt.text), to.url, "staff:1", nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if n := number(t, to.open(t), `SELECT count(*) FROM staff`); n != 0 {
		t.Errorf("%d accounts of them were kept", n)
	}
	_, err := Restore(context.Background(), bytes.NewReader(b), at.url, "staff:1", nil)
	if !errors.Is(err, ErrOccupied) {
		t.Errorf("restored over another store: %v", err)
	}
	old := at.fresh(t)
	age(t, old, 1)
	earlier, _ := backup(t, old.raw(t))
	_, err = Restore(context.Background(), bytes.NewReader(earlier), to.url, "staff:1", nil)
	if err == nil || !strings.Contains(err.Error(), "where there is none") {
		t.Errorf("restored an earlier schema into a later one: %v", err)
	}
}

// A number that was given is not given again, though its row is gone.
func TestCountersGoOn(t *testing.T) {
	for _, engine := range engines {
		at, to := newPlace(t, engine), newPlace(t, engine)
		s := at.open(t)
		record(t, s, 0, 3)
		tamper(t, s, "ledger_payload_fixed", `UPDATE ledger_payload SET payload = '1' WHERE entry = 3`)
		for _, statement := range []string{`DELETE FROM ledger_payload WHERE entry = 3`, `DELETE FROM ledger_entry WHERE id = 3`} {
			if strings.Contains(statement, "ledger_entry") {
				tamper(t, s, "ledger_entry_stays", statement)
			} else if _, err := database(s).Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Move(context.Background(), s, to.url, "system", nil); err != nil {
			t.Fatal(err)
		}
		if n := number(t, to.open(t), `SELECT max(id) FROM ledger_entry`); n != 4 {
			t.Errorf("%s: the entry of the move has the id %d", engine, n)
		}
	}
}

// A table of somebody else's is named, not taken along.
func TestBackupRefusesForeignTables(t *testing.T) {
	for _, engine := range engines {
		s := newPlace(t, engine).open(t)
		if _, err := database(s).Exec(`CREATE TABLE notes (id BIGINT PRIMARY KEY)`); err != nil {
			t.Fatal(err)
		}
		_, err := s.Backup(context.Background(), io.Discard, nil)
		if err == nil || !strings.Contains(err.Error(), "notes") {
			t.Errorf("%s: %v", engine, err)
		}
	}
}

// Text that PostgreSQL could not hold is named, not altered.
func TestBackupRefusesBadText(t *testing.T) {
	for _, bad := range []string{"a\x00b", "\xff"} {
		s := newStore(t)
		write(t, s, func(ctx context.Context, tx *Tx) error { return tx.SetLandlord(ctx, Landlord{"vale", bad}) })
		_, err := s.Backup(context.Background(), io.Discard, nil)
		if err == nil || !strings.Contains(err.Error(), "row 2 of table landlord: column name") {
			t.Errorf("error %v", err)
		}
	}
}

func FuzzBackupReader(f *testing.F) {
	f.Add([]byte(`{"tenet":"backup","format":1,"schema":1,"tables":[{"name":"landlord","columns":[{"name":"landlord","kind":"text"}],"key":["landlord"]}]}` + "\n" +
		`["a"]` + "\n" + `{"end":{"name":"landlord","rows":1}}` + "\n" + `{"complete":true}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		in := newBackupReader(bytes.NewReader(b))
		o, err := in.opening()
		if err != nil {
			return
		}
		for _, on := range o.Tables {
			for {
				row, end, err := in.row(on)
				if err != nil {
					return
				}
				if end != nil {
					break
				}
				newDigest().add(row)
			}
		}
		in.close()
	})
}
