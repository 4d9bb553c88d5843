package redact

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"tenet/internal/detect"
	"tenet/internal/match"
)

// Withheld is one thing taken out of a text: what a schedule of what was withheld is made of. It gives the thing away to
// nobody who prints or encodes it; [Withheld.Secret] does, for the proof.
type Withheld struct {
	Type      detect.Type
	Label     string // what stands in its place
	Exemption string // id
	Reason    string
	Undecided bool // nobody has decided: it was withheld until somebody does
	At        int  // byte offset of the label in the clean text
	secret    string
}

// Secret is the text that was taken out, for [Prove]. It must not reach any output.
func (w Withheld) Secret() string { return w.secret }

// String gives the withheld thing without the thing.
func (w Withheld) String() string { return w.Label + " under " + w.Exemption + ": " + w.Reason }

// GoString is String, so that no way of printing gives the thing away.
func (w Withheld) GoString() string { return w.String() }

// Apply takes out of text everything that decided does not reveal and puts labels in its place. It refuses proposals
// that are not in order, overlap, or do not fit the text: they were made for another one. Applying to a clean text what
// is proposed for it changes nothing.
func Apply(text string, decided []Proposal, labels *Labels) (clean string, withheld []Withheld, err error) {
	var b strings.Builder
	b.Grow(len(text))
	end := 0
	for i, p := range decided {
		if p.Start < end || p.End <= p.Start || p.End > len(text) || text[p.Start:p.End] != p.Text {
			return "", nil, fmt.Errorf("redact: decision %d of %d (bytes %d to %d, %s) does not fit this text of %d bytes: propose again for the text as it is now",
				i+1, len(decided), p.Start, p.End, p.Type, len(text))
		}
		switch p.Action {
		case Reveal, Withhold, Review:
		default:
			return "", nil, fmt.Errorf("redact: decision %d of %d says %q: it must be %s, %s or %s", i+1, len(decided), p.Action, Reveal, Withhold, Review)
		}
		if p.Action == Reveal {
			continue
		}
		b.WriteString(text[end:p.Start])
		w := Withheld{Type: p.Type, Label: labels.For(p.Span), Exemption: p.Exemption, Reason: p.Reason, Undecided: p.Action == Review, At: b.Len(), secret: p.Text}
		if w.Exemption == "" {
			w.Exemption = ThirdParty
		}
		b.WriteString(w.Label)
		withheld = append(withheld, w)
		end = p.End
	}
	b.WriteString(text[end:])
	return b.String(), withheld, nil
}

// Labels gives the words that stand for what was withheld, the same for the same person throughout one pack, so that
// the reader can follow who did what without learning who it was. A label says nothing of the length of what it
// replaces. The zero Labels is ready to use, by many goroutines.
type Labels struct {
	mu     sync.Mutex
	people map[string]int
}

// For gives the label for a span. A name that may be one of several people's is given to none of them.
func (l *Labels) For(s detect.Span) string {
	if s.Type != detect.Person {
		what, ok := withheldWords[s.Type]
		if !ok {
			what = "information"
		}
		return "[" + what + " withheld]"
	}
	switch len(s.People) {
	case 0:
		return fmt.Sprintf("[Person %d]", l.number("name "+lastWord(s.Text)))
	case 1:
		return fmt.Sprintf("[Person %d]", l.number("id "+s.People[0]))
	}
	return "[one of several people]"
}

func (l *Labels) number(key string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, ok := l.people[key]
	if !ok {
		if l.people == nil {
			l.people = make(map[string]int)
		}
		n = len(l.people) + 1
		l.people[key] = n
	}
	return n
}

// lastWord of a name of somebody unknown is taken to be the same person's throughout: Mrs Baxter, and then Baxter.
func lastWord(name string) string {
	last := ""
	for w := range match.Words(name) {
		last = w.Text
	}
	return last
}

var withheldWords = map[detect.Type]string{
	detect.Email: "e-mail address", detect.Phone: "phone", detect.Address: "address", detect.Postcode: "postcode", detect.NINO: "NI number",
	detect.NHS: "NHS number", detect.DateOfBirth: "date of birth", detect.Card: "card number", detect.SortCode: "sort code",
	detect.Account: "account number", detect.IBAN: "bank account", detect.Passport: "passport number", detect.DrivingLicence: "driving licence",
	detect.Vehicle: "vehicle registration", detect.UPRN: "property number", detect.IP: "IP address", detect.URL: "web address",
	detect.Reference: "reference", detect.Organisation: "organisation", detect.Location: "place",
	detect.Relation: "person",
}

// Redactor is the whole of it for one pack: find, propose, apply.
type Redactor struct {
	Detector detect.Detector
	Keep     Keep
	Labels   *Labels // shared by everything in the pack; nil starts a set of its own, made at the first use
	once     sync.Once
}

// Propose gives what should be done with each piece of personal data in text, for a person to review.
func (r *Redactor) Propose(text string) []Proposal {
	return Propose(text, r.Detector.Detect(text), r.Keep)
}

// Text gives a text (a note, the body of a letter, a subject, a file's name) with what is proposed to be withheld taken out.
func (r *Redactor) Text(text string) (clean string, withheld []Withheld) {
	clean, withheld, err := Apply(text, r.Propose(text), r.labels())
	if err != nil { // the proposals were made for this very text
		return "[information withheld]", []Withheld{{Label: "[information withheld]", Exemption: ThirdParty, Reason: err.Error(), Undecided: true, secret: text}}
	}
	return clean, withheld
}

// Value gives one field's value, of which the map says what it is: the whole of it is of type t, with no need of
// context. An unknown type ("") is free text.
func (r *Redactor) Value(t detect.Type, value string) (clean string, withheld []Withheld) {
	body := strings.TrimSpace(value)
	if t == "" || body == "" {
		return r.Text(value)
	}
	start := strings.Index(value, body)
	span := detect.Span{Start: start, End: start + len(body), Type: t, Text: body, Score: 1, Why: "the field holds it"}
	if known := r.Detector.Known; known != nil {
		if span.People = known.Who(t, body); t == detect.Person {
			for _, s := range known.Find(body, r.Detector.Present) {
				span.People = append(span.People, s.People...)
			}
			slices.Sort(span.People)
			span.People = slices.Compact(span.People)
		}
	}
	clean, withheld, err := Apply(value, Propose(value, []detect.Span{span}, r.Keep), r.labels())
	if err != nil {
		return r.Text(value)
	}
	return clean, withheld
}

func (r *Redactor) labels() *Labels {
	r.once.Do(func() {
		if r.Labels == nil {
			r.Labels = new(Labels)
		}
	})
	return r.Labels
}
