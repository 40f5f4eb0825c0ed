//go:build cgo

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

func TestPeerLosses(t *testing.T) {
	for _, c := range []struct {
		out  string
		want peerLosses
	}{
		{"imports took 2 s\n0.5 9\n1.25 4.03\n2 nan\n3 4\n3.5 inf\n4.5 7\n", peerLosses{Loss: 4, Evaluations: 6, Seconds: 4.5, Near: 1.25}},
		{"1 4.05\n2 4e0", peerLosses{Loss: 4, Evaluations: 2, Seconds: 2, Near: 2}},
	} {
		if got := parseLosses(c.out); *got != c.want {
			t.Errorf("%q: %+v, want %+v", c.out, *got, c.want)
		}
	}
	for command, want := range map[string]string{
		"echo 1 2; echo oops >&2; exit 3": "oops",
		"echo 12; echo 1 nan; echo 1 2 3": "printed 1 evaluations in 1 seconds, the lowest loss +Inf; want for each a line",
		"echo 0 5":                        "printed 1 evaluations in 0 seconds",
	} {
		if _, err := (peer{"p", command}).losses(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", command, err, want)
		}
	}
}

func TestLossRatios(t *testing.T) {
	var r lossResult
	reached := func(peer, ours float64) { r.add(&peerLosses{Near: peer}, &lossTimes{Reached: true, Seconds: ours}) }
	reached(10, 2)
	reached(8, 2)
	if r.Ratio == nil || *r.Ratio != 0.225 {
		t.Errorf("ratio %v of 0.2 and 0.25, want their mean", r.Ratio)
	}
	r.add(&peerLosses{Near: 10}, &lossTimes{Seconds: 1})
	if r.Ratio == nil || *r.Ratio != 0.25 || r.Rounds[2].Ratio != nil {
		t.Errorf("ratio %v of 0.2, 0.25 and a round that did not reach the mark, want 0.25", r.Ratio)
	}
	r.add(&peerLosses{Near: 10}, &lossTimes{Seconds: 1})
	if r.Ratio != nil {
		t.Errorf("ratio %v where half of the rounds did not reach the mark, want none", *r.Ratio)
	}
}

func TestTermWeights(t *testing.T) {
	terms := []stylelib.Term{stylelib.ContentTerm(1), stylelib.StyleTerm(0.25)}
	if got := termWeights(terms); got != "content=1,style=0.25" {
		t.Errorf("%s, want content=1,style=0.25", got)
	}
}

func TestBenchToLoss(t *testing.T) {
	needBackend(t)
	folder := t.TempDir()
	content, asked := filepath.Join(folder, "cat.png"), filepath.Join(folder, "asked")
	if err := picture.Save(content, benchPicture(image.Pt(100, 80), 1)); err != nil {
		t.Fatal(err)
	}
	// A peer checks what it is given: the pictures at the size asked for, the network, the terms.
	easy := "easy: test -s {content} && test -s {style} && test -s {weights} && echo {size} {steps} {terms} >> " + asked + "; echo 2000 1e5; echo 3000 1e6"
	networks := thinNetwork(t) + "," + thinNetwork(t)
	out := captured(t, func() {
		err := benchCommand(t.Context(), []string{"-to-loss", "-size", "64x48", "-rounds", "1", "-steps", "20", "-weights", networks, "-content", content,
			"-json", "-", "-peer", easy, "-peer", "echo 1 1e-9"})
		if err != nil {
			t.Error(err)
		}
	})
	var got lossReport
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if text, _ := os.ReadFile(asked); string(text) != strings.Repeat("64x48 20 "+termWeights(stylelib.DefaultTerms())+"\n", 2) {
		t.Errorf("the peer was asked for %q, want 20 evaluations of 64x48 by our terms, twice", text)
	}
	if len(got.Results) != 4 || got.Machine.GFLOPS <= 0 {
		t.Fatalf("%+v, want results for two networks and peers", got)
	}
	planned := stylelib.Defaults(true, true).Steps
	for i, r := range got.Results {
		if name := strings.Split(networks, ",")[i/2]; r.Network != name || r.Size != "64x48" || len(r.Rounds) != 1 {
			t.Errorf("result %d: %+v, want one round of %s", i, r, name)
		}
		for _, round := range r.Rounds {
			p, o := round.Peer, round.Ours
			switch {
			case !(0 < o.Seconds && o.Seconds < o.FromExec && o.FromExec < 1000 && p.FromExec > 0 && o.Loss > 0):
				t.Errorf("%+v: times or losses are wrong", round)
			case i%2 == 1 && (r.Peer != "peer 2" || o.Reached || round.Ratio != nil || r.Ratio != nil || o.Steps != 3*planned || o.Loss > 10):
				t.Errorf("%+v, want that a loss of %g is not reached in 3 x %d steps", r, p.Loss, planned)
			case i%2 == 0 && (r.Peer != "easy" || p.Loss != 1e5 || p.Seconds != 3000 || p.Near != 2000 || !o.Reached || o.Steps != 1):
				t.Errorf("%+v, want that a loss of 1e5 is reached at once", r)
			case i%2 == 0 && math.Abs(*round.Ratio-o.Seconds/2000) > 1e-12:
				t.Errorf("ratio %g, want %g by 2000", *round.Ratio, o.Seconds)
			}
		}
	}
}

// A loss of a small picture on the way does not count.
func TestPaintToLossAtFullSize(t *testing.T) {
	backend, err := stylelib.OpenBackend()
	if err != nil {
		t.Skip(err)
	}
	defer backend.Finalize()
	network, err := weights.Load(thinNetwork(t))
	if err != nil {
		t.Fatal(err)
	}
	size := image.Pt(192, 32)
	sizes := stylelib.PyramidSizes(size.X)
	small := 0
	for _, n := range stylelib.PyramidSteps(stylelib.Defaults(true, true).Steps, sizes)[:len(sizes)-1] {
		small += n
	}
	got, err := paintToLoss(t.Context(), backend, vgg.New(network), benchPicture(size, 1), benchPicture(size, 2), 1e9)
	if err != nil || !got.Reached || got.Steps != small+1 || small == 0 {
		t.Errorf("%+v, %v, want the first step at full size, after %d", got, err, small)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := paintToLoss(ctx, backend, vgg.New(network), benchPicture(size, 1), benchPicture(size, 2), 0); err != context.Canceled {
		t.Errorf("%v, want what Ctrl-C gives", err)
	}
}

// TestPeerLBFGSDoesOurWork: the loss that the peer prints first, that of the content picture, is ours, by both poolings.
// STYLENET_TEST_PYTHON names a Python with torch and Pillow.
func TestPeerLBFGSDoesOurWork(t *testing.T) {
	python := os.Getenv("STYLENET_TEST_PYTHON")
	if python == "" {
		t.Skip("STYLENET_TEST_PYTHON names no Python")
	}
	if err := exec.Command(python, "-c", "import torch, PIL").Run(); err != nil {
		t.Skipf("%s has no torch or no Pillow", python)
	}
	backend, err := stylelib.OpenBackend()
	if err != nil {
		t.Skip(err)
	}
	defer backend.Finalize()
	b := &benchmark{folder: t.TempDir()}
	pair, err := b.savePictures(benchPicture(image.Pt(50, 40), 1), benchPicture(image.Pt(60, 70), 2), image.Pt(43, 30)) // odd at some poolings
	if err != nil {
		t.Fatal(err)
	}
	content, style := openPicture(t, pair.content), openPicture(t, pair.style)
	terms := []stylelib.Term{stylelib.ContentTerm(2), stylelib.StyleTerm(30), stylelib.TotalVariationTerm(7)}
	script := filepath.Join("..", "..", "stylelib", "conv", "testdata", "peers", "pytorch_lbfgs.py")
	for _, average := range []bool{false, true} {
		file := thinNetworkPooled(t, average)
		network, err := weights.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		result, err := stylelib.Transfer(t.Context(), backend, vgg.New(network), content, []image.Image{style},
			stylelib.Options{Terms: terms, Start: stylelib.FromContent(), Steps: 1})
		if err != nil {
			t.Fatal(err)
		}
		want := result.Steps[0].Loss
		for _, flag := range []string{"", "--strong-wolfe"} {
			p := peer{"PyTorch", fmt.Sprintf("%s %s {content} {style} {steps} {weights} {terms} %s", python, script, flag)}
			_, out, _, err := p.run(t.Context(), "{content}", pair.content, "{style}", pair.style, "{steps}", "9", "{weights}", file, "{terms}", termWeights(terms))
			if err != nil {
				t.Fatal(err)
			}
			var seconds, first float64
			fmt.Sscan(out, &seconds, &first)
			if math.Abs(first/want-1) > 1e-4 {
				t.Errorf("averages %v %s: first loss %g, ours %g", average, flag, first, want)
			}
			if l := parseLosses(out); l.Evaluations != 9 || l.Loss >= 0.9*first {
				t.Errorf("averages %v %s: %+v, want 9 evaluations and a loss well below %g", average, flag, l, first)
			}
		}
	}
}

// openPicture opens a picture.
func openPicture(t *testing.T, file string) image.Image {
	t.Helper()
	img, err := picture.Open(file, 0)
	if err != nil {
		t.Fatal(err)
	}
	return img
}
