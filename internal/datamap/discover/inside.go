package discover

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// How much JSON is looked into: enough to see what a form asks.
const (
	someJSON  = 50       // values of a column
	longJSON  = 64 << 10 // bytes of one
	deepJSON  = 5        // objects in objects
	manyPaths = 64       // of a column
)

// jsonPaths is what stands in the sampled values of a column of JSON, by path:
// $.contact.phone, and $.people[*].name of any of several.
func jsonPaths(sample []rows.Row, column string) map[string]values {
	texts, parsed := map[string][]rows.Row{}, 0
	at := &rows.Table{Columns: []rows.Column{{Name: column}}}
	for _, r := range sample[:min(len(sample), someJSON)] {
		text := strings.TrimSpace(r.Get(column).Text)
		if len(text) > longJSON || !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
			continue
		}
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			continue
		}
		parsed++
		leaves(v, "$", 0, func(path, text string) {
			if texts[path] != nil || len(texts) < manyPaths {
				texts[path] = append(texts[path], rows.Row{Table: at, Values: []rows.Value{{Text: text}}})
			}
		})
	}
	out := map[string]values{}
	for path, rs := range texts {
		if len(rs) < 2 || len(rs)*10 < parsed {
			continue // a key that one row has may be a name too
		}
		out[path] = look(rs, column)
	}
	return out
}

var fieldName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,39}$`)

func leaves(v any, path string, depth int, leaf func(path, text string)) {
	if depth > deepJSON {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			step := k
			if !fieldName.MatchString(k) {
				step = "*" // what is no name of a field may be somebody's: {"Ann Lee": …}
			}
			leaves(v[k], path+"."+step, depth+1, leaf)
		}
	case []any:
		for _, x := range v {
			leaves(x, path+"[*]", depth+1, leaf)
		}
	case nil:
	default:
		leaf(path, fmt.Sprint(v))
	}
}

// describeInside says what stands in a column of JSON, path by path. The column
// itself is free text: it is searched whole.
func (p *proposer) describeInside(t *table, c *column) {
	for _, path := range slices.Sorted(maps.Keys(c.inside)) {
		name := path[strings.LastIndexByte(path, '.')+1:]
		m, _, ok := read(words(strings.TrimSuffix(name, "[*]")))
		conf, why := 0.75, "by its name in the JSON"
		if !ok || m == (meaning{freeText: true}) {
			v, found := c.inside[path], false
			for shape, means := range map[shape]string{emailShape: "email", ninoShape: "nino", ukPhoneShape: "phone", postcodeShape: "postcode"} {
				if v.n >= someValues && v.share[shape] >= 0.8 {
					m, _, found = read([]string{means})
					why = "by its values in the JSON: " + v.of(shape) + " look like it"
				}
			}
			if !found {
				continue
			}
		}
		out := &datamap.Column{DPV: prefixed("dpv-pd:", m.dpv), Kind: m.kind, Hide: m.hide, Review: m.review, Why: why}
		if m.category != t.out.Category {
			out.Category = m.category
		}
		if (*out == datamap.Column{Why: why}) {
			continue
		}
		if t.out.Columns == nil {
			t.out.Columns = map[string]*datamap.Column{}
		}
		at := c.Name + "->" + path
		t.out.Columns[at] = out
		p.say(t, at, strings.Join(slices.DeleteFunc([]string{out.Category, out.DPV, out.Kind}, func(s string) bool { return s == "" }), ", "), conf, why)
	}
}

// begins are the first bytes of files, as a source writes short binary values.
var begins = map[string]string{`\x25504446`: "PDF", `\xffd8ff`: "JPEG", `\x89504e47`: "PNG", `\x47494638`: "GIF", `\x504b0304`: "Office or ZIP",
	`\xd0cf11e0`: "Office", `\x49492a00`: "TIFF", `\x4d4d002a`: "TIFF", `\x52494646`: "sound or film"}

// fileOf says, in words, what speaks for a column of bytes that holds documents or
// pictures; empty where nothing does.
func (t *table) fileOf(c *column) string {
	for _, v := range c.values.distinct {
		for _, b := range slices.Sorted(maps.Keys(begins)) {
			if strings.HasPrefix(strings.ToLower(v), b) {
				return "by its values, which begin as files do: " + begins[b]
			}
		}
	}
	if t.papers() || slices.ContainsFunc([]meaning{c.meaning}, func(m meaning) bool { return m.category == images }) {
		return "by the names: files, and their bytes"
	}
	for _, o := range t.columns {
		for _, w := range []string{"mime", "extension", "filename"} {
			if slices.Contains(o.words, w) {
				return "by the column beside it that says what file it is (" + o.Name + ")"
			}
		}
	}
	return ""
}
