package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"

	"tenet/internal/desk"
)

// serviceName is what Windows knows the service by, and the event log its source.
const serviceName = "Tenet"

// stopping is how long the service may take to stop: see grace.
const stopping = 30 * time.Second

// asService runs the command line for Windows' service manager, if it is that which
// started this process. The log goes to the event log.
func asService(version string) (status int, ok bool) {
	if is, err := svc.IsWindowsService(); err != nil || !is {
		return 0, false
	}
	events, err := eventlog.Open(serviceName)
	if err != nil {
		return 1, true
	}
	defer events.Close()
	s := &underManager{version: version, events: events}
	if err := svc.Run(serviceName, s); err != nil {
		events.Error(1, "Tenet could not run as a service: "+err.Error())
		return 1, true
	}
	return s.status, true
}

// underManager is the service while it runs.
type underManager struct {
	version string
	events  *eventlog.Log
	status  int
}

// Execute runs the command line that the service was installed with until it ends,
// or until Windows asks for an end.
func (s *underManager) Execute(_ []string, asked <-chan svc.ChangeRequest, says chan<- svc.Status) (ownCode bool, code uint32) {
	says <- svc.Status{State: svc.StartPending}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan int, 1)
	go func() {
		said := eventWriter{s.events}
		ended <- Run(ctx, os.Args[1:], strings.NewReader(""), said, said, s.version)
	}()
	running := svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	says <- running
	for {
		select {
		case s.status = <-ended:
			return s.status != 0, uint32(s.status)
		case r := <-asked:
			switch r.Cmd {
			case svc.Interrogate:
				says <- r.CurrentStatus
			case svc.Stop, svc.Shutdown:
				says <- svc.Status{State: svc.StopPending, WaitHint: uint32(stopping.Milliseconds())}
				stop()
			}
		}
	}
}

// eventWriter writes each line to the event log.
type eventWriter struct{ to *eventlog.Log }

func (w eventWriter) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if err := w.to.Info(1, string(line)); err != nil {
				return 0, err
			}
		}
	}
	return len(p), nil
}

// service installs, removes, starts or stops the service of a workspace.
func service(verb, dir string) error {
	m, err := mgr.Connect()
	if err != nil {
		return refused(verb, err)
	}
	defer m.Disconnect()
	if verb == "install" {
		return install(m, dir)
	}
	s, err := m.OpenService(serviceName)
	if errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		return &desk.Error{Code: "service", What: "there is no service " + serviceName, Where: "tenet service " + verb, Mend: "tenet -C DIR service install"}
	}
	if err != nil {
		return refused(verb, err)
	}
	defer s.Close()
	switch verb {
	case "remove":
		err = errors.Join(s.Delete(), eventlog.Remove(serviceName))
	case "start":
		err = s.Start()
	case "stop":
		_, err = s.Control(svc.Stop)
		for until := time.Now().Add(stopping); err == nil; time.Sleep(200 * time.Millisecond) {
			var now svc.Status
			if now, err = s.Query(); err != nil || now.State == svc.Stopped {
				break
			}
			if time.Now().After(until) {
				err = errors.New("it has not stopped in time")
			}
		}
	}
	if err != nil {
		return refused(verb, err)
	}
	return nil
}

// install has Windows run `tenet -C dir serve` as LocalService, who has few rights:
// see docs/install.md for those it needs on the workspace.
func install(m *mgr.Mgr, dir string) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("install the service: %w", err)
	}
	s, err := m.CreateService(serviceName, program, mgr.Config{
		DisplayName: "Tenet, the privacy office", Description: "Portal, console and background work of a Tenet workspace.",
		StartType: mgr.StartAutomatic, DelayedAutoStart: true, ServiceStartName: `NT AUTHORITY\LocalService`,
	}, "-C", dir, "serve")
	if err != nil {
		return refused("install", err)
	}
	defer s.Close()
	err = s.SetRecoveryActions([]mgr.RecoveryAction{{Type: mgr.ServiceRestart, Delay: 5 * time.Second}}, uint32((24 * time.Hour).Seconds()))
	if err == nil {
		err = eventlog.InstallAsEventCreate(serviceName, eventlog.Error|eventlog.Warning|eventlog.Info)
	}
	if err != nil {
		return refused("install", errors.Join(err, s.Delete()))
	}
	return nil
}

func refused(verb string, err error) error {
	return &desk.Error{Code: "service", What: "Windows refused", Where: "tenet service " + verb, Mend: "run it from a prompt that was opened as administrator", Err: err}
}
