package find

import (
	"context"
	"math"
	"slices"

	"tenet/internal/datamap"
	"tenet/internal/index"
	"tenet/internal/match"
)

// resolver finds out which rows of person tables are the person asked for.
type resolver struct {
	f   *Finder
	ctx context.Context
	*linker
	decisions

	me        []one
	known     match.Known // all that the person's rows say together
	possible  []Candidate
	namesakes []one // rows of others who have the same name
}

func (f *Finder) resolver(ctx context.Context) *resolver {
	return &resolver{f: f, ctx: ctx, linker: f.linker(),
		decisions: decisions{from: f.Decisions, pairs: map[[2]string]bool{}, asked: map[string]bool{}}}
}

// rounds bounds how often new identifiers may lead to further rows.
const rounds = 8

func (w *resolver) resolve(q match.Known) error {
	around, err := w.around(q)
	if err != nil {
		return err
	}
	if around, err = w.decidedToo(around); err != nil {
		return err
	}
	meant, err := w.meant(q, around)
	if err != nil {
		return err
	}
	if len(meant) == 0 {
		// In no person table: only columns that name somebody may still know them.
		w.known = q.Normal()
		return nil
	}
	w.me = slices.Clone(meant)
	if len(meant) > 1 {
		// What fits somebody else as well is not settled by the question either.
		if sure := slices.DeleteFunc(meant, func(c one) bool { return w.torn(c, tie{verdict: match.Same, bits: math.Inf(1)}, around) }); len(sure) > 0 {
			w.me = sure
		}
	}
	w.known = q.Normal()
	for _, o := range w.me {
		w.known = add(w.known, o.known)
	}
	return w.gather(asked(q))
}

// meant are the rows that the question means, of one person: those that are the
// person asked for; where there are none, those that have an identifier in common
// with the question; where there are none either, those of the name. Who asks with a
// date of birth, or a number issued to one person, means those that have it, if any
// do; the others are then held against these.
func (w *resolver) meant(q match.Known, around []one) ([]one, error) {
	whom := asked(q)
	var same, pointed, ask []one
	for _, o := range around {
		t := w.question(whom, o)
		o.take(t)
		switch {
		case t.verdict == match.Different || w.spokenFor(whom, o, around):
		case t.verdict == match.Same:
			same = append(same, o)
		case reached(whom.known, o.known) && !someoneElse(whom, o):
			pointed = append(pointed, o)
		default:
			ask = append(ask, o)
		}
	}
	byRef, err := w.holders(whom)
	if err != nil {
		return nil, err
	}
	if same = merge(same, byRef); len(same) == 0 {
		// Nothing settles it but there being only one.
		if same = pointed; len(same) == 0 {
			same = ask
		}
		if slices.ContainsFunc(same, func(o one) bool { return someoneElse(whom, o) }) {
			return nil, ambiguous(append(pointed, ask...))
		}
		for i := range same {
			same[i].why = append(same[i].why, "and nobody else held matches")
		}
	}
	if pinned := slices.DeleteFunc(slices.Clone(same), func(o one) bool { return !pins(whom.known, o.known) }); len(pinned) > 0 {
		same = pinned
	}
	if around, err = w.decidedToo(merge(around, same)); err != nil {
		return nil, err
	}
	if !w.onePerson(w.together(same, around)) {
		return nil, ambiguous(same)
	}
	return same, nil
}

// spokenFor says that people have decided whose a row is, and that the question
// contradicts what another row of that person says, where this one says nothing.
func (w *resolver) spokenFor(q, o one, around []one) bool {
	return slices.ContainsFunc(w.together([]one{o}, around), func(g one) bool {
		return g.id() != o.id() && match.Contradiction(q.profile, g.profile) != "" && match.Contradiction(o.profile, g.profile) == ""
	})
}

// pins says that the two agree in what tells people of one name apart.
func pins(a, b match.Known) bool {
	return a.DOB != "" && a.DOB == b.DOB || a.NINO != "" && a.NINO == b.NINO || a.NHS != "" && a.NHS == b.NHS
}

// onePerson says whether the rows are one person's: each is joined to another, and
// none is kept apart from any.
func (w *resolver) onePerson(list []one) bool {
	var joints []match.Joint
	for i, a := range list {
		for j := range i {
			b := list[j]
			t := w.pair(a, b)
			switch {
			case t.against != "":
				joints = append(joints, match.Joint{A: i, B: j, Verdict: match.Different, Bits: t.bits})
			case t.verdict == match.Same, t.decided:
				joints = append(joints, match.Joint{A: i, B: j, Verdict: t.verdict, Bits: t.bits, Decided: t.decided})
			}
		}
	}
	clusters, _ := match.Clusters(len(list), joints)
	return len(clusters) <= 1
}

const contradictory = "people's decisions contradict each other: some join it to this person, and some keep it apart"

// pair holds two rows against each other: by what a person decided of them, or
// else by the model.
func (w *resolver) pair(a, b one) tie {
	same, decided, torn := w.of(a.id(), b.id())
	switch {
	case torn:
		return tie{verdict: match.Ask, why: []string{contradictory}, against: contradictory}
	case decided && same:
		return tie{verdict: match.Same, decided: true, score: 1, bits: math.Inf(1), why: []string{"a person decided that they are the same"}, because: "a person's decision"}
	case decided:
		return tie{verdict: match.Different, decided: true, why: []string{"a person decided that they are not the same"}}
	}
	return w.tie(a.profile, b.profile)
}

// gather follows what the rows found so far say about the person to further
// rows of theirs, in any source.
func (w *resolver) gather(q one) error {
	var around []one // of all that is known at last, unless the rounds run out
	for range rounds {
		var err error
		if around, err = w.around(w.known); err != nil {
			return err
		}
		if around, err = w.decidedToo(around); err != nil {
			return err
		}
		var joining, decided []one
		ties := map[string]tie{}
		w.possible = nil
		for _, c := range around {
			if w.mine(c) {
				continue
			}
			t := w.against(c, around)
			if x := w.tie(q.profile, c.profile); t.verdict == match.Different && t.against == "" && !t.decided && x.verdict == match.Same {
				t = x
				t.verdict, t.why = match.Ask, append(t.why, "fits what was asked, and nothing in it is in the person's own records")
			}
			c.take(t)
			ties[c.id()] = t
			switch {
			case t.verdict == match.Same && t.decided:
				decided = append(decided, c)
			case t.verdict == match.Same:
				joining = append(joining, c)
			case t.verdict == match.Ask:
				w.possible = append(w.possible, c.candidate())
			}
		}
		if len(decided) > 0 {
			joining = decided // and what else there is, is held against them too
		} else {
			joining = w.untorn(joining, ties, around)
		}
		if len(joining) == 0 {
			break
		}
		w.me = append(w.me, joining...)
		for _, c := range joining {
			w.known = add(w.known, c.known)
		}
	}
	w.findNamesakes(around)
	return nil
}

func (w *resolver) mine(c one) bool {
	return w.isMine(c.id())
}

func (w *resolver) isMine(id string) bool {
	return slices.ContainsFunc(w.me, func(o one) bool { return o.id() == id })
}

// untorn leaves out, of the rows that would join this person, those that fit
// somebody else as well, or that cannot both be the person's: which of them it is,
// a person must say.
func (w *resolver) untorn(joining []one, ties map[string]tie, around []one) []one {
	var out []one
	for _, c := range joining {
		why := ""
		if w.torn(c, ties[c.id()], around) {
			why = "fits somebody else no less, who is not this person"
		}
		for _, d := range joining {
			if d.id() != c.id() && w.opposed(c, d, around) {
				why = "so does another record, and the two contradict each other"
			}
		}
		if why == "" {
			out = append(out, c)
			continue
		}
		c.why = append(c.why, why)
		w.possible = append(w.possible, c.candidate())
	}
	return out
}

// opposed says that two rows cannot both be one person's, or that rows which people
// decided are one person's with them cannot.
func (w *resolver) opposed(c, d one, around []one) bool {
	for _, x := range w.together([]one{c}, around) {
		for _, y := range w.together([]one{d}, around) {
			if t := w.pair(x, y); x.id() != y.id() && (t.against != "" || t.decided && t.verdict == match.Different) {
				return true
			}
		}
	}
	return false
}

// together adds to some rows those around that people decided are one person's with
// them.
func (w *resolver) together(list, around []one) []one {
	out := slices.Clone(list)
	for _, o := range list {
		group := w.with(o.id())
		out = merge(out, slices.DeleteFunc(slices.Clone(around), func(x one) bool { return !slices.Contains(group, x.id()) }))
	}
	return out
}

// torn says that a row which fits this person fits no less somebody who is not.
func (w *resolver) torn(c one, t tie, around []one) bool {
	return slices.ContainsFunc(around, func(o one) bool {
		if o.id() == c.id() || w.mine(o) || !w.apart(o, c) {
			return false
		}
		x := w.pair(o, c)
		return !x.decided && (x.verdict == match.Same || x.verdict == match.Ask && x.against == "" && x.bits >= t.bits)
	})
}

// apart says that a row cannot be this person's, whatever is to be said of another,
// c: it contradicts one of the rows that are.
func (w *resolver) apart(o, c one) bool {
	return slices.ContainsFunc(w.me, func(m one) bool {
		if m.id() == c.id() {
			return false
		}
		t := w.pair(m, o)
		return t.against != "" || t.decided && t.verdict == match.Different
	})
}

// against holds a row, and those that people have decided are the same person's,
// against every row that is the person's already: one that contradicts any of them
// is never merged without a person.
func (w *resolver) against(c one, around []one) tie {
	var best, no, doubt tie
	chosen := false
	for _, g := range w.together([]one{c}, around) {
		if w.mine(g) {
			continue
		}
		for _, o := range w.me {
			t := w.pair(o, g)
			switch {
			case t.decided && t.verdict == match.Different:
				no = t
			case t.decided:
				chosen = true
			case t.against != "" && t.verdict == match.Different:
				if no.why == nil {
					no = t
				}
				continue
			case t.against != "":
				doubt = t
			}
			if t.verdict > best.verdict || t.verdict == best.verdict && t.bits > best.bits {
				best = t
			}
		}
	}
	switch {
	case no.decided:
		return no
	case chosen:
		best.decided = true
	case no.why != nil:
		return no
	case doubt.why != nil && best.verdict == match.Same:
		doubt.verdict = match.Ask
		return doubt
	}
	return best
}

// starts are the person's rows in person tables.
func (w *resolver) starts() []datamap.Start {
	var out []datamap.Start
	for _, o := range w.me {
		out = append(out, datamap.Start{Source: o.source, Row: o.row, Role: datamap.Subject, Why: o.because})
	}
	return out
}

func (w *resolver) person() Person {
	p := Person{Name: w.known.Name.Written, Known: w.known, Records: []string{}, Working: []string{}}
	for _, o := range w.me {
		if id := w.f.Maps[o.source].Tables[o.row.Table.Name].Identifiers; id.Died != "" && p.Died == "" {
			p.Died, _ = match.Date(o.row.Get(id.Died).Text)
		}
		p.Records = append(p.Records, o.id())
		for _, line := range o.why {
			p.Working = append(p.Working, o.row.Table.Name+": "+line)
		}
	}
	return p
}

// ones are rows that name somebody in columns of their own, and who that is.
func (f *Finder) ones(named []datamap.Start) []one {
	var out []one
	for _, s := range named {
		for _, n := range f.Maps[s.Source].Tables[s.Row.Table.Name].Names {
			if n.Role == s.Role && n.Group == s.Group {
				out = append(out, newOne(s.Source, s.Row, index.Known(&n.Identifiers, s.Row)))
			}
		}
	}
	return out
}

// opposed says whether some of the rows contradict each other: they name more
// people than one.
func opposed(list []one) bool {
	for i, a := range list {
		if slices.ContainsFunc(list[i+1:], func(b one) bool { return someoneElse(a, b) }) {
			return true
		}
	}
	return false
}

func ambiguous(list []one) error {
	e := &Ambiguous{}
	for _, o := range list {
		e.Candidates = append(e.Candidates, o.candidate())
	}
	return e
}

func merge(a, b []one) []one {
	for _, o := range b {
		if !slices.ContainsFunc(a, func(x one) bool { return x.id() == o.id() }) {
			a = append(a, o)
		}
	}
	return a
}

func shared(a, b []string) []string {
	var out []string
	for _, s := range a {
		if slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}

// add joins what two rows of one person say. The first to name the person, or
// to give a number that people have one of, keeps it.
func add(k, more match.Known) match.Known {
	if k.Name.IsZero() || len(k.Name.Given)+len(k.Name.Family) < len(more.Name.Given)+len(more.Name.Family) {
		k.Name, more.Name = more.Name, k.Name
	}
	switch {
	case more.Name.IsZero():
	case more.Name.String() != k.Name.String():
		k.KnownAs = append(k.KnownAs, more.Name)
	default: // one name, with what either says that they are called
		for _, also := range more.Name.Also {
			if !slices.Contains(k.Name.Also, also) {
				k.Name.Also = append(slices.Clip(k.Name.Also), also)
			}
		}
	}
	k.KnownAs = append(k.KnownAs, more.KnownAs...)
	for _, f := range []struct{ to, from *string }{{&k.DOB, &more.DOB}, {&k.NINO, &more.NINO}, {&k.NHS, &more.NHS}, {&k.Postcode, &more.Postcode}, {&k.UPRN, &more.UPRN}} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	k.Emails = append(k.Emails, more.Emails...)
	k.Phones = append(k.Phones, more.Phones...)
	k.Refs = append(k.Refs, more.Refs...)
	k.Addresses = append(k.Addresses, more.Addresses...)
	return k.Normal()
}
