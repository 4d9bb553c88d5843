// Package testsmtp gives tests a mail server of their own: Debian's
// python3-aiosmtpd, on a random loopback port, with a user, a password and a
// certificate of its own, and a folder where what it takes lies as files. Only tests
// import it. The server ends with its test, however that ends.
package testsmtp
