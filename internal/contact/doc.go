// Package contact keeps what happens when somebody is in touch: what was said and done,
// who may act for whom, and whether a caller showed who they are.
//
// # Entries
//
// An [Entry] says what happened, dated, by any channel, written by whoever took it. Facts
// and what somebody thinks of them stand in two fields. Nothing changes an entry: one that
// was wrong is corrected by another that names it ([Contacts.Correct]), and both stay until
// their time is up ([Contacts.Due], [Contacts.Forget]).
//
// # Authority
//
// An [Authority] says who may act for a person, for what, by whose word, on what evidence,
// from when until when. Whether it reaches a thing is law's to say; [Authority.May] adds
// what this landlord's customers are promised of elected members: the person's own explicit
// word, and that they are told before.
//
// # Callers
//
// A [Check] is a caller showing who they are. [Choose] picks what they are asked among
// facts that are held: nothing that everybody knows, nothing of a special category, nothing
// that they were looked up by, and the same all day, so that hanging up gains nothing. What
// they say is held against keyed digests and is never kept; nor is what is held. Tries are
// few, and failing ends them for the day. Whoever is not held is asked just the same, by
// questions that nothing answers: no step of a check says whether the person is known.
// [Discuss] says what may then be talked about, and with whom.
//
// # Sets
//
// A landlord that acts for others keeps each client's customers apart. [Contacts] are those
// of one set: what is written through them is in it, and nothing of another is there for
// them, by whatever marks, ids or cases it is asked for. Every row says its set, and what is
// sealed is bound to it. When a contract has ended the set is returned and deleted
// ([Contacts.All], [Contacts.Leave]).
//
// # What a thief of the store learns
//
// When contacts took place, about a customer of which client, by what channel, who on the staff wrote them and in which case;
// that authorities were added and ended; how often callers passed. All else is sealed, each
// object under a data key of its own, which goes when the object is forgotten. A person's
// entries are found by marks, keyed digests that the caller gives (cases.Cases.Marks); as
// people who share a telephone share a mark, callers compare whom an entry says it is about.
// The ledger has opaque names, channels and kinds of question.
package contact
