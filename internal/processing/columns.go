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
	// From is what fills the column: a field of the pack, or what else.
	From string `json:"from"`
	// Blank is why the column is empty in every row, for a column that neither pack nor
	// maps can fill.
	Blank string `json:"blank,omitempty"`
}

// The columns that code names.
const (
	colFunction   = "function"
	colPurpose    = "purpose"
	colJoint      = "joint-controller"
	colPeople     = "people"
	colCategories = "categories"
	colRecipients = "recipients"
	colContracts  = "contracts"
	colCountries  = "countries"
	colSafeguards = "safeguards"
	colRetention  = "retention"
	colSecurity   = "security"
	colBasis      = "basis"
	colCondition  = "condition"
	colInterest   = "interest"
	colBalancing  = "balancing"
	colRights     = "rights"
	colAutomated  = "automated"
	colSources    = "sources"
	colConsent    = "consent"
	colLocation   = "location"
	colAssess     = "dpia-required"
	colProgress   = "dpia-progress"
	colAssessment = "dpia"
	colSchedule1  = "schedule-1"
	colBasisAgain = "schedule-1-basis"
	colPolicy     = "policy-document"
	colClient     = "client"
	colOfficer    = "client-officer"
	colDoes       = "processing"
	colAgreement  = "agreement"
	colUse        = "tenet-use"
	colBody       = "tenet-body"
	colGaps       = "tenet-gaps"
)

const (
	breaches = "the incident register knows; a notice does not say"
	followed = "the promise board measures what is kept past its time; a notice does not say"
)

// Columns are the headings of a record, in order: those of the Commissioner's
// template, then three of ours that tell the lines apart and show what is missing.
func Columns(as notice.UseRole) []Column {
	var out []Column
	if as == notice.AsProcessor {
		out = []Column{
			{colClient, "Name and contact details of controller", true, false, "landlord.yaml clients", ""},
			{colOfficer, "Name and contact details of controller’s representative or data protection officer (if applicable)", true, false, "landlord.yaml clients[].officer", ""},
			{colDoes, "Categories of processing", true, false, "uses.yaml purpose", ""},
			{colPeople, "Categories of individuals", false, true, "uses.yaml people", ""},
			{colCategories, "Categories of personal data", false, true, "uses.yaml categories", ""},
			{colRecipients, "Sub-processors and other recipients", false, true, "sharing.yaml rules", ""},
			{colRetention, "Retention, as the controller instructs", false, true, "keeping.yaml rules[].client", ""},
			{colCountries, "Names of third countries or international organisations that personal data are transferred to (if applicable)", true, true, "sharing.yaml recipients[].where", ""},
			{colSafeguards, "Safeguards for exceptional transfers of personal data to third countries or international organisations (if applicable)", true, true, "sharing.yaml recipients[].safeguard", ""},
			{colSecurity, "General description of technical and organisational security measures (if possible)", true, true, "keeping.yaml security", ""},
			{colAgreement, "Link to contract with controller", false, false, "landlord.yaml clients[].agreement", ""},
			{colLocation, "Location of personal data", false, true, "maps", ""},
		}
	} else {
		out = []Column{
			{colFunction, "Business function", true, false, "uses.yaml id", ""},
			{colPurpose, "Purpose of processing", true, false, "uses.yaml purpose", ""},
			{colJoint, "Name and contact details of joint controller (if applicable)", true, true, "uses.yaml controllers and sharing.yaml recipients", ""},
			{colPeople, "Categories of individuals", true, true, "uses.yaml people", ""},
			{colCategories, "Categories of personal data", true, true, "uses.yaml categories", ""},
			{colRecipients, "Categories of recipients", true, true, "sharing.yaml rules", ""},
			{colContracts, "Link to contract with processor", true, true, "sharing.yaml recipients[].agreement", ""},
			{colCountries, "Names of third countries or international organisations that personal data are transferred to (if applicable)", true, true, "sharing.yaml recipients[].where", ""},
			{colSafeguards, "Safeguards for exceptional transfers of personal data to third countries or international organisations (if applicable)", true, true, "sharing.yaml recipients[].safeguard", ""},
			{colRetention, "Retention schedule (if possible)", true, true, "keeping.yaml rules", ""},
			{colSecurity, "General description of technical and organisational security measures (if possible)", true, true, "keeping.yaml security", ""},
			{colBasis, "Article 6 lawful basis for processing personal data", false, false, "uses.yaml basis and law", ""},
			{colCondition, "Article 9 condition for processing special category data", false, true, "uses.yaml special and criminal", ""},
			{colInterest, "Legitimate interests for the processing (if applicable)", false, false, "uses.yaml interest", ""},
			{colBalancing, "Link to record of legitimate interests assessment (if applicable)", false, false, "uses.yaml balancing", ""},
			{colRights, "Rights available to individuals", false, true, "the law, from the basis", ""},
			{colAutomated, "Existence of automated decision-making, including profiling (if applicable)", false, false, "uses.yaml automated", ""},
			{colSources, "The source of the personal data (if applicable)", false, true, "uses.yaml sources", ""},
			{colConsent, "Link to record of consent", false, false, "uses.yaml consent", ""},
			{colLocation, "Location of personal data", false, true, "maps", ""},
			{colAssess, "Data Protection Impact Assessment required?", false, false, "uses.yaml impact-assessments", ""},
			{colProgress, "Data Protection Impact Assessment progress", false, true, "uses.yaml impact-assessments", ""},
			{colAssessment, "Link to Data Protection Impact Assessment", false, true, "uses.yaml impact-assessments", ""},
			{"breach", "Has a personal data breach occurred?", false, false, "", breaches},
			{"breach-record", "Link to record of personal data breach", false, false, "", breaches},
			{colSchedule1, "Data Protection Act 2018 Schedule 1 Condition for processing", true, true, "uses.yaml special and criminal", ""},
			{colBasisAgain, "GDPR Article 6 lawful basis for processing", true, false, "uses.yaml basis", ""},
			{colPolicy, "Link to retention and erasure policy document", true, false, "uses.yaml policy-document", ""},
			{"policy-kept", "Is personal data retained and erased in accordance with the policy document?", true, false, "", followed},
			{"policy-why-not", "Reasons for not adhering to policy document (if applicable)", true, false, "", followed},
		}
	}
	body := "Controller (Tenet)"
	if as == notice.AsProcessor {
		body = "Client (Tenet)"
	}
	return append(out,
		Column{colUse, "Use (Tenet)", false, false, "uses.yaml id", ""},
		Column{colBody, body, false, false, "landlord.yaml id", ""},
		Column{colGaps, "Gaps (Tenet)", false, true, "what neither pack nor maps say", ""})
}
