package app

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/portal"
	"tenet/internal/web"
)

// publicNotices is the notice as the portal gives it out in other forms.
type publicNotices struct{ d *desk.Desk }

// Editions leaves out what stood in the folder for a while and was mended before anybody
// adopted it: of those that begin on one day the last kept is the one that governs.
func (p publicNotices) Editions(ctx context.Context) ([]portal.Edition, error) {
	all, err := p.d.Versions(ctx)
	if err != nil {
		return nil, err
	}
	var out []portal.Edition
	last := notice.Date("")
	for _, v := range all { // of one day the last kept comes first
		if v.Effective != last {
			e := p.edition(v.Hash, v.Effective)
			e.Significant = v.Significant
			if n := len(out); n > 0 {
				out[n-1].Before = v.Hash
			}
			out = append(out, e)
		}
		last = v.Effective
	}
	return out, nil
}

func (p publicNotices) edition(hash string, from notice.Date) portal.Edition {
	e := portal.Edition{Version: hash, Now: hash == p.d.Notice.Version()}
	if day, err := law.ParseDate(string(from)); err == nil {
		e.From = day.Start()
	}
	return e
}

// Changes holds two versions against each other, of those that the history has.
func (p publicNotices) Changes(ctx context.Context, from, to, language string) (portal.EditionChanges, error) {
	var out portal.EditionChanges
	all, err := p.Editions(ctx)
	if err != nil {
		return out, err
	}
	named := func(hash string) int {
		return slices.IndexFunc(all, func(e portal.Edition) bool { return len(hash) >= 6 && strings.HasPrefix(e.Version, hash) })
	}
	later := slices.IndexFunc(all, func(e portal.Edition) bool { return e.Now })
	if to != "" {
		later = named(to)
	}
	earlier := later + 1
	if from != "" {
		earlier = named(from)
	}
	if later < 0 || earlier < 0 || earlier >= len(all) {
		return out, web.ErrNotFound
	}
	out.From, out.To = all[earlier], all[later]
	old, err := p.d.NoticeVersion(ctx, out.From.Version)
	if err != nil {
		return out, err
	}
	n, err := p.d.NoticeVersion(ctx, out.To.Version)
	if err != nil {
		return out, err
	}
	c := notice.Compare(old, n)
	for _, significant := range []bool{true, false} {
		for _, x := range c.Rules() {
			if says := x.Means(notice.Language(language)); x.Significant == significant && !slices.Contains(out.Means, says) {
				out.Means = append(out.Means, says)
			}
		}
	}
	different := c.Different()
	out.Same = len(c.Sentences) - len(different)
	for _, x := range different {
		var s portal.EditionSentence
		if x.Old != nil {
			s.Promise, s.Old = string(x.Old.ID), x.Old.Text
		}
		if x.New != nil {
			s.Promise, s.New = string(x.New.ID), x.New.Text
		}
		out.Sentences = append(out.Sentences, s)
	}
	return out, nil
}

// Publish writes a version. That in force calls the regulators what they are called today,
// an earlier one what they were called when it came into force.
func (p publicNotices) Publish(ctx context.Context, w io.Writer, version, form, language string) (portal.Edition, error) {
	n, day := p.d.Notice, notice.Date(p.d.Today().String())
	if version != "" {
		var err error
		n, err = p.d.NoticeVersion(ctx, version)
		var no *desk.Error
		if errors.As(err, &no) && no.Code == "version" {
			return portal.Edition{}, web.ErrNotFound
		}
		if err != nil {
			return portal.Edition{}, err
		}
		day = n.Landlord.Effective
	}
	as := notice.Publication{Language: notice.Language(language), Day: day}
	if !slices.Contains(desk.NoticeForms(), form) {
		return portal.Edition{}, web.ErrNotFound
	}
	return p.edition(n.Version(), n.Landlord.Effective), desk.WriteNotice(w, n, form, as)
}
