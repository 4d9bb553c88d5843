package detect

import "strings"

// related adds to spans the words that say who somebody is and do not name them: "her son", "the lady upstairs",
// "reported by a neighbour". Whoever knows the family or the house knows the person by them.
func related(text string, words []word, spans []Span) []Span {
	for i := range words {
		w := &words[i]
		if w.is&(isKin|isResident) == 0 || i == 0 {
			continue
		}
		// A house, or having told something, says who it is more surely than kin alone,
		// whom only those who know the family know by it.
		why, score := "", 0.7
		from, whose := beforeRelation(text, words, i)
		to := i
		for to+1 < len(words) && joins(text, &words[to], &words[to+1]) && words[to+1].is&isKin != 0 && w.is&isKin != 0 && !words[to+1].capital {
			to++ // "sister in law" is one by its last word; "support worker" by both
		}
		last, placed := afterRelation(text, words, to)
		switch {
		case whose == possessed && (w.is&isKin != 0 || placed):
			why = "somebody by their relation to another person"
			if !placed {
				score = 0.5
			}
		case whose == definite && placed:
			why = "somebody by where they live"
		case whose == indefinite && (placed || reportedBy(words, from)):
			why = "somebody by what they told, or by where they live"
		default:
			continue
		}
		spans = append(spans, Span{Start: words[from].start, End: words[last].end, Type: Relation, Score: score, Why: why})
	}
	return spans
}

// How the words before a relation make it somebody's.
const (
	unowned    = iota
	possessed  // her, Ann's, the tenant's
	definite   // the
	indefinite // a
)

// beforeRelation goes back over what describes the person at word i to the word that says whose they are.
func beforeRelation(text string, words []word, i int) (from, whose int) {
	for j := i - 1; j >= 0 && i-j <= 4; j-- {
		w := &words[j]
		if !joins(text, w, &words[j+1]) {
			break
		}
		switch {
		case w.is&isPossessive != 0:
			return j, possessed
		case strings.HasPrefix(text[w.end:], "'s ") || strings.HasPrefix(text[w.end:], "’s "):
			if j > 0 && (w.is&isResident != 0) && words[j-1].is&isArticle != 0 && joins(text, &words[j-1], w) {
				return j - 1, possessed // the tenant's son
			}
			if w.is&(isKin|isResident) != 0 && !w.capital {
				return j, possessed // mum's partner
			}
			return j + 1, possessed // Ann's son: the name is found as one
		case w.is&isArticle != 0:
			if w.end-w.start == 3 && w.is&isDefinite != 0 {
				return j, definite
			}
			return j, indefinite
		case w.is&isDescribing == 0 && !isDigit(text[w.start]):
			return j + 1, unowned
		}
	}
	return i, unowned
}

// afterRelation goes on over what says where the person at word i lives.
func afterRelation(text string, words []word, i int) (last int, placed bool) {
	last = i
	for j := i + 1; j < len(words) && j <= i+5 && joins(text, &words[j-1], &words[j]); j++ {
		switch w := &words[j]; {
		case w.is&isNextTo != 0:
			last, placed = j, true
		case w.is&isWhere != 0 && j+1 < len(words) && joins(text, w, &words[j+1]) && livesThere(text, words, j+1):
			return j - 1, true // the house itself is an address
		case w.is&isLinking == 0:
			return last, placed
		}
	}
	return last, placed
}

// livesThere reports whether a house or a storey is named at word i: "14", "number 9", "flat 3", "the flat above".
func livesThere(text string, words []word, i int) bool {
	if words[i].is&isDwelling != 0 && i+1 < len(words) {
		i++
	}
	return isDigit(text[words[i].start])
}

// reportedBy reports whether the words before word i say that somebody told something: "reported by", "complaint from".
func reportedBy(words []word, i int) bool {
	return i >= 2 && words[i-1].is&isTelling != 0 && words[i-2].is&isReport != 0
}

// joins reports whether b follows a with no more than a space or hyphen between them, or a possessive s.
func joins(text string, a, b *word) bool {
	gap := text[a.end:b.start]
	return gap == " " || gap == "-" || gap == "'s " || gap == "’s " || gap == "' " || gap == "’ " || gap == "\n" || gap == " ("
}

var (
	// kin are the relations by which somebody is known, and who helps or serves them.
	kin = set(`son sons daughter daughters child children kid kids baby toddler newborn boy boys girl girls husband wife partner expartner spouse fiance fiancee
		boyfriend girlfriend bf gf ex exhusband exwife mother mothers father fathers mum mums mam mom dad dads parent parents stepfather stepmother stepdad stepmum stepson
		stepdaughter brother brothers sister sisters uncle aunt auntie nephew niece cousin cousins grandson granddaughter grandchildren grandfather grandmother grandparents nan nana
		gran grandma grandad granddad law carer carers neighbour neighbours neighbor neighbors friend friends mate lodger guest visitor flatmate housemate
		guardian advocate twin twins stepbrother stepsister widow widower landlady pastor solicitor worker keyworker`)
	possessives = set("my your his her their our")
	describing  = set(`late eldest elder youngest younger older oldest adult teenage little ex former new old disabled aged deaf pregnant estranged own two three four
		five young year month key support social step half grown up in sister brother mother father son daughter brother's downstairs upstairs elderly poor
		other nextdoor same single`)
	nextTo  = set("upstairs downstairs above below opposite underneath beneath nextdoor overhead door")
	linking = set("who lives live living next to across the on ground first second third top floor directly just over road in from at of")
	reports = set("reported report reports complaint complaints complained allegation allegations statement seen witnessed call calls information told referral evidence heard confirmed letter")
	telling = set("by from")
)
