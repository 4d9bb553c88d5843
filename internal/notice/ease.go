package notice

import (
	"fmt"
	"strings"
	"unicode"
)

// Reading is how easily words are read.
type Reading struct {
	Sentences int     `json:"sentences"`
	Words     int     `json:"words"`
	Syllables int     `json:"syllables"` // as counted by groups of vowels
	Flesch    float64 `json:"flesch"`    // reading ease: 100 very easy, 60 plain English, 30 hard
	Longest   int     `json:"longest"`   // words in the longest sentence
}

// Plain English is 60 or more; a notice with its necessary long words is not
// asked for more than leastEase.
const (
	leastEase   = 55
	longestRead = 45 // words in one sentence
)

// Ease measures sentences by Flesch's formula of 1948:
// 206.835 − 1.015 × words per sentence − 84.6 × syllables per word.
func Ease(sentences []Sentence) Reading {
	var r Reading
	for _, s := range sentences {
		words := readWords(s.Text)
		if len(words) == 0 {
			continue
		}
		r.Sentences++
		r.Words += len(words)
		r.Longest = max(r.Longest, len(words))
		for _, w := range words {
			r.Syllables += syllables(w)
		}
	}
	if r.Words > 0 {
		r.Flesch = 206.835 - 1.015*float64(r.Words)/float64(r.Sentences) - 84.6*float64(r.Syllables)/float64(r.Words)
	}
	return r
}

// readWords are the words read aloud; addresses, numbers and links are not
// prose.
func readWords(s string) []string {
	var out []string
	for _, f := range strings.Fields(s) {
		if strings.ContainsAny(f, "@/0123456789") {
			continue
		}
		w := strings.ToLower(strings.TrimFunc(f, func(r rune) bool { return !unicode.IsLetter(r) }))
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

// syllables counts groups of vowels, without a silent e at the end.
func syllables(word string) int {
	n, vowel := 0, false
	for _, r := range word {
		is := strings.ContainsRune("aeiouy", r)
		if is && !vowel {
			n++
		}
		vowel = is
	}
	if n > 1 && strings.HasSuffix(word, "e") && !strings.HasSuffix(word, "le") {
		n--
	}
	if n > 1 && strings.HasSuffix(word, "ed") && !strings.HasSuffix(word, "ted") && !strings.HasSuffix(word, "ded") {
		n--
	}
	return max(n, 1)
}

func (l *linter) ease() {
	all := l.n.Words.All()
	if r := Ease(all); r.Words >= 100 && r.Flesch < leastEase {
		l.find("reading-ease", wordsAt(0), "words", fmt.Sprintf("the reading ease is %.0f; plain English is 60 or more", r.Flesch), "shorten sentences, and use everyday words")
	}
	for _, s := range all {
		if n := len(readWords(s.Text)); n > longestRead {
			l.find("sentence-too-long", wordsAt(s.Line), s.ID, fmt.Sprintf("the sentence has %d words", n), "make two or three of it")
		}
	}
}
