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
	who, cookies, err := demoLandlord(like)
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
	registers, err := w.Registers(ctx, cookies)
	if err != nil {
		return out, err
	}
	out.Sources = append(out.Sources, desk.System{Name: registers.Name, URL: registers.URL})
	// What the landlord has said of its systems is put in where a person would say it: into
	// the notice before it is opened, into the maps once they are proposed.
	out.Notice = func(dir string) error { return saidNotice(dir, w.Landlord) }
	out.Maps = func(d *desk.Desk) error { return saidMaps(d, w.Landlord) }
	out.Past = func(ctx context.Context, d *desk.Desk, progress desk.Progress) error {
		looks := []int{0}
		if homes <= 500 { // a history, where each look is short
			looks = []int{40, 20, 10, 5, 3, 2, 1, 0}
		}
		return saidPast(ctx, d, w.Today, looks, progress)
	}
	star := w.Star()
	out.Star = desk.Query{Name: star.Name, DOB: star.DOB, Email: star.Email, Phone: star.Mobile, Ref: star.Ref}
	own, err := w.Landlord.Own()
	if err != nil {
		return out, err
	}
	out.Client = own.AnswersFor
	for _, line := range own.Try {
		out.Try = append(out.Try, strings.ReplaceAll(line, "{email}", star.Email))
	}
	return out, nil
}

// demoLandlord is what the sources say of a pack's landlord: who it is, its domain and the
// address it writes from; and the cookies that its notice lists. The default pack's is the
// demo's own.
func demoLandlord(pack string) (demo.Landlord, []string, error) {
	if pack == "" {
		pack = notice.DefaultPack
	}
	from, err := notice.Pack(pack)
	if err != nil {
		return demo.Landlord{}, nil, &desk.Error{Code: "pack", What: "there is no such pack", Where: "--like", Mend: "leave --like out for the default", Err: err}
	}
	n, err := notice.Load(from)
	if err != nil {
		return demo.Landlord{}, nil, fmt.Errorf("read the pack %s: %w", pack, err)
	}
	var cookies []string
	for _, c := range n.Web.Cookies {
		cookies = append(cookies, c.Name)
	}
	if pack == notice.DefaultPack {
		return demo.Larkfield(), cookies, nil
	}
	l := n.Landlord
	who := demo.Landlord{Pack: pack, Name: l.Name, Domain: string(l.ID) + ".example", Prefix: strings.ToUpper(strings.ReplaceAll(string(l.ID), "-", ""))}
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
	return who, cookies, nil
}
