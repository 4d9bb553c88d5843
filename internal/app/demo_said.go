package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"tenet/internal/cases"
	"tenet/internal/demo"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/rule"
)

// saidNotice puts into the promises.yaml of a fresh workspace what the demo's landlord has
// said of where its systems record what it promises. A pack names no system: its checks
// say that, until somebody does what is done here.
func saidNotice(dir string, who demo.Landlord) error {
	said, err := demo.Sayings()
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "notice", "promises.yaml")
	n, err := notice.Load(os.DirFS(filepath.Join(dir, "notice")))
	if err != nil {
		return err
	}
	var out []yaml.MapItem
	for _, s := range n.Words.Promises() {
		checks, ok := n.Promises[s.ID]
		if !ok || slices.ContainsFunc(out, func(x yaml.MapItem) bool { return x.Key == string(s.ID) }) {
			continue
		}
		var list []map[string]any
		for _, c := range checks {
			name := string(c.Check)
			if x, ok := said.Instead[string(s.ID)]; ok && name == promise.AttestName {
				c, name = notice.PromiseCheck{With: map[string]any{"owner": c.With["by"]}}, x.Check
			}
			with := map[string]any{"check": name}
			for k, v := range c.With {
				with[k] = v
			}
			add := said.Checks[name]
			if name == "records.filled" {
				add = said.Records[fmt.Sprint(c.With["record"], "/", c.With["field"])]
			}
			if forms := strings.Fields(add["form"]); len(forms) > 0 {
				add = maps.Clone(add)
				delete(add, "form")
				for _, form := range slices.Backward(forms) {
					if slices.ContainsFunc(n.Web.Forms, func(f notice.Form) bool { return string(f.ID) == form }) {
						add["form"] = form
					}
				}
				if add["form"] == "" {
					add = nil
				}
			}
			for k, v := range add {
				if _, given := c.With[k]; !given || name == "records.filled" {
					with[k] = v
				}
			}
			as, err := saidRecipients(n, said, who)
			if err != nil {
				return err
			}
			if len(as) > 0 && (name == "register.complete" && slices.Contains([]any{"agreements", "transfers"}, c.With["register"]) ||
				slices.Contains([]string{"recipients.agreement", "transfers.safeguard", "disclosure.logged", "disclosure.within", "disclosure.absent"}, name)) {
				with["as"] = as
			}
			list = append(list, with)
		}
		out = append(out, yaml.MapItem{Key: string(s.ID), Value: list})
	}
	text, err := yaml.MarshalWithOptions(yaml.MapSlice(out), yaml.IndentSequence(true))
	if err != nil {
		return fmt.Errorf("write promises.yaml: %w", err)
	}
	text = append([]byte("# The promises of the pack, as the demo's landlord has them: with the systems that record what is promised.\n"), text...)
	return os.WriteFile(file, text, 0o600)
}

// saidRecipients is who the names in the log of disclosures are.
func saidRecipients(n *notice.Notice, said demo.Said, who demo.Landlord) ([]string, error) {
	has := func(id string) bool {
		return slices.ContainsFunc(n.Sharing.Recipients, func(r notice.Recipient) bool { return string(r.ID) == id })
	}
	var out []string
	for name, ids := range said.Recipients {
		name, err := who.Say(name)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(ids, has); i >= 0 {
			out = append(out, name+"="+ids[i])
		}
	}
	slices.Sort(out)
	return out, nil
}

// pastRequest is a request of the demo's past: how many days before today it came, and how many
// days later it was over; 0 for one that is still open.
type pastRequest struct{ came, took int }

// pastRequests are those of each regime that a promise counts. The third of the requests
// for access and the first for information were late.
var pastRequests = map[law.Regime][]pastRequest{
	law.Access:        {{300, 20}, {200, 24}, {120, 47}, {90, 18}, {60, 27}, {45, 12}},
	law.Erasure:       {{150, 9}, {70, 21}},
	law.Rectification: {{140, 2}, {50, 6}, {33, 4}},
	law.Objection:     {{110, 12}},
	law.Restriction:   {{95, 7}},
	law.FOI:           {{160, 41}, {80, 15}},
	law.EIR:           {{130, 13}, {64, 19}},
	law.STAIRs:        {{75, 11}},
	law.DPComplaint:   {{85, 25}},
}

// saidPast is what happened in the demo's office before today: requests that were
// answered, maps that were confirmed, words that were given, and looks at the promises.
func saidPast(ctx context.Context, d *desk.Desk, today time.Time, looks []int, progress desk.Progress) error {
	clock := d.Now
	defer func() { d.Now = clock }()
	at := func(daysAgo int) law.Date {
		day := law.DateOf(today).AddDays(-daysAgo)
		moment := day.Start().Add(11 * time.Hour)
		d.Now = func() time.Time { return moment }
		return day
	}
	counted := map[law.Regime]bool{}
	for _, checks := range d.Notice.Promises {
		for _, c := range checks {
			if kind, ok := c.With["kind"].(string); ok && strings.HasPrefix(string(c.Check), "requests.") {
				counted[law.Regime(kind)] = true
			}
		}
	}
	n := 0
	for _, regime := range law.Regimes() {
		for _, x := range pastRequests[regime] {
			if !counted[regime] {
				continue
			}
			n++
			on := cases.On{By: "cli"}
			k, err := d.Cases.Open(ctx, cases.Request{Once: fmt.Sprintf("demo/%s/%d", regime, x.came), Regime: regime, Received: at(x.came), Channel: "letter", By: on.By,
				Notice: d.Notice.Version(), Nation: law.Nation(d.Notice.Landlord.Nation), Requester: cases.Requester{Name: fmt.Sprintf("Former Requester %d", n)}})
			if err != nil {
				return fmt.Errorf("open a request of the demo's past: %w", err)
			}
			on.Case = k.ID
			if regime == law.DPComplaint {
				at(x.came - 2)
				if _, err := d.Cases.Acknowledge(ctx, on, d.Today(), "it came"); err != nil {
					return fmt.Errorf("acknowledge a complaint of the demo's past: %w", err)
				}
			}
			at(x.came - x.took)
			if _, err := d.Cases.Withdraw(ctx, on, "the person has what they asked for"); err != nil {
				return fmt.Errorf("end a request of the demo's past: %w", err)
			}
		}
	}
	if err := saidGiven(ctx, d, at); err != nil {
		return err
	}
	if err := saidPapers(ctx, d, at); err != nil {
		return err
	}
	at(365)
	for _, sys := range d.Config.Sources {
		if err := d.ConfirmMap(ctx, "cli", sys.Name); err != nil {
			return err
		}
	}
	for i, look := range looks {
		at(look)
		if i == min(1, len(looks)-1) {
			if err := saidWords(ctx, d); err != nil {
				return err
			}
		}
		if _, err := d.RunPromises(ctx, desk.PromiseOrder{By: promise.Scheduled}, progress); err != nil {
			return err
		}
	}
	d.Now = clock
	return nil
}

// saidGiven is what was given to others before today: by each rule of sharing.yaml what
// the rule allows, by none what the log of the housing system has besides, and what
// said.yaml says. A rule that wants more than can be invented is left unused.
func saidGiven(ctx context.Context, d *desk.Desk, at func(int) law.Date) error {
	for i, r := range d.Notice.Sharing.Rules {
		at(230 - i%7*29) // from before the last two rows of that log
		x := desk.Disclosing{Ask: rule.Ask{To: r.To, Facts: rule.Facts{}, Why: "as it was asked", Power: r.Law}, Person: desk.Query{Name: fmt.Sprintf("Former Customer %d", i+1)},
			Name: r.Says, Way: "letter", By: "cli", Once: "demo/" + string(r.ID)}
		if len(r.For) > 0 {
			x.For = r.For[0]
		}
		if len(r.People) > 0 {
			x.People = r.People[0]
		}
		for _, c := range r.Categories {
			x.Fields = append(x.Fields, rule.Field{Name: string(c)})
		}
		if len(r.Fields) > 0 {
			x.Fields = nil
			for _, f := range r.Fields {
				if f.Name != "" {
					x.Fields = append(x.Fields, rule.Field{Name: string(f.Name)})
				}
			}
		}
		if err := saidFound(ctx, d, x, r.ID); err != nil {
			return err
		}
	}
	said, err := demo.Sayings()
	if err != nil {
		return err
	}
	n := len(d.Notice.Sharing.Rules)
	for _, g := range said.Given {
		to := slices.IndexFunc(g.To, func(id string) bool {
			return slices.ContainsFunc(d.Notice.Sharing.Recipients, func(r notice.Recipient) bool { return string(r.ID) == id })
		})
		for i := 0; to >= 0 && i < g.Times; i++ {
			n++
			at(228 - i*13)
			x := desk.Disclosing{Ask: rule.Ask{To: notice.ID(g.To[to]), Facts: rule.Facts{}, Why: g.Why, Power: g.Power}, Person: desk.Query{Name: fmt.Sprintf("Former Customer %d", n)},
				Name: "An officer", Way: "letter", By: "cli", Once: fmt.Sprintf("demo/given/%d", n)}
			for _, f := range g.Fields {
				x.Fields = append(x.Fields, rule.Field{Name: f})
			}
			for _, f := range g.Facts {
				if err := x.Facts.Say(f); err != nil {
					return fmt.Errorf("said.yaml: given: %w", err)
				}
			}
			if err := saidFound(ctx, d, x, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// saidFound records a disclosure, once what has to be found out for it was found out: by
// one rule, or by any. What no rule allows then is left.
func saidFound(ctx context.Context, d *desk.Desk, x desk.Disclosing, by notice.ID) error {
	for range 8 {
		ask, answer, err := d.CheckDisclosure(ctx, x)
		var no *desk.Error
		if errors.As(err, &no) {
			return nil // this notice has no such data
		}
		if err != nil {
			return err
		}
		if answer.Decision == notice.Refuse {
			return nil
		}
		if answer.Decision == notice.Allow {
			if by != "" && answer.Rule != by {
				return nil
			}
			if _, _, err := d.RecordDisclosure(ctx, x); err != nil {
				return fmt.Errorf("record a disclosure of the demo's past: %w", err)
			}
			return nil
		}
		x.Facts = ask.Facts
		for _, c := range answer.Conditions {
			for _, fact := range c.Facts {
				if err := x.Facts.Say(fact); err != nil {
					return fmt.Errorf("a disclosure of the demo's past: %w", err)
				}
			}
		}
	}
	return nil
}

// saidWords gives somebody's word for two of three promises that rest on one, and signs
// off what shows the public how different promises stand.
func saidWords(ctx context.Context, d *desk.Desk) error {
	n, shown := 0, map[string]int{}
	var public []string
	for _, s := range d.Notice.Words.Promises() {
		for _, c := range d.Notice.Promises[s.ID] {
			if shown[string(c.Check)]++; shown[string(c.Check)] == 1 && len(public) < 12 && c.Check != promise.NotCheckableName {
				public = append(public, string(s.ID))
			}
			if c.Check != promise.AttestName {
				continue
			}
			if n++; n%3 == 0 {
				continue
			}
			if err := d.AttestPromise(ctx, "cli", string(s.ID), "Gone through with the team; the note is with the board's papers."); err != nil {
				return err
			}
		}
	}
	slices.Sort(public)
	return d.PublishPromises(ctx, "cli", slices.Compact(public)...)
}
