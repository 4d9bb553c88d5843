package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tenet/internal/desk"
	"tenet/internal/job"
	"tenet/internal/store"
)

// killsWanted is how often a process is to be killed in the middle of its work: at least
// so often that it means something, and more where TENET_TEST_KILLS says so.
func killsWanted(t *testing.T) int {
	t.Helper()
	if s := os.Getenv("TENET_TEST_KILLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if testing.Short() {
		return 4
	}
	return 20
}

// onEach runs a test on an office whose store is SQLite, where one process works, and on
// one whose store is PostgreSQL, where two do.
func onEach(t *testing.T, test func(*office)) {
	made, err := makeLandlord(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("SQLite", func(t *testing.T) {
		o := newOffice(t, made, nil)
		o.hands = []*hand{{office: o, does: "work"}}
		test(o)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		o := newOffice(t, made, serverEnv(t))
		o.hands = []*hand{{office: o, does: "work"}, {office: o, does: "work"}}
		test(o)
	})
}

// works starts the processes that are not at work.
func (o *office) works() {
	o.t.Helper()
	for _, h := range o.hands {
		if h.cmd == nil {
			o.t.Cleanup(h.kill)
		} else {
			select {
			case <-h.ended:
			default:
				continue
			}
		}
		h.start()
	}
}

// kills kills whoever has the job, at an instant that nobody chose, once something is so or
// the job is done. It says whether that was in the middle of it.
func (o *office) kills(rng *rand.Rand, kind, key string, longest time.Duration, so func() bool) bool {
	o.t.Helper()
	var who *hand
	var have job.Info
	until(o.t, kind+" is being done, or is done", func() bool {
		o.works()
		have = o.job(kind, key)
		i := slices.IndexFunc(o.hands, func(h *hand) bool { return have.State == job.Running && h.worker() == have.Worker })
		if i >= 0 {
			who = o.hands[i]
		}
		return i >= 0 && so() || o.done(have)
	})
	if o.done(have) {
		return false
	}
	<-time.After(time.Duration(rng.Int64N(int64(longest))))
	dead := who.worker()
	who.kill()
	left := o.job(kind, key)
	o.passes(dead)
	return left.State == job.Running && left.Worker == dead
}

// job is the row of a job; without a state where there is none.
func (o *office) job(kind, key string) job.Info {
	o.t.Helper()
	for _, j := range o.jobs() {
		if j.Kind == kind && j.Key == key {
			return j
		}
	}
	return job.Info{}
}

// done says that a job waits for a later time, or is not there any more.
func (o *office) done(j job.Info) bool {
	return j.State == "" || j.State == job.Waiting && j.Tries == 0 && j.Due.After(time.Now().Add(time.Minute))
}

// asks adds a job as the page that asks for it does.
func (o *office) asks(kind, key string, args any) {
	o.t.Helper()
	ctx := context.Background()
	q, err := job.New(o.desk.Store, o.desk.Config.Landlord, map[string]job.Kind{kind: {Do: func(context.Context, *job.Task) error { return nil }}}, job.Options{})
	if err == nil {
		err = o.desk.Store.Write(ctx, func(tx *store.Tx) error { return q.Add(ctx, tx, job.Job{Kind: kind, Key: key, Args: args}) })
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// TestTellingKilled kills the process that writes to thousands of people, again and again in
// the middle of it. Each has one letter in the end, the ledger proves every one, and
// nobody has the job.
func TestTellingKilled(t *testing.T) { onEach(t, tellingKilled) }

func tellingKilled(o *office) {
	t, ctx := o.t, context.Background()
	kills := killsWanted(t)
	people := 1000 * kills
	version := o.concerns(people)
	o.asks("notice-tell", version, map[string]any{"by": "system", "words": map[string]string{"en": "We keep films for longer."}, "why": map[string]string{"en": "Crimes are reported late."}})
	letters := func() (n int) {
		err := o.desk.Store.Read(ctx, func(tx *store.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT count(*) FROM desk_letter WHERE landlord = $1 AND kind = 'notice-changed'`, o.desk.Config.Landlord).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	rng := rand.New(rand.NewPCG(67, 1))
	killed, had := 0, 0
	var notes []store.Signed
	for had < people && killed < kills {
		// Half of them as soon as something more is written, so that it gets on at all.
		sooner := rng.IntN(2) == 0
		if o.kills(rng, "notice-tell", version, 60*time.Millisecond, func() bool { return sooner || letters() > had }) {
			killed++
		}
		had = letters()
		notes = append(notes, o.checkpoint())
	}
	if killed < kills {
		t.Errorf("it was killed %d times in the middle of it, and not %d times", killed, kills)
	}
	until(t, "all is written", func() bool { o.works(); return o.done(o.job("notice-tell", version)) && letters() >= people })
	for _, h := range o.hands {
		h.stops()
	}
	for _, j := range o.jobs() {
		if j.State != job.Waiting {
			t.Errorf("%s %s is %s by %s: %s", j.Kind, j.Key, j.State, j.Worker, j.Error)
		}
	}
	proof, err := o.desk.ProveTelling(ctx, version)
	if err != nil || len(proof.Faults) > 0 || proof.Letters != letters() || proof.Proved != proof.Letters {
		t.Errorf("the ledger proves %+v, %v", proof, err)
	}
	got, err := o.desk.TellChange(ctx, desk.TellOrder{Version: version, Dry: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range got.Companies {
		none := 0
		for _, n := range c.Left {
			none += n
		}
		if c.Email+c.Post > 0 || c.Before != proof.Letters || c.People != c.Before+none {
			t.Errorf("counted again: %+v", c)
		}
	}
	var list bytes.Buffer
	if _, err := o.desk.TellPrintList(ctx, &list, version, "system", ""); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&list).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for _, r := range rows[1:] {
		times[r[2]]++
	}
	for i := range people {
		if name := crowdName(i); times[name] != 1 {
			t.Fatalf("%s has %d letters", name, times[name])
		}
	}
	o.grew(notes)
	t.Logf("%d kills in the middle of it, %d letters", killed, proof.Letters)
}

// crowdName is who stands in a row of the crowd.
func crowdName(i int) string {
	return "Ann " + strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprintf("%06d", i))
}

// concerns gives the landlord a system with so many people, and a significant change of its
// notice that concerns them; it is the version's hash.
func (o *office) concerns(people int) string {
	t, ctx := o.t, context.Background()
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(filepath.Dir(o.desk.Dir), "landlord", "crowd.db")
	db, err := sql.Open("sqlite", "file:"+path)
	check(err)
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	check(err)
	_, err = tx.Exec(`CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, ref TEXT, address TEXT)`)
	check(err)
	insert, err := tx.Prepare(`INSERT INTO person (name, ref, address) VALUES (?, ?, ?)`)
	check(err)
	for i := range people {
		_, err := insert.Exec(crowdName(i), fmt.Sprintf("C%d", i), fmt.Sprintf("%d Example Road, Larkfield", i))
		check(err)
	}
	check(tx.Commit())
	check(os.WriteFile(filepath.Join(o.desk.Dir, "maps", "crowd.yaml"), []byte("source: crowd\ntables:\n  person: {people: customers, identifiers: {name: [name], ref: [ref], address: [address]}}\n"), 0o600))
	check(o.desk.AddSource(desk.System{Name: "crowd", URL: "sqlite:" + path}))
	next := filepath.Join(t.TempDir(), "next")
	check(o.desk.NewNotice(ctx, next, "2099-03-01"))
	for name, edit := range map[string][2]string{
		"keeping.yaml": {"    period: P30D\n", "    period: P90D\n"},
		"notice.md":    {"- We keep film from cameras for 30 days.", "- We keep film from cameras for 90 days."},
	} {
		file := filepath.Join(next, name)
		text, err := os.ReadFile(file)
		check(err)
		check(os.WriteFile(file, []byte(strings.Replace(string(text), edit[0], edit[1], 1)), 0o600))
	}
	a, err := o.desk.Adopt(ctx, "system", next, desk.Significance{Decided: true, Significant: true, Why: "Film is kept for longer."})
	check(err)
	return a.Version.Hash
}

// TestPromisesKilled kills the process that looks whether the notice is kept, again and
// again in the middle of it. Each run that was asked for stands once, whole, and nobody has
// the job.
func TestPromisesKilled(t *testing.T) { onEach(t, promisesKilled) }

func promisesKilled(o *office) {
	t, ctx := o.t, context.Background()
	kills := killsWanted(t)
	const perRun = 5 // and then it may end
	stands := func() (runs, acts, results int) {
		err := o.desk.Store.Read(ctx, func(tx *store.Tx) error {
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM promise_run WHERE landlord = $1`, o.desk.Config.Landlord).Scan(&runs); err != nil {
				return err
			}
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM promise_result WHERE landlord = $1 AND run = (SELECT max(run) FROM promise_run WHERE landlord = $1)`, o.desk.Config.Landlord).Scan(&results); err != nil {
				return err
			}
			return tx.QueryRowContext(ctx, `SELECT count(*) FROM ledger_entry WHERE landlord = $1 AND act = 'promises.checked'`, o.desk.Config.Landlord).Scan(&acts)
		})
		if err != nil {
			t.Fatal(err)
		}
		return runs, acts, results
	}
	o.works()
	until(t, "the first run waits for its night", func() bool { return o.job("promises", "").State == job.Waiting })
	rng := rand.New(rand.NewPCG(67, 2))
	var notes []store.Signed
	killed, rounds := 0, 0
	for killed < kills {
		rounds++
		_, before, _ := stands()
		o.asks("promises", "", struct{}{})
		for n := 0; n < perRun && killed < kills; n++ {
			mid := o.kills(rng, "promises", "", 120*time.Millisecond, func() bool { return true })
			if !mid {
				break
			}
			killed++
			if _, acts, _ := stands(); acts != before {
				t.Errorf("killed before its end, a run stands")
			}
		}
		until(t, "the run ends", func() bool { o.works(); return o.done(o.job("promises", "")) })
		if _, acts, results := stands(); acts != before+1 || results == 0 {
			t.Errorf("of one run that was asked for %d stand, with %d promises", acts-before, results)
		}
		notes = append(notes, o.checkpoint())
	}
	until(t, "whoever is starting has begun", func() bool {
		o.works()
		return !slices.ContainsFunc(o.hands, func(h *hand) bool {
			select {
			case <-h.ready:
				return false
			default:
				return true
			}
		})
	})
	for _, h := range o.hands {
		h.stops()
	}
	for _, j := range o.jobs() {
		if j.State == job.Running {
			t.Errorf("%s %s is still with %s", j.Kind, j.Key, j.Worker)
		}
	}
	if _, acts, _ := stands(); acts != rounds {
		t.Errorf("%d runs were asked for, and %d stand", rounds, acts)
	}
	o.grew(notes)
	t.Logf("%d kills in the middle of it, %d runs", killed, rounds)
}
