// as simrun/netmodel
package control

import (
	_ "simrun/dataflow" // want "simrun/netmodel (floor 1) imports simrun/dataflow (floor 1): "
	_ "simrun/sim"
)
