package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
)

type clockCmd struct {
	Regime       string   `required:"" placeholder:"R" help:"access, erasure, foi, eir, stairs, dp-complaint, breach, ombudsman-1, promise:ID, …"`
	Received     string   `required:"" placeholder:"DATE" help:"When it was received; for a breach, when we became aware, with the time."`
	Identity     string   `placeholder:"DATE" help:"When proof of identity arrived; ASKED/ARRIVED if asked for."`
	Authority    string   `placeholder:"DATE" help:"When proof that someone may act for the person arrived; ASKED/ARRIVED if asked for."`
	Fee          string   `placeholder:"DATE" help:"When the fee arrived; NOTICE/PAID for FOI."`
	Clarify      []string `placeholder:"FROM/TO" help:"Clarification asked and answered; FROM/ while it is awaited."`
	Extend       string   `placeholder:"DATE" help:"When the person was told of an extension, with reasons."`
	Acknowledged string   `placeholder:"DATE" help:"When a complaint was acknowledged."`
	Nation       string   `placeholder:"N" help:"england-and-wales, scotland or northern-ireland; the workspace's, or england-and-wales."`
}

func (x *clockCmd) Run(c *call) error {
	q, err := x.request()
	if err != nil {
		return err
	}
	holidays, n, err := c.lawHere()
	if err != nil {
		return err
	}
	if q.Nation == "" {
		q.Nation = law.EnglandAndWales
		if n != nil {
			q.Nation = law.Nation(n.Landlord.Nation)
		}
	}
	if q.Promise, err = promiseOf(n, q.Regime); err != nil {
		return err
	}
	if id, is := q.Regime.Promise(); is && q.Promise.AsLaw {
		// It runs as the law's clock does for what it promises.
		if p, ok := n.PromiseClock(notice.ID(id)); ok {
			q.Regime = law.Regime(p.Regime)
		}
	}
	r, err := law.Clock(holidays, q)
	if err != nil {
		if f, status := describe(err); status != exitOurs {
			return &desk.Error{Code: f.Code, What: f.Message, Mend: f.Mend}
		}
		return &desk.Error{Code: "clock", What: err.Error(), Where: "tenet clock", Mend: "mend the date or flag it names"}
	}
	return c.answer(r, func(w io.Writer) { clockWords(w, r) })
}

// lawHere is the bank holidays and notice of the workspace, or those that came
// with Tenet where there is none.
func (c *call) lawHere() (*law.Holidays, *notice.Notice, error) {
	if _, err := os.Stat(c.dir + "/tenet.yaml"); err != nil {
		return law.Embedded(), nil, nil
	}
	d, err := c.unattended()
	if err != nil {
		return nil, nil, err
	}
	defer d.Close()
	return d.Holidays, d.Notice, nil
}

// promiseOf is what the notice promises for a regime.
func promiseOf(n *notice.Notice, r law.Regime) (*law.Promise, error) {
	if n == nil {
		return nil, nil
	}
	p := cases.Promised(n, r)
	if id, is := r.Promise(); is && p == nil {
		return nil, &desk.Error{Code: "clock", What: fmt.Sprintf("the notice has no promise %q with a clock", id), Where: "--regime", Mend: "see rights.yaml of the notice"}
	}
	return p, nil
}

func (x *clockCmd) request() (law.Request, error) {
	bad := func(flag string, err error) error {
		return &desk.Error{Code: "clock", What: err.Error(), Where: flag, Mend: "write dates as 2026-11-22"}
	}
	var q law.Request
	var err error
	if q.Regime, err = law.ParseRegime(x.Regime); err != nil {
		return q, &desk.Error{Code: "clock", What: err.Error(), Where: "--regime", Mend: "see tenet clock --help"}
	}
	m, err := law.ParseMoment(x.Received)
	if err != nil {
		return q, bad("--received", err)
	}
	q.Received, q.At = m.Date, m.At
	if x.Nation != "" {
		if q.Nation, err = law.ParseNation(x.Nation); err != nil {
			return q, &desk.Error{Code: "clock", What: err.Error(), Where: "--nation", Mend: "see tenet clock --help"}
		}
	}
	for _, f := range []struct {
		flag, value string
		to          *law.Span
	}{{"--identity", x.Identity, &q.Identity}, {"--authority", x.Authority, &q.Authority}, {"--fee", x.Fee, &q.Fee}} {
		if *f.to, err = span(f.value, false); err != nil {
			return q, bad(f.flag, err)
		}
	}
	for _, v := range x.Clarify {
		s, err := span(v, true)
		if err != nil {
			return q, bad("--clarify", err)
		}
		q.Clarifications = append(q.Clarifications, s)
	}
	for _, f := range []struct {
		flag, value string
		to          *law.Date
	}{{"--extend", x.Extend, &q.ExtensionNotice}, {"--acknowledged", x.Acknowledged, &q.Acknowledged}} {
		if f.value == "" {
			continue
		}
		if *f.to, err = law.ParseDate(f.value); err != nil {
			return q, bad(f.flag, err)
		}
	}
	return q, nil
}

// span reads FROM/TO. One date alone is when something arrived, or, where it
// must have been asked for, is refused.
func span(text string, both bool) (s law.Span, err error) {
	if text == "" {
		return s, nil
	}
	from, to, two := strings.Cut(text, "/")
	if !two {
		if both {
			return s, fmt.Errorf("%q is not FROM/TO, with nothing after the / while it is awaited", text)
		}
		from, to = "", text
	}
	if from != "" {
		if s.From, err = law.ParseDate(from); err != nil {
			return s, err
		}
	}
	if to != "" {
		if s.To, err = law.ParseDate(to); err != nil {
			return s, err
		}
	}
	return s, nil
}

func clockWords(w io.Writer, r law.Result) {
	fmt.Fprintf(w, "Due %s", r.Due.Words())
	if !r.Target.IsZero() && r.Target != r.Due {
		fmt.Fprintf(w, "; work to %s", r.Target.Words())
	}
	fmt.Fprintln(w, ".")
	for _, s := range r.Working {
		fmt.Fprintf(w, "  - %s\n", s)
	}
	for label, list := range map[string][]string{"Still awaited": r.Waiting, "Mind": r.Warnings, "Unverified": r.Unverified} {
		for _, s := range list {
			fmt.Fprintf(w, "%s: %s\n", label, s)
		}
	}
	fmt.Fprintf(w, "Bank holidays: version %s.\n", r.Holidays.ID)
}

type lawCmd struct {
	Holidays holidaysCmd `cmd:"" help:"Which bank holidays are in use, or take newer ones from GOV.UK's file."`
}

type holidaysCmd struct {
	From string `placeholder:"FILE" help:"bank-holidays.json as GOV.UK publishes it."`
}

func (x *holidaysCmd) Run(c *call) error {
	if x.From == "" {
		h, _, err := c.lawHere()
		if err != nil {
			return err
		}
		v := h.Version()
		return c.answer(map[string]any{"holidays": v}, func(w io.Writer) { fmt.Fprintf(w, "version %s, covers %v\n", v.ID, v.Covers) })
	}
	data, err := os.ReadFile(x.From)
	if err != nil {
		return fmt.Errorf("read the bank holidays: %w", err)
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.SetHolidays(data); err != nil {
		return err
	}
	moved, err := d.Cases.Reclock(c, nil, c.actor())
	if err != nil {
		return err
	}
	c.found = len(moved) > 0
	if moved == nil {
		moved = []cases.Moved{}
	}
	v := d.Holidays.Version()
	return c.answer(map[string]any{"holidays": v, "moved": moved}, func(w io.Writer) {
		fmt.Fprintf(w, "Now version %s, covering %v.\n", v.ID, v.Covers)
		for _, m := range moved {
			fmt.Fprintf(w, "%s: due %s, was %s\n", m.Number, m.To, m.From)
		}
		if len(moved) == 0 {
			fmt.Fprintln(w, "No open deadline moved.")
		}
	})
}
