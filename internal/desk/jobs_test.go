package desk_test

import (
	"errors"
	"os"
	"testing"

	"tenet/internal/desk"
	"tenet/internal/job"
)

// TestJobs: what has failed is listed, and waits again after it is retried; what
// is not there, or runs, is refused in words.
func TestJobs(t *testing.T) {
	dir := t.TempDir()
	if err := desk.Init(t.Context(), dir, "", os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(t.Context(), dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	jobs(`('larkfield', 'answer', 'k', 'null', 'failed', NULL, 10, 0, 'w:1', 'a system could not be read'),
		('larkfield', 'answer', 'r', 'null', 'waiting', 1, 1, 0, 'w:1', ''), ('elsewhere', 'answer', 'k', 'null', 'failed', NULL, 1, 0, '', '');
		UPDATE job SET state = 'running', lease = 'x' WHERE key = 'r'`)(t, d)
	if d, err = desk.Open(t.Context(), dir, os.Getenv); err != nil {
		t.Fatal(err)
	}
	defer d.Close()

	failed, err := d.Jobs(t.Context(), job.Failed)
	if err != nil || len(failed) != 1 || failed[0].Key != "k" || failed[0].Error == "" {
		t.Fatalf("failed: %+v, %v", failed, err)
	}
	if err := d.RetryJob(t.Context(), "answer", "k"); err != nil {
		t.Fatal(err)
	}
	all, err := d.Jobs(t.Context(), "")
	if err != nil || len(all) != 2 || all[0].State != job.Waiting || all[0].Tries != 0 {
		t.Errorf("after retrying: %+v, %v", all, err)
	}
	for key, code := range map[string]string{"r": "busy", "none": "not-found"} {
		var said *desk.Error
		if err := d.RetryJob(t.Context(), "answer", key); !errors.As(err, &said) || said.Code != code || said.Mend == "" {
			t.Errorf("retry %s: %v, want %s", key, err, code)
		}
	}
}
