package notice

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// pack copies the default pack, for a test to spoil: in the language it was written in alone, so
// that what changes its words need not change a translation.
func pack(t testing.TB) fstest.MapFS {
	t.Helper()
	src, err := Pack(DefaultPack)
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	for _, name := range Files() {
		content, err := fs.ReadFile(src, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: content}
	}
	edit(t, out, landlordFile, "languages: [en, cy]", "languages: [en]")
	return out
}

// edit replaces the first old in a file by new, and gives the line it stood on.
func edit(t testing.TB, fsys fstest.MapFS, file, old, new string) int {
	t.Helper()
	before, after, ok := strings.Cut(string(fsys[file].Data), old)
	if !ok {
		t.Fatalf("%s does not contain %q", file, old)
	}
	fsys[file] = &fstest.MapFile{Data: []byte(before + new + after)}
	return strings.Count(before, "\n") + 1
}

// load wants a notice.
func load(t testing.TB, fsys fs.FS) *Notice {
	t.Helper()
	n, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// problemsOf wants an *Invalid, and gives what it lists.
func problemsOf(t *testing.T, fsys fs.FS) []Problem {
	t.Helper()
	n, err := Load(fsys)
	var invalid *Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("Load: error %v, want *Invalid", err)
	}
	if n != nil {
		t.Error("Load gave a notice beside its error")
	}
	return invalid.Problems
}

func TestDefaultPackIsWholeAndClean(t *testing.T) {
	n := load(t, pack(t))
	for _, f := range Check(n) {
		t.Errorf("%s: %s %s: %s", f.Pos, f.Rule, f.ID, f.Why)
	}
	for _, id := range strings.Fields(`identity contact-details household tenancy rent-transactions financial repairs
		property-condition asb correspondence case-notes vulnerability health ethnicity religion sexual-orientation
		criminal warning-markers complaints images call-recordings employment third-party-contacts children`) {
		if _, ok := n.Data.Category(ID(id)); !ok {
			t.Errorf("the default pack has no category %s", id)
		}
	}
}

// Each case spoils the pack in one way, and wants exactly one problem. Lines
// are counted from the line of the text replaced.
func TestLoadRefuses(t *testing.T) {
	tests := []struct {
		name, file, old, new string
		line                 int // added to the line of old
		field, what, mend    string
	}{
		{"unknown key near a right one", "uses.yaml", "    purpose: To decide", "    purpos: To decide", 0,
			"uses[let-homes].purpos", "unknown key “purpos”", "did you mean “purpose”?"},
		{"unknown key near none", "data.yaml", "    title: Who you are\n", "    title: Who you are\n    zzzzzzzzz: 1\n", 1,
			"categories[identity].zzzzzzzzz", "unknown key", "use one of id, title"},
		{"unknown key at the top", "keeping.yaml", "holds:", "hold:", 0,
			"hold", "unknown key “hold”", "did you mean “holds”?"},
		{"own records twice", "keeping.yaml", "    records: [cases, authorities,", "    records: [contacts, cases, authorities,", -4,
			"rules[request-file].records", "“contacts” is under the rule “letters” already", "leave it in one"},
		{"own records by kinds of people", "keeping.yaml", "    records: [cases, authorities,", "    people: [tenants]\n    records: [cases, authorities,", -4,
			"rules[request-file].people", "does not go with records", "a rule of their own"},
		{"own records by an event that they do not have", "keeping.yaml", "    trigger: case-closed\n    records: [cases,", "    trigger: tenancy-end\n    records: [cases,", -3,
			"rules[request-file].records", "cannot be counted", "add own: made"},
		{"key twice", "landlord.yaml", "name: Larkfield Homes\n", "name: Larkfield Homes\nname: Other\n", 1,
			"name", "stands twice", "keep one"},
		{"id twice", "data.yaml", "  - id: contact-details", "  - id: identity", 0,
			"categories[identity].id", "already a category called “identity”", "name of its own"},
		{"text where a list belongs", "uses.yaml", "sources: [devices]", "sources: devices", 0,
			"uses[watch-shared-spaces].sources", "must be a list, not text", "[devices]"},
		{"list where text belongs", "data.yaml", "title: Who you are", "title: [Who, you]", 0,
			"categories[identity].title", "must be text, not a list", "one piece of text"},
		{"number where text belongs", "landlord.yaml", "company-number: '99999901'", "company-number: 99999901", 0,
			"controllers[larkfield-homes].company-number", "must be text, not a number", "put quotes round it: '99999901'"},
		{"text where true or false belongs", "landlord.yaml", "lead: true", "lead: 'yes'", 0,
			"controllers[larkfield-homes].lead", "must be true or false", "without quotes"},
		{"text where a number belongs", "rights.yaml", "{count: 21,", "{count: '21',", 0,
			"rights[access].target.count", "must be a whole number, not text", "without quotes"},
		{"number out of range", "rights.yaml", "{count: 21,", "{count: 0,", 0,
			"rights[access].target.count", "0 is out of range", "from 1 to 400"},
		{"map where a list belongs", "landlord.yaml", "languages: [en]", "languages: {en: 1}", 0,
			"languages", "must be a list, not a map", "“- ”"},
		{"no value", "landlord.yaml", "nation: england-and-wales", "nation:", 0,
			"nation", "has no value", "leave the line out"},
		{"empty text", "data.yaml", "title: Who you are", "title: ''", 0,
			"categories[identity].title", "is empty", "give it a value"},
		{"empty list", "landlord.yaml", "languages: [en]", "languages: []", 0,
			"languages", "the list is empty", "add an entry"},
		{"same word twice in a list", "landlord.yaml", "languages: [en]", "languages: [en, en]", 0,
			"languages[1]", "“en” stands twice", "keep one"},
		{"missing field", "uses.yaml", "    purpose: To decide who can have a home, and to offer it.\n", "", -1,
			"uses[let-homes].purpose", "is missing", "add purpose: what for"},
		{"wrong word", "uses.yaml", "basis: contract", "basis: contracts", 0,
			"uses[let-homes].basis", "“contracts” is not a value", "did you mean “contract”?"},
		{"legitimate interests as an Article 9 condition", "uses.yaml", "article-9: substantial-public-interest", "article-9: legitimate-interests", 0,
			"uses[support-people].special.article-9", "is not a value", "explicit-consent"},
		{"not a date", "landlord.yaml", "effective: 2026-07-01", "effective: 1 July", 0,
			"effective", "is not a date such as", "correct it"},
		{"not a day", "landlord.yaml", "effective: 2026-07-01", "effective: 2026-02-30", 0,
			"effective", "is not a day in the calendar", "correct it"},
		{"not a period", "keeping.yaml", "period: P6Y", "period: 6 years", 0,
			"rules[tenancy-file].period", "is not a period such as P6Y", "correct it"},
		{"a period of nothing", "keeping.yaml", "period: P6Y", "period: P", 0,
			"rules[tenancy-file].period", "has no length", "correct it"},
		{"not an id", "data.yaml", "{id: tenants,", "{id: Tenants!,", 0,
			"people[Tenants!].id", "is not a name in small letters", "correct it"},
		{"not an e-mail address", "landlord.yaml", "email: hello@larkfield.example", "email: hello", 0,
			"contacts[customer-service].email", "is not an e-mail address", "correct it"},
		{"use of an unknown category", "uses.yaml", "categories: [identity, contact-details, household,", "categories: [identity, contact-detail, household,", 0,
			"uses[let-homes].categories[1]", "no category called “contact-detail”", "did you mean “contact-details”?"},
		{"rule for an unknown recipient", "sharing.yaml", "    to: printers\n", "    to: nobody-at-all\n", 0,
			"rules[letters-to-print].to", "no recipient called “nobody-at-all”", "add it to recipients in sharing.yaml, or use one of"},
		{"form with an unknown use", "web.yaml", "for: talk-to-people,", "for: chatting,", 0,
			"forms[contact-us].for", "no use called “chatting”", "uses in uses.yaml"},
		{"record with an unknown retention rule", "records.yaml", "keeping: warning\n", "keeping: warnings\n", 0,
			"records[warning-marker].keeping", "no retention rule called “warnings”", "did you mean “warning”?"},
		{"clock with an unknown promise", "rights.yaml", "promise: correct-in-ten-days", "promise: correct-in-ten", 0,
			"rights[rectification].clock.promise", "no sentence called “correct-in-ten”", "did you mean “correct-in-ten-days”?"},
		{"check of an unknown sentence", "promises.yaml", "never-sold:", "never-ever-given-away:", 0,
			"never-ever-given-away", "no sentence called", "notice.md"},
		{"promise with no checks", "promises.yaml", "never-sold: [{check: attested, by: data-protection, every: P1Y}]", "never-sold: []", 0,
			"never-sold", "the list is empty", "add an entry"},
		{"check without a name", "promises.yaml", "never-sold: [{check: attested, by: data-protection, every: P1Y}]", "never-sold: [{by: data-protection}]", 0,
			"never-sold[0].check", "is missing", "add check: the name of the check"},
		{"check given a map", "promises.yaml", "by: data-protection, every: P1Y}]\nweigh", "by: {a: 1}}]\nweigh", 0,
			"tell-you-within-a-month[0].by", "must be a plain value", "write a word"},
		{"loop of one", "keeping.yaml", "after: support-needs\n", "after: support-needs-proof\n", -3,
			"rules[support-needs-proof].after", "in a loop: support-needs-proof → support-needs-proof", "a trigger instead"},
		{"loop of two", "keeping.yaml", "    trigger: need-ended\n", "    after: support-needs-proof\n", -3,
			"rules[support-needs].after", "in a loop: support-needs → support-needs-proof → support-needs", "a trigger instead"},
		{"trigger and after", "keeping.yaml", "    after: support-needs\n", "    after: support-needs\n    trigger: entry-made\n", -3,
			"rules[support-needs-proof]", "a trigger or an after, and not both", "name the event"},
		{"special without its kinds", "data.yaml", "    special: [belief]\n", "", -4,
			"categories[religion].special", "is missing from a special category", "name what it reveals"},
		{"special kinds on ordinary data", "data.yaml", "    title: Work\n", "    title: Work\n    special: [health]\n", -1,
			"categories[employment].special", "stands on a category that is ordinary", "write kind: special"},
		{"no lead", "landlord.yaml", "    lead: true\n", "", -3,
			"controllers", "no controller leads", "write lead: true"},
		{"two leads", "landlord.yaml", "    kind: company\n", "    kind: company\n    lead: true\n", -2,
			"controllers[larkfield-repairs].lead", "a second controller leads", "one of them"},
		{"a contact nobody can reach", "landlord.yaml", "    email: safe@larkfield.example\n    phone: 01632 960 120\n", "", -2,
			"contacts[safeguarding]", "cannot be reached", "give an email"},
		{"regulators overlapping", "landlord.yaml", "      - name: Regulator of Social Housing\n", "      - name: Old Body\n        until: 2026-01-01\n      - name: Regulator of Social Housing\n", 2,
			"regulators[rsh].names", "two names hold on the same day", "in order of date"},
		{"target that promises", "rights.yaml", "target: {count: 21, unit: calendar-days}", "target: {count: 21, unit: calendar-days, promise: answer-in-a-month}", 0,
			"rights[access].target.promise", "promises nothing", "move the promise"},
		{"as-law for a clock of no right", "rights.yaml", "clocks:\n", "clocks:\n  - {id: tell, title: To tell, from: we know, clock: {count: 1, unit: months, as-law: true}}\n", 1,
			"clocks[tell].clock.as-law", "belongs to no right", "remove as-law"},
		{"a pattern without end", "data.yaml", "never:\n", "references:\n  - {id: r, title: R, pattern: 'LK[0-9]+', names: person, examples: [LK1]}\nnever:\n", 1,
			"references[r].pattern", "can match without end", "correct it"},
		{"a pattern of nothing", "data.yaml", "never:\n", "references:\n  - {id: r, title: R, pattern: '[0-9]{0,4}', names: person, examples: ['1']}\nnever:\n", 1,
			"references[r].pattern", "matches nothing at all", "correct it"},
		{"an example its pattern does not match", "data.yaml", "never:\n", "references:\n  - {id: r, title: R, pattern: 'LK[0-9]{6}', names: person, examples: [LK1]}\nnever:\n", 1,
			"references[r].examples", "does not match the pattern", "correct the pattern"},
		{"as-law with a start", "rights.yaml", "clock: {count: 1, unit: months, as-law: true,", "clock: {count: 1, unit: months, as-law: true, start: identity,", 0,
			"rights[access].clock", "start and as-law are both given", "remove one"},
		{"regulator's step without one", "rights.yaml", "    regulator: housing-ombudsman\n", "", -3,
			"complaints[2]", "must name a regulator", "add regulator:"},
		{"choice without choices", "records.yaml", ", choices: [Stage 1, Stage 2, Ombudsman]", "", 0,
			"records[service-complaint].fields", "choices go with type: choice", "add the choices"},
		{"field of two kinds", "sharing.yaml", "{one-of: [phone, email]}", "{one-of: [phone, email], name: post}", 0,
			"rules[survey-lists].fields", "one field, or one-of several", "write a name"},
		{"anchors", "landlord.yaml", "name: Larkfield Homes\n", "name: &n Larkfield Homes\n", 0,
			"name", "anchors, aliases and tags are not read", "in full"},
		{"second document", "landlord.yaml", "controllers:\n", "---\nother: 1\n---\ncontrollers:\n", 1,
			"", "a second document begins", "remove the “---”"},
		{"bad indentation", "landlord.yaml", "  - id: larkfield-homes\n", "  - id: larkfield-homes\n - nonsense: [\n", 1, "", "not valid YAML", "indentation"},
		{"invalid UTF-8", "landlord.yaml", "Larkfield Homes\n", "Lark\xfffield\n", 0, "", "not valid UTF-8", "save the file as UTF-8"},
		{"NUL", "landlord.yaml", "Larkfield Homes\n", "Lark\x00field\n", 0, "", "control character U+0000", "remove it"},
		{"long line", "landlord.yaml", "Larkfield Homes\n", strings.Repeat("x", 3000) + "\n", 0, "", "longer than 2000 bytes", "several lines"},
		{"deep brackets", "landlord.yaml", "[en]", strings.Repeat("[", 40) + strings.Repeat("]", 40), 0, "", "nested more than 16 deep", "flatter"},

		{"id without a sentence", "notice.md", "It costs nothing. {#free-of-charge}", "{#free-of-charge}", 0, "", "follows no sentence", "after the sentence"},
		{"id in the notice twice", "notice.md", "{#only-uk-and-ireland}", "{#never-sold}", 0, "", "two sentences have the id “never-sold”", "an id of its own"},
		{"id that is none", "notice.md", "{#never-sold}", "{#Never Sold}", 0, "", "“Never Sold” is not a name", "correct the id"},
		{"id not closed", "notice.md", "{#free-of-charge}", "{#free-of-charge", 0, "", "an id that is not closed", "write it as {#id}"},
		{"id on a heading", "notice.md", "## Who we are", "## Who we are {#who}", 0, "", "a heading promises nothing", "a sentence under it"},
		{"second title", "notice.md", "## Who we are", "# Who we are", 0, "", "a second title", "##"},
		{"no title", "notice.md", "# How Larkfield", "## How Larkfield", -1, "", "has no title", "begin it with"},
		{"HTML", "notice.md", "## Who we are", "<script>alert(1)</script>", 0, "", "HTML are not read", "paragraphs"},
		{"a link that runs", "notice.md", "(tel:01632960110)", "(javascript:alert)", 0, "", "“javascript:alert” is of a kind that is not followed", "use https:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := pack(t)
			line := edit(t, fsys, tt.file, tt.old, tt.new) + tt.line
			if tt.name == "no title" {
				line = 0
			}
			got := problemsOf(t, fsys)
			if len(got) != 1 {
				t.Fatalf("%d problems, want 1:\n%v", len(got), (&Invalid{Problems: got}).Error())
			}
			p := got[0]
			if p.File != tt.file || p.Line != line || p.Field != tt.field {
				t.Errorf("at %s:%d %q, want %s:%d %q\n%v", p.File, p.Line, p.Field, tt.file, line, tt.field, p)
			}
			if !strings.Contains(p.What, tt.what) || !strings.Contains(p.Mend, tt.mend) {
				t.Errorf("says %q; %q\nwant %q; %q", p.What, p.Mend, tt.what, tt.mend)
			}
		})
	}
}

func TestLoadMissingFiles(t *testing.T) {
	for _, name := range Files() {
		t.Run(name, func(t *testing.T) {
			fsys := pack(t)
			delete(fsys, name)
			want := []Problem{{Pos: Pos{File: name}, What: "the file is missing", Mend: "add it; tenet init writes a whole folder to begin from"}}
			if diff := cmp.Diff(want, problemsOf(t, fsys)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			fsys[name] = &fstest.MapFile{Data: []byte(" \n")}
			if got := problemsOf(t, fsys); len(got) != 1 || got[0].File != name {
				t.Errorf("empty file: %v", got)
			}
			fsys[name] = &fstest.MapFile{Data: []byte(strings.Repeat("# padding\n", maxFile/5))}
			if got := problemsOf(t, fsys); len(got) != 1 || !strings.Contains(got[0].What, "larger than 256 KiB") {
				t.Errorf("huge file: %v", got)
			}
		})
	}
}

func TestLoadTooMuch(t *testing.T) {
	fsys := pack(t)
	fsys["data.yaml"] = &fstest.MapFile{Data: []byte(strings.Repeat("a:\n", maxTokens))}
	if got := problemsOf(t, fsys); len(got) != 1 || !strings.Contains(got[0].What, "more than 30000 keys") {
		t.Errorf("problems %v", got)
	}
}

// A pipe in the place of a file would be waited for until somebody writes into it.
func TestLoadOpensNoPipe(t *testing.T) {
	fsys := pack(t)
	fsys[keepingFile].Mode = fs.ModeNamedPipe
	_, err := Load(fsys)
	if err == nil || !strings.Contains(err.Error(), "keeping.yaml of the notice: it is no regular file") {
		t.Errorf("a pipe was read: %v", err)
	}
}

func TestLoadStrayFile(t *testing.T) {
	fsys := pack(t)
	fsys["keepng.yaml"] = fsys["keeping.yaml"]
	fsys["README.md"] = &fstest.MapFile{Data: []byte("welcome")}
	got := problemsOf(t, fsys)
	if len(got) != 1 || got[0].File != "keepng.yaml" || !strings.Contains(got[0].Mend, "did you mean “keeping.yaml”?") {
		t.Errorf("problems %v", got)
	}
}

func TestLoadCollectsAcrossFilesInOrder(t *testing.T) {
	fsys := pack(t)
	edit(t, fsys, "promises.yaml", "check: attested", "chek: attested")
	edit(t, fsys, "uses.yaml", "basis: contract", "basis: contrat")
	edit(t, fsys, "data.yaml", "kind: ordinary", "kind: plain")
	edit(t, fsys, "landlord.yaml", "nation: england-and-wales", "nation: england")
	var files []string
	for _, p := range problemsOf(t, fsys) {
		files = append(files, p.File)
	}
	if diff := cmp.Diff([]string{"landlord.yaml", "data.yaml", "uses.yaml", "promises.yaml"}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestLoadBoundsItsComplaints(t *testing.T) {
	fsys := pack(t)
	fsys["data.yaml"] = &fstest.MapFile{Data: []byte(strings.Repeat("x: 1\n", 5000))}
	_, err := Load(fsys)
	var invalid *Invalid
	if !errors.As(err, &invalid) || len(invalid.Problems) != maxProblems || invalid.More == 0 {
		t.Fatalf("error %v", err)
	}
	var one Problem
	if !errors.As(err, &one) {
		t.Error("errors.As finds no Problem in the error")
	}
}

func TestLoadUnreadableFolderIsNotInvalid(t *testing.T) {
	_, err := Load(brokenFS{})
	var invalid *Invalid
	if err == nil || errors.As(err, &invalid) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v, want one that wraps fs.ErrPermission and is not *Invalid", err)
	}
}

type brokenFS struct{}

func (brokenFS) Open(string) (fs.File, error) { return nil, fs.ErrPermission }

func TestProblemWords(t *testing.T) {
	p := Problem{Pos: Pos{"uses.yaml", 12, 5}, Field: "uses[a].basis", What: "is wrong", Mend: "mend it"}
	if got, want := p.Error(), "uses.yaml:12:5: uses[a].basis: is wrong; mend it"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

// FuzzLoad puts anything in place of a stretch of any file: Load must come back
// with a notice or an error that says where.
func FuzzLoad(f *testing.F) {
	for i := range Files() {
		f.Add(uint8(i), uint16(40), uint16(3), ": [")
		f.Add(uint8(i), uint16(0), uint16(0), "? {a: *b, <<: &c !!x |\n")
		f.Add(uint8(i), uint16(200), uint16(60), "\n  - - - {#x} **[a](b)\n")
	}
	whole := pack(f)
	f.Fuzz(func(t *testing.T, which uint8, at, length uint16, text string) {
		fsys := fstest.MapFS{}
		for k, v := range whole {
			fsys[k] = v
		}
		name := Files()[int(which)%len(Files())]
		src := whole[name].Data
		from := int(at) % (len(src) + 1)
		to := min(from+int(length), len(src))
		fsys[name] = &fstest.MapFile{Data: []byte(string(src[:from]) + text + string(src[to:]))}
		n, err := Load(fsys)
		if err == nil {
			Check(n)
			n.Explain(About{Categories: []string{"identity", "health"}, Day: "2026-11-22"})
			return
		}
		var invalid *Invalid
		if !errors.As(err, &invalid) || len(invalid.Problems) == 0 {
			t.Fatalf("error without problems: %v", err)
		}
		for _, p := range invalid.Problems {
			if p.File == "" || p.What == "" || p.Mend == "" {
				t.Errorf("problem without file, what or mend: %+v", p)
			}
		}
	})
}
