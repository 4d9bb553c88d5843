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
	Sources     []string         `json:"sources"`
	Reviewer    bool             `json:"reviewer,omitempty"` // what was left out is in it

	numbers map[string][]int // of the items, by ID
	extra   []Extra
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
	// Documents stand in DocumentFolder.
	Documents []document `json:"documents,omitempty"`
	// LeftOut is the lines of the schedule that are about this item.
	LeftOut []withheld `json:"-"`
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
	// Exemption is what a withheld value rests on, where the Input says.
	Exemption *exemption `json:"exemption,omitempty"`
	// Parts is the whole value in a reviewer's copy. No Input can fill it.
	Parts []part `json:"parts,omitempty"`
}

type withheld struct {
	Item      int       `json:"item,omitempty"`
	What      string    `json:"what"`
	Exemption exemption `json:"exemption"`
	Reason    string    `json:"reason"`
	Times     int       `json:"times"`
}

// part is a piece of a whole value in a reviewer's copy.
type part struct {
	Text string `json:"text"`
	Left bool   `json:"left_out,omitempty"`
	Why  string `json:"why,omitempty"` // what it rests on, where it is left out
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
	slices.SortFunc(c.Disclosures.Given, func(a, b disclosure) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.What, b.What))
	})
	left, err := schedule(in.Withheld)
	if err != nil {
		return nil, err
	}
	if err := c.addItems(in.Items, left); err != nil {
		return nil, err
	}
	if err := c.addWithheld(left); err != nil {
		return nil, err
	}
	c.addSources(in.Sources)
	return c, nil
}

func newItem(in Item) (item, error) {
	out := item{
		Category: line(in.Category), Title: line(in.Title), Source: line(in.Source), Table: line(in.Table),
		Whose: line(in.Whose), Date: in.Date, How: line(in.How),
	}
	out.Title = cmp.Or(out.Title, Label(out.Table), "Other records")
	if in.ID == "" {
		return out, fmt.Errorf("an item of source %q has no ID: give each item one", out.Source)
	}
	var err error
	if out.Fields, err = fields(in.Fields); err != nil {
		return out, fmt.Errorf("an item of source %q: %w", out.Source, err)
	}
	if out.Texts, err = fields(in.Texts); err != nil {
		return out, fmt.Errorf("an item of source %q: %w", out.Source, err)
	}
	if out.Documents, err = newDocuments(in.Documents); err != nil {
		return out, fmt.Errorf("an item of source %q: %w", out.Source, err)
	}
	return out, nil
}

func fields(in []Field) ([]field, error) {
	out := make([]field, len(in))
	for i, f := range in {
		out[i] = field{Name: line(f.Name), Label: line(f.Label), Withheld: f.Withheld, Note: line(f.Note)}
		out[i].Label = cmp.Or(out[i].Label, Label(out[i].Name), "Value")
		if !f.Withheld {
			out[i].Value = Clean(f.Value)
			continue
		}
		if f.Exemption != "" {
			e, ok := law.ExemptionByID(f.Exemption)
			if !ok {
				return nil, fmt.Errorf("field %d rests on the exemption %q, which is not one of package law", i+1, line(f.Exemption))
			}
			out[i].Exemption = &exemption{e.ID, e.Title, e.Cite}
		}
	}
	return out, nil
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
