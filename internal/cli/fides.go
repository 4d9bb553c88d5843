package cli

import (
	"fmt"
	"io"
	"os"
)

type mapImportCmd struct {
	File   string `arg:"" help:"The dataset, as Fides keeps it; - is standard input."`
	Source string `required:"" placeholder:"NAME" help:"The source that it is of."`
	Accept bool   `help:"Write the map as it is, if the source has none."`
}

func (x *mapImportCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	from, name := io.Reader(c.in), "standard input"
	if x.File != "-" {
		f, err := os.Open(x.File)
		if err != nil {
			return err
		}
		defer f.Close()
		from, name = f, x.File
	}
	got, err := d.ImportFides(name, from, x.Source, x.Accept)
	if err != nil {
		return err
	}
	return c.answer(got, func(w io.Writer) {
		if got.Written == "" {
			fmt.Fprintf(w, "# A proposal: read it, then write it to maps/%s.yaml, or give --accept\n%s", got.Source, got.Map)
		} else {
			fmt.Fprintf(w, "%s: the map is %s\n", got.Source, got.Written)
		}
		for _, l := range got.Lost {
			fmt.Fprintf(w, "# lost: %s\n", l)
		}
	})
}
