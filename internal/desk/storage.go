package desk

import (
	"context"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"tenet/internal/pack"
	"tenet/internal/store"
)

// storeURL is where Tenet's own tables are, by the configuration.
func storeURL(dir string, c Config) string {
	if c.Store != "" {
		return c.Store
	}
	return "sqlite:" + filepath.Join(dir, storeFile)
}

// Moved is what moving the store did.
type Moved struct {
	store.Proof
	// Written says that tenet.yaml names the new store now. It does not where the
	// URL holds a password: then TENET_STORE must.
	Written bool `json:"written"`
}

// MoveStore moves Tenet's own tables to an empty store of either engine, proves
// that the two hold the same, and has the workspace use the new one. The old one is
// kept as it was, and refuses to be used.
func (d *Desk) MoveStore(ctx context.Context, to, by string, progress Progress) (Moved, error) {
	to, err := absolute(to)
	if err != nil {
		return Moved{}, err
	}
	m := Moved{}
	if m.Proof, err = store.Move(ctx, d.Store, to, by, told(progress, "move ")); err != nil {
		return Moved{}, err
	}
	m.Written, err = useStore(d.Dir, to)
	return m, err
}

// absolute is a store's URL with the whole path of its file.
func absolute(to string) (string, error) {
	path, file := strings.CutPrefix(to, "sqlite:")
	if !file || path == "" {
		return to, nil
	}
	path, err := filepath.Abs(path)
	return "sqlite:" + path, err
}

// useStore has tenet.yaml name a store, unless its URL holds a password.
func useStore(dir, to string) (bool, error) {
	if hasPassword(to) {
		return false, nil
	}
	c, err := readConfig(dir)
	if err != nil {
		return false, err
	}
	own, err := absolute(storeURL(dir, Config{}))
	if err != nil {
		return false, err
	}
	if c.Store = to; to == own {
		c.Store = ""
	}
	return true, writeConfig(dir, c)
}

// hasPassword says whether a store's URL holds one, in any of the forms that
// PostgreSQL takes; a URL that cannot be read counts as holding one.
func hasPassword(raw string) bool {
	if strings.HasPrefix(raw, "sqlite:") {
		return false
	}
	u, err := url.Parse(raw)
	if err != nil {
		return true
	}
	_, has := u.User.Password()
	return has || strings.Contains(strings.ToLower(u.RawQuery+u.Opaque), "password")
}

// BackupStore writes everything in the store to a new file, whole or not at all,
// that only its owner can read. It holds personal data in clear; the key folder is
// not in it.
func (d *Desk) BackupStore(ctx context.Context, path string, progress Progress) (store.Proof, error) {
	if _, err := os.Stat(path); err == nil {
		return store.Proof{}, &Error{Code: "file", What: "is there already", Where: path, Mend: "name a new file"}
	}
	var proof store.Proof
	err := pack.WriteFile(path, func(w io.Writer) (err error) {
		proof, err = d.Store.Backup(ctx, w, told(progress, "back up "))
		return err
	})
	return proof, err
}

// RestoreStore fills the store of a workspace, which must be empty or gone, from
// a backup. It does not open the workspace: without its store that cannot be.
func RestoreStore(ctx context.Context, dir string, getenv func(string) string, from io.Reader, by string, progress Progress) (store.Proof, error) {
	c, err := readConfig(dir)
	if err != nil {
		return store.Proof{}, err
	}
	return store.Restore(ctx, from, storeURL(dir, c.with(getenv)), by, told(progress, "restore "))
}

// ReopenStore has a workspace go back to a store that was moved away from: that of
// the URL, or tenet.db where it is empty. What was done in the other one since is not
// in it. It says whether tenet.yaml names the store now.
func ReopenStore(ctx context.Context, dir, to, by string) (bool, error) {
	if _, err := readConfig(dir); err != nil {
		return false, err
	}
	if to == "" {
		to = storeURL(dir, Config{})
	}
	to, err := absolute(to)
	if err != nil {
		return false, err
	}
	if err := store.Reopen(ctx, to, by); err != nil {
		return false, err
	}
	return useStore(dir, to)
}

// told passes the progress of the store on.
func told(p Progress, doing string) store.Progress {
	if p == nil {
		return nil
	}
	return func(table string, rows int64) { p(doing+table, rows) }
}
