// Package web is what the two faces share: the layout and its parts, the style
// sheet and the script that are built into the program, the headers every response carries,
// sessions, limits on guessing, error pages and the words for dates.
//
// It knows nothing about cases, notices or people; those are the faces' own
// (rooms portal and console). Pages are html/template and plain forms, and work
// without scripts. There is one, and a page that does not ask for it has a content
// security policy that would not run any.
//
// # Forged requests
//
// A form carries no token. [Guard] turns away every unsafe request that the
// browser says came from elsewhere (Sec-Fetch-Site, or Origin where a browser is
// too old to say; [net/http.CrossOriginProtection]), session cookies are
// SameSite=Lax at the least, and no GET changes anything.
package web
