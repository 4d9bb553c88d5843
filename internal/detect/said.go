package detect

import (
	"strings"
	"unicode/utf8"

	"tenet/internal/match"
)

// label is a set of what the words before a number say that it is.
type label uint32

const (
	saidBirth label = 1 << iota
	saidUPRN
	saidPassport
	saidReference
	saidCase // "case 7" is no reference; "case ASB/24/0193" is
	saidVersion
	saidInsurance
	saidCard
	saidPhone
	saidNHSNumber
	saidHealth
	saidSortCode
	saidDate
	saidAccount
	saidVehicle
)

// sayings are the words and phrases by what they say, each also in the plural.
var sayings = newSayings(map[label]string{
	saidBirth:     "dob, d o b, born, birth, birthday, birthdate",
	saidUPRN:      "uprn, property reference number",
	saidPassport:  "passport",
	saidReference: "ref, reference, tenancy no, tenancy number, case no, case number, rent account, payment number, crn, customer no, customer number, claim no, claim number, order no, quoting",
	saidCase:      "case, job, order, claim, crime, incident, log, tenancy, complaint",
	saidVersion:   "version, v, release",
	saidInsurance: "ni, nino, national insurance, nat ins, insurance number, insurance no",
	saidCard:      "card, visa, mastercard, amex, debit, credit, pan",
	saidPhone:     "tel, phone, telephone, mobile, mob, call, called, ring, rang, text, texted, contact, landline, whatsapp, fax, number is",
	saidNHSNumber: "nhs no, nhs number, nhs num, chi no, chi number, health number, health and care number",
	saidHealth:    "nhs, chi, health number, hospital number, h c number",
	saidSortCode:  "sort, sortcode, s c",
	saidDate:      "on, dated, date",
	saidAccount:   "account, acc, acct, a c, sort, bank",
	saidVehicle:   "reg, registration, vehicle, car, van, plate, motorbike, vrm, number plate",
})

// sayingWords lets the first words of sayings through.
var sayingWords = func() filter {
	f := newFilter(len(sayings))
	for h := range sayings {
		f.add(h)
	}
	return f
}()

// saying is what a word says alone, and what with the words after it.
type saying struct {
	alone label
	more  []phraseSaid
}

type phraseSaid struct {
	rest [][2]uint64 // the further words, as they are and in the plural
	says label
}

func newSayings(lists map[label]string) map[uint64]saying {
	all := make(map[uint64]saying)
	for says, list := range lists {
		for phrase := range strings.SplitSeq(list, ", ") {
			words := strings.Fields(phrase)
			var rest [][2]uint64
			for _, w := range words[1:] {
				rest = append(rest, [2]uint64{hash(w), hash(w + "s")})
			}
			for _, first := range []uint64{hash(words[0]), hash(words[0] + "s")} {
				s := all[first]
				if rest == nil {
					s.alone |= says
				} else {
					s.more = append(s.more, phraseSaid{rest, says})
				}
				all[first] = s
			}
		}
	}
	return all
}

// context answers what words stand shortly before a token. The window is read once, when first asked.
type context struct {
	text  string
	start int
	seen  bool
	says  label
}

// window is how far before a token the words count, in bytes.
const window = 40

// said reports whether words that say any of what is asked stand in the window before the token.
func (c *context) said(asked label) bool {
	if !c.seen {
		c.seen = true
		from := max(0, c.start-window)
		for from < c.start && !utf8.RuneStart(c.text[from]) {
			from++
		}
		c.says = saidIn(c.text[from:c.start])
	}
	return c.says&asked != 0
}

func saidIn(text string) (says label) {
	var hashes [window]uint64
	n := 0
	r := reader{text: text}
	for n < len(hashes) && r.next() {
		hashes[n] = r.hash
		n++
	}
	for i, h := range hashes[:n] {
		if !sayingWords.has(h) {
			continue
		}
		s := sayings[h]
		says |= s.alone
		for _, p := range s.more {
			if follow(hashes[i+1:n], p.rest) {
				says |= p.says
			}
		}
	}
	return says
}

func follow(words []uint64, rest [][2]uint64) bool {
	if len(words) < len(rest) {
		return false
	}
	for i, w := range rest {
		if words[i] != w[0] && words[i] != w[1] {
			return false
		}
	}
	return true
}

// adjacent reports whether the last words before from are the label itself, a few joining words or marks at most between.
func (c *context) adjacent(from int) bool {
	line := c.text[max(0, from-24):from]
	if cut := strings.LastIndexAny(line, "\n;,"); cut >= 0 {
		line = line[cut+1:]
	}
	said := false
	for w := range match.Words(strings.ToValidUTF8(line, " ")) {
		switch w.Text {
		case "ref", "reference", "refs", "no", "number", "account", "crn", "case", "job", "order", "claim", "crime", "incident", "tenancy", "log", "complaint", "quoting":
			said = true
		case "tel", "phone", "mobile", "mob", "telephone", "ring", "call":
			said = false // what follows is a number of another kind
		}
	}
	return said
}
