package cluster

import (
	"testing"

	"simrun/recovery"
	"simrun/sim"
)

// hardships are what a protocol that recovers has to survive, by name.
func hardships() map[string][]Fault {
	all := []string{"ingress/0", "ingress/1", "order/0", "order/1", "stock/0", "stock/1", "payment/0", "payment/1", "egress/0", "egress/1"}
	return map[string][]Fault{
		"the same task twice in an epoch":    {crash(1050*ms, "stock/0"), crash(1480*ms, "stock/0")},
		"a task and its standby":             {crash(1200*ms, "order/0", "order/0/standby")},
		"all tasks":                          {crash(1300*ms, all...)},
		"a machine":                          {crash(1300*ms, "machine/2")},
		"the machines of a task and standby": {crash(1300*ms, "machine/4", "machine/14")},
		"in its own recovery":                {crash(1200*ms, "stock/0"), after(recovery.VerbRecovering, "stock/0", 1, crash(0, "stock/0"))},
		"a neighbour at its detection":       {crash(1200*ms, "stock/0"), after(recovery.VerbDetect, "stock/0", 1, crash(0, "order/1"))},
		"at a snapshot":                      {after(recovery.VerbSnapshot, "order/1", 2, crash(0, "order/1"))},
		"before completion":                  {after(recovery.VerbDurable, "stock/1", 2, crash(0, "stock/1"))},
		"after 100 records":                  {{Text: "crash payment/1", Records: 100, Task: taskID("payment/1"), Kind: Crash, Targets: targets([]string{"payment/1"})}},
		"a pause, shorter than suspicion":    {pause(700*ms, 200*ms, "stock/0")},
		"a pause, suspected":                 {pause(700*ms, 900*ms, "stock/0")},
		"a slow task":                        {slow(700*ms, 300*ms, "payment/0", 20)},
		"a cut between tasks":                {cut(700*ms, 300*ms, "order/0", "stock/0")},
		"a cut off task, suspected":          {cut(700*ms, 900*ms, "order/0", "manager")},
		"a cut off machine":                  {cut(700*ms, 300*ms, "machine/3", "machine/4")},
		"a paused manager in a crash":        {pause(1190*ms, 300*ms, "manager"), crash(1200*ms, "stock/1")},
		"a slow manager in a crash":          {slow(1190*ms, 300*ms, "manager", 1000), crash(1200*ms, "stock/1")},
		"a paused store in a crash":          {pause(990*ms, 300*ms, "store"), crash(1200*ms, "stock/1")},
		"a slow store in a crash":            {slow(990*ms, 300*ms, "store", 30), crash(1200*ms, "stock/1")},
		"a paused broker in a crash":         {pause(1190*ms, 300*ms, "broker"), crash(1200*ms, "egress/1")},
		"a slow broker in a crash":           {slow(1190*ms, 300*ms, "broker", 100), crash(1200*ms, "egress/1")},
		"a paused standby":                   {pause(1000*ms, 500*ms, "stock/0/standby"), crash(1200*ms, "stock/0")},
		"before any checkpoint":              {crash(300*ms, "order/0", "stock/1")},
	}
}

// Whatever happens once, all protocols that promise to recover do.
func TestHardships(t *testing.T) {
	protocols := []protocol{clonos, global, depth1, depth0}
	if testing.Short() {
		protocols = protocols[:2]
	}
	for what, faults := range hardships() {
		for _, p := range protocols {
			cfg := p.with(faults...)
			cfg.Heartbeat, cfg.Timeout = 100*ms, 400*ms
			if p.name == clonos.name || p.name == global.name {
				mustPass(t, p.name+", "+what, cfg)
			} else { // where the manager rolls back nothing may be left to replay
				mustHold(t, p.name+", "+what, cfg)
			}
		}
		if testing.Short() {
			continue
		}
		cfg := clonos.with(faults...)
		cfg.Heartbeat, cfg.Timeout, cfg.Standbys, cfg.Slots, cfg.Disconnect, cfg.Ties = 50*ms, 200*ms, 0, 3, -1, sim.TiesShuffled
		for _, f := range faults {
			for _, target := range f.Targets {
				if target.Kind == TargetStandby || target.Kind == TargetMachine {
					cfg.Standbys, cfg.Slots = 1, 1
				}
			}
		}
		mustPass(t, "clonos without standbys, three tasks a machine, heartbeats alone, "+what, cfg)
	}
}

// Each verb that faults can wait for occurs under a protocol that has the step.
func TestVerbsOccur(t *testing.T) {
	for verb := range recovery.Verbs {
		p, task := clonos, "stock/0"
		switch verb {
		case recovery.VerbRollback:
			p, task = global, ""
		case recovery.VerbComplete:
			task = ""
		case recovery.VerbPublish:
			task = "egress/0"
		}
		mustPass(t, p.name+", after "+verb.String(), p.with(crash(700*ms, "stock/0"), after(verb, task, 1, crash(0, "order/0"))))
	}
}

// A machine comes back empty after a while, and is used again.
func TestMachinesComeBack(t *testing.T) {
	cfg := clonos.with(crash(700*ms, "machine/4"), crash(1000*ms, "machine/14"), crash(1300*ms, "machine/4"))
	cfg.Reboot = 200 * ms
	r, o := play(t, cfg)
	if names, text := complaints(o); len(names) > 0 || o.Vacuous != "" {
		t.Errorf("%v %s\n%s", names, o.Vacuous, text)
	}
	var on []int
	for _, p := range r.procs {
		if p.id == taskID("stock/0") {
			on = append(on, p.machine)
		}
	}
	if len(on) != 4 || on[0] != 4 || on[1] != 14 || !r.machines[4].up {
		t.Errorf("stock/0 ran on machines %v", on)
	}
}
