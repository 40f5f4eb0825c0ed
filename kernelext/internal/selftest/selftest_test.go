package selftest_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"stylenet/kernelext/internal/engine"
	"stylenet/kernelext/internal/selftest"
	"stylenet/kernelext/internal/setup"
	"stylenet/kernelext/internal/soak"
)

// settings are those of the set-up.
func settings(t *testing.T) engine.Settings {
	home := os.Getenv("STYLENET_HOME")
	if home == "" {
		t.Skip("STYLENET_HOME is not set; stylenet test sets it")
	}
	module, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	s := (&setup.Setup{Home: home, Module: module}).CellSettings()
	s.Why = ""
	return s
}

// TestSelf is what set-up runs.
func TestSelf(t *testing.T) {
	t.Parallel()
	r, err := selftest.Run(t.Context(), settings(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Kinds) < 50 || r.Cells < 350 {
		t.Errorf("%d cells of %d kinds", r.Cells, len(r.Kinds))
	}
}

var length = flag.Duration("soak", 2*time.Minute, "how long to run random cells")

// TestSoak runs random cells under an eager collector.
func TestSoak(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("two minutes of random cells")
	}
	cells := 0
	err := selftest.Soak(t.Context(), settings(t), 1, time.Now().Add(*length), func(seed uint64, r selftest.Result, took time.Duration) {
		cells += r.Cells
		t.Logf("seed %d: %d cells of %d kinds in %s", seed, r.Cells, len(r.Kinds), took.Round(time.Second))
	})
	if err != nil || cells < 50 {
		t.Errorf("%d cells, %v", cells, err)
	}
}

// TestWrongAnswer: a wrong answer is found.
func TestWrongAnswer(t *testing.T) {
	t.Parallel()
	n, err := selftest.Open(settings(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	for _, c := range []soak.Cell{{Source: "1 + 1", Want: "3\n"}, {Source: "1", Want: "1\n", Fails: true}, {Source: `panic("x")`}, {Source: "println(1)"}} {
		if err := n.Check(c); err == nil {
			t.Errorf("%q passes", c.Source)
		}
	}
	if err := n.Check(soak.Cell{Source: "1 + 1", Want: "2\n"}); err != nil {
		t.Error(err)
	}
}
