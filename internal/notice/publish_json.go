package notice

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The machine-readable notice is JSON-LD in the W3C Data Privacy Vocabulary, 2.3, and holds
// what UK GDPR Articles 13(1) and (2) and 14 want people told. What the vocabulary has no
// term for, such as the basis that only United Kingdom law has, is given in words, under
// names that begin with tenet:. A list is there even where it is empty: that there are no
// automated decisions is told by none being listed. publish/notice.schema.json describes it.
type (
	jsonNotice struct {
		Context     map[string]string `json:"@context"`
		ID          string            `json:"@id"`
		Type        string            `json:"@type"`
		Title       string            `json:"dct:title"`
		Language    Language          `json:"dct:language"`    // of the words: title and promises
		Languages   []Language        `json:"tenet:languages"` // that the words are there in
		Notes       []jsonText        `json:"tenet:notes,omitempty"`
		Valid       string            `json:"dct:valid"`
		Controllers []jsonController  `json:"dpv:hasDataController"`        // 13(1)(a)
		Officer     *jsonContact      `json:"dpv:hasDataProtectionOfficer"` // 13(1)(b); null where the notice names none
		Contacts    []jsonContact     `json:"dpv:hasContact"`               //
		Processes   []jsonProcess     `json:"dpv:hasProcess"`               // 13(1)(c) and (d)
		Categories  []jsonThing       `json:"dpv:hasPersonalData"`          // 14(1)(d)
		Recipients  []jsonRecipient   `json:"dpv:hasRecipient"`             // 13(1)(e)
		Transfers   []jsonTransfer    `json:"tenet:transfers"`              // 13(1)(f)
		Retention   []jsonRetention   `json:"dpv:hasStorageCondition"`      // 13(2)(a)
		Rights      []jsonRight       `json:"dpv:hasRight"`                 // 13(2)(b)
		Complaints  []jsonComplaint   `json:"tenet:complaints"`             // 13(2)(d), our own step first where the notice has it so
		Automated   []jsonAutomated   `json:"tenet:automatedDecisions"`     // 13(2)(f)
		Sources     []jsonRef         `json:"dpv:hasDataSource"`            // 14(2)(f)
		Promises    []jsonThing       `json:"tenet:promises"`
	}
	jsonText struct {
		Language Language `json:"@language"`
		Value    string   `json:"@value"`
	}
	jsonThing struct {
		ID          string   `json:"@id"`
		Types       []string `json:"@type,omitempty"`
		Title       string   `json:"dct:title,omitempty"`
		Description string   `json:"dct:description,omitempty"`
	}
	jsonRef struct {
		ID    string `json:"@id,omitempty"`
		Title string `json:"dct:title,omitempty"`
	}
	jsonController struct {
		jsonThing
		Lead        bool             `json:"tenet:lead"` // it answers for the others
		Address     string           `json:"dpv:hasAddress"`
		Identifiers []jsonIdentifier `json:"dpv:hasIdentifier,omitempty"`
	}
	jsonIdentifier struct {
		Register string `json:"tenet:register"`
		Number   string `json:"tenet:number"`
	}
	jsonContact struct {
		jsonThing
		Email   Email      `json:"tenet:email,omitempty"`
		Phone   Phone      `json:"tenet:phone,omitempty"`
		Web     WebAddress `json:"tenet:web,omitempty"`
		Address string     `json:"dpv:hasAddress,omitempty"`
		Hours   string     `json:"tenet:hours,omitempty"`
	}
	jsonProcess struct {
		ID          string        `json:"@id"`
		Type        string        `json:"@type"`
		Purposes    []jsonRef     `json:"dpv:hasPurpose"`
		Bases       []jsonRef     `json:"dpv:hasLegalBasis,omitempty"`
		Law         string        `json:"dpv:hasApplicableLaw,omitempty"`
		Interest    string        `json:"tenet:interest,omitempty"` // legitimate, or recognised as such by law
		Controllers []jsonRef     `json:"dpv:hasDataController,omitempty"`
		Categories  []jsonRef     `json:"dpv:hasPersonalData"`
		People      []jsonRef     `json:"dpv:hasDataSubject"`
		Sources     []jsonRef     `json:"dpv:hasDataSource,omitempty"`
		Recipients  []jsonRef     `json:"dpv:hasRecipient,omitempty"`
		Withdraw    []jsonChannel `json:"tenet:withdrawConsent,omitempty"` // 13(2)(c)
		Needed      *jsonNeeded   `json:"tenet:needed,omitempty"`          // 13(2)(e)
	}
	jsonNeeded struct {
		By      NeededBy `json:"tenet:by"`
		Without string   `json:"tenet:without"`
	}
	jsonRecipient struct {
		jsonThing
		Capacity  RecipientKind `json:"tenet:capacity"`
		Given     []jsonGiven   `json:"tenet:given"`
		Agreement string        `json:"tenet:agreement,omitempty"`
	}
	jsonGiven struct {
		ID         string    `json:"@id"`
		What       string    `json:"dct:description"`
		When       When      `json:"tenet:when"`
		Categories []jsonRef `json:"dpv:hasPersonalData"`
		Bases      []jsonRef `json:"dpv:hasLegalBasis,omitempty"`
	}
	jsonTransfer struct {
		Recipient jsonRef   `json:"dpv:hasRecipient"`
		Countries []Country `json:"dpv:hasCountry"` // ISO 3166-1
		Safeguard Safeguard `json:"tenet:safeguard,omitempty"`
		Copy      string    `json:"tenet:copy,omitempty"` // how to get one of the safeguard
	}
	jsonRetention struct {
		jsonThing
		Duration   Period    `json:"dpv:hasDuration"`
		Categories []jsonRef `json:"dpv:hasPersonalData"`
		Action     Action    `json:"tenet:then"`
		Why        string    `json:"dpv:hasJustification"`
	}
	jsonRight struct {
		jsonThing
		Channels []jsonChannel `json:"dpv:isExercisedAt"`
		Within   *jsonClock    `json:"tenet:answeredWithin,omitempty"` // left out means what the law allows
		Fee      string        `json:"tenet:fee,omitempty"`            // left out means nothing
		Decides  *jsonRef      `json:"tenet:decides,omitempty"`
	}
	jsonChannel struct {
		ID    string      `json:"@id"`
		Title string      `json:"dct:title"`
		Kind  ChannelKind `json:"tenet:kind"`
		At    string      `json:"tenet:at,omitempty"`
	}
	jsonClock struct {
		Count int       `json:"tenet:count"`
		Unit  ClockUnit `json:"tenet:unit"`
	}
	jsonComplaint struct {
		Title       string       `json:"dct:title"`
		Description string       `json:"dct:description"`
		Route       Route        `json:"tenet:route"`
		Reach       *jsonContact `json:"dpv:hasContact,omitempty"` // the regulator by the name it has on the day; none for the courts
		Within      *jsonClock   `json:"tenet:answeredWithin,omitempty"`
	}
	jsonAutomated struct {
		Process  jsonRef      `json:"dpv:hasProcess"`
		Decision string       `json:"dct:title"`
		Logic    string       `json:"dpv:hasAlgorithmicLogic"`
		Effect   string       `json:"dpv:hasConsequence"`
		Ask      *jsonContact `json:"dpv:hasHumanInvolvement,omitempty"` // whom to ask for a person
	}
)

// PublishJSON writes the notice for machines. Its words are in the language that is asked
// for, where they are there in it; what the rules say is in the language they are written in.
func PublishJSON(w io.Writer, n *Notice, as Publication) error {
	if as.Day == "" {
		as.Day = n.Landlord.Effective
	}
	j := jsonWriter{n: n, as: as}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(j.notice()); err != nil {
		return fmt.Errorf("write the notice of %s as JSON: %w", n.Landlord.Name, err)
	}
	return nil
}

// publishedFile is what the published notice for machines is called where schemas are asked for.
const publishedFile = "notice.json"

// PublishedSchema is the JSON Schema (draft 2020-12) of what [PublishJSON] writes.
func PublishedSchema() []byte {
	src, err := publishing.ReadFile("publish/notice.schema.json")
	if err != nil {
		panic(fmt.Sprintf("embedded schema: %v", err)) // the embed directive would not have compiled
	}
	return src
}

// jsonWriter makes the parts of the machine-readable notice.
type jsonWriter struct {
	n  *Notice
	as Publication
}

func (j jsonWriter) notice() jsonNotice {
	n := j.n
	words, language := n.In(j.as.Language)
	out := jsonNotice{
		Context: map[string]string{
			"dpv": "https://w3id.org/dpv#", "dpv-pd": "https://w3id.org/dpv/pd#", "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
			"legal-gb": "https://w3id.org/dpv/legal/gb#", "dct": "http://purl.org/dc/terms/", "tenet": "urn:tenet:",
		},
		ID: "urn:tenet:notice:" + n.version, Type: "dpv:PrivacyNotice", Title: words.Title, Language: language, Languages: n.Offered(),
		Valid:       "start=" + string(n.Landlord.Effective) + "; end=" + string(n.Landlord.Until) + "; scheme=W3C-DTF;",
		Controllers: []jsonController{}, Contacts: []jsonContact{}, Processes: []jsonProcess{}, Categories: []jsonThing{}, Recipients: []jsonRecipient{}, Transfers: []jsonTransfer{},
		Retention: []jsonRetention{}, Rights: []jsonRight{}, Complaints: []jsonComplaint{}, Automated: []jsonAutomated{}, Sources: []jsonRef{}, Promises: []jsonThing{},
	}
	if j.as.Language != "" {
		for _, x := range n.LanguageNotes(j.as.Language) {
			out.Notes = append(out.Notes, jsonText{x.Language, x.Text})
		}
	}
	for _, c := range n.Landlord.Controllers {
		out.Controllers = append(out.Controllers, controllerJSON(c))
	}
	for _, c := range n.Landlord.Contacts {
		x := contactJSON(c)
		if out.Contacts = append(out.Contacts, x); c.DPO {
			out.Officer = &x
		}
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
		out.Categories = append(out.Categories, jsonThing{ID: urn("category", c.ID), Types: types, Title: c.Title, Description: c.Says})
	}
	for _, u := range n.Uses.Uses {
		p := j.process(u)
		out.Processes = append(out.Processes, p)
		if a := u.Automated; a != nil {
			x := jsonAutomated{Process: jsonRef{ID: p.ID, Title: u.Purpose}, Decision: a.Decision, Logic: a.Logic, Effect: a.Effect}
			if c, ok := n.contact(a.Ask); ok {
				ask := contactJSON(c)
				x.Ask = &ask
			}
			out.Automated = append(out.Automated, x)
		}
	}
	for _, r := range n.Sharing.Recipients {
		out.Recipients = append(out.Recipients, j.recipient(r))
		if abroad := r.Abroad(); len(abroad) > 0 {
			out.Transfers = append(out.Transfers, jsonTransfer{jsonRef{urn("recipient", r.ID), r.Title}, abroad, r.Safeguard, r.Copy})
		}
	}
	for _, k := range n.Keeping.Rules {
		out.Retention = append(out.Retention, jsonRetention{
			jsonThing: jsonThing{ID: urn("retention rule", k.ID), Types: []string{"dpv:StorageDuration"}, Title: n.keptAs(k), Description: n.Keeping.Says(k)},
			Duration:  k.Period, Categories: refsJSON("category", k.Categories), Action: k.Action, Why: k.Why,
		})
	}
	for _, r := range n.Rights.Rights {
		out.Rights = append(out.Rights, j.right(r))
	}
	for _, s := range n.Rights.Complaints {
		out.Complaints = append(out.Complaints, j.complaint(s))
	}
	for _, s := range n.Data.Sources {
		out.Sources = append(out.Sources, jsonRef{urn("source", s.ID), s.Title})
	}
	for _, s := range words.Promises() {
		out.Promises = append(out.Promises, jsonThing{ID: urn("promise", s.ID), Description: s.Text})
	}
	return out
}

func (j jsonWriter) process(u Use) jsonProcess {
	n := j.n
	p := jsonProcess{ID: urn("use", u.ID), Type: "dpv:Process", Purposes: []jsonRef{{Title: u.Purpose}}, Law: u.Law, Interest: u.Interest, Categories: refsJSON("category", u.Categories)}
	if u.Recognised != "" {
		p.Interest = spaced(u.Recognised)
	}
	for _, d := range u.DPV {
		p.Purposes = append(p.Purposes, jsonRef{ID: string(d)})
	}
	p.Bases = basisJSON(u.Basis, u.Special, u.Criminal)
	for _, id := range u.Controllers {
		c, _ := byID(n.Landlord.Controllers, id, func(c Controller) ID { return c.ID })
		p.Controllers = append(p.Controllers, jsonRef{urn("controller", id), c.Name})
	}
	for _, id := range u.People {
		who, _ := byID(n.Data.People, id, func(p People) ID { return p.ID })
		p.People = append(p.People, jsonRef{urn("people", id), who.Title})
	}
	for _, id := range u.Sources {
		from, _ := byID(n.Data.Sources, id, func(s Source) ID { return s.ID })
		p.Sources = append(p.Sources, jsonRef{urn("source", id), from.Title})
	}
	for _, r := range n.Sharing.Rules {
		if slices.Contains(r.For, u.ID) {
			to, _ := byID(n.Sharing.Recipients, r.To, func(r Recipient) ID { return r.ID })
			p.Recipients = append(p.Recipients, jsonRef{urn("recipient", r.To), to.Title})
		}
	}
	if u.Consent != nil {
		p.Withdraw = j.channels(u.Consent.Withdraw)
	}
	if u.Needed != nil {
		p.Needed = &jsonNeeded{u.Needed.By, u.Needed.Without}
	}
	return p
}

func (j jsonWriter) recipient(r Recipient) jsonRecipient {
	x := jsonRecipient{jsonThing: jsonThing{ID: urn("recipient", r.ID), Types: []string{"dpv:Recipient"}, Title: r.Title, Description: r.Does}, Capacity: r.Kind, Given: []jsonGiven{}}
	if a, ok := byID(j.n.Sharing.Agreements, r.Agreement, func(a Agreement) ID { return a.ID }); ok {
		x.Agreement = a.Title
	}
	for _, s := range j.n.Sharing.Rules {
		if s.To == r.ID {
			x.Given = append(x.Given, jsonGiven{urn("sharing rule", s.ID), s.Says, s.When, refsJSON("category", s.Categories), basisJSON(s.Basis, s.Special, s.Criminal)})
		}
	}
	return x
}

func (j jsonWriter) right(r Right) jsonRight {
	x := jsonRight{jsonThing: jsonThing{ID: urn("right", ID(r.Right)), Title: r.Title, Description: r.Says}, Channels: j.channels(r.Channels), Within: clockJSON(r.Clock), Fee: r.Fee}
	if d := r.Right.dpv(); d != "" {
		x.Types = []string{d}
	}
	if c, ok := j.n.contact(r.Decides); ok {
		x.Decides = &jsonRef{urn("contact", c.ID), c.Who}
	}
	return x
}

func (j jsonWriter) complaint(s ComplaintStep) jsonComplaint {
	x := jsonComplaint{Title: s.Title, Description: s.Says, Route: s.Route, Within: clockJSON(s.Clock)}
	if c, ok := j.n.contact(s.Contact); ok {
		reach := contactJSON(c)
		x.Reach = &reach
	}
	if r, ok := byID(j.n.Landlord.Regulators, s.Regulator, func(r Regulator) ID { return r.ID }); ok {
		on := r.On(j.as.Day)
		x.Reach = &jsonContact{jsonThing: jsonThing{ID: urn("regulator", r.ID), Types: []string{"dpv:Authority"}, Title: on.Name, Description: r.Oversees},
			Email: on.Email, Phone: on.Phone, Web: on.Web, Address: on.Address}
	}
	return x
}

func (j jsonWriter) channels(ids []ID) []jsonChannel {
	out := []jsonChannel{}
	for _, id := range ids {
		if c, ok := byID(j.n.Rights.Channels, id, func(c Channel) ID { return c.ID }); ok {
			out = append(out, jsonChannel{urn("channel", c.ID), c.Title, c.Kind, c.At})
		}
	}
	return out
}

func controllerJSON(c Controller) jsonController {
	x := jsonController{jsonThing: jsonThing{ID: urn("controller", c.ID), Types: []string{"dpv:DataController"}, Title: c.Name, Description: c.Does}, Lead: c.Lead, Address: c.Address}
	for _, i := range []jsonIdentifier{{"ico", c.ICO}, {"company", c.Company}, {"charity", c.Charity}, {"provider", c.Provider}} {
		if i.Number != "" {
			x.Identifiers = append(x.Identifiers, i)
		}
	}
	return x
}

func contactJSON(c Contact) jsonContact {
	x := jsonContact{jsonThing: jsonThing{ID: urn("contact", c.ID), Title: c.Who}, Email: c.Email, Phone: c.Phone, Address: c.Address, Hours: c.Hours}
	if c.DPO {
		x.Types = []string{"dpv:DataProtectionOfficer"}
	}
	return x
}

func clockJSON(c *Clock) *jsonClock {
	if c == nil {
		return nil
	}
	return &jsonClock{c.Count, c.Unit}
}

// basisJSON are a basis and the conditions beside it.
func basisJSON(b Basis, special *SpecialCondition, criminal *CriminalCondition) []jsonRef {
	var out []jsonRef
	if b != "" {
		out = append(out, jsonRef{b.dpv(), b.Cite()})
	}
	if special != nil {
		out = append(out, jsonRef{"eu-gdpr:A9-2-" + special.Article9.letter(), special.Cite()})
	}
	if criminal != nil {
		out = append(out, jsonRef{Title: criminal.Cite()})
	}
	return out
}

func refsJSON(kind string, ids []ID) []jsonRef {
	out := []jsonRef{}
	for _, id := range ids {
		out = append(out, jsonRef{ID: urn(kind, id)})
	}
	return out
}

// urn names a thing of the notice.
func urn(kind string, id ID) string {
	return "urn:tenet:" + strings.ReplaceAll(kind, " ", "-") + ":" + string(id)
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
