package rows

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestIDRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := rapid.String().Draw(t, "table")
		names := rapid.SliceOfNDistinct(rapid.String(), 0, 4, rapid.ID[string]).Draw(t, "columns")
		var key []Match
		for _, n := range names {
			m := Match{Column: n}
			if m.Value.Null = rapid.Bool().Draw(t, "null"); !m.Value.Null {
				m.Value.Text = rapid.String().Draw(t, "value")
			}
			key = append(key, m)
		}
		id := EncodeID(table, key)
		gotTable, gotKey, err := DecodeID(id)
		if err != nil {
			t.Fatalf("DecodeID(%q): %v", id, err)
		}
		if again := EncodeID(gotTable, gotKey); again != id || gotTable != table || len(gotKey) != len(key) {
			t.Fatalf("%q came back as %q", id, again)
		}
	})
}

func TestDecodeIDRefuses(t *testing.T) {
	for _, id := range []string{"t/x", "t/a=%2", "t/a=%zz", "%q"} {
		if _, _, err := DecodeID(id); err == nil {
			t.Errorf("DecodeID(%q) took it", id)
		}
	}
}

func TestRowKey(t *testing.T) {
	tab := &Table{Name: "tenant", Columns: []Column{{Name: "id"}, {Name: "name"}}}
	r := Row{Table: tab, Values: []Value{{Text: "7"}, {Text: "Ann"}}, Key: []string{"id"}}
	if got, want := r.ID(), "tenant/id=7"; got != want {
		t.Errorf("ID() = %q, want %q", got, want)
	}
	if diff := cmp.Diff(map[string]string{"id": "7"}, r.KeyMap()); diff != "" {
		t.Error(diff)
	}
	if !r.Get("absent").Null {
		t.Error("a column that is not there is not null")
	}
}
