package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

const (
	lookKept = 2 * 366 * 24 * time.Hour // how long it is known who looked, beyond the ledger
	openFor  = 4 * time.Hour            // how long sensitive records stay open
	looksMax = 500                      // shown of a case
)

// Looked notes that somebody looked at a page of a case, or at an item of it. The
// first look of a day is an entry of the ledger.
func (d *Desk) Looked(ctx context.Context, by, caseID, page, item string) error {
	now := d.Now()
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		first, err := tx.AddLook(ctx, d.Config.Landlord, store.StaffLook{Case: caseID, Staff: by, Day: d.Today().String(), Page: page, Item: item, Began: now}, now.Add(-lookKept))
		if err != nil || !first {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "staff.looked", Subject: by}, map[string]string{"case": caseID, "page": page})
	})
}

// Refused notes that somebody was refused a page of a case, or something to be done in it,
// where page is empty. Whoever may see who looked sees that too; the first of a day is an
// entry of the ledger.
func (d *Desk) Refused(ctx context.Context, by, caseID, page string) error {
	if page == "" {
		page = "an act"
	}
	now := d.Now()
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		first, err := tx.AddLook(ctx, d.Config.Landlord, store.StaffLook{Case: caseID, Staff: by, Day: d.Today().String(), Page: store.RefusedLook + page, Began: now}, now.Add(-lookKept))
		if err != nil || !first {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "staff.refused", Subject: by}, map[string]string{"case": caseID, "page": page})
	})
}

// Opening is leave that somebody took to open sensitive records, with their reason.
type Opening struct {
	store.StaffOpening
	Reason string
}

// Looks is who looked at a case and who opened its sensitive records, the newest first.
func (d *Desk) Looks(ctx context.Context, caseID string) (looks []store.StaffLook, openings []Opening, err error) {
	var sealed []store.StaffOpening
	err = d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if looks, err = tx.Looks(ctx, d.Config.Landlord, caseID, looksMax); err != nil {
			return err
		}
		sealed, err = tx.Openings(ctx, d.Config.Landlord, caseID, looksMax)
		return err
	})
	for _, o := range sealed {
		key, err := d.Keys.OpenDataKey(d.openingOwner(o.Case), o.Wrapped)
		if err != nil {
			return nil, nil, fmt.Errorf("why a case was opened: %w", err)
		}
		words, err := key.Open(o.Sealed, []byte(d.openingOwner(o.Case)))
		if err != nil {
			return nil, nil, fmt.Errorf("why a case was opened: %w", err)
		}
		openings = append(openings, Opening{o, string(words)})
	}
	return looks, openings, err
}

func (d *Desk) openingOwner(caseID string) string {
	return "opening/" + d.Config.Landlord + "/" + caseID
}

// OpenSensitive lets somebody read the sensitive records of a case for four hours,
// for a purpose that fits their role and the case. A reason alone gives no leave.
func (d *Desk) OpenSensitive(ctx context.Context, by store.Staff, k cases.Case, p Purpose, reason string) error {
	r := d.Role(by.Role)
	fit := Purposes(r, k.Kind, k.State)
	if !slices.Contains(fit, p) {
		return &Error{Code: "purpose", What: fmt.Sprintf("your role, %s, gives no such purpose in this case", r.Title), Where: k.Number,
			Mend: "choose one of the purposes that the page offers, or ask somebody whose work it is"}
	}
	if reason = strings.TrimSpace(reason); len(strings.Fields(reason)) < 2 {
		return &Error{Code: "purpose", What: "no reason is given", Where: k.Number, Mend: "say in a few words what you need to see and why"}
	}
	key, wrapped, err := d.Keys.NewDataKey(d.openingOwner(k.ID))
	if err != nil {
		return err
	}
	now := d.Now()
	o := store.StaffOpening{Case: k.ID, Staff: by.ID, Opened: now, Until: now.Add(openFor), Purpose: string(p), Wrapped: wrapped, Sealed: key.Seal([]byte(reason), []byte(d.openingOwner(k.ID)))}
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.AddOpening(ctx, d.Config.Landlord, o); err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by.ID, Name: "staff.opened-sensitive", Subject: by.ID},
			map[string]string{"case": k.ID, "purpose": string(p)})
	})
}

// Opened reports whether somebody has said why they open the sensitive records of a
// case, for a purpose that fits it still.
func (d *Desk) Opened(ctx context.Context, by store.Staff, k cases.Case) (bool, error) {
	var all []store.StaffOpening
	err := d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Opened(ctx, d.Config.Landlord, k.ID, by.ID, d.Now())
		return err
	})
	fit := Purposes(d.Role(by.Role), k.Kind, k.State)
	return slices.ContainsFunc(all, func(o store.StaffOpening) bool { return slices.Contains(fit, Purpose(o.Purpose)) }), err
}

// Holdings is what each table of the systems holds, by "source.table", as the maps
// have it. A source without a map holds nothing that is known.
func (d *Desk) Holdings() (map[string]Holding, error) {
	out := map[string]Holding{}
	for name, t := range d.ownMap().Tables {
		out[ownSource+"."+name] = holding(t)
	}
	for _, s := range d.Config.Sources {
		m, err := d.Map(s.Name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for name, t := range m.Tables {
			out[s.Name+"."+name] = holding(t)
		}
	}
	return out, nil
}

func holding(t *datamap.Table) Holding {
	var h Holding
	add := func(id string) {
		if id != "" && !slices.Contains(h.Categories, notice.ID(id)) {
			h.Categories = append(h.Categories, notice.ID(id))
		}
	}
	add(t.Category)
	for _, c := range t.Columns {
		add(c.Category)
		h.Sensitive = h.Sensitive || c.Kind == "special" || c.Kind == "criminal"
	}
	slices.Sort(h.Categories)
	return h
}

// MapsChanged is when the maps were written last, so that what was made of them can
// be kept until then.
func (d *Desk) MapsChanged() time.Time {
	var last time.Time
	for _, s := range d.Config.Sources {
		if info, err := os.Stat(d.mapFile(s.Name)); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}
