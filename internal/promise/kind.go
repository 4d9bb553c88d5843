package promise

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// ErrDiffers says that a sealed pack is not the one that was made.
var ErrDiffers = errors.New("the pack is not the one that was made")

// Kind is a kind of check.
type Kind struct {
	Name   string
	Says   string // what it looks at, for docs and faces
	Params []Param
	// Look counts. It returns an error only where Tenet's own tables fail; what cannot
	// be read elsewhere is a gap. nil where the kind is laid and not built.
	Look func(ctx context.Context, l *Look) (Found, error)
	// Lacks says what must be built first, where Look is nil.
	Lacks string
}

// Param is something a check may be given in the pack.
type Param struct {
	Name string
	Says string
	Type Type
	Must bool
	// Of are the words it may be; nil for any.
	Of func(*notice.Notice) []string
}

// Type is the sort of value a parameter takes.
type Type string

// The types.
const (
	AShare   Type = "share"    // 100%, 99.5%
	APeriod  Type = "period"   // P1Y, P30D
	AWord    Type = "word"     // one word, or an id of the notice
	Words    Type = "words"    // a list of them, or one
	APlace   Type = "table"    // SOURCE.TABLE
	Places   Type = "tables"   // a list of them, or one
	AColumn  Type = "column"   // of the table
	Matching Type = "matching" // column=value, or a list of them
	ACount   Type = "count"    // a number above zero
	YesNo    Type = "yes-no"   // true or false
	Free     Type = "text"     // words
)

// Look is what one check looks with.
type Look struct {
	*Board
	Promise notice.ID
	With    Values
}

// Values are the parameters of a check, read.
type Values struct{ m map[string]any }

func (v Values) word(name string) string { s, _ := v.m[name].(string); return s }

func (v Values) words(name string) []string { s, _ := v.m[name].([]string); return s }

func (v Values) has(name string) bool { _, ok := v.m[name]; return ok }

func (v Values) count(name string) int64 { n, _ := v.m[name].(int64); return n }

func (v Values) where(name string) []Where { w, _ := v.m[name].([]Where); return w }

func (v Values) least() Share {
	if s, ok := v.m["at-least"].(Share); ok {
		return s
	}
	return All
}

// period is the parameter, or what it is where it is left out.
func (v Values) period(name string, otherwise notice.Period) notice.Period {
	if p, ok := v.m[name].(notice.Period); ok {
		return p
	}
	return otherwise
}

var (
	aShare  = regexp.MustCompile(`^([0-9]{1,3})(?:\.([0-9]{1,2}))?%$`)
	aPeriod = regexp.MustCompile(`^P([0-9]{1,3}Y)?([0-9]{1,4}M)?([0-9]{1,4}W)?([0-9]{1,5}D)?$`)
)

// fault is what is wrong with a parameter and its mend.
type fault struct{ field, what, mend string }

// read reads the parameters of a check.
func (k Kind) read(n *notice.Notice, with map[string]any) (Values, []fault) {
	v := Values{make(map[string]any, len(with))}
	var faults []fault
	var known []string
	params := append(slices.Clone(k.Params), ownerParam)
	for _, p := range params {
		known = append(known, p.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(with)) {
		i := slices.Index(known, name)
		if i < 0 {
			faults = append(faults, fault{name, k.Name + " takes no " + quote(name), "it takes " + strings.Join(known, ", ")})
			continue
		}
		p := params[i]
		x, want := p.value(with[name])
		if want != "" {
			faults = append(faults, fault{name, "must be " + want, "it is " + p.Says})
			continue
		}
		if p.Of != nil {
			allowed := p.Of(n)
			for _, w := range wordsIn(x) {
				if !slices.Contains(allowed, w) {
					faults = append(faults, fault{name, quote(w) + " is not one of those there are", "use one of: " + strings.Join(first(allowed, 12), ", ")})
				}
			}
		}
		v.m[name] = x
	}
	for _, p := range k.Params {
		if _, given := with[p.Name]; p.Must && !given {
			faults = append(faults, fault{p.Name, "is missing", "add " + p.Name + ": " + p.Says})
		}
	}
	return v, faults
}

// value reads one value; want says what it must be, where it is not.
func (p Param) value(x any) (value any, want string) {
	text, isText := x.(string)
	switch p.Type {
	case AShare:
		m := aShare.FindStringSubmatch(text)
		if m == nil {
			return nil, "a share such as 100% or 99.5%"
		}
		whole, _ := strconv.Atoi(m[1])
		part, _ := strconv.Atoi((m[2] + "00")[:2])
		if s := Share(whole*100 + part); s > 0 && s <= All {
			return s, ""
		}
		return nil, "a share above 0% and up to 100%"
	case APeriod:
		if !aPeriod.MatchString(text) || text == "P" {
			return nil, "a period such as P1Y or P30D"
		}
		return notice.Period(text), ""
	case ACount:
		if i, ok := x.(int64); ok && i > 0 {
			return i, ""
		}
		return nil, "a whole number above zero"
	case YesNo:
		if yes, ok := x.(bool); ok {
			return yes, ""
		}
		return nil, "true or false"
	case Words, Places, Matching:
		list, ok := texts(x)
		if !ok {
			return nil, "a word or a list of words"
		}
		if p.Type == Words {
			return list, ""
		}
		var where []Where
		for _, w := range list {
			if p.Type == Places && !isPlace(w) {
				return nil, "SOURCE.TABLE or a list of them"
			}
			column, value, ok := strings.Cut(w, "=")
			if p.Type == Matching && (!ok || column == "") {
				return nil, "COLUMN=VALUE or a list of them"
			}
			where = append(where, Where{Column: column, Value: value})
		}
		if p.Type == Matching {
			return where, ""
		}
		return list, ""
	case APlace:
		if !isPlace(text) {
			return nil, "SOURCE.TABLE"
		}
	}
	if !isText || strings.TrimSpace(text) == "" {
		return nil, "a word"
	}
	return text, ""
}

func isPlace(s string) bool {
	source, table, ok := strings.Cut(s, ".")
	return ok && source != "" && table != ""
}

// texts is a list of words, or one word as a list.
func texts(x any) ([]string, bool) {
	switch x := x.(type) {
	case string:
		return []string{x}, true
	case []any:
		var out []string
		for _, e := range x {
			s, ok := e.(string)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, true
	}
	return nil, false
}

func wordsIn(x any) []string {
	switch x := x.(type) {
	case string:
		return []string{x}
	case []string:
		return x
	}
	return nil
}

// The checks that rest on a person's word, and the one that looks at nothing.
const (
	AttestName       = "attested"
	ReviewName       = "notice.reviewed"
	NotCheckableName = "not-checkable"
)

// said are the two checks that are answered by the pack or by a person.
func said() []Kind {
	return []Kind{
		{Name: AttestName, Says: "somebody who answers for it says so, with evidence and an expiry", Params: []Param{
			{Name: "by", Says: "the contact of the notice who answers for it", Type: AWord, Must: true, Of: contacts},
			{Name: "every", Says: "for how long one's word stands", Type: APeriod, Must: true}}},
		{Name: NotCheckableName, Says: "an aim that nothing can show", Params: []Param{
			{Name: "why", Says: "why nothing can show it", Type: Free, Must: true}}},
	}
}

// Problems are the faults in what a notice gives its checks, in the order of
// promises.yaml, and checks of kinds that nobody knows. The promise of either is
// unproven, and says so.
func Problems(n *notice.Notice) []notice.Problem {
	var out []notice.Problem
	for id, checks := range n.Promises {
		for _, c := range checks {
			k, ok := kindOf(string(c.Check))
			if !ok {
				var names []string
				for _, k := range slices.Concat(said(), Kinds()) {
					names = append(names, k.Name)
				}
				out = append(out, notice.Problem{Pos: c.Pos, Field: string(id) + ".check", What: "there is no check called " + quote(string(c.Check)), Mend: notice.DidYouMean(string(c.Check), names)})
				continue
			}
			_, faults := k.read(n, c.With)
			for _, f := range faults {
				out = append(out, notice.Problem{Pos: c.Pos, Field: string(id) + "." + string(c.Check) + "." + f.field, What: f.what, Mend: f.mend})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b notice.Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.Field, b.Field)
	})
	return out
}

func kindOf(name string) (Kind, bool) {
	for _, k := range slices.Concat(said(), Kinds()) {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return "“" + s + "”"
}

func first(list []string, most int) []string {
	if len(list) > most {
		return append(slices.Clone(list[:most]), fmt.Sprintf("and %d more", len(list)-most))
	}
	return list
}

// ids are the names of things of a notice, for Param.Of.
func ids[T any](list []T, id func(T) notice.ID) []string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, string(id(x)))
	}
	return out
}

func contacts(n *notice.Notice) []string {
	return ids(n.Landlord.Contacts, func(c notice.Contact) notice.ID { return c.ID })
}

func categories(n *notice.Notice) []string {
	return ids(n.Data.Categories, func(c notice.Category) notice.ID { return c.ID })
}

func clients(n *notice.Notice) []string {
	return ids(n.Landlord.Clients, func(c notice.Client) notice.ID { return c.ID })
}

func keepRules(n *notice.Notice) []string {
	return ids(n.Keeping.Rules, func(r notice.KeepRule) notice.ID { return r.ID })
}

func shareRules(n *notice.Notice) []string {
	return ids(n.Sharing.Rules, func(r notice.ShareRule) notice.ID { return r.ID })
}

func regimes(*notice.Notice) []string {
	var out []string
	for _, r := range law.Regimes() {
		out = append(out, string(r))
	}
	return out
}

// of is the words a parameter may be, fixed.
func of(list ...string) func(*notice.Notice) []string {
	return func(*notice.Notice) []string { return list }
}

// ownerParam is what every check takes: who answers for the promise.
var ownerParam = Param{Name: "owner", Says: "the contact of the notice who answers for the promise, and is told when it changes", Type: AWord, Of: contacts}

// Parameters that several kinds take.
var (
	atLeast = Param{Name: "at-least", Says: "the share that must be as promised; left out means 100%", Type: AShare}
	within  = Param{Name: "within", Says: "how far back to look; left out means P1Y", Type: APeriod}
	in      = Param{Name: "in", Says: "the table that records it, as SOURCE.TABLE", Type: APlace}
	where   = Param{Name: "where", Says: "only rows in which a column has a value, as COLUMN=VALUE", Type: Matching}
)
