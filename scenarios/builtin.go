package scenarios

import (
	"embed"
	"fmt"
	"strings"
	"sync"
)

//go:embed builtin/*.yaml
var builtinFiles embed.FS

// builtinOrder is the order in which list shows them: from the simplest on.
var builtinOrder = []string{"quiet", "crash-stock", "crash-order", "crash-payment", "crash-ingress", "crash-egress", "crash-again",
	"crash-in-replay", "crash-at-checkpoint", "no-standby",
	"crash-neighbours", "crash-path", "crash-machine", "crash-all", "orphan", "false-suspicion", "lost-write", "clock-skew",
	"hot-item", "saga-dirty-read", "wdm-consistency", "crash-small", "museum", "pipeline-small", "pipeline-variants", "pipeline-crash", "pipeline-crash-path"}

// Builtin is a scenario that comes with simrun.
type Builtin struct{ Name, About string }

var builtins = sync.OnceValue(func() []Builtin {
	var list []Builtin
	for _, name := range builtinOrder {
		data, _ := BuiltinYAML(name)
		s, err := Parse(name, data, nil)
		if err != nil || s.Name != name {
			panic(fmt.Sprintf("scenarios: built-in %s: %v", name, err))
		}
		list = append(list, Builtin{s.Name, s.About})
	}
	return list
})

// Builtins lists the built-in scenarios.
func Builtins() []Builtin { return append([]Builtin(nil), builtins()...) }

// BuiltinYAML gives the file of a built-in scenario, or of one of the anomaly
// matrix (hermitage/NAME).
func BuiltinYAML(name string) ([]byte, bool) {
	if anomaly, ok := strings.CutPrefix(name, HermitagePrefix); ok && !strings.ContainsAny(anomaly, "/\\.") {
		data, err := hermitageFiles.ReadFile(name + ".yaml")
		return data, err == nil
	}
	if name == "" || strings.ContainsAny(name, "/\\.") {
		return nil, false
	}
	data, err := builtinFiles.ReadFile("builtin/" + name + ".yaml")
	return data, err == nil
}
