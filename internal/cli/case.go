package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/desk"
	"tenet/internal/find"
	"tenet/internal/law"
)

type accessCmd struct {
	personFlags
	Out      string `required:"" placeholder:"DIR" help:"Folder for the sealed draft."`
	Received string `placeholder:"DATE" help:"When the request came; today."`
	Channel  string `default:"cli" help:"How it came: email, letter, phone, counter, form."`
	Client   string `placeholder:"ID" help:"Answer on the instruction of this client, from its records alone."`
	Company  string `name:"controller" placeholder:"ID" help:"The company of a group that it was put to, as the notice names it; left out, the one whose the records are, if the maps say so of one alone."`
}

// accessAnswer is the JSON of access.
type accessAnswer struct {
	Case      string             `json:"case"`
	State     cases.State        `json:"state"`
	Draft     string             `json:"draft"`
	Person    find.Person        `json:"person"`
	Clock     law.Result         `json:"clock"`
	Counts    map[string]int     `json:"counts"`
	Whose     map[string]int     `json:"whose"`
	Withheld  int                `json:"withheld"`
	Undecided int                `json:"undecided"`
	Items     []itemAnswer       `json:"items"`
	Searched  []find.NotSearched `json:"not_searched"`
	Followed  []find.NotFollowed `json:"not_followed"`
}

type itemAnswer struct {
	Item   string            `json:"item"`
	Source string            `json:"source"`
	Table  string            `json:"table"`
	Key    map[string]string `json:"key"`
	Whose  []datamap.Whose   `json:"whose"`
	Out    bool              `json:"out"`
	Waits  string            `json:"waits,omitempty"`
	Reason string            `json:"reason,omitempty"`
}

func (x *accessCmd) Run(c *call) error {
	q, err := x.query(c)
	if err != nil {
		return err
	}
	r := desk.AccessRequest{Query: q, Channel: x.Channel, Out: x.Out, Client: x.Client, Company: x.Company}
	if x.Received != "" {
		if r.Received, err = law.ParseDate(x.Received); err != nil {
			return &desk.Error{Code: "clock", What: err.Error(), Where: "--received", Mend: "write the date as 2026-11-22"}
		}
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	p := c.progress()
	r.By = c.actor()
	res, err := d.Access(c, r, p.step)
	p.done()
	if err != nil {
		return err
	}
	return c.accessAnswer(res)
}

func (c *call) accessAnswer(res *desk.Access) error {
	a := accessAnswer{Case: res.Case.Number, State: res.Case.State, Draft: res.Draft, Person: res.Answer.Person, Clock: res.Clock,
		Counts: res.Answer.Counts, Whose: res.Case.Draft.Whose, Withheld: res.Case.Draft.Withheld, Undecided: res.Case.Draft.Undecided,
		Items: []itemAnswer{}, Searched: res.Answer.NotSearched, Followed: res.Answer.NotFollowed}
	for _, x := range res.List {
		a.Items = append(a.Items, itemAnswer{x.Item, x.Record.Source, x.Record.Table, x.Record.Key, x.Record.Whose, x.Out, x.Waits, x.Reason})
	}
	return c.answer(a, func(w io.Writer) { accessWords(w, res) })
}

// accessWords tells an answer in a few lines.
func accessWords(w io.Writer, res *desk.Access) {
	fmt.Fprintf(w, "%s: access request of %s\n", res.Case.Number, res.Answer.Person.Name)
	type tally struct{ all, out, waits int }
	var order []string
	counts, whose := map[string]*tally{}, map[string]map[string]int{}
	reasons := map[string]int{}
	for _, x := range res.List {
		k := x.Record.Source + "." + x.Record.Table
		if counts[k] == nil {
			counts[k], whose[k] = &tally{}, map[string]int{}
			order = append(order, k)
		}
		t := counts[k]
		t.all++
		whose[k][whoseWords(x.Record)]++
		switch {
		case x.Out:
			t.out++
		case x.Waits != "":
			t.waits++
			reasons[x.Waits]++
		default:
			reasons[x.Reason]++
		}
	}
	fmt.Fprintln(w, "\nFound, and whose:")
	for _, k := range order {
		t := counts[k]
		line := fmt.Sprintf("  %-26s %3d  %s", k, t.all, tallyWords(whose[k]))
		if t.all > t.out {
			line += fmt.Sprintf("; %d held back", t.all-t.out)
		}
		fmt.Fprintln(w, line)
	}
	fmt.Fprintln(w, "\nHeld back:")
	for _, r := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(w, "  %3d  %s\n", reasons[r], r)
	}
	fields, pieces := 0, 0
	for _, x := range res.List {
		for _, f := range x.Fields {
			if x.Out && !f.Out && f.Exemption != "" {
				fields++
			}
			if x.Out {
				pieces += len(f.Pieces)
			}
		}
	}
	fmt.Fprintf(w, "  %3d  single fields, and %d names and numbers in texts, that are other people's or wait for a reader\n", fields, pieces)
	fmt.Fprintln(w, "\nNot searched, or not wholly (tenet case show and --json list each):")
	for _, g := range shortGaps(res.Answer.NotSearched) {
		fmt.Fprintf(w, "  %s\n", g)
	}
	fmt.Fprintln(w, "\nReached and not followed:")
	gaps(prefixed{w, "  "}, nil, res.Answer.NotFollowed)
	fmt.Fprintf(w, "\nDue %s.\n", res.Clock.Due.Words())
	for _, s := range res.Clock.Working {
		fmt.Fprintf(w, "  - %s\n", s)
	}
	n := res.Case.Number
	fmt.Fprintf(w, "\nSealed draft: %s\nNext: ", res.Draft)
	if res.Case.Draft.Undecided > 0 {
		fmt.Fprintf(w, "decide what waits, in the workbench of tenet serve, or: tenet case decide %s rest --withhold --reason \"…\"\nThen: ", n)
	}
	fmt.Fprintf(w, "tenet case verify %s --how \"…\", and tenet case approve %s\n", n, n)
}

// shortGaps tells what was not searched in a line a table: the reason where
// there is one, a number where there are several.
func shortGaps(list []find.NotSearched) []string {
	var order []string
	why := map[string][]string{}
	for _, n := range list {
		at := strings.TrimSuffix(n.Source+"."+n.Table, ".")
		if why[at] == nil {
			order = append(order, at)
		}
		why[at] = append(why[at], n.Why)
	}
	var out []string
	for _, at := range order {
		line := at + ": " + why[at][0]
		if n := len(why[at]); n > 1 {
			line += fmt.Sprintf("; and %d more", n-1)
		}
		out = append(out, line)
	}
	return out
}

func tallyWords(m map[string]int) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, fmt.Sprintf("%d %s", m[k], k))
	}
	return strings.Join(out, ", ")
}

// prefixed puts something before every line.
type prefixed struct {
	w io.Writer
	p string
}

func (p prefixed) Write(b []byte) (int, error) {
	for l := range strings.Lines(string(b)) {
		if _, err := io.WriteString(p.w, p.p+l); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

type caseCmd struct {
	List     caseListCmd     `cmd:"" help:"Open cases, the nearest deadline first."`
	Show     caseShowCmd     `cmd:"" help:"One case: its clock with the working, what was found, what happened."`
	New      caseNewCmd      `cmd:"" help:"Open a case for a request that somebody made."`
	Answer   caseAnswerCmd   `cmd:"" help:"Search and draft the answer of an open access or portability case, or draft it again after decisions."`
	Note     caseNoteCmd     `cmd:"" help:"Write something down."`
	Verify   caseVerifyCmd   `cmd:"" help:"Record how it is known that the person is who they say they are."`
	Clarify  caseClarifyCmd  `cmd:"" help:"Record that clarification was asked for, or came."`
	Extend   caseExtendCmd   `cmd:"" help:"Record that the person was told of an extension."`
	Decide   caseDecideCmd   `cmd:"" help:"Release or withhold an item that waits for a person."`
	Approve  caseApproveCmd  `cmd:"" help:"Let the draft out; needs identity."`
	Send     caseSendCmd     `cmd:"" help:"Write the approved pack to a file for the person."`
	Reviewer caseReviewerCmd `cmd:"" name:"reviewer-copy" help:"Write the answer with what is left out shown, sealed to reviewers alone."`
	Refuse   caseRefuseCmd   `cmd:"" help:"Record a refusal with its reasons."`
	Withdraw caseWithdrawCmd `cmd:"" help:"Record that the person wants no answer any more."`
	Close    caseCloseCmd    `cmd:"" help:"Close an ended case."`

	caseMoreCmds
	caseReleaseCmds
}

type caseReviewerCmd struct {
	Case string   `arg:""`
	For  []string `required:"" placeholder:"NAME" help:"Reviewers of tenet.yaml, who alone can open it."`
	Out  string   `required:"" placeholder:"FILE" help:"A new file, sealed with age."`
}

func (x *caseReviewerCmd) Run(c *call) error {
	return c.withCase(x.Case, func(d *desk.Desk, k cases.Case) error {
		if err := d.ReviewerCopy(c, k, x.For, x.Out, c.actor()); err != nil {
			return err
		}
		return c.answer(map[string]any{"case": k.Number, "for": x.For, "file": x.Out}, func(w io.Writer) {
			fmt.Fprintf(w, "%s, with nothing taken out, is in %s. Only %s can open it: age -d -i KEY %s\n", k.Number, x.Out, strings.Join(x.For, ", "), x.Out)
		})
	})
}

// withCase opens the workspace and a case of it.
func (c *call) withCase(number string, do func(d *desk.Desk, k cases.Case) error) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	k, err := d.Cases.ByNumber(c, number)
	if err != nil {
		return err
	}
	return do(d, k)
}

// step runs one step of a case and shows how it stands then.
func (c *call) step(number string, do func(d *desk.Desk, k cases.Case, on cases.On) (cases.Case, error)) error {
	return c.withCase(number, func(d *desk.Desk, k cases.Case) error {
		k, err := do(d, k, cases.On{Case: k.ID, By: c.actor(), Version: k.Version})
		if err != nil {
			return err
		}
		return c.answer(k, func(w io.Writer) { fmt.Fprintf(w, "%s is %s.\n", k.Number, k.State) })
	})
}

type caseListCmd struct {
	Ended bool `help:"Those that have ended instead."`
	Limit int  `default:"50" help:"How many at the most; 0 for all."`
}

func (x *caseListCmd) Run(c *call) error {
	const most = 500 // of one page of the store
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	p := cases.Page{Cases: []cases.Case{}}
	for left := x.Limit; ; left -= most {
		size := left
		if x.Limit == 0 || left > most {
			size = most
		}
		next, err := d.Cases.List(c, cases.Filter{Ended: x.Ended, Limit: size, After: p.Next})
		if err != nil {
			return err
		}
		p.Cases, p.Next = append(p.Cases, next.Cases...), next.Next
		if p.Next == "" || x.Limit != 0 && left <= most {
			break
		}
	}
	return c.answer(map[string]any{"cases": p.Cases, "next": p.Next}, func(w io.Writer) {
		for _, k := range p.Cases {
			fmt.Fprintf(w, "%-14s %-10s due %-10s %s\n", k.Number, k.State, k.Due, k.Requester.Name)
		}
		if len(p.Cases) == 0 {
			fmt.Fprintln(w, "None.")
		}
	})
}

type caseShowCmd struct {
	Case string `arg:"" help:"The case's number."`
}

func (x *caseShowCmd) Run(c *call) error {
	return c.withCase(x.Case, func(d *desk.Desk, k cases.Case) error {
		clock, err := d.Cases.ClockOf(k, nil)
		if err != nil {
			return err
		}
		history, err := d.Cases.History(c, k.ID, 0, 100)
		if err != nil {
			return err
		}
		items := []itemAnswer{}
		if k.Draft != nil {
			_, list, err := d.Dispositions(c, k)
			if err != nil {
				return err
			}
			for _, i := range list {
				items = append(items, itemAnswer{i.Item, i.Record.Source, i.Record.Table, i.Record.Key, i.Record.Whose, i.Out, i.Waits, i.Reason})
			}
		}
		doc := map[string]any{"case": k, "clock": clock, "items": items, "history": history}
		company, group := d.Company(k)
		if group {
			doc["company"] = company
		}
		return c.answer(doc, func(w io.Writer) {
			fmt.Fprintf(w, "%s, %s, received %s by %s\n", k.Number, k.State, k.Received, k.Channel)
			if group {
				fmt.Fprintf(w, "For %s; overseen by %s.\n", company.Name, strings.Join(company.Regulators, ", "))
			}
			if k.Mind != "" {
				fmt.Fprintf(w, "Mind: %s\n", k.Mind)
			}
			clockWords(w, clock)
			if k.Identity != nil {
				fmt.Fprintf(w, "Identity: %s, on %s\n", k.Identity.How, k.Identity.Arrived)
			} else {
				fmt.Fprintln(w, "Identity: not recorded")
			}
			for _, i := range items {
				fate := "goes out"
				if i.Waits != "" {
					fate = "waits: " + i.Waits
				} else if !i.Out {
					fate = "stays in: " + i.Reason
				}
				fmt.Fprintf(w, "%s  %-24s %s; %s\n", i.Item, i.Source+"."+i.Table, keyWords(i.Key), fate)
			}
			for _, e := range history {
				fmt.Fprintf(w, "%s  %s  by %s\n", e.At.In(law.London()).Format("2 Jan 2006 15:04"), e.Act, e.By)
			}
		})
	})
}

type caseNewCmd struct {
	personFlags
	Kind     string `arg:"" default:"access" help:"access, copy, cctv, calls, rectification, erasure, restriction, objection, marketing, portability, automated-decision, consent-withdrawal, dp-complaint, complaint, foi, eir, stairs, estate, breach or other."`
	Clock    string `name:"kind" hidden:"" help:"The same as KIND; the name of a clock does too."`
	Received string `placeholder:"DATE" help:"When it came; today."`
	Channel  string `default:"counter" help:"How it came: email, letter, phone, counter, form."`
	Asked    string `help:"What they asked for, in their words."`
	For      string `placeholder:"ROLE" help:"Where somebody asks for the person: representative, solicitor, parent, attorney, deputy, elected-member, trusted-contact or executor."`
	By       string `placeholder:"NAME" help:"With --for: the name of whoever asks."`
	Evidence string `help:"With --for: what shows that they may, as it was seen; never a copy of it. Left out where it was not seen."`
	Client   string `placeholder:"ID" help:"Answer it on the instruction of this client, from its records alone. Nothing is approved before tenet client instruct."`
	Company  string `name:"controller" placeholder:"ID" help:"The company of a group that it was put to, as the notice names it: what binds that one decides. Left out, the one whose the records are, if the maps say so of one alone."`
	Scope    string `placeholder:"ID" help:"Only this part was asked for, as a solicitor does in a claim about disrepair: a name under scopes: of tenet.yaml."`
	Once     string `help:"Names this request: opening it twice opens it once."`
}

func (x *caseNewCmd) Run(c *call) error {
	q, err := x.query(c)
	if err != nil {
		return err
	}
	if x.Clock != "" {
		x.Kind = x.Clock
	}
	n := desk.NewCase{Query: q, Kind: x.Kind, Received: x.Received, Channel: x.Channel, Asked: x.Asked, Once: x.Once, Client: x.Client, Entity: x.Company, Scope: x.Scope}
	if (x.For == "") != (x.By == "") {
		return &desk.Error{Code: "usage", What: "--for and --by go together", Where: "tenet case new", Mend: "say who asks, and what they are to the person"}
	}
	if x.For != "" {
		n.Requester = cases.Requester{Name: x.By}
		n.Acting = &cases.Acting{Authority: law.Authority{Role: law.Role(x.For), Seen: x.Evidence != "", Scopes: []law.Scope{law.ForRights}}, Evidence: x.Evidence}
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	n.By = c.actor()
	k, err := d.OpenCase(c, n)
	if err != nil {
		return err
	}
	like, err := d.Cases.Similar(c, k.ID)
	if err != nil {
		return err
	}
	out := struct {
		cases.Case
		Similar []cases.Similar `json:"similar"`
	}{k, append([]cases.Similar{}, like...)}
	return c.answer(out, func(w io.Writer) {
		due := ""
		if !k.Due.IsZero() {
			due = ", due " + k.Due.Words()
		}
		fmt.Fprintf(w, "%s%s.\n", k.Number, due)
		if k.Mind != "" {
			fmt.Fprintf(w, "Mind: %s\n", k.Mind)
		}
		for _, s := range like {
			fmt.Fprintf(w, "Looks like %s (%s, %s)%s.\n", s.Number, s.Kind, s.State, map[law.Repeat]string{
				law.Duplicate: ": the same is asked there and not answered yet", law.Again: ": the same was answered lately", law.Beside: ": another request of the same person"}[s.Repeat])
		}
	})
}

type caseAnswerCmd struct {
	Case  string `arg:""`
	Again bool   `help:"Search again, rather than draft again from what was found."`
	None  bool   `name:"nothing-held" help:"Draft the answer that nothing is held, where a search finds nobody."`
}

func (x *caseAnswerCmd) Run(c *call) error {
	return c.withCase(x.Case, func(d *desk.Desk, k cases.Case) error {
		do := d.Redraft
		if k.Draft == nil || desk.InWords(k) || x.Again {
			do = d.Answer
		}
		if x.None {
			do = d.NothingHeld
		}
		res, err := do(c, k, cases.On{By: c.actor()})
		if err != nil {
			return err
		}
		return c.accessAnswer(res)
	})
}

type caseNoteCmd struct {
	Case string `arg:""`
	Text string `arg:"" help:"What to write down; - for standard input."`
}

func (x *caseNoteCmd) Run(c *call) error {
	if err := c.secret("TEXT", &x.Text); err != nil {
		return err
	}
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) { return d.Cases.Note(c, on, x.Text) })
}

type caseVerifyCmd struct {
	Case  string `arg:""`
	How   string `required:"" help:"How: passport seen, security questions, signed in."`
	Note  string `help:"What was seen; never a copy of it."`
	On    string `placeholder:"DATE" help:"The day the proof came; today."`
	Asked string `placeholder:"DATE" help:"The day it was asked for; left out where there was no doubt."`
}

func (x *caseVerifyCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) {
		p := cases.Proof{How: x.How, Note: x.Note, Arrived: d.Today()}
		var err error
		if p.Arrived, err = dateOr(x.On, d.Today(), "--on"); err != nil {
			return cases.Case{}, err
		}
		if p.Asked, err = dateOr(x.Asked, law.Date{}, "--asked"); err != nil {
			return cases.Case{}, err
		}
		return d.Cases.Identify(c, on, p)
	})
}

func dateOr(text string, otherwise law.Date, flag string) (law.Date, error) {
	if text == "" {
		return otherwise, nil
	}
	day, err := law.ParseDate(text)
	if err != nil {
		return day, &desk.Error{Code: "clock", What: err.Error(), Where: flag, Mend: "write the date as 2026-11-22"}
	}
	return day, nil
}

type caseClarifyCmd struct {
	Case  string `arg:""`
	Asked string `placeholder:"DATE" help:"Clarification was asked for on this day."`
	Came  string `placeholder:"DATE" help:"It came on this day."`
	Words string `help:"What was asked, or answered."`
}

func (x *caseClarifyCmd) Run(c *call) error {
	if (x.Asked == "") == (x.Came == "") {
		return &desk.Error{Code: "usage", What: "give --asked or --came", Where: "tenet case clarify", Mend: "see tenet case clarify --help"}
	}
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) {
		day, err := dateOr(x.Asked+x.Came, law.Date{}, "--asked or --came")
		if err != nil {
			return cases.Case{}, err
		}
		if x.Asked != "" {
			return d.Cases.Ask(c, on, cases.ForClarification, day, x.Words)
		}
		return d.Cases.Receive(c, on, cases.ForClarification, day, x.Words)
	})
}

type caseExtendCmd struct {
	Case    string `arg:""`
	Told    string `required:"" placeholder:"DATE" help:"The day the person was told."`
	Reasons string `required:"" help:"The reasons they were given."`
}

func (x *caseExtendCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) {
		day, err := dateOr(x.Told, law.Date{}, "--told")
		if err != nil {
			return cases.Case{}, err
		}
		return d.Cases.Extend(c, on, day, x.Reasons)
	})
}

type caseDecideCmd struct {
	Case      string   `arg:""`
	Items     []string `arg:"" help:"Items, as tenet case show names them."`
	Release   bool     `xor:"fate" required:""`
	Withhold  bool     `xor:"fate" required:""`
	Exemption string   `default:"third-party" help:"Under which to withhold."`
	Reason    string   `required:"" help:"Why."`
}

func (x *caseDecideCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, k cases.Case, on cases.On) (cases.Case, error) {
		return d.Decide(c, k, on, x.Items, x.Release, x.Exemption, x.Reason)
	})
}

type caseApproveCmd struct {
	Case string `arg:""`
}

func (x *caseApproveCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, k cases.Case, on cases.On) (cases.Case, error) { return d.Approve(c, k, on.By, "") })
}

type caseSendCmd struct {
	Case string `arg:""`
	Out  string `required:"" placeholder:"FILE" help:"The zip file to write."`
}

func (x *caseSendCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, k cases.Case, on cases.On) (cases.Case, error) { return d.Send(c, k, on.By, x.Out) })
}

type caseRefuseCmd struct {
	Case   string   `arg:""`
	Ground []string `required:"" help:"The ground in law, such as excessive, unfounded, exempt or nothing-held; may be repeated."`
	Reason string   `required:"" help:"The reasons, as the person was told them, and the routes to complain."`
}

func (x *caseRefuseCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, k cases.Case, on cases.On) (cases.Case, error) {
		return d.Cases.Refuse(c, on, cases.Refusal{Reason: x.Reason, Grounds: x.Ground, Routes: law.Routes(k.Kind)})
	})
}

type caseWithdrawCmd struct {
	Case   string `arg:""`
	Reason string `help:"What they said."`
}

func (x *caseWithdrawCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) {
		return d.Cases.Withdraw(c, on, x.Reason)
	})
}

type caseCloseCmd struct {
	Case string `arg:""`
}

func (x *caseCloseCmd) Run(c *call) error {
	return c.step(x.Case, func(d *desk.Desk, _ cases.Case, on cases.On) (cases.Case, error) { return d.CloseCase(c, on) })
}
