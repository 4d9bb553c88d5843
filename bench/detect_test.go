package bench

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"tenet/internal/detect"
	"tenet/internal/index"
	"tenet/internal/source"
)

// The names and identifiers of everybody the landlord knows, found in its own
// notes. What somebody would write first is one regexp for the identifiers and
// one alternation of the names.
func BenchmarkDetect(b *testing.B) {
	homes := sizes[1]
	l := office(b, homes)
	individuals, names := l.everybody(b)
	text := l.notes(b, 400_000)
	d := detect.Detector{Known: detect.NewPeople(individuals)}

	found := 0
	b.Run(fmt.Sprintf("people=%d", len(individuals)), func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			found = len(d.Detect(text))
		}
		b.ReportMetric(float64(found), "spans")
		ours := per(b)

		identifiers := regexp.MustCompile(strings.Join([]string{
			`[A-Za-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d]`,             // NI number
			`(?:\+44|0)\d[\d ]{8,12}`,                                // telephone
			`[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}`,              // postcode
			`[\w.+-]+@[\w-]+\.[\w.-]+`,                               // e-mail
			`\d{3} ?\d{3} ?\d{4}`,                                    // NHS number
			`\d{2}-\d{2}-\d{2}`,                                      // sort code
			`\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}`,                    // card
			`\d{1,2}/\d{1,2}/\d{4}`,                                  // date
			`[A-Z]{2}\d{2} ?(?:[A-Z0-9]{4} ?){3,7}`,                  // IBAN
			`[A-Z]{2}\d{2} ?[A-Z]{3}`,                                // vehicle
			`https?://\S+`, `\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`, // URL, IP
		}, "|"))
		some := text[:min(len(text), 40_000)]
		alone := once(b, func() { identifiers.FindAllStringIndex(some, -1) })
		const few = 200
		both := regexp.MustCompile(identifiers.String() + "|" + strings.Join(names[:min(few, len(names))], "|"))
		together := once(b, func() { both.FindAllStringIndex(some, -1) })

		what := fmt.Sprintf("detect, %d known people", len(individuals))
		rate := speed(len(text), ours.Seconds())
		for _, r := range []struct {
			than string
			rate float64
		}{
			{"stdlib regexp, identifiers alone", speed(len(some), alone.Seconds())},
			{fmt.Sprintf("stdlib regexp, identifiers and %d full names", min(few, len(names))), speed(len(some), together.Seconds())},
		} {
			compare(ratio{what, fmt.Sprintf("%.1f MB/s", rate), fmt.Sprintf("%.2f MB/s", r.rate), r.than + " (more is better)", rate / r.rate})
		}
	})
}

func speed(bytes int, seconds float64) float64 { return float64(bytes) / 1e6 / seconds }

// everybody is each person of the housing system, and their full names quoted for a regexp.
func (l *landlord) everybody(b *testing.B) ([]detect.Individual, []string) {
	b.Helper()
	var people []detect.Individual
	var names []string
	for _, table := range l.mapped("housing") {
		t := l.maps["housing"].Tables[table]
		if t.Identifiers == nil {
			continue
		}
		for r, err := range l.source["housing"].Scan(context.Background(), table, source.ScanOptions{}) {
			if err != nil {
				b.Fatal(err)
			}
			k := index.Known(t.Identifiers, r)
			if k.Name.IsZero() {
				continue
			}
			people = append(people, detect.Individual{ID: r.ID(), Known: k})
			names = append(names, regexp.QuoteMeta(k.Name.Written))
		}
	}
	if len(people) == 0 {
		b.Fatal("nobody is known")
	}
	return people, names
}
