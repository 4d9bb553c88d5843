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

// Editions are the versions that the public reads of.
func (p publicNotices) Editions(ctx context.Context) ([]portal.Edition, error) {
	all, err := p.d.PublicVersions(ctx)
	if err != nil {
		return nil, err
	}
	var out []portal.Edition
	for i, v := range all {
		e := p.edition(v.Hash, v.Effective)
		e.Significant, e.Told = v.Significant, v.Kept
		if v.Withdrawn != nil {
			e.Withdrawn, e.Told = v.Withdrawn.At, v.Withdrawn.At
		}
		if former := slices.IndexFunc(all[i+1:], func(v desk.Version) bool { return v.Withdrawn == nil }); former >= 0 {
			e.Before = all[i+1+former].Hash
		}
		out = append(out, e)
	}
	return out, nil
}

func (p publicNotices) edition(hash string, from notice.Date) portal.Edition {
	e := portal.Edition{Version: hash, Now: hash == p.d.Notice.Version(), Coming: from > notice.Date(p.d.Today().String())}
	if day, err := law.ParseDate(string(from)); err == nil {
		e.From = day.Start()
	}
	return e
}

// Changes holds two versions against each other, of those that the history has. Of those
// that are not named it is the version in force and the one that it follows; where it
// follows none, the next that is to come; and where there is no other, nothing has changed.
func (p publicNotices) Changes(ctx context.Context, from, to, language string) (portal.EditionChanges, error) {
	out := portal.EditionChanges{Means: []string{}, Sentences: []portal.EditionSentence{}}
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
	if later >= 0 && from+to == "" && all[later].Before == "" {
		now := later
		for later--; later >= 0 && !all[later].Withdrawn.IsZero(); later-- {
		}
		if later < 0 {
			out.To = all[now]
			return out, nil
		}
	}
	if later < 0 {
		return out, web.ErrNotFound
	}
	if from == "" {
		from = all[later].Before
	}
	earlier := named(from)
	if earlier < 0 {
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
		if err := p.public(ctx, version); err != nil {
			return portal.Edition{}, err
		}
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
	as := notice.Publication{Language: notice.Language(language), Day: day, At: p.d.NoticeAt(version, form)}
	if !slices.Contains(desk.NoticeForms(), form) {
		return portal.Edition{}, web.ErrNotFound
	}
	return p.edition(n.Version(), n.Landlord.Effective), desk.WriteNotice(w, n, form, as)
}

// public refuses a version that was taken back before anybody was shown it.
func (p publicNotices) public(ctx context.Context, version string) error {
	all, err := p.d.Versions(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(v desk.Version) bool { return v.Withdrawn != nil && !v.Shown && strings.HasPrefix(v.Hash, version) }) {
		return web.ErrNotFound
	}
	return nil
}
