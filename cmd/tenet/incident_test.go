package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"tenet/internal/incident"
	"tenet/internal/store"
)

// TestTellingOfABreachIsKilled kills a process at random instants while it writes to the
// people whom a breach touches, and lets it run again: everybody has one letter, none is
// without, and the ledger says of each batch what is there.
func TestTellingOfABreachIsKilled(t *testing.T) {
	kills, people := 20, 4000
	if s := os.Getenv("TENET_TEST_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	} else if testing.Short() {
		kills, people = 5, 800
	}
	made, err := makeLandlord(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("SQLite", func(t *testing.T) { newOffice(t, made, nil).tells(kills, people) })
	t.Run("PostgreSQL", func(t *testing.T) { newOffice(t, made, serverEnv(t)).tells(kills, people) })
}

func (o *office) tells(kills, people int) {
	t, ctx := o.t, context.Background()
	t.Helper()
	number := o.breach(people)
	rng := rand.New(rand.NewPCG(76, uint64(people)))
	var notes []store.Signed
	stages, last, span := map[int]int{}, 0, 800*time.Millisecond
	for range kills {
		cmd := o.command(o.desk.Dir, "incident", "tell", number)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Duration(rng.Int64N(int64(span)))) // an instant that nobody chose
		cmd.Process.Kill()
		if cmd.Wait() == nil { // it was done before it was killed
			break
		}
		written := o.number(`SELECT count(*) FROM incident_person WHERE letter IS NOT NULL`)
		if stages[written]++; written == last { // a slower machine gets more time to come to something
			span = min(span*5/4, 5*time.Second)
		}
		last = written
		notes = append(notes, o.checkpoint())
	}
	o.run(o.desk.Dir, 0, "incident", "tell", number)
	if said := o.run(o.desk.Dir, 0, "--json", "incident", "tell", number); !strings.Contains(said, `"written":0`) {
		t.Errorf("after everybody was written to, it said:\n%s", said)
	}
	t.Logf("killed with so many letters written, so often: %v", stages)
	if len(stages) < 2 {
		t.Errorf("it was killed at one stage alone: %v", stages)
	}
	for what, query := range map[string]string{
		"letters":                      `SELECT count(*) FROM desk_letter WHERE kind = 'breach'`,
		"people with one of their own": `SELECT count(DISTINCT p.letter) FROM incident_person p`,
		"doings":                       `SELECT count(DISTINCT once) FROM desk_letter WHERE kind = 'breach'`,
	} {
		if got := o.number(query); got != people {
			t.Errorf("%d %s for %d people", got, what, people)
		}
	}
	if got := o.number(`SELECT count(*) FROM cases WHERE number LIKE 'BR-%'`); got != 1 {
		t.Errorf("%d cases hold the letters", got)
	}
	if left, err := o.desk.Affected(ctx, number, incident.Some{Only: incident.Unwritten}); err != nil || len(left) > 0 {
		t.Errorf("%d were left out, %v", len(left), err)
	}
	f, err := o.desk.IncidentFile(ctx, number)
	if err != nil {
		t.Fatal(err)
	}
	recorded := 0
	err = o.desk.Store.Read(ctx, func(tx *store.Tx) error {
		recorded = 0
		acts, err := tx.Acts(ctx, o.desk.Config.Landlord, f.ID, 0, 1000)
		for _, a := range acts {
			if a.Act != incident.Tells.Entry() {
				continue
			}
			var said struct{ Letters int }
			if err := json.Unmarshal(a.Payload, &said); err != nil {
				return err
			}
			recorded += said.Letters
		}
		return err
	})
	if err != nil || recorded != people {
		t.Errorf("the ledger has %d letters, %v", recorded, err)
	}
	o.grew(notes)
}

// breach is an incident that was found to be a breach with a high risk, with people on
// its list.
func (o *office) breach(people int) string {
	t, ctx := o.t, context.Background()
	t.Helper()
	d := o.desk
	i, err := d.ReportIncident(ctx, incident.First{Once: "killed", Kind: incident.Lost, What: "A stick was lost.", By: "cli:1000"})
	if err != nil {
		t.Fatal(err)
	}
	on := incident.On{Number: i.Number, By: "cli:1000"}
	for _, do := range []func(*incident.Incidents) (incident.Incident, error){
		func(x *incident.Incidents) (incident.Incident, error) {
			return x.Confirm(ctx, on, incident.Finding{Harms: []incident.Harm{incident.Confidentiality}, Aware: d.Now(), How: "The caretaker rang.", Role: incident.Controller})
		},
		func(x *incident.Incidents) (incident.Incident, error) {
			return x.Describe(ctx, on, incident.Description{Nature: "A list of tenants was lost.", Effects: "Somebody may pose as us.", Measures: "We looked for it."})
		},
		func(x *incident.Incidents) (incident.Incident, error) {
			return x.Assess(ctx, on, incident.Facts{Data: []incident.Data{incident.Contact}, People: people})
		},
		func(x *incident.Incidents) (incident.Incident, error) {
			return x.Decide(ctx, on, incident.HighRisk, "It names them all.")
		},
	} {
		if _, err := d.Incident(i.Number, do); err != nil {
			t.Fatal(err)
		}
	}
	var sheet strings.Builder
	sheet.WriteString("name,address,reference\n")
	for n := range people {
		fmt.Fprintf(&sheet, "Ada Quillfeather,\"%d Home Road, Larkfield\",T-%06d\n", n+1, n)
	}
	if added, problems, err := d.ListAffectedSheet(ctx, i.Number, "cli:1000", "people.csv", []byte(sheet.String())); err != nil || len(problems) > 0 || added != people {
		t.Fatalf("%d added, %v %v", added, problems, err)
	}
	return i.Number
}

// number is a number that the store counts.
func (o *office) number(query string) (n int) {
	o.t.Helper()
	err := o.desk.Store.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRowContext(context.Background(), query).Scan(&n)
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}
