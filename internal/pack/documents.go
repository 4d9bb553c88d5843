package pack

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
)

// DocumentFolder is where documents stand among the files of an answer: the one folder that a File's name may have.
const DocumentFolder = "documents/"

// Document is a clean copy of the document that an item is the text of: the letter itself, as the requester gets it.
// It is given as it stands; whoever makes the Input has taken out of it what is withheld.
type Document struct {
	Name  string // as people call it, with its ending, and nothing withheld in it: "letter of 3 May.pdf"
	Type  string // media type
	Note  string // what is not in the copy, in words; may be empty
	Bytes []byte
}

// document is one as the files say it.
type document struct {
	File   string `json:"file"` // its name in the pack
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int    `json:"size"` // in bytes
	SHA256 string `json:"sha256"`
	Note   string `json:"note,omitempty"`

	bytes []byte
}

func newDocuments(in []Document) ([]document, error) {
	var out []document
	for i, d := range in {
		if len(d.Bytes) == 0 {
			return nil, fmt.Errorf("its document %d is empty: leave it out", i+1)
		}
		sum := sha256.Sum256(d.Bytes)
		out = append(out, document{Name: cmp.Or(line(d.Name), "document"), Type: line(d.Type), Note: line(d.Note), Size: len(d.Bytes),
			SHA256: hex.EncodeToString(sum[:]), bytes: d.Bytes})
	}
	return out, nil
}

// nameDocuments gives the documents of a numbered item their names in the pack.
func (x *item) nameDocuments() {
	for i := range x.Documents {
		number := fmt.Sprintf("%03d", x.Number)
		if i > 0 {
			number += fmt.Sprintf("-%d", i+1)
		}
		x.Documents[i].File = DocumentFolder + number + "-" + fileName(x.Documents[i].Name)
	}
}

// fileName is a name that any system takes, and a reader of links too.
func fileName(name string) string {
	stem, ext := name, path.Ext(name)
	if plain := strings.Trim(strings.ToLower(ext), ".abcdefghijklmnopqrstuvwxyz0123456789"); plain != "" || len(ext) < 2 || len(ext) > 9 {
		ext = ""
	}
	stem = strings.TrimSuffix(stem, ext)
	words := strings.FieldsFunc(stem, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	out := ""
	for _, w := range words {
		if len(out)+len(w) > 80 {
			break
		}
		out = strings.TrimPrefix(out+"-"+w, "-")
	}
	return cmp.Or(out, "document") + strings.ToLower(ext)
}

// documents are the files of all documents.
func (c *content) documents() []File {
	var out []File
	for _, x := range c.Items {
		for _, d := range x.Documents {
			out = append(out, File{d.File, d.bytes})
		}
	}
	return out
}

// Documented is how many documents are among the files.
func (c *content) Documented() (n int) {
	for _, x := range c.Items {
		n += len(x.Documents)
	}
	return n
}

func compareDocuments(a, b document) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.SHA256, b.SHA256), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Note, b.Note))
}

// Document proves that none of the secrets is in a document that is about to go out, or in its name: it is read back, and
// unpacked as far as the standard library can. It is stricter than Check is of the same document, which lets words of our
// own pass: a document that passes here passes there.
func (k Checker) Document(f File, secrets []string) error {
	told := slices.Clone(secrets)
	for i, s := range told {
		if strings.IndexFunc(s, isWord) < 0 {
			told[i] = ""
		}
	}
	if err := k.document(f, told, told); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	return nil
}

// document looks for exact as it is written, and for told in every form that Prove knows.
func (k Checker) document(f File, exact, told []string) error {
	if k.Text == nil {
		return fmt.Errorf("there is nothing to read %s back with, so it is not known what it says", f.Name)
	}
	text, err := k.Text(f.Name, f.Bytes)
	if err != nil {
		return fmt.Errorf("%s cannot be read back: %w", f.Name, err)
	}
	says := [][]byte{[]byte(text), []byte(strings.Join(strings.Fields(text), " ")), []byte(f.Name)}
	switch {
	case bytes.HasPrefix(f.Bytes, []byte("%PDF-")):
		says = append(says, outline(f.Bytes))
	case bytes.HasPrefix(f.Bytes, []byte("PK\x03\x04")):
		unpacked, err := unpack(f.Bytes)
		if err != nil {
			return fmt.Errorf("%s cannot be read back: %w", f.Name, err)
		}
		says = append(says, unpacked...)
	case slices.Contains([]string{".png", ".jpg"}, path.Ext(f.Name)): // points, whose words are in text
	default:
		says = append(says, f.Bytes)
	}
	for _, b := range says {
		if i := (view{text: b}).found(exact); i >= 0 {
			return &LeakError{Secret: i + 1, Of: len(exact), Where: f.Name}
		}
		if k.Prove == nil {
			continue
		}
		if err := k.Prove(b, told); err != nil {
			return fmt.Errorf("%s holds what was withheld: %w", f.Name, err)
		}
	}
	return nil
}

// unpack is parts, with those of the archives in an archive. Pictures say nothing in their bytes.
func unpack(archive []byte) ([][]byte, error) {
	says, err := parts(archive)
	for i := 0; i < len(says) && err == nil; i++ {
		if len(says) > maxParts {
			return nil, fmt.Errorf("it holds more than %d parts", maxParts)
		}
		if bytes.HasPrefix(says[i], []byte("PK\x03\x04")) {
			var more [][]byte
			if more, err = parts(says[i]); err == nil {
				says, says[i] = append(says, more...), nil
			}
		}
	}
	return says, err
}

// maxParts is the most that are unpacked of one document.
const maxParts = 100_000

// listed holds the documents among the files against what the JSON says of them: none is missing, and none came
// from anywhere else.
func (c *content) listed(files []File) error {
	said := make(map[string]string)
	for _, x := range c.Items {
		for _, d := range x.Documents {
			said[d.File] = d.SHA256
		}
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Name, DocumentFolder) {
			continue
		}
		if sum := sha256.Sum256(f.Bytes); said[f.Name] != hex.EncodeToString(sum[:]) {
			return fmt.Errorf("%s is not the document that %s tells of", f.Name, JSONName)
		}
		delete(said, f.Name)
	}
	if len(said) > 0 {
		return errors.New("a document that " + JSONName + " tells of is not among the files")
	}
	return nil
}

// documentFiles are the names of the item's documents in the pack.
func (x item) documentFiles() string {
	var names []string
	for _, d := range x.Documents {
		names = append(names, d.File)
	}
	return strings.Join(names, ", ")
}
