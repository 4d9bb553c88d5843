package processing

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/notice"
)

// Scope is which record is wanted.
type Scope struct {
	As notice.UseRole // AsController, which is also the zero Scope's, or AsProcessor
	// Body is the one controller, or the one client; empty is each of them.
	Body notice.ID
}

// Holding is one category that one table of a system holds.
type Holding struct {
	System, Table string
	Category      notice.ID // empty where the map names none
	Retention     notice.ID // the rule that the map names for the table
	// Clients are whose rows the table has, where it is a client's and not the
	// landlord's own.
	Clients []notice.ID
}

// Holdings are what the maps say that the systems hold.
type Holdings struct {
	Tables   []Holding
	Unmapped []string // systems of which nobody has confirmed a map
	// Looked says that there were maps to look at. Without, no use is said to have no
	// system behind it: nobody looked.
	Looked bool
}

// Register is the record of one landlord at one version of its notice.
type Register struct {
	Context   map[string]string `json:"@context"`
	Type      string            `json:"@type"` // dpv:ROPA
	Landlord  string            `json:"landlord"`
	Version   string            `json:"version"` // of the notice
	Effective notice.Date       `json:"effective"`
	As        notice.UseRole    `json:"as"`
	Keepers   []Party           `json:"keepers"`           // whose record it is: Article 30(1)(a), 30(2)(a)
	Officer   *Party            `json:"officer,omitempty"` // the data protection officer
	Columns   []Column          `json:"columns"`
	Rows      []Row             `json:"rows"`
	Gaps      []Gap             `json:"gaps"` // all of them: those of rows, then those of none
}

// Party is somebody with the contact details that Article 30 asks for.
type Party struct {
	ID      notice.ID `json:"id"`
	Name    string    `json:"name"`
	Address string    `json:"address,omitempty"`
	Email   string    `json:"email,omitempty"`
	Phone   string    `json:"phone,omitempty"`
	ICO     string    `json:"ico_registration,omitempty"`
}

// Lines are the party's details, as a cell holds them.
func (p Party) Lines() []string {
	var out []string
	for _, s := range []string{p.Name, p.Address, p.Email, p.Phone} {
		if s != "" {
			out = append(out, oneLine(s))
		}
	}
	if p.ICO != "" {
		out = append(out, "ICO registration "+p.ICO)
	}
	return out
}

// Row is one use as one body keeps it.
type Row struct {
	Use notice.ID `json:"use"`
	// Body is the controller, or for a processor the client; empty where the use is
	// somebody's whom the notice does not name.
	Body  notice.ID `json:"body,omitempty"`
	Cells []Cell    `json:"cells"` // one for each column
	Gaps  []Gap     `json:"gaps,omitempty"`
}

// Cell is what stands under one column of a row.
type Cell struct {
	Column  string  `json:"column"`
	Entries []Entry `json:"entries,omitempty"`
	At      Place   `json:"at"` // where something would be added
}

// Entry is one thing in a cell.
type Entry struct {
	Text string       `json:"text"`         // on one line
	ID   notice.ID    `json:"id,omitempty"` // of the thing in the pack
	DPV  []notice.DPV `json:"dpv,omitempty"`
	At   Place        `json:"at"` // what says so
	// Paper is the number of the paper or the incident that says so, where a register does.
	Paper string `json:"paper,omitempty"`
}

// Place is a field of a file of the pack.
type Place struct {
	notice.Pos
	Field string `json:"field,omitempty"` // uses[let-homes].people
}

// String is the place as editors link it, and the field.
func (p Place) String() string {
	if p.Field == "" {
		return p.Pos.String()
	}
	return p.Pos.String() + " " + p.Field
}

// Text is the cell as a sheet shows it: one entry a line.
func (c Cell) Text() string { return strings.Join(c.texts(), "\n") }

func (c Cell) texts() []string {
	out := make([]string, len(c.Entries))
	for i, e := range c.Entries {
		out[i] = e.Text
	}
	return out
}

// Cell is the row's cell under a column.
func (r Row) Cell(column string) Cell {
	for _, c := range r.Cells {
		if c.Column == column {
			return c
		}
	}
	return Cell{Column: column}
}

// Make makes the record. The error names a body that the notice does not have.
func Make(n *notice.Notice, h Holdings, f Filed, s Scope) (*Register, error) {
	if s.As == "" || s.As == notice.AsJoint {
		s.As = notice.AsController // who decides together with others keeps the record of a controller
	}
	r := &Register{
		Context: map[string]string{"dpv": "https://w3id.org/dpv#", "dpv-pd": "https://w3id.org/dpv/pd#",
			"eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#", "legal-gb": "https://w3id.org/dpv/legal/gb#"},
		Type: "dpv:ROPA", Landlord: n.Landlord.Name, Version: n.Version(), Effective: n.Landlord.Effective,
		As: s.As, Columns: Columns(s.As), Rows: []Row{}, Gaps: []Gap{},
	}
	m := &maker{n: n, h: h, f: f, s: s, r: r}
	if err := m.known(); err != nil {
		return nil, err
	}
	m.keepers()
	for _, u := range n.Uses.Uses {
		if (u.Role == notice.AsProcessor) != (s.As == notice.AsProcessor) {
			continue
		}
		for _, body := range m.bodies(u) {
			if s.Body == "" || s.Body == body {
				m.row(u, body)
			}
		}
	}
	m.outside()
	for _, row := range r.Rows {
		r.Gaps = append(r.Gaps, row.Gaps...)
	}
	r.Gaps = append(r.Gaps, m.loose...)
	return r, nil
}

// maker is one making of a record.
type maker struct {
	n     *notice.Notice
	h     Holdings
	f     Filed
	s     Scope
	r     *Register
	loose []Gap // gaps that belong to no row
}

// known says whether the body that was asked for is one of the notice's.
func (m *maker) known() error {
	if m.s.Body == "" {
		return nil
	}
	var all []string
	if m.s.As == notice.AsProcessor {
		for _, c := range m.n.Landlord.Clients {
			all = append(all, string(c.ID))
		}
	} else {
		for _, c := range m.n.Landlord.Controllers {
			all = append(all, string(c.ID))
		}
	}
	if slices.Contains(all, string(m.s.Body)) {
		return nil
	}
	what := "controller"
	if m.s.As == notice.AsProcessor {
		what = "client"
	}
	if len(all) == 0 {
		return fmt.Errorf("landlord.yaml names no %s, and so none called %q", what, m.s.Body)
	}
	return fmt.Errorf("landlord.yaml has no %s called %q: it has %s", what, m.s.Body, strings.Join(all, ", "))
}

// keepers are the bodies whose record it is. A processor's is kept by the
// landlord's own companies, whatever the client.
func (m *maker) keepers() {
	for _, c := range m.n.Landlord.Controllers {
		if m.s.As == notice.AsController && m.s.Body != "" && c.ID != m.s.Body {
			continue
		}
		m.r.Keepers = append(m.r.Keepers, Party{ID: c.ID, Name: c.Name, Address: c.Address, ICO: c.ICO})
	}
	for _, c := range m.n.Landlord.Contacts {
		if c.DPO {
			m.r.Officer = m.contact(c.ID)
		}
	}
}

func (m *maker) contact(id notice.ID) *Party {
	for _, c := range m.n.Landlord.Contacts {
		if c.ID == id {
			return &Party{ID: c.ID, Name: c.Who, Address: c.Address, Email: string(c.Email), Phone: string(c.Phone)}
		}
	}
	return nil
}

// bodies are those on whose record a use stands: its controllers, and all of them
// where it names none; for a processor its clients, and nobody named where it names
// none.
func (m *maker) bodies(u notice.Use) []notice.ID {
	if m.s.As == notice.AsProcessor {
		if len(u.Clients) == 0 {
			return []notice.ID{""}
		}
		return u.Clients
	}
	if len(u.Controllers) > 0 {
		return u.Controllers
	}
	var all []notice.ID
	for _, c := range m.n.Landlord.Controllers {
		all = append(all, c.ID)
	}
	return all
}

// oneLine is a text without line ends: an entry is one line of its cell.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Purpose is what the row's use is for.
func (r Row) Purpose() string {
	return r.Cell(colPurpose).Text() + r.Cell(colDoes).Text() // a record has one of the two
}

// Categories are the data that the row's use uses.
func (r Row) Categories() []string { return r.Cell(colCategories).texts() }

// Systems are those that hold some of the row's data, each once.
func (r Row) Systems() []string {
	var out []string
	for _, t := range r.Cell(colLocation).texts() {
		if name, _, _ := strings.Cut(t, ":"); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
