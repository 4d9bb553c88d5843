// Package pack makes what is handed over: the answer to someone who asked for
// their own information, as files they can read without us.
//
// [Files] turns an [Input] into four files, which say the same, and into two more
// where they are asked for:
//
//	your-information.html   one page, to read or print, with nothing outside itself
//	your-information.json   the same for programs
//	your-information.csv    the same for a spreadsheet, a row for each field
//	read-me.txt             what the files are
//	your-information.pdf    the page with numbered pages, contents and bookmarks ([Print])
//	schedule.xlsx           what is given, withheld and searched, as lists ([Spreadsheet])
//	documents/NNN-name      clean copies of the documents that items are the text of ([Document])
//
// [PortableFiles] turns a [Portable] into the answer to another question, what the
// person gave us, to take elsewhere (UK GDPR Article 20): JSON with its schema
// beside it, a CSV file for each table, and what to read first.
//
// The same Input gives the same bytes, on any machine and in whatever order its
// parts come, so that a draft made again after a crash, or in another workspace,
// is known to be the same draft ([Digest]). A [Checker] proves that nothing
// withheld is in them. [Seal] locks them with age, which is how a draft waits for
// approval; [Open] unlocks them; [Zip] is what the requester downloads.
// [WriteFile] brings any of these to the disk whole or not at all.
//
// [Reviewer] makes the copy that a second reader works from, in which what is
// left out is shown. It is an [Unredacted], which none of the above takes, and is
// sealed to its readers alone.
//
// # What belongs here
//
// The form of the answer, and nothing about its content: whose an item is, what
// is withheld and why are decided before, and arrive in words. A withheld value
// never reaches the files even if the caller leaves it in its [Field]. Every
// value may be hostile. It is data that other people typed into other systems:
// it is escaped for HTML, kept from being a formula in a spreadsheet, and
// cleaned of what no reader sees (see [Clean]).
//
// # The JSON
//
// One object. Keys are added and never renamed; "format" changes if one must be.
//
//	format        "tenet-pack/1"
//	reference     of the case
//	landlord      the landlord's name
//	contact       whom to ask, as in the notice
//	person        who asked
//	received, due, searched   dates, YYYY-MM-DD; left out if there is none
//	working       [words] how the due date was worked out
//	explanation   UK GDPR Article 15(1) and (2): see notice.Article15
//	disclosures   {"log_from", "given": [{"recipient", "date", "what"}]}; log_from is
//	              left out where no log is kept
//	index         [{"first", "last", "title", "category", "source", "table"}], by item number
//	items         [{"number", "category", "title", "source", "table", "whose", "date", "how",
//	              "fields": [{"name", "label", "value", "withheld", "note"}], "texts": [the same],
//	              "documents": [{"file", "name", "type", "size", "sha256", "note"}]}]; no key where there are none
//	withheld      [{"item", "what", "exemption": {"id", "title", "cite"}, "reason", "times"}];
//	              item is left out where it is no item in the files
//	not_searched  [{"what", "why"}]
//	not_followed  [{"what", "why"}]
//	sources       [the names of the systems searched]
//	reviewer      true in a reviewer's copy, and not there in an answer
//
// A withheld field may have "exemption", as a line of withheld has. In a reviewer's
// copy a field from which something was taken has "parts": [{"text", "left_out",
// "why"}], which joined are its whole value.
//
// # The CSV
//
// RFC 4180 in UTF-8 with a byte order mark, which Excel needs. A cell that a
// spreadsheet would take for a formula has an apostrophe in front: one that
// begins, after any apostrophes of its own, with =, +, -, @, a tab or a line
// break, save a plain negative number. Taking one apostrophe off such a cell
// gives the value back. A withheld value is "[withheld]".
//
// # The PDF
//
// It is set from the page itself, which is why the two cannot differ: set.go knows
// the elements that page.tmpl has, and an element that is new there must be taught
// to it. That of an answer is not tagged, as it may have thousands of pages; the page is the
// accessible copy, and the first page of the PDF says so. A [Paper] is (tags.go): headings,
// lists, tables with their heads, links and the language of each, in the order of reading. What its typeface cannot set as it should be stands as its
// script's name in square brackets on grey, with a note of where it is in full.
package pack
