package pack

// Compare is compare for tests: the whole text again, and what of it is marked.
func Compare(whole, shown string) (again string, marked []string) {
	for _, p := range compare(whole, shown, func(label string) string { return label }) {
		again += p.Text
		if p.Left {
			marked = append(marked, p.Text+" <"+p.Why+">")
		}
	}
	return again, marked
}

// Lines is how a word of a table is parted for lines so many millimetres wide.
func Lines(word string, width float64) ([]string, error) {
	f, err := faces()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, l := range (&sheet{faces: f}).wrap([]run{{text: word}}, tableSize*point, width) {
		out = append(out, l[0].text)
	}
	return out, nil
}
