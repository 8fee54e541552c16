// as simrun/report
package control

import (
	_ "github.com/anishathalye/porcupine" // want "simrun/report imports porcupine: only check does"
	_ "simrun/check"
	_ "simrun/cmd/simrun"    // want "simrun/report (floor 9) imports simrun/cmd/simrun (floor 10): "
	_ "simrun/internal/lint" // want "simrun/report imports simrun/internal/lint, which holds tests only: "
	_ "simrun/lumber"        // want "simrun/report imports simrun/lumber, which has no floor: "
)
