package disclose

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"unicode"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Filter says which entries are wanted; the zero Filter wants all.
type Filter struct {
	Whose  *Subject // of this person
	To     notice.ID
	Rule   notice.ID
	Case   string   // the id of a case
	Sets   []string // about the customers of these: ids of clients, "" for the landlord's own; nil wants all
	From   law.Date // the first day
	Until  law.Date // the last
	Before int64    // only those numbered lower, to page on; 0 begins with the newest
	Limit  int      // at most so many; 0 means 100, and 500 is the most
}

// Subject is a person whose entries are looked for.
type Subject struct {
	Name  string
	Born  string // YYYY-MM-DD, or empty
	Marks Person
}

// Get gives one entry.
func (l *Log) Get(ctx context.Context, n int64) (e Entry, err error) {
	err = l.store.Read(ctx, func(tx *store.Tx) error {
		e, err = l.get(ctx, tx, n)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("read disclosure %d: %w", n, err)
	}
	return e, nil
}

func (l *Log) get(ctx context.Context, tx *store.Tx, n int64) (Entry, error) {
	rows, err := tx.QueryContext(ctx, columns+` FROM disclose_entry e `+corrected+` WHERE e.landlord = $1 AND e.n = $2`, l.landlord, n)
	if err != nil {
		return Entry{}, err
	}
	all, err := l.scan(rows, nil)
	if err == nil && len(all) == 0 {
		err = ErrNone
	}
	if err != nil {
		return Entry{}, err
	}
	return all[0], nil
}

const (
	columns = `SELECT e.n, e.at, e.day, e.actor, e.kind, e.verdict, e.recipient, e.rule, e.case_id, e.notice, e.people, e.corrects, e.wrapped, e.sealed, e.client, c.n`
	// An entry is corrected by one at most.
	corrected = `LEFT JOIN disclose_entry c ON c.landlord = e.landlord AND c.corrects = e.n`
)

// List gives a page of entries, the newest first.
func (l *Log) List(ctx context.Context, f Filter) ([]Entry, error) {
	var out []Entry
	err := l.store.Read(ctx, func(tx *store.Tx) (err error) {
		out, err = l.list(ctx, tx, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the log of disclosures: %w", err)
	}
	return out, nil
}

// Each gives all entries that a filter wants, the newest first, a page at a time:
// what was written meanwhile is not among them.
func (l *Log) Each(ctx context.Context, f Filter) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		f.Limit = 200
		for {
			page, err := l.List(ctx, f)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range page {
				if f.Before = e.N; !yield(e, nil) {
					return
				}
			}
			if len(page) < f.Limit {
				return
			}
		}
	}
}

func (l *Log) list(ctx context.Context, tx *store.Tx, f Filter) ([]Entry, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	f.Limit = min(f.Limit, 500)
	query, args := l.query(f)
	if query == "" {
		return nil, nil
	}
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return l.scan(rows, f.Whose)
}

// query is the statement of a filter; empty for a person without marks, who is in no
// entry, and for no set. What is looked for by person begins with the marks, so that it costs what it
// finds.
func (l *Log) query(f Filter) (string, []any) {
	args := []any{l.landlord}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	var b strings.Builder
	b.WriteString(columns)
	if f.Whose != nil {
		var marks []string
		for _, m := range f.Whose.Marks {
			marks = append(marks, arg(m.Digest))
		}
		if len(marks) == 0 {
			return "", nil
		}
		b.WriteString(`, m.strong FROM (SELECT n, max(strong) AS strong FROM disclose_mark WHERE landlord = $1 AND mark IN (` + strings.Join(marks, ", ") +
			`) GROUP BY n) m JOIN disclose_entry e ON e.landlord = $1 AND e.n = m.n `)
	} else {
		b.WriteString(` FROM disclose_entry e `)
	}
	b.WriteString(corrected + ` WHERE e.landlord = $1`)
	for _, c := range []struct {
		given bool
		cond  string
		value any
	}{
		{f.To != "", "e.recipient =", f.To}, {f.Rule != "", "e.rule =", f.Rule}, {f.Case != "", "e.case_id =", f.Case},
		{!f.From.IsZero(), "e.day >=", f.From.String()}, {!f.Until.IsZero(), "e.day <=", f.Until.String()}, {f.Before != 0, "e.n <", f.Before},
	} {
		if c.given {
			b.WriteString(" AND " + c.cond + " " + arg(c.value))
		}
	}
	if f.Sets != nil {
		if len(f.Sets) == 0 {
			return "", nil
		}
		var sets []string
		for _, s := range f.Sets {
			sets = append(sets, arg(s))
		}
		b.WriteString(" AND e.client IN (" + strings.Join(sets, ", ") + ")")
	}
	b.WriteString(" ORDER BY e.n DESC LIMIT " + arg(f.Limit))
	return b.String(), args
}

// scan reads entries, and closes rows.
func (l *Log) scan(rows *sql.Rows, whose *Subject) ([]Entry, error) {
	defer rows.Close()
	var out []Entry
	for rows.Next() {
		var e Entry
		var at, strong int64
		var day string
		var in sql.NullString
		var corrects, correctedBy sql.NullInt64
		var wrapped, sealed []byte
		to := []any{&e.N, &at, &day, &e.By, &e.Kind, &e.Verdict, &e.To, &e.Rule, &in, &e.Notice, &e.People, &corrects, &wrapped, &sealed, &e.Client, &correctedBy}
		if whose != nil {
			to = append(to, &strong)
		}
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		e.At, e.Case, e.Corrects, e.Corrected = store.Time(at), in.String, corrects.Int64, correctedBy.Int64
		var err error
		if e.Day, err = law.ParseDate(day); err != nil {
			return nil, fmt.Errorf("disclosure %d: %w", e.N, err)
		}
		if err := l.open(&e, wrapped, sealed); err != nil {
			return nil, err
		}
		if whose != nil {
			e.Sure = strong == 1 || whose.agrees(e)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

func (l *Log) open(e *Entry, wrapped, sealed []byte) error {
	if wrapped == nil {
		e.Forgotten = true
		return nil
	}
	key, err := l.ring.OpenDataKey(l.owner(e.N), wrapped)
	var plain []byte
	if err == nil {
		plain, err = key.Open(sealed, l.place(*e))
	}
	if err == nil {
		err = json.Unmarshal(plain, &e.Details)
	}
	if err != nil {
		return fmt.Errorf("disclosure %d cannot be read, or was altered: %w", e.N, err)
	}
	return nil
}

// agrees reports whether an entry that shares a weak mark is of the person by name,
// with no birthday against it.
func (s *Subject) agrees(e Entry) bool {
	name := letters(s.Name)
	return name != "" && e.People == 1 && name == letters(e.Whose) && (s.Born == "" || e.Born == "" || s.Born == e.Born)
}

// letters are the letters of a name, in small.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
