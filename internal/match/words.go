package match

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// Word is one word of a text: folded for comparison, with the byte offsets of the original in the text.
type Word struct {
	Text       string // as [Fold] gives it; never empty
	Start, End int    // text[Start:End] is the word as written
}

// Words gives the words of a text in order: runs of letters and digits, folded. An apostrophe inside a word belongs to
// it and disappears by folding (O'Neill gives "oneill"); a possessive 's does not belong to it (Smith's gives "smith",
// End before the apostrophe), because the note that says "Smith's" must be found by who looks for Smith. Hyphens,
// underscores and full stops divide words. Bytes that are not UTF-8 divide words too.
func Words(text string) iter.Seq[Word] {
	return func(yield func(Word) bool) {
		for i := 0; i < len(text); {
			if !wordByte(text[i]) {
				if text[i] < utf8.RuneSelf {
					i++
					continue
				}
				r, n := utf8.DecodeRuneInString(text[i:])
				if !wordRune(r) || unicode.Is(unicode.Mn, r) {
					i += n
					continue
				}
			}
			end, next := wordEnd(text, i)
			if folded := Fold(text[i:end]); folded != "" {
				if !yield(Word{Text: folded, Start: i, End: end}) {
					return
				}
			}
			i = next
		}
	}
}

// wordEnd finds where the word that starts at i ends, and where the search for the next one goes on.
func wordEnd(text string, i int) (end, next int) {
	for end = i; end < len(text); {
		if wordByte(text[end]) {
			end++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[end:])
		if wordRune(r) {
			end += n
			continue
		}
		if !isApostrophe(r) {
			break
		}
		// An apostrophe is inside the word only between two letters, and not before a possessive s.
		after, m := utf8.DecodeRuneInString(text[end+n:])
		if !unicode.IsLetter(after) {
			break
		}
		if after == 's' || after == 'S' {
			beyond, _ := utf8.DecodeRuneInString(text[end+n+m:])
			if !wordRune(beyond) && !isApostrophe(beyond) {
				return end, end + n + m
			}
		}
		end += n
	}
	return end, end
}

func wordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return wordByte(byte(r))
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == '\u00ad' || r == '\u200b')
}

// Common reports whether a folded word is so frequent that indexing it finds nothing: the small words of English, what
// every landlord's note is full of, and single letters. Words that are also names ("will", "may", "mark", "grace") are
// never common.
func Common(word string) bool {
	if utf8.RuneCountInString(word) < 2 {
		return true
	}
	_, ok := commonWords[word]
	return ok
}

var commonWords = wordSet(
	`about above after again against all also am an and any are as at be because been before being below between both but
	by can cannot could did do does doing done down during each either else etc every few for from further get go going
	got had has have having he her here hers herself him himself his how if in into is isnt it its itself just let like made
	make many me more most much must my myself no nor not now of off on once only or other our ours ourselves out over own
	per please re said same say says see shall she should since so some still such than thank thanks that the their theirs
	them themselves then there these they this those through to today told tomorrow too under until up upon us use used
	very via was we were what when where which while who whom whose why with within without would yes yesterday yet you
	your yours yourself dear sincerely faithfully regards hi hello re fw fwd cc ref
	called call phone email letter advised asked visit visited tenant tenancy property repair repairs rent account
	customer landlord officer housing flat house home date time day week month year number please contact
	mr mrs ms miss mx dr
	com org net www http https co uk html img src href div span nbsp`)

func wordSet(list string) map[string]struct{} {
	set := make(map[string]struct{}, 256)
	for w := range Words(list) {
		set[w.Text] = struct{}{}
	}
	return set
}
