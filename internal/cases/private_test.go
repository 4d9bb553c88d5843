package cases

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/store"
)

// marked is strings that must never stand in the store in the clear.
var marked = []string{"Quillfeather", "quillfeather@example", "07700 900123", "900123", "Zennor Rise", "TR99 9ZZ", "1971-02-03", "TEN-0042-X",
	"kitchenette leak", "QQ123456C", "seen-his-passport", "asked-which-years", "told-since-2019", "reason-of-length", "noted-by-the-way",
	"withheld-because-of-her", "found-in-the-letters", "refused-for-cause", "housing.secret_table"}

// everything does all that can be said in a case, in marked words.
func everything(t *testing.T, d *desk) Case {
	t.Helper()
	ctx := context.Background()
	c := must[Case](t)
	k := d.opened(t, "form-of-quillfeather@example.org")
	p := k.Person
	p.NINO = "QQ123456C"
	c(d.Describe(ctx, on(k), p))
	c(d.Ask(ctx, on(k), ForClarification, day("2026-11-22"), "asked-which-years"))
	c(d.Receive(ctx, on(k), ForClarification, day("2026-11-23"), "told-since-2019"))
	c(d.Identify(ctx, on(k), Proof{How: "passport", Note: "seen-his-passport", Arrived: day("2026-11-23")}))
	c(d.Extend(ctx, on(k), day("2026-11-23"), "reason-of-length"))
	c(d.Note(ctx, on(k), "noted-by-the-way"))
	k = c(d.Decide(ctx, on(k), Decision{Item: strings.Repeat("b", 32), Exemption: law.ExemptThirdParty, Reason: "withheld-because-of-her"}))
	dr := draft(digest1)
	dr.Counts, dr.Decided = map[string]int{"housing.secret_table": 4}, k.Decided
	c(d.SetDraft(ctx, on(k), dr, File{"found.json", bytes.Repeat([]byte("found-in-the-letters "), 100_000)}))
	c(d.Approve(ctx, on(k), digest1))
	c(d.Refuse(ctx, on(k), Refusal{Reason: "refused-for-cause", Grounds: []string{law.GroundExempt}, Routes: law.Routes(k.Kind)}))
	return c(d.Close(ctx, on(k)))
}

// raw is every byte of the store's files.
func (d *desk) raw(t *testing.T) []byte {
	t.Helper()
	path, ok := strings.CutPrefix(d.url, "sqlite:")
	if !ok {
		return rawPostgres(t, d.url)
	}
	var all []byte
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

func TestNothingPersonalInTheClear(t *testing.T) {
	d := newDesk(t)
	k := everything(t, d)
	raw := d.raw(t)
	for _, s := range marked {
		if bytes.Contains(raw, []byte(s)) {
			t.Errorf("%q stands in the store's files", s)
		}
	}
	for _, s := range []string{k.Number, k.ID, "2026-11-22"} { // that the search can find what is there
		if !bytes.Contains(raw, []byte(s)) {
			t.Errorf("%q is not in the store's files", s)
		}
	}
	history := must[[]Event](t)(d.History(context.Background(), k.ID, 0, 100))
	var said []string
	for _, e := range history {
		said = append(said, e.Words)
	}
	if got := strings.Join(said, "|"); got != "|refused-for-cause|||"+"|noted-by-the-way|reason-of-length|passport\nseen-his-passport|told-since-2019|asked-which-years||" {
		t.Errorf("the history says %q", got)
	}
	rest := must[[]Event](t)(d.History(context.Background(), k.ID, history[7].ID, 2))
	if len(rest) != 2 || rest[0].Words != "told-since-2019" {
		t.Errorf("the next page of the history is %+v", rest)
	}
}

func TestForget(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := everything(t, d)
	open := d.opened(t, "another")
	if _, err := d.Forget(ctx, on(open)); !errors.Is(err, ErrState) {
		t.Errorf("forgot an open case: %v", err)
	}
	var wrapped, sealed, file []byte
	row := func(query string, into *[]byte) {
		t.Helper()
		err := d.store.Read(ctx, func(tx *store.Tx) error { return tx.QueryRowContext(ctx, query, k.ID).Scan(into) })
		if err != nil {
			t.Fatal(err)
		}
	}
	row(`SELECT wrapped FROM cases WHERE id = $1`, &wrapped)
	row(`SELECT sealed FROM cases WHERE id = $1`, &sealed)
	row(`SELECT sealed FROM cases_file WHERE case_id = $1 AND part = 1`, &file)
	for range 2 {
		must[Case](t)(d.Forget(ctx, on(k)))
	}
	raw := d.raw(t)
	for name, b := range map[string][]byte{"the wrapped key": wrapped, "the particulars": sealed, "a file": file[:64]} {
		if bytes.Contains(raw, b) {
			t.Errorf("%s, sealed, still stands in the store's files", name)
		}
	}
	got := must[Case](t)(d.Get(ctx, k.ID))
	if got.State != Closed || got.Due.IsZero() || got.Ended.IsZero() || got.Received != k.Received || got.Forgotten.IsZero() {
		t.Errorf("state and dates are %+v", got)
	}
	if got.Requester != (Requester{}) || got.Person != (Person{}) || got.Draft != nil || got.Identity != nil || got.Ending != nil {
		t.Errorf("particulars are %+v", got.Particulars)
	}
	must[law.Result](t)(d.Clock(ctx, k.ID, nil))
	if _, err := d.GetFile(ctx, k.ID, "found.json"); !errors.Is(err, ErrForgotten) {
		t.Errorf("a file: %v", err)
	}
	if _, err := d.Note(ctx, on(k), "more"); !errors.Is(err, ErrForgotten) {
		t.Errorf("a note: %v", err)
	}
	if all, _, err := d.Decisions(ctx, k.ID); err != nil || len(all) != 0 {
		t.Errorf("decisions %v, %v", all, err)
	}
	for _, e := range must[[]Event](t)(d.History(ctx, k.ID, 0, 100)) {
		if e.Words != "" || e.Act != "case.forgotten" && e.Payload.Step != 0 {
			t.Errorf("the history still says %+v", e)
		}
	}
	if names := d.entries(t, k.ID); len(names) != int(got.Version) || names[len(names)-1] != "case.forgotten" {
		t.Errorf("entries %v", names)
	}
	if again := d.opened(t, "form-of-quillfeather@example.org"); again.ID != k.ID {
		t.Error("the same form opened another case")
	}
}

// A case read with other keys, or sealed words moved elsewhere, do not open.
func TestSealsHold(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	a, b := d.opened(t, "a"), d.opened(t, "b")
	if err := d.PutFile(ctx, a.ID, File{"x", make([]byte, 3*part)}); err != nil {
		t.Fatal(err)
	}
	other, err := keys.Create(t.TempDir()+"/keys", "tenet.example/other")
	if err != nil {
		t.Fatal(err)
	}
	stranger := must[*Cases](t)(New(Config{Store: d.store, Ring: other, Landlord: store.Default}))
	if _, err := stranger.Get(ctx, a.ID); err == nil || strings.Contains(err.Error(), "Quillfeather") {
		t.Errorf("read with other keys: %v", err)
	}
	tamper := func(query string) {
		t.Helper()
		err := d.store.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, query, a.ID, b.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	tamper(`DELETE FROM cases_file WHERE case_id = $1 AND part = 2 AND $2 <> ''`)
	if _, err := d.GetFile(ctx, a.ID, "x"); err == nil || !strings.Contains(err.Error(), "lacks parts") {
		t.Errorf("a file that lacks its last part: %v", err)
	}
	tamper(`UPDATE cases_file SET part = 2 WHERE case_id = $1 AND part = 1 AND $2 <> ''`)
	if _, err := d.GetFile(ctx, a.ID, "x"); err == nil {
		t.Error("a file whose parts were moved was read")
	}
	tamper(`UPDATE cases SET sealed = (SELECT sealed FROM cases WHERE id = $2) WHERE id = $1`)
	if _, err := d.Get(ctx, a.ID); err == nil {
		t.Error("another's particulars were read")
	}
	tamper(`UPDATE cases SET wrapped = (SELECT wrapped FROM cases WHERE id = $2) WHERE id = $1`)
	if _, err := d.Get(ctx, a.ID); err == nil {
		t.Error("another's key was used")
	}
}

func TestFiles(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	for _, size := range []int{0, 1, part - 1, part, part + 1, 3 * part} {
		want := bytes.Repeat([]byte{7, 8, 9}, size/3+1)[:size]
		if err := d.PutFile(ctx, k.ID, File{"answer.json", want}); err != nil {
			t.Fatal(err)
		}
		if got := must[[]byte](t)(d.GetFile(ctx, k.ID, "answer.json")); !bytes.Equal(got, want) {
			t.Errorf("of %d bytes came %d back", len(want), len(got))
		}
	}
	for _, tt := range []struct {
		f  File
		is error
	}{
		{File{"Morwenna's letters", nil}, ErrInput},
		{File{"../x", nil}, ErrInput},
		{File{"", nil}, ErrInput},
		{File{"big", make([]byte, MaxFile+1)}, ErrInput},
	} {
		if err := d.PutFile(ctx, k.ID, tt.f); !errors.Is(err, tt.is) {
			t.Errorf("%q: %v", tt.f.Name, err)
		}
	}
	if _, err := d.GetFile(ctx, k.ID, "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such file: %v", err)
	}
	if err := d.PutFile(ctx, "none", File{"x", nil}); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such case: %v", err)
	}
	must[Case](t)(d.Withdraw(ctx, on(k), ""))
	if err := d.PutFile(ctx, k.ID, File{"x", nil}); !errors.Is(err, ErrState) {
		t.Errorf("a case that has ended: %v", err)
	}
}

// An unknown reference, a case without a code and a forgotten one cannot be told
// apart.
func TestSecret(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	r := request("a")
	r.Secret = [32]byte{1, 2, 3}
	with := must[Case](t)(d.Open(ctx, r))
	without, gone := d.opened(t, "b"), everything(t, d)
	must[Case](t)(d.SetSecret(ctx, on(without), [32]byte{9}))
	if got, err := d.Secret(ctx, "ar-2026-0001 "); err != nil || got != r.Secret {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := d.Secret(ctx, without.Number); err != nil || got != [32]byte{9} {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := d.SetSecret(ctx, on(with), [32]byte{}); !errors.Is(err, ErrInput) {
		t.Errorf("an empty code: %v", err)
	}
	must[Case](t)(d.Forget(ctx, on(gone)))
	never := d.opened(t, "c")
	_, unknown := d.Secret(ctx, "AR-2026-9999")
	for _, number := range []string{never.Number, gone.Number, "", "' OR 1=1 --"} {
		got, err := d.Secret(ctx, number)
		if got != ([32]byte{}) || !errors.Is(err, ErrNotFound) || err.Error() != unknown.Error() {
			t.Errorf("%s: %v, %v", number, got, err)
		}
	}
}
