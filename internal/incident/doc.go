// Package incident keeps what goes wrong with personal data and with the landlord's
// site: from the first report, through the question whether it is a personal data
// breach and how much harm it may do, to the regulator, the people, the mending and
// the lessons; and the register of all of it (UK GDPR Art 33(5)).
//
// # Steps
//
// What may be done to an incident, when, and what it becomes is one table,
// [Transitions], with what each step needs ([Need]). Each step raises the version by
// one and writes its entry of the ledger in the same transaction. A step that was
// taken already under the same name does nothing ([On.Once]); whoever looked at an
// older version is told so ([Changed]). docs/incidents.md is drawn from the table.
//
// # Risk
//
// [Assess] is a pure function from what is known ([Facts]) to a [Proposal], in
// points that each say why. It proposes; a person decides, with reasons. What is not
// known counts as if it were bad: nothing is proposed to be harmless because nobody
// has looked.
//
// # Clocks
//
// The 72 hours to the regulator are package law's ([law.Breach]), from the moment at
// which the landlord was aware; the hours of contracts are the notice's. Neither is
// stored: [Incident.Clocks] counts them each time.
//
// # Who may read what
//
// Each incident has a data key of its own. What happened, who reported it, who is
// touched by it and why anything was decided is sealed with it. Kind, state, dates and
// the risk that was decided stand in the clear, so that lists, clocks and figures need
// not open anything. People are found again by the keyed digests that the caller has of
// them (see cases.Cases.Marks), and network addresses that are shut out by digests
// under a key of their own. The ledger holds neither names nor words.
//
// # What does not belong here
//
// How a letter is written and goes out, and where a person is safe to be reached, is
// the desk's. The package does no I/O besides the store.
package incident
