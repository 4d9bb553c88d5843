package promise

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Assessments are the signed impact assessments of cameras in the register that Tenet keeps.
type Assessments interface {
	Assessments(ctx context.Context) ([]Assessment, error)
}

// Assessment is one of them.
type Assessment struct {
	Number    string // as people know it
	Place     string // of the camera, as whoever wrote it names it
	Recording notice.ID
	Signed    law.Date
	Late      string // why it does not stand any more; empty while it does
}

var camerasAssessed = Kind{
	Name: "cameras.assessed", Says: "each camera has an impact assessment that is not out of date",
	Params: []Param{in, {Name: "assessed", Says: "the column with the day of the assessment; left out means assessed_on", Type: AColumn},
		{Name: "place", Says: "the columns by which a paper of the register of impact assessments names a camera: its place, or what the landlord calls it; left out means place, where there is one", Type: Words},
		{Name: "every", Says: "how long an assessment stands; left out means P3Y", Type: APeriod}, where, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "cameras and kinds of filming", Places: "tables", Method: "The list of cameras, row by row: by the day of assessment in it, or where that is empty or too long ago by a signed paper of the register of impact assessments that names the same place. " +
			"And each kind of filming in records.yaml, by its paper in that register, or where there is none by the assessment that the notice names."}
		papers, err := l.assessments(ctx)
		if err != nil {
			return f, err
		}
		l.filming(&f, papers)
		return f, l.cameras(ctx, &f, papers)
	},
}

func (l *Look) assessments(ctx context.Context) ([]Assessment, error) {
	if l.Assessed == nil {
		return nil, nil
	}
	papers, err := l.Assessed.Assessments(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the register of impact assessments: %w", err)
	}
	return papers, nil
}

// filming counts the kinds of filming that the notice tells of.
func (l *Look) filming(f *Found, papers []Assessment) {
	stated := map[notice.ID]notice.ImpactAssessment{}
	for _, a := range l.Notice.Uses.Impact {
		stated[a.ID] = a
	}
	films := []notice.RecordingKind{notice.CameraRecording, notice.BodyRecording, notice.DroneRecording, notice.DoorRecording}
	for _, r := range l.Notice.Records.Recordings {
		if !slices.Contains(films, r.Kind) {
			continue
		}
		a, ok := stated[r.Assessment]
		good := ok && !past(a.ReviewBy, l.Today)
		if i := slices.IndexFunc(papers, func(p Assessment) bool { return p.Recording == r.ID }); i >= 0 {
			good = slices.ContainsFunc(papers, func(p Assessment) bool { return p.Recording == r.ID && l.stands(p) })
		}
		f.count(good, "records.yaml "+string(r.ID))
	}
}

// stands says that a paper is no older than an assessment may be, and that nothing speaks
// against it.
func (l *Look) stands(p Assessment) bool {
	return p.Late == "" && !l.Today.After(after(p.Signed, l.With.period("every", "P3Y")))
}

// cameras counts the cameras that a table lists.
func (l *Look) cameras(ctx context.Context, f *Found, papers []Assessment) error {
	name := l.With.word("in")
	if name == "" {
		f.lacks(NotNamed, "no system is named that records the cameras there are: add in: SOURCE.TABLE to the check")
		return nil
	}
	t, ok, err := l.named(ctx, f, name)
	if !ok {
		return err
	}
	by := map[string]Assessment{}
	for _, p := range papers {
		if p.Place != "" && l.stands(p) {
			by[folded(p.Place)] = p
		}
	}
	columns := append([]string{l.column("assessed", "assessed_on")}, l.With.words("place")...)
	if len(columns) == 1 && t.has("place") {
		columns = append(columns, "place")
	}
	byDay, byPaper, used := int64(0), int64(0), []string(nil)
	err = l.scan(ctx, f, t, Query{Columns: columns, Where: l.With.where("where")}, func(r Row) error {
		on, ok := day(strings.TrimSpace(r.Values[0].Text))
		good := ok && !l.Today.After(after(on, l.With.period("every", "P3Y")))
		if good {
			byDay++
		}
		for _, v := range r.Values[1:] {
			p, found := by[folded(v.Text)]
			if good || !found {
				continue
			}
			good = true
			byPaper++
			if !slices.Contains(used, p.Number) {
				used = append(used, p.Number)
			}
		}
		f.row(good, t, r, "")
		return nil
	}, nil)
	if byDay > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("%s by the day in %s", count(byDay), t))
	}
	if byPaper > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("%s by signed papers of the register: %s", count(byPaper), strings.Join(first(used, mostPlaces), ", ")))
	}
	return err
}

// folded is a place as two people write it alike.
func folded(place string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(place), func(r rune) bool { return strings.ContainsRune(" \t,.;-–/", r) }), " ")
}
