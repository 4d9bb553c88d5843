package notice

// PromiseCheck is one thing to look at in the live systems to see that a promise is
// being kept. Which checks exist is for the installation to say; the folder
// only names them and gives them what they need.
type PromiseCheck struct {
	Pos   `json:"-"`
	Check CheckName      `yaml:"check,required" json:"check" doc:"the name of the check"`
	With  map[string]any `yaml:",rest" json:"with,omitempty" doc:"what the check needs to know"`
}
