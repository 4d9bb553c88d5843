package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/pack"
)

// caseReleaseCmds are how an answer reaches the person.
type caseReleaseCmds struct {
	Link   caseLinkCmd   `cmd:"" help:"Make a link by which the person fetches the approved answer, once; list, withdraw, or read out a code."`
	Print  casePrintCmd  `cmd:"" help:"Write the approved answer as one PDF, with a cover sheet for the envelope."`
	SendTo caseSendToCmd `cmd:"" help:"Write what a person takes along (portability) for the organisation they named, where the notice allows it."`
	Posted casePostedCmd `cmd:"" help:"Record that the printed answer was posted, which is its release."`
}

type caseLinkCmd struct {
	Case     string `arg:"" help:"The case's number."`
	To       string `xor:"do" required:"" placeholder:"ADDRESS" help:"The e-mail address or telephone number, held on record before the request, that codes go to."`
	Since    string `placeholder:"DATE" help:"Since when it stands on record unchanged; left out where the case's identity says it."`
	Alone    bool   `help:"Nobody linked with the person uses it too: somebody has looked."`
	Days     int    `help:"For how many days it opens; the landlord's number, at most 28."`
	Tell     bool   `help:"Show the link, to be handed over by hand; no letter is written."`
	List     bool   `xor:"do" required:"" help:"Show the links of the case and what was downloaded instead."`
	Code     bool   `xor:"do" required:"" help:"Make a code for the open link instead, to be read out on the telephone it is bound to."`
	Withdraw bool   `xor:"do" required:"" help:"End the open link instead."`
}

func (x *caseLinkCmd) Run(c *call) error {
	if err := c.secret("--to", &x.To); err != nil {
		return err
	}
	since, err := dateOr(x.Since, law.Date{}, "--since")
	if err != nil {
		return err
	}
	return c.withCase(x.Case, func(d *desk.Desk, k cases.Case) error {
		switch {
		case x.List:
			return x.list(c, d, k)
		case x.Code:
			code, until, err := d.ReadOutCode(c, k, c.actor())
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"case": k.Number, "code": code, "until": until}, func(w io.Writer) {
				fmt.Fprintf(w, "Read out %s, to whoever answers on the number that the link is bound to. It works until %s, and is shown once.\n", code, clockTime(until))
			})
		case x.Withdraw:
			if err := d.WithdrawLink(c, k, c.actor()); err != nil {
				return err
			}
			return c.answer(map[string]any{"case": k.Number, "withdrawn": true}, func(w io.Writer) { fmt.Fprintf(w, "The link of %s is withdrawn.\n", k.Number) })
		}
		made, err := d.MakeLink(c, k, desk.NewLink{To: x.To, Since: since, Alone: x.Alone, Days: x.Days, Tell: x.Tell}, c.actor())
		if err != nil {
			return err
		}
		return c.answer(made, func(w io.Writer) {
			fmt.Fprintf(w, "%s: a link that opens until %s, once.\n", k.Number, clockTime(made.Expires))
			fmt.Fprintf(w, "Words for the download: %s\nTell them by phone, or print them in a letter; never by e-mail. They are shown once.\n", made.Words)
			if made.URL != "" {
				fmt.Fprintf(w, "The link, to be handed over by another way than the words: %s\n", made.URL)
			} else {
				fmt.Fprintf(w, "The letter %s takes the link to the person.\n", made.Letter)
			}
		})
	})
}

func (x *caseLinkCmd) list(c *call, d *desk.Desk, k cases.Case) error {
	links, downloads, err := d.Links(c, k)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"case": k.Number, "links": append([]desk.Link{}, links...), "downloads": append([]desk.Download{}, downloads...)}, func(w io.Writer) {
		for _, l := range links {
			fmt.Fprintf(w, "%s  %-10s by %s, until %s\n", clockTime(l.Made), l.State, l.Factor, clockTime(l.Expires))
		}
		for _, n := range downloads {
			whole := "broke off"
			if n.Complete {
				whole = "whole"
			}
			fmt.Fprintf(w, "%s  downloaded %d of %d bytes, %s\n", clockTime(n.Began), n.Bytes, n.Size, whole)
		}
		if len(links) == 0 {
			fmt.Fprintln(w, "None.")
		}
	})
}

// clockTime is an instant as staff read it.
func clockTime(t time.Time) string { return t.In(law.London()).Format("2 Jan 2006 15:04") }

type casePrintCmd struct {
	Case    string `arg:"" help:"The case's number."`
	Out     string `required:"" placeholder:"FILE" help:"The PDF to write. It is plain from here on, and yours to protect."`
	Address string `help:"Where to post it, with commas between the lines, where the case has no address."`
}

func (x *casePrintCmd) Run(c *call) error {
	return c.withCase(x.Case, func(d *desk.Desk, k cases.Case) error {
		if _, err := os.Stat(x.Out); err == nil {
			return &desk.Error{Code: "file", What: "is there already", Where: x.Out, Mend: "name a new file"}
		}
		if err := c.secret("--address", &x.Address); err != nil {
			return err
		}
		p, err := d.Print(c, k, x.Address, c.actor())
		if err != nil {
			return err
		}
		err = pack.WriteFile(x.Out, func(w io.Writer) error { _, err := w.Write(p.PDF); return err })
		if err != nil {
			return err
		}
		out := map[string]any{"case": k.Number, "file": x.Out, "pages": p.Pages, "sheets": p.Sheets, "apart": append([]string{}, p.Apart...)}
		return c.answer(out, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %d pages, %d sheets in the envelope on both sides. The first page stays here.\n", x.Out, p.Pages, p.Sheets)
			for _, f := range p.Apart {
				fmt.Fprintf(w, "Not in it, to be printed by itself: %s\n", f)
			}
			fmt.Fprintf(w, "When it is posted: tenet case posted %s --on DATE --recorded NUMBER\n", k.Number)
		})
	})
}

type casePostedCmd struct {
	Case     string `arg:"" help:"The case's number."`
	On       string `placeholder:"DATE" help:"The day it went to the post; today."`
	Recorded string `placeholder:"NUMBER" help:"The number of the recorded delivery."`
	Address  string `help:"Where it was posted to, where the case has no address."`
}

func (x *casePostedCmd) Run(c *call) error {
	if err := c.secret("--address", &x.Address); err != nil {
		return err
	}
	return c.step(x.Case, func(d *desk.Desk, k cases.Case, on cases.On) (cases.Case, error) {
		day, err := dateOr(x.On, d.Today(), "--on")
		if err != nil {
			return k, err
		}
		return d.PostAnswer(c, k, x.Address, desk.Posting{Day: day, Recorded: x.Recorded}, on.By)
	})
}
