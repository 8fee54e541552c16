// as simrun/recovery
package control

import (
	_ "simrun/causallog"
	_ "simrun/check"   // want "simrun/recovery (floor 3) imports simrun/check (floor 3): "
	_ "simrun/cluster" // want "simrun/recovery (floor 3) imports simrun/cluster (floor 4): "
	_ "simrun/dataflow"
	_ "simrun/recovery/global"
	_ "simrun/sim" // want "simrun/recovery imports simrun/sim, but must not know"
)
