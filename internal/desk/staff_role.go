package desk

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// Duty is something that a role may do in the console.
type Duty string

// The duties.
const (
	SeeCases  Duty = "cases"     // look at cases
	Decide    Duty = "decide"    // record identity, decide what goes out, redact
	Release   Duty = "approve"   // approve an answer, take it, send it, or refuse it
	Map       Duty = "maps"      // confirm what a system holds; see which systems there are
	SeeLedger Duty = "ledger"    // look at the ledger and verify it; see who looked at a case
	Audit     Duty = "audit"     // open a case to check on a colleague's work
	Registers Duty = "registers" // look at the registers of accountability, and write papers of them
	Sign      Duty = "sign"      // sign papers of the registers, or refuse to
	Manage    Duty = "accounts"  // see the accounts of staff, reset and disable them
	Overrule  Duty = "overrule"  // give data out where the rules of the notice do not allow it

	SeeIncidents    Duty = "incidents"        // look at incidents; reporting one takes no duty
	HandleIncidents Duty = "handle-incidents" // decide what one is, tell the regulator and the people, mend and close it
	SeeAffected     Duty = "incident-people"  // look at who the people are whom a breach touches
)

var duties = []Duty{SeeCases, Decide, Release, Map, SeeLedger, Audit, Manage, Overrule, Registers, Sign, SeeIncidents, HandleIncidents, SeeAffected}

// Words say what a duty is, after "may".
func (d Duty) Words() string {
	return map[Duty]string{
		SeeCases: "look at cases", Decide: "decide in cases", Release: "approve, refuse or send answers", Map: "confirm maps of systems",
		SeeLedger: "look at the ledger", Audit: "check on the work of colleagues", Manage: "manage accounts", Registers: "keep the registers", Sign: "sign papers of the registers", Overrule: "give data out against the rules of the notice",
		SeeIncidents: "look at incidents", HandleIncidents: "work on incidents", SeeAffected: "see whom an incident touches",
	}[d]
}

// Roles that there always are. A role of the notice with the same id says what it
// sees; what it may do is as here unless tenet.yaml says otherwise.
const (
	Officer = "officer" // answers requests
	DPO     = "dpo"     // the data protection officer
)

// Role is what an account may do and see.
type Role struct {
	ID    string
	Title string
	May   []Duty
	Kinds []law.Kind // the kinds of case; empty is every kind
	// Clients are the sets whose records it sees: clients of the notice, and own for the
	// landlord's own; empty is every set.
	Clients []string
	// All says that it sees everything; otherwise Sees names the categories and
	// Compartments what is kept apart.
	All          bool
	Sees         []notice.ID
	Compartments []notice.ID
}

// StaffRules is staff: in tenet.yaml: who may do what, and how they sign in.
type StaffRules struct {
	// SecondFactor says whether a local account must have an authenticator:
	// "required" or "optional", which is the default.
	SecondFactor string `yaml:"second-factor,omitempty"`
	// Roles says what the roles of the notice may do, which a notice does not.
	Roles map[string]RoleRules `yaml:"roles,omitempty"`
	// SignOn is the landlord's own sign-in; without it there are local accounts alone.
	SignOn *SignOn `yaml:"sign-in,omitempty"`
}

// RoleRules is what one role may do.
type RoleRules struct {
	May   []Duty     `yaml:"may"`
	Kinds []law.Kind `yaml:"kinds,omitempty"` // of case; left out means all
	// Clients are those whose records it sees, as landlord.yaml names them, and own for the
	// landlord's own; left out means all.
	Clients []string `yaml:"clients,omitempty"`
}

// Required reports whether every local account must have a second factor.
func (r StaffRules) Required() bool { return r.SecondFactor == "required" }

func (r StaffRules) check() error {
	wrong := func(what, at, mend string) error {
		return &Error{Code: "config", What: what, Where: configFile + ": staff: " + at, Mend: mend}
	}
	if !slices.Contains([]string{"", "required", "optional"}, r.SecondFactor) {
		return wrong(fmt.Sprintf("%q is neither required nor optional", r.SecondFactor), "second-factor", "write one of the two")
	}
	for _, id := range slices.Sorted(maps.Keys(r.Roles)) {
		for _, d := range r.Roles[id].May {
			if !slices.Contains(duties, d) {
				return wrong(fmt.Sprintf("nobody can be given %q", d), "roles: "+id+": may", "choose among "+join(duties))
			}
		}
		for _, k := range r.Roles[id].Kinds {
			if _, err := law.ParseKind(string(k)); err != nil {
				return wrong(err.Error(), "roles: "+id+": kinds", "choose among "+join(law.Kinds()))
			}
		}
	}
	return r.SignOn.check()
}

func join[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return strings.Join(out, ", ")
}

// Roles are those that an account may have: the notice's, with what tenet.yaml
// lets each do, and the two that there always are.
func Roles(n *notice.Notice, rules StaffRules) []Role {
	all := []Role{
		{ID: Officer, Title: "Officer", May: []Duty{SeeCases, Decide, Release, Map, SeeLedger, Registers, SeeIncidents, HandleIncidents, SeeAffected}, All: true},
		{ID: DPO, Title: "Data protection officer", May: slices.Clone(duties), All: true},
	}
	for _, x := range n.Records.Roles {
		r := Role{ID: string(x.ID), Title: x.Title, Sees: x.Sees, Compartments: x.Compartments}
		if i := slices.IndexFunc(all, func(o Role) bool { return o.ID == r.ID }); i >= 0 {
			r.May = all[i].May
			all[i] = r
			continue
		}
		all = append(all, r)
	}
	for i := range all {
		if x, ok := rules.Roles[all[i].ID]; ok {
			all[i].May, all[i].Kinds, all[i].Clients = x.May, x.Kinds, x.Clients
		}
	}
	return all
}

// Denied says that a role does not reach to what was asked for, and whose does.
type Denied struct {
	Role  Role
	What  string   // "approve answers"
	Whose []string // titles of the roles that may; empty where none may
}

// Error is the refusal in a sentence, with what to do.
func (e *Denied) Error() string { return e.Why() + " " + e.Mend() }

// Why is what stands in the way.
func (e *Denied) Why() string {
	return fmt.Sprintf("Your role, %s, does not let you %s.", e.Role.Title, e.What)
}

// Mend names the roles that may.
func (e *Denied) Mend() string {
	if len(e.Whose) == 0 {
		return "No role does. Whoever runs Tenet can give it to one under staff: in tenet.yaml."
	}
	return "It takes the role " + strings.Join(e.Whose, ", or ") + ". Ask somebody who has it."
}

// Allow decides whether a role may do something in a case of a kind; an empty kind
// is a page about no case. The error is a [*Denied].
func Allow(roles []Role, id string, d Duty, kind law.Kind) error {
	may := func(r Role) bool {
		return slices.Contains(r.May, d) && (kind == "" || len(r.Kinds) == 0 || slices.Contains(r.Kinds, kind))
	}
	what := d.Words()
	if kind != "" {
		title := string(kind)
		if h, ok := kind.Handling(); ok {
			title = h.Title
		}
		what += " of this kind (" + title + ")"
	}
	return allow(roles, id, what, may)
}

// Everything decides whether a role may do all that there is: what a page needs that
// names no duty of its own.
func Everything(roles []Role, id string) error {
	return allow(roles, id, "open this page", func(r Role) bool {
		for _, d := range []Duty{SeeCases, Decide, Release, Map, SeeLedger} {
			if !slices.Contains(r.May, d) {
				return false
			}
		}
		return len(r.Kinds) == 0 && len(r.Clients) == 0 && r.All
	})
}

func allow(roles []Role, id, what string, may func(Role) bool) error {
	r := roleOf(roles, id)
	if may(r) {
		return nil
	}
	e := &Denied{Role: r, What: what}
	for _, o := range roles {
		if may(o) {
			e.Whose = append(e.Whose, o.Title)
		}
	}
	return e
}

// roleOf is a role by its id. One that is not there any more may do nothing.
func roleOf(roles []Role, id string) Role {
	if i := slices.IndexFunc(roles, func(r Role) bool { return r.ID == id }); i >= 0 {
		return roles[i]
	}
	return Role{ID: id, Title: id}
}

// Holding is what a table holds, as its map has it.
type Holding struct {
	Categories []notice.ID // of the table and of its columns; none if the map gives none
	Sensitive  bool        // a column is marked as special or criminal
}

// Sight is whether somebody may read the records of a table.
type Sight string

// The sights. What is kept apart is never in the sight of a role that has not got
// the compartment, whatever else it sees.
const (
	Plain    Sight = "plain"     // as it is
	ByReason Sight = "by-reason" // once they have said for what they open it
	NotTheir Sight = "not-their" // another role's
)

// See decides whether a role may read what a table holds.
func See(n *notice.Notice, r Role, h Holding) Sight {
	sensitive := h.Sensitive
	if !r.All && len(h.Categories) == 0 {
		return NotTheir // nobody said what it is
	}
	for _, id := range h.Categories {
		apart, mine := false, false
		for _, c := range n.Records.Compartments {
			if slices.Contains(c.Holds, id) {
				apart, mine = true, mine || slices.Contains(r.Compartments, c.ID)
			}
		}
		switch {
		case r.All:
		case apart && !mine, !apart && !slices.Contains(r.Sees, id):
			return NotTheir
		}
		i := slices.IndexFunc(n.Data.Categories, func(c notice.Category) bool { return c.ID == id })
		sensitive = sensitive || apart || i >= 0 && n.Data.Categories[i].Kind != notice.Ordinary
	}
	if sensitive {
		return ByReason
	}
	return Plain
}

// Purpose is what somebody opens sensitive records for. There is no other.
type Purpose string

// The purposes.
const (
	ToAnswer  Purpose = "answer"    // to answer the request
	ToCheck   Purpose = "check"     // to check the answer before it goes
	ToExplain Purpose = "explain"   // to explain an answer that was given, or deal with a complaint about it
	ToAudit   Purpose = "oversight" // to check on how colleagues handled it
)

// Words is the purpose as staff read it.
func (p Purpose) Words() string {
	return map[Purpose]string{
		ToAnswer: "To answer this request", ToCheck: "To check the answer before it is released",
		ToExplain: "To explain the answer that was given, or a complaint about it", ToAudit: "To check on how this case was handled",
	}[p]
}

// Purposes are those that fit a role and a case: somebody who may decide opens the
// records of a request that waits for an answer in order to answer it, and those of
// one that was answered only to explain the answer. A case that is closed is opened
// by nobody but those who check on others.
func Purposes(r Role, kind law.Kind, state cases.State) []Purpose {
	if len(r.Kinds) > 0 && !slices.Contains(r.Kinds, kind) {
		return nil
	}
	var out []Purpose
	may := func(d Duty) bool { return slices.Contains(r.May, d) }
	if may(Decide) && state.Running() {
		out = append(out, ToAnswer)
	}
	if may(Release) && slices.Contains([]cases.State{cases.Drafted, cases.Approved, cases.Reviewing}, state) {
		out = append(out, ToCheck)
	}
	if may(Decide) && !state.Running() && state != cases.Closed {
		out = append(out, ToExplain)
	}
	if may(Audit) {
		out = append(out, ToAudit)
	}
	return out
}
