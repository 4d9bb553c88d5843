package find

import (
	"hash/fnv"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"tenet/internal/match"
)

// document is the words of a record, and what its columns say of the
// correspondence that it belongs to.
type document struct {
	id    string
	text  string
	keys  []string // two documents with a key in common are of one thread
	topic string   // a subject, where the source gives one
	reply bool     // and it says that it answers another
	folds bool     // it may be folded with others
	apart string   // and only with those that have the same here
}

// folded is what comes of holding documents against each other.
type folded struct {
	like   string // the one that says all that this one says; empty for that one itself
	thread string // the first by id of those that are to be read together; empty if there is no other
}

// fold tells, of each document, which other says all that it says, and which are
// to be read together. The order in which they come makes no difference.
//
// One is like another only where nothing differs but how it is set: their own words
// are the same, with the signs of their numbers, and what it quotes is quoted by the
// other too. That is an equality and not a likeness by degrees: of two letters of
// four hundred words that differ in one name, or by a "not", any measure of likeness
// says that they are the same.
//
// What is to be read together goes by degrees, as a mistake there costs a reader
// nothing: a message and what quotes it, and one letter to many people, which
// MinHash finds in time that grows with the words and not with the pairs.
func fold(docs []document) []folded {
	parts := make([]parted, len(docs))
	for i, d := range docs {
		parts[i] = part(d.text)
	}
	out := make([]folded, len(docs))
	foldAlike(docs, parts, out)
	threads(docs, parts, out)
	return out
}

// foldAlike finds, among documents that say the same themselves, those that quote
// no more than another.
func foldAlike(docs []document, parts []parted, out []folded) {
	alike := map[string][]int{}
	for i, p := range parts {
		if docs[i].folds && len(p.own) > 0 {
			k := docs[i].apart + "\x00" + strings.Join(p.own, " ")
			alike[k] = append(alike[k], i)
		}
	}
	for _, some := range alike {
		slices.SortFunc(some, func(a, b int) int {
			if n := len(parts[b].quoted) - len(parts[a].quoted); n != 0 {
				return n
			}
			return strings.Compare(docs[a].id, docs[b].id)
		})
		var first []int // that say all there is
		for _, i := range some {
			at := slices.IndexFunc(first, func(f int) bool { return within(parts[i].quoted, parts[f].quoted) })
			if at < 0 {
				first = append(first, i)
			} else {
				out[i].like = docs[first[at]].id
			}
		}
	}
}

// within says whether words stand in others, together and in their order.
func within(some, all []string) bool {
	for i := 0; i+len(some) <= len(all); i++ {
		if slices.Equal(some, all[i:i+len(some)]) {
			return true
		}
	}
	return len(some) == 0
}

// parted is a text by who wrote it: its own words, and those it quotes.
type parted struct{ own, quoted []string }

// part tells what a text says from what it quotes: lines after a > mark, and all
// that follows the line by which mail programs begin what they quote.
func part(text string) parted {
	var p parted
	rest := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		bare := strings.TrimLeft(line, "> \t")
		rest = rest || quoting.MatchString(bare)
		into := &p.own
		if rest || strings.HasPrefix(line, ">") {
			into = &p.quoted
		}
		end := 0
		for w := range match.Words(bare) {
			said := w.Text
			if strings.ContainsAny(said, "0123456789") {
				said = sign(bare[end:w.Start]) + said + unit(bare[w.End:])
			}
			*into = append(*into, said)
			end = w.End
		}
	}
	return p
}

// sign is what stands right before a number and may be part of it: a minus, a
// decimal point.
func sign(between string) string {
	if i := strings.LastIndexAny(between, " \t"); i >= 0 {
		return strings.TrimLeft(between[i+1:], `"'([`)
	}
	return between
}

// unit is what stands right after a number: a per cent sign, a trailing minus.
func unit(after string) string {
	for i, r := range after {
		switch {
		case unicode.IsSpace(r):
			return strings.TrimRight(after[:i], `.,;:!?)]"'`)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return "" // it belongs to what follows
		}
	}
	return strings.TrimRight(after, `.,;:!?)]"'`)
}

var quoting = regexp.MustCompile(`(?i)^(-{2,} ?(original|forwarded) (message|email) ?-{2,}|begin forwarded message:|on .{4,120} wrote:)$`)

// threads joins documents that have a key in common, those that quote each other,
// and those that are one letter to many.
func threads(docs []document, parts []parted, out []folded) {
	up := make([]int, len(docs))
	for i := range up {
		up[i] = i
	}
	top := func(i int) int {
		for up[i] != i {
			up[i] = up[up[i]]
			i = up[i]
		}
		return i
	}
	join := func(a, b int) {
		a, b = top(a), top(b)
		if docs[b].id < docs[a].id {
			a, b = b, a
		}
		up[b] = a // the first by id stands for all
	}
	first := map[string]int{}
	meet := func(key string, i int) {
		if j, ok := first[key]; ok {
			join(i, j)
		} else {
			first[key] = i
		}
	}
	answered := map[string]bool{}
	for _, d := range docs {
		answered[d.topic] = answered[d.topic] || d.reply
	}
	for i, d := range docs {
		meet("id "+d.id, i)
		if out[i].like != "" {
			meet("id "+out[i].like, i)
		}
		for _, k := range d.keys {
			meet("key "+k, i)
		}
		if d.topic != "" && answered[d.topic] {
			meet("topic "+d.topic, i)
		}
		for _, band := range bands(parts[i].own) {
			meet(band, i)
		}
	}
	quotedBy := map[uint64][]int{}
	for i, p := range parts {
		for s := range shingles(p.quoted, 5) {
			quotedBy[s] = append(quotedBy[s], i)
		}
	}
	for i, p := range parts {
		own := shingles(p.own, 5)
		found := map[int]int{}
		for s := range own {
			for _, j := range quotedBy[s] {
				found[j]++
			}
		}
		for j, n := range found {
			if i != j && 2*n >= len(own) {
				join(i, j)
			}
		}
	}
	many := map[int]int{}
	for i := range docs {
		many[top(i)]++
	}
	for i := range docs {
		if t := top(i); many[t] > 1 {
			out[i].thread = docs[t].id
		}
	}
}

// mostWords is how many words of a text are held against others to see what is to
// be read together.
const mostWords = 20_000

// shingles are the runs of n words of a text, as hashes.
func shingles(words []string, n int) map[uint64]struct{} {
	words = words[:min(len(words), mostWords)]
	out := map[uint64]struct{}{}
	for i := 0; i+n <= len(words); i++ {
		h := fnv.New64a()
		for _, w := range words[i : i+n] {
			h.Write([]byte(w))
			h.Write([]byte{0})
		}
		out[h.Sum64()] = struct{}{}
	}
	return out
}

// Sixteen bands of five: two texts of which three quarters of the runs of three
// words are the same meet in one of the bands in 98 of 100 cases, and those of which
// a quarter is in 2.
const (
	bandCount = 16
	bandRows  = 5
	fewWords  = 25 // shorter texts are alike by chance
)

// bands are the keys by which MinHash lets texts meet that have most runs of three
// words in common.
func bands(words []string) []string {
	if len(words) < fewWords {
		return nil
	}
	var least [bandCount * bandRows]uint64
	for i := range least {
		least[i] = math.MaxUint64
	}
	for s := range shingles(words, 3) {
		for i := range least {
			least[i] = min(least[i], mix(s+uint64(i)*0x9e3779b97f4a7c15))
		}
	}
	out := make([]string, bandCount)
	for b := range out {
		h := fnv.New64a()
		for _, v := range least[b*bandRows : (b+1)*bandRows] {
			for shift := 0; shift < 64; shift += 8 {
				h.Write([]byte{byte(v >> shift)})
			}
		}
		out[b] = "band " + string(rune('a'+b)) + string(h.Sum(nil))
	}
	return out
}

// mix is the last step of SplitMix64: a permutation in which every bit of the
// outcome depends on every bit of what goes in.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
