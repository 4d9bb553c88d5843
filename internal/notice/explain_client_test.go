package notice

import (
	"slices"
	"testing"
)

// TestExplainForClient: what is explained for a client names it, its officer and those
// who oversee it, and no use but those that are made for it.
func TestExplainForClient(t *testing.T) {
	fsys, err := Pack("harbourside")
	if err != nil {
		t.Fatal(err)
	}
	n := load(t, fsys)
	about := About{Day: "2026-11-23"}
	for _, c := range n.Data.Categories {
		about.Categories = append(about.Categories, string(c.ID))
	}
	own := n.Explain(about)
	for _, c := range n.Landlord.Clients {
		about.Client = c.ID
		e := n.Explain(about)
		if e.Landlord != c.Name || len(e.Controllers) != 1 || e.Controllers[0].Name != c.Name || e.Controllers[0].Address != c.Address || e.Officer.ID != c.Officer {
			t.Errorf("%s: %q, %+v, %+v", c.ID, e.Landlord, e.Controllers, e.Officer)
		}
		if len(e.Purposes) == 0 || len(e.Purposes) >= len(own.Purposes) {
			t.Errorf("%s: %d purposes of our %d", c.ID, len(e.Purposes), len(own.Purposes))
		}
		for _, p := range e.Purposes {
			i := slices.IndexFunc(n.Uses.Uses, func(u Use) bool { return u.ID == p.ID })
			if u := n.Uses.Uses[i]; u.Role != AsProcessor || !slices.Contains(u.Clients, c.ID) {
				t.Errorf("%s is told of %s, which is not done for it", c.ID, u.ID)
			}
		}
		for _, id := range c.Regulators {
			i := slices.IndexFunc(n.Landlord.Regulators, func(r Regulator) bool { return r.ID == id })
			name := n.Landlord.Regulators[i].On(about.Day).Name
			if !slices.ContainsFunc(e.Complaints, func(x ExplainedComplaint) bool { return x.Regulator != nil && x.Regulator.Name == name }) {
				t.Errorf("%s: %s is not on the ladder", c.ID, name)
			}
		}
		for _, x := range e.Complaints {
			if x.Route == OurOwn && (x.Contact == nil || x.Contact.ID != c.Officer) {
				t.Errorf("%s: complaints go to %+v", c.ID, x.Contact)
			}
		}
	}
	if again := n.Explain(About{Categories: about.Categories, Day: about.Day}); again.Landlord != own.Landlord || len(again.Complaints) != len(own.Complaints) || again.Complaints[0].Contact.ID != own.Complaints[0].Contact.ID {
		t.Error("explaining for a client changed what we explain for ourselves")
	}
}
