package cases

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/law"
)

// State is how far a case has come.
type State string

// The states.
const (
	Received  State = "received"  // open, nothing prepared
	Drafted   State = "drafted"   // a sealed draft is ready to be looked at
	Approved  State = "approved"  // the draft may be handed over
	Released  State = "released"  // it was
	Refused   State = "refused"   // the person was told no, and why
	Withdrawn State = "withdrawn" // the person does not want it any more
	Closed    State = "closed"    // nothing more will happen
)

// States is all of them, in the order of a case's life.
func States() []State {
	return []State{Received, Drafted, Approved, Released, Refused, Withdrawn, Closed}
}

// Running reports whether the clock runs: the person has had no answer.
func (s State) Running() bool { return s == Received || s == Drafted || s == Approved }

// Action is something done to a case.
type Action string

// The actions.
const (
	Opens      Action = "open"
	Notes      Action = "note"
	Describes  Action = "describe" // learns more about the person
	Asks       Action = "ask"      // for identity, authority, a fee, or clarification
	Receives   Action = "receive"  // what was asked for
	Identifies Action = "identify"
	Extends    Action = "extend"
	Reclocks   Action = "reclock" // the deadline moved because the holidays did
	Codes      Action = "code"    // gives the person a new code to follow the case with
	Decides    Action = "decide"
	Drafts     Action = "draft"
	Approves   Action = "approve"
	Releases   Action = "release"
	Takes      Action = "take" // a member of staff takes a copy of the pack
	Refuses    Action = "refuse"
	Withdraws  Action = "withdraw"
	Closes     Action = "close"
	Forgets    Action = "forget"
)

// Entry is the name of the act in the ledger.
func (a Action) Entry() string {
	return map[Action]string{
		Opens: "case.opened", Notes: "case.noted", Describes: "case.described",
		Asks: "case.asked", Receives: "case.received", Identifies: "case.identified",
		Extends: "case.extended", Reclocks: "case.reclocked", Codes: "case.code-set",
		Decides: "case.decided", Drafts: "case.drafted", Approves: "case.approved",
		Releases: "case.released", Takes: "case.pack-taken", Refuses: "case.refused",
		Withdraws: "case.withdrawn", Closes: "case.closed", Forgets: "case.forgotten",
	}[a]
}

// Need is what must be true of a case before a step.
type Need string

// The needs.
const (
	NeedsIdentity Need = "identity is recorded"
	NeedsDraft    Need = "there is a draft"
	NeedsFresh    Need = "the draft has every decision in it"
)

// Transition is one row of the table of what may be done.
type Transition struct {
	Regime law.Regime // whose cases; empty for every regime
	From   State      // empty where there is no case yet
	Action Action
	To     State
	Needs  []Need
	Entry  string // the act in the ledger that it writes
}

// Transitions is everything that may be done to a case.
func Transitions() []Transition {
	var all []Transition
	add := func(regime law.Regime, action Action, to State, needs []Need, from ...State) {
		for _, f := range from {
			t := Transition{regime, f, action, to, needs, action.Entry()}
			if to == "" {
				t.To = f
			}
			all = append(all, t)
		}
	}
	ready := []Need{NeedsIdentity, NeedsDraft, NeedsFresh}

	// Every case can be opened, noted, and have its clock told what happened.
	add("", Opens, Received, nil, "")
	add("", Notes, "", nil, States()...)
	add("", Describes, "", nil, Received, Drafted)
	add("", Asks, "", nil, Received, Drafted)
	add("", Receives, "", nil, Received, Drafted, Approved)
	add("", Identifies, "", nil, Received, Drafted)
	add("", Extends, "", nil, Received, Drafted, Approved)
	add("", Reclocks, "", nil, Received, Drafted, Approved)
	add("", Codes, "", nil, Received, Drafted, Approved, Released)
	add("", Withdraws, Withdrawn, nil, Received, Drafted, Approved)
	add("", Closes, Closed, nil, Released, Refused, Withdrawn)
	add("", Forgets, "", nil, Closed)

	// Answering: so far, requests for access. Whatever changes the answer after it
	// was approved undoes the approval.
	add(law.Access, Decides, "", nil, Received, Drafted)
	add(law.Access, Decides, Drafted, nil, Approved)
	add(law.Access, Drafts, Drafted, nil, Received, Drafted, Approved)
	add(law.Access, Approves, Approved, ready, Drafted)
	add(law.Access, Releases, Released, ready, Approved, Released)
	add(law.Access, Takes, "", ready, Approved, Released)
	add(law.Access, Refuses, Refused, nil, Received, Drafted, Approved)
	return all
}

// Diagram draws the steps that change the state, as Mermaid text.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, t := range Transitions() {
		if t.From == t.To {
			continue
		}
		from := string(t.From)
		if from == "" {
			from = "[*]"
		}
		fmt.Fprintf(&b, "    %s --> %s: %s", from, t.To, t.Action)
		if len(t.Needs) > 0 {
			needs := make([]string, len(t.Needs))
			for i, n := range t.Needs {
				needs[i] = string(n)
			}
			fmt.Fprintf(&b, " (%s)", strings.Join(needs, ", "))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "    %s --> [*]\n", Closed)
	return b.String()
}

// transition finds the row for an action on a case, and checks its needs.
func (k *Case) transition(a Action) (Transition, error) {
	var regimes, states []string
	for _, t := range Transitions() {
		if t.Action != a {
			continue
		}
		if t.Regime != "" && t.Regime != k.Regime {
			if !slices.Contains(regimes, string(t.Regime)) {
				regimes = append(regimes, string(t.Regime))
			}
			continue
		}
		if t.From == k.State {
			return t, k.meets(t)
		}
		states = append(states, string(t.From))
	}
	if len(states) == 0 {
		return Transition{}, &Error{Code: CodeKind,
			Message: fmt.Sprintf("Tenet cannot yet %s a case of kind %s; it can for: %s", a, k.Regime, strings.Join(regimes, ", ")),
			Mend:    "answer it by hand and write down here what was done, as notes"}
	}
	return Transition{}, &Error{Code: CodeState,
		Message: fmt.Sprintf("the case is %s; to %s it, it must be %s", k.State, a, strings.Join(states, " or "))}
}

func (k *Case) meets(t Transition) error {
	for _, n := range t.Needs {
		var mend string
		switch n {
		case NeedsIdentity:
			if k.Identity == nil {
				mend = "record first how it is known that the person is who they say they are"
			}
		case NeedsDraft:
			if k.Draft == nil {
				mend = "make the draft first"
			}
		case NeedsFresh:
			if k.Draft != nil && k.Draft.Decided != k.Decided {
				mend = "make the draft again: something was decided after it was made"
			}
		}
		if mend != "" {
			return &Error{Code: CodeNeeds, Message: fmt.Sprintf("to %s a case, it is needed that %s", t.Action, n), Mend: mend}
		}
	}
	return nil
}
