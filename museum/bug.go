package museum

import (
	"fmt"
	"slices"

	"simrun/checkout"
	"simrun/dataflow"
	"simrun/recovery"
)

// Bug is one planted bug.
type Bug struct {
	Name     string   // as scenarios write it: planted: [Name]
	Text     string   // what is wrong, one sentence without its full stop
	Room     string   // package whose Broken has the switch
	Switch   string   // of that Broken
	Source   string   // who made it, or who warns of it
	Needs    []string // what a scenario needs for it to show, as KEY=VALUE
	Swarm    []string // what random scenarios are best drawn from, as KEY=VALUE of their base
	Harmless string   // why it does no harm; empty: it does
	Hidden   string   // why random scenarios do not find it, and what does; empty: they do

	plant func(*Site)
}

// Site is where bugs are planted: what one run is made of.
type Site struct {
	Policy *recovery.Policy
	Shop   *checkout.Broken
}

// Bugs lists all bugs, in the order of the rooms.
func Bugs() []Bug { return slices.Concat(logging, channels, checkpoints, services) }

// Names lists the names of all bugs.
func Names() []string {
	var names []string
	for _, b := range Bugs() {
		names = append(names, b.Name)
	}
	return names
}

// Find gives the bug of a name.
func Find(name string) (Bug, bool) {
	for _, b := range Bugs() {
		if b.Name == name {
			return b, true
		}
	}
	return Bug{}, false
}

// Plant switches bugs on.
func Plant(site Site, names ...string) error {
	for _, name := range names {
		b, ok := Find(name)
		if !ok {
			return fmt.Errorf("no planted bug is called %s", name)
		}
		b.plant(&site)
	}
	return nil
}

// Plant switches the bug on.
func (b *Bug) Plant(site Site) { b.plant(&site) }

func inRecovery(set func(b *recovery.Broken)) func(*Site) {
	return func(s *Site) { set(&s.Policy.Broken) }
}

func inTask(set func(b *dataflow.Broken)) func(*Site) {
	return func(s *Site) { set(&s.Policy.Broken.Task) }
}

func inShop(set func(b *checkout.Broken)) func(*Site) {
	return func(s *Site) { set(s.Shop) }
}

func without(kind dataflow.Kind) func(*Site) {
	return inRecovery(func(b *recovery.Broken) { b.Without[kind] = true })
}
