// Package cases keeps cases: requests, complaints and incidents, each with who
// asked, a clock, and a life from receipt to closing.
//
// # Steps
//
// What may be done to a case, when, and what it becomes is one table,
// [Transitions]; nothing changes a case but by a row of it. Each step raises
// the case's version by one and writes its entry of the ledger in the same
// transaction, under the case's id and the number of the step, so that the two
// can never differ. A step that finds its work done already, as after a crash,
// does nothing and succeeds. A caller who names the version they saw is told
// who changed the case since ([Changed]) instead of overwriting it.
//
// What a case is about is its [law.Kind], and the table has rows for some kinds
// alone: marketing may not be refused, FOI has a review, a complaint a second
// stage. A row names what it needs ([Need]): identity and authority before anything
// is handed over, a ground and the routes before a refusal, a doubt before proof is asked for.
// docs/desk-states.md is drawn from the table. [Cases.Offers] is what may be done
// now, for faces; [Case.Hold] is what may not be deleted meanwhile.
//
// # Tasks
//
// What a case waits for others to do is a [Task], given, chased, raised and finished by
// steps: a line for each store to search, connected or not, and a recording to be
// saved within hours, without which nothing about it can be drafted.
//
// # Who asks
//
// [Acting] is who asks for another, and law says what that reaches
// ([Case.MayAct]). [Policy] judges proofs of identity. [Safety] is where alone a
// person may be reached. Cases of one person are found by keyed digests of what
// identifies them ([Cases.Similar]).
//
// # Who may read what
//
// Each case has a data key of its own, wrapped by the landlord's keys. Whatever
// says who asked, what they said, or why something was decided is sealed with
// it: particulars, notes, reasons, working files. The other columns, and the
// ledger, hold dates, states, counts, digests and opaque ids. [Cases.Forget]
// destroys the wrapped key and all that it sealed; the state and the dates stay.
//
// # The clock
//
// Dates are never stored as the truth: [Cases.Clock] counts from what happened
// each time, by package law, with the promise that the notice made when the
// case was opened. A case may have several clocks ([Cases.ClocksOf]); the next to
// be up is in front. The due date kept beside a case is for ordering lists;
// [Cases.Reclock] brings it up to date when holidays change, and records each
// deadline that moved.
package cases
