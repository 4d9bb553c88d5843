package console

import (
	"html/template"
	"strings"

	"tenet/internal/web"
)

// Templates take one value; these put together what several of the parts need.
type (
	fieldFor struct {
		Field FormField
		Wrong string
	}
	partFor struct {
		Part  paperPart
		Wrong web.Errors
	}
	rowFor struct {
		Row   []FormField
		Wrong web.Errors
	}
	chartFor struct {
		Chart      *Chart
		Says, Unit string
	}
	amountsFor struct {
		Title, Says string
		Chart       *Chart
		Amounts     []Amount
		Column      string
	}
	disclosuresFor struct {
		Title string
		List  []Disclosure
	}
	narrowFor struct {
		Name, Label, All, Now string
		Choices               []Choice
	}
)

func workFuncs() template.FuncMap {
	return template.FuncMap{
		"paragraphs": func(words string) (out [][]string) {
			for p := range strings.SplitSeq(strings.ReplaceAll(words, "\r\n", "\n"), "\n\n") {
				if p = strings.Trim(p, "\n"); p != "" {
					out = append(out, strings.Split(p, "\n"))
				}
			}
			return out
		},
		"passwordField": func(name, label, hint, use string) FormField {
			return FormField{Name: name, Label: label, Hint: hint, As: use}
		},
		"fieldFor":  func(f FormField, wrong string) fieldFor { return fieldFor{f, wrong} },
		"partFor":   func(p paperPart, wrong web.Errors) partFor { return partFor{p, wrong} },
		"rowFor":    func(row []FormField, wrong web.Errors) rowFor { return rowFor{row, wrong} },
		"offersFor": newOffersView,
		"chartFor":  func(c *Chart, says, unit string) chartFor { return chartFor{c, says, unit} },
		"amountsFor": func(title, says string, c *Chart, list []Amount, column string) amountsFor {
			return amountsFor{title, says, c, list, column}
		},
		"disclosuresFor": func(title string, list []Disclosure) disclosuresFor { return disclosuresFor{title, list} },
		"narrowFor": func(name, label, all, now string, list []Choice) narrowFor {
			return narrowFor{name, label, all, now, list}
		},
	}
}
