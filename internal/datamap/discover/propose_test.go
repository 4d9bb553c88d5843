package discover

import (
	"context"
	"encoding/csv"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tenet/internal/notice"
	"tenet/internal/rows"
	"tenet/internal/testdata"
)

func TestWords(t *testing.T) {
	for name, want := range map[string]string{
		"FirstName":          "first name",
		"first_names":        "first name",
		"firstname":          "first name",
		"dateofbirth":        "date of birth",
		"SCCV_WORKERTEAM":    "sccv worker team",
		"HTTPServerID":       "http server id",
		"address2":           "address 2",
		"addresses":          "address",
		"people":             "person",
		"tenancies":          "tenancy",
		"status":             "status",
		"tenancyNo":          "tenancy number",
		"e-mail":             "email",
		"paid":               "paid",
		"Straße_Nr":          "straße number",
		"":                   "",
		"__":                 "",
		"personal_id":        "personal id",
		"fk_other_person_id": "fk other person id",
	} {
		if got := strings.Join(words(name), " "); got != want {
			t.Errorf("words(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestRead(t *testing.T) {
	for name, want := range map[string]struct {
		slot     slot
		category string
		freeText bool
		holder   string
	}{
		"date_of_birth":         {dob, identity, false, ""},
		"next_of_kin_phone":     {phone, contactDetails, false, "next of kin"},
		"telephone_number_type": {},
		"is_contact_address":    {noSlot, contactDetails, false, "is"},
		"gp_name":               {bareName, identity, false, "gp"},
		"full_ethnicity_code":   {noSlot, ethnicity, false, "full"},
		"disability_notes":      {noSlot, health, true, ""},
		"description":           {noSlot, "", true, ""},
		"description_id":        {},
		"quantity":              {},
	} {
		m, holder, _ := read(words(name))
		if m.slot != want.slot || m.category != want.category || m.freeText != want.freeText || strings.Join(holder, " ") != want.holder {
			t.Errorf("read(%q) = slot %d, %q, free text %v, of %v; want %+v", name, m.slot, m.category, m.freeText, holder, want)
		}
	}
}

func TestShapes(t *testing.T) {
	for v, want := range map[string][]shape{
		"ann@example.org":                {emailShape},
		"Ann Lee <ann@example.org>":      {emailShape},
		"07700 900123":                   {phoneShape, ukPhoneShape},
		"+44 (0)20 7946 0018":            {phoneShape, ukPhoneShape},
		"LN30 4HD":                       {postcodeShape},
		"AB123456C":                      {ninoShape},
		"QQ 12 34 56 C":                  nil, // never issued
		"9434765919":                     {phoneShape, nhsShape},
		"9434765918":                     {phoneShape},
		"Mrs":                            {titleShape, properShape},
		"Mr & Mrs":                       {titleShape},
		"Sales Manager":                  {properShape},
		"2021-05-05":                     {dateShape},
		"2021-05-05T10:00:00Z":           {dateShape},
		"AST":                            {properShape},
		"Rang to say that the tap drips": {proseShape},
	} {
		if got := shapes(v); !slices.Equal(got, want) {
			t.Errorf("shapes(%q) = %v, want %v", v, got, want)
		}
	}
}

// Every category must be in the default notice, and every term in the
// vocabulary: a map that names others would be refused, or mean nothing.
func TestCategoriesAreInTheDefaultNotice(t *testing.T) {
	pack, err := notice.Pack("larkfield")
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Load(pack)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, c := range n.Data.Categories {
		have[string(c.ID)] = true
	}
	for _, c := range Categories() {
		if !have[c] {
			t.Errorf("the default notice has no category %q", c)
		}
	}
	used := func(where, category string) {
		if category != "" && !slices.Contains(Categories(), category) {
			t.Errorf("%s has the category %q, which Categories does not list", where, category)
		}
	}
	for list, noun := range nouns {
		used(list, noun.category)
	}
	for _, m := range meanings {
		used(m.phrases, m.category)
	}
}

func TestTermsAreInTheVocabulary(t *testing.T) {
	f, err := os.Open(filepath.Join(testdata.Shared(t, "vocab"), "dpv-2.3-pd_pd.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	terms := map[string]bool{}
	for _, l := range lines[1:] {
		terms[l[0]] = true
	}
	for _, m := range meanings {
		if m.dpv != "" && !terms[m.dpv] {
			t.Errorf("%s: the vocabulary has no %q", m.phrases, m.dpv)
		}
	}
}

// No phrase may stand twice in one lexicon: which one won would be chance.
func TestLexiconsSayEachThingOnce(t *testing.T) {
	once(t, "nouns", nounPhrases)
	once(t, "roles", rolePhrases)
	once(t, "correspondents", correspondentPhrases)
	once(t, "copies", copyPhrases)
	once(t, "codes", codePhrases)
	once(t, "meanings", senses)
}

func once[T any](t *testing.T, name string, in []phrase[T]) {
	t.Helper()
	for i := 1; i < len(in); i++ {
		if slices.Equal(in[i].words, in[i-1].words) {
			t.Errorf("%s: %q stands twice", name, strings.Join(in[i].words, " "))
		}
	}
	for _, p := range in {
		if len(p.words) == 0 {
			t.Errorf("%s: an empty phrase", name)
		}
	}
}

// broken is a source of which one table cannot be read.
type broken struct{ table string }

func (b broken) Sample(_ context.Context, table string) ([]rows.Row, error) {
	if table == b.table {
		return nil, errors.New("permission denied for table")
	}
	return nil, nil
}

func twoTables() *rows.Schema {
	col := func(name string, kind rows.Kind) rows.Column { return rows.Column{Name: name, Kind: kind} }
	return &rows.Schema{Source: "s", Tables: []rows.Table{
		{Name: "tenant", Key: []string{"tenant_id"}, Columns: []rows.Column{col("tenant_id", rows.Number), col("forename", rows.Text), col("surname", rows.Text), col("dob", rows.Date)}},
		{Name: "note", Key: []string{"id"}, Columns: []rows.Column{col("id", rows.Number), col("tenant_id", rows.Number), col("body", rows.Text)}},
	}}
}

func TestTableThatCannotBeReadIsReported(t *testing.T) {
	m, evidence, err := Propose(context.Background(), twoTables(), broken{"note"})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Tables["note"].OwnedBy) != 1 {
		t.Errorf("names alone should do here: %+v", m.Tables["note"].OwnedBy)
	}
	i := slices.IndexFunc(evidence, func(e Evidence) bool { return e.Table == "note" && e.Decision == "not sampled" })
	if i < 0 || evidence[i].Taken() || !strings.Contains(evidence[i].Why, "permission denied") {
		t.Errorf("not reported: %+v", evidence)
	}
}

func TestNoSchemaAndNoTime(t *testing.T) {
	if _, _, err := Propose(context.Background(), nil, nil); err == nil {
		t.Error("no schema, and no error")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Propose(ctx, twoTables(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled, and the error is %v", err)
	}
}

// The values speak against a name: a link that a name suggests is not taken
// where what is pointed at is not there.
func TestValuesSpeakAgainstNames(t *testing.T) {
	s := twoTables()
	fill := func(table string, n int, from int) []rows.Row {
		var out []rows.Row
		for i := range n {
			r := rows.Row{Table: s.Table(table), Key: s.Table(table).Key}
			for range r.Table.Columns {
				r.Values = append(r.Values, rows.Value{Text: string(rune('a'+i%26)) + string(rune('0'+from))})
			}
			out = append(out, r)
		}
		return out
	}
	data := map[string][]rows.Row{"tenant": fill("tenant", 20, 1), "note": fill("note", 20, 2)}
	seq := func(list []rows.Row) iter.Seq2[rows.Row, error] {
		return func(yield func(rows.Row, error) bool) {
			for _, r := range list {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
	samples := Sampled(Streams{
		Scan: func(_ context.Context, table string) iter.Seq2[rows.Row, error] { return seq(data[table]) },
		Lookup: func(_ context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
			var found []rows.Row
			for _, r := range data[table] {
				if r.Get(where[0].Column) == where[0].Value {
					found = append(found, r)
				}
			}
			return seq(found)
		},
	})
	m, evidence, err := Propose(context.Background(), s, samples)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Tables["note"].OwnedBy) != 0 {
		t.Errorf("owned, though not one value is found there: %+v", m.Tables["note"].OwnedBy)
	}
	if !slices.ContainsFunc(evidence, func(e Evidence) bool {
		return e.Table == "note" && e.Column == "tenant_id" && strings.Contains(e.Why, "only 0 of 12")
	}) {
		t.Errorf("not reported: %+v", evidence)
	}
}

// Names come from other people's systems, and may be anything.
func FuzzNames(f *testing.F) {
	for _, name := range []string{"FirstName", "e-mail", "dateofbirth", "", "_", "\xff", "ﬀ_İD", "fk_"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		ws := words(name)
		for _, w := range ws {
			if w == "" {
				t.Errorf("words(%q) = %q", name, ws)
			}
		}
		read(ws)
		stem(ws)
		shapes(name)
	})
}

// BenchmarkPropose is a schema as large as the largest housing systems have:
// about a thousand tables, thirty columns each.
func BenchmarkPropose(b *testing.B) {
	s := &rows.Schema{Source: "s"}
	base := twoTables()
	for i := range 1000 {
		t := base.Tables[i%2]
		if i > 1 {
			t.Name = t.Name + "_" + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
			t.Key = nil
			for j := range 27 {
				t.Columns = append(slices.Clip(t.Columns), rows.Column{Name: "field_" + string(rune('a'+j)) + "_id", Kind: rows.Number})
			}
		}
		s.Tables = append(s.Tables, t)
	}
	for b.Loop() {
		if _, _, err := Propose(context.Background(), s, nil); err != nil {
			b.Fatal(err)
		}
	}
}
