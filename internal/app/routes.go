package app

import (
	"net/http"
	"slices"
	"strings"
)

// routes are the addresses of the faces as logs and figures may name them. {} is
// whatever stood there: a case's number, or anything that somebody typed.
var routes = split(
	"/", "/notice", "/notice/versions", "/notice/{}", "/notice/versions/{}/{}", "/contact", "/cookies",
	"/request", "/request/check", "/request/sent", "/request/unsure", "/request/save", "/request/return", "/request/{}", "/finish", "/leave",
	"/follow", "/follow/request", "/follow/collect", "/follow/write", "/follow/file", "/follow/complain",
	"/collect", "/collect/code", "/collect/words", "/collect/file", "/collect/{}",
	"/sign-in", "/sign-in/code", "/sign-in/outside", "/sign-in/back", "/sign-out", "/signed-out",
	"/account", "/account/sign-out", "/second-factor", "/second-factor/picture", "/second-factor/confirm",
	"/staff", "/staff/reset",
	"/cases", "/cases/new", "/cases/import", "/cases/tasks", "/cases/figures", "/cases/calendar", "/cases/calendar/end", "/cases/export", "/calendar/{}",
	"/cases/{}", "/cases/{}/tasks", "/cases/{}/opened", "/cases/{}/do/{}", "/cases/{}/who", "/who", "/who/undo",
	"/cases/{}/redact", "/cases/{}/redact/sheet", "/cases/{}/redact/sheet/{}", "/cases/{}/redact/sheet/{}/page/{}", "/cases/{}/redact/{}", "/lessons", "/lessons/{}/unlearn",
	"/maps", "/maps/{}", "/maps/{}/{}",
	"/cases/{}/found", "/cases/{}/withheld", "/cases/{}/history", "/cases/{}/decide",
	"/cases/{}/identity", "/cases/{}/approve", "/cases/{}/download", "/cases/{}/release", "/cases/{}/release/{}", "/cases/{}/access",
	"/notice/compare", "/notice/adopt", "/notice/changes", "/notice/changes.json", "/notice/feed.atom", "/notice/publish/{}", "/notice/publish/{}/confirm", "/notice/tell/{}", "/notice/tell/{}/print", "/notice/tell/{}/posted",
	"/ledger", "/ledger/verify", "/sources", "/clients", "/clients/{}", "/clients/{}/report",
	"/promises", "/promises/json", "/promises/run", "/promises/{}", "/promises/{}/attest", "/promises/{}/publish", "/promises/{}/answer",
	"/keeping", "/keeping/sign", "/keeping/hold", "/keeping/lift", "/keeping/runs/{}",
	"/report", "/incidents", "/incidents/new", "/incidents/export", "/incidents/{}", "/incidents/{}/report", "/incidents/{}/people", "/incidents/{}/looks", "/incidents/{}/do/{}",
)

func split(list ...string) (out [][]string) {
	for _, r := range list {
		out = append(out, strings.Split(r, "/"))
	}
	return out
}

// route is the one of the routes that an address is of, or "other": there are as
// many as are written above, whatever is asked for.
func route(path string) string {
	parts := strings.Split(path, "/")
	for _, r := range routes {
		if slices.EqualFunc(r, parts, func(want, got string) bool { return want == got || want == "{}" && got != "" }) {
			return strings.Join(r, "/")
		}
	}
	return "other"
}

// method is a method that the faces answer to, or "other".
func method(m string) string {
	if slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, m) {
		return m
	}
	return "other"
}
