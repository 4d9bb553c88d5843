package cases

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestOnPostgres is every test of this room that has a store, with the store in
// PostgreSQL: newDesk sees to that.
func TestOnPostgres(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"from receipt to closing":       TestFromReceiptToClosing,
		"open refuses":                  TestOpenRefuses,
		"decide":                        TestDecide,
		"clock":                         TestClock,
		"clock refuses":                 TestClockRefuses,
		"reclock":                       TestReclock,
		"beyond the holidays":           TestBeyondTheHolidays,
		"promised":                      TestPromised,
		"killed at any instant":         TestKilledAtAnyInstant,
		"transitions":                   TestTransitions,
		"needs":                         TestNeeds,
		"machine":                       TestMachine,
		"one of many":                   TestOneOfMany,
		"two people a thousand times":   TestTwoPeopleAThousandTimes,
		"many open":                     TestManyOpen,
		"once":                          TestOnce,
		"list":                          TestList,
		"landlords":                     TestLandlords,
		"nothing personal in the clear": TestNothingPersonalInTheClear,
		"forget":                        TestForget,
		"seals hold":                    TestSealsHold,
		"files":                         TestFiles,
		"secret":                        TestSecret,
		"complaint in two stages":       TestComplaintTwoStages,
		"identity is no brake":          TestIdentityIsNoBrake,
		"refusals and offers":           TestRefusalsAndOffers,
		"tasks":                         TestTasks,
		"minutes":                       TestMinutes,
		"acting for another":            TestActingForAnother,
		"safety":                        TestSafety,
		"death":                         TestDeath,
		"second person and review":      TestSecondPersonAndReview,
		"similar":                       TestSimilar,
		"import":                        TestImport,
	} {
		t.Run(name, test)
	}
}

// rawPostgres is every byte of the files of a database, as the operator leaves
// them who has its tables rewritten.
func rawPostgres(t *testing.T, url string) []byte {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, statement := range []string{`VACUUM FULL`, `CHECKPOINT`} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.Query(ctx, `SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class WHERE relkind IN ('r', 'i', 't')`)
	if err != nil {
		t.Fatal(err)
	}
	files, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, b := range files {
		all = append(all, b...)
	}
	return all
}
