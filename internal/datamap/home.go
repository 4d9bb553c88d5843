package datamap

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"tenet/internal/rows"
)

// Home is a way from the rows of a table of people to the places where they live: from
// table to table, through one that says who occupies which place and since when, to
// that of the places. It is made to be followed for many people at once, each table read
// once, where a walk follows one.
type Home struct {
	Steps []Step

	own  *Occupancy // that the person's own row says
	ends []string   // columns of it that say when it came to its end
}

// Step is a table on the way home. A row of it belongs to a row before where its Want
// columns have the values of that row's Have columns: see [Step.From] and [Step.At].
type Step struct {
	Source, Table string
	Have          []string // columns of the rows before, of the people's own where it is the first
	Want          []string // columns of this table, in the same order
	Columns       []string // that are to be read of this table

	upward   *Edge // of the rows before, that leads here
	downward *Edge // of the rows here, that leads back
	occupies *Occupancy
	ends     []string // columns that say when a row here came to its end
	address  []string // columns of a place
}

// mostHops is how many tables may lie between a person and their home.
const mostHops = 4

// living are the roles of people who live in what a row says is occupied.
var living = []Role{Subject, Joint, Household}

// Homes are the ways home of the people of a table. Tables that are copies or are not
// searched lead nowhere, and nor do other people: a next of kin does not live with the tenant.
func Homes(all map[string]*Map, schemas map[string]*rows.Schema, source, table string) []Home {
	h := homes{all, schemas, nil}
	h.from(at{source, table}, nil, true, true)
	for i := range h.found {
		h.found[i].ends = h.endsOf(at{source, table})
	}
	return h.found
}

type homes struct {
	maps    map[string]*Map
	schemas map[string]*rows.Schema
	found   []Home
}

// table is a table that may be on a way, nil where it may not.
func (h *homes) table(x at) *Table {
	m, s := h.maps[x.source], h.schemas[x.source]
	if m == nil || s == nil || s.Table(x.table) == nil {
		return nil
	}
	if t := m.Tables[x.table]; t != nil && t.Skip == "" && t.CopyOf == "" && len(t.Asked) == 0 {
		return t
	}
	return nil
}

// from goes on from a table, down to what it owns, or up to what owns it.
func (h *homes) from(x at, way []Step, down, up bool) {
	t := h.table(x)
	if t == nil || len(way) > mostHops {
		return
	}
	for _, o := range t.Occupies {
		h.home(x, way, o)
	}
	if down && (len(way) == 0 || t.Bridge) {
		for _, source := range slices.Sorted(maps.Keys(h.maps)) {
			for _, name := range slices.Sorted(maps.Keys(h.maps[source].Tables)) {
				below := at{source, name}
				if b := h.table(below); b == nil || b.People != NotPeople || !b.Bridge && len(b.Occupies) == 0 {
					continue
				}
				for _, e := range h.maps[source].Tables[name].OwnedBy {
					if e.In(source) == x.source && e.Table == x.table && len(e.On) > 0 {
						s := h.step(below, e.On, true)
						s.downward = &e
						s.read(append(slices.Collect(maps.Keys(e.When)), e.RoleFrom)...)
						h.from(below, append(slices.Clone(way), s), true, false)
					}
				}
			}
		}
	}
	if up {
		for _, e := range t.OwnedBy {
			above := at{e.In(x.source), e.Table}
			if a := h.table(above); a == nil || a.People != NotPeople || a.Refers || len(e.On) == 0 {
				continue
			}
			s := h.step(above, e.On, false)
			s.upward = &e
			h.from(above, append(slices.Clone(way), s), false, true)
		}
	}
}

// step is a table reached by an edge; on is from the lower table's columns to the upper's.
func (h *homes) step(x at, on map[string]string, down bool) Step {
	s := Step{Source: x.source, Table: x.table}
	for _, lower := range slices.Sorted(maps.Keys(on)) {
		if down {
			s.Have, s.Want = append(s.Have, on[lower]), append(s.Want, lower)
		} else {
			s.Have, s.Want = append(s.Have, lower), append(s.Want, on[lower])
		}
	}
	s.ends = h.endsOf(x)
	s.read(s.Want...)
	s.read(s.ends...)
	return s
}

// endsOf is the columns of a table that are named for an end.
func (h *homes) endsOf(x at) (out []string) {
	for _, c := range h.schemas[x.source].Table(x.table).Columns {
		if endName.MatchString(snake(c.Name)) {
			out = append(out, c.Name)
		}
	}
	return out
}

// home ends a way at the place that its last row occupies.
func (h *homes) home(x at, way []Step, o Occupancy) {
	place := at{o.In(x.source), o.Place}
	t := h.table(place)
	if t == nil || len(o.On) == 0 {
		return
	}
	found := Home{}
	way = slices.Clone(way)
	if len(way) == 0 {
		found.own = &o
	} else {
		last := &way[len(way)-1]
		last.occupies = &o
		last.read(o.From, o.Until)
	}
	s := h.step(place, o.On, false)
	s.ends = nil // of a place that is let
	s.address = addressOf(t, h.schemas[place.source].Table(place.table))
	s.read(s.address...)
	way = append(way, s)
	for i := range way[:len(way)-1] {
		way[i].read(way[i+1].Have...)
		if e := way[i+1].upward; e != nil {
			way[i].read(append(slices.Collect(maps.Keys(e.When)), e.RoleFrom)...)
		}
	}
	found.Steps = way
	h.found = append(h.found, found)
}

// read adds columns to those that are read of the table.
func (s *Step) read(columns ...string) {
	for _, c := range columns {
		if c != "" && !slices.Contains(s.Columns, c) {
			s.Columns = append(slices.Clip(s.Columns), c)
		}
	}
}

// First are the columns of a person's row that the way begins with.
func (h Home) First() []string {
	out := slices.Concat(h.Steps[0].Have, h.ends)
	if h.own != nil {
		out = append(out, h.own.From, h.own.Until)
	}
	if e := h.Steps[0].upward; e != nil {
		out = append(slices.AppendSeq(out, maps.Keys(e.When)), e.RoleFrom)
	}
	return slices.DeleteFunc(out, func(c string) bool { return c == "" })
}

// Now says of a person's own row what [Step.Now] says of the rows after it.
func (h Home) Now(r rows.Row, today string) bool { return holds(r, h.own, h.ends, today) }

// From is what a row before has to be joined by; false where it leads nowhere.
func (s Step) From(before rows.Row) (string, bool) {
	if s.upward != nil && (!applies(*s.upward, before) || !slices.Contains(living, s.upward.roleIn(before))) {
		return "", false
	}
	return joined(before, s.Have)
}

// At is what a row of this table is joined by, and whether it counts: the person is in a
// part of it in which people live there.
func (s Step) At(r rows.Row) (string, bool) {
	if s.downward != nil && (!applies(*s.downward, r) || !slices.Contains(living, s.downward.roleIn(r))) {
		return "", false
	}
	return joined(r, s.Want)
}

// Now says whether a row holds on a day, such as "2026-11-23": a tenancy that began and
// has no end, also none that is still to come; and of a row between, one without a day in a
// column that is named for an end, such as that on which somebody moved out.
func (s Step) Now(r rows.Row, today string) bool { return holds(r, s.occupies, s.ends, today) }

func holds(r rows.Row, o *Occupancy, ends []string, today string) bool {
	for _, c := range ends {
		if end, ok := day(r.Get(c)); ok && end < "2090" {
			return false
		}
	}
	if o == nil {
		return true
	}
	until := rows.Value{Null: true}
	if o.Until != "" {
		until = r.Get(o.Until)
	}
	stay, ok := period(r.Get(o.From), until)
	return ok && stay.from <= today && stay.until == open
}

// Address is the lines of a place's address; none of a table that is no place, or of
// which nobody can tell which columns they are.
func (s Step) Address(r rows.Row) []string {
	var out []string
	for _, c := range s.address {
		if v := strings.TrimSpace(r.Get(c).Text); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// joined is the values of columns as one key; false where one is empty.
func joined(r rows.Row, columns []string) (string, bool) {
	var b strings.Builder
	for _, c := range columns {
		v := r.Get(c)
		if v.Empty() {
			return "", false
		}
		b.WriteString(strings.TrimSpace(v.Text))
		b.WriteByte(0)
	}
	return b.String(), true
}

// endName is the name of a column that says when something ended, as snake writes it.
var endName = regexp.MustCompile(`(^|_)(end|ends|ended|ending|until|to|left|leaves|leaving|ceased|terminated|termination|vacated|out)(_|$)`)

// placeName is the name of a column of an address, and postName that of its postcode.
var (
	placeName = regexp.MustCompile(`^(full_|postal_|property_)?(address|addr)(_?line)?(_?\d)?$|^line_?\d$|^(flat|house|building|premises)(_?(no|number|name))?$|^street(_?(name|number|no))?$|^(road|locality|village|town|post_?town|city|county)(_name)?$`)
	postName  = regexp.MustCompile(`^(full_)?post_?(al_)?code$`)
)

// addressOf is the columns of a place's address, in the order in which they stand, with the
// postcode last: those that the map says are one (dpv), else those that are named so.
func addressOf(t *Table, s *rows.Table) []string {
	said := func(c string) string {
		if x := t.Columns[c]; x != nil {
			return strings.TrimPrefix(x.DPV, "dpv-pd:")
		}
		return ""
	}
	pick := func(line, post func(column string) bool) (out []string) {
		for _, c := range s.Columns {
			if line(c.Name) && !post(c.Name) {
				out = append(out, c.Name)
			}
		}
		if len(out) == 0 {
			return nil
		}
		for _, c := range s.Columns {
			if post(c.Name) {
				return append(out, c.Name)
			}
		}
		return out
	}
	out := pick(func(c string) bool { return slices.Contains([]string{"PhysicalAddress", "Address"}, said(c)) }, func(c string) bool { return said(c) == "PostalCode" })
	if len(out) == 0 {
		out = pick(func(c string) bool { return placeName.MatchString(snake(c)) }, func(c string) bool { return postName.MatchString(snake(c)) })
	}
	return out
}

// snake is a column's name in small letters, its words divided by underscores.
func snake(name string) string {
	var b strings.Builder
	was := rune(0)
	for _, r := range name {
		switch {
		case r == ' ' || r == '-':
			r = '_'
		case unicode.IsUpper(r) && unicode.IsLower(was):
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
		was = r
	}
	return b.String()
}
