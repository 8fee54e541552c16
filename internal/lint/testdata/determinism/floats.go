package control

import "math"

type share float64 // want "floating point: "

const half = 0.5 // want "floating point: "

const million = 1e6 // want "floating point: "

type point struct {
	x float32 // want "floating point: "
	n int
}

func floats(p point, n int64) int64 {
	root := math.Sqrt(2)          // want "floating point: "
	return int64(root * share2()) // want "floating point: "
}

func share2() float64 { // want "floating point: "
	return 1 // want "floating point: "
}

func number[N int | float64](n N) N { // want "floating point: "
	return n // want "floating point: "
}

func integers(n int64) int64 {
	var rounds int64 = 1e6
	return n*1e3 + rounds
}
