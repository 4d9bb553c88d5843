package desk

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/disclose"
	"tenet/internal/expiry"
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/register"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

// keeper is an office that has kept one of everything of Ann Larter since 2019, and a
// contact of Bea Marsh, who has asked for hers this month.
type keeper struct {
	*Desk
	t       testing.TB
	ann     cases.Case
	bea     contact.Entry
	paper   register.Paper // that somebody asked for
	given   disclose.Entry
	event   incident.Incident
	sealed  map[string][]byte // what was sealed of what is to go, by table
	expects map[notice.OwnRecord]int64
}

func (k *keeper) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *keeper) on(day string) {
	d, err := time.Parse("2006-01-02", day)
	k.must(err)
	k.Now = func() time.Time { return d.Add(10 * time.Hour) }
}

// bytesOf is what a column holds in the one row that a query finds.
func (k *keeper) bytesOf(query string, args ...any) (out []byte) {
	k.t.Helper()
	k.must(k.Store.Read(k.t.Context(), func(tx *store.Tx) error {
		return tx.QueryRowContext(k.t.Context(), query, append([]any{k.Config.Landlord}, args...)...).Scan(&out)
	}))
	return out
}

func keepsAll(t *testing.T) *keeper {
	ctx := t.Context()
	k := &keeper{Desk: postroom(t), t: t, sealed: map[string][]byte{}}
	k.on("2019-03-01")
	ann := cases.Person{Name: "Ann Larter", Born: law.Date{Year: 1979, Month: 3, Day: 14}}
	k.ann = opens(t, k.Desk, law.KindAccess, func(r *cases.Request) { r.Person = ann })
	_, err := k.AcknowledgeCase(ctx, k.ann)
	k.must(err)
	k.must(k.Packs.Put(ctx, k.ann.Number+".0a0b0c.draft.age", strings.NewReader("a sealed draft")))
	bede, err := k.AddStaff(ctx, "s1", "bede", "Bede Marsh", "officer", "hash")
	k.must(err)
	k.must(k.Looked(ctx, bede, k.ann.ID, "The case", ""))
	on := cases.On{Case: k.ann.ID, By: "s1"}
	_, err = k.Cases.Withdraw(ctx, on, "not wanted")
	k.must(err)
	_, err = k.Cases.Close(ctx, on)
	k.must(err)

	x, err := contact.New(contact.Config{Store: k.Store, Ring: k.Keys, Landlord: k.Config.Landlord, Now: k.Now})
	k.must(err)
	marks, err := k.marks(ctx, []cases.Person{ann})
	k.must(err)
	note := func(once, name string, marks contact.Marks) contact.Entry {
		e, err := x.Write(ctx, contact.NewEntry{Once: once, By: "s1", Channel: contact.Phone, Marks: marks, Particulars: contact.Particulars{About: contact.Person{Name: name}, Facts: "Rang about the tap."}})
		k.must(err)
		return e
	}
	call := note("call-1", "Ann Larter", marks)
	a, err := x.Allow(ctx, contact.NewAuthority{Once: "form-1", By: "s1", Marks: marks, Mandate: contact.Mandate{For: contact.Person{Name: "Ann Larter"}, Name: "Sadia Khan", Appointed: "Mrs Larter", Evidence: "A form.",
		Authority: law.Authority{Role: law.ByTrusted, Seen: true, Scopes: []law.Scope{law.ForServices}}}})
	k.must(err)
	_, err = x.End(ctx, "s1", a.ID, k.Today())
	k.must(err)
	_, err = x.Begin(ctx, contact.Call{Once: "check-1", By: "s1", Subject: "person-1", Marks: marks})
	k.must(err)

	k.must(k.Store.Write(ctx, func(tx *store.Tx) error {
		who, err := k.marked(ctx, tx, ann)
		if err != nil {
			return err
		}
		k.given, err = k.Given.Record(ctx, tx, disclose.Entry{Day: k.Today(), By: "s1", Kind: disclose.Answer, Verdict: disclose.Right, Notice: k.Notice.Version(), Details: disclose.Details{Whose: "Ann Larter", Why: "Her right."}}, one(who))
		return err
	}))
	r, err := k.Registers()
	k.must(err)
	k.paper, err = r.Begin(ctx, register.NewPaper{In: register.In{Register: "documents", Title: "Our camera policy", Values: register.Values{"kind": "policy", "edition": "4", "owner": "The officer", "given": "asked"}}, By: "s1"})
	k.must(err)
	k.paper, err = r.Enter(ctx, register.On{Number: k.paper.Number, By: "s1"}, "asked", register.Values{"who": "Ann Larter, 1979-03-14", "how": "Mrs Larter rang"})
	k.must(err)
	old, err := r.Begin(ctx, register.NewPaper{In: register.In{Register: "advice", Title: "An old question", Values: register.Values{"question": "May we?", "asked-by": "Ann Larter"}}, By: "s1"})
	k.must(err)
	_, err = r.End(ctx, register.On{Number: old.Number, By: "s1"}, "It is settled.")
	k.must(err)

	events, err := k.Incidents()
	k.must(err)
	k.event, err = events.Open(ctx, incident.First{Once: "stick", By: "s1", Kind: incident.Lost, What: "Mrs Larter lost a letter."})
	k.must(err)
	k.must(k.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE incident SET state = 'closed', ended = $3 WHERE landlord = $1 AND id = $2`, k.Config.Landlord, k.event.ID, store.Micros(k.Now()))
		return err
	}))

	for table, where := range map[string]string{"contact_entry": "id = '" + call.ID + "'", "contact_authority": "1 = 1", "cases": "id = '" + k.ann.ID + "'", "desk_letter": "n = 1", "disclose_entry": "n = 1",
		"incident": "1 = 1", "register_entry": "kind = 'asked'"} {
		k.sealed[table] = k.bytesOf(`SELECT sealed FROM ` + table + ` WHERE landlord = $1 AND ` + where)
	}
	bea := cases.Person{Name: "Bea Marsh", Born: law.Date{Year: 1960, Month: 1, Day: 2}}
	theirs, err := k.marks(ctx, []cases.Person{bea})
	k.must(err)
	k.bea = note("call-2", "Bea Marsh", theirs)
	k.on("2027-06-01")
	opens(t, k.Desk, law.KindErasure, func(r *cases.Request) { r.Person = bea })
	k.expects = map[notice.OwnRecord]int64{notice.OwnCases: 1, notice.OwnContacts: 1, notice.OwnAuthorities: 1, notice.OwnChecks: 1, notice.OwnDisclosures: 1, notice.OwnEntries: 1, notice.OwnPapers: 1,
		notice.OwnIncidents: 1, notice.OwnLooks: 1, notice.OwnMail: 0, notice.OwnIncidentsBare: 0}
	return k
}

// signAll signs what is due of everything.
func (k *keeper) signAll() *expiry.Office {
	k.t.Helper()
	x, err := k.Keeping(k.t.Context())
	k.must(err)
	all, err := x.Survey(k.t.Context())
	k.must(err)
	for _, c := range all {
		if c.Due != k.expects[c.Record] || c.Lacks != "" {
			k.t.Errorf("%s: %d are due, not %d: %s", c.Record, c.Due, k.expects[c.Record], c.Lacks)
		}
		_, err := x.Sign(k.t.Context(), "s1", c.Record, c.Due)
		k.must(err)
	}
	return x
}

// TestKeptIsDeleted: one of everything goes, by its key and its bytes, and what an open
// request holds stays; on both engines.
func TestKeptIsDeleted(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			if engine == "postgres" {
				t.Setenv("TENET_STORE", testpg.Database(t))
			}
			ctx := t.Context()
			k := keepsAll(t)
			x := k.signAll()
			c, err := x.Run(ctx, expiry.Order{By: expiry.Scheduled})
			k.must(err)
			for _, g := range c.Records {
				if g.Number != k.expects[g.Record] {
					t.Errorf("%s: %d went, not %d", g.Record, g.Number, k.expects[g.Record])
				}
			}
			if i := slices.IndexFunc(c.Records, func(g expiry.Gone) bool { return g.Record == notice.OwnContacts }); len(c.Records[i].Held) != 1 {
				t.Errorf("what Bea Marsh asked for is not held: %+v", c.Records[i])
			}
			if got, err := k.Cases.Get(ctx, k.ann.ID); err != nil || got.Forgotten.IsZero() {
				t.Errorf("the case: %+v, %v", got, err)
			}
			for f, err := range k.Packs.List(ctx, k.ann.Number) {
				t.Errorf("a draft is left: %s, %v", f.Name, err)
			}
			ours, err := contact.New(contact.Config{Store: k.Store, Ring: k.Keys, Landlord: k.Config.Landlord, Now: k.Now})
			k.must(err)
			if _, err := ours.Entry(ctx, k.bea.ID); err != nil {
				t.Errorf("what is held is gone: %v", err)
			}
			if e, err := k.Given.Get(ctx, k.given.N); err != nil || !e.Forgotten || e.Whose != "" {
				t.Errorf("the disclosure: %+v, %v", e, err)
			}
			r, err := k.Registers()
			k.must(err)
			if p, err := r.Paper(ctx, k.paper.Number); err != nil || p.Entries[0].Values.Text("who") != register.Gone || p.Entries[0].Values.Text("how") != "" {
				t.Errorf("the entry beside a paper: %+v, %v", p.Entries, err)
			}
			if _, err := r.Paper(ctx, "AD-0001"); !errors.Is(err, register.ErrNone) {
				t.Errorf("a paper that ended: %v", err)
			}
			if p, err := r.Begin(ctx, register.NewPaper{In: register.In{Register: "advice", Title: "Another"}, By: "s1"}); err != nil || p.Number != "AD-0002" {
				t.Errorf("a number is given twice: %s, %v", p.Number, err)
			}
			if report, err := k.VerifyLedger(ctx, ledger.Trust{}); err != nil || !report.OK() {
				t.Errorf("the ledger: %+v, %v", report, err)
			}
			if engine != "sqlite" {
				return
			}
			for _, name := range []string{storeFile, storeFile + "-wal"} {
				raw, err := os.ReadFile(filepath.Join(k.Dir, name))
				k.must(err)
				for table, was := range k.sealed {
					if len(was) < 28 || bytes.Contains(raw, was[len(was)-28:]) {
						t.Errorf("%s holds what was sealed in %s", name, table)
					}
				}
			}
		})
	}
}

// TestNamedIsFound: who is named beside a paper is in that person's answer and can be
// taken out; where only a name says so, somebody decides.
func TestNamedIsFound(t *testing.T) {
	ctx := t.Context()
	k := &keeper{Desk: postroom(t), t: t}
	r, err := k.Registers()
	k.must(err)
	p, err := r.Begin(ctx, register.NewPaper{In: register.In{Register: "documents", Title: "Our camera policy", Values: register.Values{"kind": "policy", "edition": "4", "owner": "Bede Larter", "given": "asked"}}, By: "s1"})
	k.must(err)
	for _, who := range []string{"Ann Larter, 1979-03-14, ann@example.org", "Mrs Ann Larter", "Ann Larter, 1990-01-01", "Sadia Khan, 07700 900123"} {
		_, err := r.Enter(ctx, register.On{Number: p.Number, By: "s1"}, "asked", register.Values{"who": who, "how": "By telephone"})
		k.must(err)
	}
	who := contact.Person{Name: "Ann Larter", Born: law.Date{Year: 1979, Month: 3, Day: 14}}
	marks, err := k.marks(ctx, []cases.Person{{Name: who.Name, Born: who.Born, Email: "ann@example.org"}})
	k.must(err)
	found, err := k.namings(ctx, who, marks)
	k.must(err)
	if len(found) != 2 {
		t.Fatalf("%d are found: %+v", len(found), found)
	}
	reviewed := 0
	for _, m := range found {
		rec := mentionRecord(m, who)
		if len(rec.Review) > 0 {
			reviewed++
		}
		if v := rec.Fields["beside"]; v == nil || *v != "How they asked: By telephone" {
			t.Errorf("the record is %+v", rec.Fields)
		}
	}
	if reviewed != 1 {
		t.Errorf("%d wait for somebody to look", reviewed)
	}
	gone, unsure, err := k.ForgetNamed(ctx, "s1", Query{Name: "Ann Larter", DOB: "1979-03-14", Email: "ann@example.org"})
	k.must(err)
	if gone != 1 || len(unsure) != 1 {
		t.Fatalf("%d went, %d are not sure", gone, len(unsure))
	}
	if gone, unsure, err = k.ForgetNamed(ctx, "s1", Query{Name: "Ann Larter", DOB: "1979-03-14"}, unsure[0].ID); err != nil || gone != 1 || len(unsure) != 0 {
		t.Fatalf("%d went, %d are not sure: %v", gone, len(unsure), err)
	}
	p, err = r.Paper(ctx, p.Number)
	k.must(err)
	var left []string
	for _, e := range p.Entries {
		left = append(left, e.Values.Text("who"))
	}
	if want := []string{register.Gone, register.Gone, "Ann Larter, 1990-01-01", "Sadia Khan, 07700 900123"}; !slices.Equal(left, want) {
		t.Errorf("left are %q", left)
	}
	// Entries of a program that did not mark them are found too.
	k.must(k.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM register_mark`)
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE register_entry SET named = NULL`)
		}
		return err
	}))
	other := contact.Person{Name: "Sadia Khan"}
	marks, err = k.marks(ctx, []cases.Person{{Phone: "+44 7700 900123"}})
	k.must(err)
	if found, err := k.namings(ctx, other, marks); err != nil || len(found) != 1 {
		t.Errorf("of an older program: %+v, %v", found, err)
	}
}

// TestKeepTimes: what keep: in tenet.yaml may say, and whether the run of the day is still
// to be made.
func TestKeepTimes(t *testing.T) {
	share := func(n int) *int { return &n }
	for _, tc := range []struct {
		k  KeepTimes
		ok bool
	}{{KeepTimes{}, true}, {KeepTimes{At: "03:30"}, true}, {KeepTimes{At: "3.30"}, false}, {KeepTimes{At: "off"}, false}, {KeepTimes{At: "03:30", More: share(0)}, true}, {KeepTimes{More: share(101)}, false}} {
		if err := tc.k.check(); (err == nil) != tc.ok {
			t.Errorf("%+v: %v", tc.k, err)
		}
	}
	if m := (KeepTimes{}).more(); m != 0.1 {
		t.Errorf("left out it is %v", m)
	}
	k := &keeper{Desk: postroom(t), t: t}
	k.Config.Keep.At = "03:30"
	if due, next, err := k.KeepDue(t.Context()); err != nil || due || next.UTC().Format(time.RFC3339) != "2026-11-24T03:30:00Z" {
		t.Errorf("before the first run: %v, %s, %v", due, next, err)
	}
	x, err := k.Keeping(t.Context())
	k.must(err)
	_, err = x.Run(t.Context(), expiry.Order{By: "s1"})
	k.must(err)
	if due, _, err := k.KeepDue(t.Context()); err != nil || due {
		t.Errorf("after it: %v, %v", due, err)
	}
	k.on("2026-11-24")
	if due, _, err := k.KeepDue(t.Context()); err != nil || !due {
		t.Errorf("the day after: %v, %v", due, err)
	}
}
