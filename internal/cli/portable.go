package cli

import (
	"fmt"
	"io"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/notice"
)

type caseSendToCmd struct {
	Case    string `arg:"" help:"The case's number, of the kind portability, its answer approved."`
	To      string `required:"" placeholder:"RECIPIENT" help:"A recipient of sharing.yaml whose kind is chosen-by-person."`
	Name    string `required:"" help:"The organisation, as the person named it."`
	Checked string `xor:"how" required:"" help:"Who there takes it, and how you made sure that it is they."`
	Out     string `placeholder:"FILE" help:"The zip file to hand over to them."`
	Unable  string `xor:"how" required:"" name:"not-feasible" placeholder:"WHY" help:"Write down instead why it is not technically feasible to send it."`
}

func (x *caseSendToCmd) Run(c *call) error {
	if err := c.secret("--checked", &x.Checked); err != nil {
		return err
	}
	if x.Unable == "" && x.Out == "" {
		return &desk.Error{Code: "usage", What: "there is no file to write", Where: "--out", Mend: "name a new file, or say --not-feasible and why"}
	}
	return c.withCase(x.Case, func(d *desk.Desk, k cases.Case) error {
		to := desk.Onward{To: notice.ID(x.To), Name: x.Name, Checked: x.Checked, Path: x.Out, By: c.actor()}
		if x.Unable != "" {
			if _, err := d.NotSentOnward(c, k, to, x.Unable); err != nil {
				return err
			}
			return c.answer(map[string]any{"case": k.Number, "sent": false}, func(w io.Writer) {
				fmt.Fprintf(w, "%s: written down. The person is to be told so, and gets the files themselves.\n", k.Number)
			})
		}
		sent, err := d.SendOnward(c, k, to)
		if err != nil {
			return err
		}
		return c.answer(map[string]any{"case": k.Number, "sent": true, "disclosure": sent.Entry.N, "rule": sent.Decision.Rule, "file": x.Out}, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %s is what %s gets. It is entry %d of the log of disclosures, by the rule %s.\n", k.Number, x.Out, x.Name, sent.Entry.N, sent.Decision.Rule)
			fmt.Fprintln(w, "Hand it over to whom you checked, and delete it afterwards. The person's own copy goes out as any answer does.")
		})
	})
}
