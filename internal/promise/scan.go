package promise

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Later says that a system is not to be read through now, and when it may be.
type Later struct {
	Until time.Time
	Err   error
}

func (e *Later) Error() string { return e.Err.Error() }

func (e *Later) Unwrap() error { return e.Err }

// errEnough ends a scan of which the rest is not wanted.
var errEnough = errors.New("enough")

// tables are the tables that can be read; what cannot be is a gap of the finding.
func (l *Look) tables(ctx context.Context, f *Found) ([]Table, error) {
	tables, gaps, err := l.Systems.Tables(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the systems: %w", err)
	}
	for _, g := range gaps {
		f.gap("%s", g)
	}
	for _, t := range tables {
		f.apart = f.apart || t.Apart
	}
	return tables, nil
}

// table is the table that a parameter names; one that is not there is a gap.
func (l *Look) table(f *Found, tables []Table, name string) (Table, bool) {
	for _, t := range tables {
		if t.String() == name {
			return t, true
		}
	}
	f.gap("there is no table %s that can be read", name)
	return Table{}, false
}

// named is the table that a parameter names, for checks to which no other matters.
// One that is not there is a gap, with what is known of why.
func (l *Look) named(ctx context.Context, f *Found, name string) (Table, bool, error) {
	tables, gaps, err := l.Systems.Tables(ctx)
	if err != nil {
		return Table{}, false, fmt.Errorf("look at the systems: %w", err)
	}
	for _, t := range tables {
		if t.String() == name {
			f.apart = f.apart || t.Apart
			return t, true, nil
		}
	}
	why := ""
	source, _, _ := strings.Cut(name, ".")
	for _, g := range gaps {
		if strings.HasPrefix(g, source) && why == "" {
			why = " (" + g + ")"
		}
	}
	f.gap("there is no table %s that can be read%s", name, why)
	return Table{}, false, nil
}

// scan reads a table row by row. A table that cannot be read to its end is a gap,
// and so is one of which gap has something to say when it has been.
func (l *Look) scan(ctx context.Context, f *Found, t Table, q Query, each func(Row) error, gap func() string) error {
	if t.Asked {
		f.gap("%s answers about one person at a time", t)
		return nil
	}
	for _, c := range q.columns() {
		if !t.has(c) {
			f.lacks(AskedWrongly, "%s has no column %s", t, quote(c))
			return nil
		}
	}
	n := int64(0)
	for r, err := range l.Systems.Scan(ctx, t, q) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			var later *Later
			if errors.As(err, &later) && (f.until.IsZero() || later.Until.Before(f.until)) {
				f.until = later.Until
			}
			f.gap("%s: %v", t, err)
			return nil
		}
		if err = each(r); errors.Is(err, errEnough) {
			break
		}
		if err != nil {
			return err
		}
		n++
		f.Rows++
		for _, v := range r.Values {
			f.Bytes += int64(len(v.Text))
		}
		if l.Progress != nil && n%1000 == 0 {
			l.Progress(t.String(), n)
		}
	}
	if gap != nil {
		if why := gap(); why != "" {
			f.gap("%s: %s", t, why)
			return ctx.Err()
		}
	}
	f.saw()
	return ctx.Err()
}

// columns are all that a query names.
func (q Query) columns() []string {
	all := append([]string(nil), q.Columns...)
	for _, w := range q.Where {
		all = append(all, w.Column)
	}
	return all
}

// row counts a row. What names a bad one, opaquely, is worked out only if it is kept.
func (f *Found) row(good bool, t Table, r Row, column string) {
	switch {
	case good:
		f.good()
	case len(f.Examples) >= mostExamples:
		f.Bad++
	case column == "":
		f.bad(t.String() + " " + r.ID())
	default:
		f.bad(t.String() + " " + r.ID() + " in " + column)
	}
}
