package notice

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what tests compare with, instead of comparing")

// every is the folder in which each field of the schema stands once at least.
func every(t testing.TB) *Notice {
	t.Helper()
	return load(t, os.DirFS("testdata/every"))
}

// referenceLine is one field of the schema, with an example that loads.
type referenceLine struct {
	path, meaning, example string
	required               bool
}

// seen holds every struct of a notice by its type: a field that one place leaves
// out may have its example from another.
type seen map[reflect.Type][]reflect.Value

func (s seen) gather(v reflect.Value) {
	for _, m := range members(v) {
		if m.Kind() != reflect.Struct {
			continue
		}
		s[m.Type()] = append(s[m.Type()], m)
		for _, f := range specs(m.Type()) {
			s.gather(m.Field(f.index))
		}
	}
}

// reference walks every file of the schema beside the values of a folder.
func reference(n *Notice, file func(name string, lines []referenceLine)) {
	all := make(seen)
	for _, p := range n.parts() {
		all.gather(reflect.ValueOf(p.into).Elem())
	}
	for _, p := range n.parts() {
		if t := reflect.TypeOf(p.into).Elem(); t.Kind() == reflect.Struct {
			file(p.file, all.lines(t, all[t], ""))
		}
	}
}

// lines walks a type beside the values that the folder gives it.
func (s seen) lines(t reflect.Type, values []reflect.Value, path string) []referenceLine {
	var out []referenceLine
	for _, f := range specs(t) {
		name := strings.TrimPrefix(path+"."+f.name, ".")
		if f.rest {
			continue
		}
		var here []reflect.Value
		for _, v := range append(values[:len(values):len(values)], s[t]...) {
			if fv := v.Field(f.index); !fv.IsZero() {
				here = append(here, fv)
			}
		}
		doc := f.doc
		ft := t.Field(f.index).Type
		list := ""
		for ft.Kind() == reflect.Slice || ft.Kind() == reflect.Pointer {
			if ft.Kind() == reflect.Slice {
				list = "[]"
			}
			ft = ft.Elem()
		}
		if f.ref != "" {
			doc += "; names a " + f.ref
		}
		if e, ok := reflect.Zero(ft).Interface().(enum); ok {
			doc += ". One of: `" + strings.Join(e.values(), "` `") + "`"
		}
		out = append(out, referenceLine{name + list, doc, example(here), f.required})
		if ft.Kind() == reflect.Struct {
			var inner []reflect.Value
			for _, v := range here {
				inner = append(inner, members(v)...)
			}
			out = append(out, s.lines(ft, inner, name+list)...)
		}
	}
	return out
}

// members opens lists and pointers.
func members(v reflect.Value) []reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		return members(v.Elem())
	case reflect.Slice:
		var out []reflect.Value
		for i := range v.Len() {
			out = append(out, members(v.Index(i))...)
		}
		return out
	}
	return []reflect.Value{v}
}

// example writes the first value as YAML would; a map of fields is shown by its fields.
func example(values []reflect.Value) string {
	if len(values) == 0 {
		return ""
	}
	v := values[0]
	switch v.Kind() {
	case reflect.Pointer, reflect.Struct, reflect.Map:
		return "…"
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); k == reflect.Struct {
			return "…"
		}
		var words []string
		for i := range v.Len() {
			words = append(words, v.Index(i).String())
		}
		return "`[" + strings.Join(words, ", ") + "]`"
	}
	return "`" + fmt.Sprint(v.Interface()) + "`"
}

func TestEveryFieldHasAnExample(t *testing.T) {
	reference(every(t), func(file string, lines []referenceLine) {
		for _, l := range lines {
			if l.meaning == "" {
				t.Errorf("%s: %s has no doc tag", file, l.path)
			}
			if l.example == "" && l.path != "silent" {
				t.Errorf("%s: %s stands nowhere in testdata/every", file, l.path)
			}
		}
	})
}

// The reference is written from the types, so that it cannot tell of another
// schema than the one that is enforced.
func TestReferenceIsCurrent(t *testing.T) {
	n := every(t)
	var b strings.Builder
	head, err := os.ReadFile("testdata/reference-head.md")
	if err != nil {
		t.Fatal(err)
	}
	b.Write(head)
	reference(n, func(file string, lines []referenceLine) {
		fmt.Fprintf(&b, "\n## %s\n\n| field | | meaning | example |\n|---|---|---|---|\n", file)
		for _, l := range lines {
			must := ""
			if l.required {
				must = "must"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", l.path, must, strings.ReplaceAll(l.meaning, "|", `\|`), strings.ReplaceAll(l.example, "|", `\|`))
		}
	})
	file := filepath.Join("..", "..", "docs", "notice.md")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(got)); diff != "" {
		t.Errorf("docs/notice.md is not what the types say; go test ./internal/notice -update (-want +got):\n%s", diff)
	}
}
