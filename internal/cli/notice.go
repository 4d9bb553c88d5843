package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"tenet/internal/desk"
	"tenet/internal/notice"
)

type noticeCmd struct {
	Check  noticeCheckCmd  `cmd:"" help:"Contradictions, gaps and broken references in a notice."`
	Render noticeRenderCmd `cmd:"" help:"The words the public reads."`
	Schema noticeSchemaCmd `cmd:"" help:"JSON Schema of a file of the notice, for editors."`
	Diff   laterCmd        `cmd:"" help:"Compare two versions (not there yet)."`
	New    laterCmd        `cmd:"" help:"Begin a new version (not there yet)."`
}

// notice is a notice by its folder, or that of the workspace.
func (c *call) notice(path string) (*notice.Notice, error) {
	if path == "" {
		path = filepath.Join(c.dir, "notice")
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() || errors.Is(err, fs.ErrNotExist) {
		return nil, &desk.Error{Code: "file", What: "there is no such folder", Where: path, Mend: "name a folder that holds a notice: landlord.yaml and the rest"}
	}
	return notice.Load(os.DirFS(path))
}

type noticeCheckCmd struct {
	Folder string `arg:"" optional:"" help:"A notice folder; the workspace's."`
}

// finding is the JSON of what is wrong with a notice.
type finding struct {
	File string `json:"file"`
	Line int    `json:"line"`
	ID   string `json:"id"`
	Why  string `json:"why"`
	From string `json:"source,omitempty"`
	Mend string `json:"mend"`
}

func (x *noticeCheckCmd) Run(c *call) error {
	n, err := c.notice(x.Folder)
	if err != nil {
		return err
	}
	list := []finding{}
	for _, f := range notice.Check(n) {
		list = append(list, finding{f.File, f.Line, string(f.ID), f.Why, f.Source, f.Mend})
	}
	c.found = len(list) > 0
	return c.answer(map[string]any{"version": n.Version(), "findings": list}, func(w io.Writer) {
		for _, f := range list {
			fmt.Fprintf(w, "%s:%d: %s\n    %s\n", f.File, f.Line, f.Why, f.Mend)
		}
		if len(list) == 0 {
			fmt.Fprintf(w, "%s: nothing found. Version %s.\n", n.Landlord.Name, n.Version()[:12])
		}
	})
}

type noticeRenderCmd struct {
	Folder string `arg:"" optional:"" help:"A notice folder; the workspace's."`
}

func (x *noticeRenderCmd) Run(c *call) error {
	n, err := c.notice(x.Folder)
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
