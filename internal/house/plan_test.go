package house

// A floor is a storey of the house. Imports go along a floor or down, never up.
type floor int

const (
	pure  floor = iota // no I/O and no clock: the same answer for the same values, for ever
	edges              // where bytes come in and go out
	work               // one capability each; each owns its queries
	desk               // compositions, and the only importer of several work rooms
	faces              // what tenants, staff, machines and engineers touch
	top                // wiring
	tests              // what tests share; nothing that ships may import it
)

// A room is one package under internal.
type room struct {
	floor floor
	// imports are the rooms it may import, of ours. Once the room is built it must
	// need each of them.
	imports []string
	// tests are those that its tests may import besides. Rooms of the floor
	// tests are open to all of them.
	tests []string
	// pure holds a room to the rules of the floor pure, wherever it stands.
	pure bool
	// planned says that the design names the room and nobody has built it. What it
	// may import is settled already.
	planned bool
}

// everything is a grant that only the top floor and the tests of a face get.
const everything = "*"

// plan is the house of the design, section 3, with the changes recorded in
// docs/decisions. Where a room needs less than the design would grant, it is
// granted less.
var plan = map[string]room{
	"law":              {floor: pure},
	"rows":             {floor: pure},
	"match":            {floor: pure},
	"ledger":           {floor: pure},
	"notice":           {floor: pure},
	"rule":             {floor: pure, imports: []string{"law", "notice"}},
	"detect":           {floor: pure, imports: []string{"match"}},
	"datamap":          {floor: pure, imports: []string{"law", "rows"}},
	"processing":       {floor: pure, imports: []string{"law", "notice"}},
	"datamap/discover": {floor: pure, imports: []string{"datamap", "rows"}, tests: []string{"demo", "notice", "source"}},

	"blob":   {floor: edges},
	"doc":    {floor: edges},
	"keys":   {floor: edges},
	"post":   {floor: edges},
	"source": {floor: edges, imports: []string{"doc", "rows"}},
	"store":  {floor: edges, imports: []string{"ledger"}},
	"job":    {floor: edges, imports: []string{"store"}},

	"index":    {floor: work, imports: []string{"datamap", "match", "rows", "source"}},
	"find":     {floor: work, imports: []string{"datamap", "index", "match", "rows", "source"}},
	"redact":   {floor: work, imports: []string{"detect", "match"}, pure: true},
	"pack":     {floor: work, imports: []string{"law", "notice"}},
	"cases":    {floor: work, imports: []string{"keys", "law", "ledger", "notice", "store"}},
	"identity": {floor: work, imports: []string{"keys", "ledger", "store"}},
	"change":   {floor: work, imports: []string{"find", "rule", "source", "store"}, planned: true},
	"disclose": {floor: work, imports: []string{"keys", "law", "ledger", "notice", "rule", "store"}},
	"contact":  {floor: work, imports: []string{"keys", "law", "ledger", "store"}},
	"consent":  {floor: work, imports: []string{"rule", "store"}, planned: true},
	"records":  {floor: work, imports: []string{"rule", "store"}, planned: true},
	"expiry":   {floor: work, imports: []string{"keys", "law", "ledger", "notice", "store"}},
	"register": {floor: work, imports: []string{"keys", "law", "ledger", "notice", "store"}},
	"incident": {floor: work, imports: []string{"keys", "law", "ledger", "notice", "store"}},
	"promise":  {floor: work, imports: []string{"law", "ledger", "notice", "store"}},
	"letter":   {floor: work, imports: []string{"law"}, tests: []string{"notice"}, pure: true},

	"desk": {floor: desk, imports: []string{
		"datamap", "datamap/discover", "detect", "law", "ledger", "match", "notice", "rows", "rule",
		"blob", "doc", "job", "keys", "source", "store",
		"cases", "contact", "disclose", "expiry", "find", "identity", "incident", "index", "letter", "pack", "post", "processing", "promise", "redact", "register",
	}, tests: []string{"demo"}},

	"web":     {floor: faces},
	"portal":  {floor: faces, imports: []string{"web"}},
	"console": {floor: faces, imports: []string{"web"}},
	"api":     {floor: faces, imports: []string{"detect"}},
	"demo":    {floor: faces},
	"cli": {floor: faces, imports: []string{
		"desk",
		"cases", "contact", "datamap", "datamap/discover", "detect", "disclose", "doc", "expiry", "find", "incident", "index", "job", "law", "ledger", "match", "notice", "pack", "promise", "redact", "register", "rule", "source", "store",
	}, tests: []string{"demo"}},

	"app": {floor: top, imports: []string{everything}},

	"house":       {floor: tests},
	"testdata":    {floor: tests},
	"testpg":      {floor: tests, imports: []string{"testdata"}},
	"testmaria":   {floor: tests, imports: []string{"testdata"}},
	"testbrowser": {floor: tests, imports: []string{"testdata"}},
	"testimap":    {floor: tests, imports: []string{"testdata"}},
	"testpst":     {floor: tests},
	"testsmtp":    {floor: tests, imports: []string{"testdata"}},
}

// outside are the packages that are not rooms. They may import these rooms.
var outside = map[string][]string{
	"cmd/tenet": {"app"},
	"bench":     {everything},
	// What measures or packs, and is no part of the program.
	"bench/detect":        {"detect", "match"},
	"bench/detect/sealed": {},
	"bench/discover":      {"datamap", "datamap/discover", "rows", "source"},
	"bench/identity":      {"match"},
	"bench/load":          {},
	"bench/pages":         {},
	"bench/promises":      {"cases", "demo", "desk", "disclose", "law", "ledger", "notice", "pack", "promise", "rule", "store"},
	"bench/served":        {},
	"bench/telling":       {"desk", "store"},
	"packaging/release":   {},
}

// impure are the packages of the standard library that a pure room has no use
// for. A package named here stands for those below it too.
var impure = []string{
	"crypto/rand", "database", "io/ioutil", "log", "math/rand", "net", "os", "plugin", "runtime/debug", "syscall", "testing", "unsafe",
}

// harmless are those below an impure one that only reshape values.
var harmless = []string{"net/mail", "net/netip", "net/textproto", "net/url"}

// clocks are what of package time says what time it is, or waits.
var clocks = []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}

// wordless are names for rooms that say nothing about what belongs there.
var wordless = []string{"base", "common", "core", "helper", "helpers", "lib", "misc", "shared", "types", "util", "utils"}
