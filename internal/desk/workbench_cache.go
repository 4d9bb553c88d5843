package desk

import (
	"slices"
	"sync"

	"tenet/internal/cases"
)

// benches are the benches that were looked at last, by case. The zero value is
// ready to use.
type benches struct {
	mu   sync.Mutex
	list []*Bench          // the latest last
	seen map[string]string // the document that was looked at last, by case
	long map[string]int    // how many pages documents have, by item

	drawing sync.Mutex // held while a page is drawn
}

const (
	// benchBytes is how many bytes of texts the benches in memory may have together,
	// and mostBenches how many there may be. What is made of the texts takes about
	// three times as much.
	benchBytes  = 128 << 20
	mostBenches = 32
	// mostPaged is of how many documents the number of pages is remembered.
	mostPaged = 10_000
)

// get is the bench of a draft, if it is there.
func (c *benches) get(k cases.Case) *Bench {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range c.list {
		if b.Case.ID == k.ID && b.Case.Draft.Digest == k.Draft.Digest {
			return b
		}
	}
	return nil
}

// put keeps a bench in the place of any other of its case, unless that has more steps.
func (c *benches) put(b *Bench) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.list, func(x *Bench) bool { return x.Case.ID == b.Case.ID })
	if i >= 0 {
		if have := c.list[i]; have.Case.Draft.Digest == b.Case.Draft.Digest && len(have.Steps) > len(b.Steps) {
			b = have
		}
		c.list = slices.Delete(c.list, i, i+1)
	}
	c.list = append(c.list, b)
	size := 0
	for _, x := range c.list {
		size += x.Bytes
	}
	for len(c.list) > 1 && (size > benchBytes || len(c.list) > mostBenches) {
		size -= c.list[0].Bytes
		delete(c.seen, c.list[0].Case.ID)
		c.list = slices.Delete(c.list, 0, 1)
	}
}

// see notes which document of a case was looked at last, and seeing is that document.
func (c *benches) see(id, doc string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.seen = map[string]string{}
	}
	c.seen[id] = doc
}

func (c *benches) seeing(id string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[id]
}

// paged remembers how many pages a document has, and pages is how many.
func (c *benches) paged(item string, pages int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.long == nil || len(c.long) >= mostPaged {
		c.long = map[string]int{}
	}
	c.long[item] = pages
}

func (c *benches) pages(item string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.long[item]
}
