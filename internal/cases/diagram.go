package cases

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/law"
)

// Diagram draws the steps that change the state, as Mermaid text.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	drawn := map[string]bool{}
	for _, t := range table() {
		if t.From == t.To {
			continue
		}
		from := string(t.From)
		if from == "" {
			from = "[*]"
		}
		line := fmt.Sprintf("    %s --> %s: %s\n", from, t.To, t.Action)
		if !drawn[line] { // once, where kinds differ only in what is needed
			b.WriteString(line)
		}
		drawn[line] = true
	}
	fmt.Fprintf(&b, "    %s --> [*]\n", Closed)
	return b.String()
}

// Table writes every row of the table as Markdown, the rows that differ only in
// where they begin as one; and what each kind of case is.
func Table() string {
	var b strings.Builder
	b.WriteString("| action | kinds | from | to | needs | clock | ledger |\n|---|---|---|---|---|---|---|\n")
	type line struct{ text, from string }
	var lines []line
	for _, t := range table() {
		to := string(t.To)
		if t.From == t.To {
			to = "as it was"
		}
		kinds := "all"
		if t.Kinds != nil {
			kinds = words(t.Kinds)
			if rest := which(func(h law.Handling) bool { return !slices.Contains(t.Kinds, h.Kind) }); len(rest) < len(t.Kinds) {
				kinds = "all but " + words(rest)
			}
		}
		text := fmt.Sprintf("| %s | %s | %%s | %s | %s | %s | `%s` |\n", t.Action, kinds, to, words(t.Needs), t.Effect, t.Entry)
		from := string(t.From)
		if from == "" {
			from = "nothing"
		}
		if i := slices.IndexFunc(lines, func(l line) bool { return l.text == text }); i >= 0 {
			lines[i].from += ", " + from
			continue
		}
		lines = append(lines, line{text, from})
	}
	for _, l := range lines {
		fmt.Fprintf(&b, l.text, l.from)
	}
	b.WriteString("\n## Kinds\n\n| kind | numbers | clocks | sure who asks | clarifying | grounds for refusing | after a refusal | rests on |\n|---|---|---|---|---|---|---|---|\n")
	for _, k := range law.Kinds() {
		h, _ := k.Handling()
		var clocks, grounds []string
		for _, w := range h.Clocks {
			clocks = append(clocks, string(w.Regime))
		}
		for _, g := range law.GroundsFor(k) {
			grounds = append(grounds, g.ID)
		}
		if len(grounds) == 0 {
			grounds = []string{"none: it may not be refused"}
		}
		if k == law.KindBreach {
			grounds = []string{"nobody asks"}
		}
		clarifying := string(h.Clarified())
		if h.Clarified() == law.Nothing {
			clarifying = "moves nothing"
		}
		fmt.Fprintf(&b, "| %s | %s-2026-0001 | %s | %s | %s | %s | %s | %s |\n", k, h.Series, strings.Join(clocks, ", "), h.Proof, clarifying,
			strings.Join(grounds, ", "), strings.Join(law.Routes(k), ", "), h.Words())
	}
	return b.String()
}
