package find

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"tenet/internal/datamap"
	"tenet/internal/index"
	"tenet/internal/match"
	"tenet/internal/rows"
)

// subject is the person with all that their records say, ready to be looked for
// where no key leads: in columns that name someone, and in words.
type subject struct {
	*reader
	*linker
	held   *datamap.Found // what the walk from the person's own rows found
	joint  []string       // references of what they hold together with others
	others []*reader      // those others, by name
	staff  bool           // they are known as staff alone

	strength map[string]int // how much says that a text means the person, by record

	same func() ([]*reader, error) // people of the same name
	sole func() (bool, error)      // nobody else the landlord knows has the surname
}

// correspondence is the category of letters and messages where a notice has one. Where it has
// none, what is found in a letter waits for a reader as any mention does.
const correspondence = "correspondence"

// study works out, from the rows that are the person's, which references are
// theirs alone, which they share and with whom, and who has the same name.
func (f *Finder) study(ctx context.Context, who *resolver) (*subject, error) {
	s := &subject{linker: who.linker, staff: len(who.me) > 0, strength: map[string]int{}}
	for _, o := range who.me {
		s.staff = s.staff && f.Maps[o.source].Tables[o.row.Table.Name].People == datamap.Staff
	}
	var err error
	if s.held, err = f.walk(ctx, who.starts()); err != nil {
		return nil, err
	}
	known, joint, others, err := f.holdings(ctx, who.me, who.known, s.held)
	if err != nil {
		return nil, err
	}
	who.known, s.joint = known, joint
	s.reader = newReader(known, joint)
	for _, o := range others {
		x := newReader(o.known, nil)
		x.couple = slices.ContainsFunc(x.family, func(f string) bool { return slices.Contains(s.family, f) })
		s.couple = s.couple || x.couple
		s.others = append(s.others, x)
	}
	s.same = f.namesakes(ctx, who)
	s.sole = sync.OnceValues(func() (bool, error) { return f.soleSurname(ctx, who) })
	return s, nil
}

// namesakes gives the people of the same name, with what they hold. They are asked
// for only where a text or a row gives the name and nothing that settles whose it
// is, and of what hangs below them only what carries a reference is read.
func (f *Finder) namesakes(ctx context.Context, who *resolver) func() ([]*reader, error) {
	return sync.OnceValues(func() ([]*reader, error) {
		var out []*reader
		for _, o := range who.namesakes {
			held, err := datamap.Walk(ctx, f.referring(), []datamap.Start{{Source: o.source, Row: o.row, Role: datamap.Subject}}, lookups(f.Sources))
			if err != nil {
				return nil, err
			}
			f.unread.add(held.Unread...)
			k, theirs, _, err := f.holdings(ctx, []one{o}, o.known, held)
			if err != nil {
				return nil, err
			}
			out = append(out, newReader(k, theirs))
		}
		return out, nil
	})
}

// referring is the maps with those tables alone whose rows carry a reference of
// whoever holds them, and what leads to these from people.
func (f *Finder) referring() map[string]*datamap.Map {
	out := map[string]*datamap.Map{}
	var take func(source, name string)
	take = func(source, name string) {
		m := f.Maps[source]
		if m == nil || m.Tables[name] == nil {
			return
		}
		if out[source] == nil {
			out[source] = &datamap.Map{Source: source, Tables: map[string]*datamap.Table{}}
		}
		if out[source].Tables[name] != nil {
			return
		}
		t := m.Tables[name]
		out[source].Tables[name] = t
		for _, e := range t.OwnedBy {
			take(e.In(source), e.Table)
		}
	}
	for source, m := range f.Maps {
		for name, t := range m.Tables {
			if t.People != datamap.NotPeople || bearsRef(t) {
				take(source, name)
			}
		}
	}
	return out
}

// soleSurname says whether nobody else in a person table has one of the
// surnames: then a title and surname name this person.
func (f *Finder) soleSurname(ctx context.Context, who *resolver) (bool, error) {
	var group []index.Term
	for _, n := range append([]match.Name{who.known.Name}, who.known.KnownAs...) {
		for _, word := range n.Family {
			group = append(group, index.Term{Class: index.Person, Kind: "name", Value: word})
		}
	}
	sole := len(group) > 0
	err := f.tables(func(source, name string, t *datamap.Table) error {
		if t.People == datamap.NotPeople || !sole {
			return nil
		}
		// One more than the person's own rows, whoever else there is.
		ids, err := f.Index.FindAny(ctx, source, name, len(who.me)+1, index.All{group})
		for _, id := range ids {
			sole = sole && who.isMine(source+":"+id)
		}
		return err
	})
	return sole, err
}

// holdings reads the references off what some rows of a person hold, and who holds
// it with them.
func (f *Finder) holdings(ctx context.Context, me []one, known match.Known, found *datamap.Found) (_ match.Known, joint []string, others []one, _ error) {
	for _, it := range found.Items {
		t := f.Maps[it.Source].Tables[it.Row.Table.Name]
		if t.People != datamap.NotPeople || !bearsRef(t) || !slices.Contains(it.Roles, datamap.Subject) && !slices.Contains(it.Roles, datamap.Joint) {
			continue
		}
		refs := refsOf(t, it.Row, it.Fields)
		if slices.Contains(it.Whose, datamap.Self) {
			known.Refs = append(known.Refs, refs...)
			continue
		}
		joint = append(joint, refs...)
		p, err := datamap.People(ctx, f.Maps, it.Source, it.Row, lookups(f.Sources))
		if err != nil {
			return known, nil, nil, err
		}
		for id := range p.Holders {
			got, err := f.fetch(ctx, id.Source, []string{id.Row})
			if err != nil {
				return known, nil, nil, err
			}
			for _, r := range got {
				o := f.knownOf(id.Source, r)
				if !slices.ContainsFunc(append(slices.Clone(me), others...), func(x one) bool { return x.id() == o.id() }) {
					others = append(others, o)
				}
			}
		}
	}
	slices.Sort(joint)
	return known.Normal(), slices.Compact(joint), others, nil
}

// named finds the rows whose own columns name the person: as starts where that
// is certain, and as mentions where the name alone says it.
func (f *Finder) named(ctx context.Context, s *subject) (sure []datamap.Start, maybe []datamap.Item, _ error) {
	look := s.known
	look.Refs = append(slices.Clone(look.Refs), s.joint...)
	whom := asked(look)
	err := f.tables(func(source, name string, t *datamap.Table) error {
		if len(t.Names) == 0 {
			return nil
		}
		got, err := f.lookFor(ctx, source, name, index.Named, look)
		if err != nil {
			return err
		}
		for _, r := range got {
			for _, n := range t.Names {
				verdict, why, err := s.isNamed(n.Role, newOne(source, r, index.Known(&n.Identifiers, r)), whom)
				if err != nil {
					return err
				}
				role := n.Role
				if s.staff && role == datamap.Correspondent {
					role = datamap.Author // writing for the landlord is not being written about
				}
				switch verdict {
				case match.Same:
					sure = append(sure, datamap.Start{Source: source, Row: r, Role: role, Group: n.Group, Why: "names this person as " + string(n.Role) + ": " + why})
				case match.Ask:
					maybe = append(maybe, datamap.Item{Source: source, Row: r, Whose: []datamap.Whose{datamap.Mention}, Roles: []datamap.Role{role},
						Path: []string{name + " names someone who may be this person, as " + string(n.Role)}, Review: []string{why}})
				}
			}
		}
		return nil
	})
	return sure, maybe, err
}

// isNamed decides whether columns that name someone name this person. The model
// asks where a household could be meant: then it is settled by nobody else who is
// known fitting it. A reference that others hold too settles it only together with
// a name.
func (s *subject) isNamed(role datamap.Role, k, look one) (match.Verdict, string, error) {
	t := s.question(look, k)
	if t.verdict == match.Different {
		return t.verdict, "", nil
	}
	same, err := s.same()
	if err != nil {
		return match.Different, "", err
	}
	if slices.ContainsFunc(same, func(o *reader) bool { return s.tie(o.whole, k.profile).verdict == match.Same }) {
		return match.Different, "", nil
	}
	if t.verdict == match.Ask && t.against == "" && reached(look.known, k.known) {
		n, g := likest(look.known, k.known)
		rival := func(o *reader) bool {
			_, x := likest(o.known, match.Known{Name: n})
			return x.Compatible() && x.Forename > match.Unknown && reached(o.withJoint, k.known)
		}
		// An initial will do where the row's own subject is meant, or an address for mail.
		initial := g.Forename == match.Initial && (role == datamap.Subject || len(shared(k.known.Emails, look.known.Emails)) > 0)
		// Asked by an address alone, whoever has it is meant; that they are one, Find sees to.
		nameless := look.known.Name.IsZero()
		if (nameless || g.Compatible() && (g.Forename >= match.Alike || initial)) && !slices.ContainsFunc(same, rival) && !slices.ContainsFunc(s.others, rival) {
			t.verdict, t.because = match.Same, t.because+", and nobody else known fits"
		}
	}
	if t.verdict == match.Same && k.known.Name.IsZero() && len(shared(k.known.Refs, s.known.Refs)) == 0 && len(shared(k.known.Refs, s.joint)) > 0 &&
		len(shared(k.known.Emails, s.known.Emails))+len(shared(k.known.Phones, s.known.Phones)) == 0 {
		t.verdict = match.Ask
	}
	return t.verdict, t.because, nil
}

// mentions finds the person in free text: by the index where to look, by the
// text itself whether it is so.
func (f *Finder) mentions(ctx context.Context, s *subject, have map[string]bool) (out []datamap.Item, _ error) {
	err := f.tables(func(source, name string, t *datamap.Table) error {
		var texts []string
		for _, c := range slices.Sorted(maps.Keys(t.Columns)) {
			if t.Columns[c].FreeText {
				texts = append(texts, c)
			}
		}
		if len(texts) == 0 {
			return nil
		}
		ids, err := f.textCandidates(ctx, source, name, s)
		if err != nil {
			return err
		}
		got, err := f.fetch(ctx, source, slices.DeleteFunc(ids, func(id string) bool { return have[source+":"+id] }))
		if err != nil {
			return err
		}
		for _, r := range got {
			it, ok, err := s.judge(source, t, r, texts)
			if err != nil {
				return err
			}
			if ok {
				out = append(out, it)
			}
		}
		return nil
	})
	return out, err
}

// textCandidates asks the index for texts that hold a number of the person's,
// or their surname with a forename or an initial beside it: what [reader.read]
// takes for their name and no more, so that a common surname costs nothing. Only
// where nobody else has it does it do alone. A forename alone is not asked for, nor
// is an address: only both together.
func (f *Finder) textCandidates(ctx context.Context, source, table string, s *subject) ([]string, error) {
	var ways []index.All
	codes := index.CodesOf(s.known)
	for _, ref := range s.joint {
		codes = append(codes, index.Term{Class: index.Text, Kind: "code", Value: ref})
	}
	if len(codes) > 0 {
		ways = append(ways, index.All{codes})
	}
	var live, called []index.Term
	for p := range s.places {
		live = append(live, index.Term{Class: index.Text, Kind: "code", Value: p})
	}
	for g := range s.given {
		called = append(called, index.Term{Class: index.Text, Kind: "word", Value: g})
	}
	if len(live) > 0 && len(called) > 0 {
		ways = append(ways, index.All{live, called})
	}
	word := func(w string) []index.Term { return []index.Term{{Class: index.Text, Kind: "word", Value: w}} }
	for _, n := range append([]match.Name{s.known.Name}, s.known.KnownAs...) {
		var groups index.All
		var beside []index.Term
		for w := range match.Words(n.Written) {
			// Every word of the surname must be there.
			if (slices.Contains(n.Family, w.Text) || strings.Contains(strings.Join(n.Family, ""), w.Text) && !slices.Contains(n.Given, w.Text)) && !match.Common(w.Text) {
				groups = append(groups, word(w.Text))
				for letter := range s.first {
					beside = append(beside, index.Initial(letter, w.Text))
				}
			}
		}
		if len(groups) == 0 {
			continue
		}
		alone, err := s.sole()
		if err != nil {
			return nil, err
		}
		for g := range s.given {
			alone = alone || match.Common(g) // the index does not have it
			beside = append(beside, word(g)...)
		}
		if !alone && len(beside) > 0 {
			groups = append(groups, beside)
		}
		ways = append(ways, groups)
	}
	if len(ways) == 0 {
		return nil, nil
	}
	return f.Index.FindAny(ctx, source, table, 0, ways...)
}

// judge decides what one row's text is to the person. Words are about whoever
// holds the row they stand in; in a letter that nobody holds, about whom it is
// addressed to, signed by, or written of with a date of birth.
func (s *subject) judge(source string, t *datamap.Table, r rows.Row, texts []string) (_ datamap.Item, ok bool, _ error) {
	var all []string
	for _, c := range texts {
		all = append(all, r.Get(c).Text)
	}
	text := strings.Join(all, "\n")
	e := s.read(text)
	it := datamap.Item{Source: source, Row: r, Whose: []datamap.Whose{datamap.Mention}}
	if t.Review != "" {
		it.Review = append(it.Review, t.Review)
	}
	letter := t.Category == correspondence && len(t.OwnedBy) == 0 && len(t.During) == 0 && len(t.Names) == 0
	otherHolder := slices.ContainsFunc(s.others, func(o *reader) bool { x := o.read(text); return x.full || x.titled || x.unique })
	same, sole := []*reader(nil), false
	if settles := e.unique || e.joint || e.born; !settles && (e.full || e.titled) {
		var err error
		if same, err = s.same(); err != nil {
			return it, false, err
		}
		if anothers(same, text) {
			return it, false, nil // the same name, with somebody else's number
		}
	}
	if e.titled && !e.full && !e.unique && !e.joint {
		var err error
		if sole, err = s.sole(); err != nil {
			return it, false, err
		}
	}
	s.strength[source+":"+r.ID()] = e.strength(len(same) == 0)
	switch {
	case e.full, e.unique, e.titled && (e.joint || sole):
	case e.joint && !otherHolder:
		if letter {
			it.Whose = []datamap.Whose{datamap.Shared}
		}
		it.Path = []string{r.Table.Name + " gives a reference that this person holds together with others"}
		it.Review = append(it.Review, "names nobody: whose it is was told from the reference alone")
		return it, true, nil
	case e.placed:
		it.Path = []string{r.Table.Name + " gives a forename of this person near to where they live"}
		it.Review = append(it.Review, "a forename and an address, and nothing else: somebody else may be meant")
		return it, true, nil
	default:
		return it, false, nil
	}
	if s.staff {
		// Letters to and from the office are about those it writes to.
		it.Path = []string{r.Table.Name + " names this person, as staff"}
		if letter && e.signed {
			it.Whose = []datamap.Whose{datamap.Authored}
			it.Path = []string{r.Table.Name + " is signed by this person, for the landlord"}
		}
		return it, true, nil
	}
	settled := len(same) == 0 // where something in the text settled it, nobody else was thought of
	switch {
	case letter && e.jointly && settled:
		it.Whose = []datamap.Whose{datamap.Shared}
		it.Path = []string{r.Table.Name + " is addressed to this person and others"}
	case letter && settled && (e.addressed || e.signed || e.full && e.born):
		it.Whose = []datamap.Whose{datamap.Self}
		it.Path = []string{r.Table.Name + " is " + map[bool]string{true: "addressed to", false: "from or about"}[e.addressed] + " this person"}
		if !e.unique && !e.born {
			it.Review = append(it.Review, "whose it is was told from its words")
		}
	default:
		it.Path = []string{r.Table.Name + " names this person in its text"}
		if settled {
			it.Review = append(it.Review, "about someone or something else, and names this person")
		} else {
			it.Review = append(it.Review, "the name alone: other people have the same one")
		}
	}
	return it, true, nil
}

// anothers says whether the text gives a number of somebody who has the same
// name.
func anothers(same []*reader, text string) bool {
	return slices.ContainsFunc(same, func(o *reader) bool {
		e := o.read(text)
		return e.unique || e.joint || e.born
	})
}

// adjust finishes what only this room knows: a message is shared with those
// outside the landlord who were in it too, a line that names several people
// with all of them, and what hangs below such a row goes with it.
func (f *Finder) adjust(records []Record, s *subject) {
	together := map[string]bool{}
	for i := range records {
		r := &records[i]
		t := f.Maps[r.Source].Tables[r.Table]
		if t.People != datamap.NotPeople || !slices.Equal(r.Whose, []datamap.Whose{datamap.Self}) {
			continue
		}
		if f.withOutsiders(t, *r, s) || severalNames(t, r.Row) || below(t, *r, together) {
			r.Whose = []datamap.Whose{datamap.Shared}
			together[r.ID()] = true
		}
	}
}

func (f *Finder) withOutsiders(t *datamap.Table, r Record, s *subject) bool {
	for i := range t.Names {
		if t.Names[i].Role != datamap.Correspondent {
			continue
		}
		for _, e := range index.Known(&t.Names[i].Identifiers, r.Row).Emails {
			if _, domain, _ := strings.Cut(e, "@"); !s.emails[e] && !slices.Contains(f.OwnDomains, domain) {
				return true
			}
		}
	}
	return false
}

func severalNames(t *datamap.Table, r rows.Row) bool {
	return slices.ContainsFunc(t.Names, func(n datamap.Named) bool {
		return n.Role == datamap.Subject && len(n.Name) == 1 && len(match.ParseNames(r.Get(n.Name[0]).Text)) > 1
	})
}

// below says whether the row hangs below one of these, which stand before it.
func below(t *datamap.Table, r Record, rowsAbove map[string]bool) bool {
	return slices.ContainsFunc(t.OwnedBy, func(e datamap.Edge) bool {
		var key []rows.Match
		for c, up := range e.On {
			key = append(key, rows.Match{Column: up, Value: r.Row.Get(c)})
		}
		return rowsAbove[e.In(r.Source)+":"+rows.EncodeID(e.Table, key)]
	})
}
