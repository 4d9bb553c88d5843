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
	// Notice is the notice in force, in a language where its words are there in it.
	Notice(ctx context.Context, language string) (Notice, error)
	// Forms is what may be asked for here, in the order in which it is offered, and
	// what each form may ask: no more than the notice has a purpose for.
	Forms(ctx context.Context) ([]Form, error)
	// Suggest is the kinds that words may mean, likeliest first. Nobody is held to it.
	Suggest(ctx context.Context, text string) ([]string, error)
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
	// Write puts what the person writes into their case. The token is made once for each
	// page with a form on it: sending it twice writes once. So for the two below.
	Write(ctx context.Context, reference, token, text string) error
	// Attach keeps a paper with the case, sealed. It is never shown on a page.
	Attach(ctx context.Context, reference string, u Upload) error
	// Complain opens a complaint about how a case was handled, or anything else that was
	// done with the person's information, as a case of its own.
	Complain(ctx context.Context, reference string, c Complaint) (Receipt, error)
}

// Form is a kind of request that can be made here.
type Form struct {
	Kind string // "access", "rectification", and so on
	// What the notice has a purpose for asking; a name and a way to reach the person are
	// always asked.
	Email, Phone, Post bool
	Born, Homes        bool
}

// Upload is a paper that a person sends.
type Upload struct {
	Token string
	Type  string // "pdf", "jpg", "png" or "docx", by what is in it
	Name  string // as the person has it; only to be read by staff
	Data  []byte
}

// Complaint is what a person complains of.
type Complaint struct {
	Text     string
	Token    string
	Code     CodeHash // opens the complaint on the portal
	Language string
	Received time.Time
}

// CodeHash is what is kept of the code that opens a request; see [HashCode].
type CodeHash [32]byte

// Request is what a person asked for. Only Name and one of Email, Phone and
// Address are sure to be there.
type Request struct {
	Kind    string // "access"
	Name    string // of the person whose information it is about
	Email   string
	Phone   string
	Address string // where to write to, in lines
	Help    Help
	About   string // what they wrote about it
	Acting  Acting // who asks for somebody else; zero where they ask for themselves
	Safety  Safety // where alone to reach them; zero where any way is safe
	// Language is the one that they used here: "en" or "cy".
	Language string
	// Received is when it was sent to us.
	Received time.Time
	// Token is random, made once for each form that is begun: sending the form
	// twice sends the same token.
	Token string
	// Code opens the request on the portal; the person has the code itself.
	Code CodeHash
}

// Acting is who asks for somebody else, and by what right, in their words.
type Acting struct {
	Name     string
	Role     string // "parent", "solicitor", …
	Evidence string // what shows that they may
}

// Safety is where a person can be reached without anybody else knowing.
type Safety struct {
	Only  []string // of what they gave as ways to reach them
	Never string   // what others share, in their words
}

// Help is what may make a person easier to find. All of it is theirs to leave out.
type Help struct {
	Reference string    // of a tenancy, account or case
	Homes     string    // addresses they have lived at
	Born      time.Time // a day at UTC midnight; zero if not given
}

// Receipt is what a person is told at once.
type Receipt struct {
	Reference string
	Kind      string
	Due       time.Time // zero where nothing sets a date
	Aim       bool      // the date is what we aim for
	Working   []string  // how the date was worked out
}

// Progress is how far a request has come.
type Progress struct {
	Kind     string // "access"
	Received time.Time
	State    State
	Due      time.Time // zero where nothing sets a date
	Working  []string  // how the date was worked out
	Aim      bool      // the date is what we aim for: no law and no promise sets one
	// Others are the case's other clocks, the one that is up next first.
	Others   []Clock
	Messages []Message // oldest first
	Packed   bool      // the answer is a file to collect
	// Proved says that the file is handed over only to somebody who proves again who they
	// are, by a link; Waits that there is one that is open.
	Proved, Waits bool
	// Paused says that the clock stands still until the person answers.
	Paused bool
	// Needs is what we have asked the person for and wait to hear; empty if nothing.
	Needs string
}

// Clock is one of several dates of a request.
type Clock struct {
	Regime  string // what is due: "dp-complaint", "without-delay", …
	Due     time.Time
	Aim     bool
	Met     bool
	Working []string
}

// Message is what the person or the landlord wrote.
type Message struct {
	At     time.Time
	Person bool // who wrote it
	Paper  bool // a paper that the person sent; Text names it
	Text   string
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
	Language string // of its words
	Notes    []Note // that they are not there in the language that was asked for
}

// Note is a sentence in a language.
type Note struct{ Language, Text string }

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
