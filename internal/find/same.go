package find

import (
	"math"
	"strings"
	"sync"

	"tenet/internal/datamap"
	"tenet/internal/index"
	"tenet/internal/match"
	"tenet/internal/rows"
)

// Thresholds are what a landlord sets of when two records are one person's, in
// bits: each bit doubles the odds. The zero value goes by how many people the
// index holds; see match.Model.ForPeople.
type Thresholds struct{ SameAt, AskAt float64 }

// one is a row of a person table, and who it says it is.
type one struct {
	source  string
	row     rows.Row
	known   match.Known
	profile *match.Profile
	why     []string // the working
	because string   // the working in a few words, for the path
	score   float64  // how likely it is the person, from 0 to 1
}

func newOne(source string, r rows.Row, k match.Known) one {
	return one{source: source, row: r, known: k, profile: match.NewProfile(k)}
}

func (o one) id() string { return o.source + ":" + o.row.ID() }

func (o one) candidate() Candidate {
	return Candidate{Record: o.id(), Source: o.source, Table: o.row.Table.Name, Key: o.row.KeyMap(), Name: o.known.Name.Written, Score: o.score, Why: o.why}
}

// take takes over why it was found.
func (o *one) take(t tie) { o.why, o.because, o.score = t.why, t.because, t.score }

// tie is what comes of holding two records against each other.
type tie struct {
	verdict match.Verdict
	bits    float64
	score   float64
	why     []string
	because string
	against string // what contradicts, in words
	decided bool   // a person decided it
}

// linker decides who is one person with whom, for one search.
type linker struct {
	model *match.Model
	prior float64 // log2 of how many people somebody could be mistaken for
}

// defaultModel is read once: it is the same for every search, and never changed.
var defaultModel = sync.OnceValue(match.DefaultModel)

// fewest is how many people a landlord is taken to know at least: the rows of a
// person table are few beside those whom a record may mean.
const fewest = 1000

// linker weighs with the landlord's thresholds, or with those that suit as many
// people as the index holds.
func (f *Finder) linker() *linker {
	var held int64
	for _, x := range f.search.tables {
		if m := f.Maps[x.Source]; m != nil && m.Tables[x.Table] != nil && m.Tables[x.Table].People != datamap.NotPeople {
			held += x.Rows
		}
	}
	n := max(held, fewest)
	l := &linker{model: defaultModel().ForPeople(int(n)), prior: math.Log2(float64(n))}
	if f.Thresholds != (Thresholds{}) {
		l.model.SameAt, l.model.AskAt = f.Thresholds.SameAt, f.Thresholds.AskAt
	}
	return l
}

// tie holds two records against each other by the model alone.
func (l *linker) tie(a, b *match.Profile) tie {
	link := l.model.Compare(a, b)
	t := tie{verdict: link.Verdict, bits: link.Bits, score: 1 / (1 + math.Exp2(l.prior-link.Bits)), why: link.Working(), against: match.Contradiction(a, b)}
	var agree []string
	for _, e := range link.Evidence {
		if e.Bits > 0 {
			agree = append(agree, e.Field)
		}
	}
	t.because = "matched by " + and(agree)
	return t
}

// question holds a record against what was asked. Who asks by name, or by one
// identifier, must be shown whom that could mean, however many there are and
// however little it weighs.
func (l *linker) question(q, o one) tie {
	t := l.tie(q.profile, o.profile)
	if t.verdict == match.Different && (reached(q.known, o.known) || sameName(q.known, o.known)) && !someoneElse(q, o) {
		t.verdict = match.Ask
		t.why = append(t.why, "too little by itself to say who is meant")
	}
	return t
}

// reached says that the two have an identifier in common, other than a name or a
// date.
func reached(a, b match.Known) bool {
	return a.NINO != "" && a.NINO == b.NINO || a.NHS != "" && a.NHS == b.NHS ||
		len(shared(a.Refs, b.Refs))+len(shared(a.Emails, b.Emails))+len(shared(a.Phones, b.Phones)) > 0
}

// sameName says that some name of the one could be some name of the other, both
// having one.
func sameName(a, b match.Known) bool {
	return eachName(a, b, func(x, y match.Name) bool {
		g := match.CompareNames(x, y)
		return g.Compatible() && (g.Forename > match.Unknown || g.Surname > match.Unknown)
	})
}

// likest is the name of b that is most like one of a's, and how far the two agree.
func likest(a, b match.Known) (n match.Name, best match.Agreement) {
	eachName(a, b, func(x, y match.Name) bool {
		if g := match.CompareNames(x, y); n.IsZero() || g.Score > best.Score {
			n, best = y, g
		}
		return false
	})
	return n, best
}

// eachName tries the names of a with those of b until ok.
func eachName(a, b match.Known, ok func(x, y match.Name) bool) bool {
	for _, x := range append([]match.Name{a.Name}, a.KnownAs...) {
		for _, y := range append([]match.Name{b.Name}, b.KnownAs...) {
			if !x.IsZero() && !y.IsZero() && ok(x, y) {
				return true
			}
		}
	}
	return false
}

// someoneElse says that the two could not both be meant by one question: something
// contradicts, or the names do, surnames too.
func someoneElse(a, b one) bool {
	if match.Contradiction(a.profile, b.profile) != "" {
		return true
	}
	return !a.known.Name.IsZero() && !b.known.Name.IsZero() && !eachName(a.known, b.known, func(x, y match.Name) bool { return match.CompareNames(x, y).Compatible() })
}

func and(list []string) string {
	switch n := len(list); n {
	case 0:
		return "nothing that agrees"
	case 1:
		return list[0]
	default:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
}

// asked is the question as a record of nobody's.
func asked(q match.Known) one { return newOne("", rows.Row{Table: &rows.Table{}}, q.Normal()) }

// knownOf reads off a row of a person table who it is.
func (f *Finder) knownOf(source string, r rows.Row) one {
	return newOne(source, r, index.Known(f.Maps[source].Tables[r.Table.Name].Identifiers, r))
}
