package rule

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Facts are what is known of a case: of each subject, its states. The fact
// tenancy.new stands here as tenancy: [new]. A state that is known not to be stands
// with not- before it: supplier: [not-signed-up]. What is not here is not known.
type Facts map[string][]string

// Truth is what the facts say of a statement.
type Truth int

// What they may say.
const (
	Unknown Truth = iota
	No
	Yes
)

var (
	subject = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	dotted  = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}\.[a-z0-9][a-z0-9-]{0,39}$`)
	state   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,43}$`)
)

// mostFacts bounds what one case may be said to be.
const mostFacts = 100

// Say adds a fact as people write it: tenancy=new, tenancy.new, asked, asked=no.
func (f Facts) Say(text string) error {
	what, value, given := strings.Cut(strings.TrimSpace(text), "=")
	if !given && dotted.MatchString(what) {
		what, value, _ = strings.Cut(what, ".")
	} else if !given {
		value = "yes"
	}
	if of, of2, ok := strings.Cut(what, "."); ok && dotted.MatchString(what) { // tenancy.new=no
		switch value {
		case "yes", "true":
			what, value = of, of2
		case "no", "false":
			what, value = of, "not-"+of2
		}
	}
	if !subject.MatchString(what) || value == "" {
		return fmt.Errorf("%.60q is no fact: write subject=state, such as tenancy=new or asked=yes", text)
	}
	for v := range strings.SplitSeq(value, ",") {
		switch v {
		case "true":
			v = "yes"
		case "false":
			v = "no"
		}
		if !state.MatchString(v) {
			return fmt.Errorf("%.60q is no fact: a state is small letters, digits and hyphens", text)
		}
		if !slices.Contains(f[what], v) {
			f[what] = append(f[what], v)
		}
	}
	if len(f) > mostFacts || len(f[what]) > mostFacts {
		return fmt.Errorf("more than %d facts are given", mostFacts)
	}
	return nil
}

// Strings are the facts as Say reads them, in order.
func (f Facts) Strings() []string {
	var out []string
	for _, s := range slices.Sorted(maps.Keys(f)) {
		for _, v := range slices.Sorted(slices.Values(f[s])) {
			out = append(out, s+"="+v)
		}
	}
	return out
}

// Is says whether a subject is in a state, by what is said of it and nothing else.
// What is said both ways is not known.
func (f Facts) Is(subject, state string) Truth {
	yes, no := slices.Contains(f[subject], state), slices.Contains(f[subject], "not-"+state)
	if state == "yes" {
		no = no || slices.Contains(f[subject], "no")
	}
	switch {
	case yes && !no:
		return Yes
	case no && !yes:
		return No
	}
	return Unknown
}

// any is the best of several statements: each is enough.
func (f Facts) any(of ...[2]string) Truth {
	best := No
	for _, s := range of {
		switch f.Is(s[0], s[1]) {
		case Yes:
			return Yes
		case Unknown:
			best = Unknown
		}
	}
	return best
}
