package desk

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/pack"
)

// NoticeForms are the forms in which a notice can be given out, beside the portal's own
// page of it: HTML to put in a page, HTML for paper, a PDF, plain text, and JSON for machines.
func NoticeForms() []string { return []string{"fragment", "print", "pdf", "text", "json"} }

// NoticeAt says where the portal has a form of the notice in a language; version is empty for
// the one in force. Where tenet.yaml does not say where the portal is (public:), a page of it
// alone can lead there, and so it is nil for the other forms.
func (d *Desk) NoticeAt(version, form string) func(notice.Language) string {
	at := "/notice/" + form
	if version != "" {
		at = "/notice/versions/" + version + "/" + form
	}
	switch {
	case d.Config.Public != "":
		at = d.publicURL(at)
	case form != "print":
		return nil
	}
	return func(l notice.Language) string { return at + "?in=" + string(l) }
}

// WriteNotice writes a notice in one of [NoticeForms].
func WriteNotice(w io.Writer, n *notice.Notice, form string, as notice.Publication) error {
	switch form {
	case "fragment":
		return notice.PublishFragment(w, n, as)
	case "print":
		return notice.PublishPrint(w, n, as)
	case "pdf":
		return noticePDF(w, n, as)
	case "text":
		return notice.PublishText(w, n, as)
	case "json":
		return notice.PublishJSON(w, n, as)
	}
	return &Error{Code: "usage", What: fmt.Sprintf("a notice has no form %.20q", form), Where: "FORM", Mend: "one of " + strings.Join(NoticeForms(), ", ")}
}

// noticePDF sets the page for paper as a PDF, so that the two cannot say different things.
func noticePDF(w io.Writer, n *notice.Notice, as notice.Publication) error {
	var page bytes.Buffer
	if err := notice.PublishPrint(&page, n, as); err != nil {
		return err
	}
	day, err := law.ParseDate(string(n.Landlord.Effective))
	if err != nil {
		return fmt.Errorf("the day on which the notice came into force: %w", err)
	}
	words, _ := n.In(as.Language)
	return pack.Paper{Title: words.Title, Author: n.Landlord.Name, Foot: n.Landlord.Name + ", " + words.Title + ", " + n.Version()[:12],
		Day: day, Whole: "the notice on the web", Lang: string(as.Language), Page: page.Bytes()}.WritePDF(w)
}
