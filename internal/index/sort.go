package index

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// posting says that the row with this locator has this token.
type posting struct{ token, locator int64 }

func (p posting) compare(o posting) int {
	switch {
	case p.token < o.token:
		return -1
	case p.token > o.token:
		return 1
	case p.locator < o.locator:
		return -1
	case p.locator > o.locator:
		return 1
	}
	return 0
}

const (
	postingSize = 16
	inMemory    = 1 << 20 // postings held before a run is written out: 16 MiB
)

// sorter gives back postings in order, each once, whatever their number: runs
// are sorted in memory, kept in a file without a name, and merged.
type sorter struct {
	dir  string
	held []posting
	runs []*os.File
}

func (s *sorter) add(p posting) error {
	if s.held = append(s.held, p); len(s.held) < inMemory {
		return nil
	}
	return s.spill()
}

func (s *sorter) spill() error {
	s.tidy()
	f, err := os.CreateTemp(s.dir, "run-*")
	if err != nil {
		return fmt.Errorf("sort postings: %w", err)
	}
	os.Remove(f.Name()) // it lives until it is closed
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 1<<16)
	var b [postingSize]byte
	for _, p := range s.held {
		binary.BigEndian.PutUint64(b[:8], uint64(p.token))
		binary.BigEndian.PutUint64(b[8:], uint64(p.locator))
		w.Write(b[:]) // Flush reports the error
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("sort postings: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("sort postings: %w", err)
	}
	s.held = s.held[:0]
	return nil
}

func (s *sorter) tidy() {
	slices.SortFunc(s.held, posting.compare)
	s.held = slices.Compact(s.held)
}

// each gives every posting in order, once.
func (s *sorter) each(yield func(posting) error) error {
	s.tidy()
	if len(s.runs) == 0 {
		for _, p := range s.held {
			if err := yield(p); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.spill(); err != nil {
		return err
	}
	var h runHeap
	for _, f := range s.runs {
		r := &run{r: bufio.NewReaderSize(f, 1<<16)}
		if ok, err := r.next(); err != nil {
			return err
		} else if ok {
			h = append(h, r)
		}
	}
	heap.Init(&h)
	var last posting
	for first := true; len(h) > 0; first = false {
		if p := h[0].head; first || p != last {
			last = p
			if err := yield(p); err != nil {
				return err
			}
		}
		ok, err := h[0].next()
		if err != nil {
			return err
		}
		if ok {
			heap.Fix(&h, 0)
		} else {
			heap.Pop(&h)
		}
	}
	return nil
}

func (s *sorter) close() error {
	var errs []error
	for _, f := range s.runs {
		errs = append(errs, f.Close())
	}
	s.runs = nil
	return errors.Join(errs...)
}

type run struct {
	r    *bufio.Reader
	head posting
}

func (r *run) next() (bool, error) {
	var b [postingSize]byte
	if _, err := io.ReadFull(r.r, b[:]); err == io.EOF {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("merge sorted postings: %w", err)
	}
	r.head = posting{int64(binary.BigEndian.Uint64(b[:8])), int64(binary.BigEndian.Uint64(b[8:]))}
	return true, nil
}

type runHeap []*run

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return h[i].head.compare(h[j].head) < 0 }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)        { *h = append(*h, x.(*run)) }
func (h *runHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
