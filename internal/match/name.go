package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Name is a person's name taken apart. All parts but Written are folded. The zero Name is no name.
type Name struct {
	Written string   // as it was given, spaces tidied
	Title   string   // "mr", "mrs", "dr"; "" when none was given
	Given   []string // forenames and initials in order: "ann", "m"
	Family  []string // surname words, prefixes joined on: "smith", "jones"; "oneill"; "vandenberg"
	Also    []string // forenames the name itself says the person goes by: Elizabeth (Beth) Shaw
	Former  []string // surname words the name itself says the person had before: Ann Barlow (née Shaw)
	Suffix  string   // "jr" or "sr", "ii", "iii": what tells father from son
}

// ParseName takes a written name apart: "Mrs Ann M. Smith-Jones", "SMITH, Ann", "Ann \"Nan\" O'Neill", "van den Berg, J".
// A single word without a title is taken as a forename, with one as a surname; [CompareNames] tries a lone word as both.
// Text with an @ or without letters is no name.
func ParseName(s string) Name {
	written := strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if len(written) > 256 || placeholder(written) || strings.ContainsAny(written, "@<>{}") || strings.IndexFunc(written, unicode.IsLetter) < 0 {
		return Name{}
	}
	n := Name{Written: written}
	body := n.takeTail(n.takeAsides(written))
	family, given, comma := strings.Cut(body, ",")
	switch {
	case !comma:
		n.fill(n.takeEnds(nameWords(body)))
	default:
		after := n.takeEnds(nameWords(given))
		before := n.takeEnds(nameWords(family))
		if len(after) == 0 { // "Ann Smith, MBE"
			n.fill(before)
			break
		}
		n.Family = joinPrefixes(folded(before))
		n.Given = folded(after)
	}
	return n.bounded()
}

// NameOf makes a name from columns in the order title, forename, middle names, surname. The last part is the surname
// whole, however many words it has; empty parts and placeholders are skipped, and one part alone is parsed by
// [ParseName].
func NameOf(parts ...string) Name {
	var have []string
	last := false // is the last part given, and so a surname?
	for i, p := range parts {
		p = strings.Join(strings.Fields(strings.ToValidUTF8(p, "")), " ")
		if placeholder(p) {
			continue
		}
		have = append(have, p)
		last = i == len(parts)-1
	}
	if len(have) < 2 {
		return ParseName(strings.Join(have, " "))
	}
	if !last || strings.Contains(have[len(have)-1], ",") {
		n := ParseName(strings.Join(have, " "))
		if !last && len(n.Family) > 0 { // forename and middle name, no surname
			n.Given, n.Family = append(n.Given, n.Family...), nil
		}
		return n
	}
	n := Name{Written: strings.Join(have, " ")}
	given := n.takeAsides(strings.Join(have[:len(have)-1], " "))
	family := n.takeEnds(nameWords(have[len(have)-1]))
	n.Given = folded(n.takeEnds(nameWords(given)))
	n.Family = joinPrefixes(folded(family))
	return n.bounded()
}

// mostWords bounds the words of either part: no name has more, and comparing takes their product.
const mostWords = 12

func (n Name) bounded() Name {
	if len(n.Given)+len(n.Family) == 0 {
		return Name{}
	}
	n.Given, n.Family = n.Given[:min(len(n.Given), mostWords)], n.Family[:min(len(n.Family), mostWords)]
	n.Also, n.Former = n.Also[:min(len(n.Also), mostWords)], n.Former[:min(len(n.Former), mostWords)]
	return n
}

// ParseNames takes apart a field that may name several people: "Mr & Mrs J Smith", "Ann Smith and Bob Jones". A first
// person without a surname is given the last one's.
func ParseNames(s string) []Name {
	s = strings.NewReplacer(" and ", "&", " AND ", "&", " And ", "&", ";", "&", "/", "&", "+", "&").Replace(s)
	var names []Name
	for part := range strings.SplitSeq(s, "&") {
		part = strings.TrimSpace(part)
		if n := ParseName(part); !n.IsZero() {
			names = append(names, n)
		} else if t := strings.Trim(Fold(part), ". "); titles[t] != "" {
			names = append(names, Name{Written: part, Title: titles[t]})
		}
	}
	if len(names) == 0 {
		return nil
	}
	last := names[len(names)-1]
	for i := range names[:len(names)-1] {
		if len(names[i].Family) == 0 {
			names[i].Family = last.Family
		}
	}
	if len(last.Given)+len(last.Family) == 0 {
		names = names[:len(names)-1]
	}
	return names
}

// IsZero reports whether there is no name.
func (n Name) IsZero() bool { return len(n.Given)+len(n.Family) == 0 }

// String gives the name folded, in the order forenames, surname: one form for equal names.
func (n Name) String() string {
	return strings.Join(append(append([]string(nil), n.Given...), n.Family...), " ")
}

// Tokens gives the blocking keys of the name, for finding candidates before they are compared: each folded word of two
// letters or more; surname words without their prefix; "=" and the usual full form of a forename or the first spelling of a
// name (Liz gives "=elizabeth", Mohamed "=muhammad"); "~" and the phonetic key of each word ([Phonetic]). Two spellings of one name share at least one.
func (n Name) Tokens() []string {
	var out []string
	add := func(t string) {
		if !contains(out, t) {
			out = append(out, t)
		}
	}
	word := func(w string) {
		if utf8.RuneCountInString(w) < 2 {
			return
		}
		add(w)
		if p := Phonetic(w); p != "" {
			add("~" + p)
		}
	}
	for _, list := range [][]string{n.Given, n.Also} {
		for _, w := range list {
			word(w)
			for _, root := range roots(w) {
				add("=" + root)
			}
			for _, root := range forenameSpelling[w] {
				add("=" + root)
			}
		}
	}
	for _, w := range n.Family {
		word(w)
		for _, root := range surnameSpelling[w] {
			add("=" + root)
		}
		if plain := plainVowels.Replace(w); plain != w {
			add(plain)
		}
		if core := withoutPrefix(w); core != w {
			word(core)
		}
	}
	if len(n.Family) > 1 {
		word(strings.Join(n.Family, ""))
	}
	if len(n.Given) > 1 && utf8.RuneCountInString(n.Given[1]) > 1 {
		word(n.Given[0] + n.Given[1]) // Mary Ann, Maryann
	}
	for _, w := range n.Former {
		word(w)
	}
	return out
}

// takeAsides removes what stands in brackets or quotation marks: a name the person goes by, or a remark.
func (n *Name) takeAsides(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexAny(s, "([\"\u201c")
		if open < 0 {
			break
		}
		quote, size := utf8.DecodeRuneInString(s[open:])
		closing := map[rune]string{'(': ")", '[': "]", '"': "\"", '\u201c': "\u201d"}[quote]
		inner, rest, found := strings.Cut(s[open+size:], closing)
		if !found {
			b.WriteString(s[:open] + " ")
			s = s[open+size:]
			continue
		}
		b.WriteString(s[:open] + " ")
		s = rest
		words := folded(nameWords(inner))
		if len(words) > 1 && formerly[words[0]] {
			n.Former = joinPrefixes(words[1:])
			continue
		}
		for len(words) > 0 && (asideWords[words[0]] || titles[words[0]] != "") {
			words = words[1:]
		}
		if len(words) == 1 && !asideWords[words[0]] {
			n.Also = append(n.Also, words[0])
		}
	}
	return b.String() + s
}

// words of a remark beside a name, not names: "(known as Beth)", "(deceased)", "(née Shaw)" says a former surname.
var asideWords = map[string]bool{
	"known": true, "as": true, "aka": true, "preferred": true, "called": true, "deceased": true, "dec": true, "dcd": true, "nee": true, "formerly": true,
	"son": true, "daughter": true, "wife": true, "husband": true, "partner": true, "mother": true, "father": true, "carer": true,
	"tenant": true, "joint": true, "minor": true, "former": true, "contractor": true, "staff": true, "nok": true, "retired": true,
}

// formerly are the words after which a former surname comes.
var formerly = map[string]bool{"nee": true, "formerly": true, "previously": true, "maiden": true, "born": true}

// takeTail cuts a name where it goes on to say what else the person is called: "Lee Smith known as Dan", "Ann Barlow nee
// Shaw".
func (n *Name) takeTail(s string) string {
	words := strings.Fields(s)
	for i := 1; i < len(words)-1; i++ {
		w, next := Fold(words[i]), Fold(words[i+1])
		switch {
		case w == "nee" || w == "formerly":
			n.Former = joinPrefixes(folded(words[i+1:]))
		case w == "aka" && i+2 == len(words), w == "known" && next == "as" && i+3 == len(words):
			n.Also = append(n.Also, folded(words[len(words)-1:])...)
		default:
			continue
		}
		return strings.Join(words[:i], " ")
	}
	return s
}

// titles, folded, and how each is kept.
var titles = map[string]string{
	"mr": "mr", "mister": "mr", "mrs": "mrs", "ms": "ms", "miss": "miss", "mx": "mx", "master": "master", "dr": "dr", "doctor": "dr",
	"prof": "prof", "professor": "prof", "sir": "sir", "dame": "dame", "lord": "lord", "lady": "lady", "rev": "rev", "revd": "rev",
	"reverend": "rev", "fr": "fr", "cllr": "cllr", "councillor": "cllr", "capt": "capt", "captain": "capt", "sgt": "sgt", "sergeant": "sgt",
	"pc": "pc", "pcso": "pcso", "insp": "insp", "judge": "judge", "imam": "imam", "rabbi": "rabbi", "hon": "hon", "messrs": "mr",
	"haji": "haji", "hajji": "haji", "alhaji": "haji", "hajja": "hajja", "mst": "mst", "mosammat": "mst", "mussammat": "mst", "smt": "smt", "shri": "shri",
	"maulana": "maulana", "mufti": "mufti", "pastor": "pastor", "mme": "mrs", "mlle": "miss", "frau": "mrs", "herr": "mr", "sra": "mrs", "senora": "mrs",
}

var suffixes = map[string]string{"jr": "jr", "jnr": "jr", "junior": "jr", "sr": "sr", "snr": "sr", "senior": "sr", "ii": "ii", "iii": "iii"}

// letters after a name that say nothing about who it is.
var honours = map[string]bool{
	"mbe": true, "obe": true, "cbe": true, "kbe": true, "phd": true, "esq": true, "esquire": true, "bsc": true, "msc": true, "mp": true, "qc": true,
	"kc": true, "jp": true, "deceased": true, "dec": true, "decd": true, "frics": true, "rn": true,
}

// takeEnds removes titles before the name and honours after it.
func (n *Name) takeEnds(words []string) []string {
	for len(words) > 0 {
		f := Fold(words[0])
		if f == "the" || f == "late" || f == "and" || f == "&" {
			words = words[1:]
			continue
		}
		title, ok := titles[f]
		if !ok {
			break
		}
		if n.Title == "" || title == "mr" || title == "mrs" {
			n.Title = title
		}
		words = words[1:]
	}
	for len(words) > 1 {
		f := Fold(words[len(words)-1])
		if suffix, ok := suffixes[f]; ok {
			n.Suffix = suffix
		} else if _, title := titles[f]; title && n.Title == "" {
			n.Title = titles[f] // "Ann Smith Mrs"
		} else if !honours[f] {
			break
		}
		words = words[:len(words)-1]
	}
	if len(words) == 1 && honours[Fold(words[0])] {
		return nil
	}
	return words
}

// fill divides words in natural order into forenames and surname.
func (n *Name) fill(words []string) {
	f := folded(words)
	switch {
	case len(f) == 0:
		return
	case len(f) == 1 && n.Title == "":
		n.Given = f
		return
	case len(f) == 1:
		n.Family = f
		return
	}
	if shouted(words[0]) && !shouted(words[len(words)-1]) { // "SMITH Ann"
		n.Family, n.Given = joinPrefixes(folded(words[:1])), f[len(folded(words[:1])):]
		return
	}
	// The last written word is the surname, with the hyphenated parts it has and the prefixes before it.
	last := len(f) - len(folded(words[len(words)-1:]))
	for last > 1 && familyPrefixes[f[last-1]] {
		last--
	}
	if last == 0 || last == 1 && familyPrefixes[f[0]] && len(f) > 1 && n.Title != "" { // "Mr van Dyke"
		last = 0
	}
	n.Given, n.Family = f[:last:last], joinPrefixes(f[last:])
}

func shouted(word string) bool {
	return utf8.RuneCountInString(word) > 2 && strings.ToUpper(word) == word && strings.ToLower(word) != word
}

// nameWords divides at spaces and full stops, keeping hyphens for [folded] to divide. "J.P." is two initials.
func nameWords(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !isApostrophe(r) && r != '-' && r != '\u2010' && r != '\u2011' && r != '\u00ad' && r != '\u200b'
	})
}

func folded(words []string) []string {
	var out []string
	for _, w := range words {
		for _, part := range strings.FieldsFunc(Fold(w), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if !nobody[part] && (!placeholder(part) || len(words) > 1) {
				out = append(out, part)
			}
		}
	}
	return out
}

// nobody are words that forms and passports put where there is no name: first, last or given name unknown.
var nobody = map[string]bool{"fnu": true, "lnu": true, "nfn": true, "nln": true, "xxx": true, "xxxx": true}

var familyPrefixes = map[string]bool{
	"de": true, "del": true, "della": true, "di": true, "da": true, "dos": true, "das": true, "do": true, "du": true, "la": true, "le": true,
	"van": true, "von": true, "der": true, "den": true, "ter": true, "ten": true, "te": true, "mc": true, "mac": true, "o": true, "al": true, "el": true, "bin": true,
	"ibn": true, "ben": true, "binti": true, "bint": true, "abu": true, "st": true, "ap": true, "ab": true, "ferch": true, "verch": true, "vander": true, "ud": true, "ul": true, "fitz": true, "san": true, "dal": true,
}

// joinPrefixes joins each prefix to the word after it, so that "Mc Donald" and "McDonald", "al-Hassan" and "Alhassan",
// are one word.
func joinPrefixes(words []string) []string {
	var out []string
	prefix := ""
	for i, w := range words {
		if familyPrefixes[w] && i < len(words)-1 {
			prefix += w
			continue
		}
		out = append(out, prefix+w)
		prefix = ""
	}
	return out
}

// withoutPrefix gives the core of a joined surname when what is left is long enough to be one: "vandenberg" gives
// "berg", "alhassan" gives "hassan", "maclean" gives "lean". For blocking and for a weaker agreement only.
func withoutPrefix(w string) string {
	if w == "" || strings.IndexByte("abdefilmov", w[0]) < 0 {
		return w
	}
	for _, p := range []string{"vanden", "vander", "vonder", "dela", "della", "dos", "das", "van", "von", "binti", "bint", "bin", "ibn", "ferch", "verch", "fitz", "ap", "ab", "mac", "mc", "al", "el", "de", "du", "di", "da", "le", "la", "o"} {
		if core, ok := strings.CutPrefix(w, p); ok && utf8.RuneCountInString(core) >= 4 {
			return core
		}
	}
	return w
}
