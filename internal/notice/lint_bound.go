package notice

import "slices"

// bonds are the rules that name one sentence, of the kinds that words can contradict.
type bonds struct {
	nevers    []string // what is never held, or never given
	keeping   []KeepRule
	sharing   []ShareRule
	clocks    []Clock
	recording []Recording
	transfers []TransferLimit
	warnings  []Indicator
	measures  []Measure
	channels  []Channel
	consents  []ConsentTerms
	rights    []Right
	withheld  bool // a limit, or something the notice is not about: it may well say no
}

// bound gives for each promise the rules that carry it out.
func (n *Notice) bound() map[ID]bonds {
	out := make(map[ID]bonds)
	name := func(ids Sentences, add func(*bonds)) {
		for _, id := range ids {
			b := out[id]
			add(&b)
			out[id] = b
		}
	}
	clock := func(c *Clock) {
		if c != nil && c.Promise != "" {
			name(Sentences{c.Promise}, func(b *bonds) { b.clocks = append(b.clocks, *c) })
		}
	}
	for _, v := range n.Data.Never {
		name(v.Promise, func(b *bonds) { b.nevers = append(b.nevers, v.Says) })
	}
	for _, v := range n.Sharing.Never {
		name(v.Promise, func(b *bonds) { b.nevers = append(b.nevers, v.Says) })
	}
	for _, k := range n.Keeping.Rules {
		name(k.Promise, func(b *bonds) { b.keeping = append(b.keeping, k) })
	}
	for _, r := range n.Sharing.Rules {
		name(r.Promise, func(b *bonds) { b.sharing = append(b.sharing, r) })
	}
	for _, t := range n.Sharing.Transfers {
		name(t.Promise, func(b *bonds) { b.transfers = append(b.transfers, t) })
	}
	for _, m := range n.Keeping.Security {
		name(m.Promise, func(b *bonds) { b.measures = append(b.measures, m) })
	}
	for _, r := range n.Records.Recordings {
		name(r.Promise, func(b *bonds) { b.recording = append(b.recording, r) })
	}
	for _, i := range n.Records.Indicators {
		name(i.Promise, func(b *bonds) { b.warnings = append(b.warnings, i) })
	}
	for _, c := range n.Rights.Channels {
		name(c.Promise, func(b *bonds) { b.channels = append(b.channels, c) })
	}
	for _, r := range n.Rights.Rights {
		name(r.Promise, func(b *bonds) { b.rights = append(b.rights, r) })
		clock(r.Clock)
		for _, limit := range r.Limits {
			name(limit.Promise, func(b *bonds) { b.withheld = true })
		}
		if r.Informal != nil {
			clock(r.Informal.Clock)
		}
	}
	for _, s := range n.Rights.Complaints {
		clock(s.Clock)
	}
	for _, c := range n.Landlord.Clients {
		clock(c.Pass)
	}
	for _, c := range n.Rights.Clocks {
		clock(&c.Clock)
	}
	for _, u := range n.Uses.Uses {
		if u.Consent != nil {
			name(u.Promise, func(b *bonds) { b.consents = append(b.consents, *u.Consent) })
		}
	}
	for id, b := range out {
		slices.SortFunc(b.keeping, func(x, y KeepRule) int { return x.Line - y.Line })
		out[id] = b
	}
	return out
}
