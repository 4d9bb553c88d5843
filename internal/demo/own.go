package demo

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// landlords has a folder for each landlord but Larkfield, by the name of its pack:
//
//	landlord.yaml     its own words, and what is answered and tried first: [Own]
//	housing.sql       what its housing system has besides
//	registers.sql     what its registers have besides
//	NAME.sql          a system of its own, which is made as NAME.db
//	NAME.map.yaml     what it has said of the map of NAME, laid over what was proposed
//
// In SQL $TODAY is the last day, housing is the housing system where that is another, and two
// tables are there for the time of writing: cast_member, to write rows about the cast, and
// truth, in which to record whose they are.
//
//go:embed landlords
var landlords embed.FS

// Own is what one landlord has of its own.
type Own struct {
	// Words stand in the place of those that the story is written in: names of people,
	// places and firms. They are put in as written, and in small and in large letters.
	Words map[string]string `yaml:"words"`
	// NearPost says that the letters and the mailbox are about the star's block alone: the
	// other homes are other landlords', who keep their own.
	NearPost bool `yaml:"near-post"`
	// AnswersFor is the client in whose name the star is answered; empty where she is the
	// landlord's own customer.
	AnswersFor string `yaml:"answers-for"`
	// Categories are what its notice calls what a proposed map calls otherwise; "" where its
	// notice has no word for it.
	Categories map[string]string `yaml:"categories"`
	// Try is what to look at first: command lines, without the program and its workspace.
	Try []string `yaml:"try"`
}

// Own reads what the landlord has of its own: nothing, where there is no folder for its pack.
func (l Landlord) Own() (Own, error) {
	var own Own
	file := path.Join("landlords", l.Pack, "landlord.yaml")
	text, err := landlords.ReadFile(file)
	if l.Pack == "" || errors.Is(err, fs.ErrNotExist) {
		return own, nil
	}
	if err == nil {
		err = yaml.UnmarshalWithOptions(text, &own, yaml.Strict())
	}
	if err != nil {
		return own, fmt.Errorf("demo: %s: %w", file, err)
	}
	return own, nil
}

// OwnMap is what the landlord has said of the map of a system, in the form of a map; nil
// where it has said nothing.
func (l Landlord) OwnMap(source string) []byte {
	text, _ := l.file(source + ".map.yaml")
	return text
}

// file reads one of the landlord's files; false where it has none of that name.
func (l Landlord) file(name string) ([]byte, bool) {
	if l.Pack == "" {
		return nil, false
	}
	text, err := landlords.ReadFile(path.Join("landlords", l.Pack, name))
	return text, err == nil
}

// systems are the names of the systems of the landlord's own, in order.
func (l Landlord) systems() []string {
	if l.Pack == "" {
		return nil
	}
	found, _ := fs.Glob(landlords, path.Join("landlords", l.Pack, "*.sql"))
	var out []string
	for _, f := range found {
		if name := strings.TrimSuffix(path.Base(f), ".sql"); name != "housing" && name != "registers" {
			out = append(out, name)
		}
	}
	return out
}

// replacer puts a landlord's own words in the place of the story's, wherever a source is
// written. What it has put in it leaves alone.
func (l Landlord) replacer(own Own) *strings.Replacer {
	from := Larkfield()
	pairs := []string{from.Name, l.Name, from.Domain, l.Domain, from.Prefix + "-", l.Prefix + "-", from.Street, l.Street, from.Town, l.Town}
	words := slices.SortedFunc(maps.Keys(own.Words), func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	for _, w := range words {
		for _, as := range []func(string) string{strings.Clone, strings.ToLower, strings.ToUpper} {
			pairs = append(pairs, as(w), as(own.Words[w]))
		}
	}
	return strings.NewReplacer(pairs...)
}

// Say is a text of the story in the landlord's own words.
func (l Landlord) Say(text string) (string, error) {
	own, err := l.Own()
	if err != nil {
		return "", err
	}
	return l.replacer(own).Replace(text), nil
}

// ownSystems writes what the landlord has of its own, once everything else stands.
func (b *builder) ownSystems(ctx context.Context) error {
	l, housing := b.world.Landlord, b.world.Database
	if text, ok := l.file("housing.sql"); ok {
		if err := b.own(ctx, housing, string(text)); err != nil {
			return err
		}
	}
	for _, s := range b.world.Others {
		text, _ := l.file(s.Name + ".sql")
		attach := "ATTACH DATABASE '" + strings.ReplaceAll(housing.Path, "'", "''") + "' AS housing;\n"
		if err := b.own(ctx, s, attach+string(text)); err != nil {
			return err
		}
	}
	return nil
}

// own runs a landlord's statements on one of its systems, and keeps the truth they record.
func (b *builder) own(ctx context.Context, s Source, text string) (err error) {
	db, err := sql.Open("sqlite", s.Path)
	if err != nil {
		return fmt.Errorf("opening the system %s: %w", s.Name, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1) // temporary tables and what is attached are the connection's
	const beside = `PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;
		CREATE TEMP TABLE cast_member (member TEXT, person_id INTEGER, name TEXT, forename TEXT, surname TEXT, dob TEXT, email TEXT, mobile TEXT, ref TEXT, address TEXT, postcode TEXT);
		CREATE TEMP TABLE truth (member TEXT, "table" TEXT, "column" TEXT, value TEXT, whose TEXT, role TEXT);`
	if _, err := db.ExecContext(ctx, beside); err != nil {
		return fmt.Errorf("laying out the system %s: %w", s.Name, err)
	}
	for _, m := range slices.Sorted(maps.Keys(b.world.Cast)) {
		p := b.world.Cast[m]
		if _, err := db.ExecContext(ctx, `INSERT INTO cast_member VALUES (?,?,?,?,?,?,?,?,?,?,?)`, string(m), p.Key["person_id"], p.Name, p.Forename, p.Surname, p.DOB, p.Email, p.Mobile,
			p.Ref, p.Address, p.Postcode); err != nil {
			return fmt.Errorf("laying out the system %s: %w", s.Name, err)
		}
	}
	if _, err := db.ExecContext(ctx, strings.ReplaceAll(text, "$TODAY", b.world.Today.Format(time.DateOnly))); err != nil {
		return fmt.Errorf("writing the system %s: %w", s.Name, err)
	}
	if s == b.world.Database {
		for table := range b.world.Counts {
			if b.db.tables[table] == nil {
				continue
			}
			var n int64
			if err := db.QueryRowContext(ctx, `SELECT count(*) FROM "`+table+`"`).Scan(&n); err != nil {
				return fmt.Errorf("counting the rows of %s: %w", table, err)
			}
			b.world.Counts[table] = n
		}
	}
	found, err := db.QueryContext(ctx, `SELECT member, "table", "column", value, whose, role FROM truth ORDER BY rowid`)
	if err != nil {
		return fmt.Errorf("reading back the truth of %s: %w", s.Name, err)
	}
	defer found.Close()
	for found.Next() {
		var member, table, column, value, is string
		var role sql.NullString
		if err := found.Scan(&member, &table, &column, &value, &is, &role); err != nil {
			return fmt.Errorf("reading back the truth of %s: %w", s.Name, err)
		}
		b.record(s.Name, table, map[string]string{column: value}, []claim{whose(Member(member), role.String, is)})
	}
	return found.Err()
}

// others are where the systems of the landlord's own stand in dir.
func (l Landlord) others(dir string) []Source {
	var out []Source
	for _, name := range l.systems() {
		at := filepath.Join(dir, name+".db")
		out = append(out, Source{Name: name, Path: at, URL: "sqlite:" + at})
	}
	return out
}

// dated gives a file the landlord's last day, by its own account.
func (w *World) dated(file string) error { return os.Chtimes(file, w.Today, w.Today) }
