package datamap

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/rows"
)

// batched is a source that can be asked several questions at once; tables may fail.
type batched struct {
	memory
	failing map[string]bool
	asked   map[string]int // questions put one by one, by table
	batches map[string]int // and those put together
}

func (b *batched) Lookup(ctx context.Context, source, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	b.asked[table]++
	if b.failing[table] {
		return func(yield func(rows.Row, error) bool) { yield(rows.Row{}, errors.New("the line is dead")) }
	}
	return b.memory.Lookup(ctx, source, table, where)
}

// LookupMany answers the last question first.
func (b *batched) LookupMany(ctx context.Context, source, table string, where [][]rows.Match) iter.Seq2[Answer, error] {
	b.batches[table]++
	return func(yield func(Answer, error) bool) {
		for i := len(where) - 1; i >= 0; i-- {
			for r, err := range b.memory.Lookup(ctx, source, table, where[i]) {
				if !yield(Answer{i, r}, err) {
					return
				}
			}
			if b.failing[table] {
				yield(Answer{}, errors.New("the line is dead"))
				return
			}
		}
	}
}

func newBatched(m memory) *batched {
	return &batched{m, map[string]bool{}, map[string]int{}, map[string]int{}}
}

// single hides that a source can be asked several questions at once.
type single struct{ Rows }

// TestManyGivesTheSameAnswer holds walks that ask several questions at once against
// those that ask one by one, on random schemas and rows, some of whose tables fail.
func TestManyGivesTheSameAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, src := randomEstate(t)
		b := newBatched(src)
		for name := range m.Tables {
			b.failing[name] = rapid.IntRange(0, 9).Draw(t, "fails") == 0
		}
		maps := map[string]*Map{"h": m}
		for _, r := range src["p0"] {
			starts := []Start{{Source: "h", Row: r, Role: Subject}}
			want, err := Walk(t.Context(), maps, starts, single{b})
			if err != nil {
				t.Fatal(err)
			}
			got, err := Walk(t.Context(), maps, starts, b)
			if err != nil {
				t.Fatal(err)
			}
			text := func(f *Found) string {
				s := ""
				for _, it := range f.Items {
					s += fmt.Sprintln(it.Source, it.Row.ID(), it.Whose, it.Roles, it.Path, it.Fields, it.Review)
				}
				s += fmt.Sprintln(f.NotFollowed, f.Around)
				for _, u := range f.Unread {
					s += fmt.Sprintln(u.Source, u.Table, u.Err)
				}
				return s
			}
			if d := cmp.Diff(text(want), text(got)); d != "" {
				t.Fatalf("one by one -, several at once +\n%s", d)
			}
		}
	})
}

// street is a person with n jobs, each with two notes and a payer.
func street(n int) (*Map, memory) {
	m := &Map{Source: "h", Tables: map[string]*Table{
		"person": {People: Customers, Key: Columns{"id"}, Identifiers: &Identifiers{Name: Columns{"name"}}},
		"job": {Key: Columns{"id"}, OwnedBy: Edges{{Table: "person", On: map[string]string{"person": "id"}},
			{Table: "person", On: map[string]string{"payer": "id"}, Role: Payer}}},
		"note": {Key: Columns{"id"}, OwnedBy: Edges{{Table: "job", On: map[string]string{"job": "id"}}}},
	}}
	src := memory{}
	people, jobs, notes := []string{"0 Ann"}, []string{}, []string{}
	for i := 1; i <= n; i++ {
		people = append(people, fmt.Sprintf("%d Bob", i))
		jobs = append(jobs, fmt.Sprintf("%d 0 %d", i, i))
		notes = append(notes, fmt.Sprintf("%d %d", 2*i, i), fmt.Sprintf("%d %d", 2*i+1, i))
	}
	src.table("person", "id name", people...)
	src.table("job", "id person payer", jobs...)
	src.table("note", "id job", notes...)
	return m, src
}

// A walk asks for what hangs below hundreds of rows in as many batches as it takes,
// and for nothing one by one that it could ask together.
func TestManyAsksSeldom(t *testing.T) {
	m, src := street(450)
	b := newBatched(src)
	f, err := Walk(t.Context(), map[string]*Map{"h": m}, []Start{{Source: "h", Row: src.row(t, "person", "0"), Role: Subject}}, b)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Items) != 1+450+900 {
		t.Fatalf("%d items", len(f.Items))
	}
	if b.asked["note"] != 0 || b.batches["note"] != 3 || b.batches["person"] != 3 {
		t.Errorf("one by one %v, in batches %v", b.asked, b.batches)
	}
}

// BenchmarkPeople asks whose one row is, in a map of 1,200 tables.
func BenchmarkPeople(b *testing.B) {
	m, src := street(10)
	for i := range 1200 {
		m.Tables[fmt.Sprintf("t%04d", i)] = &Table{Key: Columns{"id"}, OwnedBy: Edges{{Table: "job", On: map[string]string{"job": "id"}}}}
	}
	maps, row := map[string]*Map{"h": m}, src.row(b, "note", "7")
	b.ReportAllocs()
	for b.Loop() {
		if p, err := People(b.Context(), maps, "h", row, src); err != nil || len(p.Holders) != 1 {
			b.Fatal(p, err)
		}
	}
}

// BenchmarkWalk goes from one person to 600 rows, in a map of 1,200 other tables that hang there.
func BenchmarkWalk(b *testing.B) {
	m, src := street(200)
	for i := range 1200 {
		m.Tables[fmt.Sprintf("t%04d", i)] = &Table{Key: Columns{"id"}, OwnedBy: Edges{{Table: "person", On: map[string]string{"nothing": "id"}}}}
	}
	maps, starts := map[string]*Map{"h": m}, []Start{{Source: "h", Row: src.row(b, "person", "0"), Role: Subject}}
	b.ReportAllocs()
	for b.Loop() {
		if f, err := Walk(b.Context(), maps, starts, src); err != nil || len(f.Items) != 601 {
			b.Fatal(err)
		}
	}
}
