package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tenet/internal/doc"
	"tenet/internal/source"
)

// aloneEnv makes this program a reader of one thing and nothing else, so that what
// it takes, in time and memory, can stand beside another program's: see reader.
const aloneEnv = "TENET_BENCH_READ"

// reader is a command that reads as this program does alone: how (source, ocr,
// csv, excelize), where, and the table or sheet.
func reader(how, where, table string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), aloneEnv+"="+strings.Join([]string{how, where, table}, "\n"))
	return cmd
}

// readAlone reads what aloneEnv says, writes how many rows there were, and gives the exit status.
func readAlone(what string) int {
	parts := strings.SplitN(what, "\n", 3)
	read, ok := map[string]func(where, table string) (int, error){"source": readSource, "ocr": readScans, "csv": readCSV, "excelize": readExcelize}[parts[0]]
	if !ok || len(parts) != 3 {
		fmt.Fprintf(os.Stderr, "%s=%q says nothing that can be read\n", aloneEnv, what)
		return 2
	}
	n, err := read(parts[1], parts[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(n)
	return 0
}

// readSource reads a table as everything that searches does. Nothing may be left unread.
func readSource(url, table string) (int, error) { return scanned(url, table, source.Options{}) }

func readScans(url, table string) (int, error) {
	ocr, err := doc.FindOCR(context.Background(), "eng")
	if err != nil {
		return 0, err
	}
	return scanned(url, table, source.Options{OCR: ocr})
}

func scanned(url, table string, opts source.Options) (n int, err error) {
	ctx := context.Background()
	var unread []error
	opts.Report = func(p source.Problem) {
		if opts.OCR == nil { // which says of each picture that it may mistake letters
			unread = append(unread, errors.New(p.String()))
		}
	}
	s, err := source.Open(ctx, "bench", url, opts)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	for _, err := range s.Scan(ctx, table, source.ScanOptions{}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, errors.Join(unread...)
}

func readCSV(path, _ string) (n int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReader(f))
	for n = -1; ; n++ { // a header
		if _, err := r.Read(); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
	}
}

func readExcelize(path, sheet string) (n int, err error) {
	f, err := excelize.OpenFile(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	it, err := f.Rows(sheet)
	if err != nil {
		return 0, err
	}
	defer it.Close()
	for n = -1; it.Next(); n++ { // a header
		if _, err := it.Columns(excelize.Options{RawCellValue: true}); err != nil {
			return n, err
		}
	}
	return n, it.Error()
}

// A cost is what a program took.
type cost struct {
	time time.Duration // from its start to its end
	peak int64         // bytes of memory that it held at once; 0 where this cannot be known
	out  string
}

// run runs a program to its end. Its memory is what Linux says was its peak, asked for
// while it runs: what the system reports at the end counts the memory of the program that started it.
func run(b *testing.B, cmd *exec.Cmd) cost {
	b.Helper()
	var out limited
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	var c cost
	done, polled := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(polled)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			c.peak = max(c.peak, peakOf(cmd.Process.Pid))
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	err := cmd.Wait()
	c.time = time.Since(begin)
	close(done)
	<-polled
	if err != nil {
		b.Fatalf("%s: %v\n%s", cmd.Args[0], err, errs.String())
	}
	c.out = strings.TrimSpace(out.String())
	return c
}

// limited keeps the beginning of what is written to it, and passes over the rest.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if room := 1<<10 - l.Len(); room > 0 {
		l.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

// peakOf is the most memory that a process has held, or one that it started; 0 if
// that cannot be known.
func peakOf(pid int) (peak int64) {
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pid))
	for _, child := range strings.Fields(string(children)) {
		if n, err := strconv.Atoi(child); err == nil {
			peak = max(peak, peakOf(n))
		}
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return peak
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	if fields := strings.Fields(after); len(fields) > 0 {
		n, _ := strconv.ParseInt(fields[0], 10, 64)
		peak = max(peak, n<<10)
	}
	return peak
}

// best is the fastest of several costs, with the highest peak of them.
func best(costs ...cost) cost {
	out := costs[0]
	for _, c := range costs[1:] {
		peak := max(out.peak, c.peak)
		if c.time < out.time {
			out = c
		}
		out.peak = peak
	}
	return out
}
