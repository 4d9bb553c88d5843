package app

import (
	"context"
	"fmt"
	"slices"

	"tenet/internal/demo"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/register"
)

// saidPapers signs the papers that the demo's landlord has with recipients of its notice,
// about the data that the notice gives them.
func saidPapers(ctx context.Context, d *desk.Desk, at func(daysAgo int) law.Date) error {
	said, err := demo.Sayings()
	if err != nil {
		return err
	}
	r, err := d.Registers()
	if err != nil {
		return err
	}
	at(100)
	for _, p := range said.Papers {
		i := slices.IndexFunc(p.With, func(id string) bool {
			return slices.ContainsFunc(d.Notice.Sharing.Recipients, func(x notice.Recipient) bool { return string(x.ID) == id })
		})
		if i < 0 {
			continue
		}
		v := register.Values{"recipients": []string{p.With[i]}}
		for name, says := range p.Values {
			v[name] = says
		}
		var data []string
		for _, rule := range d.Notice.Sharing.Rules {
			for _, c := range rule.Categories {
				if string(rule.To) == p.With[i] && !slices.Contains(data, string(c)) {
					data = append(data, string(c))
				}
			}
		}
		v["categories"] = data
		paper, err := r.Begin(ctx, register.NewPaper{In: register.In{Register: p.Register, Title: p.Title, Values: v}, By: "cli", Once: "demo/" + p.Title})
		if err == nil {
			paper, err = r.Propose(ctx, register.On{Number: paper.Number, By: "cli"})
		}
		if err == nil {
			_, err = r.Sign(ctx, register.On{Number: paper.Number, By: "cli:officer"}, register.Signature{})
		}
		if err != nil {
			return fmt.Errorf("sign a paper of the demo: %w", desk.RegisterError(err))
		}
	}
	return nil
}
