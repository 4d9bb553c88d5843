package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/redact"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

// onBoth runs a test with the store in a file, and in PostgreSQL.
func onBoth(t *testing.T, test func(*testing.T)) {
	t.Run("sqlite", test)
	t.Run("postgres", func(t *testing.T) {
		t.Setenv("TENET_STORE", testpg.Database(t))
		test(t)
	})
}

// parted gives an office roles that see some sets alone, and an account for each.
func parted(t testing.TB, d *Desk, roles map[string][]string) map[string]store.Staff {
	t.Helper()
	d.Config.Staff.Roles = map[string]RoleRules{}
	out := map[string]store.Staff{}
	for id, sets := range roles {
		d.Notice.Records.Roles = append(d.Notice.Records.Roles, notice.StaffRole{ID: notice.ID(id), Title: id})
		d.Config.Staff.Roles[id] = RoleRules{May: []Duty{SeeCases, Decide, Release, Audit}, Clients: sets}
		account, err := d.AddStaff(t.Context(), "cli", id, id, id, "hash")
		if err != nil {
			t.Fatal(err)
		}
		out[id] = store.Staff{ID: account, Role: id}
	}
	return out
}

// refusedLooks is the acts that the ledger has of looks that were refused.
func refusedLooks(t testing.TB, d *Desk) (all []string) {
	t.Helper()
	err := d.Store.Read(t.Context(), func(tx *store.Tx) error {
		acts, err := tx.Acts(t.Context(), d.Config.Landlord, "", 0, 500)
		for _, a := range acts {
			if a.Act == "staff.refused" {
				all = append(all, a.Actor+" "+string(a.Payload))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestNothingCrossesSets draws who acts, in which set something is learnt, written and
// recorded, and what is looked at. Whatever comes back is of the set that it was asked of,
// and of one that whoever acts may see.
func TestNothingCrossesSets(t *testing.T) { onBoth(t, nothingCrossesSets) }

func nothingCrossesSets(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	sets := []string{"", "lantern-row", "netmakers-yard"}
	zelda, piers := Query{Name: "Zelda Quill", DOB: "1980-02-03"}, Query{Name: "Piers Wren", DOB: "1990-01-01", Email: "piers@example.org"}
	person := map[string]Query{"": piers, "lantern-row": zelda, "netmakers-yard": zelda}
	whose := map[string]string{"1": "lantern-row", "2": "netmakers-yard", "3": "lantern-row", "4": "", "5": "nobody's"}
	roles := map[string][]string{"all": nil, "ours": {"own"}, "lantern": {"lantern-row"}, "both": {"own", "netmakers-yard"}}
	staff := parted(t, d, roles)
	open := map[string]cases.Case{}
	for _, set := range sets {
		k, err := d.OpenCase(ctx, NewCase{Query: person[set], Kind: "access", Channel: "letter", Asked: "All of it", By: "staff-1", Client: set})
		if err != nil {
			t.Fatal(err)
		}
		x, err := d.Answer(ctx, k, cases.On{By: "staff-1"})
		if err != nil {
			t.Fatal(err)
		}
		open[set] = x.Case
	}
	lessons, entries, authorities := map[string]int{}, map[string]int{}, map[string]int{}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		role := rapid.SampledFrom([]string{"all", "ours", "lantern", "both"}).Draw(rt, "role")
		set := rapid.SampledFrom(sets).Draw(rt, "set")
		as := As(ctx, staff[role])
		sees := d.Role(role).Reaches(set)
		// held holds what was asked for against whether it may be seen.
		held := func(what string, err error) bool {
			var no *Denied
			if errors.As(err, &no) == sees || err != nil && no == nil {
				rt.Fatalf("%s of %q for %s: %v", what, set, role, err)
			}
			return err == nil
		}
		switch rapid.SampledFrom([]string{"learn", "note", "trust", "look", "find", "case", "call"}).Draw(rt, "what") {
		case "learn":
			_, err := d.Learn(as, "s1", Lesson{Lesson: redact.Lesson{Words: fmt.Sprintf("the wording %d of %s", n, set), Reason: "so it is"}, Client: set})
			if held("a rule", err) {
				lessons[set]++
			}
		case "note":
			_, err := d.NoteContact(as, "s1", NewContact{About: person[set], Client: set, NewEntry: contact.NewEntry{Once: fmt.Sprint("n", n), Channel: contact.Phone, Particulars: contact.Particulars{Facts: "of " + set}}})
			if held("an entry", err) {
				entries[set]++
			}
		case "trust":
			_, err := d.Trust(as, "s1", NewTrust{Once: fmt.Sprint("t", n), About: person[set], Client: set, Mandate: contact.Mandate{Name: "Ann Lee", Appointed: "their word", Evidence: "a letter",
				Authority: law.Authority{Role: law.ByTrusted, Seen: true, Scopes: []law.Scope{law.ForServices}}}})
			if held("an authority", err) {
				authorities[set]++
			}
		case "look":
			all, err := d.Lessons(as)
			if err != nil {
				rt.Fatal(err)
			}
			got := map[string]int{}
			for _, l := range all {
				if got[l.Client]++; !strings.HasSuffix(l.Words, "of "+l.Client) || !d.Role(role).Reaches(l.Client) {
					rt.Fatalf("%s is shown a rule of %q: %+v", role, l.Client, l)
				}
			}
			applied, err := d.lessonsOf(ctx, set)
			if err != nil || len(applied) != lessons[set] || sees && got[set] != lessons[set] {
				rt.Fatalf("%d rules apply in %q, %d are shown, and %d were written: %v", len(applied), set, got[set], lessons[set], err)
			}
			wrote, err := d.ContactsOf(as, "s1", set, person[set])
			if held("contacts", err) && len(wrote) != entries[set] {
				rt.Fatalf("%d entries are shown of %q, and %d were written", len(wrote), set, entries[set])
			}
			for _, e := range wrote {
				if e.Client != set || e.Facts != "of "+set {
					rt.Fatalf("in %q an entry of %q is shown", set, e.Client)
				}
			}
			trusted, err := d.TrustedBy(as, "s1", set, person[set])
			if held("authorities", err) && len(trusted) != authorities[set] {
				rt.Fatalf("%d authorities are shown of %q, and %d were recorded", len(trusted), set, authorities[set])
			}
		case "find":
			var a *find.Answer
			var err error
			if set == "" {
				a, err = d.Find(as, "s1", person[set])
			} else if x, xerr := d.FindFor(as, "s1", set, person[set]); xerr != nil {
				err = xerr
			} else {
				a = x.Answer
			}
			if held("a search", err) {
				for _, r := range a.Records {
					if whose[keyOwner(r)] != set {
						rt.Fatalf("in %q, %s %s arrived", set, r.Table, r.Key["id"])
					}
				}
			}
			located, err := d.Locate(as, "s1", Query{Email: "zelda@example.org"})
			if err != nil {
				rt.Fatal(err)
			}
			for _, l := range located {
				if !d.Role(role).Reaches(l.Client) {
					rt.Fatalf("%s learns that she is in %q", role, l.Client)
				}
			}
		case "case":
			k := open[set]
			_, err := d.Bench(as, k)
			held("the workbench", err)
			_, err = d.Pack(as, k)
			held("the draft", err)
			_, _, err = d.Search(as, k, "s1")
			held("a search for a case", err)
			_, err = d.ContactsOfCase(as, k)
			held("the contacts of a case", err)
			err = d.AllowCase(role, SeeCases, k)
			held("a case", err)
			if d.SeesCase(as, k) != sees {
				rt.Fatalf("whether %s sees the case of %q is not %v", role, set, sees)
			}
		case "call":
			said := set
			if said == "" {
				said = "own"
			}
			k, err := d.LookUp(as, "s1", Look{Query: person[set], Whose: said, Once: fmt.Sprint("c", n), Channel: contact.Phone, Told: true})
			if held("a call", err) && k.Client != set {
				rt.Fatalf("a call about a customer of %q is in %q", set, k.Client)
			}
			// Where nobody says whose they are, no more is looked at than may be seen.
			k, err = d.LookUp(as, "s1", Look{Query: person[set], Once: fmt.Sprint("d", n), Channel: contact.Phone, Told: true})
			if err == nil && !d.Role(role).Reaches(k.Client) {
				rt.Fatalf("%s is asked to check a caller of %q", role, k.Client)
			}
			if err != nil && errorCode(err) != "several" {
				rt.Fatal(err)
			}
		}
	})
	// What is kept is in the answer of its own set, and of nobody else's.
	for _, set := range sets {
		x, err := d.Answer(ctx, open[set], cases.On{By: "staff-1"})
		if err != nil {
			t.Fatal(err)
		}
		if got := x.Answer.Counts[ownSource+".contact"]; got != entries[set] {
			t.Errorf("in the answer from %q are %d entries, and %d were written", set, got, entries[set])
		}
		if got := x.Answer.Counts[ownSource+".authority"]; got != authorities[set] {
			t.Errorf("in the answer from %q are %d authorities, and %d were recorded", set, got, authorities[set])
		}
		for _, r := range x.Answer.Records {
			if r.Source == ownSource && r.Table == "contact" && *r.Fields["what_happened"] != "of "+set {
				t.Errorf("in the answer from %q stands %q", set, *r.Fields["what_happened"])
			}
		}
	}
	for _, r := range refusedLooks(t, d) {
		var by string
		for role, s := range staff {
			if strings.HasPrefix(r, s.ID+" ") {
				by = role
			}
		}
		_, payload, _ := strings.Cut(r, " ")
		var what struct{ Client string }
		if err := json.Unmarshal([]byte(payload), &what); err != nil || by == "" || slices.Contains(roles[by], what.Client) || roles[by] == nil {
			t.Errorf("the ledger has it that %s was refused %s: %v", by, payload, err)
		}
	}
	if len(refusedLooks(t, d)) == 0 {
		t.Error("no look was refused, or none is in the ledger")
	}
}

// TestLessonStaysInItsSet: a wording that is withheld by a rule of one client goes out in
// the answers of another, and of a rule from before there were sets only ours are made.
func TestLessonStaysInItsSet(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	withheld := func(client string) bool {
		t.Helper()
		x, err := d.Answer(ctx, forClient(t, d, client), cases.On{By: "staff-1"})
		if err != nil {
			t.Fatal(err)
		}
		b, err := d.Bench(ctx, x.Case)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(b.outline)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(data), "everybody knows the gutter")
	}
	if _, err := d.Learn(ctx, "s1", Lesson{Lesson: redact.Lesson{Words: "the gutter", Reason: "everybody knows the gutter"}, Client: "lantern-row"}); err != nil {
		t.Fatal(err)
	}
	if !withheld("lantern-row") || withheld("netmakers-yard") {
		t.Error("the rule is not used in the client's answers alone")
	}
	// The same words again, for another: a rule of its own.
	if _, err := d.Learn(ctx, "s1", Lesson{Lesson: redact.Lesson{Words: "the gutter", Reason: "everybody knows the gutter"}, Client: "netmakers-yard"}); err != nil {
		t.Fatal(err)
	}
	if !withheld("netmakers-yard") {
		t.Error("the rule that was written there again is not used")
	}
	if _, err := d.Learn(ctx, "s1", Lesson{Lesson: redact.Lesson{Words: "a wording", Reason: "of whom"}, Client: "nobody"}); errorCode(err) != "no-client" {
		t.Errorf("a rule for nobody: %v", err)
	}
	if _, err := d.PassOpenCases(ctx, "staff-1", "lantern-row"); err != nil {
		t.Fatal(err)
	}
	l, err := d.EndClient(ctx, "staff-1", "lantern-row")
	if err != nil || l.Lessons != 1 {
		t.Errorf("with the contract end %d rules: %v", l.Lessons, err)
	}
	all, err := d.Lessons(ctx)
	if err != nil || len(all) != 1 || all[0].Client != "netmakers-yard" {
		t.Errorf("left are %+v, %v", all, err)
	}
	if _, err := d.Learn(ctx, "s1", Lesson{Lesson: redact.Lesson{Words: "a wording", Reason: "too late"}, Client: "lantern-row"}); errorCode(err) != "client-ended" {
		t.Errorf("a rule for a client whose contract has ended: %v", err)
	}
}

// TestReturnKept: what is kept of an ended client's customers is written out whole, and then
// it is gone here, and everybody else's is as it was.
func TestReturnKept(t *testing.T) { onBoth(t, returnKept) }

func returnKept(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	zelda := Query{Name: "Zelda Quill", DOB: "1980-02-03"}
	for _, set := range []string{"", "lantern-row", "netmakers-yard"} {
		e, err := d.NoteContact(ctx, "s1", NewContact{About: zelda, Client: set, NewEntry: contact.NewEntry{Once: "n", Channel: contact.Phone, Particulars: contact.Particulars{Facts: "She rang, of " + set}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.CorrectContact(ctx, "s1", e.ID, contact.NewEntry{Once: "m", Channel: contact.Phone, Particulars: contact.Particulars{Facts: "She wrote, of " + set}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.LookUp(ctx, "s1", Look{Query: zelda, Whose: "lantern-row", Once: "c", Channel: contact.Phone, Told: true}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "lantern.json")
	if _, err := d.ReturnKept(ctx, "s1", "lantern-row", file); errorCode(err) != "client" {
		t.Errorf("returned while the contract runs: %v", err)
	}
	l, err := d.EndClient(ctx, "s1", "lantern-row")
	want := contact.Counts{Entries: 2, Checks: 1}
	if err != nil || l.Kept != want {
		t.Fatalf("to be returned: %+v, %v", l.Kept, err)
	}
	if _, err := d.ContactsOf(ctx, "s1", "lantern-row", zelda); errorCode(err) != "client-ended" {
		t.Errorf("they can still be looked at: %v", err)
	}
	if n, err := d.ReturnKept(ctx, "s1", "lantern-row", file); err != nil || n != want {
		t.Fatalf("returned: %+v, %v", n, err)
	}
	got, err := os.ReadFile(file)
	if err != nil || strings.Count(string(got), "\n") != 3 || !strings.Contains(string(got), "She rang, of lantern-row") || strings.Contains(string(got), "netmakers") {
		t.Errorf("the file is %s, %v", got, err)
	}
	if _, err := d.ReturnKept(ctx, "s1", "lantern-row", file); errorCode(err) != "file" {
		t.Errorf("written over: %v", err)
	}
	if n, err := d.ReturnKept(ctx, "s1", "lantern-row", filepath.Join(t.TempDir(), "again.json")); err != nil || n.Any() {
		t.Errorf("there is something left: %+v, %v", n, err)
	}
	for _, set := range []string{"", "netmakers-yard"} {
		if all, err := d.ContactsOf(ctx, "s1", set, zelda); err != nil || len(all) != 2 {
			t.Errorf("in %q are %d entries, %v", set, len(all), err)
		}
	}
}

// TestCallInSilence: in whose set somebody was found is told nobody before they pass, and the
// ledger of a caller who is held and of one who is not is the same.
func TestCallInSilence(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	acts := func(q Query) (out []string, k contact.Check) {
		t.Helper()
		before := 0
		read := func() (all []store.Recorded) {
			err := d.Store.Read(ctx, func(tx *store.Tx) (err error) {
				all, err = tx.Acts(ctx, d.Config.Landlord, "", 0, 500)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		before = len(read())
		k, err := d.LookUp(ctx, "s1", Look{Query: q, Once: q.Name, Channel: contact.Phone, Told: true})
		if err != nil {
			t.Fatal(err)
		}
		all := read()
		for _, a := range all[:len(all)-before] {
			var says map[string]any
			if err := json.Unmarshal(a.Payload, &says); err != nil {
				t.Fatal(err)
			}
			if asked, ok := says["asked"].([]any); ok { // which they are is drawn for the day
				says["asked"] = len(asked)
			}
			out = append(out, fmt.Sprint(a.Act, says))
		}
		return out, k
	}
	held, k := acts(Query{Name: "Orla Finch", DOB: "1971-05-06"})
	unknown, _ := acts(Query{Name: "Nora Pike", DOB: "1971-05-06"})
	if k.Client != "lantern-row" {
		t.Fatalf("she was looked for in %q", k.Client)
	}
	if !slices.Equal(held, unknown) || strings.Contains(fmt.Sprint(held), "lantern") {
		t.Errorf("the ledger has\n%v of her, and\n%v of somebody unknown", held, unknown)
	}
	if shown, err := json.Marshal(k); err != nil || strings.Contains(string(shown), "lantern") {
		t.Errorf("the check says whose she is: %s %v", shown, err)
	}
	c, err := d.Conversation(ctx, "s1", k.ID)
	if err != nil || c.Keeper != nil {
		t.Errorf("before she passed: %+v, %v", c.Keeper, err)
	}
	// What she says meanwhile is put down in nobody's set.
	e, err := d.NoteContact(ctx, "s1", NewContact{Call: k.ID, NewEntry: contact.NewEntry{Once: "n", Channel: contact.Phone, Particulars: contact.Particulars{Facts: "She hung up."}}})
	if err != nil || e.Client != "" {
		t.Errorf("it was put down in %q: %v", e.Client, err)
	}
	// One person, held by two: whoever calls is asked who their landlord is.
	if _, err := d.LookUp(ctx, "s1", Look{Query: Query{Name: "Zelda Quill", DOB: "1980-02-03"}, Once: "z", Channel: contact.Phone, Told: true}); errorCode(err) != "several" {
		t.Errorf("two landlords have her: %v", err)
	}
	if _, err := d.LookUp(ctx, "s1", Look{Query: Query{Name: "Zelda Quill", DOB: "1980-02-03"}, Whose: "nobody", Once: "y", Channel: contact.Phone, Told: true}); errorCode(err) != "no-client" {
		t.Errorf("a landlord whom we do not act for: %v", err)
	}
	// A case of one landlord takes no entry about another's customer.
	x := forClient(t, d, "netmakers-yard")
	if _, err := d.NoteContact(ctx, "s1", NewContact{About: Query{Name: "Orla Finch"}, Client: "lantern-row", Number: x.Number, NewEntry: contact.NewEntry{Once: "o", Channel: contact.Phone, Particulars: contact.Particulars{Facts: "She rang."}}}); errorCode(err) != "usage" {
		t.Errorf("it was put into another landlord's case: %v", err)
	}
}

// TestStaffOfAClient: who is who, routing and what a role that is gone may see.
func TestStaffOfAClient(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	staff := parted(t, d, map[string][]string{"lantern": {"lantern-row"}})
	as := As(ctx, staff["lantern"])
	row := func(q Query, client string) string {
		t.Helper()
		a, err := d.findIn(ctx, client, q)
		if err != nil {
			t.Fatal(err)
		}
		return a.Person.Records[0]
	}
	zelda, orla := row(Query{Name: "Zelda Quill", DOB: "1980-02-03"}, "lantern-row"), row(Query{Name: "Orla Finch", DOB: "1971-05-06"}, "lantern-row")
	piers := row(Query{Email: "piers@example.org"}, "")
	var no *Denied
	if _, err := d.DecidePerson(as, "s1", piers, piers, true, "himself"); !errors.As(err, &no) {
		t.Errorf("our own record was decided on: %v", err)
	}
	if _, err := d.DecidePerson(as, "s1", zelda, orla, false, "two people"); err != nil {
		t.Errorf("the client's own: %v", err)
	}
	if list, err := d.PersonDecisions(as); err != nil || len(list) != 1 {
		t.Errorf("decisions %v, %v", list, err)
	}
	if list, err := d.PersonDecisions(As(ctx, store.Staff{ID: "gone", Role: "gone"})); err != nil || len(list) != 0 {
		t.Errorf("a role that is gone sees %v, %v", list, err)
	}
	if _, _, err := d.UndoPerson(As(ctx, store.Staff{ID: "gone", Role: "gone"}), "s1", zelda, orla); !errors.As(err, &no) {
		t.Errorf("and takes back: %v", err)
	}
	// Any colleague may take a request. It goes its way, and they do not see it.
	k, err := d.OpenCase(as, NewCase{Query: Query{Name: "Piers Wren", Email: "piers@example.org"}, Kind: "access", Channel: "phone", Asked: "All", By: staff["lantern"].ID})
	if err != nil {
		t.Fatal(err)
	}
	if d.SeesCase(as, k) {
		t.Error("they see a case of ours")
	}
	if _, err := d.RouteCase(as, "s1", k.Number); !errors.As(err, &no) {
		t.Errorf("they look through every set: %v", err)
	}
	if _, err := d.EndClient(as, "s1", "lantern-row"); !errors.As(err, &no) {
		t.Errorf("they end a contract: %v", err)
	}
	if _, err := d.find(as, Query{Email: "piers@example.org"}); !errors.As(err, &no) || errors.Is(err, find.ErrNobody) {
		t.Errorf("they search our own: %v", err)
	}
	if err := Everything(d.Roles(), "lantern"); err == nil {
		t.Error("a role for one client may do all that there is")
	}
	d.Config.Staff.Roles["lantern"] = RoleRules{Clients: []string{"lantern-raw"}}
	if err := d.checkStaffClients(); errorCode(err) != "config" || !strings.Contains(err.Error(), "lantern-raw") {
		t.Errorf("a role for a client that is not there: %v", err)
	}
}
