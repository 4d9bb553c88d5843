package app

import (
	"io"
	"log/slog"

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

// discreet takes out of what is logged the path of a request, which may hold what
// somebody typed: it becomes its route.
func discreet(_ []string, a slog.Attr) slog.Attr {
	if a.Key == "path" {
		return slog.String("route", route(a.Value.String()))
	}
	return a
}
