package demo

import "strings"

// Member names one of the cast.
type Member string

// The cast. Everyone else is the crowd, of whom no truth is kept.
const (
	Star        Member = "star"        // asks for everything held about her
	Joint       Member = "joint"       // holds the tenancy with her
	AdultChild  Member = "adult-child" // lives with them, and once paid the rent
	YoungChild  Member = "young-child" // lives with them; a row of household_member only
	Neighbour   Member = "neighbour"   // reported her for noise
	Witness     Member = "witness"     // gave a statement in that case
	Predecessor Member = "predecessor" // had the same flat before her
	Namesake    Member = "namesake"    // same forename and surname, another flat, another birth date
	Successor   Member = "successor"   // has the star's former flat; her file names the star
	NextOfKin   Member = "next-of-kin" // the star's sister: a row of contact only
	Officer     Member = "officer"     // housing officer: writes the cast's notes and nobody else's
	Manager     Member = "asb-manager" // the officer's manager: authorises the cast's flags and nobody else's
)

// Whose a row is, for one person, in the words of the design.
const (
	Self      = "self"      // theirs
	Shared    = "shared"    // theirs together with others, or of a place during their time in it
	Mention   = "mention"   // somebody else's, and its words name or describe them
	Reference = "reference" // describes a place or thing of theirs that others have too
	Author    = "author"    // they wrote it as staff
	Other     = "other"     // reached from their own rows, and another person's
)

// Truth says whose one row, letter or message is for one of the cast. It is
// written where the row is written, never worked out afterwards.
//
// The list is complete for the cast: a row without an entry for a member is not
// about that member and must not be found for them. An entry with Trap set says
// so aloud where a search is likely to go wrong. Only rows reached upwards for
// context are left out where they are not somebody's home: blocks, lookups and
// the staff behind a note. Of the systems that one landlord alone has, the list has what is
// the star's.
type Truth struct {
	Member Member `json:"member"`
	// Source is World.Database.Name, World.Letters.Name, World.Mailbox.Name, or that of one of
	// World.Others.
	Source string `json:"source"`
	// Table and Key name the row as the source yields it: a table of the database
	// and its primary key (the whole row of a table without one); a "message" by its
	// "id" and an "attachment" by its "message" and "part", of the mailbox and of
	// the one letter saved as mail; any other letter is a "file" by its "path",
	// but for the lines of a CSV file, which is a table of its own and counts them by
	// "row".
	Table string            `json:"table"`
	Key   map[string]string `json:"key"`
	// Whose is the set of constants above; empty if Trap is set.
	Whose []string `json:"whose,omitempty"`
	// Role is the part they play in the row, by the names of the map's roles.
	Role string `json:"role,omitempty"`
	// Ambiguous says that the words alone do not tell the star from her namesake:
	// a person must look, and finding it or not finding it are both defensible.
	Ambiguous bool `json:"ambiguous,omitempty"`
	// Trap says that the row must not be in this member's answer at all.
	Trap bool `json:"trap,omitempty"`
	// Why is the reason in words, where the row alone does not show it.
	Why string `json:"why,omitempty"`
}

// Phrase is a string whose presence in the star's copy is known to be right or
// wrong. Member is whose it is.
type Phrase struct {
	Text   string `json:"text"`
	Member Member `json:"member"`
	What   string `json:"what"` // "name", "phone", "e-mail", "privileged advice"
}

// Phrases are what the star's copy is judged by. Each stands in at least one
// of the sources as written here, save that a letter may break it between words: judge texts with
// their white space made single.
type Phrases struct {
	// Always must appear: the star's own, in rows that are hers alone.
	Always []Phrase `json:"always"`
	// Never must not appear in any form: other people's, though they stand in or
	// beside rows that are hers.
	Never []Phrase `json:"never"`
	// Decide go out or not by a person's recorded decision: the joint tenant's and
	// the household's names, the sister's details (which the star herself
	// supplied), officers' names.
	Decide []Phrase `json:"decide"`
	// Hints identify a third party by description ("the flat above"), which no list of
	// names and no pattern finds. A reviewer should; a release that keeps one is a
	// weakness to report, not a surprise.
	Hints []Phrase `json:"hints"`
}

// in is the phrases as a landlord's sources have them.
func (f Phrases) in(ours *strings.Replacer) Phrases {
	for _, list := range [][]Phrase{f.Always, f.Never, f.Decide, f.Hints} {
		for i := range list {
			list[i].Text = ours.Replace(list[i].Text)
		}
	}
	return f
}

// claim is what a row is to one of the cast, before it is known which row.
type claim struct {
	Truth
}

func whose(m Member, role string, w ...string) claim {
	return claim{Truth{Member: m, Role: role, Whose: w}}
}

func (c claim) because(why string) claim { c.Why = why; return c }

func (c claim) unsure() claim { c.Ambiguous = true; return c }

func self(m Member) claim                { return whose(m, "subject", Self) }
func shared(m Member, role string) claim { return whose(m, role, Shared) }
func mention(m Member) claim             { return whose(m, "", Mention) }
func mentioned(m Member, r string) claim { return whose(m, r, Mention) }
func reference(m Member) claim           { return whose(m, "", Reference) }
func author(m Member) claim              { return whose(m, "author", Author) }
func trap(m Member, why string) claim    { return claim{Truth{Member: m, Trap: true, Why: why}} }
func selfAs(m Member, role string) claim { return whose(m, role, Self) }

// record files the claims under the row they are about.
func (b *builder) record(source, table string, key map[string]string, claims []claim) {
	for _, c := range claims {
		t := c.Truth
		t.Source, t.Table, t.Key = source, table, key
		b.world.Truth = append(b.world.Truth, t)
	}
}
