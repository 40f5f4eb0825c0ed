package preset

import (
	"image"
	"path/filepath"
	"testing"

	"stylenet/stylelib"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/picture"
	"stylenet/weights"
)

// The seed's README says of its curves of 1000 steps: total, content and style have settled by about step 300, the total variation rises.
// Here, with the slim network and small pictures, it rises for 150 steps, to thousands of times that of the start, because structure has to
// appear; then it falls a little, but stays above half of its maximum.
func TestSeedCurves(t *testing.T) {
	if testing.Short() {
		t.Skip("1000 steps")
	}
	network, err := weights.Load(testkit.Weights(t, "5SE.pth"))
	if err != nil {
		t.Fatal(err)
	}
	content, err := picture.Open(filepath.Join("..", "testdata", "content.png"), 0)
	if err != nil {
		t.Fatal(err)
	}
	style, err := picture.Open(filepath.Join("..", "testdata", "style.png"), 0)
	if err != nil {
		t.Fatal(err)
	}
	p := mustPreset(t, "seed")
	o, err := p.Options(content.Bounds().Size(), p.Weights)
	if err != nil {
		t.Fatal(err)
	}
	result, err := stylelib.Transfer(t.Context(), testkit.Backend(t), p.VGG(network), content, []image.Image{p.FitStyle(style, content.Bounds().Size())}, o)
	if err != nil {
		t.Fatal(err)
	}
	loss := func(step stylelib.Step) float64 { return step.Loss }
	term := func(name string) func(stylelib.Step) float64 {
		return func(step stylelib.Step) float64 { return step.Terms[name] }
	}
	for name, value := range map[string]func(stylelib.Step) float64{"total": loss, "content": term("content"), "style": term("style")} {
		first, third, last := value(result.Steps[0]), value(result.Steps[299]), value(result.Steps[999])
		t.Logf("%s: %g at the first step, %g at 300, %g at 1000", name, first, third, last)
		if settled := (first - third) / (first - last); !(last < first) || !(settled > 0.9) {
			t.Errorf("%s: it has made %.3g of its fall at step 300, want more than 0.9", name, settled)
		}
	}
	tv := term("tv")
	for _, marks := range [][2]int{{1, 50}, {50, 100}, {100, 150}} {
		before, now := tv(result.Steps[marks[0]-1]), tv(result.Steps[marks[1]-1])
		t.Logf("total variation: %g at step %d, %g at step %d", before, marks[0], now, marks[1])
		if !(now > before) {
			t.Errorf("total variation does not rise from step %d to step %d", marks[0], marks[1])
		}
	}
	highest := 0.
	for i, step := range result.Steps[:1000] {
		highest = max(highest, tv(step))
		if i >= 150 && !(tv(step) > highest/2) {
			t.Fatalf("total variation at step %d is %g, after %g before", i+1, tv(step), highest)
		}
	}
	t.Logf("total variation: %g at its highest, %g at step 1000", highest, tv(result.Steps[999]))
}
