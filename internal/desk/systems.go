package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"tenet/internal/datamap"
	"tenet/internal/doc"
	"tenet/internal/find"
	"tenet/internal/index"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// systems are the sources of a workspace, open, with the maps that fit them.
type systems struct {
	sources map[string]source.Source
	maps    map[string]*datamap.Map
	schemas map[string]*rows.Schema
	gaps    []find.NotSearched // what cannot be searched, and why
	client  string             // whose set is searched; empty is the landlord's own
	drift   map[string][]datamap.Drift

	mu       sync.Mutex
	problems []source.Problem
}

// open opens every source and holds its map against it. A source that is down,
// has no map, or whose map names what is no longer there, is a gap in every
// answer and no failure of the others.
func (d *Desk) open(ctx context.Context) (*systems, error) {
	s := &systems{sources: map[string]source.Source{}, maps: map[string]*datamap.Map{}, schemas: map[string]*rows.Schema{}, drift: map[string][]datamap.Drift{}}
	for _, sys := range d.Config.Sources {
		if err := s.add(ctx, d, sys); err != nil {
			s.close()
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.maps)) {
		drift := s.maps[name].Across(s.schemas, func(other string) bool {
			return slices.ContainsFunc(d.Config.Sources, func(sys System) bool { return sys.Name == other })
		})
		s.drift[name] = append(s.drift[name], drift...)
		if len(drift) > 0 {
			s.drop(name, drift[0])
		}
	}
	return s, nil
}

// drop closes a source whose map no longer fits, which is a gap.
func (s *systems) drop(name string, d datamap.Drift) {
	s.sources[name].Close()
	delete(s.sources, name)
	delete(s.maps, name)
	s.gaps = append(s.gaps, find.NotSearched{Source: name, Why: "its map no longer fits (" + d.String() + "); run tenet map check"})
}

func (s *systems) add(ctx context.Context, d *Desk, sys System) error {
	gap := func(why string) { s.gaps = append(s.gaps, find.NotSearched{Source: sys.Name, Why: why}) }
	m, err := d.Map(sys.Name)
	if errors.Is(err, fs.ErrNotExist) {
		gap("no map yet; run tenet discover " + sys.Name)
		return nil
	}
	if err != nil {
		return err
	}
	if err := d.endClients(m); err != nil {
		return err
	}
	src, err := source.Open(ctx, sys.Name, sys.URL, source.Options{
		Report: s.report,
		OCR:    ocrFor(ctx, sys),
		Keys: func(table string) []string {
			if t := m.Tables[table]; t != nil {
				return t.Key
			}
			return nil
		}})
	if err != nil {
		return err
	}
	schema, err := src.Schema(ctx)
	if err != nil {
		src.Close()
		if ctx.Err() != nil {
			return err
		}
		gap("cannot be reached: " + err.Error())
		return nil
	}
	s.sources[sys.Name], s.maps[sys.Name], s.schemas[sys.Name] = src, m, schema
	drift := m.Check(schema)
	s.drift[sys.Name] = drift
	if i := slices.IndexFunc(drift, func(x datamap.Drift) bool { return x.Breaks }); i >= 0 {
		s.drop(sys.Name, drift[i])
		return nil
	}
	for _, x := range drift {
		if x.Column == "" && m.Tables[x.Table] == nil {
			s.gaps = append(s.gaps, find.NotSearched{Source: sys.Name, Table: x.Table, Why: "not in the map"})
		}
	}
	return nil
}

// ocrFor is what reads scans and pictures in a system that has files; nil where
// it is not installed, which the source then says of each picture.
func ocrFor(ctx context.Context, sys System) *doc.OCR {
	switch scheme, _, _ := strings.Cut(sys.URL, ":"); scheme {
	case "sqlite", "postgres", "postgresql", "mysql", "mariadb", "sqlserver", "mssql", "oracle":
		return nil
	}
	ocr, err := doc.FindOCR(ctx, "eng")
	if err != nil {
		return nil
	}
	return ocr
}

func (s *systems) close() {
	for _, src := range s.sources {
		src.Close()
	}
}

func (s *systems) report(p source.Problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, p)
}

// takeProblems gives what was reported since it was last asked, each once.
func (s *systems) takeProblems() []source.Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.problems
	s.problems = nil
	var unique []source.Problem
	for _, p := range out {
		if !slices.Contains(unique, p) {
			unique = append(unique, p)
		}
	}
	return unique
}

// finder searches these systems.
func (s *systems) finder(ctx context.Context, d *Desk, x *index.Index) (*find.Finder, error) {
	stale, err := s.stale(ctx, x)
	if err != nil {
		return nil, err
	}
	people, err := d.people()
	if err != nil {
		return nil, err
	}
	f := &find.Finder{Maps: s.maps, Sources: map[string]find.Source{}, Index: x, Unsearched: append(stale, s.gaps...), OwnDomains: d.ownDomains(),
		Thresholds: d.Config.Identity.thresholds(), Decisions: decided{people}}
	for name, src := range s.sources {
		f.Sources[name] = src
	}
	s.separate(f)
	return f, nil
}

// indexed says whether the rows of a table are in the index.
func indexed(t *datamap.Table) bool { return t.Skip == "" && len(t.Asked) == 0 }

// stale names the systems that may have changed since they were indexed: what
// came since is found by key, and not by name or word.
func (s *systems) stale(ctx context.Context, x *index.Index) ([]find.NotSearched, error) {
	var out []find.NotSearched
	for _, name := range slices.Sorted(maps.Keys(s.maps)) {
		tables := map[string]*datamap.Table{}
		for table, t := range s.maps[name].Tables {
			if indexed(t) {
				tables[table] = t
			}
		}
		changed, err := x.Stale(ctx, name, tables, s.sources[name])
		if err != nil {
			return nil, err
		}
		if len(changed) > 0 {
			out = append(out, find.NotSearched{Source: name, Why: "changed, or may have changed, since it was indexed; run tenet index"})
		}
	}
	return out, nil
}

func (d *Desk) mapFile(name string) string { return filepath.Join(d.Dir, "maps", name+".yaml") }

// Map reads the map of a source.
func (d *Desk) Map(name string) (*datamap.Map, error) {
	data, err := os.ReadFile(d.mapFile(name))
	if err != nil {
		return nil, fmt.Errorf("the map of %s: %w", name, err)
	}
	m, err := datamap.Parse(d.mapFile(name), data)
	if err != nil {
		return nil, err
	}
	if m.Source != name {
		return nil, &Error{Code: "map", What: fmt.Sprintf("says it is of the source %q", m.Source), Where: d.mapFile(name), Mend: "write source: " + name}
	}
	return m, nil
}

// System is one source by its name.
func (d *Desk) System(name string) (System, error) {
	for _, s := range d.Config.Sources {
		if s.Name == name {
			return s, nil
		}
	}
	var known []string
	for _, s := range d.Config.Sources {
		known = append(known, s.Name)
	}
	return System{}, &Error{Code: "no-source", What: fmt.Sprintf("there is no source called %q", name), Where: configFile, Mend: fmt.Sprintf("use one of %v, or add it with tenet source add", known)}
}

// Checked is what looking at one source showed.
type Checked struct {
	System
	OK     bool           `json:"ok"`
	Health *source.Health `json:"health,omitempty"`
	Error  string         `json:"error,omitempty"`
	Err    error          `json:"-"`
}

// CheckSources reaches for every source, or for one.
func (d *Desk) CheckSources(ctx context.Context, only string) ([]Checked, error) {
	var out []Checked
	for _, sys := range d.Config.Sources {
		if only != "" && sys.Name != only {
			continue
		}
		c := Checked{System: System{sys.Name, source.Redact(sys.URL)}}
		if src, err := source.Open(ctx, sys.Name, sys.URL, source.Options{OCR: ocrFor(ctx, sys)}); err != nil {
			c.Err = err
		} else {
			var h source.Health
			h, c.Err = src.Check(ctx)
			c.Health = &h
			src.Close()
		}
		if c.OK = c.Err == nil; !c.OK {
			c.Error, c.Health = c.Err.Error(), nil
		}
		out = append(out, c)
	}
	if only != "" && len(out) == 0 {
		_, err := d.System(only)
		return nil, err
	}
	return out, ctx.Err()
}
