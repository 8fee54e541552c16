package lint

import (
	"fmt"
	"slices"
	"strings"
)

const module = "simrun"

// floors says how high each package stands. A package imports only from lower floors.
var floors = map[string]int{
	"sim":        0,
	"rewind":     0,
	"dataflow":   1,
	"netmodel":   1,
	"causallog":  2,
	"checkout":   2,
	"pipeline":   2,
	"recovery":   3,
	"check":      3,
	"museum":     4,
	"cluster":    4,
	"scenarios":  5,
	"swarm":      7,
	"shrink":     6,
	"hunt":       8,
	"telling":    6,
	"report":     9,
	"cmd/simrun": 10,
}

// Packages that do not know that they are simulated.
var unaware = []string{"dataflow", "causallog", "checkout", "pipeline", "recovery"}

const porcupine = "github.com/anishathalye/porcupine"

// floorFindings returns which imports of a package break a rule. Paths are import paths.
func floorFindings(path string, imports []string) []string {
	name := house(path)
	floor, known := floors[name]
	if !known {
		if strings.HasPrefix(path, module+"/internal/") {
			return nil
		}
		return []string{fmt.Sprintf("%s has no floor: give it one in internal/lint/floors.go and in the design", path)}
	}
	var found []string
	for _, i := range imports {
		if i == porcupine && name != "check" {
			found = append(found, fmt.Sprintf("%s imports porcupine: only check does; call what check exports", path))
		}
		if !strings.HasPrefix(i, module+"/") {
			continue
		}
		other := house(i)
		above, known := floors[other]
		switch {
		case strings.HasPrefix(i, module+"/internal/"):
			found = append(found, fmt.Sprintf("%s imports %s, which holds tests only: move what is needed to a package of the house", path, i))
		case !known:
			found = append(found, fmt.Sprintf("%s imports %s, which has no floor: give it one in internal/lint/floors.go", path, i))
		case other == name:
			// Packages below one directory are one house.
		case slices.Contains(unaware, name) && (other == "sim" || other == "netmodel"):
			found = append(found, fmt.Sprintf("%s imports %s, but must not know that it is simulated: take it through dataflow.Env, which cluster implements", path, i))
		case above >= floor:
			found = append(found, fmt.Sprintf("%s (floor %d) imports %s (floor %d): import only from lower floors; declare an interface here, or move the shared part down", path, floor, i, above))
		}
	}
	return found
}

// house returns the directory of the floors that a package belongs to: "scenarios" for "simrun/scenarios/schema".
func house(path string) string {
	name := strings.TrimPrefix(path, module+"/")
	first, rest, _ := strings.Cut(name, "/")
	if first == "cmd" {
		second, _, _ := strings.Cut(rest, "/")
		return first + "/" + second
	}
	return first
}
