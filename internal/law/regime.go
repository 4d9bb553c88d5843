package law

import (
	"fmt"
	"slices"
	"strings"
)

// Regime is which clock runs: one the law winds, or "promise:" and the id of a
// promise that only the landlord's notice makes.
type Regime string

// The regimes.
const (
	Access            Regime = "access"             // UK GDPR Art 15
	Rectification     Regime = "rectification"      // Art 16
	Erasure           Regime = "erasure"            // Art 17
	Restriction       Regime = "restriction"        // Art 18
	Portability       Regime = "portability"        // Art 20
	Objection         Regime = "objection"          // Art 21
	AutomatedDecision Regime = "automated-decision" // Arts 22A to 22D
	FOI               Regime = "foi"                // Freedom of Information Act 2000; in Scotland the Act of 2002
	EIR               Regime = "eir"                // Environmental Information Regulations 2004; in Scotland their own
	STAIRs            Regime = "stairs"             // Social Tenant Access to Information Requirements, England
	DPComplaint       Regime = "dp-complaint"       // acknowledging a complaint, DPA 2018 s.164A
	Breach            Regime = "breach"             // telling the regulator, UK GDPR Art 33
	OmbudsmanAck      Regime = "ombudsman-ack"      // Housing Ombudsman's Code: acknowledging, either stage
	Ombudsman1        Regime = "ombudsman-1"        // answering at stage 1
	Ombudsman2        Regime = "ombudsman-2"        // answering at stage 2
	FOIReview         Regime = "foi-review"         // looking again at an answer to an FOI request
	EIRReview         Regime = "eir-review"         // and to an EIR request
	WithoutDelay      Regime = "without-delay"      // where the law says no more than that
)

const promisePrefix = "promise:"

// Regimes is every regime the law winds.
func Regimes() []Regime {
	return []Regime{Access, Rectification, Erasure, Restriction, Objection, Portability, AutomatedDecision,
		FOI, EIR, STAIRs, DPComplaint, Breach, OmbudsmanAck, Ombudsman1, Ombudsman2, FOIReview, EIRReview, WithoutDelay}
}

// ParseRegime reads a regime's name.
func ParseRegime(s string) (Regime, error) {
	r := Regime(s)
	if slices.Contains(Regimes(), r) {
		return r, nil
	}
	if id, ok := r.Promise(); ok {
		if id == "" || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return "", fmt.Errorf("%q names no promise: write promise: and the id from promises.yaml, in small letters, digits and hyphens", clip(s))
		}
		return r, nil
	}
	names := make([]string, 0, len(Regimes()))
	for _, known := range Regimes() {
		names = append(names, string(known))
	}
	return "", fmt.Errorf("there is no regime %q: use one of %s, or promise:ID", clip(s), strings.Join(names, " "))
}

// Promise is the id of the promise a promise:ID regime counts.
func (r Regime) Promise() (id string, ok bool) { return strings.CutPrefix(string(r), promisePrefix) }

// article is where a rights regime has its right.
func (r Regime) article() string {
	switch r {
	case Access:
		return "Art 15"
	case Rectification:
		return "Art 16"
	case Erasure:
		return "Art 17"
	case Restriction:
		return "Art 18"
	case Portability:
		return "Art 20"
	case Objection:
		return "Art 21"
	}
	return "Arts 22A–22D"
}
