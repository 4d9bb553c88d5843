package keys

import (
	"fmt"
	"log/slog"
)

const redacted = "[secret]"

// Secret is key material that does not print. It stands behind a function,
// since package fmt calls no method on a field that is not exported but prints
// the bytes it finds there.
type Secret struct{ reveal func() []byte }

func newSecret(b []byte) Secret { return Secret{func() []byte { return b }} }

// Reveal is the key itself. The caller must neither change nor keep it longer
// than the work needs.
func (s Secret) Reveal() []byte { return s.reveal() }

// Format hides the secret from every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// String hides the secret from concatenation and text templates.
func (s Secret) String() string { return redacted }

// MarshalText hides the secret from encoding/json and its kind.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue hides the secret from log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
