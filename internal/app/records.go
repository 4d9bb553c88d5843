package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/datamap"
	"tenet/internal/desk"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/rows"
)

// found is what was found for a case and what becomes of it in the draft.
type found struct {
	answer *find.Answer // nil where there is no draft
	list   []desk.Disposition
}

// waits says why a person has to look at a record: because of the whole of it,
// or because some of it stays out only until somebody has read it.
func waits(x desk.Disposition) string {
	if x.Waits != "" || !x.Out || x.Waiting == 0 {
		return x.Waits
	}
	for _, f := range x.Fields {
		if unread(x, f) {
			return f.Reason
		}
	}
	return "a part of it may be somebody else's"
}

// unread says that a field stays out only because nobody has decided: it is
// neither hidden from everybody nor plainly another person's.
func unread(x desk.Disposition, f desk.FieldFate) bool {
	return !f.Out && !hidden(f) && !slices.Equal(x.Record.FieldWhose[f.Name], []datamap.Whose{datamap.Other})
}

// hidden says that a field is shown to nobody, staff included.
func hidden(f desk.FieldFate) bool { return !f.Out && f.Exemption == "" }

// waiting is how many records a person has to look at.
func (f *found) waiting() int {
	n := 0
	for _, x := range f.list {
		if waits(x) != "" {
			n++
		}
	}
	return n
}

// gaps is what was not searched or not followed, each kind of gap once with how
// often it was met.
func (f *found) gaps() []console.Gap {
	if f.answer == nil {
		return nil
	}
	var out []console.Gap
	type kind struct{ source, table, why string }
	times := map[kind]int{}
	for _, n := range f.answer.NotSearched {
		times[kind{n.Source, n.Table, n.Why}]++
	}
	for _, n := range f.answer.NotSearched {
		k := kind{n.Source, n.Table, n.Why}
		what := strings.TrimSuffix(n.Source+": "+n.Table, ": ")
		switch t := times[k]; {
		case t == 0:
			continue // told already
		case t > 1:
			what += fmt.Sprintf(" (%d)", t)
		case n.Key != "":
			what += ", " + placeWords(n.Key)
		}
		times[k] = 0
		out = append(out, console.Gap{What: what, Kind: "not searched", Why: n.Why})
	}
	for _, n := range f.answer.NotFollowed {
		out = append(out, console.Gap{What: strings.Replace(n.Table, ".", ": ", 1), Kind: "not followed", Why: n.Why})
	}
	return out
}

// placeWords is a row's id as people read it: "path incoming/scan_0017.bin".
func placeWords(id string) string {
	_, key, err := rows.DecodeID(id)
	if err != nil || len(key) == 0 {
		return id
	}
	var out []string
	for _, m := range key {
		out = append(out, m.Column+" "+m.Value.Text)
	}
	return strings.Join(out, ", ")
}

func (s staffDesk) Found(ctx context.Context, number string, q console.FoundQuery) (console.Found, error) {
	k, f, err := s.open(ctx, number)
	if err != nil {
		return console.Found{}, err
	}
	decisions, err := s.d.Decisions(ctx, k)
	if err != nil {
		return console.Found{}, s.told(ctx, err)
	}
	name := accounts{s.d}.names(ctx)
	chosen := map[string]*console.Decision{}
	for item, d := range decisions {
		chosen[item] = &console.Decision{Record: item, Release: d.Release, Reason: d.Reason, By: name(d.By), On: d.At}
	}
	var out console.Found
	from := skip(q.Page, recordPage)
	for _, x := range f.list {
		r := x.Record
		if !slices.Contains(out.Sources, r.Source) {
			out.Sources = append(out.Sources, r.Source)
		}
		if q.Whose != "" && !r.Is(datamap.Whose(q.Whose)) || q.Source != "" && r.Source != q.Source ||
			q.Table != "" && r.Table != q.Table || q.Review && waits(x) == "" {
			continue
		}
		if out.Total++; out.Total > from && out.Total <= from+recordPage {
			out.Records = append(out.Records, record(x, chosen[x.Item]))
		}
	}
	slices.Sort(out.Sources)
	out.Pages = pages(out.Total, recordPage)
	return out, nil
}

func record(x desk.Disposition, chosen *console.Decision) console.Record {
	r := console.Record{ID: x.Item, Source: x.Record.Source, Table: x.Record.Table, Key: keyWords(x.Record), Path: x.Record.Path, Review: waits(x), Chosen: chosen}
	for _, w := range x.Record.Whose {
		r.Whose = append(r.Whose, string(w))
	}
	for _, role := range x.Record.Roles {
		r.Roles = append(r.Roles, string(role))
	}
	for _, f := range x.Fields {
		if v := x.Record.Row.Get(f.Name); !v.Empty() || v.Lost != "" {
			r.Fields = append(r.Fields, console.Field{Name: f.Name, Value: value(x, f), Withheld: withheld(x, f)})
		}
	}
	return r
}

// keyWords is how its own system knows a record.
func keyWords(r find.Record) string {
	var out []string
	for _, c := range slices.Sorted(maps.Keys(r.Key)) {
		out = append(out, c+" "+r.Key[c])
	}
	return strings.Join(out, ", ")
}

// value is a field as staff see it.
func value(x desk.Disposition, f desk.FieldFate) string {
	v := x.Record.Row.Get(f.Name)
	switch {
	case hidden(f):
		return "(not shown)"
	case v.Lost != "":
		return strings.TrimSpace(v.Text + " (not the whole: " + v.Lost + ")")
	}
	return v.Text
}

// withheld says why a field, or a part of it, stays out; empty if it goes.
func withheld(x desk.Disposition, f desk.FieldFate) string {
	switch {
	case !x.Out:
		return x.Reason
	case !f.Out:
		return f.Reason
	case len(f.Pieces) > 0:
		return "a part, shown as " + strings.Join(slices.Compact(slices.Sorted(slices.Values(f.Pieces))), " ")
	}
	return ""
}

// longest is how many characters of a value the list of what is withheld shows;
// all of it stands with its record.
const longest = 600

func (s staffDesk) Withheld(ctx context.Context, number string) (console.Withheld, error) {
	_, f, err := s.open(ctx, number)
	if err != nil {
		return console.Withheld{}, err
	}
	out := console.Withheld{Gaps: f.gaps()}
	for _, x := range f.list {
		item := console.WithheldItem{Source: x.Record.Source, Table: x.Record.Table, Key: keyWords(x.Record)}
		if !x.Out {
			var all []string
			for _, fate := range x.Fields {
				if !x.Record.Row.Get(fate.Name).Empty() {
					all = append(all, fate.Name+": "+value(x, fate))
				}
			}
			item.What, item.Value, item.Why, item.Exemption = "The whole record", clip(strings.Join(all, "; ")), sentence(x.Reason), cite(x.Exemption)
			out.Items = append(out.Items, item)
			continue
		}
		for _, fate := range x.Fields {
			item.Value = clip(value(x, fate))
			switch {
			case !fate.Out:
				item.What, item.Why, item.Exemption = fate.Name, sentence(fate.Reason), cite(fate.Exemption)
			case len(fate.Pieces) > 0:
				item.What, item.Why, item.Exemption = "Parts of "+fate.Name, sentence(withheld(x, fate)), cite(law.ExemptThirdParty)
			default:
				continue
			}
			out.Items = append(out.Items, item)
		}
	}
	return out, nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}

func cite(exemption string) string {
	e, ok := law.ExemptionByID(exemption)
	if !ok {
		return ""
	}
	return e.Title + ": " + e.Cite
}

// wanted is what the person asked for, as far as they said.
func wanted(k cases.Case) string {
	switch {
	case !k.Forgotten.IsZero():
		return "Forgotten"
	case k.Person.Asked != "":
		return k.Person.Asked
	}
	return titleOf(k) + ". The person named nothing in particular."
}
