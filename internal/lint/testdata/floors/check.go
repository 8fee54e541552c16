// as simrun/check
package control

import (
	_ "github.com/anishathalye/porcupine"
	_ "simrun/checkout"
	_ "simrun/scenarios" // want "simrun/check (floor 3) imports simrun/scenarios (floor 5): "
	_ "simrun/sim"
)
