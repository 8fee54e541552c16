package scenarios

import (
	"fmt"

	"simrun/cluster"
	"simrun/museum"
)

// plant puts the scenario's planted bugs into what is run.
func (s *Scenario) plant(cfg *cluster.Config) error {
	if err := museum.Plant(museum.Site{Policy: &cfg.Policy, Shop: &cfg.Shop.Broken}, s.Planted...); err != nil {
		return fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	return nil
}

// plantedNotes say of a run what was wrong on purpose.
func (s *Scenario) plantedNotes() []string {
	notes := []string{}
	for _, name := range s.Planted {
		if b, ok := museum.Find(name); ok {
			notes = append(notes, fmt.Sprintf("planted bug %s: %s", b.Name, b.Text))
		}
	}
	return notes
}
