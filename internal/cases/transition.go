package cases

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"tenet/internal/law"
)

// State is how far a case has come.
type State string

// The states.
const (
	Received    State = "received"    // open, nothing prepared
	Drafted     State = "drafted"     // a sealed answer is ready to be looked at
	Approved    State = "approved"    // the answer may be handed over
	Released    State = "released"    // it was
	Refused     State = "refused"     // the person was told no, and why
	Withdrawn   State = "withdrawn"   // the person does not want it any more
	Transferred State = "transferred" // the client landlord whose it is has it, and the person knows
	Lapsed      State = "lapsed"      // the person died, and the right ended with them
	Reviewing   State = "reviewing"   // somebody else looks at the answer again
	Reviewed    State = "reviewed"    // and has told the person what they found
	Closed      State = "closed"      // nothing more will happen
)

// States is all of them, in the order of a case's life.
func States() []State {
	return []State{Received, Drafted, Approved, Released, Refused, Withdrawn, Transferred, Lapsed, Reviewing, Reviewed, Closed}
}

// Running reports whether a clock runs: the person waits for an answer.
func (s State) Running() bool {
	return s == Received || s == Drafted || s == Approved || s == Reviewing
}

// Action is something done to a case.
type Action string

// The actions.
const (
	Opens         Action = "open"
	Notes         Action = "note"
	Tells         Action = "tell"      // writes to the person, where they follow the case
	Attaches      Action = "attach"    // keeps a paper that the person or a colleague gave
	Describes     Action = "describe"  // learns more about the person
	Represents    Action = "represent" // learns who acts for the person, and by what authority
	Safeguards    Action = "safeguard" // learns how the person can be reached in safety
	Asks          Action = "clarify"   // asks what is meant
	AsksIdentity  Action = "ask-identity"
	AsksAuthority Action = "ask-authority"
	Charges       Action = "charge"  // asks for a fee, where one is lawful
	Receives      Action = "receive" // what was asked for
	Identifies    Action = "identify"
	Acknowledges  Action = "acknowledge"
	Extends       Action = "extend"
	Reclocks      Action = "reclock" // the deadline moved because the holidays did
	Codes         Action = "code"    // gives the person a new code to follow the case with
	Spends        Action = "spend"   // staff time
	Assigns       Action = "assign"  // gives somebody a task
	Chases        Action = "chase"   // reminds whoever has a task
	Raises        Action = "raise"   // takes a task to somebody above
	Finishes      Action = "finish"  // a task
	Decides       Action = "decide"
	Drafts        Action = "draft"
	Approves      Action = "approve"
	Releases      Action = "release"
	Takes         Action = "take" // a member of staff takes a copy of the pack
	Refuses       Action = "refuse"
	Withdraws     Action = "withdraw"
	Transfers     Action = "transfer" // to the client landlord whose tenant it is
	Lapses        Action = "lapse"    // the person has died
	Reviews       Action = "review"   // is asked to look at its answer again
	Concludes     Action = "conclude" // a review
	Escalates     Action = "escalate" // to the second stage of complaint
	Reopens       Action = "reopen"
	Closes        Action = "close"
	Forgets       Action = "forget"
)

// Entry is the name of the act in the ledger.
func (a Action) Entry() string {
	return map[Action]string{
		Opens: "case.opened", Notes: "case.noted", Tells: "case.told", Attaches: "case.file-added", Describes: "case.described", Represents: "case.represented", Safeguards: "case.safeguarded",
		Asks: "case.asked", AsksIdentity: "case.asked", AsksAuthority: "case.asked", Charges: "case.asked",
		Receives: "case.received", Identifies: "case.identified", Acknowledges: "case.acknowledged",
		Extends: "case.extended", Reclocks: "case.reclocked", Codes: "case.code-set", Spends: "case.time-spent",
		Assigns: "case.task-assigned", Chases: "case.task-chased", Raises: "case.task-raised", Finishes: "case.task-finished",
		Decides: "case.decided", Drafts: "case.drafted", Approves: "case.approved",
		Releases: "case.released", Takes: "case.pack-taken", Refuses: "case.refused",
		Withdraws: "case.withdrawn", Transfers: "case.transferred", Lapses: "case.lapsed", Reviews: "case.review-asked", Concludes: "case.reviewed",
		Escalates: "case.escalated", Reopens: "case.reopened", Closes: "case.closed", Forgets: "case.forgotten",
	}[a]
}

// Transition is one row of the table of what may be done.
type Transition struct {
	Kinds  []law.Kind // whose cases; nil for every kind
	From   State      // empty where there is no case yet
	Action Action
	To     State
	Needs  []Need
	Effect law.Effect // on the clock
	Entry  string     // the act in the ledger that it writes
}

// of reports whether the row is for a kind.
func (t Transition) of(k law.Kind) bool { return t.Kinds == nil || slices.Contains(t.Kinds, k) }

// Transitions is everything that may be done to a case.
func Transitions() []Transition { return slices.Clone(table()) }

// table is the rows, made once and never changed.
var table = sync.OnceValue(makeTable)

func makeTable() []Transition {
	var all []Transition
	add := func(kinds []law.Kind, action Action, to State, effect law.Effect, needs []Need, from ...State) {
		for _, f := range from {
			t := Transition{kinds, f, action, to, needs, effect, action.Entry()}
			if to == "" {
				t.To = f
			}
			all = append(all, t)
		}
	}
	open, running := []State{Received, Drafted}, []State{Received, Drafted, Approved}
	working := append(slices.Clone(running), Reviewing)
	ended := []State{Released, Refused, Withdrawn, Transferred, Lapsed, Reviewed}
	none := []Need(nil)

	// Every case can be opened and noted, and told what happened.
	add(nil, Opens, Received, law.Winds, none, "")
	add(nil, Notes, "", "", none, States()...)
	add(nil, Tells, "", "", none, States()...)
	add(nil, Attaches, "", "", none, append(slices.Clone(working), Released, Refused)...)
	add(nil, Describes, "", "", none, open...)
	add(nil, Represents, "", "", none, open...)
	add(nil, Safeguards, "", "", none, append(slices.Clone(working), Released)...)
	for _, effect := range []law.Effect{law.Pauses, law.Restarts, law.Nothing} {
		add(which(func(h law.Handling) bool { return h.Clarified() == effect }), Asks, "", effect, none, open...)
		proved := func(h law.Handling) bool { return h.Proof > law.NoAssurance && h.Proved() == effect }
		if kinds := which(proved); len(kinds) > 0 {
			add(kinds, AsksIdentity, "", effect, []Need{NeedsDoubt, NeedsUnproved}, open...)
		}
		charged := func(h law.Handling) bool { return h.Fee.Lawful != law.No && h.Charged() == effect }
		if kinds := which(charged); len(kinds) > 0 {
			add(kinds, Charges, "", effect, []Need{NeedsReason}, open...)
		}
	}
	for _, effect := range []law.Effect{law.Restarts, law.Nothing} {
		add(which(func(h law.Handling) bool { return h.Proved() == effect }), AsksAuthority, "", effect, none, open...)
	}
	add(nil, Receives, "", "", none, running...)
	add(nil, Identifies, "", "", none, open...)
	add([]law.Kind{law.KindDataComplaint, law.KindComplaint}, Acknowledges, "", law.Meets, none, running...)
	add(nil, Extends, "", law.Lengthen, []Need{NeedsReason, NeedsTime}, running...)
	add(nil, Reclocks, "", "", none, working...)
	add(nil, Codes, "", "", none, Received, Drafted, Approved, Released)
	add(nil, Spends, "", "", none, append(slices.Clone(working), Released, Refused)...)
	add(nil, Assigns, "", "", none, append(slices.Clone(working), Released)...)
	for _, a := range []Action{Chases, Raises, Finishes} {
		add(nil, a, "", "", none, append(slices.Clone(working), ended...)...)
	}

	// Answering. Whatever changes the answer after it was approved undoes the
	// approval.
	answered := which(func(h law.Handling) bool { return h.Kind != law.KindBreach })
	recorded := which(func(h law.Handling) bool { return h.Holds == law.HoldRecordings })
	others := slices.DeleteFunc(slices.Clone(answered), func(k law.Kind) bool { return slices.Contains(recorded, k) })
	proved := which(func(h law.Handling) bool { return h.Kind != law.KindBreach && h.Proof > law.NoAssurance })
	anybody := slices.DeleteFunc(slices.Clone(answered), func(k law.Kind) bool { return slices.Contains(proved, k) })
	made := []Need{NeedsAuthority, NeedsDraft, NeedsFresh, NeedsSearched, NeedsSecond}
	sure := append([]Need{NeedsIdentity}, made...)
	sent := []Need{NeedsAuthority, NeedsDraft, NeedsFresh, NeedsSafe}
	surely := []Need{NeedsIdentity, NeedsAuthority, NeedsDraft, NeedsFresh, NeedsFactor, NeedsSafe}
	add(answered, Decides, "", "", none, open...)
	add(answered, Decides, Drafted, "", none, Approved)
	add(others, Drafts, Drafted, "", none, running...)
	add(recorded, Drafts, Drafted, "", []Need{NeedsHeld}, running...)
	add(proved, Approves, Approved, "", sure, Drafted)
	add(anybody, Approves, Approved, "", made, Drafted)
	add(proved, Releases, Released, law.Stops, surely, Approved, Released)
	add(anybody, Releases, Released, law.Stops, sent, Approved, Released)
	add(proved, Takes, "", "", surely[:len(surely)-1], Approved, Released)
	add(anybody, Takes, "", "", sent[:len(sent)-1], Approved, Released)
	add(which(func(h law.Handling) bool { return len(law.GroundsFor(h.Kind)) > 0 }), Refuses, Refused, law.Stops, []Need{NeedsReason, NeedsGround, NeedsRoutes}, running...)

	// Ending otherwise, looking again, and coming back.
	add(nil, Withdraws, Withdrawn, law.Stops, none, working...)
	add(nil, Transfers, Transferred, law.Stops, []Need{NeedsClient}, running...)
	add(which(func(h law.Handling) bool { return h.Lapses }), Lapses, Lapsed, law.Stops, none, working...)
	add(which(func(h law.Handling) bool { return h.Review != "" }), Reviews, Reviewing, law.Winds, []Need{NeedsReason}, Released, Refused, Closed)
	add(which(func(h law.Handling) bool { return h.Review != "" }), Concludes, Reviewed, law.Stops, []Need{NeedsReason, NeedsAnother}, Reviewing)
	add([]law.Kind{law.KindComplaint}, Escalates, Received, law.Winds, []Need{NeedsReason, NeedsStageOne}, Released, Refused, Closed)
	add(nil, Reopens, Received, law.Unstops, []Need{NeedsReason}, append(slices.Clone(ended), Closed)...)
	add(nil, Closes, Closed, "", []Need{NeedsTold}, ended...)
	add(nil, Forgets, "", "", none, Closed)
	return all
}

// which is the kinds that something holds for.
func which(holds func(law.Handling) bool) []law.Kind {
	var all []law.Kind
	for _, k := range law.Kinds() {
		if h, ok := k.Handling(); ok && holds(h) {
			all = append(all, k)
		}
	}
	return all
}

// row finds the row for an action on a case; it does not look at its needs.
func (k *Case) row(a Action) (Transition, error) {
	var kinds []law.Kind
	var states []string
	for _, t := range table() {
		if t.Action != a {
			continue
		}
		if !t.of(k.Kind) {
			kinds = append(kinds, t.Kinds...)
			continue
		}
		if t.From == k.State {
			return t, nil
		}
		states = append(states, string(t.From))
	}
	if len(states) == 0 {
		slices.Sort(kinds)
		return Transition{}, &Error{Code: CodeKind,
			Message: fmt.Sprintf("a case of kind %s is not one to %s; these are: %s", k.Kind, a, words(slices.Compact(kinds))),
			Mend:    "check the kind of the case; write down what was done as a note"}
	}
	return Transition{}, &Error{Code: CodeState,
		Message: fmt.Sprintf("the case is %s; to %s it, it must be %s", k.State, a, strings.Join(states, " or "))}
}

func words[S ~string](list []S) string {
	all := make([]string, len(list))
	for i, s := range list {
		all[i] = string(s)
	}
	return strings.Join(all, ", ")
}
