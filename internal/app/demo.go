package app

import (
	"context"
	"errors"

	"tenet/internal/cli"
	"tenet/internal/demo"
	"tenet/internal/desk"
	"tenet/internal/law"
)

// buildDemo makes the fictional landlord and says how to ask for its star.
func buildDemo(ctx context.Context, dir string, homes int, seed uint64, progress func(string, int64)) (cli.Demo, error) {
	w, err := demo.Build(ctx, dir, demo.Options{Homes: homes, Seed: seed}, func(stage string, done, _ int) {
		progress("build the landlord: "+stage, int64(done))
	})
	if errors.Is(err, demo.ErrOccupied) {
		return cli.Demo{}, &desk.Error{Code: "occupied", What: "holds something else, or a demo of another size or seed", Where: dir, Mend: "give another folder with --dir, or delete it"}
	}
	if err != nil {
		return cli.Demo{}, err
	}
	out := cli.Demo{Landlord: demo.Landlord, Today: law.DateOf(w.Today)}
	for _, s := range w.Sources() {
		out.Sources = append(out.Sources, desk.System{Name: s.Name, URL: s.URL})
	}
	star := w.Star()
	out.Star = desk.Query{Name: star.Name, DOB: star.DOB, Email: star.Email, Phone: star.Mobile, Ref: star.Ref}
	return out, nil
}
