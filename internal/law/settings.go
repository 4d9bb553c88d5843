package law

import (
	"fmt"
	"slices"
)

// Standing is what a body of law is to one landlord.
type Standing string

// The standings.
const (
	Statutory Standing = "statutory" // the law binds this landlord
	Voluntary Standing = "voluntary" // it does not, and the landlord answers as if it did
	None      Standing = "none"      // it does not, and the landlord does not
)

// Counting is whose bank holidays a clock leaves out.
type Counting string

// The countings.
const (
	ByNation  Counting = "nation"   // those of the nation where the landlord acts
	ByAnyPart Counting = "any-part" // those of any part of the United Kingdom
)

// Settings are the points on which a clock depends and the law, as far as it
// could be read, does not settle them, and what the law is to this landlord.
// Defaults has the value each takes where nobody decides otherwise; [Doubts]
// says why each is open.
type Settings struct {
	// What the law is to this landlord. A private registered provider in England
	// or Wales is as a rule neither (Information Commissioner v Poplar HARCA
	// [2020] UKUT 182 (AAC)); a council, and a Scottish RSL, is both.
	FOI    Standing `json:"foi" yaml:"foi"`
	EIR    Standing `json:"eir" yaml:"eir"`
	STAIRs Standing `json:"stairs" yaml:"stairs"` // statutory for a registered private provider, from 1 April 2027

	TargetDays int `json:"target-days" yaml:"target-days"` // a fixed internal target for rights requests in calendar days; 0 for none (the ICO suggests 28)

	ClarificationInclusive bool     `json:"clarification-inclusive" yaml:"clarification-inclusive"` // a pause counts the day of asking and the day of the answer
	RightsHolidays         Counting `json:"rights-holidays" yaml:"rights-holidays"`
	InformationRestarts    bool     `json:"information-restarts" yaml:"information-restarts"` // clarifying an FOI or EIR request starts its clock afresh
	FOIExtendedDays        int      `json:"foi-extended-days" yaml:"foi-extended-days"`       // working days in all when weighing the public interest; 0 for no extension
	EIRExtendedDays        int      `json:"eir-extended-days" yaml:"eir-extended-days"`       // working days in all when complex and voluminous; 0 for no extension
	ScottishInformation    Counting `json:"scottish-information" yaml:"scottish-information"` // FOISA and EI(S)R
	STAIRsDays             int      `json:"stairs-days" yaml:"stairs-days"`                   // calendar days
	STAIRsRolls            bool     `json:"stairs-rolls" yaml:"stairs-rolls"`                 // forward to a working day
	STAIRsPauses           bool     `json:"stairs-pauses" yaml:"stairs-pauses"`               // while a clarification is awaited
	STAIRsExtendedDays     int      `json:"stairs-extended-days" yaml:"stairs-extended-days"` // calendar days in all; 0 for no extension
	OmbudsmanHolidays      Counting `json:"ombudsman-holidays" yaml:"ombudsman-holidays"`
}

// Defaults are the settings where nobody has decided otherwise: the law binds,
// and each open point is read as our notes on the law read it.
func Defaults() Settings {
	return Settings{
		FOI: Statutory, EIR: Statutory, STAIRs: Statutory,
		ClarificationInclusive: true,
		RightsHolidays:         ByNation,
		InformationRestarts:    true,
		FOIExtendedDays:        40,
		EIRExtendedDays:        40,
		ScottishInformation:    ByNation,
		STAIRsDays:             30,
		OmbudsmanHolidays:      ByNation,
	}
}

// Validate refuses settings that mean nothing, naming the setting.
func (s Settings) Validate() error {
	for _, f := range []struct {
		name string
		v    Standing
	}{{"foi", s.FOI}, {"eir", s.EIR}, {"stairs", s.STAIRs}} {
		if !slices.Contains([]Standing{Statutory, Voluntary, None}, f.v) {
			return fmt.Errorf("setting %s is %q: use statutory, voluntary or none", f.name, clip(string(f.v)))
		}
	}
	for _, f := range []struct {
		name string
		v    Counting
	}{{"rights-holidays", s.RightsHolidays}, {"scottish-information", s.ScottishInformation}, {"ombudsman-holidays", s.OmbudsmanHolidays}} {
		if f.v != ByNation && f.v != ByAnyPart {
			return fmt.Errorf("setting %s is %q: use nation or any-part", f.name, clip(string(f.v)))
		}
	}
	for _, f := range []struct {
		name          string
		v, low, high  int
		zeroMeansNone bool
	}{
		{"target-days", s.TargetDays, 1, 90, true},
		{"foi-extended-days", s.FOIExtendedDays, informationDays, 200, true},
		{"eir-extended-days", s.EIRExtendedDays, informationDays, 200, true},
		{"stairs-days", s.STAIRsDays, 1, 365, false},
		{"stairs-extended-days", s.STAIRsExtendedDays, s.STAIRsDays, 730, true},
	} {
		if f.v == 0 && f.zeroMeansNone {
			continue
		}
		if f.v < f.low || f.v > f.high {
			return fmt.Errorf("setting %s is %d: use %d to %d", f.name, f.v, f.low, f.high)
		}
	}
	return nil
}

// Doubt is a point of law that could not be confirmed against its source.
type Doubt struct {
	ID      string // stable
	Setting string // the key in Settings that decides it; "" where none can
	Label   string // how it is known: S2 read in a secondary source, M-hi or M-med from memory with high or medium confidence
	Cite    string
	Says    string // what is open, in a sentence
}

// The ids of the doubts.
const (
	doubtClarification  = "clarification-days"
	doubtRightsHolidays = "rights-holidays"
	doubtBefore2026     = "before-february-2026"
	doubtRestarts       = "information-restarts"
	doubtFOIExtension   = "foi-extension"
	doubtEIRExtension   = "eir-extension"
	doubtScotland       = "scottish-information"
	doubtStairsDays     = "stairs-days"
	doubtStairsRoll     = "stairs-roll"
	doubtStairsPause    = "stairs-pause"
	doubtStairsExtend   = "stairs-extension"
	doubtOmbudsman      = "ombudsman-holidays"
	doubtReview         = "information-review"
)

// Doubts is every point on which a clock rests and that is not confirmed.
func Doubts() []Doubt {
	return []Doubt{
		{doubtClarification, "clarification-inclusive", "unconfirmed", "UK GDPR Art 12A(5)",
			"The statute counts both the day of asking and the day of the answer; the ICO's own arithmetic was not seen, so the shorter count is kept as the target."},
		{doubtRightsHolidays, "rights-holidays", "M-hi", "Reg (EEC, Euratom) 1182/71 Art 2",
			"That the holidays which count are those of the nation where the landlord acts; another part of the United Kingdom would give another date."},
		{doubtBefore2026, "", "M-hi", "UK GDPR Art 12(3) as it stood before 5 February 2026",
			"How a request received before Art 12A came into force is paused and extended; it is counted as Art 12A counts."},
		{doubtRestarts, "information-restarts", "M-hi", "FOIA 2000 s.1(3); EIR 2004 reg 9(4)",
			"That clarifying a request starts its twenty working days afresh."},
		{doubtFOIExtension, "foi-extended-days", "M-hi", "FOIA 2000 s.10(3); ICO guidance",
			"The Act allows a reasonable time to weigh the public interest; forty working days in all is the ICO's expectation."},
		{doubtEIRExtension, "eir-extended-days", "M-hi", "EIR 2004 reg 7(1)",
			"Forty working days in all, where the request is both complex and voluminous."},
		{doubtScotland, "scottish-information", "M-hi", "FOISA 2002 s.10; EI(S)R 2004 regs 5 and 7",
			"The Scottish periods, and that only Scottish bank holidays count."},
		{doubtStairsDays, "stairs-days", "S2", "STAIRs chapter 2",
			"Thirty calendar days; the full text of chapter 2 could not be read."},
		{doubtStairsRoll, "stairs-rolls", "unconfirmed", "STAIRs chapter 2",
			"Whether a last day that is no working day moves forward; no such rule was found."},
		{doubtStairsPause, "stairs-pauses", "unconfirmed", "STAIRs chapter 2",
			"Whether time stops while the request is being clarified."},
		{doubtStairsExtend, "stairs-extended-days", "unconfirmed", "STAIRs chapter 2",
			"Whether the period can be extended, and by how much."},
		{doubtOmbudsman, "ombudsman-holidays", "M-med", "Housing Ombudsman, Complaint Handling Code",
			"Whose bank holidays the Code's working days leave out."},
		{doubtReview, "", "M-hi", "FOIA 2000 s.45 Code of Practice; EIR 2004 reg 11(4); FOISA 2002 s.21; EI(S)R 2004 reg 16(4)",
			"How soon a review is to be answered: twenty working days, and forty under the Environmental Information Regulations."},
	}
}

// String is the doubt in one line, as results carry it.
func (d Doubt) String() string {
	s := fmt.Sprintf("Not verified (%s; %s): %s", d.Label, d.Cite, d.Says)
	if d.Setting != "" {
		s += " Setting: " + d.Setting + "."
	}
	return s
}
