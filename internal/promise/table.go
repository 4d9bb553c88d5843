package promise

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"tenet/internal/notice"
)

// Markdown writes, as Markdown, each promise of a notice with the section in which it stands,
// the rules of the folder that carry it out, the checks that show it, and how it stood when
// it was last looked at.
func Markdown(n *notice.Notice, stands map[notice.ID]Result) string {
	var b strings.Builder
	b.WriteString("| section of the notice | promise | rule | check | verdict |\n|---|---|---|---|---|\n")
	order, _ := promises(n)
	sections, rules := Sections(n), rulesOf(n)
	for _, id := range order {
		var checks []string
		for _, c := range n.Promises[id] {
			checks = append(checks, checkWords(c))
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", cell(sections[id]), id, cell(ruleWords(rules[id])), cell(strings.Join(checks, "; ")), verdictWords(stands[id]))
	}
	return b.String()
}

// ruleWords are rules by their file: "sharing.yaml: jobs, payments".
func ruleWords(list []string) string {
	if len(list) == 0 {
		return "words only"
	}
	var files []string
	in := map[string][]string{}
	for _, r := range list {
		file, name, _ := strings.Cut(r, ": ")
		if in[file] == nil {
			files = append(files, file)
		}
		in[file] = append(in[file], name)
	}
	for i, file := range files {
		files[i] = file + ": " + strings.Join(in[file], ", ")
	}
	return "`" + strings.Join(files, "`; `") + "`"
}

// checkWords is a check with what it is given, in the order of its names.
func checkWords(c notice.PromiseCheck) string {
	if c.Check == NotCheckableName {
		return fmt.Sprint("not checkable: ", strings.TrimSuffix(fmt.Sprint(c.With["why"]), "."))
	}
	out := "`" + string(c.Check) + "`"
	for _, name := range slices.Sorted(maps.Keys(c.With)) {
		if name != "as" && (name != "at-least" || fmt.Sprint(c.With[name]) != "100%") {
			out += fmt.Sprintf(" %s %s", name, strings.Trim(fmt.Sprint(c.With[name]), "[]"))
		}
	}
	return out
}

func verdictWords(r Result) string {
	switch {
	case r.Status == "":
		return "not looked at"
	case r.Status == Unproven:
		return string(r.Status) + ": " + r.Cause().Says()
	}
	return string(r.Status)
}

// cell is a text in a table of Markdown.
func cell(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", "\\|")
}

// rulesOf is which rules of the folder say that they carry out a sentence, or are named by
// a check of it: "sharing.yaml: jobs".
func rulesOf(n *notice.Notice) map[notice.ID][]string {
	out := map[notice.ID][]string{}
	add := func(id notice.ID, rule string) {
		if id != "" && !slices.Contains(out[id], rule) {
			out[id] = append(out[id], rule)
		}
	}
	for _, part := range []any{n.Landlord, n.Data, n.Uses, n.Sharing, n.Keeping, n.Rights, n.Web, n.Records} {
		eachRule(reflect.ValueOf(part), "", "", add)
	}
	order, _ := promises(n)
	for _, id := range order {
		for _, c := range n.Promises[id] {
			name := string(c.Check)
			for param, file := range map[string]string{"rule": "keeping.yaml", "form": "web.yaml", "kind": "rights.yaml"} {
				x, ok := c.With[param].(string)
				switch {
				case !ok || param == "kind" && !strings.HasPrefix(name, "requests."):
				case param == "rule" && strings.HasPrefix(name, "disclosure."):
					add(id, "sharing.yaml: "+x)
				default:
					add(id, file+": "+x)
				}
			}
		}
	}
	return out
}

// eachRule goes through a part of the notice for what names the sentences it carries out. A
// rule is called by its own name; what has none by its key, after the name of what it is
// part of: "access.clock".
func eachRule(v reflect.Value, key, of string, add func(notice.ID, string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachRule(v.Elem(), key, of, add)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachRule(v.Index(i), key, of, add)
		}
	case reflect.Struct:
		if at, ok := v.Type().FieldByName("Pos"); ok && at.Anonymous {
			name := ownName(v)
			switch {
			case name != "":
				of = name
			case of != "":
				name = of + "." + key
			default:
				name = key
			}
			for _, id := range carries(v) {
				add(id, v.FieldByName("Pos").Interface().(notice.Pos).File+": "+name)
			}
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !f.Anonymous {
				key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
				eachRule(v.Field(i), key, of, add)
			}
		}
	}
}

// ownName is what a thing of the notice is called by: its id, or what stands for one.
func ownName(v reflect.Value) string {
	for _, key := range []string{"ID", "Right", "Name"} {
		if name, ok := field(v, key); ok && name != "" {
			return name
		}
	}
	return ""
}

// carries are the sentences that a rule names.
func carries(v reflect.Value) notice.Sentences {
	f := v.FieldByName("Promise")
	if !f.IsValid() {
		return nil
	}
	switch p := f.Interface().(type) {
	case notice.Sentences:
		return p
	case notice.ID:
		return notice.Sentences{p}
	}
	return nil
}

func field(v reflect.Value, name string) (string, bool) {
	f := v.FieldByName(name)
	if !f.IsValid() || f.Kind() != reflect.String {
		return "", false
	}
	return f.String(), true
}
