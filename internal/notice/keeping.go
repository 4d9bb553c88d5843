package notice

import "strings"

// Keeping is keeping.yaml: how long data stays, and what then happens to it.
type Keeping struct {
	Silent   bool       `yaml:"silent" doc:"true if the notice says nothing of how long data is kept"`
	Schedule ID         `yaml:"schedule" ref:"document" doc:"the retention schedule the notice points to instead of giving periods"`
	Triggers []Trigger  `yaml:"triggers" doc:"events from which time is counted"`
	Holds    []Hold     `yaml:"holds" doc:"reasons not to delete although the time has come"`
	Rules    []KeepRule `yaml:"rules" doc:"how long each kind of record is kept"`
	Leaving  *Leaving   `yaml:"leaving" doc:"what is looked at when someone stops being a customer"`
	Stores   []Storage  `yaml:"stores" doc:"where the data lies: computers, paper, suppliers"`
	Security []Measure  `yaml:"security" doc:"what the notice says is done to keep data safe"`
}

// Trigger is an event that starts a retention period.
type Trigger struct {
	Pos   `json:"-"`
	ID    ID       `yaml:"id,required" id:"trigger" json:"id" doc:"a short name"`
	Title string   `yaml:"title,required" json:"title" doc:"the event, fit to follow “after”"`
	Own   OwnEvent `yaml:"own" json:"own,omitempty" doc:"which event it is in the life of a record that Tenet keeps itself"`
}

// Hold is a reason not to delete. It ends; it is never for ever.
type Hold struct {
	Pos         `json:"-"`
	ID          ID     `yaml:"id,required" id:"hold" json:"id" doc:"a short name"`
	Title       string `yaml:"title,required" json:"title" doc:"what is going on"`
	Until       string `yaml:"until,required" json:"until" doc:"what ends it"`
	Keeps       []ID   `yaml:"keeps" ref:"category" json:"keeps,omitempty" doc:"the only categories it keeps; left out means all that the rule covers"`
	ReviewEvery Period `yaml:"review-every" json:"review_every,omitempty" doc:"how often somebody asks whether it is still needed"`
}

// KeepRule is one line of the retention schedule.
type KeepRule struct {
	Pos        `json:"-"`
	ID         ID          `yaml:"id,required" id:"retention rule" json:"id" doc:"the name that maps use"`
	Title      string      `yaml:"title,required" json:"title" doc:"what is kept, in plain words"`
	Client     ID          `yaml:"client" ref:"client" json:"client,omitempty" doc:"the client for whose records this is the period; left out means our own"`
	Categories []ID        `yaml:"categories,required" ref:"category" json:"categories" doc:"the data this covers"`
	People     []ID        `yaml:"people" ref:"people" json:"people,omitempty" doc:"whose data this covers; left out means everyone's"`
	Trigger    ID          `yaml:"trigger" ref:"trigger" json:"trigger,omitempty" doc:"the event the period is counted from"`
	After      ID          `yaml:"after" ref:"retention rule" json:"after,omitempty" doc:"instead of a trigger: the rule at whose end this one begins"`
	Period     Period      `yaml:"period,required" json:"period" doc:"how long"`
	Action     Action      `yaml:"action,required" json:"action" doc:"what happens then"`
	Holds      []ID        `yaml:"holds" ref:"hold" json:"holds,omitempty" doc:"what may put it off"`
	Why        string      `yaml:"why,required" json:"why" doc:"the law or the need it rests on"`
	Promise    Sentences   `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that tells the public"`
	Records    []OwnRecord `yaml:"records" json:"records,omitempty" doc:"what Tenet keeps itself that goes by this rule"`
}

// Action is what is done at the end of a retention period.
type Action string

// The actions.
const (
	Delete     Action = "delete"
	Anonymise  Action = "anonymise"
	MaskFields Action = "mask"
	LookAgain  Action = "review"
)

func (Action) values() []string {
	return []string{string(Delete), string(Anonymise), string(MaskFields), string(LookAgain)}
}

// Trigger finds a trigger by its ID.
func (k *Keeping) Trigger(id ID) (Trigger, bool) {
	return byID(k.Triggers, id, func(t Trigger) ID { return t.ID })
}

// Rule finds a retention rule by its ID.
func (k *Keeping) Rule(id ID) (KeepRule, bool) {
	return byID(k.Rules, id, func(r KeepRule) ID { return r.ID })
}

// Says puts a rule into words: "6 years after your tenancy ends".
func (k *Keeping) Says(r KeepRule) string {
	if t, ok := k.Trigger(r.Trigger); ok {
		return r.Period.Words() + " after " + t.Title
	}
	// Load has made sure that chains of rules end.
	if before, ok := k.Rule(r.After); ok {
		return r.Period.Words() + " more, from the end of: " + k.Says(before)
	}
	return r.Period.Words()
}

func (k *Keeping) check(ps *problems) {
	for _, r := range k.Rules {
		if (r.Trigger == "") == (r.After == "") {
			ps.add(r.Pos, "rules["+string(r.ID)+"]", "must have a trigger or an after, and not both", "name the event, or the rule at whose end this one begins")
		}
	}
	k.checkLoops(ps)
	k.checkClients(ps)
	k.checkOwn(ps)
}

// checkLoops follows after from rule to rule, and reports each chain that comes
// back to where it has been, once.
func (k *Keeping) checkLoops(ps *problems) {
	const (
		unseen = iota
		onPath
		done
	)
	state := make(map[ID]int, len(k.Rules))
	for _, r := range k.Rules {
		var path []KeepRule
		for at, ok := r, true; ok; at, ok = k.Rule(at.After) {
			if state[at.ID] == done {
				break
			}
			path = append(path, at)
			if state[at.ID] == onPath {
				ps.add(at.Pos, "rules["+string(at.ID)+"].after", "the rules wait for each other in a loop: "+chain(path), "give one of them a trigger instead")
				break
			}
			state[at.ID] = onPath
			if at.After == "" {
				break
			}
		}
		for _, p := range path {
			state[p.ID] = done
		}
	}
}

// chain writes the loop at the end of a path: a → b → a.
func chain(path []KeepRule) string {
	last := path[len(path)-1].ID
	var names []string
	for _, r := range path {
		if len(names) > 0 || r.ID == last {
			names = append(names, string(r.ID))
		}
	}
	return strings.Join(names, " → ")
}
