package app

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/notice"
)

func tellingActs(group string) []incidentAct {
	return []incidentAct{
		{id: "notify", group: group, name: "Record that the regulator was told", button: "Record it", actions: []incident.Action{incident.Notifies},
			does: []string{"Tenet sends nothing: tell the regulator by its form, and record it here.", "What the report lacks now is to follow; it need not wait (UK GDPR Article 33(4)).", "After the 72 hours the reasons for the delay are needed."},
			fields: asksFor(lineField("how", "How was it told?", "By its form, by telephone.", true), lineField("at", "When?", "Left empty: now. Otherwise the day and the time, such as 2026-11-27 17:30.", false),
				longField("delay", "Why is it late?", "Only if it is.", false), lineField("reference", "Its reference", "", false)),
			do: func(d incidentDoing) (string, string, error) {
				at, err := d.moment("at")
				if err != nil {
					return "", "", err
				}
				return d.take("It is recorded that the regulator was told.", func(x *incident.Incidents) (incident.Incident, error) {
					return x.Notify(d.ctx, d.on, incident.Notification{At: at, How: d.text("how"), Delay: d.text("delay"), Reference: d.text("reference")})
				})
			}},
		{id: "pass", group: group, name: "Record that a controller or client was told", button: "Record it", actions: []incident.Action{incident.Passes},
			does: []string{"Whoever we hold the data for, or share it with, is told without undue delay, or within the hours of the contract."},
			fields: func(_ staffIncidents, f *desk.IncidentFile) []console.FormField {
				to := strings.Join(f.Controllers, ", ")
				clock := console.FormField{Name: "clock", Label: "Which clock does it meet?", As: "choose"}
				for _, c := range f.Clocks {
					if c.ID == string(law.Breach) || c.Theirs || !c.Running() {
						continue
					}
					by := "without undue delay"
					if !c.Due.IsZero() {
						by = "by " + c.Due.Words()
					}
					if to == "" {
						to = strings.TrimPrefix(c.Title, "Tell ")
					}
					clock.Options = append(clock.Options, console.Option{ID: c.ID, Text: c.Title + " " + by, Hint: c.Tell})
				}
				out := []console.FormField{prefilled(lineField("to", "Who was told?", "", true), to), lineField("how", "How?", "", true), lineField("at", "When?", "Left empty: now.", false)}
				if len(clock.Options) > 0 {
					out = append(out, clock)
				}
				return out
			},
			do: func(d incidentDoing) (string, string, error) {
				at, err := d.moment("at")
				if err != nil {
					return "", "", err
				}
				return d.take("It is recorded that they were told.", func(x *incident.Incidents) (incident.Incident, error) {
					return x.Pass(d.ctx, d.on, incident.Passing{To: d.text("to"), How: d.text("how"), At: at, Clock: d.text("clock")})
				})
			}},
		{id: "person", group: group, name: "Add one person whom it touches", button: "Find and add them", actions: []incident.Action{incident.Lists}, always: true,
			does: []string{"They are looked for in the systems: of the set that the incident is about.", "Where more than one person could be meant, nobody is added: say more of them."},
			fields: asksFor(lineField("name", "Name", "", false), console.FormField{Name: "born", Label: "Date of birth", As: "day"}, lineField("email", "E-mail address", "", false), lineField("phone", "Telephone number", "", false),
				lineField("reference", "Reference", "", false), longField("address", "Where to write to them", "", false), lineField("about", "What of theirs is it?", "", false)),
			do: listPerson},
		{id: "people", group: group, name: "List whom it touches", button: "Add them", actions: []incident.Action{incident.Lists}, always: true,
			does:   []string{"Paste a table. Somebody who is on the list already is not added again.", "Everybody in a table of a system, or a large sheet, goes by the command line: tenet incident people NUMBER --from SYSTEM.TABLE, or --sheet FILE."},
			fields: asksFor(console.FormField{Name: "table", Label: "A table", Hint: "Comma-separated, with these names in the first line: " + strings.Join(desk.AffectedColumns(), ", ") + ".", As: "words", Must: true}),
			do:     listPeople},
		{id: "tell", group: group, name: "Write to them", button: "Write the letters", grave: true, actions: []incident.Action{incident.Tells}, always: true,
			does: []string{"A letter to everybody on the list who has none yet, in the language they chose: what happened, what may come of it, what was done, whom to ask (UK GDPR Article 34(2)).",
				"By e-mail where there is a mail server and an address, otherwise to print and post; only to where somebody is safe to be reached.", "They count as told when the letter goes out."},
			do: func(d incidentDoing) (string, string, error) {
				n, left, err := d.s.d.TellAffected(d.ctx, d.on.Number, d.on.By)
				said := fmt.Sprintf("%d letters are in the outbox.", n)
				if len(left) > 0 {
					said += fmt.Sprintf(" %d people could not be written to: reach them in another way, and record it.", len(left))
				}
				return d.on.Number, said, err
			}},
		{id: "spoken", group: group, name: "Record that somebody was told otherwise", button: "Record it", actions: []incident.Action{incident.Tells}, always: true,
			does:   []string{"For whoever was told by telephone or at the door."},
			fields: asksFor(console.FormField{Name: "n", Label: "Their number on the list", As: "number", Must: true}, lineField("how", "How were they told?", "", true)),
			do: func(d incidentDoing) (string, string, error) {
				n, err := d.number("n")
				if err != nil {
					return "", "", err
				}
				return d.take("It is recorded that they were told.", func(x *incident.Incidents) (incident.Incident, error) {
					return x.ToldOtherwise(d.ctx, d.on, int64(n), d.text("how"))
				})
			}},
		{id: "except", group: group, name: "People need not be told one by one", button: "Record it", grave: true, actions: []incident.Action{incident.Excepts},
			does: []string{"The law has three exceptions. With the third, the public is told instead."},
			fields: asksFor(console.FormField{Name: "ground", Label: "Because", As: "one", Must: true, Options: []console.Option{{ID: "unintelligible", Text: "Nobody can read it: it is encrypted or the like", Hint: "UK GDPR Article 34(3)(a)"},
				{ID: "averted", Text: "What was done since makes a high risk unlikely", Hint: "Article 34(3)(b)"}, {ID: "disproportionate", Text: "It would take a disproportionate effort", Hint: "Article 34(3)(c): tell the public"}}}, longField("why", "Why?", "", true)),
			do: func(d incidentDoing) (string, string, error) {
				return d.take("The exception is recorded.", func(x *incident.Incidents) (incident.Incident, error) {
					return x.Except(d.ctx, d.on, incident.Ground(d.text("ground")), d.text("why"))
				})
			}},
		{id: "publish", group: group, name: "Record that the public was told", button: "Record it", actions: []incident.Action{incident.Publishes},
			does: []string{"Where it stands, and in which words."},
			fields: func(_ staffIncidents, f *desk.IncidentFile) []console.FormField {
				return []console.FormField{lineField("at", "Where does it stand?", "A page, a notice board.", true), prefilled(longField("words", "What does it say?", "", true), f.Warning)}
			},
			do: func(d incidentDoing) (string, string, error) {
				return d.take("It is recorded that the public was told.", func(x *incident.Incidents) (incident.Incident, error) {
					return x.Publish(d.ctx, d.on, d.text("at"), d.text("words"))
				})
			}},
	}
}

func listPeople(d incidentDoing) (string, string, error) {
	added, problems, err := d.s.d.ListAffectedSheet(d.ctx, d.on.Number, d.on.By, "table.csv", []byte(d.text("table")))
	if err == nil && len(problems) > 0 {
		p := problems[0]
		err = &console.Mistake{Field: "table", Text: fmt.Sprintf("Line %d, %s: %s. %s", p.Line, p.Column, p.What, sentence(p.Mend))}
	}
	return d.on.Number, fmt.Sprintf("%d people were added.", added), err
}

func listPerson(d incidentDoing) (string, string, error) {
	q := desk.Query{Name: d.text("name"), Email: d.text("email"), Phone: d.text("phone"), Ref: d.text("reference"), DOB: d.text("born")}
	if q == (desk.Query{}) {
		return "", "", &console.Mistake{Field: "name", Text: "Say whom to look for"}
	}
	added, err := d.s.d.ListAffectedFound(d.ctx, d.on.Number, d.on.By, q, d.text("address"), d.text("about"))
	said := "They are on the list."
	if added == 0 {
		said = "They were on the list already."
	}
	var no *desk.Error
	if errors.As(err, &no) && (no.Code == "several" || no.Code == "query" || no.Code == "not-found") {
		err = &console.Mistake{Field: "name", Text: sentence(no.What + ": " + no.Mend)}
	}
	return d.on.Number, said, err
}

func mendingActs(group string) []incidentAct {
	return []incidentAct{
		{id: "task", group: group, name: "Give a task", button: "Give it", actions: []incident.Action{incident.Tasks},
			does:   []string{"Containing it, putting a record right, asking a firm. Tenet changes no system of ours: putting an altered record right from its history is somebody’s task."},
			fields: asksFor(longField("what", "What is to be done?", "", true), lineField("owner", "Who does it?", "", true), console.FormField{Name: "due", Label: "By when?", As: "day"}),
			do: func(d incidentDoing) (string, string, error) {
				due, err := law.ParseDate(d.text("due"))
				if err != nil {
					due = law.Date{} // nothing was filled in: a date that is none was refused before
				}
				return d.take("The task is given.", func(x *incident.Incidents) (incident.Incident, error) {
					return x.Assign(d.ctx, d.on, incident.Task{What: d.text("what"), Owner: d.text("owner"), Due: due})
				})
			}},
		{id: "finish", group: group, name: "Finish a task", button: "Record it", actions: []incident.Action{incident.Finishes},
			does: []string{"With what was done."},
			fields: func(_ staffIncidents, f *desk.IncidentFile) []console.FormField {
				task := console.FormField{Name: "task", Label: "Which task?", As: "choose", Must: true}
				for _, t := range f.Tasks {
					if t.Done.IsZero() {
						task.Options = append(task.Options, console.Option{ID: fmt.Sprint(t.N), Text: clipText(t.What)})
					}
				}
				return []console.FormField{task, longField("how", "What was done?", "", true)}
			},
			do: func(d incidentDoing) (string, string, error) {
				n, err := d.number("task")
				if err != nil {
					return "", "", err
				}
				return d.take("The task is finished.", func(x *incident.Incidents) (incident.Incident, error) { return x.Finish(d.ctx, d.on, n, d.text("how")) })
			}},
		{id: "measure", group: group, name: "Name the measure that failed", button: "Record it", actions: []incident.Action{incident.Fails},
			does: []string{"What the notice says is done to keep data safe, and did not hold; and whose it is."},
			fields: func(s staffIncidents, _ *desk.IncidentFile) []console.FormField {
				m := console.FormField{Name: "measure", Label: "Which measure?", As: "choose", Must: true}
				for _, x := range s.d.Notice.Keeping.Security {
					m.Options = append(m.Options, console.Option{ID: string(x.ID), Text: clipText(x.Says)})
				}
				if len(m.Options) == 0 {
					m.Hint = "The notice names none (keeping.yaml: security)."
				}
				return []console.FormField{m, lineField("owner", "Whose is it?", "", true), longField("why", "How did it fail?", "", true)}
			},
			do: func(d incidentDoing) (string, string, error) {
				return d.take("The measure is named.", func(x *incident.Incidents) (incident.Incident, error) {
					return x.Fail(d.ctx, d.on, incident.Failure{Measure: notice.ID(d.text("measure")), Owner: d.text("owner"), Why: d.text("why")})
				})
			}},
		{id: "ban", group: group, name: "Shut an address out of the portal", button: "Shut it out", grave: true, actions: []incident.Action{incident.Bans},
			does: []string{"Whoever comes from this address sees only how else to reach us, from now on.", "Others may share it, and it passes on: it ends by itself. Tenet keeps a digest of it, not the address."},
			fields: asksFor(lineField("address", "The network address", "192.0.2.7, or 2001:db8::7, of which the household’s whole network is meant.", true),
				prefilled(console.FormField{Name: "days", Label: "For how many days?", Hint: "At most 90.", As: "number", Must: true}, "30")),
			do: func(d incidentDoing) (string, string, error) {
				days, err := d.number("days")
				if err != nil {
					return "", "", err
				}
				if err := d.s.d.MayShutOut(d.text("address")); err != nil {
					return "", "", err
				}
				until := d.s.d.Now().Add(time.Duration(min(days, 1000)) * 24 * time.Hour)
				return d.take("The address is shut out.", func(x *incident.Incidents) (incident.Incident, error) {
					return x.Ban(d.ctx, d.on, d.text("address"), until)
				})
			}},
		{id: "police", group: group, name: "Record that the police were told", button: "Record it", actions: []incident.Action{incident.Refers},
			does: []string{"With their reference. Saying who it was is a disclosure: it is logged as one, under the rule that the notice has for it."},
			fields: asksFor(prefilled(lineField("to", "Who was told?", "", true), "The police"), lineField("ref", "Their reference", "", true), longField("words", "What were they told?", "Without who it was.", false),
				lineField("identity", "Were they told who it was?", "Leave it empty if not.", false)),
			do: func(d incidentDoing) (string, string, error) {
				i, err := d.s.d.TellPolice(d.ctx, d.on.Number, d.on.By, incident.Told{Where: d.text("to"), Ref: d.text("ref"), Words: d.text("words")}, d.text("identity"))
				return i.Number, "It is recorded that they were told.", err
			}},
		{id: "learn", group: group, name: "Write down cause and lessons", button: "Keep it", actions: []incident.Action{incident.Learns},
			does: []string{"The cause, and what changes so that it does not happen again (UK GDPR Article 33(5))."},
			fields: func(_ staffIncidents, f *desk.IncidentFile) []console.FormField {
				return []console.FormField{prefilled(longField("cause", "What was the cause?", "", false), f.Cause), prefilled(longField("lessons", "What was learnt?", "", false), f.Lessons),
					lineField("promises", "Which sentences of the notice does it bear on?", "Their ids, with commas.", false)}
			},
			do: func(d incidentDoing) (string, string, error) {
				var ids []notice.ID
				for id := range strings.SplitSeq(d.text("promises"), ",") {
					if id = strings.TrimSpace(id); id != "" {
						ids = append(ids, notice.ID(id))
					}
				}
				return d.take("Cause and lessons are kept.", func(x *incident.Incidents) (incident.Incident, error) {
					return x.Learn(d.ctx, d.on, d.text("cause"), d.text("lessons"), ids)
				})
			}},
		{id: "close", group: group, name: "Close it", button: "Close it", actions: []incident.Action{incident.Closes},
			does:   []string{"It stays in the register. It can be taken up again."},
			fields: asksFor(longField("why", "Why is nothing more to be done?", "", true)),
			do: func(d incidentDoing) (string, string, error) {
				return d.take("It is closed.", func(x *incident.Incidents) (incident.Incident, error) { return x.Close(d.ctx, d.on, d.text("why")) })
			}},
		{id: "reopen", group: group, name: "Take it up again", button: "Open it again", actions: []incident.Action{incident.Reopens},
			does:   []string{"It is looked at from the beginning. What is known stays."},
			fields: asksFor(longField("why", "Why?", "", true)),
			do: func(d incidentDoing) (string, string, error) {
				return d.take("It is open again.", func(x *incident.Incidents) (incident.Incident, error) { return x.Reopen(d.ctx, d.on, d.text("why")) })
			}},
	}
}

// clipText is as much of a text as a list to choose from has room for.
func clipText(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return s
}
