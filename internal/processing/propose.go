package processing

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tenet/internal/notice"
)

// ErrByHand says that a difference cannot be written into the pack without losing
// something of it.
var ErrByHand = errors.New("must be changed by hand")

// Propose writes differences of a sheet into the text of uses.yaml, line by line,
// and touches no other line. It can do so where the sheet changes who is concerned,
// which data is used, where it comes from, or the words of a purpose, and the pack
// writes that on one line; anything else is an error that is [ErrByHand]. Whoever
// calls it loads what comes out and checks the sheet against it again: only a
// proposal from which nothing differs is one.
func Propose(n *notice.Notice, uses []byte, diffs []Difference) ([]byte, error) {
	lines := strings.Split(string(uses), "\n")
	done := map[string]string{} // what has been written where, by field
	for _, d := range diffs {
		i := slices.IndexFunc(n.Uses.Uses, func(u notice.Use) bool { return u.ID == d.Use })
		if i < 0 || d.Column == "" {
			return nil, byHand(d, "a row cannot be added or taken away")
		}
		u := n.Uses.Uses[i]
		key, value, err := edit(n, u, d)
		if err != nil {
			return nil, err
		}
		at := string(u.ID) + " " + key
		if was, ok := done[at]; ok {
			if was != value { // one use stands on the records of several bodies
				return nil, byHand(d, "two rows of one use say different things, and the pack says it once")
			}
			continue
		}
		done[at] = value
		if err := rewrite(lines, u.Line, key, value); err != nil {
			return nil, byHand(d, err.Error())
		}
	}
	return []byte(strings.Join(lines, "\n")), nil
}

func byHand(d Difference, why string) error {
	where := d.Title
	if where == "" {
		where = d.What
	}
	return fmt.Errorf("row %d, %s: %s: %w", d.Line, where, why, ErrByHand)
}

// edit is the field of uses.yaml that a difference changes, and its value in YAML.
func edit(n *notice.Notice, u notice.Use, d Difference) (key, value string, err error) {
	var ids []notice.ID
	switch d.Column {
	case colPurpose, colDoes:
		if len(d.Added) != 1 {
			return "", "", byHand(d, "a use must have a purpose")
		}
		quoted, err := json.Marshal(d.Added[0]) // which YAML reads as its own
		return "purpose", string(quoted), err
	case colPeople:
		key, ids = "people", u.People
	case colCategories:
		key, ids = "categories", u.Categories
	case colSources:
		key, ids = "sources", u.Sources
	default:
		return "", "", byHand(d, "this column rests on more than one line of the pack")
	}
	list, file := things(n, d.Column)
	ids = slices.Clone(ids)
	for _, text := range d.Removed {
		id, ok := named(list, text)
		if !ok {
			return "", "", byHand(d, fmt.Sprintf("two things of %s have this name", file))
		}
		ids = slices.DeleteFunc(ids, func(x notice.ID) bool { return x == id })
	}
	for _, text := range d.Added {
		id, ok := named(list, text)
		if !ok {
			return "", "", byHand(d, fmt.Sprintf("%s has nothing, or not one thing alone, called %q", file, clip(text)))
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return "", "", byHand(d, "nothing would be left")
	}
	var words []string
	for _, id := range ids {
		words = append(words, string(id))
	}
	return key, "[" + strings.Join(words, ", ") + "]", nil
}

var fieldLine = regexp.MustCompile(`^(\s*(?:- )?\s*)([a-z-]+):[ \t]+(.*?)([ \t]+#.*)?\r?$`)

// rewrite puts a value in the place of another on the line of a field of the use that
// begins on line first.
func rewrite(lines []string, first int, key, value string) error {
	if first < 1 || first > len(lines) {
		return errors.New("the use is not where it was read")
	}
	depth := func(s string) int { return len(s) - len(strings.TrimLeft(s, " -")) }
	own := depth(lines[first-1])
	for i := first - 1; i < len(lines); i++ {
		l := lines[i]
		trimmed := strings.TrimSpace(l)
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if i >= first && (depth(l) < own || depth(l) == own && strings.HasPrefix(trimmed, "-")) {
			break // the next use, or the next list
		}
		m := fieldLine.FindStringSubmatch(l)
		if depth(l) != own || m == nil || m[2] != key {
			continue
		}
		old := m[3]
		plain := old != "" && !strings.ContainsAny(old[:1], "|>&*!")
		whole := strings.HasPrefix(old, "[") == strings.HasPrefix(value, "[") && (!strings.HasPrefix(old, "[") || strings.HasSuffix(old, "]"))
		goesOn := i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" && depth(lines[i+1]) > own
		if !plain || !whole || goesOn {
			return fmt.Errorf("line %d of uses.yaml is not of a form that can be rewritten alone", i+1)
		}
		end := ""
		if strings.HasSuffix(l, "\r") {
			end = "\r"
		}
		lines[i] = m[1] + key + ": " + value + m[4] + end
		return nil
	}
	return fmt.Errorf("uses.yaml has no line of its own for %s", key)
}
