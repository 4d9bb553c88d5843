package desk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/demo"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/pack"
)

// crashEnv names the workspace in which a copy of this test binary indexes and
// answers until it has done or is killed.
const crashEnv = "TENET_DESK_CRASH_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(endEnv); dir != "" {
		os.Exit(endsClient(dir))
	}
	dir := os.Getenv(crashEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	if _, err := mainJob(dir, func(stage string) { fmt.Println(stage) }); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// pughAsks is a request of someone in the demo of whom little is held, so that a
// hundred answers do not take long.
func pughAsks(dir string) AccessRequest {
	return AccessRequest{Query: Query{Name: "Bronwen Pugh", DOB: "1971-12-05"}, Received: law.DateOf(demo.DefaultToday()), Out: filepath.Join(dir, "drafts"), By: "tester"}
}

// outcome is what must not depend on how often the work was killed.
type outcome struct {
	number  string // of the case
	draft   string // digest of what was drafted
	entries int64  // of the ledger
}

// mainJob indexes a workspace and answers the demo's star in it, on the demo's
// own day, telling each stage as it is entered. Both are what the command line
// does.
func mainJob(dir string, stage func(string)) (out outcome, err error) {
	ctx := context.Background()
	d, err := Open(ctx, dir, os.Getenv)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	today := demo.DefaultToday()
	d.Now = func() time.Time { return today.Add(36 * time.Hour) }
	entered := ""
	progress := func(s string, _ int64) {
		if s != entered {
			entered = s
			stage(s)
		}
	}
	if _, err := d.Index(ctx, false, progress); err != nil {
		return out, err
	}
	a, err := d.Access(ctx, pughAsks(dir), progress)
	if err != nil {
		return out, err
	}
	stage("done")
	out.number = a.Case.Number
	files, err := d.openDraft(ctx, a.Case)
	if err != nil {
		return out, err
	}
	out.draft = pack.Digest(files)
	report, err := d.VerifyLedger(ctx, ledger.Trust{})
	if err != nil {
		return out, err
	}
	if !report.OK() {
		return out, fmt.Errorf("the ledger does not verify: %v", report.Faults)
	}
	out.entries = report.Entries
	return out, nil
}

// TestKilledAtAnyInstant kills the work at 100 instants, even over the time it
// takes undisturbed, and does it again to the end: the draft and the ledger are
// those of the work that nobody disturbed, and nothing lies about.
func TestKilledAtAnyInstant(t *testing.T) {
	kills := 100
	if testing.Short() {
		kills = 10
	}
	mapped := mappedOffice(t)
	undisturbed := copied(t, mapped)
	want, err := mainJob(undisturbed, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	course, err := killed(copied(t, mapped), nil)
	if err != nil || course[len(course)-2].stage != "done" {
		t.Fatalf("undisturbed, the child's course was %v: %v", course, err)
	}

	var mu sync.Mutex
	hits, parts := map[string]int{}, 0
	t.Run("kills", func(t *testing.T) {
		for lane := range 2 { // one would leave the other core idle
			t.Run(fmt.Sprint(lane), func(t *testing.T) {
				t.Parallel()
				rng := rand.New(rand.NewPCG(7, uint64(lane)))
				for range kills / 2 {
					dir := copied(t, mapped)
					at := instant(course, time.Duration(rng.Int64N(int64(course[len(course)-1].at))))
					reached, err := killed(dir, &at)
					last := reached[len(reached)-2].stage
					if err != nil {
						t.Fatalf("killed in %q: %v", last, err)
					}
					got, err := mainJob(dir, func(string) {})
					if err != nil {
						t.Fatalf("after a kill in %q: %v", last, err)
					}
					if got != want {
						t.Errorf("after a kill in %q: %+v, undisturbed %+v", last, got, want)
					}
					left := litter(t, dir, undisturbed)
					mu.Lock()
					for _, name := range left {
						// A draft is named after its sealed bytes, which are new each time, and
						// recorded once it is whole. What a kill leaves of one is sealed, and
						// nothing reads it.
						if strings.Contains(filepath.ToSlash(name), "packs/.partial/") {
							parts++ // never whole, and out of sight until it is swept
							continue
						}
						if base := strings.TrimPrefix(filepath.Base(name), "."); strings.HasPrefix(base, "AR-2026-0001.") && strings.Contains(base, ".draft.age") {
							parts++
							continue
						}
						t.Errorf("a kill in %q left %s", last, name)
					}
					stage, _, _ := strings.Cut(last, " ") // "index housing person" is "index"
					hits[stage]++
					mu.Unlock()
					if err := os.RemoveAll(dir); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	})
	t.Logf("kills by the stage last entered: %v; sealed drafts that no case has: %d", hits, parts-kills)
	if !testing.Short() && (hits["index"] == 0 || hits["start"]+hits["index"]+hits["done"] == kills) {
		t.Errorf("the kills missed one of the two jobs: %v", hits)
	}
}

// mappedOffice is a workspace over the smallest demo, mapped and not indexed. The
// request has come and is a case already, for a case's name is drawn anew, and
// the names and order of what is found come from it.
func mappedOffice(t *testing.T) string {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	w, err := demo.Build(ctx, filepath.Join(dir, "landlord"), demo.Options{Homes: 5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	office := filepath.Join(dir, "office")
	if err := Init(ctx, office, "", os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := Open(ctx, office, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range w.Sources() {
		sys := System{Name: s.Name, URL: s.URL}
		if err := d.AddSource(sys); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Discover(ctx, sys, true); err != nil {
			t.Fatal(err)
		}
	}
	d.Now = func() time.Time { return w.Today.Add(36 * time.Hour) }
	if _, err := d.OpenCase(ctx, pughAsks(office).newCase(d.Today())); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return office
}

// copied is a copy of a workspace, closed to others as keys must be.
func copied(t *testing.T, office string) string {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "office-")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(office, func(path string, e fs.DirEntry, err error) error {
		to := filepath.Join(dir, strings.TrimPrefix(path, office))
		switch {
		case err != nil:
			return err
		case e.IsDir():
			return os.MkdirAll(to, 0o700)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// A step is a stage that a child entered, and when, from its start.
type step struct {
	stage string
	at    time.Duration
}

// instant is a moment of an undisturbed course, as the stage it is in and the
// time since that was entered: on a machine that is busier now, the same stage.
func instant(course []step, at time.Duration) step {
	i := len(course) - 1
	for i > 0 && course[i].at > at {
		i--
	}
	return step{course[i].stage, max(at-course[i].at, 0)}
}

// killed has a child do the main job and kills it so long after it entered a
// stage, if it has not ended by then; nil disturbs nothing. It gives the course
// of the child, from "start" to "end".
func killed(dir string, when *step) (course []step, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), crashEnv+"="+dir)
	var said strings.Builder
	child.Stderr = &said
	out, err := child.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := child.Start(); err != nil {
		return nil, err
	}
	start := time.Now()
	enter := func(stage string) {
		course = append(course, step{stage, time.Since(start)})
		if when != nil && stage == when.stage {
			time.AfterFunc(when.at, func() { child.Process.Kill() }) // of a child that has ended, nothing
		}
	}
	enter("start")
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		enter(lines.Text())
	}
	err = child.Wait()
	course = append(course, step{"end", time.Since(start)})
	if err != nil && child.ProcessState.Exited() { // not by a signal
		return course, fmt.Errorf("the child: %w\n%s", err, said.String())
	}
	return course, lines.Err()
}

// litter are the files in a workspace that undisturbed work does not leave.
func litter(t *testing.T, dir, undisturbed string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		name := strings.TrimPrefix(path, dir)
		switch _, there := os.Stat(filepath.Join(undisturbed, name)); {
		case err != nil:
			return err
		case there == nil || strings.HasSuffix(name, "-wal") || strings.HasSuffix(name, "-shm"):
			return nil
		}
		out = append(out, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
