package discover

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"tenet/internal/datamap"
)

// class is what the rows of a table are, as far as its name tells.
type class int

const (
	unknown      class = iota
	person             // people the landlord deals with, or employs
	public             // people known to the public, in a catalogue
	organisation       // firms and bodies
	place              // where people live; described by many, owned by none
	held               // what a person holds: a tenancy, an account, a case
	record             // what is kept about them: a payment, a note, a repair
	thing              // goods and works, nobody's
	lookup             // codes and what they mean
	system             // the engine's or a tool's own
)

// noun says what a word at the end of a table's name makes of the table.
type noun struct {
	is       class
	kind     datamap.PeopleKind // of a person
	role     datamap.Role       // of the person whom a row points at or names, where the noun is a part people play
	category string             // of the table's columns
}

// nouns by the words that end a table's name, in the singular. The longest
// phrase wins: "household member" before "member".
var nouns = lexicon[noun]{
	// Customers: the people whom the landlord serves.
	"customer, client, tenant, person, individual, resident, citizen, leaseholder, licensee, applicant, claimant, party, " +
		"service user, shared owner, homeowner, home owner, buyer, purchaser, sharer, patient, pupil, student, subscriber, " +
		// Mosaic ID is the person's number in a social care system many councils run.
		"mosaic, member, donor, guest, passenger, learner, candidate": {is: person, kind: datamap.Customers, category: identity},
	"household member, family member, household person, occupant, occupier, dependant, dependent, child, sibling, lodger, household member person": {
		is: person, kind: datamap.HouseholdOf, role: datamap.Household, category: household},
	"contact, key contact, emergency contact, next of kin, kin, representative, advocate, appointee, guardian, carer, relative, " +
		"guarantor, referee, trusted contact, executor, solicitor, social worker, support worker, probation officer, " +
		"gp, gp detail, doctor, general practitioner": {is: person, kind: datamap.ContactsOf, role: datamap.Contact, category: thirdParties},
	"staff, staff member, employee, worker, officer, operative, caseworker, case worker, colleague, engineer, surveyor, inspector, volunteer, " +
		"technician, manager, administrator, user, login, operator, handler, agent, rep, support rep, sales rep, housing officer, team member, key worker": {
		is: person, kind: datamap.Staff, category: employment},
	"reporter, complainant, informant":           {is: record, role: datamap.Reporter, category: asb},
	"perpetrator, respondent, offender, alleged": {is: record, role: datamap.Reported, category: asb},
	"witness": {is: record, role: datamap.Witness, category: asb},
	"actor, artist, author, composer, player, singer": {is: public},

	"supplier, contractor, organisation, company, agency, vendor, shipper, manufacturer, contractor organisation, employer, provider, partner organisation, business": {is: organisation},

	"property, unit, address, dwelling, premises, building, block, estate, site, house, flat, room, scheme, store, branch, location, " +
		"city, town, street, ward, district, uprn, land, garage, asset": {is: place},

	"tenancy, lease, licence, tenure, tenancy agreement, letting, occupancy, occupation, residency, tenagree": {is: held, category: tenancy},
	"household":                        {is: held, category: household},
	"account, rent account, agreement": {is: held, category: rentTransactions},
	"application, housing application, nomination, bid, offer":                        {is: held, category: tenancy},
	"complaint, complaint case, grievance":                                            {is: held, category: complaints},
	"asb, asb case, asb incident, nuisance case, antisocial behaviour":                {is: held, category: asb},
	"case, enquiry, service request, subject request, referral, policy, subscription": {is: held},

	"rent entry, rent transaction, rent, rtran, arrear, charge, receipt, rent charge, direct debit, debt":                  {is: record, category: rentTransactions},
	"payment, invoice, invoice line, order, order detail, purchase, sale, transaction, rental, loan, booking":              {is: record, category: financial},
	"repair, work order, work element, job, appointment, visit":                                                            {is: record, category: repairs},
	"inspection, survey, damp survey, sensor, sensor reading, reading, certificate, certification, gas safety, adaptation": {is: record, category: propertyCondition},
	"note, case note": {is: record, category: caseNotes},
	"letter, message, email, call, correspondence, comment, document, attachment, notification, contact history, sms, " +
		"inbox, sent, mail": {is: record, category: correspondence},
	"email address, telephone number, phone, telephone, phone number, other email address, fax, contact detail": {is: record, category: contactDetails},
	"file, upload, scan":                       {is: record, category: correspondence},
	"other name, alias, former name, known as": {is: record, category: identity},
	"alert, person alert, risk, risk assessment, vulnerability, support need":                       {is: record, category: vulnerability},
	"warning note, warning flag, warning, flag, marker, caution, cautionary alert, restricted flag": {is: record, category: warnings},
	"disability, health, medical, diagnosis, medication":                                            {is: record, category: health},
	"relationship, personal relationship":                                                           {is: record, category: household},
	"consent, preference, marketing preference":                                                     {is: record, category: contactDetails},
	"benefit, income, expense, claim":                                                               {is: record, category: financial},
	"absence, payroll, salary, training, appraisal, timesheet":                                      {is: record, category: employment},
	"disclosure, disclosure log, request, subject access request":                                   {is: record, category: requests},
	"offence, conviction":                      {is: record, category: criminal},
	"photo, photograph, image, picture, video": {is: record, category: images},
	"call recording, recording":                {is: record, category: callRecordings},
	"review, detail, answer, statement, evidence, action, event, allocation": {is: record},

	"type, status, code, category, band, rating, level, priority, reason, method, stage, lookup, language, country, region, state, " +
		"territory, genre, media type, class, trade, role, severity, source, option, field, demographic, subtype, unit of measure, calendar, period, title, team, department": {is: lookup},
	"product, film, track, album, playlist, inventory, item, catalogue, price, stock, book, schedule": {is: thing},
}

// roles by the words of a column that points at a person, or names one. The
// longest phrase wins, and of two as long the later: "reported by" is the
// reporter, "reported" is not.
var roles = lexicon[datamap.Role]{
	"reporter, reported by, complainant, complained by, raised by, requester, requestor, requested by, informant, caller, referrer, referred by, notifier, accuser, victim": datamap.Reporter,
	"respondent, perpetrator, alleged, alleged perpetrator, accused, offender, complained about, complained of, reported person, " +
		"reported, subject of complaint, suspect, defendant, perp": datamap.Reported,
	"witness": datamap.Witness,
	"author, created by, updated by, modified by, last modified by, changed by, entered by, recorded by, written by, handled by, assigned to, " +
		"assignee, allocated to, allocated worker, approved by, authorised by, inspected by, completed by, logged by, taken by, deleted by, " +
		"created user, updated user, mod user, changed by user, last updated by, created by user, updated by user, reviewed by, uploaded by, " +
		"staff, employee, worker, officer, operative, caseworker, surveyor, inspector, manager, support rep, sales rep, rep, handler, engineer, " +
		"advisor, adviser, assessor, account manager, housing officer, case worker, key worker, user": datamap.Author,
	"payer, paid by, payor": datamap.Payer,
	"contact, next of kin, kin, emergency contact, key contact, doctor, gp, general practitioner, representative, advocate, guardian, carer, " +
		"solicitor, social worker, support worker, probation officer, appointee, executor, guarantor, referee, ship, ship to, deliver to, delivery, " +
		"relative, trusted contact, attorney, power of attorney": datamap.Contact,
	"joint, joint tenant, joint applicant, second tenant, co tenant, second applicant, joint holder":   datamap.Joint,
	"household member, partner, spouse, dependant, occupant, occupier, lodger, mother, father, parent": datamap.Household,
}

// correspondents name columns of a message: who sent it and who had it. Outside
// messages "from" and "to" are dates.
var correspondents = lexicon[datamap.Role]{
	"from, to, cc, bcc, reply to, sender, recipient, from address, to address, from email, to email, from name, to name, " +
		"sender email, recipient email, cc address, bcc address, envelope from, envelope to, delivered to": datamap.Correspondent,
}

// messageIDs name columns that hold the ids of messages, which look like e-mail
// addresses and are nobody's.
var messageIDs = lexicon[bool]{
	"thread, in reply to, references, message id, internet message id, conversation, conversation index": true,
}

// aside are words that make of a link a pointer to something related, not
// something the row belongs to.
var aside = lexicon[bool]{
	"previous, former, related, linked, parent, original, predecessor, successor, transfer, transferred, duplicate, merged, merged into, depends on, " +
		"depend on, report to, see also, replaces, replaced by, supersede, alternative, next, child of, inverse": true,
}

// historyOf is what a log is of its table, whose columns it need not have.
const historyOf = "the history of"

// seldomCopy is what words make of a table that mean a copy only behind its
// original's whole name.
const seldomCopy = "perhaps a copy of"

// copies are words that make of a table a copy, an import or a log of another.
var copies = lexicon[string]{
	"import, imported, staging, stage, stg, load, upload":                             "an import of",
	"bak, bkp, bkup, backup, copy, old, archive, archived, tmp, temp, orig, snapshot": "a copy of",
	"prev, sav, save, new, test":                                                      seldomCopy,
	"history, hist, audit, log, version, shadow":                                      historyOf,
	"deleted, removed, purged":                                                        "deleted rows of",
}

// tools are tables that belong to an engine or a tool, by their whole name.
var tools = []string{"sqlite_sequence", "sqlite_stat1", "schema_migrations", "__efmigrationshistory", "flyway_schema_history", "databasechangelog",
	"databasechangeloglock", "goose_db_version", "django_migrations", "alembic_version", "ar_internal_metadata", "spatial_ref_sys", "migrations",
	"knex_migrations", "sysdiagrams", "pg_stat_statements"}

// parties are words of a table whose rows say who is party to what.
var parties = lexicon[bool]{
	"party, holder, tenant, member, person, applicant, participant, occupant, customer, resident, joint tenant, link, client, leaseholder, people": true,
}

// capacities end the name of a column whose codes say in which role a party stands.
var capacities = lexicon[bool]{
	"role, role code, role type, capacity, party type, party role, relationship, relationship code, member type, tenant type, person type, holder type, involvement, party code": true,
}

// codes are values of such a column, in lower case. Letters that might mean a
// partner or a member as well as a main tenant are left out: they would make a
// holder of the wrong person.
var codes = lexicon[datamap.Role]{
	"t, tenant, main, main tenant, lead, lead tenant, primary, sole, sole tenant, holder, head, self, customer, applicant, leaseholder": datamap.Subject,
	"j, jt, joint, joint tenant, 2nd, second, secondary, co-tenant, joint applicant":                                                    datamap.Joint,
	"o, hm, occ, occupier, occupant, household, household member, dependant, dependent, child, partner, spouse, lodger, son, daughter":  datamap.Household,
	"r, rep, reporter, complainant, informant, victim, reported by":                                                                     datamap.Reporter,
	"respondent, perpetrator, alleged perpetrator, perp, subject of complaint, accused, offender":                                       datamap.Reported,
	"w, wit, witness":   datamap.Witness,
	"payer, bill payer": datamap.Payer,
	"c, contact, next of kin, nok, advocate, representative, appointee, guarantor, carer, solicitor": datamap.Contact,
}

// starts and ends of something that lasts, best first; whens date an event.
var (
	starts = []string{"start", "commencement", "move in", "moved in", "from", "begin", "commence", "occupation", "start date", "cot"}
	ends   = []string{"end", "termination", "move out", "moved out", "until", "to", "finish", "vacated", "terminated", "eot"}
	whens  = []string{"reported", "raised", "logged", "received", "surveyed", "inspected", "read", "measured", "occurred", "happened", "opened",
		"visit", "taken", "at", "start", "date", "issue", "created", "entry", "scheduled", "planned"}
	overs = []string{"completed", "completion", "closed", "finished", "end", "resolved", "ended", "finish"}
	// stamps are dates about the row, not about what it records.
	stamps = []string{"last update", "last updated", "updated", "modified", "last modified", "mod", "deleted"}
)

// lexicon holds meanings by phrases, several to an entry, parted by commas.
type lexicon[T any] map[string]T

// phrase is one entry, taken apart.
type phrase[T any] struct {
	words []string
	means T
}

// phrases are the entries, longest first, then in alphabetical order.
func (l lexicon[T]) phrases() []phrase[T] {
	var out []phrase[T]
	for list, means := range l {
		for p := range strings.SplitSeq(list, ",") {
			out = append(out, phrase[T]{strings.Fields(p), means})
		}
	}
	slices.SortFunc(out, func(a, b phrase[T]) int {
		if d := len(b.words) - len(a.words); d != 0 {
			return d
		}
		return slices.Compare(a.words, b.words)
	})
	return out
}

// The lexicons as they are used.
var (
	nounPhrases          = nouns.phrases()
	rolePhrases          = roles.phrases()
	correspondentPhrases = correspondents.phrases()
	messageIDPhrases     = messageIDs.phrases()
	asidePhrases         = aside.phrases()
	copyPhrases          = copies.phrases()
	partyPhrases         = parties.phrases()
	capacityPhrases      = capacities.phrases()
	fileNamePhrases      = fileNames.phrases()
	codePhrases          = codes.phrases()
	vocabulary           = known()
)

// known is every word of the lexicons: what a run-together name may consist of.
func known() map[string]bool {
	out := map[string]bool{}
	add := func(list string) {
		for w := range strings.FieldsSeq(strings.ReplaceAll(list, ",", " ")) {
			out[w] = true
		}
	}
	for list := range nouns {
		add(list)
	}
	for list := range roles {
		add(list)
	}
	for _, m := range meanings {
		add(m.phrases)
	}
	for w := range idWords {
		out[w] = true
	}
	return out
}

// sensitive are the words of names that mean special data, the shorter first.
var sensitive = func() []string {
	seen := map[string]bool{}
	for _, m := range meanings {
		if m.kind != "special" {
			continue // "warn" is seldom a warning about somebody
		}
		for w := range strings.FieldsSeq(strings.ReplaceAll(m.phrases, ",", " ")) {
			if len(w) >= 5 && !plain[w] {
				seen[w] = true
			}
		}
	}
	out := slices.Collect(maps.Keys(seen))
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	return out
}()

// plain are words that are sensitive only beside others.
var plain = map[string]bool{"alert": true, "person": true, "support": true, "access": true, "mental": true, "learning": true, "origin": true, "group": true,
	"making": true, "decision": true, "opinion": true, "party": true, "trade": true, "union": true, "blood": true, "visit": true, "alone": true, "staff": true,
	"number": true, "assessment": true, "orientation": true, "surgery": true, "nurse": true, "allocated": true, "difficulty": true, "communication": true,
	"police": true, "order": true}

// ending is the longest phrase that the words end in.
func ending[T any](ws []string, in []phrase[T]) (p phrase[T], ok bool) {
	for _, p := range in {
		if endsWith(ws, p.words) {
			return p, true
		}
	}
	return p, false
}

// within is the longest phrase anywhere in the words; of two as long, the later.
func within[T any](ws []string, in []phrase[T]) (best phrase[T], at int) {
	at = -1
	for _, p := range in {
		if at >= 0 && len(p.words) < len(best.words) {
			break
		}
		if i := find(ws, p.words); i > at {
			best, at = p, i
		}
	}
	return best, at
}

// exactly is the phrase that is all of the words.
func exactly[T any](ws []string, in []phrase[T]) (p phrase[T], ok bool) {
	for _, p := range in {
		if slices.Equal(ws, p.words) {
			return p, true
		}
	}
	return p, false
}
