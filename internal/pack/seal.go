package pack

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"filippo.io/age"
)

// What a pack may hold. Writing and reading have the same limits, so that what
// was sealed can be opened, and a crafted archive cannot fill the memory.
const (
	maxFiles = 1000
	maxName  = 200       // bytes
	maxBytes = 512 << 20 // of all files together, unpacked
)

// zipTime is the time of every file in an archive: the first that zip can hold.
// The real one would make each draft different, and tells nobody anything.
var zipTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// sound says whether files may be a pack.
func sound(files []File) error {
	if len(files) == 0 {
		return errors.New("there are no files")
	}
	if len(files) > maxFiles {
		return fmt.Errorf("there are %d files, and a pack holds at most %d", len(files), maxFiles)
	}
	seen := make(map[string]bool)
	total := 0
	for _, f := range files {
		if !goodName(strings.TrimPrefix(f.Name, DocumentFolder)) {
			return fmt.Errorf("%q is no name for a file: it must be 1 to %d bytes, with no folder but %s, control character or mark that some system forbids", f.Name, maxName, DocumentFolder)
		}
		if key := strings.ToLower(f.Name); seen[key] {
			return fmt.Errorf("two files are called %q", f.Name)
		} else {
			seen[key] = true
		}
		if total += len(f.Bytes); total > maxBytes {
			return fmt.Errorf("the files are over the limit of %d MiB together", maxBytes>>20)
		}
	}
	return nil
}

// goodName says that a name is safe to write in a folder of any system.
func goodName(name string) bool {
	return name != "" && len(name) <= maxName && utf8.ValidString(name) && name == Clean(name) &&
		!strings.ContainsAny(name, "/\\:*?\"<>|\n\t") && name[0] != '.' && !strings.HasSuffix(name, ".") && strings.TrimSpace(name) == name
}

// sorted is the files by name.
func sorted(files []File) []File {
	out := slices.Clone(files)
	slices.SortFunc(out, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// Digest is the SHA-256 of the files' names and bytes, in hexadecimal. Two
// drafts with one digest are the same, however they are sealed.
func Digest(files []File) string {
	h := sha256.New()
	size := func(n int) {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	for _, f := range sorted(files) {
		size(len(f.Name))
		io.WriteString(h, f.Name)
		size(len(f.Bytes))
		h.Write(f.Bytes)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Zip writes the files as a zip archive, in which the same files are the same
// bytes. It is what the requester downloads.
func Zip(w io.Writer, files []File) error {
	if err := zipFiles(w, files); err != nil {
		return fmt.Errorf("pack: zip: %w", err)
	}
	return nil
}

func zipFiles(w io.Writer, files []File) error {
	if err := sound(files); err != nil {
		return err
	}
	return zipAll(w, files)
}

func zipAll(w io.Writer, files []File) error {
	z := zip.NewWriter(w)
	for _, f := range sorted(files) {
		to, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: zipTime})
		if err != nil {
			return err
		}
		if _, err := to.Write(f.Bytes); err != nil {
			return err
		}
	}
	return z.Close()
}

// Seal writes the files as a zip archive that only the recipients can open, in
// the age format (age-encryption.org/v1). Unlike Zip, it differs each time. For
// a passphrase, give the one recipient that [Passphrase] makes.
func Seal(w io.Writer, files []File, recipients ...age.Recipient) error {
	if err := sealWith(w, recipients, func(w io.Writer) error { return zipFiles(w, files) }); err != nil {
		return fmt.Errorf("pack: seal: %w", err)
	}
	return nil
}

func sealWith(w io.Writer, recipients []age.Recipient, write func(io.Writer) error) error {
	if len(recipients) == 0 {
		return errors.New("nobody is named who could open it")
	}
	a, err := age.Encrypt(w, recipients...)
	if err != nil {
		return err
	}
	if err := write(a); err != nil {
		return err
	}
	return a.Close()
}

// minPassphrase is the fewest characters that Passphrase takes.
const minPassphrase = 12

// Passphrase is who can open a pack by words agreed with the requester, given in
// another way than the pack itself. Anyone with age can open it: age -d.
func Passphrase(words string) (age.Recipient, age.Identity, error) {
	if n := utf8.RuneCountInString(words); n < minPassphrase {
		return nil, nil, fmt.Errorf("pack: a passphrase of %d characters can be guessed: give at least %d, such as four words", n, minPassphrase)
	}
	r, err := age.NewScryptRecipient(words)
	if err != nil {
		return nil, nil, fmt.Errorf("pack: passphrase: %w", err)
	}
	i, err := age.NewScryptIdentity(words)
	if err != nil {
		return nil, nil, fmt.Errorf("pack: passphrase: %w", err)
	}
	return r, i, nil
}

// Open reads what Seal wrote, with any one of the identities, the files in
// order of their names. It refuses what was altered or cut short, and what
// would unpack to more than a pack may hold.
func Open(r io.Reader, identities ...age.Identity) ([]File, error) {
	files, err := open(r, identities)
	if err != nil {
		return nil, fmt.Errorf("pack: open: %w", err)
	}
	return files, nil
}

func open(r io.Reader, identities []age.Identity) ([]File, error) {
	b, err := decrypt(r, identities)
	if err != nil {
		return nil, err
	}
	files, err := unzipAll(b)
	if err != nil {
		return nil, err
	}
	if err := sound(files); err != nil {
		return nil, err
	}
	return sorted(files), nil
}

func decrypt(r io.Reader, identities []age.Identity) ([]byte, error) {
	if len(identities) == 0 {
		return nil, errors.New("no key is given to open it with")
	}
	plain, err := age.Decrypt(r, identities...)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(plain, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxBytes {
		return nil, fmt.Errorf("it is over the limit of %d MiB", maxBytes>>20)
	}
	return b, nil
}

// unzipAll unpacks an archive that is no larger than a pack. What its files are
// called is not looked at.
func unzipAll(b []byte) ([]File, error) {
	if err := directory(b); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	over := fmt.Errorf("it unpacks to more than the limit of %d MiB", maxBytes>>20)
	total := uint64(0)
	for _, f := range z.File {
		if f.Mode().Type() != 0 {
			return nil, errors.New("something in it is not a file")
		}
		if total += min(f.UncompressedSize64, maxBytes+1); total > maxBytes {
			return nil, over
		}
	}
	var files []File
	left := int64(maxBytes)
	for _, f := range z.File {
		from, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%q: %w", f.Name, err)
		}
		data, err := io.ReadAll(io.LimitReader(from, left+1)) // The size it claims may be a lie.
		if cerr := from.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return nil, fmt.Errorf("%q: %w", f.Name, err)
		}
		if left -= int64(len(data)); left < 0 {
			return nil, over
		}
		files = append(files, File{f.Name, data})
	}
	return files, nil
}

// directory holds the end of a zip archive against what Zip writes, so that the
// table of contents has been bounded before package zip builds it in memory.
func directory(b []byte) error {
	const size = 22 // of the end record: APPNOTE.TXT 4.3.16, without a comment
	if len(b) < size || string(b[len(b)-size:][:4]) != "PK\x05\x06" {
		return errors.New("what is sealed in it is not a pack")
	}
	end := b[len(b)-size:]
	count := int(binary.LittleEndian.Uint16(end[10:]))
	length := int64(binary.LittleEndian.Uint32(end[12:]))
	offset := int64(binary.LittleEndian.Uint32(end[16:]))
	const most = maxFiles * (46 + maxName + 64) // A header, its name, and room for extra fields.
	if count > maxFiles || length > most || offset+length != int64(len(b)-size) {
		return fmt.Errorf("its table of contents is not that of a pack of at most %d files", maxFiles)
	}
	return nil
}
