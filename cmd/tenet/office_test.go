package main

import (
	"bufio"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tenet/internal/desk"
	"tenet/internal/job"
	"tenet/internal/store"
	"tenet/internal/testdata"
	"tenet/internal/testpg"
)

// patience is how long anything that is bound to happen may take.
const patience = 3 * time.Minute

// until looks until something is so.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !so(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("%v and it is still not so that %s", patience, what)
		}
	}
}

// office is a workspace that real processes serve and work in.
type office struct {
	t     *testing.T
	env   map[string]string // what its processes are told beside tenet.yaml
	desk  *desk.Desk        // the test's own view, beside those processes
	queue *job.Queue
	hands []*hand
}

// newOffice copies a landlord and a workspace, indexes it where the environment
// says, and opens it.
func newOffice(t *testing.T, made string, env map[string]string) *office {
	t.Helper()
	dir := t.TempDir()
	if err := larkfield(made, dir); err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, env: map[string]string{"TENET_PORTAL": "127.0.0.1:0", "TENET_CONSOLE": "127.0.0.1:0", "TENET_LOG_LEVEL": "warn"}}
	at := filepath.Join(dir, "office")
	if env["TENET_STORE"] != "" {
		o.run(at, 0, "store", "move", env["TENET_STORE"])
	}
	for name, value := range env {
		o.env[name] = value
	}
	if env["TENET_INDEX"] != "" {
		o.run(at, 0, "index")
	}
	var err error
	if o.desk, err = desk.Open(t.Context(), at, func(name string) string { return o.env[name] }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.desk.Close() })
	if o.queue, err = job.New(o.desk.Store, o.desk.Config.Landlord, nil, job.Options{}); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("tenet", append([]string{"-C", dir}, args...)...)
	cmd.Env = os.Environ()
	for name, value := range o.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// run runs a command to its end, which must have this status.
func (o *office) run(dir string, want int, args ...string) string {
	o.t.Helper()
	cmd := o.command(dir, args...)
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != want {
		o.t.Fatalf("tenet %s ended with status %d (%v), not %d\n%s", strings.Join(args, " "), got, err, want, out)
	}
	return string(out)
}

// hand is one of the processes of an office: tenet serve or tenet work, started
// again after each end.
type hand struct {
	office *office
	does   string
	portal atomic.Pointer[string] // where it answers, if it does
	busy   atomic.Int64           // visitors who wait for its answer

	cmd   *exec.Cmd
	ready chan struct{}
	ended chan struct{}
	mu    sync.Mutex
	said  []string // on standard error
}

// hires starts a process and keeps it among the office's.
func (o *office) hires(does string) *hand {
	o.t.Helper()
	h := &hand{office: o, does: does}
	o.hands = append(o.hands, h)
	h.start()
	o.t.Cleanup(h.kill)
	return h
}

func (h *hand) start() {
	h.office.t.Helper()
	h.cmd = h.office.command(h.office.desk.Dir, h.does)
	said, err := h.cmd.StderrPipe()
	if err != nil {
		h.office.t.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		h.office.t.Fatal(err)
	}
	ready, ended := make(chan struct{}), make(chan struct{})
	h.ready, h.ended = ready, ended
	cmd := h.cmd
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(said)
		for lines.Scan() {
			line := lines.Text()
			if at, ok := strings.CutPrefix(line, "Portal   "); ok {
				at = strings.TrimSuffix(at, "/")
				h.portal.Store(&at)
			}
			if strings.HasPrefix(line, "Stop with Ctrl-C.") {
				close(ready)
			}
			h.mu.Lock()
			h.said = append(h.said, line)
			h.mu.Unlock()
		}
		cmd.Wait()
		h.portal.Store(nil)
	}()
}

// begins waits until the process does what it is for.
func (h *hand) begins() {
	h.office.t.Helper()
	select {
	case <-h.ready:
	case <-h.ended:
		h.office.t.Fatalf("tenet %s ended before it began: %s", h.does, h.words())
	case <-time.After(patience):
		h.office.t.Fatalf("tenet %s does not begin: %s", h.does, h.words())
	}
}

// kill kills the process, if it lives, as kill -9 does.
func (h *hand) kill() {
	h.cmd.Process.Kill()
	<-h.ended
}

// stops asks the process to stop, and waits until it has, which is no failure.
func (h *hand) stops() {
	h.office.t.Helper()
	h.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-h.ended:
	case <-time.After(patience):
		h.office.t.Errorf("asked to stop, tenet %s goes on: %s", h.does, h.words())
		return
	}
	if code := h.cmd.ProcessState.ExitCode(); code != 0 {
		h.office.t.Errorf("asked to stop, tenet %s ended with status %d: %s", h.does, code, h.words())
	}
}

func (h *hand) words() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.said, "\n")
}

// worker is who the process is in the queue.
func (h *hand) worker() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s:%d", host, h.cmd.Process.Pid)
}

// jobs are all of the office's.
func (o *office) jobs() []job.Info {
	o.t.Helper()
	all, err := o.queue.List(context.Background(), "", "", "", 10_000)
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

// stage is what a process is at.
func (h *hand) stage() string {
	select {
	case <-h.ready:
	default:
		return h.does + " starting"
	}
	at := ""
	if slices.ContainsFunc(h.office.jobs(), func(j job.Info) bool {
		return j.State == job.Running && j.Worker == h.worker() && j.Kind == "answer"
	}) {
		at += " drafting"
	}
	if h.busy.Load() > 0 {
		at += " asked"
	}
	return h.does + cmp.Or(at, " waiting")
}

// passes lets the leases of a worker that is dead end now and not within a minute.
func (o *office) passes(worker string) {
	o.t.Helper()
	err := o.desk.Store.Write(context.Background(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(context.Background(), `UPDATE job SET due = $3 WHERE landlord = $1 AND worker = $2 AND state = 'running'`,
			o.desk.Config.Landlord, worker, store.Micros(time.Now()))
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// serverEnv has everything that an office keeps lie on servers. Where there is no
// S3 server, packs stay in the folder.
func serverEnv(t *testing.T) map[string]string {
	t.Helper()
	at := testpg.Database(t)
	env := map[string]string{"TENET_STORE": at, "TENET_INDEX": at}
	program := os.Getenv("TENET_TEST_VERSITYGW")
	if program == "" {
		program = filepath.FromSlash("../../.cache/versitygw-v1.8.0/versitygw") // where the Makefile puts it
	}
	if _, err := os.Stat(program); err != nil {
		if testdata.Required("s3") {
			testdata.Missing(t, "s3", "the S3 server versitygw (make test builds it; or TENET_TEST_VERSITYGW)")
		}
		t.Log("no S3 server here: packs lie in a folder")
		return env
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "tenet-test-access")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "tenet-test-secret-51c0")
	t.Setenv("AWS_SESSION_TOKEN", "")
	files := t.TempDir()
	if err := os.Mkdir(filepath.Join(files, "packs"), 0o700); err != nil { // a bucket
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	server := exec.Command(program, "--port", addr, "--access", os.Getenv("AWS_ACCESS_KEY_ID"), "--secret", os.Getenv("AWS_SECRET_ACCESS_KEY"), "--quiet", "posix", files)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	until(t, "the S3 server answers", func() bool {
		res, err := http.Get("http://" + addr)
		if err == nil {
			res.Body.Close()
		}
		return err == nil
	})
	env["TENET_PACKS"] = "s3://packs/office?path-style=true&endpoint=http://" + addr
	return env
}

// person is someone who asks for their data.
type person struct{ name, born, email string }

// tenants are those whom the landlord knows, as its housing system has them.
func tenants(t *testing.T, made string) []person {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(made, "landlord", "housing.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT forename || ' ' || surname, dob, email FROM person WHERE date_of_death IS NULL ORDER BY person_id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []person
	for rows.Next() {
		var p person
		var born time.Time
		if err := rows.Scan(&p.name, &born, &p.email); err != nil {
			t.Fatal(err)
		}
		p.born = born.Format(time.DateOnly)
		all = append(all, p)
	}
	if err := rows.Err(); err != nil || len(all) < 5 {
		t.Fatalf("%d tenants: %v", len(all), err)
	}
	return all
}

// strangers are those of whom the landlord knows nothing.
var strangers = []person{
	{"Zebedee Nowhere", "1971-02-03", "zebedee@example.org"},
	{"Ottoline Farthing", "1990-07-19", "ottoline@example.com"},
	{"Ignatius Quill", "1948-12-30", "i.quill@example.net"},
	{"Persis Underwood", "2001-05-08", "persis@example.org"},
}

// visitor is a person with a browser and an address of their own, whom something
// before the portals sends to any of them.
type visitor struct {
	person
	office          *office
	http            *http.Client
	reference, code string
}

var (
	referenceForm = regexp.MustCompile(`AR-\d{4}-\d{4}`)
	codeForm      = regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){3}`)
	visitors      atomic.Int64
)

func (o *office) visitor(p person) *visitor {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	// Requests are counted by address, and a hundred people do not have the same.
	n := visitors.Add(1)
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(n>>8), byte(n))}}
	return &visitor{person: p, office: o, http: &http.Client{Jar: jar, Timeout: patience, Transport: &http.Transport{DialContext: from.DialContext, DisableKeepAlives: true}}}
}

// portals are the processes that answer the public now.
func (o *office) portals() (all []*hand) {
	for _, h := range o.hands {
		if h.portal.Load() != nil {
			all = append(all, h)
		}
	}
	return all
}

// post sends a form until there is an answer, from whichever process gives one.
func (v *visitor) post(path string, pairs ...string) (string, error) {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	var last error
	for end := time.Now().Add(patience); time.Now().Before(end); <-again.C {
		all := v.office.portals()
		if len(all) == 0 {
			continue
		}
		page, status, err := v.postTo(all[rand.IntN(len(all))], path, form)
		switch {
		case err != nil: // the process died, or is not there
			last = err
			continue
		case status >= http.StatusInternalServerError:
			return "", fmt.Errorf("%s gives %d:\n%s", path, status, page)
		}
		return page, nil
	}
	return "", fmt.Errorf("%s: no portal answered: %w", path, last)
}

// postTo sends a form to one process and reads the page at the end of redirects.
func (v *visitor) postTo(h *hand, path string, form url.Values) (page string, status int, err error) {
	at := h.portal.Load()
	if at == nil {
		return "", 0, errors.New("it does not serve")
	}
	h.busy.Add(1)
	defer h.busy.Add(-1)
	res, err := v.http.PostForm(*at+path, form)
	if err != nil {
		return "", 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), res.StatusCode, err
}

// begins fills in the portal's form up to its last button.
func (v *visitor) begins() error {
	born, err := time.Parse(time.DateOnly, v.born)
	if err != nil {
		return err
	}
	for _, step := range [][]string{
		{"what", "what", "access"},
		{"about"},
		{"who", "who", "self"},
		{"name", "name", v.name},
		{"reach", "email", v.email},
		{"safe", "safe", "yes"},
		{"help", "born-day", fmt.Sprint(born.Day()), "born-month", fmt.Sprint(int(born.Month())), "born-year", fmt.Sprint(born.Year())},
	} {
		if _, err := v.post("/request/"+step[0], step[1:]...); err != nil {
			return err
		}
	}
	return nil
}

// sends presses the last button, and takes what the page shows.
func (v *visitor) sends() error {
	page, err := v.post("/request/check")
	if err != nil {
		return err
	}
	reference, code := referenceForm.FindString(page), codeForm.FindString(page)
	if reference == "" || code == "" {
		return fmt.Errorf("there is no reference and code on the page after sending:\n%s", page)
	}
	if v.reference != "" && (reference != v.reference || code != v.code) {
		return fmt.Errorf("sent again, the form of %s is %s, and its code is the same: %v", v.reference, reference, code == v.code)
	}
	v.reference, v.code = reference, code
	return nil
}

// asks makes a request to its end, and presses the last button again.
func (v *visitor) asks() error {
	if err := v.begins(); err != nil {
		return err
	}
	return errors.Join(v.sends(), v.sends())
}

// follows opens the request with its reference and code.
func (v *visitor) follows() error {
	page, err := v.post("/follow", "reference", v.reference, "code", v.code)
	if err == nil && !strings.Contains(page, "How far it has come") {
		err = fmt.Errorf("%s does not open with its code:\n%s", v.reference, page)
	}
	return err
}
