package notice

import "slices"

// explainFor makes an explanation one that is given on behalf of a client, who decides
// over the data (UK GDPR Article 28): the client is its controller, its officer is whom
// to write to, and those who oversee it are on the ladder. A client that the notice does
// not have changes nothing.
func (n *Notice) explainFor(e *Article15, client ID, day Date) {
	c, ok := byID(n.Landlord.Clients, client, func(c Client) ID { return c.ID })
	if !ok {
		return
	}
	e.Landlord, e.Officer = c.Name, Contact{}
	n.explainUnkept(e, c)
	e.Controllers = []Controller{{ID: c.ID, Name: c.Name, Kind: c.Kind, Lead: true, Does: "It is the landlord for whom these records are kept.", Regulators: c.Regulators, Provider: c.Provider, Address: c.Address}}
	officer, named := n.contact(c.Officer)
	if named {
		e.Officer = officer
	}
	for i := range e.Complaints {
		if e.Complaints[i].Route == OurOwn && named {
			e.Complaints[i].Contact = &officer
		}
	}
	for _, id := range c.Regulators {
		r, ok := byID(n.Landlord.Regulators, id, func(r Regulator) ID { return r.ID })
		name := r.On(day)
		if !ok || slices.ContainsFunc(e.Complaints, func(x ExplainedComplaint) bool { return x.Regulator != nil && x.Regulator.Name == name.Name }) {
			continue
		}
		e.Complaints = append(e.Complaints, ExplainedComplaint{Title: name.Name, Says: "It oversees your landlord: " + r.Oversees, Route: ToRegulator, Regulator: &name})
	}
}

// servesClient says whether a use is one that is made for a client, on its instruction.
func (u Use) servesClient(client ID) bool {
	return u.Role == AsProcessor && slices.Contains(u.Clients, client)
}
