package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"tenet/internal/app"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tenet": func() { os.Exit(app.Main("v0-test")) }})
}

// TestScripts runs what people and scripts do, from the outside: see the
// commands below for what the scripts use beside those of testscript.
func TestScripts(t *testing.T) { run(t, "testdata", nil) }

// run runs the scripts of a folder, each in a folder of its own.
func run(t *testing.T, dir string, setup func(*testscript.Env) error, more ...map[string]func(*testscript.TestScript, bool, []string)) {
	t.Helper()
	made := sync.OnceValues(func() (string, error) { return makeLandlord(t.TempDir()) })
	cmds := map[string]func(*testscript.TestScript, bool, []string){
		"exits": exits, "json": jsonAt, "keys": keysAt, "texts": textsAt, "take": take, "edit": edit, "sed": substitute, "fill": fill, "env2file": toFile, "sql": execSQL,
		// larkfield puts them here, or into a folder.
		"larkfield": func(ts *testscript.TestScript, _ bool, args []string) {
			from, err := made()
			ts.Check(err)
			ts.Check(larkfield(from, ts.MkAbs(strings.Join(append(args, "."), "/"))))
		},
	}
	for _, m := range more {
		for name, f := range m {
			cmds[name] = f
		}
	}
	holidays, err := filepath.Abs(filepath.FromSlash("../../internal/law/holidays.json"))
	if err != nil {
		t.Fatal(err)
	}
	prepare := func(env *testscript.Env) error {
		env.Setenv("HOLIDAYS", holidays)
		if setup == nil {
			return nil
		}
		return setup(env)
	}
	testscript.Run(t, testscript.Params{Dir: dir, Setup: prepare, Cmds: cmds, RequireUniqueNames: true})
}

// makeLandlord makes the smallest demo's systems and a workspace in which they
// are mapped and indexed, once for all scripts that begin there.
func makeLandlord(dir string) (string, error) {
	for _, line := range []string{
		"demo --once --homes 5 --dir made",
		"init office",
		"-C office source add housing sqlite:landlord/housing.db",
		"-C office source add letters dir:landlord/letters",
		"-C office source add mail mbox:landlord/mail/housing-officers.mbox",
		"-C office discover --accept",
		"-C office index",
	} {
		cmd := exec.Command("tenet", strings.Fields(line)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("tenet %s: %w\n%s", line, err, out)
		}
		if strings.HasPrefix(line, "demo") {
			if err := os.Rename(filepath.Join(dir, "made", "landlord"), filepath.Join(dir, "landlord")); err != nil {
				return "", err
			}
		}
	}
	return dir, nil
}

// larkfield copies that into dir: landlord/ are the systems, office/ is the
// workspace.
func larkfield(made, dir string) error {
	for _, part := range []string{"landlord", "office"} {
		if err := os.CopyFS(filepath.Join(dir, part), os.DirFS(filepath.Join(made, part))); err != nil {
			return err
		}
	}
	// Keys are refused where others could read them, as CopyFS lets them.
	err := filepath.WalkDir(filepath.Join(dir, "office"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chmod(path, map[bool]fs.FileMode{true: 0o700, false: 0o600}[d.IsDir()])
	})
	if err != nil {
		return err
	}
	config := filepath.Join(dir, "office", "tenet.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	return os.WriteFile(config, bytes.ReplaceAll(text, []byte(made), []byte(dir)), 0o600)
}

// exits N COMMAND… runs a command, which must end with exactly this status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if err != nil || neg || len(args) < 2 {
		ts.Fatalf("usage: exits N COMMAND…")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("ended with status %d, not %d", got, want)
	}
}

// json PATH WANT…: the last output is one JSON document, and what stands at the
// path are these values, strings as they are and all else as JSON. A path is
// written person/name, records/0/key; * is every element.
func jsonAt(ts *testscript.TestScript, neg bool, args []string) {
	var got []string
	for _, v := range at(ts, args[0]) {
		got = append(got, written(ts, v))
	}
	if slices.Equal(got, args[1:]) == neg {
		ts.Fatalf("%s is %q", args[0], got)
	}
}

// keys PATH KEY…: the object at the path has these keys, in this order; / is the
// document.
func keysAt(ts *testscript.TestScript, neg bool, args []string) {
	for _, v := range at(ts, args[0]) {
		got, err := keysOf(v)
		ts.Check(err)
		if slices.Equal(got, args[1:]) == neg {
			ts.Fatalf("%s has the keys %q", args[0], got)
		}
	}
}

// texts PATH: the values at the path, of which there are some, are strings.
func textsAt(ts *testscript.TestScript, _ bool, args []string) {
	found := at(ts, args[0])
	for _, v := range found {
		if v[0] != '"' {
			ts.Fatalf("%s holds %s, which is no string", args[0], v)
		}
	}
	if len(found) == 0 {
		ts.Fatalf("there is nothing at %s", args[0])
	}
}

// take NAME PATH keeps the one value at the path in a variable.
func take(ts *testscript.TestScript, _ bool, args []string) {
	found := at(ts, args[1])
	if len(found) != 1 {
		ts.Fatalf("%s is %d values", args[1], len(found))
	}
	ts.Setenv(args[0], written(ts, found[0]))
}

// edit FILE TEXT flips a bit of the last byte of a text in a file.
func edit(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data := []byte(ts.ReadFile(args[0]))
	i := strings.Index(string(data), args[1])
	if i < 0 {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	data[i+len(args[1])-1] ^= 1
	ts.Check(os.WriteFile(path, data, 0o600))
}

// sed FILE OLD NEW replaces a text that stands in a file.
func substitute(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o600))
}

// env2file NAME FILE writes a variable to a file.
func toFile(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(ts.Getenv(args[0])), 0o600))
}

// sql FILE STATEMENT runs a statement on a SQLite file.
func execSQL(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(args[1])
	ts.Check(err)
}

// fill FILE [LEAVE] writes a file until the disk it is on has no room left, or
// as many bytes.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	size := int64(0)
	for block := make([]byte, 4096); err == nil; {
		var n int
		n, err = f.Write(block)
		size += int64(n)
	}
	if len(args) > 1 {
		leave, err := strconv.ParseInt(args[1], 10, 64)
		ts.Check(err)
		ts.Check(f.Truncate(size - leave))
	}
}

// at reads the last output as one JSON document and finds what is at a path.
func at(ts *testscript.TestScript, path string) []json.RawMessage {
	found, err := lookUp(json.RawMessage(strings.TrimSpace(ts.ReadFile("stdout"))), path)
	if err != nil {
		ts.Fatalf("%s: %v", path, err)
	}
	return found
}

func lookUp(doc json.RawMessage, path string) ([]json.RawMessage, error) {
	if !json.Valid(doc) {
		return nil, fmt.Errorf("not one JSON document: %.200s", doc)
	}
	found := []json.RawMessage{doc}
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r == '/' }) {
		var next []json.RawMessage
		for _, v := range found {
			var list []json.RawMessage
			var object map[string]json.RawMessage
			isList, isObject := json.Unmarshal(v, &list) == nil, json.Unmarshal(v, &object) == nil
			i, err := strconv.Atoi(part)
			switch {
			case isList && part == "*":
				next = append(next, list...)
			case isObject && part == "*":
				names, err := keysOf(v)
				if err != nil {
					return nil, err
				}
				for _, k := range names {
					next = append(next, object[k])
				}
			case isList && err == nil && i < len(list):
				next = append(next, list[i])
			case isObject && object[part] != nil:
				next = append(next, object[part])
			default:
				return nil, fmt.Errorf("no %q in %.200s", part, v)
			}
		}
		found = next
	}
	return found, nil
}

// keysOf are an object's keys as they stand.
func keysOf(object json.RawMessage) ([]string, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("no object: %.100s", object)
	}
	var out []string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		out = append(out, name.(string))
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func written(ts *testscript.TestScript, v json.RawMessage) string {
	if v[0] != '"' {
		var b bytes.Buffer
		ts.Check(json.Compact(&b, v))
		return b.String()
	}
	var s string
	ts.Check(json.Unmarshal(v, &s))
	return s
}
