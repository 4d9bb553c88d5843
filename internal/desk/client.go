package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"

	"tenet/internal/find"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/rows"
	"tenet/internal/source"
	"tenet/internal/store"
)

// rawRows are the rows of every open source, whoever's they are. Only
// [datamap.Apart] asks it.
type rawRows map[string]source.Source

func (r rawRows) Lookup(ctx context.Context, name, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	if s, ok := r[name]; ok {
		return s.Lookup(ctx, table, where)
	}
	return func(yield func(rows.Row, error) bool) { yield(rows.Row{}, fmt.Errorf("source %q is not open", name)) }
}

// Keeper is who decides over a record: a client, or a company of the landlord's own.
type Keeper struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Client     bool     `json:"client"` // true where we act for it
	ICO        string   `json:"ico_registration,omitempty"`
	Regulators []string `json:"regulators,omitempty"` // as they are called today
	STAIRs     bool     `json:"stairs"`               // whether its tenants may ask for information under STAIRs
	FOI        bool     `json:"foi"`                  // whether freedom of information binds it
	Why        string   `json:"why"`                  // what says that it decides
}

// KeeperOf is who decides over the rows that a table has in a set: the client whose set
// it is; else the company that the map names, the one that every use of the table's
// category names, or the one that leads.
func (d *Desk) KeeperOf(client, system, table string) (Keeper, error) {
	if client != "" {
		c, err := d.client(client)
		if err != nil {
			return Keeper{}, err
		}
		return Keeper{ID: client, Name: c.Name, Client: true, Regulators: d.regulators(c.Regulators), STAIRs: d.inEngland() && c.UnderSTAIRs(), Why: "it is in the set of this client, which decides; we act for it"}, nil
	}
	m, err := d.Map(system)
	if err != nil {
		return Keeper{}, err
	}
	if id := m.ControllerOf(table); id != "" {
		if k, ok := d.company(notice.ID(id), "the map of "+system+" names it"); ok {
			return k, nil
		}
		return Keeper{}, &Error{Code: "map", What: fmt.Sprintf("names the controller %q, which landlord.yaml does not have", id), Where: d.mapFile(system), Mend: "name one of landlord.yaml"}
	}
	if t := m.Tables[table]; t != nil {
		if id, ok := d.soleUser(notice.ID(t.Category)); ok {
			k, _ := d.company(id, "every use of this category of data is this company’s")
			return k, nil
		}
	}
	for _, c := range d.Notice.Landlord.Controllers {
		if c.Lead {
			k, _ := d.company(c.ID, "neither map nor uses name one company, and this one answers for the others")
			return k, nil
		}
	}
	return Keeper{}, errors.New("the notice has no controller that leads") // which no notice loads with
}

// soleUser is the one company whose uses have a category, if it is one.
func (d *Desk) soleUser(category notice.ID) (notice.ID, bool) {
	var only notice.ID
	for _, u := range d.Notice.Uses.Uses {
		if u.Role == notice.AsProcessor || !slices.Contains(u.Categories, category) {
			continue
		}
		if len(u.Controllers) != 1 || only != "" && only != u.Controllers[0] {
			return "", false
		}
		only = u.Controllers[0]
	}
	return only, only != ""
}

func (d *Desk) company(id notice.ID, why string) (Keeper, bool) {
	for _, c := range d.Notice.Landlord.Controllers {
		if c.ID == id {
			return Keeper{ID: string(id), Name: c.Name, ICO: c.ICO, Regulators: d.regulators(c.Regulators), STAIRs: d.inEngland() && c.UnderSTAIRs(),
				FOI: c.FOI == notice.Statutory || c.FOI == notice.Voluntary, Why: why}, true
		}
	}
	return Keeper{}, false
}

// inEngland says whether STAIRs, which is England's alone, can bind anybody here.
func (d *Desk) inEngland() bool { return d.Notice.Landlord.Nation == notice.EnglandAndWales }

func (d *Desk) regulators(ids []notice.ID) []string {
	var out []string
	for _, r := range d.Notice.Landlord.Regulators {
		if slices.Contains(ids, r.ID) {
			out = append(out, r.On(notice.Date(d.Today().String())).Name)
		}
	}
	return out
}

func (d *Desk) client(id string) (notice.Client, error) {
	var known []string
	for _, c := range d.Notice.Landlord.Clients {
		if string(c.ID) == id {
			return c, nil
		}
		known = append(known, string(c.ID))
	}
	mend := "name one that landlord.yaml has under clients:"
	if len(known) > 0 {
		mend += " " + strings.Join(known, ", ")
	}
	return notice.Client{}, &Error{Code: "no-client", What: fmt.Sprintf("there is no client called %q", id), Where: "CLIENT", Mend: mend}
}

// ClientState is one client as the workspace stands to it.
type ClientState struct {
	Keeper
	Officer string   `json:"officer,omitempty"` // whom to pass its customers' requests to
	Sources []string `json:"sources"`           // systems that may have its records
	Ended   string   `json:"ended,omitempty"`   // the day its contract ended
}

// Clients are the landlords that this one acts for. An error names a map that
// speaks of a client whom the notice does not have.
func (d *Desk) Clients() ([]ClientState, error) {
	out := []ClientState{}
	ended, err := d.ended()
	if err != nil {
		return nil, err
	}
	for _, c := range d.Notice.Landlord.Clients {
		k, err := d.KeeperOf(string(c.ID), "", "")
		if err != nil {
			return nil, err
		}
		out = append(out, ClientState{Keeper: k, Officer: d.officerOf(c), Sources: []string{}, Ended: ended[string(c.ID)]})
	}
	for _, sys := range d.Config.Sources {
		m, err := d.Map(sys.Name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, id := range m.Clients() {
			i := slices.IndexFunc(out, func(c ClientState) bool { return c.ID == id })
			if i < 0 {
				return nil, &Error{Code: "map", What: fmt.Sprintf("speaks of the client %q, whom landlord.yaml does not have", id), Where: d.mapFile(sys.Name), Mend: "name a client of landlord.yaml, or add it there"}
			}
			out[i].Sources = append(out[i].Sources, sys.Name)
		}
	}
	return out, nil
}

func (d *Desk) officerOf(c notice.Client) string {
	for _, x := range d.Notice.Landlord.Contacts {
		if x.ID == c.Officer {
			for _, at := range []string{string(x.Email), string(x.Phone), x.Address} {
				if at != "" {
					return x.Who + ", " + at
				}
			}
		}
	}
	return ""
}

// ClientAnswer is what was found in one set.
type ClientAnswer struct {
	Client string `json:"client"` // empty for the landlord's own
	Keeper Keeper `json:"controller"`
	*find.Answer
}

// FindFor searches the set of one client, and no other; that somebody did is in the
// ledger.
func (d *Desk) FindFor(ctx context.Context, by, client string, q Query) (*ClientAnswer, error) {
	k, err := d.KeeperOf(client, "", "")
	if err != nil {
		return nil, err
	}
	a, err := d.findIn(ctx, client, q)
	var several *find.Ambiguous
	if err != nil && !errors.As(err, &several) {
		return nil, err
	}
	act := ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "person.searched", Notice: d.Notice.Version()}
	facts := map[string]any{"client": client}
	if several != nil {
		facts["candidates"] = len(several.Candidates)
	} else {
		act.Subject, facts["records"] = d.opaque(a.Person.Records), len(a.Records)
	}
	if rerr := d.Store.Write(ctx, func(tx *store.Tx) error { return tx.Record(ctx, act, facts) }); err != nil || rerr != nil {
		return nil, errors.Join(err, rerr)
	}
	return &ClientAnswer{client, k, a}, nil
}

// findIn searches one set.
func (d *Desk) findIn(ctx context.Context, client string, q Query) (a *find.Answer, err error) {
	known, err := q.Known()
	if err != nil {
		return nil, err
	}
	err = d.searchingIn(ctx, client, func(_ *systems, f *find.Finder) error {
		a, err = f.Find(ctx, known)
		return err
	})
	return a, err
}

// Located is a set in which somebody was found.
type Located struct {
	Client  string `json:"client"`  // empty for the landlord's own
	Several bool   `json:"several"` // more than one person there could be meant
}

// Locate says in whose sets somebody is held, and nothing of what is held: each set
// is searched by itself, and no record leaves it. Sets that have ended are not there, nor
// those that whoever asks may not see.
func (d *Desk) Locate(ctx context.Context, by string, q Query) ([]Located, error) {
	out, sets, err := d.locate(ctx, q)
	if err != nil {
		return nil, err
	}
	act := ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "person.located", Notice: d.Notice.Version()}
	return out, d.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, act, map[string]any{"sets": sets, "found": len(out)})
	})
}

// locate is Locate without a word in the ledger, which the call of somebody nobody has
// checked must not have: it would say whether they are held. It gives how many sets were
// searched, too.
func (d *Desk) locate(ctx context.Context, q Query) ([]Located, int, error) {
	clients, err := d.Clients()
	if err != nil {
		return nil, 0, err
	}
	sets := []string{""}
	for _, c := range clients {
		if c.Ended == "" && len(c.Sources) > 0 {
			sets = append(sets, c.ID)
		}
	}
	sets = slices.DeleteFunc(sets, func(set string) bool { return !d.Sees(ctx, set) })
	out := []Located{}
	for _, set := range sets {
		var several *find.Ambiguous
		switch _, err := d.findIn(ctx, set, q); {
		case err == nil:
			out = append(out, Located{Client: set})
		case errors.As(err, &several):
			out = append(out, Located{set, true})
		case !errors.Is(err, find.ErrNobody):
			return nil, 0, err
		}
	}
	return out, len(sets), nil
}
