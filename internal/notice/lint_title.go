package notice

import "reflect"

// About says what a finding is about by its id and its title: noise-app, “Noise recordings”.
// It is empty where neither is known.
func (f Finding) About() string {
	switch {
	case f.Title == "":
		return string(f.ID)
	case f.ID == "":
		return quote(f.Title)
	}
	return string(f.ID) + ", " + quote(f.Title)
}

// Says is the certainty as a reader has to know it: empty where the source was read, or is
// the notice itself.
func (c Certainty) Says() string {
	switch c {
	case SecondHand:
		return "as others report it; we have not read the source ourselves"
	case Recalled:
		return "from general knowledge; we have not read it again for this"
	}
	return ""
}

// Titled gives each finding the title of the thing that stands where it points, or that has
// its id in the same file.
func Titled(n *Notice, found []Finding) []Finding {
	at, by := make(map[Pos]string), make(map[string]string)
	for _, p := range n.parts() {
		title(reflect.ValueOf(p.into).Elem(), func(pos Pos, id, title string) {
			at[pos] = title
			by[pos.File+" "+id] = title
		})
	}
	for i, f := range found {
		title, ok := at[f.Pos]
		if !ok {
			title = by[f.File+" "+string(f.ID)]
		}
		if f.File != wordsFile && title != string(f.ID) {
			found[i].Title = title
		}
	}
	return found
}

// title goes through a part of the notice for what has a place and is called something.
func title(v reflect.Value, add func(pos Pos, id, title string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			title(v.Elem(), add)
		}
	case reflect.Slice:
		for i := range v.Len() {
			title(v.Index(i), add)
		}
	case reflect.Struct:
		if pos, ok := v.Type().FieldByName("Pos"); ok && pos.Anonymous {
			if says := summary(v); says != "" {
				id := ""
				for _, key := range []string{"ID", "Right", "Name"} {
					if f := v.FieldByName(key); f.IsValid() && f.Kind() == reflect.String && id == "" {
						id = f.String()
					}
				}
				add(v.FieldByName("Pos").Interface().(Pos), id, says)
			}
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !f.Anonymous {
				title(v.Field(i), add)
			}
		}
	}
}
