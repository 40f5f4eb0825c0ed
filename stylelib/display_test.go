package stylelib

import (
	"image"
	"reflect"
	"testing"
	"time"

	"stylenet/stylelib/loss"
	"stylenet/stylelib/optim"
)

func TestDisplayOfResults(t *testing.T) {
	picture := image.NewGray(image.Rect(0, 0, 3, 2))
	steps := []Step{
		{N: 1, Loss: 8, Terms: map[string]float64{"style": 7, "content": 1}},
		{N: 2, Loss: 5, Terms: map[string]float64{"style": 4, "content": 1}},
		{N: 3, Loss: 1.23456, Terms: map[string]float64{"style": 1.03456, "content": 0.2}},
	}
	header, first := []string{"step", "loss", "content", "style"}, []string{"1", "8", "1", "7"}
	for _, c := range []struct {
		result Result
		want   []any
	}{
		{Result{Picture: picture, Steps: steps, Elapsed: 1500 * time.Millisecond},
			[]any{picture, "3 steps in 1.5s, loss 1.235", [][]string{header, first, {"3", "1.235", "0.2", "1.035"}}}},
		{Result{Picture: picture, Steps: steps[:1], Stopped: true, Elapsed: 20_400 * time.Microsecond},
			[]any{picture, "1 step in 20ms, loss 8; stopped before the last step", [][]string{header, first}}},
		{Result{Stopped: true}, []any{"0 steps in 0s; stopped before the last step"}},
	} {
		if got := c.result.Display(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}

func TestDisplayOfTerms(t *testing.T) {
	mask := image.NewGray(image.Rect(0, 0, 3, 2))
	for _, c := range []struct {
		term Term
		want [][]string
	}{
		{StyleTerm(100, "relu1_1", "relu2_1"), [][]string{{"term", "style"}, {"weight", "100"}, {"target", "Style(0)"},
			{"layers", "relu1_1, relu2_1, each × 0.5"}, {"describe", "Gram"}, {"compare", "RelativeSquare"}}},
		{ContentTerm(1, "relu4_2"), [][]string{{"term", "content"}, {"weight", "1"}, {"target", "Content"},
			{"layers", "relu4_2"}, {"compare", "RelativeSquare"}}},
		{TotalVariationTerm(0.125), [][]string{{"term", "tv"}, {"weight", "0.125"}, {"target", "Nothing"},
			{"layers", "the picture itself"}, {"describe", "TotalVariation"}}},
		{Term{Name: "x", Target: Style(2), Layers: []LayerWeight{{"relu1_1", 0.25}, {"relu2_1", 2}}, DescribeTarget: loss.Gram,
			Mask: mask, TargetMask: mask, Overlap: 0.5}, [][]string{{"term", "x"}, {"weight", "0"}, {"target", "Style(2)"},
			{"layers", "relu1_1 × 0.25, relu2_1 × 2"}, {"describe the target", "Gram"}, {"mask", "a picture of 3x2"},
			{"mask of the target", "a picture of 3x2"}, {"overlap", "0.5"}}},
		{Term{Target: -1}, [][]string{{"term", ""}, {"weight", "0"}, {"target", "Target(-1)"}, {"layers", "the picture itself"}}},
	} {
		if got := c.term.Display(); !reflect.DeepEqual(got, []any{c.want}) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestDisplayOfOptions(t *testing.T) {
	for _, c := range []struct {
		options Options
		want    any
	}{
		{Options{}, "all options have their defaults"},
		{Options{
			Terms: []Term{ContentTerm(1, "relu4_2"), TotalVariationTerm(10)}, Steps: 30, Optimizer: optim.Adam{LearningRate: 0.02, DecayEvery: 5},
			Start: FromNoise(7), From: &State{Step: 20, Width: 3, Height: 2}, Clip: ClipShown, OnStep: func(Step) error { return nil },
		}, [][]string{
			{"setting", "value"},
			{"term content", "weight 1; target Content; layers relu4_2; compare RelativeSquare"},
			{"term tv", "weight 10; target Nothing; layers the picture itself; describe TotalVariation"},
			{"Steps", "30"},
			{"Optimizer", "Adam, LearningRate 0.02, DecayEvery 5"},
			{"Start", "noise of 0.1 around R, G, B [0.5 0.5 0.5], seed 7"},
			{"From", "step 20 of a picture of 3x2"},
			{"Clip", "shown"},
			{"OnStep", "a function"},
		}},
		{Options{Optimizer: optim.LBFGS{}, Start: FromMixed(0.25, 3), Tile: 512}, [][]string{
			{"setting", "value"}, {"Optimizer", "LBFGS"}, {"Start", "0.25 of noise, the rest content, seed 3"}, {"Tile", "512"}}},
		{Options{Optimizer: optim.TensorFlowAdam{Adam: optim.Adam{LearningRate: 1}}, Start: FromPicture(image.NewGray(image.Rect(0, 0, 3, 2)))}, [][]string{
			{"setting", "value"}, {"Optimizer", "TensorFlowAdam, LearningRate 1"}, {"Start", "a picture of 3x2"}}},
		{Options{Start: FromContent()}, [][]string{{"setting", "value"}, {"Start", "the content picture"}}},
		{Options{Start: FromColours()}, [][]string{{"setting", "value"}, {"Start", "the content picture in the style's colours"}}},
	} {
		if got := c.options.Display(); !reflect.DeepEqual(got, []any{c.want}) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
