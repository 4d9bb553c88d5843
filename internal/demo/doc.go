// Package demo builds a whole fictional landlord on this machine: a housing
// database, a folder of letters and a mailbox, with a small cast of people whose
// data are tangled in the ways that real landlords' data are.
//
// What belongs here is invention and nothing else: names, addresses, notes and
// the sources that hold them. Searching them is other rooms' work. What the cast
// lives through is the same in every build; the crowd around it grows with
// Options.Homes. The same Options give the same bytes.
//
// Other landlords than Larkfield have people and places of other names, another
// crowd, and systems that only they have. All of that is data, a folder for each
// under landlords: see Own.
//
// Because the generator knows whose each row is when it writes it, it records
// that as Truth at that very place, so that what a search finds can be held
// against something that no search computed.
//
// Every person, place, number and sentence is invented. Telephone numbers come
// from Ofcom's ranges for drama, e-mail addresses from the example domains of
// RFC 2606, postcodes from districts that do not exist.
package demo
