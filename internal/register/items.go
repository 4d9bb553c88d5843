package register

import (
	"fmt"
	"slices"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Standing is how something that calls for a paper stands.
type Standing string

// The standings.
const (
	Met     Standing = "met"     // a signed paper covers it, and has nothing against it
	Stated  Standing = "stated"  // the notice says that there is one, and the register has none that is signed
	AtFault Standing = "late"    // a signed paper covers it, and is late, or says no
	Missing Standing = "missing" // nothing covers it
)

// Item is something of the notice that calls for a paper.
type Item struct {
	Register string    `json:"register"`
	ID       notice.ID `json:"id"`
	What     string    `json:"what"`  // "use", "recording"
	Says     string    `json:"says"`  // what it is, in the notice's words
	Where    string    `json:"where"` // uses.yaml:12:3
	Law      string    `json:"law"`
	Standing Standing  `json:"standing"`
	Paper    string    `json:"paper,omitempty"` // the number of the one that covers it, or will
	Why      string    `json:"why"`
}

// want is something of a notice that calls for a paper.
type want struct {
	id     notice.ID
	what   string
	says   string
	pos    notice.Pos
	stated string // what the notice says is there; empty if nothing
	also   []way  // other ways in which a paper can name it
}

// way is a field that names something.
type way struct {
	field string
	id    notice.ID
}

// wanted are the kinds of thing that call for a paper, as forms name them.
var wanted = map[string]func(n *notice.Notice) []want{
	"recordings-that-film": func(n *notice.Notice) (out []want) {
		for _, r := range n.Records.Recordings {
			switch r.Kind {
			case notice.CameraRecording, notice.BodyRecording, notice.DroneRecording, notice.DoorRecording:
			default:
				continue
			}
			if slices.ContainsFunc(n.Uses.Impact, func(a notice.ImpactAssessment) bool { return a.ID == r.Assessment }) {
				continue // that assessment is the thing that calls for a paper
			}
			out = append(out, want{id: r.ID, what: "recording", says: r.Title, pos: r.Pos})
		}
		return out
	},
	"assessments-of-the-notice": func(n *notice.Notice) (out []want) {
		for _, a := range n.Uses.Impact {
			w := want{id: a.ID, what: "assessment", says: a.Title, pos: a.Pos, stated: "uses.yaml says that it was signed on " + string(a.On)}
			var of []notice.ID
			for _, r := range n.Records.Recordings {
				if r.Assessment == a.ID {
					of = append(of, r.ID)
				}
			}
			w.alone("recording", of)
			out = append(out, w)
		}
		return out
	},
	"uses-on-legitimate-interests": func(n *notice.Notice) (out []want) {
		for _, u := range n.Uses.Uses {
			if u.Basis == notice.LegitimateInterests {
				w := of(u)
				if u.Balancing != nil {
					w.stated = "uses.yaml says that it was made on " + string(u.Balancing.On)
				}
				out = append(out, w)
			}
		}
		return out
	},
	"uses-on-recognised-interests": func(n *notice.Notice) (out []want) {
		for _, u := range n.Uses.Uses {
			if u.Basis == notice.RecognisedInterests {
				out = append(out, of(u))
			}
		}
		return out
	},
	"uses-that-want-a-policy": func(n *notice.Notice) (out []want) {
		for _, u := range n.Uses.Uses {
			if (u.Special == nil || !wantsPolicy(u.Special.Schedule1)) && (u.Criminal == nil || !wantsPolicy(u.Criminal.Schedule1)) {
				continue
			}
			w := of(u)
			if u.Policy != nil {
				w.stated = "uses.yaml names “" + u.Policy.Title + "”"
			}
			out = append(out, w)
		}
		return out
	},
	"uses-that-are-new": func(n *notice.Notice) (out []want) {
		for _, u := range n.Uses.Uses {
			if u.New == nil {
				continue
			}
			w := of(u)
			switch {
			case u.New.Told != "":
				w.stated = "uses.yaml says that people were told on " + string(u.New.Told)
			case u.New.Exemption != "":
				w.stated = "uses.yaml names an exemption"
			}
			out = append(out, w)
		}
		return out
	},
	"documents-of-the-notice": func(n *notice.Notice) (out []want) {
		for _, d := range n.Landlord.Documents {
			w := want{id: d.ID, what: "document", says: d.Title, pos: d.Pos}
			if d.At != "" {
				w.stated = "landlord.yaml names its page"
			}
			out = append(out, w)
		}
		return out
	},
	"guidance-of-the-notice": func(n *notice.Notice) (out []want) {
		for _, g := range n.Records.Guidance {
			out = append(out, want{id: g.ID, what: "guidance", says: g.Says, pos: g.Pos})
		}
		return out
	},
	"agreements-of-the-notice": func(n *notice.Notice) (out []want) {
		for _, a := range n.Sharing.Agreements {
			w := want{id: a.ID, what: "agreement", says: a.Title, pos: a.Pos}
			if a.From != "" {
				w.stated = "sharing.yaml says that it took effect on " + string(a.From)
			}
			var with []notice.ID
			for _, r := range n.Sharing.Recipients {
				if r.Agreement == a.ID {
					with = append(with, r.ID)
				}
			}
			w.alone("recipients", with)
			out = append(out, w)
		}
		return out
	},
	"processors": func(n *notice.Notice) (out []want) {
		for _, r := range n.Sharing.Recipients {
			if r.Kind != notice.Processor && r.Kind != notice.JointController {
				continue
			}
			if slices.ContainsFunc(n.Sharing.Agreements, func(a notice.Agreement) bool { return a.ID == r.Agreement }) {
				continue // that agreement is the thing that calls for a paper
			}
			out = append(out, want{id: r.ID, what: "recipient", says: r.Title, pos: r.Pos})
		}
		return out
	},
	"measures-of-the-notice": func(n *notice.Notice) (out []want) {
		for _, m := range n.Keeping.Security {
			w := want{id: m.ID, what: "measure", says: m.Says, pos: m.Pos}
			if m.Evidence != "" {
				w.stated = "keeping.yaml says what shows it"
			}
			out = append(out, w)
		}
		return out
	},
}

// alone lets a paper name something else in the place of the thing, where nothing but that
// one belongs to it.
func (w *want) alone(field string, ids []notice.ID) {
	if len(ids) == 1 {
		w.also = append(w.also, way{field, ids[0]})
	}
}

func of(u notice.Use) want { return want{id: u.ID, what: "use", says: u.Purpose, pos: u.Pos} }

// wantsPolicy says whether a condition of Schedule 1 to the Data Protection Act 2018
// holds only with an appropriate policy document: paragraph 1, and those of Part 2.
func wantsPolicy(paragraph int) bool { return paragraph == 1 || paragraph >= 6 && paragraph <= 28 }

// Items are the things of a notice that call for a paper of a register, in the order
// of its wants and of the notice, each as it stands among papers on a day.
func (f *Form) Items(n *notice.Notice, papers []Paper, today law.Date) []Item {
	var out []Item
	for _, ws := range f.Wants {
		for _, w := range wanted[ws.Each](n) {
			i := Item{Register: f.ID, ID: w.id, What: w.what, Says: w.says, Where: w.pos.String(), Law: ws.Law}
			f.settle(&i, w, append([]way{{ws.By, w.id}}, w.also...), papers, today)
			out = append(out, i)
		}
	}
	return out
}

// settle looks for the best paper that names a thing.
func (f *Form) settle(i *Item, w want, ways []way, papers []Paper, today law.Date) {
	i.Standing, i.Why = Missing, "the register has no "+f.One+" for it"
	if w.stated != "" {
		i.Standing, i.Why = Stated, w.stated+", and the register has no "+f.One+" of it"
	}
	waits := ""
	for _, p := range papers {
		if p.Register != f.ID || !p.Ended.IsZero() {
			continue
		}
		v, signed := p.Standing()
		if !signed {
			if names(p.Latest().Values, ways) {
				waits = p.Number
			}
			continue
		}
		if !names(v.Values, ways) {
			continue
		}
		if late := f.Late(p, today); len(late) > 0 {
			if i.Standing != AtFault {
				i.Standing, i.Paper, i.Why = AtFault, p.Number, p.Number+": "+late[0]
			}
			continue
		}
		i.Standing, i.Paper, i.Why = Met, p.Number, p.Number+" was signed on "+law.DateOf(v.Decided).String()
		return
	}
	if waits != "" && i.Standing != AtFault {
		i.Paper = waits
		i.Why += "; " + waits + " waits for its signature"
	}
}

func names(v Values, ways []way) bool {
	return slices.ContainsFunc(ways, func(w way) bool { return slices.Contains(v.List(w.field), string(w.id)) })
}

// Gap is something that a register lacks, or is late with.
type Gap struct {
	Register string `json:"register"`
	Kind     string `json:"kind"`            // missing, stated, late, unsigned, unread, unsent, live
	What     string `json:"what"`            // the thing of the notice, or the paper
	Paper    string `json:"paper,omitempty"` // its number
	Why      string `json:"why"`
	Where    string `json:"where,omitempty"` // file:line of the notice, or the number of a paper
	Law      string `json:"law,omitempty"`
	Mend     string `json:"mend"`
}

// unsentAfter is how many days a document may have been asked for before that shows.
const unsentAfter = 10

// Gaps are what a register lacks of what a notice calls for, and what its papers are
// late with, whether the notice calls for them or not.
func (f *Form) Gaps(n *notice.Notice, papers []Paper, today law.Date) []Gap {
	out := []Gap{}
	shown, waits := map[string]bool{}, map[string]bool{}
	for _, i := range f.Items(n, papers, today) {
		switch i.Standing {
		case Met:
			continue
		case AtFault:
			shown[i.Paper] = true
		}
		mend := "tenet register new --from FILE.yaml, with register: " + f.ID
		switch {
		case i.Standing == AtFault:
			mend = "tenet register show " + i.Paper
		case i.Paper != "":
			waits[i.Paper] = true
			mend = "tenet register show " + i.Paper + ", then propose or sign it"
		}
		out = append(out, Gap{f.ID, string(i.Standing), i.What + " " + string(i.ID), i.Paper, i.Why, i.Where, i.Law, mend})
	}
	for _, p := range papers {
		if p.Register != f.ID || !p.Ended.IsZero() {
			continue
		}
		add := func(kind, why, mend string) {
			out = append(out, Gap{f.ID, kind, p.Number + " " + p.Latest().Title, p.Number, why, p.Number, "", mend})
		}
		for i, late := range f.Late(p, today) {
			if i > 0 || !shown[p.Number] {
				add("late", late, "tenet register show "+p.Number)
			}
		}
		switch state := p.Latest().State; {
		case waits[p.Number]: // it is a gap of what calls for it
		case state == Draft || state == Proposed:
			add("unsigned", fmt.Sprintf("version %d is %s", p.Latest().N, p.Latest().State), "tenet register "+map[State]string{Draft: "propose ", Proposed: "sign "}[p.Latest().State]+p.Number)
		}
		if on := p.Live(); !on.IsZero() {
			if v := f.MayGoLive(n, p, today); !v.Allowed {
				add("live", "what it is about went live on "+on.String()+", and may not be: "+v.Why[0].Says, v.Why[0].Mend)
			}
		}
		sent := map[string]bool{}
		for _, e := range p.Of("sent") {
			sent[e.Values.Text("asked")] = true
		}
		for _, e := range p.Of("asked") {
			if on := law.DateOf(e.At); !sent[fmt.Sprint(e.N)] && today.DaysSince(on) > unsentAfter {
				add("unsent", fmt.Sprintf("entry %d: somebody asked for it on %s, and nothing shows that it was sent", e.N, on), "tenet register enter "+p.Number+" sent")
			}
		}
		if v, ok := p.Standing(); ok && f.Entry("read") != nil && !slices.ContainsFunc(append(p.Of("read"), p.Of("trained")...), func(e Entry) bool { return e.Version >= v.N }) {
			add("unread", fmt.Sprintf("nobody has read version %d yet", v.N), "tenet register enter "+p.Number+" read")
		}
	}
	return out
}
