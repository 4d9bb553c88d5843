package desk

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/store"
)

// TestEndClientAsksForOpenCases: a contract does not end over open cases. They are named,
// and each is decided, or all are passed to the client, with a task to tell the person.
func TestEndClientAsksForOpenCases(t *testing.T) {
	d := agentOffice(t, func(db *sql.DB) {
		insert(t, db, `INSERT INTO person VALUES (1, 'Orla Finch', '1971-05-06', 'orla@example.org', 'LR')`)
	})
	ctx := t.Context()
	open := func(once string, n NewCase) cases.Case {
		t.Helper()
		n.Kind, n.Channel, n.Asked, n.By, n.Once = "access", "letter", "All of it", "staff-1", once
		k, err := d.OpenCase(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	orla := Query{Name: "Orla Finch", Email: "orla@example.org"}
	answered := open("a", NewCase{Query: orla, Client: "lantern-row"})
	withdrawn := open("b", NewCase{Query: orla, Client: "lantern-row"})
	routed := open("c", NewCase{Query: orla})
	others := open("d", NewCase{Query: orla, Client: "netmakers-yard"})
	ours := open("e", NewCase{Query: Query{Name: "Nobody Known"}})

	_, err := d.EndClient(ctx, "staff-1", "lantern-row")
	if errorCode(err) != "client-cases" {
		t.Fatalf("it ended over open cases: %v", err)
	}
	for k, named := range map[*cases.Case]bool{&answered: true, &withdrawn: true, &routed: true, &others: false, &ours: false} {
		if strings.Contains(err.Error(), k.Number) != named {
			t.Errorf("%s is named: %v, in %v", k.Number, !named, err)
		}
	}
	if ended, _ := d.ended(); len(ended) != 0 {
		t.Errorf("and yet %v has ended", ended)
	}
	if _, err := d.Cases.Withdraw(ctx, cases.On{Case: withdrawn.ID, By: "staff-1"}, "She has what she wanted."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.EndClient(ctx, "staff-1", "lantern-row"); errorCode(err) != "client-cases" || strings.Contains(err.Error(), withdrawn.Number) {
		t.Errorf("with one of them withdrawn: %v", err)
	}
	got, err := d.PassOpenCases(ctx, "staff-1", "lantern-row")
	slices.Sort(got)
	if want := []string{answered.Number, routed.Number}; err != nil || !slices.Equal(got, want) {
		t.Fatalf("passed are %v, not %v: %v", got, want, err)
	}
	for _, k := range []cases.Case{answered, routed} {
		k, err := d.Cases.Get(ctx, k.ID)
		if err != nil || k.State != cases.Transferred || k.Ending.Client != "lantern-row" {
			t.Errorf("%s is %s: %+v, %v", k.Number, k.State, k.Ending, err)
		}
		tasks, err := d.Cases.Tasks(ctx, k.ID)
		if err != nil || !slices.ContainsFunc(tasks, func(x cases.Task) bool { return x.Place == handoverPlace && x.Outcome == "" }) {
			t.Errorf("%s: nobody has the task to hand it over: %v", k.Number, err)
		}
	}
	if again, err := d.PassOpenCases(ctx, "staff-1", "lantern-row"); err != nil || len(again) != 0 {
		t.Errorf("passed again: %v, %v", again, err)
	}
	if _, err := d.EndClient(ctx, "staff-1", "lantern-row"); err != nil {
		t.Errorf("when all were decided: %v", err)
	}
}

// TestTransferIsTheirs: a case goes to the client whose customer it is about. To any other
// it goes with a reason alone, which is in the case and the ledger.
func TestTransferIsTheirs(t *testing.T) {
	d := agentOffice(t, func(db *sql.DB) {
		for i, p := range [][]string{{"Orla Finch", "orla@example.org", "LR"}, {"Piers Wren", "piers@example.org", "HB"}, {"Zelda Quill", "zelda@example.org", "LR"}, {"Zelda Quill", "zelda@example.org", "HB"}} {
			insert(t, db, `INSERT INTO person VALUES (?, ?, '1971-05-06', ?, ?)`, i+1, p[0], p[1], p[2])
		}
	})
	ctx := t.Context()
	for i, test := range []struct {
		name, email, opened, to string
		goes                    bool
	}{
		{"Orla Finch", "orla@example.org", "", "lantern-row", true},
		{"Orla Finch", "orla@example.org", "", "netmakers-yard", false},
		{"Piers Wren", "piers@example.org", "", "lantern-row", false},
		{"Zelda Quill", "zelda@example.org", "", "lantern-row", false}, // ours too
		{"Nobody Known", "nobody@example.org", "", "lantern-row", true},
		{"Piers Wren", "piers@example.org", "lantern-row", "lantern-row", true}, // it has the request
		{"Orla Finch", "orla@example.org", "lantern-row", "netmakers-yard", false},
	} {
		k, err := d.OpenCase(ctx, NewCase{Query: Query{Name: test.name, Email: test.email}, Kind: "access", Channel: "letter", Asked: "All", By: "staff-1", Client: test.opened, Once: fmt.Sprint(i)})
		if err != nil {
			t.Fatal(err)
		}
		p := Passing{Client: test.to, Day: d.Today(), Said: "They have it now."}
		on := cases.On{Case: k.ID, By: "staff-1"}
		if _, err = d.TransferCase(ctx, on, k, p); (err == nil) != test.goes || err != nil && errorCode(err) != "transfer" {
			t.Errorf("%s to %s: %v", test.name, test.to, err)
		}
		if test.goes {
			k, err := d.Cases.Get(ctx, k.ID)
			if err == nil {
				_, err = d.TransferCase(ctx, on, k, p)
			}
			if err != nil {
				t.Errorf("done again: %v", err)
			}
			continue
		}
		p.Why = "She asked for it to be looked at there: 4 Weir Lane changed hands."
		k, err = d.TransferCase(ctx, on, k, p)
		if err != nil || k.State != cases.Transferred || !strings.Contains(k.Ending.Reason, "4 Weir Lane") {
			t.Errorf("%s to %s with a reason: %+v, %v", test.name, test.to, k.Ending, err)
		}
	}
	despite := 0
	err := d.Store.Read(ctx, func(tx *store.Tx) error {
		acts, err := tx.Acts(ctx, d.Config.Landlord, "", 0, 500)
		for _, a := range acts {
			if strings.Contains(fmt.Sprintf("%+v %s", a, a.Payload), `"despite":true`) {
				despite++
			}
			if strings.Contains(fmt.Sprintf("%+v", a), "Weir Lane") {
				t.Error("the ledger has the reason in clear")
			}
		}
		return err
	})
	if err != nil || despite != 4 {
		t.Errorf("%d entries say that there was a reason: %v", despite, err)
	}
	k := forClient(t, d, "lantern-row")
	if _, err := d.TransferCase(ctx, cases.On{Case: k.ID, By: "staff-1"}, k, Passing{Client: "nobody", Day: d.Today()}); errorCode(err) != "no-client" {
		t.Errorf("to nobody: %v", err)
	}
}
