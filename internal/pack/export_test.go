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
