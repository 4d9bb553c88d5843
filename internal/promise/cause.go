package promise

// Cause is what keeps a check from a verdict, for those who want to know what to do
// first: fifty promises that wait for one map are one piece of work.
type Cause string

// The causes.
const (
	NotBuilt       Cause = "not-built"        // Tenet cannot look at it yet
	AskedWrongly   Cause = "asked-wrongly"    // promises.yaml asks for what is not there
	NotNamed       Cause = "not-named"        // nobody has said which system records it
	NoMap          Cause = "no-map"           // a map is missing, or does not say enough
	NotRead        Cause = "not-read"         // a system, a table or a value could not be read
	NoWord         Cause = "no-word"          // it rests on a person's word, and nobody has given it or it is over
	NothingToCount Cause = "nothing-to-count" // all was read, and there was none
)

// Causes are all of them, in the order in which they count where a check has several:
// what must be done before the others comes first.
func Causes() []Cause {
	return []Cause{NotBuilt, AskedWrongly, NotNamed, NoMap, NotRead, NoWord, NothingToCount}
}

// causes are what is said of each, and what would mend it.
var causes = map[Cause]struct{ says, mend string }{
	NotBuilt:       {"not built yet", "Wait for a version that can look at it, or let somebody answer for it meanwhile with attested."},
	AskedWrongly:   {"asked wrongly", "Mend the check in promises.yaml, at the line that is named."},
	NotNamed:       {"no system is named", "Say which system records it: add in: SOURCE.TABLE to the check in promises.yaml."},
	NoMap:          {"no map says so", "Complete the map of the system: which rule of keeping its tables are under, from which day their time counts, and who the names in it are."},
	NotRead:        {"not read, or not wholly", "See under Sources why it cannot be read. A system with hours is read in them."},
	NoWord:         {"nobody has said so", "Ask whoever answers for it, and write down what shows it."},
	NothingToCount: {"nothing to count", "Nothing is wrong: there has been nothing that could be kept or broken."},
}

// Says is the cause in a few words, after "unproven because".
func (c Cause) Says() string { return causes[c].says }

// Mend is what would turn it into a verdict.
func (c Cause) Mend() string { return causes[c].mend }

// cause is the one that counts most of several; none where there are none.
func cause(of []Cause) Cause {
	for _, c := range Causes() {
		for _, one := range of {
			if one == c {
				return c
			}
		}
	}
	return ""
}

// Cause is what keeps a promise from a verdict, by the check of it that has most in
// the way; empty where it has one.
func (r Result) Cause() Cause {
	if r.Status != Unproven {
		return ""
	}
	var all []Cause
	for _, e := range r.Evidence {
		if e.Status == Unproven {
			all = append(all, e.Cause)
		}
	}
	if len(all) == 0 {
		return NotRead
	}
	return cause(all)
}
