package app

import (
	"context"
	"errors"
	"io"
	"slices"

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
			out = append(out, p.edition(v.Hash, v.Effective))
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
