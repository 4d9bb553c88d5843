// Command load measures what portal and console answer while many people use them
// at once: a fixed number of requests a second, begun when they are due and not
// when the last one has been answered, so that a server that stands still is seen
// to stand still.
//
//	go run ./bench/load                            a landlord of 2,000 homes, 200 requests a second for a minute
//	go run ./bench/load -rate 400 -for 30s
//
// It makes a fictional landlord with bin/tenet, serves it with bin/tenet as a
// process of its own, and asks as visitors do: each with a browser's cookies and
// an address of its own in 127.0.0.0/8. Most look; some go through the whole form
// and send it; staff, who are signed in, go through lists and cases, write notes
// and enter requests. What was sent is counted, and held at the end against the
// cases that there are. Beside it, in the same run, stands a server that does no
// more than hand out a page of the same size.
package main
