package processing

import "tenet/internal/notice"

// Column is one heading of the record.
type Column struct {
	ID    string `json:"id"`    // stable, for programs
	Title string `json:"title"` // as the Commissioner's template has it
	// Needed says that Article 30, or Schedule 1 paragraph 41 to the Data Protection
	// Act 2018, asks for it. The others are good practice.
	Needed bool `json:"needed"`
	// List says that the cell is a list, one entry a line, whose order says nothing.
	List bool `json:"list,omitempty"`
	// From is what fills the column: a field of the pack, a register, or what else.
	From string `json:"from"`
	// Filed says that a register fills it, and not the pack alone.
	Filed bool `json:"filed,omitempty"`
}

// The columns that code names.
const (
	colFunction     = "function"
	colPurpose      = "purpose"
	colJoint        = "joint-controller"
	colPeople       = "people"
	colCategories   = "categories"
	colRecipients   = "recipients"
	colContracts    = "contracts"
	colCountries    = "countries"
	colSafeguards   = "safeguards"
	colRetention    = "retention"
	colSecurity     = "security"
	colBasis        = "basis"
	colCondition    = "condition"
	colInterest     = "interest"
	colBalancing    = "balancing"
	colRights       = "rights"
	colAutomated    = "automated"
	colSources      = "sources"
	colConsent      = "consent"
	colLocation     = "location"
	colAssess       = "dpia-required"
	colProgress     = "dpia-progress"
	colAssessment   = "dpia"
	colSchedule1    = "schedule-1"
	colBasisAgain   = "schedule-1-basis"
	colPolicy       = "policy-document"
	colBreach       = "breach"
	colBreachRecord = "breach-record"
	colKept         = "policy-kept"
	colKeptWhy      = "policy-why-not"
	colClient       = "client"
	colOfficer      = "client-officer"
	colDoes         = "processing"
	colAgreement    = "agreement"
	colUse          = "tenet-use"
	colBody         = "tenet-body"
	colGaps         = "tenet-gaps"
)

// Columns are the headings of a record, in order: those of the Commissioner's
// template, then three of ours that tell the lines apart and show what is missing.
func Columns(as notice.UseRole) []Column {
	var out []Column
	if as == notice.AsProcessor {
		out = []Column{
			{colClient, "Name and contact details of controller", true, false, "landlord.yaml clients", false},
			{colOfficer, "Name and contact details of controller’s representative or data protection officer (if applicable)", true, false, "landlord.yaml clients[].officer", false},
			{colDoes, "Categories of processing", true, false, "uses.yaml purpose", false},
			{colPeople, "Categories of individuals", false, true, "uses.yaml people", false},
			{colCategories, "Categories of personal data", false, true, "uses.yaml categories", false},
			{colRecipients, "Sub-processors and other recipients", false, true, "sharing.yaml rules", false},
			{colRetention, "Retention, as the controller instructs", false, true, "keeping.yaml rules[].client", false},
			{colCountries, "Names of third countries or international organisations that personal data are transferred to (if applicable)", true, true, "sharing.yaml recipients[].where", false},
			{colSafeguards, "Safeguards for exceptional transfers of personal data to third countries or international organisations (if applicable)", true, true, "sharing.yaml recipients[].safeguard", false},
			{colSecurity, "General description of technical and organisational security measures (if possible)", true, true, "keeping.yaml security", false},
			{colAgreement, "Link to contract with controller", false, true, "the register of agreements; landlord.yaml clients[].agreement", true},
			{colLocation, "Location of personal data", false, true, "maps", false},
		}
	} else {
		out = []Column{
			{colFunction, "Business function", true, false, "uses.yaml id", false},
			{colPurpose, "Purpose of processing", true, false, "uses.yaml purpose", false},
			{colJoint, "Name and contact details of joint controller (if applicable)", true, true, "uses.yaml controllers and sharing.yaml recipients", false},
			{colPeople, "Categories of individuals", true, true, "uses.yaml people", false},
			{colCategories, "Categories of personal data", true, true, "uses.yaml categories", false},
			{colRecipients, "Categories of recipients", true, true, "sharing.yaml rules", false},
			{colContracts, "Link to contract with processor", true, true, "the register of agreements; sharing.yaml recipients[].agreement", true},
			{colCountries, "Names of third countries or international organisations that personal data are transferred to (if applicable)", true, true, "sharing.yaml recipients[].where", false},
			{colSafeguards, "Safeguards for exceptional transfers of personal data to third countries or international organisations (if applicable)", true, true, "sharing.yaml recipients[].safeguard", false},
			{colRetention, "Retention schedule (if possible)", true, true, "keeping.yaml rules", false},
			{colSecurity, "General description of technical and organisational security measures (if possible)", true, true, "keeping.yaml security", false},
			{colBasis, "Article 6 lawful basis for processing personal data", false, false, "uses.yaml basis and law", false},
			{colCondition, "Article 9 condition for processing special category data", false, true, "uses.yaml special and criminal", false},
			{colInterest, "Legitimate interests for the processing (if applicable)", false, false, "uses.yaml interest", false},
			{colBalancing, "Link to record of legitimate interests assessment (if applicable)", false, true, "the register of tests; uses.yaml balancing", true},
			{colRights, "Rights available to individuals", false, true, "the law, from the basis", false},
			{colAutomated, "Existence of automated decision-making, including profiling (if applicable)", false, false, "uses.yaml automated", false},
			{colSources, "The source of the personal data (if applicable)", false, true, "uses.yaml sources", false},
			{colConsent, "Link to record of consent", false, false, "uses.yaml consent", false},
			{colLocation, "Location of personal data", false, true, "maps", false},
			{colAssess, "Data Protection Impact Assessment required?", false, false, "the register of impact assessments; uses.yaml impact-assessments", true},
			{colProgress, "Data Protection Impact Assessment progress", false, true, "the register of impact assessments; uses.yaml impact-assessments", true},
			{colAssessment, "Link to Data Protection Impact Assessment", false, true, "the register of impact assessments; uses.yaml impact-assessments", true},
			{colBreach, "Has a personal data breach occurred?", false, false, "the register of incidents", true},
			{colBreachRecord, "Link to record of personal data breach", false, true, "the register of incidents", true},
			{colSchedule1, "Data Protection Act 2018 Schedule 1 Condition for processing", true, true, "uses.yaml special and criminal", false},
			{colBasisAgain, "GDPR Article 6 lawful basis for processing", true, false, "uses.yaml basis", false},
			{colPolicy, "Link to retention and erasure policy document", true, true, "the register of appropriate policy documents; uses.yaml policy-document", true},
			{colKept, "Is personal data retained and erased in accordance with the policy document?", true, false, "the register of appropriate policy documents", true},
			{colKeptWhy, "Reasons for not adhering to policy document (if applicable)", true, false, "the register of appropriate policy documents", true},
		}
	}
	body := "Controller (Tenet)"
	if as == notice.AsProcessor {
		body = "Client (Tenet)"
	}
	return append(out,
		Column{colUse, "Use (Tenet)", false, false, "uses.yaml id", false},
		Column{colBody, body, false, false, "landlord.yaml id", false},
		Column{colGaps, "Gaps (Tenet)", false, true, "what neither pack nor maps say", false})
}
