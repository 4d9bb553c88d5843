// Package rows is the one shape in which every system's data reaches Tenet:
// tables of rows of values, whether they stand in a database, a folder of
// letters or a mailbox.
//
// It holds no behaviour beyond naming, comparing and keying. The rooms source
// (which reads other people's systems), datamap (which says whose the rows
// are), index and find all speak it, so that none of them needs to know the
// others' types.
package rows
