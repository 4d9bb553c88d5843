package app

import (
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tenet/internal/store"
)

// TestMapsAreConfirmedInTheConsole takes a source's map away, and confirms it
// again as staff do, to a map that says the same.
func TestMapsAreConfirmedInTheConsole(t *testing.T) {
	w := open(t)
	w.hires(t, "rosalind", "Rosalind Achebe")
	file := filepath.Join(w.Dir, "maps", "housing.yaml")
	before, err := w.Map("housing")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	_, at := w.serves(t, slog.New(slog.DiscardHandler))
	v := visit(t, at)
	v.post("/sign-in", "login", "rosalind", "name", "rosalind", "password", password)

	// The source is read behind the page.
	var page string
	for until := time.Now().Add(2 * time.Minute); ; {
		var res *http.Response
		if res, page = v.get("/maps/housing"); res.Header.Get("Refresh") == "" {
			break
		}
		if time.Now().After(until) {
			t.Fatal("the source is read for ever")
		}
	}
	question := regexp.MustCompile(`name="question" value="([^"]+)"`)
	first := question.FindStringSubmatch(page)
	if first == nil || !strings.Contains(page, "questions are open") {
		t.Fatalf("nothing is asked:\n%s", page)
	}
	if _, page = v.post("/maps/housing/answer", "question", first[1], "answer", "nonsense"); strings.Contains(page, "1 answer waits") {
		t.Error("nonsense was taken for an answer")
	}
	if _, page = v.post("/maps/housing/answer", "question", first[1], "answer", "yes"); !strings.Contains(page, "1 answer waits") {
		t.Errorf("the answer was not taken:\n%s", page)
	}
	if _, page = v.post("/maps/housing/write"); !strings.Contains(page, "are open") {
		t.Error("a map was written with questions open")
	}
	if _, page = v.post("/maps/housing/undo"); !strings.Contains(page, "taken back") || !strings.Contains(page, first[1]) {
		t.Error("the answer was not taken back")
	}
	v.post("/maps/housing/accept")
	if _, page = v.post("/maps/housing/write"); !strings.Contains(page, "The map of housing is written") {
		t.Fatalf("the map was not written:\n%s", page)
	}
	after, err := w.Map("housing")
	if err != nil {
		t.Fatal(err)
	}
	for name, was := range before.Tables {
		if is := after.Tables[name]; is == nil || is.People != was.People || len(is.OwnedBy) != len(was.OwnedBy) {
			t.Errorf("%s is not mapped as it was", name)
		}
	}
	err = w.Store.Read(t.Context(), func(tx *store.Tx) error {
		acts, err := tx.Acts(t.Context(), w.Config.Landlord, "housing", 0, 1000)
		if err == nil && (len(acts) != 1 || acts[0].Act != "map.confirmed") {
			err = fmt.Errorf("the ledger says of the map: %+v", acts)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if _, page = v.get("/maps/housing"); !strings.Contains(page, "Nothing is open") {
		t.Error("what was confirmed is asked again")
	}
}

// TestWhoIsWhoInTheConsole decides about a record that may be the person's, and
// takes it back.
func TestWhoIsWhoInTheConsole(t *testing.T) {
	w := open(t)
	// A namesake of another birth with the same telephone, and a record without a
	// date of birth that fits them both.
	star := w.world.Star()
	forename, surname, _ := strings.Cut(star.Name, " ")
	db, err := sql.Open("sqlite", strings.TrimPrefix(w.world.Database.URL, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	for id, born := range map[int]any{900001: "1951-02-03", 900002: nil} {
		if _, err := db.Exec(`INSERT INTO person (person_id, forename, surname, dob, mobile) VALUES ($1, $2, $3, $4, $5)`, id, forename, surname, born, star.Mobile); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Index(t.Context(), false, nil); err != nil {
		t.Fatal(err)
	}
	a := w.asks(t)
	if len(a.Answer.Possible) != 1 {
		t.Fatalf("%d records may be the star's, not the one without a date of birth", len(a.Answer.Possible))
	}
	w.hires(t, "rosalind", "Rosalind Achebe")
	_, at := w.serves(t, slog.New(slog.DiscardHandler))
	v := visit(t, at)
	v.post("/sign-in", "name", "rosalind", "password", password)
	case_ := "/cases/" + a.Case.Number
	record := a.Answer.Possible[0].Record
	_, page := v.get(case_ + "/who")
	if !strings.Contains(page, `value="`+record+`"`) || !strings.Contains(page, "% likely") {
		t.Fatalf("the possible record is not asked about:\n%s", page)
	}
	res, page := v.post(case_+"/who", "record", record, "answer", "different", "reason", "another person of the name, asked both")
	if res.StatusCode != http.StatusOK || !strings.Contains(page, "somebody else") || strings.Contains(page, `value="`+record+`"`) {
		t.Fatalf("deciding gave %d:\n%s", res.StatusCode, page)
	}
	k, err := w.Cases.ByNumber(t.Context(), a.Case.Number)
	if err != nil || k.Draft == nil || k.Draft.Digest == a.Case.Draft.Digest {
		t.Errorf("the case was not searched again (%v)", err)
	}
	if _, page = v.get("/who"); !strings.Contains(page, "asked both") || !strings.Contains(page, "Rosalind Achebe") {
		t.Error("the decision is not listed")
	}
	list, err := w.PersonDecisions(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d decisions, %v", len(list), err)
	}
	if _, page = v.post("/who/undo", "a", list[0].A, "b", list[0].B); !strings.Contains(page, "Nobody has decided anything") {
		t.Error("the decision was not taken back")
	}
	if _, page := v.post(case_+"/who", "record", "housing:person/person_id=nobody", "answer", "same", "reason", "x"); !strings.Contains(page, "there is no such record") && !strings.Contains(page, "There is no such record") {
		t.Errorf("a record that is not there was decided about:\n%s", page)
	}
}
