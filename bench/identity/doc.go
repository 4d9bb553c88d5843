// Command identity measures how well package match tells one person from two, and learns the model it ships with.
//
//	go run ./bench/identity                        measure
//	go run ./bench/identity -splink .cache/splink/bin/python    measure Splink on the same rows, in the same run
//	go run ./bench/identity -learn internal/match/model.json     learn the default model and write it
//
// Two sets of rows are measured, by labels that neither side sees: the thousand rows that Splink ships as an example
// (shared/data/splink-linkage), every pair of them, and a generated landlord of known truth. Each is divided once by a
// hash of who somebody is (of the household, where there is one); thresholds were chosen on the first half alone, and the
// second is what counts. The default model was learned, without labels, from another generated landlord.
//
// What the generator gets wrong about real offices, this bench does not see.
package main
