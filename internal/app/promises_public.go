package app

import (
	"context"
	"sync"
	"time"

	"tenet/internal/desk"
	"tenet/internal/portal"
)

// publicPromises is how the promises of the notice are kept, as the public may see it.
// What it says is read anew once in a while: they are looked at once a day, and the page
// is for anybody.
type publicPromises struct {
	d *desk.Desk

	mu   sync.Mutex
	at   time.Time
	list []portal.KeptPromise
}

const publicFor = time.Minute

func (p *publicPromises) Promises(ctx context.Context) ([]portal.KeptPromise, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.d.Now()
	if age := now.Sub(p.at); p.list != nil && age >= 0 && age < publicFor {
		return p.list, nil
	}
	all, err := p.d.PublicPromises(ctx)
	if err != nil {
		return nil, err
	}
	list := []portal.KeptPromise{}
	for _, x := range all {
		k := portal.KeptPromise{ID: string(x.ID), Says: x.Says, Section: x.Section, Status: string(x.Status), Since: x.Since, Checked: x.CheckedAt, Checks: x.Checks, Figures: []portal.PromiseFigure{}}
		for _, f := range x.Figures {
			k.Figures = append(k.Figures, portal.PromiseFigure{Check: f.Check, Good: int(f.Good), Total: int(f.Total), Hidden: string(f.Hidden)})
		}
		if x.Words != nil {
			k.Answer = &portal.LandlordsAnswer{Words: x.Words.Words, Welsh: x.Words.Welsh, By: x.Words.By.Start()}
		}
		list = append(list, k)
	}
	p.list, p.at = list, now
	return list, nil
}

var _ portal.Promises = (*publicPromises)(nil)
