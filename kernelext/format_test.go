package kernelext

import (
	"testing"
	"time"
)

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		213 * time.Millisecond:                  "213 ms",
		9940 * time.Millisecond:                 "9.9 s",
		43 * time.Second:                        "43 s",
		59900 * time.Millisecond:                "60 s",
		125 * time.Second:                       "2 min 5 s",
		time.Hour + 3*time.Minute + time.Second: "1 h 3 min",
	} {
		if got := formatDuration(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
