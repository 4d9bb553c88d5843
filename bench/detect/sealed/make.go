//go:build ignore

// Make turns src/*.txt into corpus.jsonl and, with -seal, writes SEAL.
//
//	go run make.go [-seal 2026-11-22]
//
// It fails on a mark it cannot read, and on a name of the document's own people
// or the look of an identifier left outside every mark.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A doc is one line of corpus.jsonl. Offsets are bytes of Text.
type doc struct {
	ID        string   `json:"id"`
	Kind      string   `json:"kind"`
	Voice     string   `json:"voice"`
	Origins   []string `json:"origins"`
	Text      string   `json:"text"`
	Spans     []span   `json:"spans"`
	Negatives []span   `json:"negatives,omitempty"`
	People    []person `json:"people"`
}

// A span is one marked mention. CoreStart and CoreEnd are the name without its
// title; Mistyped is set where the writer got the identifier wrong.
type span struct {
	Start     int     `json:"start"`
	End       int     `json:"end"`
	Type      string  `json:"type,omitempty"`
	Text      string  `json:"text"`
	Person    *string `json:"person,omitempty"`
	Origin    string  `json:"origin,omitempty"`
	CoreStart *int    `json:"core_start,omitempty"`
	CoreEnd   *int    `json:"core_end,omitempty"`
	Mistyped  bool    `json:"mistyped,omitempty"`
}

// A person is somebody the document mentions, and what a landlord's database
// could hold about them.
type person struct {
	Person string              `json:"person"`
	Name   string              `json:"name"`
	Origin string              `json:"origin"`
	Role   string              `json:"role"`
	Known  map[string][]string `json:"known"`
}

var types = map[string]string{
	"EM": "EMAIL", "PH": "PHONE", "AD": "ADDRESS", "PC": "POSTCODE", "NI": "NINO", "NH": "NHS",
	"DB": "DATE_OF_BIRTH", "CD": "CARD", "SC": "SORT_CODE", "AC": "ACCOUNT", "IB": "IBAN",
	"PP": "PASSPORT", "DL": "DRIVING_LICENCE", "VR": "VEHICLE", "UP": "UPRN", "IP": "IP",
	"UR": "URL", "RF": "REFERENCE", "OR": "ORGANISATION", "LO": "LOCATION",
}

var origins = map[string]string{
	"wb": "white-british", "we": "welsh", "sc": "scottish", "ir": "irish", "it": "irish-traveller",
	"pl": "polish", "ro": "romanian", "lt": "lithuanian", "pt": "portuguese", "yo": "yoruba",
	"ig": "igbo", "ha": "hausa", "gh": "ghanaian", "so": "somali", "er": "eritrean", "et": "ethiopian",
	"su": "sudanese", "cg": "congolese", "jm": "jamaican", "pk": "pakistani", "bd": "bangladeshi",
	"si": "sikh", "gu": "gujarati", "ta": "tamil", "lk": "sri-lankan", "af": "afghan", "fa": "iranian",
	"ku": "kurdish", "ar": "arab", "tr": "turkish", "cn": "chinese", "vn": "vietnamese",
	"ph": "filipino", "ua": "ukrainian", "al": "albanian", "rm": "roma", "cl": "colombian",
}

var (
	mark  = regexp.MustCompile(`\[([0-9]+|[A-Z]{2})(?::([0-9]+))?(!)?\|([^\]\[]*)\]|\{([^{}]+)\}`)
	title = regexp.MustCompile(`(?i)^(mr|mrs|ms|miss|mx|dr|sir|dame|reverend|revd|rev|fr|father|pc|dc|ds|sgt|pcso|cllr|prof|sister|nurse|auntie|aunty|uncle|nan|nanny|alhaji|alhaja|chief|pastor|imam|sheikh|haji|hajji|mister|master|judge|dj|lord|lady|insp|inspector|pan|pani|doamna|domnul|khala|baba|tio|tia|abla|abi|kuya|ate|mama|papa|councillor|doctor|sr|brother|kaka|bhai|apa|tita|tito|elder|deacon|bishop|don|doña|señora|señor|sra|pte|maj|major|capt|ddj|w/zo|w/ro|ato|madam|madame|mgr inż|misis|chacha|mme|maître|sis)\.?( and (mr|mrs|ms)\.?)? +`)
	// first titles stand before a forename, the others before a surname.
	first = regexp.MustCompile(`(?i)^(sir|dame|sister|auntie|aunty|uncle|nan|pastor|brother|bhai|master)`)
	// looks is what an unmarked identifier may look like.
	looks = regexp.MustCompile(`@[a-z]|\b0[1237]\d{2,}[ -]?\d{3}|https?:|www\.|\b[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\b\d{3} \d{3} \d{4}\b|\b\d\d-\d\d-\d\d\b|\b\d{4} \d{4} \d{4}\b|\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`)
)

func main() {
	seal := flag.String("seal", "", "the date to seal with, as 2006-01-02")
	flag.Parse()
	files, err := filepath.Glob("src/*.txt")
	if err != nil || len(files) == 0 {
		fail("no src/*.txt here; run in the folder of make.go: %v", err)
	}
	slices.Sort(files)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	count := map[string]int{}
	docs, bad := 0, 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			fail("%v", err)
		}
		for _, part := range strings.Split("\n"+string(b), "\n=== ")[1:] {
			d, complaints := read(part)
			for _, c := range complaints {
				bad++
				fmt.Fprintf(os.Stderr, "%s: %s: %s\n", f, d.ID, c)
			}
			if err := enc.Encode(d); err != nil {
				fail("%v", err)
			}
			docs++
			count["kind "+d.Kind]++
			words := len(strings.Fields(d.Text))
			count["words"] += words
			if words < 60 {
				fmt.Fprintf(os.Stderr, "%s: %s: only %d words\n", f, d.ID, words)
			}
			for _, s := range d.Spans {
				count["type "+s.Type]++
				if s.Origin != "" {
					count["origin "+s.Origin]++
				}
				if s.Mistyped {
					count["mistyped"]++
				}
			}
			count["negatives"] += len(d.Negatives)
			count["people"] += len(d.People)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(count)) {
		fmt.Printf("%-28s %d\n", k, count[k])
	}
	fmt.Println("documents", docs)
	if bad > 0 {
		fail("%d complaints: corpus.jsonl not written", bad)
	}
	if err := os.WriteFile("corpus.jsonl", out.Bytes(), 0o644); err != nil {
		fail("%v", err)
	}
	if *seal != "" {
		line := fmt.Sprintf("%x  corpus.jsonl\nsealed %s, %d documents, %d PERSON spans\n",
			sha256.Sum256(out.Bytes()), *seal, docs, count["type PERSON"])
		if err := os.WriteFile("SEAL", []byte(line), 0o644); err != nil {
			fail("%v", err)
		}
	}
}

// read reads one document: a line "id kind voice", a line for each person, a
// line "---", and the text with its marks.
func read(part string) (doc, []string) {
	var complaints []string
	complain := func(f string, a ...any) { complaints = append(complaints, fmt.Sprintf(f, a...)) }
	head, body, ok := strings.Cut(part, "\n---\n")
	if !ok {
		complain("no --- line")
	}
	lines := strings.Split(head, "\n")
	h := strings.Fields(lines[0])
	if len(h) != 3 {
		return doc{ID: lines[0]}, append(complaints, "first line is not: id kind voice")
	}
	d := doc{ID: "s" + h[0], Kind: h[1], Voice: h[2], Spans: []span{}, People: []person{}}
	at := map[string]int{}
	for _, l := range lines[1:] {
		n, p, err := readPerson(d.ID, l)
		if err != nil {
			complain("%v", err)
			continue
		}
		at[n] = len(d.People)
		d.People = append(d.People, p)
	}
	var text strings.Builder
	var outside strings.Builder // the text with every mark blanked
	body = strings.TrimSpace(body)
	last, used := 0, map[string]bool{}
	for _, m := range mark.FindAllStringSubmatchIndex(body, -1) {
		text.WriteString(body[last:m[0]])
		outside.WriteString(body[last:m[0]])
		outside.WriteString("  ")
		last = m[1]
		sub := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return body[m[2*i]:m[2*i+1]]
		}
		s := span{Start: text.Len(), Text: sub(4) + sub(5)}
		text.WriteString(s.Text)
		s.End = text.Len()
		if s.Text == "" || strings.TrimSpace(s.Text) != s.Text || strings.ContainsAny(s.Text, "{}") {
			complain("mark %q is empty, has space at an end or holds a mark", body[m[0]:m[1]])
		}
		if sub(5) != "" {
			d.Negatives = append(d.Negatives, s)
			continue
		}
		s.Mistyped = sub(3) == "!"
		who := sub(2)
		if t, ok := types[sub(1)]; ok {
			s.Type = t
		} else {
			s.Type, who = "PERSON", sub(1)
			from, to := s.Start+len(title.FindString(s.Text)), s.End
			s.CoreStart, s.CoreEnd = &from, &to
		}
		if who != "" {
			i, ok := at[who]
			if !ok {
				complain("no person %s for %q", who, s.Text)
				continue
			}
			p := &d.People[i]
			used[who] = true
			s.Person, s.Origin = &p.Person, ""
			if s.Type == "PERSON" {
				s.Origin = p.Origin
			} else if k := strings.ToLower(s.Type); !s.Mistyped && !slices.Contains(p.Known[k], s.Text) {
				p.Known[k] = append(p.Known[k], s.Text)
			}
		}
		d.Spans = append(d.Spans, s)
	}
	text.WriteString(body[last:])
	outside.WriteString(body[last:])
	d.Text = text.String()
	rest := outside.String()
	for _, bad := range looks.FindAllString(rest, -1) {
		complain("unmarked: %q", bad)
	}
	if i := strings.IndexAny(rest, "[]{}|"); i >= 0 && strings.Contains("[]{}", rest[i:i+1]) {
		complain("stray bracket near %q", rest[max(0, i-20):min(len(rest), i+20)])
	}
	seen := map[string]bool{}
	for n, i := range at {
		p := d.People[i]
		if !used[n] {
			complain("person %s (%s) is never mentioned", n, p.Name)
		}
		for _, k := range []string{"forenames", "surname", "alias"} {
			for _, part := range p.Known[k] {
				for _, w := range strings.Fields(part) {
					if len(w) > 2 && !seen[w] && hasWord(rest, w) {
						seen[w] = true
						complain("%q stands outside every mark", w)
					}
				}
			}
		}
		if !slices.Contains(d.Origins, p.Origin) {
			d.Origins = append(d.Origins, p.Origin)
		}
	}
	slices.Sort(d.Origins)
	return d, complaints
}

// readPerson reads "1 | Mrs Ngozi Okonkwo | ig tenant | dob=1971-03-04 alias=Goz".
// A surname of several words stands after " / ".
func readPerson(doc, line string) (string, person, error) {
	f := strings.Split(line, "|")
	if len(f) < 3 {
		return "", person{}, fmt.Errorf("person line %q has fewer than three fields", line)
	}
	n := strings.TrimSpace(f[0])
	rawName := strings.TrimSpace(f[1])
	t := title.FindString(rawName)
	name := rawName[len(t):]
	kind := strings.Fields(f[2])
	if len(kind) != 2 || origins[kind[0]] == "" {
		return "", person{}, fmt.Errorf("person line %q: third field is not: origin role", line)
	}
	fore, sur, split := strings.Cut(name, "/")
	if !split {
		if i := strings.LastIndex(name, " "); i > 0 {
			fore, sur = name[:i], name[i+1:]
		}
	}
	if !split && sur == "" && t != "" && !first.MatchString(t) {
		fore, sur = "", fore
	}
	p := person{Person: doc + ".p" + n, Origin: origins[kind[0]], Role: kind[1], Known: map[string][]string{}}
	set := func(k, v string) {
		if v = strings.Join(strings.Fields(v), " "); v != "" {
			p.Known[k] = append(p.Known[k], v)
		}
	}
	if len(f) > 3 {
		for _, kv := range strings.Split(f[3], ";") {
			if strings.TrimSpace(kv) == "" {
				continue
			}
			k, v, ok := strings.Cut(kv, "=")
			if !ok {
				return "", person{}, fmt.Errorf("person line %q: %q is not key=value", line, kv)
			}
			switch k = strings.TrimSpace(k); k {
			case "forenames":
				if sur == "" {
					sur = fore
				}
				fore = v
			case "surname":
				if fore == "" {
					fore = sur
				}
				sur = v
			default:
				set(k, v)
			}
		}
	}
	set("title", t)
	set("forenames", fore)
	set("surname", sur)
	p.Name = strings.Join(strings.Fields(fore+" "+sur), " ")
	return n, p, nil
}

func hasWord(s, w string) bool {
	for off := 0; ; {
		i := strings.Index(s[off:], w)
		if i < 0 {
			return false
		}
		i += off
		before := []rune(s[:i])
		after := []rune(s[i+len(w):])
		if (len(before) == 0 || !unicode.IsLetter(before[len(before)-1])) && (len(after) == 0 || !unicode.IsLetter(after[0])) {
			return true
		}
		off = i + len(w)
	}
}

func fail(f string, a ...any) {
	fmt.Fprintf(os.Stderr, f+"\n", a...)
	os.Exit(1)
}
