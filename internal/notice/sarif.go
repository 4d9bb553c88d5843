package notice

import (
	"encoding/json"
	"fmt"
	"io"
)

// The parts of SARIF 2.1.0 (OASIS) that a finding fills.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
		Columns string        `json:"columnKind"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID         string            `json:"id"`
		Short      sarifText         `json:"shortDescription"`
		Full       sarifText         `json:"fullDescription"`
		Default    map[string]string `json:"defaultConfiguration"`
		Properties map[string]string `json:"properties"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        Severity           `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
)

// WriteSARIF writes findings as a SARIF 2.1.0 log, for tools that show such logs
// beside the text. Waived ones are in it, as suppressed. Paths are relative
// to the notice folder, which the log calls NOTICE. tool is our version, or "".
func WriteSARIF(w io.Writer, tool string, found []Finding, waived []Waived) error {
	run := sarifRun{Columns: "utf16CodeUnits", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "tenet notice check", Version: tool}
	index := make(map[string]int)
	for i, r := range LintRules() {
		index[r.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: r.ID, Short: sarifText{r.Finds}, Full: sarifText{r.Finds + " (" + r.Source + ")"},
			Default:    map[string]string{"level": string(r.Severity)},
			Properties: map[string]string{"source": r.Source, "sure": string(r.Sure), "since": string(r.Since)},
		})
	}
	add := func(f Finding, s []sarifSuppression) {
		why, source := f.Why, f.Source
		if about := f.About(); about != "" {
			why = about + ": " + why
		}
		if says := f.Sure.Says(); says != "" {
			source += "; " + says
		}
		at := sarifPhysical{Artifact: sarifArtifact{f.File, "NOTICE"}}
		if f.Line > 0 {
			at.Region = &sarifRegion{f.Line, f.Column}
		}
		run.Results = append(run.Results, sarifResult{f.Rule, index[f.Rule], f.Severity,
			sarifText{why + ". " + f.Mend + " (" + source + ")"}, []sarifLocation{{at}}, s})
	}
	for _, f := range found {
		add(f, nil)
	}
	for _, x := range waived {
		add(x.Finding, []sarifSuppression{{"external", "accepted", x.Waiver.Reason + " — " + x.Waiver.Owner + ", until " + string(x.Waiver.Until)}})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}); err != nil {
		return fmt.Errorf("write findings as SARIF: %w", err)
	}
	return nil
}
