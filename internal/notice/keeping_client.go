package notice

import (
	"errors"
	"fmt"
	"slices"
)

// Of are the rules of one set of records, in their order: those of a client, or our own
// where client is empty. Nobody's period stands in for another's: each controller decides
// how long its data is kept (UK GDPR Articles 5(1)(e), 24 and 28(3)).
func (k *Keeping) Of(client ID) []KeepRule {
	var out []KeepRule
	for _, r := range k.Rules {
		if r.Client == client {
			out = append(out, r)
		}
	}
	return out
}

// Why no rule goes for a table.
var (
	ErrNoRule     = errors.New("the notice does not have the rule")
	ErrNotOurs    = errors.New("the rule is a client's")
	ErrNoPeriod   = errors.New("no rule of the client's covers it")
	ErrOtherEvent = errors.New("the client counts from another event")
	ErrSeveralFit = errors.New("several rules of the client's cover it")
)

// RuleFor is the rule for the rows that a set has in a table: named is the rule that the
// table's map names, whose event its column dates, and category what the table holds.
// Our own rows go by the rule that is named. A client's go by it where it is that client's;
// otherwise by the one rule of the client's that covers the category and counts from the
// same event. The error says why there is none.
func (k *Keeping) RuleFor(client, named, category ID) (KeepRule, error) {
	r, ok := k.Rule(named)
	switch {
	case !ok:
		return KeepRule{}, fmt.Errorf("%w %s", ErrNoRule, quote(string(named)))
	case r.Client == client:
		return r, nil
	case client == "":
		return KeepRule{}, fmt.Errorf("%w: %s is of %s, and our own rows need one of ours", ErrNotOurs, named, r.Client)
	}
	var covers, fits []KeepRule
	for _, x := range k.Of(client) {
		if slices.Contains(x.Categories, category) {
			covers = append(covers, x)
			if k.event(x) == k.event(r) {
				fits = append(fits, x)
			}
		}
	}
	switch {
	case len(covers) == 0:
		return KeepRule{}, fmt.Errorf("%w: how long %s keeps %s is not said", ErrNoPeriod, client, quote(string(category)))
	case len(fits) == 0:
		return KeepRule{}, fmt.Errorf("%w: the map dates “%s”, of which no rule of %s for %s counts", ErrOtherEvent, k.event(r), client, quote(string(category)))
	case len(fits) > 1:
		return KeepRule{}, fmt.Errorf("%w: %s and %s; the map can name the one", ErrSeveralFit, fits[0].ID, fits[1].ID)
	}
	return fits[0], nil
}

// event is what a rule counts from in the end: the trigger of the first of its chain.
func (k *Keeping) event(r KeepRule) ID {
	for before, ok := k.Rule(r.After); ok; before, ok = k.Rule(r.After) {
		r = before // Load has made sure that chains end
	}
	return r.Trigger
}

// checkClients refuses a rule that goes on where one of another landlord's ends: it would
// be that landlord's period after all.
func (k *Keeping) checkClients(ps *problems) {
	for _, r := range k.Rules {
		if before, ok := k.Rule(r.After); ok && before.Client != r.Client {
			ps.add(r.Pos, "rules["+string(r.ID)+"].after", "goes on where a rule of another landlord’s ends", "name a rule of the same landlord, or a trigger")
		}
	}
}

// keptAs is the title of a rule, with whose it is where it is a client's.
func (n *Notice) keptAs(r KeepRule) string {
	if c, ok := byID(n.Landlord.Clients, r.Client, func(c Client) ID { return c.ID }); ok {
		return r.Title + " (" + c.Name + ")"
	}
	return r.Title
}

// explainUnkept states, to people whose landlord is a client, for which of the categories
// that landlord has given us no period.
func (n *Notice) explainUnkept(e *Article15, c Client) {
	var ids []ID
	title := ""
	for _, x := range e.Categories {
		if slices.ContainsFunc(e.Keeping, func(k ExplainedKeeping) bool { return slices.Contains(k.Categories, x.ID) }) {
			continue
		}
		if ids = append(ids, x.ID); title != "" {
			title += "; "
		}
		title += x.Title
	}
	if len(ids) > 0 {
		e.Keeping = append(e.Keeping, ExplainedKeeping{Title: title, Categories: ids, Says: "Not stated: " + c.Name + " decides how long this is kept, and has not told us. Ask it",
			Why: "You have a right to be told: UK GDPR Article 15(1)(d)"})
	}
}

// Held is a category that systems hold of a client, and where the maps say so.
type Held struct {
	Client, Category ID
	At               Pos // of the map
	Table            string
}

// WithoutPeriod are the categories, each once, that are held of a client without a rule of
// its own that gives a period.
func WithoutPeriod(n *Notice, held []Held) []ID {
	var out []ID
	for _, h := range held {
		if !slices.Contains(out, h.Category) && !slices.ContainsFunc(n.Keeping.Of(h.Client), func(r KeepRule) bool { return slices.Contains(r.Categories, h.Category) }) {
			out = append(out, h.Category)
		}
	}
	return out
}

// Unkept finds the clients whose data is held and for which no rule of keeping.yaml that
// is theirs gives a period: one finding a client. What is held is for the maps to say, which
// this package does not read.
func Unkept(n *Notice, held []Held) []Finding {
	var out []Finding
	for _, c := range n.Landlord.Clients {
		its := slices.DeleteFunc(slices.Clone(held), func(h Held) bool { return h.Client != c.ID })
		missing := WithoutPeriod(n, its)
		if len(missing) == 0 {
			continue
		}
		first := its[slices.IndexFunc(its, func(h Held) bool { return h.Category == missing[0] })]
		f := ruled("client-without-retention")
		f.Pos, f.ID = c.Pos, c.ID
		f.Why = "systems hold " + list(missing) + " of it (" + first.At.File + ": " + first.Table + "), and no rule of keeping.yaml that names it says for how long"
		f.Mend = "ask the client for its periods, and write each in keeping.yaml with client: " + string(c.ID)
		out = append(out, f)
	}
	return out
}
