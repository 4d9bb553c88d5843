// Package pack makes what is handed over: the answer to someone who asked for
// their own information, as files they can read without us.
//
// [Files] turns an [Input] into four files, which say the same:
//
//	your-information.html   one page, to read or print, with nothing outside itself
//	your-information.json   the same for programs
//	your-information.csv    the same for a spreadsheet, a row for each field
//	read-me.txt             what the files are
//
// The same Input gives the same bytes, so that a draft made again after a crash
// is known to be the same draft ([Digest]). [Check] proves that nothing withheld
// is in them. [Seal] locks them with age, which is how a draft waits for
// approval; [Open] unlocks them; [Zip] is what the requester downloads.
// [WriteFile] brings any of these to the disk whole or not at all.
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
//	              "fields": [{"name", "label", "value", "withheld", "note"}], "texts": [the same]}]
//	withheld      [{"item", "what", "exemption": {"id", "title", "cite"}, "reason", "times"}];
//	              item is left out where it is no item in the files
//	not_searched  [{"what", "why"}]
//	not_followed  [{"what", "why"}]
//
// # The CSV
//
// RFC 4180 in UTF-8 with a byte order mark, which Excel needs. A cell that a
// spreadsheet would take for a formula has an apostrophe in front: one that
// begins, after any apostrophes of its own, with =, +, -, @, a tab or a line
// break, save a plain negative number. Taking one apostrophe off such a cell
// gives the value back. A withheld value is "[withheld]".
package pack
