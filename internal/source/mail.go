package source

import (
	"bytes"
	"context"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// The tables in which mail comes out, whatever it is kept in: one map fits all.
//
// A message's id is its Message-ID in a folder or a mailbox file, and where the
// source has a better name for it that name: a place on a server, a number in an archive.
// Its thread is the first message of it as far as the messages say, or what
// the server calls the conversation.
const (
	messageTable    = "message"
	attachmentTable = "attachment"
)

const bodyColumn = 8 // of the message table

func mailTables() []rows.Table {
	text := func(names ...string) []rows.Column {
		var out []rows.Column
		for _, n := range names {
			out = append(out, rows.Column{Name: n, Type: "text", Kind: rows.Text, Nullable: true})
		}
		return out
	}
	message := rows.Table{Name: messageTable, Key: []string{"id"}, Indexed: []string{"id"}, Estimate: -1,
		Columns: text("id", "thread", "date", "from", "to", "cc", "bcc", "subject", "body", "message_id", "in_reply_to", "folder", "mailbox")}
	message.Columns[2].Kind, message.Columns[2].Type = rows.Time, "date"
	attachment := rows.Table{Name: attachmentTable, Key: []string{"message", "part"}, Indexed: []string{"message"}, Estimate: -1,
		Columns: text("message", "part", "name", "type", "size", "text"),
		Foreign: []rows.Foreign{{Columns: []string{"message"}, Table: messageTable, References: []string{"id"}}}}
	attachment.Columns[4].Kind, attachment.Columns[4].Type = rows.Number, "number"
	tables := []rows.Table{message, attachment}
	for _, t := range tables {
		for _, k := range t.Key {
			t.Columns[t.Index(k)].Nullable = false
		}
	}
	return tables
}

// letter is where one message stands and what its place among the others needs:
// found by reading headers alone, so that a large mailbox can be gone through
// before any body is read.
type letter struct {
	file         string // as it is opened
	place        string // where it stands, for people: "inbox.mbox@1024"
	offset, size int64
	item         uint32 // its number in an archive
	folder       string // as the mailbox calls it
	mailbox      string // whose it is
	id           string // unique within the source
	thread       string
}

// post is a list of letters in the order of their files, with ids and threads given.
type post struct {
	letters []letter
	byID    map[string]int
}

// arrange gives each message its thread, and its id if it has none yet. heads holds the headers'
// account of each letter, in the same order.
func arrange(letters []letter, heads []header) *post {
	p := &post{letters: letters, byID: make(map[string]int, len(letters))}
	names := make([]string, len(letters)) // by which messages name one another, made unique
	taken := make(map[string]bool, len(letters))
	parent := make(map[string]string, len(letters))
	for i := range letters {
		l, h := &letters[i], heads[i]
		name := h.id
		switch {
		case h.id == "":
			name = l.place
		case taken[h.id]: // a copy, or a forgery: the place tells them apart
			name = h.id + "#" + l.place
		}
		names[i], taken[name] = name, true
		if l.id == "" {
			l.id = name
		}
		p.byID[l.id] = i
		if up := h.parent(); up != "" && up != name {
			if _, ok := parent[name]; !ok {
				parent[name] = up
			}
		}
	}
	root := map[string]string{}
	for i := range letters {
		l := &letters[i]
		l.thread = rootOf(names[i], parent, root)
		if l.thread == names[i] && parent[names[i]] == "" && reply.MatchString(heads[i].subject) {
			l.thread = "subject: " + plainSubject(heads[i].subject)
		}
	}
	return p
}

// rootOf follows a message up to the first of its thread, in the mailbox or
// not, and remembers what it finds. A forged circle has the message at which it is first
// entered for its root.
func rootOf(id string, parent, root map[string]string) string {
	var path []string
	for {
		if r, ok := root[id]; ok {
			id = r
			break
		}
		root[id] = id
		path = append(path, id)
		up, ok := parent[id]
		if !ok {
			break
		}
		id = up
	}
	for _, p := range path {
		root[p] = id
	}
	return id
}

// header is what arrange needs to know of a message.
type header struct {
	id, inReplyTo, subject string
	references             []string
}

// parent is the root of the thread by the message's own account, or the message
// that it answers.
func (h header) parent() string {
	if len(h.references) > 0 {
		return h.references[0]
	}
	return h.inReplyTo
}

// headerLimit is as much of a message as is looked at for its headers.
const headerLimit = 256 << 10

// readHeader reads the headers of a message, and nothing after them.
func readHeader(r io.Reader) header {
	head, _ := io.ReadAll(io.LimitReader(r, headerLimit))
	for _, blank := range []string{"\n\n", "\r\n\r\n", "\n\r\n"} {
		if i := bytes.Index(head, []byte(blank)); i >= 0 {
			head = head[:i+len(blank)]
		}
	}
	return headerOf(doc.ReadMail(bytes.NewReader(head), doc.Limits{}))
}

// headerOf is what arrange needs to know of a message that has been read.
func headerOf(m *doc.Mail) header {
	h := header{id: m.ID, inReplyTo: m.InReplyTo, references: m.References, subject: cut(m.Subject, idLimit)}
	// A line of mail has no more than 998 characters: a longer id is none.
	if len(h.id) > idLimit {
		h.id = ""
	}
	if up := h.parent(); len(up) > idLimit {
		h.references, h.inReplyTo = nil, ""
	}
	return h
}

const idLimit = 998

var reply = regexp.MustCompile(`(?i)^\s*((re|fw|fwd|aw|sv|ateb)(\[\d+\])?\s*:\s*)+`)

// plainSubject is a subject without what replies and forwards put before it.
func plainSubject(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(reply.ReplaceAllString(s, "")), " "))
}

// messageRow is a message as a row of the message table.
func (b *base) messageRow(t *rows.Table, l letter, m *doc.Mail) rows.Row {
	date := rows.Value{Null: true}
	switch {
	case !m.Date.IsZero():
		date = rows.Value{Text: m.Date.Format(time.RFC3339)}
	case m.DateText != "":
		date = b.text(m.DateText)
	}
	r := rows.Row{Table: t, Key: t.Key, Values: []rows.Value{
		{Text: l.id}, {Text: l.thread}, date, b.optional(m.From), b.optional(m.To), b.optional(m.Cc), b.optional(m.Bcc), b.optional(m.Subject), b.text(m.Text),
		b.optional(m.ID), b.optional(m.InReplyTo), b.optional(l.folder), b.optional(l.mailbox),
	}}
	for _, p := range m.Problems {
		if p.Lost && r.Values[bodyColumn].Lost == "" {
			r.Values[bodyColumn].Lost = p.String()
		}
	}
	return r
}

func (b *base) optional(s string) rows.Value {
	if s == "" {
		return rows.Value{Null: true}
	}
	return b.text(s)
}

// attachmentRow is an attachment as a row, with its text as far as it can be read.
func (b *base) attachmentRow(ctx context.Context, t *rows.Table, l letter, a doc.Attachment) rows.Row {
	var text rows.Value
	if a.Mail != nil {
		text = b.text(a.Mail.Flat())
	} else {
		text = b.documentText(ctx, bytes.NewReader(a.Bytes), a.Name, a.Type, nil)
	}
	typ := a.Type
	if typ == "" {
		typ = doc.TypeOf(a.Name, a.Bytes[:min(len(a.Bytes), 512)])
	}
	return rows.Row{Table: t, Key: t.Key, Values: []rows.Value{
		{Text: l.id}, {Text: a.Part}, b.optional(a.Name), {Text: typ}, {Text: strconv.Itoa(len(a.Bytes))}, text,
	}}
}

// mailRows yields the rows of one message for either table, and reports what
// could not be read of it. It returns false when the reader has had enough.
func (b *base) mailRows(ctx context.Context, t *rows.Table, l letter, m *doc.Mail, yield func(rows.Row) bool) bool {
	if t.Name == attachmentTable {
		for _, a := range m.Attachments {
			if !yield(b.attachmentRow(ctx, t, l, a)) {
				return false
			}
		}
		return true
	}
	r := b.messageRow(t, l, m)
	for _, p := range m.Problems {
		if !p.Lost || p.String() != r.Values[bodyColumn].Lost {
			b.report(Problem{Table: t.Name, Key: r.ID(), Why: p.String()})
		}
	}
	return yield(r)
}

// wanted is the message that conditions on a table of mail ask for by its id;
// ok is false where they do not.
func wanted(t *rows.Table, where []rows.Match) (id string, ok bool) {
	column := "id"
	if t.Name == attachmentTable {
		column = "message"
	}
	for _, m := range where {
		if m.Column == column && !m.Value.Null {
			return m.Value.Text, true
		}
	}
	return "", false
}

// letters is a post as it stands now, and how to read a letter of it until it is
// closed.
type letters struct {
	*post
	read  func(context.Context, []letter) (*doc.Mail, error) // the first; the others are those that will be asked for next
	close func()
}

// mailSource is a source of mail that lists all its letters before it reads one.
type mailSource struct {
	base
	schema *rows.Schema
	open   func(context.Context) (letters, error)
}

func (m *mailSource) Scan(ctx context.Context, table string, opt ScanOptions) iter.Seq2[rows.Row, error] {
	return m.rows(ctx, table, opt.Columns, nil)
}

func (m *mailSource) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	if t := m.schema.Table(table); t != nil {
		if err := checkWhere(t, where); err != nil {
			return one(m.fail(table, "looking up", err))
		}
	}
	return m.rows(ctx, table, nil, where)
}

func (m *mailSource) rows(ctx context.Context, table string, columns []string, where []rows.Match) iter.Seq2[rows.Row, error] {
	t := m.schema.Table(table)
	if t == nil {
		return one(m.fail(table, "reading", ErrNoTable))
	}
	return m.readPost(ctx, t, columns, where, m.open)
}

// readPost yields the rows of a table of mail that can hold what is looked for: those of one
// message, if its id is among the conditions.
func (b *base) readPost(ctx context.Context, t *rows.Table, columns []string, where []rows.Match, open func(context.Context) (letters, error)) iter.Seq2[rows.Row, error] {
	shown, err := narrow(t, t.Key, columns)
	if err != nil {
		return one(b.fail(t.Name, "reading", err))
	}
	return func(yield func(rows.Row, error) bool) {
		last := ""
		failed := func(err error) {
			e := b.fail(t.Name, "reading", err)
			e.After = last
			yield(rows.Row{}, e)
		}
		p, err := open(ctx)
		if err != nil {
			failed(err)
			return
		}
		defer p.close()
		list := p.post.letters
		if id, ok := wanted(t, where); ok {
			i, there := p.byID[id]
			if !there {
				return
			}
			list = list[i : i+1]
		}
		for i, l := range list {
			m, err := p.read(ctx, list[i:])
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				failed(err)
				return
			}
			more := b.mailRows(ctx, t, l, m, func(r rows.Row) bool {
				last = r.ID()
				if !matches(r, where) {
					return true
				}
				b.reportLost(r)
				return yield(project(r, shown), nil)
			})
			if !more {
				return
			}
		}
	}
}
