package notice

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// The machine-readable notice is JSON-LD in the W3C Data Privacy Vocabulary, 2.3.
// What the vocabulary has no term for, such as the basis that only United Kingdom
// law has, is given in words.
type (
	jsonNotice struct {
		Context     map[string]string `json:"@context"`
		ID          string            `json:"@id"`
		Type        string            `json:"@type"`
		Title       string            `json:"dct:title"`
		Language    Language          `json:"dct:language"`
		Valid       string            `json:"dct:valid"`
		Controllers []jsonThing       `json:"dpv:hasDataController"`
		Processes   []jsonProcess     `json:"dpv:hasProcess"`
		Categories  []jsonThing       `json:"dpv:hasPersonalData"`
		Rights      []jsonThing       `json:"dpv:hasRight"`
		Retention   []jsonThing       `json:"dpv:hasStorageCondition"`
		Promises    []jsonThing       `json:"tenet:promises"`
	}
	jsonThing struct {
		ID          string   `json:"@id"`
		Types       []string `json:"@type,omitempty"`
		Title       string   `json:"dct:title,omitempty"`
		Description string   `json:"dct:description,omitempty"`
		Duration    Period   `json:"dpv:hasDuration,omitempty"`
	}
	jsonRef struct {
		ID    string `json:"@id,omitempty"`
		Title string `json:"dct:title,omitempty"`
	}
	jsonProcess struct {
		ID         string    `json:"@id"`
		Type       string    `json:"@type"`
		Purposes   []jsonRef `json:"dpv:hasPurpose"`
		Bases      []jsonRef `json:"dpv:hasLegalBasis,omitempty"`
		Categories []jsonRef `json:"dpv:hasPersonalData"`
		People     []jsonRef `json:"dpv:hasDataSubject"`
		Sources    []jsonRef `json:"dpv:hasDataSource,omitempty"`
		Recipients []jsonRef `json:"dpv:hasRecipient,omitempty"`
	}
)

// PublishJSON writes the notice for machines.
func PublishJSON(w io.Writer, n *Notice) error {
	out := jsonNotice{
		Context: map[string]string{
			"dpv": "https://w3id.org/dpv#", "dpv-pd": "https://w3id.org/dpv/pd#", "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
			"legal-gb": "https://w3id.org/dpv/legal/gb#", "dct": "http://purl.org/dc/terms/", "tenet": "urn:tenet:",
		},
		ID: "urn:tenet:notice:" + n.version, Type: "dpv:PrivacyNotice", Title: n.Words.Title, Language: n.Landlord.Languages[0],
		Valid: "start=" + string(n.Landlord.Effective) + "; end=" + string(n.Landlord.Until) + "; scheme=W3C-DTF;",
	}
	thing := func(kind string, id ID) string {
		return "urn:tenet:" + strings.ReplaceAll(kind, " ", "-") + ":" + string(id)
	}
	for _, c := range n.Landlord.Controllers {
		out.Controllers = append(out.Controllers, jsonThing{ID: thing("controller", c.ID), Types: []string{"dpv:DataController"}, Title: c.Name, Description: c.Does})
	}
	for _, c := range n.Data.Categories {
		types := []string{"dpv:PersonalData"}
		switch c.Kind {
		case Special:
			types = []string{"dpv:SpecialCategoryPersonalData"}
		case Criminal:
			types = []string{"dpv:SensitivePersonalData", "dpv-pd:Criminal"}
		}
		for _, d := range c.DPV {
			types = append(types, string(d))
		}
		out.Categories = append(out.Categories, jsonThing{ID: thing("category", c.ID), Types: types, Title: c.Title, Description: c.Says})
	}
	for _, u := range n.Uses.Uses {
		p := jsonProcess{ID: thing("use", u.ID), Type: "dpv:Process", Purposes: []jsonRef{{Title: u.Purpose}}}
		for _, d := range u.DPV {
			p.Purposes = append(p.Purposes, jsonRef{ID: string(d)})
		}
		if u.Basis != "" {
			p.Bases = append(p.Bases, jsonRef{ID: u.Basis.dpv(), Title: u.Basis.Cite()})
		}
		if u.Special != nil {
			p.Bases = append(p.Bases, jsonRef{ID: "eu-gdpr:A9-2-" + u.Special.Article9.letter(), Title: u.Special.Cite()})
		}
		if u.Criminal != nil {
			p.Bases = append(p.Bases, jsonRef{Title: u.Criminal.Cite()})
		}
		for _, id := range u.Categories {
			p.Categories = append(p.Categories, jsonRef{ID: thing("category", id)})
		}
		for _, id := range u.People {
			who, _ := byID(n.Data.People, id, func(p People) ID { return p.ID })
			p.People = append(p.People, jsonRef{ID: thing("people", id), Title: who.Title})
		}
		for _, id := range u.Sources {
			from, _ := byID(n.Data.Sources, id, func(s Source) ID { return s.ID })
			p.Sources = append(p.Sources, jsonRef{ID: thing("source", id), Title: from.Title})
		}
		for _, r := range n.Sharing.Rules {
			to, _ := byID(n.Sharing.Recipients, r.To, func(r Recipient) ID { return r.ID })
			for _, f := range r.For {
				if f == u.ID {
					p.Recipients = append(p.Recipients, jsonRef{ID: thing("recipient", r.To), Title: to.Title})
				}
			}
		}
		out.Processes = append(out.Processes, p)
	}
	for _, r := range n.Rights.Rights {
		x := jsonThing{ID: thing("right", ID(r.Right)), Title: r.Title, Description: r.Says}
		if d := r.Right.dpv(); d != "" {
			x.Types = []string{d}
		}
		out.Rights = append(out.Rights, x)
	}
	for _, k := range n.Keeping.Rules {
		out.Retention = append(out.Retention, jsonThing{ID: thing("retention rule", k.ID), Types: []string{"dpv:StorageDuration"}, Title: n.keptAs(k), Description: n.Keeping.Says(k), Duration: k.Period})
	}
	for _, s := range n.Words.Promises() {
		out.Promises = append(out.Promises, jsonThing{ID: thing("promise", s.ID), Description: s.Text})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("write the notice of %s as JSON: %w", n.Landlord.Name, err)
	}
	return nil
}

// dpv is the basis in the Data Privacy Vocabulary, which knows the bases of the
// European text only: a recognised legitimate interest has no term.
func (b Basis) dpv() string {
	switch b {
	case Consent:
		return "eu-gdpr:A6-1-a"
	case Contract:
		return "eu-gdpr:A6-1-b"
	case LegalObligation:
		return "eu-gdpr:A6-1-c"
	case VitalInterests:
		return "eu-gdpr:A6-1-d"
	case PublicTask:
		return "eu-gdpr:A6-1-e"
	case LegitimateInterests:
		return "eu-gdpr:A6-1-f"
	}
	return ""
}

// dpv is the right in the Data Privacy Vocabulary, or "" if it has none.
func (r Regime) dpv() string {
	switch r {
	case Access:
		return "eu-gdpr:A15"
	case Rectification:
		return "eu-gdpr:A16"
	case Erasure:
		return "eu-gdpr:A17"
	case Restriction:
		return "eu-gdpr:A18"
	case Portability:
		return "eu-gdpr:A20"
	case Objection:
		return "eu-gdpr:A21"
	case AutomatedDecision:
		return "eu-gdpr:A22"
	}
	return ""
}
