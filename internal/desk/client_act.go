package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/datamap"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Routed is where a case belongs.
type Routed struct {
	Case string `json:"case"`
	// Client is whom it is passed to; empty where it is ours, or a person decides.
	Client  string `json:"client,omitempty"`
	Officer string `json:"officer,omitempty"`
	// Ours says that the person is in our own set too: the case stays open for that part.
	Ours bool `json:"ours"`
	// Asks says that nobody can tell yet: somebody is to find out more.
	Asks bool   `json:"asks"`
	Says string `json:"says"`
}

// RouteCase finds out whose customer the person of a case is. Where that is one
// client's, it gives a task to pass the case to that client by the end of the day, and
// once only; [cases.Cases.Transfer] closes it when that is done. A complaint goes the
// same way as a request.
func (d *Desk) RouteCase(ctx context.Context, by, number string) (Routed, error) {
	k, err := d.Cases.ByNumber(ctx, number)
	if err != nil {
		return Routed{}, err
	}
	out := Routed{Case: k.Number}
	if client, err := d.caseSet(k); err != nil || client != "" {
		out.Client, out.Says = client, "it was opened to be answered for this client, from its records: record its instruction with tenet client instruct "+k.Number
		return out, err
	}
	if err := d.everywhere(ctx); err != nil {
		return out, err
	}
	sets, err := d.Locate(ctx, by, personQuery(k).readable())
	if err != nil {
		return out, err
	}
	var clients []string
	several := false
	for _, s := range sets {
		several = several || s.Several
		if s.Client == "" {
			out.Ours = true
		} else {
			clients = append(clients, s.Client)
		}
	}
	switch {
	case len(sets) == 0:
		out.Asks, out.Says = true, "nobody like that is in any set: ask for a reference, or which landlord it is"
		return out, nil
	case several || len(clients) > 1:
		out.Asks, out.Says = true, "more than one person or client could be meant: ask for a date of birth or reference, then route it again"
		return out, nil
	case len(clients) == 0:
		out.Says = "the person is our own customer: it is ours to answer"
		return out, nil
	}
	c, err := d.client(clients[0])
	if err != nil {
		return out, err
	}
	out.Client, out.Officer = clients[0], d.officerOf(c)
	what := "Pass this to " + c.Name + " today: it decides over this record (UK GDPR Article 28). Keep a copy."
	if out.Officer != "" {
		what += " Write to: " + out.Officer + "."
	}
	if out.Ours {
		what += " The person is our own customer too: answer that part here."
	}
	owner := cmp.Or(string(c.Officer), systemOwner) // whoever routes it may have no account
	tasks := []cases.NewTask{{Sort: cases.TaskTell, Place: out.Client, Owner: owner, Due: EndOfDay(d.Today()), What: what}}
	// A complaint is the client's to answer and ours to learn from: our officer has a copy.
	if ours := d.ownOfficer(); ours != "" && (k.Kind == law.KindDataComplaint || k.Kind == law.KindComplaint) {
		tasks = append(tasks, cases.NewTask{Sort: cases.TaskOther, Place: complaintCopy, Owner: ours, Due: EndOfDay(d.Today()),
			What: "A complaint about a record of " + c.Name + " goes to its officer today. This copy is yours: see whether it is about what we did, and what to do better."})
	}
	_, err = d.Cases.Assign(ctx, cases.On{Case: k.ID, By: by, Once: "client-route-" + k.ID + "-" + out.Client}, tasks...)
	out.Says = what
	return out, err
}

// complaintCopy is where the task leads by which our own officer has a copy of a complaint.
const complaintCopy = "complaint-copy"

// ownOfficer is who of ours has complaints about data: our data protection officer, or
// else the contact of the first step of the ladder, which every notice has.
func (d *Desk) ownOfficer() string {
	for _, c := range d.Notice.Landlord.Contacts {
		if c.DPO {
			return string(c.ID)
		}
	}
	for _, s := range d.Notice.Rights.Complaints {
		if s.Route == notice.OurOwn {
			return string(s.Contact)
		}
	}
	return ""
}

// Leaving is what is to be done with a client's records when the contract ends.
type Leaving struct {
	Client string `json:"client"`
	Name   string `json:"name"`
	Ended  string `json:"ended"`
	// Action is what the notice says is done, and Within how soon; both may be empty,
	// where the notice does not say. The client chooses then: UK GDPR Article 28(3)(g).
	Action string      `json:"action,omitempty"`
	Within string      `json:"within,omitempty"`
	Parts  []LeavePart `json:"parts"`
	// Segments is how many tables left the index.
	Segments int `json:"segments"`
	// Kept is what Tenet itself keeps of the client's customers, to be returned to the client
	// and then deleted: see ReturnKept. Lessons is how many rules of redaction, learnt for the
	// client's answers, were deleted now.
	Kept    contact.Counts `json:"kept"`
	Lessons int            `json:"lessons"`
}

// LeavePart is one place that has the client's records.
type LeavePart struct {
	Source string `json:"source"`
	Table  string `json:"table"`
	// Column and Values tell the client's rows from others'; empty where all rows are the
	// client's, or where Owners says whose rows they hang below.
	Column string   `json:"column,omitempty"`
	Values []string `json:"values,omitempty"`
	Owners []string `json:"owners,omitempty"`
}

// EndClient makes a client's set unsearchable, for good, and says what is to be
// returned or deleted. It deletes nothing in any system. Done again it goes on where it
// stood. While a case is open that the client decides it refuses: nobody could answer it
// for the client afterwards, and its clock would run on.
func (d *Desk) EndClient(ctx context.Context, by, id string) (Leaving, error) {
	c, err := d.client(id)
	if err == nil {
		err = d.everywhere(ctx)
	}
	if err != nil {
		return Leaving{}, err
	}
	ended, err := d.ended()
	if err != nil {
		return Leaving{}, err
	}
	out := Leaving{Client: id, Name: c.Name, Ended: ended[id], Parts: []LeavePart{}}
	if c.Ends != nil {
		out.Action, out.Within = strings.ReplaceAll(string(c.Ends.Action), "-", " "), c.Ends.Within.Words()
	}
	alone := map[string]bool{} // tables that are the client's alone, by source and table
	for _, sys := range d.Config.Sources {
		m, err := d.Map(sys.Name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return out, err
		}
		for _, name := range slices.Sorted(maps.Keys(m.Tables)) {
			t := m.Tables[name]
			if !slices.Contains(m.SetsOf(name), id) {
				continue
			}
			p := LeavePart{Source: sys.Name, Table: name}
			switch {
			case m.SetOf(name) == (datamap.Set{Client: id, Known: true}):
				alone[sys.Name+"."+name] = true
			case t.ClientFrom != nil:
				p.Column, p.Values = t.ClientFrom.Column, t.ClientFrom.Clients[id]
			default:
				for _, e := range t.OwnedBy {
					p.Owners = append(p.Owners, e.Table)
				}
			}
			out.Parts = append(out.Parts, p)
		}
	}
	act := ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "client.ending", Notice: d.Notice.Version(), Once: "client.ending:" + id}
	if out.Ended == "" {
		if err := d.decided(ctx, c); err != nil {
			return out, err
		}
		out.Ended = d.Today().String()
		// That it was to be ended is on record before anything changes: nothing becomes
		// unsearchable of which the ledger does not say who wanted it.
		if err := d.recordOnce(ctx, act, map[string]any{"client": id}); err != nil {
			return out, err
		}
		if err := d.setEnded(id, out.Ended); err != nil {
			return out, err
		}
	}
	x, err := d.openIndex(ctx)
	if err != nil {
		return out, err
	}
	defer x.Close()
	had, err := x.Tables(ctx)
	if err != nil {
		return out, err
	}
	for _, t := range had {
		if alone[t.Source+"."+t.Table] {
			out.Segments++
		}
	}
	if err := x.Forget(ctx, func(source, table string) bool { return !alone[source+"."+table] }); err != nil {
		return out, err
	}
	if out.Lessons, err = d.unlearnClient(ctx, by, id); err != nil {
		return out, err
	}
	register, err := d.contactsIn(id)
	if err == nil {
		out.Kept, err = register.Count(ctx)
	}
	if err != nil {
		return out, err
	}
	act.Name, act.Once = "client.ended", "client.ended:"+id
	return out, d.recordOnce(ctx, act, map[string]any{"client": id, "ended": out.Ended, "places": len(out.Parts), "action": out.Action})
}

// recordOnce writes an entry of the ledger, if it is not there yet.
func (d *Desk) recordOnce(ctx context.Context, act ledger.Act, facts map[string]any) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Record(ctx, act, facts); !errors.Is(err, store.ErrRecorded) {
			return err
		}
		return nil
	})
}

// setEnded writes that a client's contract has ended into tenet.yaml: from then on
// every process that opens the workspace leaves its set out.
func (d *Desk) setEnded(id, day string) error {
	next := d.written
	next.Ended = maps.Clone(next.Ended)
	if next.Ended == nil {
		next.Ended = map[string]string{}
	}
	next.Ended[id] = day
	if err := writeConfig(d.Dir, next); err != nil {
		return err
	}
	d.written, d.Config.Ended = next, next.Ended
	return nil
}

// ended are the clients whose contracts have ended, as tenet.yaml has it now: another
// process may have ended one since this one started.
func (d *Desk) ended() (map[string]string, error) {
	c, err := readConfig(d.Dir)
	return c.Ended, err
}

// endClients makes a map skip what belongs to clients whose contracts have ended.
func (d *Desk) endClients(m *datamap.Map) error {
	ended, err := d.ended()
	if err != nil || len(ended) == 0 {
		return err
	}
	why := map[string]string{}
	for id, day := range ended {
		why[id] = fmt.Sprintf("the contract of the client %s ended on %s", id, day)
	}
	m.EndClients(why)
	return nil
}

// String is the place with what tells the client's rows from others'.
func (p LeavePart) String() string {
	at := p.Source + ": " + p.Table
	switch {
	case p.Column != "":
		return at + ", rows where " + p.Column + " is " + strings.Join(p.Values, " or ")
	case len(p.Owners) > 0:
		return at + ", rows below the client’s rows of " + strings.Join(p.Owners, " or ")
	}
	return at + ", all rows"
}
