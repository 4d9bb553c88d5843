// Package testbrowser drives a real, headless browser over the pages of a face:
// what axe finds wrong with them, whether they fit a phone, whether the keyboard
// alone is enough and whether they work with scripts turned off. Only tests
// import it.
//
// It needs Chromium on the machine and, for [Page.Axe], the packages that npm
// puts in frontend. A test that lacks either says what it left out, and fails
// where TENET_TEST_REQUIRE lists "chromium" or "assets".
package testbrowser
