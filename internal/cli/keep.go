package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"tenet/internal/desk"
	"tenet/internal/expiry"
	"tenet/internal/law"
	"tenet/internal/notice"
)

type keepCmd struct {
	Due         keepDueCmd         `cmd:"" help:"What is over its time, what holds it, and what is wanted before it goes. It deletes nothing."`
	Sign        keepSignCmd        `cmd:"" help:"Let runs delete what was counted of a kind of record."`
	Run         keepRunCmd         `cmd:"" help:"Delete now what is due and signed; or go on with a run that was broken off."`
	Runs        keepRunsCmd        `cmd:"" help:"The last runs."`
	Certificate keepCertificateCmd `cmd:"" help:"What a run deleted, to print or as JSON."`
	Hold        keepHoldCmd        `cmd:"" help:"Keep from being deleted what Tenet has of a person, or everything: a claim, an inquiry."`
	Holds       keepHoldsCmd       `cmd:"" help:"The holds that stand."`
	Lift        keepLiftCmd        `cmd:"" help:"End a hold."`
}

// keeping runs something over what Tenet keeps itself.
func (c *call) keeping(do func(d *desk.Desk, k *expiry.Office) error) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	k, err := d.Keeping(c)
	if err == nil {
		err = do(d, k)
	}
	return desk.KeepError(err)
}

type keepDueCmd struct {
	Record string `arg:"" optional:"" help:"A kind of record, to list what is over its time; all of them, counted."`
	Most   int    `default:"100" help:"How many are listed at most."`
}

func (x *keepDueCmd) Run(c *call) error {
	return c.keeping(func(d *desk.Desk, k *expiry.Office) error {
		if x.Record != "" {
			return x.list(c, k)
		}
		all, err := k.Survey(c)
		if err != nil {
			return err
		}
		for _, r := range all {
			c.found = c.found || r.Asks != "" || r.Lacks != "" && r.Kept > 0
		}
		return c.answer(map[string]any{"records": all, "at": d.Config.Keep.At}, func(w io.Writer) {
			t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			for _, r := range all {
				fmt.Fprintf(t, "%s\t%d kept\t%d due\t%d held\t%s\n", r.Record, r.Kept, r.Due, r.HeldAll(), r.Says)
			}
			t.Flush()
			for _, r := range all {
				for _, why := range slices.Sorted(maps.Keys(r.Held)) {
					fmt.Fprintf(w, "%s: %d are held: %s.\n", r.Record, r.Held[why], why)
				}
				if why := r.Lacks + r.Asks; why != "" && r.Kept > 0 {
					fmt.Fprintf(w, "%s: %s; %s.\n", r.Record, why, r.Mend)
				}
			}
			if d.Config.Keep.Off() {
				fmt.Fprintln(w, "Nothing is deleted by itself: tenet.yaml has no keep: {at: …}.")
			}
		})
	})
}

func (x *keepDueCmd) list(c *call, k *expiry.Office) error {
	if !slices.Contains(notice.OwnRecords(), notice.OwnRecord(x.Record)) {
		return &desk.Error{Code: "usage", What: fmt.Sprintf("Tenet keeps no %q", x.Record), Where: "RECORD", Mend: fmt.Sprintf("use one of: %v", notice.OwnRecords())}
	}
	list, err := k.List(c, notice.OwnRecord(x.Record), max(1, min(x.Most, 10000)))
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"due": slices.Clip(append(list[:0:0], list...))}, func(w io.Writer) {
		for _, i := range list {
			what := "goes"
			if i.Held != "" {
				what = "stays: " + i.Held
			}
			fmt.Fprintf(w, "%s  %s  %s\n", i.ID, i.At.In(law.London()).Format("2006-01-02"), what)
		}
		if len(list) == 0 {
			fmt.Fprintln(w, "Nothing is over its time.")
		}
	})
}

type keepSignCmd struct {
	Record string `arg:"" help:"The kind of record."`
	Number int64  `required:"" help:"How many would go, as tenet keep due counted them: where it is another by now, nothing is signed."`
}

func (x *keepSignCmd) Run(c *call) error {
	return c.keeping(func(_ *desk.Desk, k *expiry.Office) error {
		r, err := k.Sign(c, c.actor(), notice.OwnRecord(x.Record), x.Number)
		if err != nil {
			return err
		}
		return c.answer(map[string]any{"record": r}, func(w io.Writer) { fmt.Fprintf(w, "The next run may delete %d of %s.\n", r.Due, r.Record) })
	})
}

type keepRunCmd struct{}

func (keepRunCmd) Run(c *call) error {
	return c.keeping(func(d *desk.Desk, k *expiry.Office) error {
		x, err := k.Run(c, expiry.Order{By: c.actor()})
		if err != nil {
			return err
		}
		c.found = x.Asks()
		return c.certificate(d, x)
	})
}

// certificate prints one.
func (c *call) certificate(d *desk.Desk, x expiry.Certificate) error {
	var failed error
	err := c.answer(map[string]any{"certificate": x}, func(w io.Writer) { failed = x.Write(w, d.Notice.Landlord.Name) })
	if err == nil {
		err = failed
	}
	return err
}

type keepRunsCmd struct{}

func (keepRunsCmd) Run(c *call) error {
	return c.keeping(func(_ *desk.Desk, k *expiry.Office) error {
		all, err := k.Runs(c, 50)
		if err != nil {
			return err
		}
		return c.answer(map[string]any{"runs": append([]expiry.Certificate{}, all...)}, func(w io.Writer) {
			for _, x := range all {
				asks := ""
				if x.Asks() {
					asks = "  something waits for a signature"
				}
				fmt.Fprintf(w, "%s  %d deleted by %s%s\n", x.Run, x.Number(), x.By, asks)
			}
			if len(all) == 0 {
				fmt.Fprintln(w, "There was none.")
			}
		})
	})
}

type keepCertificateCmd struct {
	Which string `arg:"" optional:"" name:"run" help:"The run; the last one."`
}

func (x *keepCertificateCmd) Run(c *call) error {
	return c.keeping(func(d *desk.Desk, k *expiry.Office) error {
		cert, err := k.Certificate(c, x.Which)
		if err != nil {
			return err
		}
		return c.certificate(d, cert)
	})
}

type keepHoldCmd struct {
	personFlags
	Kind      string   `arg:"" help:"Which of keeping.yaml's holds it is, such as claim."`
	Everybody bool     `help:"It is about nobody alone."`
	Records   []string `placeholder:"RECORD" help:"Kinds of record; left out everything."`
	Why       string   `required:"" help:"What is going on. It is kept sealed."`
	Review    string   `required:"" placeholder:"DATE" help:"By when somebody asks whether it is still needed."`
}

func (x *keepHoldCmd) Run(c *call) error {
	review, err := dayFlag("--review", x.Review)
	if err != nil {
		return err
	}
	return c.keeping(func(d *desk.Desk, _ *expiry.Office) error {
		n := expiry.NewHold{Kind: notice.ID(x.Kind), Everybody: x.Everybody, By: c.actor(), Review: review, Secret: expiry.Secret{Why: x.Why}}
		for _, r := range x.Records {
			n.Records = append(n.Records, notice.OwnRecord(r))
		}
		q, err := x.query(c)
		if err != nil {
			return err
		}
		h, err := d.HoldPerson(c, q, n)
		if err != nil {
			return err
		}
		return c.answer(map[string]any{"hold": h}, func(w io.Writer) { fmt.Fprintf(w, "%s stands until somebody lifts it.\n", h.ID) })
	})
}

type keepHoldsCmd struct{}

func (keepHoldsCmd) Run(c *call) error {
	return c.keeping(func(d *desk.Desk, k *expiry.Office) error {
		all, err := k.Holds(c)
		if err != nil {
			return err
		}
		for _, h := range all {
			c.found = c.found || h.Review.Before(d.Today())
		}
		return c.answer(map[string]any{"holds": append([]expiry.Hold{}, all...)}, func(w io.Writer) {
			for _, h := range all {
				whose := h.Whose
				if h.Everybody {
					whose = "everybody"
				}
				fmt.Fprintf(w, "%s  %s  %s  review by %s\n    %s\n", h.ID, h.Kind, whose, h.Review, h.Why)
			}
			if len(all) == 0 {
				fmt.Fprintln(w, "There is none.")
			}
		})
	})
}

type keepLiftCmd struct {
	Hold string `arg:"" help:"The hold, as tenet keep holds names it."`
}

func (x *keepLiftCmd) Run(c *call) error {
	return c.keeping(func(_ *desk.Desk, k *expiry.Office) error {
		if err := k.Lift(c, c.actor(), x.Hold); err != nil {
			return err
		}
		return c.answer(map[string]any{"lifted": x.Hold}, func(w io.Writer) { fmt.Fprintln(w, "It is lifted.") })
	})
}

type registerForgetCmd struct {
	personFlags
	Also []string `placeholder:"ID" help:"Entries that only a name ties to the person, and that are theirs; --json of a first try names them."`
}

func (x *registerForgetCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	q, err := x.query(c)
	if err != nil {
		return err
	}
	gone, unsure, err := d.ForgetNamed(c, c.actor(), q, x.Also...)
	if err != nil {
		return err
	}
	left := []map[string]string{}
	for _, m := range unsure {
		left = append(left, map[string]string{"id": m.ID, "paper": m.Number, "what": m.What})
	}
	c.found = len(left) > 0
	return c.answer(map[string]any{"forgotten": gone, "unsure": left}, func(w io.Writer) {
		fmt.Fprintf(w, "Taken out of %d.\n", gone)
		for _, m := range unsure {
			fmt.Fprintf(w, "%s %s names somebody of that name, and nothing more: --also %s if it is they.\n", m.Number, m.What, m.ID)
		}
	})
}
