// Package testpst writes Outlook archives (.pst: MS-PST) for tests: of either
// width, in each of the encodings, with folders, recipients, attachments and messages in
// messages. Only tests import it.
//
// Outlook would want more of an archive than stands in these: tables of contents, maps of
// what is free, search folders. A reader that goes by nodes and blocks does not.
package testpst
