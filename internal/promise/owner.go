package promise

import (
	"tenet/internal/notice"
)

// Owner is the contact of the notice who answers for a promise: whoever a check of it
// names as owner, or by whose word it stands; otherwise the data protection officer.
func Owner(n *notice.Notice, id notice.ID) (notice.Contact, bool) {
	var first notice.ID
	for _, param := range []string{ownerParam.Name, "by"} {
		for _, c := range n.Promises[id] {
			if name, ok := c.With[param].(string); ok && first == "" {
				first = notice.ID(name)
			}
		}
	}
	for _, c := range n.Landlord.Contacts {
		if c.ID == first {
			return c, true
		}
	}
	return Officer(n)
}

// Officer is the data protection officer of a notice.
func Officer(n *notice.Notice) (notice.Contact, bool) {
	for _, c := range n.Landlord.Contacts {
		if c.DPO {
			return c, true
		}
	}
	return notice.Contact{}, false
}

// Sections are the titles of the sections in which each promise stands, by its id: the
// outermost with a title.
func Sections(n *notice.Notice) map[notice.ID]string {
	out := map[notice.ID]string{}
	var walk func(title string, list []notice.Section)
	walk = func(title string, list []notice.Section) {
		for _, s := range list {
			in := title
			if in == "" {
				in = s.Title
			}
			for _, b := range s.Blocks {
				for _, i := range b.Items {
					for _, sentence := range i.Sentences {
						if sentence.ID != "" {
							out[sentence.ID] = in
						}
					}
				}
			}
			walk(in, s.Sections)
		}
	}
	walk("", n.Words.Sections)
	return out
}
