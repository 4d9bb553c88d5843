package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tenet/internal/desk"
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/notice"
)

type incidentCmd struct {
	New      incidentNewCmd      `cmd:"" help:"Report that something went wrong."`
	List     incidentListCmd     `cmd:"" help:"Incidents and their clocks."`
	Show     incidentShowCmd     `cmd:"" help:"One incident, with all that stands in it."`
	Triage   incidentTriageCmd   `cmd:"" help:"Say that it is a personal data breach, and since when we know; or that it is none."`
	Describe incidentDescribeCmd `cmd:"" help:"Write down what is known: for the regulator, for people and for the register."`
	Assess   incidentAssessCmd   `cmd:"" help:"Work out what risk to propose, with each point and its reason."`
	Decide   incidentDecideCmd   `cmd:"" help:"Decide the risk to people, with reasons."`
	Report   incidentReportCmd   `cmd:"" help:"What the regulator is told; record that it was sent."`
	Pass     incidentPassCmd     `cmd:"" help:"Record that a controller, another controller or a client was told."`
	People   incidentPeopleCmd   `cmd:"" help:"Whom it touches: list them, from a sheet or by a search."`
	Tell     incidentTellCmd     `cmd:"" help:"Write to those whom it touches, or record why they are not told one by one."`
	Task     incidentTaskCmd     `cmd:"" help:"Give a task, or finish one."`
	Measure  incidentMeasureCmd  `cmd:"" help:"Name the measure of the notice's security that failed, and whose it is."`
	Ban      incidentBanCmd      `cmd:"" help:"Shut a network address out of the portal for a time."`
	Police   incidentPoliceCmd   `cmd:"" help:"Record that the police were told."`
	Learn    incidentLearnCmd    `cmd:"" help:"Write down the cause and the lessons."`
	Note     incidentNoteCmd     `cmd:"" help:"Keep a note."`
	Close    incidentCloseCmd    `cmd:"" help:"Close it."`
	Reopen   incidentReopenCmd   `cmd:"" help:"Take a closed one up again."`
	Forget   incidentForgetCmd   `cmd:"" help:"Destroy the people and particulars of a closed one, or all that is left of it."`
	Export   incidentExportCmd   `cmd:"" help:"The register of all of them (UK GDPR Art 33(5)), as CSV, Excel or JSON."`
}

// incidentSeen says which version of an incident somebody looked at before they acted.
type incidentSeen struct {
	Seen int64 `placeholder:"N" help:"The version that you looked at, as tenet incident show says it: nothing is done if somebody changed it since."`
}

// incident does one thing to an incident and says how it stands.
func (c *call) incident(number string, do func(d *desk.Desk, x *incident.Incidents, on incident.On) (incident.Incident, error)) error {
	return c.incidentAsSeen(number, incidentSeen{}, do)
}

// incidentAsSeen is incident, but not if somebody changed it since it was looked at.
func (c *call) incidentAsSeen(number string, seen incidentSeen, do func(d *desk.Desk, x *incident.Incidents, on incident.On) (incident.Incident, error)) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	i, err := d.Incident(number, func(x *incident.Incidents) (incident.Incident, error) {
		return do(d, x, incident.On{Number: number, By: c.actor(), Version: seen.Seen})
	})
	if err != nil {
		return err
	}
	return c.incidentAnswer(i)
}

func (c *call) incidentAnswer(i incident.Incident) error {
	return c.answer(i, func(w io.Writer) {
		fmt.Fprintf(w, "%s is %s.\n", i.Number, i.State.Words())
		if p := i.Proposal; p != nil && i.Risk == "" {
			fmt.Fprintln(w, p.Says)
		}
	})
}

// instant reads a time that somebody gives; now where they give none.
func instant(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Now(), nil
	}
	m, err := law.ParseMoment(s)
	if err != nil || m.At.IsZero() {
		return time.Time{}, &desk.Error{Code: "usage", What: "is not a time", Where: flag, Mend: "write it as 2026-11-27T17:30", Err: err}
	}
	return m.At, nil
}

type incidentNewCmd struct {
	Kind     string `arg:"" help:"lost, stolen, misdirected, seen, altered, destroyed, misused, supplier, attack, phishing or other."`
	What     string `help:"What happened."`
	Message  string `placeholder:"FILE" help:"A message that was passed on, as it came; - for standard input."`
	Happened string `help:"When it happened, in words."`
	Where    string `help:"Where: a system, a place, a firm."`
	From     string `help:"Who told us, and how to reach them."`
	Once     string `help:"A name for this report, so that it is one incident however often it is sent."`
}

func (x *incidentNewCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	r := incident.First{Once: x.Once, Kind: incident.Kind(x.Kind), What: x.What, Happened: x.Happened, System: x.Where, By: c.actor(),
		Reporter: incident.Reporter{Via: "command line", Staff: c.actor(), Name: x.From}}
	if x.Message != "" {
		from := c.Stdin
		if x.Message != "-" {
			f, err := os.Open(x.Message)
			if err != nil {
				return &desk.Error{Code: "file", What: "cannot be read", Where: "--message", Mend: "name a file of text", Err: err}
			}
			defer f.Close()
			from = f
		}
		text, err := io.ReadAll(io.LimitReader(from, 64<<10+1))
		if err != nil {
			return fmt.Errorf("read the message: %w", err)
		}
		r.Message = strings.ToValidUTF8(string(text), "\ufffd")
	}
	if r.Once == "" {
		r.Once = fmt.Sprintf("command line %d", d.Now().UnixNano())
	}
	i, err := d.ReportIncident(c, r)
	if err != nil {
		return err
	}
	return c.incidentAnswer(i)
}

type incidentListCmd struct {
	All   bool   `help:"Closed ones too."`
	Kind  string `help:"Only of this kind."`
	After string `placeholder:"NUMBER" help:"Go on after this one."`
	Limit int    `default:"50" help:"How many at most, up to 500."`
}

// incidentLine is an incident in the list.
type incidentLine struct {
	incident.Incident
	Clocks []incident.Clock `json:"clocks"`
}

func (x *incidentListCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	in, err := d.Incidents()
	if err != nil {
		return err
	}
	p, err := d.ListIncidents(c, incident.Filter{Open: !x.All, Kind: incident.Kind(x.Kind), After: x.After, Limit: x.Limit})
	if err != nil {
		return err
	}
	lines := []incidentLine{}
	for k := range p.Incidents {
		clocks, err := in.Clocks(&p.Incidents[k])
		if err != nil {
			return err
		}
		lines = append(lines, incidentLine{p.Incidents[k], append([]incident.Clock{}, clocks...)})
	}
	return c.answer(map[string]any{"incidents": lines, "next": p.Next}, func(w io.Writer) {
		for _, l := range lines {
			fmt.Fprintf(w, "%s  %-10s %s%s\n", l.Number, l.State, l.Kind.Title(), runningWords(l.Clocks))
		}
		switch {
		case len(lines) == 0 && x.After == "" && !x.All:
			fmt.Fprintln(w, "Nothing is open.")
		case p.Next != "":
			fmt.Fprintf(w, "There are more: --after %s\n", p.Next)
		}
	})
}

// runningWords is the clocks that run, in a few words.
func runningWords(clocks []incident.Clock) string {
	var out string
	for _, k := range clocks {
		if !k.Running() {
			continue
		}
		out += "; " + strings.ToLower(k.Title[:1]) + k.Title[1:]
		if k.Due.IsZero() {
			out += " " + k.LeftWords()
			continue
		}
		out += fmt.Sprintf(" by %s (%s)", k.Due.Words(), k.LeftWords())
	}
	return out
}

type incidentShowCmd struct {
	Number string `arg:""`
}

func (x *incidentShowCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	f, err := d.IncidentFile(c, x.Number)
	if err != nil {
		return err
	}
	return c.answer(f, func(w io.Writer) {
		fmt.Fprintf(w, "%s, version %d  %s: %s%s\n\n%s\n", f.Number, f.Version, f.State, f.Kind.Title(), runningWords(f.Clocks), f.What)
		for _, k := range f.Clocks {
			for _, line := range k.Working {
				fmt.Fprintf(w, "  %s\n", line)
			}
		}
		if p := f.Proposal; p != nil {
			fmt.Fprintf(w, "\nProposed: %s\n", p.Says)
			for _, l := range p.Working {
				fmt.Fprintf(w, "  %-20s %s\n", l.What, l.Why)
			}
		}
		if f.Decision != nil {
			fmt.Fprintf(w, "Decided: %s. %s\n", f.Risk, f.Decision.Why)
		}
		fmt.Fprintf(w, "People: %d listed, %d told.\n", f.People.Listed, f.People.Told)
		for _, m := range f.Failed {
			fmt.Fprintf(w, "Failed: %s (%s): %s\n", m.Measure, m.Owner, m.Why)
		}
		for _, t := range f.Tasks {
			state := "open"
			if !t.Done.IsZero() {
				state = "done: " + t.How
			}
			fmt.Fprintf(w, "Task %d, %s: %s (%s)\n", t.N, t.Owner, t.What, state)
		}
		if f.Warning != "" {
			fmt.Fprintf(w, "\nA warning for the site:\n\n%s\n", f.Warning)
		}
	})
}

type incidentTriageCmd struct {
	incidentSeen
	Number     string   `arg:""`
	Harm       []string `help:"confidentiality, integrity or availability; repeat."`
	Aware      string   `placeholder:"TIME" help:"When somebody here was reasonably certain: 2026-11-27T17:30. Left out, now."`
	How        string   `help:"How that is known."`
	As         string   `help:"What we are to the data: controller, joint-controller or processor. Left out, processor of a client's, and otherwise controller."`
	Controller []string `help:"For whom, or with whom, the data is held; repeat."`
	Clock      []string `help:"A clock of a contract that runs, by its id in the notice; repeat."`
	Client     string   `help:"Whose set the data is in: a client, by its id in the notice."`
	Recipient  []string `help:"A recipient of the notice whose agreement with us it concerns; repeat."`
	Data       []string `help:"A category of the notice that it is; repeat. Left out, agreements about any data count."`
	Agreement  []string `help:"An agreement of the register that it concerns, by its number; repeat."`
	Knew       string   `placeholder:"TIME" help:"When the firm knew, if it happened at one that is to tell us."`
	None       string   `placeholder:"WHY" help:"It is no personal data breach, and why."`
}

func (x *incidentTriageCmd) Run(c *call) error {
	if x.None != "" {
		return c.incidentAsSeen(x.Number, x.incidentSeen, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
			return in.Dismiss(c, on, x.None)
		})
	}
	aware, err := instant("--aware", x.Aware)
	if err != nil {
		return err
	}
	if x.As == "" && x.Client == "" {
		x.As = string(incident.Controller)
	}
	t := desk.Triage{Finding: incident.Finding{Aware: aware, How: x.How, Role: incident.Role(x.As), Controllers: x.Controller, Client: notice.ID(x.Client)}, Agreements: x.Agreement}
	if x.Knew != "" {
		if t.Knew, err = instant("--knew", x.Knew); err != nil {
			return err
		}
	}
	for _, h := range x.Harm {
		t.Harms = append(t.Harms, incident.Harm(h))
	}
	for _, id := range x.Clock {
		t.Owed = append(t.Owed, notice.ID(id))
	}
	for _, id := range x.Recipient {
		t.Recipients = append(t.Recipients, notice.ID(id))
	}
	for _, id := range x.Data {
		t.Data = append(t.Data, notice.ID(id))
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	i, err := d.TriageIncident(c, incident.On{Number: x.Number, By: c.actor(), Version: x.Seen}, t)
	if err != nil {
		return err
	}
	return c.incidentAnswer(i)
}

type incidentDescribeCmd struct {
	Number   string `arg:""`
	Nature   string `help:"What happened to whose data, in plain words."`
	Effects  string `help:"What is likely to come of it."`
	Measures string `help:"What was and will be done."`
	Advice   string `help:"What people can do themselves."`
}

func (x *incidentDescribeCmd) Run(c *call) error {
	return c.incident(x.Number, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
		return in.Describe(c, on, incident.Description{Nature: x.Nature, Effects: x.Effects, Measures: x.Measures, Advice: x.Advice})
	})
}

type incidentAssessCmd struct {
	Number       string   `arg:""`
	Data         []string `help:"contact, tenancy, financial, credentials, special, criminal or refuge; repeat."`
	People       int      `help:"About how many."`
	Records      int      `help:"About how many."`
	Identifiable string   `help:"directly, inferably, hardly, or not-at-all: encrypted, and the key is safe."`
	Severity     string   `help:"The worst that is likely to come of it: slight, noticeable, serious or grave."`
	Vulnerable   bool     `help:"Children or vulnerable people are among them."`
	Malicious    bool     `help:"Somebody took it on purpose, or misuses it."`
	Lasting      bool     `help:"What is gone or changed cannot be had again."`
	Trusted      bool     `help:"Whoever had it is known, trusted, and has destroyed or not opened it."`
	Recovered    bool     `help:"It was back, or whole again, before harm could come of it."`
}

func (x *incidentAssessCmd) Run(c *call) error {
	f := incident.Facts{People: x.People, Records: x.Records, Identifiable: incident.Identifiable(x.Identifiable), Severity: incident.Severity(x.Severity),
		Vulnerable: x.Vulnerable, Malicious: x.Malicious, Lasting: x.Lasting, Trusted: x.Trusted, Recovered: x.Recovered}
	for _, d := range x.Data {
		f.Data = append(f.Data, incident.Data(d))
	}
	return c.incident(x.Number, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
		return in.Assess(c, on, f)
	})
}

type incidentDecideCmd struct {
	incidentSeen
	Number string `arg:""`
	Risk   string `arg:"" help:"none, risk or high."`
	Why    string `required:"" help:"The reasons."`
}

func (x *incidentDecideCmd) Run(c *call) error {
	return c.incidentAsSeen(x.Number, x.incidentSeen, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
		return in.Decide(c, on, incident.Risk(x.Risk), x.Why)
	})
}

type incidentReportCmd struct {
	incidentSeen
	Number    string `arg:""`
	Sent      string `placeholder:"HOW" help:"Record that it was sent, and how; without it the report is only shown."`
	At        string `placeholder:"TIME" help:"When it was sent; left out, now."`
	Delay     string `help:"The reasons for the delay, where it is late."`
	Reference string `help:"The regulator's reference."`
}

func (x *incidentReportCmd) Run(c *call) error {
	if x.Sent != "" {
		at, err := instant("--at", x.At)
		if err != nil {
			return err
		}
		if x.At == "" {
			at = time.Time{}
		}
		return c.incidentAsSeen(x.Number, x.incidentSeen, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
			return in.Notify(c, on, incident.Notification{At: at, How: x.Sent, Delay: x.Delay, Reference: x.Reference})
		})
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	f, err := d.IncidentFile(c, x.Number)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"report": f.Report, "missing": f.Missing}, func(w io.Writer) { io.WriteString(w, f.Report.Text()) })
}

type incidentPassCmd struct {
	Number string `arg:""`
	To     string `arg:"" help:"Who was told."`
	How    string `required:"" help:"How."`
	Clock  string `help:"The clock that this meets: by its id in the notice, the number of an agreement, or tell:NAME of a controller."`
}

func (x *incidentPassCmd) Run(c *call) error {
	return c.incident(x.Number, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
		return in.Pass(c, on, incident.Passing{To: x.To, How: x.How, Clock: x.Clock})
	})
}

type incidentExportCmd struct {
	Out string `required:"" placeholder:"FILE" help:"A file that ends in .csv, .xlsx or .json."`
}

func (x *incidentExportCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	form := strings.ToLower(filepath.Ext(x.Out))
	if !contains(desk.RegisterForms(), form) {
		return d.WriteIncidents(c, io.Discard, form, nil)
	}
	f, err := os.OpenFile(x.Out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return &desk.Error{Code: "file", What: "cannot be written", Where: "--out", Mend: "name a file in a folder that is there", Err: err}
	}
	if err := d.WriteIncidents(c, f, form, nil); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write the register: %w", err)
	}
	return c.answer(map[string]string{"out": x.Out}, func(w io.Writer) { fmt.Fprintf(w, "The register is in %s.\n", x.Out) })
}
