package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/notice"
	"tenet/internal/pack"
)

// replyFile is the working file of an answer in words. A draft that names it has no
// records to decide on.
const replyFile = "reply.json"

// Reply is an answer that somebody wrote, for kinds that are not answered with records.
type Reply struct {
	Outcome law.Outcome `json:"outcome"`
	Grounds []string    `json:"grounds,omitempty"` // of [law.GroundsFor], where it is denied
	// Parts are what it says, by the ids of [law.Contents]. Routes that are left out are
	// filled in from the notice.
	Parts []Part `json:"parts"`
}

// Part is one thing that an answer says.
type Part struct {
	ID    string `json:"id"` // of [law.Contents], or "more" for what the law does not ask for
	Words string `json:"words"`
}

// InWords says whether the draft of a case is an answer in words.
func InWords(k cases.Case) bool { return k.Draft != nil && k.Draft.File == replyFile }

// Reply drafts an answer in words. What the law asks the answer to say has to be there.
func (d *Desk) Reply(ctx context.Context, k cases.Case, r Reply, on cases.On) (cases.Case, error) {
	if Packed(k.Kind) {
		return k, &Error{Code: "kind", What: "a request for a copy is answered with the records", Where: k.Number, Mend: "tenet case answer " + k.Number + "; to refuse it, tenet case refuse"}
	}
	if !slices.Contains([]law.Outcome{law.Granted, law.Partly, law.Denied}, r.Outcome) {
		return k, &Error{Code: "usage", What: fmt.Sprintf("there is no outcome %q", r.Outcome), Where: "--outcome", Mend: "use granted, partly or denied"}
	}
	wanted := law.Contents(k.Kind, r.Outcome)
	r.Parts = d.staying(k.Kind, r.Outcome, d.routes(wanted, r.Parts))
	var says []string
	for _, p := range r.Parts {
		if strings.TrimSpace(p.Words) == "" {
			continue
		}
		if p.ID != "more" && !slices.ContainsFunc(wanted, func(c law.Content) bool { return c.ID == p.ID }) {
			return k, &Error{Code: "reply", What: fmt.Sprintf("an answer of this kind and outcome has no part %q", p.ID), Where: k.Number, Mend: "use " + strings.Join(ids(wanted), ", ") + " or more"}
		}
		says = append(says, p.ID)
	}
	if lacks := law.Missing(k.Kind, r.Outcome, says); len(lacks) > 0 {
		var list []string
		for _, c := range lacks {
			list = append(list, c.ID+" ("+c.Says+" "+c.Cite+")")
		}
		return k, &Error{Code: "reply", What: "the answer does not say what it has to: " + strings.Join(list, "; "), Where: k.Number, Mend: "add a part for each"}
	}
	if r.Outcome == law.Denied && len(r.Grounds) == 0 {
		return k, &Error{Code: "reply", What: "a refusal needs a ground that the law has", Where: k.Number, Mend: "give --ground"}
	}
	files, err := d.replyFiles(k, r)
	if err != nil {
		return k, err
	}
	_, decided, err := d.Cases.Decisions(ctx, k.ID)
	if err != nil {
		return k, err
	}
	var sealed bytes.Buffer
	if err := pack.Seal(&sealed, files, d.Keys.PackRecipient()); err != nil {
		return k, err
	}
	sum := sha256.Sum256(sealed.Bytes())
	name := k.Number + "." + hex.EncodeToString(sum[:6]) + ".draft.age"
	if err := d.Packs.Put(ctx, name, bytes.NewReader(sealed.Bytes())); err != nil {
		return k, err
	}
	kept, err := json.Marshal(r)
	if err != nil {
		return k, err
	}
	on.Case = k.ID
	return d.Cases.SetDraft(ctx, on, cases.Draft{Pack: name, Digest: hex.EncodeToString(sum[:]), Size: int64(sealed.Len()), File: replyFile,
		Beside: givenWith(k.Kind, r.Outcome), Notice: d.Notice.Version(), Decided: decided, By: on.By}, cases.File{Name: replyFile, Data: kept})
}

func ids(list []law.Content) (out []string) {
	for _, c := range list {
		out = append(out, c.ID)
	}
	return out
}

// routes adds the routes on that an answer has to name and does not, in the words of the
// notice.
func (d *Desk) routes(wanted []law.Content, parts []Part) []Part {
	parts = slices.Clone(parts)
	for _, c := range wanted {
		if slices.ContainsFunc(parts, func(p Part) bool { return p.ID == c.ID }) {
			continue
		}
		if words := d.route(c.ID); words != "" {
			parts = append(parts, Part{c.ID, words})
		}
	}
	return parts
}

// route is how to go on from an answer, in the notice's own words; empty if it has none.
func (d *Desk) route(id string) string {
	for _, s := range d.Notice.Rights.Complaints {
		var name, reach string
		for _, r := range d.Notice.Landlord.Regulators {
			if r.ID == s.Regulator {
				on := r.On(notice.Date(law.DateOf(d.Now()).String()))
				name, reach = on.Name, strings.Join(nonEmpty(string(on.Phone), string(on.Web)), ", ")
			}
		}
		ombudsman := strings.Contains(strings.ToLower(name), "ombudsman")
		fits := id == law.RouteOwn && s.Route == notice.OurOwn || id == law.RouteCourt && s.Route == notice.ToCourt ||
			id == law.RouteRegulator && s.Route == notice.ToRegulator && !ombudsman || id == law.RouteOmbudsman && ombudsman
		if fits {
			return strings.Join(nonEmpty(s.Title+".", s.Says, strings.TrimSuffix(strings.Join(nonEmpty(name, reach), ": "), ".")), " ")
		}
	}
	return ""
}

func nonEmpty(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" || s == "." })
}

var replyPage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{{.Reference}}</title>
<style>body{font:1rem/1.5 "Helvetica Neue",Helvetica,Arial,sans-serif;max-width:40em;margin:2em auto;padding:0 1em}p{white-space:pre-wrap}</style></head>
<body><p>{{.Landlord}}<br>{{.Day}}<br>Reference {{.Reference}}</p><h1>{{.Title}}</h1>{{range .Parts}}
<p>{{.Words}}</p>{{end}}</body></html>
`))

// replyFiles is the answer to read and to print, and as plain text.
func (d *Desk) replyFiles(k cases.Case, r Reply) ([]pack.File, error) {
	h, _ := k.Kind.Handling()
	v := struct {
		Landlord, Day, Reference, Title string
		Parts                           []Part
	}{d.Notice.Landlord.Name, law.DateOf(d.Now()).Words(), k.Number, h.Title, r.Parts}
	var page bytes.Buffer
	if err := replyPage.Execute(&page, v); err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%s\n%s\nReference %s\n\n%s\n", v.Landlord, v.Day, v.Reference, v.Title)
	for _, p := range r.Parts {
		text += "\n" + strings.TrimSpace(p.Words) + "\n"
	}
	return []pack.File{{Name: "answer.html", Bytes: page.Bytes()}, {Name: "answer.txt", Bytes: []byte(text)}}, nil
}

// approveReply lets an answer in words out. One that denies the request is the refusal:
// it ends the case as one, with its grounds, its routes and its words.
func (d *Desk) approveReply(ctx context.Context, k cases.Case, by, digest string) (cases.Case, error) {
	data, err := d.Cases.GetFile(ctx, k.ID, replyFile)
	if err != nil {
		return k, err
	}
	var r Reply
	if err := json.Unmarshal(data, &r); err != nil {
		return k, fmt.Errorf("read the answer of %s: %w", k.Number, err)
	}
	on := cases.On{Case: k.ID, By: by, Version: k.Version}
	if r.Outcome != law.Denied {
		if err := d.lookedAgain(ctx, k); err != nil {
			return k, err
		}
		after, err := d.Cases.Approve(ctx, on, digest)
		if err != nil {
			return after, err
		}
		return d.TellRecipients(ctx, after, by)
	}
	if digest != k.Draft.Digest {
		return k, &Error{Code: "draft-changed", What: "the answer was written again since", Where: k.Number, Mend: "look at it as it is now"}
	}
	if k.Second && by == k.Draft.By {
		return k, &Error{Code: "second", What: "the notice wants a second person to approve, and you wrote this answer", Where: k.Number, Mend: "ask a colleague to approve it"}
	}
	var words, routes []string
	for _, p := range r.Parts {
		words = append(words, strings.TrimSpace(p.Words))
		if slices.Contains(law.Routes(k.Kind), p.ID) {
			routes = append(routes, p.ID)
		}
	}
	// The person is told in the same transaction; where no letter can safely go, somebody
	// has the task to tell them.
	also, why, err := d.refusalLetter(ctx, k, r, by)
	if err != nil {
		return k, err
	}
	on.Also = also
	after, err := d.Cases.Refuse(ctx, on, cases.Refusal{Reason: strings.Join(words, "\n\n"), Grounds: r.Grounds, Routes: routes})
	if err == nil && why != nil {
		err = d.HandOverLetter(ctx, after, letter.Refuse, why)
	}
	return after, err
}
