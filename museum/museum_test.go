package museum

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"simrun/checkout"
	"simrun/dataflow"
	"simrun/recovery"
)

// Names are words that a file can write, each once; texts are sentences without
// their full stop.
func TestBugsAreDescribed(t *testing.T) {
	word := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	names, texts := map[string]bool{}, map[string]bool{}
	for _, b := range Bugs() {
		if !word.MatchString(b.Name) || names[b.Name] {
			t.Errorf("%q is no name, or the name of two bugs", b.Name)
		}
		if b.Text == "" || strings.HasSuffix(b.Text, ".") || texts[b.Text] || b.Source == "" || b.Room == "" {
			t.Errorf("%s: %q, source %q, room %q", b.Name, b.Text, b.Source, b.Room)
		}
		for _, need := range append(slices.Clone(b.Needs), b.Swarm...) {
			if !strings.Contains(need, "=") {
				t.Errorf("%s needs %q, which is no KEY=VALUE", b.Name, need)
			}
		}
		if b.Harmless != "" && b.Hidden != "" {
			t.Errorf("%s does no harm, and is hidden", b.Name)
		}
		names[b.Name], texts[b.Text] = true, true
	}
	if len(names) < 40 {
		t.Errorf("the museum has %d bugs", len(names))
	}
}

// rooms are the sets of switches, by the packages that they are in.
var rooms = map[string]reflect.Type{
	"recovery": reflect.TypeFor[recovery.Broken](),
	"dataflow": reflect.TypeFor[dataflow.Broken](),
	"checkout": reflect.TypeFor[checkout.Broken](),
}

// elsewhere are switches that are no bugs of the museum.
var elsewhere = map[string]string{
	"recovery.Without":    "one bug a kind",
	"recovery.Task":       "the room dataflow",
	"recovery.Flip":       "one wrong byte, for sweeps of bytes",
	"dataflow.SkipIgnore": "a quirk of the published variant",
	"dataflow.CancelIdle": "a quirk of the published variant",
	"dataflow.ClockLags":  "a quirk of the published variant",
}

// Every switch that there is hangs in the museum, and a bug's switch is where it
// says.
func TestEverySwitchHangsHere(t *testing.T) {
	hung := map[string]bool{}
	for _, b := range Bugs() {
		for _, name := range strings.Split(b.Switch, ", ") {
			switch _, is := rooms[b.Room].FieldByName(name); {
			case is:
				hung[b.Room+"."+name] = true
			case !strings.HasPrefix(name, "Without ") && name != "quirk B2" && name != "orphans: continue":
				t.Errorf("%s: there is no %s.Broken.%s", b.Name, b.Room, name)
			}
		}
	}
	for room, of := range rooms {
		for i := range of.NumField() {
			name := room + "." + of.Field(i).Name
			if !hung[name] && elsewhere[name] == "" {
				t.Errorf("%s is a switch and no bug of the museum", name)
			}
		}
	}
}

// Planting a bug changes what a run is made of, in a way of its own; planting
// none changes nothing.
func TestPlanting(t *testing.T) {
	made := map[string]string{}
	plant := func(names ...string) string {
		policy, shop := recovery.Clonos(1), checkout.Broken{}
		if err := Plant(Site{&policy, &shop}, names...); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%+v %+v", policy, shop)
	}
	made[plant()] = "nothing"
	for _, b := range Bugs() {
		what := plant(b.Name)
		if other := made[what]; other != "" {
			t.Errorf("planting %s does what planting %s does", b.Name, other)
		}
		made[what] = b.Name
	}
	policy := recovery.Global()
	if err := Plant(Site{&policy, nil}, "no-such-bug"); err == nil || !strings.Contains(err.Error(), "no-such-bug") {
		t.Errorf("planting a bug that there is not: %v", err)
	}
	if _, ok := Find("no-fence"); !ok || !slices.Contains(Names(), "no-fence") {
		t.Error("no-fence is not found")
	}
}
