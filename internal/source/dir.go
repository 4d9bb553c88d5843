package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// dir is a folder of documents. Every file is a row of the table file, with its
// text, but for those that are more than that: a CSV file is a table of its own, as is each sheet
// of a workbook, whose row of file then has what else is in it; a saved message (.eml, .msg) is a row of
// message, its attachments rows of attachment.
//
// Each file is a table of its own even where several are copies of one table at different dates: the copies overlap, and
// only their owner knows which of them still counts.
type dir struct {
	base
	folder
	headers []headerRule

	mu    sync.Mutex
	last  *listing // as last read
	known *post    // the messages as last read
	stamp string
}

// listing is what a folder holds.
type listing struct {
	schema *rows.Schema
	tables map[string]tableFile // those in files, by name
	apart  map[string]bool      // workbooks all of whose sheets are tables, by path
}

// headerRule says how many rows the header of some files has.
type headerRule struct {
	files string // a pattern of path.Match, of the whole path or the name
	rows  int
}

const fileTable = "file"

// newDir reads what follows "dir:": a path, and perhaps ?header=ROWS or ?header=FILES:ROWS, which may come
// several times. A question mark with anything but that after it is part of the path.
func newDir(b base, rest string) (Source, error) {
	d := &dir{base: b}
	at, params, ok := cutLast(rest, "?")
	if !ok || !dirParameters.MatchString(params) {
		d.path = filepath.Clean(rest)
		return d, nil
	}
	q, err := url.ParseQuery(params)
	if err != nil {
		return nil, b.fail("", "opening", errors.New("the URL's parameters cannot be read"))
	}
	for _, v := range q["header"] {
		files, n, ok := cutLast(v, ":")
		if !ok {
			files, n = "*", v
		}
		r := headerRule{files: files}
		_, bad := path.Match(files, "")
		if r.rows, err = strconv.Atoi(n); err != nil || bad != nil || r.rows < 0 || r.rows > sampleRows {
			return nil, b.fail("", "opening", fmt.Errorf("header= in the URL must be a number of rows up to %d, or files and a number: header=*definitions.csv:0", sampleRows))
		}
		d.headers = append(d.headers, r)
	}
	d.path = filepath.Clean(at)
	return d, nil
}

var dirParameters = regexp.MustCompile(`^header=[^&]*(&header=[^&]*)*$`)

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// headerRows is how many rows the header of a file has by the source's URL, -1 if that says nothing.
func (d *dir) headerRows(show string) int {
	n := -1
	for _, r := range d.headers {
		whole, _ := path.Match(r.files, show)
		name, _ := path.Match(r.files, path.Base(show))
		if whole || name {
			n = r.rows
		}
	}
	return n
}

func (d *dir) Close() error { return nil }

// fileKind is how a file is read.
type fileKind int

const (
	plainFile fileKind = iota
	csvFile
	bookFile
	mailFile
)

// kindOf goes by a file's name, and where names are known to mislead by its first bytes: workbooks
// are called .csv and tables .xls.
func kindOf(root *os.Root, f file) fileKind {
	ext := f.ext()
	switch ext {
	case ".eml":
		return mailFile
	case ".csv", ".tsv", ".xls", ".xlsx", ".xlsm", ".xltx", ".xltm", ".msg":
	default:
		return plainFile
	}
	table := ext == ".csv" || ext == ".tsv"
	in, err := root.Open(f.path)
	if err != nil && table {
		return csvFile // that it cannot be opened is said where it is read
	}
	if err != nil {
		return plainFile
	}
	defer in.Close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(in, head)
	t := doc.TypeOf(f.show, head[:n])
	switch {
	case ext == ".msg" && isOutlook(head[:n]):
		return mailFile
	case ext != ".msg" && strings.HasPrefix(string(head[:n]), "PK\x03\x04"):
		return bookFile
	case table && strings.HasPrefix(t, "text/"):
		return csvFile
	}
	return plainFile
}

// isOutlook says that bytes begin a message as Outlook saves it.
func isOutlook(head []byte) bool {
	return strings.HasPrefix(string(head), "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
}

func (d *dir) Schema(ctx context.Context) (*rows.Schema, error) {
	l, err := d.list(ctx, d.report)
	if err != nil {
		return nil, d.fail("", "reading the schema", err)
	}
	d.mu.Lock()
	d.last = l
	d.mu.Unlock()
	return l.schema, nil
}

func (d *dir) list(ctx context.Context, report func(Problem)) (*listing, error) {
	root, err := d.open()
	if err != nil {
		return nil, err
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
	l := &listing{schema: s, tables: map[string]tableFile{}, apart: map[string]bool{}}
	var files, mails int64
	err = d.walk(ctx, root, report, func(f file) error {
		kind := kindOf(root, f)
		switch kind {
		case mailFile:
			mails++
			return nil
		case plainFile:
			files++
			return nil
		case bookFile:
			files++
		}
		l.apart[f.path] = d.tablesOf(ctx, root, f, kind, func(name string) bool { return s.Table(name) != nil }, report, func(t rows.Table, at tableFile) {
			s.Tables = append(s.Tables, t)
			l.tables[t.Name] = at
		})
		return ctx.Err()
	})
	s.Tables[0].Estimate, s.Tables[1].Estimate = files, mails
	return l, err
}

// table finds a table in the listing.
func (d *dir) table(ctx context.Context, name string) (*rows.Table, *listing, error) {
	d.mu.Lock()
	l := d.last
	d.mu.Unlock()
	if l == nil || l.schema.Table(name) == nil {
		if _, err := d.Schema(ctx); err != nil {
			return nil, nil, err
		}
		d.mu.Lock()
		l = d.last
		d.mu.Unlock()
	}
	if t := l.schema.Table(name); t != nil {
		return t, l, nil
	}
	return nil, nil, d.fail(name, "reading", ErrNoTable)
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
	t, l, err := d.table(ctx, table)
	if err != nil {
		return one(err)
	}
	shown, err := narrow(t, t.Key, columns)
	if err != nil {
		return one(d.fail(table, "reading", err))
	}
	return func(yield func(rows.Row, error) bool) {
		var last rows.Row
		emit := func(r rows.Row) error {
			last = r
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
			switch at, ok := l.tables[table]; {
			case ok:
				err = d.readTable(ctx, root, at, t, emit)
			case table == fileTable:
				err = d.readFiles(ctx, root, t, l.apart, where, emit)
			default:
				err = d.readMails(ctx, root, t, where, emit)
			}
		}
		if err != nil && err != errEnough {
			e := d.fail(table, "reading", err)
			if last.Table != nil {
				e.After = last.ID()
			}
			yield(rows.Row{}, e)
		}
	}
}

func (d *dir) readFiles(ctx context.Context, root *os.Root, t *rows.Table, apart map[string]bool, where []rows.Match, emit func(rows.Row) error) error {
	return d.walk(ctx, root, d.report, func(f file) error {
		for _, m := range where { // spares reading a file that is not the one asked for
			if m.Column == "path" && m.Value.Text != f.show {
				return nil
			}
		}
		kind := kindOf(root, f)
		if kind == csvFile || kind == mailFile {
			return nil
		}
		name := path.Base(f.show)
		r := rows.Row{Table: t, Key: t.Key, Values: []rows.Value{
			{Text: f.show}, {Text: name}, {Text: doc.TypeOf(name, nil)}, {Text: strconv.FormatInt(f.info.Size(), 10)},
			{Text: f.info.ModTime().UTC().Format(time.RFC3339)}, {},
		}}
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
		reader := d.reader()
		reader.Apart = kind == bookFile && apart[f.path]
		r.Values[5] = d.readText(ctx, reader, io.MultiReader(strings.NewReader(string(head[:n])), in), name, r.Values[2].Text, d.tell(r, "text"))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if changed(root, f.path, f.info) {
			d.report(Problem{Table: t.Name, Key: r.ID(), Why: whyChanged, Mend: mendChanged})
		}
		return emit(r)
	})
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
		m, err := d.readMail(in)
		in.Close()
		if err != nil {
			d.report(Problem{Table: t.Name, Key: l.id, Why: "cannot be read: " + reason(err), Mend: "save the message anew"})
			continue
		}
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

// readMail reads a saved message, by what it is and not what it is called.
func (d *dir) readMail(in *os.File) (*doc.Mail, error) {
	head := make([]byte, 8)
	n, _ := in.ReadAt(head, 0)
	if isOutlook(head[:n]) {
		return doc.ReadMSG(in, d.opts.Limits.Document)
	}
	return doc.ReadMail(in, d.opts.Limits.Document), nil
}

// mailHeader is the header of a saved message. One of Outlook's cannot be read in part.
func (d *dir) mailHeader(in *os.File) header {
	head := make([]byte, 8)
	n, _ := in.ReadAt(head, 0)
	if !isOutlook(head[:n]) {
		return readHeader(in)
	}
	m, err := doc.ReadMSG(in, d.opts.Limits.Document)
	if err != nil {
		return header{} // it is read again for its row, and reported there
	}
	return headerOf(m)
}

// mails finds the messages, or has them from the last time if none has changed.
func (d *dir) mails(ctx context.Context, root *os.Root) (*post, error) {
	var files []file
	var st stamp
	err := d.walk(ctx, root, func(Problem) {}, func(f file) error {
		if kindOf(root, f) == mailFile {
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
			h = d.mailHeader(in)
			in.Close()
		}
		letters = append(letters, letter{file: f.path, place: f.show})
		heads = append(heads, h)
	}
	d.known, d.stamp = arrange(letters, heads), st.String()
	return d.known, nil
}

func (d *dir) Fingerprint(ctx context.Context, table string) (string, error) {
	_, l, err := d.table(ctx, table)
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
		switch at, ok := l.tables[table]; {
		case ok:
			in = f.path == at.path
		case table == fileTable:
			kind := kindOf(root, f)
			in = kind == plainFile || kind == bookFile
		default:
			in = kindOf(root, f) == mailFile
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

// Check goes through the folder and the beginning of every table.
func (d *dir) Check(ctx context.Context) (Health, error) {
	h := Health{Engine: "folder"}
	l, err := d.list(ctx, func(p Problem) {
		p.Source = d.name
		h.Problems = append(h.Problems, p)
	})
	if err != nil {
		return h, d.fail("", "checking", err)
	}
	h.Tables = len(l.schema.Tables)
	info, err := os.Stat(d.path)
	if err != nil {
		return h, d.fail("", "checking", err)
	}
	h.ReadOnly = info.Mode().Perm()&0o222 == 0
	return h, nil
}
