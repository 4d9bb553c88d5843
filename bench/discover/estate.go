package discover

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// estate is a schema as large landlords have them: the tables of the real
// schemas it is made from, dated and partial copies of these that nobody uses,
// and hundreds of code and configuration tables. Which table is a copy of which
// is known, since it was made so.
type estate struct {
	schema *rows.Schema
	labels *datamap.Map
	rows   map[string][]rows.Row
	// scans and lookups count what a live system would have been asked.
	scans, lookups int
}

// base is one real schema that goes into an estate.
type base struct {
	schema *rows.Schema
	label  *datamap.Map
}

// grow makes an estate of n tables. The same seed gives the same estate.
func grow(bases []base, n int, seed uint64) *estate {
	r := rand.New(rand.NewPCG(seed, 1))
	e := &estate{schema: &rows.Schema{Source: "estate", Engine: "sqlserver"}, labels: &datamap.Map{Source: "estate", Tables: map[string]*datamap.Table{}}, rows: map[string][]rows.Row{}}
	have := map[string]bool{}
	var originals []string
	add := func(t rows.Table, label *datamap.Table) {
		if have[strings.ToLower(t.Name)] {
			return
		}
		have[strings.ToLower(t.Name)] = true
		e.schema.Tables = append(e.schema.Tables, t)
		if label != nil {
			e.labels.Tables[t.Name] = label
		}
	}
	for _, b := range bases {
		for i := range b.schema.Tables {
			t := b.schema.Tables[i]
			if t.View || b.label.Tables[t.Name] == nil || have[strings.ToLower(t.Name)] {
				continue
			}
			add(t, b.label.Tables[t.Name])
			if len(t.Columns) >= 5 && b.label.Tables[t.Name].CopyOf == "" {
				originals = append(originals, t.Name)
			}
		}
	}
	for tries := 0; len(e.schema.Tables) < n*6/10 && tries < 10*n; tries++ {
		from := e.schema.Table(originals[r.IntN(len(originals))])
		add(copied(r, from), &datamap.Table{CopyOf: from.Name})
	}
	for i := 0; len(e.schema.Tables) < n; i++ {
		add(dull(r, i), &datamap.Table{Skip: "codes"})
	}
	for i := range e.schema.Tables {
		e.fill(r, &e.schema.Tables[i])
	}
	return e
}

// copied is a copy as people make them: a name with a date or "bak" in it, no
// keys, and a column more or less.
func copied(r *rand.Rand, from *rows.Table) rows.Table {
	base := from.Name
	name := []string{
		fmt.Sprintf("%s_%d", base, 20100101+r.IntN(14)*10000+r.IntN(12)*100+r.IntN(27)),
		fmt.Sprintf("%s_bak%d", base, 1+r.IntN(9)),
		fmt.Sprintf("%s_old", base),
		fmt.Sprintf("%s_%d", base, 2009+r.IntN(15)),
		fmt.Sprintf("%s_copy", base),
		fmt.Sprintf("%s_backup_%d", base, 2009+r.IntN(15)),
		fmt.Sprintf("%s_tmp_%d%02d", base, 2009+r.IntN(15), 1+r.IntN(12)),
	}[r.IntN(7)]
	t := rows.Table{Name: name, Estimate: -1}
	for _, c := range from.Columns {
		if r.IntN(20) > 0 {
			c.Nullable = true
			t.Columns = append(t.Columns, c)
		}
	}
	if r.IntN(3) == 0 {
		t.Columns = append(t.Columns, rows.Column{Name: "load_flag", Type: "char(1)", Kind: rows.Text, Nullable: true})
	}
	return t
}

// dull is a table of codes or settings, of which every system has hundreds.
func dull(r *rand.Rand, i int) rows.Table {
	about := []string{"action", "void", "repair", "letter", "screen", "report", "batch", "patch", "tariff", "heating", "lift", "vat", "nominal", "period", "menu", "workflow"}
	what := []string{"_type", "_status", "_code", "_reason", "cfg", "_param", "_group", "_class"}
	short := string(rune('a'+i%26)) + string(rune('a'+i/26%26))
	t := rows.Table{Name: fmt.Sprintf("%s%s_%s", about[r.IntN(len(about))], what[r.IntN(len(what))], short), Estimate: -1, Key: []string{"code"}}
	t.Columns = []rows.Column{{Name: "code", Type: "char(3)", Kind: rows.Text}, {Name: "descr", Type: "char(20)", Kind: rows.Text, Nullable: true},
		{Name: "active", Type: "bit", Kind: rows.Bool}, {Name: "sort_order", Type: "int", Kind: rows.Number, Nullable: true}}
	return t
}

// fill gives a table forty rows. Values say nothing of persons: numbers that
// repeat from table to table, codes, dates.
func (e *estate) fill(r *rand.Rand, t *rows.Table) {
	key := t.Key
	if len(key) == 0 {
		for _, c := range t.Columns {
			key = append(key, c.Name)
		}
	}
	for n := range 40 {
		row := rows.Row{Table: t, Key: key, Values: make([]rows.Value, len(t.Columns))}
		for i, c := range t.Columns {
			switch {
			case c.Nullable && r.IntN(4) == 0:
				row.Values[i] = rows.Value{Null: true}
			case c.Kind == rows.Number:
				row.Values[i] = rows.Value{Text: fmt.Sprint(1000 + n)}
			case c.Kind == rows.Bool:
				row.Values[i] = rows.Value{Text: []string{"true", "false"}[r.IntN(2)]}
			case c.Kind == rows.Date, c.Kind == rows.Time:
				row.Values[i] = rows.Value{Text: fmt.Sprintf("20%02d-03-%02d", 10+r.IntN(14), 1+r.IntN(27))}
			default:
				row.Values[i] = rows.Value{Text: fmt.Sprintf("%03d/%02d", n, len(t.Columns)%7)}
			}
		}
		e.rows[t.Name] = append(e.rows[t.Name], row)
	}
}

// scan and lookup are the estate as discover.Streams takes it.
func (e *estate) scan(_ context.Context, table string) iter.Seq2[rows.Row, error] {
	e.scans++
	return func(yield func(rows.Row, error) bool) {
		for _, r := range e.rows[table] {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (e *estate) lookup(_ context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	e.lookups++
	return func(yield func(rows.Row, error) bool) {
		for _, r := range e.rows[table] {
			if r.Get(where[0].Column) == where[0].Value && !yield(r, nil) {
				return
			}
		}
	}
}
