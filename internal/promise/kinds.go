package promise

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNoPromise says that the notice makes no promise of this id.
var ErrNoPromise = errors.New("the notice makes no such promise")

// Kinds are the kinds of check, those that look and those that are laid and wait
// for what they need. By name.
func Kinds() []Kind {
	return []Kind{
		accessReviewed, callsTold, camerasAssessed, consentNotByBrowsing, consentWithdrawn,
		dataAbsent, dataAsTold, disclosureAbsent, disclosureLogged, disclosureWithin,
		erasureTold, indexFresh, keysBackedUp, ledgerVerifies, mapsConfirmed, markersEnded,
		lintClean, noticeReviewed, versionsKept, packsSealed, packsVerified, policyCurrent,
		recipientsAgreement, recordsFilled, recordsMayBeBlank, registerComplete,
		requestsAcknowledged, approvedBySecond, extensionTold, identityBeforeData, noFee, onTime,
		retentionApplied, retentionOwn, sourcesReadable, specialCompartment, staffDisabledOut, transfersSafeguard,
		viewsReasoned, webCookies, webForms,
	}
}

func names() []string {
	var out []string
	for _, k := range Kinds() {
		out = append(out, k.Name)
	}
	return out
}

// Reference writes every kind of check as Markdown, for docs/promises.md: what it looks
// at, and what it takes.
func Reference() string {
	var b strings.Builder
	b.WriteString("| check | shows that | takes |\n|---|---|---|\n")
	for _, k := range slices.Concat(said(), Kinds()) {
		says := k.Says
		if k.Lacks != "" {
			says += ". **Not built**: " + k.Lacks
		}
		var takes []string
		for _, p := range k.Params {
			name := "`" + p.Name + "`"
			if p.Must {
				name += " (must)"
			}
			takes = append(takes, name+": "+p.Says)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Name, says, strings.Join(takes, "<br>"))
	}
	return b.String()
}
