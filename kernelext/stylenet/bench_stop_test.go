//go:build cgo

package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A run that is stopped while a peer is in its second round prints what it has.
func TestBenchStopped(t *testing.T) {
	needBackend(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	folder := t.TempDir()
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(folder, "second")); err == nil {
				stop()
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	peer := "cd " + folder + "; echo 90; echo 4; if test -e first; then echo 6; touch second; sleep 60; fi; touch first"
	out := captured(t, func() {
		err := benchCommand(ctx, []string{"-size", "40x24,64x64", "-method", "plain", "-steps", "2", "-rounds", "3", "-weights", thinNetwork(t),
			"-json", "-", "-peer", peer, "-peer", "printf '5\\n7\\n'"})
		if err != context.Canceled {
			t.Errorf("%v, want what Ctrl-C gives", err)
		}
	})
	var got benchReport
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if len(got.Results) != 1 || got.Results[0].Median <= 0 || len(got.Results[0].Peers) != 2 {
		t.Fatalf("%+v, want one result and its peers", got.Results)
	}
	if p := got.Results[0].Peers; p[0].Median != 4.5 || p[0].Min != 4 || p[1].Median != 7 {
		t.Errorf("peers %+v, want a median of 4.5 (of 4 and the half round's 5) and 7 ms", p)
	}
}

// A process of a measurement that is stopped hands over the steps that it has timed.
func TestBenchStepStopped(t *testing.T) {
	needBackend(t)
	b := &benchmark{steps: 1_000_000, weights: thinNetwork(t)}
	for wait := 4 * time.Second; ; wait *= 2 { // starting and compiling may take long
		ctx, stop := context.WithTimeout(t.Context(), wait)
		got, err := b.ours(ctx, "200x160", "plain")
		stop()
		if err == nil {
			if len(got.Steps) == 0 || len(got.Steps) >= b.steps || got.First < median(got.Steps) || got.Rate != 0 {
				t.Errorf("%d steps, the first after %g ms, matrix rate %g", len(got.Steps), got.First, got.Rate)
			}
			return
		}
		if err != context.DeadlineExceeded || wait > 30*time.Second {
			t.Fatal(err)
		}
	}
}
