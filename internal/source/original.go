package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// Originals is a Source that can hand out the documents of which some of its rows are the text: dir:, mbox:, pst:,
// imap:, graph: and purview:. Documents that a database keeps in a column are not handed out.
type Originals interface {
	// Original opens the document of a row as it was read. The error wraps ErrNoOriginal where the row is not that of one
	// document, and ErrChanged where what is there now is not what the row was read from.
	Original(ctx context.Context, r rows.Row) (*Original, error)
}

// Original is a document as its source holds it, to be read once and closed.
type Original struct {
	io.ReadCloser
	Name string // as the source calls it, without folders; may be anything
	Type string // media type, as declared or by the name; may be empty
	Size int64  // in bytes
}

// What the error of Original may wrap.
var (
	ErrNoOriginal = errors.New("the row is not one document")
	ErrChanged    = errors.New("the document is not what it was when it was read")
)

// Original opens what the source would without its manners: a document is asked for by somebody who waits for it.
func (g *gentle) Original(ctx context.Context, r rows.Row) (*Original, error) {
	if s, ok := g.Source.(Originals); ok {
		return s.Original(ctx, r)
	}
	return nil, &Error{Source: g.Name(), Table: r.Table.Name, Doing: "opening the document", Err: ErrNoOriginal}
}

// Original opens a file of the folder, or something attached to a saved message. A workbook whose sheets are tables is none:
// its rows are records of their own, each with its own decision.
func (d *dir) Original(ctx context.Context, r rows.Row) (*Original, error) {
	if r.Table.Name == attachmentTable {
		return d.attached(ctx, r, d.letters)
	}
	if r.Table.Name != fileTable {
		return nil, d.fail(r.Table.Name, "opening the document", ErrNoOriginal)
	}
	_, l, err := d.table(ctx, fileTable)
	if err != nil {
		return nil, err
	}
	root, err := d.open()
	if err != nil {
		return nil, d.fail(fileTable, "opening the document", err)
	}
	defer root.Close()
	f, err := d.named(ctx, root, r.Get("path").Text)
	if err == nil {
		if kind := kindOf(root, f); kind == csvFile || kind == mailFile || l.apart[f.path] {
			err = ErrNoOriginal
		}
	}
	if err != nil {
		return nil, d.fail(fileTable, "opening the document", err)
	}
	in, err := root.Open(f.path)
	if err != nil {
		return nil, d.fail(fileTable, "opening the document", errors.New(reason(err)))
	}
	return d.whole(r, in)
}

// letters are the saved messages of the folder.
func (d *dir) letters(ctx context.Context) (letters, error) {
	root, err := d.open()
	if err != nil {
		return letters{}, err
	}
	p, err := d.mails(ctx, root)
	if err != nil {
		root.Close()
		return letters{}, err
	}
	read := func(_ context.Context, list []letter) (*doc.Mail, error) {
		in, err := root.Open(list[0].file)
		if err != nil {
			return nil, errors.New(reason(err))
		}
		defer in.Close()
		return d.readMail(in)
	}
	return letters{p, read, func() { root.Close() }}, nil
}

// named is the regular file of the folder that is shown as path.
func (f folder) named(ctx context.Context, root *os.Root, path string) (file, error) {
	if info, err := root.Lstat(path); err == nil && utf8.ValidString(path) && info.Mode().IsRegular() {
		return file{path: path, show: path, info: info}, nil
	}
	var found file
	err := f.walk(ctx, root, func(Problem) {}, func(f file) error { // one whose name is not UTF-8 is shown as another
		if f.show != path {
			return nil
		}
		found = f
		return errEnough
	})
	switch {
	case err == errEnough:
		return found, nil
	case err == nil:
		err = fmt.Errorf("%w: it is not there any more", ErrChanged)
	}
	return file{}, err
}

// whole is an open file, if it is the one that the row was read from.
func (b *base) whole(r rows.Row, in interface {
	io.ReadCloser
	Stat() (os.FileInfo, error)
}) (*Original, error) {
	info, err := in.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNoOriginal
	}
	if err == nil && (r.Get("size").Text != strconv.FormatInt(info.Size(), 10) || r.Get("modified").Text != info.ModTime().UTC().Format(time.RFC3339)) {
		err = ErrChanged
	}
	if err != nil {
		in.Close()
		return nil, b.fail(r.Table.Name, "opening the document", err)
	}
	return &Original{in, path.Base(r.Get("path").Text), r.Get("type").Text, info.Size()}, nil
}

// attached opens what is attached to a message, found by the message's id and the part's place in it. A message within a
// message is none: it is read as text.
func (b *base) attached(ctx context.Context, r rows.Row, open func(context.Context) (letters, error)) (*Original, error) {
	fail := func(err error) (*Original, error) { return nil, b.fail(r.Table.Name, "opening the document", err) }
	if r.Table.Name != attachmentTable {
		return fail(ErrNoOriginal)
	}
	p, err := open(ctx)
	if err != nil {
		return fail(err)
	}
	defer p.close()
	i, there := p.byID[r.Get("message").Text]
	if !there {
		return fail(fmt.Errorf("%w: its message is not there any more", ErrChanged))
	}
	m, err := p.read(ctx, p.post.letters[i:i+1])
	if err != nil {
		return fail(err)
	}
	return b.part(r, m)
}

// part is the attachment of a message that a row was read from.
func (b *base) part(r rows.Row, m *doc.Mail) (*Original, error) {
	for _, a := range m.Attachments {
		if a.Part != r.Get("part").Text {
			continue
		}
		err := ErrChanged
		switch {
		case a.Mail != nil:
			err = ErrNoOriginal
		case strconv.Itoa(len(a.Bytes)) == r.Get("size").Text && b.optional(a.Name).Text == r.Get("name").Text:
			return &Original{io.NopCloser(bytes.NewReader(a.Bytes)), path.Base(strings.ReplaceAll(a.Name, `\`, "/")), a.Type, int64(len(a.Bytes))}, nil
		}
		return nil, b.fail(r.Table.Name, "opening the document", err)
	}
	return nil, b.fail(r.Table.Name, "opening the document", fmt.Errorf("%w: it is not in its message any more", ErrChanged))
}

// Original opens something attached to a message.
func (m *mailSource) Original(ctx context.Context, r rows.Row) (*Original, error) {
	return m.attached(ctx, r, m.open)
}

// Original opens something attached to a message in Microsoft 365.
func (g *graph) Original(ctx context.Context, r rows.Row) (*Original, error) {
	if r.Table.Name != attachmentTable {
		return nil, g.fail(r.Table.Name, "opening the document", ErrNoOriginal)
	}
	var out *Original
	err := g.single(ctx, r.Get("message").Text, func(mailbox string, gm graphMessage, folder string) error {
		_, m, err := g.message(ctx, mailbox, gm, folder, true)
		if err == nil {
			out, err = g.part(r, m)
		}
		return err
	})
	if err == nil && out == nil {
		err = fmt.Errorf("%w: its message is not there any more", ErrChanged)
	}
	if err != nil {
		return nil, g.failed(r.Table.Name, "opening the document", err)
	}
	return out, nil
}

// Original opens a loose file of the export, or something attached to a message in it.
func (p *purview) Original(ctx context.Context, r rows.Row) (*Original, error) {
	if r.Table.Name != fileTable {
		return p.attached(ctx, r, p.letters)
	}
	e, err := p.index(ctx)
	if err != nil {
		return nil, p.fail(fileTable, "opening the document", err)
	}
	for _, f := range e.files {
		if f.show != r.Get("path").Text || f.isMail() || f.isReport() {
			continue
		}
		in, err := f.volume.fs.Open(f.path)
		if err != nil {
			e.close()
			return nil, p.fail(fileTable, "opening the document", errors.New(reason(err)))
		}
		o, err := p.whole(r, in)
		if err != nil {
			e.close()
			return nil, err
		}
		o.ReadCloser = exported{o.ReadCloser, e.close}
		return o, nil
	}
	e.close()
	return nil, p.fail(fileTable, "opening the document", fmt.Errorf("%w: it is not there any more", ErrChanged))
}

// exported is a file of an export, which is closed with it.
type exported struct {
	io.ReadCloser
	shut func()
}

func (e exported) Close() error {
	defer e.shut()
	return e.ReadCloser.Close()
}
