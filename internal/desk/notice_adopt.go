package desk

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tenet/internal/ledger"
	"tenet/internal/letter"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// NewNotice makes a folder with a copy of the notice in force, to be written on: it says
// that it takes effect on a day to come.
func (d *Desk) NewNotice(ctx context.Context, dir string, effective notice.Date) error {
	if _, err := os.Stat(dir); err == nil {
		return &Error{Code: "occupied", What: "there is something there already", Where: dir, Mend: "name a folder that does not exist"}
	}
	if err := d.ahead(ctx, effective); err != nil {
		return err
	}
	from, err := d.noticeFiles(ctx, d.Notice.Version())
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, from); err != nil {
		return fmt.Errorf("copy the notice: %w", err)
	}
	path := filepath.Join(dir, "landlord.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("copy the notice: %w", err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "effective:"):
			lines[i] = "effective: " + string(effective) + "\n"
		case strings.HasPrefix(line, "until:"):
			lines[i] = ""
		}
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
		return fmt.Errorf("copy the notice: %w", err)
	}
	_, err = notice.Load(os.DirFS(dir))
	return err
}

// ahead refuses a day on which no new version may take effect: versions only follow each
// other, and what has happened was decided by what was in force.
func (d *Desk) ahead(ctx context.Context, effective notice.Date) error {
	refuse := func(what, mend string) error {
		return &Error{Code: "effective", What: what, Where: "landlord.yaml: effective", Mend: mend}
	}
	if today := notice.Date(d.Today().String()); effective < today {
		return refuse(fmt.Sprintf("%s is past, and what has happened was decided by the notice of its day", effective), "write "+string(today)+" or later")
	}
	all, err := d.Versions(ctx)
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.Withdrawn == nil && v.Effective >= effective {
			return refuse(fmt.Sprintf("version %.12s takes effect on %s, and a new one must come after it", v.Hash, v.Effective), "write a later day; or take that one back, if its day has not come: tenet notice withdraw")
		}
	}
	return nil
}

// Significance is what somebody decides of a new version: whether the people must be told
// of what it changes, which of them, and why.
type Significance struct {
	Decided     bool // false takes what the comparison proposes, where that is "no"
	Significant bool
	Why         string
	// People are the kinds whom it concerns. Empty is those of the changes that are likely
	// to be significant; where none is, all that a change touches.
	People []notice.ID
	// Despite names the rules of the linter whose errors are known, and do not hold it up.
	Despite []string
}

// Adopted is a version with what it changes.
type Adopted struct {
	Version    Version           `json:"version"`
	Comparison notice.Comparison `json:"comparison"`
}

// Adopt keeps the notice of a folder as the version that decides from its effective date
// on. Errors that the linter finds in it have to be waived in waivers.yaml, or overruled by
// name. Where the changes are likely to be significant, somebody must have decided whether
// they are. The ledger keeps both with it.
func (d *Desk) Adopt(ctx context.Context, by, dir string, s Significance) (Adopted, error) {
	from := os.DirFS(dir)
	n, err := notice.Load(from)
	if err != nil {
		return Adopted{}, fmt.Errorf("the notice in %s: %w", dir, err)
	}
	if n.Landlord.ID != d.Notice.Landlord.ID {
		return Adopted{}, &Error{Code: "landlord", What: fmt.Sprintf("this notice is of %s, and the workspace of %s", n.Landlord.ID, d.Notice.Landlord.ID), Where: "landlord.yaml: id", Mend: "a workspace is one landlord's, for good; make another with tenet init"}
	}
	if err := d.ahead(ctx, n.Landlord.Effective); err != nil {
		return Adopted{}, err
	}
	former, err := d.latest(ctx)
	if err != nil {
		return Adopted{}, err
	}
	c := notice.Compare(former, n)
	if err := s.decided(n, c); err != nil {
		return Adopted{}, err
	}
	if err := d.toldBefore(n.Landlord.Effective, s); err != nil {
		return Adopted{}, err
	}
	if err := d.faultless(n, s); err != nil {
		return Adopted{}, err
	}
	if s.Why == "" {
		s.Why = "no change is likely to be significant"
	}
	files, err := packNotice(from)
	if err != nil {
		return Adopted{}, err
	}
	v := Version{Hash: n.Version(), Effective: n.Landlord.Effective, Until: n.Landlord.Until, Kept: d.Now().UTC(), By: by, Adopted: true, Significant: s.Significant, Reason: s.Why, People: s.People, Despite: s.Despite}
	kinds := make(map[notice.ChangeKind]int)
	for _, change := range c.Changes {
		kinds[change.Kind]++
	}
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		if err := keepNotice(ctx, tx, d.Config.Landlord, v, files); err != nil {
			return err
		}
		if err := d.openNew(ctx, tx, by, former, n); err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "notice.adopted", Notice: v.Hash}, map[string]any{
			"effective": v.Effective, "from": c.From.Version, "proposed": c.Significant, "significant": v.Significant, "why": v.Reason, "changes": kinds, "people": v.People, "despite": v.Despite})
	})
	return Adopted{v, c}, err
}

// mostNamed is how many changes a refusal names.
const mostNamed = 12

// decided refuses a decision that is none, or not one of this notice.
func (s Significance) decided(n *notice.Notice, c notice.Comparison) error {
	if !s.Decided && c.Significant {
		var all []string
		for _, x := range c.Changes {
			if x.Significant {
				all = append(all, x.Says+" ("+x.Pos.String()+")")
			}
		}
		return &Error{Code: "significance", What: "it changes what people would want to know of, and nobody has decided whether they are told: " + listed(all), Where: "--significant",
			Mend: "look at it with tenet notice diff, and say --significant or --not-significant, with --why"}
	}
	if s.Why == "" && (s.Decided || len(s.Despite) > 0) {
		return &Error{Code: "significance", What: "nothing says why", Where: "--why", Mend: "say in a sentence why the changes are significant or are not, and why errors stand"}
	}
	if len(s.People) > 0 && !s.Significant {
		return &Error{Code: "significance", What: "people are named whom it concerns, and it is not significant", Where: "--people", Mend: "say --significant too, or leave --people out"}
	}
	var known []string
	for _, p := range n.Data.People {
		known = append(known, string(p.ID))
	}
	for _, id := range s.People {
		if !slices.Contains(known, string(id)) {
			return &Error{Code: "people", What: fmt.Sprintf("the notice has no people called %q", id), Where: "--people", Mend: oneOf(known, "data.yaml names none")}
		}
	}
	return nil
}

func listed(all []string) string {
	if more := len(all) - mostNamed; more > 0 {
		all = append(all[:mostNamed:mostNamed], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(all, "; ")
}

// faultless refuses a notice in which the linter finds errors that nobody waived, and that
// are not overruled by the name of their rule.
func (d *Desk) faultless(n *notice.Notice, s Significance) error {
	found, err := d.LintNotice(n)
	if err != nil {
		return err
	}
	first, times := map[string]string{}, map[string]int{}
	for _, f := range found.Errors() {
		if times[f.Rule]++; times[f.Rule] == 1 {
			first[f.Rule] = fmt.Sprintf("%s: %s", f.Pos, f.Why)
		}
	}
	var all []string
	for _, r := range slices.Sorted(maps.Keys(times)) {
		if !slices.Contains(s.Despite, r) {
			all = append(all, fmt.Sprintf("%s, %s, first %s", r, counted(times[r], "time", "times"), first[r]))
		}
	}
	if len(all) > 0 {
		return &Error{Code: "errors", What: fmt.Sprintf("the linter finds errors in it on %s, by %s: %s", found.On, counted(len(all), "rule", "rules"), strings.Join(all, "; ")), Where: "--despite",
			Mend: "mend them; or waive them for a time in waivers.yaml; or name the rules, --despite RULE,RULE, and say --why"}
	}
	for _, r := range s.Despite {
		if times[r] == 0 {
			return &Error{Code: "errors", What: fmt.Sprintf("nothing is found by the rule %q that would have to be overruled", r), Where: "--despite", Mend: "leave it out"}
		}
	}
	return nil
}

// Withdraw takes back a version before its day. It stays kept, and the ledger has both
// that it was adopted and that it was not to be; it decides nothing, and another may take
// its place. While letters about it are on their way it stays: they would tell people of
// what will not be.
func (d *Desk) Withdraw(ctx context.Context, by, hash, why string) (Version, error) {
	n, err := d.NoticeVersion(ctx, hash)
	if err != nil {
		return Version{}, err
	}
	refuse := func(what, mend string) error {
		return &Error{Code: "withdraw", What: what, Where: "VERSION", Mend: mend}
	}
	if why = strings.TrimSpace(why); why == "" {
		return Version{}, &Error{Code: "withdraw", What: "nothing says why", Where: "--why", Mend: "say in a sentence why it is not to come into force"}
	}
	var v Version
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		all, err := versions(ctx, tx, d.Config.Landlord)
		if err != nil {
			return err
		}
		v = all[slices.IndexFunc(all, func(v Version) bool { return v.Hash == n.Version() })]
		switch today := notice.Date(d.Today().String()); {
		case v.Withdrawn != nil:
			return refuse("it was withdrawn already", "tenet notice versions says by whom")
		case !v.Adopted:
			return refuse("it was never adopted: it only stood in the folder", "write on the folder")
		case v.Effective <= today:
			return refuse("it has been in force since "+string(v.Effective)+", and what happened since was decided by it", "adopt another version to follow it")
		}
		// A telling that still runs asks in the transaction of each batch whether it was withdrawn.
		var waits int
		var number sql.NullString
		err = tx.QueryRowContext(ctx, `SELECT count(*), min(c.number) FROM desk_letter l JOIN cases c ON c.landlord = l.landlord AND c.id = l.case_id
			WHERE c.landlord = $1 AND c.channel = $2 AND c.notice = $3 AND l.kind = $4 AND l.state IN ($5, $6)`,
			d.Config.Landlord, tellChannel, v.Hash, string(letter.NoticeChanged), string(Queued), string(ToPrint)).Scan(&waits, &number)
		if err != nil {
			return fmt.Errorf("count the letters about version %s that wait: %w", v.Hash, err)
		}
		if waits > 0 {
			return refuse(counted(waits, "letter about it is", "letters about it are")+" on the way", "when they have gone, or were set aside in "+number.String+", withdraw it, and tell those people that it is not so")
		}
		v.Withdrawn = &Done{At: d.Now().UTC(), By: by, Proof: why}
		if _, err := tx.ExecContext(ctx, `UPDATE desk_notice SET withdrawn = $3, withdrawn_by = $4, withdrawn_why = $5 WHERE landlord = $1 AND version = $2`,
			d.Config.Landlord, v.Hash, store.Micros(v.Withdrawn.At), by, why); err != nil {
			return fmt.Errorf("withdraw version %s of the notice: %w", v.Hash, err)
		}
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "notice.withdrawn", Notice: v.Hash}, map[string]any{"effective": v.Effective, "why": why})
	})
	return v, err
}

// toldBefore refuses to bring a significant change into force sooner than the notice in
// force says that people hear of it.
func (d *Desk) toldBefore(effective notice.Date, s Significance) error {
	ch := d.Notice.Landlord.Changes
	if !s.Significant || ch == nil || ch.Before == "" {
		return nil
	}
	years, months, days := ch.Before.Parts()
	if first := d.Today().AddMonths(12*years + months).AddDays(days); effective < notice.Date(first.String()) {
		return &Error{Code: "effective", What: fmt.Sprintf("people are to be told %s before a change, as the notice in force promises", ch.Before.Words()), Where: "landlord.yaml: effective", Mend: "write " + first.String() + " or later"}
	}
	return nil
}

// latest is the version that comes into force last.
func (d *Desk) latest(ctx context.Context) (*notice.Notice, error) {
	all, err := d.Versions(ctx)
	if err != nil {
		return nil, err
	}
	if v, ok := governing(all, "9999-12-31"); ok {
		return d.NoticeVersion(ctx, v.Hash)
	}
	return d.Notice, nil
}
