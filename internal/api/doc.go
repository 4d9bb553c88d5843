// Package api is what programs of other people's talk to.
//
// What belongs here: the detector behind the analyser API of Presidio (github.com/microsoft/presidio), so that a program
// written for that service finds the same questions answered here ([Analyser]); and the other side of it, a service that
// speaks the same API and is asked for what it finds besides ([Recogniser]). What does not: what is personal data (package
// detect) and who may ask. An Analyser knows no users and counts no requests: whoever serves it puts that before it.
//
// Texts are personal data. None is logged, kept, or repeated in an error.
package api
