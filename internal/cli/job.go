package cli

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"tenet/internal/job"
)

type jobCmd struct {
	List  jobListCmd  `cmd:"" help:"What waits, runs or has failed, and why."`
	Retry jobRetryCmd `cmd:"" help:"Try a job at once that has failed or waits."`
}

type jobListCmd struct {
	Failed bool `help:"Only those that have failed."`
}

// shownJob is a job as scripts read it.
type shownJob struct {
	Kind   string    `json:"kind"`
	Key    string    `json:"key"`
	State  job.State `json:"state"`
	Due    time.Time `json:"due,omitzero"`
	Tries  int       `json:"tries"`
	Added  time.Time `json:"added"`
	Worker string    `json:"worker,omitempty"`
	Error  string    `json:"error,omitempty"`
}

func (x *jobListCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	var state job.State
	if x.Failed {
		state = job.Failed
	}
	all, err := d.Jobs(c, state)
	if err != nil {
		return err
	}
	list := make([]shownJob, 0, len(all))
	for _, j := range all {
		list = append(list, shownJob(j))
	}
	return c.answer(map[string]any{"jobs": list}, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "Nothing waits, runs or has failed.")
			return
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "kind\tkey\tstate\ttries\tdue\tlast error")
		for _, j := range list {
			due := "never"
			if !j.Due.IsZero() {
				due = j.Due.UTC().Format(time.RFC3339)
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\n", j.Kind, j.Key, j.State, j.Tries, due, j.Error)
		}
		t.Flush()
	})
}

type jobRetryCmd struct {
	Kind string `arg:"" help:"As tenet job list shows it."`
	Key  string `arg:"" optional:"" help:"Which of its kind; none for what runs by itself."`
}

func (x *jobRetryCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.RetryJob(c, x.Kind, x.Key); err != nil {
		return err
	}
	return c.answer(map[string]string{"kind": x.Kind, "key": x.Key, "state": string(job.Waiting)}, func(w io.Writer) {
		fmt.Fprintln(w, "It is tried at once by whoever serves or works.")
	})
}
