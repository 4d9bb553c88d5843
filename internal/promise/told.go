package promise

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/notice"
)

// dataAsTold holds what the maps say is held against what the notice says is held.
var dataAsTold = Kind{
	Name: "data.as-told", Says: "what is held is what the notice says is held",
	Params: []Param{{Name: "categories", Says: "which; left out means every column there is, whose category must be one of the notice's", Type: Words, Of: categories},
		{Name: "seen-by", Says: "the roles that may see these categories in Tenet; any other that does counts against", Type: Words, Of: roles},
		{Name: "search", Says: "true also reads every value of these categories, for numbers that belong to another: of cards, bank accounts, National Insurance and the NHS", Type: YesNo}, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "columns", Places: "tables", Method: "Each column of each table, by the category that a confirmed map gives it. Keys that only join rows, places and what a map sets aside are not counted. " +
			"A column that holds something, and whose category is none of the notice's, counts against; so does one that its map calls special or criminal and the notice does not."}
		tables, err := l.confirmed(ctx, &f)
		if err != nil {
			return f, err
		}
		only, stands := l.With.words("categories"), map[string][]string{}
		var aside []string
		for _, t := range tables {
			switch {
			case !t.Mapped:
				f.lacks(NoMap, "%s is not in the map of its system", t)
				continue
			case t.Aside != "":
				f.saw()
				aside = append(aside, fmt.Sprintf("%s (%s)", t, t.Aside))
				continue
			}
			if err := l.told(ctx, &f, t, stands); err != nil {
				return f, err
			}
		}
		for _, c := range only {
			if len(stands[c]) == 0 {
				f.lacks(NothingToCount, "no confirmed map has a column of %s", c)
				continue
			}
			f.Notes = append(f.Notes, c+" stands in "+strings.Join(first(stands[c], mostPlaces), ", "))
		}
		if len(aside) > 0 && len(only) == 0 {
			f.Notes = append(f.Notes, "set aside by maps: "+strings.Join(first(aside, mostPlaces), ", "))
		}
		return f, l.seenBy(ctx, &f)
	},
}

// mostPlaces is how many places a note names.
const mostPlaces = 12

// confirmed are the tables of the systems whose maps somebody has confirmed as they are.
// Of the others nobody has said what they hold, which is a gap.
func (l *Look) confirmed(ctx context.Context, f *Found) ([]Table, error) {
	tables, err := l.tables(ctx, f)
	if err != nil {
		return nil, err
	}
	maps, err := l.Office.Maps(ctx)
	if err != nil {
		return nil, err
	}
	said := slices.Clone(f.Gaps)
	sure := map[string]bool{}
	for _, m := range maps {
		sure[m.Name] = m.State == AsPromised
		if m.State != AsPromised && !slices.ContainsFunc(said, func(g string) bool { return strings.HasPrefix(g, m.Name+": ") }) {
			f.lacks(NoMap, "%s: %s", m.Name, m.Why)
		}
	}
	return slices.DeleteFunc(tables, func(t Table) bool { return !sure[t.Source] }), nil
}

// told counts the columns of a table, and notes by category where it stands.
func (l *Look) told(ctx context.Context, f *Found, t Table, stands map[string][]string) error {
	only := l.With.words("categories")
	var unsaid, search []Column
	for _, c := range t.Columns {
		cat, known := l.Notice.Data.Category(notice.ID(c.Category))
		switch {
		case c.Joins && !c.Own:
		case len(only) > 0 && !slices.Contains(only, c.Category):
		case !known:
			unsaid = append(unsaid, c)
		default:
			f.count(!graver(c.Kind, cat.Kind), t.String()+" in "+c.Name)
			if s := stands[c.Category]; len(s) == 0 || s[len(s)-1] != t.String() {
				stands[c.Category] = append(s, t.String())
			}
			if !c.Binary {
				search = append(search, c)
			}
		}
	}
	if yes, _ := l.With.m["search"].(bool); yes && len(search) > 0 {
		return l.misplaced(ctx, f, t, search)
	}
	if len(unsaid) == 0 {
		f.saw()
		return nil
	}
	// A column in which nothing stands holds nothing: it is read as far as the first value.
	filled := make([]bool, len(unsaid))
	left := len(unsaid)
	err := l.scan(ctx, f, t, Query{Columns: columnNames(unsaid)}, func(r Row) error {
		for i, v := range r.Values {
			if !filled[i] && !blank(v) {
				filled[i] = true
				left--
			}
		}
		if left == 0 {
			return errEnough
		}
		return nil
	}, nil)
	for i, c := range unsaid {
		switch {
		case !filled[i]:
		case c.Category == "":
			f.bad(t.String() + " in " + c.Name + ": its map says no category")
		default:
			f.bad(t.String() + " in " + c.Name + ": " + quote(c.Category) + " is no category of the notice")
		}
	}
	return err
}

// graver says that a map says more of a column than the notice says of its category: that
// it is special category data, or about offences.
func graver(column string, kind notice.Kind) bool {
	return column == string(notice.Special) && kind == notice.Ordinary || column == string(notice.Criminal) && kind == notice.Ordinary
}

// belongs are the concepts of the Data Privacy Vocabulary of which a category has one where
// a number of a type stands in its place. They are the types that a checksum or a fixed
// form tells, so that one found is one.
var belongs = map[string][]notice.DPV{
	"CARD": {"dpv-pd:PaymentCard", "dpv-pd:PaymentCardNumber", "dpv-pd:CreditCardNumber"},
	"IBAN": {"dpv-pd:BankAccount", "dpv-pd:FinancialAccount", "dpv-pd:Financial"},
	"NINO": {"dpv-pd:OfficialID", "dpv-pd:Identifying", "dpv-pd:NationalInsuranceNumber"},
	"NHS":  {"dpv-pd:MedicalHealth", "dpv-pd:Health", "dpv-pd:HealthRecord", "dpv-pd:OfficialID"},
}

// misplaced counts the rows of a table by whether a value of a category is one that the
// notice has elsewhere.
func (l *Look) misplaced(ctx context.Context, f *Found, t Table, columns []Column) error {
	foreign := make([][]string, len(columns)) // types that do not belong into the column
	for i, c := range columns {
		cat, _ := l.Notice.Data.Category(notice.ID(c.Category))
		for kind, homes := range belongs {
			if slices.Contains(l.Text.Types(), kind) && !slices.ContainsFunc(homes, func(d notice.DPV) bool { return slices.Contains(cat.DPV, d) }) {
				foreign[i] = append(foreign[i], kind)
			}
		}
	}
	lost := int64(0)
	f.Unit = "columns and rows"
	return l.scan(ctx, f, t, Query{Columns: columnNames(columns)}, func(r Row) error {
		in, any := "", false
		for i, v := range r.Values {
			any = any || !blank(v)
			if v.Lost {
				lost++
			}
			for _, kind := range foreign[i] {
				if in == "" && l.Text.Count(kind, v.Text) > 0 {
					in = columns[i].Name + ": " + kind
				}
			}
		}
		if any {
			f.row(in == "", t, r, in)
		}
		return nil
	}, func() string {
		if lost > 0 {
			return count(lost) + " values could not be read whole"
		}
		return ""
	})
}

func columnNames(list []Column) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Name
	}
	return out
}

// seenBy counts the roles that see a category by whether they are to.
func (l *Look) seenBy(ctx context.Context, f *Found) error {
	may := l.With.words("seen-by")
	if len(may) == 0 {
		return nil
	}
	all, err := l.Office.Roles(ctx)
	if err != nil {
		return err
	}
	f.saw()
	f.Unit, f.Places = f.Unit+" and roles", "tables and roles"
	only := l.With.words("categories")
	for _, r := range all {
		if r.All || slices.ContainsFunc(r.Sees, func(c notice.ID) bool { return len(only) == 0 || slices.Contains(only, string(c)) }) {
			f.count(slices.Contains(may, r.ID), "the role "+r.ID)
		}
	}
	return nil
}

// roles are those of the notice and the two that there always are.
func roles(n *notice.Notice) []string {
	out := []string{"officer", "dpo"}
	for _, id := range ids(n.Records.Roles, func(r notice.StaffRole) notice.ID { return r.ID }) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
