package console_test

import (
	"bytes"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
)

var update = flag.Bool("update", false, "write the picture of the workbench that the docs show")

// at waits for a document to be there with this mark in focus.
func at(p *testbrowser.Page, mark string) {
	p.Until(fmt.Sprintf("document.activeElement && document.activeElement.id === %q && document.readyState === 'complete'", "m-"+mark))
}

// revision waits for the page to show a step.
func revision(p *testbrowser.Page, n int) {
	p.Until(fmt.Sprintf("document.getElementById('work') && document.getElementById('work').dataset.revision === '%d'", n))
}

// TestTwentyRedactionsByKeyboard withholds twenty marks in ten documents with the
// keys of the workbench alone, from the list of cases on.
func TestTwentyRedactionsByKeyboard(t *testing.T) {
	needAssets(t)
	b := newFakeBench()
	f := serveBench(t, b)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{})
	p.Goto(f.URL + "/cases/" + number)
	p.TabTo("#name")
	p.Type("rosalind")
	p.TabTo("#password")
	p.Type(password)
	p.Enter()
	p.TabTo("Withheld (") // the tab before it: another link of the page begins alike
	p.TabTo("Redact")
	p.Enter()
	p.TabTo("Start with the first that waits")
	p.Enter()
	for i := range 10 {
		doc := fmt.Sprintf("note-%d.note.", i+1)
		at(p, doc+"0")
		p.Type("w")
		at(p, doc+"1")
		p.Type("w")
		revision(p, 2*i+2)
		if said := p.Text("#said"); i == 0 && !strings.Contains(said, "Withheld. 2") {
			t.Errorf("what is announced is %q", said)
		}
		p.Type("n")
	}
	at(p, "note-11.note.0")
	if spans, docs := b.decided(); spans != 20 || docs != 10 {
		t.Errorf("%d marks are withheld in %d documents", spans, docs)
	}
	if got := b.found("note-4.note.1"); got.By != "Rosalind Achebe" || got.Action != "withhold" {
		t.Errorf("a mark is %+v", got)
	}
}

// TestTwentyRedactionsWithoutScripts does the same by forms.
func TestTwentyRedactionsWithoutScripts(t *testing.T) {
	b := newFakeBench()
	f := serveBench(t, b)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{NoScript: true})
	signInWith(p, f)
	p.Goto(f.URL + bench + "/sheet")
	for i := range 10 {
		for n := range 2 {
			p.Click(fmt.Sprintf(`button[value="withhold note-%d.note.%d"]`, i+1, n))
		}
		if i < 9 {
			p.Click("#to-open")
		}
	}
	if spans, docs := b.decided(); spans != 20 || docs != 10 {
		t.Errorf("%d marks are withheld in %d documents", spans, docs)
	}
	// What the panel and the other forms do.
	p.Goto(f.URL + bench + "/sheet/note-11")
	p.Click("#m-note-11\\.note\\.1")
	p.Fill("#reason", "Their own telephone.")
	p.Click("#decide-form button[value=reveal]")
	p.Fill("#add-words", "Mrs Okonjo-Hale")
	p.Fill("#add-reason", "A neighbour.")
	p.Click("#add-form button")
	p.Click("#undo-form button")
	if got := b.found("note-11.note.1"); got.Action != "reveal" || got.Reason != "Their own telephone." {
		t.Errorf("what the panel decided is %+v", got)
	}
	if n, newest := b.state(); n != 23 || newest.Kind != "add" || newest.Words != "Mrs Okonjo-Hale" || p.Text(".govuk-notification-banner__heading") == "" {
		t.Errorf("after adding words and taking that back the revision is %d, and the newest mark %+v", n, newest)
	}
	if strings.Contains(p.Text(".tenet-bench"), "[Person 9]") {
		t.Error("what was taken back is still in the copy")
	}
}

// TestKeysOfTheWorkbench goes through the keys that the twenty do not need.
func TestKeysOfTheWorkbench(t *testing.T) {
	needAssets(t)
	b := newFakeBench()
	f := serveBench(t, b)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{})
	signInWith(p, f)
	p.Goto(f.URL + bench + "/sheet/note-1#work")
	at(p, "note-1.note.0")
	p.Type("k")
	at(p, "note-1.author.0")
	p.Type(kb.ArrowDown)
	at(p, "note-1.note.0")
	p.Type("o")
	at(p, "note-1.note.1")

	// To let out what was to be withheld asks why; Escape leaves all as it was.
	p.Type("kkr")
	p.Until("document.getElementById('ask-dialog').open")
	p.Type(kb.Escape)
	at(p, "note-1.author.0")
	p.Type("r")
	p.Until("document.activeElement.id === 'ask-reason'")
	p.Type("Her role is public.\r")
	revision(p, 1)
	if got := b.found("note-1.author.0"); got.Action != "reveal" || got.Reason != "Her role is public." || got.Exemption != "" {
		t.Errorf("revealed with a reason, the mark is %+v", got)
	}

	// The exemption and the reason, then Enter.
	at(p, "note-1.note.0")
	p.Type("e")
	p.Until("document.activeElement.id === 'exemption'")
	p.Type("N" + kb.Tab + "He asked us not to.\r")
	revision(p, 2)
	if got := b.found("note-1.note.0"); got.Action != "withhold" || got.Exemption != "negotiations" || got.Reason != "He asked us not to." {
		t.Errorf("with another exemption the mark is %+v", got)
	}

	// Take it back; then all like this.
	at(p, "note-1.note.1")
	p.Type("u")
	revision(p, 3)
	if got := b.found("note-1.note.0"); got.Action != "review" {
		t.Errorf("taken back, the mark is %+v", got)
	}
	p.Until("document.getElementById('said').textContent.includes('Taken back: span withhold')")
	p.Type("a")
	p.Until("document.activeElement.id === 'ask-withhold'")
	for _, v := range p.Axe() {
		t.Errorf("the dialog: %s", v)
	}
	p.Type("\r")
	revision(p, 4)
	if got := b.found("note-9.note.1"); got.Action != "withhold" {
		t.Errorf("all like this leaves %+v", got)
	}

	// The flag, by Enter on its button; the focus stays where it was.
	p.Type("f")
	p.Until("document.activeElement.id === 'flag'")
	p.Type("D" + kb.Tab + "The same as the e-mail.\r")
	revision(p, 5)
	if _, m := b.state(); m.Kind != "flag" || m.Flag != console.FlagDuplicate || m.Reason != "The same as the e-mail." {
		t.Errorf("the flag is %+v", m)
	}
	p.Until("document.activeElement !== document.body")

	// Words by writing them.
	p.Type(kb.Escape)
	p.Type("m")
	p.Until("document.activeElement.id === 'add-words'")
	p.Type("Wharfedale Court" + kb.Tab + kb.Tab + "It tells where.\r")
	revision(p, 6)
	if got := b.found("note-1.note.a5"); got.Label == "" || !got.Added {
		t.Errorf("what was added by words is %+v", got)
	}
	p.Until("document.activeElement !== document.body")
	p.Type(kb.Escape)
	p.Type("?")
	p.Until("document.getElementById('keys-dialog').open")
	p.Type(kb.Escape)
	p.Type("/")
	p.Until("document.activeElement.id === 'filter'")
	p.Type("Wharfedale")
	p.Enter()
	p.Type("/") // the filter of the outline, with what was looked for
	p.Until("document.activeElement.id === 'filter' && document.activeElement.value === 'Wharfedale'")
}

// TestSelectedWords: what is selected in the original is added by its code points,
// though an emoji, a mark and a character that is not shown stand before it.
func TestSelectedWords(t *testing.T) {
	needAssets(t)
	b := newFakeBench()
	b.docs = append([]console.Sheet{fakeSheet("odd", "Odd", now, "body", "\u202d🏠🏠 Bob\r\nsaw Ann near 14 Harbour Row today",
		[]span{{"Bob", "name", "Person 1", "withhold"}, {"Ann", "name", "Person 2", "withhold"}})}, b.docs...)
	f := serveBench(t, b)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{})
	signInWith(p, f)
	p.Goto(f.URL + bench + "/sheet/odd#work")
	at(p, "odd.body.0")
	p.Eval(`(() => { const walk = document.createTreeWalker(document.querySelector('[data-piece=body]'), NodeFilter.SHOW_TEXT);
		let n; while ((n = walk.nextNode()) && !n.data.includes('14 Harbour Row'));
		const i = n.data.indexOf('14 Harbour Row'); getSelection().setBaseAndExtent(n, i - 1, n, i + 15); return true; })()`)
	p.Type("w")
	p.Until("document.activeElement.id === 'ask-reason' && document.getElementById('ask-why').textContent === '14 Harbour Row'")
	p.Type("It tells where.\r")
	revision(p, 1)
	_, m := b.state()
	text := []rune(b.docs[0].Pieces[0].Text)
	if got := string(text[m.Start:m.End]); got != "14 Harbour Row" || m.Piece != "body" || m.Reason != "It tells where." {
		t.Errorf("selecting “14 Harbour Row” marks %q: %+v", got, m)
	}
	at(p, "odd.body.a0")
}

// TestShortcutsOff: off is off for every key, and stays so.
func TestShortcutsOff(t *testing.T) {
	needAssets(t)
	b := newFakeBench()
	f := serveBench(t, b)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{})
	signInWith(p, f)
	p.Goto(f.URL + bench + "/sheet/note-1#work")
	at(p, "note-1.note.0")
	p.Choose("#keys-on")
	p.Goto(f.URL + bench + "/sheet/note-2#work")
	at(p, "note-2.note.0")
	p.Type("jkonpwraemfu/?" + kb.ArrowDown)
	if got := p.Eval("document.activeElement.id + document.querySelectorAll('dialog[open]').length + location.pathname.slice(-6)"); got != "m-note-2.note.00note-2" {
		t.Errorf("with shortcuts off the keys lead to %q", got)
	}
	// A key that is let through would be lined up before this mark, which is made by its button.
	p.TabTo("#reason")
	p.TabTo("Withhold")
	p.Type("\r")
	revision(p, 1)
	if n, m := b.state(); n != 1 || m.Span != "note-2.note.0" {
		t.Errorf("with shortcuts off the keys made %d steps, the newest %+v", n, m)
	}
	p.Choose("#keys-on")
	p.Type("?")
	p.Until("document.getElementById('keys-dialog').open")
	for _, v := range p.Axe() {
		t.Errorf("the list of keys: %s", v)
	}
}

// TestTwoPeopleAtOnce: who is later is told, sees what is so now with what they
// had typed, and can do it again.
func TestTwoPeopleAtOnce(t *testing.T) {
	needAssets(t)
	b := newFakeBench()
	f := serveBench(t, b)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{})
	signInWith(p, f)
	p.Goto(f.URL + bench + "/sheet/note-1#work")
	at(p, "note-1.note.0")
	theirs := []console.Mark{{Kind: "span", Sheet: "note-1", Span: "note-1.author.0", Action: "reveal", Reason: "Her role is public."}}
	if _, err := b.Mark(t.Context(), tomos, number, 0, theirs); err != nil {
		t.Fatal(err)
	}
	// Two keys, the second before the first is answered: it was meant for the same state.
	p.Eval(`['w', 'w'].forEach((key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true})))`)
	p.Until("document.getElementById('problem')")
	revision(p, 1)
	if got := p.Text("#problem"); !strings.Contains(got, "Somebody else changed this case") || !strings.Contains(got, "decide again") || !strings.Contains(got, "One decision after it was not saved either") {
		t.Errorf("the conflict is told as %q", got)
	}
	at(p, "note-1.note.0") // the mark that was not saved is in hand again
	if n, _ := b.state(); n != 1 || b.found("note-1.author.0").By != tomos.Name || p.Eval("document.getElementById('m-note-1.author.0').dataset.state") != "goes out" {
		t.Error("the colleague's decision is lost, or not shown")
	}
	p.Type("w")
	revision(p, 2)
	if got := b.found("note-1.note.0"); got.By != rosalind.Name || got.Action != "withhold" {
		t.Errorf("done again, the mark is %+v", got)
	}
	// A reason that took thought outlives a conflict.
	if _, err := b.Mark(t.Context(), tomos, number, 2, []console.Mark{{Kind: "flag", Sheet: "note-3", Flag: console.FlagDuplicate}}); err != nil {
		t.Fatal(err)
	}
	at(p, "note-1.note.1")
	p.Type("e" + kb.Tab + "Their own telephone.\r")
	revision(p, 3)
	at(p, "note-1.note.1")
	if got := p.Eval("document.getElementById('reason').value"); got != "Their own telephone." {
		t.Errorf("after a conflict the reason is %q", got)
	}
	// What is refused in the list is in hand, so that its reason can be written.
	p.Eval(`document.querySelector('button[value="reveal note-1.author.0"]').click()`)
	p.Until("document.getElementById('problem') && document.getElementById('problem').textContent.includes('needs a reason')")
	at(p, "note-1.author.0")
	// A key of one's own never takes back what the colleague did.
	if _, err := b.Mark(t.Context(), tomos, number, 3, []console.Mark{{Kind: "flag", Sheet: "note-2", Flag: console.FlagDuplicate}}); err != nil {
		t.Fatal(err)
	}
	p.Goto(f.URL + bench + "/sheet/note-2#work")
	at(p, "note-2.note.0")
	p.Type("u")
	p.Until("document.getElementById('problem') && document.getElementById('problem').textContent.includes('The last step is Tomos Prydderch')")
}

// TestWorkbenchForEveryone holds every page of the workbench against axe and the
// width of a phone, in light and dark.
func TestWorkbenchForEveryone(t *testing.T) {
	needAssets(t)
	b := newFakeBench()
	f := serveBench(t, b)
	for i, m := range []console.Mark{
		{Kind: "span", Sheet: "note-2", Span: "note-2.note.0", Action: "withhold", Exemption: "para16", Reason: "A neighbour."},
		{Kind: "span", Sheet: "note-2", Span: "note-2.author.0", Action: "reveal", Reason: "Her role is public."},
		{Kind: "flag", Sheet: "note-4", Flag: console.FlagPrivileged, Reason: "From our solicitor."},
	} {
		if _, err := b.Mark(t.Context(), tomos, number, i, []console.Mark{m}); err != nil {
			t.Fatal(err)
		}
	}
	b.lessons = []console.Lesson{{ID: "l1", Keep: true, Words: "Harbour Row", Reason: "The name of our estate.", By: tomos.Name, On: now, For: "Vale Housing"}}
	b.sets = []console.Choice{{ID: "own", Text: "Vale Housing"}, {ID: "lantern-row", Text: "Lantern Row"}}
	b.agreed = []console.Agreement{{By: tomos.Name, On: now, Words: "Looked at every name."}}
	browser := testbrowser.Start(t)
	signInWith(browser.Page(t, testbrowser.Options{}), f) // the tabs of one browser share it
	for name, o := range map[string]testbrowser.Options{
		"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true},
		"phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true}, "paper": {Print: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := browser.Page(t, o)
			look := func(what string) {
				t.Helper()
				for _, v := range p.Axe() {
					t.Errorf("%s: %s", what, v)
				}
				if n := p.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", what, n)
				}
				if dir := os.Getenv("TENET_TEST_PICTURES"); dir != "" {
					file := strings.NewReplacer("/", "_", "?", "_", ",", "", " ", "-").Replace("bench " + name + what + ".png")
					if err := os.WriteFile(filepath.Join(dir, file), p.Screenshot(true), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, path := range benchPages {
				p.Goto(f.URL + path)
				look(strings.TrimPrefix(path, "/cases/"+number))
			}
			if o.Print {
				return
			}
			p.Click("main form button:not([type=button])")
			look("/lessons, after a button")
			p.Goto(f.URL + bench + "/sheet/note-1")
			p.Eval("document.getElementById('work').dataset.revision = 0")
			p.Type("w")
			p.Until("document.getElementById('problem')")
			look("/sheet, refused")
		})
	}
}

// TestWorkbenchPicture looks at the page that the docs show, and with -update
// makes that picture: go test ./internal/console -run WorkbenchPicture -update
func TestWorkbenchPicture(t *testing.T) {
	needAssets(t)
	b := newFakeBench()
	b.docs[0] = fakeSheet("note-1", "Note of 2 March 2026", day(2026, 3, 2),
		"author", "Dilwen Parry, housing officer", []span{{"Dilwen Parry", "name", "Officer 1", "withhold"}},
		"note", "Call about noise. Mr Ambrose Tull of 14 Wharfedale Court rang 07700 900100 about the music. Ms Pascoe was told, and agreed to keep it down after 11pm. Mrs Okonjo-Hale at number 16 said that she had heard it as well.",
		[]span{{"Mr Ambrose Tull", "name", "Person 3", "review"}, {"07700 900100", "phone", "Person 3", "review"}, {"Ms Pascoe", "name", "the requester", "reveal"}, {"Mrs Okonjo-Hale", "name", "Person 4", "review"}})
	if _, err := b.Mark(t.Context(), rosalind, number, 0, []console.Mark{{Kind: "span", Sheet: "note-1", Span: "note-1.note.0", Action: "withhold", Exemption: "para16", Reason: "The neighbour who told us, and did not agree to be named."}}); err != nil {
		t.Fatal(err)
	}
	f := serveBench(t, b)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{Width: 1280, Height: 1090})
	signInWith(p, f)
	p.Goto(f.URL + bench + "/sheet/note-1?span=note-1.note.1")
	shot := p.Screenshot(false)
	pic, err := png.DecodeConfig(bytes.NewReader(shot))
	if err != nil || pic.Width != 1280 || pic.Height != 1090 {
		t.Errorf("the picture is %d by %d: %v", pic.Width, pic.Height, err)
	}
	if text := p.Text("main"); !strings.Contains(text, "[Person 3]") || !strings.Contains(text, "to decide") || !strings.Contains(text, "Mark 3 of 5") {
		t.Errorf("the page shows another document, or none: %.300q", text)
	}
	if *update {
		if err := os.WriteFile(filepath.Join("..", "..", "docs", "workbench.png"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
