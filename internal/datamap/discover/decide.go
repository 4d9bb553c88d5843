package discover

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tenet/internal/datamap"
)

// Decision is what a person is asked once: one thing that a proposal says of one
// table, or the same thing that it says of many.
type Decision struct {
	ID      string   `json:"id"`   // the same for the same question about the same schema, and after it has grown
	Kind    string   `json:"kind"` // people, copies, belongs, names, special, free-text, keeping, left-out, question
	Says    string   `json:"says"` // in words
	Of      []string `json:"of"`   // tables, or table and column: "tenant.notes"
	Why     []string `json:"why"`  // the reasons, each once
	Answer  string   `json:"proposed"`
	Options []string `json:"options"` // what may be answered; Yes takes what is proposed
	edge    *datamap.Edge
}

// The answers that every decision knows. Others are roles and kinds of people.
const (
	Yes  = "yes"
	No   = "no"
	Out  = "leave-out" // of copies: do not search them
	Just = "refers"    // of a question: it points there, and belongs to nobody for it
)

// Answered is a person's answer to a decision, about those of its tables or
// columns that were there then.
type Answered struct {
	ID     string   `yaml:"id"`
	Answer string   `yaml:"answer"`
	Of     []string `yaml:"of"`
}

// Open lists the decisions of a proposal that a person has not taken: all of
// those about tables that have does not map yet, columns that seen does not
// know, and questions. have and answered may be empty. seen are the columns of
// each table when it was last reviewed; nil says that nobody has noted them.
func Open(proposed *datamap.Map, evidence []Evidence, have *datamap.Map, seen map[string][]string, answered []Answered) []Decision {
	g := gatherer{proposed: proposed, have: have, seen: seen, byID: map[string]*Decision{}, done: map[string]bool{}, byTable: map[string][]Evidence{}}
	for _, e := range evidence {
		g.byTable[e.Table] = append(g.byTable[e.Table], e)
	}
	for _, a := range answered {
		for _, of := range a.Of {
			g.done[a.ID+"\x00"+of] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(proposed.Tables)) {
		g.table(name, proposed.Tables[name])
	}
	for i := range evidence {
		g.question(&evidence[i])
	}
	order := []string{"people", "copies", "belongs", "question", "names", "special", "free-text", "keeping", "left-out"}
	slices.SortStableFunc(g.list, func(a, b *Decision) int { return cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)) })
	out := make([]Decision, len(g.list))
	for i, d := range g.list {
		out[i] = *d
	}
	return out
}

type gatherer struct {
	proposed *datamap.Map
	byTable  map[string][]Evidence
	have     *datamap.Map
	seen     map[string][]string
	byID     map[string]*Decision
	list     []*Decision
	done     map[string]bool
}

// fresh says that nobody has decided about the table, or the column of it.
func (g *gatherer) fresh(table, column string) bool {
	if g.have == nil || g.have.Tables[table] == nil {
		return true
	}
	known, noted := g.seen[table]
	return column != "" && noted && !slices.Contains(known, column)
}

// add puts one table or column under the decision of that kind and name.
func (g *gatherer) add(kind, name, of, answer, says string, options []string) *Decision {
	id := kind + " " + name
	if g.done[id+"\x00"+of] {
		return &Decision{}
	}
	d := g.byID[id]
	if d == nil {
		d = &Decision{ID: id, Kind: kind, Says: says, Answer: answer, Options: append([]string{Yes, No}, options...)}
		g.byID[id] = d
		g.list = append(g.list, d)
	}
	if !slices.Contains(d.Of, of) {
		d.Of = append(d.Of, of)
		table, column, _ := cutColumn(of)
		for _, e := range g.byTable[table] {
			if e.Taken() && e.speaksOf(kind, column) && len(d.Why) < 5 && !slices.Contains(d.Why, e.Why) {
				d.Why = append(d.Why, e.Why)
			}
		}
	}
	return d
}

// speaksOf says that the evidence is for that kind of decision about the column.
func (e Evidence) speaksOf(kind, column string) bool {
	begins := map[string]string{"people": "people", "copies": "copy of", "belongs": "owned by", "names": "names somebody", "keeping": "keeping", "left-out": "skip"}
	if b := begins[kind]; b != "" && !strings.HasPrefix(e.Decision, b) {
		return false
	}
	return column == "" && kind != "special" && kind != "free-text" || slices.Contains(strings.Split(e.Column, ", "), column)
}

// name of a column in Of. Table names may have dots in them, and "." never ends
// one, so the two are parted by a colon, which parts nothing else.
func ofColumn(table, column string) string { return table + ": " + column }

func cutColumn(of string) (table, column string, ok bool) { return strings.Cut(of, ": ") }

func (g *gatherer) table(name string, t *datamap.Table) {
	if t.CopyOf != "" && g.fresh(name, "") {
		g.add("copies", t.CopyOf, name, Yes, "copies of "+t.CopyOf+", to be searched, and reviewed before they go out", []string{Out})
		return // what a copy holds is decided with its original
	}
	if t.Skip != "" {
		if g.fresh(name, "") {
			g.add("left-out", strings.SplitN(t.Skip, ":", 2)[0], name, Yes, "not searched: "+t.Skip, nil)
		}
		return
	}
	if t.People != datamap.NotPeople && g.fresh(name, "") {
		var kinds []string
		for _, k := range datamap.PeopleKinds() {
			kinds = append(kinds, string(k))
		}
		g.add("people", name, name, string(t.People), fmt.Sprintf("each row of %s is a person, of the kind %s, known by %s", name, t.People, strings.Join(t.Identifiers.All(), ", ")), kinds)
	}
	var roles []string
	for _, r := range datamap.Roles() {
		roles = append(roles, string(r))
	}
	for _, e := range t.OwnedBy {
		on := strings.Join(slices.Sorted(maps.Keys(e.On)), ", ")
		if e.RoleFrom == "" && g.fresh(name, on) {
			g.add("belongs", fmt.Sprintf("%s by %s as %s", e.Table, on, e.RoleOr()), ofColumn(name, on), string(e.RoleOr()),
				fmt.Sprintf("their rows belong to those of %s, by %s, as %s", e.Table, on, e.RoleOr()), append([]string{Just}, roles...))
		}
	}
	for _, n := range t.Names {
		columns := strings.Join(n.All(), ", ")
		if g.fresh(name, n.All()[0]) {
			g.add("names", fmt.Sprintf("%s as %s", strings.ToLower(columns), n.Role), ofColumn(name, n.All()[0]), string(n.Role), fmt.Sprintf("%s name somebody, as %s", columns, n.Role), roles)
		}
	}
	for _, column := range slices.Sorted(maps.Keys(t.Columns)) {
		c := t.Columns[column]
		if !g.fresh(name, column) {
			continue
		}
		if c.Kind != "" {
			g.add("special", cmp.Or(c.Category, c.Kind), ofColumn(name, column), Yes, "data about "+cmp.Or(c.Category, c.Kind)+", of the kind "+c.Kind, nil)
		}
		if c.FreeText {
			g.add("free-text", cmp.Or(t.Category, "other"), ofColumn(name, column), Yes, "free text, in which anybody may be named", nil)
		}
	}
	if t.RetentionFrom != "" && g.fresh(name, t.RetentionFrom) {
		g.add("keeping", strings.ToLower(t.RetentionFrom), ofColumn(name, t.RetentionFrom), Yes, "the date from which keeping is counted: "+t.RetentionFrom, nil)
	}
}

// question asks what a proposal was not sure of.
func (g *gatherer) question(e *Evidence) {
	if e.Taken() || e.Edge == nil || e.Confidence == 0 {
		return
	}
	if t := g.proposed.Tables[e.Table]; t == nil || t.CopyOf != "" {
		return
	}
	if have := g.have; have != nil && have.Tables[e.Table] != nil && slices.ContainsFunc(slices.Concat(have.Tables[e.Table].OwnedBy, have.Tables[e.Table].RefersTo), func(x datamap.Edge) bool {
		_, on := x.On[e.Column]
		return on
	}) {
		return // somebody has said what the column points at
	}
	var roles []string
	for _, r := range datamap.Roles() {
		roles = append(roles, string(r))
	}
	d := g.add("question", fmt.Sprintf("%s to %s", strings.ToLower(e.Column), e.Edge.Table), ofColumn(e.Table, e.Column), string(e.Edge.RoleOr()),
		fmt.Sprintf("do their rows belong to those of %s, by %s, as %s?", e.Edge.Table, e.Column, e.Edge.RoleOr()), append([]string{Just}, roles...))
	if d.ID != "" {
		d.edge = e.Edge
		if len(d.Why) < 5 && !slices.Contains(d.Why, e.Why) {
			d.Why = append(d.Why, e.Why)
		}
	}
}
