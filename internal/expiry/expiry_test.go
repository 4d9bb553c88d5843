package expiry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

var today = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// shelf keeps records as rows of the table of sessions: the id, whose it is in data, and
// the instant from which its time counts.
type shelf struct {
	landlord string
	held     map[string]string // by id, why the room holds it
	files    bool
	fail     string // the id that cannot be forgotten
}

func (s *shelf) Kept(ctx context.Context, tx *store.Tx) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM session WHERE landlord = $1`, s.landlord).Scan(&n)
	return n, err
}

func (s *shelf) Due(ctx context.Context, tx *store.Tx, _ notice.OwnEvent, p store.Page) ([]store.Kept, store.Place, error) {
	rows, err := tx.QueryContext(ctx, `SELECT token, expires FROM session WHERE landlord = $1 AND expires < $2 AND (expires > $3 OR expires = $3 AND token > $4) ORDER BY expires, token LIMIT $5`,
		s.landlord, store.Micros(p.Before), p.After.At, p.After.ID, p.Limit)
	if err != nil {
		return nil, store.Place{}, err
	}
	defer rows.Close()
	var all []store.Kept
	var last store.Place
	for rows.Next() {
		if err := rows.Scan(&last.ID, &last.At); err != nil {
			return nil, last, err
		}
		all = append(all, store.Kept{ID: last.ID, At: store.Time(last.At), Held: s.held[last.ID]})
	}
	return all, p.Next(len(all), last), rows.Err()
}

func mark(who string) []byte {
	sum := sha256.Sum256([]byte(who))
	return sum[:]
}

func (s *shelf) Marks(ctx context.Context, tx *store.Tx, id string) ([][]byte, error) {
	var who []byte
	err := tx.QueryRowContext(ctx, `SELECT data FROM session WHERE landlord = $1 AND token = $2`, s.landlord, id).Scan(&who)
	return [][]byte{mark(strings.Fields(string(who))[0])}, err
}

var errBroken = errors.New("the room cannot forget it")

func (s *shelf) Forget(ctx context.Context, tx *store.Tx, _, id string) ([]string, error) {
	if id == s.fail {
		return nil, errBroken
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE landlord = $1 AND token = $2`, s.landlord, id)
	if s.files {
		return []string{id + ".age"}, err
	}
	return nil, err
}

// asked are people of whom a request is open.
type asked []string

func (a *asked) Requested(_ context.Context, _ *store.Tx, marks [][]byte) (bool, error) {
	for _, m := range marks {
		if slices.ContainsFunc(*a, func(who string) bool { return bytes.Equal(mark(who), m) }) {
			return true, nil
		}
	}
	return false, nil
}

type folder string

func (f folder) Delete(_ context.Context, name string) error {
	err := os.Remove(filepath.Join(string(f), name))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

type bench struct {
	*Office
	t     testing.TB
	shelf *shelf
	asked *asked
	dir   string
	now   time.Time
	rules *notice.Notice
}

// rulesOf is a notice that keeps contacts for so long.
func rulesOf(period notice.Period, action notice.Action) *notice.Notice {
	n := &notice.Notice{}
	n.Keeping.Triggers = []notice.Trigger{{ID: "written", Title: "it was written", Own: notice.OwnMade}}
	n.Keeping.Holds = []notice.Hold{{ID: "claim", Title: "There is a claim", Until: "it is over"}}
	n.Keeping.Rules = []notice.KeepRule{{ID: "talk", Title: "What was said", Trigger: "written", Period: period, Action: action, Why: "We may need it.", Records: []notice.OwnRecord{notice.OwnContacts}}}
	return n
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, asked: &asked{}, dir: t.TempDir(), now: today, rules: rulesOf("P1Y", notice.Delete)}
	url := "sqlite:" + filepath.Join(b.dir, "tenet.db")
	if strings.HasPrefix(t.Name(), "TestOnPostgres/") {
		url = testpg.Database(t)
	}
	ring, err := keys.Create(filepath.Join(b.dir, "keys"), "tenet.example/ledger")
	b.must(err)
	s, err := store.Open(context.Background(), url)
	b.must(err)
	t.Cleanup(func() { s.Close() })
	b.must(b.open(s, ring))
	return b
}

func (b *bench) open(s *store.Store, ring *keys.Ring) (err error) {
	b.shelf = &shelf{landlord: store.Default, held: map[string]string{}}
	b.Office, err = New(Config{Store: s, Ring: ring, Landlord: store.Default, Notice: func() *notice.Notice { return b.rules },
		Keepers: map[notice.OwnRecord]Keeper{notice.OwnContacts: b.shelf}, Requests: b.asked, Files: folder(b.dir), More: 0.1,
		Now: func() time.Time { return b.now }})
	return err
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// put keeps a record of somebody that is so many days old.
func (b *bench) put(id, who string, days int) {
	b.t.Helper()
	b.must(b.Store.Write(b.t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(b.t.Context(), `INSERT INTO session (landlord, token, data, expires) VALUES ($1, $2, $3, $4)`,
			store.Default, id, []byte(who+" said so"), store.Micros(today.AddDate(0, 0, -days)))
		return err
	}))
}

func (b *bench) left() (ids []string) {
	b.t.Helper()
	b.must(b.Store.Read(b.t.Context(), func(tx *store.Tx) error {
		all, _, err := b.shelf.Due(b.t.Context(), tx, "", store.Page{Before: today.AddDate(100, 0, 0), Limit: 1000})
		for _, k := range all {
			ids = append(ids, k.ID)
		}
		return err
	}))
	return ids
}

func (b *bench) contacts() Count {
	b.t.Helper()
	all, err := b.Survey(b.t.Context())
	b.must(err)
	i := slices.IndexFunc(all, func(c Count) bool { return c.Record == notice.OwnContacts })
	return all[i]
}

func (b *bench) signed() {
	b.t.Helper()
	_, err := b.Sign(b.t.Context(), "s1", notice.OwnContacts, b.contacts().Due)
	b.must(err)
}

func (b *bench) run() Gone {
	b.t.Helper()
	c, err := b.Run(b.t.Context(), Order{By: Scheduled})
	b.must(err)
	i := slices.IndexFunc(c.Records, func(g Gone) bool { return g.Record == notice.OwnContacts })
	return c.Records[i]
}

func (b *bench) acts() (names []string) {
	b.t.Helper()
	b.must(b.Store.Read(b.t.Context(), func(tx *store.Tx) error {
		all, err := tx.Acts(b.t.Context(), store.Default, "", 0, 500)
		for _, a := range all {
			names = append(names, a.Act)
			if said := string(a.Payload) + a.Subject; strings.Contains(said, "ann") || strings.Contains(said, "Larter") || strings.Contains(said, "rec-") {
				b.t.Errorf("the entry %s tells of somebody: %s", a.Act, said)
			}
		}
		return err
	}))
	slices.Reverse(names)
	return names
}

// TestRun: the first run waits for a signature, then what is due goes and what is held
// stays; the certificate says so.
func TestRun(t *testing.T) {
	b := newBench(t)
	for i := range 3 {
		b.put(fmt.Sprintf("rec-old-%d", i), "ann", 400+i)
	}
	b.put("rec-young", "ann", 300)
	b.put("rec-asked", "bea", 500)
	b.put("rec-open", "cid", 500)
	*b.asked = asked{"bea"}
	b.shelf.held["rec-open"] = "it is open"

	c := b.contacts()
	want := Count{Record: notice.OwnContacts, Rule: "talk", Says: "1 year after it was written", Why: "We may need it.", Kept: 6, Due: 3, Late: 3,
		Held: map[string]int64{"it is open": 1, heldRequest: 1}, Asks: "nobody has signed what goes first"}
	c.Oldest, c.Before, c.Mend, c.rule = law.Date{}, law.Date{}, "", Rule{}
	if diff := cmp.Diff(want, c, cmp.AllowUnexported(Count{}, Rule{})); diff != "" {
		t.Fatal(diff)
	}
	if g := b.run(); g.Number != 0 || g.Waits != 3 || len(b.left()) != 6 {
		t.Fatalf("unsigned %+v", g)
	}
	if _, err := b.Sign(t.Context(), "s1", notice.OwnContacts, 2); !errors.Is(err, ErrState) {
		t.Errorf("another number is signed: %v", err)
	}
	b.signed()
	b.now = b.now.Add(time.Hour)
	g := b.run()
	chain := make([]byte, 32)
	for _, id := range []string{"rec-old-2", "rec-old-1", "rec-old-0"} {
		sum := sha256.Sum256(append(chain, id...))
		chain = sum[:]
	}
	if g.Number != 3 || g.Kept != 3 || g.Digest != fmt.Sprintf("%x", chain) || g.Held["it is open"] != 1 {
		t.Errorf("signed %+v", g)
	}
	if diff := cmp.Diff([]string{"rec-asked", "rec-open", "rec-young"}, b.left()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"keep.begun", "keep.run", "keep.signed", "keep.begun", "keep.run"}, b.acts()); diff != "" {
		t.Error(diff)
	}
	cert, err := b.Certificate(t.Context(), "")
	b.must(err)
	if again, err := b.Certificate(t.Context(), cert.Run); err != nil || again.Number() != 3 || again.Asks() {
		t.Errorf("by its name %+v, %v", again, err)
	}
	var text strings.Builder
	b.must(cert.Write(&text, "Alder Vale Homes"))
	for _, says := range []string{"Alder Vale Homes", "Deleted: 3", "Over their time and kept: 1; it is open.", g.Digest, "no rule of keeping.yaml is for them"} {
		if !strings.Contains(text.String(), says) {
			t.Errorf("the certificate does not say %q:\n%s", says, text.String())
		}
	}
	if runs, err := b.Runs(t.Context(), 10); err != nil || len(runs) != 2 || runs[0].Run != cert.Run {
		t.Errorf("%d runs, %v", len(runs), err)
	}
	if _, err := b.Certificate(t.Context(), "yesterday"); !errors.Is(err, ErrNone) {
		t.Errorf("a run that was not: %v", err)
	}
}

// TestAsks: many more than before, and another rule, wait for a signature.
func TestAsks(t *testing.T) {
	b := newBench(t)
	for i := range 40 {
		b.put(fmt.Sprintf("rec-%02d", i), "ann", 10*i) // 3 are a year old
	}
	b.signed()
	if g := b.run(); g.Number != 3 {
		t.Fatalf("signed %+v", g)
	}
	b.now = b.now.AddDate(0, 0, 60) // 6 more: within 3 and a tenth of 37
	if g := b.run(); g.Number != 6 {
		t.Errorf("a few more %+v", g)
	}
	b.now = b.now.AddDate(0, 0, 100) // 10 more: above 6 and a tenth of 31
	if g := b.run(); g.Number != 0 || g.Waits != 10 || !strings.Contains(g.Asks, "10 would go, and 6 did before") {
		t.Errorf("many more %+v", g)
	}
	if c := b.contacts(); c.Last != 6 || !strings.Contains(c.Mend, "--number 10") {
		t.Errorf("%+v", c)
	}
	b.signed()
	if g := b.run(); g.Number != 10 {
		t.Errorf("signed again %+v", g)
	}
	b.rules = rulesOf("P6M", notice.Delete)
	if g := b.run(); g.Number != 0 || g.Asks != "the rule was changed since somebody signed" {
		t.Errorf("another rule %+v", g)
	}
	b.rules = rulesOf("P6M", notice.LookAgain)
	b.signed()
	if g := b.run(); g.Number != 0 || g.Held[heldLooks] == 0 {
		t.Errorf("where somebody looks first %+v", g)
	}
	b.rules = &notice.Notice{}
	if g := b.run(); g.Number != 0 || g.Lacks == "" {
		t.Errorf("without a rule %+v", g)
	}
	if _, err := b.Sign(t.Context(), "s1", notice.OwnContacts, 0); err == nil {
		t.Error("what has no rule is signed")
	}
}

// TestHolds: a hold of a person, of a kind of record or of everything keeps what it covers
// until it is lifted.
func TestHolds(t *testing.T) {
	b := newBench(t)
	b.put("rec-1", "ann", 500)
	b.put("rec-2", "bea", 501)
	b.signed()
	place := func(n NewHold) Hold {
		t.Helper()
		b.now = b.now.Add(time.Minute)
		n.Kind, n.By, n.Review, n.Why = "claim", "s1", law.DateOf(today).AddDays(90), "A letter of claim came."
		h, err := b.Place(t.Context(), n)
		b.must(err)
		return h
	}
	one := place(NewHold{Marks: [][]byte{mark("ann")}, Secret: Secret{Whose: "Ann Larter"}})
	if c := b.contacts(); c.Due != 1 || c.Held["it is held: There is a claim"] != 1 {
		t.Errorf("one person: %+v", c)
	}
	other := place(NewHold{Everybody: true, Records: []notice.OwnRecord{notice.OwnCases}})
	if c := b.contacts(); c.Due != 1 {
		t.Errorf("of another kind: %+v", c)
	}
	all := place(NewHold{Everybody: true})
	if g := b.run(); g.Number != 0 || g.HeldAll() != 2 {
		t.Errorf("everything: %+v", g)
	}
	holds, err := b.Holds(t.Context())
	b.must(err)
	if len(holds) != 3 || holds[0].Whose != "Ann Larter" || holds[0].Why != "A letter of claim came." {
		t.Errorf("%+v", holds)
	}
	b.must(b.Lift(t.Context(), "s2", all.ID))
	b.must(b.Lift(t.Context(), "s2", other.ID))
	if err := b.Lift(t.Context(), "s2", all.ID); !errors.Is(err, ErrNone) {
		t.Errorf("lifted twice: %v", err)
	}
	b.signed()
	b.run()
	if diff := cmp.Diff([]string{"rec-1"}, b.left()); diff != "" {
		t.Error(diff)
	}
	b.must(b.Lift(t.Context(), "s2", one.ID))
	b.signed()
	b.run()
	if len(b.left()) != 0 {
		t.Errorf("left %v", b.left())
	}
	b.acts()
	for what, n := range map[string]NewHold{
		"nobody": {Kind: "claim", By: "s1"}, "no such kind": {Kind: "whim", By: "s1", Everybody: true}, "a bad mark": {Kind: "claim", By: "s1", Marks: [][]byte{{1}}},
		"a kind that is not kept": {Kind: "claim", By: "s1", Everybody: true, Records: []notice.OwnRecord{"biscuits"}}, "nobody's act": {Kind: "claim", Everybody: true},
	} {
		n.Review, n.Why = law.DateOf(today).AddDays(9), "It is so."
		var in *InputError
		if _, err := b.Place(t.Context(), n); !errors.As(err, &in) || in.Mend == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestBrokenOff: a run that failed is gone on with and comes to what it would have come
// to, and its files go.
func TestBrokenOff(t *testing.T) {
	fill := func(b *bench) {
		for i := range 3 * page {
			b.put(fmt.Sprintf("rec-%03d", i), "ann", 400+i)
		}
		b.shelf.files = true
		for i := range 3 * page {
			b.must(os.WriteFile(filepath.Join(b.dir, fmt.Sprintf("rec-%03d.age", i)), nil, 0o600))
		}
		b.signed()
	}
	whole, b := newBench(t), newBench(t)
	fill(whole)
	fill(b)
	want := whole.run()
	b.shelf.fail = "rec-060" // in the second page, of which nothing may be left done
	if _, err := b.Run(t.Context(), Order{By: Scheduled}); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	if n := len(b.left()); n != 2*page {
		t.Errorf("%d are left, of %d after one page", n, 2*page)
	}
	if _, err := b.Certificate(t.Context(), ""); !errors.Is(err, ErrNone) {
		t.Errorf("a run that has not ended has a certificate: %v", err)
	}
	b.shelf.fail = ""
	b.now = b.now.Add(20 * time.Hour) // the day before still counts
	if got := b.run(); got.Number != want.Number || got.Digest != want.Digest || got.Before != want.Before {
		t.Errorf("gone on with %+v\nundisturbed %+v", got, want)
	}
	if files, err := filepath.Glob(filepath.Join(b.dir, "*.age")); err != nil || len(files) != 0 {
		t.Errorf("files are left: %v, %v", files, err)
	}
}

// TestTwoAtOnce: two processes that go on with the same run delete nothing twice, and
// what one of them counted is what went.
func TestTwoAtOnce(t *testing.T) {
	b := newBench(t)
	for i := range 4 * page {
		b.put(fmt.Sprintf("rec-%03d", i), "ann", 400+i)
	}
	b.signed()
	run, _, err := b.begin(t.Context(), Order{By: Scheduled, Each: func(context.Context, *store.Tx) error { return nil }})
	b.must(err)
	done := make(chan error)
	for range 2 {
		go func() {
			_, err := b.Run(context.Background(), Order{By: Scheduled})
			done <- err
		}()
	}
	first, second := <-done, <-done
	if err := errors.Join(first, second); err != nil && (!errors.Is(err, ErrState) || first != nil && second != nil) {
		// Both may have lost a page to the other; then the next goes on.
		if _, err := b.Run(t.Context(), Order{By: Scheduled}); err != nil && !errors.Is(err, ErrState) {
			t.Fatal(err)
		}
	}
	c, err := b.Certificate(t.Context(), store.Time(run).Format(runForm))
	b.must(err)
	if c.Number() != 4*page || len(b.left()) != 0 {
		t.Errorf("%d were counted, %d are left", c.Number(), len(b.left()))
	}
}

// HeldAll is how many are held.
func (g Gone) HeldAll() (n int64) {
	for _, x := range g.Held {
		n += x
	}
	return n
}

// TestOnPostgres is what reads and writes the store, with the store in PostgreSQL.
func TestOnPostgres(t *testing.T) {
	for name, test := range map[string]func(*testing.T){"TestRun": TestRun, "TestAsks": TestAsks, "TestHolds": TestHolds, "TestBrokenOff": TestBrokenOff, "TestTwoAtOnce": TestTwoAtOnce, "TestNothingHeldGoes": TestNothingHeldGoes} {
		t.Run(name, test)
	}
}
