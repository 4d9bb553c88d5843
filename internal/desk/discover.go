package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"tenet/internal/datamap"
	"tenet/internal/datamap/discover"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// Proposal is what discover makes of one source.
type Proposal struct {
	Source   string
	Map      *datamap.Map
	Evidence []discover.Evidence
	Problems []source.Problem
	Written  string // the map's file, if it was written
}

// Discover proposes a map of a source. With accept it is written to maps/,
// unless a map stands there: people edit maps, and nothing overwrites them.
func (d *Desk) Discover(ctx context.Context, sys System, accept bool) (*Proposal, error) {
	p, _, err := d.propose(ctx, sys)
	if err != nil {
		return nil, err
	}
	if !accept {
		return p, nil
	}
	text, err := p.Map.Marshal()
	if err != nil {
		return nil, err
	}
	p.Written, err = d.writeMap(sys.Name, text)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// writeMap writes a source's first map, and gives its file.
func (d *Desk) writeMap(name string, text []byte) (string, error) {
	file := d.mapFile(name)
	// What is written must be readable: a proposal that is not is our fault, and is
	// not left for somebody to find.
	if _, err := datamap.Parse(file, text); err != nil {
		return "", err
	}
	if _, err := os.Stat(file); err == nil {
		return "", &Error{Code: "map-exists", What: "there is a map already", Where: file, Mend: "compare with tenet discover " + name + " and edit it, or move it away"}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return file, replaceFile(file, text)
}

// propose reads a source as far as a proposal needs it.
func (d *Desk) propose(ctx context.Context, sys System) (*Proposal, *rows.Schema, error) {
	p := &Proposal{Source: sys.Name}
	var sink systems
	src, err := source.Open(ctx, sys.Name, sys.URL, source.Options{Report: sink.report, OCR: ocrFor(ctx, sys)})
	if err != nil {
		return nil, nil, err
	}
	defer src.Close()
	schema, err := src.Schema(ctx)
	if err != nil {
		return nil, nil, err
	}
	if p.Map, p.Evidence, err = discover.Propose(ctx, schema, discover.Sampled(discover.Streams{
		Scan: func(ctx context.Context, table string) iter.Seq2[rows.Row, error] {
			return src.Scan(ctx, table, source.ScanOptions{})
		},
		Lookup: src.Lookup,
	})); err != nil {
		return nil, nil, err
	}
	p.Problems = sink.takeProblems()
	return p, schema, nil
}

// Drifted is the drift of one source.
type Drifted struct {
	Source string
	Drift  []datamap.Drift
	Gap    string // why it could not be held against its map at all
}

// CheckMaps holds every map against its source as it is now.
func (d *Desk) CheckMaps(ctx context.Context) ([]Drifted, error) {
	s, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	var out []Drifted
	for _, sys := range d.Config.Sources {
		x := Drifted{Source: sys.Name, Drift: s.drift[sys.Name]}
		if _, looked := s.drift[sys.Name]; !looked {
			for _, g := range s.gaps {
				if g.Source == sys.Name {
					x.Gap = g.Why
				}
			}
		}
		strangers, err := d.strangers(sys.Name)
		if err != nil {
			return nil, err
		}
		x.Drift = append(slices.Clone(x.Drift), strangers...)
		out = append(out, x)
	}
	return out, nil
}

// strangers are the clients and companies that a map names and the notice does not
// have. Rows of such a client are in a set that nobody searches.
func (d *Desk) strangers(name string) ([]datamap.Drift, error) {
	data, err := os.ReadFile(d.mapFile(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the map of %s: %w", name, err)
	}
	m, err := datamap.Parse(d.mapFile(name), data)
	if err != nil {
		return nil, err
	}
	var clients, companies []string
	for _, c := range d.Notice.Landlord.Clients {
		clients = append(clients, string(c.ID))
	}
	for _, c := range d.Notice.Landlord.Controllers {
		companies = append(companies, string(c.ID))
	}
	var out []datamap.Drift
	for _, p := range m.Strangers(filepath.Base(d.mapFile(name)), data, clients, companies) {
		out = append(out, datamap.Drift{What: fmt.Sprintf("maps/%s:%d: %s %s", p.File, p.Line, p.At, p.What), Mend: p.Mend})
	}
	return out, nil
}
