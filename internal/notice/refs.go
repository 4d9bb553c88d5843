package notice

import (
	"maps"
	"reflect"
	"slices"
)

// references holds what the folder names and what it points to, until every
// file has been read.
type references struct {
	named  map[string]map[string]Pos // kind → name → where
	points []pointer
	// spoilt kinds have a member whose name could not be read. Whether a reference
	// to such a kind is broken cannot be known, so it is not reported on top.
	spoilt map[string]bool
}

type pointer struct {
	kind, name, field string
	at                Pos
}

func newReferences() *references {
	return &references{named: make(map[string]map[string]Pos), spoilt: make(map[string]bool)}
}

// define reports whether the name was free.
func (r *references) define(kind, name string, at Pos) bool {
	if _, taken := r.named[kind][name]; taken {
		return false
	}
	if r.named[kind] == nil {
		r.named[kind] = make(map[string]Pos)
	}
	r.named[kind][name] = at
	return true
}

func (r *references) point(kind, name, field string, at Pos) {
	r.points = append(r.points, pointer{kind, name, field, at})
}

// spoil marks every kind that a value of type t, bound by s, would have named.
func (r *references) spoil(t reflect.Type, s spec) {
	if s.id != "" {
		r.spoilt[s.id] = true
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		r.spoil(t.Elem(), spec{})
	case reflect.Struct:
		for _, f := range specs(t) {
			r.spoil(t.Field(f.index).Type, f)
		}
	}
}

// resolve reports everything that is pointed to and not named: once, at the
// first place that does.
func (r *references) resolve(ps *problems) {
	type thing struct{ kind, name string }
	places := make(map[thing]int)
	for _, p := range r.points {
		places[thing{p.kind, p.name}]++
	}
	reported := make(map[thing]bool)
	for _, p := range r.points {
		t := thing{p.kind, p.name}
		if _, ok := r.named[p.kind][p.name]; ok || r.spoilt[p.kind] || reported[t] {
			continue
		}
		reported[t] = true
		if ps.full() {
			ps.more++
			continue
		}
		known := slices.Sorted(maps.Keys(r.named[p.kind]))
		where := homes[p.kind]
		mend := "add it to " + where
		if n := nearest(p.name, known); n != "" {
			mend = "did you mean " + quote(n) + "? If not, " + mend
		} else if len(known) > 0 {
			mend += ", or use one of " + quoteList(known)
		}
		what := "there is no " + p.kind + " called " + quote(p.name)
		if more := places[t] - 1; more > 0 {
			what += ", here and in " + plural(more, "other place")
		}
		ps.add(p.at, p.field, what, mend)
	}
}

// homes says, for people, where things of a kind are named.
var homes = map[string]string{
	"controller":        "controllers in landlord.yaml",
	"contact":           "contacts in landlord.yaml",
	"regulator":         "regulators in landlord.yaml",
	"people":            "people in data.yaml",
	"source":            "sources in data.yaml",
	"category":          "categories in data.yaml",
	"use":               "uses in uses.yaml",
	"recipient":         "recipients in sharing.yaml",
	"agreement":         "agreements in sharing.yaml",
	"sharing rule":      "rules in sharing.yaml",
	"trigger":           "triggers in keeping.yaml",
	"hold":              "holds in keeping.yaml",
	"retention rule":    "rules in keeping.yaml",
	"channel":           "channels in rights.yaml",
	"identity step":     "identity in rights.yaml",
	"compartment":       "compartments in records.yaml",
	"client":            "clients in landlord.yaml",
	"document":          "documents in landlord.yaml",
	"form":              "forms in web.yaml",
	"reference":         "references in data.yaml",
	"recording":         "recordings in records.yaml",
	"indicator":         "indicators in records.yaml",
	"record":            "records in records.yaml",
	"staff role":        "roles in records.yaml",
	"clock":             "clocks in rights.yaml",
	"tracker":           "trackers in web.yaml",
	"impact assessment": "impact-assessments in uses.yaml",
	"sentence":          "notice.md, as {#id} after the sentence",
}
