// Package letter is what the landlord writes to people about their cases: the
// letters there are, what the law wants said in each, their words in English and
// Welsh, and how they look on paper.
//
// What belongs here: words and their form. What does not: when a letter is
// written, to whom it may go, and how it gets there; that is the desk's and the
// post's. The package is pure: it reads templates from the file system it is given.
//
// # Templates
//
// A letter is a file, templates/<language>/<kind>.txt, and a landlord puts its own
// in the place of ours with letters/<language>/<kind>.txt in the workspace. Its
// first line is the subject; then come blocks, each headed by its name:
//
//	subject: Your request {{.Reference}} will take longer
//
//	[reasons]
//	We need more time because:
//
//	{{.Words}}
//
//	[new-date]
//	You will have our answer by {{.Until}}.
//
// A block is an element: something the letter has to say ([Kind.Elements], each
// with its citation), or one of the landlord's own, called also. [Load] refuses a
// file that leaves an element out, leaves it empty, or does not put into it the
// field that it is about, and says in which file and line and how to mend it. What
// a template may do is small and closed: {{.Field}} of [Fields], and {{if .Field}},
// {{else}}, {{end}}.
//
// [Set.Write] fills a letter in, and refuses it again where an element came out
// empty or, for an answer, where it lacks something that package law says an
// answer of that outcome to a case of that kind has to say.
package letter
