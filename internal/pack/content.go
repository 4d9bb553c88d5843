package pack

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// format names the shape of the JSON; doc.go describes it.
const format = "tenet-pack/1"

// hidden stands where a value was withheld.
const hidden = "[withheld]"

// content is the answer as all the files say it: cleaned, ordered, numbered. It
// is the JSON; the page and the spreadsheet are made from it too, which is why
// they cannot differ.
type content struct {
	Format      string           `json:"format"`
	Reference   string           `json:"reference"`
	Landlord    string           `json:"landlord"`
	Contact     notice.Contact   `json:"contact"`
	Person      string           `json:"person"`
	Received    law.Date         `json:"received,omitzero"`
	Due         law.Date         `json:"due,omitzero"`
	Searched    law.Date         `json:"searched"`
	Working     []string         `json:"working"`
	Explanation notice.Article15 `json:"explanation"`
	Disclosures disclosures      `json:"disclosures"`
	Index       []entry          `json:"index"`
	Items       []item           `json:"items"`
	Withheld    []withheld       `json:"withheld"`
	NotSearched []gap            `json:"not_searched"`
	NotFollowed []gap            `json:"not_followed"`
}

type disclosures struct {
	LogFrom law.Date     `json:"log_from,omitzero"`
	Given   []disclosure `json:"given"`
}

type disclosure struct {
	Recipient string   `json:"recipient"`
	Date      law.Date `json:"date,omitzero"`
	What      string   `json:"what"`
}

// entry is a run of items of one kind, by number.
type entry struct {
	First    int    `json:"first"`
	Last     int    `json:"last"`
	Title    string `json:"title"`
	Category string `json:"category"`
	Source   string `json:"source"`
	Table    string `json:"table"`
}

type item struct {
	Number   int      `json:"number"`
	Category string   `json:"category"`
	Title    string   `json:"title"`
	Source   string   `json:"source"`
	Table    string   `json:"table"`
	Whose    string   `json:"whose"`
	Date     law.Date `json:"date,omitzero"`
	How      string   `json:"how"`
	Fields   []field  `json:"fields"`
	Texts    []field  `json:"texts"`
}

// kind is what decides which items stand together.
func (i item) kind() entry {
	return entry{Title: i.Title, Category: i.Category, Source: i.Source, Table: i.Table}
}

type field struct {
	Name     string `json:"name"`
	Label    string `json:"label"`
	Value    string `json:"value"`
	Withheld bool   `json:"withheld,omitempty"`
	Note     string `json:"note,omitempty"`
}

type withheld struct {
	Item      int       `json:"item,omitempty"`
	What      string    `json:"what"`
	Exemption exemption `json:"exemption"`
	Reason    string    `json:"reason"`
	Times     int       `json:"times"`
}

type exemption struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Cite  string `json:"cite"`
}

type gap struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// newContent checks an Input and puts it in order. Errors name items by where
// they stand in the Input, never by what is in them.
func newContent(in Input) (*content, error) {
	c := &content{
		Format:      format,
		Reference:   line(in.Reference),
		Landlord:    line(cmp.Or(in.Landlord, in.Explanation.Landlord)),
		Contact:     cleanContact(in.Contact),
		Person:      line(in.Person),
		Received:    in.Received,
		Due:         in.Due,
		Searched:    in.Searched,
		Working:     orEmpty(lines(in.Working)),
		Explanation: in.Explanation,
		Disclosures: disclosures{LogFrom: in.Disclosures.LogFrom, Given: []disclosure{}},
		Index:       []entry{},
		Items:       []item{},
		Withheld:    []withheld{},
		NotSearched: gaps(in.NotSearched),
		NotFollowed: gaps(in.NotFollowed),
	}
	if in.Contact == (notice.Contact{}) {
		c.Contact = cleanContact(in.Explanation.Officer)
	}
	switch {
	case c.Reference == "":
		return nil, errors.New("the answer has no reference: give that of its case")
	case c.Landlord == "":
		return nil, errors.New("the answer does not say whose it is: give the landlord's name")
	case c.Searched.IsZero():
		return nil, errors.New("the answer does not say when the systems were searched: give the date")
	}
	for _, d := range in.Disclosures.Given {
		c.Disclosures.Given = append(c.Disclosures.Given, disclosure{line(d.Recipient), d.Date, line(d.What)})
	}
	slices.SortStableFunc(c.Disclosures.Given, func(a, b disclosure) int { return a.Date.Compare(b.Date) })
	numbers, err := c.addItems(in.Items)
	if err != nil {
		return nil, err
	}
	if err := c.addWithheld(in.Withheld, numbers); err != nil {
		return nil, err
	}
	return c, nil
}

// addItems puts items in the order of the notice's categories, then by kind and
// date, and numbers them from 1. It gives the numbers by ID.
func (c *content) addItems(in []Item) (map[string]int, error) {
	rank := make(map[string]int)
	for i, x := range c.Explanation.Categories {
		rank[string(x.ID)] = i
	}
	after := len(rank)
	position := func(category string) int {
		if i, ok := rank[category]; ok {
			return i
		}
		if category == "" {
			return after + 1
		}
		return after
	}
	type named struct {
		id string
		item
	}
	all := make([]named, len(in))
	for i, x := range in {
		all[i] = named{x.ID, newItem(x)}
	}
	slices.SortStableFunc(all, func(a, b named) int {
		return cmp.Or(
			cmp.Compare(position(a.Category), position(b.Category)), cmp.Compare(a.Category, b.Category),
			cmp.Compare(a.Title, b.Title), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Table, b.Table),
			a.Date.Compare(b.Date), cmp.Compare(a.id, b.id))
	})
	numbers := make(map[string]int, len(all))
	for i, x := range all {
		x.Number = i + 1
		if x.id == "" {
			return nil, fmt.Errorf("an item of source %q has no ID: give each item one", x.Source)
		}
		if _, twice := numbers[x.id]; twice {
			return nil, fmt.Errorf("two items of source %q have one ID: give each its own", x.Source)
		}
		numbers[x.id] = x.Number
		if n := len(c.Index); n > 0 && c.Items[i-1].kind() == x.kind() {
			c.Index[n-1].Last = x.Number
		} else {
			e := x.kind()
			e.First, e.Last = x.Number, x.Number
			c.Index = append(c.Index, e)
		}
		c.Items = append(c.Items, x.item)
	}
	return numbers, nil
}

func newItem(in Item) item {
	out := item{
		Category: line(in.Category), Title: line(in.Title), Source: line(in.Source), Table: line(in.Table),
		Whose: line(in.Whose), Date: in.Date, How: line(in.How), Fields: fields(in.Fields), Texts: fields(in.Texts),
	}
	out.Title = cmp.Or(out.Title, Label(out.Table), "Other records")
	return out
}

func fields(in []Field) []field {
	out := make([]field, len(in))
	for i, f := range in {
		out[i] = field{Name: line(f.Name), Label: line(f.Label), Withheld: f.Withheld, Note: line(f.Note)}
		out[i].Label = cmp.Or(out[i].Label, Label(out[i].Name), "Value")
		if !f.Withheld {
			out[i].Value = Clean(f.Value)
		}
	}
	return out
}

// addWithheld makes the schedule: by item, and each different line once, with
// how many times.
func (c *content) addWithheld(in []Withheld, numbers map[string]int) error {
	times := make(map[withheld]int)
	for i, w := range in {
		e, ok := law.ExemptionByID(w.Exemption)
		if !ok {
			return fmt.Errorf("line %d of the schedule rests on the exemption %q, which is not one of package law", i+1, line(w.Exemption))
		}
		row := withheld{What: line(w.What), Exemption: exemption{e.ID, e.Title, e.Cite}, Reason: line(w.Reason)}
		if row.What == "" {
			return fmt.Errorf("line %d of the schedule does not say what was withheld: say it in neutral words", i+1)
		}
		if w.Item != "" {
			if row.Item, ok = numbers[w.Item]; !ok {
				return fmt.Errorf("line %d of the schedule is about an item that is not in the answer: leave its item empty", i+1)
			}
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
		return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(a.Item, b.Item), cmp.Compare(a.What, b.What),
			cmp.Compare(a.Exemption.ID, b.Exemption.ID), cmp.Compare(a.Reason, b.Reason))
	})
	return nil
}

func gaps(in []Gap) []gap {
	out := make([]gap, len(in))
	for i, g := range in {
		out[i] = gap{line(g.What), line(g.Why)}
	}
	slices.SortFunc(out, func(a, b gap) int {
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.Why, b.Why))
	})
	return slices.Compact(out)
}

// orEmpty makes no list an empty one, which JSON writes as [].
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
