package promise

import (
	"context"
	"slices"
	"strings"

	"tenet/internal/notice"
)

var countries = Param{Name: "countries", Says: "those where data may be held: GB, IE; left out means any that is safeguarded", Type: Words}

// nobody is what a pack calls a name in a log that is none of its recipients.
const nobody = "nobody"

// as says who the names in logs of disclosures are: a notice names kinds of
// recipient, and a log names firms.
var as = Param{Name: "as", Says: "who the names in logs of disclosures are, as NAME=RECIPIENT; nobody for one that the notice does not have", Type: Matching}

var recipientsAgreement = Kind{
	Name: "recipients.agreement", Says: "everyone who was given data has an agreement that is in force",
	Params: []Param{{Name: "kind", Says: "recipients in which capacity; left out means processor, controller and joint-controller", Type: AWord,
		Of: of("processor", "controller", "joint-controller", "public-body", "competent-authority", "chosen-by-person")}, as, atLeast},
	Look: agreements,
}

// agreements looks at recipients by their agreements.
func agreements(ctx context.Context, l *Look) (Found, error) {
	f := Found{Unit: "recipients", Method: "Each recipient of sharing.yaml by the agreement it names and the day by which that is to be looked at again: " +
		"those who need one by law (UK GDPR Art 26 and 28(3)), and of all others those to whom a log of disclosures in a system (discloses in its map), or Tenet's own, says that data was given."}
	kinds, met := []notice.RecipientKind{notice.Processor, notice.JointController}, []notice.RecipientKind{notice.Processor, notice.JointController, notice.OwnController}
	if k := l.With.word("kind"); k != "" {
		kinds = []notice.RecipientKind{notice.RecipientKind(k)}
		met = kinds
	}
	papers := map[notice.ID]notice.Agreement{}
	for _, a := range l.Notice.Sharing.Agreements {
		papers[a.ID] = a
	}
	return f, l.recipients(ctx, &f, func(r notice.Recipient, given bool) (bool, bool) {
		a, ok := papers[r.Agreement]
		ok = ok && !past(a.ReviewBy, l.Today) && (a.From == "" || !dayOf(a.From).After(l.Today))
		return slices.Contains(kinds, r.Kind) || given && slices.Contains(met, r.Kind), ok
	})
}

var transfersSafeguard = Kind{
	Name: "transfers.safeguard", Says: "whoever was given data abroad is covered by a safeguard",
	Params: []Param{countries, as, atLeast},
	Look:   transfers,
}

// transfers looks at recipients by where they hold data.
func transfers(ctx context.Context, l *Look) (Found, error) {
	f := Found{Unit: "recipients", Method: "Each recipient of sharing.yaml by the countries where it holds data and what protects it there; " +
		"and everyone to whom a log of disclosures in a system, or Tenet's own, says that data was given, who must be one of them: of others nobody knows where the data is."}
	allowed := l.With.words("countries")
	return f, l.recipients(ctx, &f, func(r notice.Recipient, _ bool) (bool, bool) {
		for _, c := range r.Abroad() {
			if len(allowed) > 0 && !slices.Contains(allowed, string(c)) {
				return true, false
			}
		}
		return true, len(r.Abroad()) == 0 || r.Safeguard != ""
	})
}

// recipients counts those of the notice whom judge counts, and then those whom logs
// of disclosures name. A name that is none of the notice's is a gap until the pack
// says who it is.
func (l *Look) recipients(ctx context.Context, f *Found, judge func(r notice.Recipient, given bool) (counts, good bool)) error {
	f.Places = "registers and logs"
	f.saw()
	byName, counted := map[string]notice.Recipient{}, map[notice.ID]bool{}
	for _, r := range l.Notice.Sharing.Recipients {
		byName[strings.ToLower(string(r.ID))], byName[strings.ToLower(r.Title)] = r, r
		if counts, good := judge(r, false); counts {
			counted[r.ID] = true
			f.count(good, "sharing.yaml "+string(r.ID))
		}
	}
	refused := map[string]bool{}
	for _, w := range l.With.where("as") {
		r, ok := byName[strings.ToLower(w.Value)]
		switch name := strings.ToLower(w.Column); {
		case ok:
			byName[name] = r
		case w.Value == nobody:
			refused[name] = true
		default:
			f.lacks(AskedWrongly, "as: %s is no recipient of sharing.yaml", quote(w.Value))
		}
	}
	tables, err := l.tables(ctx, f)
	if err != nil {
		return err
	}
	logs := 0
	for _, t := range tables {
		if t.DisclosedTo == "" {
			continue
		}
		logs++
		unknown, distinct := "", map[string]bool{}
		err := l.scan(ctx, f, t, Query{Columns: []string{t.DisclosedTo}}, func(row Row) error {
			name := strings.ToLower(strings.TrimSpace(row.Values[0].Text))
			r, ok := byName[name]
			switch {
			case name == "":
			case ok:
				if counts, good := judge(r, true); counts && !counted[r.ID] {
					counted[r.ID] = true
					f.row(good, t, row, t.DisclosedTo)
				}
			case refused[name]:
				f.row(false, t, row, t.DisclosedTo)
			default:
				// A log names few recipients many times; memory is bounded for one that does not.
				if unknown = row.ID(); len(distinct) < 1000 {
					distinct[name] = true
				}
			}
			return nil
		}, func() string {
			if unknown == "" {
				return ""
			}
			return count(int64(len(distinct))) + " names in it are none of the notice's recipients, one of them in " + unknown + ": say who they are with as: [NAME=RECIPIENT]"
		})
		if err != nil {
			return err
		}
		if unknown != "" { // it was read: what is missing is who they are
			f.causes[len(f.causes)-1] = NoMap
		}
	}
	known := map[notice.ID]notice.Recipient{}
	for _, r := range l.Notice.Sharing.Recipients {
		known[r.ID] = r
	}
	own, err := l.logged(ctx, f, func(to notice.ID, number string) {
		r, ok := known[to]
		if !ok { // of an earlier notice
			f.lacks(NoMap, "%s went to %s, who is no recipient of the notice now", number, to)
		} else if counts, good := judge(r, true); counts && !counted[to] {
			counted[to] = true
			f.count(good, number)
		}
	})
	if err != nil {
		return err
	}
	if logs == 0 && !own {
		f.lacks(NoMap, "no map names a log of disclosures (discloses) and Tenet's own is empty, so nobody knows who was really given data")
	}
	return nil
}

var registerComplete = Kind{
	Name: "register.complete", Says: "a register of accountability has no gap",
	Params: []Param{{Name: "register", Says: "which", Type: AWord, Must: true, Of: of("agreements", "transfers", "assessments", "breaches", "dpia", "lia", "apd", "further-use", "documents", "guidance", "measures")},
		{Name: "kind", Says: "for agreements: recipients in which capacity", Type: AWord, Of: recipientsAgreement.Params[0].Of},
		countries, as,
		{Name: "basis", Says: "for assessments: uses of which basis; left out means legitimate-interests", Type: AWord,
			Of: of("legitimate-interests")},
		{Name: "told", Says: "for breaches: true looks at whether people were told of those with a high risk; otherwise at the record and the 72 hours", Type: YesNo}, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		switch l.With.word("register") {
		case "agreements":
			f, err := agreements(ctx, l)
			if err == nil {
				err = l.against(ctx, &f, "agreements")
			}
			return f, err
		case "transfers":
			return transfers(ctx, l)
		case "assessments":
			return balanced(ctx, l)
		case "dpia", "lia", "apd", "further-use", "documents", "guidance", "measures":
			return filed(ctx, l)
		}
		return breached(ctx, l)
	},
}

// balanced looks at the tests of legitimate interests.
func balanced(ctx context.Context, l *Look) (Found, error) {
	f := Found{Unit: "uses that rest on legitimate interests", Places: "registers", Method: "Each use of uses.yaml that rests on legitimate interests by its signed test in the register, or where there is none by the test that the use names, and the day by which that is to be looked at again."}
	f.saw()
	papers := map[string]Item{}
	if l.Registers != nil {
		items, err := l.Registers.Register(ctx, "lia")
		if err != nil {
			return f, err
		}
		for _, i := range items {
			if i.State == Unread { // a paper there may be better, or worse, than what the notice says
				f.gap("%s: %s", i.Name, i.Why)
				return f, nil
			}
			papers[i.Name] = i
		}
	}
	for _, u := range l.Notice.Uses.Uses {
		if u.Basis == notice.LegitimateInterests {
			good := u.Balancing != nil && !past(u.Balancing.ReviewBy, l.Today)
			if p := papers[string(u.ID)]; p.Paper != "" && p.State != NotSeen {
				good = p.State == AsPromised
			}
			f.count(good, "uses.yaml "+string(u.ID))
		}
	}
	return f, nil
}
