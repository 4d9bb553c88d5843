package discover

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/rows"
)

// How many values must be seen before they speak for themselves.
const (
	someValues = 5
	manyValues = 12
)

// byValues takes columns whose names say nothing by what stands in them: FLD03 is a
// date of birth where its dates are spread as people's births are and somebody is
// named beside it. Values that many things have, dates and capitalised words, count
// only beside others that only people have.
func (t *table) byValues() {
	for _, c := range t.columns {
		switch {
		case !t.mute(c) || c.Kind != rows.Text:
		case c.values.n >= someValues && c.values.share[forenameShape] >= 0.4 && c.values.words < 1.5:
			c.take("forename", 0.75, "by its values: %s are common forenames", c.values.of(forenameShape))
		case c.values.n >= someValues && c.values.share[personShape] >= 0.4:
			c.take("full name", 0.75, "by its values: %s are two or three words of which one is a common forename", c.values.of(personShape))
		case c.values.n >= someValues && c.values.share[ukPhoneShape] >= 0.8:
			c.take("phone", 0.75, "by its values: %s are telephone numbers of this country", c.values.of(ukPhoneShape))
		}
	}
	for i, c := range t.columns {
		if !c.known || c.meaning.slot != forename {
			continue
		}
		for _, at := range []int{i + 1, i - 1, i + 2} {
			if at < 0 || at >= len(t.columns) || t.own("")[surname] != nil {
				continue
			}
			if o := t.columns[at]; t.mute(o) && o.Kind == rows.Text && o.values.n >= someValues && o.values.share[properShape] >= 0.8 && o.values.share[forenameShape] < 0.4 && len(o.values.distinct) > 3 {
				o.take("surname", 0.72, "by its values: %s are one capitalised word or two, beside a column of forenames", o.values.of(properShape))
			}
		}
	}
	own := t.own("")
	named := own[forename] != nil || own[surname] != nil || own[fullName] != nil
	if own[dob] == nil {
		for _, c := range t.columns {
			if t.mute(c) && (c.Kind == rows.Date || c.Kind == rows.Time || c.Kind == rows.Text) && c.values.births() {
				conf, why := 0.55, "by its values: dates spread over as many years as people's births are"
				if named {
					conf, why = 0.75, why+", in a table that names somebody"
				}
				c.take("dob", conf, "%s", why)
				return
			}
		}
	}
}

// mute says that nothing is known of the column by its name.
func (t *table) mute(c *column) bool {
	_, points := stem(c.words)
	return !c.known && !points && !slices.Contains(t.Key, c.Name)
}

func (c *column) take(meaning string, conf float64, why string, args ...any) {
	c.meaning, _, c.known = read(strings.Fields(meaning))
	c.holder, c.conf, c.why = nil, conf, fmt.Sprintf(why, args...)
}

// births says that dates are spread as births are: over decades, few in any one year,
// with some of people who are old by now, and nearly all of people who are grown.
func (v values) births() bool {
	if v.n < manyValues || len(v.years)*5 < v.n*4 {
		return false
	}
	ys := slices.Sorted(slices.Values(v.years))
	distinct := len(slices.Compact(slices.Clone(ys)))
	oldest, newest, tenth, middle := ys[0], ys[len(ys)-1], ys[len(ys)/10], ys[len(ys)/2]
	return oldest > 1890 && newest-oldest >= 40 && distinct >= 8 && tenth < 1965 && middle < 1995 && newest < 2090
}

// yearOf reads the year of a canonical date; 0 where it is none.
func yearOf(v string) int {
	if len(v) < 10 {
		return 0
	}
	d, err := time.Parse("2006-01-02", v[:10])
	if err != nil {
		return 0
	}
	return d.Year()
}

// isUKPhone takes the numbers of this country, as people write them.
func isUKPhone(v string) bool {
	if !isPhone(v) || isNHS(v) {
		return false
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, v)
	digits = strings.TrimPrefix(strings.TrimPrefix(digits, "00"), "44")
	digits = strings.TrimPrefix(digits, "0")
	return (len(digits) == 10 || len(digits) == 9) && strings.ContainsRune("12378", rune(digits[0])) && (strings.ContainsAny(v, " +(") || strings.HasPrefix(strings.TrimSpace(v), "0"))
}

// proper says that the value is one capitalised word or two: O'Hara, van Dyk, Nowak-Li.
func proper(v string) bool {
	ws := strings.Fields(v)
	if len(ws) < 1 || len(ws) > 3 {
		return false
	}
	upper := false
	for _, w := range ws {
		for i, r := range w {
			if r < 'A' || r > 'Z' && r < 'a' || r > 'z' && r < 0xC0 {
				if r != '\'' && r != '-' && r != 0x2019 {
					return false
				}
			}
			upper = upper || i == 0 && r >= 'A' && r <= 'Z'
		}
	}
	return upper && len(v) >= 2
}

// called says that one of two or three words is a common forename, and the rest are
// capitalised words: Ann Lee, Lee, Ann.
func called(v string) bool {
	ws := strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
	if len(ws) < 2 || len(ws) > 4 || !proper(strings.Join(ws[:min(3, len(ws))], " ")) {
		return false
	}
	return slices.ContainsFunc(ws, func(w string) bool { return forenames[strings.ToLower(w)] })
}

func isForename(v string) bool {
	ws := strings.Fields(v)
	return len(ws) >= 1 && len(ws) <= 2 && forenames[strings.ToLower(ws[0])]
}

// forenames are common in this country, of every community that lives here; a column
// is known by a share of its values, so that the list need not be long.
var forenames = func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(`
abdul abdullah abigail adam adrian agnieszka ahmed aisha alan albert alexander alexandra alfie ali alice alison amanda amelia amina amy andrea andrew
andrzej angela anita ann anna anne anthony anthony antonio archie arthur ashley asif barbara barry beata ben benjamin beth bethany beverley bilal brenda
brian callum carl carol caroline catherine charles charlie charlotte cheryl chinedu chloe christina christine christopher claire colin connor craig daisy
daniel daniela darren david dawn dean deborah denise derek diana diane donald donna doreen dorothy douglas duncan dylan edith edward eileen elaine elena
eleanor elizabeth ella ellie emily emma eric ethan eva evelyn ewa farah fatima fatuma fiona florence frances francis frank frederick freya gareth gary
geoffrey george georgia gerald gillian gordon grace graham gregory hannah harold harriet harry hassan hayley hazel heather helen henry hilary hussain
ian ibrahim imran irene isaac isabella isla ivan jack jacob jacqueline jade jake james jan jane janet janice jasmine jason jean jeffrey jennifer jeremy jessica
jill joan joanna joanne john jonathan jordan joseph joshua joyce juan judith julia julian julie june karen karl kate katarzyna katherine kathleen kathryn
keith kelly kenneth kerry kevin kieran kim kofi kwame kyle laura lauren leah lee leo leon leslie lewis liam lily linda lisa liz lorraine louis louise
lucy luke lynn lynne maciej malcolm malgorzata marcin marek margaret maria marian marie marilyn marion mark martin martyn mary maryam mathew matthew maureen
megan melanie melissa mia michael michal michelle mohamed mohammad mohammed molly monica monika muhammad mustafa nadia naomi natalie natasha neil nicholas nicola
nigel noah nora norman olga olivia omar oscar owen pamela patricia patrick paul paula pauline pawel peter philip phillip phoebe phyllis piotr poppy priya
rachel rajesh raymond rebecca reece rhys richard rita robert robin roger ronald rose rosemary ross roy ruby russell ruth ryan sally salma samantha samina samuel
sandeep sandra sarah scott sean shane shannon sharon shaun sheila shirley simon siobhan sophia sophie stacey stanley stella stephanie stephen steven stuart
sunita susan suzanne sylvia tanya teresa thelma theresa thomas timothy tina toby tom tomasz tony tracey tracy usman valerie vanessa vera veronica victor victoria
vincent violet walter wanda wayne wendy wei william winifred yasmin yusuf yvonne zainab zoe zofia`) {
		out[w] = true
	}
	return out
}()
