// Command tenet is the privacy office of a UK social landlord in one binary.
package main

import (
	"os"

	"tenet/internal/app"
)

// version is set by the build.
var version = "dev"

func main() { os.Exit(app.Main(version)) }
