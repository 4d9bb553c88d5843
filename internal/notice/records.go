package notice

// Records is records.yaml: what Tenet keeps itself because the landlord has no
// other system for it.
type Records struct {
	Compartments []Compartment `yaml:"compartments" doc:"records that the main record must not show"`
	Records      []RecordKind  `yaml:"records" doc:"kinds of record"`
	Silent       bool          `yaml:"silent" doc:"true if Tenet is to keep no records of its own"`
	Roles        []StaffRole   `yaml:"roles" doc:"staff, what they may see, and what they do"`
	Recordings   []Recording   `yaml:"recordings" doc:"calls, cameras, drones, body-worn video, pictures of events"`
	Indicators   []Indicator   `yaml:"indicators" doc:"marks on a person's record: warnings about safety, prompts about needs"`
	Guidance     []Guidance    `yaml:"guidance" doc:"what staff are taught and reminded of"`
	Incidents    *Incidents    `yaml:"incidents" doc:"what is recorded when something goes wrong, and who is told"`
}

// Compartment is a set of records kept from sight of the main record.
type Compartment struct {
	Pos     `json:"-"`
	ID      ID        `yaml:"id,required" id:"compartment" json:"id" doc:"a short name"`
	Title   string    `yaml:"title,required" json:"title" doc:"what is in it"`
	Who     string    `yaml:"who,required" json:"who" doc:"who may look"`
	Holds   []ID      `yaml:"holds" ref:"category" json:"holds,omitempty" doc:"the categories kept apart in it"`
	Clients []ID      `yaml:"clients" ref:"client" json:"clients,omitempty" doc:"for a client's customers: whose they are"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that promises to keep them apart"`
}

// RecordKind is a kind of record with its fields.
type RecordKind struct {
	Pos         `json:"-"`
	ID          ID            `yaml:"id,required" id:"record" json:"id" doc:"a short name"`
	Title       string        `yaml:"title,required" json:"title" doc:"what one is called"`
	For         ID            `yaml:"for,required" ref:"use" json:"for" doc:"the use it serves"`
	Keeping     ID            `yaml:"keeping,required" ref:"retention rule" json:"keeping" doc:"the rule that says how long it stays"`
	Compartment ID            `yaml:"compartment" ref:"compartment" json:"compartment,omitempty" doc:"the compartment it is kept in; left out means the main record"`
	Fields      []RecordField `yaml:"fields,required" json:"fields" doc:"what is written down"`
	Promise     Sentences     `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence it shows"`
}

// RecordField is one thing a record holds.
type RecordField struct {
	Pos      `json:"-"`
	Name     ID        `yaml:"name,required" json:"name" doc:"a short name"`
	Title    string    `yaml:"title,required" json:"title" doc:"the question as staff see it"`
	Type     FieldType `yaml:"type,required" json:"type" doc:"what sort of answer"`
	Category ID        `yaml:"category,required" ref:"category" json:"category" doc:"the category of the answer"`
	Choices  []string  `yaml:"choices" json:"choices,omitempty" doc:"for a choice: the answers there are"`
	Must     bool      `yaml:"must" json:"must,omitempty" doc:"true if it may not be left blank"`
}

// FieldType is the sort of answer a field takes.
type FieldType string

// The types of field.
const (
	TextField   FieldType = "text"
	DateField   FieldType = "date"
	NumberField FieldType = "number"
	YesNoField  FieldType = "yes-no"
	ChoiceField FieldType = "choice"
	PersonField FieldType = "person"
)

func (FieldType) values() []string {
	return []string{string(TextField), string(DateField), string(NumberField), string(YesNoField), string(ChoiceField), string(PersonField)}
}

func (r *Records) check(ps *problems) {
	for _, kind := range r.Records {
		field := "records[" + string(kind.ID) + "].fields"
		seen := make(map[ID]bool)
		for _, f := range kind.Fields {
			if seen[f.Name] && f.Name != "" {
				ps.add(f.Pos, field, "there are two fields called "+quote(string(f.Name)), "give each one a name of its own")
			}
			seen[f.Name] = true
			if (f.Type == ChoiceField) != (len(f.Choices) > 0) && f.Type != "" {
				ps.add(f.Pos, field, "choices go with type: choice, and with no other", "add the choices, or correct the type")
			}
		}
	}
}
