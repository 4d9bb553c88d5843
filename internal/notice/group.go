package notice

// Client is a landlord we act for as managing agent or bureau. It decides what is done
// with its customers' data; we do it. What people ask of us about that data is
// passed to it.
type Client struct {
	Pos        `json:"-"`
	ID         ID             `yaml:"id,required" id:"client" json:"id" doc:"a short name"`
	Name       string         `yaml:"name,required" json:"name" doc:"the client's registered name"`
	Kind       ControllerKind `yaml:"kind,required" json:"kind" doc:"what sort of body it is"`
	Provider   string         `yaml:"provider-number" json:"provider_number,omitempty" doc:"number on the register of social housing providers, in quotes"`
	Regulators []ID           `yaml:"regulators" ref:"regulator" json:"regulators,omitempty" doc:"who oversees it"`
	Address    string         `yaml:"address" json:"address,omitempty" doc:"where letters reach it"`
	Officer    ID             `yaml:"officer" ref:"contact" json:"officer,omitempty" doc:"whom to write to about data protection there"`
	Agreement  ID             `yaml:"agreement" ref:"agreement" json:"agreement,omitempty" doc:"the service or management agreement we act under"`
	Does       string         `yaml:"does,required" json:"does" doc:"what we do for it"`
	Reports    string         `yaml:"reports" json:"reports,omitempty" doc:"the management information it gets from us"`
	Pass       *Clock         `yaml:"pass-on" json:"pass_on,omitempty" doc:"how soon a request or complaint reaches it"`
	Ends       *ClientEnd     `yaml:"ends" json:"ends,omitempty" doc:"what becomes of the data when we stop acting"`
	Promise    Sentences      `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says we act for it"`
}

// ClientEnd is what becomes of a client's data at the end of the agreement:
// UK GDPR Article 28(3)(g).
type ClientEnd struct {
	Action ClientEndAction `yaml:"action,required" json:"action" doc:"return, delete, or both"`
	Within Period          `yaml:"within,required" json:"within" doc:"how soon after the end"`
}

// ClientEndAction is what is done with a client's data.
type ClientEndAction string

// The actions.
const (
	ReturnData       ClientEndAction = "return"
	DeleteData       ClientEndAction = "delete"
	ReturnThenDelete ClientEndAction = "return-then-delete"
)

func (ClientEndAction) values() []string {
	return []string{string(ReturnData), string(DeleteData), string(ReturnThenDelete)}
}

// Scale is how large the landlord says it is.
type Scale struct {
	Pos     `json:"-"`
	Homes   int       `yaml:"homes" min:"1" json:"homes,omitempty" doc:"homes, at least"`
	Staff   int       `yaml:"staff" min:"1" json:"staff,omitempty" doc:"people employed, at least"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// CitedLaw is law as the notice names it. Nothing here makes it law: what binds
// is in package law.
type CitedLaw struct {
	Pos     `json:"-"`
	Says    string    `yaml:"says,required,short" json:"says" doc:"the law in the words of the notice"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that names it"`
}

// Document is a paper the notice refers to.
type Document struct {
	Pos      `json:"-"`
	ID       ID           `yaml:"id,required" id:"document" json:"id" doc:"a short name"`
	Title    string       `yaml:"title,required" json:"title" doc:"what it is called"`
	Kind     DocumentKind `yaml:"kind,required" json:"kind" doc:"what sort of paper"`
	At       WebAddress   `yaml:"at" json:"at,omitempty" doc:"the page it is on"`
	Ask      ID           `yaml:"ask" ref:"contact" json:"ask,omitempty" doc:"whom to ask for it, if it is given on request"`
	ReviewBy Date         `yaml:"review-by" json:"review_by,omitempty" doc:"the day by which it is looked at again"`
	Promise  Sentences    `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that refers to it"`
}

// DocumentKind is the sort of paper.
type DocumentKind string

// The kinds of document.
const (
	PolicyPaper  DocumentKind = "policy"
	GuidePaper   DocumentKind = "guide"
	FormPaper    DocumentKind = "form"
	NoticePaper  DocumentKind = "notice"
	SchedulePage DocumentKind = "retention-schedule"
	LinkPaper    DocumentKind = "link"
)

func (DocumentKind) values() []string {
	return []string{string(PolicyPaper), string(GuidePaper), string(FormPaper), string(NoticePaper), string(SchedulePage), string(LinkPaper)}
}

// Display is a place where the notice can be found.
type Display struct {
	Pos     `json:"-"`
	ID      ID          `yaml:"id,required" id:"display" json:"id" doc:"a short name"`
	Title   string      `yaml:"title,required" json:"title" doc:"the place"`
	Kind    DisplayKind `yaml:"kind,required" json:"kind" doc:"what sort of place"`
	At      string      `yaml:"at" json:"at,omitempty" doc:"its page or address"`
	Promise Sentences   `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says who may read it"`
}

// DisplayKind is the sort of place a notice is found in.
type DisplayKind string

// The kinds of display.
const (
	OnSite   DisplayKind = "website"
	AtOffice DisplayKind = "office"
	AtOutlet DisplayKind = "outlet"
	InPrint  DisplayKind = "print"
)

func (DisplayKind) values() []string {
	return []string{string(OnSite), string(AtOffice), string(AtOutlet), string(InPrint)}
}

// Changes is how people learn that the notice has changed.
type Changes struct {
	Pos     `json:"-"`
	How     ChangeHow `yaml:"how,required" json:"how" doc:"what is done with a new version"`
	Reader  bool      `yaml:"reader-must-look" json:"reader_must_look,omitempty" doc:"true if the notice leaves it to readers to look again"`
	Before  Period    `yaml:"before" json:"before,omitempty" doc:"how long before it starts people are told"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// ChangeHow is what is done with a new version.
type ChangeHow string

// What may be done with a new version.
const (
	ReplaceOnPage     ChangeHow = "replace-on-page"
	DisplayEverywhere ChangeHow = "display-everywhere"
	TellIfSignificant ChangeHow = "tell-if-significant"
	TellAlways        ChangeHow = "tell-always"
)

func (ChangeHow) values() []string {
	return []string{string(ReplaceOnPage), string(DisplayEverywhere), string(TellIfSignificant), string(TellAlways)}
}

// UnderSTAIRs reports whether the social tenant access to information
// requirements apply to the body: it is a registered provider that is no
// local authority. They are England's alone; the nation is for the caller.
func (c Controller) UnderSTAIRs() bool { return underSTAIRs(c.Kind, c.Provider) }

// UnderSTAIRs is Controller.UnderSTAIRs for a client.
func (c Client) UnderSTAIRs() bool { return underSTAIRs(c.Kind, c.Provider) }

func underSTAIRs(kind ControllerKind, provider string) bool {
	return kind == RegisteredProvider || provider != "" && kind != LocalAuthority
}
