package incident

import (
	"fmt"
	"slices"
	"strings"
)

// State is how far an incident has come.
type State string

// The states.
const (
	Reported  State = "reported"  // nobody has looked at it
	NoBreach  State = "no-breach" // no personal data were compromised
	Breach    State = "breach"    // a personal data breach whose risk is not decided
	Recorded  State = "recorded"  // a risk to people is unlikely: it is recorded and not reported
	ToReport  State = "to-report" // the regulator is to be told
	Notified  State = "notified"  // the regulator was told
	Passed    State = "passed"    // whoever we hold the data for or with was told, and we have not decided the risk
	Concluded State = "closed"    // nothing more will happen
)

// States is all of them, in the order of an incident's life.
func States() []State {
	return []State{Reported, NoBreach, Breach, Recorded, ToReport, Notified, Passed, Concluded}
}

// Words is the state as it stands in a sentence about an incident that is something.
func (s State) Words() string {
	return map[State]string{
		Reported: "reported, and nobody has looked at it", NoBreach: "found to be no personal data breach", Breach: "a personal data breach whose risk is not decided",
		Recorded: "recorded as one with no likely risk", ToReport: "to be reported to the regulator", Notified: "reported to the regulator",
		Passed: "passed on to whoever decides over the data", Concluded: "closed",
	}[s]
}

// Action is something done to an incident.
type Action string

// The actions.
const (
	Opens     Action = "open"
	Notes     Action = "note"
	Confirms  Action = "confirm" // that it is a personal data breach
	Dismisses Action = "dismiss" // it is none
	Describes Action = "describe"
	Assesses  Action = "assess"
	Clears    Action = "decide-none" // a risk to people is unlikely
	Warns     Action = "decide-risk" // there is a risk
	Alarms    Action = "decide-high" // there is a high risk
	Notifies  Action = "notify"      // tells the regulator
	Passes    Action = "pass"        // tells the controller, another controller, or a client
	Lists     Action = "list-people"
	Tells     Action = "tell-people"
	Hears     Action = "told" // a letter to one of them went out
	Excepts   Action = "except"
	Publishes Action = "publish"
	Tasks     Action = "task"
	Finishes  Action = "finish"
	Fails     Action = "measure" // names the measure that failed
	Bans      Action = "ban"
	Refers    Action = "police"
	Learns    Action = "learn"
	Closes    Action = "close"
	Reopens   Action = "reopen"

	// Forgets and Deletes are not steps that anybody takes: see [Incidents.Forget].
	Forgets Action = "forget"
	Deletes Action = "delete"
)

// Entry is the name of the act in the ledger.
func (a Action) Entry() string {
	return map[Action]string{
		Opens: "incident.reported", Notes: "incident.noted", Confirms: "incident.breach", Dismisses: "incident.no-breach", Describes: "incident.described",
		Assesses: "incident.assessed", Clears: "incident.decided", Warns: "incident.decided", Alarms: "incident.decided", Notifies: "incident.regulator-told",
		Passes: "incident.passed-on", Lists: "incident.people-listed", Tells: "incident.people-written-to", Hears: "incident.person-told", Excepts: "incident.people-excepted",
		Publishes: "incident.published", Tasks: "incident.task-given", Finishes: "incident.task-finished", Fails: "incident.measure-failed", Bans: "incident.address-banned",
		Refers: "incident.police-told", Learns: "incident.lessons", Closes: "incident.closed", Reopens: "incident.reopened",
		Forgets: "incident.forgotten", Deletes: "incident.deleted",
	}[a]
}

// Words is the act in a sentence after "to".
func (a Action) Words() string {
	return map[Action]string{
		Opens: "report it", Notes: "keep a note", Confirms: "find that it is a personal data breach", Dismisses: "find that it is no personal data breach",
		Describes: "write down what is known", Assesses: "assess the risk", Clears: "decide that a risk is unlikely", Warns: "decide that there is a risk", Alarms: "decide that there is a high risk",
		Notifies: "record that the regulator was told", Passes: "record that a controller or client was told", Lists: "list whom it touches", Tells: "write to people",
		Hears: "record that somebody was told", Excepts: "record why people are not told one by one", Publishes: "record that the public was told", Tasks: "give a task",
		Finishes: "finish a task", Fails: "name a measure that failed", Bans: "shut an address out", Refers: "record that the police were told", Learns: "write down cause and lessons",
		Closes: "close it", Reopens: "take it up again", Forgets: "forget it", Deletes: "delete it",
	}[a]
}

// Need is what a step needs.
type Need string

// The needs.
const (
	NeedsReason     Need = "reason"
	NeedsAware      Need = "aware"      // when the landlord was aware, and how that is known
	NeedsController Need = "controller" // we decide over the data; a processor's duty is to its controller (UK GDPR Art 33(2))
	NeedsProcessor  Need = "processor"
	NeedsAlone      Need = "processor-alone" // and decides nothing itself
	NeedsAssessed   Need = "assessed"
	NeedsDelay      Need = "delay"  // the reasons, where the regulator is told late (UK GDPR Art 33(1))
	NeedsWhole      Need = "whole"  // the last report holds all that Art 33(3) asks for
	NeedsPeople     Need = "people" // at a high risk: everybody was told, or an exception of Art 34(3) is recorded
	NeedsTasks      Need = "tasks"  // every task is finished
	NeedsCause      Need = "cause"  // root cause and remedial action are written down (UK GDPR Art 33(5))
)

// Says is the need in a sentence.
func (n Need) Says() string {
	return map[Need]string{
		NeedsReason:     "The reasons are recorded.",
		NeedsAware:      "It is recorded when the landlord was aware, and how that is known.",
		NeedsController: "The landlord is a controller of the data: a processor tells its controller, who decides (UK GDPR Art 33(2)).",
		NeedsProcessor:  "There is somebody else to tell: the landlord holds the data for a controller, jointly with one, or under a contract.",
		NeedsAlone:      "The landlord is a processor alone: where it is a controller, somebody decides the risk first.",
		NeedsAssessed:   "The risk to people is assessed.",
		NeedsDelay:      "The report is late, so it gives the reasons for the delay (UK GDPR Art 33(1)).",
		NeedsWhole:      "The regulator has all that Art 33(3) asks for: send what was to follow.",
		NeedsPeople:     "At a high risk everybody on the list was told, or an exception of UK GDPR Art 34(3) is recorded.",
		NeedsTasks:      "Every task is finished.",
		NeedsCause:      "The cause, and what was done about it, are recorded (UK GDPR Art 33(5)).",
	}[n]
}

// Transition is one row of the table of what may be done.
type Transition struct {
	From   State // empty where there is no incident yet
	Action Action
	To     State
	Needs  []Need
	Entry  string
}

// Transitions is everything that may be done to an incident.
func Transitions() []Transition {
	var all []Transition
	add := func(a Action, to State, needs []Need, from ...State) {
		for _, f := range from {
			t := Transition{f, a, to, needs, a.Entry()}
			if to == "" {
				t.To = f
			}
			all = append(all, t)
		}
	}
	needs := func(n ...Need) []Need { return n }
	open := []State{Reported, NoBreach, Breach, Recorded, ToReport, Notified, Passed}
	breach := []State{Breach, Recorded, ToReport, Notified, Passed}
	decided := []State{Recorded, ToReport, Notified}

	add(Opens, Reported, nil, "")
	add(Notes, "", nil, States()...)
	add(Describes, "", nil, open...)
	add(Confirms, Breach, needs(NeedsAware), Reported, NoBreach)
	add(Confirms, "", needs(NeedsAware), breach...) // what was found at triage is put right
	add(Dismisses, NoBreach, needs(NeedsReason), Reported, Breach, Recorded, ToReport, Passed)
	add(Assesses, "", nil, breach...)
	decide := needs(NeedsController, NeedsAware, NeedsAssessed, NeedsReason)
	add(Clears, Recorded, decide, Breach, Recorded, ToReport, Passed)
	add(Warns, ToReport, decide, Breach, Recorded, ToReport, Passed)
	add(Alarms, ToReport, decide, Breach, Recorded, ToReport, Passed)
	for _, a := range []Action{Clears, Warns, Alarms} { // what the regulator knows stays known
		add(a, "", decide, Notified)
	}
	// The regulator may be told before anybody has decided: hours count.
	add(Notifies, Notified, needs(NeedsController, NeedsAware, NeedsDelay), Breach, ToReport, Recorded, Passed, Notified)
	add(Passes, Passed, needs(NeedsProcessor), Breach)
	add(Passes, "", needs(NeedsProcessor), append(slices.Clone(decided), Passed)...)
	add(Lists, "", nil, breach...)
	for _, a := range []Action{Tells, Hears, Publishes} {
		add(a, "", nil, append(slices.Clone(breach), Concluded)...)
	}
	add(Excepts, "", needs(NeedsReason), decided...)
	for _, a := range []Action{Tasks, Finishes, Fails, Refers, Bans, Learns} {
		add(a, "", nil, open...)
	}
	ending := needs(NeedsTasks, NeedsCause)
	add(Closes, Concluded, needs(NeedsReason, NeedsTasks), NoBreach)
	add(Closes, Concluded, append(slices.Clone(ending), NeedsPeople), Recorded)
	add(Closes, Concluded, append(slices.Clone(ending), NeedsPeople, NeedsWhole), Notified)
	add(Closes, Concluded, append(slices.Clone(ending), NeedsAlone), Passed)
	add(Reopens, Reported, needs(NeedsReason), Concluded)
	return all
}

// row finds the row for an action on an incident; it does not look at its needs.
func (i *Incident) row(a Action) (Transition, error) {
	if !i.Forgotten.IsZero() {
		return Transition{}, &Error{Code: CodeState, Message: fmt.Sprintf("the particulars of %s were destroyed on %s", i.Number, i.Forgotten.Format("2006-01-02")), Mend: "report a new incident"}
	}
	var states []string
	for _, t := range Transitions() {
		if t.Action != a {
			continue
		}
		if t.From == i.State {
			return t, nil
		}
		states = append(states, t.From.Words())
	}
	return Transition{}, &Error{Code: CodeState, Message: fmt.Sprintf("it is not possible to %s: the incident is %s", a.Words(), i.State.Words()), Mend: "it must be " + strings.Join(states, ", or ")}
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
		fmt.Fprintf(&b, "    %s --> %s: %s\n", from, t.To, t.Action)
	}
	fmt.Fprintf(&b, "    %s --> [*]\n", Concluded)
	return b.String()
}

// Table writes the table as Markdown, rows that differ only in where they begin as one.
func Table() string {
	type line struct{ text, from string }
	var lines []line
	for _, t := range Transitions() {
		to, from := string(t.To), string(t.From)
		if t.From == t.To {
			to = "as it was"
		}
		if from == "" {
			from = "nothing"
		}
		var needs []string
		for _, n := range t.Needs {
			needs = append(needs, string(n))
		}
		text := fmt.Sprintf("| %s | %%s | %s | %s | `%s` |\n", t.Action, to, strings.Join(needs, ", "), t.Entry)
		if i := slices.IndexFunc(lines, func(l line) bool { return l.text == text }); i >= 0 {
			lines[i].from += ", " + from
			continue
		}
		lines = append(lines, line{text, from})
	}
	var b strings.Builder
	b.WriteString("| action | from | to | needs | ledger |\n|---|---|---|---|---|\n")
	for _, l := range lines {
		fmt.Fprintf(&b, l.text, l.from)
	}
	return b.String()
}
