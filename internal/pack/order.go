package pack

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"tenet/internal/law"
)

// scheduled is one line of the schedule, and the ID of the item it is about.
type scheduled struct {
	id string
	withheld
}

func schedule(in []Withheld) ([]scheduled, error) {
	out := make([]scheduled, len(in))
	for i, w := range in {
		e, ok := law.ExemptionByID(w.Exemption)
		if !ok {
			return nil, fmt.Errorf("line %d of the schedule rests on the exemption %q, which is not one of package law", i+1, line(w.Exemption))
		}
		out[i] = scheduled{w.Item, withheld{What: line(w.What), Exemption: exemption{e.ID, e.Title, e.Cite}, Reason: line(w.Reason)}}
		if out[i].What == "" {
			return nil, fmt.Errorf("line %d of the schedule does not say what was withheld: say it in neutral words", i+1)
		}
	}
	slices.SortStableFunc(out, func(a, b scheduled) int { return compareLines(a.withheld, b.withheld) })
	return out, nil
}

// addItems puts items in the order of the notice's categories, then by kind and
// date, and numbers them from 1. Those that are alike in this stand in the order
// of what they say and of what is left out of them: never of their IDs, which
// are made of the case and the workspace, so that another workspace would make
// other bytes of the same answer. Equal rows of a table without a key may have
// one ID; different items may not.
func (c *content) addItems(in []Item, lines []scheduled) error {
	rank := make(map[string]int)
	for i, x := range c.Explanation.Categories {
		rank[string(x.ID)] = i
	}
	position := func(category string) int {
		if i, ok := rank[category]; ok {
			return i
		}
		if category == "" {
			return len(rank) + 1
		}
		return len(rank)
	}
	about := make(map[string][]withheld)
	for _, l := range lines {
		about[l.id] = append(about[l.id], l.withheld)
	}
	type named struct {
		id string
		item
	}
	all := make([]named, len(in))
	for i, x := range in {
		made, err := newItem(x)
		if err != nil {
			return err
		}
		all[i] = named{x.ID, made}
	}
	slices.SortFunc(all, func(a, b named) int {
		return cmp.Or(
			cmp.Compare(position(a.Category), position(b.Category)), compareItems(a.item, b.item),
			slices.CompareFunc(about[a.id], about[b.id], compareLines))
	})
	c.numbers = make(map[string][]int, len(all))
	for i, x := range all {
		x.Number = i + 1
		x.nameDocuments()
		if twin := c.numbers[x.id]; len(twin) > 0 && compareItems(c.Items[twin[0]-1], x.item) != 0 {
			return fmt.Errorf("two items of source %q have one ID: give each its own", x.Source)
		}
		c.numbers[x.id] = append(c.numbers[x.id], x.Number)
		c.addItem(x.item)
	}
	return nil
}

// addItem puts a numbered item last, and into the index.
func (c *content) addItem(x item) {
	if n := len(c.Index); n > 0 && c.Items[len(c.Items)-1].kind() == x.kind() {
		c.Index[n-1].Last = x.Number
	} else {
		e := x.kind()
		e.First, e.Last = x.Number, x.Number
		c.Index = append(c.Index, e)
	}
	c.Items = append(c.Items, x)
}

// addWithheld makes the schedule: by item, and each different line once, with
// how many times. Lines about equal items of one ID are dealt out among them.
func (c *content) addWithheld(lines []scheduled) error {
	dealt := make(map[scheduled]int)
	times := make(map[withheld]int)
	for _, l := range lines {
		row := l.withheld
		if l.id != "" {
			to := c.numbers[l.id]
			if len(to) == 0 {
				return errors.New("a line of the schedule is about an item that is not in the answer: leave its item empty")
			}
			row.Item = to[dealt[l]%len(to)]
			dealt[l]++
		}
		times[row]++
	}
	for row, n := range times {
		row.Times = n
		c.Withheld = append(c.Withheld, row)
	}
	slices.SortFunc(c.Withheld, func(a, b withheld) int {
		last := func(w withheld) int { // What is in no item comes after what is.
			if w.Item == 0 {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(a.Item, b.Item), compareLines(a, b))
	})
	for _, w := range c.Withheld {
		if w.Item > 0 {
			x := &c.Items[w.Item-1]
			x.LeftOut = append(x.LeftOut, w)
		}
	}
	return nil
}

// addSources names the systems that were searched.
func (c *content) addSources(in []string) {
	c.Sources = orEmpty(lines(in))
	for _, e := range c.Index {
		c.Sources = append(c.Sources, e.Source)
	}
	slices.Sort(c.Sources)
	c.Sources = slices.Compact(c.Sources)
}

func compareLines(a, b withheld) int {
	return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Exemption.ID, b.Exemption.ID), cmp.Compare(a.Reason, b.Reason))
}

// compareItems compares all that items say but their numbers.
func compareItems(a, b item) int {
	return cmp.Or(
		cmp.Compare(a.Category, b.Category), cmp.Compare(a.Title, b.Title), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Table, b.Table),
		a.Date.Compare(b.Date), slices.CompareFunc(a.Fields, b.Fields, compareFields), slices.CompareFunc(a.Texts, b.Texts, compareFields),
		cmp.Compare(a.Whose, b.Whose), cmp.Compare(a.How, b.How), slices.CompareFunc(a.Documents, b.Documents, compareDocuments))
}

func compareFields(a, b field) int {
	rests := func(f field) string {
		if f.Exemption == nil {
			return ""
		}
		return f.Exemption.ID
	}
	withheld := func(f field) int {
		if f.Withheld {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value), cmp.Compare(withheld(a), withheld(b)),
		cmp.Compare(a.Label, b.Label), cmp.Compare(a.Note, b.Note), cmp.Compare(rests(a), rests(b)))
}
