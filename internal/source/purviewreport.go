package source

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"tenet/internal/doc"
)

// exportReport is what the reports of an export are called (Microsoft's pages "Export Content
// search results", "Export a Content search report" and "Document metadata fields in eDiscovery (Premium)").
var exportReport = regexp.MustCompile(`(?i)^(results|items|unindexed items|skipped items|failed items|errors? and warnings?|warnings? and errors?|export_load_file|export summary|summary|locations|settings|trace|manifest)([-_. (].*)?\.(csv|xml|log|txt)$`)

// isReport says whether a file tells of the others and is none of them. Reports stand at the
// top of an export or of a zip of it, or in a folder of their own.
func (f exportFile) isReport() bool {
	dir, name := path.Split(f.path)
	dir = strings.ToLower(strings.Trim(dir, "/"))
	if !exportReport.MatchString(name) {
		return false
	}
	return !strings.Contains(dir, "/") && dir != "exchange" && dir != "sharepoint" && dir != "onedrive" && dir != "teams" && dir != "nativefiles"
}

// reportColumns are what the columns that are read may be called, in small letters without blanks.
var reportColumns = map[string][]string{
	"id":        {"itemidentity", "fileid", "immutableid", "itemid", "documentid", "docid"},
	"target":    {"targetpath", "exportnativepath", "nativepath", "exportpath", "exportedpath"},
	"place":     {"locationname", "custodian", "location"},
	"origin":    {"originalpath", "compoundpath", "inputpath", "originalinputpath"},
	"duplicate": {"duplicatetoitem"},
	"error":     {"errorcode", "errorcodes", "errortags", "errortype", "error", "exportstatusdescription", "processstatusdescription", "errormessage", "exporterror"},
}

var notLetters = regexp.MustCompile(`[^a-z0-9]+`)

// reportRow is a line of a report, by the names above.
type reportRow struct {
	line int
	get  map[string]string
}

// reportLines reads a report's lines. The first value of several columns that mean the
// same is taken.
func reportLines(r io.Reader, l doc.Limits, visit func(reportRow) error) error {
	c, err := doc.NewCSV(r, l)
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return err
	}
	plain := make([]string, len(c.Header))
	for i, h := range c.Header {
		plain[i] = notLetters.ReplaceAllString(strings.ToLower(h), "")
	}
	for {
		rec, err := c.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		row := reportRow{line: rec.Line, get: map[string]string{}}
		for what, names := range reportColumns {
			for _, name := range names {
				for i, h := range plain {
					if h == name && i < len(rec.Fields) && row.get[what] == "" {
						row.get[what] = strings.TrimSpace(rec.Fields[i])
					}
				}
			}
		}
		if err := visit(row); err != nil {
			return err
		}
	}
}

// reportProblems is how many lines of one report are told of one by one.
const reportProblems = 1000

// reports reads the reports of an export: they say whose a file is, and what is not there.
func (p *purview) reports(ctx context.Context, e *export) error {
	seen := 0
	for _, f := range e.files {
		if !f.isReport() {
			continue
		}
		var err error
		switch f.ext() {
		case ".csv":
			err = p.reportOf(ctx, e, f)
		case ".xml":
			err = p.manifest(ctx, e, f)
		default:
			continue // traces for Microsoft's own support
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			p.report(Problem{Key: f.show, Why: "the report cannot be read: " + reason(err), Mend: "download the export's reports again"})
			continue
		}
		seen++
	}
	if seen == 0 {
		p.report(Problem{Why: "the export has no reports, so that what is missing from it cannot be told", Mend: "download the reports of the export into the folder"})
	}
	return nil
}

func (p *purview) reportOf(ctx context.Context, e *export, f exportFile) error {
	in, err := f.volume.fs.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close()
	name := strings.ToLower(path.Base(f.path))
	failures := strings.HasPrefix(name, "error") || strings.HasPrefix(name, "warning") || strings.HasPrefix(name, "skipped") || strings.HasPrefix(name, "failed")
	told, duplicates := 0, 0
	tell := func(row reportRow, why, mend string) {
		if told++; told <= reportProblems {
			p.report(Problem{Key: fmt.Sprintf("%s, line %d", f.show, row.line), Why: why, Mend: mend})
		}
	}
	err = reportLines(in, p.opts.Limits.Document, func(row reportRow) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		target, failed := row.get["target"], reportFailure(row.get["error"])
		switch i, there := e.find(target); {
		case there:
			x := &e.files[i]
			if x.ext() != ".pst" && x.ext() != ".ost" {
				if row.get["place"] != "" {
					x.location = exportSuffix.ReplaceAllString(row.get["place"], "")
				}
			}
			if failed != "" {
				tell(row, "the export says of this item: "+failed, "look at it in Purview")
			}
		case row.get["duplicate"] != "":
			duplicates++
		case target != "":
			tell(row, "the report lists an item that the export does not hold"+because(failed), "download the export again, or look at the item in Purview")
		case failures && (failed != "" || row.get["id"] != "" || row.get["origin"] != ""):
			tell(row, "an item was not exported, or not wholly"+because(failed), "look at it in Purview")
		case failed != "":
			tell(row, "the export says of an item: "+failed, "look at it in Purview")
		}
		return nil
	})
	if told > reportProblems {
		p.report(Problem{Key: f.show, Why: fmt.Sprintf("%s lines of the report tell of items that failed or are missing; %s are named", doc.Thousands(int64(told)), doc.Thousands(reportProblems))})
	}
	if duplicates > 0 {
		p.report(Problem{Key: f.show, Why: fmt.Sprintf("%s items are held in other mailboxes too, and were exported once: those copies are not rows", doc.Thousands(int64(duplicates))), Mend: "export without de-duplication if it matters in whose mailbox an item is"})
	}
	return err
}

func because(failed string) string {
	if failed == "" {
		return ""
	}
	return ": " + failed
}

// reportFailure is what a report says went wrong, if anything did.
func reportFailure(s string) string {
	switch strings.ToLower(s) {
	case "", "0", "none", "success", "succeeded", "successful", "false", "no", "ok":
		return ""
	}
	return cut(s, 200)
}

// find is the file that a report means: the whole path or, where reports leave the top of
// it out or files were put elsewhere, a part of either. What stands in an archive is there if the archive is.
func (e *export) find(target string) (int, bool) {
	if target == "" {
		return 0, false
	}
	key := exportKey(target)
	for k := key; ; {
		if i, ok := e.at[k]; ok {
			return i, true
		}
		_, rest, ok := strings.Cut(k, "/")
		if !ok {
			break
		}
		k = rest
	}
	for i := 0; i < len(key); i++ {
		if key[i] == '/' && (strings.HasSuffix(key[:i], ".pst") || strings.HasSuffix(key[:i], ".ost")) {
			return e.find(key[:i])
		}
	}
	return 0, false
}

// manifest reads the list of files in EDRM XML.
func (p *purview) manifest(ctx context.Context, e *export, f exportFile) error {
	in, err := f.volume.fs.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close()
	told := 0
	err = manifestFiles(in, p.opts.Limits.Document, func(target string) error {
		if _, there := e.find(target); !there {
			if told++; told <= reportProblems {
				p.report(Problem{Key: f.show, Why: "the manifest lists " + cut(target, 300) + ", which the export does not hold", Mend: "download the export again"})
			}
		}
		return ctx.Err()
	})
	if told > reportProblems {
		p.report(Problem{Key: f.show, Why: fmt.Sprintf("the manifest lists %s files that the export does not hold; %s are named", doc.Thousands(int64(told)), doc.Thousands(reportProblems))})
	}
	return err
}

// manifestFiles visits the paths that a manifest lists.
func manifestFiles(r io.Reader, l doc.Limits, visit func(string) error) error {
	b := &bounded{r: r, left: 16 * orDefault(l.Bytes, 64<<20)}
	d := xml.NewDecoder(b)
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			if errors.Is(err, errTooLong) {
				return errTooLong
			}
			return fmt.Errorf("not XML from line %d on", line(d))
		}
		s, ok := t.(xml.StartElement)
		if !ok || s.Name.Local != "ExternalFile" {
			continue
		}
		var dir, name string
		for _, a := range s.Attr {
			switch a.Name.Local {
			case "FilePath":
				dir = a.Value
			case "FileName":
				name = a.Value
			}
		}
		if name != "" {
			if err := visit(strings.TrimLeft(strings.ReplaceAll(dir, `\`, "/")+"/"+name, "/")); err != nil {
				return err
			}
		}
	}
}

func line(d *xml.Decoder) int {
	n, _ := d.InputPos()
	return n
}
