package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// folder is a folder on this machine, none of whose files lead out of it.
type folder struct {
	path string
}

// file is one regular file of a folder.
type file struct {
	path string // relative to the folder, with slashes; the bytes by which it is opened
	show string // the same as valid UTF-8
	info fs.FileInfo
}

// open opens the folder. Nothing reached through what it returns stands outside.
func (f folder) open() (*os.Root, error) {
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return root, nil
}

// walk visits every regular file, folder by folder in the order of names, and reports
// what it does not follow: links that lead out of the folder or nowhere, devices,
// and what it may not list. A link that stays inside is passed over, because
// its target is visited where it stands.
func (f folder) walk(ctx context.Context, root *os.Root, report func(Problem), visit func(file) error) error {
	return fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		show := strings.ToValidUTF8(path, "\uFFFD")
		if !utf8.ValidString(path) {
			show = fmt.Sprintf("%+q", path)
			show = show[1 : len(show)-1]
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && path == ".":
			return err
		case err != nil:
			report(Problem{Key: show, Why: "cannot be listed: " + reason(err), Mend: "give Tenet read permission on it"})
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			if _, err := root.Stat(path); err != nil {
				report(Problem{Key: show, Why: "a link that leads out of the folder, or nowhere; it is not followed", Mend: "add the folder it leads to as a source"})
			}
			return nil
		case !d.Type().IsRegular():
			report(Problem{Key: show, Why: "neither a file nor a folder; it is not read"})
			return nil
		}
		info, err := d.Info()
		if err != nil {
			report(Problem{Key: show, Why: "cannot be looked at: " + reason(err)})
			return nil
		}
		return visit(file{path: path, show: show, info: info})
	})
}

// reason is the bare reason of a file system error, without the path that stands
// beside it anyway.
func reason(err error) string {
	if pe, ok := err.(*fs.PathError); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// changed says that a file is not as it was before it was read.
func changed(root *os.Root, path string, before fs.FileInfo) bool {
	after, err := root.Stat(path)
	return err != nil || !os.SameFile(before, after) || before.Size() != after.Size() || !before.ModTime().Equal(after.ModTime())
}

const (
	whyChanged  = "the file was written to while it was being read: what was read may be neither as it was nor as it is"
	mendChanged = "read it again"
)

// ext is a file's extension in lower case, with its dot.
func (f file) ext() string { return strings.ToLower(filepath.Ext(f.path)) }

// documentText is the text of a document, or why there is none. Notes on how it
// was read go to tell.
func (b *base) documentText(ctx context.Context, r io.Reader, name, mediaType string, tell func(doc.Problem)) rows.Value {
	return b.readText(ctx, b.reader(), r, name, mediaType, tell)
}

func (b *base) readText(ctx context.Context, reader *doc.Reader, r io.Reader, name, mediaType string, tell func(doc.Problem)) rows.Value {
	d, err := reader.Read(ctx, r, name, mediaType)
	if err != nil {
		if errors.Is(err, doc.ErrUnsupported) {
			return rows.Value{Lost: err.Error()}
		}
		return rows.Value{Lost: fmt.Sprintf("cannot be read: %v", err)}
	}
	v := b.text(d.Text)
	for _, p := range d.Problems {
		if p.Lost && v.Lost == "" {
			v.Lost = p.String()
		} else if tell != nil {
			tell(p)
		}
	}
	return v
}

// tell reports notes on how a value of a row was read.
func (b *base) tell(r rows.Row, column string) func(doc.Problem) {
	return func(p doc.Problem) {
		b.report(Problem{Table: r.Table.Name, Key: r.ID(), Column: column, Why: p.String()})
	}
}

// reader reads the documents of this source.
func (b *base) reader() *doc.Reader {
	return &doc.Reader{Limits: b.opts.Limits.Document, OCR: b.opts.OCR}
}
