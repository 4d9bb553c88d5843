package promise

import "context"

// filed looks at a register that Tenet keeps.
func filed(ctx context.Context, l *Look) (Found, error) {
	f := Found{Unit: "things that call for a paper", Places: "things",
		Method: "Each thing of the notice that calls for a paper of the register: a signed one that is not late covers it. What only the notice says is there was not seen."}
	register := l.With.word("register")
	if l.Registers == nil {
		f.gap("nobody keeps the register %s", register)
		return f, nil
	}
	items, err := l.Registers.Register(ctx, register)
	return tally(f, items, err)
}

// against adds what papers of a register say against the notice.
func (l *Look) against(ctx context.Context, f *Found, register string) error {
	if l.Registers == nil {
		return nil
	}
	items, err := l.Registers.Register(ctx, register)
	unseen := int64(0)
	for _, i := range items {
		switch {
		case i.State == Unread:
			f.gap("%s: %s", i.Name, i.Why)
		case i.State == NotSeen:
			unseen++
		case i.State == NotAsPromised && i.Paper != "":
			f.bad("register " + i.Name + ": " + i.Why)
		}
	}
	if unseen > 0 {
		f.Notes = append(f.Notes, count(unseen)+" of them rest on the notice's word: the register has no signed paper of them")
	}
	return err
}
