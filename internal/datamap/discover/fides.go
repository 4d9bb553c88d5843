package discover

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// MaxFides is how large a dataset may be, in bytes.
const MaxFides = 8 << 20

// fidesFile is a dataset in Fides's YAML, as far as it means something here.
type fidesFile struct {
	Dataset []fidesDataset `yaml:"dataset"`
}

type fidesDataset struct {
	Key         string            `yaml:"fides_key"`
	Collections []fidesCollection `yaml:"collections"`
}

type fidesCollection struct {
	Name       string       `yaml:"name"`
	Categories []string     `yaml:"data_categories"`
	Fields     []fidesField `yaml:"fields"`
	Meta       fidesMeta    `yaml:"fides_meta"`
	Old        fidesMeta    `yaml:"fidesops_meta"` // before Fides 2
}

type fidesField struct {
	Name       string       `yaml:"name"`
	Categories []string     `yaml:"data_categories"`
	Fields     []fidesField `yaml:"fields"`
	Meta       fidesMeta    `yaml:"fides_meta"`
	Old        fidesMeta    `yaml:"fidesops_meta"`
}

type fidesMeta struct {
	PrimaryKey bool             `yaml:"primary_key"`
	Identity   string           `yaml:"identity"`
	References []fidesReference `yaml:"references"`
	Skip       bool             `yaml:"skip_processing"`
	After      []string         `yaml:"after"`
	EraseAfter []string         `yaml:"erase_after"`
	Masking    map[string]any   `yaml:"masking_strategy_override"`
	Custom     string           `yaml:"custom_request_field"`
}

type fidesReference struct {
	Dataset   string `yaml:"dataset"`
	Field     string `yaml:"field"` // "customer.id"
	Direction string `yaml:"direction"`
}

// fidesMeans says what Fides's data categories are here. The longest beginning
// of a category that stands in it counts. Fides's name, contact and birth are
// slots of a person.
var fidesMeans = map[string]meaning{
	"user.name":                                         {slot: fullName, category: identity, dpv: "Name"},
	"user.name.first":                                   {slot: forename, category: identity, dpv: "Name"},
	"user.name.last":                                    {slot: surname, category: identity, dpv: "Name"},
	"user.contact":                                      {category: contactDetails, dpv: "Contact"},
	"user.contact.email":                                {slot: email, category: contactDetails, dpv: "EmailAddress"},
	"user.contact.phone_number":                         {slot: phone, category: contactDetails, dpv: "TelephoneNumber"},
	"user.contact.address":                              {slot: address, category: contactDetails, dpv: "PhysicalAddress"},
	"user.contact.address.postal_code":                  {slot: postcode, category: contactDetails, dpv: "PostalCode"},
	"user.contact.address.country":                      {category: contactDetails, dpv: "PhysicalAddress"},
	"user.contact.address.state":                        {category: contactDetails, dpv: "PhysicalAddress"},
	"user.unique_id":                                    {slot: reference, category: identity, dpv: "UID"},
	"user.account":                                      {category: onlineAccount},
	"user.account.username":                             {slot: reference, category: onlineAccount, dpv: "Username"},
	"user.authorization":                                {category: onlineAccount, hide: "a secret for signing in"},
	"system.authentication":                             {hide: "a secret for signing in"},
	"user.behavior":                                     {category: onlineAccount},
	"user.device":                                       {category: onlineAccount, dpv: "DeviceBased"},
	"user.biometric":                                    {dpv: "Biometric", kind: "special"},
	"user.childrens":                                    {category: children, kind: "child"},
	"user.criminal_history":                             {category: criminal, dpv: "Criminal", kind: "criminal"},
	"user.content":                                      {freeText: true},
	"user.content.self_image":                           {category: images, dpv: "Picture"},
	"user.demographic":                                  {category: identity},
	"user.demographic.date_of_birth":                    {slot: dob, category: identity, dpv: "BirthDate"},
	"user.demographic.gender":                           {category: identity, dpv: "Gender"},
	"user.demographic.marital_status":                   {category: identity, dpv: "MaritalStatus"},
	"user.demographic.language":                         {category: identity, dpv: "Language"},
	"user.demographic.political_opinion":                {dpv: "PoliticalOpinion", kind: "special"},
	"user.demographic.race_ethnicity":                   {category: ethnicity, dpv: "EthnicOrigin", kind: "special"},
	"user.demographic.religious_belief":                 {category: religion, dpv: "Religion", kind: "special"},
	"user.demographic.sexual_orientation":               {category: sexualOrientation, dpv: "SexualPreference", kind: "special"},
	"user.financial":                                    {category: financial},
	"user.financial.bank_account":                       {category: financial, dpv: "BankAccount"},
	"user.financial.credit_card":                        {category: financial, dpv: "PaymentCardNumber", review: "a payment card"},
	"user.payment":                                      {category: financial, dpv: "Transaction"},
	"user.government_id":                                {category: identity, dpv: "OfficialID"},
	"user.government_id.national_identification_number": {slot: nino, category: identity, dpv: "OfficialID"},
	"user.health_and_medical":                           {category: health, dpv: "Health", kind: "special"},
	"user.job_title":                                    {category: employment, dpv: "Job"},
	"user.workplace":                                    {category: employment, dpv: "Job"},
	"user.location":                                     {category: contactDetails, dpv: "HomeLocation"},
}

// Fides reads datasets in Fides's YAML as a proposal for the map of a source. lost
// says, a line each, what they hold that a map has no place for, and what a map
// needs that they do not say. file is the name to put in errors.
//
// Fides follows a reference in whatever direction it gives and knows no owner.
// Here a reference from a person's table, or from what is a person's already, is
// an edge down; every other is one across, from which nothing is followed.
func Fides(file string, data []byte, source string) (m *datamap.Map, lost []string, err error) {
	if len(data) > MaxFides {
		return nil, nil, fmt.Errorf("%s: %d bytes is too large for a dataset: the limit is %d", file, len(data), MaxFides)
	}
	if err := datamap.Plain(file, data); err != nil {
		return nil, nil, err
	}
	var in fidesFile
	if err := decodeFides(data, &in); err != nil {
		return nil, nil, fmt.Errorf("%s: not a dataset of Fides: %w", file, err)
	}
	if len(in.Dataset) == 0 {
		return nil, nil, fmt.Errorf("%s: no dataset: in it; a file of Fides begins so", file)
	}
	r := fidesReader{m: &datamap.Map{Source: source, Tables: map[string]*datamap.Table{}}, source: source}
	for _, d := range in.Dataset {
		if len(in.Dataset) > 1 && d.Key != in.Dataset[0].Key {
			r.lose("dataset %s: a map is of one source: import it under a source of its own", d.Key)
			continue
		}
		r.dataset(d)
	}
	return r.m, r.lost, nil
}

// decodeFides is the library's, which is known to panic on some malformed input.
func decodeFides(data []byte, into any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("cannot be read as YAML")
		}
	}()
	return yaml.NewDecoder(bytes.NewReader(data)).Decode(into)
}

type fidesReader struct {
	m      *datamap.Map
	source string
	lost   []string
}

func (r *fidesReader) lose(format string, args ...any) {
	r.lost = append(r.lost, fmt.Sprintf(format, args...))
}

// pointer is a reference of one collection, with its field.
type pointer struct {
	from, column string
	to           fidesReference
}

func (r *fidesReader) dataset(d fidesDataset) {
	var pointers []pointer
	for _, c := range d.Collections {
		if c.Name == "" || r.m.Tables[c.Name] != nil {
			r.lose("collection %q: without a name, or there twice", c.Name)
			continue
		}
		r.m.Tables[c.Name] = &datamap.Table{}
		pointers = append(pointers, r.collection(c)...)
	}
	r.follow(d, pointers)
	for name, t := range r.m.Tables {
		if t.People == datamap.NotPeople && len(t.OwnedBy) == 0 && len(t.Names) == 0 && t.Skip == "" {
			t.Why = "nothing in the dataset says whose the rows are"
			r.lose("%s: Fides does not say whose its rows are; refers, skip or owned-by is for a person to say", name)
		}
	}
	slices.Sort(r.lost)
	r.lost = append(r.lost, "dates: Fides has no occupancies, and none from which keeping is counted",
		"roles: Fides has none; every edge is the subject's until a person says otherwise")
}

func (r *fidesReader) collection(c fidesCollection) []pointer {
	t := r.m.Tables[c.Name]
	if c.Meta.Skip || c.Old.Skip {
		t.Skip = "left out in Fides (skip_processing)"
		return nil
	}
	if n := len(c.Meta.After) + len(c.Meta.EraseAfter) + len(c.Old.After) + len(c.Old.EraseAfter); n > 0 {
		r.lose("%s: the order in which Fides reads or erases (after, erase_after) has no meaning here", c.Name)
	}
	if len(c.Categories) > 0 {
		if m, ok := fidesMeaning(c.Categories); ok {
			t.Category = m.category
		}
	}
	var pointers []pointer
	id := &table{Table: &rows.Table{}}
	identified, keyed := false, false
	for _, f := range c.Fields {
		meta := f.Meta
		meta.PrimaryKey = meta.PrimaryKey || f.Old.PrimaryKey
		meta.Identity += f.Old.Identity
		meta.References = append(meta.References, f.Old.References...)
		if meta.PrimaryKey {
			t.Key = append(t.Key, f.Name)
		}
		if len(f.Fields) > 0 {
			r.lose("%s.%s: %d fields inside it: a map names whole columns; it is read as free text", c.Name, f.Name, len(f.Fields))
			r.column(t, f.Name, meaning{freeText: true})
		}
		if len(meta.Masking) > 0 || len(f.Old.Masking) > 0 {
			r.lose("%s.%s: how Fides masks it (masking_strategy_override)", c.Name, f.Name)
		}
		if meta.Custom+f.Old.Custom != "" {
			r.lose("%s.%s: custom_request_field", c.Name, f.Name)
		}
		for _, ref := range meta.References {
			pointers = append(pointers, pointer{c.Name, f.Name, ref})
		}
		m, known := fidesMeaning(f.Categories)
		if !known && len(f.Categories) > 0 && !strings.HasPrefix(f.Categories[0], "system") {
			r.lose("%s.%s: the category %s is none of ours", c.Name, f.Name, strings.Join(f.Categories, ", "))
		}
		if len(f.Categories) > 1 {
			r.lose("%s.%s: a column has one category here, and this had %s", c.Name, f.Name, strings.Join(f.Categories, ", "))
		}
		switch meta.Identity {
		case "email":
			m.slot, identified = email, true
		case "phone_number":
			m.slot, identified = phone, true
		case "":
		default:
			m.slot, identified = reference, true
		}
		keyed = keyed || meta.PrimaryKey && m.slot == reference
		if meta.PrimaryKey {
			m.slot = noSlot // the system's own number, unless it is all there is
		}
		if m.slot != noSlot {
			id.columns = append(id.columns, &column{meaning: m, known: true, conf: 1})
			id.columns[len(id.columns)-1].Name = f.Name
		}
		if known {
			r.column(t, f.Name, m)
		}
	}
	if len(id.columns) == 0 {
		return pointers
	}
	who := &datamap.Identifiers{}
	id.fill(who, func(*column) bool { return true })
	switch {
	case len(who.Name) > 0 && keyed, len(who.Name) > 0 && identified && len(t.Key) > 0:
		t.People, t.Identifiers = datamap.Customers, who
		t.Why = "a name, and a number or an identity of a person, by Fides's categories"
		r.lose("%s: Fides does not say which collections are people, nor of which kind; taken for customers", c.Name)
	case len(who.Name)+len(who.Email)+len(who.Phone)+len(who.NINO) > 0:
		t.Names = []datamap.Named{{Role: datamap.Subject, Identifiers: *who}}
		r.lose("%s: whom %s name, and in which role, Fides does not say; taken for the subject", c.Name, strings.Join(who.All(), ", "))
	}
	return pointers
}

// fidesMeaning is what the first category that is known means.
func fidesMeaning(categories []string) (meaning, bool) {
	for _, c := range categories {
		for c != "" && c != "user" {
			if m, ok := fidesMeans[c]; ok {
				return m, true
			}
			c = c[:max(strings.LastIndexByte(c, '.'), 0)]
		}
	}
	return meaning{}, false
}

func (r *fidesReader) column(t *datamap.Table, name string, m meaning) {
	c := &datamap.Column{Category: m.category, Kind: m.kind, FreeText: m.freeText, Hide: m.hide, Review: m.review}
	if m.dpv != "" {
		c.DPV = "dpv-pd:" + m.dpv
	}
	if *c == (datamap.Column{}) {
		return
	}
	if t.Columns == nil {
		t.Columns = map[string]*datamap.Column{}
	}
	t.Columns[name] = c
}

// follow turns references into edges: down from people, nearest first, and
// across for the rest.
func (r *fidesReader) follow(d fidesDataset, pointers []pointer) {
	level := map[string]int{}
	for name, t := range r.m.Tables {
		if t.People != datamap.NotPeople {
			level[name] = 1
		}
	}
	taken := make([]bool, len(pointers))
	for depth := 1; depth <= len(r.m.Tables); depth++ {
		for i, p := range pointers {
			up, ref, ok := strings.Cut(p.to.Field, ".")
			here := r.m.Tables[p.from]
			if taken[i] || !ok || !r.same(d, p.to) || p.to.Direction != "from" || level[up] != depth || here.People != datamap.NotPeople || level[p.from] > 0 && level[p.from] <= depth {
				continue
			}
			here.OwnedBy = append(here.OwnedBy, datamap.Edge{Table: up, On: map[string]string{p.column: ref}, Why: "a reference from there, in Fides"})
			level[p.from], taken[i] = depth+1, true
		}
	}
	for i, p := range pointers {
		up, ref, ok := strings.Cut(p.to.Field, ".")
		switch {
		case taken[i]:
		case !ok || strings.Contains(ref, "."):
			r.lose("%s.%s: the reference to %q is to no column", p.from, p.column, p.to.Field)
		case !r.same(d, p.to):
			r.lose("%s.%s: the reference to %s of the dataset %s: add an edge with source:, if that is a source here", p.from, p.column, p.to.Field, p.to.Dataset)
		case r.m.Tables[up] == nil || r.m.Tables[up].Skip != "" || r.m.Tables[p.from].Skip != "":
			r.lose("%s.%s: the reference to %s leads to no table that is searched", p.from, p.column, p.to.Field)
		default:
			t := r.m.Tables[p.from]
			t.RefersTo = append(t.RefersTo, datamap.Edge{Table: up, On: map[string]string{p.column: ref}, Why: "a reference in Fides"})
			r.lose("%s.%s: Fides may follow the reference to %s (direction %q) to other people's rows; here it is followed for context alone", p.from, p.column, p.to.Field, p.to.Direction)
		}
	}
}

func (r *fidesReader) same(d fidesDataset, ref fidesReference) bool {
	return ref.Dataset == "" || ref.Dataset == d.Key || ref.Dataset == r.source
}
