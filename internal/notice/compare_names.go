package notice

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// summary is how a thing is called, in its own words.
func summary(v reflect.Value) string {
	for _, name := range []string{"Purpose", "Title", "Says", "Name", "Who", "Decision"} {
		if f := v.FieldByName(name); f.IsValid() && f.Kind() == reflect.String && f.String() != "" {
			return f.String()
		}
	}
	return ""
}

// title is what an entry is called by a comparison: a rule of sharing with whom it is for.
func (c *comparer) title(v reflect.Value) string {
	said := summary(v)
	if r, ok := v.Interface().(ShareRule); ok {
		if to := c.names["recipient "+string(r.To)]; to != "" {
			return to + ": " + said
		}
	}
	return said
}

// titles is what each entry of two versions is called, by its kind and id; in the words of
// the later, where both have it.
func titles(versions ...*Notice) map[string]string {
	all := make(map[string]string)
	for _, n := range versions {
		for _, p := range n.parts() {
			v := reflect.ValueOf(p.into).Elem()
			if v.Kind() != reflect.Struct {
				continue
			}
			for _, f := range specs(v.Type()) {
				list := v.Field(f.index)
				if list.Kind() != reflect.Slice || list.Type().Elem().Kind() != reflect.Struct {
					continue
				}
				if kind, key, ok := keyField(list.Type().Elem()); ok {
					for i := range list.Len() {
						all[kind+" "+list.Index(i).Field(key).String()] = summary(list.Index(i))
					}
				}
			}
		}
	}
	return all
}

// beyond is what one list has more than another, by what it is called.
func (c *comparer) beyond(list, other reflect.Value, ref string) []string {
	var had, out []string
	for i := range other.Len() {
		had = append(had, written(other.Index(i)))
	}
	for i := range list.Len() {
		x := written(list.Index(i))
		if slices.Contains(had, x) {
			continue
		}
		if name := c.names[ref+" "+x]; ref != "" && name != "" {
			x = name
		} else if f, ok := list.Index(i).Interface().(ShareField); ok && f.Name != "" {
			x = strings.ReplaceAll(string(f.Name), "-", " ")
		}
		out = append(out, strings.TrimSuffix(x, "."))
	}
	return out
}

var clockType = reflect.TypeFor[Clock]()

// clock compares how long two clocks run. Their other fields are compared like any.
func (c *comparer) clock(old, new Clock, in thing) {
	if old.Count == new.Count && old.Unit == new.Unit {
		return
	}
	kind := Rewords // 24 hours for one day
	switch {
	case new.about() > old.about():
		kind = SlowsClock
	case new.about() < old.about():
		kind = HastensClock
	}
	in.name += ".count"
	c.report(Change{Kind: kind, Old: old.length(), New: new.length()}, in)
}

// length is how long a clock runs, with what it counts: "10 working-days".
func (c Clock) length() string { return fmt.Sprintf("%d %s", c.Count, c.Unit) }

// about is how long that is in hours, for telling the longer of two. Holidays make working
// days longer than a week's would be.
func (c Clock) about() float64 {
	hours := map[ClockUnit]float64{Hours: 1, CalendarDays: 24, WorkingDays: 24 * 7.1 / 5, Months: 24 * 365.25 / 12}
	return float64(c.Count) * hours[c.Unit]
}
