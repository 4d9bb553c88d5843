// Command detect scores the detector on labelled text, beside Presidio where that is to be had:
//
//	go run ./bench/detect [-presidio PYTHON] [-sealed] [-tune] [-misses N]
//	go run ./bench/detect -learn internal/detect/names.bin
//
// What is reported is held back by a hash of document ids from everything that trained or tuned the detector; the
// documents in own were written while it was developed, and those in sealed by another hand.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"tenet/internal/detect"
)

func main() {
	var b bench
	flag.StringVar(&b.shared, "data", "../shared/data/detect", "the folder of labelled sets")
	flag.StringVar(&b.here, "here", "bench/detect", "the folder of this program, with own and sealed")
	flag.StringVar(&b.python, "presidio", "", "a Python that has presidio-analyzer and an English model")
	flag.BoolVar(&b.sealed, "sealed", false, "the sealed documents: once, at the end")
	flag.BoolVar(&b.tune, "tune", false, "the half that may be tuned on, instead of what is held back")
	flag.IntVar(&b.misses, "misses", 0, "print so many misses and errors of each set; never of the sealed documents")
	flag.StringVar(&b.only, "only", "", "one set only")
	model := flag.String("learn", "", "train the recogniser that ships and write it to this file, instead of measuring")
	words := flag.String("words", "/usr/share/dict/british-english-small", "with -learn: a list of ordinary words (Debian: wbritish-small)")
	own := flag.Bool("own", false, "make own/corpus.jsonl of own/documents.txt, instead of measuring")
	flag.Parse()
	b.out = os.Stdout
	var err error
	switch {
	case *model != "":
		err = learn(b.shared, *words, *model)
	case *own:
		err = makeOwn(filepath.Join(b.here, "own"))
	default:
		err = b.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/detect:", err)
		os.Exit(1)
	}
}

type bench struct {
	shared, here, python, only string
	sealed, tune               bool
	misses                     int
	out                        io.Writer
}

// named is an engine with what its rows are called.
type named struct {
	name string
	engine
}

func (b *bench) run() error {
	engines := []named{{"tenet", tenet(func(d *detect.Detector) { d.Relations, d.Bodies = true, true })}, {"tenet, nobody unknown", tenet(func(d *detect.Detector) { d.NoNames = true })}}
	switch _, err := os.Stat(b.python); {
	case b.python == "":
		fmt.Fprintln(b.out, "Presidio was not asked for: measured without it.")
	case err != nil:
		fmt.Fprintf(b.out, "Presidio is not there (%s): measured without it.\n", b.python)
	default:
		script := filepath.Join(b.here, "presidio.py")
		engines = append(engines, named{"presidio", presidio(b.python, script, false)}, named{"presidio, words of names", presidio(b.python, script, true)})
	}
	sets, err := b.sets()
	if err != nil {
		return err
	}
	for _, s := range sets {
		if b.only != "" && s.Name != b.only {
			continue
		}
		if err := b.set(s, engines); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

func (b *bench) sets() ([]Set, error) {
	name := "own"
	if b.sealed {
		name = "sealed"
	}
	docs, err := read(filepath.Join(b.here, name, "corpus.jsonl"), false)
	if err != nil {
		return nil, err
	}
	housing := Set{Name: name, Licence: "invented", Complete: true, Docs: docs}
	if b.sealed {
		return []Set{housing}, nil
	}
	sets, err := shared(b.shared)
	if errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(b.out, "%v: measured on our own documents only.\n", err)
		err = nil
	}
	return append([]Set{housing}, sets...), err
}

func (b *bench) set(s Set, engines []named) error {
	docs, which := s.Docs, "all of it"
	if !s.Complete {
		docs, which = s.Half(!b.tune), "what is held back"
		if b.tune {
			which = "the part to tune on"
		}
	}
	bytes := 0
	for _, d := range docs {
		bytes += len(d.Text)
	}
	fmt.Fprintf(b.out, "\n== %s (%s; %s): %d texts, %.0f kB\n", s.Name, s.Licence, which, len(docs), float64(bytes)/1e3)
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "engine\trecords\trecall\tprecision\tF2\twords\tleak\tMB/s\t")
	runs := []run{{"0 %", 0, asTheyAre}}
	if s.Complete {
		runs = append(runs, run{"50 %", 50, asTheyAre}, run{"80 %", 80, asTheyAre}, run{"100 %", 100, asTheyAre}, run{"misspelt", 100, misspelt}, run{"stale", 100, stale})
	}
	var all []result
	for _, e := range engines {
		for _, r := range runs {
			if r.percent == 0 && strings.HasSuffix(e.name, "words of names") {
				continue
			}
			spans, took, err := e.engine(docs, index(docs, r.percent, r.records))
			if err != nil {
				return err
			}
			one := result{e.name, r, spans, score(docs, spans)}
			all = append(all, one)
			p := at(one.types, detect.Person)
			fmt.Fprintf(w, "%s\t%s\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3g\t\n", e.name, r.label, p.recall(), p.precision(), p.f2(), ratio(p.covered, p.tokens), ratio(p.leaked, p.people), float64(bytes)/1e6/took.Seconds())
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	b.atTheirRecall(docs, all)
	if s.Complete {
		b.types(all)
		b.origins(all)
	}
	if b.misses > 0 && !b.sealed {
		missed, wrong := misses(docs, all[0].spans)
		for _, list := range [][]string{missed, wrong} {
			fmt.Fprintf(b.out, "\n%s\n", strings.Join(list[:min(len(list), b.misses)], "\n"))
		}
	}
	return nil
}

// run is one state of the landlord's records.
type run struct {
	label   string
	percent int
	records int
}

// result is what one engine did with one state of the records.
type result struct {
	engine string
	run
	spans [][]found
	*scores
}

// atTheirRecall prints our precision with the least sure finds left out until recall is that of each other engine.
func (b *bench) atTheirRecall(docs []Document, all []result) {
	ours := make(map[string]result) // by state of the records
	for _, r := range all {
		if r.engine == "tenet" {
			ours[r.label] = r
		}
	}
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	rows := 0
	for _, r := range all {
		if !strings.HasPrefix(r.engine, "presidio") {
			continue
		}
		if rows++; rows == 1 {
			fmt.Fprintln(w, "\nat the recall of\trecords\ttheir recall\ttheir precision\tour recall\tour precision\tfrom score\t")
		}
		p := at(r.types, detect.Person)
		if t, threshold, ok := atRecall(docs, ours[r.label].spans, p.recall()); ok {
			fmt.Fprintf(w, "%s\t%s\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t\n", r.engine, r.label, p.recall(), p.precision(), t.recall(), t.precision(), threshold)
		} else {
			fmt.Fprintf(w, "%s\t%s\t%.3f\t%.3f\tnot reached\t\t\t\n", r.engine, r.label, p.recall(), p.precision())
		}
	}
	w.Flush()
}

// types prints each type that the documents label, without an index.
func (b *bench) types(all []result) {
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\ntype\tengine\tlabelled\trecall\tprecision\tF2\t")
	without := slices.DeleteFunc(slices.Clone(all), func(r result) bool { return r.percent > 0 })
	identifiers := make([]tally, len(without))
	for _, t := range slices.Sorted(maps.Keys(without[0].types)) {
		if at(without[0].types, t).gold == 0 {
			continue
		}
		for i, r := range without {
			c := at(r.types, t)
			if t != detect.Person && t != detect.Organisation && t != detect.Location && t != detect.Relation {
				identifiers[i].add(c)
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%.3f\t%.3f\t%.3f\t\n", t, r.engine, c.gold, c.recall(), c.precision(), c.f2())
		}
	}
	for i := range identifiers {
		c := &identifiers[i]
		fmt.Fprintf(w, "all identifiers\t%s\t%d\t%.3f\t%.3f\t%.3f\t\n", without[i].engine, c.gold, c.recall(), c.precision(), c.f2())
	}
	w.Flush()
}

// origins prints how people of each origin fare: recall and words without an index, and with each state of the records
// how many of them leak, by us and, where it was asked, by Presidio.
func (b *bench) origins(all []result) {
	shown := slices.DeleteFunc(slices.Clone(all), func(r result) bool { return r.engine != "tenet" && r.engine != "presidio" })
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "\norigin of name\tmentions\tpeople\trecall\twords\t")
	for _, r := range shown {
		fmt.Fprintf(w, "%s leak %s\t", strings.Replace(r.engine, "tenet", "our", 1), r.label)
	}
	fmt.Fprintln(w)
	first := shown[0].scores
	keys := slices.SortedFunc(maps.Keys(first.origins), func(a, c string) int {
		return cmp.Or(cmp.Compare(first.origins[a].recall(), first.origins[c].recall()), cmp.Compare(a, c))
	})
	for _, o := range keys {
		t := first.origins[o]
		fmt.Fprintf(w, "%s\t%d\t%d\t%.3f\t%.3f\t", o, t.gold, t.people, t.recall(), ratio(t.covered, t.tokens))
		for _, r := range shown {
			c := at(r.origins, o)
			fmt.Fprintf(w, "%.3f\t", ratio(c.leaked, c.people))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
}
