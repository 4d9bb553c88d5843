package desk

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/pack"
	"tenet/internal/post"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

// onEngines runs a test in a workspace without systems on each engine of the store.
func onEngines(t *testing.T, test func(t *testing.T, r *releasing)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newReleasing(t, "")) })
	t.Run("postgres", func(t *testing.T) { test(t, newReleasing(t, testpg.Database(t))) })
}

// releasing is a workspace with an approved answer of Ann Larter's, in words.
type releasing struct {
	*Desk
	k     cases.Case
	clock time.Time
	mail  []post.Message
	fails error // what sending gives
}

func newReleasing(t testing.TB, url string) *releasing {
	t.Helper()
	getenv := func(name string) string {
		if name == "TENET_STORE" {
			return url
		}
		return ""
	}
	dir := filepath.Join(t.TempDir(), "office")
	if err := Init(t.Context(), dir, "", getenv); err != nil {
		t.Fatal(err)
	}
	d, err := Open(t.Context(), dir, getenv)
	if err != nil {
		t.Fatal(err)
	}
	r := &releasing{Desk: d, clock: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	t.Cleanup(func() { r.Close() })
	r.Desk.Now = func() time.Time { return r.clock }
	r.Config.Post, r.Config.Public = "dir:outbox", "https://privacy.example.org/"
	r.k = r.answered(t, nil)
	return r
}

// answered is a case with an approved answer.
func (r *releasing) answered(t testing.TB, change func(*cases.Request)) cases.Case {
	t.Helper()
	ctx := t.Context()
	k := opens(t, r.Desk, law.KindRectification, change)
	reply := Reply{Outcome: law.Granted, Parts: []Part{{"done", "Your number is 07700 900155 now."}, {"recipients-told", "We told the repairs contractor."}}}
	k, err := r.Reply(ctx, k, reply, cases.On{Case: k.ID, By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	on := cases.On{Case: k.ID, By: "staff-1"}
	tasks, err := r.Cases.Tasks(ctx, k.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		if task.Outcome == "" {
			if _, err := r.Cases.Finish(ctx, on, task.N, cases.Empty, "Looked."); err != nil {
				t.Fatal(err)
			}
		}
	}
	if k, err = r.Cases.Identify(ctx, on, cases.Proof{How: "passport seen", Arrived: r.Today(), Factors: []cases.Factor{{Kind: cases.Document, Passed: r.Today()}}}); err != nil {
		t.Fatal(err)
	}
	if k, err = r.Approve(ctx, k, "staff-1", ""); err != nil {
		t.Fatal(err)
	}
	return k
}

const annsMail, annsPhone = "ann.larter@example.org", "07700 900155"

// good is a link to details that have long been Ann's alone.
func good(to string) NewLink {
	return NewLink{To: to, Since: law.Date{Year: 2025, Month: 1, Day: 1}, Alone: true, Tell: true}
}

// makes makes a link and gives it with its token.
func (r *releasing) makes(t testing.TB, n NewLink) (MadeLink, LinkAt) {
	t.Helper()
	var err error
	if r.k, err = r.Cases.Get(t.Context(), r.k.ID); err != nil {
		t.Fatal(err)
	}
	made, err := r.MakeLink(t.Context(), r.k, n, "staff-1")
	if err != nil {
		t.Fatal(err)
	}
	token, ok := strings.CutPrefix(made.URL, "https://privacy.example.org/collect/")
	if n.Tell && (!ok || len(token) != 43) {
		t.Fatalf("the link is %q", made.URL)
	}
	return made, LinkAt{Token: TokenDigest(token)}
}

// Send makes a releasing a sender that keeps what it is given.
func (r *releasing) Send(_ context.Context, m post.Message) error {
	if r.fails == nil {
		r.mail = append(r.mail, m)
	}
	return r.fails
}

func (r *releasing) Check(context.Context) error { return r.fails }

func nothingMore(context.Context, *store.Tx) error { return nil }

// asks asks for a code, has it sent, and gives it; empty if none was.
func (r *releasing) asks(t testing.TB, at LinkAt) string {
	t.Helper()
	ctx := t.Context()
	var ids []string
	err := r.AskCode(ctx, at, func(_ context.Context, _ *store.Tx, id string) error { ids = []string{id}; return nil })
	if err != nil {
		t.Fatal(err)
	}
	before := len(r.mail)
	for _, id := range ids {
		if err := r.SendCode(ctx, r, id, nothingMore); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.mail) == before {
		return ""
	}
	code := regexp.MustCompile(`\b\d{6}\b`).FindString(r.mail[len(r.mail)-1].Text)
	if code == "" {
		t.Fatalf("the mail has no code: %q", r.mail[len(r.mail)-1].Text)
	}
	return code
}

// holds goes as far as the download.
func (r *releasing) holds(t testing.TB, made MadeLink, at LinkAt) string {
	t.Helper()
	r.clock = r.clock.Add(2 * time.Minute)
	holder, err := r.Prove(t.Context(), at, r.asks(t, at))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Unlock(t.Context(), at, holder, strings.ToLower(made.Words)); err != nil {
		t.Fatal(err)
	}
	return holder
}

// acts is the acts on links and releases that the ledger has of the case, oldest first.
func (r *releasing) acts(t testing.TB) []string {
	t.Helper()
	events, err := r.Cases.History(t.Context(), r.k.ID, 0, 200)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range events {
		if strings.HasPrefix(e.Act, "link.") || e.Act == "case.released" {
			all = append(all, e.Act)
		}
	}
	slices.Reverse(all)
	return all
}

func (r *releasing) notOpened(t testing.TB, what string, err error) {
	t.Helper()
	if !errors.Is(err, ErrNotOpened) {
		t.Errorf("%s gives %v", what, err)
	}
}

// TestLinkOpensOnce goes the whole way of an answer, and the same way again.
func TestLinkOpensOnce(t *testing.T) {
	onEngines(t, func(t *testing.T, r *releasing) {
		ctx := t.Context()
		made, at := r.makes(t, good(annsMail))
		if waits, err := r.Waiting(ctx, r.k); err != nil || !waits {
			t.Errorf("nothing waits: %v", err)
		}
		code := r.asks(t, at)
		if m := r.mail[0]; m.To != annsMail || strings.Contains(m.Text, r.k.Number) || strings.Contains(m.Text, "900155") || strings.Contains(m.Text, made.Words) {
			t.Errorf("the mail with the code is %+v", m)
		}
		if _, err := r.Fetch(ctx, at, ""); !errors.Is(err, ErrNotOpened) {
			t.Errorf("without a code there comes %v", err)
		}
		holder, err := r.Prove(ctx, at, code[:3]+" "+code[3:])
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Prove(ctx, at, code)
		r.notOpened(t, "the code again", err)
		_, err = r.Fetch(ctx, at, holder)
		r.notOpened(t, "a download without the words", err)
		r.notOpened(t, "wrong words", r.Unlock(ctx, at, holder, "7KQM 3XTP 9HRA"))
		r.notOpened(t, "another's words", r.Unlock(ctx, at, "somebody else", made.Words))
		if err := r.Unlock(ctx, at, holder, strings.ToLower(strings.ReplaceAll(made.Words, " ", "-"))); err != nil {
			t.Fatal(err)
		}
		_, err = r.Fetch(ctx, at, "somebody else")
		r.notOpened(t, "a download by another", err)

		f, err := r.Fetch(ctx, at, holder)
		if err != nil {
			t.Fatal(err)
		}
		if k, err := r.Cases.Get(ctx, r.k.ID); err != nil || k.State != cases.Released || k.Ending.Way != cases.Collected {
			t.Errorf("before the first byte the case is %s, %v", k.State, err)
		}
		var zip bytes.Buffer
		files, err := r.openDraft(ctx, r.k)
		if err == nil {
			err = pack.Zip(&zip, files)
		}
		if err != nil || !bytes.Equal(zip.Bytes(), f.Bytes) || f.Name != r.k.Number+".zip" {
			t.Errorf("%s is not the answer, %v", f.Name, err)
		}
		if err := f.Going(ctx); err != nil {
			t.Error(err)
		}
		for range 2 { // ending twice is ending once
			if err := f.End(ctx, int64(len(f.Bytes))); err != nil {
				t.Fatal(err)
			}
		}
		_, err = r.Fetch(ctx, at, holder)
		r.notOpened(t, "a second download", err)
		if code := r.asks(t, at); code != "" {
			t.Error("a used link sends a code")
		}
		links, downloads, err := r.Links(ctx, r.k)
		if err != nil || len(links) != 1 || links[0].State != LinkUsed || links[0].EndedBy != r.k.Number || links[0].To != "" || len(downloads) != 1 {
			t.Fatalf("%+v %+v %v", links, downloads, err)
		}
		if w := downloads[0]; !w.Complete || w.Bytes != int64(len(f.Bytes)) || w.Factor != cases.EmailCode || w.Ended.IsZero() {
			t.Errorf("the log has %+v", w)
		}
		want := []string{"link.made", "link.code-sent", "link.download-began", "case.released", "link.download-completed", "link.ended"}
		got := r.acts(t)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the ledger has (-want +got):\n%s", diff)
		}
		if report, err := r.VerifyLedger(ctx, ledger.Trust{}); err != nil || !report.OK() {
			t.Errorf("the ledger does not verify: %+v %v", report.Faults, err)
		}
	})
}

// TestOneOfFifty: of fifty who fetch at one instant one has the answer, and it is released
// once.
func TestOneOfFifty(t *testing.T) {
	onEngines(t, func(t *testing.T, r *releasing) {
		ctx := t.Context()
		made, at := r.makes(t, good(annsMail))
		holder := r.holds(t, made, at)
		var mu sync.Mutex
		var won []*Fetching
		var wg sync.WaitGroup
		start := make(chan struct{})
		for range 50 {
			wg.Go(func() {
				<-start
				f, err := r.Fetch(ctx, at, holder)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won = append(won, f)
				} else if !errors.Is(err, ErrNotOpened) {
					t.Errorf("a download gives %v", err)
				}
			})
		}
		close(start)
		wg.Wait()
		if len(won) != 1 {
			t.Fatalf("%d downloads began", len(won))
		}
		for range 8 { // ends at one instant, too
			wg.Go(func() {
				if err := won[0].End(ctx, int64(len(won[0].Bytes))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		acts := r.acts(t)
		for _, once := range []string{"case.released", "link.download-began", "link.download-completed", "link.ended"} {
			if n := len(slices.DeleteFunc(slices.Clone(acts), func(a string) bool { return a != once })); n != 1 {
				t.Errorf("%s stands %d times in the ledger", once, n)
			}
		}
	})
}

// TestBrokenOff: a download that broke off is begun again by whoever holds the link, for
// half an hour, and the answer is released once.
func TestBrokenOff(t *testing.T) {
	onEngines(t, func(t *testing.T, r *releasing) {
		ctx := t.Context()
		made, at := r.makes(t, good(annsMail))
		holder := r.holds(t, made, at)
		f, err := r.Fetch(ctx, at, holder)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.End(ctx, 10); err != nil {
			t.Fatal(err)
		}
		// The program is killed in the middle of the next: nobody says how far it came.
		if _, err = r.Fetch(ctx, at, holder); err != nil {
			t.Fatal(err)
		}
		_, err = r.Fetch(ctx, at, holder)
		r.notOpened(t, "a download while another is under way", err)
		r.clock = r.clock.Add(downloading + time.Second)
		// Another sitting, with another code.
		again := r.holds(t, made, at)
		_, err = r.Fetch(ctx, at, holder)
		r.notOpened(t, "a download by whoever held it before", err)
		if f, err = r.Fetch(ctx, at, again); err != nil {
			t.Fatal(err)
		}
		if err := f.End(ctx, 20); err != nil {
			t.Fatal(err)
		}
		_, downloads, err := r.Links(ctx, r.k)
		if err != nil || len(downloads) != 3 || downloads[0].Bytes != 10 || !downloads[1].Ended.IsZero() || downloads[2].Bytes != 20 || downloads[2].Complete {
			t.Errorf("the log has %+v, %v", downloads, err)
		}
		r.clock = r.clock.Add(resumeFor)
		_, err = r.Fetch(ctx, at, again)
		r.notOpened(t, "a download after half an hour", err)
		if n, _, err := r.EndLinks(ctx); err != nil || n != 1 {
			t.Errorf("%d links ended, %v", n, err)
		}
		if links, _, err := r.Links(ctx, r.k); err != nil || links[0].State != LinkBroken {
			t.Errorf("%+v %v", links, err)
		}
		if n := strings.Count(strings.Join(r.acts(t), " "), "case.released"); n != 1 {
			t.Errorf("the answer was released %d times", n)
		}
	})
}
