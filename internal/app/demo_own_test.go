package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tenet/internal/datamap"
	"tenet/internal/demo"
	"tenet/internal/desk"
)

// demoHomes is how many homes are enough to see what a landlord has of its own.
const demoHomes = 12

// TestDemosAnswerWithTheirOwn answers the star of each landlord: nothing waits because the
// notice has another word for it, she has her name, address and rent, and what is hers in the
// systems that this landlord alone has is found, and found to be hers.
func TestDemosAnswerWithTheirOwn(t *testing.T) {
	for _, pack := range packs(t) {
		t.Run(pack, func(t *testing.T) {
			d, w := demoDesk(t, pack, demoHomes)
			if _, err := d.Index(t.Context(), false, nil); err != nil {
				t.Fatal(err)
			}
			res, err := d.Access(t.Context(), desk.AccessRequest{Query: w.Star, Received: w.Today, Channel: "form", By: "cli", Client: w.Client}, nil)
			if err != nil {
				t.Fatal(err)
			}
			found := map[string][]datamap.Whose{}
			has := map[string]bool{}
			for _, x := range res.List {
				found[fmt.Sprint(x.Record.Source, x.Record.Table, x.Record.Key)] = x.Record.Whose
				if strings.Contains(x.Waits, "no category") {
					t.Errorf("%s waits: %s", x.Item, x.Waits)
				}
				for _, f := range x.Fields {
					if strings.Contains(f.Reason, "no category") {
						t.Errorf("%s %s waits: %s", x.Item, f.Name, f.Reason)
					}
					if x.Out && f.Out && f.Clean != "" {
						has[x.Record.Source+"."+x.Record.Table+"."+f.Name] = true
					}
				}
			}
			for _, piece := range []string{"housing.person.forename", "housing.person.surname", "housing.property.address_line_1", "housing.property.postcode", "housing.rent_entry.amount_pence", "housing.rent_account.balance"} {
				if !has[piece] {
					t.Errorf("she is not given %s", piece)
				}
			}
			housing, err := d.Map("housing")
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range demoWorld(t, pack, d).Of(demo.Star) {
				switch {
				case x.Source == "letters" || x.Source == "mail": // words, of which a reader has to tell whose they are
					continue
				case slices.Contains(x.Whose, demo.Other), x.Source == "housing" && housing.Tables[x.Table].Bridge: // walked through
					continue
				}
				whose, ok := found[fmt.Sprint(x.Source, x.Table, x.Key)]
				switch {
				case ok && x.Trap:
					t.Errorf("%s.%s %v is found, and is not hers: %s", x.Source, x.Table, x.Key, x.Why)
				case !ok && !x.Trap && (slices.Contains(x.Whose, demo.Self) || slices.Contains(x.Whose, demo.Shared)):
					t.Errorf("%s.%s %v is not found", x.Source, x.Table, x.Key)
				case ok && x.Source != "housing" && !slices.Contains(x.Whose, string(whose[0])):
					t.Errorf("%s.%s %v is found as %v, and is %v", x.Source, x.Table, x.Key, whose, x.Whose)
				}
			}
		})
	}
}

// demoWorld is what a demo's landlord was built as.
func demoWorld(t *testing.T, pack string, d *desk.Desk) *demo.World {
	t.Helper()
	who, _, err := demoLandlord(pack)
	if err != nil {
		t.Fatal(err)
	}
	w, err := demo.Build(t.Context(), filepath.Join(filepath.Dir(d.Dir), "landlord"), demo.Options{Homes: demoHomes, Seed: 1, Landlord: who}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestDemosPartTheirClients: in the demos of the two that act for others each client's records
// are found in its own set and in no other, and a request about one of them goes to the client.
func TestDemosPartTheirClients(t *testing.T) {
	agents := map[string]*desk.Desk{}
	for _, pack := range []string{"harbourside", "stonebeck"} {
		agents[pack], _ = demoDesk(t, pack, demoHomes)
		if _, err := agents[pack].Index(t.Context(), false, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct {
		pack, name, email, client string
		in                        []string
	}{
		{"harbourside", "Imogen Sandys", "imogen.sandys@example.org", "netmakers-yard", []string{"netmakers-yard"}},
		{"harbourside", "Rufus Tansley", "rufus.tansley@example.net", "tidewater", []string{"netmakers-yard", "tidewater"}},
		{"stonebeck", "Petra Lindqvist", "petra.lindqvist@example.org", "merrow-vale", []string{"merrow-vale"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			ctx, d := t.Context(), agents[x.pack]
			list, err := d.Clients()
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				if len(c.Sources) == 0 {
					t.Errorf("no map speaks of %s", c.ID)
				}
			}
			q := desk.Query{Name: x.name, Email: x.email}
			if a, err := d.FindFor(ctx, "cli", x.client, q); err != nil || len(a.Answer.Records) == 0 {
				t.Errorf("%s is not found for %s: %v", x.name, x.client, err)
			}
			sets, err := d.Locate(ctx, "cli", q)
			if err != nil {
				t.Fatal(err)
			}
			var in []string
			for _, s := range sets {
				in = append(in, s.Client)
			}
			if slices.Sort(in); !slices.Equal(in, x.in) {
				t.Errorf("%s is in the sets of %v, not %v", x.name, in, x.in)
			}
			k, err := d.OpenCase(ctx, desk.NewCase{Query: q, Kind: "access", Channel: "email", By: "staff-1"})
			if err != nil {
				t.Fatal(err)
			}
			r, err := d.RouteCase(ctx, "staff-1", k.Number)
			if err != nil {
				t.Fatal(err)
			}
			if len(x.in) == 1 && r.Client != x.client || len(x.in) > 1 && !r.Asks {
				t.Errorf("the case goes to %q: %s", r.Client, r.Says)
			}
		})
	}
}

// TestDemoTries: what a demo says to try can be tried.
func TestDemoTries(t *testing.T) {
	for _, pack := range []string{"harbourside", "northmoor"} {
		d, w := demoDesk(t, pack, 5)
		if _, err := d.Index(t.Context(), false, nil); err != nil {
			t.Fatal(err)
		}
		if len(w.Try) == 0 {
			t.Errorf("%s has nothing to try", pack)
		}
		number := ""
		for _, line := range w.Try {
			args := []string{"-C", d.Dir}
			for i, part := range strings.Split(line, `"`) { // every other part was in quotes
				if i%2 == 1 {
					args = append(args, part)
				} else {
					args = append(args, strings.Fields(strings.ReplaceAll(part, "NUMBER", number))...)
				}
			}
			var out, said bytes.Buffer
			if status := Run(t.Context(), args, strings.NewReader(""), &out, &said, "test"); status > 1 { // 1 says that there are gaps
				t.Errorf("%s: tenet %s ends with status %d: %s%s", pack, line, status, out.String(), said.String())
			}
			if _, rest, ok := strings.Cut(out.String(), "AR-"); ok {
				number = "AR-" + rest[:len("2026-0001")]
			}
		}
	}
}

// TestDemoOfCompanies: each system of a group is kept for one of its companies.
func TestDemoOfCompanies(t *testing.T) {
	d, _ := demoDesk(t, "northmoor", 5)
	companies := map[string]bool{}
	for _, sys := range d.Config.Sources {
		m, err := d.Map(sys.Name)
		if err != nil {
			t.Fatal(err)
		}
		for table := range m.Tables {
			companies[m.ControllerOf(table)] = true
		}
	}
	for _, c := range d.Notice.Landlord.Controllers {
		if !companies[string(c.ID)] {
			t.Errorf("nothing is kept for %s", c.ID)
		}
	}
	if _, err := os.Stat(filepath.Join(d.Dir, "maps", "smarthomes.yaml")); err != nil {
		t.Error(err)
	}
}
