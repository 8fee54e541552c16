package control

import (
	crypto "crypto/rand" // want "import of crypto/rand: "
	"hash/maphash"       // want "import of hash/maphash: "
	old "math/rand"      // want "import of math/rand: "
	"math/rand/v2"       // want "import of math/rand/v2: "
)

var _ = crypto.Reader
var _ = maphash.MakeSeed()
var _ = old.Int()
var _ = rand.Int()
