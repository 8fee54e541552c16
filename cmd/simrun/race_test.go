//go:build race

package main

// Drawing takes tens of seconds with the race detector; scripts that are about figures skip it.
const raceDetector = true
