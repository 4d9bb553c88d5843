package app

import (
	"context"
	"slices"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// writingNote is what staff are told of a kind that has to be asked for in writing.
const writingNote = "The law wants this in writing. If it was spoken, enter it all the same: it is kept, and you have a task to write it down for the person to sign or send."

// noteOf is what to know of a kind before it is entered.
func noteOf(k law.Kind, note string) string {
	if h, _ := k.Handling(); note == "" && h.Form == law.InWriting {
		return writingNote
	}
	return sentence(note)
}

// spoken says whether a channel is one by which nothing is written.
func (s staffDesk) spoken(channel string) bool {
	for _, c := range s.d.Notice.Rights.Channels {
		if string(c.ID) == channel {
			return slices.Contains([]notice.ChannelKind{notice.ByPhone, notice.InPerson, notice.Counter, notice.AnyOne}, c.Kind)
		}
	}
	return channel == "phone" || channel == "counter"
}

// writeUp gives staff the task to write down what was spoken: where it has to be in
// writing, for the person to sign or send; where the notice promises a record of it, for
// them to have. What they asked is never lost.
func (s caseWork) writeUp(ctx context.Context, k cases.Case, by string) error {
	if !s.spoken(k.Channel) {
		return nil
	}
	what := ""
	switch h, _ := k.Kind.Handling(); {
	case h.Form == law.InWriting:
		what = "It was spoken, and the law wants it in writing. Offer them the form, or write down what they asked, read it back, and send it to them to sign or to answer: Ask what is meant sends it as a letter."
	case h.Right == "" && s.recorded(k.Channel):
		what = "It was spoken, and that is enough. The notice promises them a record of it: send them what they asked in writing, and say that it is best to write next time."
	default:
		return nil
	}
	_, err := s.d.GiveTask(ctx, cases.On{Case: k.ID, By: by, Once: "write up " + k.ID}, cases.NewTask{Sort: cases.TaskOther, Place: "write-up", Owner: by, What: what})
	return err
}

// recorded says whether the notice promises that what is said on a channel is written
// down for the person to have.
func (s staffDesk) recorded(channel string) bool {
	return slices.ContainsFunc(s.d.Notice.Rights.Channels, func(c notice.Channel) bool { return string(c.ID) == channel && c.Record })
}
