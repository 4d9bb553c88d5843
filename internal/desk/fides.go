package desk

import (
	"fmt"
	"io"

	"tenet/internal/datamap/discover"
)

// Imported is a map made of a dataset of Fides.
type Imported struct {
	Source  string   `json:"source"`
	Map     string   `json:"map"` // YAML
	Written string   `json:"written,omitempty"`
	Lost    []string `json:"lost"` // what a map has no place for, and what it needs that was not said
}

// ImportFides makes a map of a dataset in Fides's YAML, for a source of the
// workspace. With accept it is written, unless a map stands there.
func (d *Desk) ImportFides(file string, from io.Reader, name string, accept bool) (*Imported, error) {
	if _, err := d.System(name); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(from, discover.MaxFides+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	m, lost, err := discover.Fides(file, data, name)
	if err != nil {
		return nil, &Error{Code: "fides", What: err.Error(), Where: file, Mend: "give a dataset as Fides keeps it: a file that begins dataset:"}
	}
	text, err := m.Marshal()
	if err != nil {
		return nil, err
	}
	out := &Imported{Source: name, Map: string(text), Lost: lost}
	if accept {
		out.Written, err = d.writeMap(name, text)
	}
	return out, err
}
