// Package testdata finds the larger real data that tests read and a user's
// clone does not have: a folder shared/data beside the checkout, or the one
// that TENET_TEST_DATA names. Only tests import it.
//
// Where the folder is missing a test says what it left out; where
// TENET_TEST_REQUIRE lists "data" its absence is a failure, so that continuous
// integration cannot pass by not looking.
package testdata
