package processing

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/notice"
)

// GapKind is what is missing.
type GapKind string

// The kinds of gap.
const (
	NoBasis       GapKind = "use-without-basis"
	NoCondition   GapKind = "sensitive-without-condition"
	NoSystem      GapKind = "use-without-system"
	NoRetention   GapKind = "category-without-retention"
	NoAgreement   GapKind = "recipient-without-agreement"
	NoSafeguard   GapKind = "transfer-without-safeguard"
	NoPartner     GapKind = "joint-controller-unnamed"
	NoClient      GapKind = "client-unnamed"
	NoContract    GapKind = "client-without-agreement"
	NoSecurity    GapKind = "security-not-described"
	NoOfficer     GapKind = "officer-unnamed"
	NoUse         GapKind = "table-without-use"
	NoCategory    GapKind = "table-without-category"
	NoPurpose     GapKind = "recipient-without-purpose"
	NoMap         GapKind = "system-without-map"
	NobodyLooked  GapKind = "maps-not-read"
	NothingStated GapKind = "no-use"
)

// Gap is something that the record ought to say and neither pack nor maps do.
type Gap struct {
	Kind   GapKind   `json:"kind"`
	Use    notice.ID `json:"use,omitempty"`    // empty where it is a gap of no row
	Body   notice.ID `json:"body,omitempty"`   // as the row's
	Column string    `json:"column,omitempty"` // where it shows
	What   string    `json:"what"`
	Law    string    `json:"law"`
	Mend   string    `json:"mend"`
	At     Place     `json:"at"`
}

const (
	article30 = "UK GDPR Article 30(1)"
	processor = "UK GDPR Article 30(2)"
)

// missing finds the gaps of one row.
func (f *filler) missing() {
	u := f.u
	gap := func(kind GapKind, column, law string, at Place, mend, what string, args ...any) {
		f.gaps = append(f.gaps, Gap{kind, u.ID, f.body, column, oneLine(fmt.Sprintf(what, args...)), law, mend, at})
	}
	asProcessor := f.r.As == notice.AsProcessor
	if asProcessor {
		f.missingClient(gap)
	} else {
		f.missingGrounds(gap)
		if u.Role == notice.AsJoint && f.alone() {
			gap(NoPartner, colJoint, article30+"(a), Article 26", f.use("controllers"), "name them under controllers:, or give them a rule in sharing.yaml as kind: joint-controller",
				"It is done as joint controller, and nobody is named with whom.")
		}
	}
	f.missingPeriods(gap)
	for _, g := range f.given {
		of := func(name string) Place { return Place{g.to.Pos, field("recipients", g.to.ID, name)} }
		if g.to.Agreement == "" && wantsAgreement(g.to.Kind) && !signed(f.contract(g.to)) {
			gap(NoAgreement, map[bool]string{false: colContracts, true: colRecipients}[asProcessor], agreementLaw(g.to.Kind), of("agreement"),
				"name the agreement", "%s: data is given as to a %s, and no agreement is named.", g.to.Title, inSmall(notice.ID(g.to.Kind)))
		}
		if g.to.Safeguard == "" && len(g.to.Abroad()) > 0 {
			gap(NoSafeguard, colSafeguards, article30+"(e), Articles 44A to 49", of("safeguard"), "name what protects it",
				"%s: data is held outside the United Kingdom, and nothing is named that protects it.", g.to.Title)
		}
	}
	if f.h.Looked && len(f.held()) == 0 {
		gap(NoSystem, colLocation, "UK GDPR Article 5(2)", f.use("categories"), "add the system, name its category in its map, or take the use out if it has ended",
			"No mapped table holds any of its data.")
	}
}

type gapFunc func(kind GapKind, column, law string, at Place, mend, what string, args ...any)

func (f *filler) missingGrounds(gap gapFunc) {
	u := f.u
	if u.Basis == "" {
		gap(NoBasis, colBasis, "UK GDPR Articles 6(1) and 5(2)", f.use("basis"), "write basis:", "No lawful basis is given.")
	}
	for _, c := range f.n.Data.Categories {
		if !slices.Contains(u.Categories, c.ID) {
			continue
		}
		if c.Kind == notice.Special && u.Special == nil {
			gap(NoCondition, colCondition, "UK GDPR Article 9(2)", f.use("special"), "write special: with the condition, or take the category out", "%s is special category data, and no condition is given.", c.Title)
		}
		if c.Kind == notice.Criminal && u.Criminal == nil {
			gap(NoCondition, colCondition, "UK GDPR Article 10, DPA 2018 section 10(5)", f.use("criminal"), "write criminal: with the condition, or take the category out", "%s is criminal offence data, and no condition is given.", c.Title)
		}
	}
}

// missingPeriods finds the categories of which nothing says how long they are kept: on a
// client's record the client, which decides. One gap has all of a client's.
func (f *filler) missingPeriods(gap gapFunc) {
	kept, at := f.kept(), Place{Pos: notice.Pos{File: "keeping.yaml"}, Field: "rules"}
	var titles []string
	for _, id := range f.u.Categories {
		switch {
		case slices.ContainsFunc(kept, func(k keeps) bool { return slices.Contains(k.of, id) }):
		case f.r.As == notice.AsProcessor:
			titles = append(titles, f.title(id))
		default:
			gap(NoRetention, colRetention, article30+"(f), Article 5(1)(e)", at, "add a rule to keeping.yaml that covers it", "No rule says how long %s is kept.", f.title(id))
		}
	}
	if f.body != "" && len(titles) > 0 {
		gap(NoRetention, colRetention, "UK GDPR Articles 5(1)(e) and 28(3)(a)", at, "ask the client, and write its periods in keeping.yaml with client: "+string(f.body),
			"No rule of the client’s says how long it keeps: %s.", strings.Join(titles, "; "))
	}
}

func (f *filler) missingClient(gap gapFunc) {
	if f.body == "" {
		gap(NoClient, colClient, processor+"(a)", f.use("clients"), "name the clients under clients:", "It is done for somebody else, and nobody is named.")
		return
	}
	for _, c := range f.n.Landlord.Clients {
		if c.ID == f.body && c.Agreement == "" && !signed(f.engaged(c)) {
			gap(NoContract, colAgreement, "UK GDPR Article 28(3)", Place{c.Pos, field("clients", c.ID, "agreement")}, "name the agreement we act under", "%s: no agreement is named under which we act.", c.Name)
		}
	}
}

// alone says whether a joint controller has nobody beside it.
func (f *filler) alone() bool {
	some := false
	f.joint(func(notice.ID, Place, string, ...notice.DPV) { some = true })
	return !some
}

// wantsAgreement says whether the law wants an agreement with somebody who acts so.
func wantsAgreement(k notice.RecipientKind) bool {
	return k == notice.Processor || k == notice.JointController
}

func agreementLaw(k notice.RecipientKind) string {
	if k == notice.JointController {
		return "UK GDPR Article 26"
	}
	return "UK GDPR Article 28(3)"
}

func (m *maker) title(category notice.ID) string {
	if c, ok := m.n.Data.Category(category); ok {
		return c.Title
	}
	return string(category)
}

// outside finds the gaps that belong to no row.
func (m *maker) outside() {
	gap := func(kind GapKind, law string, at Place, mend, what string, args ...any) {
		m.loose = append(m.loose, Gap{Kind: kind, What: oneLine(fmt.Sprintf(what, args...)), Law: law, Mend: mend, At: at})
	}
	asProcessor := m.r.As == notice.AsProcessor
	if m.r.Officer == nil {
		gap(NoOfficer, article30+"(a)", Place{Pos: notice.Pos{File: "landlord.yaml"}, Field: "contacts"}, "mark the contact with data-protection-officer: true, if there must be one", "No contact is the data protection officer.")
	}
	if len(m.n.Keeping.Security) == 0 {
		gap(NoSecurity, article30+"(g)", Place{Pos: notice.Pos{File: "keeping.yaml"}, Field: "security"}, "list the measures under security:", "No measure of security is described.")
	}
	if len(m.r.Rows) == 0 && !asProcessor {
		gap(NothingStated, article30, Place{Pos: notice.Pos{File: "uses.yaml"}, Field: "uses"}, "name it under the uses it takes part in, or take it out of landlord.yaml", "The notice has no use of this controller's.")
	}
	if !m.h.Looked {
		gap(NobodyLooked, "UK GDPR Article 5(2)", Place{Pos: notice.Pos{File: "maps"}}, "make it in a workspace whose sources are mapped", "No map was read: where the data lies is not known, and no table was held against the uses.")
	}
	if m.s.Body != "" && !asProcessor {
		return // what follows is nobody's in particular
	}
	m.tables(gap)
	if asProcessor {
		return
	}
	for _, s := range m.h.Unmapped {
		gap(NoMap, "UK GDPR Article 5(2)", Place{Pos: notice.Pos{File: "maps/" + s + ".yaml"}}, "tenet discover "+s+", and confirm what it proposes", "%s: nobody has said what this system holds.", s)
	}
	for _, r := range m.n.Sharing.Rules {
		if len(r.For) == 0 {
			gap(NoPurpose, article30+"(d)", Place{r.Pos, field("rules", r.ID, "for")}, "name the uses it serves under for:", "%s are given data under %s for no purpose that is named: they are on no line.", m.recipient(r.To), r.ID)
		}
	}
}

func (m *maker) recipient(id notice.ID) string {
	for _, r := range m.n.Sharing.Recipients {
		if r.ID == id {
			return r.Title
		}
	}
	return string(id)
}

// tables holds what the systems have against the uses.
func (m *maker) tables(gap func(kind GapKind, law string, at Place, mend, what string, args ...any)) {
	asProcessor := m.r.As == notice.AsProcessor
	for i, h := range m.h.Tables {
		if (len(h.Clients) > 0) != asProcessor || m.s.Body != "" && !slices.Contains(h.Clients, m.s.Body) {
			continue
		}
		if slices.ContainsFunc(m.h.Tables[:i], func(o Holding) bool {
			return o.System == h.System && o.Table == h.Table && o.Category == h.Category
		}) {
			continue
		}
		at := Place{Pos: notice.Pos{File: "maps/" + h.System + ".yaml"}, Field: "tables." + h.Table}
		_, known := m.n.Data.Category(h.Category)
		used := slices.ContainsFunc(m.n.Uses.Uses, func(u notice.Use) bool {
			return slices.Contains(u.Categories, h.Category) && (u.Role == notice.AsProcessor) == asProcessor
		})
		switch {
		case h.Category == "":
			gap(NoCategory, article30+"(c)", at, "write category: in the map, or skip: with the reason", "%s: the map names no category for %s.", h.System, h.Table)
		case !known:
			gap(NoCategory, article30+"(c)", at, "name a category of data.yaml", "%s: %s is mapped as %q, which data.yaml does not have.", h.System, h.Table, h.Category)
		case !used:
			gap(NoUse, article30+"(b), Article 5(1)(b)", at, "name it under the use that needs it in uses.yaml, or stop holding it", "%s: %s holds %s, which no use has.", h.System, h.Table, m.title(h.Category))
		}
	}
}
