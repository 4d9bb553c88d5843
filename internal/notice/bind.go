package notice

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// spec is what the tags of one field say of it:
//
//	yaml:"name,required"  its key; ",short": a bare value stands for the whole
//	                      struct; ",rest": takes every key no other field names
//	id:"category"         the value names a thing of this kind, once
//	ref:"category"        the value points to a thing of this kind
//	min:"1" max:"37"      bounds of a number
//	doc:"…"               what it means, for editors
type spec struct {
	index                 int
	name                  string
	required, short, rest bool
	id, ref               string
	min, max              int
	doc                   string
}

// specs reads the tags of a struct type. Fields without a yaml tag are not part
// of the file.
func specs(t reflect.Type) []spec {
	var out []spec
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		y, ok := tag.Lookup("yaml")
		if !ok {
			continue
		}
		parts := strings.Split(y, ",")
		s := spec{
			index:    i,
			name:     parts[0],
			required: slices.Contains(parts[1:], "required"),
			short:    slices.Contains(parts[1:], "short"),
			rest:     slices.Contains(parts[1:], "rest"),
			id:       tag.Get("id"),
			ref:      tag.Get("ref"),
			max:      math.MaxInt32,
			doc:      tag.Get("doc"),
		}
		if m, err := strconv.Atoi(tag.Get("min")); err == nil {
			s.min = m
		}
		if m, err := strconv.Atoi(tag.Get("max")); err == nil {
			s.max = m
		}
		out = append(out, s)
	}
	return out
}

var posType = reflect.TypeFor[Pos]()

// binder turns the document of one file into its Go type, and says of
// everything that does not fit where it stands and what would.
type binder struct {
	file string
	*problems
	*references
	patterns map[string]*regexp.Regexp // compiled so far
}

func (b *binder) matches(pattern, text string) bool {
	re, ok := b.patterns[pattern]
	if !ok {
		re = regexp.MustCompile(pattern)
		b.patterns[pattern] = re
	}
	return re.MatchString(text)
}

func (b *binder) fail(n ast.Node, field, what, mend string) {
	b.add(nodePos(b.file, n), field, what, mend)
}

// value binds one node. field is the path to it.
func (b *binder) value(n ast.Node, v reflect.Value, s spec, field string) {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		b.fail(n, field, "anchors, aliases and tags are not read", "write the value out in full")
		b.spoil(v.Type(), s)
		return
	case *ast.NullNode:
		b.fail(n, field, "has no value", "give it one, or leave the line out")
		b.spoil(v.Type(), s)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		b.value(n, v.Elem(), s, field)
	case reflect.Struct:
		b.structure(n, v, s, field)
	case reflect.Slice:
		b.list(n, v, s, field)
	case reflect.Map:
		b.dictionary(n, v, s, field)
	case reflect.String:
		b.text(n, v, s, field)
	case reflect.Bool:
		x, ok := n.(*ast.BoolNode)
		if !ok {
			b.fail(n, field, "must be true or false, not "+describe(n), "write true or false, without quotes")
			return
		}
		v.SetBool(x.Value)
	case reflect.Int:
		x, err := strconv.Atoi(n.GetToken().Value)
		if _, ok := n.(*ast.IntegerNode); !ok || err != nil {
			b.fail(n, field, "must be a whole number, not "+describe(n), "write digits, without quotes")
			return
		}
		if x < s.min || x > s.max {
			b.fail(n, field, fmt.Sprintf("%d is out of range", x), fmt.Sprintf("use a number from %d to %d", s.min, s.max))
			return
		}
		v.SetInt(int64(x))
	case reflect.Interface:
		if x, ok := b.loose(n, field); ok {
			v.Set(reflect.ValueOf(x))
		}
	}
}

// structure binds a map with known keys. A key that is nearly right is
// reported, and then read as what it was meant to be.
func (b *binder) structure(n ast.Node, v reflect.Value, s spec, field string) {
	fields := specs(v.Type())
	pairs, ok := mapping(n)
	if !ok {
		if i := slices.IndexFunc(fields, func(f spec) bool { return f.short }); i >= 0 && isScalar(n) {
			b.place(n, v)
			b.value(n, v.Field(fields[i].index), fields[i], field)
			return
		}
		b.fail(n, field, "must be a map of keys and values, not "+describe(n), "use the keys "+quoteList(names(fields)))
		b.spoil(v.Type(), s)
		return
	}
	b.place(n, v)
	written := make(map[string]bool, len(pairs))
	for _, p := range pairs {
		if k, ok := keyOf(p); ok {
			written[k] = true
		}
	}
	seen := make(map[string]bool, len(pairs))
	for _, p := range pairs {
		k, ok := keyOf(p)
		if !ok {
			b.fail(p, field, "a key must be plain text", "write the key as a word followed by a colon")
			continue
		}
		at := join(field, k)
		if seen[k] {
			b.fail(p, at, "the key "+quote(k)+" stands twice in one map", "keep one of them")
			continue
		}
		seen[k] = true
		i := slices.IndexFunc(fields, func(f spec) bool { return f.name == k && !f.rest })
		if i < 0 {
			if r := slices.IndexFunc(fields, func(f spec) bool { return f.rest }); r >= 0 {
				b.rest(p, k, v.Field(fields[r].index), at)
				continue
			}
			if b.full() {
				b.more++
				continue
			}
			b.fail(p, at, "unknown key "+quote(k), didYouMean(k, names(fields)))
			meant := nearest(k, names(fields))
			if meant == "" || written[meant] || seen[meant] {
				continue
			}
			seen[meant] = true
			i = slices.IndexFunc(fields, func(f spec) bool { return f.name == meant })
		}
		b.value(p.Value, v.Field(fields[i].index), fields[i], at)
	}
	for _, f := range fields {
		if f.required && !seen[f.name] {
			b.fail(n, join(field, f.name), "is missing", missing(f))
			b.spoil(v.Type().Field(f.index).Type, f)
		}
	}
}

func missing(f spec) string {
	if f.doc == "" {
		return "add it"
	}
	return "add " + f.name + ": " + f.doc
}

// place notes where a struct was read from.
func (b *binder) place(n ast.Node, v reflect.Value) {
	for i := range v.NumField() {
		if v.Type().Field(i).Type == posType {
			v.Field(i).Set(reflect.ValueOf(nodePos(b.file, n)))
		}
	}
}

func (b *binder) rest(p *ast.MappingValueNode, k string, v reflect.Value, field string) {
	x, ok := b.loose(p.Value, field)
	if !ok {
		return
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	v.SetMapIndex(reflect.ValueOf(k), reflect.ValueOf(x))
}

func (b *binder) list(n ast.Node, v reflect.Value, s spec, field string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok && v.Type() == sentencesType && isScalar(n) {
		one := reflect.New(v.Type().Elem()).Elem()
		if b.value(n, one, s, field); one.String() != "" {
			v.Set(reflect.Append(v, one))
		}
		return
	}
	if !ok {
		mend := "begin each entry with “- ” on a line of its own"
		if isScalar(n) {
			mend = "write it as a list: [" + n.GetToken().Value + "]"
		}
		b.fail(n, field, "must be a list, not "+describe(n), mend)
		b.spoil(v.Type(), s)
		return
	}
	if len(seq.Values) == 0 {
		b.fail(n, field, "the list is empty", "add an entry, or leave the key out if nothing belongs there")
		b.spoil(v.Type(), s)
		return
	}
	out := reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values))
	seen := make(map[string]bool)
	for i, e := range seq.Values {
		at := fmt.Sprintf("%s[%s]", field, entryName(e, i))
		b.value(e, out.Index(i), s, at)
		if out.Index(i).Kind() == reflect.String && out.Index(i).String() != "" {
			if word := out.Index(i).String(); seen[word] {
				b.fail(e, at, quote(word)+" stands twice in the list", "keep one of them")
			} else {
				seen[word] = true
			}
		}
	}
	v.Set(out)
}

// dictionary binds a map whose keys are names chosen by the landlord.
func (b *binder) dictionary(n ast.Node, v reflect.Value, s spec, field string) {
	pairs, ok := mapping(n)
	if !ok {
		b.fail(n, field, "must be a map of keys and values, not "+describe(n), "write “name: value” lines")
		b.spoil(v.Type(), s)
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(pairs)))
	for _, p := range pairs {
		k, ok := keyOf(p)
		if !ok {
			b.fail(p, field, "a key must be plain text", "write the key as a word followed by a colon")
			continue
		}
		at := join(field, k)
		key := reflect.ValueOf(k).Convert(v.Type().Key())
		if v.MapIndex(key).IsValid() {
			b.fail(p, at, "the key "+quote(k)+" stands twice in one map", "keep one of them")
			continue
		}
		if s.ref != "" {
			b.point(s.ref, k, at, tokenPos(b.file, p.Key.GetToken()))
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		b.value(p.Value, elem, spec{}, at)
		v.SetMapIndex(key, elem)
	}
}

func (b *binder) text(n ast.Node, v reflect.Value, s spec, field string) {
	var text string
	switch x := n.(type) {
	case *ast.StringNode:
		text = x.Value
	case *ast.LiteralNode:
		text = strings.TrimRight(x.Value.Value, "\n")
	default:
		mend := "write one piece of text"
		if isScalar(n) {
			mend = "put quotes round it: '" + n.GetToken().Value + "'"
		}
		b.fail(n, field, "must be text, not "+describe(n), mend)
		b.spoil(v.Type(), s)
		return
	}
	if what, mend := b.wrongText(text, v); what != "" {
		b.fail(n, field, what, mend)
		b.spoil(v.Type(), s)
		return
	}
	at := nodePos(b.file, n)
	if s.id != "" && !b.define(s.id, text, at) {
		b.fail(n, field, fmt.Sprintf("there is already a %s called %s", s.id, quote(text)), "give each one a name of its own")
		b.spoil(v.Type(), s)
		return
	}
	if s.ref != "" {
		b.point(s.ref, text, field, at)
	}
	v.SetString(text)
}

// wrongText says what keeps text from being of v's type, or nothing.
func (b *binder) wrongText(text string, v reflect.Value) (what, mend string) {
	if strings.TrimSpace(text) == "" {
		return "is empty", "give it a value, or leave the line out"
	}
	if len(text) > maxText {
		return fmt.Sprintf("is longer than %d bytes", maxText), "shorten it"
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == utf8.RuneError }) {
		return "has control characters in it", "remove them"
	}
	if e, ok := v.Interface().(enum); ok && !slices.Contains(e.values(), text) {
		return quote(text) + " is not a value this field knows", didYouMean(text, e.values())
	}
	if sh, ok := v.Interface().(shaped); ok {
		pattern, kind := sh.shape()
		if len(text) > maxText/4 || !b.matches(pattern, text) {
			return quote(text) + " is not " + kind, "correct it"
		}
		if _, isID := v.Interface().(ID); isID && len(text) > maxID {
			return quote(text) + fmt.Sprintf(" is longer than %d letters", maxID), "shorten it"
		}
	}
	typed := reflect.New(v.Type()).Elem()
	typed.SetString(text)
	if c, ok := typed.Interface().(interface{ valid() error }); ok {
		if err := c.valid(); err != nil {
			return err.Error(), "correct it"
		}
	}
	return "", ""
}

// loose reads a value whose meaning belongs to someone else: a word, a number,
// true or false, or a list of these.
func (b *binder) loose(n ast.Node, field string) (any, bool) {
	switch x := n.(type) {
	case *ast.StringNode:
		if len(x.Value) <= maxText {
			return x.Value, true
		}
	case *ast.BoolNode:
		return x.Value, true
	case *ast.IntegerNode:
		if i, err := strconv.ParseInt(x.Token.Value, 0, 64); err == nil {
			return i, true
		}
	case *ast.FloatNode:
		return x.Value, true
	case *ast.SequenceNode:
		out := make([]any, 0, len(x.Values))
		for i, e := range x.Values {
			if !isScalar(e) {
				b.fail(e, field, "must be a list of plain values, not of "+describe(e)+"s", "write words, numbers, true or false")
				return nil, false
			}
			v, ok := b.loose(e, fmt.Sprintf("%s[%d]", field, i))
			if !ok {
				return nil, false
			}
			out = append(out, v)
		}
		if len(out) == 0 {
			b.fail(n, field, "the list is empty", "add an entry, or leave the key out if nothing belongs there")
			return nil, false
		}
		return out, true
	}
	b.fail(n, field, "must be a plain value or a list of them, not "+describe(n), "write a word, a number, true, false, or a list of these")
	return nil, false
}

// mapping gives the pairs of a map, however it is written.
func mapping(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func keyOf(p *ast.MappingValueNode) (string, bool) {
	if n, ok := p.Key.(ast.Node); !ok || !isScalar(n) {
		return "", false
	}
	k := p.Key.GetToken().Value
	return k, len(k) > 0 && len(k) <= 4*maxID
}

func isScalar(n ast.Node) bool {
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return true
	}
	return false
}

func describe(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a map"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.NullNode:
		return "nothing"
	}
	return "this"
}

// entryName is how an entry of a list is called in a path: by its id where it
// has one, else by its place from 0.
func entryName(n ast.Node, i int) string {
	pairs, _ := mapping(n)
	for _, p := range pairs {
		if k, ok := keyOf(p); ok && (k == "id" || k == "right") && isScalar(p.Value) {
			if v := p.Value.GetToken().Value; v != "" && len(v) <= maxID {
				return v
			}
		}
	}
	return strconv.Itoa(i)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func names(fields []spec) []string {
	var out []string
	for _, f := range fields {
		if !f.rest {
			out = append(out, f.name)
		}
	}
	return out
}
