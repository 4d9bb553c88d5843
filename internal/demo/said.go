package demo

import (
	_ "embed"
	"fmt"

	"github.com/goccy/go-yaml"
)

//go:embed said.yaml
var saidYAML []byte

// Said is what the landlord has said of its own systems.
type Said struct {
	Tables     map[string]SaidTable         `yaml:"tables"`     // by source.table
	Recipients map[string][]string          `yaml:"recipients"` // who the names in logs may be
	Checks     map[string]map[string]string `yaml:"checks"`     // what a kind of check is given, by its name
	Records    map[string]map[string]string `yaml:"records"`    // by record/field of records.filled
	Instead    map[string]SaidCheck         `yaml:"instead"`    // by promise: a check in place of somebody's word
	Papers     []SaidPaper                  `yaml:"papers"`     // of the registers
	Given      []SaidGiven                  `yaml:"given"`      // to others in the last year, beside one by each rule
}

// SaidPaper is a paper that was signed with a recipient: the first of With that the notice
// has. Without one there is no paper.
type SaidPaper struct {
	With     []string          `yaml:"with"`
	Register string            `yaml:"register"`
	Title    string            `yaml:"title"`
	Values   map[string]string `yaml:"values"`
}

// SaidGiven is what was given, some number of times, to a recipient: the first of To that
// the notice has. Without one nothing was.
type SaidGiven struct {
	To     []string `yaml:"to"`
	Fields []string `yaml:"fields"`
	Facts  []string `yaml:"facts"`
	Why    string   `yaml:"why"`
	Power  string   `yaml:"power"`
	Times  int      `yaml:"times"`
}

// SaidTable is what was said of a table. Lists are ids of the notice, of which the first
// that there is counts.
type SaidTable struct {
	Holds   []string            `yaml:"holds"`
	Keeping []string            `yaml:"keeping"`
	From    string              `yaml:"from"`
	Columns map[string][]string `yaml:"columns"`
	Aside   string              `yaml:"aside"` // it holds nothing about people, and why
}

// SaidCheck is a check by its name.
type SaidCheck struct {
	Check string `yaml:"check"`
}

// Sayings reads what the landlord has said.
func Sayings() (Said, error) {
	var s Said
	if err := yaml.UnmarshalWithOptions(saidYAML, &s, yaml.Strict()); err != nil {
		return s, fmt.Errorf("demo: said.yaml: %w", err)
	}
	return s, nil
}
