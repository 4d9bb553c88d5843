package discover

import "slices"

// Categories of personal data that a proposal uses: ids for a notice's
// data.yaml, those that the default pack has.
const (
	asb               = "asb"
	callRecordings    = "call-recordings"
	caseNotes         = "case-notes"
	children          = "children"
	complaints        = "complaints"
	contactDetails    = "contact-details"
	correspondence    = "correspondence"
	criminal          = "criminal"
	employment        = "employment"
	ethnicity         = "ethnicity"
	financial         = "financial"
	health            = "health"
	household         = "household"
	identity          = "identity"
	images            = "images"
	onlineAccount     = "online-account"
	propertyCondition = "property-condition"
	religion          = "religion"
	rentTransactions  = "rent-transactions"
	repairs           = "repairs"
	requests          = "requests"
	sexualOrientation = "sexual-orientation"
	tenancy           = "tenancy"
	thirdParties      = "third-party-contacts"
	vulnerability     = "vulnerability"
	warnings          = "warning-markers"
)

// Categories are the ids of every category that Propose may give a column.
func Categories() []string {
	return []string{asb, callRecordings, caseNotes, children, complaints, contactDetails, correspondence, criminal, employment, ethnicity,
		financial, health, household, identity, images, onlineAccount, propertyCondition, religion, rentTransactions, repairs, requests,
		sexualOrientation, tenancy, thirdParties, vulnerability, warnings}
}

// slot is the place of a column among the identifiers of a person.
type slot int

const (
	noSlot slot = iota
	title
	forename
	middleName
	surname
	fullName
	bareName // "name" and no more: a person's only beside a person
	knownAs
	dob
	died
	nino
	nhs
	email
	phone
	reference
	address
	postcode
	uprn
	username
)

// meaning is what a column of some name holds.
type meaning struct {
	slot     slot
	category string
	dpv      string // in the Data Privacy Vocabulary's personal data extension, without "dpv-pd:"
	kind     string
	freeText bool
	brief    bool // free text, however few its words: it names people all the same
	hide     string
	review   string
}

// meanings by the words of a column's name, in the singular. Identifiers (with
// a slot) must end the name, so that phone_type is no phone; the rest may stand
// anywhere in it. The longest phrase wins.
var meanings = []struct {
	phrases string
	meaning
}{
	{"first name, forename, given name, christian name, fore name", meaning{slot: forename, category: identity, dpv: "Name"}},
	{"middle name, initial, middle initial", meaning{slot: middleName, category: identity, dpv: "Name"}},
	{"last name, surname, family name, sur name", meaning{slot: surname, category: identity, dpv: "Name"}},
	{"full name, display name, person name, customer name, tenant name, client name, resident name, applicant name, contact name, employee name, " +
		"staff name, worker name, officer name, user full name, member name", meaning{slot: fullName, category: identity, dpv: "Name"}},
	{"name", meaning{slot: bareName, category: identity, dpv: "Name"}},
	{"known as, preferred name, alias, maiden name, former name, previous name, nickname", meaning{slot: knownAs, category: identity, dpv: "Name"}},
	{"salutation, title of courtesy, honorific, name title, name prefix", meaning{slot: title, category: identity, dpv: "Name"}},
	{"date of birth, dob, birth date, birthday", meaning{slot: dob, category: identity, dpv: "BirthDate"}},
	{"age", meaning{category: identity, dpv: "Age"}},
	{"date of death, death date, deceased date, date deceased, dod, died, died on", meaning{slot: died, category: identity}},
	{"nino, ni number, national insurance, national insurance number, ni ref, nin", meaning{slot: nino, category: identity, dpv: "OfficialID"}},
	{"nhs number, nhs id, nhs", meaning{slot: nhs, category: health, dpv: "OfficialID", kind: "special"}},
	{"passport, passport number, driving licence, driving licence number, visa number", meaning{category: identity, dpv: "Passport"}},
	{"email, email address, e mail, e mail address, mail address", meaning{slot: email, category: contactDetails, dpv: "EmailAddress"}},
	{"phone, telephone, telephone number, phone number, mobile, mobile number, cell phone, cell number, fax, landline, contact number, home telephone, daytime number, evening number, whatsapp",
		meaning{slot: phone, category: contactDetails, dpv: "TelephoneNumber"}},
	{"address, address line, street, street name, street address, house number, town, city, city name, county, postal address, forwarding address, building name, " +
		"short address, addr, address text, house name", meaning{slot: address, category: contactDetails, dpv: "PhysicalAddress"}},
	{"postcode, post code, postcode full, full postcode, postal code, zip, zip code", meaning{slot: postcode, category: contactDetails, dpv: "PostalCode"}},
	{"uprn", meaning{slot: uprn, category: contactDetails, dpv: "HomeLocation"}},
	{"tenancy ref, tenancy number, tenancy reference, customer ref, customer number, account ref, account number, rent account number, person ref, person number, tenant ref, " +
		"tenant number, tenancy code, tenant code, client ref, client number, payroll number, employee number, staff number, person id legacy, membership number, application ref, " +
		"legacy person id, upn id, ssda 903 id, scn id, scra id, tag ref", meaning{slot: reference, category: identity, dpv: "UID"}},
	{"user name, username, login, login name, user id legacy, screen name, system user id", meaning{slot: username, category: onlineAccount, dpv: "Username"}},

	{"password, password hash, passphrase, hashed password, pin, pin code, security answer, security question, memorable word",
		meaning{category: onlineAccount, dpv: "Password", hide: "a secret for signing in"}},
	{"salt, token, secret, api key, access token, refresh token, reset token, private key, session key, otp, mfa secret, totp, session token",
		meaning{category: onlineAccount, dpv: "Authenticating", hide: "a secret for signing in"}},
	{"key safe, keysafe, door code, alarm code, entry code", meaning{category: contactDetails, dpv: "SecretText", review: "opens somebody's home"}},

	{"contact preference, preferred method of contact, contact address", meaning{category: contactDetails, dpv: "Contact"}},
	{"easting, northing, latitude, longitude", meaning{category: contactDetails, dpv: "HomeLocation"}},

	{"ethnicity, ethnic, ethnic origin, ethnic group, racial, race", meaning{category: ethnicity, dpv: "EthnicOrigin", kind: "special"}},
	{"religion, faith, belief, religious", meaning{category: religion, dpv: "Religion", kind: "special"}},
	{"sexual orientation, sex orientation, sex orient, sexuality, sex life", meaning{category: sexualOrientation, dpv: "SexualPreference", kind: "special"}},
	{"political, political party, political opinion", meaning{dpv: "PoliticalOpinion", kind: "special"}},
	{"trade union", meaning{dpv: "TradeUnionMembership", kind: "special"}},
	{"biometric, fingerprint", meaning{dpv: "Biometric", kind: "special"}},
	{"disability, disabled, impairment, wheelchair, learning disability", meaning{category: health, dpv: "Disability", kind: "special"}},
	{"health, medical, diagnosis, medication, illness, gp surgery, mental health, allergy, pregnancy, blood type, hospital, communication difficulty, " +
		"difficulty making decision, allocated nurse, hiv, pregnant, incapacity", meaning{category: health, dpv: "Health", kind: "special"}},
	{"gender, sex, pronoun, gender assigned at birth, transgender", meaning{category: identity, dpv: "Gender"}},
	{"marital status, civil status", meaning{category: identity, dpv: "MaritalStatus"}},
	{"nationality, citizenship, immigration, immigration status, right to rent", meaning{category: ethnicity, dpv: "Nationality"}},
	{"country of birth, place of birth, birth place, birth country", meaning{category: ethnicity, dpv: "BirthPlace"}},
	{"first language, preferred language, language, interpreter, interpreter required, interpreter needed, fluency in english, fluent in english",
		meaning{category: identity, dpv: "Language"}},

	{"vulnerability, vulnerable, person alert, safeguarding, alert code, support need, immunocompromised, risk assessment, access need",
		meaning{category: vulnerability, dpv: "Vulnerability", kind: "special"}},
	{"warning, cautionary, cautionary alert, hazard to staff, do not visit alone, warning flag", meaning{category: warnings, dpv: "Behavioural", kind: "criminal"}},
	{"restricted", meaning{category: warnings, dpv: "Behavioural"}},
	{"offence, conviction, criminal, criminal record, probation, police, arrest, caution, violent, asb issued, asb order", meaning{category: criminal, dpv: "Criminal", kind: "criminal"}},
	{"asb, antisocial behaviour, nuisance", meaning{category: asb, dpv: "SocialBehaviour"}},
	{"is child, child, looked after, cp register, lac, parental responsibility", meaning{category: children, dpv: "Family", kind: "child"}},
	{"school, school name, qualification, university", meaning{category: employment, dpv: "School"}},
	{"relationship, relationship to tenant, carer, informal carer, main carer", meaning{category: household, dpv: "Relationship"}},

	{"bank account, bank account number, sort code, iban, bic, bank", meaning{category: financial, dpv: "BankAccount"}},
	{"card number, credit card, cvv, pan, card expiry", meaning{category: financial, dpv: "PaymentCardNumber", review: "a payment card"}},
	{"income, earning, benefit, universal credit, housing benefit, saving", meaning{category: financial, dpv: "Income"}},
	{"salary, wage, pay grade", meaning{category: employment, dpv: "Salary"}},
	{"credit score, credit rating", meaning{category: financial, dpv: "CreditScore"}},
	{"debt, arrear, balance", meaning{category: financial, dpv: "FinancialStatus"}},
	{"amount, payment, rent amount, weekly rent, weekly charge, total, amount penny", meaning{category: financial, dpv: "Transaction"}},
	{"job title, occupation, employment status, hire date, employer, contact title, started on, left on", meaning{category: employment, dpv: "Job"}},

	{"photo, photograph, picture, image, video, photo path", meaning{category: images, dpv: "Picture"}},
	{"voice recording, call recording, recording", meaning{category: callRecordings, dpv: "VoiceCommunicationRecording"}},
	{"ip address, ip, client ip", meaning{category: onlineAccount, dpv: "IPAddress"}},
	{"user agent, browser", meaning{category: onlineAccount, dpv: "UserAgent"}},
	{"cookie, device id, mac address", meaning{category: onlineAccount, dpv: "DeviceBased"}},
	{"vehicle registration, registration mark, number plate, vrm", meaning{category: identity, dpv: "VehicalLicenseRegistration"}},

	{"note, comment, description, detail, narrative, body, message, summary, remark, free text, finding, outcome detail, statement, " +
		"reason, old value, new value, key value, metadata, care package, content, content summary, notification detail, review detail, key information, text, " +
		"old data, new data, instruction, request detail, requested support, observation, what, information shared, title, heading, headline, " +
		"object, object change, payload, feedback", meaning{freeText: true}},
	{"subject, subject line", meaning{freeText: true, brief: true}},
}

// fileNames are what columns that say where a file is are called, whole. People
// name files for whom they are about.
var fileNames = lexicon[bool]{
	"name, path, file, file name, filename, file path, filepath, document name, document path, attachment name, folder, original name, url, document url": true,
}

// sense is one phrase of the meanings, taken apart.
var senses = func() []phrase[meaning] {
	l := lexicon[meaning]{}
	for _, m := range meanings {
		l[m.phrases] = m.meaning
	}
	return l.phrases()
}()

// flags begin the name of a column that says something about an identifier
// instead of being one: is_contact_address.
var flags = map[string]bool{"is": true, "has": true, "ok": true, "can": true, "no": true}

// prepositions say of what the words before them are.
var prepositions = map[string]bool{"of": true, "for": true, "about": true, "on": true}

// neutral words before an identifier leave it the row's own: home_phone.
var neutral = map[string]bool{"home": true, "work": true, "main": true, "primary": true, "secondary": true, "mobile": true, "personal": true,
	"alternative": true, "other": true, "preferred": true, "current": true, "permanent": true, "correspondence": true, "contact": true,
	"daytime": true, "evening": true, "postal": true, "office": true, "business": true, "my": true, "legal": true, "new": true, "display": true,
	"short": true, "full": true, "private": true, "direct": true, "registered": true, "residential": true, "uk": true, "second": true, "day": true,
	"first": true, "last": true, "formatted": true, "unconfirmed": true, "verified": true, "former": true, "birth": true, "raw": true, "town": true, "or": true}

// read is what a column's name says: the meaning, and the words before it,
// which say whose it is. ok is false where it says nothing.
func read(ws []string) (_ meaning, holder []string, ok bool) {
	ws = trimDigits(ws)
	if len(ws) == 0 {
		return meaning{}, nil, false
	}
	var words meaning // free text, and nothing says of what
	var before []string
	for _, s := range senses {
		at := find(ws, s.words)
		if at < 0 {
			continue
		}
		last := at+len(s.words) == len(ws)
		if s.means.slot != noSlot && (!last || flags[ws[0]]) {
			continue
		}
		if s.means.freeText && !last && !(at == 0 && prepositions[ws[len(s.words)]]) {
			continue // but description of work, reason for change
		}
		if s.means.brief && len(ws) > len(s.words) {
			continue
		}
		if s.means.freeText && s.means.category == "" {
			if !words.freeText {
				words, before = s.means, slices.Clone(ws[:at])
			}
			continue // vulnerability details are details, and of a vulnerability
		}
		m := s.means
		if end, ok := ending(ws, senses); ok && end.means.freeText {
			m.freeText = true // disability notes are both
		}
		return m, slices.Clone(ws[:at]), true
	}
	return words, before, words.freeText
}
