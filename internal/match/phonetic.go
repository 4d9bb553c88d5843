package match

import "strings"

// Phonetic gives a key that names sounding alike tend to share. It is a shortened NYSIIS (New York State Identification
// and Intelligence System, 1970): common openings and endings are made one, every later vowel becomes A, letters of one
// sound become one letter, repeats go. At most eight letters. "" for a word without Latin letters.
//
// It differs from NYSIIS in that Y is a vowel after the first letter (Smith, Smyth), and a doubled first letter or a
// silent H is dropped, so that spellings brought from other scripts meet (Mohammed, Muhammad; Khan, Kahn).
func Phonetic(word string) string {
	w := only(Fold(word), isCapital)
	if w == "" {
		return ""
	}
	w = replacePrefix(w, "MAC", "MC", "KN", "N", "WR", "R", "PH", "F", "PF", "F", "GN", "N", "SCH", "S", "CZ", "C", "K", "C", "X", "S", "Z", "S")
	w = replaceSuffix(w, "EIGH", "Y", "EE", "Y", "IE", "Y", "EY", "Y", "DT", "D", "RT", "D", "RD", "D", "NT", "D", "ND", "D")
	first := w[0]
	w = phoneticSounds.Replace(w)
	if w == "" || !isVowel(first) && w[0] != first {
		w = string(first) + w
	}
	var b strings.Builder
	for i := 0; i < len(w) && b.Len() < 8; i++ {
		c := w[i]
		switch {
		case i == 0 && isVowel(c) && first != 'A':
			c = 'E' // first vowels: A against all others, as E, I, O, U and Y are confused in spelling
		case i == 0:
		case isVowel(c):
			c = 'A'
		case c == 'H' && !(isVowel(w[i-1]) && i+1 < len(w) && isVowel(w[i+1])):
			continue
		}
		if s := b.String(); s != "" && s[len(s)-1] == c {
			continue
		}
		b.WriteByte(c)
	}
	key := b.String()
	for len(key) > 2 && (key[len(key)-1] == 'S' || key[len(key)-1] == 'A') {
		key = key[:len(key)-1]
	}
	return key
}

var phoneticSounds = strings.NewReplacer("EV", "AF", "GHT", "T", "GH", "G", "PH", "F", "SCH", "S", "SH", "S", "CK", "C", "KN", "N", "Q", "G", "Z", "S", "M", "N", "K", "C", "V", "F", "W", "A", "X", "CS", "J", "G")

func isVowel(c byte) bool { return strings.IndexByte("AEIOUY", c) >= 0 }

// replacePrefix replaces the first of the old, new pairs that w begins with.
func replacePrefix(w string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if rest, ok := strings.CutPrefix(w, pairs[i]); ok && rest != "" {
			return pairs[i+1] + rest
		}
	}
	return w
}

func replaceSuffix(w string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if rest, ok := strings.CutSuffix(w, pairs[i]); ok && rest != "" {
			return rest + pairs[i+1]
		}
	}
	return w
}
