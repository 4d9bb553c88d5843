package desk

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/testsmtp"
)

// TestEditedLetter: what staff change of a letter is what goes out, unless it takes out
// what the letter is there to say; the preview then still has it.
func TestEditedLetter(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	k := opens(t, d, law.KindAccess, func(r *cases.Request) { r.Requester.Language = "" })
	n := NewLetter{Kind: letter.Extend, Words: "There are many records.", Edits: map[string]string{"new-date": "Soon."}}
	p, err := d.ProposeLetter(ctx, k, n)
	var e *Error
	if !errors.As(err, &e) || e.Code != "letter" || !strings.Contains(e.Mend, "Art 12A") || len(p.Letter.Parts) == 0 || p.To == "" {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, _, err := d.SendLetter(ctx, k, n, cases.On{By: "staff-1"}); err == nil {
		t.Error("an extension without its date went out")
	}
	n.Edits = map[string]string{"reasons": "We have found very many letters."}
	if k, _, err = d.SendLetter(ctx, k, n, cases.On{By: "staff-1"}); err != nil || k.Extension == nil {
		t.Fatal(err)
	}
	all, err := d.Letters(ctx, k.ID)
	if err != nil || len(all) != 1 || !strings.Contains(all[0].Letter.Text(), "very many letters") || strings.Contains(all[0].Letter.Text(), "There are many records") {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestRetry: a letter that no server took is sent again to where the person may be
// reached by now, each failure and each retry with its entry, and goes once.
func TestRetry(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	server, sender := mailed(t, d)
	k := opens(t, d, law.KindAccess, func(r *cases.Request) { r.Requester.Email = testsmtp.Nobody })
	if _, err := d.AcknowledgeCase(ctx, k); err != nil {
		t.Fatal(err)
	}
	ref := k.Number + "-1"
	for range 2 {
		if err := d.SendQueued(ctx, sender, ref, false, nil); err != nil {
			t.Fatal(err)
		}
		failed, err := d.LettersIn(ctx, ShowFailed, 0, 10)
		if c, err := d.PostCounts(ctx); err != nil || c.Failed != 1 || c.Print != 1 || c.Waiting != 0 {
			t.Errorf("%+v, %v", c, err)
		}
		if err != nil || len(failed) != 1 || failed[0].Mail != nil || failed[0].Why == "" {
			t.Fatalf("%+v, %v", failed, err)
		}
		if err := d.RetryLetter(ctx, ref, "staff-1"); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := letterActs(t, d, k.ID), []string{"letter.queued", "letter.failed", "letter.retried", "letter.failed", "letter.retried"}; !slices.Equal(got, want) {
		t.Errorf("the ledger has %v", got)
	}
	if len(server.Taken(t)) != 0 {
		t.Error("it went")
	}
	// Where it is safe alone: it goes there, and nowhere else.
	if _, err := d.Cases.Safeguard(ctx, cases.On{Case: k.ID, By: "staff-1"}, cases.Safety{Only: []string{"safe@example.org"}}); err != nil {
		t.Fatal(err)
	}
	if err := d.SendQueued(ctx, sender, ref, false, nil); err != nil { // the address it has is not safe any more
		t.Fatal(err)
	}
	if err := d.RetryLetter(ctx, ref, "staff-1"); err != nil {
		t.Fatal(err)
	}
	if err := d.SendQueued(ctx, sender, ref, false, nil); err != nil {
		t.Fatal(err)
	}
	if got := server.Taken(t); len(got) != 1 || got[0].Header.Get("X-To") != "safe@example.org" {
		t.Errorf("%d messages: %v", len(got), got)
	}
	var e *Error
	if err := d.RetryLetter(ctx, ref, "staff-1"); !errors.As(err, &e) || e.Code != "state" {
		t.Errorf("a letter that went is sent again: %v", err)
	}
}

// TestPostedRecorded: the number by which the post follows a letter is kept with it,
// and is a number.
func TestPostedRecorded(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	k := opens(t, d, law.KindAccess, nil)
	if _, err := d.AcknowledgeCase(ctx, k); err != nil {
		t.Fatal(err)
	}
	ref := k.Number + "-1"
	var e *Error
	if err := d.PostedLetter(ctx, ref, "staff-1", Posting{Day: d.Today(), Recorded: "<b>"}); !errors.As(err, &e) {
		t.Errorf("%v", err)
	}
	if err := d.PostedLetter(ctx, ref, "staff-1", Posting{Day: d.Today(), Recorded: "ab 1234 5678 9gb"}); err != nil {
		t.Fatal(err)
	}
	sent, err := d.LettersIn(ctx, ShowSent, 0, 10)
	if err != nil || len(sent) != 1 || sent[0].Recorded != "AB123456789GB" || sent[0].State != Posted {
		t.Errorf("%+v, %v", sent, err)
	}
	raw, err := os.ReadFile(filepath.Join(d.Dir, storeFile))
	wal, _ := os.ReadFile(filepath.Join(d.Dir, storeFile+"-wal"))
	if err != nil || strings.Contains(string(raw)+string(wal), "AB123456789GB") {
		t.Errorf("the number stands in the clear: %v", err)
	}
	if _, err := d.LettersIn(ctx, "nothing", 0, 10); err == nil {
		t.Error("a part that there is not is listed")
	}
}

// TestPrintTogether: letters are printed together, but none to a place that is not safe.
func TestPrintTogether(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	one := opens(t, d, law.KindAccess, nil)
	two := opens(t, d, law.KindErasure, nil)
	for _, k := range []cases.Case{one, two} {
		if _, err := d.AcknowledgeCase(ctx, k); err != nil {
			t.Fatal(err)
		}
	}
	refs := []string{one.Number + "-1", two.Number + "-1"}
	page, left, err := d.LetterPages(ctx, refs, true)
	if err != nil || len(left) > 0 || strings.Count(string(page), `class="sheet"`) != 4 {
		t.Fatalf("%v, %v", left, err)
	}
	if _, err := d.Cases.Safeguard(ctx, cases.On{Case: two.ID, By: "staff-1"}, cases.Safety{Only: []string{"07700 900111"}}); err != nil {
		t.Fatal(err)
	}
	page, left, err = d.LetterPages(ctx, refs, false)
	if err != nil || !slices.Equal(left, refs[1:]) || strings.Contains(string(page), two.Number) {
		t.Errorf("%v, %v", left, err)
	}
	if _, _, err := d.LetterPages(ctx, refs[1:], false); err == nil {
		t.Error("a letter to a place that is not safe is printed")
	}
}
