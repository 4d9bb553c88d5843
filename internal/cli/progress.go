package cli

import (
	"fmt"
	"time"
)

// progress shows how far long work has come, on a terminal and nowhere else:
// one line, redrawn a few times a second.
type progress struct {
	c     *call
	stage string
	last  time.Time
}

func (c *call) progress() *progress { return &progress{c: c} }

// step is given to the work.
func (p *progress) step(stage string, done int64) {
	if !p.c.Terminal || p.c.json || stage == p.stage && time.Since(p.last) < 200*time.Millisecond {
		return
	}
	p.stage, p.last = stage, time.Now()
	fmt.Fprintf(p.c.Stderr, "\r\x1b[K%s: %d", stage, done)
}

// done clears the line.
func (p *progress) done() {
	if p.stage != "" {
		fmt.Fprint(p.c.Stderr, "\r\x1b[K")
		p.stage = ""
	}
}
