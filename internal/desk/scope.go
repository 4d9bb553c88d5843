package desk

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/notice"
)

// Scope is a part of what is held that people ask for by itself. A solicitor in a claim
// about disrepair asks for repairs, surveys and what was written about them, and has no
// use for the rent account.
type Scope struct {
	ID         string      `yaml:"id"`
	Title      string      `yaml:"title"`      // as the answer says it: "Repairs and the condition of your home"
	Categories []notice.ID `yaml:"categories"` // of the notice
}

func (c Config) checkScopes() error {
	for i, s := range c.Scopes {
		bad := func(what, mend string) error {
			return &Error{Code: "scope", What: what, Where: fmt.Sprintf("%s: scopes[%d]", configFile, i), Mend: mend}
		}
		switch {
		case !sourceName.MatchString(s.ID):
			return bad(fmt.Sprintf("%q cannot name a scope", s.ID), "use small letters, digits and hyphens, beginning with a letter")
		case strings.TrimSpace(s.Title) == "":
			return bad("it has no title, and the answer says by it what was asked for", "add title: Repairs and the condition of your home")
		case len(s.Categories) == 0:
			return bad("it has no categories, so that nothing would be in it", "add categories: those of data.yaml that it reaches to")
		case slices.ContainsFunc(c.Scopes[:i], func(o Scope) bool { return o.ID == s.ID }):
			return bad(fmt.Sprintf("there are two scopes called %q", s.ID), "give one of them another name")
		}
	}
	return nil
}

// scope is the scope of that name, held against the notice; nil for no name, which is
// everything.
func (d *Desk) scope(id string) (*Scope, error) {
	if id == "" {
		return nil, nil
	}
	i := slices.IndexFunc(d.Config.Scopes, func(s Scope) bool { return s.ID == id })
	if i < 0 {
		var have []string
		for _, s := range d.Config.Scopes {
			have = append(have, s.ID)
		}
		mend := "name it under scopes: in " + configFile
		if len(have) > 0 {
			mend += ", or use one of " + strings.Join(have, ", ")
		}
		return nil, &Error{Code: "scope", What: fmt.Sprintf("there is no scope %.40q", id), Where: "--scope", Mend: mend}
	}
	s := d.Config.Scopes[i]
	for _, c := range s.Categories {
		if _, ok := d.Notice.Data.Category(c); !ok {
			return nil, &Error{Code: "scope", What: fmt.Sprintf("the notice has no category %q", c), Where: configFile + ": scopes: " + s.ID, Mend: "use the ids of data.yaml"}
		}
	}
	return &s, nil
}

// leaves says why a record stays out of an answer that is asked for within the scope, or
// why a person has to say whether it does. Who the person is, as we hold it, is in every
// answer: it says whom it is about.
func (s *Scope) leaves(r find.Record, t *datamap.Table) (stays, waits string) {
	if s == nil || t.People != datamap.NotPeople && r.Is(datamap.Self) {
		return "", ""
	}
	known := false
	in := func(category string) bool {
		known = known || category != ""
		return slices.Contains(s.Categories, notice.ID(category))
	}
	if in(t.Category) {
		return "", ""
	}
	for _, c := range t.Columns {
		if in(c.Category) {
			return "", ""
		}
	}
	if !known {
		return "", "Its map does not say what it is, and what was asked for is: " + s.Title
	}
	return "It is not part of what was asked for: " + s.Title, ""
}
