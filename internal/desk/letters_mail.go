package desk

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/rows"
	"tenet/internal/source"
	"tenet/internal/store"
)

// Intake is the mailbox that requests come to, and what is done with them by itself.
type Intake struct {
	URL   string       `yaml:"url,omitempty"`   // of a source: imaps:, mbox:, graph:
	Since string       `yaml:"since,omitempty"` // a date: what came before is not looked at
	Open  []IntakeRule `yaml:"open,omitempty"`  // of which a message opens a case unasked; anything else waits for staff
}

// IntakeRule is a message that opens a case: one whose subject has these words in
// them, as a notice may ask for.
type IntakeRule struct {
	Subject string `yaml:"subject"`
	Kind    string `yaml:"kind"`
}

func (c Config) checkPost() error {
	for key, at := range map[string]string{"post-from": c.PostFrom, "post-reply-to": c.PostReplyTo} {
		if a, err := mail.ParseAddress(at); at != "" && (err != nil || a.Address != at) {
			return &Error{Code: "config", What: "it is not one e-mail address", Where: configFile + ": " + key, Mend: "write the landlord's own, such as privacy@example.org"}
		}
	}
	if c.Public != "" && !strings.HasPrefix(c.Public, "https://") && !strings.HasPrefix(c.Public, "http://127.0.0.1") && !strings.HasPrefix(c.Public, "http://localhost") {
		return &Error{Code: "config", What: "it is not the address of a site", Where: configFile + ": public", Mend: "write https:// and the portal's name, as people outside reach it"}
	}
	return nil
}

func (i Intake) check() error {
	bad := func(where, what, mend string) error {
		return &Error{Code: "config", What: what, Where: configFile + ": intake." + where, Mend: mend}
	}
	if i.Since != "" {
		if _, err := law.ParseDate(i.Since); err != nil {
			return bad("since", err.Error(), "write the date as 2026-11-22")
		}
	}
	for n, r := range i.Open {
		if len(strings.Fields(r.Subject)) < 2 {
			return bad(fmt.Sprintf("open[%d].subject", n), "a rule goes by two words of the subject at least", "write the words that the notice asks for, such as subject access request")
		}
		if _, err := law.ParseKind(r.Kind); err != nil {
			return bad(fmt.Sprintf("open[%d].kind", n), err.Error(), "use one of those")
		}
	}
	return nil
}

// Incoming is a message that came to the mailbox and waits for somebody to say what
// it is.
type Incoming struct {
	ID    string    `json:"id"`
	Taken time.Time `json:"taken"`
	// State is new, opened, attached or dismissed; what stands below is there while it is new.
	State string `json:"state"`
	Case  string `json:"case,omitempty"` // the id of the case that has it
	Words `json:"words"`
	// Proposals are what it may ask for, likeliest first. They bind nobody.
	Proposals []law.Proposal `json:"proposals"`
	// Phishing is the words by which it may report a message that pretends to be from the
	// landlord; empty where nothing says so.
	Phishing []string `json:"phishing,omitempty"`
	// About is the number of a case of ours that it seems to answer.
	About string `json:"about,omitempty"`
}

// Words is what a message says. It is sealed.
type Words struct {
	From    string    `json:"from"` // an e-mail address
	Name    string    `json:"name,omitempty"`
	Subject string    `json:"subject"`
	Date    time.Time `json:"date,omitzero"` // as the message has it
	Text    string    `json:"text"`
	Cut     bool      `json:"cut,omitempty"`   // Text is not all of it
	Reply   bool      `json:"reply,omitempty"` // it answers another message, or a machine seems to have sent it
	// Attached is the names of what was attached, with their types and sizes.
	Attached []string `json:"attached,omitempty"`
	// Whole is all that the source gives of the message: its heads, its words, and what
	// was attached, by name.
	Whole string `json:"whole,omitempty"`
}

const (
	maxMailText = 15_000  // bytes of a message's words that a case takes for what is asked
	maxAttached = 100     // attachments that are named beside the message; all are in Whole
	mailFile    = "mail-" // how the names of messages kept with a case begin
)

// ReadMail takes in what is new in the mailbox, each message once, and opens the cases
// that the rules open. Nothing is changed in the mailbox. last is what it gave the time
// before: where the mailbox is as it was, it is not gone through.
// came, which may be nil, is part of the transaction that takes a message in.
func (d *Desk) ReadMail(ctx context.Context, last string, came func(ctx context.Context, tx *store.Tx, id string) error) (mark string, taken int, err error) {
	if d.Config.Intake.URL == "" {
		return "", 0, nil
	}
	src, err := source.Open(ctx, "intake", d.Config.Intake.URL, source.Options{Limits: source.Limits{Value: 1 << 20}})
	if err != nil {
		return last, 0, err
	}
	defer src.Close()
	if mark, err = src.Fingerprint(ctx, "message"); err != nil {
		return last, 0, err
	}
	if mark != "" && mark == last {
		return mark, 0, nil
	}
	var since time.Time
	if day, err := law.ParseDate(d.Config.Intake.Since); err == nil {
		since = day.Start()
	}
	for r, err := range src.Scan(ctx, "message", source.ScanOptions{Now: true}) {
		if err != nil {
			return last, taken, err
		}
		id := messageID(r)
		if date, ok := whenSent(r.Get("date").Text); ok && date.Before(since) {
			continue
		}
		known, err := d.mailKnown(ctx, id)
		if err != nil {
			return last, taken, err
		}
		if known {
			continue
		}
		w, err := readMessage(ctx, src, r)
		if err != nil {
			return last, taken, err
		}
		if err := d.takeMail(ctx, id, w, came); err != nil {
			return last, taken, err
		}
		taken++
	}
	return mark, taken, d.openByRule(ctx)
}

// messageID names a message among all that ever came: the same copied is the same,
// and one that only bears another's Message-ID is another.
func messageID(r rows.Row) string {
	id := r.Get("message_id").Text
	if id == "" {
		id = r.Get("id").Text
	}
	sum := sha256.Sum256([]byte("tenet mail\x00" + id + "\x00" + r.Get("from").Text + "\x00" + r.Get("subject").Text))
	return hex.EncodeToString(sum[:16])
}

func whenSent(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func (d *Desk) mailKnown(ctx context.Context, id string) (known bool, err error) {
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		var n int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM desk_mail WHERE landlord = $1 AND id = $2`, d.Config.Landlord, id).Scan(&n)
		known = n > 0
		return err
	})
	return known, err
}

// readMessage is what a message says.
func readMessage(ctx context.Context, src source.Source, r rows.Row) (Words, error) {
	w := Words{Subject: r.Get("subject").Text, Text: r.Get("body").Text, Cut: r.Get("body").Lost != ""}
	if len(w.Text) > maxMailText {
		w.Text, w.Cut = strings.ToValidUTF8(w.Text[:maxMailText], ""), true
	}
	w.Date, _ = whenSent(r.Get("date").Text)
	if list, err := mail.ParseAddressList(r.Get("from").Text); err == nil {
		w.From, w.Name = list[0].Address, list[0].Name
	} else {
		w.From = strings.TrimSpace(r.Get("from").Text)
	}
	w.Reply = r.Get("in_reply_to").Text != "" || automatic.MatchString(w.From) || automatic.MatchString(w.Subject)
	var whole strings.Builder
	for _, c := range r.Table.Columns {
		if v := r.Get(c.Name); c.Name != "body" && v.Text != "" {
			fmt.Fprintf(&whole, "%s: %s\n", c.Name, v.Text)
		}
	}
	for a, err := range src.Lookup(ctx, "attachment", []rows.Match{{Column: "message", Value: r.Get("id")}}) {
		if err != nil {
			return w, err
		}
		name := fmt.Sprintf("%s (%s, %s bytes)", a.Get("name").Text, a.Get("type").Text, a.Get("size").Text)
		fmt.Fprintf(&whole, "attached: %s\n", name)
		if len(w.Attached) < maxAttached {
			w.Attached = append(w.Attached, oneLine(name))
		}
	}
	whole.WriteString("\n" + r.Get("body").Text)
	if lost := r.Get("body").Lost; lost != "" {
		whole.WriteString("\n[" + lost + "]")
	}
	w.Whole = whole.String()
	return w, nil
}

// automatic is who sends, and how they begin, where nobody does: what cannot be
// delivered, and who is away. Such messages answer others (RFC 3834), and most say so
// in their heads.
var automatic = regexp.MustCompile(`(?i)^(mailer-daemon|postmaster|no-?reply|do-?not-?reply)@|^\s*(auto(matic|mated)?[ -]?(reply|response)|out of (the )?office|undeliver|delivery (status|failure)|returned mail|away from)`)

// mailOwner is whose data key seals a message, and mailContext what it is bound to.
func (d *Desk) mailOwner(id string) string   { return "mail/" + d.Config.Landlord + "/" + id }
func (d *Desk) mailContext(id string) []byte { return []byte("tenet mail v1\n" + d.mailOwner(id)) }

// takeMail keeps a message that is new, unless it was taken in meanwhile.
func (d *Desk) takeMail(ctx context.Context, id string, w Words, came func(context.Context, *store.Tx, string) error) error {
	plain, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("keep a message: %w", err)
	}
	key, wrapped, err := d.Keys.NewDataKey(d.mailOwner(id))
	if err != nil {
		return fmt.Errorf("keep a message: %w", err)
	}
	sealed := key.Seal(plain, d.mailContext(id))
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.ExecContext(ctx, `INSERT INTO desk_mail (landlord, id, taken, state, ended_by, wrapped, sealed) VALUES ($1, $2, $3, 'new', '', $4, $5)
			ON CONFLICT (landlord, id) DO NOTHING`, d.Config.Landlord, id, store.Micros(d.Now()), wrapped, sealed)
		if err != nil {
			return fmt.Errorf("keep a message: %w", err)
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if err := d.recordMail(ctx, tx, id, "system", "mail.taken", ""); err != nil || came == nil {
			return err
		}
		return came(ctx, tx, id)
	})
}

func (d *Desk) recordMail(ctx context.Context, tx *store.Tx, id, by, act, why string) error {
	payload := map[string]string{"mail": id}
	if why != "" {
		payload["why"] = why
	}
	return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: act, Subject: "mail-" + id, Once: act + "/" + id}, payload)
}

// Mailbox is the messages that wait, oldest first, at most limit of them.
func (d *Desk) Mailbox(ctx context.Context, limit int) ([]Incoming, error) {
	var all []string
	err := d.Store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id FROM desk_mail WHERE landlord = $1 AND ended IS NULL ORDER BY taken, id LIMIT $2`, d.Config.Landlord, limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			all = append(all, id)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the mail that came: %w", err)
	}
	out := make([]Incoming, 0, len(all))
	for _, id := range all {
		m, err := d.MailBy(ctx, id)
		if err != nil {
			return nil, err
		}
		m.Whole = "" // a list has no use for it
		out = append(out, m)
	}
	return out, nil
}

// MailBy is a message by its id, with what it may ask for.
func (d *Desk) MailBy(ctx context.Context, id string) (Incoming, error) {
	m := Incoming{ID: id, Proposals: []law.Proposal{}}
	var taken int64
	var caseID sql.NullString
	var wrapped, sealed []byte
	err := d.Store.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT taken, state, case_id, wrapped, sealed FROM desk_mail WHERE landlord = $1 AND id = $2`, d.Config.Landlord, id).
			Scan(&taken, &m.State, &caseID, &wrapped, &sealed)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return m, &Error{Code: "not-found", What: "there is no such message", Where: "mail", Mend: "look at the list again", Err: store.ErrNotFound}
	} else if err != nil {
		return m, fmt.Errorf("read a message: %w", err)
	}
	m.Taken, m.Case = store.Time(taken), caseID.String
	if wrapped == nil {
		return m, nil
	}
	key, err := d.Keys.OpenDataKey(d.mailOwner(id), wrapped)
	if err == nil {
		var plain []byte
		if plain, err = key.Open(sealed, d.mailContext(id)); err == nil {
			err = json.Unmarshal(plain, &m.Words)
		}
	}
	if err != nil {
		return m, fmt.Errorf("open a message: %w", err)
	}
	if list := law.Classify(m.Subject + "\n" + m.Text); list != nil {
		m.Proposals = list
	}
	m.Phishing = phishing(m.Words)
	m.About, err = d.mailAbout(ctx, m.Words)
	return m, err
}

var numbered = regexp.MustCompile(`\b[A-Z]{2}-\d{4}-\d{4,}\b`)

// mailAbout is the number of a case of ours that a message names.
func (d *Desk) mailAbout(ctx context.Context, w Words) (string, error) {
	for _, number := range numbered.FindAllString(strings.ToUpper(w.Subject+"\n"+w.Text), 20) {
		switch k, err := d.Cases.ByNumber(ctx, number); {
		case err == nil:
			return k.Number, nil
		case !errors.Is(err, cases.ErrNotFound):
			return "", err
		}
	}
	return "", nil
}

// openByRule opens the cases that the rules open: never for what answers another
// message or names a case of ours, so that two machines cannot keep one another busy.
func (d *Desk) openByRule(ctx context.Context) error {
	rules := d.intakeRules()
	if len(rules) == 0 {
		return nil
	}
	all, err := d.Mailbox(ctx, 200)
	if err != nil {
		return err
	}
	for _, m := range all {
		subject := strings.ToLower(strings.Join(strings.Fields(m.Subject), " "))
		for _, r := range rules {
			if m.Reply || m.About != "" || !strings.Contains(subject, strings.ToLower(strings.Join(strings.Fields(r.Subject), " "))) {
				continue
			}
			if _, err := d.OpenMail(ctx, m.ID, r.Kind, "system"); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// intakeRules are those of tenet.yaml, and then the headings that the notice asks for. A
// heading that the notice gives for several rights says of none that it is meant.
func (d *Desk) intakeRules() []IntakeRule {
	rules := slices.Clone(d.Config.Intake.Open)
	for _, c := range d.Notice.Rights.Channels {
		if c.Kind != notice.ByEmail || len(strings.Fields(c.Subject)) < 2 {
			continue
		}
		var rights []law.Kind
		for _, r := range d.Notice.Rights.Rights {
			if regime, err := law.ParseRegime(string(r.Right)); err == nil && slices.Contains(r.Channels, c.ID) {
				rights = append(rights, law.KindOf(regime))
			}
		}
		if len(rights) == 1 {
			rules = append(rules, IntakeRule{Subject: c.Subject, Kind: string(rights[0])})
		}
	}
	return rules
}

// mailChannel is the channel of the notice by which e-mail comes.
func (d *Desk) mailChannel() string {
	for _, c := range d.Notice.Rights.Channels {
		if c.Kind == notice.ByEmail {
			return string(c.ID)
		}
	}
	return "email"
}

// oneLine is text in one line, of a length that a case holds.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(printable(s)), " ")
	if len(s) > 400 {
		s = strings.ToValidUTF8(s[:400], "")
	}
	return s
}

// printable is text without what no case holds.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
