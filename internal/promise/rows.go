package promise

import (
	"context"
	"slices"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// The kinds of this file hold rows of one table, which the pack names, against a
// promise: a system that the landlord has already records what was done, and the
// check reads it there.

// listed reads the table of the parameter in, row by row, by the columns of other
// parameters. Without it there is a gap that says what is wanted.
func (l *Look) listed(ctx context.Context, f *Found, wanted string, columns []string, each func(t Table, r Row) error, gap func() string) error {
	f.Places = "tables"
	name := l.With.word("in")
	if name == "" {
		f.lacks(NotNamed, "no system is named that records %s: add in: SOURCE.TABLE to the check", wanted)
		return nil
	}
	t, ok, err := l.named(ctx, f, name)
	if !ok {
		return err
	}
	return l.scan(ctx, f, t, Query{Columns: columns, Where: l.With.where("where")}, func(r Row) error { return each(t, r) }, gap)
}

// sifted is listed for rows of which the values alone say whether they are as promised.
func (l *Look) sifted(ctx context.Context, f *Found, wanted string, columns []string, judge func([]Value) verdict, unread string) error {
	f.Places = "tables"
	name := l.With.word("in")
	if name == "" {
		f.lacks(NotNamed, "no system is named that records %s: add in: SOURCE.TABLE to the check", wanted)
		return nil
	}
	t, ok, err := l.named(ctx, f, name)
	if !ok {
		return err
	}
	return l.sift(ctx, f, t, Query{Columns: columns, Where: l.With.where("where")}, judge, unread)
}

// blank says that there is nothing in a value.
func blank(v Value) bool { return strings.TrimSpace(v.Text) == "" && !v.Lost }

// no are the words by which systems say that something was not done.
func no(text string) bool {
	return slices.Contains([]string{"", "0", "n", "no", "f", "false", "none", "not told"}, strings.ToLower(strings.TrimSpace(text)))
}

var callsTold = Kind{
	Name: "calls.told", Says: "callers were told that the call is recorded",
	Params: []Param{in, {Name: "told", Says: "the column that says whether the caller was told", Type: AColumn}, where, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "recorded calls", Method: "The log of calls, row by row: the column that says whether the caller was told."}
		return f, l.sifted(ctx, &f, "whether callers were told", []string{l.column("told", "told")}, func(v []Value) verdict { return verdictOf(!no(v[0].Text)) }, "")
	},
}

// column is the parameter, or the usual name of such a column.
func (l *Look) column(param, otherwise string) string {
	if c := l.With.word(param); c != "" {
		return c
	}
	return otherwise
}

// past says that a day of the notice is over; a day it does not give is not.
func past(d notice.Date, today law.Date) bool {
	last := dayOf(d)
	return !last.IsZero() && today.After(last)
}

var consentNotByBrowsing = Kind{
	Name: "consent.not-by-browsing", Says: "consent was given by a clear act, and not by looking, coming or saying nothing",
	Params: []Param{in, {Name: "how", Says: "the column that says how it was given; left out means how", Type: AColumn},
		{Name: "given", Says: "the words in that column that are a clear act", Type: Words}, where, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "consents", Method: "The record of consents, row by row, by the word that says how each was given; and each use of uses.yaml that rests on consent by how the notice says it is given. " +
			"UK GDPR Art 4(11) wants a clear affirmative act."}
		given := l.With.words("given")
		if len(given) == 0 {
			given = []string{string(notice.ByAsking), string(notice.InWriting)}
		}
		for _, u := range l.Notice.Uses.Uses {
			if u.Consent != nil {
				f.count(u.Consent.How == notice.ByAsking || u.Consent.How == notice.InWriting, "uses.yaml "+string(u.ID))
			}
		}
		return f, l.sifted(ctx, &f, "consents", []string{l.column("how", "how")}, func(v []Value) verdict {
			return verdictOf(slices.ContainsFunc(given, func(g string) bool { return strings.EqualFold(g, strings.TrimSpace(v[0].Text)) }))
		}, "")
	},
}

var markersEnded = Kind{
	Name: "markers.ended", Says: "no warning stands past its end, and none stands without one",
	Params: []Param{in, {Name: "ends", Says: "the column with the last day; left out means the one from which the map counts keeping", Type: AColumn}, where, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "warnings", Places: "tables", Method: "Each table of warnings, row by row, by its last day: one that is over, and one that has none, counts. " +
			"Without a table in the check, the tables are those to which a map gives the category of an indicator of records.yaml."}
		tables, err := l.tables(ctx, &f)
		if err != nil {
			return f, err
		}
		var chosen []Table
		if name := l.With.word("in"); name != "" {
			if t, ok := l.table(&f, tables, name); ok {
				chosen = append(chosen, t)
			}
		} else {
			for _, t := range tables {
				if t.Category != "" && slices.ContainsFunc(l.Notice.Records.Indicators, func(i notice.Indicator) bool { return string(i.Category) == t.Category }) {
					chosen = append(chosen, t)
				}
			}
			if len(chosen) == 0 {
				f.lacks(NotNamed, "no map gives a table the category of an indicator: add in: SOURCE.TABLE to the check")
			}
		}
		for _, t := range chosen {
			ends := l.column("ends", t.RetentionFrom)
			if ends == "" {
				f.lacks(NoMap, "the map of %s does not say which column holds the last day: add ends: to the check", t)
				continue
			}
			if err := l.sift(ctx, &f, t, Query{Columns: []string{ends}, Where: l.With.where("where")}, func(v []Value) verdict {
				last, ok := day(strings.TrimSpace(v[0].Text))
				if !ok && !blank(v[0]) {
					return unreadable
				}
				return verdictOf(ok && !l.Today.After(last))
			}, "have no day that can be read in "+ends); err != nil {
				return f, err
			}
		}
		return f, nil
	},
}

var recordsFilled = Kind{
	Name: "records.filled", Says: "something is written down in every record of a kind",
	Params: []Param{in, {Name: "field", Says: "the column, or the field of the record", Type: AColumn, Must: true},
		{Name: "record", Says: "a kind of record that Tenet keeps; not built yet", Type: AWord, Of: func(n *notice.Notice) []string {
			return ids(n.Records.Records, func(r notice.RecordKind) notice.ID { return r.ID })
		}}, where, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "records", Method: "The table, row by row: whether there is anything in the column."}
		if l.With.has("record") && !l.With.has("in") {
			f.Places = "tables"
			f.lacks(NotBuilt, "records that Tenet keeps itself are not built yet; if a system records it, add in: SOURCE.TABLE to the check")
			return f, nil
		}
		return f, l.sifted(ctx, &f, "it", []string{l.With.word("field")}, func(v []Value) verdict { return verdictOf(!blank(v[0])) }, "")
	},
}

var webForms = Kind{
	Name: "web.forms", Says: "forms ask only for what their use needs",
	Params: []Param{in, {Name: "form", Says: "the form of web.yaml whose answers the table holds", Type: AWord, Of: func(n *notice.Notice) []string {
		return ids(n.Web.Forms, func(f notice.Form) notice.ID { return f.ID })
	}}},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "questions of forms", Places: "places", Method: "Each category that a form of web.yaml asks for, against those of the use it serves; and each column of the table that holds the answers, " +
			"by the category its map gives it and whether anything stands in it, against those the form may ask for."}
		asks := map[string]bool{}
		for _, form := range l.Notice.Web.Forms {
			if only := l.With.word("form"); only != "" && only != string(form.ID) {
				continue
			}
			i := slices.IndexFunc(l.Notice.Uses.Uses, func(u notice.Use) bool { return u.ID == form.For })
			for _, c := range form.Asks {
				asks[string(c)] = true
				f.count(slices.Contains(l.Notice.Uses.Uses[i].Categories, c), "web.yaml "+string(form.ID)+" asks "+string(c))
			}
		}
		name := l.With.word("in")
		if name == "" {
			f.lacks(NotNamed, "no system is named that holds what forms were answered with: add in: SOURCE.TABLE to the check")
			return f, nil
		}
		t, ok, err := l.named(ctx, &f, name)
		if !ok {
			return f, err
		}
		var columns, filled []string
		for _, c := range t.Columns {
			switch {
			case c.Category == "":
				f.lacks(NoMap, "the map of %s does not say what %s is", t, quote(c.Name))
			case asks[c.Category]:
				f.good()
			default:
				columns = append(columns, c.Name)
			}
		}
		if len(columns) == 0 {
			f.saw()
			return f, nil
		}
		err = l.scan(ctx, &f, t, Query{Columns: columns}, func(r Row) error {
			for i, v := range r.Values {
				if !blank(v) && !slices.Contains(filled, columns[i]) {
					filled = append(filled, columns[i])
				}
			}
			if len(filled) == len(columns) {
				return errEnough
			}
			return nil
		}, nil)
		for _, c := range filled {
			f.bad(t.String() + " has answers in " + c)
		}
		return f, err
	},
}

var webCookies = Kind{
	Name: "web.cookies", Says: "every cookie that is set is on the list, and for a use that is allowed",
	Params: []Param{in, {Name: "name", Says: "the column with the cookie's name; left out means name", Type: AColumn},
		{Name: "only", Says: "the uses that a cookie of the list may have", Type: Words, Of: of("communication", "strictly-necessary", "statistics", "appearance", "emergency", "consent")}},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "cookies", Places: "lists", Method: "Each cookie of web.yaml by its use; and each name in the list of what a browser was given on the sites, as a scan of them writes it, against web.yaml. " +
			"A name there that ends in * stands for all that begin so."}
		known := map[string]bool{}
		for _, c := range l.Notice.Web.Cookies {
			known[c.Name] = true
			only := l.With.words("only")
			f.count(len(only) == 0 || slices.Contains(only, string(c.Use)), "web.yaml "+c.Name)
		}
		return f, l.sifted(ctx, &f, "which cookies the sites set", []string{l.column("name", "name")}, func(v []Value) verdict {
			name := strings.TrimSpace(v[0].Text)
			ok := known[name]
			for k := range known {
				if prefix, star := strings.CutSuffix(k, "*"); star && strings.HasPrefix(name, prefix) {
					ok = true
				}
			}
			return verdictOf(ok)
		}, "")
	},
}

var policyCurrent = Kind{
	Name: "policy.current", Says: "policies and other papers were looked at again in time",
	Params: []Param{in, {Name: "review", Says: "the column with the day of the next review; left out means review_by", Type: AColumn}, where, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "papers", Places: "registers", Method: "The day by which each paper of landlord.yaml is to be looked at again; and the register of policies, row by row, where the check names one."}
		f.saw()
		for _, d := range l.Notice.Landlord.Documents {
			if d.ReviewBy == "" {
				f.lacks(NoMap, "landlord.yaml gives no review-by for %s", d.ID)
				continue
			}
			f.count(!past(d.ReviewBy, l.Today), "landlord.yaml "+string(d.ID))
		}
		if !l.With.has("in") {
			return f, nil
		}
		err := l.sifted(ctx, &f, "policies", []string{l.column("review", "review_by")}, func(v []Value) verdict {
			by, ok := day(strings.TrimSpace(v[0].Text))
			return verdictOf(ok && !l.Today.After(by))
		}, "")
		f.Places = "registers"
		return f, err
	},
}

var keysBackedUp = Kind{
	Name: "keys.backed-up", Says: "the key folder was backed up lately",
	Params: []Param{in, {Name: "at", Says: "the column with the day of the backup; left out means at", Type: AColumn},
		{Name: "every", Says: "how old the newest may be; left out means P7D", Type: APeriod}, where},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "newest backups", Method: "The log of backups: the newest day in it. Whether what was backed up can be restored it does not say."}
		var newest law.Date
		unread := int64(0)
		err := l.listed(ctx, &f, "backups of the key folder", []string{l.column("at", "at")}, func(_ Table, r Row) error {
			d, ok := day(strings.TrimSpace(r.Values[0].Text))
			if !ok {
				unread++
			} else if d.After(newest) && !d.After(l.Today) {
				newest = d
			}
			return nil
		}, func() string {
			if unread > 0 && newest.IsZero() {
				return "no row has a day that can be read"
			}
			return ""
		})
		if !newest.IsZero() {
			f.count(!l.Today.After(after(newest, l.With.period("every", "P7D"))), "the newest is of "+newest.String())
		}
		return f, err
	},
}
