package promise

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Disclosures are what was given out, by Tenet's own log.
type Disclosures interface {
	// Disclosures are those since a day that stand: neither corrected nor withdrawn.
	Disclosures(ctx context.Context, since law.Date) iter.Seq2[Disclosure, error]
	// Begun is the day of the first entry there is; zero where there is none.
	Begun(ctx context.Context) (law.Date, error)
}

// Disclosure is one of them. It names no person whose data it was.
type Disclosure struct {
	Number     string // as people know it: "disclosure 12"
	Day        law.Date
	To, Rule   notice.ID // of the notice; empty for what went to the person
	Name       string    // what the recipient is called, where that was written down
	Within     bool      // decided again by the notice of its day, a rule allows it
	Categories []notice.ID
	Forgotten  bool // what was given is not known any more
}

var disclosureLogged = Kind{Name: "disclosure.logged", Says: "what was given to others is on record", Params: []Param{as, within, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "disclosures", Places: "logs", Method: "Each row of a log of disclosures in a system (discloses in its map), from the day on which Tenet's own log begins: " +
			"it must stand in Tenet's log too, to the same recipient and within three days of the same day. Rows from before are not counted."}
		own, err := l.given(ctx, &f)
		if err != nil {
			return f, err
		}
		return f, l.outside(ctx, &f, func(t Table, r Row, o outgoing) {
			f.row(own.takes(o), t, r, t.DisclosedTo)
		})
	},
}

var disclosureWithin = Kind{Name: "disclosure.within", Says: "what was given to others was within its rule",
	Params: []Param{{Name: "rule", Says: "which rule of sharing.yaml", Type: AWord, Must: true, Of: shareRules}, as, within, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "disclosures", Places: "logs", Method: "Each disclosure in Tenet's log by this rule, or to its recipient against the rules, decided again by the notice of its day and with the facts of its day. " +
			"What a log in a system says was given to that recipient, and Tenet's log does not have, was decided by no rule."}
		own, err := l.given(ctx, &f)
		if err != nil {
			return f, err
		}
		rule := notice.ID(l.With.word("rule"))
		var to notice.ID
		for _, r := range l.Notice.Sharing.Rules {
			if r.ID == rule {
				to = r.To
			}
		}
		for _, d := range own.all {
			switch {
			case d.Rule != rule && (d.To != to || d.Within):
			case d.Forgotten:
				f.gap("what was given is forgotten: %s", d.Number)
			default:
				f.count(d.Within, d.Number)
			}
		}
		return f, l.outside(ctx, &f, func(t Table, r Row, o outgoing) {
			if o.to == to && !own.takes(o) {
				f.row(false, t, r, t.DisclosedTo)
			}
		})
	},
}

var disclosureAbsent = Kind{Name: "disclosure.absent", Says: "data of some categories was given to nobody",
	Params: []Param{{Name: "categories", Says: "which", Type: Words, Must: true, Of: categories}, as, within},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "disclosures", Places: "logs", Method: "Each disclosure in Tenet's log to others by the categories that were given; and each row of a log in a system: one that names a category in what it says was given counts against, " +
			"and one that Tenet's log does not have is of categories that nobody knows."}
		own, err := l.given(ctx, &f)
		if err != nil {
			return f, err
		}
		banned := l.With.words("categories")
		var names []string
		for _, c := range l.Notice.Data.Categories {
			if slices.Contains(banned, string(c.ID)) {
				names = append(names, strings.ToLower(c.Title), strings.ReplaceAll(string(c.ID), "-", " "))
			}
		}
		for _, d := range own.all {
			switch {
			case d.To == "": // to the person: they were given what is theirs
			case d.Forgotten:
				f.gap("what was given is forgotten: %s", d.Number)
			default:
				f.count(!slices.ContainsFunc(d.Categories, func(c notice.ID) bool { return slices.Contains(banned, string(c)) }), d.Number)
			}
		}
		unknown := map[string]int{}
		err = l.outside(ctx, &f, func(t Table, r Row, o outgoing) {
			what := strings.ToLower(strings.ReplaceAll(o.what, "-", " "))
			switch {
			case slices.ContainsFunc(names, func(n string) bool { return strings.Contains(what, n) }):
				f.row(false, t, r, t.DisclosedWhat)
			case !own.takes(o):
				unknown[t.String()]++
			}
		})
		for t, n := range unknown {
			f.gap("%s rows of %s are not in Tenet's log, and nobody knows of which categories they are", count(int64(n)), t)
		}
		return f, err
	},
}

// log is Tenet's own log as a check looks at it.
type log struct {
	begun law.Date
	all   []Disclosure
	left  map[string]int // disclosures that no row of another log was matched with yet, by recipient and day
}

// given reads Tenet's own log, as far back as the check looks.
func (l *Look) given(ctx context.Context, f *Found) (*log, error) {
	own := &log{left: map[string]int{}}
	if l.Disclosures == nil {
		f.gap("Tenet's own log of disclosures is not there")
		return own, nil
	}
	begun, err := l.Disclosures.Begun(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the log of disclosures: %w", err)
	}
	if begun.IsZero() {
		f.lacks(NothingToCount, "nothing has been written into Tenet's log of disclosures yet")
		return own, nil
	}
	since := before(l.Today, l.With.period("within", "P1Y"))
	if own.begun = begun; begun.Before(since) {
		own.begun = since
	}
	for d, err := range l.Disclosures.Disclosures(ctx, since) {
		if err != nil {
			return nil, fmt.Errorf("read the log of disclosures: %w", err)
		}
		f.Rows++
		own.all = append(own.all, d)
		if d.To != "" {
			own.left[key(string(d.To), d.Day)]++
		}
	}
	f.saw()
	return own, nil
}

func key(to string, day law.Date) string { return to + " " + day.String() }

// outgoing is one row of a system's log of disclosures.
type outgoing struct {
	to   notice.ID
	day  law.Date
	what string
}

// takes reports whether Tenet's log has the row: an entry to the recipient within three
// days, which no other row was held against.
func (g *log) takes(o outgoing) bool {
	for _, off := range []int{0, 1, -1, 2, -2, 3, -3} {
		k := key(string(o.to), o.day.AddDays(off))
		if g.left[k] > 0 {
			g.left[k]--
			return true
		}
	}
	return false
}

// outside reads what the systems' own logs say was given, from the day on which
// Tenet's log begins, to recipients of the notice. Names that are none of them are a
// gap until the pack says who they are.
func (l *Look) outside(ctx context.Context, f *Found, each func(Table, Row, outgoing)) error {
	begun := law.Date{}
	if l.Disclosures != nil {
		var err error
		if begun, err = l.Disclosures.Begun(ctx); err != nil {
			return fmt.Errorf("read the log of disclosures: %w", err)
		}
	}
	if begun.IsZero() {
		return nil // given has said so
	}
	if since := before(l.Today, l.With.period("within", "P1Y")); begun.Before(since) {
		begun = since
	}
	byName := map[string]notice.ID{}
	for _, r := range l.Notice.Sharing.Recipients {
		byName[strings.ToLower(string(r.ID))], byName[strings.ToLower(r.Title)] = r.ID, r.ID
	}
	for _, w := range l.With.where("as") {
		byName[strings.ToLower(w.Column)] = notice.ID(w.Value)
	}
	tables, err := l.tables(ctx, f)
	if err != nil {
		return err
	}
	logs := 0
	for _, t := range tables {
		if t.DisclosedTo == "" {
			continue
		}
		logs++
		if t.DisclosedAt == "" {
			f.lacks(NoMap, "the map of %s does not say on which day data was given (discloses: at)", t)
			continue
		}
		columns := []string{t.DisclosedTo, t.DisclosedAt}
		if t.DisclosedWhat != "" {
			columns = append(columns, t.DisclosedWhat)
		}
		undated, unknown := 0, 0
		err := l.scan(ctx, f, t, Query{Columns: columns}, func(r Row) error {
			o := outgoing{}
			on, ok := day(strings.TrimSpace(r.Values[1].Text))
			if !ok {
				undated++
				return nil
			}
			if on.Before(begun) || on.After(l.Today) {
				return nil
			}
			o.day = on
			if o.to, ok = byName[strings.ToLower(strings.TrimSpace(r.Values[0].Text))]; !ok {
				unknown++
				return nil
			}
			if t.DisclosedWhat != "" {
				o.what = r.Values[2].Text
			}
			each(t, r, o)
			return nil
		}, func() string {
			var gaps []string
			if undated > 0 {
				gaps = append(gaps, count(int64(undated))+" rows have no day that can be read in "+t.DisclosedAt)
			}
			if unknown > 0 {
				gaps = append(gaps, count(int64(unknown))+" rows name nobody of the notice: say who they are with as: [NAME=RECIPIENT]")
			}
			return strings.Join(gaps, ", ")
		})
		if err != nil {
			return err
		}
	}
	if logs == 0 {
		f.lacks(NoMap, "no map names a log of disclosures (discloses), so nobody knows what was given out besides")
	}
	return nil
}

// logged counts those to whom Tenet's own log says that data was given, for the checks
// of recipients.
func (l *Look) logged(ctx context.Context, f *Found, met func(to notice.ID, number string)) (any bool, _ error) {
	if l.Disclosures == nil {
		return false, nil
	}
	for d, err := range l.Disclosures.Disclosures(ctx, law.Date{}) {
		if err != nil {
			return false, fmt.Errorf("read the log of disclosures: %w", err)
		}
		f.Rows++
		if d.To != "" {
			any = true
			met(d.To, d.Number)
		}
	}
	if any {
		f.saw()
	}
	return any, nil
}
