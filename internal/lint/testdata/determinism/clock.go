package control

import "time"

func clock() time.Duration {
	begin := time.Now()          // want "time.Now: "
	time.Sleep(time.Millisecond) // want "time.Sleep: "
	f := time.AfterFunc          // want "time.AfterFunc: "
	f(time.Second, nil)
	return time.Since(begin) // want "time.Since: "
}

func allowed(d time.Duration) string { return d.String() }
