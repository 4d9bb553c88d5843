package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"tenet/internal/desk"
	"tenet/internal/detect"
	"tenet/internal/doc"
	"tenet/internal/match"
	"tenet/internal/redact"
)

type redactCmd struct {
	Files []string `arg:"" name:"file" help:"Documents, or folders of them; - for text on standard input."`
	Keep  []string `placeholder:"NAME" help:"Whose name and words stay: the requester's. May be repeated."`
	Known string   `placeholder:"FILE" help:"People to know, as for detect."`
	Out   string   `required:"" placeholder:"FILE" help:"Where the clean copy goes: a file, or a folder for several."`
	Reset bool     `help:"Set PDFs anew as lines of text with labels, so that no width tells how long a name was, rather than draw them again with bars."`
	OCR   string   `default:"eng" placeholder:"LANG" help:"Language of the words in pictures, for Tesseract: eng, or several as eng+cym."`
}

// redacted is what came of one document.
type redacted struct {
	In        string         `json:"in"`
	Out       string         `json:"out,omitempty"`
	Type      string         `json:"type,omitempty"`
	Withheld  map[string]int `json:"withheld,omitempty"`
	Kept      []doc.Act      `json:"kept,omitempty"`
	NotKept   []doc.Act      `json:"not_kept,omitempty"`
	Pages     int            `json:"pages,omitempty"`
	Proven    int64          `json:"proven_bytes,omitempty"`
	NotProven int            `json:"not_proven,omitempty"` // strings that the copy says on purpose elsewhere
	Error     string         `json:"error,omitempty"`
}

func (x *redactCmd) Run(c *call) error {
	people, err := readKnown(x.Known)
	if err != nil {
		return err
	}
	info, err := os.Stat(x.Out)
	folder := err == nil && info.IsDir() || strings.HasSuffix(x.Out, "/") || strings.HasSuffix(x.Out, string(filepath.Separator))
	switch {
	case err == nil && !folder:
		return &desk.Error{Code: "file", What: "is there already", Where: x.Out, Mend: "name a new file"}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	files, several, err := x.files()
	if err != nil {
		return err
	}
	if several && !folder && info == nil {
		folder = true // to be made
	}
	ocr, err := doc.FindOCR(c, x.OCR)
	if err != nil && !errors.Is(err, doc.ErrNoOCR) {
		return err
	}
	job := &redacting{c: c, cmd: x, ocr: ocr, folder: folder, labels: new(redact.Labels), show: c.progress()}
	if people != nil {
		job.known = people
	}
	defer job.show.done()
	list := []redacted{}
	total := map[string]int{}
	for i, f := range files {
		job.show.step("documents", int64(i))
		r, err := job.file(f)
		if err != nil && (!several || c.Err() != nil) {
			return err
		}
		if err != nil {
			r.Error = err.Error()
			c.found = true
		}
		for kind, n := range r.Withheld {
			total[kind] += n
		}
		list = append(list, r)
	}
	job.show.done()
	return c.answer(map[string]any{"out": x.Out, "withheld": total, "files": list}, func(w io.Writer) {
		for _, r := range list {
			if r.Error != "" {
				fmt.Fprintf(w, "%s: no copy: %s\n", r.In, r.Error)
				continue
			}
			n := 0
			for _, k := range r.Withheld {
				n += k
			}
			fmt.Fprintf(w, "%s: %d pieces withheld %v; proven not to be in it.\n", r.Out, n, r.Withheld)
			for _, a := range r.NotKept {
				fmt.Fprintf(w, "  not in the copy: %s\n", strings.TrimPrefix(a.Where+": "+a.What, ": "))
			}
			if r.NotProven > 0 {
				fmt.Fprintf(w, "  %d of what was withheld is a word of the rest too, and was not searched for.\n", r.NotProven)
			}
		}
	})
}

// input is a document to copy, and the folder below the one that was named in which it is.
type input struct{ path, under string }

func (x *redactCmd) files() (files []input, several bool, err error) {
	several = len(x.Files) > 1
	for _, name := range x.Files {
		info, err := os.Stat(name)
		switch {
		case name == "-":
			files = append(files, input{path: "-"})
			continue
		case err != nil:
			return nil, false, fmt.Errorf("read the document: %w", err)
		case !info.IsDir():
			files = append(files, input{path: name})
			continue
		}
		several = true
		err = filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			under, err := filepath.Rel(name, filepath.Dir(path))
			files = append(files, input{path, under})
			return err
		})
		if err != nil {
			return nil, false, fmt.Errorf("read the folder: %w", err)
		}
	}
	return files, several, nil
}

// redacting is the work on all the documents of one command. People have the same label in all of them.
type redacting struct {
	c      *call
	cmd    *redactCmd
	known  detect.Known
	ocr    *doc.OCR
	folder bool
	labels *redact.Labels
	show   *progress
}

// documentTime is how long one document may take.
const documentTime = 30 * time.Minute

func (j *redacting) file(f input) (redacted, error) {
	r := redacted{In: f.path}
	data, err := j.read(f.path)
	if err != nil {
		return r, err
	}
	red := j.redactor()
	p := red.Copy()
	for _, k := range j.cmd.Keep {
		p.Reveal(k)
	}
	limits := doc.Limits{Time: documentTime}
	// Everything is read once before anything is taken out, so that a name known by the last page is known on the first.
	before, err := (&doc.Reader{Limits: limits, OCR: j.ocr}).Read(j.c, bytes.NewReader(data), f.path, "")
	if err != nil && before.Text == "" {
		return r, unreadable(f.path, err)
	}
	p.Learn(before.Text)
	cleaner := doc.Cleaner{Limits: limits, OCR: j.ocr, Find: cuts(p), Prove: p.Prove, Reset: j.cmd.Reset, Progress: func(where string) {
		if page, ok := strings.CutPrefix(where, "page "); ok {
			var n int64
			fmt.Sscan(page, &n)
			j.show.step("pages", n)
		}
	}}
	var copied bytes.Buffer
	report, err := cleaner.Clean(j.c, bytes.NewReader(data), f.path, &copied)
	switch {
	case errors.Is(err, doc.ErrLeak):
		return r, &desk.Error{Code: "leak", What: err.Error(), Where: f.path, Mend: "nothing was written; take the part it names out by hand and try again"}
	case err != nil && j.c.Err() != nil:
		return r, j.c.Err()
	case err != nil:
		return r, unreadable(f.path, err)
	}
	if r.Out, err = j.write(f, red, report, copied.Bytes()); err != nil {
		return r, err
	}
	r.Type, r.Withheld, r.Kept, r.NotKept = report.Type, report.Cuts, report.Kept, report.Losses
	r.Pages, r.Proven, r.NotProven = report.Pages, report.Proven, p.NotProven()
	return r, nil
}

func unreadable(path string, err error) error {
	mend := "mend the document, or take it out by hand"
	if errors.Is(err, doc.ErrUnsupported) {
		mend = "save it as another kind of document, such as PDF"
	}
	return &desk.Error{Code: "input", What: err.Error(), Where: path, Mend: mend}
}

func (j *redacting) read(path string) ([]byte, error) {
	var in io.Reader = j.c.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read the document: %w", err)
		}
		defer f.Close()
		in = f
	}
	limit := 64 << 20
	plain := path == "-" || doc.TypeOf(path, nil) == "text/plain"
	if plain {
		limit = maxText
	}
	data, err := io.ReadAll(io.LimitReader(in, int64(limit)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the document: %w", err)
	case len(data) > limit:
		return nil, &desk.Error{Code: "too-large", What: fmt.Sprintf("the document is over %d bytes", limit), Where: path, Mend: "split it"}
	case plain && !utf8.Valid(data) && strings.HasPrefix(doc.TypeOf("", data[:min(len(data), 512)]), "text/"):
		return nil, &desk.Error{Code: "input", What: "not UTF-8 text", Where: path, Mend: "save it as UTF-8 text first"}
	}
	return data, nil
}

// write puts the copy where it goes, in no file that is there already.
func (j *redacting) write(f input, red *redact.Redactor, report *doc.Report, data []byte) (string, error) {
	to := j.cmd.Out
	if j.folder {
		dir := to
		for part := range strings.SplitSeq(filepath.ToSlash(f.under), "/") {
			if part != "" && part != "." {
				part, _ = red.Text(strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(part))
				dir = filepath.Join(dir, part)
			}
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", err
		}
		to = filepath.Join(dir, report.Name)
	} else if ext := filepath.Ext(to); !strings.EqualFold(ext, report.Ext) && !strings.HasPrefix(report.Type, "text/plain") {
		return "", &desk.Error{Code: "input", What: "the copy is of type " + report.Type, Where: to, Mend: "name it with " + report.Ext}
	}
	stem, ext := strings.TrimSuffix(to, filepath.Ext(to)), filepath.Ext(to)
	for n := 2; ; n++ {
		out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if j.folder && errors.Is(err, fs.ErrExist) && n < 10_000 {
			to = fmt.Sprintf("%s-%d%s", stem, n, ext)
			continue
		}
		if err != nil {
			return "", fmt.Errorf("write the clean copy: %w", err)
		}
		if _, err = out.Write(data); err == nil {
			err = out.Sync()
		}
		if err = errors.Join(err, out.Close()); err != nil {
			os.Remove(to)
			return "", fmt.Errorf("write the clean copy: %w", err)
		}
		return to, nil
	}
}

// redactor is that of one document.
func (j *redacting) redactor() *redact.Redactor {
	r := &redact.Redactor{Keep: redact.Keep{Literals: j.cmd.Keep}, Labels: j.labels}
	r.Detector.Known = j.known
	for _, k := range j.cmd.Keep {
		r.Keep.Own = append(r.Keep.Own, match.Known{Name: match.ParseName(k)})
	}
	return r
}

// cuts hands what is to go from a text over to a doc.Cleaner.
func cuts(p *redact.Copy) func(where, text string) ([]doc.Cut, error) {
	return func(_, text string) (out []doc.Cut, _ error) {
		for _, c := range p.Cuts(text) {
			out = append(out, doc.Cut(c))
		}
		return out, nil
	}
}
