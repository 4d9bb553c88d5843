package datamap

import (
	"cmp"
	"slices"
)

// Role is the part a person plays in a row.
type Role string

// The roles of DESIGN section 4. A bare edge means Subject.
const (
	Subject       Role = "subject"       // the row is about them
	Joint         Role = "joint"         // joint holder: the row is theirs together with others
	Household     Role = "household"     // lives there; the row is not theirs
	Reporter      Role = "reporter"      // told the landlord
	Reported      Role = "reported"      // was told of
	Witness       Role = "witness"       //
	Contact       Role = "contact"       // next of kin, doctor, someone to ring
	Payer         Role = "payer"         // paid for it
	Author        Role = "author"        // wrote it, as staff
	Correspondent Role = "correspondent" // sent or received it
)

// Roles are all of them, in the order of the page.
func Roles() []Role {
	return []Role{Subject, Joint, Household, Reporter, Reported, Witness, Contact, Payer, Author, Correspondent}
}

// PeopleKind says who the rows of a person table are. NotPeople is every other
// table.
type PeopleKind string

const (
	NotPeople   PeopleKind = ""
	Customers   PeopleKind = "customers" // tenants, applicants, leaseholders, service users
	HouseholdOf PeopleKind = "household" // those who live with a customer
	ContactsOf  PeopleKind = "contacts"  // next of kin, representatives, other third parties
	Staff       PeopleKind = "staff"     // employees and contractors' operatives
)

// PeopleKinds are all that a map may name.
func PeopleKinds() []PeopleKind { return []PeopleKind{Customers, HouseholdOf, ContactsOf, Staff} }

// Map says what one source holds. The zero Map holds nothing.
type Map struct {
	Source string `yaml:"source"`
	Holder `yaml:",inline"`
	Tables map[string]*Table `yaml:"tables"`
}

// Table says what one table's rows are, and whose.
type Table struct {
	// People says that each row is a person, and of which kind.
	People PeopleKind `yaml:"people,omitempty"`
	// Key identifies a row; needed where the table declares none.
	Key Columns `yaml:"key,omitempty"`
	// Asked are the columns that every lookup must give, where the system answers
	// about one person at a time (rows.Table.Asked). Such a table is not indexed; it
	// is reached by an edge from a system that knows the person.
	Asked Columns `yaml:"asked,omitempty"`
	// Identifiers are the columns of a person table by which the person is known.
	Identifiers *Identifiers `yaml:"identifiers,omitempty"`
	// Names are groups of columns that name someone in the row itself: a next of
	// kin, a complainant, the sender of a message.
	Names []Named `yaml:"names,omitempty"`
	// OwnedBy leads down to this table: its rows belong to the rows of another.
	OwnedBy Edges `yaml:"owned-by,omitempty"`
	// RefersTo leads up or across, for context, once; nothing is followed down from there.
	RefersTo Edges `yaml:"refers-to,omitempty"`
	// During ties dated rows to a place or account; a person has those inside
	// their own occupancy.
	During []During `yaml:"during,omitempty"`
	// Occupies says that a row of this table (a tenancy) gives its holders a place
	// for a time.
	Occupies []Occupancy `yaml:"occupies,omitempty"`
	// SameAs says that each row of this place's table is the very place that a row of
	// another table is, in another system as a rule: {table: property, source: housing,
	// on: {uprn: uprn}}. What is kept by the one is then kept by the other.
	SameAs Edges `yaml:"same-as,omitempty"`
	// Refers marks a table described by many and owned by none: a property, an
	// address shared by households. Nothing is followed down from its rows.
	Refers bool `yaml:"refers,omitempty"`
	// Bridge marks a table that only joins others. Its rows are walked through and
	// never shown as records of their own.
	Bridge bool `yaml:"bridge,omitempty"`

	// Discloses says that a row records that data of its person was given to
	// someone: the actual recipients of UK GDPR Art 15(1)(c).
	Discloses *Disclosure `yaml:"discloses,omitempty"`

	Category  string `yaml:"category,omitempty"`  // id in the notice's data.yaml, of all columns that do not name their own
	Retention string `yaml:"retention,omitempty"` // id in keeping.yaml
	// RetentionFrom is the column whose date is the event from which keeping is
	// counted: the end of a tenancy, the close of a case. Empty in a row, or as far
	// ahead as year 2099, it has not happened.
	RetentionFrom string `yaml:"retention-from,omitempty"`
	// CopyOf is the table of this source of which this one is a copy, an import or a
	// history. What it holds may since have been corrected or erased there.
	CopyOf string `yaml:"copy-of,omitempty"`
	Review string `yaml:"review,omitempty"` // why rows go to a person before anyone else: "privilege", "live investigation"
	Skip   string `yaml:"skip,omitempty"`   // why the table is not searched: "lookup", "copy of tenant from 2019"
	// Provided says, for all columns that do not say it themselves, whether the person gave
	// what stands here; left out, the notice's uses say where it comes from. It decides what
	// they may take with them (UK GDPR Art 20).
	Provided *bool `yaml:"provided,omitempty"`

	// Columns by name. What stands inside JSON is named by its column and a path:
	// "answers->$.contact.phone". Such an entry says what is there, to whoever reviews
	// or redacts the column; a source answers by whole columns, so that identifiers and
	// joins cannot name one.
	Columns map[string]*Column `yaml:"columns,omitempty"`
	Why     string             `yaml:"why,omitempty"` // the evidence discover had, or a person's reason
	// Holder and ClientFrom say whose records the rows are, where that is not the landlord
	// itself: see [Apart].
	Holder     `yaml:",inline"`
	ClientFrom *ClientFrom `yaml:"client-from,omitempty"`
}

// Column says what one column holds, where that differs from its table.
type Column struct {
	Category string `yaml:"category,omitempty"`  // id in the notice's data.yaml
	DPV      string `yaml:"dpv,omitempty"`       // Data Privacy Vocabulary id, "dpv-pd:Telephone"
	Kind     string `yaml:"kind,omitempty"`      // "special", "criminal", "child"; empty is ordinary
	FreeText bool   `yaml:"free-text,omitempty"` // words about anybody may stand here
	Role     Role   `yaml:"role,omitempty"`      // the column is about the row's person in this role alone
	Group    string `yaml:"group,omitempty"`     // and of these, of this one: see Named.Group
	Review   string `yaml:"review,omitempty"`    // why the value goes to a person first
	Hide     string `yaml:"hide,omitempty"`      // why the value is never shown: "password hash", "internal key"
	Provided *bool  `yaml:"provided,omitempty"`  // whether the person gave it: see Table.Provided
	Why      string `yaml:"why,omitempty"`
}

// Identifiers are the columns by which a person is known. Each list is tried
// in turn and a row may have several (two phones). Name's columns are joined.
type Identifiers struct {
	Name     Columns `yaml:"name,omitempty"`     // parts in speaking order: [forename, surname], or [full_name]
	KnownAs  Columns `yaml:"known-as,omitempty"` // other full names
	DOB      string  `yaml:"dob,omitempty"`
	NINO     Columns `yaml:"nino,omitempty"`
	NHS      Columns `yaml:"nhs,omitempty"`
	Email    Columns `yaml:"email,omitempty"`
	Phone    Columns `yaml:"phone,omitempty"`
	Ref      Columns `yaml:"ref,omitempty"` // the landlord's own references for the person: tenancy, customer, account number
	Address  Columns `yaml:"address,omitempty"`
	Postcode string  `yaml:"postcode,omitempty"`
	UPRN     string  `yaml:"uprn,omitempty"`
	Died     string  `yaml:"died,omitempty"` // date of death
}

// Named is someone named by columns of a row. The same person may also have a
// row in a person table; which it is, is found by matching, never assumed.
type Named struct {
	Role Role `yaml:"role"`
	// Group tells apart several who stand in a row in one role: "2" of forename2 and
	// surname2. Columns of the same group are about the same one.
	Group       string `yaml:"group,omitempty"`
	Identifiers `yaml:",inline"`
}

// Edge joins this table to another. On maps this table's columns to the
// other's; left out, it is this table's columns of the other's key's names.
type Edge struct {
	Table string `yaml:"table"`
	// Source is where that table stands, if it is another system than this map's: the
	// repairs system keeps what belongs to a tenancy of the housing system.
	Source string            `yaml:"source,omitempty"`
	On     map[string]string `yaml:"on"`
	Role   Role              `yaml:"role,omitempty"` // of the person at the other end; Subject if left out
	// When limits the edge to rows whose columns have these values: a note table
	// that serves several parents by kind and key.
	When map[string]string `yaml:"when,omitempty"`
	// RoleFrom names a column of this table whose values say the role, by Roles:
	// {joint: [J, "2nd"], household: [H]}. Values it does not name mean Role.
	RoleFrom string            `yaml:"role-from,omitempty"`
	Roles    map[Role][]string `yaml:"roles,omitempty"`
	Why      string            `yaml:"why,omitempty"`
}

// During ties this table's dated rows to a place.
type During struct {
	Place  string            `yaml:"place"`
	Source string            `yaml:"source,omitempty"` // where the place stands, if not in this source
	On     map[string]string `yaml:"on"`               // this table's columns to the place's
	At     string            `yaml:"at"`               // the date that must fall inside the occupancy
	Until  string            `yaml:"until,omitempty"`  // the row lasts from At to here; any overlap counts
	Why    string            `yaml:"why,omitempty"`
}

// Occupancy says that the holders of this table's rows have a place from one
// date to another. An empty, null or far-future Until is "still there".
type Occupancy struct {
	Place  string            `yaml:"place"`
	Source string            `yaml:"source,omitempty"` // where the place stands, if not in this source
	On     map[string]string `yaml:"on"`
	From   string            `yaml:"from"`
	Until  string            `yaml:"until,omitempty"`
	Why    string            `yaml:"why,omitempty"`
}

// Disclosure names the columns of a log of disclosures.
type Disclosure struct {
	To   string `yaml:"to"` // who was given it
	At   string `yaml:"at"` // when
	What string `yaml:"what,omitempty"`
}

// inside parts a column of JSON from a path in it: see Table.Columns.
const inside = "->"

// Columns is a list of column names; a map may write one alone without brackets.
type Columns []string

// Has says whether the list names the column.
func (c Columns) Has(name string) bool { return slices.Contains(c, name) }

// In is the source in which the edge's table stands, for a map of this source.
func (e Edge) In(source string) string { return cmp.Or(e.Source, source) }

// In is the source in which the place stands, for a map of this source.
func (d During) In(source string) string { return cmp.Or(d.Source, source) }

// In is the source in which the place stands, for a map of this source.
func (o Occupancy) In(source string) string { return cmp.Or(o.Source, source) }

// RoleOr is the edge's role, Subject where it names none.
func (e Edge) RoleOr() Role {
	if e.Role == "" {
		return Subject
	}
	return e.Role
}
