package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tenet/internal/contact"
	"tenet/internal/desk"
	"tenet/internal/law"
)

type contactCmd struct {
	Note      contactNoteCmd      `cmd:"" help:"Write down what happened when somebody was in touch."`
	List      contactListCmd      `cmd:"" help:"What happened with somebody, the newest first."`
	Correct   contactCorrectCmd   `cmd:"" help:"Put an entry right by another; both stay."`
	Check     contactCheckCmd     `cmd:"" help:"Hold what a caller says against what is held, and say what may be talked about."`
	Authority contactAuthorityCmd `cmd:"" help:"Who may act for whom."`
}

type contactAuthorityCmd struct {
	Add  authorityAddCmd  `cmd:"" help:"Record that somebody may act for a person."`
	List authorityListCmd `cmd:"" help:"Who may act for a person, those that count today first."`
	End  authorityEndCmd  `cmd:"" help:"End an authority from today."`
}

// words are those of an entry.
type contactWords struct {
	Facts   string `required:"" help:"What was said and happened: facts alone. - reads standard input."`
	Opinion string `help:"What you think of it, kept as that."`
	Action  string `help:"What was done, or is to be done."`
	Channel string `default:"phone" enum:"phone,visit,counter,letter,email,online,text,chat,service" help:"How: phone, visit, counter, letter, email, online, text, chat or service."`
	Once    string `help:"Names this writing: the same again is the same entry."`
}

func (x *contactWords) entry(c *call) (contact.NewEntry, error) {
	n := contact.NewEntry{Once: x.Once, Channel: contact.Channel(x.Channel)}
	for _, f := range []struct {
		flag  string
		value *string
	}{{"--facts", &x.Facts}, {"--opinion", &x.Opinion}, {"--action", &x.Action}} {
		if err := c.secret(f.flag, f.value); err != nil {
			return n, err
		}
	}
	n.Facts, n.Opinion, n.Action = x.Facts, x.Opinion, x.Action
	if n.Once == "" {
		n.Once = fmt.Sprintf("cli %s %d", c.actor(), time.Now().UnixNano())
	}
	return n, nil
}

// clientFlag names whose customer somebody is.
type clientFlag struct {
	Client string `placeholder:"CLIENT" help:"Whose customer the person is, as client list names it; our own if it is left out."`
}

type contactNoteCmd struct {
	personFlags
	clientFlag
	contactWords
	Case    string `placeholder:"NUMBER" help:"The case it belongs to."`
	With    string `placeholder:"ROLE" help:"The part of whoever it was with, if not the person: trusted-contact, solicitor, elected-member…"`
	Who     string `help:"Their name."`
	Outward bool   `help:"We were in touch with them."`
	Told    bool   `help:"They were told that the call is recorded."`
}

func (x *contactNoteCmd) Run(c *call) error {
	q, err := x.query(c)
	if err != nil {
		return err
	}
	e, err := x.entry(c)
	if err != nil {
		return err
	}
	e.With, e.Who, e.Outward, e.Told = law.Role(x.With), x.Who, x.Outward, x.Told
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if rec := d.CallRecording(); rec != nil && e.Channel == contact.Phone {
		e.For = rec.For
	}
	made, err := d.NoteContact(c, c.actor(), desk.NewContact{NewEntry: e, Number: x.Case, About: q, Client: x.Client})
	if err != nil {
		return err
	}
	return c.answer(made, func(w io.Writer) { fmt.Fprintf(w, "Written down: %s.\n", made.ID) })
}

type contactCorrectCmd struct {
	Entry string `arg:"" help:"The entry, as contact list shows it."`
	contactWords
}

func (x *contactCorrectCmd) Run(c *call) error {
	e, err := x.entry(c)
	if err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	made, err := d.CorrectContact(c, c.actor(), x.Entry, e)
	if err != nil {
		return err
	}
	return c.answer(made, func(w io.Writer) { fmt.Fprintf(w, "Corrected by %s. What it corrects stays as it is.\n", made.ID) })
}

type contactListCmd struct {
	personFlags
	clientFlag
}

func (x *contactListCmd) Run(c *call) error {
	q, err := x.query(c)
	if err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	all, err := d.ContactsOf(c, c.actor(), x.Client, q)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"entries": append([]contact.Entry{}, all...)}, func(w io.Writer) {
		if len(all) == 0 {
			fmt.Fprintln(w, "Nothing is written down.")
		}
		for _, e := range all {
			state := ""
			switch {
			case e.Corrected != "":
				state = ", corrected since by " + e.Corrected
			case e.Corrects != "":
				state = ", corrects " + e.Corrects
			}
			fmt.Fprintf(w, "%s %s %s by %s%s\n  %s\n", e.At.In(law.London()).Format("2006-01-02 15:04"), e.ID, e.Channel, e.By, state, strings.ReplaceAll(e.Facts, "\n", "\n  "))
			if e.Opinion != "" {
				fmt.Fprintf(w, "  the writer thinks: %s\n", strings.ReplaceAll(e.Opinion, "\n", "\n  "))
			}
			if e.Action != "" {
				fmt.Fprintf(w, "  done: %s\n", strings.ReplaceAll(e.Action, "\n", "\n  "))
			}
		}
	})
}

type contactCheckCmd struct {
	personFlags
	Client string   `placeholder:"CLIENT" help:"Whose customer it is about, as the caller says: a client, or own. Left out, the sets are looked through in silence."`
	Caller string   `placeholder:"ROLE" help:"As what they call, if it is not the person: trusted-contact, solicitor, elected-member…"`
	Who    string   `help:"The caller's name, if it is not the person."`
	Answer []string `sep:"none" placeholder:"KIND=SAID" help:"What they said to a question: nino=…, telephone=…; env:NAME instead keeps it out of the process list. Without any, the questions are shown."`
	Told   bool     `help:"They were told that the call is recorded."`
}

// checked is the JSON of contact check.
type checked struct {
	contact.Check
	Lines  []contact.Line `json:"lines"`
	Keeper *desk.Keeper   `json:"controller,omitempty"` // once they passed, where that is a client
}

func (x *contactCheckCmd) Run(c *call) (err error) {
	q, err := x.query(c)
	if err != nil {
		return err
	}
	said := map[contact.FactKind]string{}
	for _, a := range x.Answer {
		kind, value, ok := strings.Cut(a, "=")
		if !ok {
			return &desk.Error{Code: "usage", What: "is not of the form KIND=SAID", Where: "--answer", Mend: "write it as nino=… or telephone=…"}
		}
		if err := c.secret("--answer", &value); err != nil {
			return err
		}
		said[contact.FactKind(kind)] = value
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if d.CallRecording() != nil && !x.Told {
		return &desk.Error{Code: "told", What: "callers are told first that the call is recorded", Where: "--told", Mend: "tell them, then give --told"}
	}
	by := c.actor()
	k, err := d.LookUp(c, by, desk.Look{Query: q, Whose: x.Client, Caller: law.Role(x.Caller), Who: x.Who, Channel: contact.Phone, Told: x.Told, Once: fmt.Sprintf("cli %s %d", by, time.Now().UnixNano())})
	if err != nil {
		return err
	}
	// The call ends with the command.
	defer func() { err = errors.Join(err, d.OverCall(c, by, k.ID)) }()
	if len(said) > 0 {
		if k, err = d.AnswerCall(c, by, k.ID, said); err != nil {
			return err
		}
	}
	out := checked{Check: k, Lines: []contact.Line{}}
	if k.State == contact.Passed {
		talk, err := d.Conversation(c, by, k.ID)
		if err != nil {
			return err
		}
		out.Lines, out.Keeper = talk.Lines, talk.Keeper
	}
	c.found = k.State != contact.Passed
	return c.answer(out, func(w io.Writer) {
		switch {
		case k.State == contact.Passed:
			fmt.Fprintln(w, "They are who they say. You may talk about:")
			if out.Keeper != nil {
				fmt.Fprintf(w, "  On behalf of %s, which decides over these records.\n", out.Keeper.Name)
			}
			for _, l := range out.Lines {
				fmt.Fprintf(w, "  %s: %s. %s\n", l.Title, l.May, l.Words)
			}
		case len(said) == 0 && k.State == contact.Open:
			fmt.Fprintln(w, "Ask, and give what they say with --answer:")
			for _, q := range k.Questions {
				fmt.Fprintf(w, "  %s: %s\n", q.Kind, q.Ask)
			}
		default:
			fmt.Fprintln(w, "On hold: checking. Say nothing about anybody, and not whether we know them.")
		}
	})
}

type authorityAddCmd struct {
	personFlags
	clientFlag
	Who       string   `required:"" help:"Who may act."`
	As        string   `required:"" placeholder:"ROLE" help:"As what: trusted-contact, representative, solicitor, attorney, deputy, parent, elected-member, executor."`
	For       []string `required:"" placeholder:"SCOPE" help:"What for: services, tenancy, rights, casework; several with commas."`
	Appointed string   `required:"" help:"By whose appointment, or in what official capacity."`
	Evidence  string   `help:"What was seen, described; never a copy. Left out, it does not count yet."`
	From      string   `placeholder:"DATE" help:"From which day."`
	Until     string   `placeholder:"DATE" help:"Until which day."`
	Agreed    bool     `help:"The person said so to us, explicitly."`
	Informed  string   `placeholder:"DATE" help:"For an elected member: the day the person was told that we are about to answer."`
	TheirTel  string   `name:"their-phone" help:"Their telephone number, to know them by."`
	TheirMail string   `name:"their-email" help:"Their e-mail address."`
	Word      string   `help:"A word agreed for the telephone."`
	Once      string   `help:"Names this recording: the same again is the same authority."`
}

func (x *authorityAddCmd) Run(c *call) error {
	q, err := x.query(c)
	if err != nil {
		return err
	}
	m := contact.Mandate{Name: x.Who, Appointed: x.Appointed, Evidence: x.Evidence, Phone: x.TheirTel, Email: x.TheirMail, Word: x.Word}
	m.Role, m.Seen = law.Role(x.As), x.Evidence != ""
	for _, s := range x.For {
		m.Scopes = append(m.Scopes, law.Scope(s))
	}
	if x.Agreed {
		m.Agreed = law.IsSo
	}
	for _, f := range []struct {
		flag, value string
		to          *law.Date
	}{{"--from", x.From, &m.Start}, {"--until", x.Until, &m.End}, {"--informed", x.Informed, &m.Told}} {
		if f.value == "" {
			continue
		}
		if *f.to, err = law.ParseDate(f.value); err != nil {
			return &desk.Error{Code: "usage", What: err.Error(), Where: f.flag, Mend: "write the date as 2026-11-22"}
		}
	}
	if x.Once == "" {
		x.Once = fmt.Sprintf("cli %s %d", c.actor(), time.Now().UnixNano())
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	a, err := d.Trust(c, c.actor(), desk.NewTrust{Mandate: m, Once: x.Once, About: q, Client: x.Client})
	if err != nil {
		return err
	}
	a.Word = ""
	return c.answer(a, func(w io.Writer) {
		fmt.Fprintf(w, "Recorded: %s. They may %s.\n", a.ID, contact.Reaches(a.Scopes))
		if !a.Counts(d.Today()) {
			fmt.Fprintln(w, "It does not count today: give --evidence, or see its days.")
		}
	})
}

type authorityListCmd struct {
	personFlags
	clientFlag
}

func (x *authorityListCmd) Run(c *call) error {
	q, err := x.query(c)
	if err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	all, err := d.TrustedBy(c, c.actor(), x.Client, q)
	if err != nil {
		return err
	}
	for i := range all {
		all[i].Word = "" // which is for callers to say, and for nobody to read
	}
	return c.answer(map[string]any{"authorities": append([]contact.Authority{}, all...)}, func(w io.Writer) {
		if len(all) == 0 {
			fmt.Fprintln(w, "Nobody.")
		}
		for _, a := range all {
			state := "counts today"
			if !a.Counts(d.Today()) {
				state = "does not count today"
			}
			fmt.Fprintf(w, "%s %s, %s: may %s; %s\n", a.ID, a.Name, a.Role, contact.Reaches(a.Scopes), state)
		}
	})
}

type authorityEndCmd struct {
	ID string `arg:"" help:"The authority, as contact authority list shows it."`
}

func (x *authorityEndCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	a, err := d.Untrust(c, c.actor(), x.ID)
	if err != nil {
		return err
	}
	a.Word = ""
	return c.answer(a, func(w io.Writer) { fmt.Fprintf(w, "%s ended on %s.\n", a.ID, a.Ended) })
}
