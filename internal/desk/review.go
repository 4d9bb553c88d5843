package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml"

	"tenet/internal/datamap"
	"tenet/internal/datamap/discover"
	"tenet/internal/ledger"
	"tenet/internal/rows"
	"tenet/internal/source"
	"tenet/internal/store"
)

// Review is the confirming of one source's proposal by a person, answer by
// answer. It is for one person at a time.
type Review struct {
	Source   string
	Evidence []discover.Evidence
	Problems []source.Problem

	file     string // of the map
	schema   *rows.Schema
	proposed *datamap.Map
	have     *datamap.Map // as it stands now; nil where there is none
	state    reviewState
}

// reviewState is what is kept beside the map, in maps/NAME.review.yaml, so that
// a review can be left and taken up again, and nothing is asked twice.
type reviewState struct {
	Source string `yaml:"source"`
	// Seen are the columns that each table had when the map was last confirmed.
	Seen map[string][]string `yaml:"seen,omitempty"`
	// Answered has not gone into the map yet; Settled has, and the map may have been
	// edited since.
	Answered []discover.Answered `yaml:"answered,omitempty"`
	Settled  []discover.Answered `yaml:"settled,omitempty"`
}

// Review proposes a map of the source and takes up the review of it where it
// was left. Where there is a map already only what it does not cover is open.
func (d *Desk) Review(ctx context.Context, sys System) (*Review, error) {
	r := &Review{Source: sys.Name, file: d.mapFile(sys.Name)}
	p, schema, err := d.propose(ctx, sys)
	if err != nil {
		return nil, err
	}
	r.schema, r.proposed, r.Evidence, r.Problems = schema, p.Map, p.Evidence, p.Problems
	if r.have, err = d.Map(sys.Name); errors.Is(err, fs.ErrNotExist) {
		r.have = nil
	} else if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(r.stateFile())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.state.Source = sys.Name
	case err != nil:
		return nil, fmt.Errorf("the review of %s: %w", sys.Name, err)
	default:
		if err := yaml.UnmarshalWithOptions(text, &r.state, yaml.Strict(), yaml.DisallowUnknownField()); err != nil {
			return nil, &Error{Code: "review", What: "cannot be read: " + err.Error(), Where: r.stateFile(), Mend: "mend it, or move it away to be asked everything again"}
		}
	}
	return r, nil
}

func (r *Review) stateFile() string {
	return filepath.Join(filepath.Dir(r.file), r.Source+".review.yaml")
}

// Open lists what is still to be decided, the gravest first.
func (r *Review) Open() []discover.Decision {
	return discover.Open(r.proposed, r.Evidence, r.have, r.state.Seen, slices.Concat(r.state.Settled, r.state.Answered))
}

// Answered is how many answers wait to go into the map.
func (r *Review) Answered() int { return len(r.state.Answered) }

// Answer records an answer, which must be one of the decision's options, and
// keeps it.
func (r *Review) Answer(dec discover.Decision, answer string) error {
	if !slices.Contains(dec.Options, answer) {
		return &Error{Code: "usage", What: fmt.Sprintf("%q is no answer to this", answer), Where: dec.ID, Mend: fmt.Sprintf("answer one of %v", dec.Options)}
	}
	r.state.Answered = append(r.state.Answered, discover.Answered{ID: dec.ID, Answer: answer, Of: slices.Clone(dec.Of)})
	return r.keep()
}

// Undo takes back the last answer that is not in the map yet, and gives its
// decision; ok is false where there is none.
func (r *Review) Undo() (id string, ok bool, err error) {
	n := len(r.state.Answered)
	if n == 0 {
		return "", false, nil
	}
	id = r.state.Answered[n-1].ID
	r.state.Answered = r.state.Answered[:n-1]
	return id, true, r.keep()
}

func (r *Review) keep() error {
	text, err := yaml.MarshalWithOptions(r.state, yaml.IndentSequence(true))
	if err != nil {
		return fmt.Errorf("the review of %s: %w", r.Source, err)
	}
	return replaceFile(r.stateFile(), text)
}

// AcceptRest answers all that is open as it is proposed. A question, where the
// program was not sure, is answered with no: what nobody has read is not taken.
func (r *Review) AcceptRest() error {
	for _, rest := range r.Open() {
		answer := discover.Yes
		if rest.Kind == "question" {
			answer = discover.No
		}
		if err := r.Answer(rest, answer); err != nil {
			return err
		}
	}
	return nil
}

// FinishReview writes the map of a review, once nothing is open, and gives its
// file. Who confirmed it, and the digest of what it says, is in the ledger.
func (d *Desk) FinishReview(ctx context.Context, by string, r *Review) (string, error) {
	file, err := r.finish()
	if err != nil {
		return "", err
	}
	return file, d.ConfirmMap(ctx, by, r.Source)
}

// ConfirmMap is somebody's word that the map of a source is right as it lies, as after
// they have written it by hand.
func (d *Desk) ConfirmMap(ctx context.Context, by, source string) error {
	if _, err := d.Map(source); err != nil {
		return err
	}
	text, err := os.ReadFile(d.mapFile(source))
	if err != nil {
		return fmt.Errorf("the map of %s: %w", source, err)
	}
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "map.confirmed", Subject: source, Notice: d.Notice.Version()},
			map[string]string{"sha256": digestOf(text)})
	})
}

// finish writes the map, once nothing is open, and gives its file. What the map
// that stands there says of its tables is not changed: it only grows.
func (r *Review) finish() (string, error) {
	if open := len(r.Open()); open > 0 {
		return "", &Error{Code: "review-open", What: fmt.Sprintf("%d decisions are open", open), Where: r.Source, Mend: "answer them, or accept the rest"}
	}
	m, err := discover.Confirm(r.proposed, r.Evidence, r.have, r.state.Seen, r.state.Answered)
	if err != nil {
		return "", fmt.Errorf("confirm the map of %s: %w", r.Source, err)
	}
	text, err := m.Marshal()
	if err != nil {
		return "", err
	}
	if m, err = datamap.Parse(r.file, text); err != nil {
		return "", err
	}
	if err := replaceFile(r.file, text); err != nil {
		return "", err
	}
	r.have = m
	r.state.Settled = append(r.state.Settled, r.state.Answered...)
	r.state.Answered = nil
	r.state.Seen = map[string][]string{}
	for i := range r.schema.Tables {
		t := &r.schema.Tables[i]
		for _, c := range t.Columns {
			r.state.Seen[t.Name] = append(r.state.Seen[t.Name], c.Name)
		}
	}
	return r.file, r.keep()
}
