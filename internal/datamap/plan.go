package datamap

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"
	"sync"

	"tenet/internal/rows"
)

// Plan is maps made ready to be walked, often: which tables hang below which, and
// what is kept by which place, are worked out once, when they are first needed. The
// maps must not be changed afterwards. Several goroutines may use one Plan.
type Plan struct {
	maps map[string]*Map

	once   sync.Once
	order  []at              // every table that is searched, by source and name
	below  map[at][]hop      // what hangs below a table
	keptBy map[at][]kept     // what is kept by a place
	same   map[at][]likeness // which places are the places of a table, in another
}

// at is one table of one source.
type at struct{ source, table string }

// hop is an edge seen from its upper end: rows of a table below hang there.
type hop struct {
	source, table string // below
	edge          Edge
}

// kept is a table whose rows are kept by a place, and dated.
type kept struct {
	at
	During
}

// likeness joins a place of one table to the same place in another.
type likeness struct {
	at                   // the other
	on map[string]string // columns of the one to those of the other
}

// NewPlan makes a plan of the maps of all sources that are open, by source.
func NewPlan(maps map[string]*Map) *Plan { return &Plan{maps: maps} }

// Walk is the function [Walk], over the plan's maps.
func (p *Plan) Walk(ctx context.Context, starts []Start, src Rows) (*Found, error) {
	p.once.Do(p.sort)
	return walk(newWalker(ctx, p, src), starts)
}

// People is the function [People], over the plan's maps.
func (p *Plan) People(ctx context.Context, source string, r rows.Row, src Rows) (Parties, error) {
	return people(newWalker(ctx, p, src), source, r)
}

func (p *Plan) sort() {
	p.below, p.keptBy, p.same = map[at][]hop{}, map[at][]kept{}, map[at][]likeness{}
	for source, m := range p.maps {
		for name, t := range m.Tables {
			if t.Skip == "" {
				p.order = append(p.order, at{source, name})
			}
		}
	}
	sort.Slice(p.order, func(i, j int) bool {
		a, b := p.order[i], p.order[j]
		return cmp.Or(strings.Compare(a.source, b.source), strings.Compare(a.table, b.table)) < 0
	})
	for _, k := range p.order {
		t := p.maps[k.source].Tables[k.table]
		for _, e := range t.OwnedBy {
			up := at{e.In(k.source), e.Table}
			p.below[up] = append(p.below[up], hop{k.source, k.table, e})
		}
		for _, d := range t.During {
			place := at{d.In(k.source), d.Place}
			p.keptBy[place] = append(p.keptBy[place], kept{k, d})
		}
		for _, e := range t.SameAs {
			other, back := at{e.In(k.source), e.Table}, make(map[string]string, len(e.On))
			for c, up := range e.On {
				back[up] = c
			}
			p.same[k] = append(p.same[k], likeness{other, e.On})
			p.same[other] = append(p.same[other], likeness{k, back})
		}
	}
	for _, hops := range p.below {
		slices.SortStableFunc(hops, func(a, b hop) int { return strings.Compare(a.source, b.source) })
	}
}
