package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"filippo.io/age"

	"tenet/internal/demo"
	"tenet/internal/desk"
	"tenet/internal/detect"
	"tenet/internal/law"
)

// order is that of the examples in one workspace, from an empty folder.
var order = []string{
	"init", "source add", "source check", "discover", "map import", "map check", "map confirm", "index build", "index check", "index rotate", "find", "person same", "person different", "person undo", "person decisions", "access",
	"case list", "case show", "case note", "case decide", "case answer", "case reviewer-copy", "case verify",
	"case approve", "case link", "case print", "case posted", "case send", "case close", "case send-to",
	"case new", "case search", "case tell", "case spend", "case task give", "case task list", "case task chase", "case task raise", "case task end",
	"case reply", "case acknowledge", "case review", "case file", "case reopen", "case died", "case import",
	"case clarify", "case extend", "case refuse", "case withdraw",
	"contact note", "contact list", "contact correct", "contact check", "contact authority add", "contact authority list", "contact authority end",
	"incident new", "incident list", "incident triage", "incident describe", "incident assess", "incident decide", "incident report", "incident people", "incident tell", "incident task", "incident measure",
	"incident ban", "incident police", "incident pass", "incident learn", "incident note", "incident show", "incident close", "incident reopen", "incident forget", "incident export",
	"register list", "register show", "register new", "register propose", "register sign", "register refuse", "register edit", "register review", "register enter", "register links", "register forget", "register end",
	"keep due", "keep sign", "keep run", "keep runs", "keep certificate", "keep hold", "keep holds", "keep lift",
	"register import", "register live", "register may", "register gaps", "register export",
	"clock", "law holidays", "detect", "redact", "notice check", "notice render", "notice schema", "notice publish", "notice new", "notice diff", "notice adopt", "notice versions", "notice displays", "notice tell", "notice told", "notice confirm", "notice withdraw", "promises attest", "promises check", "promises publish",
	"client list", "client locate", "client find", "client route", "client instruct", "case transfer", "client report", "client end", "client return", "processing show", "processing import", "processing diff", "disclose check", "disclose record", "disclose list", "disclose withdraw", "ledger export", "ledger verify", "ledger prove", "account add", "account role", "account reset", "account disable", "serve", "work", "job list", "job retry", "store backup", "store move", "store reopen", "store restore", "doctor", "demo",
	"service install", "service start", "service stop", "service remove",
}

// finds are the examples that end with status 1, for what they find.
var finds = map[string]string{
	"register live":   "a project that was not screened may not go live",
	"register may":    "no row of the notice allows it",
	"register forget": "only the name of whoever asked for the policy is known",
	"register gaps":   "what the notice says was assessed is not in the register",
	"map check":       "the copy of a table that somebody made in 2019 has no key",
	"notice diff":     "a new day is a difference",
	"notice displays": "nobody has confirmed that it is put up",
	"client locate":   "nobody is there",
	"client find":     "nobody is there",
	"processing show": "a use whose data no mapped table holds is a gap",
	"doctor":          "so it says that the map has a difference",
}

// TestExamples runs every example that --help shows, as it stands there but for
// the names of things that are drawn anew.
func TestExamples(t *testing.T) {
	if got := slices.Sorted(slices.Values(order)); !slices.Equal(got, slices.Sorted(maps.Keys(examples))) {
		t.Fatalf("the order of this test and the examples do not name the same commands: %q", got)
	}
	s := newShell(t)
	for _, command := range order {
		for line := range strings.Lines(examples[command]) {
			line = strings.TrimSpace(line)
			want := exitDone
			if finds[command] != "" {
				want = exitFound
			}
			switch {
			case strings.Contains(line, "db.example.org"):
				// No test reaches out: nothing listens there, and the source is taken out again.
				config := s.read("office/tenet.yaml")
				s.run(strings.Replace(line, "db.example.org", "127.0.0.1:1", 1), exitReach)
				s.write("office/tenet.yaml", config)
				continue
			case command == "notice tell" || command == "notice told" && strings.Contains(line, "--of"):
				s.run(line, exitInput) // no version that was adopted here is significant, so that nobody is told
				continue
			case command == "notice withdraw":
				line = strings.Replace(line, "3f2a9c1b04de", s.adopted(), 1)
			case command == "job retry":
				s.run(line, exitInput) // nobody works here, so there is nothing to try again
				continue
			case command == "incident measure":
				s.run(line, exitInput) // this notice names no measures
				continue
			case command == "incident pass":
				s.run(line, exitInput) // and nobody else's data is touched
				continue
			case strings.Contains(line, "--for rosalind"):
				key, err := age.GenerateX25519Identity()
				if err != nil {
					t.Fatal(err)
				}
				s.write("office/tenet.yaml", s.read("office/tenet.yaml")+"reviewers:\n  rosalind: "+key.Recipient().String()+"\n")
			case strings.Contains(line, "ITEM"):
				line = strings.Replace(line, "ITEM", s.waiting(), 1)
			case command == "case file":
				s.run(line, exitInput) // no paper came in, and names of papers are drawn anew
				continue
			case command == "keep lift":
				line = strings.Replace(line, "HOLD", s.id("keep holds", "kh-"), 1)
			case command == "contact correct":
				line = strings.Replace(line, "ENTRY", s.id("contact list --name \"Marta Kowalczyk\" --dob 1979-03-14", "ct-"), 1)
			case command == "contact authority end":
				line = strings.Replace(line, "AUTHORITY", s.id("contact authority list --name \"Marta Kowalczyk\" --dob 1979-03-14", "au-"), 1)
			case command == "case search" || command == "case tell" || command == "case spend" || strings.HasPrefix(command, "case task "):
				line = strings.Replace(line, "AR-2026-0001", s.number(s.opened), 1) // the one before is closed
				if before, after, names := strings.Cut(line, "TASK"); names {
					line = before + s.task() + after
				}
			case command == "case acknowledge":
				s.run("tenet -C office case new dp-complaint --name \"Ann Larter\"", exitDone)
				line = strings.Replace(line, "DC-2026-0001", s.last("DC"), 1)
			case command == "case review":
				s.run("tenet -C office case new stairs --name \"Ann Larter\" --channel letter", exitDone) // nobody here owes an answer by FOIA
				s.run("tenet -C office case refuse "+s.last("ST")+" --ground nothing-held --reason \"There are none.\"", exitDone)
				line = strings.Replace(line, "FI-2026-0001", s.last("ST"), 1)
			case command == "case reply":
				line = strings.Replace(line, "RR-2026-0001", s.last("RR"), 1)
			case command == "case died":
				s.run("tenet -C office case new --name \"Ann Larter\" --once died", exitDone)
				s.opened++
				line = strings.Replace(line, "AR-2026-0001", s.number(s.opened), 1)
			case command == "register new":
				s.write("policy.yaml", "register: documents\ntitle: Our camera policy\nkind: policy\nedition: fourth\nowner: The officer\ngiven: asked\n")
			case command == "register import":
				s.write("projects.csv", "title,kind\nA new rent system,project\n")
			case strings.HasSuffix(line, "open.csv"):
				s.write("open.csv", "reference,kind,received,channel,name\nOLD-17,access,"+s.today+",letter,Ann Larter\n")
			case command == "case clarify" || command == "case extend" || command == "case refuse" || command == "case withdraw":
				// Each ends, or changes, a case of its own.
				s.run(fmt.Sprintf("tenet -C office case new --name \"Ann Larter\" --once %q", command), exitDone)
				s.opened++
				line = strings.Replace(line, "AR-2026-0001", s.number(s.opened), 1)
			case command == "case new" && strings.Contains(line, "All my letters"):
				s.opened++
			}
			if command == "access" {
				s.opened++
			}
			s.run(strings.ReplaceAll(strings.Replace(line, "AR-2026-0001", s.number(1), 1), "2026-11-22", s.today), want)
		}
	}
	for _, made := range []string{"drafts", "answer.zip", "ledger.jsonl", "clean.txt", "found.svg", "tenet-demo/office/tenet.yaml"} {
		if _, err := os.Stat(made); err != nil {
			t.Errorf("the examples were to make it: %v", err)
		}
	}
}

// TestHelp asks every command for its help.
func TestHelp(t *testing.T) {
	s := newShell(t)
	k, err := kong.New(&commands{}, kong.Name("tenet"), kong.Vars{"version": ""})
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, leaf := range k.Model.Leaves(true) {
		path := leaf.FullPath()
		out := s.run(path+" --help", exitDone)
		if !strings.HasPrefix(out, "Usage: "+path) {
			t.Errorf("%s --help says %q", path, out)
		}
		command := strings.TrimPrefix(path, "tenet ")
		example := examples[command]
		used[command] = true
		switch {
		case strings.Contains(leaf.Help, "not there yet"):
			if example != "" {
				t.Errorf("%s is not there yet and has an example", path)
			}
		case example == "":
			t.Errorf("%s has no example", path)
		case !strings.HasSuffix(out, "Examples:\n"+example+"\n"):
			t.Errorf("%s --help does not show its example: %q", path, out)
		}
	}
	for command := range examples {
		if !used[command] {
			t.Errorf("there is an example of %q and no such command", command)
		}
	}
}

// shell runs lines as people type them, in a folder of its own that holds what
// the examples speak of.
type shell struct {
	t      *testing.T
	today  string
	opened int // cases so far
}

func newShell(t *testing.T) *shell {
	t.Helper()
	dir := t.TempDir()
	w, err := demo.Build(t.Context(), filepath.Join(dir, "landlord"), demo.Options{Homes: 5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := os.ReadFile(filepath.FromSlash("../law/holidays.json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	s := &shell{t: t}
	s.write("housing.db", s.read(w.Database.Path))
	s.write("bank-holidays.json", string(holidays))
	s.write("note.txt", "Marta Kowalczyk rang about Ann, 07700 900123.")
	return s
}

// id is the first id of a sort that a command shows.
func (s *shell) id(command, sort string) string {
	s.t.Helper()
	for word := range strings.FieldsSeq(s.run("tenet -C office "+command, exitDone)) {
		if strings.HasPrefix(word, sort) {
			return word
		}
	}
	s.t.Fatalf("%s shows nothing that begins with %s", command, sort)
	return ""
}

func (s *shell) read(path string) string {
	s.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

func (s *shell) write(path, text string) {
	s.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// run runs "tenet …" or "echo "…" | tenet …", which must end with this status.
func (s *shell) run(line string, want int) string {
	s.t.Helper()
	in, command, piped := strings.Cut(line, " | ")
	if !piped {
		in, command = "", line
	}
	args := words(command)
	if args[0] != "tenet" {
		s.t.Fatalf("%s: not a line of this program", line)
	}
	if piped {
		in = strings.Join(words(in)[1:], " ") + "\n"
	}
	var out, said bytes.Buffer
	got := Main(context.Background(), args[1:], &World{
		Stdin: strings.NewReader(in), Stdout: &out, Stderr: &said, Version: "test",
		Getenv: func(name string) string {
			return map[string]string{"NINO": "JX482917B", "CRM_PASSWORD": "secret"}[name]
		},
		Serve: func(_ context.Context, _ *desk.Desk, ready func(portal, console string)) error {
			ready("http://127.0.0.1:1", "http://127.0.0.1:2")
			return nil
		},
		Work: func(_ context.Context, _ *desk.Desk, ready func()) error { ready(); return nil },
		ServeDetector: func(_ context.Context, _ detect.Detector, _ string, ready func(string)) error {
			ready("http://127.0.0.1:5002")
			return nil
		},
		BuildDemo: func(ctx context.Context, _, dir string, homes int, seed uint64, _ func(string, int64)) (Demo, error) {
			w, err := demo.Build(ctx, dir, demo.Options{Homes: homes, Seed: seed}, nil)
			if err != nil {
				return Demo{}, err
			}
			d := Demo{Landlord: w.Landlord.Name, Today: law.DateOf(w.Today)}
			for _, x := range w.Sources() {
				d.Sources = append(d.Sources, desk.System{Name: x.Name, URL: x.URL})
			}
			star := w.Star()
			d.Star = desk.Query{Name: star.Name, DOB: star.DOB, Email: star.Email, Phone: star.Mobile, Ref: star.Ref}
			return d, nil
		},
		Service:      func(string, string) error { return nil },
		HashPassword: func(p string) (string, error) { return "hash of " + fmt.Sprint(len(p)), nil },
	})
	if got != want {
		s.t.Fatalf("%s\nended with status %d, not %d\n%s%s", line, got, want, out.String(), said.String())
	}
	return out.String()
}

// number is that of a case opened here.
func (s *shell) number(n int) string {
	if s.opened == 0 {
		return ""
	}
	var list struct {
		Cases []struct{ Number, Received string }
	}
	for _, which := range []string{"", " --ended"} {
		if err := json.Unmarshal([]byte(s.run("tenet -C office --json case list"+which, exitDone)), &list); err != nil {
			s.t.Fatal(err)
		}
		for _, k := range list.Cases {
			s.today = k.Received
			if strings.HasPrefix(k.Number, "AR-") && strings.HasSuffix(k.Number, fmt.Sprintf("-%04d", n)) {
				return k.Number
			}
		}
	}
	return ""
}

// last is the number of the latest case of a series.
func (s *shell) last(series string) (number string) {
	var list struct{ Cases []struct{ Number string } }
	for _, which := range []string{"", " --ended"} {
		if err := json.Unmarshal([]byte(s.run("tenet -C office --json case list"+which, exitDone)), &list); err != nil {
			s.t.Fatal(err)
		}
		for _, k := range list.Cases {
			if strings.HasPrefix(k.Number, series) && k.Number > number {
				number = k.Number
			}
		}
	}
	return number
}

// task is the number of the last task of the last access case.
func (s *shell) task() string {
	var list struct{ Tasks []struct{ N int64 } }
	if err := json.Unmarshal([]byte(s.run("tenet -C office --json case task list "+s.number(s.opened), exitDone)), &list); err != nil || len(list.Tasks) == 0 {
		s.t.Fatal(err, "there is no task")
	}
	return fmt.Sprint(list.Tasks[len(list.Tasks)-1].N)
}

// waiting is an item of the first case that waits for a person.
func (s *shell) waiting() string {
	var show struct {
		Items []struct{ Item, Waits string }
	}
	if err := json.Unmarshal([]byte(s.run("tenet -C office --json case show "+s.number(1), exitDone)), &show); err != nil {
		s.t.Fatal(err)
	}
	for _, x := range show.Items {
		if x.Waits != "" {
			return x.Item
		}
	}
	s.t.Fatal("nothing in the answer waits for a person")
	return ""
}

// adopted is the version of the notice that is to come.
func (s *shell) adopted() string {
	var list struct{ Versions []struct{ Version string } }
	if err := json.Unmarshal([]byte(s.run("tenet -C office --json notice versions", exitDone)), &list); err != nil {
		s.t.Fatal(err)
	}
	return list.Versions[0].Version
}

// words splits a line at its spaces, save between double quotes.
func words(line string) (out []string) {
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	return out
}
