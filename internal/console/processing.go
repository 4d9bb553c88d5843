package console

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"tenet/internal/web"
)

// Processing is the record of processing activities as staff look at it. It is made
// anew each time, from the notice and the maps; nothing in it can be typed here.
type Processing interface {
	// Activities is the part of the record that a query asks for.
	Activities(ctx context.Context, q ActivityQuery) (ActivityRecord, error)
	// WriteActivities writes the whole record of the query's body, as a file of one of
	// ActivityForms.
	WriteActivities(ctx context.Context, w io.Writer, q ActivityQuery, form string) error
}

// ActivityForms are the files that the record can be had as, by ending.
func ActivityForms() []string { return []string{"xlsx", "csv", "json"} }

// ActivityQuery says which part of the record is looked at; empty fields leave nothing
// out.
type ActivityQuery struct {
	As      string // "processor", or whatever else for a controller
	Body    string // the id of a controller or client
	Purpose string // the id of a use
	System  string // the name of a system that holds some of its data
}

// ActivityRecord is the record of processing activities.
type ActivityRecord struct {
	Version string   // of the notice
	From    string   // the day it came into force
	Keepers []string // whose record it is, with their addresses
	Officer string   // the data protection officer; empty where none is named

	Bodies, Purposes, Systems []Choice // what can be chosen

	Rows []ActivityRow // those with gaps first
	Gaps []ActivityGap // those of no row
	Flow ActivityFlow
}

// ActivityRow is one use as one body keeps it.
type ActivityRow struct {
	ID, Purpose, Body string
	Categories        []string
	Systems           []string
	Gaps              []ActivityGap
	Fields            []ActivityField // every column of the record
}

// ActivityField is one column of a row.
type ActivityField struct {
	Title string
	Lines []web.Link // without an address where no page shows what says so
}

// ActivityGap is something that the record ought to say and nothing does.
type ActivityGap struct{ What, Law, Mend, At string }

// ActivityFlow is where data goes: categories to purposes, purposes to recipients.
type ActivityFlow struct {
	Layers [3][]ActivityBand
	Ties   []ActivityTie
	Folded bool // some bands are several drawn as one
}

// ActivityBand is one band of the drawing; Size is in uses.
type ActivityBand struct {
	Title string
	Size  int
}

// ActivityTie joins a band of a layer with one of the next.
type ActivityTie struct{ Layer, From, To, Size int }

type activityView struct {
	ActivityRecord
	Query      ActivityQuery
	Kinds      []Choice
	Incomplete int
	Flow       *flowChart
	Downloads  []web.Link
}

// processingRoutes are there where the desk offers the record.
func (c *Console) processingRoutes() map[string]page {
	if c.Processing == nil {
		return nil
	}
	return map[string]page{
		"GET /registers/processing":             c.processing,
		"GET /registers/processing/file/{form}": c.processingFile,
	}
}

func activityQuery(r *http.Request) ActivityQuery {
	v := r.URL.Query()
	q := ActivityQuery{As: v.Get("as"), Body: v.Get("body"), Purpose: v.Get("purpose"), System: v.Get("system")}
	if q.As != "processor" {
		q.As = "controller"
	}
	return q
}

func (c *Console) processing(w http.ResponseWriter, r *http.Request, staff Staff) {
	q := activityQuery(r)
	record, err := c.Processing.Activities(r.Context(), q)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v := activityView{ActivityRecord: record, Query: q, Flow: newFlowChart(record.Flow), Kinds: []Choice{{"controller", "As controller"}, {"processor", "As processor, for clients"}}}
	for _, row := range record.Rows {
		if len(row.Gaps) > 0 {
			v.Incomplete++
		}
	}
	for _, form := range ActivityForms() {
		words := map[string]string{"xlsx": "as an Excel workbook", "csv": "as CSV", "json": "for machines, as JSON"}[form]
		v.Downloads = append(v.Downloads, web.Link{Text: words, Href: "/registers/processing/file/" + form + "?" + url.Values{"as": {q.As}, "body": {q.Body}}.Encode()})
	}
	c.show(w, r, staff, "processing", "/registers/processing", web.Page{Title: "Record of processing activities", Main: v})
}

func (c *Console) processingFile(w http.ResponseWriter, r *http.Request, _ Staff) {
	form := r.PathValue("form")
	kind, ok := map[string]string{
		"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8; header=present", "json": "application/ld+json",
	}[form]
	if !ok {
		c.pages.Problem(w, r, web.NotFound)
		return
	}
	var b bytes.Buffer // whole, so that what cannot be made is told of as a page
	if err := c.Processing.WriteActivities(r.Context(), &b, activityQuery(r), form); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="processing-`+c.Now().In(web.London).Format(time.DateOnly)+"."+form+`"`)
	if _, err := b.WriteTo(w); err != nil {
		c.Log.Error("a download of the record of processing broke off", "error", err)
	}
}

// flowChart is the drawing of a flow, in its own units.
type flowChart struct {
	Height int
	Bands  []flowBand
	Ties   []string // paths
	Table  []flowLine
	Folded bool
}

type flowBand struct {
	X, Y, Height  int
	TextX, TextY  int
	Anchor, Label string
	Title         string // the whole of it
}

type flowLine struct {
	From, To string
	Uses     int
}

// Where the three layers stand, and how tall their bands are.
const (
	flowWide  = 12  // of a band
	flowGap   = 10  // between bands
	flowLeast = 12  // a band has room for its label
	flowTall  = 360 // of all bands of the fullest layer, together
	flowLabel = 30  // letters of a label; the table has all of them
)

var flowX = [3]int{230, 470, 712}

func newFlowChart(f ActivityFlow) *flowChart {
	if len(f.Ties) == 0 {
		return nil
	}
	c := &flowChart{Folded: f.Folded}
	most := 1
	for _, layer := range f.Layers {
		sum := 0
		for _, b := range layer {
			sum += b.Size
		}
		most = max(most, sum)
	}
	var tops, talls [3][]int
	for i, layer := range f.Layers {
		y := 0
		for _, b := range layer {
			tall := max(flowLeast, b.Size*flowTall/most)
			tops[i], talls[i] = append(tops[i], y), append(talls[i], tall)
			band := flowBand{X: flowX[i], Y: y, Height: tall, TextX: flowX[i] + flowWide + 8, TextY: y + tall/2 + 5, Anchor: "start", Label: clipWords(b.Title, flowLabel), Title: b.Title}
			if i == 0 {
				band.TextX, band.Anchor = flowX[i]-8, "end"
			}
			c.Bands = append(c.Bands, band)
			y += tall + flowGap
		}
		c.Height = max(c.Height, y)
	}
	// Where the next tie of a band begins, on its right and on its left.
	var out, in [3][]int
	var leaves, comes [3][]int // how much there is of them
	for i, layer := range f.Layers {
		out[i], in[i], leaves[i], comes[i] = make([]int, len(layer)), make([]int, len(layer)), make([]int, len(layer)), make([]int, len(layer))
	}
	for _, t := range f.Ties {
		leaves[t.Layer][t.From] += t.Size
		comes[t.Layer+1][t.To] += t.Size
	}
	for _, t := range f.Ties {
		next := t.Layer + 1
		tall, all := talls[t.Layer][t.From], leaves[t.Layer][t.From]
		y0, h0 := tops[t.Layer][t.From]+out[t.Layer][t.From]*tall/all, max(1, t.Size*tall/all)
		tall, all = talls[next][t.To], comes[next][t.To]
		y1, h1 := tops[next][t.To]+in[next][t.To]*tall/all, max(1, t.Size*tall/all)
		out[t.Layer][t.From] += t.Size
		in[next][t.To] += t.Size
		x0, x1 := flowX[t.Layer]+flowWide, flowX[next]
		m := (x0 + x1) / 2
		c.Ties = append(c.Ties, fmt.Sprintf("M%d %dC%d %d %d %d %d %dV%dC%d %d %d %d %d %dZ", x0, y0, m, y0, m, y1, x1, y1, y1+h1, m, y1+h1, m, y0+h0, x0, y0+h0))
		c.Table = append(c.Table, flowLine{f.Layers[t.Layer][t.From].Title, f.Layers[next][t.To].Title, t.Size})
	}
	return c
}

// clipWords is as much of a text as there is room for.
func clipWords(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
