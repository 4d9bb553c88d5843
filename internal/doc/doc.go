// Package doc reads documents: text, HTML, CSV, Internet and Outlook mail, Word,
// Excel, PowerPoint, OpenDocument, Rich Text, PDF, pictures and archives of any of
// them come in as bytes that somebody else wrote, and go out as text and fields.
//
// What belongs here: one reader for each kind of document, the detection of
// kinds and character encodings, and the writing of clean copies. What does not:
// where documents are kept (source), what in them is personal (detect), and
// what is taken out (redact).
//
// CSV files and the sheets of workbooks are read as tables too, row by row and at any size.
//
// Every input is taken to be hostile. A reader never panics, never reads past
// its Limits and never drops anything without saying so: what it could not read
// it returns as Problems beside the text that it could. The limits hold for a document
// with all that is within it. What a document keeps out of sight is read like the
// rest, since whoever searches or withholds must see it: deletions, hidden sheets, rows
// behind a pivot table, words under a black box, authors.
//
// PDF is read by PDFium in WebAssembly, which the first PDF starts. Pictures
// are read by Tesseract, where it is installed and given to a Reader.
package doc
