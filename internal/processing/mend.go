package processing

import (
	"fmt"
	"strings"

	"tenet/internal/notice"
)

// thing is something of the pack that a cell names by its title.
type thing struct {
	id    notice.ID
	title string
}

// things are what the entries of a column name, and the file that has them.
func things(n *notice.Notice, column string) (list []thing, file string) {
	switch column {
	case colPeople:
		for _, p := range n.Data.People {
			list = append(list, thing{p.ID, p.Title})
		}
		return list, "data.yaml people"
	case colCategories:
		for _, c := range n.Data.Categories {
			list = append(list, thing{c.ID, c.Title + kindWords(c.Kind)}, thing{c.ID, c.Title})
		}
		return list, "data.yaml categories"
	case colSources:
		for _, s := range n.Data.Sources {
			list = append(list, thing{s.ID, s.Title})
		}
		return list, "data.yaml sources"
	case colRecipients, colJoint:
		for _, r := range n.Sharing.Recipients {
			list = append(list, thing{r.ID, r.Title})
		}
		return list, "sharing.yaml recipients"
	}
	return nil, ""
}

// named is the one thing that a text names, by title or by id.
func named(list []thing, text string) (notice.ID, bool) {
	var found notice.ID
	for _, t := range list {
		if strings.EqualFold(oneLine(t.title), text) || string(t.id) == text {
			if found != "" && found != t.id {
				return "", false
			}
			found = t.id
		}
	}
	return found, found != ""
}

// mends say which field of the pack to change so that the record says what a sheet
// says. They are for a person: nothing here is written.
func mends(n *notice.Notice, col Column, have Cell, d Difference) []Mend {
	if col.Filed {
		return []Mend{{have.At, "this is what " + col.From + " says: write or change the paper there"}}
	}
	switch col.ID {
	case colRights:
		return []Mend{{have.At, "the rights follow from the basis: change basis, if that is what is wrong"}}
	case colLocation:
		return []Mend{{have.At, "where data lies is in the maps: tenet discover, then confirm; no notice says it"}}
	case colFunction:
		return []Mend{{have.At, "this is the name of the use: changing it makes another use, so change it only by hand and everywhere"}}
	}
	var out []Mend
	list, file := things(n, col.ID)
	for _, text := range d.Removed {
		at := have.At
		for _, e := range have.Entries {
			if e.Text == text {
				at = e.At
			}
		}
		switch id, ok := named(list, text); {
		case ok && (col.ID == colRecipients || col.ID == colJoint):
			out = append(out, Mend{at, fmt.Sprintf("take %s out of for:, or change the rule that gives data to %s", d.Use, id)})
		case ok:
			out = append(out, Mend{at, fmt.Sprintf("take %s out of %s", id, at.Field)})
		case len(d.Added) == 0:
			out = append(out, Mend{at, "take it out of " + at.Field + ", if it is not so"})
		}
	}
	for _, text := range d.Added {
		id, ok := named(list, text)
		switch {
		case ok && (col.ID == colRecipients || col.ID == colJoint):
			out = append(out, Mend{have.At, fmt.Sprintf("add a rule with to: %s and for: [%s], or add %s to the for: of a rule there is", id, d.Use, d.Use)})
		case ok:
			out = append(out, Mend{have.At, fmt.Sprintf("add %s to %s", id, have.At.Field)})
		case file != "":
			out = append(out, Mend{have.At, fmt.Sprintf("%s has nothing called %q: add it there first, then to %s", file, clip(text), have.At.Field)})
		case !col.List && len(have.Entries) > 0:
			out = append(out, Mend{have.Entries[0].At, fmt.Sprintf("write there what the sheet says: %q", clip(text))})
		default:
			out = append(out, Mend{have.At, fmt.Sprintf("say so in %s (%s): %q", have.At.Field, col.From, clip(text))})
		}
	}
	return out
}
