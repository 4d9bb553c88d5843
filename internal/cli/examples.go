package cli

// examples are shown below each command's flags. Every one of them runs, in the
// order of the README: a test runs them.
var examples = map[string]string{
	"init <dir>":                 "  tenet init office",
	"demo":                       "  tenet demo --once --homes 60",
	"source add <name> <url>":    "  tenet -C office source add housing sqlite:housing.db\n  tenet -C office source add crm postgres://tenet:env:CRM_PASSWORD@db.example.org/crm",
	"source check [<name>]":      "  tenet -C office source check",
	"discover [<name>]":          "  tenet -C office discover housing\n  tenet -C office discover --accept",
	"map check":                  "  tenet -C office map check",
	"index":                      "  tenet -C office index",
	"find":                       "  tenet -C office find --ref LKF-104417 --name \"Marta Kowalczyk\"\n  tenet -C office --json find --nino env:NINO",
	"access":                     "  tenet -C office access --name \"Marta Kowalczyk\" --dob 1979-03-14 --out drafts",
	"case list":                  "  tenet -C office case list",
	"case show <case>":           "  tenet -C office case show AR-2026-0001",
	"case verify <case>":         "  tenet -C office case verify AR-2026-0001 --how \"passport seen\"",
	"case approve <case>":        "  tenet -C office case approve AR-2026-0001",
	"case send <case>":           "  tenet -C office case send AR-2026-0001 --out answer.zip",
	"case decide <case> <items>": "  tenet -C office case decide AR-2026-0001 ITEM --release --reason \"names nobody else\"",
	"clock":                      "  tenet clock --regime access --received 2026-11-25\n  tenet clock --regime foi --received 2026-12-07 --json",
	"law holidays":               "  tenet law holidays\n  tenet -C office law holidays --from bank-holidays.json",
	"detect":                     "  echo \"Ring Ann on 07700 900123\" | tenet detect",
	"redact <file>":              "  tenet redact note.txt --keep \"Marta Kowalczyk\" --out clean.txt",
	"notice check [<folder>]":    "  tenet -C office notice check",
	"notice schema <file>":       "  tenet notice schema rights.yaml",
	"ledger export":              "  tenet -C office ledger export --out ledger.jsonl",
	"ledger verify [<file>]":     "  tenet ledger verify ledger.jsonl",
	"account add <login>":        "  echo \"a long password\" | tenet -C office account add farida --name \"Farida Choudhury\"",
	"serve":                      "  tenet -C office serve",
	"doctor":                     "  tenet -C office doctor",
}
