package promise

import (
	"slices"
	"strings"
)

// mends are what would mend a promise that each kind of check found broken.
var mends = map[string]string{
	"access.reviewed":               "Look again at who may see it, and write down when.",
	"calls.told":                    "Put the announcement before the recording begins, on the lines that the examples name.",
	"cameras.assessed":              "Assess the cameras that are named, or take them down.",
	"consent.not-by-browsing":       "Ask again where consent was not given by a clear act, and do not use the data until it is.",
	"consent.withdrawn":             "Stop what the consent allowed, for those who took it back, and write down when.",
	"data.absent":                   "Remove it where it stands, find out how it came there, and close that way.",
	"data.as-told":                  "Say in the notice that it is held, or delete it; and mend the map where it says the wrong category.",
	"disclosure.absent":             "Ask whoever was given it to delete it, and see whether it is a breach.",
	"disclosure.logged":             "Write down what was given, to whom, when and why.",
	"disclosure.within":             "See whether each one is a breach, and stop what lies outside the rule.",
	"erasure.told":                  "Tell those who were given the data.",
	"index.fresh":                   "Run tenet index.",
	"keys.backed-up":                "Back up the key folder, apart from the rest.",
	"ledger.verifies":               "Restore the store from a backup, and find out who changed it.",
	"maps.confirmed":                "Confirm each map under Maps.",
	"markers.ended":                 "Take off the warnings that are over, and give an end to those that have none.",
	"notice.lint-clean":             "Run tenet notice check, and mend what it finds.",
	"notice.reviewed":               "Look at the notice again, and write it down.",
	"notice.versions-kept":          "Restore the versions that are missing from a backup.",
	"packs.sealed":                  "Find out who changed the sealed answers, and restore them from a backup.",
	"packs.verified":                "Tell those whose data was handed over, and see whether it is a breach.",
	"policy.current":                "Look at the papers again that are named.",
	"recipients.agreement":          "Make the agreement, or stop giving them data.",
	"records.filled":                "Fill in the records that are named.",
	"records.may-be-blank":          "Let the column be left empty.",
	"register.complete":             "Fill in what the examples name.",
	"requests.acknowledged":         "Write to those who wait, today.",
	"requests.approved-by-second":   "Let somebody else approve from now on; what was sent stays as it is.",
	"requests.extension-told":       "Tell those who wait that it takes longer, and why.",
	"requests.identity-before-data": "See whether each answer reached the right person; if not, it is a breach.",
	"requests.no-fee":               "Give back what was paid, and answer without.",
	"requests.on-time":              "Answer those that are late. One that was late stays late until it is a year old.",
	"retention.own":                 "Let Tenet delete on schedule (tenet keep due shows what waits and why), or give the records a rule.",
	"retention.applied":             "Delete what is past its time, or record the hold that keeps it.",
	"sources.readable":              "Run tenet source check, and give the login what it lacks.",
	"special.compartment":           "Move it to the tables that are kept apart.",
	"staff.disabled-out":            "Disable the accounts of those who have left.",
	"transfers.safeguard":           "Put a safeguard in place, or stop the transfer.",
	"views.reasoned":                "Ask those who looked what it was for.",
	"web.cookies":                   "Take the cookie off the sites, or put it on the list if its use allows.",
	"web.forms":                     "Take the question off the form, and delete the answers.",
}

// Mend is what would turn the promise into one that is kept: of each check that stands
// in the way, once. Empty where nothing does.
func (r Result) Mend() string {
	var out []string
	for _, e := range r.Evidence {
		if says := e.Mend(); e.Status == r.Status && says != "" && !slices.Contains(out, says) {
			out = append(out, says)
		}
	}
	return strings.Join(out, " ")
}

// Mend is what would turn the check into one that finds the promise kept.
func (e Evidence) Mend() string {
	switch e.Status {
	case Broken:
		return mends[e.Check]
	case Unproven:
		return e.Cause.Mend()
	}
	return ""
}

// SaysOf is what a kind of check looks at, in words; empty for one that there is not.
func SaysOf(check string) string {
	k, _ := kindOf(check)
	return k.Says
}
