package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// mbox is a mailbox file, or a folder of them. One pass over the headers finds
// where each message stands; messages themselves are read one at a time.
type mbox struct {
	base
	boxes
	schema *rows.Schema

	mu    sync.Mutex
	known *post  // as last read
	stood string // the stamp of the files then; empty if it cannot be relied on
}

func newMbox(b base, path string) *mbox {
	return &mbox{base: b, boxes: boxes{filepath.Clean(path), []string{".mbox", ".mbx"}},
		schema: &rows.Schema{Source: b.name, Engine: "mbox", Tables: mailTables()}}
}

func (m *mbox) Close() error { return nil }

func (m *mbox) Schema(ctx context.Context) (*rows.Schema, error) {
	root, _, err := m.files(ctx, func(Problem) {})
	if err != nil {
		return nil, m.fail("", "reading the schema", err)
	}
	root.Close()
	return m.schema, nil
}

// boxes are files that hold mail, or a folder of them.
type boxes struct {
	path string
	ext  []string // that such files have in a folder: ".mbox"
}

// files lists the one file, or those of the folder that are called as they should be.
func (m boxes) files(ctx context.Context, report func(Problem)) (*os.Root, []file, error) {
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
		if slices.Contains(m.ext, f.ext()) {
			out = append(out, f)
		} else {
			report(Problem{Key: f.show, Why: "not called " + strings.Join(m.ext, " or ") + ", so it was not read", Mend: "rename it, or add its folder as a dir: source too"})
		}
		return nil
	})
	if err != nil {
		root.Close()
	}
	return root, out, err
}

// stamp is a fingerprint of the files.
func (m boxes) stamp(ctx context.Context) (string, error) {
	root, files, err := m.files(ctx, func(Problem) {})
	if err != nil {
		return "", err
	}
	root.Close()
	var st stamp
	for _, f := range files {
		st.add(f.show, f.info)
	}
	return st.String(), nil
}

// index finds the messages, or has them from the last time if no file has changed.
func (m *mbox) index(ctx context.Context) (*os.Root, *post, error) {
	root, files, err := m.files(ctx, m.report)
	if err != nil {
		return nil, nil, err
	}
	var st stamp
	for _, f := range files {
		st.add(f.show, f.info)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known != nil && m.stood != "" && m.stood == st.String() {
		return root, m.known, nil
	}
	var letters []letter
	var heads []header
	for _, f := range files {
		err := m.split(ctx, root, f, func(l letter, h header) {
			letters, heads = append(letters, l), append(heads, h)
		})
		if err != nil {
			if ctx.Err() != nil || len(files) == 1 {
				root.Close()
				return nil, nil, err
			}
			m.report(Problem{Key: f.show, Why: "cannot be read: " + reason(err), Mend: "give Tenet read permission on it"})
		}
	}
	m.known, m.stood = arrange(letters, heads), st.String()
	return root, m.known, nil
}

// separator is the line before each message: "From ", usually a sender, and a
// date as asctime writes it. Anything looser would cut messages in two where
// someone writes "From here on...".
var separator = regexp.MustCompile(`^From .*\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +((Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2}|\d{1,2} +(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))\b.*\d{1,2}:\d{2}`)

// split finds the messages of one file.
func (m *mbox) split(ctx context.Context, root *os.Root, f file, found func(letter, header)) error {
	in, err := root.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close()
	var (
		r     = bufio.NewReaderSize(in, 64<<10)
		at    int64       // of the line being read
		start = int64(-1) // of the message being read
		head  bytes.Buffer
		body  bool // past its headers
		whole = true
	)
	end := func() {
		if start >= 0 {
			found(letter{file: f.path, folder: strings.TrimSuffix(f.show, path.Ext(f.show)), place: f.show + "@" + strconv.FormatInt(start, 10), offset: start, size: at - start}, readHeader(&head))
		}
		head.Reset()
		start, body = at, false
	}
	for {
		line, err := r.ReadSlice('\n')
		atStart := whole
		whole = err == nil
		if errors.Is(err, bufio.ErrBufferFull) {
			err = nil
		}
		switch blank := len(bytes.TrimSpace(line)) == 0; {
		case atStart && bytes.HasPrefix(line, []byte("From ")) && separator.Match(line):
			if ctx.Err() != nil {
				return ctx.Err()
			}
			end()
		case start < 0 && !blank:
			m.report(Problem{Table: messageTable, Key: f.show, Why: "does not begin as a mailbox does; what stands before the first message was read as one"})
			end()
			head.Write(line)
		case blank && atStart && head.Len() > 0:
			body = true
		case start >= 0 && !body && head.Len() < headerLimit:
			head.Write(line)
		}
		at += int64(len(line))
		if err == io.EOF {
			end()
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (m *mbox) Scan(ctx context.Context, table string, opt ScanOptions) iter.Seq2[rows.Row, error] {
	return m.rows(ctx, table, opt.Columns, nil)
}

func (m *mbox) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	if t := m.schema.Table(table); t != nil {
		if err := checkWhere(t, where); err != nil {
			return one(m.fail(table, "looking up", err))
		}
	}
	return m.rows(ctx, table, nil, where)
}

func (m *mbox) rows(ctx context.Context, table string, columns []string, where []rows.Match) iter.Seq2[rows.Row, error] {
	t := m.schema.Table(table)
	if t == nil {
		return one(m.fail(table, "reading", ErrNoTable))
	}
	return m.readPost(ctx, t, columns, where, m.letters)
}

// letters opens the mailbox for reading its messages in order: one file is open at a time.
func (m *mbox) letters(ctx context.Context) (letters, error) {
	root, p, err := m.index(ctx)
	if err != nil {
		return letters{}, err
	}
	var in *os.File
	var name string
	shut := func() {
		if in != nil {
			in.Close()
		}
	}
	read := func(_ context.Context, list []letter) (*doc.Mail, error) {
		l := list[0]
		if in == nil || name != l.file {
			shut()
			if in, err = root.Open(l.file); err != nil {
				in = nil
				return nil, err
			}
			name = l.file
		}
		section := io.NewSectionReader(in, l.offset, l.size)
		return doc.ReadMail(&unquoteFrom{r: bufio.NewReader(section)}, m.opts.Limits.Document), nil
	}
	return letters{p, read, func() { shut(); root.Close() }}, nil
}

func (m *mbox) Fingerprint(ctx context.Context, table string) (string, error) {
	st, err := m.stamp(ctx)
	if err != nil {
		return "", m.fail(table, "fingerprinting", err)
	}
	return st, nil
}

func (m *mbox) Check(ctx context.Context) (Health, error) {
	h := Health{Engine: "mbox", Tables: len(m.schema.Tables)}
	probe := newMbox(m.base, m.path)
	probe.opts.Report = func(p Problem) { h.Problems = append(h.Problems, p) }
	root, _, err := probe.index(ctx)
	if err != nil {
		return h, m.fail("", "checking", err)
	}
	defer root.Close()
	info, err := os.Stat(m.path)
	if err != nil {
		return h, m.fail("", "checking", err)
	}
	h.ReadOnly = info.Mode().Perm()&0o222 == 0
	return h, nil
}

// unquoteFrom takes off the ">" that a mailbox puts before a line of a message that
// begins with "From ".
type unquoteFrom struct {
	r       *bufio.Reader
	pending []byte
	midLine bool
}

func (u *unquoteFrom) Read(p []byte) (int, error) {
	if len(u.pending) == 0 {
		line, err := u.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			err = nil
		}
		if len(line) == 0 {
			return 0, err
		}
		ended := line[len(line)-1] == '\n'
		if !u.midLine && line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
			line = line[1:]
		}
		u.midLine = !ended
		u.pending = line
	}
	n := copy(p, u.pending)
	u.pending = u.pending[n:]
	return n, nil
}
