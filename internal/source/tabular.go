package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// tableFile is where a table stands: in a file of its own, or as a sheet of a workbook.
type tableFile struct {
	path  string
	show  string
	sheet int // in the workbook's order; -1 for CSV
}

// tablesOf finds the tables in a CSV file or a workbook. A workbook's are called
// after the file and the sheet. It says whether all of them were found.
func (d *dir) tablesOf(ctx context.Context, root *os.Root, f file, kind fileKind, taken func(string) bool, report func(Problem), found func(rows.Table, tableFile)) (whole bool) {
	name := strings.TrimSuffix(f.show, path.Ext(f.show))
	free := func(sheet string) string {
		table := name + sheet
		if taken(table) { // also a file called message.csv
			table = f.show + sheet
		}
		for base, n := table, 2; taken(table); n++ {
			table = base + "_" + strconv.Itoa(n)
		}
		return table
	}
	whole = true
	lost := func(table string, err error) {
		whole = false
		report(Problem{Table: table, Why: "cannot be read as a table: " + reason(err), Mend: "open it in a spreadsheet program and save it anew"})
	}
	in, err := root.Open(f.path)
	if err != nil {
		lost(name, err)
		return
	}
	defer in.Close()
	if kind == csvFile {
		at, name := tableFile{f.path, f.show, -1}, free("")
		t, err := d.describe(ctx, in, nil, at, name, report)
		switch {
		case err == io.EOF:
			report(Problem{Table: name, Why: "the file is empty", Mend: "its first line must name the columns"})
		case err != nil:
			lost(name, err)
		default:
			found(t, at)
		}
		return
	}
	book, err := d.book(ctx, in)
	if err != nil {
		lost(f.show, err)
		return
	}
	for i, s := range book.Sheets {
		at := tableFile{f.path, f.show, i}
		table := free("/" + strings.Join(strings.Fields(s.Name), " "))
		t, err := d.describe(ctx, in, book, at, table, report)
		if err == io.EOF {
			continue // a sheet with nothing on it
		}
		if err != nil {
			lost(table, err)
			continue
		}
		if s.Hidden {
			t.Comment += "; a hidden sheet"
		}
		found(t, at)
	}
	return
}

func (d *dir) book(ctx context.Context, in *os.File) (*doc.Workbook, error) {
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	return doc.OpenWorkbook(ctx, in, info.Size(), d.opts.Limits.Document)
}

// describe is the table that a CSV file or a sheet is. Its rows are known by the line on
// which they begin, or their number in the sheet.
func (d *dir) describe(ctx context.Context, in *os.File, book *doc.Workbook, at tableFile, name string, report func(Problem)) (rows.Table, error) {
	t := rows.Table{Name: name, Key: []string{"row"}, Estimate: -1,
		Columns: []rows.Column{{Name: "row", Type: "number", Kind: rows.Number}}}
	g, err := d.grid(ctx, in, book, at)
	if err != nil {
		return t, err
	}
	defer g.stop()
	l := g.layout
	if len(l.names) == 0 {
		return t, io.EOF
	}
	for _, c := range l.names {
		t.Columns = append(t.Columns, rows.Column{Name: c, Type: "text", Kind: rows.Text, Nullable: true})
	}
	t.Comment = l.says
	for _, i := range l.renamed {
		report(Problem{Table: name, Column: l.names[i], Why: fmt.Sprintf("column %d of the file is called this here, because its own name is blank or repeated", i+1)})
	}
	if l.bare {
		report(Problem{Table: name, Why: "its first row looks like data and not like the names of columns, so that the columns are numbered", Mend: "if it is a header, say so in the source's URL: ?header=" + path.Base(at.show) + ":1"})
	}
	return t, nil
}

// grid is a table in a file, as it is read: its first rows have been, to find its layout.
type grid struct {
	layout layout
	comma  string // what parts fields; for showing
	csv    bool
	first  []doc.Record
	next   func() (doc.Record, error, bool)
	stop   func()
}

// grid begins to read a table.
func (d *dir) grid(ctx context.Context, in *os.File, book *doc.Workbook, at tableFile) (*grid, error) {
	g := &grid{comma: " | ", csv: at.sheet < 0}
	var all iter.Seq2[doc.Record, error]
	if g.csv {
		c, err := doc.NewCSV(in, d.opts.Limits.Document)
		if err != nil {
			return nil, err
		}
		g.comma, all = string(c.Comma), c.Rows()
	} else {
		if at.sheet >= len(book.Sheets) {
			return nil, errChanged
		}
		all = book.Rows(ctx, at.sheet)
	}
	next, stop := iter.Pull2(all)
	g.stop = stop
	g.next = func() (doc.Record, error, bool) {
		for {
			rec, err, ok := next()
			if !ok || err != nil || slices.ContainsFunc(rec.Fields, func(s string) bool { return strings.TrimSpace(s) != "" }) {
				return rec, err, ok
			}
		}
	}
	size := 0
	for len(g.first) < sampleRows && size < 4<<20 {
		rec, err, ok := g.next()
		if err != nil {
			stop()
			return nil, err
		}
		if !ok {
			break
		}
		for _, f := range rec.Fields {
			size += len(f) + 16
		}
		g.first = append(g.first, rec)
	}
	line := "row"
	if g.csv {
		line = "line"
	}
	g.layout = layOut(g.first, d.headerRows(at.show), line)
	return g, nil
}

var errChanged = errors.New("the file's columns have changed since its schema was read")

// readTable reads the rows of a CSV file or a sheet.
func (d *dir) readTable(ctx context.Context, root *os.Root, at tableFile, t *rows.Table, emit func(rows.Row) error) error {
	in, err := root.Open(at.path)
	if err != nil {
		return err
	}
	defer in.Close()
	before, err := in.Stat()
	if err != nil {
		return err
	}
	var book *doc.Workbook
	if at.sheet >= 0 {
		if book, err = d.book(ctx, in); err != nil {
			return err
		}
	}
	g, err := d.grid(ctx, in, book, at)
	if err != nil {
		return err
	}
	defer g.stop()
	width := len(t.Columns) - 1
	if len(g.layout.names) != width || !slices.EqualFunc(g.layout.names, t.Columns[1:], func(n string, c rows.Column) bool { return n == c.Name }) {
		return errChanged
	}
	odd := tally{}
	defer odd.report(t.Name, d.report)
	for n := 0; ; n++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var rec doc.Record
		if n < len(g.first) {
			rec = g.first[n]
		} else {
			var ok bool
			if rec, err, ok = g.next(); err != nil {
				return err
			} else if !ok {
				break
			}
		}
		if rec.Line >= g.layout.from && rec.Line <= g.layout.to {
			continue
		}
		if err := emit(d.tableRow(t, g, rec, odd)); err != nil {
			return err
		}
	}
	if changed(root, at.path, before) {
		d.report(Problem{Table: t.Name, Why: whyChanged, Mend: mendChanged})
	}
	return nil
}

// tableRow makes a row of a record. What there is more of than columns stands in the last.
func (d *dir) tableRow(t *rows.Table, g *grid, rec doc.Record, odd tally) rows.Row {
	width := len(t.Columns) - 1
	r := rows.Row{Table: t, Key: t.Key, Values: make([]rows.Value, width+1)}
	r.Values[0].Text = strconv.Itoa(rec.Line)
	fields := rec.Fields
	for len(fields) > width && strings.TrimSpace(fields[len(fields)-1]) == "" {
		fields = fields[:len(fields)-1]
	}
	for i := range width {
		switch {
		case i >= len(fields) || !g.csv && fields[i] == "":
			r.Values[i+1].Null = true
		case i == width-1 && len(fields) > width:
			r.Values[i+1] = d.text(strings.Join(fields[i:], g.comma))
			r.Values[i+1].Lost = fmt.Sprintf("the row has %d fields and the header %d; the last ones stand together here", len(fields), width)
		default:
			r.Values[i+1] = d.text(fields[i])
			if g.csv && swallowed(fields[i], g.comma, width) {
				odd.add(r, "holds what look like whole rows: probably a quote before them is never closed")
			}
		}
	}
	if g.csv && len(fields) < width && g.layout.to > 0 {
		odd.add(r, fmt.Sprintf("fewer fields than the header's %d; the rest is empty here", width))
	}
	for _, p := range rec.Problems {
		odd.add(r, p.Why)
	}
	return r
}

// swallowed says that a field holds lines that have as many separators as a row.
func swallowed(field, comma string, width int) bool {
	if width < 3 || !strings.Contains(field, "\n") {
		return false
	}
	for line := range strings.Lines(field) {
		if strings.Count(line, comma) >= width-1 {
			return true
		}
	}
	return false
}

// tally counts what is odd about the rows of a file, so that a million rows in an
// old encoding are one problem: with the first of them, and how many there are.
type tally map[string]*oddity

type oddity struct {
	row string
	n   int64
}

func (t tally) add(r rows.Row, why string) {
	if o := t[why]; o != nil {
		o.n++
		return
	}
	if len(t) < 100 {
		t[why] = &oddity{row: r.ID(), n: 1}
	}
}

func (t tally) report(table string, report func(Problem)) {
	for why, o := range t {
		if o.n > 1 {
			why += fmt.Sprintf(" (and so %s rows more)", doc.Thousands(o.n-1))
		}
		report(Problem{Table: table, Key: o.row, Why: why})
	}
}
