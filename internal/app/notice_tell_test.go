package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/job"
	"tenet/internal/notice"
	"tenet/internal/post"
	"tenet/internal/store"
)

// takesAll is a mail server that takes everything.
type takesAll struct{ got map[string]int }

func (s takesAll) Send(_ context.Context, m post.Message) error {
	s.got[m.Reference+" "+m.To]++
	return nil
}
func (s takesAll) Check(context.Context) error { return nil }

// TestTelling: from the page to the proof. Staff see whom it would reach and what it might
// say; the job writes the letters once, also where it is asked twice; the outbox sends them;
// and when the last has gone, it is recorded that the people were told.
func TestTelling(t *testing.T) {
	ctx := t.Context()
	w := open(t)
	o, _, _ := w.office(t)
	w.Config.Post, w.Config.Public = "smtp://mail.example.org", "https://privacy.example.org"
	sent := takesAll{map[string]int{}}
	o.outbox.sender = sent
	dir := filepath.Join(t.TempDir(), "next")
	if err := w.NewNotice(ctx, dir, "2027-03-01"); err != nil {
		t.Fatal(err)
	}
	replace(t, dir, "keeping.yaml", "    period: P30D\n", "    period: P90D\n")
	replace(t, dir, "notice.md", "- We keep film from cameras for 30 days.", "- We keep film from cameras for 90 days.")
	if err := os.RemoveAll(filepath.Join(w.Dir, "notice")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(w.Dir, "notice"), os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	s := noticeDesk{staffDesk{o}}
	by := console.Staff{ID: "ada", Name: "Ada", Role: "admin"}
	board, err := s.NoticeBoard(ctx)
	if err != nil || board.Draft == nil || len(board.Groups) != 0 || board.Coverage[0].N == 0 || !board.Ease.Plain {
		t.Fatalf("the board is %+v, %v", board, err)
	}
	c, err := s.NoticeChanges(ctx, board.Now, console.DraftVersion)
	if err != nil || !c.Ours || !c.Proposed || len(c.Rules) != 1 || !strings.Contains(c.Rules[0].Means, "30 days before and 90 days now") || len(c.Rules[0].Replay) != 1 {
		t.Fatalf("the comparison is %+v, %v", c, err)
	}
	version, err := s.AdoptNotice(ctx, by, console.NoticeDecision{Significant: true, Why: "Film is kept for longer."})
	if err != nil {
		t.Fatal(err)
	}
	if count, err := s.CountedTelling(ctx, version); err != nil || !count.Taken.IsZero() || count.Counting || !strings.Contains(count.Words.What, "90 days now") || count.Words.Why == "" {
		t.Fatalf("before anybody counts it says %+v, %v", count, err)
	}
	if err := s.CountTelling(ctx, by, version); err != nil {
		t.Fatal(err)
	}
	if count, err := s.CountedTelling(ctx, version); err != nil || !count.Counting || !count.Since.IsZero() {
		t.Errorf("asked to count it says %+v, %v", count, err)
	}
	works := func(is func() bool) { // the queue, until something is so; it sends nothing beside us after that
		t.Helper()
		work, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- o.queue.Run(work, 2) }()
		until(t, is)
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the queue ended with %v", err)
		}
	}
	works(func() bool {
		_, err := o.queue.Get(ctx, jobCount, version)
		return errors.Is(err, store.ErrNotFound)
	})
	count, err := s.CountedTelling(ctx, version)
	if err != nil || count.Counting || count.Taken.IsZero() || count.Old != "just now" || len(count.Counts) == 0 || count.Counts[0].Email == 0 || count.Counts[0].Home == 0 {
		t.Fatalf("the count is %+v, %v", count, err)
	}
	for range 2 { // asked twice, it is done once
		if err := s.BeginTelling(ctx, by, version, console.NoticeWords{What: count.Words.What, Why: count.Words.Why}); err != nil {
			t.Fatal(err)
		}
	}
	if busy, _, err := o.tellingNow(ctx, version); err != nil || !busy {
		t.Errorf("nobody is being told: %v", err)
	}
	works(func() bool {
		told, err := w.ToldOf(ctx, version)
		have, gone := o.queue.Get(ctx, jobTelling, version)
		return err == nil && gone == nil && have.State == job.Waiting && len(told) > 0 && told[0].Letters() == count.Counts[0].Email+count.Counts[0].Post
	})
	for {
		queued, err := w.Outbox(ctx, desk.Queued, 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(queued) == 0 {
			break
		}
		for _, l := range queued {
			if err := w.SendQueued(ctx, sent, l.Reference, false, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	proof, err := w.ProveTelling(ctx, version)
	if err != nil || len(proof.Faults) > 0 || proof.Proved != proof.Letters || proof.Letters == 0 {
		t.Errorf("the ledger proves %+v, %v", proof, err)
	}
	for key, n := range sent.got {
		if n != 1 {
			t.Errorf("%s was sent %d times", key, n)
		}
	}
	if _, err := w.TellPosted(ctx, version, "ada", w.Today()); err != nil {
		t.Fatal(err)
	}
	if err := w.Store.Write(ctx, func(tx *store.Tx) error { return o.queue.Retry(ctx, tx, jobTelling, version) }); err != nil {
		t.Fatal(err)
	}
	works(func() bool {
		_, err := o.queue.Get(ctx, jobTelling, version)
		return errors.Is(err, store.ErrNotFound)
	})
	p, err := s.NoticePublication(ctx, version)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, x := range p.People {
		if x.Done != nil && strings.Contains(x.Done.Proof, "by e-mail") {
			told++
		}
	}
	if told == 0 || p.Busy || p.Before == "" {
		t.Errorf("of %d kinds of people %d are told; %+v", len(p.People), told, p.Told)
	}
	if _, err := s.NoticePublication(ctx, "nothing"); err == nil {
		t.Error("a version that there is not has a page")
	}
	if _, err := notice.Load(os.DirFS(filepath.Join(w.Dir, "notice"))); err != nil {
		t.Error(err)
	}
}

// until waits for something that another goroutine does.
func until(t *testing.T, is func() bool) {
	t.Helper()
	end := time.After(time.Minute)
	for !is() {
		select {
		case <-end:
			t.Fatal("it does not come to pass")
		case <-time.After(5 * time.Millisecond):
		}
	}
}
