//go:build cgo

package main

import (
	"encoding/json"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stylenet/stylelib"
	"stylenet/weights"
)

// TestMain lets the test's own program be the process of a measurement.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == benchStep || os.Args[1] == benchLoss) {
		os.Exit(dispatch(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// needBackend skips a test where XLA does not run.
func needBackend(t *testing.T) {
	t.Helper()
	backend, err := stylelib.OpenBackend()
	if err != nil {
		t.Skip(err)
	}
	backend.Finalize()
}

// thinNetwork writes a network to conv5_1 with few channels and returns the file.
func thinNetwork(t *testing.T) string {
	t.Helper()
	return thinNetworkPooled(t, false)
}

// thinNetworkPooled is thinNetwork with average pooling, or with maxima.
func thinNetworkPooled(t *testing.T, average bool) string {
	t.Helper()
	full := weights.Random(5)
	thin := &weights.Network{Input: full.Input, AveragePooling: average, Origin: "a test's network", Licence: "none"}
	in := 3
	for i, c := range full.Convs[:13] {
		c.In, c.Out, c.Bias = in, 4+i%3, make([]float32, 4+i%3)
		c.Kernel = slices.Clone(full.Convs[3].Kernel[:9*c.In*c.Out])
		for k := range c.Kernel {
			c.Kernel[k] *= float32(math.Sqrt(128 / float64(in))) // scaled for 128 channels
		}
		for k := range c.Bias {
			c.Bias[k] = float32(k+1) / 20
		}
		thin.Convs, in = append(thin.Convs, c), c.Out
	}
	path := filepath.Join(t.TempDir(), "thin.safetensors")
	if err := thin.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBenchAlternatesWithPeers(t *testing.T) {
	needBackend(t)
	file := thinNetwork(t)
	rounds := filepath.Join(t.TempDir(), "rounds")
	// The first peer is quicker in every round; it is handed the network that we run.
	quick := `quick: cmp -s {weights} ` + file + ` && echo {size} {steps} >> ` + rounds + `; echo words; echo 9000; echo $((8 / $(wc -l < ` + rounds + `)))`
	out := captured(t, func() {
		err := benchCommand(t.Context(), []string{"-size", "40x24", "-method", "plain", "-steps", "2", "-rounds", "2", "-weights", file, "-json", "-",
			"-peer", quick, "-peer", "printf '5\\n7\\n8.0\\n'"})
		if err != nil {
			t.Error(err)
		}
	})
	var got struct {
		Machine map[string]any
		Results []map[string]any
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if asked, _ := os.ReadFile(rounds); string(asked) != strings.Repeat("40x24 3\n", 2) {
		t.Errorf("the peer was asked for %q, want twice 3 steps of 40x24, and our network", asked)
	}
	if len(got.Results) != 1 || len(got.Machine) == 0 {
		t.Fatalf("report %v, want one result", got)
	}
	r := got.Results[0]
	number := func(from map[string]any, name string) float64 { v, _ := from[name].(float64); return v }
	middle, gflops := number(r, "ms_median"), number(got.Machine, "gflops")
	if r["size"] != "40x24" || r["method"] != "plain" || !(0 < number(r, "ms_min") && number(r, "ms_min") <= middle && middle < number(r, "ms_first")) {
		t.Errorf("result %v: sizes, methods or times are wrong", r)
	}
	if peak := number(r, "peak_mb"); peak < 20 || peak > 5000 {
		t.Errorf("peak %g MB", peak)
	}
	network, err := weights.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	share := stepFlops(network, image.Pt(40, 24)) / (gflops * 1e9) / (middle / 1000)
	if got := number(r, "bound_share"); math.Abs(got-share) > 1e-9 {
		t.Errorf("share %g of the bound, want %g", got, share)
	}
	peers, _ := r["peers"].([]any)
	if len(peers) != 2 {
		t.Fatalf("peers %v, want two", r["peers"])
	}
	first, second := peers[0].(map[string]any), peers[1].(map[string]any)
	if number(first, "ms_median") != 6 || number(first, "ms_min") != 4 || number(first, "ms_first") != 9000 || number(second, "ms_median") != 7.5 || number(second, "ratio") == 0 {
		t.Errorf("peers %v, want the first step left out, then medians of 6 (of 8 and 4) and 7.5 ms", peers)
	}
	if ratio := number(r, "peer_ratio"); ratio != number(first, "ratio") || ratio <= 0 {
		t.Errorf("ratio %v, want the first peer's, %v", ratio, first["ratio"])
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 9, 2}, 3}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v: %g, want %g", c.values, got, c.want)
		}
	}
}

func TestStepFlops(t *testing.T) {
	two := &weights.Network{Convs: []weights.Conv{{Name: "conv1_1", In: 3, Out: 2}, {Name: "conv2_1", In: 2, Out: 5}}}
	// 3x3 pixels: 9·(9·3·2) products of conv1_1 and 9·2·2 of its Gram matrix; half of it, rounded up, is 2x2 pixels:
	// 4·(9·2·5) and 4·5·5. Each comes with an addition, and for the gradient there are as many.
	if got, want := stepFlops(two, image.Pt(3, 3)), 4.*(486+36+360+100); got != want {
		t.Errorf("%g operations, want %g", got, want)
	}
	// Of conv1_2 to conv4_4 each takes 1.85e9 multiplications at 224x224, or half of it after a change of width
	// (Simonyan and Zisserman's configuration E): 76e9 operations in all, with those of the Gram matrices.
	if got := stepFlops(weights.Random(1), image.Pt(224, 224)); math.Abs(got/76e9-1) > 0.01 {
		t.Errorf("%g operations for VGG-19, want 76e9", got)
	}
}

func TestBenchRefuses(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"-size", "224", "want WxH"},
		{"-size", "8x512", "at least 16 pixels"},
		{"-size", "64x64,", "want WxH"},
		{"-method", "direct", "auto, plain and winograd"},
		{"-steps", "0", "at least 1"},
		{"-peer", "name: ", "no command"},
	} {
		err := benchCommand(t.Context(), []string{c.name, c.value})
		if exitCode(err) != 2 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("bench %s %s: %v, want a usage error with %q", c.name, c.value, err, c.want)
		}
	}
	for line, want := range map[string]string{
		"-to-loss":                  "-to-loss needs a peer",
		"-to-loss -steps 0 -peer x": "-steps must be at least 1",
		"-to-loss -tile 64 -peer x": "-tile changes how ours paints",
		"-content cat.png":          "-content belongs to -to-loss",
	} {
		if err := benchCommand(t.Context(), strings.Fields(line)); exitCode(err) != 2 || !strings.Contains(err.Error(), want) {
			t.Errorf("bench %s: %v, want a usage error with %q", line, err, want)
		}
	}
	p := peer{"p", "echo 1; echo oops >&2; exit 3"}
	if _, err := p.steps(t.Context(), "64x64", 2, ""); err == nil || !strings.Contains(err.Error(), "oops") {
		t.Errorf("%v, want what the failing peer said", err)
	}
	p.command = "echo 1; echo two"
	if _, err := p.steps(t.Context(), "64x64", 2, ""); err == nil || !strings.Contains(err.Error(), "printed 1 times") {
		t.Errorf("%v, want that one time is too little", err)
	}
}

func TestBenchLayers(t *testing.T) {
	needBackend(t)
	var out strings.Builder
	if err := benchLayers(t.Context(), &out, slimNetwork(t), image.Pt(21, 16)); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")[3:]
	want := []string{"conv1_1 21x16 3 to 4", "conv1_2 21x16 4 to 5", "conv2_1 11x8 5 to 6", "conv2_2 11x8 6 to 7"}
	if len(lines) != len(want) {
		t.Fatalf("%q, want a line for each of four convolutions", lines)
	}
	for i, line := range lines {
		fields := strings.Fields(line)
		if got := strings.Join(fields[:5], " "); got != want[i] || len(fields) != 7 {
			t.Errorf("%q, want %s and two times", line, want[i])
		}
		for _, ms := range fields[5:7] {
			if v, err := strconv.ParseFloat(ms, 64); err != nil || v <= 0 || v > 10000 {
				t.Errorf("%q: %s milliseconds", line, ms)
			}
		}
	}
}

// TestPeersDoOurWork: the peers' losses at the first step are ours, by both poolings. STYLENET_TEST_PYTHON names a Python with torch and jax.
func TestPeersDoOurWork(t *testing.T) {
	needBackend(t)
	python := os.Getenv("STYLENET_TEST_PYTHON")
	if python == "" {
		t.Skip("STYLENET_TEST_PYTHON names no Python")
	}
	losses := func(name string, args ...string) map[string]float64 {
		cmd := exec.Command(name, args...)
		said := &strings.Builder{}
		cmd.Stderr = said
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v: %s", args, err, said)
		}
		text := string(out)
		if name == python {
			found := regexp.MustCompile(`losses (\{.*\})`).FindStringSubmatch(said.String())
			if found == nil {
				t.Fatalf("%v: no losses in %s", args, said)
			}
			text = `{"losses":` + found[1] + "}"
		}
		var read struct{ Losses map[string]float64 }
		if err := json.Unmarshal([]byte(text), &read); err != nil {
			t.Fatal(err)
		}
		return read.Losses
	}
	const size = "43x30" // odd at some poolings
	for _, average := range []bool{false, true} {
		file := thinNetworkPooled(t, average)
		want := losses(os.Args[0], benchStep, size, "plain", "-weights", file, "-apart")
		if len(want) != 3 {
			t.Fatalf("our losses %v, want three terms", want)
		}
		for module, script := range map[string]string{"torch": "pytorch_step.py", "jax": "jax_step.py"} {
			t.Run(fmt.Sprint(module, ", averages ", average), func(t *testing.T) {
				if err := exec.Command(python, "-c", "import "+module).Run(); err != nil {
					t.Skipf("%s has no %s", python, module)
				}
				got := losses(python, filepath.Join("..", "..", "stylelib", "conv", "testdata", "peers", script), size, "1", file)
				for name, value := range want {
					if math.Abs(got[name]/value-1) > 1e-5 {
						t.Errorf("%s: %s loss %g, ours %g", script, name, got[name], value)
					}
				}
			})
		}
	}
}
