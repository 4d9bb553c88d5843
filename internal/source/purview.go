package source

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// purview is what Microsoft Purview eDiscovery gives when a search or a review set is
// exported: a folder or a zip of archives (.pst), messages (.msg, .eml), loose files and
// the reports that list them.
//
// Messages are known by where they stand in the export, which does not change. What the
// reports list and the export does not hold is told of.
type purview struct {
	base
	path   string
	schema *rows.Schema

	mu    sync.Mutex
	known *export // as last read
	stood string  // the stamp of the files then; empty if it cannot be relied on
}

func newPurview(b base, path string) *purview {
	text := func(name string) rows.Column { return rows.Column{Name: name, Type: "text", Kind: rows.Text} }
	file := rows.Table{Name: fileTable, Key: []string{"path"}, Indexed: []string{"path"}, Estimate: -1,
		Columns: []rows.Column{text("path"), text("name"), text("type"), {Name: "size", Type: "number", Kind: rows.Number},
			{Name: "modified", Type: "date", Kind: rows.Time}, text("text"), {Name: "location", Type: "text", Kind: rows.Text, Nullable: true}}}
	return &purview{base: b, path: filepath.Clean(path),
		schema: &rows.Schema{Source: b.name, Engine: "purview", Tables: append([]rows.Table{file}, mailTables()...)}}
}

func (p *purview) Close() error { return nil }

func (p *purview) Schema(context.Context) (*rows.Schema, error) {
	if _, err := os.Stat(p.path); err != nil {
		return nil, p.fail("", "reading the schema", fmt.Errorf("%w: %w", ErrUnreachable, err))
	}
	return p.schema, nil
}

// stamp is a fingerprint of the export's files as they lie on the disk.
func (p *purview) stampNow(ctx context.Context) (string, error) {
	info, err := os.Stat(p.path)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	var st stamp
	if !info.IsDir() {
		st.add(filepath.Base(p.path), info)
		return st.String(), nil
	}
	f := folder{p.path}
	root, err := f.open()
	if err != nil {
		return "", err
	}
	defer root.Close()
	err = f.walk(ctx, root, func(Problem) {}, func(f file) error {
		st.add(f.show, f.info)
		return nil
	})
	return st.String(), err
}

// index opens the export and finds its messages, or has them from the last time if no file has
// changed. The caller closes what it returns.
func (p *purview) index(ctx context.Context) (*export, error) {
	st, err := p.stampNow(ctx)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	again := p.known != nil && p.stood != "" && p.stood == st
	report := p.report
	if again {
		report = func(Problem) {} // which has been told
	}
	e, err := p.open(ctx, report)
	if err != nil {
		return nil, err
	}
	if again {
		for i := range e.files {
			e.files[i].location, e.files[i].folder = p.known.files[i].location, p.known.files[i].folder
		}
		e.post = p.known.post
		return e, nil
	}
	for i, f := range e.files {
		e.at[exportKey(f.show)] = i
		e.at[exportKey(f.path)] = i
	}
	if err := p.reports(ctx, e); err != nil {
		e.close()
		return nil, err
	}
	var list []letter
	var heads []header
	found := func(l letter, h header) { list, heads = append(list, l), append(heads, h) }
	for i, f := range e.files {
		if !f.isMail() || f.isReport() {
			continue
		}
		if err := p.letterOf(ctx, i, f, found); err != nil {
			if ctx.Err() != nil {
				e.close()
				return nil, ctx.Err()
			}
			p.report(Problem{Table: messageTable, Key: f.show, Why: "cannot be read: " + reason(err), Mend: "download the export again, or unpack it"})
		}
	}
	e.post = arrange(list, heads)
	p.known, p.stood = &export{files: e.files, post: e.post}, st
	return e, nil
}

// letterOf lists the message or the messages of a file. A letter's offset is the file's number in the export.
func (p *purview) letterOf(ctx context.Context, i int, f exportFile, found func(letter, header)) error {
	l := letter{file: f.show, place: f.show, id: f.show, folder: f.folder, mailbox: f.location, offset: int64(i)}
	switch f.ext() {
	case ".pst", ".ost":
		a, shut, err := p.archive(ctx, f)
		if err != nil {
			return err
		}
		defer shut()
		for item, err := range a.Items(ctx) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				p.report(Problem{Table: messageTable, Key: f.show, Why: "some items cannot be listed: " + err.Error(), Mend: "download the export again"})
				continue
			}
			l := l
			l.place = f.show + "@" + strconv.FormatUint(uint64(item.ID), 16)
			l.id, l.item, l.folder = l.place, item.ID, item.Folder
			if l.mailbox == "" {
				l.mailbox = a.Name()
			}
			found(l, headerOf(a.Head(ctx, item)))
		}
		return nil
	case ".msg":
		m, err := p.saved(ctx, f)
		if err != nil {
			return err
		}
		found(l, headerOf(m))
		return nil
	}
	in, err := f.volume.fs.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close()
	found(l, readHeader(in))
	return nil
}

// archive opens an archive of the export. In a zip it can be read in places only if it is
// kept there as it is.
func (p *purview) archive(ctx context.Context, f exportFile) (*doc.PST, func(), error) {
	if f.volume.zip != nil {
		for _, z := range f.volume.zip.File {
			if z.Name != f.path {
				continue
			}
			if z.Method != zip.Store {
				return nil, nil, fmt.Errorf("an archive within a zip must be unpacked first")
			}
			at, err := z.DataOffset()
			if err != nil {
				return nil, nil, err
			}
			size := int64(z.UncompressedSize64)
			a, err := doc.OpenPST(ctx, io.NewSectionReader(f.volume.raw, at, size), size, p.opts.Limits.Document)
			return a, func() {}, err
		}
	}
	in, err := f.volume.fs.Open(f.path)
	if err != nil {
		return nil, nil, err
	}
	at, ok := in.(io.ReaderAt)
	if !ok {
		in.Close()
		return nil, nil, fmt.Errorf("an archive within a zip must be unpacked first")
	}
	a, err := doc.OpenPST(ctx, at, f.info.Size(), p.opts.Limits.Document)
	if err != nil {
		in.Close()
		return nil, nil, err
	}
	return a, func() { in.Close() }, nil
}

// saved reads a message that is a file.
func (p *purview) saved(_ context.Context, f exportFile) (*doc.Mail, error) {
	in, err := f.volume.fs.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if f.ext() == ".msg" {
		return doc.ReadMSG(in, p.opts.Limits.Document)
	}
	return doc.ReadMail(in, p.opts.Limits.Document), nil
}

func (p *purview) letters(ctx context.Context) (letters, error) {
	e, err := p.index(ctx)
	if err != nil {
		return letters{}, err
	}
	var a *doc.PST
	var of string
	shut := func() {}
	read := func(ctx context.Context, list []letter) (*doc.Mail, error) {
		l := list[0]
		f := e.files[l.offset]
		if l.item == 0 {
			m, err := p.saved(ctx, f)
			if err != nil {
				return unread("cannot be read: " + reason(err)), nil
			}
			return m, nil
		}
		if a == nil || of != l.file {
			shut()
			a, shut = nil, func() {}
			next, end, err := p.archive(ctx, f)
			if err != nil {
				return nil, err
			}
			a, shut, of = next, end, l.file
		}
		item, err := a.Item(l.item)
		if err != nil {
			return nil, err
		}
		return a.Mail(ctx, item), nil
	}
	return letters{e.post, read, func() { shut(); e.close() }}, nil
}

func (p *purview) Scan(ctx context.Context, table string, opt ScanOptions) iter.Seq2[rows.Row, error] {
	return p.rows(ctx, table, opt.Columns, nil)
}

func (p *purview) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	if t := p.schema.Table(table); t != nil {
		if err := checkWhere(t, where); err != nil {
			return one(p.fail(table, "looking up", err))
		}
	}
	return p.rows(ctx, table, nil, where)
}

func (p *purview) rows(ctx context.Context, table string, columns []string, where []rows.Match) iter.Seq2[rows.Row, error] {
	t := p.schema.Table(table)
	if t == nil {
		return one(p.fail(table, "reading", ErrNoTable))
	}
	if table != fileTable {
		return p.readPost(ctx, t, columns, where, p.letters)
	}
	shown, err := narrow(t, t.Key, columns)
	if err != nil {
		return one(p.fail(table, "reading", err))
	}
	return func(yield func(rows.Row, error) bool) {
		e, err := p.index(ctx)
		if err != nil {
			yield(rows.Row{}, p.fail(table, "reading", err))
			return
		}
		defer e.close()
		for _, f := range e.files {
			if f.isMail() || f.isReport() {
				continue
			}
			if ctx.Err() != nil {
				yield(rows.Row{}, p.fail(table, "reading", ctx.Err()))
				return
			}
			r, ok := p.fileRow(ctx, t, f, where)
			if !ok || !matches(r, where) {
				continue
			}
			p.reportLost(r)
			if !yield(project(r, shown), nil) {
				return
			}
		}
	}
}

// fileRow is a loose file as a row; false where its path is not the one that is looked for.
func (p *purview) fileRow(ctx context.Context, t *rows.Table, f exportFile, where []rows.Match) (rows.Row, bool) {
	for _, m := range where {
		if m.Column == "path" && m.Value.Text != f.show {
			return rows.Row{}, false
		}
	}
	name := path.Base(f.show)
	r := rows.Row{Table: t, Key: t.Key, Values: []rows.Value{
		{Text: f.show}, {Text: name}, {Text: doc.TypeOf(name, nil)}, {Text: strconv.FormatInt(f.info.Size(), 10)},
		{Text: f.info.ModTime().UTC().Format(time.RFC3339)}, {}, p.optional(f.location),
	}}
	in, err := f.volume.fs.Open(f.path)
	if err != nil {
		r.Values[5].Lost = "cannot be opened: " + reason(err)
		return r, true
	}
	defer in.Close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(in, head)
	r.Values[2].Text = doc.TypeOf(name, head[:n])
	r.Values[5] = p.documentText(ctx, io.MultiReader(bytes.NewReader(head[:n]), in), name, r.Values[2].Text, func(q doc.Problem) {
		p.report(Problem{Table: t.Name, Key: r.ID(), Column: "text", Why: q.String()})
	})
	return r, true
}

func (p *purview) Fingerprint(ctx context.Context, table string) (string, error) {
	if p.schema.Table(table) == nil {
		return "", p.fail(table, "fingerprinting", ErrNoTable)
	}
	st, err := p.stampNow(ctx)
	if err != nil {
		return "", p.fail(table, "fingerprinting", err)
	}
	return st, nil
}

// Check goes through the reports and the headers of every message.
func (p *purview) Check(ctx context.Context) (Health, error) {
	h := Health{Engine: "Purview export", Tables: len(p.schema.Tables)}
	probe := newPurview(p.base, p.path)
	probe.opts.Report = func(q Problem) { h.Problems = append(h.Problems, q) }
	e, err := probe.index(ctx)
	if err != nil {
		return h, p.fail("", "checking", err)
	}
	e.close()
	info, err := os.Stat(p.path)
	if err != nil {
		return h, p.fail("", "checking", err)
	}
	h.ReadOnly = info.Mode().Perm()&0o222 == 0
	return h, nil
}
