// Package web is what the two faces share: the layout and its parts, the style
// sheet that is compiled into the program, the headers every response carries,
// sessions, limits on guessing, error pages and the words for dates.
//
// It knows nothing about cases, notices or people; those are the faces' own
// (rooms portal and console). Pages are html/template and plain forms. There is
// no script anywhere, and the content security policy would not run one.
//
// # Forged requests
//
// A form carries no token. [Guard] turns away every unsafe request that the
// browser says came from elsewhere (Sec-Fetch-Site, or Origin where a browser is
// too old to say; [net/http.CrossOriginProtection]), session cookies are
// SameSite=Lax at the least, and no GET changes anything.
package web
