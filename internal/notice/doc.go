// Package notice reads a landlord's privacy notice: the folder that is the
// program. It loads the folder into plain structs, refuses what it does not
// understand with the file, line, field and mend, lints what it does
// understand against the law of notices, and answers from it: what Article
// 15(1) wants said beside a copy of someone's data, which clock the landlord
// promised, which sentence says so.
//
//	landlord.yaml  who we are: controllers, contacts, regulators, nation, effective date
//	data.yaml      people, sources, categories of personal data
//	uses.yaml      purposes with their lawful bases and conditions
//	sharing.yaml   recipients, agreements, rules of disclosure
//	keeping.yaml   retention rules, what starts them, what holds them back
//	rights.yaml    channels, identity, rights with their clocks, complaint ladder
//	web.yaml       cookies, forms, chat, forum, logs
//	records.yaml   kinds of record Tenet keeps itself, and their compartments
//	notice.md      the words the public reads; each promise has an {#id}
//	notice.cy.md   the same words in Welsh, if there are; any other language likewise
//	promises.yaml  for each of those ids, the checks that show it is kept
//
// The Go types of these files are the only description of them: strictness
// (bind.go), references (refs.go) and the JSON Schema for editors (schema.go)
// are all read off their fields and tags.
//
// Two kinds of fault are kept apart. A Problem makes the folder unreadable
// or ambiguous: Load collects all of them and returns no notice. A Finding is
// a notice that can be read but falls short of the law or of its own word:
// Lint reports it, and the notice still runs. A pack says what its notice says,
// mistakes included, so what a notice leaves out a pack may leave out. What the
// law requires is in package law, and is never read from the folder; the linter
// has a table of its own of what has become out of date, and since when.
//
// Compare holds two versions against each other, On chooses the one that
// governs a day, and Publish… write the notice for people and machines, with
// tables made from the rules that decide.
//
// The package is pure: it reads only from the fs.FS it is given, and has no
// clock. Where a date matters it is passed in.
package notice
