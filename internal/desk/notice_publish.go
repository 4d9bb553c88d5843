package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Place of display, and people to be told: what is left to do with a version.
const (
	onDisplay = "display"
	toPeople  = "people"
)

// Done is when something was done with a version, who said so, and what shows it.
type Done struct {
	At    time.Time `json:"at"`
	By    string    `json:"by"`
	Proof string    `json:"proof,omitempty"`
}

// Shown is a place where the notice is to be found, and whether a version was put up there.
type Shown struct {
	Display notice.Display `json:"display"`
	Done    *Done          `json:"confirmed,omitempty"`
}

// Audience is a kind of people whom a significant version concerns, and whether they were
// told of them. Who they are, one by one, is for a search: the notice knows only kinds.
type Audience struct {
	People notice.People `json:"people"`
	Why    []string      `json:"why"` // the changes that concern them, or why somebody named them
	Done   *Done         `json:"told,omitempty"`
}

// Publication is how far a version has been published. It is done when each place of
// display has been confirmed and, where the changes are significant, everybody they
// concern was told.
type Publication struct {
	Version Version    `json:"version"`
	Before  string     `json:"before,omitempty"` // the version that it follows
	Places  []Shown    `json:"places"`
	People  []Audience `json:"people"`
	Whole   bool       `json:"whole"`
}

// Publication says how far a version has been published; an empty hash is that in force.
func (d *Desk) Publication(ctx context.Context, hash string) (Publication, error) {
	if hash == "" {
		hash = d.Notice.Version()
	}
	n, err := d.NoticeVersion(ctx, hash)
	if err != nil {
		return Publication{}, err
	}
	all, err := d.Versions(ctx)
	if err != nil {
		return Publication{}, err
	}
	at := slices.IndexFunc(all, func(v Version) bool { return v.Hash == n.Version() })
	if at < 0 {
		return Publication{}, fmt.Errorf("version %s is not kept", n.Version())
	}
	p := Publication{Version: all[at], Whole: true}
	done, err := d.noticeDone(ctx, n.Version())
	if err != nil {
		return Publication{}, err
	}
	for _, place := range n.Landlord.Displays {
		x := Shown{Display: place, Done: done[onDisplay+" "+string(place.ID)]}
		p.Whole = p.Whole && x.Done != nil
		p.Places = append(p.Places, x)
	}
	former, ok := governing(all[at+1:], p.Version.Effective)
	p.Before = former.Hash
	if ok && p.Version.Significant && p.Version.Withdrawn == nil {
		old, err := d.NoticeVersion(ctx, former.Hash)
		if err != nil {
			return Publication{}, err
		}
		for _, a := range Concerned(old, n, p.Version) {
			a.Done = done[toPeople+" "+string(a.People.ID)]
			p.Whole = p.Whole && a.Done != nil
			p.People = append(p.People, a)
		}
	}
	return p, nil
}

func (d *Desk) noticeDone(ctx context.Context, version string) (map[string]*Done, error) {
	all := make(map[string]*Done)
	err := d.Store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT what, id, at, actor, proof FROM desk_notice_done WHERE landlord = $1 AND version = $2`, d.Config.Landlord, version)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var what, id string
			var at int64
			var x Done
			if err := rows.Scan(&what, &id, &at, &x.By, &x.Proof); err != nil {
				return err
			}
			x.At = store.Time(at)
			all[what+" "+id] = &x
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read where version %s has been put up: %w", version, err)
	}
	return all, nil
}

// ConfirmDisplay records that a version is to be seen at a place of display, and what
// shows it. An empty hash is the version in force.
func (d *Desk) ConfirmDisplay(ctx context.Context, by, hash, place, proof string) error {
	p, err := d.Publication(ctx, hash)
	if err != nil {
		return err
	}
	var ids []string
	for _, x := range p.Places {
		ids = append(ids, string(x.Display.ID))
	}
	if !slices.Contains(ids, place) {
		return &Error{Code: "display", What: fmt.Sprintf("the notice has no place of display called %q", place), Where: "PLACE", Mend: oneOf(ids, "landlord.yaml lists none; add displays:")}
	}
	return d.noticeIsDone(ctx, by, p.Version.Hash, onDisplay, place, proof, "notice.displayed")
}

// ConfirmTold records that the people of a kind were told of what a version changes, how,
// and what shows it.
func (d *Desk) ConfirmTold(ctx context.Context, by, hash, people, proof string) error {
	p, err := d.Publication(ctx, hash)
	if err != nil {
		return err
	}
	var ids []string
	for _, x := range p.People {
		ids = append(ids, string(x.People.ID))
	}
	if !slices.Contains(ids, people) {
		return &Error{Code: "people", What: fmt.Sprintf("no change of this version that was found significant concerns people called %q", people), Where: "PEOPLE", Mend: oneOf(ids, "nobody is to be told of this version")}
	}
	if proof == "" {
		return &Error{Code: "proof", What: "nothing shows that they were told", Where: "--proof", Mend: "say how and when, and where that can be seen"}
	}
	return d.noticeIsDone(ctx, by, p.Version.Hash, toPeople, people, proof, "notice.told")
}

func oneOf(ids []string, none string) string {
	if len(ids) == 0 {
		return none
	}
	return "choose among " + strings.Join(ids, ", ")
}

func (d *Desk) noticeIsDone(ctx context.Context, by, version, what, id, proof, act string) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO desk_notice_done (landlord, version, what, id, at, actor, proof) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (landlord, version, what, id) DO UPDATE SET at = excluded.at, actor = excluded.actor, proof = excluded.proof`,
			d.Config.Landlord, version, what, id, store.Micros(d.Now()), by, proof)
		if err != nil {
			return fmt.Errorf("record where version %s is: %w", version, err)
		}
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: act, Notice: version}, map[string]string{what: id, "proof": proof})
	})
}

// Concerned are the kinds of people whom the differences between two versions concern, if
// the later is significant: those that somebody named when it was adopted. Where nobody
// named any, it is those whom the changes touch that are likely to be significant; where
// none is likely to be and a person found it so, those whom any change of a rule touches,
// whichever way; and everybody where there is none. A change of something that is no one
// kind's, such as a right, touches everybody.
func Concerned(old, new *notice.Notice, v Version) []Audience {
	c := notice.Compare(old, new)
	why := make(map[notice.ID][]string)
	touched := func(changes []notice.Change, all bool) {
		for _, x := range changes {
			if !all && !x.Significant {
				continue
			}
			for _, id := range concerns(old, new, x) {
				if !slices.Contains(why[id], x.Says) {
					why[id] = append(why[id], x.Says)
				}
			}
		}
	}
	touched(c.Changes, false)
	if len(why) == 0 && v.Significant || len(v.People) > 0 {
		touched(c.Rules(), true)
	}
	none := len(why) == 0
	var all []Audience
	for _, p := range new.Data.People {
		if slices.Contains(v.People, p.ID) || len(v.People) == 0 && (len(why[p.ID]) > 0 || none && v.Significant) {
			a := Audience{People: p, Why: why[p.ID]}
			if len(a.Why) == 0 {
				a.Why = []string{v.Reason}
			}
			all = append(all, a)
		}
	}
	return all
}

// concerns are the kinds of people whom one change is about.
func concerns(old, new *notice.Notice, c notice.Change) []notice.ID {
	var ids []notice.ID
	uses := append(slices.Clone(old.Uses.Uses), new.Uses.Uses...)
	switch c.Thing {
	case "use":
		for _, u := range uses {
			if u.ID == c.ID {
				ids = append(ids, u.People...)
			}
		}
	case "category":
		for _, u := range uses {
			if slices.Contains(u.Categories, c.ID) {
				ids = append(ids, u.People...)
			}
		}
	case "sharing rule":
		var of []notice.ID // the categories that go out by it
		for _, r := range append(slices.Clone(old.Sharing.Rules), new.Sharing.Rules...) {
			if r.ID == c.ID {
				of = append(of, r.Categories...)
			}
		}
		for _, u := range uses {
			if slices.ContainsFunc(of, func(id notice.ID) bool { return slices.Contains(u.Categories, id) }) {
				ids = append(ids, u.People...)
			}
		}
	}
	if len(ids) == 0 {
		for _, p := range new.Data.People {
			ids = append(ids, p.ID)
		}
	}
	return ids
}
