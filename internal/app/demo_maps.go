package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/demo"
	"tenet/internal/desk"
	"tenet/internal/notice"
)

// saidMaps puts into the maps what the demo's landlord has said of its systems: which rule
// of keeping tables are under, what the notice calls what is in them, and for whom they are
// kept.
func saidMaps(d *desk.Desk, who demo.Landlord) error {
	said, err := demo.Sayings()
	if err != nil {
		return err
	}
	own, err := who.Own()
	if err != nil {
		return err
	}
	for _, sys := range d.Config.Sources {
		file := filepath.Join(d.Dir, "maps", sys.Name+".yaml")
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read the map of %s: %w", sys.Name, err)
		}
		m, err := datamap.Parse(file, text)
		if err != nil {
			return err
		}
		saidTables(m, d.Notice, said)
		callAs(m, d.Notice, own.Categories)
		if text := who.OwnMap(sys.Name); text != nil {
			over, err := datamap.Parse("the landlord's own map of "+sys.Name, text)
			if err != nil {
				return err
			}
			layOver(m, over)
		}
		if text, err = m.Marshal(); err != nil {
			return fmt.Errorf("write the map of %s: %w", sys.Name, err)
		}
		if _, err := datamap.Parse(file, text); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// saidTables is what every landlord of the demo says of the systems that all have.
func saidTables(m *datamap.Map, n *notice.Notice, said demo.Said) {
	category := func(ids []string) string {
		i := slices.IndexFunc(ids, func(id string) bool { _, ok := n.Data.Category(notice.ID(id)); return ok })
		if i < 0 {
			return ""
		}
		return ids[i]
	}
	for name, s := range said.Tables {
		source, table, _ := strings.Cut(name, ".")
		if source != m.Source {
			continue
		}
		t := m.Tables[table]
		if t == nil {
			t = &datamap.Table{}
			m.Tables[table] = t
		}
		if s.Aside != "" {
			*t = datamap.Table{Skip: s.Aside}
			continue
		}
		if id := category(s.Holds); id != "" {
			t.Category = id
		}
		for column, ids := range s.Columns {
			if id := category(ids); id != "" {
				if t.Columns == nil {
					t.Columns = map[string]*datamap.Column{}
				}
				t.Columns[column] = &datamap.Column{Category: id}
			}
		}
		for _, id := range s.Keeping {
			if _, ok := n.Keeping.Rule(notice.ID(id)); ok && t.Retention == "" {
				t.Retention = id
			}
		}
		if s.From != "" {
			t.RetentionFrom = s.From
		}
	}
}

// callAs calls what is in a map as the notice calls it. What the notice has no word for is
// left without one: that is a gap in the notice, which its record of processing names, and
// no reason to keep from people what is theirs.
func callAs(m *datamap.Map, n *notice.Notice, as map[string]string) {
	call := func(category *string) {
		if _, known := n.Data.Category(notice.ID(*category)); known {
			return
		}
		if name, said := as[*category]; said {
			*category = name
		}
	}
	for _, t := range m.Tables {
		call(&t.Category)
		for _, c := range t.Columns {
			call(&c.Category)
		}
	}
}

// layOver puts what a map says in the place of what another says, and leaves the rest.
func layOver(m, over *datamap.Map) {
	if over.Holder != (datamap.Holder{}) {
		m.Holder = over.Holder
	}
	for name, by := range over.Tables {
		t := m.Tables[name]
		if t == nil || t.Skip != "" {
			m.Tables[name] = by
			continue
		}
		set(&t.Category, by.Category)
		set(&t.Review, by.Review)
		set(&t.Retention, by.Retention)
		set(&t.RetentionFrom, by.RetentionFrom)
		set(&t.Holder, by.Holder)
		set(&t.ClientFrom, by.ClientFrom)
		set(&t.Discloses, by.Discloses)
		if by.People != datamap.NotPeople {
			t.People, t.Identifiers, t.Names = by.People, by.Identifiers, nil
		}
		if by.Names != nil {
			t.Names = by.Names
		}
		if by.OwnedBy != nil {
			t.OwnedBy = by.OwnedBy
		}
		for column, c := range by.Columns {
			if t.Columns == nil {
				t.Columns = map[string]*datamap.Column{}
			}
			t.Columns[column] = c
		}
	}
}

// set puts a value that was said in the place of another.
func set[T comparable](to *T, said T) {
	var none T
	if said != none {
		*to = said
	}
}
