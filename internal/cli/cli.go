package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/desk"
	"tenet/internal/detect"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/source"
	"tenet/internal/store"
)

// Exit statuses.
const (
	exitDone      = 0
	exitFound     = 1
	exitUsage     = 2
	exitInput     = 3
	exitReach     = 4
	exitOurs      = 5
	exitInterrupt = 130
)

// World is what the command line stands in.
type World struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	// Terminal says that a person watches Stderr: progress is shown.
	Terminal bool
	// Serve runs portal and console on a workspace until ctx ends. ready is told
	// both addresses.
	Serve func(ctx context.Context, d *desk.Desk, ready func(portal, console string)) error
	// Work does the background work of a workspace alone, until ctx ends.
	Work func(ctx context.Context, d *desk.Desk, ready func()) error
	// BuildDemo makes the fictional landlord of a pack in a folder, the same for the same
	// seed; an empty pack is the default.
	BuildDemo func(ctx context.Context, like, dir string, homes int, seed uint64, progress func(stage string, done int64)) (Demo, error)
	// HashPassword makes what is kept of a staff password.
	HashPassword func(string) (string, error)
	// ServeDetector serves a detector to other programs at an address until ctx ends;
	// ready is told where.
	ServeDetector func(ctx context.Context, det detect.Detector, address string, ready func(string)) error
	// Outside is a service that is asked for what it finds in a text besides.
	Outside func(address string) (func(ctx context.Context, det detect.Detector, text string) ([]detect.Span, error), error)
	// Service installs, removes, starts or stops this machine's service that serves
	// a workspace.
	Service func(verb, dir string) error
	// Login is who is signed in to this machine; nil asks it.
	Login   func() desk.Login
	Version string
}

// commands is the whole command line.
type commands struct {
	JSON      bool   `help:"One JSON document on standard output."`
	Workspace string `short:"C" default:"." placeholder:"DIR" help:"The workspace."`
	Operator  string `placeholder:"LOGIN" help:"Whose account you act by, where tenet.yaml names operators and your login is shared, or root; TENET_AS says the same."`

	Demo     demoCmd     `cmd:"" help:"A whole landlord on this machine: map, index, answer a request; then portal and console."`
	Init     initCmd     `cmd:"" help:"Make a workspace."`
	Serve    serveCmd    `cmd:"" help:"Serve portal and console."`
	Work     workCmd     `cmd:"" help:"Background work alone: more hands beside serve, where the store is on PostgreSQL."`
	Source   sourceCmd   `cmd:"" help:"The systems that hold data."`
	Discover discoverCmd `cmd:"" help:"Propose a map of a source, with the evidence."`
	Map      mapCmd      `cmd:"" help:"Hold the maps against the sources as they are now."`
	Index    indexCmd    `cmd:"" help:"Build or refresh the blind index."`
	Find     findCmd     `cmd:"" help:"Everything held about a person, and whose each part is."`
	Person   personCmd   `cmd:"" help:"Who is who: what people decided of two records."`
	Access   accessCmd   `cmd:"" help:"Answer an access request with a sealed draft: the main job in one command."`
	Case     caseCmd     `cmd:"" help:"Requests: list, look at, verify, approve, send, refuse, close."`
	Incident incidentCmd `cmd:"" help:"What went wrong: from the first report to the regulator, the people and the lessons."`
	Contact  contactCmd  `cmd:"" help:"What happened when somebody was in touch, who may act for whom, and who a caller is."`
	Clock    clockCmd    `cmd:"" help:"When an answer is due, with the working."`
	Law      lawCmd      `cmd:"" help:"What the clocks rest on."`
	Detect   detectCmd   `cmd:"" help:"Personal data in text on standard input."`
	Redact   redactCmd   `cmd:"" help:"Copies of documents, or a folder of them, without what is not yours."`
	Notice   noticeCmd   `cmd:"" help:"The notice: check it, show it, its schema."`
	Register registerCmd `cmd:"" help:"Registers of accountability: assessments, tests, policies, agreements; gaps; may it go live."`
	Keep     keepCmd     `cmd:"" help:"What Tenet keeps itself: what is over its time, what holds it, and deleting it."`
	Ledger   ledgerCmd   `cmd:"" help:"The log nobody can quietly change: verify, prove, export."`
	Account  accountCmd  `cmd:"" help:"Staff accounts for the console."`
	Store    storeCmd    `cmd:"" help:"Tenet's own tables: back up, restore, move."`
	Job      jobCmd      `cmd:"" help:"The work in the background: see it, try it again."`
	Doctor   doctorCmd   `cmd:"" help:"Is this installation healthy, and what to do if not."`
	Service  serviceCmd  `cmd:"" help:"Windows: serve whenever the machine runs. Elsewhere systemd does that."`

	Erase    laterCmd    `cmd:"" help:"Erase (not there yet)."`
	Retain   laterCmd    `cmd:"" help:"Delete on schedule (not there yet)."`
	Rectify  laterCmd    `cmd:"" help:"Correct (not there yet)."`
	Restrict laterCmd    `cmd:"" help:"Restrict (not there yet)."`
	Disclose discloseCmd `cmd:"" help:"May this go to them? And what was given out."`
	Promises promisesCmd `cmd:"" help:"Is the notice being kept?"`

	Client     clientCmd     `cmd:"" help:"The landlords we act for: their records apart from others', their requests passed to them."`
	Processing processingCmd `cmd:"" help:"The record of processing activities (Article 30), made from the notice and the maps."`

	Version versionFlag `help:"Print the version."`
}

type versionFlag bool

func (versionFlag) BeforeReset(app *kong.Kong, vars kong.Vars) error {
	fmt.Fprintln(app.Stdout, vars["version"])
	app.Exit(0)
	return nil
}

// laterCmd stands for what DESIGN names and this version does not do.
type laterCmd struct {
	Rest []string `arg:"" optional:"" passthrough:"" hidden:""`
}

func (laterCmd) Run(*call) error {
	return &desk.Error{Code: "not-there-yet", What: "this version of Tenet cannot do that yet", Mend: "see \"What is not done yet\" in the README"}
}

// call is one run of the command line.
type call struct {
	context.Context
	*World
	json  bool
	dir   string
	as    string // the account that whoever acts says is theirs
	by    string // the account by which they act; empty where there are no operators
	found bool   // something was found: exit status 1
	// unreached says that a source or engine could not be reached, and that this is
	// part of the answer: exit status 4.
	unreached bool
	in        *bufio.Reader
}

type exit int

// Main runs one command and gives its exit status.
func Main(ctx context.Context, args []string, w *World) (status int) {
	var cmd commands
	defer func() {
		if r := recover(); r != nil {
			code, ok := r.(exit)
			if !ok {
				panic(r)
			}
			status = int(code)
		}
	}()
	parser, err := kong.New(&cmd, kong.Name("tenet"),
		kong.Description("Tenet keeps the promises in a landlord's privacy notice."),
		kong.Vars{"version": w.Version},
		kong.Writers(w.Stdout, w.Stderr), kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Help(help))
	if err != nil {
		fmt.Fprintln(w.Stderr, "tenet:", err)
		return exitOurs
	}
	c := &call{Context: ctx, World: w, in: bufio.NewReader(w.Stdin)}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	c.json, c.dir, c.as = cmd.JSON, cmd.Workspace, cmp.Or(cmd.Operator, w.Getenv("TENET_AS"))
	if err != nil {
		c.json = c.json || contains(args, "--json")
		mend := "see tenet --help"
		var pe *kong.ParseError
		if errors.As(err, &pe) && pe.Context != nil && pe.Context.Command() != "" {
			mend = "see tenet " + strings.Fields(pe.Context.Command())[0] + " --help"
		}
		c.fail(&desk.Error{Code: "usage", What: err.Error(), Mend: mend})
		return exitUsage
	}
	if err := k.Run(c); err != nil {
		return c.fail(err)
	}
	switch {
	case c.unreached:
		return exitReach
	case c.found:
		return exitFound
	}
	return exitDone
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// help shows a command's flags, and below them examples that run.
func help(options kong.HelpOptions, k *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, k); err != nil {
		return err
	}
	if k.Selected() == nil {
		return nil
	}
	if text := examples[strings.TrimPrefix(k.Selected().FullPath(), "tenet ")]; text != "" {
		fmt.Fprintf(k.Stdout, "\nExamples:\n%s\n", text)
	}
	return nil
}

// unattended opens the workspace for what nobody does in it: serving it, backing it up,
// reading its notice.
func (c *call) unattended() (*desk.Desk, error) { return desk.Open(c, c.dir, c.Getenv) }

// open opens the workspace for whoever is at the command line. Where it names operators
// they are one of them from then on, and reach what their role does.
func (c *call) open() (*desk.Desk, error) {
	d, err := c.unattended()
	if err != nil {
		return nil, err
	}
	login := machineLogin
	if c.Login != nil {
		login = c.Login
	}
	s, named, err := d.Operator(c, login(), c.as)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if named {
		c.by, c.Context = s.ID, desk.As(c.Context, s)
	}
	return d, nil
}

// machineLogin is who is signed in to this machine. On Unix a name counts only if the
// machine's own list of users has it: without that os/user takes $USER's word.
func machineLogin() desk.Login {
	at := desk.Login{Root: os.Getuid() == 0 || os.Geteuid() == 0}
	u, err := user.Current()
	if err != nil {
		return at
	}
	at.ID, at.Name = u.Uid, u.Username
	if os.Getuid() >= 0 {
		at.Name = ""
		if listed, err := user.LookupId(u.Uid); err == nil {
			at.Name = listed.Username
		}
	}
	return at
}

// answer prints what a command found: v as JSON, or words.
func (c *call) answer(v any, words func(w io.Writer)) error {
	if !c.json {
		b := bufio.NewWriter(c.Stdout)
		words(b)
		return b.Flush()
	}
	out, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return c.document(out)
}

// document prints one JSON object with "complete" as its last key.
func (c *call) document(object []byte) error {
	object = bytes.TrimSpace(object)
	object, ok := bytes.CutSuffix(object, []byte("}"))
	if !ok {
		return errors.New("write the answer: not a JSON object")
	}
	sep := ","
	if len(bytes.TrimSpace(object)) == 1 {
		sep = ""
	}
	_, err := fmt.Fprintf(c.Stdout, "%s%s\"complete\":true}\n", object, sep)
	return err
}

// say tells the user something beside the answer.
func (c *call) say(format string, args ...any) { fmt.Fprintf(c.Stderr, format+"\n", args...) }

// failure is the JSON of an error.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Where   string `json:"where"`
	Mend    string `json:"mend"`
}

// fail reports an error and gives its exit status.
func (c *call) fail(err error) int {
	f, status := describe(err)
	if c.json {
		out, _ := json.Marshal(map[string]failure{"error": f})
		fmt.Fprintf(c.Stdout, "%s\n", out)
		return status
	}
	where := ""
	if f.Where != "" {
		where = f.Where + ": "
	}
	c.say("tenet: %s%s", where, f.Message)
	if f.Mend != "" {
		c.say("       %s", f.Mend)
	}
	return status
}

// What SQLite calls a full disk, where it says so in its own words: for a file,
// and for the memory that its readers and writers share beside it.
const (
	sqliteFull    = 13
	sqliteShmSize = 10 | 19<<8
)

// describe finds out what kind of failure an error is.
func describe(err error) (failure, int) {
	var (
		de  *desk.Error
		no  *desk.Denied
		se  *source.Error
		mi  *datamap.Invalid
		ni  *notice.Invalid
		ce  *law.CoverageError
		ke  *cases.Error
		amb *find.Ambiguous
		pe  *os.PathError
		sql interface{ Code() int } // SQLite's own error
	)
	f := failure{Code: "internal", Message: err.Error(), Mend: "this is our fault: report it, with what you did"}
	switch {
	case errors.As(err, &de):
		f = failure{de.Code, de.What, de.Where, de.Mend}
		if de.Err != nil {
			f.Message += ": " + de.Err.Error()
		}
		if de.Code == "usage" || de.Code == "not-there-yet" {
			return f, exitUsage
		}
		if errors.Is(err, source.ErrUnreachable) || errors.Is(err, source.ErrRefused) {
			return f, exitReach
		}
		if de.Code == "refused" {
			return f, exitFound
		}
		return f, exitInput
	case errors.As(err, &no): // an operator whose role does not reach to it
		return failure{"denied", no.Why(), "", no.Mend()}, exitFound
	case errors.As(err, &se):
		f = failure{"source", se.Doing + ": " + se.Err.Error(), se.Source, se.Mend}
		if se.Table != "" {
			f.Where += "." + se.Table
		}
		if errors.Is(err, source.ErrUnsupported) || errors.Is(err, source.ErrNoTable) || errors.Is(err, source.ErrNoColumn) {
			return f, exitInput
		}
		return f, exitReach
	case errors.As(err, &mi):
		p := mi.Problems[0]
		return failure{"map", mi.Error(), fmt.Sprintf("%s:%d", p.File, p.Line), p.Mend}, exitInput
	case errors.As(err, &ni):
		return failure{"notice", err.Error(), ni.Problems[0].Pos.String(), "mend the lines it names, then: tenet notice check"}, exitInput
	case errors.As(err, &ke):
		f = failure{string(ke.Code), ke.Message, "", ke.Mend}
		if ke.Code == cases.CodeNotFound || ke.Code == cases.CodeInput {
			return f, exitInput
		}
		return f, exitFound
	case errors.As(err, &ce):
		return failure{"holidays", err.Error(), "", "tenet law holidays --from FILE"}, exitInput
	case errors.As(err, &amb):
		return failure{"ambiguous", err.Error(), "", "add --dob, --ref, --email or --nino"}, exitFound
	case errors.Is(err, find.ErrNobody):
		return failure{"nobody", err.Error(), "", "check the spelling, or search by another identifier; run tenet index if the sources have changed"}, exitFound
	case errors.Is(err, store.ErrFull), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.As(err, &sql) && (sql.Code() == sqliteFull || sql.Code() == sqliteShmSize):
		return failure{"disk-full", err.Error(), "", "make room and run the same command again: nothing was half-written"}, exitReach
	case errors.Is(err, store.ErrUnreachable):
		return failure{"store", err.Error(), "store", "start its server, or mend TENET_STORE or store: in tenet.yaml"}, exitReach
	case errors.Is(err, store.ErrUnknown):
		return failure{"unknown", err.Error(), "store", "run the same command again: what is on record is not done twice"}, exitReach
	case errors.Is(err, store.ErrBackup):
		return failure{"backup", err.Error(), "", "name a backup that tenet store backup finished"}, exitInput
	case errors.Is(err, store.ErrOccupied):
		return failure{"occupied", err.Error(), "store", "name an empty store, or one that is not there yet"}, exitInput
	case errors.Is(err, store.ErrMoved):
		return failure{"moved", err.Error(), "store", "use the store it names"}, exitInput
	case errors.Is(err, store.ErrNewer):
		return failure{"newer", err.Error(), "", "run the newer version of Tenet that opened this workspace last"}, exitInput
	case errors.Is(err, store.ErrBusy):
		return failure{"busy", err.Error(), "", "wait for the other command to end, and try again"}, exitReach
	case errors.Is(err, context.Canceled):
		return failure{"interrupted", "interrupted", "", "run the same command again: it goes on where it stood"}, exitInterrupt
	case errors.As(err, &pe):
		return failure{"file", err.Error(), filepath.Base(pe.Path), "check the path and who may read it"}, exitInput
	case errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission):
		return failure{"file", err.Error(), "", "check the path and who may read it"}, exitInput
	}
	return f, exitOurs
}

// secret reads a flag that may be given as - or env:NAME.
func (c *call) secret(flag string, value *string) error {
	switch {
	case *value == "-":
		line, err := c.in.ReadString('\n')
		if err != nil && (err != io.EOF || line == "") {
			return &desk.Error{Code: "usage", What: "standard input has no line for it", Where: flag, Mend: "give one line for each flag that is -"}
		}
		*value = strings.TrimRight(line, "\r\n")
	case strings.HasPrefix(*value, "env:"):
		name := strings.TrimPrefix(*value, "env:")
		if *value = c.Getenv(name); *value == "" {
			return &desk.Error{Code: "usage", What: "the environment variable " + name + " is not set", Where: flag, Mend: "set it, or give the value itself"}
		}
	}
	return nil
}

// actor is who the ledger says did what the command line does: the account of whoever is
// signed in to the machine, once the workspace is open and says which that is; else their
// number there, since a name is personal data.
func (c *call) actor() string {
	if c.by != "" {
		return c.by
	}
	if u, err := user.Current(); err == nil {
		return "cli:" + u.Uid
	}
	return "cli"
}
