// Package house holds the plan of the house: the rooms under internal, the floor
// each stands on, and which of the others each may import. It is a test and
// nothing else: no room imports it, and it ships nothing.
//
// The plan is the table in plan_test.go. A room that is not in it, an import that
// it does not grant, or a room that breaks a rule of its floor fails the test
// with the file, the line and the mend. To change the plan, change the table and
// say why in docs/decisions.
package house
