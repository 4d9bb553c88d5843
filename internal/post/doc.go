// Package post sends what the landlord writes to people outside: short messages,
// by SMTP, by a service with the interface of GOV.UK Notify, or into a folder for
// somebody else to send.
//
// What belongs here: where a message goes and whether it was taken. What does not:
// what it says (the letters of a case), when, and what is done if it was not taken.
// A message has no attachments and no HTML on purpose: e-mail never carries a
// person's information, only word of where to fetch it.
//
// A server that took a message and whose answer was lost will get it again. Each
// message has a reference of its own, from which its Message-ID is made (RFC 5322
// section 3.6.4), so that the repeat can be seen to be one.
//
// Errors say what went wrong and whether another try can help. They never hold an
// address or a word of a message: they end in logs and on pages for staff.
package post
