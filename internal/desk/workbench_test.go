package desk

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/redact"
	"tenet/internal/rows"
)

const notes = plain + `INSERT INTO tenant VALUES (2,'Robert Blythe','1970-01-01','07700900222',NULL);
	CREATE TABLE note(id INTEGER PRIMARY KEY, tenant INTEGER, at DATE, body TEXT);
	INSERT INTO note VALUES (1,1,'2026-03-01','Robert Blythe reported noise. Jane Okafor denies it.'),
	 (2,1,'2026-03-02','Visited. The drummer of the house shouted; Mr Blythe was calm.'),
	 (3,1,'2026-03-03','Paid by card 4111 1111 1111 1111.');
	INSERT INTO asb VALUES (9,2,NULL,'Jane Okafor called about the bins');`

// worked is a case over notes, with its bench.
func worked(t testing.TB) (*Desk, *Bench) {
	t.Helper()
	d, _, _ := bureau(t, notes, plainMap+noteMap)
	res, _ := ask(t, d, jane)
	b, err := d.Bench(t.Context(), res.Case)
	if err != nil {
		t.Fatal(err)
	}
	return d, b
}

// noteAt is the place of the document whose text begins so, and of its piece.
func noteAt(t testing.TB, b *Bench, begins string) (doc, piece int) {
	t.Helper()
	for i, d := range b.State.Work.Docs {
		for p := range d.Pieces {
			if strings.HasPrefix(d.Pieces[p].Text, begins) {
				return i, p
			}
		}
	}
	t.Fatalf("there is no %q", begins)
	return 0, 0
}

func span(t testing.TB, b *Bench, begins, text string) redact.Settled {
	t.Helper()
	d, p := noteAt(t, b, begins)
	for _, x := range b.State.Spans(d, p) {
		if x.Span.Text == text {
			return x
		}
	}
	t.Fatalf("%q is not proposed: %+v", text, b.State.Spans(d, p))
	return redact.Settled{}
}

func by(b *Bench, who string) cases.On { return cases.On{Case: b.Case.ID, By: who} }

// redrafted is the bench of the draft made with what was decided, and all that goes out of it.
func redrafted(t testing.TB, d *Desk, b *Bench) (*Bench, string) {
	t.Helper()
	res, err := d.Redraft(t.Context(), b.Case, cases.On{By: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := d.openDraft(t.Context(), res.Case)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".json") {
			all.Write(f.Bytes)
		}
	}
	if b, err = d.Bench(t.Context(), res.Case); err != nil {
		t.Fatal(err)
	}
	return b, all.String()
}

// TestWorkbench: what is decided span by span is what goes out, word for word; what
// is taken back does not; and an approval waits for what a person has to see.
func TestWorkbench(t *testing.T) {
	ctx := t.Context()
	d, b := worked(t)
	mark := func(who string, marks ...redact.Mark) {
		t.Helper()
		next, err := d.Mark(ctx, b.Case, by(b, who), len(b.Steps), marks)
		if err != nil {
			t.Fatal(err)
		}
		b = next
	}
	blythe := span(t, b, "Robert", "Robert Blythe")
	second, _ := noteAt(t, b, "Visited")
	mark("s1", redact.Mark{Kind: redact.MarkGroup, Group: blythe.Person, Action: redact.Reveal, Reason: "consent"})
	mark("s2", redact.Mark{Kind: redact.MarkAdd, Doc: b.Items[second].ID, Words: "the drummer of the house", Reason: "he reported it"},
		redact.Mark{Kind: redact.MarkSpan, Span: span(t, b, "Paid", "4111 1111 1111 1111").ID, Action: redact.Withhold, Exemption: law.ExemptCrime, Reason: "a stolen card"})
	var out string
	if b, out = redrafted(t, d, b); b.Case.Draft.Decided != b.Case.Decided {
		t.Fatal("the draft lacks a decision")
	}
	for _, want := range []string{"Robert Blythe reported noise", "[information withheld] shouted; Mr Blythe was calm", "[card number withheld]", "Crime and taxation"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in what goes out", want)
		}
	}
	for i, doc := range b.State.Work.Docs {
		for p := range doc.Pieces {
			clean, _, _, held := b.State.Clean(i, p)
			if quoted, _ := json.Marshal(clean); held == "" && !strings.Contains(out, strings.Trim(string(quoted), `"`)) {
				t.Errorf("the workbench shows %q, which does not go out", clean)
			}
		}
	}

	// Somebody was quicker; a slip; no reason; no such exemption.
	reveal := redact.Mark{Kind: redact.MarkSpan, Span: blythe.ID, Action: redact.Reveal, Reason: "consent"}
	if _, err := d.Mark(ctx, b.Case, by(b, "s1"), 1, []redact.Mark{reveal}); !errors.Is(err, cases.ErrChanged) {
		t.Errorf("on an old revision: %v", err)
	}
	for code, m := range map[string]redact.Mark{
		"reason": {Kind: redact.MarkRest}, "mark": {Kind: redact.MarkGroup, Group: "p0", Action: redact.Reveal},
		"usage": {Kind: redact.MarkSpan, Span: blythe.ID, Action: redact.Withhold, Exemption: "shyness", Reason: "r"},
	} {
		var e *Error
		if _, err := d.Mark(ctx, b.Case, by(b, "s1"), len(b.Steps), []redact.Mark{m}); !errors.As(err, &e) || e.Code != code {
			t.Errorf("%+v: %v", m, err)
		}
	}

	// Going back.
	back, err := d.Undo(ctx, b.Case, by(b, "s1"), len(b.Steps), 0)
	if err != nil {
		t.Fatal(err)
	}
	b, out = redrafted(t, d, back)
	if strings.Contains(out, "Blythe") || !strings.Contains(out, "The drummer of the house") {
		t.Error("what was taken back stands")
	}
	if len(b.Steps) != 3 || len(b.State.Live) != 0 {
		t.Errorf("%d steps, %d of them count", len(b.Steps), len(b.State.Live))
	}

	// Approval, and what the ledger says of all this.
	k, err := d.Cases.Identify(ctx, by(b, "s1"), cases.Proof{How: "passport seen", Arrived: d.Today()})
	if err != nil {
		t.Fatal(err)
	}
	var e *Error
	if _, err := d.Approve(ctx, k, "s1", ""); !errors.As(err, &e) || e.Code != "undecided" {
		t.Errorf("approved while something waits: %v", err)
	}
	mark("s1", redact.Mark{Kind: redact.MarkRest, Reason: "nobody could be asked"})
	b, _ = redrafted(t, d, b)
	d.Config.Redaction.SecondPerson = true
	if _, err := d.Approve(ctx, b.Case, "s1", ""); !errors.As(err, &e) || e.Code != "second" {
		t.Errorf("approved by who decided: %v", err)
	}
	if _, err := d.Agree(ctx, b.Case, by(b, "s1"), len(b.Steps), "fine"); !errors.As(err, &e) || e.Code != "second" {
		t.Errorf("who decided looks second: %v", err)
	}
	if b, err = d.Agree(ctx, b.Case, by(b, "s2"), len(b.Steps), "I looked at every difference"); err != nil || len(b.State.Agreed()) != 1 {
		t.Fatal(err)
	}
	if _, err = d.Approve(ctx, b.Case, "s2", ""); err != nil {
		t.Errorf("not approved by another: %v", err)
	}
	var ledger strings.Builder
	if _, err := d.ExportLedger(ctx, &ledger, true); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"Blythe", "upstairs", "stolen", "consent"} {
		if strings.Contains(ledger.String(), s) {
			t.Errorf("the ledger says %q", s)
		}
	}
}

// A search that finds more is not covered by an act that withheld what was left.
func TestRestIsOfWhatWasThere(t *testing.T) {
	ctx := t.Context()
	d, db, _ := bureau(t, notes, plainMap+noteMap)
	res, _ := ask(t, d, jane)
	k := rest(t, d, res.Case)
	if k.Draft.Undecided != 0 {
		t.Fatalf("%d wait", k.Draft.Undecided)
	}
	if _, err := db.Exec(`INSERT INTO note VALUES (4,1,'2026-03-04','Card 4000 0000 0000 0002 refused')`); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Index(ctx, false, nil); err != nil {
		t.Fatal(err)
	}
	again, err := d.Answer(ctx, k, cases.On{Case: k.ID, By: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	if again.Case.Draft.Undecided == 0 {
		t.Error("what nobody has seen is taken for decided")
	}
}

// A draft that an earlier version made is read, and made again it has its proposals
// and the decisions of then.
func TestDraftOfAnEarlierVersion(t *testing.T) {
	ctx := t.Context()
	d, b := worked(t)
	a, list, err := d.Dispositions(ctx, b.Case)
	if err != nil {
		t.Fatal(err)
	}
	old := working{Answer: a, Known: a.Person.Known, Around: a.Around, Tables: map[string]rows.Table{}, List: list}
	var item string
	for i, r := range a.Records {
		old.Tables[r.Source+"\x00"+r.Table] = *r.Row.Table
		old.Rows = append(old.Rows, workingRow{r.Row.Key, r.Row.Values})
		if list[i].Waits != "" {
			item = list[i].Item
		}
	}
	data, err := json.Marshal(old)
	if err != nil {
		t.Fatal(err)
	}
	draft := *b.Case.Draft
	draft.File, draft.Digest = answerFile, strings.Repeat("1", 64)
	if _, err := d.Cases.SetDraft(ctx, by(b, "s1"), draft, cases.File{Name: answerFile, Data: data}); err != nil {
		t.Fatal(err)
	}
	k, err := d.Cases.Decide(ctx, by(b, "s1"), cases.Decision{Item: item, Release: true, Reason: "hers"})
	if err != nil {
		t.Fatal(err)
	}
	if _, got, err := d.Dispositions(ctx, k); err != nil || len(got) != len(list) || got[0].Item != list[0].Item {
		t.Fatalf("%d records, %v", len(got), err)
	}
	var e *Error
	if _, err := d.Bench(ctx, k); !errors.As(err, &e) || e.Code != "old-draft" {
		t.Errorf("the work on it: %v", err)
	}
	b, out := redrafted(t, d, &Bench{Case: k})
	if !strings.Contains(out, "called about the bins") {
		t.Error("what was decided then does not count")
	}
	if data, err := d.Cases.GetFile(ctx, b.Case.ID, answerFile); err != nil || len(data) != 0 {
		t.Errorf("%d bytes of the old file are left, %v", len(data), err)
	}
}

// Rules are sealed, used for drafts from then on, and gone when they are removed.
func TestRules(t *testing.T) {
	ctx := t.Context()
	d, b := worked(t)
	for _, l := range []redact.Lesson{{Words: "Visited"}, {Words: "of", Reason: "r"}} {
		if _, err := d.Learn(ctx, "s1", Lesson{Lesson: l}); err == nil {
			t.Errorf("%+v is taken", l)
		}
	}
	l, err := d.Learn(ctx, "s1", Lesson{Lesson: redact.Lesson{Words: "the drummer of the house", Reason: "everybody knows him"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Learn(ctx, "s1", Lesson{Lesson: redact.Lesson{Words: "The Drummer Of The House", Reason: "again"}}); err == nil {
		t.Error("the same rule twice")
	}
	if all, err := d.Lessons(ctx); err != nil || len(all) != 1 || all[0].Reason != "everybody knows him" || all[0].By != "s1" {
		t.Errorf("%+v, %v", all, err)
	}
	if now, err := d.Bench(ctx, b.Case); err != nil || len(now.Steps) != 0 || now.Case.Draft.Digest != b.Case.Draft.Digest {
		t.Errorf("a rule changed a draft that there was: %v", err)
	}
	_, out := redrafted(t, d, b)
	if strings.Contains(strings.ToLower(out), "drummer of the house") {
		t.Error("the rule is not followed")
	}
	var ledger strings.Builder
	if _, err := d.ExportLedger(ctx, &ledger, true); err != nil || strings.Contains(ledger.String(), "upstairs") || !strings.Contains(ledger.String(), "lesson.learnt") {
		t.Errorf("the ledger: %v", err)
	}
	if err := d.Unlearn(ctx, "s2", l.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.Unlearn(ctx, "s2", l.ID); err == nil {
		t.Error("removed twice")
	}
	if all, err := d.Lessons(ctx); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

// Two who stand in one row in one role are two people.
func TestTwoOfOneRoleAreTwo(t *testing.T) {
	d, _, _ := bureau(t, plain+`CREATE TABLE party(id INTEGER PRIMARY KEY, tenant INTEGER, who1 TEXT, who2 TEXT);
		INSERT INTO party VALUES (1,1,'Gladys Pettifer','Oswin Thrale');
		CREATE TABLE note(id INTEGER PRIMARY KEY, tenant INTEGER, body TEXT);
		INSERT INTO note VALUES (1,1,'Gladys Pettifer came with Oswin Thrale.');`, plainMap+noteMap+`
  party: {key: id, names: [{role: contact, group: "1", name: who1}, {role: contact, group: "2", name: who2}]}
`)
	res, _ := ask(t, d, jane)
	b, err := d.Bench(t.Context(), res.Case)
	if err != nil {
		t.Fatal(err)
	}
	one, other := span(t, b, "Gladys Pettifer came", "Gladys Pettifer"), span(t, b, "Gladys Pettifer came", "Oswin Thrale")
	if one.Person == other.Person || one.Label == other.Label || slices.Equal(one.People, other.People) {
		t.Errorf("they are one: %q %q", one.People, other.People)
	}
}

func TestRedactionConfig(t *testing.T) {
	for _, bad := range []string{"(", "", "x*"} {
		if (Redaction{References: []string{bad}}).check() == nil {
			t.Errorf("%q is taken for a reference", bad)
		}
	}
	if err := (Redaction{References: []string{`LH/[0-9]{5}`}}).check(); err != nil {
		t.Error(err)
	}
}
