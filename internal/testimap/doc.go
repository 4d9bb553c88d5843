// Package testimap gives tests an IMAP server of their own: Debian's Dovecot, in a
// temporary folder, as no more than an ordinary user, on random loopback ports, with users, passwords and a
// certificate of its own. Only tests import it.
//
// One server serves a test binary and every test takes a user of its own in it. A
// small shell watches over the server and holds one end of a pipe whose other end
// the test binary holds: however the binary ends, kill -9 included, the shell
// stops the server and removes the folder.
package testimap
