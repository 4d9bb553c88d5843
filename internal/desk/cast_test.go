package desk

import (
	"testing"

	"tenet/internal/law"
)

// TestEveryoneIsAnswered: nobody of the demo's cast who asks is left without a
// draft: what is withheld in one text must not be looked for as words that stand
// of others too ("a neighbour", "number 14").
func TestEveryoneIsAnswered(t *testing.T) {
	d, w := office(t)
	answered := 0
	for who, p := range w.Cast {
		_, err := d.Access(t.Context(), AccessRequest{Query: Query{Name: p.Name, DOB: p.DOB, Email: p.Email}, Received: law.DateOf(w.Today), Channel: "telephone", By: "cli"}, nil)
		if err != nil {
			t.Errorf("%s: %v", who, err)
			continue
		}
		answered++
	}
	if answered == 0 {
		t.Error("nobody asked")
	}
}
