package notice

// Web is web.yaml: what the landlord's websites collect.
type Web struct {
	Sites       []WebAddress   `yaml:"sites" doc:"the sites this is true of"`
	Outside     []Outside      `yaml:"outside" doc:"what the notice says it does not cover: sub-domains, other addresses, links out"`
	Only        bool           `yaml:"sites-only" doc:"true if the notice says that it covers nothing but the sites"`
	Cookies     []Cookie       `yaml:"cookies" doc:"everything stored on or read from a visitor's device"`
	Forms       []Form         `yaml:"forms" doc:"forms, and what they may ask"`
	Chat        *WebRecord     `yaml:"chat" doc:"live chat, if there is one"`
	Forum       *WebRecord     `yaml:"forum" doc:"a forum, if there is one"`
	Logs        []WebRecord    `yaml:"logs" doc:"logs kept of visits"`
	Portal      *WebRecord     `yaml:"portal" doc:"the online account, if there is one"`
	IP          []IPClaim      `yaml:"ip-addresses" doc:"what the notice says of IP addresses; one entry for each sentence that does"`
	Trackers    []Tracker      `yaml:"trackers" doc:"pixels, analytics and the like"`
	Choice      *CookieChoice  `yaml:"cookie-choice" doc:"how a visitor accepts and refuses cookies"`
	Policy      WebAddress     `yaml:"cookie-policy" doc:"the page of its own that lists the cookies, if this notice does not"`
	Shows       []Presentation `yaml:"presentation" doc:"what readers can change, and other forms there are"`
	Misuse      *Misuse        `yaml:"misuse" doc:"what happens to those who attack the site"`
	Phishing    *Phishing      `yaml:"phishing" doc:"what we never ask by e-mail, and where to report who does"`
	Disclaimers []Disclaimer   `yaml:"disclaimers" doc:"liability the notice says it does not take"`
}

// Cookie is a thing stored on or read from a visitor's device: PECR reg 6.
type Cookie struct {
	Pos     `json:"-"`
	Name    string      `yaml:"name,required" json:"name" doc:"as it appears in the browser"`
	Purpose string      `yaml:"purpose,required" json:"purpose" doc:"what it does, in plain words"`
	Use     CookieUse   `yaml:"use,required" json:"use" doc:"which exception it comes under, or consent"`
	By      string      `yaml:"by" json:"by,omitempty" doc:"who sets it, if not the landlord"`
	Lasts   Lasts       `yaml:"lasts,required" json:"lasts" doc:"how long it stays: session, never (it has no end), or a period such as P1Y or PT2H"`
	Type    CookieType  `yaml:"type" json:"type,omitempty" doc:"what the notice calls it, whether or not that fits its life"`
	Party   CookieParty `yaml:"party" json:"party,omitempty" doc:"whose the notice says it is"`
	Domain  string      `yaml:"domain" json:"domain,omitempty" doc:"the host that really sets it"`
	Linked  Linked      `yaml:"linked" json:"linked,omitempty" doc:"what it is tied to"`
	Refuse  string      `yaml:"refuse" json:"refuse,omitempty" doc:"for statistics and appearance: the simple and free way to say no"`
	Promise Sentences   `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that tells of it"`
}

// CookieUse is the exception of PECR Schedule A1 a cookie comes under, or consent.
type CookieUse string

// The uses of cookies.
const (
	CookieCommunication CookieUse = "communication"
	CookieNecessary     CookieUse = "strictly-necessary"
	CookieStatistics    CookieUse = "statistics"
	CookieAppearance    CookieUse = "appearance"
	CookieEmergency     CookieUse = "emergency"
	CookieConsent       CookieUse = "consent"
)

func (CookieUse) values() []string {
	return []string{string(CookieCommunication), string(CookieNecessary), string(CookieStatistics), string(CookieAppearance), string(CookieEmergency), string(CookieConsent)}
}

// Form is a web form and what it may ask.
type Form struct {
	Pos     `json:"-"`
	ID      ID        `yaml:"id,required" id:"form" json:"id" doc:"a short name"`
	Title   string    `yaml:"title,required" json:"title" doc:"its heading"`
	For     ID        `yaml:"for,required" ref:"use" json:"for" doc:"the use it serves"`
	Asks    []ID      `yaml:"asks,required" ref:"category" json:"asks" doc:"the only categories it may ask for"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that tells of it"`
}

// WebRecord is something a site keeps about its visitors.
type WebRecord struct {
	Pos        `json:"-"`
	Title      string `yaml:"title,required" json:"title" doc:"what it is"`
	For        ID     `yaml:"for,required" ref:"use" json:"for" doc:"the use it serves"`
	Categories []ID   `yaml:"categories,required" ref:"category" json:"categories" doc:"the data in it"`
	Keeping    ID     `yaml:"keeping,required" ref:"retention rule" json:"keeping" doc:"the rule that says how long it stays"`
}
