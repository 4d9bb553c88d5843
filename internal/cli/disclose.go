package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tenet/internal/desk"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/rule"
)

type discloseCmd struct {
	Check    discloseCheckCmd    `cmd:"" help:"May this go to them? Status 1 where it may not, or something must be found out first."`
	Record   discloseRecordCmd   `cmd:"" help:"Write down what was given out, after checking it. What is refused is not written down."`
	List     discloseListCmd     `cmd:"" help:"What was given out: of a person, to a recipient, in a time."`
	Withdraw discloseWithdrawCmd `cmd:"" help:"Say that what an entry of the log says did not happen. Both stay."`
}

// askFlags are a disclosure that is thought of.
type askFlags struct {
	To     string   `required:"" placeholder:"RECIPIENT" help:"Who would be given it: a recipient of sharing.yaml."`
	Fields string   `placeholder:"FIELD,..." help:"What: fields of its rule, categories, or CATEGORY.FIELD."`
	People string   `placeholder:"PEOPLE" help:"Whose: a kind of people of data.yaml."`
	For    string   `placeholder:"USE" help:"What for: a use of uses.yaml."`
	Given  []string `sep:"none" placeholder:"FACT" help:"What is known: tenancy=new, asked, person=not-objected. As often as needed."`
	Power  string   `placeholder:"WORDS" help:"The enactment or order that they rely on."`
	Why    string   `placeholder:"WORDS" help:"Why they need just this."`
	Day    string   `placeholder:"DATE" help:"The day; today."`
	Bulk   string   `placeholder:"FILE.csv" help:"A file instead of --fields: its columns are the fields; person.ref, person.name, person.dob say whose a row is, given.person what is known of them, and do not go."`
}

func (x *askFlags) ask() (rule.Ask, error) {
	a := rule.Ask{To: notice.ID(x.To), People: notice.ID(x.People), For: notice.ID(x.For), Power: x.Power, Why: x.Why}
	var err error
	if (x.Fields == "") == (x.Bulk == "") {
		return a, &desk.Error{Code: "usage", What: "say what would go: --fields or --bulk", Where: "--fields", Mend: "give one of the two"}
	}
	if a.Fields, err = desk.SayFields(x.Fields); err != nil {
		return a, err
	}
	if a.Facts, err = desk.SayFacts(x.Given); err != nil {
		return a, err
	}
	if a.Day, err = date("--day", x.Day); err != nil {
		return a, err
	}
	return a, nil
}

// date is a day as a flag gives it, zero where it is left out.
func date(flag, text string) (law.Date, error) {
	if text == "" {
		return law.Date{}, nil
	}
	day, err := law.ParseDate(text)
	if err != nil {
		return day, &desk.Error{Code: "date", What: err.Error(), Where: flag, Mend: "write the date as 2026-11-22"}
	}
	return day, nil
}

type discloseCheckCmd struct {
	askFlags
	personFlags
}

func (x *discloseCheckCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	ask, err := x.ask()
	if err != nil {
		return err
	}
	if x.Bulk != "" {
		return c.checkBulk(d, ask, x.Bulk)
	}
	q, err := x.query(c)
	if err != nil {
		return err
	}
	_, decision, err := d.CheckDisclosure(c, desk.Disclosing{Ask: ask, Person: q})
	if err != nil {
		return err
	}
	c.found = decision.Decision != notice.Allow
	return c.answer(decision, func(w io.Writer) { decided(w, decision) })
}

// decided tells of a decision.
func decided(w io.Writer, x rule.Decision) {
	fmt.Fprintln(w, map[notice.Decision]string{notice.Allow: "Yes, it may go.", notice.Refuse: "No.", notice.Ask: "Not yet: something has to be found out first."}[x.Decision])
	if len(x.Fields) > 0 {
		fmt.Fprintf(w, "May go: %s\n", strings.Join(x.Fields, ", "))
	}
	for _, f := range x.Withheld {
		fmt.Fprintf(w, "Not %s: %s\n", f.Field, f.Why)
	}
	for _, u := range x.Conditions {
		fmt.Fprintf(w, "Find out: %s", u.Says)
		if len(u.Facts) > 0 {
			fmt.Fprintf(w, " (--given %s)", strings.Join(u.Facts, " --given "))
		}
		fmt.Fprintln(w)
	}
	for _, r := range x.Reasons {
		fmt.Fprintf(w, "Because: %s", r.Words)
		if r.Clause != "" {
			fmt.Fprintf(w, " [%s]", r.Clause)
		}
		if r.Law != "" {
			fmt.Fprintf(w, " (%s)", r.Law)
		}
		fmt.Fprintln(w)
	}
	for _, r := range x.Mind {
		fmt.Fprintln(w, r.Words)
	}
	for _, s := range x.After {
		fmt.Fprintf(w, "Afterwards: %s\n", s)
	}
}

// checkBulk decides each row of a file, and writes each as it is decided.
func (c *call) checkBulk(d *desk.Desk, ask rule.Ask, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return &desk.Error{Code: "file", What: "cannot be opened", Where: path, Mend: "check its name", Err: err}
	}
	defer f.Close()
	w := bufio.NewWriter(c.Stdout)
	sep := `{"rows":[`
	each := func(r desk.BulkRow) error {
		if !c.json {
			if r.Decision.Decision != notice.Allow {
				fmt.Fprintf(w, "row %d: %s: %s\n", r.Row, r.Decision.Decision, r.Reasons[0].Words)
			}
			return nil
		}
		out, err := json.Marshal(r)
		if err == nil {
			_, err = fmt.Fprintf(w, "%s%s\n", sep, out)
		}
		sep = ","
		return err
	}
	b, err := d.CheckBulk(c, ask, filepath.Base(path), f, each)
	if err != nil {
		if sep == "," { // rows stand there already: the document is not ended
			w.Flush()
		}
		return err
	}
	c.found = b.Allowed != b.Rows()
	if !c.json {
		fmt.Fprintf(w, "%s: %d of %d rows may go.\n", strings.Join(b.Fields, ", "), b.Allowed, b.Rows())
		return w.Flush()
	}
	if sep != "," {
		fmt.Fprint(w, sep)
	}
	sum, err := json.Marshal(b)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "],%s,\"complete\":true}\n", strings.TrimSuffix(strings.TrimPrefix(string(sum), "{"), "}"))
	return w.Flush()
}

type discloseRecordCmd struct {
	askFlags
	personFlags
	Recipient string `placeholder:"NAME" help:"Who was given it, as they are called: a firm, an officer."`
	Way       string `placeholder:"WORDS" help:"How it went."`
	Client    string `placeholder:"CLIENT" help:"Whose customer the person is, where it was given out for a client; our own if it is left out."`
	Out       string `placeholder:"FILE.csv" help:"With --bulk: where the rows that may go are written, with no other column."`
	Over      string `placeholder:"WHY" help:"Write it down although the rules do not allow it, and why it was given all the same."`
	OverBy    string `placeholder:"LOGIN" help:"Whose decision that is: an account whose role reaches to it."`
	Corrects  int64  `placeholder:"N" help:"The entry of the log that this one corrects."`
	Once      string `placeholder:"ID" help:"Names this doing: given again, it writes nothing more."`
}

// recorded is an entry with the decision it rests on.
type recorded struct {
	Entry    disclose.Entry `json:"entry"`
	Decision *rule.Decision `json:"decision,omitempty"`
	Bulk     *desk.Bulk     `json:"bulk,omitempty"`
}

func (x *discloseRecordCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	ask, err := x.ask()
	if err != nil {
		return err
	}
	q, err := x.query(c)
	if err != nil {
		return err
	}
	if (x.Bulk == "") != (x.Out == "") {
		return &desk.Error{Code: "usage", What: "a file that is given out needs --bulk and --out", Where: "--out", Mend: "give both, or neither"}
	}
	give := desk.Disclosing{Ask: ask, Person: q, Name: x.Recipient, Way: x.Way, By: c.actor(), Over: x.Over, OverBy: x.OverBy, Corrects: x.Corrects, Once: x.Once, Client: x.Client}
	if x.Bulk != "" {
		e, b, err := d.RecordBulk(c, give, x.Bulk, x.Out)
		if err != nil {
			return err
		}
		c.found = b.Allowed != b.Rows()
		return c.answer(recorded{Entry: e, Bulk: &b}, func(w io.Writer) {
			fmt.Fprintf(w, "%d of %d rows are in %s. It stands in the log as entry %d.\n", b.Allowed, b.Rows(), x.Out, e.N)
		})
	}
	if q == (desk.Query{}) {
		return &desk.Error{Code: "usage", What: "it is not said whose data it was", Where: "--name", Mend: "give --name with --dob, or --nino, --ref, --email or --phone"}
	}
	e, decision, err := d.RecordDisclosure(c, give)
	if err != nil {
		return err
	}
	return c.answer(recorded{Entry: e, Decision: &decision}, func(w io.Writer) {
		fmt.Fprintf(w, "It stands in the log as entry %d.\n", e.N)
		if e.Verdict == disclose.Against {
			fmt.Fprintln(w, "It went against the rules of the notice, and the entry says so.")
		}
		for _, s := range decision.After {
			fmt.Fprintf(w, "Afterwards: %s\n", s)
		}
	})
}

type discloseListCmd struct {
	personFlags
	To    string `placeholder:"RECIPIENT" help:"Only to this recipient."`
	From  string `placeholder:"DATE" help:"The first day."`
	Until string `placeholder:"DATE" help:"The last day."`
}

func (x *discloseListCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	q, err := x.query(c)
	if err != nil {
		return err
	}
	f := disclose.Filter{To: notice.ID(x.To)}
	if f.From, err = date("--from", x.From); err != nil {
		return err
	}
	if f.Until, err = date("--until", x.Until); err != nil {
		return err
	}
	w, sep := bufio.NewWriter(c.Stdout), `{"disclosures":[`
	for e, err := range d.EachDisclosure(c, q, f) {
		if err != nil {
			return err
		}
		if !c.json {
			entryLine(w, d, e)
			sep = ","
			continue
		}
		out, err := json.Marshal(e)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s%s\n", sep, out)
		sep = ","
	}
	switch {
	case !c.json && sep != ",":
		fmt.Fprintln(w, "Nothing stands in the log.")
	case c.json && sep == ",":
		fmt.Fprintln(w, `],"complete":true}`)
	case c.json:
		fmt.Fprintln(w, sep+`],"complete":true}`)
	}
	return w.Flush()
}

// entryLine is an entry of the log in one line.
func entryLine(w io.Writer, d *desk.Desk, e disclose.Entry) {
	to := e.Name
	if e.To != "" {
		if to = d.RecipientWords(e.To); e.Name != "" {
			to += " (" + e.Name + ")"
		}
	}
	what := e.What
	if len(e.Fields) > 0 {
		what = strings.Join(e.Fields, ", ")
	}
	fmt.Fprintf(w, "%d  %s  to %s: %s; of %s", e.N, e.Day, to, what, people(e))
	switch {
	case e.Kind == disclose.Void:
		fmt.Fprintf(w, "; entry %d did not happen: %s", e.Corrects, e.Why)
	case e.Verdict == disclose.Against:
		fmt.Fprintf(w, "; against the rules: %s", e.Over)
	case e.Rule != "":
		fmt.Fprintf(w, "; by the rule %s", e.Rule)
	}
	if e.Corrected != 0 {
		fmt.Fprintf(w, "; corrected by entry %d", e.Corrected)
	}
	fmt.Fprintln(w)
}

func people(e disclose.Entry) string {
	switch {
	case e.Forgotten:
		return "somebody who is forgotten"
	case e.People == 1 && e.Whose != "":
		return e.Whose
	case e.People == 1:
		return "1 person"
	}
	return fmt.Sprintf("%d people", e.People)
}

type discloseWithdrawCmd struct {
	Entry  int64  `arg:"" help:"The number of the entry."`
	Reason string `required:"" placeholder:"WHY" help:"What was wrong with it."`
}

func (x *discloseWithdrawCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	e, err := d.WithdrawDisclosure(c, c.actor(), x.Entry, x.Reason)
	if err != nil {
		return err
	}
	return c.answer(recorded{Entry: e}, func(w io.Writer) {
		fmt.Fprintf(w, "Entry %d says that entry %d did not happen. Both stay in the log.\n", e.N, e.Corrects)
	})
}
