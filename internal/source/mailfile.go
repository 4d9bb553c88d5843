package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// mailFormat is how one kind of file keeps mail.
type mailFormat struct {
	engine string   // in a schema
	title  string   // for people
	ext    []string // that such files have in a folder: ".mbox"
	mend   string   // what to do about a file that cannot be read

	// list goes through the headers of one file and says where each message stands.
	list func(ctx context.Context, b *base, root *os.Root, f file, found func(letter, header)) error
	// reader reads messages of files in a folder, of which it keeps the last one open until shut.
	reader func(root *os.Root, limits doc.Limits) (read func(context.Context, []letter) (*doc.Mail, error), shut func())
}

// mailFiles is mail kept in files: one, or those of a folder. One pass over the headers
// finds where each message stands; messages themselves are read one at a time.
type mailFiles struct {
	mailSource
	path   string
	format mailFormat

	mu    sync.Mutex
	known *post  // as last read
	stood string // the stamp of the files then; empty if it cannot be relied on
}

func newMailFiles(b base, path string, format mailFormat) *mailFiles {
	m := &mailFiles{mailSource: mailSource{base: b, schema: &rows.Schema{Source: b.name, Engine: format.engine, Tables: mailTables()}},
		path: filepath.Clean(path), format: format}
	m.open = m.letters
	return m
}

func (m *mailFiles) Close() error { return nil }

func (m *mailFiles) Schema(ctx context.Context) (*rows.Schema, error) {
	root, _, err := m.files(ctx, func(Problem) {})
	if err != nil {
		return nil, m.fail("", "reading the schema", err)
	}
	root.Close()
	return m.schema, nil
}

// files lists the one file, or those of the folder that are called as they should be.
func (m *mailFiles) files(ctx context.Context, report func(Problem)) (*os.Root, []file, error) {
	info, err := os.Stat(m.path)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if !info.IsDir() {
		root, err := folder{filepath.Dir(m.path)}.open()
		name := filepath.Base(m.path)
		return root, []file{{path: name, show: name, info: info}}, err
	}
	f := folder{m.path}
	root, err := f.open()
	if err != nil {
		return nil, nil, err
	}
	var out []file
	err = f.walk(ctx, root, report, func(f file) error {
		if slices.Contains(m.format.ext, f.ext()) {
			out = append(out, f)
		} else {
			report(Problem{Key: f.show, Why: "not called " + strings.Join(m.format.ext, " or ") + ", so it was not read", Mend: "rename it, or add its folder as a dir: source too"})
		}
		return nil
	})
	if err != nil {
		root.Close()
	}
	return root, out, err
}

// stampOf is a fingerprint of files.
func stampOf(files []file) string {
	var st stamp
	for _, f := range files {
		st.add(f.show, f.info)
	}
	return st.String()
}

// index finds the messages, or has them from the last time if no file has changed.
func (m *mailFiles) index(ctx context.Context) (*os.Root, *post, error) {
	root, files, err := m.files(ctx, m.report)
	if err != nil {
		return nil, nil, err
	}
	st := stampOf(files)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known != nil && m.stood != "" && m.stood == st {
		return root, m.known, nil
	}
	var list []letter
	var heads []header
	for _, f := range files {
		err := m.format.list(ctx, &m.base, root, f, func(l letter, h header) { list, heads = append(list, l), append(heads, h) })
		if err != nil {
			if ctx.Err() != nil || len(files) == 1 {
				root.Close()
				return nil, nil, err
			}
			m.report(Problem{Key: f.show, Why: "cannot be read: " + reason(err), Mend: m.format.mend})
		}
	}
	m.known, m.stood = arrange(list, heads), st
	return root, m.known, nil
}

// letters opens the files for reading their messages in order.
func (m *mailFiles) letters(ctx context.Context) (letters, error) {
	root, p, err := m.index(ctx)
	if err != nil {
		return letters{}, err
	}
	read, shut := m.format.reader(root, m.opts.Limits.Document)
	return letters{p, read, func() { shut(); root.Close() }}, nil
}

func (m *mailFiles) Fingerprint(ctx context.Context, table string) (string, error) {
	root, files, err := m.files(ctx, func(Problem) {})
	if err != nil {
		return "", m.fail(table, "fingerprinting", err)
	}
	root.Close()
	return stampOf(files), nil
}

// Check goes through every file, the headers of its messages included.
func (m *mailFiles) Check(ctx context.Context) (Health, error) {
	h := Health{Engine: m.format.title, Tables: len(m.schema.Tables)}
	probe := newMailFiles(m.base, m.path, m.format)
	probe.opts.Report = func(p Problem) { h.Problems = append(h.Problems, p) }
	root, _, err := probe.index(ctx)
	if err != nil {
		e := m.fail("", "checking", err)
		if e.Mend == "" && !errors.Is(err, ErrUnreachable) && ctx.Err() == nil {
			e.Mend = m.format.mend
		}
		return h, e
	}
	root.Close()
	info, err := os.Stat(m.path)
	if err != nil {
		return h, m.fail("", "checking", err)
	}
	h.ReadOnly = info.Mode().Perm()&0o222 == 0
	return h, nil
}
