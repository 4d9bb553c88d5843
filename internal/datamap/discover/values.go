package discover

import (
	"regexp"
	"strconv"
	"strings"

	"tenet/internal/rows"
)

// values is what a column's sampled values look like. Shares are of those that
// are not empty.
type values struct {
	n        int // sampled values that are not empty
	empty    int
	distinct []string // in order of appearance; at most maxDistinct
	unique   bool     // no value came twice
	share    map[shape]float64
	words    float64 // words a value, on average
	length   float64 // characters a value, on average
	years    []int   // of the dates
}

// maxDistinct is how many distinct values are kept to be read as codes.
const maxDistinct = 64

// shape is a form that a value can have.
type shape int

const (
	emailShape shape = iota
	phoneShape
	postcodeShape
	ninoShape
	nhsShape
	dateShape
	proseShape
	titleShape
	ukPhoneShape
	forenameShape
	personShape // a forename among two or three words
	properShape // one capitalised word, or two
)

var (
	emailForm    = regexp.MustCompile(`(?i)^\s*(?:"?[^"<>@]*"?\s*<)?[a-z0-9._%+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*>?\s*$`)
	postcodeForm = regexp.MustCompile(`(?i)^\s*[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\s*$`)
	// Prefixes that are never issued are left out; QQ is what forms print as an example.
	ninoForm  = regexp.MustCompile(`(?i)^\s*[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\s*$`)
	titleForm = regexp.MustCompile(`(?i)^\s*(?:mr|mrs|miss|ms|mx|dr|prof|professor|rev|reverend|fr|sr|sir|dame|lord|lady|cllr|capt|maj|col)\b\.?(?:\s*(?:&|and|/)\s*(?:mr|mrs|miss|ms|mx|dr)\.?)?\s*$`)
	dateForm  = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}`)
)

func shapes(v string) []shape {
	var out []shape
	is := func(s shape, yes bool) {
		if yes {
			out = append(out, s)
		}
	}
	is(emailShape, emailForm.MatchString(v))
	is(phoneShape, isPhone(v))
	is(postcodeShape, postcodeForm.MatchString(v))
	is(ninoShape, ninoForm.MatchString(v))
	is(nhsShape, isNHS(v))
	is(dateShape, dateForm.MatchString(v))
	is(titleShape, titleForm.MatchString(v))
	is(proseShape, len(v) >= 30 && strings.Count(strings.TrimSpace(v), " ") >= 4)
	is(ukPhoneShape, isUKPhone(v))
	is(forenameShape, isForename(v))
	is(personShape, called(v))
	is(properShape, proper(v))
	return out
}

// isPhone takes seven to fifteen digits with the marks people write between
// them, and an extension.
func isPhone(v string) bool {
	v = strings.TrimSpace(v)
	digits := 0
	for i, r := range v {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune(" ()-./+", r):
		case (r == 'x' || r == 'X') && i > 6:
		default:
			return false
		}
	}
	return digits >= 7 && digits <= 15 && !dateForm.MatchString(v)
}

// isNHS is the modulus 11 check of an NHS number.
func isNHS(v string) bool {
	v = strings.ReplaceAll(strings.TrimSpace(v), " ", "")
	if len(v) != 10 {
		return false
	}
	sum := 0
	for i := range 10 {
		d := int(v[i] - '0')
		if d < 0 || d > 9 {
			return false
		}
		if i < 9 {
			sum += d * (10 - i)
		} else if check := (11 - sum%11) % 11; check != d {
			return false
		}
	}
	return true
}

// runOn says that the values are whole numbers with hardly a gap: 1, 2, 3.
func (v values) runOn() bool {
	least, most := 0, 0
	for i, text := range v.distinct {
		n, err := strconv.Atoi(text)
		if err != nil {
			return false
		}
		if i == 0 {
			least, most = n, n
		}
		least, most = min(least, n), max(most, n)
	}
	return len(v.distinct) >= 3 && most-least < 3*len(v.distinct)
}

// look gathers what one column's sampled values are like.
func look(sample []rows.Row, column string) values {
	v := values{share: map[shape]float64{}, unique: true}
	seen := map[string]bool{}
	for _, r := range sample {
		x := r.Get(column)
		// "nan" and the like are how some exports write nothing.
		if text := strings.TrimSpace(x.Text); x.Empty() || x.Lost != "" || strings.EqualFold(text, "nan") || strings.EqualFold(text, "null") {
			v.empty++
			continue
		}
		v.n++
		if seen[x.Text] {
			v.unique = false
		} else {
			seen[x.Text] = true
			if len(v.distinct) < maxDistinct && len(x.Text) <= maxCode {
				v.distinct = append(v.distinct, x.Text)
			}
		}
		for _, s := range shapes(x.Text) {
			v.share[s]++
		}
		if y := yearOf(x.Text); y > 0 {
			v.years = append(v.years, y)
		}
		v.words += float64(len(strings.Fields(x.Text)))
		v.length += float64(len(x.Text))
	}
	if v.n > 0 {
		for s := range v.share {
			v.share[s] /= float64(v.n)
		}
		v.words /= float64(v.n)
		v.length /= float64(v.n)
	}
	return v
}
