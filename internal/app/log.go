package app

import (
	"fmt"
	"io"
	"log/slog"
	"runtime"

	"tenet/internal/desk"
)

// newLog is the log as the configuration wants it.
func newLog(to io.Writer, how desk.Log) (*slog.Logger, error) {
	level, err := how.SlogLevel()
	if err != nil {
		return nil, &desk.Error{Code: "config", What: err.Error(), Where: "log", Mend: "mend it in tenet.yaml, or in TENET_LOG_FORMAT and TENET_LOG_LEVEL"}
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: discreet}
	if how.Format == "json" {
		return slog.New(slog.NewJSONHandler(to, o)), nil
	}
	return slog.New(slog.NewTextHandler(to, o)), nil
}

// discreet takes out of what is logged the two things that may hold what somebody
// typed: the path of a request, which becomes its route, and the value of a panic,
// of which only the runtime's own words stay. The stack beside it says where it was.
func discreet(_ []string, a slog.Attr) slog.Attr {
	switch a.Key {
	case "path":
		return slog.String("route", route(a.Value.String()))
	case "fault":
		if e, ok := a.Value.Any().(runtime.Error); ok {
			return slog.String(a.Key, e.Error())
		}
		return slog.String(a.Key, fmt.Sprintf("a panic with a %T", a.Value.Any()))
	}
	return a
}
