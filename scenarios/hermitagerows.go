package scenarios

// hermitageRows are the anomalies: what clients see first, then what only
// monitors can name.
var hermitageRows = []HermitageRow{
	{Name: "lost-effect", Anomaly: "lost effect", Planted: "truncate-one-more", Cells: "SPPOPPPPPS"},
	{Name: "duplicate-effect", Anomaly: "duplicate effect", Planted: "no-deduplication", Cells: "SSPPPPPPPS"},
	{Name: "torn-effect", Anomaly: "torn effect", Planted: "stale-standby", Cells: "SPPOPPPPPS"},
	{Name: "duplicate-output", Anomaly: "duplicate output", Monitor: "INV-06", Planted: "sink-sends-again", Cells: "OPPSPPPOPS"},
	{Name: "contradicted-reply", Anomaly: "contradicted reply", Planted: "no-rng, tell-one-less", Cells: "OOPSPPPPPS"},
	{Name: "divergent-replay", Anomaly: "divergent replay", Planted: "no-order", Cells: "OSPSPPPPPS"},
	{Name: "dirty-read", Anomaly: "dirty read", Planted: "truncate-early", Cells: "SPPOPPPPSS"},
	{Name: "stale-read", Anomaly: "stale read", Planted: "release-early", With: sets("recovery.protocol", "global"), Cells: "SPPSPPPPPS"},
	{Name: "stuck-order", Anomaly: "stuck order", Planted: "tell-one-more", Cells: "SSPPPPPPPS"},
	{Name: "second-payment", Anomaly: "second payment", Planted: "keep-uncommitted", With: sets("recovery.protocol", "global"), Cells: "OPPSPPPPPS"},
	{Name: "lost-payment", Anomaly: "lost payment", Planted: "first-answer", Cells: "SPPPPPPSPS"},
	{Name: "lost-timer", Anomaly: "stuck order", Monitor: "INV-18", Planted: "forget-timers", Cells: "SPPPPPPPOS"},
	{Name: "orphan", Monitor: "INV-24", Planted: "merge-late", Cells: "NNNNPPSPPS"},
	{Name: "forgotten-log", Monitor: "INV-05", Planted: "no-relog", Cells: "NNNNPPPPPS"},
	{Name: "dropped-log", Monitor: "INV-03", Planted: "truncate-early", Cells: "NPNNPPPPPM"},
	{Name: "channel-gap", Monitor: "INV-06", Planted: "tell-one-more", Cells: "NNPOPPPPPS"},
	{Name: "reordered-channel", Monitor: "INV-06", Planted: "no-deduplication", Cells: "NNPOPPPPPS"},
	{Name: "torn-checkpoint", Monitor: "INV-07", Planted: "no-alignment", With: sets("recovery.protocol", "global"), Cells: "NNPOPPPPPS"},
	{Name: "zombie", Monitor: "INV-10", Planted: "no-fence", Cells: "OOPOPPPPPS"},
	{Name: "early-reply", Anomaly: "contradicted reply", Monitor: "INV-13", Planted: "release-early", With: sets("recovery.protocol", "global"), Cells: "OPPSPPPPPS"},
}

// reason says why an anomaly that only its monitor can name is not applicable
// under a protocol.
func (r *HermitageRow) reason(protocol string) string {
	switch {
	case r.Monitor == "INV-03":
		return protocol + " keeps no logs of what is in flight"
	case r.Monitor != "INV-24" && r.Monitor != "INV-05":
		return protocol + " promises nothing of the kind, and no monitor looks"
	case protocol == "global":
		return "no task survives a rollback of all, and no log is needed"
	}
	return protocol + " logs no determinants: nobody could hold what is lost"
}
