package desk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

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

// Errors are those of what is found that break the law, or the notice's own word.
func (l Linted) Errors() []notice.Finding {
	return slices.DeleteFunc(slices.Clone(l.Found), func(f notice.Finding) bool { return f.Severity != notice.Wrong })
}

// LintNotice holds a notice against the law of today and against itself, less what
// waivers.yaml of the workspace waives. One that is to come is held against the law, and
// the waivers, of its first day.
func (d *Desk) LintNotice(n *notice.Notice) (Linted, error) {
	out := Linted{On: max(notice.Date(d.Today().String()), n.Landlord.Effective)}
	out.Found = append(FindingsOf(n, out.On), notice.UnlistedCookies(n)...)
	unkept, err := d.Unkept(n)
	if err != nil {
		return out, err
	}
	out.Found = append(out.Found, unkept...)
	by, err := Waivers(d.Dir)
	if err != nil || by == nil {
		return out, err
	}
	out.Found, out.Waived = notice.Waive(out.Found, by, out.On)
	return out, nil
}

// FindingsOf is what is found in a notice by itself on a day: by the linter, by the checks of
// its promises and by the rules of its sharing, in that order.
func FindingsOf(n *notice.Notice, on notice.Date) []notice.Finding {
	found := notice.Lint(n, on)
	for _, p := range promise.Problems(n) {
		found = append(found, notice.FaultOfCheck(p))
	}
	for _, p := range rule.Examples(n) {
		found = append(found, notice.FaultOfRule(p))
	}
	return notice.Titled(n, found)
}

// Waivers are those of a workspace's waivers.yaml; nil where it has none.
func Waivers(dir string) ([]notice.Waiver, error) {
	text, err := os.ReadFile(filepath.Join(dir, waiversFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", waiversFile, err)
	}
	return notice.ParseWaivers(waiversFile, text)
}

// Draft is the notice that stands in the workspace's folder now.
func (d *Desk) Draft() (*notice.Notice, error) {
	return notice.Load(os.DirFS(filepath.Join(d.Dir, "notice")))
}
