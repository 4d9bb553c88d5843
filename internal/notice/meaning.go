package notice

import (
	"fmt"
	"strings"
)

// Means says in a sentence what a change means for people, in one of [PhraseLanguages];
// English where there are no phrases in the language. What the notice itself says stands
// in it in the language it was written in.
func (c Change) Means(language Language) string {
	say, ok := phrases()[language]
	if !ok {
		say = phrases()["en"]
	}
	what := c.Title
	if what == "" {
		what = c.New
	}
	if what == "" {
		what = c.Old
	}
	what = strings.TrimSuffix(what, ".")
	switch field := c.Field[strings.LastIndex(c.Field, ".")+1:]; {
	case field == "period":
		t := tables{say: say}
		what = fromTo(say, what, t.period(c.Old), t.period(c.New))
	case field == "count":
		t := tables{say: say}
		what = fromTo(say, what, t.length(c.Old), t.length(c.New))
	case c.Title == "" && c.Field != "":
		what = fromTo(say, c.Field, c.Old, c.New)
	}
	var more []string
	for _, names := range []struct {
		key  string
		list []string
	}{{"means-also", c.Came}, {"means-not-now", c.Went}} {
		if len(names.list) > 0 {
			more = append(more, strings.ReplaceAll(say[names.key], "{names}", strings.Join(names.list, ", ")))
		}
	}
	if len(more) > 0 {
		what += " (" + strings.Join(more, "; ") + ")"
	}
	key := "means-" + string(c.Kind)
	if c.Thing == "channel" { // fewer ways to ask are worse for people, and more are better
		key = map[ChangeKind]string{Widens: "means-adds-channel", Narrows: "means-removes-channel"}[c.Kind]
	}
	words, ok := say[key]
	if !ok {
		words = say["means-changes-rule"]
	}
	return strings.NewReplacer("{what}", what).Replace(words)
}

// length says how long a clock runs, as a comparison writes it.
func (t tables) length(written string) string {
	var c Clock
	if n, _ := fmt.Sscanf(written, "%d %s", &c.Count, &c.Unit); n != 2 {
		return written
	}
	return t.clock(c)
}

// fromTo says of a thing what it was and what it is.
func fromTo(say map[string]string, what, was, is string) string {
	if was == "" {
		was = say["none"]
	}
	if is == "" {
		is = say["none"]
	}
	return strings.NewReplacer("{what}", what, "{old}", was, "{new}", is).Replace(say["means-from-to"])
}

// Different are the aligned sentences that are not the same in both versions, in reading
// order.
func (c Comparison) Different() []Aligned {
	var out []Aligned
	for _, s := range c.Sentences {
		if s.Old == nil || s.New == nil || s.Old.Text != s.New.Text {
			out = append(out, s)
		}
	}
	return out
}

// Rules are the changes of what decides. Those of sentences are left out, as the sentences
// themselves stand beside each other, and so are the days of the versions.
func (c Comparison) Rules() []Change {
	var out []Change
	for _, x := range c.Changes {
		if x.Thing != "sentence" && !(x.Thing == "landlord" && (x.Field == "effective" || x.Field == "until")) {
			out = append(out, x)
		}
	}
	return out
}
