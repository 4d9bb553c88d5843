package main

import (
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"tenet/internal/match"
)

// The landlord that the default model is learned from is none of those that it is measured on.
const (
	learningSeed  = 1
	measuringSeed = 2
)

func main() {
	people := flag.Int("people", 20000, "people of the generated landlord")
	seed := flag.Uint64("seed", measuringSeed, "seed of the generated landlord")
	python := flag.String("splink", "", "a Python that has splink installed")
	learn := flag.String("learn", "", "learn the default model and write it to this file, instead of measuring")
	wrong := flag.Int("wrong", 0, "print so many pairs of the first half that were wrongly put together, and as many that were missed")
	flag.Parse()
	var err error
	if *learn != "" {
		err = writeModel(*learn, *people)
	} else {
		err = measure(os.Stdout, *people, *seed, *python, *wrong)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "identity:", err)
		os.Exit(1)
	}
}

// start is what learning the default model starts from: weights written by hand.
//
//go:embed start.json
var start []byte

// writeModel learns from a generated landlord.
func writeModel(file string, people int) error {
	var known []match.Known
	for _, r := range landlord(people, learningSeed) {
		known = append(known, r.known)
	}
	m, err := match.ParseModel(start)
	if err != nil {
		return err
	}
	if m, err = match.Train(known, m, rand.New(rand.NewPCG(learningSeed, 0)).IntN); err != nil {
		return err
	}
	m = m.ForPeople(people)
	m.Made = fmt.Sprintf("learned without labels from the %d rows of a generated landlord of %d people (bench/identity, seed %d); names are those of the generator", len(known), people, learningSeed)
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}

// set is rows with their truth.
type set struct {
	name string
	rows []record
	all  bool // compare every pair, without blocking
}

// half divides by who somebody is, before anything was tuned: 0 to choose thresholds on, 1 to report.
func half(group int) int {
	h := fnv.New32a()
	fmt.Fprintf(h, "half of %d", group)
	return int(h.Sum32()>>7) & 1
}

func (s set) half(n int) set {
	var rows []record
	for _, r := range s.rows {
		if half(r.household) == n {
			rows = append(rows, r)
		}
	}
	s.rows = rows
	return s
}

func measure(out io.Writer, people int, seed uint64, python string, wrong int) error {
	sets := []set{{name: fmt.Sprintf("landlord of %d", people), rows: landlord(people, seed)}}
	fake, err := fakeThousand()
	switch {
	case errors.Is(err, os.ErrNotExist):
		fmt.Fprintln(out, "left out: the labelled rows of Splink (shared/data/splink-linkage is not beside the checkout, and TENET_TEST_DATA names none)")
	case err != nil:
		return err
	default:
		sets = append(sets, set{name: "Splink's fake_1000", rows: fake, all: true})
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "rows\thalf\tby\tof one person\taccepted: precision\trecall\tF1\tor asked: precision\trecall\tF1\tpairs looked at\tpairs/s\t")
	for _, s := range sets {
		for n, what := range []string{"tuned on", "held out"} {
			if err := compare(t, s.half(n), what); err != nil {
				return err
			}
		}
	}
	t.Flush()
	if wrong > 0 {
		for _, s := range sets {
			explain(out, s.half(0), wrong)
		}
	}
	for _, s := range sets {
		traps(out, s.half(1))
		alone(out, s)
	}
	if python == "" {
		fmt.Fprintln(out, "\nSplink was not measured: no -splink was given (make bench-identity installs it in .cache/splink where the registry can be reached)")
		return nil
	}
	return splink(out, python, sets)
}

// splink writes each half to a folder of its own and runs the script on it.
func splink(out io.Writer, python string, sets []set) error {
	if err := exec.Command(python, "-c", "import splink").Run(); err != nil {
		fmt.Fprintf(out, "\nSplink was not measured: %s cannot import it (%v)\n", python, err)
		return nil
	}
	dir, err := os.MkdirTemp("", "tenet-identity-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for i, s := range sets {
		args := []string{filepath.Join("bench", "identity", "splink_peer.py"), s.name, map[bool]string{true: "all", false: "blocked"}[s.all]}
		for n := range 2 {
			file := filepath.Join(dir, fmt.Sprintf("%d-%d.csv", i, n))
			if err := writeRows(file, s.half(n).rows); err != nil {
				return err
			}
			args = append(args, file)
		}
		c := exec.Command(python, args...)
		c.Stdout, c.Stderr = out, os.Stderr
		if err := c.Run(); err != nil {
			return fmt.Errorf("measuring Splink on %s: %w", s.name, err)
		}
	}
	return nil
}

// writeRows gives Splink what Tenet's own normalisers make of each field, so that linkage alone is compared.
func writeRows(file string, rows []record) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	w.Write([]string{"unique_id", "person", "first_name", "surname", "dob", "nino", "email", "phone", "ref", "address", "postcode", "town"})
	first := func(list []string) string {
		if len(list) > 0 {
			return list[0]
		}
		return ""
	}
	for _, r := range rows {
		k := r.known.Normal()
		dob := k.DOB
		if dob == "1970-01-01" {
			dob = ""
		}
		w.Write([]string{strconv.Itoa(r.id), strconv.Itoa(r.person), strings.Join(k.Name.Given, " "), strings.Join(k.Name.Family, " "), dob, k.NINO, first(k.Emails), first(k.Phones), first(k.Refs),
			first(k.Addresses), k.Postcode, match.Fold(k.Town)})
	}
	w.Flush()
	return errors.Join(w.Error(), f.Close())
}

// fakeThousand reads the labelled rows that Splink gives as an example (MIT).
func fakeThousand() ([]record, error) {
	dir, err := shared("splink-linkage")
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, "fake_1000.csv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	var out []record
	for i, l := range lines[1:] {
		cluster, err := strconv.Atoi(l[6])
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: cluster: %w", f.Name(), i+2, err)
		}
		r := record{id: i, person: cluster, household: cluster}
		r.known = match.Known{Name: match.NameOf(l[1], l[2]), DOB: l[3], Town: l[4], Emails: keep(l[5])}
		if l[1] == "" && l[2] != "" {
			r.known.Name = match.Name{Written: l[2], Family: []string{match.Fold(l[2])}}
		}
		out = append(out, r)
	}
	return out, nil
}

// shared finds a folder of the larger data, as internal/testdata does for tests.
func shared(name string) (string, error) {
	if root := os.Getenv("TENET_TEST_DATA"); root != "" {
		_, err := os.Stat(filepath.Join(root, name))
		return filepath.Join(root, name), err
	}
	dir, err := os.Getwd()
	for err == nil {
		path := filepath.Join(dir, "shared", "data", name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", os.ErrNotExist
		}
		dir = up
	}
	return "", err
}
