// Package portal is the face for tenants and the public: the notice in layers, a
// request made one question at a time, and a way to follow it and collect the
// answer.
//
// It draws and it asks; it decides nothing. [Desk], declared here in the face's own
// words, is all it needs of the rest of the program.
//
// # What it gives away
//
// Nothing here says whether a person is known to the landlord. A request gets the
// same acknowledgement either way; the page that follows it shows states that a
// request by a stranger goes through too. A wrong reference and a wrong code get
// the same answer, after the same comparison, and tries are limited by address and
// by reference.
//
// # What it keeps
//
// Answers stand in the session until the request is sent, and are forgotten then or
// after half an hour. The code that opens a request is known to the person alone:
// the desk keeps a hash. The one cookie is the session's, set when a form is begun.
package portal
