package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/pack"
)

type noticeCmd struct {
	Check    noticeCheckCmd    `cmd:"" help:"Contradictions, gaps, what has become out of date, and broken references in a notice."`
	Render   noticeRenderCmd   `cmd:"" help:"The words the public reads."`
	Publish  noticePublishCmd  `cmd:"" help:"The notice as a page, for print, as text or for machines."`
	Schema   noticeSchemaCmd   `cmd:"" help:"JSON Schema of a file of the notice, for editors."`
	Diff     noticeDiffCmd     `cmd:"" help:"Two versions, sentence by sentence and rule by rule; and what the new one would have changed."`
	New      noticeNewCmd      `cmd:"" help:"Begin a new version: a folder with a copy of the notice in force."`
	Adopt    noticeAdoptCmd    `cmd:"" help:"Keep a new version, to be in force from its day on."`
	Withdraw noticeWithdrawCmd `cmd:"" help:"Take back a version before its day, so that another may take its place."`
	Versions noticeVersionsCmd `cmd:"" help:"The versions that are kept, and which is in force."`
	Displays noticeDisplaysCmd `cmd:"" help:"Where a version is put up, who is told of it, and what is left to do."`
	Tell     noticeTellCmd     `cmd:"" help:"Count the people whom a version's changes concern, and write to each of them."`
	Told     noticeToldCmd     `cmd:"" help:"How far the letters about a version have come; the list to print; that they were posted."`
	Confirm  noticeConfirmCmd  `cmd:"" help:"Record that a version is put up at a place, or that people were told of it."`
}

// readNotice reads a notice: a folder, one of the packs that come with Tenet, or a version that the
// workspace keeps. Without a name it is the one in the workspace's folder. The name of a
// pack is the pack, whatever else is called so: a folder of that name is ./name.
func (c *call) readNotice(name string) (*notice.Notice, error) {
	if name == "" {
		return c.noticeFolder(filepath.Join(c.dir, "notice"))
	}
	if from, err := notice.Pack(name); err == nil {
		return notice.Load(from)
	}
	if _, err := os.Stat(name); err == nil {
		return c.noticeFolder(name)
	}
	if len(name) >= 6 && strings.Trim(name, "0123456789abcdef") == "" {
		d, err := c.unattended()
		if err != nil {
			return nil, err
		}
		defer d.Close()
		return d.NoticeVersion(c, name)
	}
	return c.noticeFolder(name)
}

func (c *call) noticeFolder(path string) (*notice.Notice, error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() || errors.Is(err, fs.ErrNotExist) {
		return nil, &desk.Error{Code: "file", What: "there is no such folder", Where: path, Mend: "name a folder that holds a notice: landlord.yaml and the rest; or a pack"}
	}
	return notice.Load(os.DirFS(path))
}

type noticeCheckCmd struct {
	Folder string `arg:"" optional:"" help:"A notice folder or a pack (a folder called like one is ./NAME); the workspace's."`
	Pack   string `placeholder:"NAME|DIR" help:"The same, by a flag."`
	On     string `placeholder:"DATE" help:"The day whose law it is held against; today."`
	Waive  string `placeholder:"FILE" help:"Findings that may stand for a time, each with an owner and an end, beside those of the workspace's waivers.yaml."`
	SARIF  bool   `name:"sarif" help:"Print a SARIF 2.1.0 log, for tools that show it beside the text."`
}

// finding is the JSON of what is wrong with a notice.
type finding struct {
	File     string           `json:"file"`
	Line     int              `json:"line"`
	ID       string           `json:"id"`
	Title    string           `json:"title,omitempty"`
	Rule     string           `json:"rule"`
	Severity notice.Severity  `json:"severity"`
	Why      string           `json:"why"`
	From     string           `json:"source,omitempty"`
	Sure     notice.Certainty `json:"sure"`
	Mend     string           `json:"mend"`
}

func (x *noticeCheckCmd) Run(c *call) error {
	if x.Folder != "" && x.Pack != "" {
		return &desk.Error{Code: "usage", What: "give the notice once", Where: "--pack", Mend: "leave one of them out"}
	}
	day := law.DateOf(time.Now())
	if x.On != "" {
		var err error
		if day, err = law.ParseDate(x.On); err != nil {
			return &desk.Error{Code: "date", What: err.Error(), Where: "--on", Mend: "write the date as 2026-11-22"}
		}
	}
	n, err := c.readNotice(x.Folder + x.Pack)
	if err != nil {
		return err
	}
	on := notice.Date(day.String())
	left := desk.FindingsOf(n, on)
	if x.Folder+x.Pack == "" { // of a workspace, whose portal Tenet serves
		left = append(left, notice.UnlistedCookies(n)...)
		unkept, err := c.unkept(n)
		if err != nil {
			return err
		}
		left = append(left, unkept...)
	}
	waivers, err := x.waivers(c)
	if err != nil {
		return err
	}
	left, waived := notice.Waive(left, waivers, on)
	list := []finding{}
	counts := make(map[notice.Severity]int)
	for _, f := range left {
		counts[f.Severity]++
		list = append(list, finding{f.File, f.Line, string(f.ID), f.Title, f.Rule, f.Severity, f.Why, f.Source, f.Sure, f.Mend})
	}
	c.found = counts[notice.Wrong]+counts[notice.Doubt] > 0
	if x.SARIF {
		return notice.WriteSARIF(c.Stdout, c.Version, left, waived)
	}
	return c.answer(map[string]any{"version": n.Version(), "on": on, "findings": list, "waived": append([]notice.Waived{}, waived...)}, func(w io.Writer) {
		for _, f := range left {
			fmt.Fprintf(w, "%s:%d: %s [%s]", f.File, f.Line, f.Severity, f.Rule)
			if about := f.About(); about != "" {
				fmt.Fprintf(w, " %s", about)
			}
			source := f.Source
			if says := f.Sure.Says(); says != "" {
				source += " (" + says + ")"
			}
			fmt.Fprintf(w, "\n    %s\n    %s\n    %s\n", f.Why, source, f.Mend)
		}
		switch {
		case len(list) == 0:
			fmt.Fprintf(w, "%s: nothing found. Version %s.\n", n.Landlord.Name, n.Version()[:12])
		default:
			fmt.Fprintf(w, "%s, on %s: errors %d, warnings %d, notes %d. Version %s.\n", n.Landlord.Name, on, counts[notice.Wrong], counts[notice.Doubt], counts[notice.Suggest], n.Version()[:12])
		}
		if len(waived) > 0 {
			fmt.Fprintf(w, "Waived: %d.\n", len(waived))
		}
	})
}

// waivers are those of the workspace, for a notice that is a folder and so may be its own,
// and those of a file.
func (x *noticeCheckCmd) waivers(c *call) ([]notice.Waiver, error) {
	var all []notice.Waiver
	_, packed := notice.Pack(x.Folder + x.Pack)
	if _, err := os.Stat(filepath.Join(c.dir, "tenet.yaml")); err == nil && packed != nil {
		if all, err = desk.Waivers(c.dir); err != nil {
			return nil, err
		}
	}
	if x.Waive == "" {
		return all, nil
	}
	src, err := os.ReadFile(x.Waive)
	if err != nil {
		return nil, &desk.Error{Code: "file", What: "the waivers cannot be read", Where: x.Waive, Mend: "name a file of waivers", Err: err}
	}
	more, err := notice.ParseWaivers(x.Waive, src)
	return append(all, more...), err
}

// unkept is what the maps of the workspace have against its notice, where it acts for
// others and there is a workspace round it.
func (c *call) unkept(n *notice.Notice) ([]notice.Finding, error) {
	if _, err := os.Stat(filepath.Join(c.dir, "tenet.yaml")); err != nil || len(n.Landlord.Clients) == 0 {
		return nil, nil
	}
	d, err := c.unattended()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Unkept(n)
}

type noticeRenderCmd struct {
	Folder string `arg:"" optional:"" help:"A notice folder or a pack; the workspace's."`
}

func (x *noticeRenderCmd) Run(c *call) error {
	n, err := c.readNotice(x.Folder)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"version": n.Version(), "words": n.Words}, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n", n.Words.Title)
		for _, s := range n.Words.All() {
			mark := ""
			if s.ID != "" {
				mark = "  {#" + string(s.ID) + "}"
			}
			fmt.Fprintf(w, "%s%s\n", s.Text, mark)
		}
	})
}

type noticePublishCmd struct {
	Notice string `arg:"" optional:"" help:"A notice folder, a pack or a version; the workspace's."`
	Format string `default:"fragment" enum:"fragment,print,pdf,text,json" help:"fragment (HTML to put in a page), print (HTML for paper), pdf, text, json (for machines)."`
	Lang   string `placeholder:"en|cy" help:"The language; where the words are not there in it, they are in the one they were written in, and it says so."`
	Out    string `placeholder:"FILE" help:"Where to write it; standard output."`
}

func (x *noticePublishCmd) Run(c *call) error {
	n, err := c.readNotice(x.Notice)
	if err != nil {
		return err
	}
	as := notice.Publication{Language: notice.Language(x.Lang), Day: notice.Date(law.DateOf(time.Now()).String())}
	if as.Language != "" && !slices.Contains(notice.PhraseLanguages(), as.Language) {
		return &desk.Error{Code: "usage", What: fmt.Sprintf("there are no phrases in %q", x.Lang), Where: "--lang", Mend: fmt.Sprintf("one of %v", notice.PhraseLanguages())}
	}
	if x.Format == "pdf" && x.Out == "" && c.json {
		return &desk.Error{Code: "usage", What: "a PDF does not go into a JSON document", Where: "--out", Mend: "name the file to write it to"}
	}
	var b bytes.Buffer
	if err := desk.WriteNotice(&b, n, x.Format, as); err != nil {
		return err
	}
	if x.Out == "" {
		if c.json {
			return c.answer(map[string]any{"format": x.Format, "version": n.Version(), "text": b.String()}, nil)
		}
		_, err = b.WriteTo(c.Stdout)
		return err
	}
	size := b.Len()
	if err := pack.WriteFile(x.Out, func(w io.Writer) error { _, err := b.WriteTo(w); return err }); err != nil {
		return &desk.Error{Code: "file", What: "cannot be written", Where: x.Out, Mend: "name a file in a folder that may be written in", Err: err}
	}
	return c.answer(map[string]any{"file": x.Out, "format": x.Format, "version": n.Version(), "bytes": size}, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %s, version %s.\n", x.Out, n.Words.Title, n.Version()[:12])
	})
}

type noticeSchemaCmd struct {
	File string `arg:"" help:"landlord.yaml, data.yaml, uses.yaml, …"`
}

func (x *noticeSchemaCmd) Run(c *call) error {
	s, err := notice.Schema(x.File)
	if err != nil {
		return &desk.Error{Code: "usage", What: err.Error(), Where: "FILE", Mend: fmt.Sprintf("one of %v", notice.Files())}
	}
	if c.json {
		return c.document(s)
	}
	_, err = fmt.Fprintf(c.Stdout, "%s\n", s)
	return err
}
