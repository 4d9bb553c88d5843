package detect

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tenet/internal/match"
)

// Analyse answers a request to the analyser API of Presidio (POST /analyze) as Presidio would, so that Tenet can stand in
// its place: offsets count Unicode code points, and types go by Presidio's names where it has one for them. Understood are
// text (a string, or a list of strings, which is answered by a list of lists), language ("en" or none), score_threshold,
// entities, allow_list (whole values, in any case) and return_decision_process; correlation_id and context change nothing.
// Recognisers of the caller's own (ad_hoc_recognizers) and patterns in allow_list are refused. An error says what to mend
// in the request, and never holds any of its text.
func (d Detector) Analyse(request []byte) ([]byte, error) {
	var in struct {
		Text      json.RawMessage `json:"text"`
		Language  string          `json:"language"`
		Threshold float64         `json:"score_threshold"`
		Entities  []string        `json:"entities"`
		Allow     []string        `json:"allow_list"`
		AllowBy   string          `json:"allow_list_match"`
		AdHoc     json.RawMessage `json:"ad_hoc_recognizers"`
		Explain   bool            `json:"return_decision_process"`
	}
	if err := json.Unmarshal(request, &in); err != nil {
		var field *json.UnmarshalTypeError
		if errors.As(err, &field) {
			return nil, fmt.Errorf("read the request to analyse: %q holds a JSON %s, which it cannot be", field.Field, strings.Fields(field.Value)[0])
		}
		return nil, errors.New("read the request to analyse: it is not a JSON object")
	}
	switch {
	case in.Language != "" && in.Language != "en":
		return nil, errors.New(`analyse: only English is understood: leave language out, or give "en"`)
	case len(in.AdHoc) > 0 && string(in.AdHoc) != "null" && string(in.AdHoc) != "[]":
		return nil, errors.New("analyse: ad_hoc_recognizers are not taken: give the landlord's own patterns in the notice pack")
	case in.AllowBy != "" && in.AllowBy != "exact":
		return nil, errors.New(`analyse: allow_list is compared whole: leave allow_list_match out, or give "exact"`)
	case in.Threshold < 0 || in.Threshold > 1:
		return nil, errors.New("analyse: score_threshold must be from 0 to 1")
	case len(in.Entities) > 0 && !slices.ContainsFunc(in.Entities, func(e string) bool { _, ok := TypeOf(e); return ok }):
		return nil, errors.New("analyse: none of the entities is known: GET /supportedentities lists those that are")
	}
	d.Bodies = true
	a := analyser{Detector: d, threshold: in.Threshold, entities: in.Entities, explain: in.Explain}
	for _, allowed := range in.Allow {
		a.allowed = append(a.allowed, match.Fold(allowed))
	}
	var one string
	if err := json.Unmarshal(in.Text, &one); err == nil && in.Text[0] == '"' {
		return json.Marshal(a.analysed(one))
	}
	var many []string
	if err := json.Unmarshal(in.Text, &many); err != nil || many == nil {
		return nil, errors.New(`analyse: no text: give {"text": "…", "language": "en"}`)
	}
	answers := make([][]analysis, len(many))
	for i, text := range many {
		answers[i] = a.analysed(text)
	}
	return json.Marshal(answers)
}

// types are those that Detect may find, in the order of [Entities].
var types = []Type{Person, Email, Phone, Address, Postcode, NINO, NHS, DateOfBirth, Card, SortCode, Account, IBAN, Passport, DrivingLicence, Vehicle, UPRN, IP, URL, Reference, Organisation, Location, Relation}

// Entities gives the names of the types that [Detector.Analyse] may answer with, as Presidio's GET /supportedentities does.
func Entities() []string {
	out := make([]string, len(types))
	for i, t := range types {
		out[i] = t.entity()
	}
	return out
}

// Recognisers gives the names under which [Detector.Analyse] says what found a span, as Presidio's GET /recognizers does.
func Recognisers() []string {
	out := make([]string, len(types))
	for i, t := range types {
		out[i] = t.recogniser()
	}
	return out
}

// TypeOf gives the type that goes by this name in Presidio's API. A name that neither knows, and DATE_TIME, which is any
// date and as a rule nobody's, are not ok.
func TypeOf(entity string) (Type, bool) {
	for _, t := range types {
		if t.entity() == entity {
			return t, true
		}
	}
	return "", false
}

// analysis is one result in Presidio's form.
type analysis struct {
	Start    int          `json:"start"`
	End      int          `json:"end"`
	Type     string       `json:"entity_type"`
	Score    float64      `json:"score"`
	Explain  *explanation `json:"analysis_explanation"`
	Metadata metadata     `json:"recognition_metadata"`
}

// explanation has the fields of Presidio's; those that are always empty are about its own ways of finding.
type explanation struct {
	Recogniser string  `json:"recognizer"`
	Pattern    *string `json:"pattern_name"`
	Regexp     *string `json:"pattern"`
	First      float64 `json:"original_score"`
	Score      float64 `json:"score"`
	Why        string  `json:"textual_explanation"`
	Context    float64 `json:"score_context_improvement"`
	Word       string  `json:"supportive_context_word"`
	Valid      *bool   `json:"validation_result"`
}

type metadata struct {
	Name       string `json:"recognizer_name"`
	Identifier string `json:"recognizer_identifier"`
}

// analyser is what one request asks.
type analyser struct {
	Detector
	threshold float64
	entities  []string
	allowed   []string // folded
	explain   bool
}

func (d *analyser) analysed(text string) []analysis {
	out := []analysis{}
	runes, at := 0, 0 // code points before byte at
	place := func(offset int) int {
		runes += utf8.RuneCountInString(text[at:offset])
		at = offset
		return runes
	}
	for _, s := range d.Detect(text) {
		entity := s.Type.entity()
		if s.Score < d.threshold || len(d.entities) > 0 && !slices.Contains(d.entities, entity) || len(d.allowed) > 0 && slices.Contains(d.allowed, match.Fold(s.Text)) {
			continue
		}
		name := s.Type.recogniser()
		a := analysis{Start: place(s.Start), End: place(s.End), Type: entity, Score: s.Score, Metadata: metadata{name, name}}
		if d.explain {
			a.Explain = &explanation{Recogniser: name, First: s.Score, Score: s.Score, Why: s.Why}
		}
		out = append(out, a)
	}
	return out
}

func (t Type) recogniser() string { return "Tenet" + strings.ReplaceAll(string(t), "_", "") }

// entity is the name that Presidio has for a type; our own where it has none.
func (t Type) entity() string {
	switch t {
	case Email:
		return "EMAIL_ADDRESS"
	case Phone:
		return "PHONE_NUMBER"
	case Card:
		return "CREDIT_CARD"
	case IBAN:
		return "IBAN_CODE"
	case IP:
		return "IP_ADDRESS"
	case NHS, NINO, Postcode, Passport, DrivingLicence:
		return "UK_" + string(t)
	case Vehicle:
		return "UK_VEHICLE_REGISTRATION"
	case Organisation:
		return "ORGANIZATION"
	}
	return string(t)
}
