package pack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"filippo.io/age"

	"tenet/internal/law"
)

// Whole is one record as the source holds it, with nothing taken out: what a
// reviewer sees and the requester does not.
type Whole struct {
	// Item is the record: with the ID it has in the Input, and all its fields with
	// their whole values. Where its ID is not in the Input, all of it is left out.
	Item Item
	// Exemption, of package law, by ID, and Reason say why all of it is left out.
	Exemption string
	Reason    string
}

// Unredacted is a reviewer's copy of an answer. It is no list of Files, and makes
// none, so that nothing that seals, zips or hands over an answer takes it.
type Unredacted struct{ files []File }

// reviewerFolder is where the files of a reviewer's copy stand in their archive.
// No File can have such a name: [Open] and [Zip] refuse them.
const reviewerFolder = "reviewer/"

// Reviewer makes the reviewer's copy of the answer that Files makes of an Input:
// the page, its PDF, the JSON and the schedule, in which what is left out is shown,
// marked, with what it rests on. Each item of the Input needs its Whole. What was
// taken out of a text is told by comparing the two.
func Reviewer(in Input, records []Whole) (Unredacted, error) {
	c, err := newContent(in)
	if err == nil {
		err = c.uncover(records)
	}
	if err != nil {
		return Unredacted{}, fmt.Errorf("pack: reviewer's copy: %w", err)
	}
	c.Reviewer, c.extra = true, []Extra{Print, Spreadsheet}
	files, err := c.files()
	if err != nil {
		return Unredacted{}, fmt.Errorf("pack: reviewer's copy: %w", err)
	}
	return Unredacted{files}, nil
}

// uncover puts the whole records in the place of what the answer says of them,
// and what is not in the answer after it.
func (c *content) uncover(records []Whole) error {
	dealt := make(map[string]int) // how many of the equal items of an ID have theirs
	var absent []item
	for i, w := range records {
		x, err := newItem(w.Item)
		if err != nil {
			return fmt.Errorf("record %d: %w", i+1, err)
		}
		if to := c.numbers[w.Item.ID]; dealt[w.Item.ID] < len(to) {
			c.Items[to[dealt[w.Item.ID]]-1].uncover(x)
			dealt[w.Item.ID]++
			continue
		}
		e, ok := law.ExemptionByID(w.Exemption)
		if !ok {
			return fmt.Errorf("record %d is in no item, and rests on the exemption %q, which is not one of package law", i+1, line(w.Exemption))
		}
		x.Title, x.Category = x.Title+" (left out)", leftOut
		for _, list := range [][]field{x.Fields, x.Texts} {
			for n := range list {
				list[n].hide(e.Cite)
			}
		}
		x.LeftOut = []withheld{{What: "the whole record", Exemption: exemption{e.ID, e.Title, e.Cite}, Reason: line(w.Reason), Times: 1}}
		absent = append(absent, x)
	}
	without := 0 // the first item without its record
	for id, to := range c.numbers {
		if n := dealt[id]; n < len(to) && (without == 0 || to[n] < without) {
			without = to[n]
		}
	}
	if without > 0 {
		return fmt.Errorf("item %d has no whole record: give one for each item", without)
	}
	slices.SortFunc(absent, func(a, b item) int {
		if n := compareItems(a, b); n != 0 {
			return n
		}
		return slices.CompareFunc(a.LeftOut, b.LeftOut, compareLines)
	})
	for _, x := range absent {
		x.Number = len(c.Items) + 1
		c.addItem(x)
	}
	return nil
}

// leftOut is the category that stands for no category of the notice.
const leftOut = "left_out_of_the_answer"

// hide marks the whole of a field as left out.
func (f *field) hide(why string) {
	if f.Value != "" {
		f.Parts = []part{{Text: f.Value, Left: true, Why: why}}
	}
	f.Withheld, f.Value = true, ""
}

// uncover sets the whole fields of an item over what the answer says of them.
func (x *item) uncover(from item) {
	for _, list := range []struct{ to, from *[]field }{{&x.Fields, &from.Fields}, {&x.Texts, &from.Texts}} {
		for _, whole := range *list.from {
			f := x.field(whole.Name)
			if f == nil { // Not shown to anybody.
				whole.hide(x.rests(""))
				*list.to = append(*list.to, whole)
				continue
			}
			switch {
			case f.Withheld:
				why := x.rests("")
				if f.Exemption != nil {
					why = f.Exemption.Cite
				}
				f.Value = whole.Value
				f.hide(why)
			case f.Value != whole.Value:
				f.Parts = compare(whole.Value, f.Value, x.rests)
			}
		}
	}
}

// field is a field of the item by its name, or nil.
func (x *item) field(name string) *field {
	for _, list := range [][]field{x.Fields, x.Texts} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}

// rests is what a thing left out of the item rests on: the exemption of the
// lines of the schedule that quote its label, or of all those of the item.
func (x *item) rests(label string) string {
	var quoting, all []string
	for _, w := range x.LeftOut {
		if !slices.Contains(all, w.Exemption.Cite) {
			all = append(all, w.Exemption.Cite)
		}
		if label != "" && strings.Contains(w.What, label) && !slices.Contains(quoting, w.Exemption.Cite) {
			quoting = append(quoting, w.Exemption.Cite)
		}
	}
	if len(quoting) > 0 {
		return label + ": " + strings.Join(quoting, "; ")
	}
	if label != "" && len(all) > 0 {
		return label + ": " + strings.Join(all, "; ")
	}
	return strings.Join(all, "; ")
}

// compare tells the parts of a whole text that are left out of what is shown of
// it, where labels in square brackets stand. Joined, the parts are the whole.
// Where it cannot be told which part a label stands for, more is marked than was
// left out, and never less.
func compare(whole, shown string, why func(label string) string) []part {
	var out []part
	rest, label := whole, ""
	add := func(text string, left bool) {
		if text == "" {
			return
		}
		p := part{Text: text, Left: left}
		if left {
			p.Why = why(label)
		}
		out = append(out, p)
	}
	for shown != "" {
		kept, next, after := cutLabel(shown)
		if label != "" && next == "" && strings.HasSuffix(rest, kept) { // What is last stands last.
			add(rest[:len(rest)-len(kept)], true)
			add(kept, false)
			return out
		}
		if i := strings.Index(rest, kept+next); next != "" && (i == 0 || i > 0 && label != "") { // These brackets are the text's own.
			add(rest[:i], true)
			add(kept+next, false)
			rest, shown, label = rest[i+len(kept+next):], after, ""
			continue
		}
		i := strings.Index(rest, kept)
		if i < 0 || i > 0 && label == "" {
			break // Something else was changed here.
		}
		add(rest[:i], true)
		add(kept, false)
		rest, shown = rest[i+len(kept):], after
		label = next
	}
	add(rest, true)
	return out
}

// cutLabel cuts a text around its first label in square brackets, with the
// labels that follow it at once.
func cutLabel(s string) (before, label, after string) {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '[')
		if i < 0 {
			return s, "", ""
		}
		i += at
		end := strings.IndexByte(s[i:], ']')
		if end < 0 {
			return s, "", ""
		}
		if end > 1 && end < 60 && !strings.ContainsAny(s[i+1:i+end], "[\n") {
			return s[:i], s[i : i+end+1], s[i+end+1:]
		}
		at = i + 1
	}
}

// Seal writes the copy as a zip archive that only the reviewers named can open,
// each with the key whose public half is given here. Who they are is not in it.
// A passphrase is nobody's name, and is refused.
func (u Unredacted) Seal(w io.Writer, reviewers ...age.Recipient) error {
	for _, r := range reviewers {
		switch r.(type) {
		case *age.X25519Recipient, *age.HybridRecipient:
		default:
			return errors.New("pack: seal the reviewer's copy: give each reviewer's public key, which begins age1")
		}
	}
	files := slices.Clone(u.files)
	for i := range files {
		files[i].Name = reviewerFolder + files[i].Name
	}
	if err := sealWith(w, reviewers, func(w io.Writer) error {
		if err := sound(u.files); err != nil {
			return err
		}
		return zipAll(w, files)
	}); err != nil {
		return fmt.Errorf("pack: seal the reviewer's copy: %w", err)
	}
	return nil
}

// OpenReviewer reads what Unredacted.Seal wrote. It refuses an answer.
func OpenReviewer(r io.Reader, identities ...age.Identity) (Unredacted, error) {
	u, err := openReviewer(r, identities)
	if err != nil {
		return Unredacted{}, fmt.Errorf("pack: open the reviewer's copy: %w", err)
	}
	return u, nil
}

func openReviewer(r io.Reader, identities []age.Identity) (Unredacted, error) {
	b, err := decrypt(r, identities)
	if err != nil {
		return Unredacted{}, err
	}
	files, err := unzipAll(b)
	if err != nil {
		return Unredacted{}, err
	}
	for i := range files {
		name, ok := strings.CutPrefix(files[i].Name, reviewerFolder)
		if !ok {
			return Unredacted{}, errors.New("it is not a reviewer's copy")
		}
		files[i].Name = name
	}
	return Unredacted{sorted(files)}, sound(files)
}

// All is the names and bytes of the copy's files, for the reviewer to read.
func (u Unredacted) All() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, f := range u.files {
			if !yield(f.Name, bytes.Clone(f.Bytes)) {
				return
			}
		}
	}
}

// Digest is the SHA-256 of the copy's files, as Digest is of an answer's.
func (u Unredacted) Digest() string { return Digest(u.files) }
