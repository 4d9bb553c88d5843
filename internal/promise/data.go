package promise

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
)

var retentionApplied = Kind{
	Name: "retention.applied", Says: "nothing is kept past its period",
	Params: []Param{{Name: "rule", Says: "which rule of keeping.yaml; left out means all", Type: AWord, Of: keepRules},
		{Name: "client", Says: "whose rows: those of this client's set, by its own periods; left out means our own", Type: AWord, Of: clients}, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "rows whose time has begun", Places: "tables", Method: "Each table that its map puts under the rule is read: the day in the column from which keeping is counted, plus the period. " +
			"Rows in which the event has not happened are not counted. A hold on single rows is not known here, so a row that is held lawfully counts as kept too long."}
		if client := l.With.word("client"); client != "" {
			set := *l.Board
			set.Systems = l.Systems.Of(client)
			l, f.set = &Look{Board: &set, Promise: l.Promise, With: l.With}, client
			f.Method += " Only this client’s rows are read, and a table for which it has given no period is not counted: ours is never used in its place."
		}
		return f, l.keeping(ctx, &f)
	},
}

// never is the year from which a date says that something has not happened.
const never = 2099

func (l *Look) keeping(ctx context.Context, f *Found) error {
	tables, err := l.tables(ctx, f)
	if err != nil {
		return err
	}
	only, client := notice.ID(l.With.word("rule")), notice.ID(l.With.word("client"))
	met := map[notice.ID]bool{}
	for _, t := range tables {
		if !t.Mapped && only == "" {
			f.lacks(NoMap, "%s is not in the map of its system", t)
		}
		if t.Retention == "" && only == "" && t.Category != "" {
			f.lacks(NoMap, "%s holds %s and its map names no retention rule", t, t.Category)
		}
		if t.Retention == "" {
			continue
		}
		rule, err := l.Notice.Keeping.RuleFor(client, notice.ID(t.Retention), notice.ID(t.Category))
		if only != "" && rule.ID != only && t.Retention != string(only) {
			continue
		}
		met[rule.ID] = true
		switch {
		case err != nil:
			f.lacks(NoMap, "%s: %v", t, err)
			continue
		case t.RetentionFrom == "":
			f.lacks(NoMap, "the map of %s does not say from which column its time is counted (retention-from)", t)
			continue
		case rule.Action == notice.Anonymise || rule.Action == notice.MaskFields:
			f.lacks(NotBuilt, "rows of %s stay when their time is over, and what was masked in them is not recorded", t)
			continue
		}
		if err := l.sift(ctx, f, t, Query{Columns: []string{t.RetentionFrom}}, func(v []Value) verdict { return l.kept(rule, v[0]) },
			"have no day that can be read in "+t.RetentionFrom); err != nil {
			return err
		}
	}
	for _, r := range l.Notice.Keeping.Of(client) {
		if !met[r.ID] && (only == "" || r.ID == only) {
			f.lacks(NoMap, "no map puts a table under %s", r.ID)
		}
	}
	return nil
}

// kept judges a row by what stands in the column from which its time is counted.
func (l *Look) kept(rule notice.KeepRule, v Value) verdict {
	text := strings.TrimSpace(v.Text)
	from, ok := day(text)
	switch {
	case v.Lost:
		return unreadable
	case text == "":
		return notCounted
	case !ok:
		return unreadable
	case from.String() >= fmt.Sprint(never):
		return notCounted
	}
	return verdictOf(!l.Today.After(l.end(rule, from)))
}

// end is the last day on which a row may be kept: the periods of a chain of rules
// follow each other.
func (l *Look) end(r notice.KeepRule, from law.Date) law.Date {
	if before, ok := l.Notice.Keeping.Rule(r.After); ok {
		from = l.end(before, from) // Load has made sure that chains end
	}
	return after(from, r.Period)
}

var dataAbsent = Kind{
	Name: "data.absent", Says: "something is held nowhere, such as card numbers",
	Params: []Param{{Name: "type", Says: "what, as tenet detect calls it: CARD", Type: AWord, Must: true},
		{Name: "in", Says: "where: sources, or tables as SOURCE.TABLE; recordings and records are not searched yet", Type: Words},
		{Name: "first", Says: "a sample: so many rows of each table, which can break a promise and never prove it kept", Type: ACount}},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "rows", Places: "tables and places", Method: "Every column of every table, mapped or not, is read through, and the text of each value searched."}
		kind := l.With.word("type")
		if !slices.Contains(l.Text.Types(), kind) {
			f.lacks(AskedWrongly, "nothing finds %s in text; what can be found: %s", quote(kind), strings.Join(l.Text.Types(), ", "))
			return f, nil
		}
		tables, err := l.tables(ctx, &f)
		if err != nil {
			return f, err
		}
		places := l.With.words("in")
		if len(places) == 0 {
			places = []string{"sources"}
		}
		for _, p := range places {
			switch {
			case p == "sources":
				if len(tables) == 0 {
					f.gap("no system can be read")
				}
				for _, t := range tables {
					if err := l.search(ctx, &f, t, kind); err != nil {
						return f, err
					}
				}
			case p == "recordings":
				f.lacks(NotBuilt, "what is said in recordings is not searched yet")
			case p == "records":
				f.lacks(NotBuilt, "records that Tenet keeps itself are not built yet")
			default:
				if t, ok := l.table(&f, tables, p); ok {
					if err := l.search(ctx, &f, t, kind); err != nil {
						return f, err
					}
				}
			}
		}
		return f, nil
	},
}

// search looks for a type in every value of a table.
func (l *Look) search(ctx context.Context, f *Found, t Table, kind string) error {
	var columns, binary []string
	for _, c := range t.Columns {
		if c.Binary {
			binary = append(binary, c.Name)
		} else {
			columns = append(columns, c.Name)
		}
	}
	most, lost, n := l.With.count("first"), 0, int64(0)
	return l.scan(ctx, f, t, Query{Columns: columns}, func(r Row) error {
		if most > 0 && n == most {
			return errEnough
		}
		n++
		in := ""
		for i, v := range r.Values {
			if v.Lost {
				lost++
			}
			if in == "" && l.Text.Count(kind, v.Text) > 0 {
				in = columns[i]
			}
		}
		f.row(in == "", t, r, in)
		return nil
	}, func() string {
		var gaps []string
		if len(binary) > 0 {
			gaps = append(gaps, "what is in "+strings.Join(binary, ", ")+" is no text")
		}
		if lost > 0 {
			gaps = append(gaps, fmt.Sprintf("%s values could not be read whole", count(int64(lost))))
		}
		if most > 0 && n == most {
			gaps = append(gaps, fmt.Sprintf("only the first %s rows were read", count(most)))
		}
		return strings.Join(gaps, ", ")
	})
}

var specialCompartment = Kind{
	Name: "special.compartment", Says: "special category data stands only in tables that are kept apart",
	Params: []Param{{Name: "in", Says: "the tables that are kept apart, as SOURCE.TABLE", Type: Places, Must: true},
		{Name: "categories", Says: "which; left out means all that the notice calls special", Type: Words, Of: categories}, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "rows with special category data", Places: "tables", Method: "Columns to which a map gives a special category of the notice, or the kind special, are read; a row with a value in one counts."}
		tables, err := l.tables(ctx, &f)
		if err != nil {
			return f, err
		}
		apart := l.With.words("in")
		for _, p := range apart {
			l.table(&f, tables, p) // one that is not there is a gap
		}
		for _, t := range tables {
			if !t.Mapped {
				f.lacks(NoMap, "%s is not in the map of its system", t)
				continue
			}
			var columns []string
			for _, c := range t.Columns {
				if l.special(c) {
					columns = append(columns, c.Name)
				}
			}
			if len(columns) == 0 {
				f.saw()
				continue
			}
			kept := slices.Contains(apart, t.String())
			err := l.scan(ctx, &f, t, Query{Columns: columns}, func(r Row) error {
				for i, v := range r.Values {
					if strings.TrimSpace(v.Text) != "" || v.Lost {
						f.row(kept, t, r, columns[i])
						return nil
					}
				}
				return nil
			}, nil)
			if err != nil {
				return f, err
			}
		}
		return f, nil
	},
}

func (l *Look) special(c Column) bool {
	only := l.With.words("categories")
	cat, ok := l.Notice.Data.Category(notice.ID(c.Category))
	if len(only) > 0 {
		return slices.Contains(only, c.Category)
	}
	return c.Kind == string(notice.Special) || ok && cat.Kind == notice.Special
}

var recordsMayBeBlank = Kind{
	Name: "records.may-be-blank", Says: "nobody has to give data of some categories",
	Params: []Param{{Name: "categories", Says: "which", Type: Words, Must: true, Of: categories}},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "columns", Places: "tables", Method: "Whether each column to which a map gives one of the categories may be left empty, by its system's own account."}
		tables, err := l.tables(ctx, &f)
		if err != nil {
			return f, err
		}
		for _, t := range tables {
			if !t.Mapped {
				f.lacks(NoMap, "%s is not in the map of its system", t)
				continue
			}
			f.saw()
			for _, c := range t.Columns {
				if slices.Contains(l.With.words("categories"), c.Category) && c.Own {
					f.count(c.Nullable, t.String()+" in "+c.Name)
				}
			}
		}
		return f, nil
	},
}
