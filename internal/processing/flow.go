package processing

import (
	"fmt"
	"slices"
)

// Flow is what a drawing of the record shows: categories that go to purposes, and
// purposes that go to recipients.
type Flow struct {
	Layers [3][]Node // categories, purposes, recipients
	Links  []Link
	Folded bool // some are drawn together
}

// Node is one band of a layer.
type Node struct {
	Title string
	Of    int // how many are drawn together; 1 for itself alone
	Size  int // the larger of what comes in and what goes out
}

// Link is a band from a node of one layer to one of the next. Size is in uses: how
// many rows of the record it stands for.
type Link struct{ Layer, From, To, Size int }

// Flows is the record as a drawing of at most so many nodes in a layer: those with
// most to do stand alone, and the others are drawn together.
func Flows(r *Register, most int) Flow {
	type edge struct{ layer, from, to int }
	var names [3][]string
	var sizes [3]map[string]int
	for i := range sizes {
		sizes[i] = map[string]int{}
	}
	place := func(layer int, name string) {
		if !slices.Contains(names[layer], name) {
			names[layer] = append(names[layer], name)
		}
		sizes[layer][name]++
	}
	type path struct {
		purpose   string
		data, out []string
	}
	var paths []path
	for _, row := range r.Rows {
		p := path{row.Purpose(), row.Categories(), row.Cell(colRecipients).texts()}
		for _, c := range p.data {
			place(0, c)
			place(1, p.purpose)
		}
		for _, x := range p.out {
			place(1, p.purpose)
			place(2, x)
		}
		paths = append(paths, p)
	}
	var f Flow
	var at [3]map[string]int
	kinds := [3]string{"categories", "purposes", "recipients"}
	for layer := range names {
		at[layer] = map[string]int{}
		slices.SortStableFunc(names[layer], func(a, b string) int { return sizes[layer][b] - sizes[layer][a] })
		alone := len(names[layer])
		if alone > most {
			alone, f.Folded = most-1, true
		}
		for i, name := range names[layer] {
			if i < alone {
				f.Layers[layer] = append(f.Layers[layer], Node{Title: name, Of: 1})
			}
			at[layer][name] = min(i, alone)
		}
		if rest := len(names[layer]) - alone; rest > 0 {
			f.Layers[layer] = append(f.Layers[layer], Node{Title: fmt.Sprintf("%d other %s", rest, kinds[layer]), Of: rest})
		}
	}
	links := map[edge]int{}
	for _, p := range paths {
		for _, c := range p.data {
			links[edge{0, at[0][c], at[1][p.purpose]}]++
		}
		for _, x := range p.out {
			links[edge{1, at[1][p.purpose], at[2][x]}]++
		}
	}
	var in, out [3][]int
	for layer := range f.Layers {
		in[layer], out[layer] = make([]int, len(f.Layers[layer])), make([]int, len(f.Layers[layer]))
	}
	for e, n := range links {
		f.Links = append(f.Links, Link{e.layer, e.from, e.to, n})
		out[e.layer][e.from] += n
		in[e.layer+1][e.to] += n
	}
	slices.SortFunc(f.Links, func(a, b Link) int {
		for _, x := range [][2]int{{a.Layer, b.Layer}, {a.From, b.From}, {a.To, b.To}} {
			if x[0] != x[1] {
				return x[0] - x[1]
			}
		}
		return 0
	})
	for layer := range f.Layers {
		for i := range f.Layers[layer] {
			f.Layers[layer][i].Size = max(in[layer][i], out[layer][i])
		}
	}
	return f
}
