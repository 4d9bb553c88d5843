package discover_test

import (
	"context"
	"iter"
	"path/filepath"
	"slices"
	"testing"

	"tenet/internal/datamap"
	"tenet/internal/rows"
	"tenet/internal/source"
	"tenet/internal/testdata"
	"tenet/internal/testpg"
)

// only is one source as the walker takes it.
type only struct{ source.Source }

func (s only) Lookup(ctx context.Context, _, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	return s.Source.Lookup(ctx, table, where)
}

// What a proposal is for: walked as it stands, from each of many people, it
// gives no row to two of them as theirs alone, nor one person's record to
// another.
func TestNobodyIsGivenAnothersRow(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"chinook": func(t *testing.T) string {
			return "sqlite:" + filepath.Join(testdata.Shared(t, "chinook"), "Chinook_Sqlite.sqlite")
		},
		"damp-mould": func(t *testing.T) string {
			return "sqlite:" + filepath.Join(testdata.Shared(t, "damp-mould"), "damp_and_mould.repaired.sqlite")
		},
		"northwind": func(t *testing.T) string {
			return testpg.Database(t, filepath.Join(testdata.Shared(t, "northwind"), "northwind.pg.sql"))
		},
		"hackney": func(t *testing.T) string {
			dir := testdata.Shared(t, "hackney-socialcare")
			return testpg.Database(t, filepath.Join(dir, "schema.pg.sql"), filepath.Join(dir, "seeds.pg.sql"))
		},
		"estate": func(t *testing.T) string { return "sqlite:" + estateFile(t) },
	} {
		t.Run(name, func(t *testing.T) {
			at := url(t)
			p := propose(t, at)
			src, err := source.Open(context.Background(), "housing", at, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close()
			whose := map[string]string{} // row → the person it was given to
			walked, given := 0, 0
			for table, kind := range p.people() {
				if kind == string(datamap.HouseholdOf) {
					continue
				}
				seen := 0
				for person, err := range src.Scan(context.Background(), table, source.ScanOptions{}) {
					if err != nil {
						t.Fatal(err)
					}
					if seen++; seen > 12 {
						break
					}
					walked++
					found, err := datamap.Walk(context.Background(), map[string]*datamap.Map{"housing": p.Map},
						[]datamap.Start{{Source: "housing", Row: person, Role: datamap.Subject}}, only{src})
					if err != nil {
						t.Fatal(err)
					}
					for _, it := range found.Items {
						id := it.Row.ID()
						if p.Tables[it.Row.Table.Name].People != datamap.NotPeople && id != person.ID() {
							t.Errorf("%s is given to %s", id, person.ID())
						}
						if !slices.Contains(it.Whose, datamap.Self) || slices.Contains(it.Whose, datamap.Shared) {
							continue
						}
						given++
						if other, ok := whose[id]; ok && other != person.ID() {
							t.Errorf("%s is given to %s and to %s, each as theirs alone", id, other, person.ID())
						}
						whose[id] = person.ID()
					}
				}
			}
			if walked == 0 || given <= walked {
				t.Errorf("%d people walked, %d rows given: too few to show anything", walked, given)
			}
		})
	}
}
