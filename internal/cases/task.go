package cases

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/store"
)

// TaskSort is what sort of work a task is.
type TaskSort string

// The sorts of task.
const (
	TaskHold   TaskSort = "hold"   // save a recording before it overwrites itself; open until whoever runs it confirms
	TaskSearch TaskSort = "search" // look in one store, connected or not: paper, a supplier
	TaskAsk    TaskSort = "ask"    // ask a colleague or a supplier something
	TaskTell   TaskSort = "tell"   // tell a recipient of a change (UK GDPR Art 19), or a client of a request; a case is not closed before it
	TaskOther  TaskSort = "other"
)

// TaskSorts is every sort.
func TaskSorts() []TaskSort { return []TaskSort{TaskHold, TaskSearch, TaskAsk, TaskTell, TaskOther} }

// Outcome is how a task ended.
type Outcome string

// The outcomes of tasks.
const (
	Found   Outcome = "found"   // something was
	Empty   Outcome = "nothing" // it was looked, and nothing is there
	Saved   Outcome = "saved"   // a recording is out of reach of its overwriting
	Gone    Outcome = "gone"    // it had been overwritten already
	Done    Outcome = "done"
	Unable  Outcome = "unable"  // it cannot be done: the answer says so and why
	Dropped Outcome = "dropped" // it is not needed any more
)

// outcomes is how a task of each sort may end.
func (s TaskSort) outcomes() []Outcome {
	switch s {
	case TaskHold:
		return []Outcome{Saved, Gone, Dropped}
	case TaskSearch:
		return []Outcome{Found, Empty, Unable, Dropped}
	}
	return []Outcome{Done, Unable, Dropped}
}

// NewTask is a task to give.
type NewTask struct {
	Sort  TaskSort
	Place string // the store, recipient or supplier, as an opaque id: "paper-west", "lobby-cameras"
	Owner string // who is to do it: a staff id or a contact of the notice
	Due   time.Time
	What  string // to do; sealed
}

// Task is a piece of work that a case waits for.
type Task struct {
	Case      string    `json:"case"`
	N         int64     `json:"n"` // within the case, from 1
	Sort      TaskSort  `json:"sort"`
	Place     string    `json:"place"`
	Owner     string    `json:"owner"`
	Due       time.Time `json:"due"`
	Opened    time.Time `json:"opened"`
	Chased    int       `json:"chased"` // how often its owner was reminded
	Reminded  time.Time `json:"reminded,omitzero"`
	RaisedTo  string    `json:"raised_to,omitempty"` // who was told that it is not done
	Outcome   Outcome   `json:"outcome,omitempty"`   // empty while it is open
	Ended     time.Time `json:"ended,omitzero"`
	TaskWords           // sealed
	step      int64
}

// TaskWords is the part of a task that is sealed.
type TaskWords struct {
	What   string `json:"what"`
	Result string `json:"result,omitempty"`
}

func (t NewTask) check() error {
	if !slices.Contains(TaskSorts(), t.Sort) {
		return input("use one of "+words(TaskSorts()), "there is no task of sort %q", clip(string(t.Sort)))
	}
	if t.Due.IsZero() {
		return input("give the moment by which it is to be done", "a task has no time")
	}
	return errors.Join(checkID("the place of a task", t.Place), checkID("the owner of a task", t.Owner), checkText("what is to be done", t.What, maxWords))
}

// mostTasks is how many tasks a case may have.
const mostTasks = 500

// Assign gives tasks, all or none. Give On a Once where they may be given twice.
func (c *Cases) Assign(ctx context.Context, on On, tasks ...NewTask) (Case, error) {
	if len(tasks) == 0 {
		return Case{}, input("give one at least", "there is no task to give")
	}
	for _, t := range tasks {
		if err := t.check(); err != nil {
			return Case{}, err
		}
	}
	return c.act(ctx, on, Assigns, change{do: func(tx *store.Tx, k *Case, key keys.DataKey) (step, error) {
		given, err := c.give(ctx, tx, k, key, k.Version+1, tasks)
		return step{facts: map[string]any{"tasks": given}}, err
	}})
}

// give writes tasks at a step, and says what the ledger keeps of them.
func (c *Cases) give(ctx context.Context, tx *store.Tx, k *Case, key keys.DataKey, at int64, tasks []NewTask) ([]map[string]any, error) {
	var n int64
	err := tx.QueryRowContext(ctx, `SELECT coalesce(max(task), 0) FROM cases_task WHERE landlord = $1 AND case_id = $2`, c.landlord, k.ID).Scan(&n)
	if err != nil {
		return nil, fmt.Errorf("number a task: %w", err)
	}
	if n+int64(len(tasks)) > mostTasks {
		return nil, input("finish some in one", "the case has %d tasks, and %d more were given; the most is %d", n, len(tasks), mostTasks)
	}
	var given []map[string]any
	for _, t := range tasks {
		n++
		sealed, err := c.sealTask(k.ID, key, n, at, TaskWords{What: t.What})
		if err != nil {
			return nil, err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO cases_task (landlord, case_id, task, step, sort, place, owner, due, opened, chased, raised, outcome, sealed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', '', $10)`,
			c.landlord, k.ID, n, at, string(t.Sort), t.Place, t.Owner, store.Micros(t.Due), store.Micros(c.now()), sealed)
		if err != nil {
			return nil, fmt.Errorf("give a task: %w", err)
		}
		given = append(given, map[string]any{"task": n, "sort": t.Sort, "place": t.Place, "owner": t.Owner, "due": store.Time(store.Micros(t.Due)).UTC().Format(time.RFC3339)})
	}
	return given, nil
}

func (c *Cases) sealTask(id string, key keys.DataKey, n, at int64, w TaskWords) ([]byte, error) {
	plain, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("seal a task: %w", err)
	}
	return key.Seal(plain, c.context(id, "task", fmt.Sprintf("%d\n%d", n, at))), nil
}

const taskColumns = `case_id, task, step, sort, place, owner, due, opened, chased, reminded, raised, outcome, ended, sealed`

// scanTask reads a task; its words too, if the key of its case is at hand.
func (c *Cases) scanTask(row interface{ Scan(...any) error }, key *keys.DataKey) (Task, error) {
	var t Task
	var due, opened int64
	var reminded, ended sql.NullInt64
	var sealed []byte
	err := row.Scan(&t.Case, &t.N, &t.step, &t.Sort, &t.Place, &t.Owner, &due, &opened, &t.Chased, &reminded, &t.RaisedTo, &t.Outcome, &ended, &sealed)
	if err != nil {
		return Task{}, err
	}
	t.Due, t.Opened = store.Time(due), store.Time(opened)
	if reminded.Valid {
		t.Reminded = store.Time(reminded.Int64)
	}
	if ended.Valid {
		t.Ended = store.Time(ended.Int64)
	}
	if key == nil {
		return t, nil
	}
	plain, err := key.Open(sealed, c.context(t.Case, "task", fmt.Sprintf("%d\n%d", t.N, t.step)))
	if err == nil {
		err = json.Unmarshal(plain, &t.TaskWords)
	}
	if err != nil {
		return Task{}, fmt.Errorf("task %d: %w", t.N, err)
	}
	return t, nil
}

// Tasks is the tasks of a case, in the order in which they were given.
func (c *Cases) Tasks(ctx context.Context, id string) ([]Task, error) {
	var all []Task
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		k, key, err := c.load(ctx, tx, id)
		if err != nil || !k.Forgotten.IsZero() {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT `+taskColumns+` FROM cases_task WHERE landlord = $1 AND case_id = $2 ORDER BY task`, c.landlord, k.ID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			t, err := c.scanTask(rows, &key)
			if err != nil {
				return err
			}
			all = append(all, t)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, wrap("read the tasks of a case", err)
	}
	return all, nil
}

// Overdue is the open tasks of all cases that were due at an instant, oldest first,
// for whoever chases them. Their words are not read.
func (c *Cases) Overdue(ctx context.Context, at time.Time, limit int) ([]Task, error) {
	if limit < 1 || limit > 500 {
		return nil, input("ask for 1 to 500", "%d tasks were asked for", limit)
	}
	var all []Task
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT `+taskColumns+` FROM cases_task WHERE landlord = $1 AND ended IS NULL AND due <= $2
			ORDER BY due, case_id, task LIMIT $3`, c.landlord, store.Micros(at), limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			t, err := c.scanTask(rows, nil)
			if err != nil {
				return err
			}
			all = append(all, t)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, wrap("read the tasks that are due", err)
	}
	return all, nil
}

// TaskFilter chooses among the open tasks of all cases; what is empty chooses all.
type TaskFilter struct {
	Owner string
	Sort  TaskSort
	Place string
	By    time.Time // those that are due at this instant
	Skip  int
	Limit int // 1 to 1000
}

// OpenTask is a task that is open, and the case that waits for it.
type OpenTask struct {
	Task
	Number string   `json:"number"`
	Kind   law.Kind `json:"kind"`
}

// OpenTasks is the open tasks of all cases, the next due first. Their words are not read.
func (c *Cases) OpenTasks(ctx context.Context, f TaskFilter) ([]OpenTask, error) {
	if f.Limit < 1 || f.Limit > 1000 || f.Skip < 0 {
		return nil, input("ask for 1 to 1000, skipping 0 or more", "%d tasks after %d were asked for", f.Limit, f.Skip)
	}
	by := int64(1<<63 - 1)
	if !f.By.IsZero() {
		by = store.Micros(f.By)
	}
	var all []OpenTask
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT t.case_id, t.task, t.step, t.sort, t.place, t.owner, t.due, t.opened, t.chased, t.reminded, t.raised, t.outcome, t.ended, t.sealed,
			o.number, o.kind, o.regime FROM cases_task t JOIN cases o ON o.landlord = t.landlord AND o.id = t.case_id
			WHERE t.landlord = $1 AND t.ended IS NULL AND t.due <= $2 AND ($3 = '' OR t.owner = $3) AND ($4 = '' OR t.sort = $4) AND ($5 = '' OR t.place = $5)
			ORDER BY t.due, t.case_id, t.task LIMIT $6 OFFSET $7`, c.landlord, by, f.Owner, string(f.Sort), f.Place, f.Limit, f.Skip)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var o OpenTask
			var regime law.Regime
			if o.Task, err = c.scanTask(taskOfCase{rows, []any{&o.Number, &o.Kind, &regime}}, nil); err != nil {
				return err
			}
			if o.Kind == "" {
				o.Kind = law.KindOf(regime)
			}
			all = append(all, o)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, wrap("read the open tasks", err)
	}
	return all, nil
}

// taskOfCase scans more columns than it is asked for.
type taskOfCase struct {
	rows *sql.Rows
	more []any
}

func (s taskOfCase) Scan(dest ...any) error { return s.rows.Scan(append(dest, s.more...)...) }

// onTask alters an open task in a step. A task that is as change would leave it is
// left.
func (c *Cases) onTask(ctx context.Context, on On, a Action, n int64, said string, alter func(*Task) (map[string]any, error)) (Case, error) {
	if err := checkText("what was said", said, maxWords); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, a, change{do: func(tx *store.Tx, k *Case, key keys.DataKey) (step, error) {
		t, err := c.scanTask(tx.QueryRowContext(ctx, `SELECT `+taskColumns+` FROM cases_task WHERE landlord = $1 AND case_id = $2 AND task = $3`, c.landlord, k.ID, n), &key)
		if errors.Is(err, sql.ErrNoRows) {
			return step{}, &Error{Code: CodeNotFound, Message: fmt.Sprintf("the case has no task %d", n), Mend: "look at its tasks"}
		} else if err != nil {
			return step{}, err
		}
		facts, err := alter(&t)
		if err != nil {
			return step{}, err
		}
		if err := c.keepTask(ctx, tx, k, key, t); err != nil {
			return step{}, err
		}
		facts["task"] = n
		return step{facts: facts, words: said}, nil
	}})
}

// keepTask writes a task as a step of its case leaves it.
func (c *Cases) keepTask(ctx context.Context, tx *store.Tx, k *Case, key keys.DataKey, t Task) error {
	sealed, err := c.sealTask(k.ID, key, t.N, k.Version+1, t.TaskWords)
	if err != nil {
		return err
	}
	var reminded, ended sql.NullInt64
	if !t.Reminded.IsZero() {
		reminded = sql.NullInt64{Int64: store.Micros(t.Reminded), Valid: true}
	}
	if !t.Ended.IsZero() {
		ended = sql.NullInt64{Int64: store.Micros(t.Ended), Valid: true}
	}
	_, err = tx.ExecContext(ctx, `UPDATE cases_task SET step = $4, owner = $5, due = $6, chased = $7, reminded = $8, raised = $9, outcome = $10, ended = $11, sealed = $12
		WHERE landlord = $1 AND case_id = $2 AND task = $3`, c.landlord, k.ID, t.N, k.Version+1, t.Owner, store.Micros(t.Due), t.Chased, reminded,
		t.RaisedTo, string(t.Outcome), ended, sealed)
	if err != nil {
		return fmt.Errorf("keep task %d: %w", t.N, err)
	}
	return nil
}

// passed ends the tasks to pass a case to a client, as what was done to it says.
func (c *Cases) passed(ctx context.Context, tx *store.Tx, k *Case, key keys.DataKey, client, said string) error {
	rows, err := tx.QueryContext(ctx, `SELECT `+taskColumns+` FROM cases_task WHERE landlord = $1 AND case_id = $2 AND sort = $3 AND place = $4 AND ended IS NULL`, c.landlord, k.ID, string(TaskTell), client)
	if err != nil {
		return fmt.Errorf("find the task to pass it on: %w", err)
	}
	var open []Task
	for rows.Next() {
		t, err := c.scanTask(rows, &key)
		if err != nil {
			rows.Close()
			return err
		}
		open = append(open, t)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return err
	}
	for _, t := range open {
		t.Outcome, t.Ended, t.Result = Done, c.now(), said
		if err := c.keepTask(ctx, tx, k, key, t); err != nil {
			return err
		}
	}
	return nil
}

func ended(t *Task) error {
	if t.Outcome == "" {
		return nil
	}
	return &Error{Code: CodeState, Message: fmt.Sprintf("task %d is over: %s", t.N, t.Outcome), Mend: "give a new one"}
}

// Chase records that the owner of a task was reminded, and by when it is wanted
// now; a zero time leaves that as it was.
func (c *Cases) Chase(ctx context.Context, on On, n int64, due time.Time, said string) (Case, error) {
	return c.onTask(ctx, on, Chases, n, said, func(t *Task) (map[string]any, error) {
		if err := ended(t); err != nil {
			return nil, err
		}
		t.Chased, t.Reminded = t.Chased+1, c.now()
		if !due.IsZero() {
			t.Due = due
		}
		return map[string]any{"chased": t.Chased}, nil
	})
}

// Raise records that somebody above the owner was told that a task is not done.
func (c *Cases) Raise(ctx context.Context, on On, n int64, to, said string) (Case, error) {
	if err := checkID("whom it was taken to", to); err != nil {
		return Case{}, err
	}
	return c.onTask(ctx, on, Raises, n, said, func(t *Task) (map[string]any, error) {
		if err := ended(t); err != nil {
			return nil, err
		}
		if t.RaisedTo == to {
			return nil, errDone
		}
		t.RaisedTo = to
		return map[string]any{"to": to}, nil
	})
}

// Finish records how a task ended. A store that could not be searched, and a
// recording that was gone, need the reason; that somebody was told needs what shows it.
func (c *Cases) Finish(ctx context.Context, on On, n int64, how Outcome, result string) (Case, error) {
	if (how == Unable || how == Gone || how == Dropped) && strings.TrimSpace(result) == "" {
		return Case{}, input("say why", "a task that ends as %s needs its reason", how)
	}
	return c.onTask(ctx, on, Finishes, n, result, func(t *Task) (map[string]any, error) {
		if t.Outcome == how && t.Result == result {
			return nil, errDone
		}
		if err := ended(t); err != nil {
			return nil, err
		}
		if !slices.Contains(t.Sort.outcomes(), how) {
			return nil, input("use one of "+words(t.Sort.outcomes()), "a task to %s does not end as %q", t.Sort, clip(string(how)))
		}
		if t.Sort == TaskTell && how == Done && strings.TrimSpace(result) == "" {
			return nil, input("say who confirmed it, when and how", "that somebody was told needs what shows it")
		}
		t.Outcome, t.Ended, t.Result = how, c.now(), result
		return map[string]any{"outcome": how, "place": t.Place, "sort": t.Sort}, nil
	})
}
