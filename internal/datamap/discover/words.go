package discover

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// words takes a name apart into lower-case words in the singular: "FirstName",
// "first_names" and "firstname" are all [first name]. Run-together names are
// parted only where every part is a word of the lexicon.
func words(name string) []string {
	var out []string
	ps := lettered(parts(name))
	for i, w := range ps {
		w = singular(w)
		if full, ok := abbreviations[w]; ok {
			out = append(out, strings.Fields(full)...)
			continue
		}
		next := ""
		if i+1 < len(ps) {
			next = cmp.Or(abbreviations[singular(ps[i+1])], singular(ps[i+1]))
		}
		if full := long(w, next); full != "" && skeleton(full) == skeleton(w) {
			out = append(out, full) // before it is parted: surnm is no sur and no name
			continue
		}
		if seg := segment(w); seg != nil {
			out = append(out, seg...)
			continue
		}
		if head, tail, ok := tailed(w); ok {
			out = append(out, head, tail)
			continue
		}
		if seg := joinedParts(w); seg != nil {
			out = append(out, seg...)
			continue
		}
		if full := whole(w); full != w {
			out = append(out, full)
		} else if full := cmp.Or(long(w, next), long(unfilled(w), next)); full != "" {
			out = append(out, full)
		} else {
			out = append(out, w)
		}
	}
	return out
}

// parts splits at punctuation, at the humps of camel case and between letters
// and digits.
func parts(name string) []string {
	var out []string
	var cur []rune
	flush := func() {
		if len(cur) > 0 {
			out = append(out, strings.ToLower(string(cur)))
			cur = cur[:0]
		}
	}
	rs := []rune(name)
	for i, r := range rs {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if i > 0 && len(cur) > 0 {
			p := rs[i-1]
			hump := unicode.IsUpper(r) && (unicode.IsLower(p) || unicode.IsUpper(p) && i+1 < len(rs) && unicode.IsLower(rs[i+1]))
			if hump || unicode.IsDigit(r) != unicode.IsDigit(p) {
				flush()
			}
		}
		cur = append(cur, r)
	}
	flush()
	return out
}

// singular is good enough for names of tables and columns.
func singular(w string) string {
	if s, ok := irregular[w]; ok {
		return s
	}
	switch {
	case len(w) <= 3 || !strings.HasSuffix(w, "s"):
		return w
	case strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"), strings.HasSuffix(w, "uses"):
		return w[:len(w)-2]
	case strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "us"), strings.HasSuffix(w, "is"):
		return w
	}
	return w[:len(w)-1]
}

// segment parts a run-together word, or returns nil.
func segment(w string) []string {
	if len(w) < 6 || vocabulary[w] {
		return nil
	}
	for i := len(w) - 2; i >= 3; i-- {
		head, tail := w[:i], singular(w[i:])
		if !vocabulary[head] {
			continue
		}
		if vocabulary[tail] && (len(tail) >= 3 || joints[tail]) {
			return []string{head, tail}
		}
		for j := range joints { // date-of-birth
			if rest, ok := strings.CutPrefix(w[i:], j); ok && len(rest) >= 3 && vocabulary[singular(rest)] {
				return []string{head, j, singular(rest)}
			}
		}
	}
	return nil
}

// tailed parts a word that nobody knows before an ending that says what the
// column holds: vuncomment, telno, lettertext.
func tailed(w string) (head, tail string, ok bool) {
	if vocabulary[w] {
		return "", "", false
	}
	for _, end := range tails {
		if head, ok := strings.CutSuffix(w, end); ok && len(head) >= 3 {
			return whole(head), singular(end), true
		}
	}
	return "", "", false
}

// tails are such endings, the longer before those that end like them.
var tails = []string{"comments", "comment", "notes", "narrative", "address", "postcode", "surname", "forename", "firstname", "text", "phone"}

// whole is the word of which a token of four letters or more is the beginning,
// where that word is one of the sensitive ones: disab, preg, wheelch. A column
// about somebody's health must not be missed for a letter limit of 1985.
func whole(w string) string {
	if len(w) < 4 || vocabulary[w] {
		return w
	}
	found := ""
	for _, s := range sensitive {
		switch {
		case strings.HasPrefix(s, w) && (found == "" || strings.HasPrefix(s, found)):
			found = s
		case len(s) >= 6 && strings.HasPrefix(w, s): // ethnicbuy2
			return s
		}
	}
	if found != "" {
		return found
	}
	return w
}

// joints are the two-letter words that may stand inside a run-together name.
var joints = map[string]bool{"of": true, "id": true, "no": true, "by": true}

// irregular plurals, and words that only look like plurals.
var irregular = map[string]string{
	"people": "person", "persons": "person", "children": "child", "staff": "staff", "addresses": "address",
	"businesses": "business", "wives": "wife", "data": "data", "series": "series", "sms": "sms", "gas": "gas",
	"notes": "note", "has": "has", "was": "was", "premises": "premises", "species": "species",
}

// abbreviations that stand for one meaning wherever they occur.
var abbreviations = map[string]string{
	"no": "number", "num": "number", "nr": "number", "nbr": "number", "tel": "telephone", "telno": "telephone number",
	"addr": "address", "cust": "customer", "emp": "employee", "desc": "description", "descr": "description", "reference": "ref",
	"acc": "account", "acct": "account", "prop": "property", "mob": "mobile", "pwd": "password", "passwd": "password",
	"org": "organisation", "organization": "organisation", "fname": "forename", "lname": "surname", "sname": "surname",
	"ten": "tenancy", "hh": "household", "nok": "next of kin", "corr": "correspondence", "usr": "user", "msg": "message",
	"identifier": "id", "ident": "id", "cat": "category", "sid": "id", "relat": "relationship", "wchair": "wheelchair",
	"asbo": "asb", "crim": "criminal", "dt": "date", "nm": "name", "cd": "code", "ln": "line", "amt": "amount", "txt": "text", "ttl": "title",
}

// endsWith says whether the words end in these.
func endsWith(ws, tail []string) bool {
	return len(tail) > 0 && len(ws) >= len(tail) && slices.Equal(ws[len(ws)-len(tail):], tail)
}

// find is where the phrase stands last in the words, or -1.
func find(ws, phrase []string) int {
	for i := len(ws) - len(phrase); i >= 0 && len(phrase) > 0; i-- {
		if slices.Equal(ws[i:i+len(phrase)], phrase) {
			return i
		}
	}
	return -1
}

// trimDigits takes numbers off the end: address 2, phone 1.
func trimDigits(ws []string) []string {
	for len(ws) > 1 && isNumber(ws[len(ws)-1]) {
		ws = ws[:len(ws)-1]
	}
	return ws
}

func isNumber(w string) bool {
	return w != "" && strings.Trim(w, "0123456789") == ""
}

// idWords end the name of a column that points at a row.
var idWords = map[string]bool{"id": true, "key": true, "ref": true, "number": true, "code": true, "uid": true, "guid": true, "uuid": true, "pk": true, "fk": true}

// stem is a pointing column's name without what makes it one: person of
// fk_person_id. ok is false where nothing is left or nothing says it points.
func stem(ws []string) (_ []string, ok bool) {
	if len(ws) > 0 && (ws[0] == "fk" || ws[0] == "id") {
		ws = ws[1:]
		ok = true
	}
	for len(ws) > 0 && idWords[ws[len(ws)-1]] {
		ws = ws[:len(ws)-1]
		ok = true
	}
	return ws, ok && len(ws) > 0
}
