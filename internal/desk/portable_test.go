package desk_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/demo"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/pack"
)

// taken is what a test reads of what somebody takes along.
type taken struct {
	Tables []struct {
		File    string                `json:"file"`
		Source  string                `json:"source"`
		Table   string                `json:"table"`
		Columns []pack.PortableColumn `json:"columns"`
		Rows    [][]string            `json:"rows"`
	} `json:"tables"`
	Left []pack.PortableLeft `json:"left_out"`
}

// TestTakeAway drafts what each of the demo's cast may take along. No row goes that the
// truth says is not theirs alone, and nothing by which another of the cast is known; JSON
// and CSV say the same; what stays is there with its reason, by basis.
func TestTakeAway(t *testing.T) {
	ctx := t.Context()
	world, err := demo.Build(ctx, filepath.Join(t.TempDir(), "demo"), demo.Options{Homes: 5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var sources []desk.System
	for _, s := range world.Sources() {
		sources = append(sources, desk.System{Name: s.Name, URL: s.URL})
	}
	d := workspace(t, sources...)
	if _, err := d.Index(ctx, true, nil); err != nil {
		t.Fatal(err)
	}
	for _, m := range []demo.Member{demo.Star, demo.Joint, demo.AdultChild, demo.Namesake, demo.Predecessor, demo.Neighbour} {
		t.Run(string(m), func(t *testing.T) {
			p := world.Cast[m]
			k, err := d.OpenCase(ctx, desk.NewCase{Query: desk.Query{Name: p.Name, DOB: p.DOB, Email: p.Email}, Kind: string(law.KindPortability), Channel: "cli", By: "staff-1"})
			if err != nil {
				t.Fatal(err)
			}
			res, err := d.Answer(ctx, k, cases.On{By: "staff-1"})
			if err != nil {
				t.Fatal(err)
			}
			truth := map[string]string{}
			for _, x := range world.Of(m) {
				truth[rowID(x.Source, x.Table, x.Key)] = strings.Join(x.Whose, ", ")
			}
			for _, x := range res.List {
				r := x.Record
				if id := rowID(r.Source, r.Table, r.Key); x.Out && (truth[id] != demo.Self || !slices.Equal(r.Whose, []datamap.Whose{datamap.Self})) {
					t.Errorf("%s goes, and is %q in truth", id, truth[id])
				}
			}
			files, err := d.Pack(ctx, res.Case)
			if err != nil {
				t.Fatal(err)
			}
			by := map[string][]byte{}
			for _, f := range files {
				by[f.Name] = f.Bytes
				for other, o := range world.Cast {
					for _, s := range []string{o.Email, o.Mobile} {
						if other != m && s != "" && s != p.Email && s != p.Mobile && bytes.Contains(f.Bytes, []byte(s)) {
							t.Errorf("%s holds %s of %s", f.Name, s, other)
						}
					}
				}
			}
			var x taken
			if err := json.Unmarshal(by[pack.PortableName], &x); err != nil {
				t.Fatal(err)
			}
			for _, table := range x.Tables {
				rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(by[table.File], []byte("\uFEFF")))).ReadAll()
				if err != nil || len(rows) != len(table.Rows)+1 {
					t.Fatalf("%s has %d rows, want %d and a head: %v", table.File, len(rows), len(table.Rows), err)
				}
				for i, c := range table.Columns {
					if c.Basis != "consent" && c.Basis != "contract" {
						t.Errorf("%s.%s goes on %q", table.Table, c.Name, c.Basis)
					}
					if rows[0][i] != c.Name || c.Category == "" || c.Title == "" {
						t.Errorf("%s: column %d is %q in the CSV and %+v", table.File, i, rows[0][i], c)
					}
				}
				for i, want := range table.Rows {
					for j, cell := range rows[i+1] {
						if v, ok := strings.CutPrefix(cell, "'"); ok {
							rows[i+1][j] = v // ours: it begins like a formula
						}
					}
					if diff := cmp.Diff(want, rows[i+1]); diff != "" {
						t.Errorf("%s, row %d (-json +csv):\n%s", table.File, i+1, diff)
					}
				}
			}
			if m != demo.Star {
				return
			}
			read := string(by[pack.ReadMeName])
			for _, want := range []string{"- Date of birth: Who you are", "- Email: How to reach you", "- Complaint\n  This right is for information we use because you agreed", "because a law says that we must. You can ask for a copy",
				"- Rent account\n  It may come from others", "- Message (3 times)\n  It is a letter", "It is not about you alone"} {
				if !strings.Contains(read, want) {
					t.Errorf("the read-me does not say %q:\n%s", want, read)
				}
			}
			if i := slices.IndexFunc(x.Tables[len(x.Tables)-1].Columns, func(c pack.PortableColumn) bool { return c.Name == "forename" }); i < 0 || len(x.Tables[len(x.Tables)-1].Columns[i].DPV) == 0 {
				t.Errorf("the forename has no term of the vocabulary: %+v", x.Tables)
			}
			// What is recorded as given is what went, and the same again is the same.
			if res.Case.Draft.Counts["housing.person"] != 1 || res.Case.Draft.Counts["housing.complaint"] != 0 {
				t.Errorf("the draft says that it has %v", res.Case.Draft.Counts)
			}
			again, err := d.Redraft(ctx, res.Case, cases.On{By: "staff-1"})
			if err != nil || again.Case.Draft.Digest != res.Case.Draft.Digest {
				t.Errorf("drafted again it is another answer: %v", err)
			}
			// Whatever is released by hand, another's record does not go.
			for _, y := range res.List {
				if r := y.Record; !y.Out && !r.Is(datamap.Self) {
					decided, err := d.Decide(ctx, again.Case, cases.On{Case: k.ID, By: "staff-1", Version: again.Case.Version}, []string{y.Item}, true, "", "By mistake.")
					if err != nil {
						t.Fatal(err)
					}
					if again, err = d.Redraft(ctx, decided, cases.On{By: "staff-1"}); err != nil {
						t.Fatal(err)
					}
					after, err := d.Pack(ctx, again.Case)
					if err != nil {
						t.Fatal(err)
					}
					for _, f := range after {
						if strings.HasSuffix(f.Name, ".csv") && !bytes.Equal(f.Bytes, by[f.Name]) {
							t.Errorf("%s changed when a record of another was released", f.Name)
						}
					}
					return
				}
			}
			t.Error("no record of another was found")
		})
	}
}
