package source

import (
	"context"
	"fmt"
)

func newPostgres(_ context.Context, b base, _ string) (Source, error) {
	return nil, b.fail("", "opening", fmt.Errorf("%w: postgres:", ErrUnsupported))
}
