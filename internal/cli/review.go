package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/datamap/discover"
	"tenet/internal/desk"
)

// shownOf is how many of a decision's tables are shown before one asks for the rest.
const shownOf = 6

// reviewing is the JSON of a review: what is open.
type reviewing struct {
	Source   string              `json:"source"`
	Answered int                 `json:"answered"`
	Open     []discover.Decision `json:"open"`
}

// review asks a person about each source, decision by decision, one line to an
// answer: no more is needed of the terminal than that it shows lines and sends them.
func (c *call) review(d *desk.Desk, systems []desk.System) error {
	var all []reviewing
	for _, sys := range systems {
		r, err := d.Review(c, sys)
		if err != nil {
			return err
		}
		if c.json {
			x := reviewing{Source: r.Source, Answered: r.Answered(), Open: r.Open()}
			if x.Open == nil {
				x.Open = []discover.Decision{}
			}
			c.found = c.found || len(x.Open) > 0
			all = append(all, x)
			continue
		}
		left, err := c.ask(d, r)
		if err != nil || left {
			return err
		}
	}
	if !c.json {
		return nil
	}
	return c.answer(map[string]any{"reviews": all}, nil)
}

const reviewHelp = `  y  yes, as proposed          n  no
  r  choose from a list        l  list all that it is about
  s  leave it for later        u  undo the last answer
  a  accept all the rest       q  quit; the answers are kept
An answer may also be written out: joint, household, staff.
`

// ask goes through one source's decisions. left says that the person has quit.
func (c *call) ask(d *desk.Desk, r *desk.Review) (left bool, _ error) {
	later := map[string]bool{}
	asked := 0
	for {
		open := r.Open()
		if len(open) == 0 {
			if r.Answered() == 0 {
				fmt.Fprintf(c.Stdout, "%s: nothing is open.\n", r.Source)
				return false, nil
			}
			file, err := d.FinishReview(c, c.actor(), r)
			if err != nil {
				return false, err
			}
			fmt.Fprintf(c.Stdout, "%s: confirmed. The map is %s.\n", r.Source, file)
			return false, nil
		}
		i := slices.IndexFunc(open, func(dec discover.Decision) bool { return !later[dec.ID] })
		if i < 0 {
			fmt.Fprintf(c.Stdout, "%s: %d decisions are left for later. The answers are kept; the map is written when all are taken.\n", r.Source, len(open))
			return false, nil
		}
		if asked == 0 {
			fmt.Fprintf(c.Stdout, "%s: %d decisions.\n%s", r.Source, len(open), reviewHelp)
		}
		asked++
		dec := open[i]
		c.show(dec, len(open), shownOf)
		done, err := c.answerTo(r, dec, later)
		if errors.Is(err, io.EOF) || done {
			fmt.Fprintf(c.Stdout, "%s: %d answers are kept, %d decisions open. Go on with: tenet discover %s --review\n", r.Source, r.Answered(), len(r.Open()), r.Source)
			return true, nil
		} else if err != nil {
			return false, err
		}
	}
}

// show prints one decision with what it is about and why it is proposed.
func (c *call) show(dec discover.Decision, open, most int) {
	fmt.Fprintf(c.Stdout, "\n[%d open] %s: %s\n", open, dec.Kind, dec.Says)
	for i, of := range dec.Of {
		if i == most {
			fmt.Fprintf(c.Stdout, "    … and %d more\n", len(dec.Of)-most)
			break
		}
		fmt.Fprintf(c.Stdout, "    %s\n", of)
	}
	for _, why := range dec.Why {
		fmt.Fprintf(c.Stdout, "    because: %s\n", why)
	}
}

// answerTo reads lines until one of them settles, puts off or undoes something.
// The error is io.EOF where there are no more lines.
func (c *call) answerTo(r *desk.Review, dec discover.Decision, later map[string]bool) (quit bool, _ error) {
	for {
		fmt.Fprintf(c.Stdout, "  y n r l s u a q > ")
		line, err := c.in.ReadString('\n')
		if err != nil && (err != io.EOF || strings.TrimSpace(line) == "") {
			fmt.Fprintln(c.Stdout)
			return false, err
		}
		switch word := strings.TrimSpace(line); word {
		case "y":
			return false, r.Answer(dec, discover.Yes)
		case "n":
			return false, r.Answer(dec, discover.No)
		case "s":
			later[dec.ID] = true
			return false, nil
		case "q":
			return true, nil
		case "l":
			c.show(dec, len(r.Open()), len(dec.Of))
		case "r":
			for i, o := range dec.Options {
				fmt.Fprintf(c.Stdout, "    %d  %s\n", i+1, o)
			}
		case "u":
			id, ok, err := r.Undo()
			if err != nil {
				return false, err
			}
			if !ok {
				fmt.Fprintln(c.Stdout, "    there is nothing to undo")
				continue
			}
			clear(later)
			fmt.Fprintf(c.Stdout, "    undone: %s\n", id)
			return false, nil
		case "a":
			return false, r.AcceptRest()
		default:
			if n, err := strconv.Atoi(word); err == nil && n >= 1 && n <= len(dec.Options) {
				word = dec.Options[n-1]
			}
			if slices.Contains(dec.Options, word) {
				return false, r.Answer(dec, word)
			}
			fmt.Fprint(c.Stdout, reviewHelp)
		}
	}
}
