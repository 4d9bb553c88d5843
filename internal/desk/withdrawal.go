package desk

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Withdrawal is what it means, by the notice, that somebody takes their consent back.
type Withdrawal struct {
	Stops   []notice.Use // what rests on consent and on nothing else
	Effects []string     // what the notice says it means for the service
	Stays   []notice.Use // what uses the same data on another basis
	Silent  []notice.Use // what uses them and has no basis in the notice: a person decides
}

// Withdrawal says what stops when consent is taken back, and what goes on.
func (d *Desk) Withdrawal() Withdrawal {
	var out Withdrawal
	touched := map[notice.ID]bool{}
	for _, u := range d.Notice.Uses.Uses {
		if u.Basis != notice.Consent {
			continue
		}
		out.Stops = append(out.Stops, u)
		if u.Consent != nil && u.Consent.Effect != "" && !slices.Contains(out.Effects, u.Consent.Effect) {
			out.Effects = append(out.Effects, u.Consent.Effect)
		}
		for _, c := range u.Categories {
			touched[c] = true
		}
	}
	for _, u := range d.Notice.Uses.Uses {
		if u.Basis == notice.Consent || !slices.ContainsFunc(u.Categories, func(c notice.ID) bool { return touched[c] }) {
			continue
		}
		if u.Basis == "" {
			out.Silent = append(out.Silent, u)
		} else {
			out.Stays = append(out.Stays, u)
		}
	}
	return out
}

// Explains tells the person what goes on and why, and what they may do about it; empty
// where nothing does. A use for which the notice names no basis is not explained away.
func (w Withdrawal) Explains() string {
	var lines []string
	for _, b := range law.Bases() {
		var what []string
		for _, u := range w.Stays {
			if law.Basis(u.Basis) == b {
				what = append(what, strings.TrimSuffix(u.Purpose, "."))
			}
		}
		if what == nil {
			continue
		}
		a, err := law.Available(law.RightWithdraw, b, law.Circumstances{})
		if err != nil { // of a basis that the law has none is
			continue
		}
		lines = append(lines, strings.Join(what, "; ")+". "+a.Words)
	}
	if lines == nil {
		return ""
	}
	return "We still use the same information for this:\n" + strings.Join(lines, "\n")
}

// staying adds, to the answer to somebody who takes their consent back, what goes on
// although they did, unless the answer has words of its own on top.
func (d *Desk) staying(k law.Kind, o law.Outcome, parts []Part) []Part {
	if k != law.KindWithdrawal || o == law.Denied || slices.ContainsFunc(parts, func(p Part) bool { return p.ID == "more" && strings.TrimSpace(p.Words) != "" }) {
		return parts
	}
	w := d.Withdrawal()
	words := w.Explains()
	if len(w.Effects) > 0 {
		words = strings.TrimSpace(fmt.Sprintf("%s\n%s", strings.Join(w.Effects, "\n"), words))
	}
	if words == "" {
		return parts
	}
	return append(parts, Part{"more", words})
}
