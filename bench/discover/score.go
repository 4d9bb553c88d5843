package discover

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/datamap/discover"
)

// kind is one kind of decision that is scored.
type kind string

// The kinds, in the order of the report.
const (
	people      kind = "people"      // a table's rows are people, of which kind
	identifiers kind = "identifiers" // a column of a person table is their e-mail, …
	edges       kind = "edges"       // a table's rows belong to another's
	roles       kind = "roles"       // in which role, of the edges that are right
	references  kind = "references"  // a table's rows point at another's, and are not its
	named       kind = "named"       // a column names somebody, in which role
	groups      kind = "groups"      // a column is about the second of several people
	freeText    kind = "free text"   //
	special     kind = "special"     // special, criminal, about a child
	nobodys     kind = "nobody's"    // a table is left out, or only referred to
	occupancies kind = "occupancies" // who has a place from when until when
	retention   kind = "retention"   // the date from which keeping is counted
	copies      kind = "copies"      // a table is a copy of another
)

func kinds() []kind {
	return []kind{people, identifiers, edges, roles, references, named, groups, freeText, special, nobodys, occupancies, retention, copies}
}

// decisions are those of one kind that a map makes, each as one line.
type decisions map[kind]map[string]bool

// unclear marks an entry of a label that is not scored.
const unclear = "unclear"

// decide lists what a map decides, leaving out what the label calls unclear.
func decide(m, label *datamap.Map) decisions {
	d := decisions{}
	add := func(k kind, format string, args ...any) {
		if d[k] == nil {
			d[k] = map[string]bool{}
		}
		d[k][fmt.Sprintf(format, args...)] = true
	}
	for name, t := range m.Tables {
		want := label.Tables[name]
		if want == nil || want.Why == unclear {
			continue
		}
		if want.CopyOf != "" && want.People == datamap.NotPeople && len(want.OwnedBy) == 0 {
			if t.CopyOf != "" {
				add(copies, "%s of %s", name, t.CopyOf)
			}
			continue // labelled as a copy, and as nothing else
		}
		clear := func(column string) bool {
			c := want.Columns[column]
			return c == nil || c.Why != unclear
		}
		if t.Skip != "" || t.Refers {
			add(nobodys, "%s", name)
		}
		if t.CopyOf != "" {
			add(copies, "%s of %s", name, t.CopyOf)
		}
		if t.Skip != "" {
			continue
		}
		if t.People != datamap.NotPeople {
			add(people, "%s %s", name, t.People)
			for slot, columns := range slots(t.Identifiers) {
				for _, c := range columns {
					if clear(c) {
						add(identifiers, "%s %s %s", name, slot, c)
					}
				}
			}
		}
		for _, e := range t.OwnedBy {
			add(edges, "%s", join(name, e.Table, e.On))
			add(roles, "%s as %s", join(name, e.Table, e.On), e.RoleOr())
		}
		for _, e := range t.RefersTo {
			if want.Skip != "" || want.Refers {
				continue // nobody's: not labelled, and of no account
			}
			add(references, "%s", join(name, e.Table, e.On))
		}
		for _, n := range t.Names {
			for _, c := range n.All() {
				if n.Role != datamap.Author && clear(c) {
					add(named, "%s %s %s", name, n.Role, c)
				}
			}
		}
		for _, o := range t.Occupies {
			add(occupancies, "%s from %s until %s", join(name, o.Place, o.On), o.From, o.Until)
		}
		if t.RetentionFrom != "" {
			add(retention, "%s %s", name, t.RetentionFrom)
		}
		for column, c := range t.Columns {
			if !clear(column) {
				continue
			}
			if c.FreeText {
				add(freeText, "%s %s", name, column)
			}
			if c.Kind != "" {
				add(special, "%s %s %s", name, column, c.Kind)
			}
			if c.Group != "" {
				add(groups, "%s %s %s %s", name, column, c.Role, c.Group)
			}
		}
	}
	return d
}

func slots(id *datamap.Identifiers) map[string][]string {
	if id == nil {
		return nil
	}
	one := func(c string) []string {
		if c == "" {
			return nil
		}
		return []string{c}
	}
	return map[string][]string{"name": id.Name, "known-as": id.KnownAs, "dob": one(id.DOB), "nino": id.NINO, "nhs": id.NHS, "email": id.Email,
		"phone": id.Phone, "ref": id.Ref, "address": id.Address, "postcode": one(id.Postcode), "uprn": one(id.UPRN), "died": one(id.Died)}
}

func join(table, up string, on map[string]string) string {
	return fmt.Sprintf("%s(%s) < %s", table, strings.Join(slices.Sorted(maps.Keys(on)), ", "), up)
}

// tally is what came of one kind of decision.
type tally struct {
	right, wrong, missed int
	asked                int // of the missed, those put to a person as a question
}

func (t *tally) add(o tally) {
	t.right += o.right
	t.wrong += o.wrong
	t.missed += o.missed
	t.asked += o.asked
}

// precision is the share of the proposed decisions that are right; -1 where
// none was proposed.
func (t tally) precision() float64 { return share(t.right, t.right+t.wrong) }

// recall is the share of the labelled decisions that were proposed; -1 where
// none is labelled.
func (t tally) recall() float64 { return share(t.right, t.right+t.missed) }

func share(part, whole int) float64 {
	if whole == 0 {
		return -1
	}
	return float64(part) / float64(whole)
}

// String is precision, recall, and how many were labelled: "0.98 0.91 /45".
func (t tally) String() string {
	if t.right+t.wrong+t.missed == 0 {
		return "-"
	}
	show := func(f float64) string {
		if f < 0 {
			return "  - "
		}
		return fmt.Sprintf("%.2f", f)
	}
	s := fmt.Sprintf("%s %s /%d", show(t.precision()), show(t.recall()), t.right+t.missed)
	if t.asked > 0 {
		s += fmt.Sprintf(" +%d asked", t.asked)
	}
	return s
}

// score holds a proposed map against the label. faults lists what was wrong or
// missed, a line each.
func score(label, proposed *datamap.Map, evidence []discover.Evidence) (out map[kind]tally, faults []string) {
	want, got := decide(label, label), decide(proposed, label)
	out = map[kind]tally{}
	for _, k := range kinds() {
		var t tally
		for _, line := range slices.Sorted(maps.Keys(got[k])) {
			switch {
			case want[k][line]:
				t.right++
			case k == roles && !want[edges][edgeOf(line)]:
				// The edge is wrong, and counted there.
			default:
				t.wrong++
				faults = append(faults, fmt.Sprintf("%s: wrong: %s", k, line))
			}
		}
		for _, line := range slices.Sorted(maps.Keys(want[k])) {
			if got[k][line] || k == roles && !got[edges][edgeOf(line)] {
				continue
			}
			t.missed++
			verb := "missed"
			if asks(evidence, k, line) {
				t.asked++
				verb = "asked"
			}
			faults = append(faults, fmt.Sprintf("%s: %s: %s", k, verb, line))
		}
		out[k] = t
	}
	return out, faults
}

func edgeOf(line string) string {
	at := strings.LastIndex(line, " as ")
	if at < 0 {
		return line
	}
	return line[:at]
}

// asks says that a decision that was not taken was put as a question about the
// same table and column.
func asks(evidence []discover.Evidence, k kind, line string) bool {
	table, rest, _ := strings.Cut(line, " ")
	column := ""
	switch k {
	case edges, references:
		table, rest, _ = strings.Cut(line, "(")
		column, _, _ = strings.Cut(rest, ")")
	case people, copies:
	default:
		parts := strings.Fields(rest)
		if len(parts) == 0 {
			return false
		}
		column = parts[len(parts)-1]
		if k == special {
			column = parts[0]
		}
	}
	return slices.ContainsFunc(evidence, func(e discover.Evidence) bool {
		return !e.Taken() && e.Table == table && e.Confidence > 0 && (e.Column == column || column != "" && slices.Contains(strings.Split(e.Column, ", "), column))
	})
}
