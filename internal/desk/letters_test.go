package desk

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/post"
	"tenet/internal/store"
	"tenet/internal/testsmtp"
)

// postroom is a workspace without systems: what letters need.
func postroom(t testing.TB) *Desk {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "office")
	if err := Init(t.Context(), dir, "", os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := Open(t.Context(), dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Now = func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }
	return d
}

// opens opens a case of a kind, of somebody who left all there is to reach them by.
func opens(t testing.TB, d *Desk, kind law.Kind, change func(*cases.Request)) cases.Case {
	t.Helper()
	r, err := d.Request(string(kind))
	if err != nil {
		t.Fatal(err)
	}
	r.Once, r.At, r.Channel, r.By = t.Name()+string(kind), d.Now().Add(-time.Hour), "form", "staff-1"
	r.Requester = cases.Requester{Name: "Ann Larter", Email: "ann.larter@example.org", Address: "3 Example Road\nLarkfield\nLK1 1AA", Language: "cy"}
	r.Person = cases.Person{Name: "Ann Larter", Email: "ann.larter@example.org", Asked: "The letters about my kitchen."}
	r.Secret = [32]byte{1}
	if change != nil {
		change(&r)
	}
	k, err := d.Cases.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// mailed has a workspace send its e-mail to a real server, and gives that.
func mailed(t testing.TB, d *Desk) (testsmtp.Server, post.Sender) {
	t.Helper()
	s := testsmtp.Start(t, testsmtp.Clear)
	d.Config.Post, d.Config.Public = s.URL(), "https://privacy.example.org/"
	sender, err := post.Open(d.Config.Post, post.From{Name: "Larkfield Homes", Address: "data@larkfield.example"}, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	return s, sender
}

// letterActs is the acts on letters that the ledger has of a case, oldest first.
func letterActs(t testing.TB, d *Desk, id string) []string {
	t.Helper()
	events, err := d.Cases.History(t.Context(), id, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range events {
		if strings.HasPrefix(e.Act, "letter.") {
			all = append([]string{e.Act}, all...)
		}
	}
	return all
}

// TestLetterGoes follows a letter from the case to a real mail server: once, in the
// language of whoever asked, and with the ledger's word for it.
func TestLetterGoes(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	server, sender := mailed(t, d)
	k := opens(t, d, law.KindAccess, nil)
	for i, want := range []bool{true, false} {
		wrote, err := d.AcknowledgeCase(ctx, k)
		if err != nil || wrote != want {
			t.Fatalf("try %d: %v, %v", i, wrote, err)
		}
	}
	queue, err := d.Outbox(ctx, Queued, 10)
	if err != nil || len(queue) != 1 || queue[0].Reference != k.Number+"-1" {
		t.Fatalf("%+v, %v", queue, err)
	}
	for range 2 {
		if err := d.SendQueued(ctx, sender, k.Number+"-1", false, nil); err != nil {
			t.Fatal(err)
		}
	}
	got := server.Taken(t)
	if len(got) != 1 || got[0].Header.Get("X-To") != "ann.larter@example.org" || got[0].Header.Get("Message-ID") != "<"+k.Number+"-1@larkfield.example>" {
		t.Fatalf("%d messages: %v", len(got), got)
	}
	all, err := d.Letters(ctx, k.ID)
	if err != nil || len(all) != 1 || all[0].State != Mailed || all[0].Lang != letter.Welsh || !strings.Contains(all[0].Letter.Text(), "Daeth eich cais") {
		t.Errorf("%+v, %v", all, err)
	}
	if got := letterActs(t, d, k.ID); !slices.Equal(got, []string{"letter.queued", "letter.sent"}) {
		t.Errorf("the ledger has %v", got)
	}
}

// TestEmailNeverCarriesTheData: of a letter with words about the person the e-mail
// says that it waits, and the portal has it before the e-mail goes.
func TestEmailNeverCarriesTheData(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	server, sender := mailed(t, d)
	k := opens(t, d, law.KindAccess, func(r *cases.Request) { r.Requester.Language = "" })
	const secret = "Do you mean the damp of March, or the boiler?"
	k, out, err := d.SendLetter(ctx, k, NewLetter{Kind: letter.Clarify, Words: secret}, cases.On{By: "staff-1"})
	if err != nil || out.Way != ByEmail || len(k.Inputs.Clarifications) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	if err := d.SendQueued(ctx, sender, out.Reference, false, nil); err != nil {
		t.Fatal(err)
	}
	got := server.Taken(t)
	if len(got) != 1 {
		t.Fatalf("%d messages", len(got))
	}
	raw, err := io.ReadAll(got[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	if all := string(raw) + got[0].Header.Get("Subject"); strings.Contains(all, "damp") || strings.Contains(all, "question") || !strings.Contains(all, "https://privacy.example.org/follow") {
		t.Errorf("the e-mail says:\n%s", all)
	}
	said, err := d.Messages(ctx, k)
	if err != nil || !slices.ContainsFunc(said, func(m Message) bool { return !m.Person && strings.Contains(m.Text, secret) }) {
		t.Errorf("the portal shows %+v, %v", said, err)
	}

	// Without a code for the portal the letter goes by post.
	k = opens(t, d, law.KindErasure, func(r *cases.Request) { r.Secret = [32]byte{} })
	p, err := d.ProposeLetter(ctx, k, NewLetter{Kind: letter.Clarify, Words: secret})
	if err != nil || p.Way != ByPost || p.Mail != nil || p.To != "3 Example Road\nLarkfield\nLK1 1AA" {
		t.Errorf("%+v, %v", p, err)
	}
}

// crashing is a sender that does its work, and then the process is gone.
type crashing struct {
	post.Sender
	stop context.CancelFunc
}

func (c crashing) Send(ctx context.Context, m post.Message) error {
	err := c.Sender.Send(ctx, m)
	c.stop()
	return err
}

var errKilled = errors.New("killed")

// TestCrashes: what is undone leaves no letter, what is done leaves one, and what was
// handed over before its record was lost is handed over again as the same message.
func TestCrashes(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	server, sender := mailed(t, d)
	k := opens(t, d, law.KindAccess, nil)

	// Killed in the transaction of the step: neither step nor letter.
	n := NewLetter{Kind: letter.Extend, Words: "There are many records."}
	killed := func(context.Context, *store.Tx) error { return errKilled }
	if _, _, err := d.SendLetter(ctx, k, n, cases.On{By: "staff-1", Also: killed}); !errors.Is(err, errKilled) {
		t.Fatalf("%v", err)
	}
	if all, err := d.Letters(ctx, k.ID); err != nil || len(all) > 0 {
		t.Errorf("a letter of what was not done: %+v, %v", all, err)
	}
	if now, _ := d.Cases.Get(ctx, k.ID); now.Version != k.Version || now.Extension != nil {
		t.Error("the case was extended")
	}
	k, out, err := d.SendLetter(ctx, k, n, cases.On{By: "staff-1"})
	if err != nil || k.Extension == nil || out.Latest.IsZero() {
		t.Fatalf("%+v, %v", out, err)
	}

	// Killed between queueing and sending: it is there.
	if queue, err := d.Outbox(ctx, Queued, 10); err != nil || len(queue) != 1 {
		t.Fatalf("%+v, %v", queue, err)
	}
	// Killed after sending, before it is recorded.
	if err := d.SendQueued(ctx, sender, out.Reference, false, killed); !errors.Is(err, errKilled) {
		t.Fatalf("%v", err)
	}
	once, stop := context.WithCancel(ctx)
	if err := d.SendQueued(once, crashing{sender, stop}, out.Reference, false, nil); err == nil {
		t.Fatal("it was recorded though the process was gone")
	}
	if err := d.SendQueued(ctx, sender, out.Reference, false, nil); err != nil {
		t.Fatal(err)
	}
	taken := server.Taken(t)
	for _, m := range taken {
		if m.Header.Get("Message-ID") != taken[0].Header.Get("Message-ID") {
			t.Error("the repeat cannot be seen to be one")
		}
	}
	if got := letterActs(t, d, k.ID); len(taken) != 3 || !slices.Equal(got, []string{"letter.queued", "letter.sent"}) {
		t.Errorf("%d messages, and the ledger has %v", len(taken), got)
	}
	said, err := d.Messages(ctx, k)
	if err != nil || len(said) != 1 {
		t.Errorf("the portal shows it %d times, %v", len(said), err)
	}
}

// TestOneOfTwo: of two who write the same letter, or deal with one, one does.
func TestOneOfTwo(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	k := opens(t, d, law.KindAccess, nil)
	both := func(do func() error) (done int, errs []error) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				err := do()
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					done++
				} else {
					errs = append(errs, err)
				}
			})
		}
		wg.Wait()
		return done, errs
	}
	if done, errs := both(func() error { _, err := d.AcknowledgeCase(ctx, k); return err }); done != 2 {
		t.Fatal(errs)
	}
	all, err := d.Letters(ctx, k.ID)
	if err != nil || len(all) != 1 || all[0].State != ToPrint {
		t.Fatalf("%+v, %v", all, err)
	}
	drop := func() error { return d.DropLetter(ctx, all[0].Reference, "staff-1", "The person rang.") }
	sent := func() error { return d.PostedLetter(ctx, all[0].Reference, "staff-2", Posting{Day: d.Today()}) }
	i := 0
	var mu sync.Mutex
	_, errs := both(func() error {
		mu.Lock()
		do := []func() error{drop, sent}[i]
		i++
		mu.Unlock()
		return do()
	})
	var e *Error
	if len(errs) != 1 || !errors.As(errs[0], &e) || e.Code != "state" {
		t.Errorf("%v", errs)
	}
	if got := letterActs(t, d, k.ID); len(got) != 2 {
		t.Errorf("the ledger has %v", got)
	}
}

// TestRefusedMail: what the server refuses for now is tried again, what it refuses for
// ever waits to be printed and staff are told, and so does what has been tried enough.
func TestRefusedMail(t *testing.T) {
	ctx := t.Context()
	for name, c := range map[string]struct {
		to    string
		last  bool
		state Sending
	}{"for now": {testsmtp.Busy, false, Queued}, "too often": {testsmtp.Busy, true, ToPrint}, "for ever": {testsmtp.Nobody, false, ToPrint}} {
		t.Run(name, func(t *testing.T) {
			d := postroom(t)
			_, sender := mailed(t, d)
			k := opens(t, d, law.KindAccess, func(r *cases.Request) { r.Requester.Email = c.to })
			if _, err := d.AcknowledgeCase(ctx, k); err != nil {
				t.Fatal(err)
			}
			err := d.SendQueued(ctx, sender, k.Number+"-1", c.last, nil)
			if (err != nil) != (c.state == Queued) {
				t.Fatalf("%v", err)
			}
			all, err := d.Letters(ctx, k.ID)
			if err != nil || all[0].State != c.state || all[0].Tries != 1 || all[0].Why == "" || strings.Contains(all[0].Why, "@") {
				t.Fatalf("%+v, %v", all, err)
			}
			tasks, err := d.Cases.Tasks(ctx, k.ID)
			told := slices.ContainsFunc(tasks, func(x cases.Task) bool { return x.Owner == postmaster && strings.Contains(x.What, k.Number+"-1") })
			if err != nil || told != (c.state == ToPrint) {
				t.Errorf("staff were told: %v, %v", told, err)
			}
			if c.state == ToPrint {
				page, err := d.LetterPage(ctx, all[0].Reference, true)
				if err != nil || !strings.Contains(string(page), "<p>3 Example Road</p>") {
					t.Errorf("it cannot be printed: %v", err)
				}
			}
		})
	}
}

// TestSafeContact: nothing goes where the person may not be reached, however it was
// queued, and where no place is known staff are told.
func TestSafeContact(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	server, sender := mailed(t, d)
	safe := &cases.Safety{Only: []string{"refuge@example.org"}, Never: []string{"ann.larter@example.org"}}
	k := opens(t, d, law.KindAccess, func(r *cases.Request) { r.Safety = safe })
	p, err := d.ProposeLetter(ctx, k, NewLetter{Kind: letter.Acknowledge})
	if err != nil || p.To != "refuge@example.org" {
		t.Errorf("it would go to %q, %v", p.To, err)
	}
	if _, err := d.ProposeLetter(ctx, k, NewLetter{Kind: letter.Acknowledge, ByPost: true}); err == nil {
		t.Error("it would go by post")
	}
	if _, err := d.ProposeLetter(ctx, k, NewLetter{Kind: letter.Consent, Words: "A note.", Until: d.Today(), To: &cases.Requester{Name: "Bob", Address: "3 Example Road"}}); !errors.Is(err, cases.ErrNeeds) {
		t.Errorf("somebody else would be asked: %v", err)
	}

	// Learnt between queueing and sending.
	k = opens(t, d, law.KindErasure, nil)
	if _, err := d.AcknowledgeCase(ctx, k); err != nil {
		t.Fatal(err)
	}
	if k, err = d.Cases.Safeguard(ctx, cases.On{Case: k.ID, By: "staff-1"}, cases.Safety{Only: []string{"07700 900123"}}); err != nil {
		t.Fatal(err)
	}
	if err := d.SendQueued(ctx, sender, k.Number+"-1", false, nil); err != nil || len(server.Taken(t)) > 0 {
		t.Errorf("%d went, %v", len(server.Taken(t)), err)
	}
	if _, err := d.LetterPage(ctx, k.Number+"-1", false); !errors.Is(err, cases.ErrNeeds) {
		t.Errorf("it can be printed: %v", err)
	}
	if err := d.PostedLetter(ctx, k.Number+"-1", "staff-1", Posting{Day: d.Today()}); !errors.Is(err, cases.ErrNeeds) {
		t.Errorf("it was posted: %v", err)
	}

	k = opens(t, d, law.KindRectification, func(r *cases.Request) { r.Safety = &cases.Safety{Only: []string{"07700 900123"}} })
	for range 2 {
		if wrote, err := d.AcknowledgeCase(ctx, k); wrote || err != nil {
			t.Fatalf("%v, %v", wrote, err)
		}
	}
	tasks, err := d.Cases.Tasks(ctx, k.ID)
	n := 0
	for _, x := range tasks {
		if x.Owner == postmaster {
			n++
		}
	}
	if err != nil || n != 1 {
		t.Errorf("%d tasks, %v", n, err)
	}
}

// TestByPost: without a mail server a letter waits to be printed; a complaint counts
// as acknowledged from the day its letter was posted.
func TestByPost(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	k := opens(t, d, law.KindDataComplaint, nil)
	if _, err := d.AcknowledgeCase(ctx, k); err != nil {
		t.Fatal(err)
	}
	list, err := d.Outbox(ctx, ToPrint, 10)
	if err != nil || len(list) != 1 || list[0].Kind != letter.DataComplaint || list[0].Latest.IsZero() {
		t.Fatalf("%+v, %v", list, err)
	}
	if k, _ = d.Cases.Get(ctx, k.ID); !k.Inputs.Met.IsZero() {
		t.Error("it is acknowledged before its letter went")
	}
	later := d.Now().Add(48 * time.Hour)
	d.Now = func() time.Time { return later }
	day := d.Today().AddDays(-1)
	if err := d.PostedLetter(ctx, list[0].Reference, "staff-1", Posting{Day: d.Today().AddDays(1)}); err == nil {
		t.Error("it was posted tomorrow")
	}
	for range 2 {
		if err := d.PostedLetter(ctx, list[0].Reference, "staff-1", Posting{Day: day}); err != nil {
			t.Fatal(err)
		}
	}
	if k, err = d.Cases.Get(ctx, k.ID); err != nil || k.Inputs.Met != day {
		t.Errorf("acknowledged on %s, %v", k.Inputs.Met, err)
	}
	if got := letterActs(t, d, k.ID); !slices.Equal(got, []string{"letter.queued", "letter.posted"}) {
		t.Errorf("the ledger has %v", got)
	}
	var e *Error
	for _, reference := range []string{"", "x", k.Number, k.Number + "-9", k.Number + "-x"} {
		if _, err := d.LetterBy(ctx, reference); !errors.As(err, &e) || e.Code != "not-found" {
			t.Errorf("%q: %v", reference, err)
		}
	}
}

// TestEachStep: a letter does the step that it tells of, and is refused where the law
// wants more of it.
func TestEachStep(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	by := cases.On{By: "staff-1"}
	k := opens(t, d, law.KindAccess, nil)
	if k, _, err := d.SendLetter(ctx, k, NewLetter{Kind: letter.Identity, Words: "The address is not the one we have."}, by); err != nil || k.Inputs.Identity.From.IsZero() {
		t.Errorf("identity: %v", err)
	}
	k = opens(t, d, law.KindErasure, nil)
	var e *Error
	if _, _, err := d.SendLetter(ctx, k, NewLetter{Kind: letter.Refuse, Grounds: []string{law.GroundUnavailable}}, by); !errors.As(err, &e) || e.Code != "letter" || !strings.Contains(e.Mend, "Art 12(4)") {
		t.Errorf("no reasons: %v", err)
	}
	refuse := NewLetter{Kind: letter.Refuse, Words: "We need it for the tenancy.", Grounds: []string{law.GroundUnavailable}}
	if _, _, err := d.SendLetter(ctx, k, NewLetter{Kind: letter.Refuse, Words: refuse.Words}, by); !errors.Is(err, cases.ErrNeeds) {
		t.Errorf("no ground: %v", err)
	}
	if k, out, err := d.SendLetter(ctx, k, refuse, by); err != nil || k.State != cases.Refused || !slices.Equal(k.Ending.Routes, law.Routes(k.Kind)) || out.State != ToPrint {
		t.Errorf("refuse: %+v, %v", out, err)
	}
	k = opens(t, d, law.KindRestriction, nil)
	if got := d.Letterings(k); !slices.Contains(got, letter.Extend) || slices.Contains(got, letter.ComplaintReply) || slices.Contains(got, letter.Ready) {
		t.Errorf("these are offered: %v", got)
	}
	also, err := d.WithLetter(ctx, k, NewLetter{Kind: letter.Answer, Says: map[string]string{"done": "We limited it.", "recipients-told": "We told nobody, as nobody had it."}}, "staff-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Cases.Note(ctx, cases.On{Case: k.ID, By: "staff-1", Also: also}, "answered"); err != nil {
		t.Fatal(err)
	}
	if all, err := d.Letters(ctx, k.ID); err != nil || len(all) != 1 || all[0].Kind != letter.Answer {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestLettersAreForgotten with their case; and none is written in words that a
// landlord's file got wrong.
func TestLettersAreForgotten(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	k := opens(t, d, law.KindAccess, nil)
	if _, err := d.AcknowledgeCase(ctx, k); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(d.Dir, storeFile))
	wal, _ := os.ReadFile(filepath.Join(d.Dir, storeFile+"-wal"))
	if err != nil || strings.Contains(string(raw)+string(wal), "Larter") || strings.Contains(string(raw)+string(wal), "Example Road") {
		t.Errorf("the store holds it in the clear: %v", err)
	}
	on := cases.On{Case: k.ID, By: "staff-1"}
	_, err1 := d.Cases.Withdraw(ctx, on, "not wanted")
	_, err2 := d.Cases.Close(ctx, on)
	_, err3 := d.Cases.Forget(ctx, on)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	all, err := d.Letters(ctx, k.ID)
	if err != nil || len(all) != 1 || all[0].To != "" || len(all[0].Letter.Parts) > 0 {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := d.LetterPage(ctx, all[0].Reference, false); !errors.Is(err, cases.ErrForgotten) {
		t.Errorf("it can be printed: %v", err)
	}

	if err := os.MkdirAll(filepath.Join(d.Dir, lettersFolder, "en"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Dir, lettersFolder, "en", "extend.txt"), []byte("subject: Later\n\n[reasons]\n{{.Words}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var e *Error
	if err := d.CheckLetters(); !errors.As(err, &e) || !strings.Contains(err.Error(), "letters/en/extend.txt: the letter leaves out [new-date]") {
		t.Errorf("%v", err)
	}
}
