package disclose

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/rule"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

// office is a log over a store of its own; every act takes a minute.
type office struct {
	*Log
	store *store.Store
	ring  *keys.Ring
	dir   string
	hour  time.Time
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{dir: t.TempDir(), hour: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	url := "sqlite:" + filepath.Join(o.dir, "tenet.db")
	if strings.HasPrefix(t.Name(), "TestOnPostgres/") {
		url = testpg.Database(t)
	}
	var err error
	if o.ring, err = keys.Create(filepath.Join(o.dir, "keys"), "tenet.example/ledger"); err != nil {
		t.Fatal(err)
	}
	if o.store, err = store.Open(context.Background(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.store.Close() })
	o.Log, err = New(Config{Store: o.store, Ring: o.ring, Landlord: store.Default, Now: func() time.Time {
		o.hour = o.hour.Add(time.Minute)
		return o.hour
	}})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// who is a person by their marks: a capital letter is one that is theirs alone.
func who(marks string) Person {
	var p Person
	for _, r := range marks {
		sum := sha256.Sum256([]byte(string(r)))
		p = append(p, Mark{sum[:], r >= 'A' && r <= 'Z'})
	}
	return p
}

func people(all ...string) iter.Seq2[Person, error] {
	return func(yield func(Person, error) bool) {
		for _, m := range all {
			if !yield(who(m), nil) {
				return
			}
		}
	}
}

func (o *office) try(ctx context.Context, e Entry, whose iter.Seq2[Person, error]) (out Entry, err error) {
	err = o.store.Write(ctx, func(tx *store.Tx) error {
		out, err = o.Record(ctx, tx, e, whose)
		return err
	})
	return out, err
}

func (o *office) give(t testing.TB, e Entry, whose ...string) Entry {
	t.Helper()
	got, err := o.try(context.Background(), e, people(whose...))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (o *office) numbers(t testing.TB, f Filter) (all []int64) {
	t.Helper()
	list, err := o.List(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		all = append(all, e.N)
	}
	return all
}

var monday = law.DateOf(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))

// police is a disclosure of Ann Larter's data.
func police() Entry {
	return Entry{Day: monday, By: "s1", Kind: Shared, Verdict: Within, To: "police", Rule: "crime-to-police", Notice: "v1",
		Details: Details{Name: "PC Kestrel", Whose: "Ann Larter", Born: "1980-01-02", Fields: []string{"identity"}, Why: "a burglary",
			Ask: &rule.Ask{To: "police", Fields: []rule.Field{{Name: "identity"}}, Facts: rule.Facts{"asked": {"yes"}}, Day: monday}}}
}

func TestOnPostgres(t *testing.T) {
	testpg.Database(t)
	t.Run("Record", TestRecord)
	t.Run("Whose", TestWhose)
	t.Run("Corrections", TestCorrections)
	t.Run("Forget", TestForget)
	t.Run("Pages", TestPages)
	t.Run("Sets", TestSets)
}

func TestRecord(t *testing.T) {
	o := newOffice(t)
	e := police()
	e.Once = "call-1"
	first := o.give(t, e, "Aae")
	if again := o.give(t, e, "Aae"); again.N != first.N {
		t.Errorf("recorded twice: %d and %d", first.N, again.N)
	}
	got, err := o.Get(t.Context(), first.N)
	if err != nil {
		t.Fatal(err)
	}
	want := police()
	want.N, want.At, want.People = 1, first.At, 1
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := o.Get(t.Context(), 7); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	// What was begun and not finished leaves no trace, and no number is lost.
	broken := errors.New("the file broke off")
	_, err = o.try(t.Context(), police(), func(yield func(Person, error) bool) {
		if yield(who("B"), nil) {
			yield(nil, broken)
		}
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if next := o.give(t, police(), "C"); next.N != 2 {
		t.Errorf("number %d", next.N)
	}
	if got := o.numbers(t, Filter{Whose: &Subject{Marks: who("B")}}); len(got) != 0 {
		t.Error(got)
	}
	err = o.store.Read(t.Context(), func(tx *store.Tx) error {
		acts, err := tx.Acts(t.Context(), store.Default, "", 0, 100)
		if len(acts) != 2 || acts[0].Act != "disclosure.recorded" || acts[0].Subject != "disclosure/2" {
			t.Errorf("%+v", acts)
		}
		for _, a := range acts {
			for _, secret := range []string{"Kestrel", "Larter", "burglary"} {
				if strings.Contains(string(a.Payload), secret) {
					t.Errorf("the ledger holds %q", secret)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhose: an entry is surely somebody's by what is theirs alone, or by a name that
// agrees; a shared telephone alone tells only staff.
func TestWhose(t *testing.T) {
	o := newOffice(t)
	o.give(t, police(), "At")
	bob := police()
	bob.Whose, bob.Born = "Bob Larter", "1979-05-06"
	o.give(t, bob, "Bt")
	old := police() // no birthday was known
	old.Born = ""
	o.give(t, old, "t")
	file := police()
	file.Whose, file.Born, file.To, file.Rule = "", "", "councils", "year-end"
	o.give(t, file, "A", "B", "Ct")
	o.give(t, police(), "Z")

	sure := func(s Subject) (out []int64) {
		list, err := o.List(t.Context(), Filter{Whose: &s})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if e.Sure {
				out = append(out, e.N)
			} else {
				out = append(out, -e.N)
			}
		}
		return out
	}
	for what, c := range map[string]struct {
		s    Subject
		want []int64
	}{
		"Ann":                      {Subject{"Ann Larter", "1980-01-02", who("At")}, []int64{4, 3, -2, 1}},
		"Ann, known by phone only": {Subject{"ann larter", "", who("t")}, []int64{-4, 3, -2, 1}},
		"another Ann, same phone":  {Subject{"Ann Larter", "2004-04-04", who("t")}, []int64{-4, 3, -2, -1}},
		"Bob":                      {Subject{"Bob Larter", "1979-05-06", who("B")}, []int64{4, 2}},
		"nobody":                   {Subject{"Ann Larter", "", nil}, nil},
		"a stranger":               {Subject{"Ann Larter", "", who("q")}, nil},
	} {
		if diff := cmp.Diff(c.want, sure(c.s)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	for what, c := range map[string]struct {
		f    Filter
		want []int64
	}{
		"to":    {Filter{To: "councils"}, []int64{4}},
		"rule":  {Filter{Rule: "crime-to-police", Limit: 2}, []int64{5, 3}},
		"from":  {Filter{From: monday.AddDays(1)}, nil},
		"until": {Filter{Until: monday, Before: 2}, []int64{1}},
		"both":  {Filter{Whose: &Subject{Marks: who("A")}, To: "police"}, []int64{1}},
	} {
		if diff := cmp.Diff(c.want, o.numbers(t, c.f)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

// TestCorrections: both entries stay, and each is corrected once.
func TestCorrections(t *testing.T) {
	o := newOffice(t)
	first := o.give(t, police(), "A")
	right := police()
	right.Corrects, right.Fields = first.N, []string{"contact-details"}
	second, err := o.try(t.Context(), right, nil)
	if err != nil || second.People != 1 {
		t.Fatal(second, err)
	}
	if _, err := o.try(t.Context(), right, nil); !errors.Is(err, ErrCorrected) {
		t.Errorf("corrected twice: %v", err)
	}
	void := Entry{Day: monday, By: "s2", Kind: Void, Verdict: Within, Corrects: second.N, Details: Details{Why: "it was never sent"}}
	if _, err := o.try(t.Context(), void, nil); err != nil {
		t.Fatal(err)
	}
	list, err := o.List(t.Context(), Filter{Whose: &Subject{Marks: who("A")}})
	if err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
	for i, want := range []bool{false, false, false} {
		if list[i].Stands() != want || !list[i].Sure {
			t.Errorf("%+v", list[i])
		}
	}
	if list[2].Corrected != 2 || list[1].Corrects != 1 || list[1].Corrected != 3 || list[0].To != "police" {
		t.Errorf("%+v", list)
	}
}

func TestForget(t *testing.T) {
	o := newOffice(t)
	n := o.give(t, police(), "A").N
	for range 2 {
		if err := o.store.Write(t.Context(), func(tx *store.Tx) error { return o.Forget(t.Context(), tx, "s1", n) }); err != nil {
			t.Fatal(err)
		}
	}
	e, err := o.Get(t.Context(), n)
	if err != nil || !e.Forgotten || e.To != "police" || e.Whose != "" || e.Ask != nil {
		t.Errorf("%+v %v", e, err)
	}
	if got := o.numbers(t, Filter{Whose: &Subject{Marks: who("A")}}); len(got) != 0 {
		t.Error(got)
	}
}

// TestPages: every entry comes once, whatever is written between two pages.
func TestPages(t *testing.T) {
	o := newOffice(t)
	for range 430 {
		o.give(t, police(), "A")
	}
	var got []int64
	for e, err := range o.Each(t.Context(), Filter{Whose: &Subject{Marks: who("A")}}) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, e.N); len(got) == 100 {
			o.give(t, police(), "A")
		}
	}
	if len(got) != 430 || !slices.IsSortedFunc(got, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("%d entries", len(got))
	}
}

// TestModel holds what a person is told of against a list that is searched from end to
// end.
func TestModel(t *testing.T) {
	o, run := newOffice(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		to := fmt.Sprintf("recipient-%d", run)
		type given struct {
			n     int64
			whose []string
		}
		var log []given
		letters := rapid.StringMatching(`[A-Dw-z]{1,3}`)
		for range rapid.IntRange(1, 8).Draw(rt, "entries") {
			e := police()
			e.To, e.Whose = notice.ID(to), ""
			g := given{whose: rapid.SliceOfN(letters, 1, 4).Draw(rt, "people")}
			g.n = o.give(t, e, g.whose...).N
			log = append(log, g)
		}
		mine := letters.Draw(rt, "mine")
		var want []int64
		sure := map[int64]bool{}
		for _, g := range slices.Backward(log) {
			if slices.ContainsFunc(g.whose, func(w string) bool { return strings.ContainsAny(w, mine) }) {
				want = append(want, g.n)
				sure[g.n] = slices.ContainsFunc(g.whose, func(w string) bool {
					return strings.ContainsFunc(w, func(r rune) bool { return r <= 'Z' && strings.ContainsRune(mine, r) })
				})
			}
		}
		list, err := o.List(rt.Context(), Filter{Whose: &Subject{Marks: who(mine)}, To: notice.ID(to)})
		if err != nil {
			rt.Fatal(err)
		}
		var got []int64
		for _, e := range list {
			if got = append(got, e.N); e.Sure != sure[e.N] {
				rt.Fatalf("%d is sure: %v", e.N, e.Sure)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// TestByPersonCostsTheAnswer: what is looked for by person is searched in the index of
// marks, and no table is read through.
func TestByPersonCostsTheAnswer(t *testing.T) {
	o := newOffice(t)
	query, args := o.query(Filter{Whose: &Subject{Marks: who("Aab")}, From: monday, Limit: 10})
	err := o.store.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		seen := false
		for rows.Next() {
			var a, b, c int
			var detail string
			if err := rows.Scan(&a, &b, &c, &detail); err != nil {
				return err
			}
			seen = seen || strings.Contains(detail, "SEARCH disclose_mark")
			if strings.HasPrefix(detail, "SCAN disclose") || detail == "SCAN e" {
				t.Errorf("reads a table through: %s", detail)
			}
		}
		if !seen {
			t.Error("does not search by marks")
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNothingPersonalInTheClear: who, what and why stand in no file of the store.
func TestNothingPersonalInTheClear(t *testing.T) {
	o := newOffice(t)
	o.give(t, police(), "A")
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(o.dir, "tenet.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"Kestrel", "Larter", "1980-01-02", "burglary"} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%q stands in %s", secret, filepath.Base(f))
			}
		}
	}
}

// TestAlteredIsRefused: an entry that was made to say something else is not believed.
func TestAlteredIsRefused(t *testing.T) {
	for _, change := range []string{`recipient = 'councils'`, `day = '2020-01-01'`, `verdict = 'right'`, `rule = ''`, `actor = 's9'`, `notice = 'v2'`, `sealed = wrapped`, `client = 'lantern-row'`} {
		o := newOffice(t)
		o.give(t, police(), "A")
		err := o.store.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE disclose_entry SET `+change)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if e, err := o.Get(t.Context(), 1); err == nil {
			t.Errorf("%s: %+v", change, e)
		}
	}
}

// TestSets draws what is given out for whom and corrected, and asks for every choice of sets.
func TestSets(t *testing.T) {
	o := newOffice(t)
	sets := []string{"", "lantern-row", "netmakers-yard"}
	in := map[int64]string{}
	var last []int64
	rapid.Check(t, func(rt *rapid.T) {
		e := police()
		e.Client = rapid.SampledFrom(sets).Draw(rt, "client")
		if len(last) > 0 && rapid.Bool().Draw(rt, "corrects") { // in the set of what it corrects, whatever is said
			e.Corrects = last[len(last)-1]
			last = last[:len(last)-1]
		}
		got, err := o.try(t.Context(), e, people("A"))
		if err != nil {
			rt.Fatal(err)
		}
		want := e.Client
		if e.Corrects != 0 {
			want = in[e.Corrects]
		} else {
			last = append(last, got.N)
		}
		if in[got.N] = got.Client; got.Client != want {
			rt.Fatalf("it is in %q and not in %q", got.Client, want)
		}
		f := Filter{Sets: rapid.SliceOfDistinct(rapid.SampledFrom(sets), rapid.ID[string]).Draw(rt, "sets"), Limit: 500}
		if rapid.Bool().Draw(rt, "by person") {
			f.Whose = &Subject{Name: "Ann Larter", Marks: who("A")}
		}
		list, err := o.List(t.Context(), f)
		if err != nil {
			rt.Fatal(err)
		}
		expect := 0
		for _, set := range in {
			if slices.Contains(f.Sets, set) {
				expect++
			}
		}
		if f.Sets == nil {
			expect = len(in)
		}
		for _, e := range list {
			if f.Sets != nil && !slices.Contains(f.Sets, e.Client) || in[e.N] != e.Client {
				rt.Fatalf("asked for %q it gives one of %q", f.Sets, e.Client)
			}
		}
		if len(list) != expect {
			rt.Fatalf("asked for %q it gives %d, and there are %d", f.Sets, len(list), expect)
		}
	})
}

func TestRefused(t *testing.T) {
	o := newOffice(t)
	for what, change := range map[string]func(*Entry){
		"nobody": func(e *Entry) { e.By = "" }, "no day": func(e *Entry) { e.Day = law.Date{} }, "no kind": func(e *Entry) { e.Kind = "" },
		"to nobody": func(e *Entry) { e.To = "" }, "no verdict": func(e *Entry) { e.Verdict = "" },
		"against, and why?": func(e *Entry) { e.Verdict = Against }, "void of nothing": func(e *Entry) { e.Kind = Void },
		"too long": func(e *Entry) { e.Why = strings.Repeat("y", mostDetails) },
	} {
		e := police()
		change(&e)
		if _, err := o.try(t.Context(), e, people("A")); !errors.Is(err, ErrInput) || strings.Contains(err.Error(), "arter") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got := o.numbers(t, Filter{}); len(got) != 0 {
		t.Error(got)
	}
}
