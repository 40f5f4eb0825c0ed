package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/weights"
)

// The digests were written down by the script that made the network.
func TestFactsOfANetwork(t *testing.T) {
	folder := filepath.Join("..", "..", "weights", "testdata")
	n, err := weights.Load(filepath.Join(folder, "beta16.mat"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "want.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want []struct {
		Name         string
		In, Out      int
		Kernel, Bias string
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	facts := factsOf(n)
	if len(facts.Layers) != len(want) {
		t.Fatalf("%d layers, want %d", len(facts.Layers), len(want))
	}
	var table strings.Builder
	if err := facts.print(&table); err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		l := facts.Layers[i]
		if l.Name != w.Name || l.Shape != [4]int{3, 3, w.In, w.Out} || l.Kernel != w.Kernel || l.Bias != w.Bias {
			t.Errorf("%+v, want %+v", l, w)
		}
		if !strings.Contains(table.String(), w.Kernel) || !strings.Contains(table.String(), w.Bias) {
			t.Errorf("%s is not in the table", w.Name)
		}
	}
	if !strings.Contains(table.String(), "channel 1 = 255 R +0 G +0 B -123.68") {
		t.Errorf("no input in\n%s", table.String())
	}
}

// 1, 2, 3, 6: mean 3, squares of the distances 4 + 1 + 0 + 9 = 14, of which the mean is 3.5.
func TestMoments(t *testing.T) {
	mean, deviation := moments([]float32{1, 2, 3, 6})
	if mean != 3 || deviation != math.Sqrt(3.5) {
		t.Errorf("%g, %g", mean, deviation)
	}
}

func TestWeightsExitCodes(t *testing.T) {
	t.Setenv("STYLENET_HOME", t.TempDir())
	good := filepath.Join("..", "..", "weights", "testdata", "stylenet.safetensors")
	for want, calls := range map[int][]string{
		0: {"list", "show " + good, "show -json " + good, "show random", "show " + good + " -origin caffe"},
		1: {"show main.go", "show vgg19", "verify vgg19", "verify main.go", "show missing.mat", "show -origin x " + good},
		2: {"", "paint", "fetch", "fetch nothing", "show", "list all", "show -x " + good},
	} {
		for _, call := range calls {
			if got := dispatch(append([]string{"weights"}, strings.Fields(call)...)); got != want {
				t.Errorf("weights %s: exit code %d, want %d", call, got, want)
			}
		}
	}
}
