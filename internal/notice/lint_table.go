package notice

// LintRules is everything the linter looks for. Each has a test that makes it
// find, and finds nothing in the default pack.
func LintRules() []Rule {
	const (
		accountability = "UK GDPR Article 5(2)"
		transparency   = "UK GDPR Articles 5(1)(a) and 12(1)"
		consentLaw     = "UK GDPR Articles 4(11) and 7"
		pecr           = "PECR regulation 6 and Schedule A1"
		complaintsLaw  = "DPA 2018 s.164A"
		itself         = "the notice's own words"
	)
	return []Rule{
		// Promises and rules.
		{"sentence-without-check", Doubt, "a promise that nothing checks", "UK GDPR Article 5(2) (accountability)", Recalled, ""},
		{"promise-without-id", Suggest, "words that promise, and have no id", accountability, OwnWord, ""},
		{"rule-without-sentence", Doubt, "a rule that is applied and not told", "UK GDPR Articles 13(1)(e), 13(2)(a) and 14", Recalled, ""},

		// The same words in another language.
		{"translation-missing", Doubt, "a language that the notice is offered in, and is not there in", itself, OwnWord, ""},
		{"translation-lacks-promise", Doubt, "a promise that is made in one language and not in another", itself, OwnWord, ""},
		{"translation-adds-promise", Doubt, "a promise that only a translation makes, which nothing checks", accountability, OwnWord, ""},
		{"translation-older", Doubt, "a translation of words that have changed since", itself, OwnWord, ""},

		// Categories, purposes, bases, conditions.
		{"category-without-use", Wrong, "data held that no purpose needs", "UK GDPR Article 5(1)(b) and (c)", Recalled, ""},
		{"category-without-retention", Wrong, "data kept with no end", "UK GDPR Articles 5(1)(e), 13(2)(a) and 15(1)(d)", Recalled, ""},
		{"use-without-basis", Wrong, "a purpose with no lawful basis", "UK GDPR Articles 6(1) and 13(1)(c)", Recalled, ""},
		{"use-without-law", Wrong, "a duty or public task with no enactment", "UK GDPR Article 6(3)", Recalled, ""},
		{"use-without-source", Doubt, "a purpose that does not say where its data comes from", "UK GDPR Articles 14(2)(f) and 15(1)(g)", Recalled, ""},
		{"sharing-without-basis", Wrong, "a disclosure with no lawful basis", "UK GDPR Article 6(1)", Recalled, ""},
		{"sharing-without-law", Wrong, "a disclosure under a duty that names no enactment", "UK GDPR Article 6(3)", Recalled, ""},
		{"interest-not-named", Wrong, "an interest that is not said", "UK GDPR Articles 6(1)(ea), 13(1)(d) and 14(2)(b)", Recalled, ""},
		{"automated-on-recognised-interest", Wrong, "a decision by machine that may not rest on this basis", "UK GDPR Article 22B(4)", Read, "2026-02-05"},
		{"special-without-condition", Wrong, "special category data that nothing allows", "UK GDPR Article 9(2)", Read, ""},
		{"interests-for-special", Wrong, "legitimate interests as what allows special category data", "UK GDPR Article 9(1) and (2)", Read, ""},
		{"condition-without-schedule-1", Wrong, "a condition that works only with a paragraph of Schedule 1", "DPA 2018 s.10(2) and (3)", Read, ""},
		{"equality-condition-too-wide", Wrong, "equality monitoring of what it does not cover", "DPA 2018 Schedule 1 paragraph 8(2)", Read, ""},
		{"condition-undecided", Wrong, "several conditions offered for one thing", "UK GDPR Articles 9(2) and 5(2)", Recalled, ""},
		{"condition-unlikely", Doubt, "public health as a landlord's condition", "UK GDPR Article 9(2)(i); DPA 2018 Schedule 1 paragraph 3", Recalled, ""},
		{"criminal-without-condition", Wrong, "criminal offence data that nothing allows", "UK GDPR Article 10; DPA 2018 s.10(5)", Read, ""},
		{"policy-document-missing", Wrong, "a condition without the policy document it wants", "DPA 2018 Schedule 1 paragraphs 5 and 38 to 41", Read, ""},
		{"bases-differ", Wrong, "lists of bases that do not agree with each other or with the uses", itself, OwnWord, ""},
		{"recognised-interest-available", Suggest, "crime or safeguarding without the basis made for it", "UK GDPR Article 6(1)(ea) and Annex 1", Read, "2026-02-05"},
		{"only-as-given-broken", Wrong, "data said to be used for the service alone, and used for more", itself, OwnWord, ""},
		{"new-purpose-untold", Wrong, "a purpose that began before people were told", "UK GDPR Articles 13(3), 14(4) and 8A", Recalled, ""},
		{"anonymity-untested", Doubt, "anonymous data used freely without a test that it is", "UK GDPR recital 26", Recalled, ""},

		// Consent.
		{"consent-by-conduct", Wrong, "consent by browsing, visiting, attending or silence", consentLaw, Recalled, ""},
		{"consent-not-the-persons", Wrong, "somebody else's consent", consentLaw, Recalled, ""},
		{"consent-without-withdrawal", Wrong, "consent with no way back", "UK GDPR Article 7(3)", Recalled, ""},
		{"marketing-without-consent", Wrong, "marketing by e-mail or text that nothing allows", "PECR regulation 22", Recalled, ""},

		// Who we are.
		{"agent-without-client", Wrong, "an agent that does not say for whom it acts", "UK GDPR Articles 13(1)(a), 28 and 30(2)", Recalled, ""},
		{"client-without-agreement", Wrong, "a client with no agreement", "UK GDPR Article 28(3)", Recalled, ""},
		{"client-without-end", Doubt, "a client whose data has no end with us", "UK GDPR Article 28(3)(g)", Recalled, ""},
		{"officer-missing", Doubt, "no data protection officer", "UK GDPR Articles 13(1)(b) and 37", Recalled, ""},
		{"address-without-postcode", Doubt, "a postal address without a postcode", transparency, OwnWord, ""},
		{"regulator-unnamed-today", Doubt, "a regulator with no name for the day", "UK GDPR Article 13(2)(d)", Recalled, ""},
		{"stairs-missing", Doubt, "a registered provider that does not offer STAIRs", "Social Tenant Access to Information Requirements, through the Transparency, Influence and Accountability Standard", SecondHand, "2026-10-01"},

		// Sharing and transfers.
		{"recipient-without-rule", Wrong, "a recipient that no rule gives anything to", "UK GDPR Articles 5(1)(a) and 30(1)(d)", Recalled, ""},
		{"recipient-without-agreement", Wrong, "a processor or joint controller without an agreement", "UK GDPR Articles 26(1) and 28(3)", Recalled, ""},
		{"recipient-open-ended", Wrong, "a recipient that is anybody", "UK GDPR Articles 13(1)(e) and 14(1)(e)", Recalled, ""},
		{"agreement-needed-and-missing", Wrong, "a rule that needs an agreement there is none of", itself, OwnWord, ""},
		{"conditions-differ", Doubt, "one recipient, asked for an agreement here and not there", itself, OwnWord, ""},
		{"silent-sharing", Wrong, "a disclosure nobody is told of, with no exemption", "UK GDPR Articles 13(1)(e) and 14(1)(e); DPA 2018 Schedule 2", Recalled, ""},
		{"everyone-shared", Doubt, "a file of all customers, whether it concerns them or not", "UK GDPR Articles 5(1)(c) and 35", Recalled, ""},
		{"referral-without-agreement", Doubt, "a homelessness referral the person need not agree to", "Homelessness Code of Guidance chapter 4; Commitment to Refer", SecondHand, ""},
		{"never-shared-yet-shared", Wrong, "a disclosure the notice says is never made", itself, OwnWord, ""},
		{"never-held-yet-held", Wrong, "data held that the notice says never is", itself, OwnWord, ""},
		{"hedged-promise", Doubt, "a never that is taken back", itself, OwnWord, ""},
		{"transfer-without-safeguard", Wrong, "data abroad that nothing protects", "UK GDPR Articles 44A to 49 and 15(2)", Recalled, ""},
		{"perimeters-differ", Wrong, "two lines drawn round where data may be", itself, OwnWord, ""},
		{"transfer-beyond-perimeter", Wrong, "data held where the notice says it is not", itself, OwnWord, ""},
		{"suppliers-not-controlled", Doubt, "supplier's computers said to be controlled, and nothing shows it", "UK GDPR Articles 28(1) and 32", Recalled, ""},

		// Keeping.
		{"client-without-retention", Doubt, "a client whose data is held, and no period of its own", "UK GDPR Articles 5(1)(e) and 28(3)", Recalled, ""},
		{"hold-without-review", Suggest, "a hold that nobody looks at again", "UK GDPR Article 5(1)(e)", Recalled, ""},

		// Rights, clocks, fees, complaints.
		{"right-missing", Wrong, "a right the notice does not tell of", "UK GDPR Articles 13(2)(b) and 14(2)(c)", Recalled, ""},
		{"clock-not-told", Doubt, "access with no time to answer in", "UK GDPR Article 12(3) and 12A", Read, ""},
		{"promise-weaker-than-law", Wrong, "a clock that can end after the law's", "UK GDPR Articles 12(3) and 12A", Read, "2018-05-25"},
		{"fee-not-lawful", Wrong, "a fee the law does not allow", "UK GDPR Articles 12(5) and 15(3)", Read, "2018-05-25"},
		{"only-in-writing", Wrong, "requests that must be in writing", "UK GDPR Article 12(2); the regulator's guidance on access", Recalled, "2018-05-25"},
		{"limit-without-law", Wrong, "a refusal that rests on no exemption", "UK GDPR Article 15; DPA 2018 Schedules 2 to 4", Read, ""},
		{"others-withheld", Wrong, "everything withheld because somebody else is in it", "DPA 2018 Schedule 2 paragraph 16", Read, ""},
		{"informal-without-clock", Doubt, "an informal request with no clock", "UK GDPR Article 12(3)", Read, ""},
		{"regime-not-owed", Suggest, "an access regime the law does not put on this body", "Freedom of Information Act 2000 Schedule 1; Information Commissioner v Poplar HARCA [2020] UKUT 182 (AAC)", SecondHand, ""},
		{"refusal-word-wrong", Suggest, "exemption and exception confused", "Environmental Information Regulations 2004 regulation 12", Recalled, ""},
		{"complaint-route-missing", Wrong, "no complaint to the landlord, or none to the regulator", complaintsLaw + " and s.165; UK GDPR Articles 13(2)(d) and 15(1)(f)", Read, ""},
		{"complaint-clock-missing", Wrong, "a complaint that is not acknowledged within 30 days", complaintsLaw + "(4)", Read, "2026-06-19"},
		{"complaint-form-missing", Doubt, "a complaint that cannot be made on a form, and otherwise", complaintsLaw + "(3)", Read, "2026-06-19"},
		{"complaint-order", Suggest, "the regulator put before the landlord's own step", complaintsLaw, Read, "2026-06-19"},

		// The site.
		{"scope-too-narrow", Wrong, "a notice of the website alone, that governs more", itself, OwnWord, ""},
		{"ip-claims-differ", Wrong, "two things said of IP addresses", itself, OwnWord, ""},
		{"cookie-type-and-life", Wrong, "a cookie whose type is not its life", itself, OwnWord, ""},
		{"cookie-without-end", Doubt, "a cookie that never ends", pecr + "; the regulator's guidance on duration", SecondHand, ""},
		{"cookie-not-theirs", Doubt, "a third party's cookie that our own site sets", itself, OwnWord, ""},
		{"cookie-retired", Doubt, "a cookie of a library that is no more", itself, SecondHand, "2023-07-01"},
		{"cookie-without-refusal", Wrong, "statistics or appearance with no way to say no", pecr, SecondHand, "2026-02-05"},
		{"cookie-refusal-hard", Wrong, "cookies refused in the browser or not at all", pecr + "; UK GDPR Article 7(3)", SecondHand, ""},
		{"cookies-not-listed", Wrong, "cookies or trackers spoken of and not listed", pecr, Read, ""},
		{"portal-cookie-not-listed", Wrong, "a cookie of Tenet's own portal that the notice does not list", pecr, Read, ""},
		{"tracker-without-consent", Wrong, "a pixel, advertisement or session replay without consent", pecr, Read, ""},
		{"asks-without-use", Wrong, "a form or record that asks what its purpose does not need", "UK GDPR Article 5(1)(c)", Recalled, ""},

		// Recordings, indicators, compartments.
		{"recording-untold", Wrong, "people recorded who are not told then and there", transparency, Recalled, ""},
		{"recording-without-retention", Wrong, "recordings with no end", "UK GDPR Article 5(1)(e)", Recalled, ""},
		{"recording-without-assessment", Doubt, "cameras without an impact assessment", "UK GDPR Article 35(3)(c)", Read, ""},
		{"assessment-incomplete", Wrong, "an assessment without its four answers", "UK GDPR Article 35(7)", Recalled, ""},
		{"indicator-misnamed", Doubt, "a prompt about a need that is called a warning", itself, OwnWord, ""},
		{"indicator-untold", Doubt, "a warning the person is not told of", "UK GDPR Article 5(1)(a); the regulator's guidance on violent warning markers", Recalled, ""},
		{"indicator-without-end", Wrong, "a warning nobody looks at again", "UK GDPR Article 5(1)(d) and (e)", Recalled, ""},
		{"compartment-bypassed", Wrong, "staff who see what is said to be kept apart", itself, OwnWord, ""},

		// What has to be said.
		{"controller-not-named", Wrong, "a controller the words do not name", "UK GDPR Article 13(1)(a)", Recalled, ""},
		{"officer-not-reachable", Wrong, "words that do not say how to reach the data protection officer", "UK GDPR Article 13(1)(b)", Recalled, ""},
		{"bases-not-told", Wrong, "words that say nothing of lawful bases", "UK GDPR Article 13(1)(c)", Recalled, ""},
		{"retention-not-told", Wrong, "words that give no period", "UK GDPR Article 13(2)(a)", Recalled, ""},
		{"transfers-not-told", Doubt, "words that say nothing of other countries", "UK GDPR Article 13(1)(f)", Recalled, ""},
		{"withdrawal-not-told", Wrong, "words that do not say consent can be taken back", "UK GDPR Article 13(2)(c)", Recalled, ""},
		{"complaint-not-told", Wrong, "words that do not name the regulator", "UK GDPR Article 13(2)(d)", Recalled, ""},
		{"obligation-not-told", Doubt, "words that do not say what must be given, and what follows", "UK GDPR Article 13(2)(e)", Recalled, ""},
		{"automated-not-told", Wrong, "a decision by machine the words do not tell of", "UK GDPR Articles 13(2)(f) and 22C", Read, ""},
		{"extension-not-told", Doubt, "words that do not say when an answer may take longer", "UK GDPR Article 12A", Read, "2026-02-05"},
		{"says-everything", Wrong, "“everything you need to know”, which it is not", transparency, OwnWord, ""},

		// Time.
		{"notice-expired", Wrong, "a notice that is no longer in force", itself, OwnWord, ""},
		{"review-overdue", Doubt, "a review whose day has passed", accountability, OwnWord, ""},
		{"expired-statement", Doubt, "a statement whose time has passed", transparency, OwnWord, ""},
		{"repealed-law", Wrong, "law that has been repealed or replaced", transparency, Recalled, ""},
		{"law-without-year", Doubt, "an Act without its year", transparency, OwnWord, ""},
		{"renamed-body", Doubt, "a body that has another name or place now", transparency, Recalled, ""},
		{"outdated-wording", Doubt, "wording of law that has changed", transparency, Read, ""},
		{"regulator-details-stale", Suggest, "a regulator's address to look up before printing", transparency, SecondHand, ""},

		// Words.
		{"claims-contradict", Wrong, "two sentences that cannot both be so", itself, OwnWord, ""},
		{"regimes-confused", Doubt, "three access regimes spoken of as one", transparency, Recalled, ""},
		{"access-narrowed", Wrong, "access only for some bases", "UK GDPR Article 15", Read, ""},
		{"duty-not-owed", Doubt, "a public body's duty taken for one's own", "Equality Act 2010 s.149; Freedom of Information Act 2000 Schedule 1", Recalled, ""},
		{"disclaimer-of-duty", Wrong, "security of personal data disclaimed", "UK GDPR Articles 5(1)(f), 32 and 82", Recalled, ""},
		{"kind-named-not-held", Doubt, "a kind of special data named that no category holds", itself, OwnWord, ""},
		{"empty-list", Wrong, "a list that is announced and does not come", itself, OwnWord, ""},
		{"broken-text", Wrong, "a sentence that has lost a part", itself, OwnWord, ""},
		{"broken-contact", Wrong, "an address that cannot be used", transparency, OwnWord, ""},
		{"broken-cross-reference", Wrong, "a section that is not there, or is about something else", itself, OwnWord, ""},
		{"reading-ease", Suggest, "words that are hard to read", transparency, OwnWord, ""},
		{"sentence-too-long", Suggest, "a sentence that loses its reader", transparency, OwnWord, ""},

		// Words against rules.
		{"sale-said", Wrong, "data that is said to be sold", "UK GDPR Article 5(1)(a)", Read, ""},
		{"withdrawal-hindered", Wrong, "consent that is not free to be taken back", "UK GDPR Article 7(3)", Read, ""},
		{"period-differs", Wrong, "a period told that no rule has", itself, OwnWord, ""},
		{"period-vague", Doubt, "“as long as necessary” in place of a period", "UK GDPR Article 13(2)(a); Guidelines on transparency (WP260)", Recalled, ""},
		{"clock-differs", Wrong, "a time to answer told that is not the clock's", itself, OwnWord, ""},
		{"place-differs", Wrong, "a place told where the rules have no data", itself, OwnWord, ""},
		{"recipient-not-in-rules", Doubt, "somebody said to be given data whom no rule has", "UK GDPR Articles 5(1)(a) and 13(1)(e)", Recalled, ""},
		{"recording-differs", Wrong, "recordings told of that differ from those listed", itself, OwnWord, ""},
		{"promise-reversed", Wrong, "a promise that says the opposite of its rule", itself, OwnWord, ""},

		// Waivers.
		{"rule-faulty", Wrong, "a rule of sharing that cannot be read, can never hold, or decides its own example otherwise", itself, OwnWord, ""},
		{"check-faulty", Wrong, "a check of a promise that asks for what is not there", accountability, OwnWord, ""},
		{"waiver-expired", Wrong, "a waiver whose day has passed", accountability, OwnWord, ""},
		{"waiver-idle", Suggest, "a waiver of something that is not found", accountability, OwnWord, ""},
	}
}
