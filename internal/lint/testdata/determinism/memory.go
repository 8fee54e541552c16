package control

import "unsafe" // want "import of unsafe: "

var size = unsafe.Sizeof(0)
