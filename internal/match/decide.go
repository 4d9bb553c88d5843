package match

// What the weights cannot know. Records of a household are not independent: a twin has the surname, the birth date and
// the home, a son may have his father's whole name and his landline. So agreement that a household shares never merges,
// however many bits it adds up to, and a contradiction is never outvoted.

// decide gives the verdict on evidence of so many bits, and in words why it is held back where it is.
func (m *Model) decide(c comparedPair, bits float64, a, b *Profile) (Verdict, string) {
	verdict := Different
	switch {
	case bits >= m.SameAt:
		verdict = Same
	case bits >= m.AskAt:
		verdict = Ask
	}
	v := &c.v
	if byNumber(v) && v[forenameField] != otherName && v[birthField] <= oneFigure && v[ninoField] != otherNumber && v[nhsField] != otherNumber {
		return Same, "" // exact first: a number issued to one person, and nothing against it
	}
	if a.bare() != b.bare() && (v[refField] == full || v[emailField] == full) {
		return Same, "" // a question that gives an identifier and no name
	}
	if most, why := contradiction(c); most < Same {
		if byNumber(v) && most == Ask {
			return Ask, why
		}
		if most < verdict {
			return most, why
		}
		return verdict, ""
	}
	if verdict == Same {
		if why := m.shared(c, a.grown() && b.grown()); why != "" {
			return Ask, why
		}
	}
	return verdict, ""
}

// bare is a question with neither a name nor a birth date in it.
func (p *Profile) bare() bool { return len(p.names) == 0 && p.birth == "" }

// grown is somebody who was born long enough ago to be of age whenever this is read: twins of age seldom share a mobile.
func (p *Profile) grown() bool { return p.birth != "" && p.birth < "2005" }

func byNumber(v *vector) bool { return v[ninoField] == full || v[nhsField] == full }

// anchored: something agrees beside the name, so that a slip in a date may be one.
func anchored(v *vector) bool {
	return byNumber(v) || v[refField] == full || v[emailField] == full || v[phoneField] == full || v[phoneField] == 2 || v[placeField] == sameHome
}

// Contradiction says in words what of a and b cannot both be true of one person, or is too likely not to be, for somebody
// who puts together more than two; "" when nothing contradicts. [Model.Compare] never answers [Same] where there is one.
func Contradiction(a, b *Profile) string {
	_, why := contradiction(compareProfiles(a, b))
	return why
}

// contradiction gives the most that the verdict may be, and why, when the two cannot both be true of one person.
func contradiction(c comparedPair) (Verdict, string) {
	v := &c.v
	named := (v[forenameField] == full || v[forenameField] == otherForm) && v[surnameField] != 0 && v[surnameField] < otherSurname
	born := v[birthField] == full
	switch {
	case c.ag.clash == generation:
		return Different, "one is the elder and one the younger"
	case v[ninoField] == otherNumber:
		if v[nhsField] == full || born && named {
			return Ask, "the NI numbers differ, though the rest agrees: one may be mistyped"
		}
		return Different, "the NI numbers differ"
	case v[nhsField] == otherNumber:
		if v[ninoField] == full || born && named {
			return Ask, "the NHS numbers differ, though the rest agrees: one may be mistyped"
		}
		return Different, "the NHS numbers differ"
	case v[birthField] >= otherBirth:
		if byNumber(v) || (v[emailField] == full || v[emailField] == 2) && v[forenameField] != otherName && v[surnameField] != otherSurname {
			return Ask, "the dates of birth differ, though the rest agrees"
		}
		return Different, "the dates of birth differ"
	case v[birthField] == twoParts:
		return Ask, "the dates of birth differ by more than one slip"
	case (v[birthField] == exchangedDay || v[birthField] == oneFigure) && !anchored(v):
		return Ask, "the dates of birth differ by what could be a slip, and nothing but the name speaks for it"
	case v[forenameField] == otherName:
		if byNumber(v) || born && v[emailField] == full && c.ag.clash == noClash {
			return Ask, "the forenames contradict"
		}
		return Different, "the forenames contradict: people of one household share the rest"
	case v[ninoField] == numberSlip, v[nhsField] == numberSlip:
		return Ask, "a number issued to one person differs by one slip, as the numbers of brothers and sisters may"
	}
	return Same, ""
}

// shared says what a household shares and this evidence does not go beyond; "" when something in it is the person's own.
func (m *Model) shared(c comparedPair, grown bool) string {
	v := &c.v
	reached := v[emailField] == full || v[emailField] == 2 || v[phoneField] == 1 || v[refField] == full
	born := v[birthField] == full || v[birthField] == exchangedDay || v[birthField] == oneFigure
	own := grown && v[surnameField] != otherSurname && (v[emailField] == full || v[phoneField] == 1) // children have a parent's
	switch v[forenameField] {
	case full, otherForm:
		switch {
		case v[surnameField] == otherSurname && !(born && reached):
			return "the surname may have changed, and too little else agrees"
		case born:
			return ""
		case v[birthField] == firstJanuary && (reached || v[placeField] == sameHome):
			return ""
		case v[birthField] == 0 && v[surnameField] != 0 && v[orderField] == 1 && (v[emailField] == full || v[phoneField] == 1):
			return "" // a reference would not do: it is the tenancy's
		case v[birthField] == 0:
			return "nothing here tells a parent from a child of the same name"
		}
		return "the date of birth stands for an unknown one"
	case like, resembling:
		if born && (reached && m.isSlip(c) || own) {
			return ""
		}
		return "the forenames are alike, as twins' may be"
	case initialOnly:
		if born && own {
			return ""
		}
		return "an initial does not tell twins apart"
	case 0:
		return "the forename is not known, and the rest is what a household shares"
	}
	return "the forenames contradict"
}

// isSlip reports whether one of two forenames that are alike is a name that nobody bears: then it is the other one,
// mistyped. Jayden and Hayden are two names; Jaydne is none.
func (m *Model) isSlip(c comparedPair) bool {
	if len(c.a.Given) == 0 || len(c.b.Given) == 0 || c.ag.order != asWritten {
		return false
	}
	x, y := c.a.Given[0], c.b.Given[0]
	return (m.isForename(x) != m.isForename(y)) && edits(x, y) <= 2
}

func (m *Model) isForename(w string) bool {
	if len(nicknames[w]) > 0 || len(forenameSpelling[w]) > 0 {
		return true
	}
	_, known := m.Forenames.of(w)
	return known
}
