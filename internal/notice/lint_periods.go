package notice

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// stretch is a length of time that a sentence speaks of.
type stretch struct {
	from, to int // where it stands in the sentence
	words    string
	months   int // years are twelve
	days     int // weeks are seven
	working  bool
}

var (
	numbers = []string{"a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	tens    = map[string]int{"fifteen": 15, "eighteen": 18, "twenty": 20, "twenty-one": 21, "twenty-four": 24, "twenty-five": 25, "twenty-eight": 28, "thirty": 30, "thirty-one": 31,
		"forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90, "a hundred": 100, "one hundred": 100, "half a": 0}
	lengths = regexp.MustCompile(`(?i)\b([0-9]{1,4}|half an?|an? hundred|one hundred|twenty-(?:one|four|five|eight)|thirty-one|forty-five|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|twenty|thirty|forty|fifty|sixty|ninety)[ -](further |more |full |whole |calendar |working |business )?(day|week|month|year|decade)s?\b`)
)

// lengthsIn are the lengths of time a sentence speaks of.
func lengthsIn(text string) []stretch {
	var out []stretch
	if !speaks(text, "day", "week", "month", "year", "decade") {
		return nil
	}
	for _, m := range lengths.FindAllStringSubmatchIndex(text, -1) {
		word := strings.ToLower(text[m[2]:m[3]])
		count, err := strconv.Atoi(word)
		if err != nil {
			word = strings.Replace(strings.Replace(word, "an hundred", "a hundred", 1), "half an", "half a", 1)
			if n, ok := tens[word]; ok {
				count = n
			} else {
				count = max(1, slices.Index(numbers, word))
			}
		}
		s := stretch{from: m[0], to: m[1], words: text[m[0]:m[1]]}
		if m[4] >= 0 {
			with := strings.TrimSpace(strings.ToLower(text[m[4]:m[5]]))
			s.working = with == "working" || with == "business"
		}
		switch unit := strings.ToLower(text[m[6]:m[7]]); {
		case word == "half a" && unit == "year":
			s.months = 6
		case word == "half a":
			continue
		case unit == "decade":
			s.months = 120 * count
		case unit == "year":
			s.months = 12 * count
		case unit == "month":
			s.months = count
		case unit == "week":
			s.days = 7 * count
		default:
			s.days = count
		}
		out = append(out, s)
	}
	return out
}

// is reports whether a stretch is a period of the files.
func (s stretch) is(p Period) bool {
	y, m, d := p.Parts()
	return s.months == 12*y+m && s.days == d && !s.working
}

// counts reports whether a stretch is what a clock counts.
func (s stretch) counts(c Clock) bool {
	switch c.Unit {
	case Months:
		return s.months == c.Count && s.days == 0
	case WorkingDays:
		return s.working && s.days == c.Count
	case Hours:
		return s.months == 0 && s.days*24 == c.Count
	}
	return !s.working && s.months == 0 && s.days == c.Count
}

var (
	keepsIt  = regexp.MustCompile(`(?i)\b(keep|keeps|kept|keeping|hold|holds|held|retain|retains|retained|store|stores|stored|archived?|stays?|remains?)\b`)
	endsIt   = regexp.MustCompile(`(?i)\b(delete[sd]?|destroy(s|ed)?|erase[sd]?|remove[sd]?|wipe[sd]?|shred(s|ded)?|anonymise[sd]?|lose your name|turn into totals)\b`)
	forSpan  = regexp.MustCompile(`(?i)\b(for|after|to|least|than|most|about|around|only|just|further|another|of|and|is|are)( a| the| over| up to| at least| at most| about| only| just| another| a further| a maximum of| a minimum of| a period of)*,? $`)
	thenSpan = regexp.MustCompile(`(?i)^ (after|from|later|old|following|and no longer)\b`)
	asking   = regexp.MustCompile(`(?i)\b(answer|reply|request|ask us|you ask|tell you|let you know|born|aged?|under|within)\b`)
	asLongAs = regexp.MustCompile(`(?i)\b(as|so) long as (it |they |that |this |we |is |are |’s |reasonably |really |still |you |may |might )*(necessary|needed|required|need|appropriate|reasonable|useful|relevant|want|like|see fit|think|wish|choose)\b|\buntil (it |they |we |is |are |no longer |do not |don[’']t )+(need\w*|necessary|want\w*|require\w*)\b`)
	forEver  = regexp.MustCompile(`(?i)\b(for ever|forever|indefinitely|permanently|for good|without (a |any )?(time )?(limit|end)|with no (time limit|end))\b`)
	notEnded = regexp.MustCompile(`(?i)\bnever (delete|destroy|erase|remove|wipe|anonymise)\b|\b(do not|don[’']t|will not|won[’']t|no longer) (delete|destroy|erase|wipe|anonymise)\b`)
	youKeep  = regexp.MustCompile(`(?i)^\W*keep\b|\b(you|tenants|people|visitors) (can |may |could |must |should )*keep\b`)
	notYet   = regexp.MustCompile(`(?i)\b(until|unless|while|if|before|when|without|because|where|by mistake)\b`)
)

// periods holds how long a sentence says that something is kept, or that people wait,
// against the rules that carry it out: or where none does, against those that are about
// what it speaks of; or all.
func (l *linter) periods(s said, b bonds) {
	at, keeps := wordsAt(s.Line), keepsIt.MatchString(s.Text) && !youKeep.MatchString(s.Text)
	if keeps && asserts(asLongAs, s.Text) != nil {
		l.find("period-vague", at, s.ID, "“as long as is needed” is no period: "+quote(s.Text), "say how long, or what it is counted from; keeping.yaml has the periods")
	}
	endless := keeps && asserts(forEver, s.Text) != nil && personal.MatchString(s.Text)
	if endless || notEnded.MatchString(s.Text) && !notYet.MatchString(s.Text) && len(l.n.Keeping.Rules) > 0 {
		l.find("period-differs", at, s.ID, "it says that something is kept for ever, and every rule of keeping.yaml ends: "+quote(s.Text), "say how long, as the rule does")
	}
	for _, x := range lengthsIn(s.Text) {
		switch {
		case len(b.keeping) > 0 && len(b.clocks) == 0:
			if x.forKeeping(s.Text) && !slices.ContainsFunc(b.keeping, func(k KeepRule) bool { return x.is(k.Period) }) {
				l.differs(s, x, b.keeping)
			}
		case len(b.clocks) > 0:
			if !slices.ContainsFunc(b.clocks, x.counts) {
				c := b.clocks[0]
				l.find("clock-differs", at, s.ID, "it says "+quote(x.words)+", and the clock that it names, at "+c.Pos.String()+", counts "+plural(c.Count, strings.TrimSuffix(spaced(c.Unit), "s"))+": "+quote(s.Text), "say in the words what the clock counts, or change the clock")
			}
		case x.forKeeping(s.Text) && x.ofKeeping(s.Text) && !l.aPeriod(x, s.Text):
			l.differs(s, x, l.about(s.Text))
		}
	}
}

var personal = regexp.MustCompile(`(?i)\b(it|them|data|details|information|records?|file|files|film|recordings?|calls|messages|letters|complaints|applications?|notes|papers|copies|pictures|account)\b`)

// forKeeping reports whether a stretch is how long, and not how often or how old.
func (x stretch) forKeeping(text string) bool {
	return !x.working && (forSpan.MatchString(text[:x.from]) || thenSpan.MatchString(text[x.to:]))
}

// ofKeeping reports whether the sentence speaks of keeping or ending before the stretch, and
// of no request.
func (x stretch) ofKeeping(text string) bool {
	before := text[:x.from]
	if asking.MatchString(before) {
		return false
	}
	return keepsIt.MatchString(before) || endsIt.MatchString(before)
}

func (l *linter) differs(s said, x stretch, rules []KeepRule) {
	var say []string
	for _, k := range rules {
		if p := k.Period.Words() + " (" + string(k.ID) + ")"; !slices.Contains(say, p) {
			say = append(say, p)
		}
	}
	against := "no rule of keeping.yaml has that"
	if len(say) > 0 {
		against = "keeping.yaml says " + strings.Join(say[:min(3, len(say))], ", ")
	}
	l.find("period-differs", wordsAt(s.Line), s.ID, "it says "+quote(x.words)+", and "+against+": "+quote(s.Text), "find out which is so, and say that; until then the rule is what is done")
}

// aPeriod reports whether a stretch is the period of a rule that the sentence may mean.
func (l *linter) aPeriod(x stretch, text string) bool {
	if about := l.about(text); len(about) > 0 {
		return slices.ContainsFunc(about, func(k KeepRule) bool { return x.is(k.Period) })
	}
	if slices.ContainsFunc(l.n.Keeping.Rules, func(k KeepRule) bool { return x.is(k.Period) }) {
		return true
	}
	for _, c := range l.n.Web.Cookies {
		if x.is(Period(c.Lasts)) {
			return true
		}
	}
	return slices.ContainsFunc(l.n.Records.Indicators, func(i Indicator) bool { return x.is(i.Lasts) })
}

// said of everything, such words tell no rule from another.
var anything = regexp.MustCompile(`(?i)^(your|yours|about|people|someone|who|which|what|that|this|these|those|with|from|they|them|their|have|show|shows|told|information|data|details?|records?|files?|keep|kept|years?|months?|days?|weeks?|after|until|when|where|while|longer|only|more|than|least|some|other|others|used|uses?|need|time|papers|copies|ours|does|make|made|leave|left|home|homes)$`)

// about are the rules whose title, or the title of a category of theirs, has a word of the
// sentence.
func (l *linter) about(text string) []KeepRule {
	words := topicWords(text)
	var out []KeepRule
	for _, k := range l.n.Keeping.Rules {
		titles := k.Title
		for _, id := range k.Categories {
			c, _ := l.n.Data.Category(id)
			titles += " " + c.Title
		}
		if slices.ContainsFunc(topicWords(titles), func(w string) bool {
			return slices.ContainsFunc(words, func(v string) bool { n := min(len(w), len(v), 6); return w[:n] == v[:n] })
		}) {
			out = append(out, k)
		}
	}
	return out
}

func topicWords(text string) []string {
	return slices.DeleteFunc(plainWord.FindAllString(strings.ToLower(text), -1), anything.MatchString)
}
