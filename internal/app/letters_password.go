package app

import (
	"context"
	"errors"

	"tenet/internal/console"
	"tenet/internal/desk"
)

// passwords are the passwords of the accounts of a workspace.
type passwords struct{ accounts }

func (p passwords) OwnPassword(ctx context.Context, staff console.Staff) (string, error) {
	hash, err := p.d.OwnPassword(ctx, staff.ID)
	if errors.Is(err, desk.ErrLocked) {
		err = console.ErrLocked
	}
	return hash, err
}

func (p passwords) SetPassword(ctx context.Context, staff console.Staff, hash, keep string) error {
	return p.d.SetOwnPassword(ctx, staff.ID, hash, keep)
}

func (p passwords) WrongPassword(ctx context.Context, staff console.Staff) error {
	return p.d.WrongOwnPassword(ctx, staff.ID)
}
