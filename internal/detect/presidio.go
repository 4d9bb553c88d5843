package detect

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Analyse answers a request to the analyser API of Presidio (POST /analyze) as Presidio would, so that Tenet can stand in
// its place: offsets count Unicode code points, and types go by Presidio's names where it has one for them. Understood are
// text (a string, or a list of strings, which is answered by a list of lists), language ("en" or none), score_threshold,
// entities and return_decision_process; other fields are passed over. An error says what to mend in the request.
func (d Detector) Analyse(request []byte) ([]byte, error) {
	var in struct {
		Text      json.RawMessage `json:"text"`
		Language  string          `json:"language"`
		Threshold float64         `json:"score_threshold"`
		Entities  []string        `json:"entities"`
		Explain   bool            `json:"return_decision_process"`
	}
	if err := json.Unmarshal(request, &in); err != nil {
		return nil, fmt.Errorf("read the request to analyse: %w", err)
	}
	if in.Language != "" && in.Language != "en" {
		return nil, fmt.Errorf("analyse in %q: only English is understood: leave language out, or give \"en\"", in.Language)
	}
	var one string
	if err := json.Unmarshal(in.Text, &one); err == nil && len(in.Text) > 0 && in.Text[0] == '"' {
		return json.Marshal(d.analysed(one, in.Threshold, in.Entities, in.Explain))
	}
	var many []string
	if err := json.Unmarshal(in.Text, &many); err != nil || many == nil {
		return nil, errors.New(`analyse: no text: give {"text": "…", "language": "en"}`)
	}
	answers := make([][]analysis, len(many))
	for i, text := range many {
		answers[i] = d.analysed(text, in.Threshold, in.Entities, in.Explain)
	}
	return json.Marshal(answers)
}

// Entities gives the names of the types that [Detector.Analyse] may answer with, as Presidio's GET /supportedentities does.
func Entities() []string {
	all := []Type{Person, Email, Phone, Address, Postcode, NINO, NHS, DateOfBirth, Card, SortCode, Account, IBAN, Passport, DrivingLicence, Vehicle, UPRN, IP, URL, Reference}
	out := make([]string, len(all))
	for i, t := range all {
		out[i] = t.entity()
	}
	return out
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

type explanation struct {
	Recogniser string  `json:"recognizer"`
	Score      float64 `json:"original_score"`
	Why        string  `json:"textual_explanation"`
}

type metadata struct {
	Name       string `json:"recognizer_name"`
	Identifier string `json:"recognizer_identifier"`
}

func (d Detector) analysed(text string, threshold float64, entities []string, explain bool) []analysis {
	out := []analysis{}
	runes, at := 0, 0 // code points before byte at
	place := func(offset int) int {
		runes += utf8.RuneCountInString(text[at:offset])
		at = offset
		return runes
	}
	for _, s := range d.Detect(text) {
		entity := s.Type.entity()
		if s.Score < threshold || len(entities) > 0 && !slices.Contains(entities, entity) {
			continue
		}
		name := "Tenet" + strings.ReplaceAll(string(s.Type), "_", "")
		a := analysis{Start: place(s.Start), End: place(s.End), Type: entity, Score: s.Score, Metadata: metadata{name, name}}
		if explain {
			a.Explain = &explanation{name, s.Score, s.Why}
		}
		out = append(out, a)
	}
	return out
}

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
