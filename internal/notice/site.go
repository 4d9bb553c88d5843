package notice

// Outside is something the notice says it does not cover.
type Outside struct {
	Pos     `json:"-"`
	What    OutsideKind `yaml:"what,required,short" json:"what" doc:"what is not covered"`
	At      []string    `yaml:"at" json:"at,omitempty" doc:"which, where the notice names them"`
	Promise Sentences   `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// OutsideKind is a sort of place the notice does not cover.
type OutsideKind string

// The kinds.
const (
	SubDomains     OutsideKind = "sub-domains"
	OtherAddresses OutsideKind = "other-addresses"
	LinksOut       OutsideKind = "links-out"
)

func (OutsideKind) values() []string {
	return []string{string(SubDomains), string(OtherAddresses), string(LinksOut)}
}

// IPClaim is what one sentence says becomes of visitors' IP addresses.
type IPClaim struct {
	Pos     `json:"-"`
	Where   string    `yaml:"where,required" json:"where" doc:"the site or the part of it"`
	Kept    IPKept    `yaml:"kept,required" json:"kept" doc:"what is said to become of them"`
	For     ID        `yaml:"for" ref:"use" json:"for,omitempty" doc:"the use it serves"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// IPKept is what becomes of IP addresses.
type IPKept string

// What may become of them.
const (
	IPNotCollected IPKept = "not-collected"
	IPNumberOnly   IPKept = "number-only"
	IPByAccount    IPKept = "by-account"
	IPLogged       IPKept = "logged"
	IPDeidentified IPKept = "de-identified-after-session"
)

func (IPKept) values() []string {
	return []string{string(IPNotCollected), string(IPNumberOnly), string(IPByAccount), string(IPLogged), string(IPDeidentified)}
}

// Tracker is something that watches visitors without being a cookie, or by
// means of several.
type Tracker struct {
	Pos        `json:"-"`
	ID         ID          `yaml:"id,required" id:"tracker" json:"id" doc:"a short name"`
	Title      string      `yaml:"title,required" json:"title" doc:"what it is called"`
	Kind       TrackerKind `yaml:"kind,required" json:"kind" doc:"what sort of thing"`
	Use        CookieUse   `yaml:"use,required" json:"use" doc:"which exception it comes under, or consent"`
	For        ID          `yaml:"for" ref:"use" json:"for,omitempty" doc:"the use it serves"`
	To         ID          `yaml:"to" ref:"recipient" json:"to,omitempty" doc:"who gets what it sees"`
	Categories []ID        `yaml:"categories" ref:"category" json:"categories,omitempty" doc:"the data it takes"`
	Linked     Linked      `yaml:"linked" json:"linked,omitempty" doc:"what it is tied to"`
	Promise    Sentences   `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// TrackerKind is the sort of tracker.
type TrackerKind string

// The kinds of tracker.
const (
	Pixel         TrackerKind = "pixel"
	Analytics     TrackerKind = "analytics"
	ReplayTracker TrackerKind = "session-replay"
	Advertising   TrackerKind = "advertising"
	SocialPlugin  TrackerKind = "social-plug-in"
	Translation   TrackerKind = "translation"
)

func (TrackerKind) values() []string {
	return []string{string(Pixel), string(Analytics), string(ReplayTracker), string(Advertising), string(SocialPlugin), string(Translation)}
}

// CookieType is what a notice calls a cookie.
type CookieType string

// The types.
const (
	SessionCookie    CookieType = "session"
	PersistentCookie CookieType = "persistent"
)

func (CookieType) values() []string {
	return []string{string(SessionCookie), string(PersistentCookie)}
}

// CookieParty is whose a notice says a cookie is.
type CookieParty string

// The parties.
const (
	FirstParty CookieParty = "first"
	ThirdParty CookieParty = "third"
)

func (CookieParty) values() []string { return []string{string(FirstParty), string(ThirdParty)} }

// Linked is what a cookie or tracker is tied to.
type Linked string

// What it may be tied to.
const (
	LinkedUser      Linked = "user-name"
	LinkedPseudonym Linked = "pseudonym"
	LinkedDevice    Linked = "device"
	LinkedNothing   Linked = "anonymous"
)

func (Linked) values() []string {
	return []string{string(LinkedUser), string(LinkedPseudonym), string(LinkedDevice), string(LinkedNothing)}
}

// CookieChoice is how a visitor accepts and refuses cookies.
type CookieChoice struct {
	Pos     `json:"-"`
	How     ConsentHow `yaml:"consent,required" json:"consent" doc:"how the notice says consent is given"`
	Refuse  RefuseHow  `yaml:"refuse,required" json:"refuse" doc:"how a visitor refuses"`
	At      WebAddress `yaml:"at" json:"at,omitempty" doc:"the page of the choice"`
	Promise Sentences  `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// RefuseHow is how a visitor refuses cookies.
type RefuseHow string

// The ways. Only the first two are as easy as accepting.
const (
	RefuseBanner  RefuseHow = "banner"
	RefusePage    RefuseHow = "settings-page"
	RefuseBrowser RefuseHow = "browser-settings"
	RefuseNone    RefuseHow = "none"
)

func (RefuseHow) values() []string {
	return []string{string(RefuseBanner), string(RefusePage), string(RefuseBrowser), string(RefuseNone)}
}

// Presentation is a form the notice comes in, or what a reader can change.
type Presentation string

// The forms.
const (
	ShowContrast   Presentation = "contrast"
	ShowTextSize   Presentation = "text-size"
	ShowLanguage   Presentation = "language"
	ShowLargePrint Presentation = "large-print"
	ShowReadOut    Presentation = "read-aloud"
	ShowEasyRead   Presentation = "easy-read"
)

func (Presentation) values() []string {
	return []string{string(ShowContrast), string(ShowTextSize), string(ShowLanguage), string(ShowLargePrint), string(ShowReadOut), string(ShowEasyRead)}
}

// Misuse is what happens to those who attack the site.
type Misuse struct {
	Pos     `json:"-"`
	Says    string    `yaml:"says,required" json:"says" doc:"what visitors must not do"`
	Law     string    `yaml:"law" json:"law,omitempty" doc:"the offence the notice names"`
	Bans    bool      `yaml:"ends-access" json:"ends_access,omitempty" doc:"true if the right to use the site ends at once"`
	Rule    ID        `yaml:"rule" ref:"sharing rule" json:"rule,omitempty" doc:"the rule under which identity is disclosed"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// Phishing is what we never ask, and where to report who does.
type Phishing struct {
	Pos     `json:"-"`
	Never   []string  `yaml:"never-ask,required" json:"never_ask" doc:"what we never ask by e-mail"`
	Report  ID        `yaml:"report-to" ref:"contact" json:"report_to,omitempty" doc:"whom to tell"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// Disclaimer is liability the notice says it does not take.
type Disclaimer struct {
	Pos     `json:"-"`
	Says    string    `yaml:"says,required" json:"says" doc:"for what"`
	Data    bool      `yaml:"data" json:"data,omitempty" doc:"true if it reaches to personal data, whose protection nobody can disclaim"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}
