package app

import (
	"context"

	"tenet/internal/job"
	"tenet/internal/store"
)

// jobMailAnswer tells whoever sent the message that the key names that it came.
const jobMailAnswer = "mail-answer"

// answerMail asks, in the transaction that takes a message in, for its answer. Where no
// mail server is configured there is none.
func (o *office) answerMail(ctx context.Context, tx *store.Tx, id string) error {
	if o.outbox.sender == nil {
		return nil
	}
	return o.queue.Add(ctx, tx, job.Job{Kind: jobMailAnswer, Key: id})
}

func (o *office) mailAnswerJob(ctx context.Context, t *job.Task) error {
	if o.outbox.sender == nil {
		return nil
	}
	return o.d.AnswerMail(ctx, o.outbox.sender, t.Key, t.Done)
}
