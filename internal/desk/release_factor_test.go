package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/post"
	"tenet/internal/store"
)

// TestWhoALinkIsFor: only details that are proof enough, and safe, are ever sent a code.
func TestWhoALinkIsFor(t *testing.T) {
	r := newReleasing(t, "")
	ctx := t.Context()
	day := r.Today()
	for what, n := range map[string]NewLink{
		"nothing":                                 {Since: day.AddDays(-400), Alone: true},
		"what is no address":                      {To: "ann at example", Since: day.AddDays(-400), Alone: true},
		"two addresses":                           {To: "ann@example.org, bob@example.org", Since: day.AddDays(-400), Alone: true},
		"details of nobody knows when":            {To: annsMail, Alone: true},
		"details of last week":                    {To: annsMail, Since: day.AddDays(-7), Alone: true},
		"details that others may share":           {To: annsMail, Since: day.AddDays(-400)},
		"a telephone number of nobody knows when": {To: annsPhone, Alone: true},
	} {
		var no *Error
		if _, err := r.MakeLink(ctx, r.k, n, "staff-1"); !errors.As(err, &no) || no.Code != "factor" {
			t.Errorf("%s: %v", what, err)
		}
	}
	safe := cases.Safety{Only: []string{annsPhone}, Why: "They said so."}
	k, err := r.Cases.Safeguard(ctx, cases.On{Case: r.k.ID, By: "staff-1"}, safe)
	if err != nil {
		t.Fatal(err)
	}
	r.k = k
	if _, err := r.MakeLink(ctx, r.k, good(annsMail), "staff-1"); !errors.Is(err, cases.ErrNeeds) {
		t.Errorf("a link to an address that is not safe: %v", err)
	}
	made, err := r.MakeLink(ctx, r.k, good(annsPhone), "staff-1")
	if err != nil || made.Factor != cases.PhoneCode {
		t.Fatalf("%+v %v", made.Factor, err)
	}

	r.Config.Post = ""
	if _, err := r.MakeLink(ctx, r.answered(t, func(q *cases.Request) { q.Once = "third" }), good(annsMail), "staff-1"); err == nil {
		t.Error("a code is to go by e-mail, and there is no e-mail")
	}
}

// TestAFactorOfTheCase: what staff recorded of the details with the identity counts.
func TestAFactorOfTheCase(t *testing.T) {
	r := newReleasing(t, "")
	k := r.k
	k.Identity.Factors = append(k.Identity.Factors, cases.Factor{Kind: cases.EmailCode, Held: true, Since: r.Today().AddDays(-400), Shared: law.IsNot, Passed: r.Today()})
	if _, err := r.MakeLink(t.Context(), k, NewLink{To: annsMail, Tell: true}, "staff-1"); err != nil {
		t.Error(err)
	}
	k.Identity.Factors[len(k.Identity.Factors)-1].Shared = law.IsSo
	if _, err := r.MakeLink(t.Context(), k, NewLink{To: annsMail, Tell: true}, "staff-1"); err == nil {
		t.Error("a linked person uses the address, and codes go there")
	}
}

// TestSafetyAfterTheLink: where an address is no longer safe when a code is asked for,
// nothing goes there, and the link opens nothing any more.
func TestSafetyAfterTheLink(t *testing.T) {
	r := newReleasing(t, "")
	ctx := t.Context()
	_, at := r.makes(t, good(annsMail))
	safe := cases.Safety{Only: []string{annsPhone}, Why: "They said so."}
	if _, err := r.Cases.Safeguard(ctx, cases.On{Case: r.k.ID, By: "staff-1"}, safe); err != nil {
		t.Fatal(err)
	}
	if code := r.asks(t, at); code != "" || len(r.mail) > 0 {
		t.Errorf("a code went to an address that is not safe: %+v", r.mail)
	}
	if links, _, err := r.Links(ctx, r.k); err != nil || links[0].State != LinkOvertaken {
		t.Errorf("%+v %v", links, err)
	}
}

// TestCodeByTelephone: a member of staff who has the person on the line reads the code out.
func TestCodeByTelephone(t *testing.T) {
	r := newReleasing(t, "")
	ctx := t.Context()
	made, at := r.makes(t, good(annsPhone))
	if code := r.asks(t, at); code != "" {
		t.Error("a code for the telephone went by e-mail")
	}
	tasks, err := r.Cases.Tasks(ctx, r.k.ID)
	if err != nil || !slices.ContainsFunc(tasks, func(x cases.Task) bool { return strings.Contains(x.What, "read out the code") }) {
		t.Errorf("nobody is told to ring: %+v %v", tasks, err)
	}
	code, until, err := r.ReadOutCode(ctx, r.k, "staff-2")
	if err != nil || len(code) != codeDigits || !until.Equal(r.clock.Add(codeLife)) {
		t.Fatalf("%q %v %v", code, until, err)
	}
	holder, err := r.Prove(ctx, at, code)
	if err == nil {
		err = r.Unlock(ctx, at, holder, made.Words)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.makes(t, good(annsMail))
	var no *Error
	if _, _, err := r.ReadOutCode(ctx, r.k, "staff-2"); !errors.As(err, &no) || no.Code != "factor" {
		t.Errorf("the code of a link that is bound to an e-mail address is read out: %v", err)
	}
}

// TestSendingFails: what the mail server takes for now not is tried again with another
// code, and what it never takes becomes a task.
func TestSendingFails(t *testing.T) {
	r := newReleasing(t, "")
	ctx := t.Context()
	_, at := r.makes(t, good(annsMail))
	var id string
	if err := r.AskCode(ctx, at, func(_ context.Context, _ *store.Tx, x string) error { id = x; return nil }); err != nil {
		t.Fatal(err)
	}
	r.fails = &post.Error{What: "try later"}
	if err := r.SendCode(ctx, r, id, nothingMore); err == nil {
		t.Error("a code that was not sent is sent")
	}
	r.fails = &post.Error{What: "no such mailbox", Permanent: true}
	if err := r.SendCode(ctx, r, id, nothingMore); err != nil {
		t.Error(err)
	}
	tasks, err := r.Cases.Tasks(ctx, r.k.ID)
	if err != nil || !slices.ContainsFunc(tasks, func(x cases.Task) bool { return strings.Contains(x.What, "no such mailbox") }) {
		t.Errorf("nobody is told: %+v %v", tasks, err)
	}
}

// TestLinkByLetter: the mail says that something waits and no more; the token in it is
// made as it goes, and stands in no table.
func TestLinkByLetter(t *testing.T) {
	onEngines(t, func(t *testing.T, r *releasing) {
		ctx := t.Context()
		n := good(annsMail)
		n.Tell = false
		made, _ := r.makes(t, n)
		if made.URL != "" || made.Letter == "" {
			t.Fatalf("%+v", made)
		}
		sender := r.WithTokens(r)
		// The first try fails after the token was made: the next has another.
		r.fails = &post.Error{What: "try later"}
		if err := r.SendQueued(ctx, sender, made.Letter, false, nil); err == nil {
			t.Error("a letter that was not taken is sent")
		}
		r.fails = nil
		if err := r.SendQueued(ctx, sender, made.Letter, false, nil); err != nil {
			t.Fatal(err)
		}
		m := r.mail[0]
		token := regexp.MustCompile(`https://privacy\.example\.org/collect/([A-Za-z0-9_-]{43})\b`).FindStringSubmatch(m.Text)
		if token == nil || m.To != annsMail {
			t.Fatalf("the mail is %+v", m)
		}
		for _, secret := range []string{made.Words, "900155", "repairs contractor"} {
			if strings.Contains(m.Subject+m.Text, secret) {
				t.Errorf("the mail says %q", secret)
			}
		}
		letters, err := r.Letters(ctx, r.k.ID)
		if err != nil {
			t.Fatal(err)
		}
		said, err := json.Marshal(letters)
		if err != nil || strings.Contains(string(said), token[1]) || strings.Contains(string(said), made.Words) {
			t.Errorf("the outbox keeps the link or the words, %v", err)
		}
		r.holds(t, made, LinkAt{Token: TokenDigest(token[1])})
		r.holds(t, made, LinkAt{Number: r.k.Number})
	})
}

// TestLetterOfADeadLink: a letter whose link is not open any more is not sent by e-mail.
func TestLetterOfADeadLink(t *testing.T) {
	r := newReleasing(t, "")
	n := good(annsMail)
	n.Tell = false
	made, _ := r.makes(t, n)
	if err := r.WithdrawLink(t.Context(), r.k, "staff-1"); err != nil {
		t.Fatal(err)
	}
	if err := r.SendQueued(t.Context(), r.WithTokens(r), made.Letter, false, nil); err != nil {
		t.Fatal(err)
	}
	if len(r.mail) > 0 {
		t.Errorf("it went: %+v", r.mail)
	}
	var no *Error
	if err := r.WithdrawLink(t.Context(), r.k, "staff-1"); !errors.As(err, &no) || no.Code != "not-found" {
		t.Errorf("a link is withdrawn twice: %v", err)
	}
}

// TestHeldAlone holds the details of a link against the systems of a landlord.
func TestHeldAlone(t *testing.T) {
	d, w := office(t)
	ctx := t.Context()
	d.Config.Post = "dir:outbox"
	star := w.Star()
	res, err := d.Access(ctx, starRequest(w, ""), nil)
	if err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]string{
		star.Email:             "",
		"stranger@example.org": "do not hold",
		"07700 900999":         "somebody else's",
	} {
		_, _, err := d.linkFactor(ctx, res.Case, good(to))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", to, err)
		}
	}
	for who, p := range w.Cast {
		if p.Email == "" || p.Email == star.Email {
			continue
		}
		if _, _, err := d.linkFactor(ctx, res.Case, good(p.Email)); err == nil {
			t.Errorf("codes for the star go to %s", who)
		}
	}
}

// TestCodeWords: the mail with a code is there in every language of letters.
func TestCodeWords(t *testing.T) {
	for _, lang := range []letter.Lang{letter.English, letter.Welsh} {
		w := codeWords[lang]
		if text := fmt.Sprintf(w.text, "123456", "Larkfield Homes"); w.subject == "" || !strings.Contains(text, "123456") || !strings.Contains(text, "Larkfield Homes") || strings.Contains(text, "%!") {
			t.Errorf("%s: %q", lang, text)
		}
	}
}
