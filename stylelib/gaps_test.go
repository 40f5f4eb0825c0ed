package stylelib

import (
	"image"
	"slices"
	"testing"
)

// A run from the content picture and one from an equal picture, which looks at the content before, are one run, also by a
// painter that keeps programs for one size.
func TestContentFromTheFirstStep(t *testing.T) {
	backend, vgg := testBackend(t), NewVGG(hashedNetwork())
	content, styles := hashedPicture(300, 400, 1), []image.Image{hashedPicture(18, 23, 2)}
	terms := append(DefaultTerms(), ContentTerm(0.5, "conv2_1", "relu1_1"))
	terms[3].Name = "more content"
	defer func(most int) { mostSizes = most }(mostSizes)
	mostSizes = 1
	painter := NewPainter(backend, vgg, Options{})
	defer painter.Finalize()
	var results []*Result
	for i, start := range []Start{{}, FromPicture(content)} {
		o := Options{Terms: terms, Start: start, Steps: 9}
		if leaves := o.leavesGaps(content.Bounds().Size()); leaves != (i == 0) {
			t.Fatalf("run %d leaves gaps: %t", i, leaves)
		}
		result, err := Transfer(t.Context(), backend, vgg, content, styles, o)
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, result)
		painter.Options = o
		painted, err := painter.Paint(t.Context(), content, styles)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(painted.State.Picture, result.State.Picture) {
			t.Errorf("run %d: the painter paints another picture", i)
		}
	}
	got, want := results[0], results[1]
	for i, step := range want.Steps {
		if got.Steps[i].Loss != step.Loss || i > 0 && !(step.Terms["content"] > 0) {
			t.Errorf("step %d: loss %g, want %g of which content %g", i+1, got.Steps[i].Loss, step.Loss, step.Terms["content"])
		}
	}
	if got.State.Method != "winograd" || !slices.Equal(got.State.Picture, want.State.Picture) || got.State.Loss != want.State.Loss {
		t.Errorf("method %s, another picture or hash of the targets than %s", got.State.Method, want.State.Method)
	}
}

func TestWhoLeavesNoGaps(t *testing.T) {
	size := image.Pt(400, 300)
	masked, other := ContentTerm(1), ContentTerm(1)
	masked.TargetMask, other.DescribeTarget = hashedPicture(3, 4, 1), Gram
	for name, o := range map[string]Options{
		"a run that goes on": {From: &State{}}, "another start": {Start: FromNoise(1)}, "shares": {Shares: 5},
		"a mask": {Terms: []Term{masked}}, "another description": {Terms: []Term{other}},
	} {
		if o.leavesGaps(size) {
			t.Errorf("%s leaves gaps", name)
		}
	}
	if o := (Options{}); !o.leavesGaps(size) || o.leavesGaps(image.Pt(300, 300)) { // three steps are the first
		t.Error("the first step of 400x300 pixels does not do for a look, or that of 300x300 does")
	}
}
