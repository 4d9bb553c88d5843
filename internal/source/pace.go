package source

import (
	"math"
	"time"
)

// pacer says how long a scan is to rest when the system that it reads is slower
// than it usually is, for then somebody else needs it. It has no clock: it is
// told how long each stretch of rows took.
//
// What is usual is learned from the scan itself. It falls soon to what the
// system shows that it can do, and rises slowly, by the time that has gone by: a busy
// morning does not become usual, a system that stays slower does within a day.
type pacer struct {
	share float64 // of its time that the scan may take of a slow system
	usual float64 // seconds for one row; 0 before the first stretch
}

const (
	paceFrom = 1.5           // so many times the usual, and no less, is slow
	paceFull = 2             // from here on the share is kept to
	paceFall = 1. / 8        // how far the usual goes down to a faster stretch
	paceRise = 4 * time.Hour // in which it goes up by most of the difference
)

// rest is how long to leave the system alone after a stretch of so many rows in
// which it was at work for took. idle is how long it was left alone within them
// already, since the reader had other things to do.
func (p *pacer) rest(rows int, took, idle time.Duration) time.Duration {
	if p.share >= 1 || rows <= 0 || took <= 0 {
		return 0
	}
	each := took.Seconds() / float64(rows)
	if p.usual == 0 {
		p.usual = each
		return 0
	}
	slow := each / p.usual
	full := float64(took) * (1/p.share - 1)
	rest := time.Duration(full*min(max(slow-paceFrom, 0)/(paceFull-paceFrom), 1)) - idle
	rest = max(rest, 0)
	if slow < 1 {
		p.usual += paceFall * (each - p.usual)
	} else {
		// One stretch that was held up says little of what is usual.
		gone := (took + idle + rest).Seconds() / paceRise.Seconds()
		p.usual += (1 - math.Exp(-gone)) * (min(each, 2*p.usual) - p.usual)
	}
	return rest
}
