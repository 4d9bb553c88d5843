package notice

// Landlord is landlord.yaml: who answers for the personal data, and to whom.
type Landlord struct {
	ID          ID           `yaml:"id,required" doc:"a short name for this landlord"`
	Name        string       `yaml:"name,required" doc:"the name the public knows"`
	Effective   Date         `yaml:"effective,required" doc:"the day this version comes into force"`
	Until       Date         `yaml:"until" doc:"the last day this version is in force, once it has been replaced"`
	Nation      Nation       `yaml:"nation,required" doc:"whose housing law and bank holidays apply"`
	Languages   []Language   `yaml:"languages,required" doc:"languages the notice is offered in, the first being the one it was written in"`
	Scope       string       `yaml:"scope" doc:"what this notice covers, and what it leaves to others"`
	Controllers []Controller `yaml:"controllers,required" doc:"every organisation that decides why and how data is used; exactly one leads"`
	Contacts    []Contact    `yaml:"contacts,required" doc:"people and teams the public can reach; one of them is the data protection officer, if the notice names one"`
	Regulators  []Regulator  `yaml:"regulators" doc:"bodies that oversee the controllers or take complaints; left out means the notice names none"`
	Clients     []Client     `yaml:"clients" doc:"landlords we act for: they decide what is done with their customers' data, and we do it"`
	Scale       *Scale       `yaml:"scale" doc:"how large the landlord says it is"`
	Contractual bool         `yaml:"contractual" doc:"true if the notice says that it is part of the agreement; left out means that it is not"`
	Cited       []CitedLaw   `yaml:"law-cited" doc:"law the notice says it runs under, in its own words, outdated or not"`
	Documents   []Document   `yaml:"documents" doc:"policies and other papers the notice refers to"`
	Displays    []Display    `yaml:"displays" doc:"every place where the notice can be found; publishing is done when each has been confirmed"`
	Changes     *Changes     `yaml:"changes" doc:"how people learn that the notice has changed"`
}

// Nation is the part of the United Kingdom whose calendar and housing law apply.
type Nation string

// The nations, as the clock command names them.
const (
	EnglandAndWales Nation = "england-and-wales"
	Scotland        Nation = "scotland"
	NorthernIreland Nation = "northern-ireland"
)

func (Nation) values() []string {
	return []string{string(EnglandAndWales), string(Scotland), string(NorthernIreland)}
}

// Controller is one organisation within the landlord.
type Controller struct {
	Pos        `json:"-"`
	ID         ID             `yaml:"id,required" id:"controller" json:"id" doc:"a short name"`
	Name       string         `yaml:"name,required" json:"name" doc:"the registered name"`
	Kind       ControllerKind `yaml:"kind,required" json:"kind" doc:"what sort of body it is, which decides what else applies to it"`
	Lead       bool           `yaml:"lead" json:"lead,omitempty" doc:"true for the one that answers for the others"`
	Does       string         `yaml:"does,required" json:"does" doc:"what it does for the public"`
	Company    string         `yaml:"company-number" json:"company_number,omitempty" doc:"number at Companies House or the mutuals register, in quotes"`
	Charity    string         `yaml:"charity-number" json:"charity_number,omitempty" doc:"registered charity number, in quotes"`
	ICO        string         `yaml:"ico-registration" json:"ico_registration,omitempty" doc:"registration with the data protection regulator, in quotes"`
	Regulators []ID           `yaml:"regulators" ref:"regulator" json:"regulators,omitempty" doc:"who oversees it"`
	Provider   string         `yaml:"provider-number" json:"provider_number,omitempty" doc:"number on the register of social housing providers, in quotes; a body that has one comes under STAIRs whatever its kind"`
	Parent     ID             `yaml:"parent" ref:"controller" json:"parent,omitempty" doc:"the group company that owns it"`
	Address    string         `yaml:"address,required" json:"address" doc:"where letters reach it"`
	FOI        Duty           `yaml:"foi" json:"foi,omitempty" doc:"whether it answers freedom of information requests; left out means none"`
	EIR        Duty           `yaml:"eir" json:"eir,omitempty" doc:"whether it answers environmental information requests; left out means none"`
	Promise    Sentences      `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that names it"`
}

// ControllerKind is the sort of body a controller is.
type ControllerKind string

// The kinds of controller. Only a RegisteredProvider comes under STAIRs.
const (
	RegisteredProvider ControllerKind = "registered-provider"
	LocalAuthority     ControllerKind = "local-authority"
	ManagingAgent      ControllerKind = "managing-agent"
	CharityBody        ControllerKind = "charity"
	CompanyBody        ControllerKind = "company"
	CooperativeBody    ControllerKind = "co-operative"
)

func (ControllerKind) values() []string {
	return []string{string(RegisteredProvider), string(LocalAuthority), string(ManagingAgent), string(CharityBody), string(CompanyBody), string(CooperativeBody)}
}

// Duty is how far a body is bound by an access regime.
type Duty string

// The degrees of duty.
const (
	Statutory Duty = "statutory"
	Voluntary Duty = "voluntary"
	NoDuty    Duty = "none"
)

func (Duty) values() []string { return []string{string(Statutory), string(Voluntary), string(NoDuty)} }

// Contact is someone the public can reach.
type Contact struct {
	Pos     `json:"-"`
	ID      ID     `yaml:"id,required" id:"contact" json:"id" doc:"a short name"`
	Who     string `yaml:"who,required" json:"who" doc:"the role or team, not a person who may leave"`
	DPO     bool   `yaml:"data-protection-officer" json:"data_protection_officer,omitempty" doc:"true for the data protection officer"`
	Email   Email  `yaml:"email" json:"email,omitempty" doc:"e-mail address"`
	Phone   Phone  `yaml:"phone" json:"phone,omitempty" doc:"telephone number"`
	Address string `yaml:"address" json:"address,omitempty" doc:"postal address"`
	Hours   string `yaml:"hours" json:"hours,omitempty" doc:"when someone answers"`
}

// Regulator is a body outside the landlord. Its name and address have dates,
// because Parliament renames such bodies while notices stay up.
type Regulator struct {
	Pos      `json:"-"`
	ID       ID              `yaml:"id,required" id:"regulator" json:"id" doc:"a short name that survives the body's renaming"`
	Oversees string          `yaml:"oversees,required" json:"oversees" doc:"what it oversees, in plain words"`
	Names    []RegulatorName `yaml:"names,required" json:"names" doc:"its name and address, each with the days for which it holds"`
}

// RegulatorName is what a regulator is called and where it is, for a time.
type RegulatorName struct {
	Pos     `json:"-"`
	From    Date       `yaml:"from" json:"from,omitempty" doc:"the first day; left out means always before"`
	Until   Date       `yaml:"until" json:"until,omitempty" doc:"the last day; left out means until further notice"`
	Name    string     `yaml:"name,required" json:"name" doc:"its name"`
	Address string     `yaml:"address" json:"address,omitempty" doc:"postal address"`
	Phone   Phone      `yaml:"phone" json:"phone,omitempty" doc:"telephone number"`
	Email   Email      `yaml:"email" json:"email,omitempty" doc:"e-mail address"`
	Web     WebAddress `yaml:"web" json:"web,omitempty" doc:"page where the public can complain"`
}

// On gives the name that holds on a day. The last one known stands in for a day
// that none covers, so that there is always a route to show.
func (r Regulator) On(day Date) RegulatorName {
	var last RegulatorName
	for _, n := range r.Names {
		if day >= n.From && (n.Until == "" || day <= n.Until) {
			return n
		}
		if n.From >= last.From {
			last = n
		}
	}
	return last
}

func (l *Landlord) check(ps *problems) {
	at := Pos{File: landlordFile}
	if l.Until != "" && l.Until < l.Effective {
		ps.add(at, "until", "the notice ends before it begins", "put until on or after effective")
	}
	leads := 0
	for _, c := range l.Controllers {
		if c.Lead {
			if leads++; leads == 2 {
				ps.add(c.Pos, "controllers["+string(c.ID)+"].lead", "a second controller leads", "leave lead: true on one of them")
			}
		}
	}
	if leads == 0 && len(l.Controllers) > 0 {
		ps.add(l.Controllers[0].Pos, "controllers", "no controller leads", "write lead: true on the one that answers for the others")
	}
	officers := 0
	for _, c := range l.Contacts {
		field := "contacts[" + string(c.ID) + "]"
		if c.Email == "" && c.Phone == "" && c.Address == "" {
			ps.add(c.Pos, field, "cannot be reached", "give an email, a phone or an address")
		}
		if c.DPO {
			if officers++; officers == 2 {
				ps.add(c.Pos, field+".data-protection-officer", "a second contact is the data protection officer", "leave it on one of them")
			}
		}
	}
	for _, r := range l.Regulators {
		for i, n := range r.Names {
			field := "regulators[" + string(r.ID) + "].names"
			if n.Until != "" && n.Until < n.From {
				ps.add(n.Pos, field, "a name ends before it begins", "put until on or after from")
			}
			if i > 0 && (r.Names[i-1].Until == "" || n.From <= r.Names[i-1].Until) {
				ps.add(n.Pos, field, "two names hold on the same day", "list names in order of date, each beginning after the one before has ended")
			}
		}
	}
}
