package notice

import (
	"slices"
)

// Article15 is what UK GDPR Article 15(1) and (2) want said beside a copy of
// someone's data, as far as the notice knows it: what is configured, not what
// happened. Actual disclosures, and where one item came from, are in the logs
// of whoever asks. Everything is in the order of the folder.
type Article15 struct {
	Landlord    string               `json:"landlord"`
	Version     string               `json:"version"`   // of the notice: Version
	Effective   Date                 `json:"effective"` // the day that version came into force
	Controllers []Controller         `json:"controllers"`
	Officer     Contact              `json:"officer"`    // the data protection officer
	Categories  []ExplainedCategory  `json:"categories"` // (b)
	Purposes    []ExplainedPurpose   `json:"purposes"`   // (a)
	Recipients  []ExplainedRecipient `json:"recipients"` // (c)
	Keeping     []ExplainedKeeping   `json:"keeping"`    // (d)
	Rights      []ExplainedRight     `json:"rights"`     // (e)
	Complaints  []ExplainedComplaint `json:"complaints"` // (f), with the route of DPA 2018 s.164A first
	Sources     []Source             `json:"sources"`    // (g)
	Automated   []ExplainedDecision  `json:"automated"`  // (h); empty means that there are none
	Transfers   []ExplainedTransfer  `json:"transfers"`  // 15(2)
	// Bases are the lawful bases of the purposes, each once: what decides which
	// rights apply.
	Bases []Basis `json:"bases"`
	// Unknown are the categories asked about that this notice does not have.
	Unknown []string `json:"unknown,omitempty"`
}

// ExplainedCategory is a kind of data held about the person.
type ExplainedCategory struct {
	ID    ID     `json:"id"`
	Title string `json:"title"`
	Says  string `json:"says"`
	Kind  Kind   `json:"kind"`
	DPV   []DPV  `json:"dpv,omitempty"`
}

// ExplainedPurpose is what some of the categories are used for, and the law it
// rests on.
type ExplainedPurpose struct {
	ID         ID       `json:"id"`
	Purpose    string   `json:"purpose"`
	Categories []ID     `json:"categories"` // those of the categories asked about that it uses
	Basis      Basis    `json:"basis,omitempty"`
	Cite       string   `json:"cite,omitempty"`
	Law        string   `json:"law,omitempty"`
	Interest   string   `json:"interest,omitempty"`
	Recognised string   `json:"recognised,omitempty"`
	Conditions []string `json:"conditions,omitempty"` // of Articles 9 and 10, cited
	Needed     *Needed  `json:"needed,omitempty"`
}

// ExplainedRecipient is someone some of the categories may be given to.
type ExplainedRecipient struct {
	ID         ID            `json:"id"`
	Title      string        `json:"title"`
	Kind       RecipientKind `json:"kind"`
	Does       string        `json:"does"`
	Agreement  string        `json:"agreement,omitempty"` // its title
	Categories []ID          `json:"categories"`
	Rules      []ShareReason `json:"rules"`
}

// ShareReason is a rule under which a recipient may be given data.
type ShareReason struct {
	ID    ID     `json:"id"`
	Says  string `json:"says"`
	When  When   `json:"when"`
	Basis Basis  `json:"basis,omitempty"`
	Cite  string `json:"cite,omitempty"`
}

// ExplainedKeeping is how long some of the categories are kept. One without an ID states
// that a client has not said.
type ExplainedKeeping struct {
	ID         ID       `json:"id,omitempty"`
	Title      string   `json:"title"`
	Categories []ID     `json:"categories"`
	Says       string   `json:"says"` // "6 years after your tenancy ends"
	Action     Action   `json:"action,omitempty"`
	Why        string   `json:"why"`
	Holds      []string `json:"holds,omitempty"` // what may put it off
}

// ExplainedRight is a right the person has, and how to use it.
type ExplainedRight struct {
	Right    Regime    `json:"right"`
	Title    string    `json:"title"`
	Says     string    `json:"says"`
	Channels []Channel `json:"channels"`
}

// ExplainedComplaint is a step of the ladder with its address on the day.
type ExplainedComplaint struct {
	Title     string         `json:"title"`
	Says      string         `json:"says"`
	Route     Route          `json:"route"`
	Contact   *Contact       `json:"contact,omitempty"`
	Regulator *RegulatorName `json:"regulator,omitempty"`
	Clock     *PromiseClock  `json:"clock,omitempty"`
}

// ExplainedDecision is a decision made by machine alone.
type ExplainedDecision struct {
	Use        ID   `json:"use"`
	Categories []ID `json:"categories"`
	Automated
	Contact Contact `json:"contact"`
}

// ExplainedTransfer is data held outside the United Kingdom, with its safeguard.
type ExplainedTransfer struct {
	Recipient ID        `json:"recipient"`
	Title     string    `json:"title"`
	Countries []Country `json:"countries"`
	Safeguard Safeguard `json:"safeguard,omitempty"`
	Copy      string    `json:"copy,omitempty"`
}

// About is what an explanation is wanted of.
type About struct {
	Categories []string     // of the data held, by ID
	People     []PeopleKind // where the person stands to the landlord; empty means in every way
	Day        Date         // which decides what regulators are called
	// Client is the client whose records they are, who then explains; empty for our own.
	Client ID
}

// asked is About, ready to be looked up.
type asked struct {
	categories map[ID]bool
	people     map[ID]bool // nil means everyone
	client     ID
}

// Explain gives what the notice says about some categories of data to someone
// of some kinds: a tenant is not told what staff records are for.
func (n *Notice) Explain(about About) Article15 {
	e := Article15{Landlord: n.Landlord.Name, Version: n.version, Effective: n.Landlord.Effective,
		Automated: []ExplainedDecision{}, Transfers: []ExplainedTransfer{}}
	a := asked{categories: make(map[ID]bool), client: about.Client}
	for _, c := range about.Categories {
		if _, ok := n.Data.Category(ID(c)); ok {
			a.categories[ID(c)] = true
		} else if !slices.Contains(e.Unknown, c) {
			e.Unknown = append(e.Unknown, c)
		}
	}
	slices.Sort(e.Unknown)
	if len(about.People) > 0 {
		a.people = make(map[ID]bool)
		for _, p := range n.Data.People {
			a.people[p.ID] = slices.Contains(about.People, p.Kind)
		}
	}
	for _, c := range n.Data.Categories {
		if a.categories[c.ID] {
			e.Categories = append(e.Categories, ExplainedCategory{c.ID, c.Title, c.Says, c.Kind, c.DPV})
		}
	}
	n.explainUses(&e, a)
	n.explainRecipients(&e, a)
	n.explainKeeping(&e, a)
	n.explainRights(&e)
	n.explainComplaints(&e, about.Day)
	if about.Client != "" {
		n.explainFor(&e, about.Client, about.Day)
	}
	return e
}

// those keeps the categories that were asked about, of something that concerns
// some people; people left out means everyone.
func (a asked) those(categories, people []ID) []ID {
	concerned := a.people == nil || len(people) == 0 || slices.ContainsFunc(people, func(id ID) bool { return a.people[id] })
	if !concerned {
		return nil
	}
	var out []ID
	for _, id := range categories {
		if a.categories[id] {
			out = append(out, id)
		}
	}
	return out
}

func (n *Notice) explainUses(e *Article15, a asked) {
	controllers, sources := make(map[ID]bool), make(map[ID]bool)
	for _, u := range n.Uses.Uses {
		hit := a.those(u.Categories, u.People)
		if len(hit) == 0 || a.client != "" && !u.servesClient(a.client) {
			continue
		}
		e.Purposes = append(e.Purposes, ExplainedPurpose{
			ID: u.ID, Purpose: u.Purpose, Categories: hit, Basis: u.Basis, Cite: u.Basis.Cite(), Law: u.Law,
			Interest: u.Interest, Recognised: string(u.Recognised), Conditions: n.conditions(u, hit), Needed: u.Needed,
		})
		if u.Basis != "" && !slices.Contains(e.Bases, u.Basis) {
			e.Bases = append(e.Bases, u.Basis)
		}
		if u.Automated != nil {
			d := ExplainedDecision{Use: u.ID, Categories: hit, Automated: *u.Automated}
			d.Contact, _ = n.contact(u.Automated.Ask)
			e.Automated = append(e.Automated, d)
		}
		mark(sources, u.Sources)
		mark(controllers, u.Controllers)
		if len(u.Controllers) == 0 {
			for _, c := range n.Landlord.Controllers {
				controllers[c.ID] = true
			}
		}
	}
	for _, c := range n.Landlord.Controllers {
		if c.Lead || controllers[c.ID] {
			e.Controllers = append(e.Controllers, c)
		}
	}
	for _, c := range n.Landlord.Contacts {
		if c.DPO {
			e.Officer = c
		}
	}
	for _, s := range n.Data.Sources {
		if sources[s.ID] {
			e.Sources = append(e.Sources, s)
		}
	}
}

// conditions cites what allows the special and criminal data among the
// categories; ordinary data needs none.
func (n *Notice) conditions(u Use, ids []ID) []string {
	var special, criminal bool
	for _, id := range ids {
		c, _ := n.Data.Category(id)
		special = special || c.Kind == Special
		criminal = criminal || c.Kind == Criminal
	}
	var out []string
	if special && u.Special != nil {
		out = append(out, because(u.Special.Cite(), u.Special.Why))
	}
	if criminal && u.Criminal != nil {
		out = append(out, because(u.Criminal.Cite(), u.Criminal.Why))
	}
	return out
}

func because(cite, why string) string {
	if why == "" {
		return cite
	}
	return cite + ": " + why
}

func (n *Notice) explainRecipients(e *Article15, a asked) {
	for _, r := range n.Sharing.Recipients {
		x := ExplainedRecipient{ID: r.ID, Title: r.Title, Kind: r.Kind, Does: r.Does}
		given := make(map[ID]bool)
		for _, rule := range n.Sharing.Rules {
			if hit := a.those(rule.Categories, rule.People); rule.To == r.ID && len(hit) > 0 {
				mark(given, hit)
				x.Rules = append(x.Rules, ShareReason{rule.ID, rule.Says, rule.When, rule.Basis, rule.Basis.Cite()})
			}
		}
		if len(x.Rules) == 0 {
			continue
		}
		for _, c := range n.Data.Categories {
			if given[c.ID] {
				x.Categories = append(x.Categories, c.ID)
			}
		}
		if g, ok := byID(n.Sharing.Agreements, r.Agreement, func(g Agreement) ID { return g.ID }); ok {
			x.Agreement = g.Title
		}
		e.Recipients = append(e.Recipients, x)
		if abroad := r.Abroad(); len(abroad) > 0 {
			e.Transfers = append(e.Transfers, ExplainedTransfer{r.ID, r.Title, abroad, r.Safeguard, r.Copy})
		}
	}
}

func (n *Notice) explainKeeping(e *Article15, a asked) {
	for _, k := range n.Keeping.Of(a.client) {
		hit := a.those(k.Categories, k.People)
		if len(hit) == 0 {
			continue
		}
		x := ExplainedKeeping{ID: k.ID, Title: k.Title, Categories: hit, Says: n.Keeping.Says(k), Action: k.Action, Why: k.Why}
		for _, id := range k.Holds {
			if h, ok := byID(n.Keeping.Holds, id, func(h Hold) ID { return h.ID }); ok {
				x.Holds = append(x.Holds, h.Title)
			}
		}
		e.Keeping = append(e.Keeping, x)
	}
}

// explainRights lists the rights over one's own data. Freedom of information,
// complaints and the like are requests too, but no part of Article 15(1)(e).
func (n *Notice) explainRights(e *Article15) {
	for _, r := range n.Rights.Rights {
		switch r.Right {
		case Access, Rectification, Erasure, Restriction, Objection, Portability, AutomatedDecision:
			x := ExplainedRight{Right: r.Right, Title: r.Title, Says: r.Says}
			for _, id := range r.Channels {
				if c, ok := byID(n.Rights.Channels, id, func(c Channel) ID { return c.ID }); ok {
					x.Channels = append(x.Channels, c)
				}
			}
			e.Rights = append(e.Rights, x)
		}
	}
}

func (n *Notice) explainComplaints(e *Article15, day Date) {
	for _, s := range n.Rights.Complaints {
		x := ExplainedComplaint{Title: s.Title, Says: s.Says, Route: s.Route}
		if c, ok := n.contact(s.Contact); ok {
			x.Contact = &c
		}
		if r, ok := byID(n.Landlord.Regulators, s.Regulator, func(r Regulator) ID { return r.ID }); ok {
			name := r.On(day)
			x.Regulator = &name
		}
		if s.Clock != nil {
			c := n.promised(DPComplaint, s.Clock)
			x.Clock = &c
		}
		e.Complaints = append(e.Complaints, x)
	}
}

func (n *Notice) contact(id ID) (Contact, bool) {
	return byID(n.Landlord.Contacts, id, func(c Contact) ID { return c.ID })
}

// PromiseClock is a clock the landlord has promised, in plain values for
// package law's reckoning.
type PromiseClock struct {
	Regime Regime    `json:"regime"` // empty for a promise that belongs to no right
	Count  int       `json:"count"`
	Unit   ClockUnit `json:"unit"`
	Start  Start     `json:"start,omitempty"` // empty means FromReceived, or the law's own with AsLaw
	AsLaw  bool      `json:"as_law,omitempty"`
	ID     ID        `json:"id,omitempty"`   // the sentence that promises it
	Says   string    `json:"says,omitempty"` // its words
}

// Clock is the clock promised for a kind of request, if there is one.
func (n *Notice) Clock(regime Regime) (PromiseClock, bool) {
	r, ok := n.Rights.Right(regime)
	if !ok || r.Clock == nil {
		return PromiseClock{}, false
	}
	return n.promised(regime, r.Clock), true
}

// Target is what staff aim for inside the promise, if anything.
func (n *Notice) Target(regime Regime) (PromiseClock, bool) {
	r, ok := n.Rights.Right(regime)
	if !ok || r.Target == nil {
		return PromiseClock{}, false
	}
	return n.promised(regime, r.Target), true
}

// PromiseClock is the clock that a sentence promises, by the sentence's id: the
// regime promise:<id> of the clock command.
func (n *Notice) PromiseClock(id ID) (PromiseClock, bool) {
	if id == "" {
		return PromiseClock{}, false
	}
	for _, r := range n.Rights.Rights {
		if r.Clock != nil && r.Clock.Promise == id {
			return n.promised(r.Right, r.Clock), true
		}
	}
	for _, c := range n.Rights.Clocks {
		if c.Clock.Promise == id {
			return n.promised("", &c.Clock), true
		}
	}
	for _, s := range n.Rights.Complaints {
		if s.Clock != nil && s.Clock.Promise == id {
			return n.promised(DPComplaint, s.Clock), true
		}
	}
	return PromiseClock{}, false
}

func (n *Notice) promised(regime Regime, c *Clock) PromiseClock {
	s, _ := n.Words.Sentence(c.Promise)
	return PromiseClock{Regime: regime, Count: c.Count, Unit: c.Unit, Start: c.Start, AsLaw: c.AsLaw, ID: c.Promise, Says: s.Text}
}

// Review is why data of a category goes to a person before it is released, or
// "" if it need not. A category the notice does not have always does.
func (n *Notice) Review(category string) string {
	c, ok := n.Data.Category(ID(category))
	if !ok {
		return "the notice has no category called " + quote(category)
	}
	return c.Review
}
