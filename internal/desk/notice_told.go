package desk

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/letter"
	"tenet/internal/notice"
	"tenet/internal/rule"
	"tenet/internal/store"
)

// TellState is how far the letters of one company about a version have come.
type TellState struct {
	Company string    `json:"company"`
	Name    string    `json:"name"`
	Case    string    `json:"case"`
	Queued  int       `json:"queued"` // to go by e-mail
	Sent    int       `json:"sent"`   // by e-mail
	Print   int       `json:"print"`  // wait to be printed and posted
	Posted  int       `json:"posted"`
	Dropped int       `json:"dropped"` // not to go out after all
	Failed  int       `json:"failed"`  // of those to print or posted: e-mail did not take them
	First   time.Time `json:"first,omitzero"`
	Last    time.Time `json:"last,omitzero"` // when the last that went did
}

// Letters is how many there are.
func (s TellState) Letters() int { return s.Queued + s.Sent + s.Print + s.Posted + s.Dropped }

// ToldOf is what shows that people were told of a version: their letters, counted, by
// company.
func (d *Desk) ToldOf(ctx context.Context, hash string) ([]TellState, error) {
	n, err := d.NoticeVersion(ctx, hash)
	if err != nil {
		return nil, err
	}
	var ids []string
	at := map[string]*TellState{}
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		held, err := tx.QueryContext(ctx, `SELECT id, number FROM cases WHERE landlord = $1 AND channel = $2 AND notice = $3 ORDER BY number`, d.Config.Landlord, tellChannel, n.Version())
		if err != nil {
			return err
		}
		defer held.Close()
		for held.Next() {
			var id string
			s := &TellState{}
			if err := held.Scan(&id, &s.Case); err != nil {
				return err
			}
			ids, at[id] = append(ids, id), s
		}
		return errors.Join(held.Err(), held.Close())
	})
	for _, id := range ids {
		if err == nil {
			err = d.tellState(ctx, id, at[id])
		}
	}
	if err != nil {
		return nil, fmt.Errorf("count who was told of version %s: %w", n.Version(), err)
	}
	out := []TellState{}
	for _, id := range ids {
		if at[id].Letters() > 0 {
			out = append(out, *at[id])
		}
	}
	return out, nil
}

func (d *Desk) tellState(ctx context.Context, id string, s *TellState) error {
	k, err := d.Cases.Get(ctx, id)
	if err != nil {
		return err
	}
	s.Company, s.Name = k.Entity, d.companyName(k.Entity)
	return d.Store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT state, count(*), sum(CASE WHEN why <> '' THEN 1 ELSE 0 END), min(written), max(ended) FROM desk_letter
			WHERE landlord = $1 AND case_id = $2 AND kind = $3 GROUP BY state`, d.Config.Landlord, id, string(letter.NoticeChanged))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var state Sending
			var n, failed int
			var first int64
			var last sql.NullInt64
			if err := rows.Scan(&state, &n, &failed, &first, &last); err != nil {
				return err
			}
			if at := store.Time(first); s.First.IsZero() || at.Before(s.First) {
				s.First = at
			}
			if at := store.Time(last.Int64); last.Valid && at.After(s.Last) {
				s.Last = at
			}
			switch state {
			case Queued:
				s.Queued = n
			case Mailed:
				s.Sent = n
			case ToPrint:
				s.Print, s.Failed = n, s.Failed+failed
			case Posted:
				s.Posted, s.Failed = n, s.Failed+failed
			case Dropped:
				s.Dropped = n
			}
		}
		return rows.Err()
	})
}

// tellPrint gives the letters about a version that wait to be printed, in batches.
func (d *Desk) tellPrint(ctx context.Context, hash string, each func(cases.Case, []Outgoing) error) error {
	told, err := d.ToldOf(ctx, hash)
	if err != nil {
		return err
	}
	for _, s := range told {
		k, err := d.Cases.ByNumber(ctx, s.Case)
		if err != nil {
			return err
		}
		for after := int64(0); ; {
			some, err := d.lettersWhere(ctx, `l.case_id = $2 AND l.state = 'print' AND l.n > $3 ORDER BY l.n LIMIT 200`, k.ID, after)
			if err != nil {
				return err
			}
			if len(some) == 0 {
				break
			}
			if err := each(k, some); err != nil {
				return err
			}
			after = some[len(some)-1].N
		}
	}
	return nil
}

// addressLines is how many columns of a print list have the address.
const addressLines = 6

// TellPrintList writes the letters about a version that go by post as CSV, for whoever
// prints them: who, where, in which language, and the words. Where that is another firm, to
// names it as the notice does: the rules of disclosure decide whether it may have the
// list, and the log keeps that it had it. Empty is for printing ourselves.
func (d *Desk) TellPrintList(ctx context.Context, w io.Writer, hash, by string, to notice.ID) (int, error) {
	version, err := d.NoticeVersion(ctx, hash)
	if err != nil {
		return 0, err
	}
	hash = version.Version()
	told, err := d.ToldOf(ctx, hash)
	if err != nil {
		return 0, err
	}
	waiting := 0
	for _, s := range told {
		waiting += s.Print
	}
	if waiting == 0 {
		return 0, &Error{Code: "print", What: "no letter about this version waits to be printed", Where: "VERSION", Mend: "tenet notice told says how its letters went"}
	}
	if to != "" {
		if err := d.givesToPrinter(ctx, hash, by, to, waiting); err != nil {
			return 0, err
		}
	}
	c := csv.NewWriter(w)
	head := []string{"reference", "language", "name"}
	for i := range addressLines {
		head = append(head, fmt.Sprintf("address%d", i+1))
	}
	if err := c.Write(append(head, "subject", "letter")); err != nil {
		return 0, fmt.Errorf("write the print list: %w", err)
	}
	n := 0
	err = d.tellPrint(ctx, hash, func(_ cases.Case, some []Outgoing) error {
		for _, o := range some {
			lines := splitAddress(o.Content.To)
			if len(lines) == 0 {
				continue // it did not go by e-mail, and nothing says where else
			}
			if len(lines) > addressLines {
				lines = append(lines[:addressLines-1], strings.Join(lines[addressLines-1:], ", "))
			}
			name := ""
			if len(o.Content.Letter.To) > len(splitAddress(o.Content.To)) {
				name = o.Content.Letter.To[0]
			}
			row := append([]string{o.Reference, string(o.Lang), name}, append(lines, make([]string, addressLines-len(lines))...)...)
			for i, v := range row {
				row[i] = unformula(v)
			}
			if err := c.Write(append(row, o.Content.Letter.Subject, o.Content.Letter.Text())); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if c.Flush(); err == nil {
		err = c.Error()
	}
	if err != nil {
		return n, fmt.Errorf("write the print list: %w", err)
	}
	return n, d.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "notice.print-list", Notice: hash}, map[string]any{"to": to, "letters": n})
	})
}

// unformula keeps a spreadsheet from reading a cell as a formula.
func unformula(s string) string {
	if strings.HasPrefix(s, "=") || strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") || strings.HasPrefix(s, "@") {
		return "'" + s
	}
	return s
}

// givesToPrinter decides by the notice's rules whether a firm may have a print list, and
// logs that it had it.
func (d *Desk) givesToPrinter(ctx context.Context, hash, by string, to notice.ID, people int) error {
	x := Disclosing{Ask: rule.Ask{To: to, Why: "To print and post the letters about a change of the notice"}, Way: "a list of letters to print", By: by, Once: fmt.Sprintf("notice %s print %s %d", hash, to, people)}
	for _, name := range []string{"name", "address", "letter"} {
		f, err := rule.ParseField(name)
		if err != nil {
			return err
		}
		x.Fields = append(x.Fields, f)
	}
	ask, decision, err := d.CheckDisclosure(ctx, x)
	if err != nil {
		return err
	}
	e, err := d.entry(ctx, x, ask, decision)
	if err != nil {
		return err
	}
	e.People, e.Once = int64(people), x.Once
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := d.Given.Record(ctx, tx, e, nil)
		return err
	})
}

// TellPosted records that the letters of a print list went to the post on a day.
func (d *Desk) TellPosted(ctx context.Context, hash, by string, day law.Date) (int, error) {
	n := 0
	err := d.tellPrint(ctx, hash, func(k cases.Case, some []Outgoing) error {
		if day.After(d.Today()) || day.Before(law.DateOf(some[0].Written)) {
			return &Error{Code: "usage", What: fmt.Sprintf("they cannot have been posted on %s: they were written on %s", day, law.DateOf(some[0].Written)), Where: "--day", Mend: "give the day they went to the post"}
		}
		some = slices.DeleteFunc(some, func(o Outgoing) bool { return o.Content.To == "" })
		err := d.Store.Write(ctx, func(tx *store.Tx) error {
			for _, o := range some {
				if err := d.move(ctx, tx, o, Posted, by, o.Why); err != nil {
					return err
				}
				if err := d.recordLetter(ctx, tx, o, k.Notice, by, "letter."+string(Posted), map[string]any{"day": day}); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			n += len(some)
		}
		return err
	})
	return n, err
}

// TellWords are the counts of a telling in a sentence, as it is kept as proof.
func TellWords(all []TellState) string {
	var parts []string
	for _, s := range all {
		went := fmt.Sprintf("%s: %d by e-mail, %d by post", s.Name, s.Sent, s.Posted)
		if s.Failed > 0 {
			went += fmt.Sprintf(" (of them %d after e-mail failed)", s.Failed)
		}
		if left := s.Queued + s.Print; left > 0 {
			went += fmt.Sprintf(", %d on their way", left)
		}
		if s.Dropped > 0 {
			went += fmt.Sprintf(", %d not sent", s.Dropped)
		}
		parts = append(parts, went+", letters of "+s.Case)
	}
	return strings.Join(parts, "; ")
}

// FinishTelling records that the kinds of people whom tables hold were told, once none of
// their letters is on its way any more; it says whether that is so. Kinds that no table
// holds are left to be confirmed by somebody.
func (d *Desk) FinishTelling(ctx context.Context, hash, by string) (bool, error) {
	told, err := d.ToldOf(ctx, hash)
	if err != nil {
		return false, err
	}
	for _, s := range told {
		if s.Queued+s.Print > 0 {
			return false, nil
		}
	}
	p, err := d.Publication(ctx, hash)
	if err != nil {
		return false, err
	}
	all := map[string]*datamap.Map{}
	for _, sys := range d.Config.Sources {
		m, err := d.Map(sys.Name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return false, err
		}
		all[sys.Name] = m
	}
	for _, k := range d.tellKinds(all, p) {
		i := slices.IndexFunc(p.People, func(a Audience) bool { return a.People.ID == k.People.ID })
		if len(k.Tables) == 0 || len(told) == 0 || p.People[i].Done != nil {
			continue
		}
		if err := d.ConfirmTold(ctx, by, p.Version.Hash, string(k.People.ID), TellWords(told)); err != nil {
			return false, err
		}
	}
	return true, nil
}
