package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// incidentAct is something that staff can do to an incident, as pages offer it: a row of
// the table of package incident in words.
type incidentAct struct {
	id, group, name, button string
	actions                 []incident.Action // that it takes, any of them
	does                    []string
	grave, always           bool // always: whatever the version
	fields                  func(staffIncidents, *desk.IncidentFile) []console.FormField
	do                      func(incidentDoing) (number, said string, err error)
}

// incidentDoing is an act that is being done.
type incidentDoing struct {
	ctx   context.Context
	s     staffIncidents
	f     *desk.IncidentFile
	on    incident.On
	given url.Values
}

func (d incidentDoing) text(name string) string { return d.given.Get(name) }

// take does a step of package incident, and says said.
func (d incidentDoing) take(said string, do func(*incident.Incidents) (incident.Incident, error)) (string, string, error) {
	i, err := d.s.d.Incident(d.on.Number, do)
	return i.Number, said, err
}

// moment is a time that was given, or now.
func (d incidentDoing) moment(name string) (time.Time, error) {
	s := strings.TrimSpace(d.text(name))
	if s == "" {
		return d.s.d.Now(), nil
	}
	m, err := law.ParseMoment(s)
	if err != nil || m.At.IsZero() {
		return time.Time{}, &console.Mistake{Field: name, Text: "Give the day and the time, such as 2026-11-27 17:30"}
	}
	return m.At, nil
}

func (d incidentDoing) number(name string) (int, error) {
	s := strings.TrimSpace(d.text(name))
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, &console.Mistake{Field: name, Text: "Give a whole number"}
	}
	return n, nil
}

func (a incidentAct) offered(offers []incident.Offer) (incident.Offer, bool) {
	i := slices.IndexFunc(offers, func(o incident.Offer) bool { return slices.Contains(a.actions, o.Action) })
	if i < 0 {
		return incident.Offer{}, false
	}
	return offers[i], true
}

// nameFor is what an act is called: what is found already is put right.
func (a incidentAct) nameFor(i *incident.Incident) string {
	if a.id == "confirm" && i.IsBreach() {
		return "Put right what was found of the breach"
	}
	return a.name
}

// lacks is what an act that the incident's state admits has nothing to be done to without.
func (a incidentAct) lacks(i *incident.Incident) []string {
	switch {
	case (a.id == "tell" || a.id == "spoken") && i.People.Listed == 0:
		return []string{"List whom it touches."}
	case a.id == "finish" && !openTask(i):
		return []string{"Give a task."}
	}
	return nil
}

func lineField(name, label, hint string, must bool) console.FormField {
	return console.FormField{Name: name, Label: label, Hint: hint, As: "line", Must: must}
}

func longField(name, label, hint string, must bool) console.FormField {
	return console.FormField{Name: name, Label: label, Hint: hint, As: "words", Must: must}
}

func prefilled(f console.FormField, value string) console.FormField {
	f.Value = value
	return f
}

func asksFor(list ...console.FormField) func(staffIncidents, *desk.IncidentFile) []console.FormField {
	return func(staffIncidents, *desk.IncidentFile) []console.FormField { return list }
}

func sortOptions() []console.Option {
	var out []console.Option
	for _, x := range incident.Sorts() {
		out = append(out, console.Option{ID: string(x.Kind), Text: x.Title})
	}
	return out
}

// reportAct is a first report. Any colleague may make one.
func reportAct() incidentAct {
	return incidentAct{id: "report", name: "Report something wrong", button: "Report it",
		does: []string{"Somebody looks at it at once: where people may come to harm, the law gives 72 hours.", "Say what you know. What you do not know can follow.", "Nobody is blamed for reporting."},
		fields: asksFor(console.FormField{Name: "kind", Label: "What went wrong?", As: "one", Must: true, Options: sortOptions()},
			longField("what", "What happened?", "Names of the people whose information it is may stand here: it is sealed.", true),
			longField("message", "A message that was passed on", "Paste it as it came. Do not follow its links.", false),
			lineField("happened", "When did it happen?", "If nobody knows, say when it was found.", false), lineField("where", "Where?", "A system, a place, a firm.", false),
			lineField("name", "Who told you?", "Leave it empty if it was you.", false), lineField("contact", "How can they be reached?", "", false)),
		do: func(d incidentDoing) (string, string, error) {
			i, err := d.s.d.ReportIncident(d.ctx, incident.First{Once: "console " + d.on.Once, Kind: incident.Kind(d.text("kind")), What: d.text("what"), Message: d.text("message"),
				Happened: d.text("happened"), System: d.text("where"), By: d.on.By, Reporter: incident.Reporter{Via: "console", Staff: d.on.By, Name: d.text("name"), Contact: d.text("contact")}})
			return i.Number, i.Number + " is open.", err
		}}
}

// incidentActs are what staff can do, in the order of an incident's life.
func incidentActs() []incidentAct {
	const looking, risk, telling, mending = "What it is", "The risk", "Telling", "Mending"
	return slices.Concat(lookingActs(looking), riskActs(risk), tellingActs(telling), mendingActs(mending))
}

func lookingActs(group string) []incidentAct {
	return []incidentAct{
		{id: "confirm", group: group, name: "It is a personal data breach", button: "Record it", actions: []incident.Action{incident.Confirms},
			does: []string{"Personal data were disclosed, changed, lost or put out of reach by accident or against the law (UK GDPR Article 4(12)).",
				"The 72 hours run from the moment when somebody here was reasonably certain of that. Weekends and holidays count."},
			fields: func(s staffIncidents, f *desk.IncidentFile) []console.FormField {
				sort, _ := f.Kind.Sort()
				harms := f.Harms
				if len(harms) == 0 {
					harms = sort.Harms
				}
				var chosen []string
				for _, h := range harms {
					chosen = append(chosen, string(h))
				}
				role := f.Role
				if role == "" {
					role = incident.Controller
				}
				out := []console.FormField{
					{Name: "harms", Label: "What was done to the data?", As: "some", Must: true, Chosen: chosen, Options: []console.Option{
						{ID: "confidentiality", Text: "Somebody saw it, or could, who should not"}, {ID: "integrity", Text: "It was changed"}, {ID: "availability", Text: "It is gone, or out of reach"}}},
					prefilled(lineField("aware", "When was somebody here reasonably certain?", "The day and the time, such as 2026-11-27 17:30.", true), f.Opened.In(law.London()).Format("2006-01-02 15:04")),
					prefilled(longField("how", "How is that known?", "Who knew what, and from when.", true), f.AwareHow),
					{Name: "role", Label: "What are we to the data?", As: "one", Must: true, Chosen: []string{string(role)}, Options: []console.Option{
						{ID: "controller", Text: "Controller"}, {ID: "joint-controller", Text: "Joint controller"}, {ID: "processor", Text: "Processor", Hint: "We hold it for somebody, who is told without undue delay (Article 33(2))."}}},
					prefilled(longField("controllers", "For whom or with whom is it held?", "A line for each.", false), strings.Join(f.Controllers, "\n")),
				}
				out = append(out, whoseFields(s, f)...)
				owed := console.FormField{Name: "owed", Label: "Which clocks of contracts run?", As: "some"}
				for _, c := range incident.Contracts(s.d.Notice) {
					owed.Options = append(owed.Options, console.Option{ID: string(c.ID), Text: c.Title, Hint: fmt.Sprintf("%d %s after %s", c.Clock.Count, strings.ReplaceAll(string(c.Clock.Unit), "-", " "), c.From)})
				}
				if len(owed.Options) > 0 {
					for _, id := range f.Owed {
						owed.Chosen = append(owed.Chosen, string(id))
					}
					out = append(out, owed)
				}
				return out
			},
			do: func(d incidentDoing) (string, string, error) {
				aware, err := d.moment("aware")
				if err != nil {
					return "", "", err
				}
				f := desk.Triage{Finding: incident.Finding{Aware: aware, How: d.text("how"), Role: incident.Role(d.text("role")), Client: notice.ID(d.text("client"))}, Agreements: d.given["agreements"]}
				if d.text("knew") != "" {
					if f.Knew, err = d.moment("knew"); err != nil {
						return "", "", err
					}
				}
				for _, h := range d.given["harms"] {
					f.Harms = append(f.Harms, incident.Harm(h))
				}
				for line := range strings.Lines(d.text("controllers")) {
					if line = strings.TrimSpace(line); line != "" {
						f.Controllers = append(f.Controllers, line)
					}
				}
				for _, id := range d.given["owed"] {
					f.Owed = append(f.Owed, notice.ID(id))
				}
				i, err := d.s.d.TriageIncident(d.ctx, d.on, f)
				return i.Number, "It is recorded as a personal data breach.", err
			}},
		{id: "dismiss", group: group, name: "It is no personal data breach", button: "Record it", actions: []incident.Action{incident.Dismisses},
			does:   []string{"The clock to the regulator stops. The incident stays on record with your reasons."},
			fields: asksFor(longField("why", "Why not?", "", true)),
			do: func(d incidentDoing) (string, string, error) {
				return d.take("It is recorded that no personal data were compromised.", func(x *incident.Incidents) (incident.Incident, error) { return x.Dismiss(d.ctx, d.on, d.text("why")) })
			}},
		{id: "describe", group: group, name: "Write down what is known", button: "Keep it", actions: []incident.Action{incident.Describes},
			does: []string{"The regulator is told this, and so are the people: write what they may read. Name nobody."},
			fields: func(_ staffIncidents, f *desk.IncidentFile) []console.FormField {
				return []console.FormField{prefilled(longField("nature", "What happened, to whose data?", "In plain words.", false), f.Nature), prefilled(longField("effects", "What is likely to come of it?", "", false), f.Effects),
					prefilled(longField("measures", "What was done, and what will be?", "", false), f.Measures), prefilled(longField("advice", "What can people do themselves?", "", false), f.Advice),
					prefilled(lineField("happened", "When did it happen?", "", false), f.Happened), prefilled(lineField("where", "Where?", "", false), f.System)}
			},
			do: func(d incidentDoing) (string, string, error) {
				return d.take("What is known is written down.", func(x *incident.Incidents) (incident.Incident, error) {
					return x.Describe(d.ctx, d.on, incident.Description{Nature: d.text("nature"), Effects: d.text("effects"), Measures: d.text("measures"), Advice: d.text("advice"), Happened: d.text("happened"), System: d.text("where")})
				})
			}},
		{id: "note", group: group, name: "Keep a note", button: "Keep it", actions: []incident.Action{incident.Notes}, always: true,
			does: []string{"It is kept with the incident, sealed."}, fields: asksFor(longField("words", "The note", "", true)),
			do: func(d incidentDoing) (string, string, error) {
				return d.take("The note is kept.", func(x *incident.Incidents) (incident.Incident, error) { return x.Note(d.ctx, d.on, d.text("words")) })
			}},
	}
}

// whoseFields ask whose data it is, where the landlord holds any for clients, and which of
// the agreements that give hours to tell of a breach it concerns.
func whoseFields(s staffIncidents, f *desk.IncidentFile) []console.FormField {
	var out []console.FormField
	if clients := s.d.Notice.Landlord.Clients; len(clients) > 0 {
		whose := console.FormField{Name: "client", Label: "Whose set is it in?", Hint: "A client decides over its own data, and is told: choose processor above.", As: "choose",
			Options: []console.Option{{ID: "", Text: "Our own"}}, Chosen: []string{string(f.Client)}}
		for _, c := range clients {
			whose.Options = append(whose.Options, console.Option{ID: string(c.ID), Text: c.Name})
		}
		out = append(out, whose)
	}
	papers := console.FormField{Name: "agreements", Label: "Which agreements does it concern?", Hint: "They give hours to tell of a breach. One with the client whose set it is counts by itself.", As: "some"}
	theirs := false
	for _, a := range s.hours {
		theirs = theirs || a.Theirs
		says := fmt.Sprintf("We tell %s within %d hours", a.With, a.Hours)
		if a.Theirs {
			says = fmt.Sprintf("%s tells us within %d hours", a.With, a.Hours)
		}
		if n := len(papers.Options); n > 0 && papers.Options[n-1].ID == a.Paper {
			papers.Options[n-1].Hint += "; " + lowerFirst(says)
			continue
		}
		papers.Options = append(papers.Options, console.Option{ID: a.Paper, Text: a.Title, Hint: a.Paper + ": " + says})
	}
	for _, c := range f.Contracts {
		papers.Chosen = append(papers.Chosen, c.Paper)
	}
	if len(papers.Options) > 0 {
		out = append(out, papers)
	}
	if theirs {
		knew := lineField("knew", "When did the firm know, at which it happened?", "Only if it happened at one: the day and the time.", false)
		if !f.Knew.IsZero() {
			knew.Value = f.Knew.In(law.London()).Format("2006-01-02 15:04")
		}
		out = append(out, knew)
	}
	return out
}

func riskActs(group string) []incidentAct {
	return []incidentAct{
		{id: "assess", group: group, name: "Assess the risk to people", button: "Work it out", actions: []incident.Action{incident.Assesses},
			does:   []string{"A risk is proposed, with each point and its reason. It decides nothing.", "Leave out what you do not know: it counts as bad until somebody does."},
			fields: assessFields,
			do: func(d incidentDoing) (string, string, error) {
				f := incident.Facts{Identifiable: incident.Identifiable(d.text("identifiable")), Severity: incident.Severity(d.text("severity"))}
				var err error
				if f.People, err = d.number("people"); err != nil {
					return "", "", err
				}
				if f.Records, err = d.number("records"); err != nil {
					return "", "", err
				}
				for _, x := range d.given["data"] {
					f.Data = append(f.Data, incident.Data(x))
				}
				is := func(x string) bool { return slices.Contains(d.given["circumstances"], x) }
				f.Vulnerable, f.Malicious, f.Lasting, f.Trusted, f.Recovered = is("vulnerable"), is("malicious"), is("lasting"), is("trusted"), is("recovered")
				return d.take("The risk is assessed: see what is proposed, and decide.", func(x *incident.Incidents) (incident.Incident, error) { return x.Assess(d.ctx, d.on, f) })
			}},
		{id: "decide", group: group, name: "Decide the risk", button: "Decide", grave: true, actions: []incident.Action{incident.Clears, incident.Warns, incident.Alarms},
			does: []string{"Unlikely: it is recorded, and the regulator need not be told.", "Likely: the regulator is told within the 72 hours.", "High: the people are told too, without undue delay.",
				"What is proposed binds nobody. Your reasons are what the regulator asks for."},
			fields: func(_ staffIncidents, f *desk.IncidentFile) []console.FormField {
				var chosen []string
				if f.Proposal != nil {
					chosen = []string{string(f.Proposal.Risk)}
				}
				return []console.FormField{{Name: "risk", Label: "A risk to people is", As: "one", Must: true, Chosen: chosen,
					Options: []console.Option{{ID: "none", Text: "Unlikely"}, {ID: "risk", Text: "Likely"}, {ID: "high", Text: "High"}}}, longField("why", "Why?", "", true)}
			},
			do: func(d incidentDoing) (string, string, error) {
				return d.take("The risk is decided.", func(x *incident.Incidents) (incident.Incident, error) {
					return x.Decide(d.ctx, d.on, incident.Risk(d.text("risk")), d.text("why"))
				})
			}},
	}
}

func assessFields(_ staffIncidents, f *desk.IncidentFile) []console.FormField {
	was := incident.Facts{}
	if f.Facts != nil {
		was = *f.Facts
	}
	var data, circumstances []string
	for _, d := range was.Data {
		data = append(data, string(d))
	}
	for id, is := range map[string]bool{"vulnerable": was.Vulnerable, "malicious": was.Malicious, "lasting": was.Lasting, "trusted": was.Trusted, "recovered": was.Recovered} {
		if is {
			circumstances = append(circumstances, id)
		}
	}
	count := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	one := func(s string) []string {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	return []console.FormField{
		{Name: "data", Label: "What data is it?", As: "some", Chosen: data, Options: []console.Option{{ID: "contact", Text: "Names, addresses, telephone numbers"}, {ID: "tenancy", Text: "The home, the household, repairs"},
			{ID: "financial", Text: "Rent, arrears, benefits, bank details"}, {ID: "credentials", Text: "Passwords, security answers, copies of identity papers"},
			{ID: "special", Text: "Health, ethnicity, religion and the like", Hint: "UK GDPR Article 9"}, {ID: "criminal", Text: "Offences or allegations", Hint: "UK GDPR Article 10"},
			{ID: "refuge", Text: "Where somebody hides, or a report of violence"}}},
		{Name: "people", Label: "About how many people?", As: "number", Value: count(was.People)}, {Name: "records", Label: "About how many records?", As: "number", Value: count(was.Records)},
		{Name: "identifiable", Label: "Can people be told from it?", As: "one", Chosen: one(string(was.Identifiable)), Options: []console.Option{{ID: "directly", Text: "They are named"}, {ID: "inferably", Text: "With what others know"},
			{ID: "hardly", Text: "Only by us"}, {ID: "not-at-all", Text: "It is encrypted, and the key is safe"}}},
		{Name: "severity", Label: "What is the worst that is likely to come of it?", As: "one", Chosen: one(string(was.Severity)), Options: []console.Option{{ID: "slight", Text: "Annoyance, time lost"}, {ID: "noticeable", Text: "Fraud tried, distress, cost"},
			{ID: "serious", Text: "Money or home lost, stigma"}, {ID: "grave", Text: "Physical harm, somebody found who hides"}}},
		{Name: "circumstances", Label: "What else?", As: "some", Chosen: circumstances, Options: []console.Option{{ID: "vulnerable", Text: "Children or vulnerable people are among them"}, {ID: "malicious", Text: "Somebody took it on purpose, or misuses it"},
			{ID: "lasting", Text: "What is gone or changed cannot be had again"}, {ID: "trusted", Text: "Whoever had it is known and trusted, and has destroyed or not opened it"}, {ID: "recovered", Text: "It was back, or whole again, before harm could come of it"}}},
	}
}
