// Package doc reads documents: plain text, HTML, CSV and Internet mail come in
// as bytes that somebody else wrote, and go out as text and fields.
//
// What belongs here: one reader for each kind of document, the detection of
// character encodings, and later the writing of clean copies. What does not:
// where documents are kept (source), what in them is personal (detect), and
// what is taken out (redact).
//
// Every input is taken to be hostile. A reader never panics, never reads past
// its Limits and never drops anything without saying so: what it could not read
// it returns as Problems beside the text that it could.
package doc
