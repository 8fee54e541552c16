package shrink

import (
	"fmt"
	"slices"
	"strings"

	"simrun/scenarios"
)

// needed says of each planted bug, quirk and fault what a run without it gives.
func (s *search) needed() (list []Need) {
	for i, name := range s.best.Planted {
		list = append(list, Need{"the planted bug " + name, s.without(changed(s.best, func(c *scenarios.Scenario) { c.Planted = slices.Delete(c.Planted, i, i+1) }))})
	}
	for i, name := range s.best.Recovery.Quirks {
		list = append(list, Need{"the quirk " + name, s.without(changed(s.best, func(c *scenarios.Scenario) {
			c.Recovery.Quirks = slices.Delete(slices.Clone(c.Recovery.Quirks), i, i+1)
		}))})
	}
	for i := range s.best.Faults {
		f := s.best.Faults[i]
		list = append(list, Need{f.String(), s.without(changed(s.best, func(c *scenarios.Scenario) { c.Faults = slices.Delete(c.Faults, i, i+1) }))})
		for j, target := range f.Crash {
			if len(f.Crash) > 1 {
				list = append(list, Need{target.String(), s.without(changed(s.best, func(c *scenarios.Scenario) {
					c.Faults[i].Crash = slices.Delete(c.Faults[i].Crash, j, j+1)
				}))})
			}
		}
	}
	return list
}

func (s *search) without(c *scenarios.Scenario) string {
	r, err := s.run(s.ctx, c, scenarios.Options{})
	one := s.judge(c, &r, err)
	switch {
	case one.failed != nil:
		return "there is no run: " + strings.SplitN(one.failed.Error(), "\n", 2)[0]
	case one.has:
		return fmt.Sprintf("the run still fails: %s", s.want)
	case one.class.Fails():
		return fmt.Sprintf("%s is violated, not %s", one.class, s.want)
	case one.vacuous != "":
		return "the run tests nothing: " + one.vacuous
	}
	if s.holds != nil {
		return "the property holds"
	}
	return "the run passes"
}
