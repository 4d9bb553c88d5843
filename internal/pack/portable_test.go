package pack

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/law"
)

func portableOne(rows ...[]string) Portable {
	return Portable{Reference: "PR-2026-0001", Landlord: "Larkfield Homes", Person: "Ann Larter", Searched: law.DateOf(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)),
		Tables: []PortableTable{{Source: "housing", Name: "person", Rows: rows,
			Columns: []PortableColumn{{Name: "name", Kind: "text", Category: "identity", Title: "Who you are", DPV: []string{"dpv-pd:Name"}, Basis: "contract"}, {Name: "note", Kind: "text", Category: "identity", Title: "Who you are", Basis: "consent"}}}},
		Left: []PortableLeft{{What: "Rent", Why: "It did not come from you."}, {What: "Rent", Why: "It did not come from you."}}}
}

// TestPortableReadBack: whatever the values, CSV and JSON give them back, the order of the
// rows says nothing, and no cell is a formula.
func TestPortableReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.String(), 2, 2), 1, 5).Draw(t, "rows")
		files, err := PortableFiles(portableOne(rows...))
		if err != nil {
			t.Fatal(err)
		}
		backwards := slices.Clone(rows)
		slices.Reverse(backwards)
		if again, err := PortableFiles(portableOne(backwards...)); err != nil || Digest(again) != Digest(files) {
			t.Fatalf("another order makes other bytes: %v", err)
		}
		p, ok, err := portableOf(files)
		if err != nil || !ok || len(p.Tables) != 1 || len(p.Left) != 1 || p.Left[0].Times != 2 {
			t.Fatalf("%+v, %v", p, err)
		}
		var want [][]string
		for _, r := range rows {
			want = append(want, []string{Clean(r[0]), Clean(r[1])})
		}
		slices.SortFunc(want, slices.Compare[[]string])
		if diff := cmp.Diff(want, p.Tables[0].Rows); diff != "" {
			t.Fatal(diff)
		}
		i := slices.IndexFunc(files, func(f File) bool { return f.Name == "01-housing-person.csv" })
		cells, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(files[i].Bytes, []byte(byteOrderMark)))).ReadAll()
		if err != nil || len(cells) != len(want)+1 {
			t.Fatalf("%d rows, %v", len(cells), err)
		}
		for n, r := range cells[1:] {
			for m, cell := range r {
				if value := strings.ReplaceAll(want[n][m], "\r\n", "\n"); strings.ReplaceAll(csvCell(value), "\r\n", "\n") != cell {
					t.Fatalf("row %d has %q for %q", n+1, cell, value)
				}
			}
		}
	})
}

// TestPortableCheck: what was withheld is found in a value, a reason or the name of a
// person; what all such files say is no secret outside of the values.
func TestPortableCheck(t *testing.T) {
	never := func([]byte, []string) error { return nil }
	for _, x := range []struct {
		name, note, why, secret string
		leaks                   bool
	}{
		{"Ann", "Rang Dermot Quirke", "It did not come from you.", "Dermot Quirke", true},
		{"Ann", "nothing", "Dermot Quirke told us.", "Dermot Quirke", true},
		{"Ann", "nothing", "It did not come from you.", "Dermot Quirke", false},
		{"Ann", "nothing", "It did not come from you.", "identity", false},
		{"Ann", "identity", "It did not come from you.", "identity", true},
	} {
		in := portableOne([]string{x.name, x.note})
		in.Left[0].Why = x.why
		files, err := PortableFiles(in)
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(files, []string{x.secret}, never); (err != nil) != x.leaks {
			t.Errorf("%+v: %v", x, err)
		} else if err != nil && strings.Contains(err.Error(), "Quirke") {
			t.Errorf("the error gives it away: %v", err)
		}
	}
}

// TestPortableSchema: the schema names each key of the JSON, and no other.
func TestPortableSchema(t *testing.T) {
	files, err := PortableFiles(portableOne([]string{"Ann", "x"}))
	if err != nil {
		t.Fatal(err)
	}
	var data map[string]any
	var schema struct {
		Required   []string       `json:"required"`
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(files[1].Bytes, &data); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(files[2].Bytes, &schema); err != nil {
		t.Fatal(err)
	}
	for _, k := range schema.Required {
		if _, ok := data[k]; !ok {
			t.Errorf("the schema requires %s", k)
		}
	}
	for k := range data {
		if _, ok := schema.Properties[k]; !ok {
			t.Errorf("the schema does not know %s", k)
		}
	}
	for _, bad := range []Portable{{}, {Reference: "x"}, {Reference: "x", Landlord: "y"}} {
		if _, err := PortableFiles(bad); err == nil {
			t.Errorf("made of %+v", bad)
		}
	}
}
