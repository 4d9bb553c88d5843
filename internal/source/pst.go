package source

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// pst is an archive of Outlook's, or a folder of them. A message is known by its
// file and the number that Outlook gave it there, which it keeps.
type pst struct {
	base
	boxes
	schema *rows.Schema

	mu    sync.Mutex
	known *post  // as last read
	stood string // the stamp of the files then; empty if it cannot be relied on
}

func newPST(b base, path string) *pst {
	return &pst{base: b, boxes: boxes{filepath.Clean(path), []string{".pst", ".ost"}},
		schema: &rows.Schema{Source: b.name, Engine: "pst", Tables: mailTables()}}
}

func (p *pst) Close() error { return nil }

func (p *pst) Schema(ctx context.Context) (*rows.Schema, error) {
	root, _, err := p.files(ctx, func(Problem) {})
	if err != nil {
		return nil, p.fail("", "reading the schema", err)
	}
	root.Close()
	return p.schema, nil
}

// openPST opens an archive within a folder.
func openPST(ctx context.Context, root *os.Root, path string, l doc.Limits) (*doc.PST, *os.File, error) {
	in, err := root.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := in.Stat()
	if err == nil {
		var a *doc.PST
		if a, err = doc.OpenPST(ctx, in, info.Size(), l); err == nil {
			return a, in, nil
		}
	}
	in.Close()
	return nil, nil, err
}

// itemsOf lists the items of an archive with what threads need to know of them.
func (b *base) itemsOf(ctx context.Context, root *os.Root, f file, found func(letter, header)) error {
	a, in, err := openPST(ctx, root, f.path, b.opts.Limits.Document)
	if err != nil {
		return err
	}
	defer in.Close()
	for item, err := range a.Items(ctx) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			b.report(Problem{Table: messageTable, Key: f.show, Why: "some items cannot be listed: " + err.Error(), Mend: "mend the archive with Outlook's scanpst"})
			continue
		}
		place := f.show + "@" + strconv.FormatUint(uint64(item.ID), 16)
		found(letter{file: f.path, place: place, id: place, item: item.ID, folder: item.Folder, mailbox: a.Name()}, headerOf(a.Head(ctx, item)))
	}
	if n := a.Settings(); n > 0 {
		b.report(Problem{Table: messageTable, Key: f.show, Why: fmt.Sprintf("%s hidden items are settings of Outlook's, such as views and rules, and are not read", doc.Thousands(int64(n)))})
	}
	return nil
}

// index finds the messages, or has them from the last time if no file has changed.
func (p *pst) index(ctx context.Context) (*os.Root, *post, error) {
	root, files, err := p.files(ctx, p.report)
	if err != nil {
		return nil, nil, err
	}
	var st stamp
	for _, f := range files {
		st.add(f.show, f.info)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known != nil && p.stood != "" && p.stood == st.String() {
		return root, p.known, nil
	}
	var list []letter
	var heads []header
	for _, f := range files {
		err := p.itemsOf(ctx, root, f, func(l letter, h header) { list, heads = append(list, l), append(heads, h) })
		if err != nil {
			if ctx.Err() != nil || len(files) == 1 {
				root.Close()
				return nil, nil, err
			}
			p.report(Problem{Key: f.show, Why: "cannot be read: " + reason(err), Mend: "mend the archive with Outlook's scanpst, or export it again"})
		}
	}
	p.known, p.stood = arrange(list, heads), st.String()
	return root, p.known, nil
}

func (p *pst) Scan(ctx context.Context, table string, opt ScanOptions) iter.Seq2[rows.Row, error] {
	return p.rows(ctx, table, opt.Columns, nil)
}

func (p *pst) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	if t := p.schema.Table(table); t != nil {
		if err := checkWhere(t, where); err != nil {
			return one(p.fail(table, "looking up", err))
		}
	}
	return p.rows(ctx, table, nil, where)
}

func (p *pst) rows(ctx context.Context, table string, columns []string, where []rows.Match) iter.Seq2[rows.Row, error] {
	t := p.schema.Table(table)
	if t == nil {
		return one(p.fail(table, "reading", ErrNoTable))
	}
	return p.readPost(ctx, t, columns, where, p.letters)
}

// letters opens the archives for reading their items in order: one is open at a time.
func (p *pst) letters(ctx context.Context) (letters, error) {
	root, list, err := p.index(ctx)
	if err != nil {
		return letters{}, err
	}
	read, shut := archives(root, p.opts.Limits.Document)
	return letters{list, read, func() { shut(); root.Close() }}, nil
}

// archives reads the items of archives in a folder, of which it keeps the last one open.
func archives(root *os.Root, limits doc.Limits) (read func(context.Context, []letter) (*doc.Mail, error), shut func()) {
	var in *os.File
	var a *doc.PST
	var name string
	shut = func() {
		if in != nil {
			in.Close()
		}
	}
	read = func(ctx context.Context, list []letter) (*doc.Mail, error) {
		l := list[0]
		if in == nil || name != l.file {
			shut()
			in = nil
			var err error
			if a, in, err = openPST(ctx, root, l.file, limits); err != nil {
				return nil, err
			}
			name = l.file
		}
		item, err := a.Item(l.item)
		if err != nil {
			return nil, err
		}
		return a.Mail(ctx, item), nil
	}
	return read, shut
}

func (p *pst) Fingerprint(ctx context.Context, table string) (string, error) {
	st, err := p.stamp(ctx)
	if err != nil {
		return "", p.fail(table, "fingerprinting", err)
	}
	return st, nil
}

// Check goes through every archive, the headers of its items included.
func (p *pst) Check(ctx context.Context) (Health, error) {
	h := Health{Engine: "Outlook archive", Tables: len(p.schema.Tables)}
	probe := newPST(p.base, p.path)
	probe.opts.Report = func(q Problem) { h.Problems = append(h.Problems, q) }
	root, _, err := probe.index(ctx)
	if err != nil {
		e := p.fail("", "checking", err)
		if !errors.Is(err, ErrUnreachable) && e.Mend == "" && strings.Contains(err.Error(), "damaged") {
			e.Mend = "mend the archive with Outlook's scanpst, or export it again"
		}
		return h, e
	}
	root.Close()
	info, err := os.Stat(p.path)
	if err != nil {
		return h, p.fail("", "checking", err)
	}
	h.ReadOnly = info.Mode().Perm()&0o222 == 0
	return h, nil
}
