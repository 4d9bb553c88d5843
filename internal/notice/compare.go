package notice

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// ChangeKind is what a change does to people.
type ChangeKind string

// The kinds of change.
const (
	AddsPurpose      ChangeKind = "adds-purpose"
	RemovesPurpose   ChangeKind = "removes-purpose"
	ChangesBasis     ChangeKind = "changes-basis"
	AddsCategory     ChangeKind = "adds-category"
	RemovesCategory  ChangeKind = "removes-category"
	AddsRecipient    ChangeKind = "adds-recipient"
	RemovesRecipient ChangeKind = "removes-recipient"
	Widens           ChangeKind = "widens"          // more data, more people, fewer conditions
	Narrows          ChangeKind = "narrows"         // less data, fewer people, more conditions
	MovesCondition   ChangeKind = "moves-condition" // a condition is another one: replaying the log shows what it would have done
	KeepsLonger      ChangeKind = "keeps-longer"
	KeepsShorter     ChangeKind = "keeps-shorter"
	MovesTrigger     ChangeKind = "moves-trigger" // time is counted from another event
	SlowsClock       ChangeKind = "slows-clock"
	HastensClock     ChangeKind = "hastens-clock"
	AddsRight        ChangeKind = "adds-right"
	RemovesRight     ChangeKind = "removes-right"
	AddsPromise      ChangeKind = "adds-promise"
	RemovesPromise   ChangeKind = "removes-promise"
	RewordsPromise   ChangeKind = "rewords-promise"
	Rewords          ChangeKind = "rewords"
	AddsRule         ChangeKind = "adds-rule"
	RemovesRule      ChangeKind = "removes-rule"
	ChangesRule      ChangeKind = "changes-rule"
)

// Change is one difference between two versions.
type Change struct {
	Pos         `json:"at"` // in the newer version; in the older for what is gone
	Kind        ChangeKind  `json:"kind"`
	Thing       string      `json:"thing"` // use, sharing rule, retention rule, sentence …
	ID          ID          `json:"id,omitempty"`
	Title       string      `json:"title,omitempty"` // what the thing is called, in its own words
	Field       string      `json:"field,omitempty"`
	Old         string      `json:"old,omitempty"`
	New         string      `json:"new,omitempty"`
	Came        []string    `json:"came,omitempty"` // of a list: what is on it now, by what it is called
	Went        []string    `json:"went,omitempty"` // and what no longer is
	Says        string      `json:"says"`           // in words
	Significant bool        `json:"significant"`
	Why         string      `json:"why"` // why that is proposed; a person decides
}

// Aligned is a sentence beside the one it came from. Same has both, added has
// only the new, removed only the old.
type Aligned struct {
	Old *Sentence `json:"old,omitempty"`
	New *Sentence `json:"new,omitempty"`
}

// Comparison is everything that differs between two versions.
type Comparison struct {
	From        Edition   `json:"from"`
	To          Edition   `json:"to"`
	Changes     []Change  `json:"changes"`   // in the order of the folder
	Sentences   []Aligned `json:"sentences"` // in reading order, what is the same included
	Significant bool      `json:"significant"`
}

// Edition names a version.
type Edition struct {
	Version   string `json:"version"`
	Effective Date   `json:"effective"`
}

// Compare holds two versions of a notice against each other, sentence by
// sentence and rule by rule, and proposes whether each change is significant. It is
// by the rules' ids that they are told apart: a rule with another id is another
// rule. What a moved condition would have done is for whoever has the log.
func Compare(old, new *Notice) Comparison {
	c := &comparer{names: titles(old, new)}
	olds, news := old.parts(), new.parts()
	for i := range olds {
		c.values(reflect.ValueOf(olds[i].into).Elem(), reflect.ValueOf(news[i].into).Elem(), thing{at: Pos{File: olds[i].file}})
	}
	out := Comparison{
		From: Edition{old.version, old.Landlord.Effective}, To: Edition{new.version, new.Landlord.Effective},
		Sentences: align(old.Words.All(), new.Words.All()),
	}
	c.sentences(out.Sentences)
	c.translations(old, new, out.Sentences)
	slices.SortStableFunc(c.changes, func(a, b Change) int { return placeOf(a.File) - placeOf(b.File) })
	out.Changes = c.changes
	out.Significant = slices.ContainsFunc(c.changes, func(x Change) bool { return x.Significant })
	return out
}

// thing is what the fields being compared belong to.
type thing struct {
	kind  string // as in the id tag
	id    ID
	title string // what it is called
	at    Pos
	name  string // the field that leads to it
	ref   string // what its ids are ids of
}

type comparer struct {
	changes []Change
	names   map[string]string // what is called what: see titles
}

// values compares two values of one type, which may be absent.
func (c *comparer) values(old, new reflect.Value, in thing) {
	t := old.Type()
	switch {
	case t.Kind() == reflect.Map:
		return // promises.yaml: how a promise is checked is no matter of the public's
	case t.Kind() == reflect.Pointer && !old.IsNil() && !new.IsNil():
		c.values(old.Elem(), new.Elem(), in)
	case t.Kind() == reflect.Struct:
		if p, ok := position(new); ok {
			in.at = p
		}
		if t == clockType {
			c.clock(old.Interface().(Clock), new.Interface().(Clock), in)
		}
		for _, f := range specs(t) {
			if f.id != "" || f.rest || t == clockType && (f.name == "count" || f.name == "unit") {
				continue
			}
			inner := in
			inner.name, inner.ref = strings.TrimPrefix(in.name+"."+f.name, "."), f.ref
			c.field(old.Field(f.index), new.Field(f.index), f, inner)
		}
	default:
		c.plain(old, new, in)
	}
}

func (c *comparer) field(old, new reflect.Value, f spec, in thing) {
	t := old.Type()
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct {
		if kind, key, ok := keyField(t.Elem()); ok {
			c.lists(old, new, kind, key, in)
			return
		}
	}
	if t.Kind() == reflect.Struct || t.Kind() == reflect.Pointer && !old.IsNil() && !new.IsNil() {
		c.values(old, new, in)
		return
	}
	c.plain(old, new, in)
}

// keyField finds the field that names entries of a list.
func keyField(t reflect.Type) (kind string, index int, ok bool) {
	for _, f := range specs(t) {
		if f.id != "" {
			return f.id, f.index, true
		}
	}
	return "", 0, false
}

func (c *comparer) lists(old, new reflect.Value, kind string, key int, in thing) {
	at := func(list reflect.Value, id string) (reflect.Value, bool) {
		for i := range list.Len() {
			if list.Index(i).Field(key).String() == id {
				return list.Index(i), true
			}
		}
		return reflect.Value{}, false
	}
	for i := range new.Len() {
		n := new.Index(i)
		id := n.Field(key).String()
		o, ok := at(old, id)
		if !ok {
			c.whole(n, kind, ID(id), true)
			continue
		}
		c.values(o, n, thing{kind: kind, id: ID(id), title: c.title(n)})
	}
	for i := range old.Len() {
		o := old.Index(i)
		if id := o.Field(key).String(); id != "" {
			if _, ok := at(new, id); !ok {
				c.whole(o, kind, ID(id), false)
			}
		}
	}
}

// whole reports an entry that came or went.
func (c *comparer) whole(v reflect.Value, kind string, id ID, came bool) {
	at, _ := position(v)
	kinds := map[string][2]ChangeKind{
		"use": {AddsPurpose, RemovesPurpose}, "category": {AddsCategory, RemovesCategory}, "recipient": {AddsRecipient, RemovesRecipient},
		"right": {AddsRight, RemovesRight}, "sharing rule": {Widens, Narrows}, "never shared": {Narrows, Widens}, "tracker": {Widens, Narrows},
		"recording": {Widens, Narrows}, "channel": {Widens, Narrows}, "identity step": {ChangesRule, ChangesRule},
	}
	k := kinds[kind]
	if k[0] == "" {
		k = [2]ChangeKind{AddsRule, RemovesRule}
	}
	title := c.title(v)
	change := Change{Pos: at, Kind: k[1], Thing: kind, ID: id, Title: title, Old: title, Says: "the " + kind + " " + string(id) + " is gone: " + title}
	if came {
		change = Change{Pos: at, Kind: k[0], Thing: kind, ID: id, Title: title, New: title, Says: "there is a new " + kind + ", " + string(id) + ": " + title}
	}
	// More ways to ask are better for people, fewer are worse: the other way
	// round than more data.
	c.add(change, kind == "channel" && !came)
}

func position(v reflect.Value) (Pos, bool) {
	if v.Kind() != reflect.Struct {
		return Pos{}, false
	}
	f := v.FieldByName("Pos")
	if !f.IsValid() || f.Type() != posType {
		return Pos{}, false
	}
	p := f.Interface().(Pos)
	return p, p.File != ""
}

// plain compares values as they are written.
func (c *comparer) plain(old, new reflect.Value, in thing) {
	if same(old, new) {
		return
	}
	kind := direction(in, old, new)
	if kind == "" {
		return // the same in another order
	}
	change := Change{Kind: kind, Old: written(old), New: written(new)}
	if old.Kind() == reflect.Slice {
		change.Came, change.Went = c.beyond(new, old, in.ref), c.beyond(old, new, in.ref)
	}
	c.report(change, in)
}

// report adds the change of a field.
func (c *comparer) report(change Change, in thing) {
	change.Pos, change.Thing, change.ID, change.Title, change.Field = in.at, in.kind, in.id, in.title, in.name
	if change.Thing == "" {
		change.Thing = strings.TrimSuffix(in.at.File, ".yaml")
	}
	change.Says = fmt.Sprintf("%s %s: %s was %s, and is %s", change.Thing, in.id, in.name, orNone(change.Old), orNone(change.New))
	c.add(change, false)
}

// same compares without positions: a rule that has moved in its file is the
// same rule.
func same(a, b reflect.Value) bool { return written(a) == written(b) }

// written is a value on one line.
func written(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return written(v.Elem())
	case reflect.Slice:
		var parts []string
		for i := range v.Len() {
			parts = append(parts, written(v.Index(i)))
		}
		return strings.Join(parts, ", ")
	case reflect.Struct:
		var parts []string
		for _, f := range specs(v.Type()) {
			if x := v.Field(f.index); !x.IsZero() {
				parts = append(parts, f.name+": "+written(x))
			}
		}
		return strings.Join(parts, "; ")
	}
	if v.IsZero() {
		return ""
	}
	return fmt.Sprint(v.Interface())
}

// direction is what a change of one field does.
func direction(in thing, old, new reflect.Value) ChangeKind {
	field := in.name[strings.LastIndex(in.name, ".")+1:]
	switch in.kind + " " + in.name {
	case "sharing rule when":
		loose := []string{"", string(ByPerson), string(Asked), string(AsNeeded), string(Scheduled)}
		if slices.Index(loose, new.String()) > slices.Index(loose, old.String()) {
			return Widens
		}
		return Narrows
	case "sharing rule if":
		return moved(Expression(old.String()), Expression(new.String()))
	case "sharing rule fields":
		switch { // no list of fields means all of them
		case old.Len() == 0:
			return Narrows
		case new.Len() == 0:
			return Widens
		}
		return more(old, new, Widens, Narrows)
	case "sharing rule needs":
		return more(old, new, Narrows, Widens)
	case "retention rule period":
		if days(Period(new.String())) > days(Period(old.String())) {
			return KeepsLonger
		}
		return KeepsShorter
	case "retention rule trigger", "retention rule after":
		return MovesTrigger
	}
	switch field {
	case "basis", "special", "criminal", "article-9", "schedule-1", "recognised":
		return ChangesBasis
	case "categories", "people", "sources", "where", "asks", "within":
		if in.kind == "never shared" {
			return more(old, new, Narrows, Widens)
		}
		return more(old, new, Widens, Narrows)
	case "clock":
		if old.IsNil() {
			return HastensClock
		}
		if new.IsNil() {
			return SlowsClock
		}
	case "title", "says", "purpose", "does", "why", "who", "name", "hours", "dpv":
		return Rewords
	}
	return ChangesRule
}

// days is a period as a rough number, for telling the longer of two.
func days(p Period) int {
	y, m, d := p.Parts()
	return 365*y + 30*m + d
}

// more reports grown if something was added to a list, else shrunk.
func more(old, new reflect.Value, grown, shrunk ChangeKind) ChangeKind {
	had := make(map[string]bool)
	for i := range old.Len() {
		had[written(old.Index(i))] = true
	}
	for i := range new.Len() {
		if !had[written(new.Index(i))] {
			return grown
		}
	}
	return shrunk
}

// weigh is whether a kind of change is proposed as significant, and why. People
// are told of what takes from them, or does more with their data.
func (k ChangeKind) weigh() (bool, string) {
	switch k {
	case AddsPurpose:
		return true, "people are told before their data is used for something else: UK GDPR Articles 13(3) and 14(4)"
	case ChangesBasis:
		return true, "the basis decides which rights people have"
	case AddsCategory, Widens, AddsRecipient, KeepsLonger, MovesTrigger, MovesCondition:
		return true, "more may be done with people's data, or for longer"
	case SlowsClock, RemovesRight:
		return true, "people may get less, or later, than they were promised"
	case RemovesPromise, RewordsPromise:
		return true, "a promise people may rely on is another or gone"
	case Narrows, KeepsShorter, HastensClock, RemovesPurpose, RemovesCategory, RemovesRecipient, AddsRight, AddsPromise:
		return false, "people lose nothing by it"
	}
	return false, "it changes nothing that is done with people's data"
}

func (c *comparer) add(x Change, reversed bool) {
	x.Significant, x.Why = x.Kind.weigh()
	if reversed {
		x.Significant, x.Why = true, "people have one way less to ask"
	}
	if x.Thing == "channel" && !reversed {
		x.Significant, x.Why = false, "people lose nothing by it"
	}
	c.changes = append(c.changes, x)
}

// sentences reports what the words gained, lost and say otherwise.
func (c *comparer) sentences(pairs []Aligned) {
	for _, p := range pairs {
		x := Change{Thing: "sentence"}
		switch {
		case p.Old == nil:
			x.Pos, x.ID, x.New, x.Kind = wordsAt(p.New.Line), p.New.ID, p.New.Text, Rewords
			x.Says = "a new sentence: " + quote(p.New.Text)
			if x.ID != "" {
				x.Kind = AddsPromise
			}
		case p.New == nil:
			x.Pos, x.ID, x.Old, x.Kind = wordsAt(p.Old.Line), p.Old.ID, p.Old.Text, Rewords
			x.Says = "a sentence is gone: " + quote(p.Old.Text)
			if x.ID != "" {
				x.Kind = RemovesPromise
			}
		case p.Old.Text != p.New.Text:
			x.Pos, x.ID, x.Old, x.New, x.Kind = wordsAt(p.New.Line), p.New.ID, p.Old.Text, p.New.Text, RewordsPromise
			x.Says = "the promise is in other words: " + quote(p.New.Text)
		default:
			continue
		}
		c.add(x, false)
	}
}

// align sets sentences beside each other: promises by their id, the rest by their
// words, along the longest common run of both.
func align(old, new []Sentence) []Aligned {
	key := func(s Sentence) string {
		if s.ID != "" {
			return "#" + string(s.ID)
		}
		return s.Text
	}
	// A promise that has moved to another place is still that promise.
	moved := make(map[ID]*Sentence)
	for i := range old {
		if old[i].ID != "" {
			moved[old[i].ID] = &old[i]
		}
	}
	common := make([][]int, len(old)+1)
	for i := range common {
		common[i] = make([]int, len(new)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(new) - 1; j >= 0; j-- {
			if key(old[i]) == key(new[j]) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	kept := make(map[ID]bool)
	for _, s := range new {
		kept[s.ID] = s.ID != ""
	}
	var out []Aligned
	i, j := 0, 0
	for i < len(old) || j < len(new) {
		switch {
		case i < len(old) && j < len(new) && key(old[i]) == key(new[j]):
			out = append(out, Aligned{&old[i], &new[j]})
			i, j = i+1, j+1
		case j == len(new) || i < len(old) && common[i+1][j] >= common[i][j+1]:
			if !kept[old[i].ID] {
				out = append(out, Aligned{Old: &old[i]})
			}
			i++
		default:
			out = append(out, Aligned{Old: moved[new[j].ID], New: &new[j]})
			j++
		}
	}
	return out
}
