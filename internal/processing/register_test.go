package processing

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/notice"
)

var update = flag.Bool("update", false, "write the golden files anew")

func load(t testing.TB, pack string) *notice.Notice {
	t.Helper()
	folder, err := notice.Pack(pack)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func packs(t testing.TB) []string {
	t.Helper()
	entries, err := fs.ReadDir(notice.Packs(), ".")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func make1(t testing.TB, n *notice.Notice, h Holdings, s Scope) *Register {
	t.Helper()
	r, err := Make(n, h, Filed{}, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// small is what a few tables of a landlord hold.
var small = Holdings{Looked: true, Unmapped: []string{"calls"}, Tables: []Holding{
	{System: "housing", Table: "person", Category: "identity"}, {System: "housing", Table: "person", Category: "contact-details"},
	{System: "housing", Table: "tenancy", Category: "tenancy", Retention: "tenancy-file"},
	{System: "repairs", Table: "job", Category: "repairs"}, {System: "repairs", Table: "note", Category: "shoe-size"}, {System: "repairs", Table: "van"},
}}

func TestLarkfieldGolden(t *testing.T) {
	r := make1(t, load(t, "larkfield"), small, Scope{Body: "larkfield-repairs"})
	var b strings.Builder
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "== %s of %s\n", row.Use, row.Body)
		for _, col := range r.Columns {
			if text := row.Cell(col.ID).Text(); text != "" {
				fmt.Fprintf(&b, "%s\n    %s\n", col.Title, strings.ReplaceAll(text, "\n", "\n    "))
			}
		}
	}
	for _, g := range make1(t, load(t, "larkfield"), small, Scope{}).Gaps {
		fmt.Fprintf(&b, "gap %s, %s, %s: %s [%s; %s]\n", g.Kind, g.Use, g.Body, g.What, g.At, g.Law)
	}
	golden := filepath.Join("testdata", "larkfield.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Errorf("the record of Larkfield's repairs company (-want +got); with -update it is written anew:\n%s", d)
	}
}

// TestEachUseOnItsRecords holds every pack, and packs with uses made otherwise,
// against what the record must be: each use on the records of its bodies, once, and
// nothing that neither pack nor maps say.
func TestEachUseOnItsRecords(t *testing.T) {
	names := packs(t)
	loaded := map[string]*notice.Notice{}
	for _, name := range names {
		loaded[name] = load(t, name)
	}
	rapid.Check(t, func(rt *rapid.T) {
		n := *loaded[rapid.SampledFrom(names).Draw(rt, "pack")]
		n.Uses.Uses = slices.Clone(n.Uses.Uses)
		pick := func(label string, ids []notice.ID) []notice.ID {
			if len(ids) == 0 {
				return nil
			}
			return rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 0, len(ids), rapid.ID[notice.ID]).Draw(rt, label)
		}
		var controllers, clients, categories []notice.ID
		for _, c := range n.Landlord.Controllers {
			controllers = append(controllers, c.ID)
		}
		for _, c := range n.Landlord.Clients {
			clients = append(clients, c.ID)
		}
		for _, c := range n.Data.Categories {
			categories = append(categories, c.ID)
		}
		for i := range n.Uses.Uses {
			u := &n.Uses.Uses[i]
			u.Controllers, u.Clients = pick("controllers", controllers), pick("clients", clients)
			u.Role = rapid.SampledFrom([]notice.UseRole{"", notice.AsController, notice.AsProcessor, notice.AsJoint}).Draw(rt, "role")
		}
		h := Holdings{Looked: rapid.Bool().Draw(rt, "looked")}
		for i := range rapid.IntRange(0, 6).Draw(rt, "tables") {
			h.Tables = append(h.Tables, Holding{System: fmt.Sprint("system", i%2), Table: fmt.Sprint("table", i),
				Category: rapid.SampledFrom(append(slices.Clone(categories), "", "shoe-size")).Draw(rt, "category"), Clients: pick("whose", clients)})
		}
		held := map[string]Holding{}
		for _, x := range h.Tables {
			held[x.System+": "+x.Table] = x
		}
		for _, as := range []notice.UseRole{notice.AsController, notice.AsProcessor} {
			want := map[[2]notice.ID]int{}
			for _, u := range n.Uses.Uses {
				if (u.Role == notice.AsProcessor) != (as == notice.AsProcessor) {
					continue
				}
				bodies := u.Controllers
				if as == notice.AsProcessor {
					if bodies = u.Clients; len(bodies) == 0 {
						bodies = []notice.ID{""}
					}
				} else if len(bodies) == 0 {
					bodies = controllers
				}
				for _, b := range bodies {
					want[[2]notice.ID{u.ID, b}] = 1
				}
			}
			r, err := Make(&n, h, Filed{}, Scope{As: as})
			if err != nil {
				rt.Fatal(err)
			}
			got := map[[2]notice.ID]int{}
			for _, row := range r.Rows {
				got[[2]notice.ID{row.Use, row.Body}]++
				for _, c := range row.Cells {
					for _, e := range c.Entries {
						invented(rt, &n, row, c, e)
						x, table := held[e.Text]
						if c.Column != colLocation {
							continue
						}
						if !table || !slices.Contains(r.useOf(&n, row).Categories, x.Category) {
							rt.Fatalf("%s of %s is said to lie in %q, which holds none of its data", row.Use, row.Body, e.Text)
						}
						if as == notice.AsProcessor && !slices.Contains(x.Clients, row.Body) || as == notice.AsController && len(x.Clients) > 0 {
							rt.Fatalf("%s of %s is said to lie in %q, which holds %v’s rows", row.Use, row.Body, e.Text, x.Clients)
						}
					}
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				rt.Fatalf("uses and rows as %s (-want +got):\n%s", as, d)
			}
		}
	})
}

func (r *Register) useOf(n *notice.Notice, row Row) notice.Use {
	for _, u := range n.Uses.Uses {
		if u.ID == row.Use {
			return u
		}
	}
	return notice.Use{}
}

// invented fails on an entry that names something the pack does not have, or says a
// thing of the pack in other words than the pack's.
func invented(t *rapid.T, n *notice.Notice, row Row, c Cell, e Entry) {
	u := (&Register{}).useOf(n, row)
	in := func(id notice.ID, of []notice.ID) {
		if !slices.Contains(of, id) {
			t.Fatalf("%s: %s has %q, which its use does not", row.Use, c.Column, id)
		}
	}
	switch c.Column {
	case colPeople:
		in(e.ID, u.People)
	case colCategories:
		in(e.ID, u.Categories)
	case colSources:
		in(e.ID, u.Sources)
	case colPurpose, colDoes:
		if e.Text != oneLine(u.Purpose) {
			t.Fatalf("%s: the purpose is %q", row.Use, e.Text)
		}
	case colRecipients:
		for _, r := range n.Sharing.Rules {
			if r.To == e.ID && slices.Contains(r.For, u.ID) {
				return
			}
		}
		for _, x := range n.Web.Trackers {
			if x.To == e.ID && x.For == u.ID {
				return
			}
		}
		t.Fatalf("%s: nothing gives its data to %s", row.Use, e.ID)
	}
}

func TestEveryPackGenerates(t *testing.T) {
	for _, pack := range packs(t) {
		n := load(t, pack)
		for _, as := range []notice.UseRole{notice.AsController, notice.AsProcessor} {
			r := make1(t, n, Holdings{}, Scope{As: as})
			if as == notice.AsController && len(r.Rows) == 0 {
				t.Errorf("%s has no row at all", pack)
			}
			if as == notice.AsController && len(r.Columns) != 33 {
				t.Errorf("the template has 30 columns and ours are 3, and there are %d", len(r.Columns))
			}
			for _, row := range r.Rows {
				if len(row.Cells) != len(r.Columns) {
					t.Errorf("%s: %s has %d cells", pack, row.Use, len(row.Cells))
				}
			}
			for _, g := range r.Gaps {
				if g.What == "" || g.Law == "" || g.Mend == "" || g.At.File == "" {
					t.Errorf("%s: a gap that does not explain itself: %+v", pack, g)
				}
			}
			out, err := json.Marshal(r)
			if err != nil || !bytes.Contains(out, []byte(`"@type":"dpv:ROPA"`)) {
				t.Errorf("%s: %v", pack, err)
			}
		}
	}
}

// changed is the default pack with one text put in the place of another.
func changed(t testing.TB, file, old, new string) (*notice.Notice, error) {
	t.Helper()
	from, err := notice.Pack("larkfield")
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{}
	for _, name := range notice.Files() {
		data, err := fs.ReadFile(from, name)
		if err != nil {
			t.Fatal(err)
		}
		if name == file {
			if !bytes.Contains(data, []byte(old)) {
				t.Fatalf("%s does not have %q", file, old)
			}
			data = bytes.Replace(data, []byte(old), []byte(new), 1)
		}
		folder[name] = &fstest.MapFile{Data: data}
	}
	return notice.Load(folder)
}

func TestGaps(t *testing.T) {
	clean := make1(t, load(t, "larkfield"), Holdings{Looked: true}, Scope{})
	for _, c := range []struct {
		kind           GapKind
		file, old, new string
	}{
		{NoBasis, "uses.yaml", "    basis: contract\n", ""},
		{NoAgreement, "sharing.yaml", "    agreement: print-contract\n", ""},
		{NoSafeguard, "sharing.yaml", "    safeguard: adequacy-regulations\n", ""},
		{NoRetention, "keeping.yaml", "categories: [identity, contact-details, household, tenancy, children, third-party-contacts]", "categories: [identity]"},
	} {
		n, err := changed(t, c.file, c.old, c.new)
		if err != nil {
			t.Fatal(err)
		}
		count := func(r *Register) (out int) {
			for _, g := range r.Gaps {
				if g.Kind == c.kind {
					out++
				}
			}
			return out
		}
		got := make1(t, n, Holdings{Looked: true}, Scope{})
		if count(got) <= count(clean) {
			t.Errorf("%s: taking %q out shows no further gap", c.kind, c.old)
		}
		for _, g := range got.Gaps {
			if row, ok := got.find(g.Use, g.Body); g.Use != "" && (!ok || !strings.Contains(row.Cell(colGaps).Text(), g.What)) {
				t.Errorf("%s of %s is not shown on its row", g.Kind, g.Use)
			}
		}
	}
	n := load(t, "larkfield")
	kinds := map[GapKind]bool{}
	n.Uses.Uses[0].Role, n.Uses.Uses[1].Role = notice.AsProcessor, notice.AsJoint
	n.Uses.Uses[1].Controllers = n.Uses.Uses[1].Controllers[:1]
	for i := range n.Uses.Uses {
		n.Uses.Uses[i].Special = nil
	}
	for _, as := range []notice.UseRole{notice.AsController, notice.AsProcessor} {
		for _, g := range make1(t, n, small, Scope{As: as}).Gaps {
			kinds[g.Kind] = true
		}
	}
	for _, k := range []GapKind{NoCondition, NoSystem, NoClient, NoPartner, NoCategory, NoMap} {
		if !kinds[k] {
			t.Errorf("%s was planted and is not shown", k)
		}
	}
	if _, err := Make(n, Holdings{}, Filed{}, Scope{Body: "nobody"}); err == nil || !strings.Contains(err.Error(), "larkfield-homes") {
		t.Errorf("a body that is not there: %v", err)
	}
}

func TestFlowsFold(t *testing.T) {
	for _, pack := range packs(t) {
		r := make1(t, load(t, pack), Holdings{}, Scope{})
		f := Flows(r, 12)
		stand := [3]int{}
		for layer, nodes := range f.Layers {
			if len(nodes) > 12 {
				t.Errorf("%s: layer %d has %d nodes", pack, layer, len(nodes))
			}
			for _, x := range nodes {
				stand[layer] += x.Of
			}
		}
		for layer, column := range map[int]string{0: colCategories, 1: colPurpose, 2: colRecipients} {
			all := map[string]bool{}
			for _, row := range r.Rows {
				for _, s := range row.Cell(column).texts() {
					all[s] = true
				}
			}
			if len(all) != stand[layer] {
				t.Errorf("%s: %d stand for the %d of %s", pack, stand[layer], len(all), column)
			}
		}
	}
}
