package desk

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Version is a version of the notice as it is kept: whole, by its content hash, for ever.
type Version struct {
	Hash      string      `json:"version"` // of the folder: notice.Notice.Version
	Effective notice.Date `json:"effective"`
	Until     notice.Date `json:"until,omitempty"`
	Kept      time.Time   `json:"kept"`
	By        string      `json:"by"`
	// Adopted says that somebody brought it into force by Adopt. One that was only found
	// in the workspace's folder governs until a version has been adopted.
	Adopted     bool   `json:"adopted"`
	Significant bool   `json:"significant"` // as was decided when it was adopted
	Reason      string `json:"reason,omitempty"`
}

// Significance is what somebody decides of a new version: whether the people must be told
// of what it changes, and why.
type Significance struct {
	Decided     bool // false takes what the comparison proposes, where that is "no"
	Significant bool
	Why         string
}

// Adopted is a version with what it changes.
type Adopted struct {
	Version    Version           `json:"version"`
	Comparison notice.Comparison `json:"comparison"`
}

// Versions are all that are kept, the one that comes into force last first.
func (d *Desk) Versions(ctx context.Context) ([]Version, error) {
	var all []Version
	err := d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		all, err = versions(ctx, tx, d.Config.Landlord)
		return err
	})
	return all, err
}

func versions(ctx context.Context, tx *store.Tx, landlord string) ([]Version, error) {
	rows, err := tx.QueryContext(ctx, `SELECT version, effective, until, kept, actor, adopted, significant, reason
		FROM desk_notice WHERE landlord = $1 ORDER BY effective DESC, kept DESC, version`, landlord)
	if err != nil {
		return nil, fmt.Errorf("list the versions of the notice: %w", err)
	}
	defer rows.Close()
	var all []Version
	for rows.Next() {
		var v Version
		var kept int64
		if err := rows.Scan(&v.Hash, &v.Effective, &v.Until, &kept, &v.By, &v.Adopted, &v.Significant, &v.Reason); err != nil {
			return nil, fmt.Errorf("list the versions of the notice: %w", err)
		}
		v.Kept = store.Time(kept)
		all = append(all, v)
	}
	return all, rows.Err()
}

// governing is the version that decides what happens on a day. Once a version has been
// adopted, one that only stood in the folder governs the days before and none after.
func governing(all []Version, day notice.Date) (Version, bool) {
	var first notice.Date // of the adopted ones
	for _, v := range all {
		if v.Adopted && (first == "" || v.Effective < first) {
			first = v.Effective
		}
	}
	for _, v := range all { // the last to come into force is first, and of one day the last kept
		if day >= v.Effective && (v.Until == "" || day <= v.Until) && (v.Adopted || first == "" || v.Effective < first) {
			return v, true
		}
	}
	return Version{}, false
}

// NoticeOn is the version of the notice that governs what happened on a day: the rules of
// that day decide it for ever.
func (d *Desk) NoticeOn(ctx context.Context, day notice.Date) (*notice.Notice, error) {
	all, err := d.Versions(ctx)
	if err != nil {
		return nil, err
	}
	v, ok := governing(all, day)
	if !ok {
		return nil, &Error{Code: "no-notice", What: "no version of the notice that is kept was in force on " + string(day), Where: "DATE", Mend: "tenet notice versions lists those that are kept"}
	}
	return d.NoticeVersion(ctx, v.Hash)
}

// NoticeVersion reads a version that is kept, by its content hash or the beginning of it.
func (d *Desk) NoticeVersion(ctx context.Context, hash string) (*notice.Notice, error) {
	if d.Notice != nil && d.Notice.Version() == hash {
		return d.Notice, nil
	}
	files, err := d.noticeFiles(ctx, hash)
	if err != nil {
		return nil, err
	}
	n, err := notice.Load(files)
	if err != nil {
		return nil, fmt.Errorf("the notice of version %s, as it is kept: %w", hash, err)
	}
	if !strings.HasPrefix(n.Version(), hash) {
		return nil, fmt.Errorf("the notice kept as version %s is version %s: the store was changed by something else than Tenet", hash, n.Version())
	}
	return n, nil
}

// noticeFiles is the folder of a version that is kept.
func (d *Desk) noticeFiles(ctx context.Context, hash string) (fs.FS, error) {
	all, err := d.Versions(ctx)
	if err != nil {
		return nil, err
	}
	whole := ""
	for _, v := range all {
		if len(hash) >= 6 && strings.HasPrefix(v.Hash, hash) {
			if whole != "" {
				return nil, &Error{Code: "version", What: fmt.Sprintf("two versions begin with %q", hash), Where: "VERSION", Mend: "write more of it: tenet notice versions"}
			}
			whole = v.Hash
		}
	}
	var body []byte
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT files FROM desk_notice WHERE landlord = $1 AND version = $2`, d.Config.Landlord, whole).Scan(&body)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &Error{Code: "version", What: fmt.Sprintf("no version of the notice is kept as %q", hash), Where: "VERSION", Mend: "tenet notice versions lists them; write at least six of its letters"}
	}
	if err != nil {
		return nil, fmt.Errorf("read the notice of version %s: %w", hash, err)
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, fmt.Errorf("read the notice of version %s: %w", hash, err)
	}
	return z, nil
}

// packNotice makes one stretch of bytes of a notice's folder.
func packNotice(from fs.FS) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range notice.Files() {
		content, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, fmt.Errorf("keep the notice: %w", err)
		}
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			return nil, fmt.Errorf("keep the notice: %w", err)
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

// keepNotice keeps a version, unless it is kept already.
func keepNotice(ctx context.Context, tx *store.Tx, landlord string, v Version, files []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO desk_notice (landlord, version, effective, until, kept, actor, adopted, significant, reason, files)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (landlord, version) DO NOTHING`,
		landlord, v.Hash, string(v.Effective), string(v.Until), store.Micros(v.Kept), v.By, whether(v.Adopted), whether(v.Significant), v.Reason, files)
	if err != nil {
		return fmt.Errorf("keep version %s of the notice: %w", v.Hash, err)
	}
	return nil
}

func whether(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// settleNotice chooses the notice that decides from today: the one adopted for the day, or
// where none has been adopted the one in the folder, which is then kept.
func (d *Desk) settleNotice(ctx context.Context, folder *notice.Notice) (*notice.Notice, error) {
	d.Folder = folder
	all, err := d.Versions(ctx)
	if err != nil {
		return nil, err
	}
	// What was adopted for a day to come leaves the folder as it is until then.
	if v, ok := governing(all, notice.Date(d.Today().String())); ok && v.Adopted && v.Hash != folder.Version() {
		return d.NoticeVersion(ctx, v.Hash)
	}
	if slices.ContainsFunc(all, func(v Version) bool { return v.Hash == folder.Version() }) {
		return folder, nil
	}
	files, err := packNotice(os.DirFS(filepath.Join(d.Dir, "notice")))
	if err != nil {
		return nil, err
	}
	v := Version{Hash: folder.Version(), Effective: folder.Landlord.Effective, Until: folder.Landlord.Until, Kept: d.Now(), By: "system"}
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		var known int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM landlord WHERE landlord = $1`, d.Config.Landlord).Scan(&known)
		if err != nil || known == 0 { // a store that is not this landlord's yet, as the doctor will say
			return err
		}
		return keepNotice(ctx, tx, d.Config.Landlord, v, files)
	})
	return folder, err
}

// Successor is the desk under the version of the notice that was adopted for today, where
// that is another than this one's: a day has begun on which it comes into force, or somebody
// adopted it. It is nil where nothing changes. All but the notice is shared with this desk: of
// the two, one is closed.
func (d *Desk) Successor(ctx context.Context) (*Desk, error) {
	all, err := d.Versions(ctx)
	if err != nil {
		return nil, err
	}
	v, ok := governing(all, notice.Date(d.Today().String()))
	if !ok || !v.Adopted || v.Hash == d.Notice.Version() {
		return nil, nil
	}
	n, err := d.NoticeVersion(ctx, v.Hash)
	if err != nil {
		return nil, err
	}
	return &Desk{Dir: d.Dir, Config: d.Config, Notice: n, Folder: d.Folder, Keys: d.Keys, Store: d.Store, Cases: d.Cases, Packs: d.Packs, Holidays: d.Holidays, Now: d.Now, written: d.written}, nil
}

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
		if v.Effective >= effective {
			return refuse(fmt.Sprintf("version %.12s takes effect on %s, and a new one must come after it", v.Hash, v.Effective), "write a later day")
		}
	}
	return nil
}

// Adopt keeps the notice of a folder as the version that decides from its effective date
// on. Where the changes are likely to be significant, somebody must have decided whether
// they are. The ledger keeps that decision with it.
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
	if !s.Decided {
		if c.Significant {
			return Adopted{}, &Error{Code: "significance", What: "it changes what people would want to know of, and nobody has decided whether they are told", Where: "--significant",
				Mend: "look at it with tenet notice diff, and say --significant or --not-significant, with --why"}
		}
		s.Why = "no change is likely to be significant"
	}
	if err := d.toldBefore(n.Landlord.Effective, s); err != nil {
		return Adopted{}, err
	}
	if s.Why == "" {
		return Adopted{}, &Error{Code: "significance", What: "nothing says why", Where: "--why", Mend: "say in a sentence why the changes are significant, or are not"}
	}
	files, err := packNotice(from)
	if err != nil {
		return Adopted{}, err
	}
	v := Version{Hash: n.Version(), Effective: n.Landlord.Effective, Until: n.Landlord.Until, Kept: d.Now().UTC(), By: by, Adopted: true, Significant: s.Significant, Reason: s.Why}
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
			"effective": v.Effective, "from": c.From.Version, "proposed": c.Significant, "significant": v.Significant, "why": v.Reason, "changes": kinds})
	})
	return Adopted{v, c}, err
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
