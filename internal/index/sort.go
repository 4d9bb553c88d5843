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

// What sorting may hold in memory, whatever there is to sort: 16 MiB of
// postings until they are written out as a run, then 64 KiB of each run, of
// which there are never more than 128. So 24 MiB is the ceiling of a sorter.
const (
	postingSize = 16
	inMemory    = 1 << 20
	runBuffer   = 64 << 10
	mostRuns    = 128
)

// sorter gives back postings in order, each once, whatever their number: runs
// are sorted in memory, kept in one file without a name, and merged. The file
// holds tokens and row numbers, and nothing that was indexed.
type sorter struct {
	dir  string
	size int // postings held; inMemory if 0
	held []posting
	file *os.File
	end  int64 // of what the file holds
	runs []*io.SectionReader
}

func (s *sorter) add(p posting) error {
	if s.size == 0 {
		s.size = inMemory
	}
	if s.held == nil {
		s.held = make([]posting, 0, s.size) // grown by append it would be copied, and hold more
	}
	if s.held = append(s.held, p); len(s.held) < s.size {
		return nil
	}
	return s.spill()
}

// spill writes what is held as one more run, and merges the runs into one when
// there are too many to read side by side.
func (s *sorter) spill() error {
	s.tidy()
	err := s.run(func(yield func(posting) error) error {
		for _, p := range s.held {
			if err := yield(p); err != nil {
				return err
			}
		}
		return nil
	})
	s.held = s.held[:0]
	if err != nil || len(s.runs) < mostRuns {
		return err
	}
	old := *s
	s.file, s.end, s.runs = nil, 0, nil
	return errors.Join(s.run(old.merge), old.close())
}

// run appends a sorted sequence to the file.
func (s *sorter) run(each func(func(posting) error) error) error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "run-*")
		if err != nil {
			return fmt.Errorf("sort postings: %w", err)
		}
		os.Remove(f.Name()) // it lives until it is closed; where that cannot be, close removes it
		s.file = f
	}
	w := bufio.NewWriterSize(io.NewOffsetWriter(s.file, s.end), runBuffer)
	start := s.end
	var b [postingSize]byte
	err := each(func(p posting) error {
		binary.BigEndian.PutUint64(b[:8], uint64(p.token))
		binary.BigEndian.PutUint64(b[8:], uint64(p.row))
		s.end += postingSize
		_, err := w.Write(b[:])
		return err
	})
	if err = errors.Join(err, w.Flush()); err != nil {
		return fmt.Errorf("sort postings: %w", err)
	}
	s.runs = append(s.runs, io.NewSectionReader(s.file, start, s.end-start))
	return nil
}

func (s *sorter) tidy() {
	slices.SortFunc(s.held, posting.compare)
	s.held = slices.Compact(s.held)
}

// each gives every posting in order, once.
func (s *sorter) each(yield func(posting) error) error {
	if len(s.runs) == 0 {
		s.tidy()
		for _, p := range s.held {
			if err := yield(p); err != nil {
				return err
			}
		}
		return nil
	}
	if len(s.held) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.held = nil // its memory is for merging now
	return s.merge(yield)
}

func (s *sorter) merge(yield func(posting) error) error {
	var h runHeap
	for _, section := range s.runs {
		r := &run{r: bufio.NewReaderSize(io.NewSectionReader(section, 0, section.Size()), runBuffer)}
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

// close lets go of the file.
func (s *sorter) close() error {
	f := s.file
	s.file, s.runs, s.held = nil, nil, nil
	if f == nil {
		return nil
	}
	err := f.Close()
	os.Remove(f.Name())
	return err
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
