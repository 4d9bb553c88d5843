package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tenet/internal/cli"
	"tenet/internal/demo"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// buildDemo makes the fictional landlord of a pack and says how to ask for its star.
func buildDemo(ctx context.Context, like, dir string, homes int, seed uint64, progress func(string, int64)) (cli.Demo, error) {
	who, err := demoLandlord(like)
	if err != nil {
		return cli.Demo{}, err
	}
	w, err := demo.Build(ctx, dir, demo.Options{Homes: homes, Seed: seed, Landlord: who}, func(stage string, done, _ int) {
		progress("build the landlord: "+stage, int64(done))
	})
	if errors.Is(err, demo.ErrOccupied) {
		return cli.Demo{}, &desk.Error{Code: "occupied", What: "holds something else, or a demo of another landlord, size or seed", Where: dir, Mend: "give another folder with --dir, or delete it"}
	}
	if err != nil {
		return cli.Demo{}, err
	}
	out := cli.Demo{Landlord: w.Landlord.Name, Today: law.DateOf(w.Today)}
	for _, s := range w.Sources() {
		out.Sources = append(out.Sources, desk.System{Name: s.Name, URL: s.URL})
	}
	star := w.Star()
	out.Star = desk.Query{Name: star.Name, DOB: star.DOB, Email: star.Email, Phone: star.Mobile, Ref: star.Ref}
	return out, nil
}

// demoLandlord is what the sources say of a pack's landlord: who it is, its domain and the
// address it writes from. The default pack's is the demo's own.
func demoLandlord(pack string) (demo.Landlord, error) {
	if pack == "" || pack == notice.DefaultPack {
		return demo.Larkfield(), nil
	}
	from, err := notice.Pack(pack)
	if err != nil {
		return demo.Landlord{}, &desk.Error{Code: "pack", What: "there is no such pack", Where: "--like", Mend: "leave --like out for the default", Err: err}
	}
	n, err := notice.Load(from)
	if err != nil {
		return demo.Landlord{}, fmt.Errorf("read the pack %s: %w", pack, err)
	}
	l := n.Landlord
	who := demo.Landlord{Name: l.Name, Domain: string(l.ID) + ".example", Prefix: strings.ToUpper(strings.ReplaceAll(string(l.ID), "-", ""))}
	who.Prefix = who.Prefix[:min(len(who.Prefix), 3)]
	for _, c := range l.Contacts {
		if _, domain, ok := strings.Cut(string(c.Email), "@"); ok {
			who.Domain = domain
			break
		}
	}
	for _, c := range l.Controllers {
		if c.Lead {
			at := lines(c.Address)
			who.Street, who.Town = strings.Join(at[:max(len(at)-2, 1)], ", "), strings.Join(at[max(len(at)-2, 1):], " ")
		}
	}
	return who, nil
}
