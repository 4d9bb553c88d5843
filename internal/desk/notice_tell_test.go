package desk

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/letter"
	"tenet/internal/post"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

const tellMap = `source: homes
tables:
  tenant:
    people: customers
    identifiers: {name: [forename, surname], dob: born, email: email, ref: tenancy, address: [address], postcode: postcode, died: died}
`

// tellingDesk is a landlord with a table of tenants, whose notice of next year slows a clock,
// which is significant and everybody's.
func tellingDesk(t testing.TB, tenants func(add func(forename, surname, born, email, tenancy, address, postcode, died string))) (*Desk, string) {
	t.Helper()
	ctx := t.Context()
	d, edit := versioned(t, "", "2026-11-22")
	path := filepath.Join(d.Dir, "homes.db")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(`CREATE TABLE tenant (id INTEGER PRIMARY KEY, forename TEXT, surname TEXT, born TEXT, email TEXT, tenancy TEXT, address TEXT, postcode TEXT, died TEXT)`); err != nil {
		t.Fatal(err)
	}
	insert, err := tx.Prepare(`INSERT INTO tenant (forename, surname, born, email, tenancy, address, postcode, died) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		t.Fatal(err)
	}
	tenants(func(forename, surname, born, email, tenancy, address, postcode, died string) {
		if _, err := insert.Exec(forename, surname, born, email, tenancy, address, postcode, died); err != nil {
			t.Fatal(err)
		}
	})
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := d.AddSource(System{Name: "homes", URL: "sqlite:" + path}); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(d.Dir, "maps"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Dir, "maps", "homes.yaml"), []byte(tellMap), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Config.Post, d.Config.Public = "smtp://mail.example.org", "https://privacy.example.org"
	before := strings.Replace(tenDays, "10", "15", 1)
	a, err := d.Adopt(ctx, "ada", edit("later", "2027-03-01", "rights.yaml", tenDays, before), Significance{Decided: true, Significant: true, Why: "People wait longer."})
	if err != nil {
		t.Fatal(err)
	}
	return d, a.Version.Hash
}

type senderFunc func(post.Message) error

func (f senderFunc) Send(_ context.Context, m post.Message) error { return f(m) }
func (f senderFunc) Check(context.Context) error                  { return nil }

func tellOrder(hash string) TellOrder {
	return TellOrder{Version: hash, By: "ada", Words: map[letter.Lang]string{"en": "We take fifteen working days to put something right, and took ten.", "cy": "Pymtheg diwrnod."}, Why: map[letter.Lang]string{"en": "More people ask us than we have staff for."}}
}

func household(add func(forename, surname, born, email, tenancy, address, postcode, died string)) {
	add("Ann", "Larter", "1970-01-31", "ann@example.org", "T1", "1 Example Road, Larkfield", "LK1 1AA", "")
	add("Bob", "Larter", "1971-02-28", "ann@example.org", "T1", "1 Example Road, Larkfield", "LK1 1AA", "") // who shares it
	add("Ann", "Larter", "1970-01-31", "", "T9", "", "", "")                                                // again, for a garage
	add("Cy", "Nomail", "1980-03-03", "", "T2", "2 Example Road, Larkfield", "LK1 1AB", "")
	add("Di", "Nowhere", "1980-04-04", "", "T3", "", "", "")
	add("Ed", "Gone", "1930-05-05", "ed@example.org", "T4", "4 Example Road", "LK1 1AD", "2026-01-01")
	add("Flo", "Small", "2020-06-06", "flo@example.org", "T5", "5 Example Road", "LK1 1AE", "")
	add("=Gil", "Formula", "1990-07-07", "", "T6", "6 Example Road, Larkfield", "LK1 1AF", "")
}

// eachStore runs a test over a store of each engine.
func eachStore(t *testing.T, test func(t *testing.T)) {
	t.Run("sqlite", test)
	t.Run("postgres", func(t *testing.T) {
		t.Setenv("TENET_STORE", testpg.Database(t))
		test(t)
	})
}

// TestTellChange: everybody whom it concerns gets one letter, by the channel they gave;
// who gets none is counted with the reason; and the same again writes nothing.
func TestTellChange(t *testing.T) { eachStore(t, testTellChange) }

func testTellChange(t *testing.T) {
	ctx := t.Context()
	d, hash := tellingDesk(t, household)
	o := tellOrder(hash)
	o.Dry = true
	dry, err := d.TellChange(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	want := TellCount{Company: "larkfield-homes", Name: d.companyName("larkfield-homes"), People: 7, Twice: 1, Email: 2, Post: 2,
		Left: map[string]int{"they have died": 1, "they are under 13: whoever they live with is told": 1, "no address of theirs is in their record": 1}}
	check := func(what string, got []TellCount) {
		t.Helper()
		if diff := cmp.Diff([]TellCount{want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	check("counted", dry.Companies)
	if told, err := d.ToldOf(ctx, hash); err != nil || len(told) != 0 {
		t.Errorf("to count writes letters: %+v, %v", told, err)
	}
	if len(dry.Gaps) != 0 || !slices.ContainsFunc(dry.Kinds, func(k TellKind) bool { return len(k.Tables) == 0 }) {
		t.Errorf("gaps %v, kinds %v", dry.Gaps, dry.Kinds)
	}
	o.Dry = false
	first, err := d.TellChange(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	want.Case = first.Companies[0].Case
	check("told", first.Companies)
	again, err := d.TellChange(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	want.Email, want.Post, want.Before = 0, 0, 4
	check("told again", again.Companies)

	queued, err := d.Outbox(ctx, Queued, 10)
	if err != nil || len(queued) != 2 {
		t.Fatalf("queued %v, %v", queued, err)
	}
	text := queued[0].Content.Mail.Text
	for _, says := range []string{"fifteen working days", "More people ask us", "Monday 1 March 2027", "https://privacy.example.org/notice/changes?to=" + hash[:12], "put right or deleted"} {
		if !strings.Contains(text, says) {
			t.Errorf("the letter does not say %q:\n%s", says, text)
		}
	}
	for name, bad := range map[string]TellOrder{
		"no reason":                {Version: hash, Words: o.Words},
		"too long":                 {Version: hash, Words: map[letter.Lang]string{"en": strings.Repeat("long ", 1000)}, Why: o.Why},
		"too long for a job's row": {Version: hash, Words: map[letter.Lang]string{"en": strings.Repeat("<&>\n", 500)}, Why: o.Why},
	} {
		if _, err := d.TellChange(ctx, bad); errorCode(err) != "usage" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.TellChange(ctx, TellOrder{Version: d.Notice.Version(), Dry: true}); errorCode(err) != "people" {
		t.Errorf("of the first version: %v", err)
	}
}

// TestTellWithdrawn: a version is not withdrawn while letters about it wait.
func TestTellWithdrawn(t *testing.T) { eachStore(t, testTellWithdrawn) }

func testTellWithdrawn(t *testing.T) {
	ctx := t.Context()
	d, hash := tellingDesk(t, household)
	if _, err := d.TellChange(ctx, tellOrder(hash)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Withdraw(ctx, "ada", hash, "The board did not agree."); errorCode(err) != "withdraw" || !strings.Contains(err.Error(), "4 letters about it are on the way") {
		t.Errorf("with letters on the way: %v", err)
	}
}

// TestTellStands: what each batch asks in its transaction.
func TestTellStands(t *testing.T) { eachStore(t, testTellStands) }

func testTellStands(t *testing.T) {
	ctx := t.Context()
	d, hash := tellingDesk(t, household)
	n, err := d.NoticeVersion(ctx, hash)
	if err != nil {
		t.Fatal(err)
	}
	running := &teller{d: d, n: n}
	stands := func() error { return d.Store.Write(ctx, func(tx *store.Tx) error { return running.stands(ctx, tx) }) }
	if err := stands(); err != nil {
		t.Errorf("before: %v", err)
	}
	if _, err := d.Withdraw(ctx, "ada", hash, "The board did not agree."); err != nil {
		t.Fatal(err)
	}
	if err := stands(); errorCode(err) != "withdrawn" {
		t.Errorf("after: %v", err)
	}
	if _, err := d.TellChange(ctx, tellOrder(hash)); err == nil {
		t.Error("people are told of a version that was withdrawn")
	}
}

// TestTellProof: letters go out after all others; one that e-mail does not take waits to be
// printed where it can go; when none is on its way, the kinds of people are told.
func TestTellProof(t *testing.T) { eachStore(t, testTellProof) }

func testTellProof(t *testing.T) {
	ctx := t.Context()
	d, hash := tellingDesk(t, household)
	if _, err := d.TellChange(ctx, tellOrder(hash)); err != nil {
		t.Fatal(err)
	}
	if whole, err := d.FinishTelling(ctx, hash, "system"); err != nil || whole {
		t.Errorf("it is finished before anything went: %v", err)
	}
	queued, err := d.Outbox(ctx, Queued, 10)
	if err != nil {
		t.Fatal(err)
	}
	sent := senderFunc(func(m post.Message) error {
		if strings.HasSuffix(m.Reference, "-1") {
			return &post.Error{What: "there is no such mailbox", Permanent: true}
		}
		return nil
	})
	for _, o := range queued {
		if err := d.SendQueued(ctx, sent, o.Reference, false, nil); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	n, err := d.TellPrintList(ctx, &b, hash, "ada", "printers")
	if err != nil || n != 3 {
		t.Fatalf("%d letters to print: %v", n, err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 4 || rows[1][2] != "Ann Larter" || rows[1][3] != "1 Example Road" || rows[1][5] != "LK1 1AA" {
		t.Errorf("the list to print is %v, %v", rows, err)
	}
	if _, err := d.TellPrintList(ctx, &b, hash, "ada", "survey-firms"); err == nil {
		t.Error("a firm that prints nothing may have the list")
	}
	if n, err := d.TellPosted(ctx, hash, "ada", d.Today()); err != nil || n != 3 {
		t.Errorf("%d posted: %v", n, err)
	}
	if _, err := d.TellPosted(ctx, hash, "ada", d.Today().AddDays(1)); err != nil {
		t.Errorf("none is left: %v", err)
	}
	if whole, err := d.FinishTelling(ctx, hash, "system"); err != nil || !whole {
		t.Fatalf("it is not finished: %v", err)
	}
	p, err := d.Publication(ctx, hash)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range p.People {
		if done := a.Done != nil; done != (a.People.Kind == "customers") {
			t.Errorf("%s are told: %v", a.People.ID, done)
		} else if done && !strings.Contains(a.Done.Proof, "1 by e-mail, 3 by post (of them 1 after e-mail failed)") {
			t.Errorf("the proof is %q", a.Done.Proof)
		}
	}
	got := acts(t, d, "")
	for _, act := range []string{"notice.telling", "letters.queued", "letter.sent", "letter.failed", "letter.posted", "notice.print-list", "notice.told"} {
		if !slices.Contains(got, act) {
			t.Errorf("the ledger has no %s", act)
		}
	}
}

// TestTellGoesOn: stopped anywhere, the telling goes on where it was and nobody has two
// letters.
func TestTellGoesOn(t *testing.T) {
	const people = 1000
	d, hash := tellingDesk(t, crowd(people))
	stopped := 0
	for try := 1; ; try++ {
		ctx, cancel := context.WithCancel(t.Context())
		stop, now := 1000*try, d.Now // each letter looks at the clock a few times
		d.Now = func() time.Time {
			if stop--; stop == 0 {
				cancel()
			}
			return now()
		}
		_, err := d.TellChange(ctx, tellOrder(hash))
		d.Now = now
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) || try > 20 {
			t.Fatalf("try %d: %v", try, err)
		}
		stopped++
	}
	if stopped < 2 {
		t.Errorf("it was stopped %d times", stopped)
	}
	told, err := d.ToldOf(t.Context(), hash)
	if err != nil || len(told) != 1 || told[0].Letters() != people {
		t.Errorf("%d people have letters: %+v, %v", people, told, err)
	}
}

func crowd(n int) func(add func(forename, surname, born, email, tenancy, address, postcode, died string)) {
	return func(add func(forename, surname, born, email, tenancy, address, postcode, died string)) {
		for i := range n {
			surname := strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprintf("%06d", i))
			add("Ann", surname, fmt.Sprintf("19%02d-01-%02d", i%90, 1+i%28), fmt.Sprintf("a%d@example.org", i), fmt.Sprintf("T%d", i), fmt.Sprintf("%d Example Road", i), "LK1 1AA", "")
		}
	}
}

// BenchmarkTelling counts 20,000 people, then writes their letters: how long each takes,
// and how far the heap grows meanwhile.
func BenchmarkTelling(b *testing.B) {
	const people = 20_000
	for b.Loop() {
		b.StopTimer()
		d, hash := tellingDesk(b, crowd(people))
		o := tellOrder(hash)
		for _, dry := range []bool{true, false} {
			o.Dry = dry
			runtime.GC()
			var before, now runtime.MemStats
			runtime.ReadMemStats(&before)
			most := before.HeapInuse
			done := make(chan struct{})
			watched := make(chan struct{})
			go func() {
				defer close(watched)
				for {
					select {
					case <-done:
						return
					case <-time.After(100 * time.Millisecond):
						runtime.ReadMemStats(&now)
						most = max(most, now.HeapInuse)
					}
				}
			}()
			start := time.Now()
			b.StartTimer()
			got, err := d.TellChange(b.Context(), o)
			b.StopTimer()
			close(done)
			<-watched
			if err != nil || got.Companies[0].Email != people {
				b.Fatalf("%+v, %v", got.Companies, err)
			}
			name := map[bool]string{true: "count", false: "write"}[dry]
			b.ReportMetric(time.Since(start).Seconds(), name+"-s")
			b.ReportMetric(float64(most-before.HeapInuse)/(1<<20), name+"-MiB")
		}
		b.StartTimer()
	}
}
