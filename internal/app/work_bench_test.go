package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/pack"
)

// large gives a case a draft as big as one of 5,000 pages is: 4 KiB of words a page, to
// read, for a spreadsheet and for a computer.
func (w workspace) large(b *testing.B, k cases.Case) {
	b.Helper()
	words := make([]byte, 5000*4096)
	source := rand.New(rand.NewPCG(1, 2))
	for i := range words {
		words[i] = "etaoin shrdlu \n"[source.IntN(15)]
	}
	var sealed bytes.Buffer
	files := []pack.File{{Name: pack.PageName, Bytes: words}, {Name: pack.CSVName, Bytes: words}, {Name: pack.JSONName, Bytes: words}}
	if err := pack.Seal(&sealed, files, w.Keys.PackRecipient()); err != nil {
		b.Fatal(err)
	}
	sum := sha256.Sum256(sealed.Bytes())
	draft := *k.Draft
	draft.Pack, draft.Digest, draft.Size = k.Number+".large.age", hex.EncodeToString(sum[:]), int64(sealed.Len())
	if err := w.Packs.Put(b.Context(), draft.Pack, &sealed); err != nil {
		b.Fatal(err)
	}
	if _, err := w.Cases.SetDraft(b.Context(), cases.On{Case: k.ID, By: "tester"}, draft); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCasePages is what pages of a case cost where its answer is large. Those that
// show nothing of it open nothing: all but the first.
func BenchmarkCasePages(b *testing.B) {
	w := open(b)
	k := w.asks(b).Case
	v := w.clerkOf(b, "rosalind", "Rosalind Achebe")
	w.large(b, k)
	v.post("/cases/"+k.Number+"/access", "purpose", "answer", "reason", "To redact the answer.")
	for _, page := range []string{"", "/redact", "/tasks", "/history", "/who", "/withheld", "/do/clarify"} {
		b.Run("case"+page, func(b *testing.B) {
			for b.Loop() {
				if res, _ := v.get("/cases/" + k.Number + page); res.StatusCode != http.StatusOK {
					b.Fatalf("%s is a %d", page, res.StatusCode)
				}
			}
		})
	}
}

// BenchmarkLists is what the pages cost that read every open case, with 2,000 of them.
func BenchmarkLists(b *testing.B) {
	w := open(b)
	v := w.clerkOf(b, "rosalind", "Rosalind Achebe")
	var rows []cases.Row
	for i := range 2000 {
		rows = append(rows, cases.Row{Line: i + 2, Fields: map[string]string{"reference": fmt.Sprint("OLD-", i), "kind": "access", "received": "2026-11-02", "channel": "letter", "name": fmt.Sprint("Invented Person ", i)}})
	}
	if _, problems, err := w.Cases.Import(b.Context(), w.Notice, "tester", rows); err != nil || len(problems) > 0 {
		b.Fatal(problems, err)
	}
	for _, page := range []string{"/cases", "/cases/export", "/cases/figures", "/cases/tasks"} {
		b.Run(page[1:], func(b *testing.B) {
			for b.Loop() {
				if res, _ := v.get(page); res.StatusCode != http.StatusOK {
					b.Fatalf("%s is a %d", page, res.StatusCode)
				}
			}
		})
	}
}
