package desk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tenet/internal/source"
)

// TestOutOfHours: a source that may be read in bulk at night alone is put off by
// day, which is told and is no failure; a person's question is answered all the
// same, whole.
func TestOutOfHours(t *testing.T) {
	ctx := t.Context()
	d, _, _ := bureau(t, namesakes, namesakesMap)
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	// A window of an hour that begins in three hours' time.
	from := time.Now().In(london).Add(3 * time.Hour)
	file := filepath.Join(d.Dir, configFile)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := d.Config.Sources[0].URL
	d.Config.Sources[0].URL = fmt.Sprintf("%s?hours=%s-%s", at, from.Format("15:04"), from.Add(time.Hour).Format("15:04"))
	if !strings.Contains(string(text), at) {
		t.Fatal("the source's address is not in the configuration")
	}

	got, err := d.Index(ctx, true, nil)
	if err != nil {
		t.Fatalf("what is put off has failed: %v", err)
	}
	if len(got.Tables) != 0 || len(got.Gaps) == 0 || !strings.Contains(got.Gaps[0].Why, "outside its hours until "+from.Format("15:04")) {
		t.Errorf("indexed %v, put off %v", got.Tables, got.Gaps)
	}
	// What was indexed at night is found by day.
	a, err := d.Find(ctx, "t", Query{Name: "Tom Shaw", DOB: "1950-04-01", Phone: "07700900111"})
	if err != nil || len(a.Records) == 0 {
		t.Errorf("by day a person's question finds %v, %v", a, err)
	}
	var later *source.HoursError
	if _, err := d.Index(ctx, false, nil); errors.As(err, &later) {
		t.Error("a refresh fails for its hours")
	}
}
