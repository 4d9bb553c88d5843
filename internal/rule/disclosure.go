package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Ask is a disclosure that is thought of.
type Ask struct {
	To     notice.ID `json:"to"`               // a recipient of the notice
	For    notice.ID `json:"for,omitempty"`    // the use it serves; empty leaves it open
	People notice.ID `json:"people,omitempty"` // whose data it is; empty leaves it open
	Fields []Field   `json:"fields"`
	Facts  Facts     `json:"facts,omitempty"`
	Power  string    `json:"power,omitempty"` // the enactment or order the recipient relies on, as it cites it
	Why    string    `json:"why,omitempty"`   // why it needs just this
	Day    law.Date  `json:"day"`
}

// Field is one thing that would be given: a field, a category of the notice as a
// whole, or a field said to be of a category.
type Field struct {
	Name     string    `json:"name"`
	Category notice.ID `json:"category,omitempty"`
}

// ParseField reads a field as people write it: name, or identity.name to say of
// which category it is.
func ParseField(text string) (Field, error) {
	var f Field
	of, name, ok := strings.Cut(strings.TrimSpace(text), ".")
	if !ok {
		of, name = "", of
	}
	if !subject.MatchString(name) || of != "" && !subject.MatchString(of) {
		return f, fmt.Errorf("%.60q is no field: write small letters, digits and hyphens, as sharing.yaml does: name, or identity.name to say of which category it is", text)
	}
	return Field{name, notice.ID(of)}, nil
}

// String is the field as ParseField reads it.
func (f Field) String() string {
	if f.Category == "" {
		return f.Name
	}
	return string(f.Category) + "." + f.Name
}

// mostFields bounds what is asked of at once.
const mostFields = 500

// Check says what of an Ask is no question that this notice could answer: a name it
// does not know.
func (a Ask) Check(n *notice.Notice) error {
	if _, ok := recipient(n, a.To); !ok {
		return fmt.Errorf("the notice names no recipient %.60q; it names %s", a.To, list(n.Sharing.Recipients, func(r notice.Recipient) notice.ID { return r.ID }))
	}
	known := func(id notice.ID, what string, ids []notice.ID) error {
		if id != "" && !slices.Contains(ids, id) {
			return fmt.Errorf("the notice knows no %s %.60q; it knows %s", what, id, words(ids))
		}
		return nil
	}
	if err := known(a.For, "use", idsOf(n.Uses.Uses, func(u notice.Use) notice.ID { return u.ID })); err != nil {
		return err
	}
	if err := known(a.People, "kind of people", idsOf(n.Data.People, func(p notice.People) notice.ID { return p.ID })); err != nil {
		return err
	}
	if len(a.Fields) > mostFields {
		return fmt.Errorf("at most %d fields can be asked of at once", mostFields)
	}
	for _, f := range a.Fields {
		if err := known(f.Category, "category", idsOf(n.Data.Categories, func(c notice.Category) notice.ID { return c.ID })); err != nil {
			return err
		}
	}
	if a.Day.IsZero() {
		return fmt.Errorf("the day is not said")
	}
	return nil
}

// Decision is the answer.
type Decision struct {
	Decision notice.Decision `json:"decision"`
	// Rule is the rule of sharing.yaml that decided; empty where none serves.
	Rule notice.ID `json:"rule,omitempty"`
	// Kind and Group are what the recipient is: a supplier of ours, a partner, somebody
	// with purposes of their own.
	Kind  notice.RecipientKind  `json:"kind,omitempty"`
	Group notice.RecipientGroup `json:"group,omitempty"`
	// Fields are those that may go: now where the decision is allow, once the conditions
	// are met where it is ask, and alone where it refuses because more was asked for.
	Fields     []string    `json:"fields"`
	Categories []notice.ID `json:"categories"` // what the fields are of, all that they may be
	Withheld   []Withheld  `json:"withheld"`
	Reasons    []Reason    `json:"reasons"`
	Conditions []Unmet     `json:"conditions"`
	// Mind is what the notice never does, in words that no rule can weigh.
	Mind []Reason `json:"mind,omitempty"`
	// After is what has to be done once it has gone.
	After []string `json:"after,omitempty"`
}

// Withheld is a field that does not go.
type Withheld struct {
	Field string `json:"field"`
	Why   string `json:"why"`
}

// Reason is what a decision rests on.
type Reason struct {
	Clause notice.ID `json:"clause,omitempty"` // the sentence of the notice
	Law    string    `json:"law,omitempty"`
	Words  string    `json:"words"`
}

// Unmet is a condition that is not met yet.
type Unmet struct {
	Says  string   `json:"says"`
	Facts []string `json:"facts,omitempty"` // which facts would meet it, as Facts.Say reads them
	Law   string   `json:"law,omitempty"`
}

// MayDisclose decides whether what is asked of may be given, by the notice n, which
// is the one in force on the day. Where several rules let data go to the recipient
// it goes by the one that lets it; rules of one end bind together.
func MayDisclose(n *notice.Notice, a Ask) Decision {
	to, ok := recipient(n, a.To)
	if !ok {
		return a.none(Decision{}, Reason{Law: lawful, Words: "The notice names no such recipient, and what no rule allows is refused."})
	}
	base := Decision{Kind: to.Kind, Group: to.Group}
	if r, never := neverAtAll(n, a); never {
		return a.none(base, r)
	}
	var best *Decision
	for _, r := range n.Sharing.Rules {
		if r.To != a.To {
			continue
		}
		if d := judge(n, to, r, a); best == nil || better(d, *best) {
			best = &d
		}
	}
	if best == nil || best.Decision == notice.Refuse && len(best.Fields) == 0 {
		if d, ok := a.compelled(n, to); ok {
			return d
		}
	}
	if best == nil {
		return a.none(base, Reason{Law: lawful, Words: "No rule of the notice lets anything be given to them: " + to.Title + "."})
	}
	best.Mind = mind(n)
	return *best
}

// The law that several reasons rest on.
const (
	lawful  = "UK GDPR Article 5(1)(a)"
	minimal = "UK GDPR Article 5(1)(c)"
)

// better reports whether a decision serves more than another: one that allows, then
// one that asks; then by how many fields may go; then by how little speaks against it,
// so that what is told of is the rule that comes nearest.
func better(a, b Decision) bool {
	rank := map[notice.Decision]int{notice.Allow: 2, notice.Ask: 1}
	if x := cmp.Compare(rank[a.Decision], rank[b.Decision]); x != 0 {
		return x > 0
	}
	if x := cmp.Compare(len(a.Fields), len(b.Fields)); x != 0 {
		return x > 0
	}
	return len(a.Reasons) < len(b.Reasons)
}

// none is a refusal of everything.
func (a Ask) none(d Decision, why Reason) Decision {
	d.Decision, d.Fields, d.Categories, d.Conditions = notice.Refuse, []string{}, []notice.ID{}, []Unmet{}
	d.Reasons, d.Withheld = []Reason{why}, []Withheld{}
	for _, f := range a.Fields {
		d.Withheld = append(d.Withheld, Withheld{f.String(), why.Words})
	}
	return d
}

// compelled is what no rule provides for and may have to be done all the same: an
// order of a court, or a life in danger. A person decides it.
func (a Ask) compelled(n *notice.Notice, to notice.Recipient) (Decision, bool) {
	var why Reason
	switch {
	case a.Facts.Is("order", "made") == Yes:
		why = Reason{Law: "DPA 2018 Schedule 2 paragraph 5(2)", Words: "A court has ordered it, and no rule of the notice provides for that."}
	case a.Facts.Is("life", "in-danger") == Yes:
		why = Reason{Law: "UK GDPR Articles 6(1)(d) and 9(2)(c)", Words: "Somebody's life is said to be in danger, and no rule of the notice provides for that."}
	default:
		return Decision{}, false
	}
	d := Decision{Decision: notice.Ask, Kind: to.Kind, Group: to.Group, Fields: []string{}, Categories: []notice.ID{}, Withheld: []Withheld{},
		Reasons: []Reason{why}, Mind: mind(n),
		Conditions: []Unmet{{Says: "The data protection officer decides, on the words of the order or on what is known of the danger, and gives no more than it calls for.", Law: why.Law}}}
	for _, f := range a.Fields {
		d.Withheld = append(d.Withheld, Withheld{f.String(), "Somebody has to decide it."})
	}
	return d, true
}

// neverAtAll finds what the notice never does and this would do.
func neverAtAll(n *notice.Notice, a Ask) (Reason, bool) {
	for _, x := range n.Sharing.Never {
		unless := x.Unless != "" && a.Facts.Is("unless", string(x.ID)) == Yes
		if a.Facts.Is("never", string(x.ID)) == Yes || aimed(x) && hits(n, x, a) && !unless {
			why := Reason{Clause: x.Promise.First(), Law: lawful, Words: "The notice says that this is never passed on: " + strings.TrimRight(x.Says, ".") + "."}
			if x.Unless != "" {
				why.Words += " Unless: " + strings.TrimRight(x.Unless, ".") + ". If that is so, say unless=" + string(x.ID) + "."
			}
			return why, true
		}
	}
	return Reason{}, false
}

// aimed reports whether a never names somebody or something, so that a rule can
// weigh it.
func aimed(x notice.NeverShared) bool { return len(x.To) > 0 || len(x.Categories) > 0 }

// hits reports whether a never is about what is asked of. A field that is not said
// to be of a category is of any that its rules give.
func hits(n *notice.Notice, x notice.NeverShared, a Ask) bool {
	if len(x.To) > 0 && !slices.Contains(x.To, a.To) {
		return false
	}
	if len(x.Categories) == 0 {
		return true
	}
	for _, f := range a.Fields {
		for _, c := range f.maybe(n, a.To) {
			if slices.Contains(x.Categories, c) {
				return true
			}
		}
	}
	return false
}

// mind is what the notice never does, where only people can tell whether this is it.
func mind(n *notice.Notice) []Reason {
	var out []Reason
	for _, x := range n.Sharing.Never {
		if !aimed(x) {
			out = append(out, Reason{Clause: x.Promise.First(), Words: "Never: " + strings.TrimRight(x.Says, ".") + ". If this is that, say never=" + string(x.ID) + "."})
		}
	}
	return out
}

// maybe is the categories a field may be of: the one it is said to be of, itself
// where it is one, or any that a rule for the recipient gives fields of.
func (f Field) maybe(n *notice.Notice, to notice.ID) []notice.ID {
	if f.Category != "" {
		return []notice.ID{f.Category}
	}
	if _, ok := n.Data.Category(notice.ID(f.Name)); ok {
		return []notice.ID{notice.ID(f.Name)}
	}
	var out []notice.ID
	for _, r := range n.Sharing.Rules {
		if r.To == to && gives(r, f.Name) {
			out = append(out, r.Categories...)
		}
	}
	return out
}

// gives reports whether a rule names a field.
func gives(r notice.ShareRule, field string) bool {
	return slices.ContainsFunc(r.Fields, func(f notice.ShareField) bool {
		return string(f.Name) == field || slices.Contains(f.OneOf, notice.ID(field))
	})
}

func recipient(n *notice.Notice, id notice.ID) (notice.Recipient, bool) {
	for _, r := range n.Sharing.Recipients {
		if r.ID == id {
			return r, true
		}
	}
	return notice.Recipient{}, false
}

func idsOf[T any](all []T, id func(T) notice.ID) []notice.ID {
	out := make([]notice.ID, len(all))
	for i, x := range all {
		out[i] = id(x)
	}
	return out
}

func list[T any](all []T, id func(T) notice.ID) string { return words(idsOf(all, id)) }

func words(ids []notice.ID) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return strings.Join(out, ", ")
}
