package portal

import (
	"context"
	"time"

	"tenet/internal/web"
)

// Desk is what the portal asks of the rest of the program. An error that is
// [web.ErrNotFound] or a [*web.Refusal] is shown in its own words; any other is
// logged and shown as our fault.
type Desk interface {
	// Notice is the notice in force.
	Notice(ctx context.Context) (Notice, error)
	// Receive opens a case for a request, and gives it a reference. What it
	// returns, and how, must not depend on whether the person is known. A second
	// request with the same token is the same request: it gets the first one's
	// receipt, and no second case.
	Receive(ctx context.Context, r Request) (Receipt, error)
	// Secret is the hash that came with the request of this reference;
	// [web.ErrNotFound] if there is none.
	Secret(ctx context.Context, reference string) (CodeHash, error)
	// Progress is how far a request has come. The portal asks only after the code
	// has matched, which still proves no identity: nothing in it may depend on
	// whether the person is known, until their identity is recorded.
	Progress(ctx context.Context, reference string) (Progress, error)
	// Collect opens a released answer, and notes in the ledger that it was
	// collected. A [*web.Refusal] if it is not released. The portal closes the file.
	Collect(ctx context.Context, reference string) (web.File, error)
}

// CodeHash is what is kept of the code that opens a request; see [HashCode].
type CodeHash [32]byte

// Request is what a person asked for. Only Name and one of Email, Phone and
// Address are sure to be there.
type Request struct {
	Kind    string // "access"
	Name    string
	Email   string
	Phone   string
	Address string // where to write to, in lines
	Help    Help
	// Received is when it was sent to us.
	Received time.Time
	// Token is random, made once for each form that is begun: sending the form
	// twice sends the same token.
	Token string
	// Code opens the request on the portal; the person has the code itself.
	Code CodeHash
}

// Help is what may make a person easier to find. All of it is theirs to leave out.
type Help struct {
	Reference string    // of a tenancy, account or case
	Homes     string    // addresses they have lived at
	Born      time.Time // a day at UTC midnight; zero if not given
	Anything  string    // what they are looking for, in their words
}

// Receipt is what a person is told at once.
type Receipt struct {
	Reference string
	Due       time.Time
	Working   []string // how the date was worked out
}

// Progress is how far a request has come.
type Progress struct {
	Kind     string // "Access to your information"
	Received time.Time
	State    State
	Due      time.Time
	Working  []string // how the date was worked out
	// Paused says that the clock stands still until the person answers.
	Paused bool
	// Needs is what we have asked the person for and wait to hear; empty if nothing.
	Needs string
}

// State is one step of a request.
type State string

// The states of a request, as a person may see them.
const (
	Received State = "received" // we have it
	Identity State = "identity" // we need to know who they are
	Working  State = "working"  // we are finding and checking
	Ready    State = "ready"    // released, to collect
	Closed   State = "closed"   // nothing more will happen
)

// Notice is the privacy notice in layers.
type Notice struct {
	Title    string
	From     time.Time // in force since
	Version  string    // short, to quote
	Short    []Sentence
	Sections []Section
}

// Section is one part of the notice.
type Section struct {
	ID    string // unique in the notice, fit for an address
	Title string
	Lead  []Block // always shown
	More  []Block // shown to those who open it, and on paper
}

// Block is a heading, a paragraph, or a list with a sentence to each item.
type Block struct {
	Heading   string
	List      bool
	Sentences []Sentence
}

// Sentence is one sentence, with the id of the promise it makes, if it makes one.
type Sentence struct {
	Text    string
	Promise string
}
