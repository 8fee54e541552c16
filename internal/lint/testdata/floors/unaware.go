// as simrun/dataflow
package control

import (
	_ "fmt"
	_ "simrun/netmodel" // want "simrun/dataflow imports simrun/netmodel, but must not know that it is simulated: "
	_ "simrun/sim"      // want "simrun/dataflow imports simrun/sim, but must not know that it is simulated: "
)
