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
	// People are the kinds whom it concerns, where it is significant and somebody named
	// them; those that its changes touch otherwise.
	People []notice.ID `json:"people,omitempty"`
	// Despite is the rules of the linter that were overruled.
	Despite []string `json:"despite,omitempty"`
	// Withdrawn is who took it back before its day, and why. It never decides anything.
	Withdrawn *Done `json:"withdrawn,omitempty"`
	// Shown says of a version that was withdrawn that it had been put up somewhere, or
	// people were written to of it.
	Shown bool `json:"shown,omitempty"`
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

// PublicVersions are those that the public reads of, the one that comes into force last
// first. What stood in the folder for a while, and was mended on the same day, is none of
// them; and what was withdrawn is one only if it had been put up somewhere or people were
// written to of it, so that they find what became of it.
func (d *Desk) PublicVersions(ctx context.Context) ([]Version, error) {
	all, err := d.Versions(ctx)
	if err != nil {
		return nil, err
	}
	var out []Version
	last := notice.Date("")
	for _, v := range all { // of one day the last kept comes first, and is the one that governs
		switch {
		case v.Withdrawn != nil:
			if v.Shown {
				out = append(out, v)
			}
		case v.Effective != last:
			out, last = append(out, v), v.Effective
		}
	}
	return out, nil
}

func versions(ctx context.Context, tx *store.Tx, landlord string) ([]Version, error) {
	rows, err := tx.QueryContext(ctx, `SELECT version, effective, until, kept, actor, adopted, significant, reason, concerns, despite, withdrawn, withdrawn_by, withdrawn_why,
			withdrawn IS NOT NULL AND (EXISTS (SELECT 1 FROM desk_notice_done x WHERE x.landlord = n.landlord AND x.version = n.version)
				OR EXISTS (SELECT 1 FROM cases c WHERE c.landlord = n.landlord AND c.channel = $2 AND c.notice = n.version))
		FROM desk_notice n WHERE landlord = $1 ORDER BY effective DESC, kept DESC, version`, landlord, tellChannel)
	if err != nil {
		return nil, fmt.Errorf("list the versions of the notice: %w", err)
	}
	defer rows.Close()
	var all []Version
	for rows.Next() {
		var v Version
		var kept int64
		var people, despite string
		var withdrawn sql.NullInt64
		var back Done
		if err := rows.Scan(&v.Hash, &v.Effective, &v.Until, &kept, &v.By, &v.Adopted, &v.Significant, &v.Reason, &people, &despite, &withdrawn, &back.By, &back.Proof, &v.Shown); err != nil {
			return nil, fmt.Errorf("list the versions of the notice: %w", err)
		}
		v.Kept, v.Despite = store.Time(kept), strings.Fields(despite)
		for id := range strings.FieldsSeq(people) {
			v.People = append(v.People, notice.ID(id))
		}
		if withdrawn.Valid {
			back.At = store.Time(withdrawn.Int64)
			v.Withdrawn = &back
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// governing is the version that decides what happens on a day. Once a version has been
// adopted, one that only stood in the folder governs the days before and none after. What
// was withdrawn governs nothing.
func governing(all []Version, day notice.Date) (Version, bool) {
	var first notice.Date // of the adopted ones
	for _, v := range all {
		if v.Adopted && v.Withdrawn == nil && (first == "" || v.Effective < first) {
			first = v.Effective
		}
	}
	for _, v := range all { // the last to come into force is first, and of one day the last kept
		if v.Withdrawn == nil && day >= v.Effective && (v.Until == "" || day <= v.Until) && (v.Adopted || first == "" || v.Effective < first) {
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
	names, err := notice.FilesOf(from)
	if err != nil {
		return nil, fmt.Errorf("keep the notice: %w", err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
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
	err = z.Close()
	return b.Bytes(), err
}

// keepNotice keeps a version, unless it is kept already. One that was withdrawn is adopted
// anew: where it was put up before does not count.
func keepNotice(ctx context.Context, tx *store.Tx, landlord string, v Version, files []byte) error {
	var people []string
	for _, id := range v.People {
		people = append(people, string(id))
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM desk_notice_done WHERE landlord = $1 AND version = (SELECT version FROM desk_notice WHERE landlord = $1 AND version = $2 AND withdrawn IS NOT NULL)`, landlord, v.Hash)
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO desk_notice (landlord, version, effective, until, kept, actor, adopted, significant, reason, files, concerns, despite)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
			ON CONFLICT (landlord, version) DO UPDATE SET kept = excluded.kept, actor = excluded.actor, adopted = excluded.adopted, significant = excluded.significant, reason = excluded.reason,
				concerns = excluded.concerns, despite = excluded.despite, withdrawn = NULL, withdrawn_by = '', withdrawn_why = '' WHERE desk_notice.withdrawn IS NOT NULL`,
			landlord, v.Hash, string(v.Effective), string(v.Until), store.Micros(v.Kept), v.By, whether(v.Adopted), whether(v.Significant), v.Reason, files, strings.Join(people, " "), strings.Join(v.Despite, " "))
	}
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
