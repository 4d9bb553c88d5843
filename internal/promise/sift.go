package promise

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// verdict is what the values of a row show of a promise.
type verdict int

const (
	notCounted    verdict = iota // what is promised is not about it, or not yet
	asPromised                   // it is as promised
	notAsPromised                // it is not
	unreadable                   // nobody knows
)

func verdictOf(good bool) verdict {
	if good {
		return asPromised
	}
	return notAsPromised
}

// sift counts the rows of a table by what judge says of their values. Where its system can
// count rows by their values, it is asked for that, so that the cost is that of the
// values there are; otherwise every row is read. Both ways judge has the last word, so
// that they come to the same. What is unreadable is a gap, which blank says.
func (l *Look) sift(ctx context.Context, f *Found, t Table, q Query, judge func([]Value) verdict, blank string) error {
	unread := int64(0)
	gap := func() string {
		if unread == 0 {
			return ""
		}
		return count(unread) + " rows " + blank
	}
	values, ok, err := l.tally(ctx, t, q)
	if err != nil {
		return err
	}
	if !ok {
		known := map[string]verdict{} // millions of rows share a few thousand days: each is worked out once
		return l.scan(ctx, f, t, q, func(r Row) error {
			v, ok := verdict(0), false
			if one := len(r.Values) == 1 && !r.Values[0].Lost; one {
				v, ok = known[r.Values[0].Text]
			}
			if !ok {
				if v = judge(r.Values); len(r.Values) == 1 && !r.Values[0].Lost && len(known) < 20_000 {
					known[r.Values[0].Text] = v
				}
			}
			switch v {
			case asPromised, notAsPromised:
				f.row(v == asPromised, t, r, "")
			case unreadable:
				unread++
			}
			return nil
		}, gap)
	}
	total := int64(0)
	var against []Tallied
	for _, v := range values {
		total += v.Rows
		f.Rows++
		for _, x := range v.Values {
			f.Bytes += int64(len(x.Text))
		}
		switch judge(v.Values) {
		case asPromised:
			f.Good += v.Rows
		case notAsPromised:
			f.Bad += v.Rows
			against = append(against, v)
		case unreadable:
			unread += v.Rows
		}
	}
	f.Notes = append(f.Notes, fmt.Sprintf("%s counted its %s rows itself, by what stands in %s", t, count(total), strings.Join(q.columns(), ", ")))
	if why := gap(); why != "" {
		f.gap("%s: %s", t, why)
	} else {
		f.saw()
	}
	return l.examples(ctx, f, t, q, against)
}

// tally asks a table's system to count, unless the query is one that scan refuses.
func (l *Look) tally(ctx context.Context, t Table, q Query) ([]Tallied, bool, error) {
	if t.Asked || slices.ContainsFunc(q.columns(), func(c string) bool { return !t.has(c) }) {
		return nil, false, nil
	}
	values, ok, err := l.Systems.Tally(ctx, t, q)
	if err != nil {
		return nil, false, fmt.Errorf("count the rows of %s: %w", t, err)
	}
	return values, ok, ctx.Err()
}

// examples names rows that have values which are not as promised, of those that most rows
// have first.
func (l *Look) examples(ctx context.Context, f *Found, t Table, q Query, against []Tallied) error {
	slices.SortStableFunc(against, func(a, b Tallied) int { return int(min(max(b.Rows-a.Rows, -1), 1)) })
	had := len(f.Examples)
	for _, v := range against[:min(len(against), mostExamples)] {
		where := slices.Clone(q.Where)
		for i, x := range v.Values {
			where = append(where, Where{Column: q.Columns[i], Value: x.Text, Null: x.Null})
		}
		for r, err := range l.Systems.Scan(ctx, t, Query{Columns: q.Columns, Where: where, Few: true}) {
			if err != nil || len(f.Examples) >= mostExamples {
				break // the count stands without them
			}
			f.Examples = append(f.Examples, t.String()+" "+r.ID())
		}
		if len(f.Examples) >= mostExamples {
			break
		}
	}
	if len(against) > 0 && len(f.Examples) == had && had < mostExamples {
		f.Examples = append(f.Examples, t.String()) // its rows cannot be found again by the value
	}
	return ctx.Err()
}
