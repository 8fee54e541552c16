package report

// SweepFigures draws a sweep.
func SweepFigures(s *Sweep) []Figure { return nil }
