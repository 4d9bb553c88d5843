package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"tenet/internal/cases"
	"tenet/internal/job"
	"tenet/internal/ledger"
	"tenet/internal/pack"
	"tenet/internal/store"
)

// TestProcesses kills the processes of an office at random instants while the
// public ask at its portals: one process on SQLite, four on PostgreSQL. TENET_TEST_KILLS
// says how often on each; without it as often as everyday tests have time for.
//
// Afterwards each request whose receipt was shown is one case, each case of a
// person whom the landlord knows has one draft, which is what nobody disturbed
// would have made, and the ledger holds nothing else.
func TestProcesses(t *testing.T) {
	kills := 20
	if s := os.Getenv("TENET_TEST_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	} else if testing.Short() {
		kills = 4
	}
	made, err := makeLandlord(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	known := tenants(t, made)
	want := undisturbed(t, made, known)

	t.Run("SQLite", func(t *testing.T) {
		o := newOffice(t, made, nil)
		o.hires("serve").begins()
		for _, second := range []string{"serve", "work"} {
			if said := o.run(o.desk.Dir, 3, "--json", second); !strings.Contains(said, `"code":"busy"`) {
				t.Errorf("beside tenet serve, tenet %s said:\n%s", second, said)
			}
		}
		o.disturbed(kills, known, want)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		o := newOffice(t, made, serverEnv(t))
		for _, does := range []string{"serve", "serve", "work", "work"} {
			o.hires(does)
		}
		for _, h := range o.hands {
			h.begins()
		}
		o.disturbed(kills, known, want)
	})
}

// answer is what a draft holds, whoever made it and however often it was begun.
type answer struct {
	Counts, Whose       map[string]int
	Withheld, Undecided int
	Files               []string
}

// undisturbed is the answer that everyone gets where nobody is killed.
func undisturbed(t *testing.T, made string, known []person) map[person]answer {
	t.Helper()
	o := newOffice(t, made, nil)
	h := o.hires("serve")
	h.begins()
	var all []*visitor
	for _, p := range slices.Concat(known, strangers) {
		v := o.visitor(p)
		if err := v.asks(); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	o.settles()
	h.stops()
	out := map[person]answer{}
	for _, v := range all {
		if a, ok := o.answered(v.reference); ok {
			out[v.person] = a
		}
	}
	for _, p := range known {
		if _, ok := out[p]; !ok {
			t.Errorf("nobody was killed, and %s has no answer", p.name)
		}
	}
	if len(out) != len(known) {
		t.Errorf("%d people have answers, and %d are known", len(out), len(known))
	}
	return out
}

// disturbed sends as many people to the portals as processes are killed meanwhile,
// and then holds what is there against what must be.
func (o *office) disturbed(kills int, known []person, want map[person]answer) {
	t := o.t
	t.Helper()
	rng := rand.New(rand.NewPCG(11, uint64(len(o.hands))))
	people := slices.Concat(known, strangers)
	var all []*visitor
	var asking errgroup.Group
	asking.SetLimit(8)
	stages := map[string]int{}
	var notes []store.Signed
	h := o.hands[0]
	for n := range kills {
		v := o.visitor(people[rng.IntN(len(people))])
		all = append(all, v)
		told := make(chan struct{})
		asking.Go(func() error {
			defer close(told)
			return v.asks()
		})
		wait := time.Duration(rng.Int64N(int64(time.Second)))
		switch rng.IntN(4) {
		case 0: // the same again, soon and so perhaps before it has begun
			wait /= 4
		case 1: // while somebody waits for its answer
			h = o.hands[0]
			h.begins()
			until(t, "somebody asks", func() bool {
				select {
				case <-told:
					return true
				default:
					return h.busy.Load() > 0
				}
			})
			wait /= 100
		default:
			h = o.hands[rng.IntN(len(o.hands))]
			h.begins()
		}
		<-time.After(wait) // an instant that nobody chose
		stages[h.stage()]++
		dead := h.worker()
		h.kill()
		// Where there is time for that, half of the dead are found out as they really
		// are: when their leases end, within a minute.
		if kills < 100 || n%2 == 0 {
			o.passes(dead)
		}
		h.start()
		notes = append(notes, o.checkpoint())
	}
	if err := asking.Wait(); err != nil {
		t.Error(err)
	}
	o.settles()
	for _, v := range all {
		if err := v.follows(); err != nil {
			t.Error(err)
		}
	}
	for _, h := range o.hands {
		h.stops()
	}
	drafts, kept := o.holds(all, want)
	o.grew(notes)
	t.Logf("%d kills: %v; %d requests, %d drafts, %d sealed files", kills, stages, len(all), drafts, kept)
}

// checkpoint is the ledger's last.
func (o *office) checkpoint() (last store.Signed) {
	o.t.Helper()
	err := o.desk.Store.Read(context.Background(), func(tx *store.Tx) (err error) {
		last, err = tx.Checkpoint(context.Background(), o.desk.Config.Landlord)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		o.t.Fatal(err)
	}
	return last
}

// settles waits until there is nothing left to be done: no job runs, and those that
// wait have been tried, and found nobody.
func (o *office) settles() {
	o.t.Helper()
	for _, h := range o.hands {
		h.begins()
	}
	left := func() []job.Info {
		return slices.DeleteFunc(o.jobs(), func(j job.Info) bool {
			return j.State != job.Running && (j.Kind != "answer" || strings.Contains(j.Error, "found nobody"))
		})
	}
	for jobs := left(); len(jobs) > 0; {
		n := len(jobs)
		until(o.t, fmt.Sprintf("something more of this is done: %+v", jobs), func() bool {
			jobs = left()
			return len(jobs) < n
		})
	}
}

// answered opens the draft of a case, if it has one, and proves that it is whole
// and the one that was recorded.
func (o *office) answered(reference string) (a answer, ok bool) {
	o.t.Helper()
	ctx := context.Background()
	k, err := o.desk.Cases.ByNumber(ctx, reference)
	if err != nil {
		o.t.Fatalf("%s: %v", reference, err)
	}
	if k.Draft == nil {
		return a, false
	}
	files, err := o.desk.Pack(ctx, k)
	if err != nil {
		o.t.Errorf("%s: %v", reference, err)
	}
	a = answer{Counts: k.Draft.Counts, Whose: k.Draft.Whose, Withheld: k.Draft.Withheld, Undecided: k.Draft.Undecided}
	for _, f := range files {
		a.Files = append(a.Files, f.Name)
	}
	return a, true
}

// holds holds the cases against who asked, and the storage against the cases.
func (o *office) holds(all []*visitor, want map[person]answer) (drafts, kept int) {
	t, ctx := o.t, context.Background()
	t.Helper()
	asked := map[string]*visitor{}
	for _, v := range all {
		if asked[v.reference] != nil {
			t.Errorf("two people were given the reference %s", v.reference)
		}
		asked[v.reference] = v
	}
	var opened []cases.Case
	for after := ""; ; {
		page, err := o.desk.Cases.List(ctx, cases.Filter{After: after, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		opened = append(opened, page.Cases...)
		if after = page.Next; after == "" {
			break
		}
	}
	if len(opened) != len(all) {
		t.Errorf("%d cases for %d requests", len(opened), len(all))
	}
	recorded := map[string]bool{}
	for _, k := range opened {
		v := asked[k.Number]
		if v == nil {
			t.Errorf("nobody was told of %s", k.Number)
			continue
		}
		if k.Requester.Name != v.name || k.Requester.Email != v.email {
			t.Errorf("%s is not the request of whoever has its reference", k.Number)
		}
		events, err := o.desk.Cases.History(ctx, k.ID, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var acts []string
		letters := 0 // the acknowledgement, whenever the round came by
		for _, e := range events {
			if e.Act == "letter.queued" {
				letters++
				continue
			}
			acts = append(acts, e.Act)
		}
		if letters > 1 {
			t.Errorf("%s was acknowledged %d times", k.Number, letters)
		}
		slices.Reverse(acts)
		must := []string{cases.Opens.Entry()}
		expected, known := want[v.person]
		if known { // what each system was found to hold, once
			must = append(must, slices.Repeat([]string{cases.Finishes.Entry()}, len(o.desk.Config.Sources))...)
			must = append(must, cases.Drafts.Entry())
		}
		if diff := cmp.Diff(must, acts); diff != "" {
			t.Errorf("the acts of %s (-must +are):\n%s", k.Number, diff)
		}
		got, drafted := o.answered(k.Number)
		if drafted != known {
			t.Errorf("%s is known: %v; %s has a draft: %v", v.name, known, k.Number, drafted)
		}
		if drafted {
			drafts++
			recorded[k.Draft.Pack] = true
			if diff := cmp.Diff(expected, got); diff != "" {
				t.Errorf("the draft of %s (-undisturbed +killed):\n%s", k.Number, diff)
			}
		}
	}
	// What a kill leaves of a draft that was not recorded is sealed and whole.
	for f, err := range o.desk.Packs.List(ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		kept++
		delete(recorded, f.Name)
		if err := o.whole(f.Name); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if len(recorded) > 0 {
		t.Errorf("the storage does not list %d drafts that were recorded", len(recorded))
	}
	return drafts, kept
}

// whole proves that a sealed file opens and has the bytes that it is named after.
func (o *office) whole(name string) error {
	r, err := o.desk.Packs.Get(context.Background(), name)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	if sum := sha256.Sum256(data); !strings.Contains(name, hex.EncodeToString(sum[:6])) {
		return errors.New("it holds other bytes than it is named after")
	}
	_, err = pack.Open(bytes.NewReader(data), o.desk.Keys.Pack())
	return err
}

// grew verifies the ledger as a stranger would, against every checkpoint that was
// there to be seen on the way.
func (o *office) grew(notes []store.Signed) {
	t := o.t
	t.Helper()
	at := filepath.Join(t.TempDir(), "ledger.jsonl")
	key := o.desk.Keys.Verifier()
	o.run(o.desk.Dir, 0, "ledger", "export", "--out", at)
	o.run(o.desk.Dir, 0, "ledger", "verify", at, "--key", key)
	export, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	last := int64(-1)
	for _, n := range notes {
		if n.Size < last {
			t.Errorf("the ledger shrank from %d to %d", last, n.Size)
		}
		if n.Size == last || n.Note == "" {
			continue
		}
		last = n.Size
		report, err := ledger.Verify(bytes.NewReader(export), ledger.Trust{Key: key, Checkpoint: n.Note})
		if err != nil || !report.OK() {
			t.Errorf("the ledger does not continue the one of %d entries: %v %v", n.Size, err, report.Faults)
		}
	}
}

// TestRollingRestart restarts the processes of an office one after another, while
// the public ask at the portals: nobody notices, and no work waits for a lease.
func TestRollingRestart(t *testing.T) {
	made, err := makeLandlord(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	known := tenants(t, made)
	o := newOffice(t, made, serverEnv(t))
	leaving, staying := o.hires("serve"), o.hires("serve")
	worker := o.hires("work")
	for _, h := range o.hands {
		h.begins()
	}

	// Somebody is in the middle of sending a form to the one that is to stop.
	slow := o.visitor(known[0])
	if err := slow.begins(); err != nil {
		t.Fatal(err)
	}
	at := strings.TrimPrefix(*leaving.portal.Load(), "http://")
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const form = "what=access"
	fmt.Fprintf(conn, "POST /request/what HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n", at, len(form))
	begun := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
	if _, err := io.ReadFull(conn, begun); err != nil || !strings.HasPrefix(string(begun), "HTTP/1.1 100") {
		t.Fatalf("the form is not read: %q, %v", begun, err)
	}

	// Others ask meanwhile, of the one that stays.
	var asking sync.WaitGroup
	stop := make(chan struct{})
	var asked []*visitor
	asking.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			v := o.visitor(known[i%len(known)])
			if _, status, err := v.postTo(staying, "/request/what", map[string][]string{"what": {"access"}}); err != nil || status != http.StatusOK {
				t.Errorf("during the restart the other portal gave %d, %v", status, err)
				return
			}
		}
	})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		leaving.stops()
	}()
	until(t, "the portal that stops takes nobody more", func() bool {
		c, err := net.Dial("tcp", at)
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	leaving.portal.Store(nil)
	if err := slow.sends(); err != nil { // what was begun at either is finished at the other
		t.Error(err)
	}
	asked = append(asked, slow)
	if _, err := io.WriteString(conn, form); err != nil {
		t.Error(err)
	}
	reply, err := io.ReadAll(conn)
	if err != nil || !bytes.HasPrefix(reply, []byte("HTTP/1.1 303")) {
		t.Errorf("who was being answered got %q, %v", reply, err)
	}
	<-stopped
	leaving.start()
	leaving.begins()
	close(stop)
	asking.Wait()

	// A worker that has a job stops; the job is done, and not after a minute.
	for _, p := range known {
		v := o.visitor(p)
		if err := v.asks(); err != nil {
			t.Fatal(err)
		}
		asked = append(asked, v)
	}
	until(t, "the worker works, or all is done", func() bool {
		all := o.jobs()
		return slices.ContainsFunc(all, func(j job.Info) bool { return j.State == job.Running && j.Worker == worker.worker() }) ||
			!slices.ContainsFunc(all, func(j job.Info) bool { return j.Kind == "answer" })
	})
	gone := worker.worker()
	worker.stops()
	for _, j := range o.jobs() {
		if j.State == job.Running && j.Worker == gone {
			t.Errorf("it stopped, and still has the lease of %s %s", j.Kind, j.Key)
		}
	}
	worker.start()
	o.settles()
	for _, v := range asked {
		if _, ok := o.answered(v.reference); !ok {
			t.Errorf("%s has no draft", v.reference)
		}
	}
	for _, h := range o.hands {
		h.stops()
	}
}
