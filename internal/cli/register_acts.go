package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tenet/internal/desk"
	"tenet/internal/register"
)

type registerNewCmd struct {
	From string `required:"" placeholder:"FILE.yaml" help:"The paper: register, title, and the fields that tenet register show REGISTER lists."`
	Once string `placeholder:"KEY" help:"Names what caused it, so that the command may be run again."`
}

// readPaper reads the file of a paper.
func (c *call) readPaper(file string) (register.In, error) {
	text, err := readBounded(file, 1<<20)
	if err != nil {
		return register.In{}, err
	}
	return register.Parse(filepath.Base(file), text)
}

// readBounded reads a file of at most so many bytes.
func readBounded(file string, most int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = &desk.Error{Code: "file", What: fmt.Sprintf("is larger than %d bytes", most), Where: filepath.Base(file), Mend: "give less at once"}
	}
	return text, err
}

func (x *registerNewCmd) Run(c *call) error {
	return c.registers(func(d *desk.Desk, r *register.Registers) error {
		in, err := c.readPaper(x.From)
		if err != nil {
			return err
		}
		p, err := r.Begin(c, register.NewPaper{In: in, By: c.actor(), Once: x.Once})
		return c.paper(p, err, "is begun.")
	})
}

type registerEditCmd struct {
	Number string `arg:"" help:"The paper."`
	From   string `required:"" placeholder:"FILE.yaml" help:"The whole paper as it is to be."`
}

func (x *registerEditCmd) Run(c *call) error {
	return c.registers(func(d *desk.Desk, r *register.Registers) error {
		in, err := c.readPaper(x.From)
		if err != nil {
			return err
		}
		p, err := r.Edit(c, register.On{Number: x.Number, By: c.actor()}, in.Title, in.Values)
		return c.paper(p, err, "has a new version, a draft.")
	})
}

type registerProposeCmd struct {
	Number string `arg:"" help:"The paper."`
}

func (x *registerProposeCmd) Run(c *call) error {
	return c.registers(func(d *desk.Desk, r *register.Registers) error {
		p, err := r.Propose(c, register.On{Number: x.Number, By: c.actor()})
		return c.paper(p, err, "is proposed.")
	})
}

type registerSignCmd struct {
	Number   string `arg:"" help:"The paper."`
	Why      string `help:"What is to be remembered of it."`
	ReviewBy string `placeholder:"DATE" help:"When it is looked at again; as its register says."`
}

func (x *registerSignCmd) Run(c *call) error {
	by, err := dayFlag("--review-by", x.ReviewBy)
	if err != nil {
		return err
	}
	return c.registers(func(d *desk.Desk, r *register.Registers) error {
		p, err := r.Sign(c, register.On{Number: x.Number, By: c.actor()}, register.Signature{Why: x.Why, ReviewBy: by})
		return c.paper(p, err, "is signed.")
	})
}

type registerRefuseCmd struct {
	Number string `arg:"" help:"The paper."`
	Why    string `required:"" help:"Why it is not signed."`
}

func (x *registerRefuseCmd) Run(c *call) error {
	return c.registers(func(d *desk.Desk, r *register.Registers) error {
		p, err := r.Refuse(c, register.On{Number: x.Number, By: c.actor()}, x.Why)
		return c.paper(p, err, "is refused.")
	})
}

type registerReviewCmd struct {
	Number string `arg:"" help:"The paper."`
	Why    string `required:"" help:"What was looked at."`
	Next   string `placeholder:"DATE" help:"When it is looked at again; as its register says."`
}

func (x *registerReviewCmd) Run(c *call) error {
	next, err := dayFlag("--next", x.Next)
	if err != nil {
		return err
	}
	return c.registers(func(d *desk.Desk, r *register.Registers) error {
		p, err := r.Review(c, register.On{Number: x.Number, By: c.actor()}, x.Why, next)
		return c.paper(p, err, "is looked at again by "+p.ReviewBy.String()+".")
	})
}

type registerEndCmd struct {
	Number string `arg:"" help:"The paper."`
	Why    string `required:"" help:"Why it ends."`
}

func (x *registerEndCmd) Run(c *call) error {
	return c.registers(func(d *desk.Desk, r *register.Registers) error {
		p, err := r.End(c, register.On{Number: x.Number, By: c.actor()}, x.Why)
		return c.paper(p, err, "has ended.")
	})
}

type registerEnterCmd struct {
	Number string            `arg:"" help:"The paper."`
	Kind   string            `arg:"" help:"What sort: advice, measure-done, objection, asked, sent, read, trained, assurance, tested, given."`
	Fields map[string]string `arg:"" optional:"" mapsep:"none" help:"FIELD=ANSWER, each."`
}

func (x *registerEnterCmd) Run(c *call) error {
	return c.registers(func(d *desk.Desk, r *register.Registers) error {
		v := register.Values{}
		for name, answer := range x.Fields {
			if err := c.secret(name, &answer); err != nil {
				return err
			}
			v[name] = answer
		}
		p, err := r.Enter(c, register.On{Number: x.Number, By: c.actor()}, x.Kind, v)
		return c.paper(p, err, "has the entry.")
	})
}
