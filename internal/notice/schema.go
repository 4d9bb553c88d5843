package notice

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
)

// Schema gives the JSON Schema (draft 2020-12) of one YAML file of the folder,
// for editors. It is read off the same types and tags as Load's strictness.
// What a schema cannot say, such as whether a reference leads anywhere, Load
// still checks. That of notice.json is [PublishedSchema].
func Schema(file string) ([]byte, error) {
	if file == publishedFile {
		return PublishedSchema(), nil
	}
	var n Notice
	parts := n.parts()
	i := slices.IndexFunc(parts, func(p part) bool { return p.file == file })
	if i < 0 {
		known := []string{publishedFile}
		for _, p := range parts {
			known = append(known, p.file)
		}
		return nil, fmt.Errorf("there is no schema for %s; %s", quote(file), didYouMean(file, known))
	}
	s := schemaOf(reflect.TypeOf(parts[i].into).Elem(), parts[i].spec)
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Tenet notice: " + file
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema of %s: %w", file, err)
	}
	return append(out, '\n'), nil
}

func schemaOf(t reflect.Type, s spec) map[string]any {
	out := make(map[string]any)
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), s)
	case reflect.Struct:
		return structSchema(t, s)
	case reflect.Slice:
		out["type"], out["minItems"], out["items"] = "array", 1, schemaOf(t.Elem(), spec{ref: s.ref, id: s.id})
		if t.Elem().Kind() == reflect.String {
			out["uniqueItems"] = true
		}
		if t == sentencesType {
			out = map[string]any{"anyOf": []any{schemaOf(t.Elem(), spec{ref: s.ref}), out}}
		}
	case reflect.Map:
		out["type"], out["additionalProperties"] = "object", schemaOf(t.Elem(), spec{})
		if s.ref != "" {
			out["description"] = "each key names a " + s.ref + " of " + homes[s.ref]
		}
	case reflect.String:
		stringSchema(t, s, out)
	case reflect.Bool:
		out["type"] = "boolean"
	case reflect.Int:
		out["type"], out["minimum"] = "integer", s.min
		if s.max != math.MaxInt32 {
			out["maximum"] = s.max
		}
	case reflect.Interface:
		plain := []string{"string", "number", "boolean"}
		out["anyOf"] = []any{
			map[string]any{"type": plain},
			map[string]any{"type": "array", "minItems": 1, "items": map[string]any{"type": plain}},
		}
	}
	describeSchema(out, s)
	return out
}

func stringSchema(t reflect.Type, s spec, out map[string]any) {
	out["type"], out["minLength"] = "string", 1
	zero := reflect.Zero(t).Interface()
	if e, ok := zero.(enum); ok {
		out["enum"] = e.values()
		delete(out, "minLength")
	}
	if sh, ok := zero.(shaped); ok {
		pattern, what := sh.shape()
		out["pattern"] = pattern
		out["description"] = what
	}
	if _, ok := zero.(ID); ok {
		out["maxLength"] = maxID
	}
	if s.ref != "" {
		out["description"] = "a " + s.ref + " of " + homes[s.ref]
	}
}

// structSchema describes a map with known keys; with a short field, its bare
// value will do as well.
func structSchema(t reflect.Type, s spec) map[string]any {
	properties := make(map[string]any)
	var required []string
	var short map[string]any
	open := false
	for _, f := range specs(t) {
		if f.rest {
			open = true
			continue
		}
		properties[f.name] = schemaOf(t.Field(f.index).Type, f)
		if f.required {
			required = append(required, f.name)
		}
		if f.short {
			short = schemaOf(t.Field(f.index).Type, f)
		}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": open}
	if len(required) > 0 {
		out["required"] = required
	}
	if short != nil {
		out = map[string]any{"anyOf": []any{short, out}}
	}
	describeSchema(out, s)
	return out
}

// describeSchema puts the field's own meaning first, then what its type adds.
func describeSchema(out map[string]any, s spec) {
	if s.doc == "" {
		return
	}
	if more, ok := out["description"].(string); ok {
		out["description"] = s.doc + "; " + more
		return
	}
	out["description"] = s.doc
}
