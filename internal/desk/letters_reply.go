package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/store"
)

// keptFile is the working file of an answer in words that somebody has not finished.
const keptFile = "reply-unfinished.json"

// Kept is an answer in words that is not finished.
type Kept struct {
	Reply
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// KeepReply keeps an answer in words to go on with later, in the place of any kept
// before. It is sealed with the case and goes to nobody.
func (d *Desk) KeepReply(ctx context.Context, k cases.Case, r Reply, by string) error {
	data, err := json.Marshal(Kept{r, by, d.Now()})
	if err != nil {
		return fmt.Errorf("keep an answer of %s: %w", k.Number, err)
	}
	return d.Cases.PutFile(ctx, k.ID, cases.File{Name: keptFile, Data: data})
}

// KeptReply is the answer in words that somebody has not finished; false if there is
// none, or if a draft was made after it.
func (d *Desk) KeptReply(ctx context.Context, k cases.Case) (Kept, bool, error) {
	var r Kept
	if !k.Forgotten.IsZero() {
		return r, false, nil
	}
	data, err := d.Cases.GetFile(ctx, k.ID, keptFile)
	if errors.Is(err, cases.ErrNotFound) {
		return r, false, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		return r, false, fmt.Errorf("read the unfinished answer of %s: %w", k.Number, err)
	}
	return r, k.Draft == nil || r.At.After(k.Draft.At), nil
}

// ReplyOf is the words of the draft of a case: those that are in its sealed answer,
// whose digest is what was, or is to be, approved, and no others.
func (d *Desk) ReplyOf(ctx context.Context, k cases.Case) (Reply, error) {
	var r Reply
	if !InWords(k) {
		return r, &Error{Code: "no-draft", What: "there is no answer in words", Where: k.Number, Mend: "write one"}
	}
	files, err := d.openDraft(ctx, k)
	if err != nil {
		return r, err
	}
	data, err := d.Cases.GetFile(ctx, k.ID, replyFile)
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		return r, fmt.Errorf("read the answer of %s: %w", k.Number, err)
	}
	sealed := ""
	for _, f := range files {
		if f.Name == "answer.txt" {
			sealed = string(f.Bytes)
		}
	}
	for _, p := range r.Parts {
		if !strings.Contains(sealed, strings.TrimSpace(p.Words)) {
			return r, &Error{Code: "draft-changed", What: "the words that are kept are not those of the sealed answer", Where: k.Number, Mend: "write the answer again"}
		}
	}
	return r, nil
}

// AnswerLetter is the letter that takes an answer to the person. Of an answer in words
// it has those words; of a pack of records it says that they are enclosed, and goes by
// post: held is then what it says of what is held back.
func (d *Desk) AnswerLetter(ctx context.Context, k cases.Case, held string) (NewLetter, error) {
	if HasPack(k) {
		if k.Draft == nil {
			return NewLetter{}, &Error{Code: "no-draft", What: "there is no draft yet", Where: k.Number, Mend: "make one: tenet case answer " + k.Number}
		}
		n := NewLetter{Kind: letter.Answer, ByPost: true}
		if k.Draft.Withheld > 0 {
			n.Kind, n.Words = letter.Partly, held
		}
		for _, c := range law.Contents(k.Kind, n.Kind.Outcome()) {
			switch c.ID { // what the letter says itself, and not the pack
			case "reasons", law.RouteOwn, law.RouteRegulator, law.RouteCourt:
			default:
				n.Enclosed = append(n.Enclosed, c.ID)
			}
		}
		return n, nil
	}
	r, err := d.ReplyOf(ctx, k)
	if err != nil {
		return NewLetter{}, err
	}
	return r.letter(k.Kind), nil
}

// letter is the letter that says what an answer in words does. Its routes are the
// letter's own, from the notice.
func (r Reply) letter(k law.Kind) NewLetter {
	n := NewLetter{Outcome: r.Outcome, Grounds: r.Grounds, Says: map[string]string{}}
	for _, p := range r.Parts {
		if words := strings.TrimSpace(p.Words); words != "" {
			n.Says[p.ID] = words
		}
	}
	n.Words = n.Says["reasons"]
	switch complaint := k == law.KindComplaint || k == law.KindDataComplaint; {
	case complaint:
		n.Kind = letter.ComplaintReply
	case r.Outcome == law.Denied:
		n.Kind = letter.Refuse
		n.Words = strings.TrimSpace(n.Words + "\n\n" + n.Says["more"])
	case r.Outcome == law.Partly:
		n.Kind = letter.Partly
	case k == law.KindWithdrawal:
		n.Kind = letter.Withdrawal
	default:
		n.Kind = letter.Answer
	}
	return n
}

// refusalLetter gives what writes the letter of a refusal in the transaction of the
// refusal. Where none can be written, why says so: staff then have a task.
func (d *Desk) refusalLetter(ctx context.Context, k cases.Case, r Reply, by string) (also func(context.Context, *store.Tx) error, why, err error) {
	also, err = d.WithLetter(ctx, k, r.letter(k.Kind), by)
	var no *Error
	var step *cases.Error
	if errors.As(err, &no) && (no.Code == "unsafe" || no.Code == "letter") || errors.As(err, &step) {
		return nil, err, nil
	}
	return also, nil, err
}
