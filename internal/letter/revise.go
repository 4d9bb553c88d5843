package letter

import (
	"fmt"
	"slices"
	"strings"
)

// Block is a part of a letter under a name that no other part of it has.
type Block struct {
	Name string // the part's id; from the second of an id on with a number, as also-2
	Part
}

// Blocks is the parts of a letter by name, in its order.
func (l Letter) Blocks() []Block {
	seen := map[string]int{}
	out := make([]Block, len(l.Parts))
	for i, p := range l.Parts {
		seen[p.ID]++
		name := p.ID
		if n := seen[p.ID]; n > 1 {
			name = fmt.Sprintf("%s-%d", p.ID, n)
		}
		out[i] = Block{name, p}
	}
	return out
}

// Element is what a block of a letter of this kind is there to say; false for the
// landlord's own words, and for blocks that no letter of this kind has.
func (k Kind) Element(id string) (Element, bool) {
	for _, e := range append(k.Elements(), frame.Elements()...) {
		if e.ID == id {
			return e, true
		}
	}
	return Element{}, false
}

// kept is the fields that a block goes on showing however its words are changed: all
// of one, or any one of the ways to reach somebody.
var kept = map[string]bool{"Received": true, "Due": true, "Until": true, "Reference": true, "Who": true, "Link": true,
	"Contact": false, "Regulator": false, "Ombudsman": false}

// Revise is [Set.Write] with the words of some blocks changed, as staff did, by the
// names of [Letter.Blocks]. A name that the letter does not have changes nothing. It is
// refused where a block that the letter has to have is left empty, or no longer shows
// the date, the number or the way to reach somebody that it was there for. The letter
// is given with that [Missing] too, as far as it goes.
func (s *Set) Revise(in Input, edits map[string]string) (Letter, error) {
	l, err := s.Write(in)
	if err != nil || len(edits) == 0 {
		return l, err
	}
	f := s.fields(in)
	var lacks []Element
	var parts []Part
	for _, b := range l.Blocks() {
		words, changed := edits[b.Name]
		if words = paragraphs(words); !changed || words == b.Text {
			parts = append(parts, b.Part)
			continue
		}
		if len(words) > maxLetter {
			return l, fmt.Errorf("a block comes to %d bytes, more than %d", len(words), maxLetter)
		}
		e, wanted := in.Kind.Element(b.ID)
		switch lost := f.lost(e, b.Text, words); {
		case wanted && words == "":
			lacks = append(lacks, e)
		case lost != "":
			e.Says += " It has to go on saying: " + lost + "."
			lacks = append(lacks, e)
		}
		if words != "" {
			parts = append(parts, Part{b.ID, words})
		}
	}
	l.Parts = parts
	if len(lacks) > 0 {
		return l, &Missing{in.Kind, lacks}
	}
	return l, nil
}

// lost is what a block showed of a field that its element is about, and does not
// show any more. A day that it gave is one whatever the element is about: people wait
// for it.
func (f Fields) lost(e Element, was, now string) string {
	values := map[string]string{"Received": f.Received, "Due": f.Due, "Until": f.Until, "Reference": f.Reference, "Who": f.Who, "Link": f.Link,
		"Contact": f.Contact, "Regulator": f.Regulator, "Ombudsman": f.Ombudsman}
	names := e.Uses
	if e.ID != "" {
		names = append(slices.Clone(names), "Received", "Due", "Until")
	}
	for _, name := range names {
		whole, is := kept[name]
		value := values[name]
		if !is || value == "" || !strings.Contains(was, value) || strings.Contains(now, value) {
			continue
		}
		pieces := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(",()", r) })
		if !whole && slices.ContainsFunc(pieces, func(p string) bool {
			p = strings.TrimSpace(p)
			return len(p) > 3 && strings.Contains(now, p)
		}) {
			continue
		}
		return value
	}
	return ""
}
