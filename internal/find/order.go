package find

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/match"
)

// foldRecords says of each record with a text which it is like, and with which it is
// to be read together. Only what waits for a person is folded: it is so that they
// decide once.
func (f *Finder) foldRecords(records []Record) {
	var docs []document
	var at []int // of which record
	for i := range records {
		if d, ok := documentOf(f.Maps[records[i].Source].Tables[records[i].Table], &records[i]); ok {
			docs, at = append(docs, d), append(at, i)
		}
	}
	byID := map[string]*Record{}
	for _, i := range at {
		byID[records[i].ID()] = &records[i]
	}
	for n, x := range fold(docs) {
		r := &records[at[n]]
		if r.Like, r.Thread = x.like, x.thread; x.like != "" {
			byID[x.like].LikeThis = append(byID[x.like].LikeThis, r.ID())
		}
	}
	for _, i := range at {
		slices.Sort(records[i].LikeThis)
	}
}

// documentOf is the text of a record and its place in a correspondence; ok is false
// where it has neither.
func documentOf(t *datamap.Table, r *Record) (d document, ok bool) {
	d = document{id: r.ID(), folds: slices.Equal(r.Whose, []datamap.Whose{datamap.Mention})}
	var texts, apart []string
	for _, c := range slices.Sorted(maps.Keys(t.Columns)) {
		switch col, v := t.Columns[c], r.Row.Get(c); {
		case col.FreeText:
			texts = append(texts, v.Text)
			d.folds = d.folds && v.Lost == "" // nobody knows what was cut off
		case col.Category != "" || col.Role != "" || col.Kind != "":
			apart = append(apart, c+"="+v.Text)
		}
	}
	for i := range t.Names {
		for _, c := range t.Names[i].All() {
			apart = append(apart, c+"="+r.Row.Get(c).Text)
		}
	}
	d.text, d.apart = strings.Join(texts, "\n"), strings.Join(append(apart, r.Review...), "\x00")
	for _, c := range r.Row.Table.Columns {
		v := strings.TrimSpace(r.Row.Get(c.Name).Text)
		if v == "" || t.Columns[c.Name] != nil && t.Columns[c.Name].FreeText {
			continue
		}
		switch strings.Map(letters, strings.ToLower(c.Name)) {
		case "messageid", "internetmessageid", "inreplyto", "message":
			if strings.ContainsAny(v, " \t\n") {
				continue // "message" may be the words themselves
			}
			d.keys = append(d.keys, messageKey(r.Source, v))
		case "references":
			for _, id := range strings.Fields(v) {
				d.keys = append(d.keys, messageKey(r.Source, id))
			}
		case "thread", "threadid", "conversation", "conversationid":
			d.keys = append(d.keys, "thread "+r.Source+" "+v)
		case "subject":
			d.topic, d.reply = topic(v)
			d.topic = r.Source + " " + d.topic
		}
	}
	for _, v := range r.Key {
		if len(d.keys) > 0 && len(r.Key) == 1 {
			d.keys = append(d.keys, messageKey(r.Source, v)) // what its attachments call it
		}
	}
	if len(d.keys) == 0 {
		d.topic, d.reply = "", false // a subject of something that is no message
	}
	return d, d.text != "" || len(d.keys) > 0
}

// messageKey names a message: everywhere if it is named as RFC 5322 says, and within
// its own system if not.
func messageKey(source, id string) string {
	if id = strings.Trim(id, "<>"); strings.Contains(id, "@") {
		return "message " + id
	}
	return "message " + source + " " + id
}

// topic is a subject without what mail programs put before it when they answer it.
func topic(subject string) (bare string, reply bool) {
	words := slices.Collect(match.Words(subject))
	for len(words) > 0 && slices.Contains([]string{"re", "fw", "fwd", "aw", "wg"}, words[0].Text) {
		words, reply = words[1:], true
	}
	for _, w := range words {
		bare += w.Text + " "
	}
	return bare, reply
}

// letters keeps the letters of a column's name.
func letters(r rune) rune {
	if r < 'a' || r > 'z' {
		return -1
	}
	return r
}

// order puts what is to be looked at in order: the thread with the strongest
// evidence first, each from its beginning to its end.
func (f *Finder) order(records []Record, strength map[string]int) {
	best := map[string]int{}
	thread := func(r *Record) string { return cmp.Or(r.Thread, r.ID()) }
	dates := map[string]string{}
	for i := range records {
		r := &records[i]
		best[thread(r)] = max(best[thread(r)], strength[r.ID()])
		dates[r.ID()] = dated(f.Maps[r.Source].Tables[r.Table], r)
	}
	slices.SortStableFunc(records, func(a, b Record) int {
		x, y := thread(&a), thread(&b)
		return cmp.Or(best[y]-best[x], strings.Compare(x, y), strings.Compare(dates[a.ID()], dates[b.ID()]), strings.Compare(a.ID(), b.ID()))
	})
}

// dated is when a record is from, by the first of its columns that holds a date and
// not somebody's birth; empty where none does.
func dated(t *datamap.Table, r *Record) string {
	for _, c := range r.Row.Table.Columns {
		v := r.Row.Get(c.Name).Text
		born := slices.ContainsFunc(t.Names, func(n datamap.Named) bool { return n.DOB == c.Name }) || t.Identifiers != nil && t.Identifiers.DOB == c.Name
		if len(v) < len("2026-01-02") || born || t.Columns[c.Name] != nil && t.Columns[c.Name].FreeText {
			continue
		}
		if day, ok := match.Date(v); ok && strings.HasPrefix(v, day) {
			return v // with its time
		} else if ok {
			return day
		}
	}
	return ""
}
