package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// dir is a folder of documents. Every file is a row of the table file, with its
// text, but for two kinds that are more than that: a CSV file is a table of its own,
// and a saved message (.eml) is a row of message, its attachments rows of
// attachment.
type dir struct {
	base
	folder

	mu     sync.Mutex
	schema *rows.Schema
	tables map[string]string // the CSV files, by the name of the table
	known  *post             // the messages as last read
	stamp  string
}

const fileTable = "file"

func newDir(b base, path string) *dir {
	return &dir{base: b, folder: folder{filepath.Clean(path)}}
}

func (d *dir) Close() error { return nil }

func isCSV(f file) bool  { return f.ext() == ".csv" || f.ext() == ".tsv" }
func isMail(f file) bool { return f.ext() == ".eml" }

func (d *dir) Schema(ctx context.Context) (*rows.Schema, error) {
	s, tables, err := d.readSchema(ctx, d.report)
	if err != nil {
		return nil, d.fail("", "reading the schema", err)
	}
	d.mu.Lock()
	d.schema, d.tables = s, tables
	d.mu.Unlock()
	return s, nil
}

func (d *dir) readSchema(ctx context.Context, report func(Problem)) (*rows.Schema, map[string]string, error) {
	root, err := d.open()
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	s := &rows.Schema{Source: d.name, Engine: "dir", Tables: append([]rows.Table{{
		Name: fileTable, Key: []string{"path"}, Indexed: []string{"path"},
		Columns: []rows.Column{
			{Name: "path", Type: "text", Kind: rows.Text}, {Name: "name", Type: "text", Kind: rows.Text},
			{Name: "type", Type: "text", Kind: rows.Text}, {Name: "size", Type: "number", Kind: rows.Number},
			{Name: "modified", Type: "date", Kind: rows.Time}, {Name: "text", Type: "text", Kind: rows.Text},
		},
	}}, mailTables()...)}
	tables := map[string]string{}
	var files, mails int64
	err = d.walk(ctx, root, report, func(f file) error {
		switch {
		case isMail(f):
			mails++
			return nil
		case !isCSV(f):
			files++
			return nil
		}
		name := strings.TrimSuffix(f.show, path.Ext(f.show))
		if s.Table(name) != nil { // also a file called message.csv
			name = f.show
		}
		t, err := d.describe(root, f, name, report)
		if err != nil {
			report(Problem{Table: name, Why: "cannot be read as a table: " + reason(err), Mend: "its first line must name the columns"})
			return nil
		}
		s.Tables = append(s.Tables, t)
		tables[name] = f.path
		return nil
	})
	s.Tables[0].Estimate, s.Tables[1].Estimate = files, mails
	return s, tables, err
}

// describe is the table that a CSV file is. Its rows are known by the line on
// which they begin.
func (d *dir) describe(root *os.Root, f file, name string, report func(Problem)) (rows.Table, error) {
	t := rows.Table{Name: name, Key: []string{"row"}, Estimate: -1,
		Columns: []rows.Column{{Name: "row", Type: "number", Kind: rows.Number}}}
	in, err := root.Open(f.path)
	if err != nil {
		return t, err
	}
	defer in.Close()
	c, err := doc.NewCSV(in, d.opts.Limits.Document)
	if err == io.EOF {
		return t, errors.New("the file is empty")
	}
	if err != nil {
		return t, err
	}
	for i, h := range c.Header {
		column := strings.Join(strings.Fields(h), " ")
		if column == "" {
			column = "column_" + strconv.Itoa(i+1)
		}
		base := column
		for n := 2; t.Index(column) >= 0; n++ {
			column = base + "_" + strconv.Itoa(n)
		}
		if column != h {
			report(Problem{Table: name, Column: column, Why: fmt.Sprintf("column %d of the file is called this here, because its own name is blank, repeated or oddly spaced", i+1)})
		}
		t.Columns = append(t.Columns, rows.Column{Name: column, Type: "text", Kind: rows.Text, Nullable: true})
	}
	return t, nil
}

// table finds a table and, if it is a CSV file, its path.
func (d *dir) table(ctx context.Context, name string) (*rows.Table, string, error) {
	d.mu.Lock()
	s, tables := d.schema, d.tables
	d.mu.Unlock()
	if s == nil || s.Table(name) == nil {
		if _, err := d.Schema(ctx); err != nil {
			return nil, "", err
		}
		d.mu.Lock()
		s, tables = d.schema, d.tables
		d.mu.Unlock()
	}
	if t := s.Table(name); t != nil {
		return t, tables[name], nil
	}
	return nil, "", d.fail(name, "reading", ErrNoTable)
}

func (d *dir) Scan(ctx context.Context, table string, opt ScanOptions) iter.Seq2[rows.Row, error] {
	return d.rows(ctx, table, opt.Columns, nil)
}

func (d *dir) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	t, _, err := d.table(ctx, table)
	if err != nil {
		return one(err)
	}
	if err := checkWhere(t, where); err != nil {
		return one(d.fail(table, "looking up", err))
	}
	return d.rows(ctx, table, nil, where)
}

var errEnough = errors.New("the reader has had enough")

func (d *dir) rows(ctx context.Context, table string, columns []string, where []rows.Match) iter.Seq2[rows.Row, error] {
	t, csv, err := d.table(ctx, table)
	if err != nil {
		return one(err)
	}
	shown, err := narrow(t, t.Key, columns)
	if err != nil {
		return one(d.fail(table, "reading", err))
	}
	return func(yield func(rows.Row, error) bool) {
		last := ""
		emit := func(r rows.Row) error {
			last = r.ID()
			if !matches(r, where) {
				return nil
			}
			d.reportLost(r)
			if !yield(project(r, shown), nil) {
				return errEnough
			}
			return nil
		}
		root, err := d.open()
		if err == nil {
			defer root.Close()
			switch {
			case csv != "":
				err = d.readCSV(ctx, root, csv, t, emit)
			case table == fileTable:
				err = d.readFiles(ctx, root, t, where, emit)
			default:
				err = d.readMails(ctx, root, t, where, emit)
			}
		}
		if err != nil && err != errEnough {
			e := d.fail(table, "reading", err)
			e.After = last
			yield(rows.Row{}, e)
		}
	}
}

func (d *dir) readFiles(ctx context.Context, root *os.Root, t *rows.Table, where []rows.Match, emit func(rows.Row) error) error {
	return d.walk(ctx, root, d.report, func(f file) error {
		if isCSV(f) || isMail(f) {
			return nil
		}
		name := path.Base(f.show)
		r := rows.Row{Table: t, Key: t.Key, Values: []rows.Value{
			{Text: f.show}, {Text: name}, {Text: doc.TypeOf(name, nil)}, {Text: strconv.FormatInt(f.info.Size(), 10)},
			{Text: f.info.ModTime().UTC().Format(time.RFC3339)}, {},
		}}
		for _, m := range where { // spares reading a file that is not the one asked for
			if m.Column == "path" && m.Value.Text != f.show {
				return nil
			}
		}
		in, err := root.Open(f.path)
		if err != nil {
			r.Values[5].Lost = "cannot be opened: " + reason(err)
			return emit(r)
		}
		defer in.Close()
		head := make([]byte, 512)
		n, _ := io.ReadFull(in, head)
		r.Values[2].Text = doc.TypeOf(name, head[:n])
		if r.Values[2].Text == "application/mbox" {
			r.Values[5].Lost = "a mailbox; add it as a source of its own, mbox:PATH"
			return emit(r)
		}
		r.Values[5] = d.documentText(ctx, io.MultiReader(strings.NewReader(string(head[:n])), in), name, r.Values[2].Text, func(p doc.Problem) {
			d.report(Problem{Table: t.Name, Key: r.ID(), Column: "text", Why: p.String()})
		})
		return emit(r)
	})
}

func (d *dir) readCSV(ctx context.Context, root *os.Root, path string, t *rows.Table, emit func(rows.Row) error) error {
	in, err := root.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	c, err := doc.NewCSV(in, d.opts.Limits.Document)
	if err != nil {
		return err
	}
	width := len(t.Columns) - 1
	if len(c.Header) != width {
		return fmt.Errorf("the file's columns have changed since its schema was read: %d, were %d", len(c.Header), width)
	}
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rec, err := c.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r := rows.Row{Table: t, Key: t.Key, Values: make([]rows.Value, width+1)}
		r.Values[0].Text = strconv.Itoa(rec.Line)
		for i := range width {
			switch {
			case i >= len(rec.Fields):
				r.Values[i+1].Null = true
			case i == width-1 && len(rec.Fields) > width:
				r.Values[i+1] = d.text(strings.Join(rec.Fields[i:], string(c.Comma)))
				r.Values[i+1].Lost = fmt.Sprintf("the row has %d fields and the header %d; the last ones stand together here", len(rec.Fields), width)
			default:
				r.Values[i+1] = d.text(rec.Fields[i])
			}
		}
		for _, p := range rec.Problems {
			d.report(Problem{Table: t.Name, Key: r.ID(), Why: p.String()})
		}
		if err := emit(r); err != nil {
			return err
		}
	}
}

func (d *dir) readMails(ctx context.Context, root *os.Root, t *rows.Table, where []rows.Match, emit func(rows.Row) error) error {
	p, err := d.mails(ctx, root)
	if err != nil {
		return err
	}
	letters := p.letters
	if id, ok := wanted(t, where); ok {
		i, there := p.byID[id]
		if !there {
			return nil
		}
		letters = letters[i : i+1]
	}
	for _, l := range letters {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		in, err := root.Open(l.file)
		if err != nil {
			d.report(Problem{Table: t.Name, Key: l.id, Why: "cannot be opened: " + reason(err), Mend: "give Tenet read permission on it"})
			continue
		}
		m := doc.ReadMail(in, d.opts.Limits.Document)
		in.Close()
		d.mailRows(ctx, t, l, m, func(r rows.Row) bool {
			err = emit(r)
			return err == nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mails finds the messages, or has them from the last time if none has changed.
func (d *dir) mails(ctx context.Context, root *os.Root) (*post, error) {
	var files []file
	var st stamp
	err := d.walk(ctx, root, func(Problem) {}, func(f file) error {
		if isMail(f) {
			files = append(files, f)
			st.add(f.show, f.info)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known != nil && d.stamp != "" && d.stamp == st.String() {
		return d.known, nil
	}
	var letters []letter
	var heads []header
	for _, f := range files {
		var h header
		if in, err := root.Open(f.path); err == nil {
			h = readHeader(in)
			in.Close()
		}
		letters = append(letters, letter{file: f.path, place: f.show})
		heads = append(heads, h)
	}
	d.known, d.stamp = arrange(letters, heads), st.String()
	return d.known, nil
}

func (d *dir) Fingerprint(ctx context.Context, table string) (string, error) {
	_, csv, err := d.table(ctx, table)
	if err != nil {
		return "", err
	}
	root, err := d.open()
	if err != nil {
		return "", d.fail(table, "fingerprinting", err)
	}
	defer root.Close()
	var st stamp
	err = d.walk(ctx, root, func(Problem) {}, func(f file) error {
		var in bool
		switch {
		case csv != "":
			in = f.path == csv
		case table == fileTable:
			in = !isCSV(f) && !isMail(f)
		default:
			in = isMail(f)
		}
		if in {
			st.add(f.show, f.info)
		}
		return nil
	})
	if err != nil {
		return "", d.fail(table, "fingerprinting", err)
	}
	return st.String(), nil
}

// Check goes through the folder and the beginning of every CSV file.
func (d *dir) Check(ctx context.Context) (Health, error) {
	h := Health{Engine: "folder"}
	s, _, err := d.readSchema(ctx, func(p Problem) {
		p.Source = d.name
		h.Problems = append(h.Problems, p)
	})
	if err != nil {
		return h, d.fail("", "checking", err)
	}
	h.Tables = len(s.Tables)
	info, err := os.Stat(d.path)
	if err != nil {
		return h, d.fail("", "checking", err)
	}
	h.ReadOnly = info.Mode().Perm()&0o222 == 0
	return h, nil
}
