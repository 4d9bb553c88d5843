package desk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/rule"
)

// waiversFile is where a landlord says which findings may stand for a time.
const waiversFile = "waivers.yaml"

// Linted is what is found in a notice on a day.
type Linted struct {
	On     notice.Date      `json:"on"`
	Found  []notice.Finding `json:"findings"` // that are not waived
	Waived []notice.Waived  `json:"waived"`
}

// LintNotice holds a notice against the law of today and against itself, less what
// waivers.yaml of the workspace waives.
func (d *Desk) LintNotice(n *notice.Notice) (Linted, error) {
	out := Linted{On: notice.Date(d.Today().String())}
	out.Found = notice.Lint(n, out.On)
	for _, p := range promise.Problems(n) {
		out.Found = append(out.Found, notice.FaultOfCheck(p))
	}
	for _, p := range rule.Examples(n) {
		out.Found = append(out.Found, notice.FaultOfRule(p))
	}
	out.Found = append(out.Found, notice.UnlistedCookies(n)...)
	unkept, err := d.Unkept(n)
	if err != nil {
		return out, err
	}
	out.Found = append(out.Found, unkept...)
	text, err := os.ReadFile(filepath.Join(d.Dir, waiversFile))
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("read %s: %w", waiversFile, err)
	}
	by, err := notice.ParseWaivers(waiversFile, text)
	if err != nil {
		return out, err
	}
	out.Found, out.Waived = notice.Waive(out.Found, by, out.On)
	return out, nil
}

// Draft is the notice that stands in the workspace's folder now.
func (d *Desk) Draft() (*notice.Notice, error) {
	return notice.Load(os.DirFS(filepath.Join(d.Dir, "notice")))
}
