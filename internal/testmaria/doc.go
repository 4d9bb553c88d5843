// Package testmaria gives tests a MariaDB of their own: Debian's server, in a
// temporary folder, on a private socket and a random loopback port. Only tests
// import it.
//
// One server serves a test binary and every test takes its own database in it.
// A small shell watches over the server and holds one end of a pipe whose other
// end the test binary holds: however the binary ends, kill -9 included, the
// shell stops the server and removes the folder.
package testmaria
