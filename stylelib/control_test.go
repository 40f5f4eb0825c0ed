package stylelib

import (
	"math"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
)

// A weight and a rate that Control changes after 3 steps do what going on from a state with other options does: the
// optimiser's memory stays.
func TestControlChangesWeightsAndRate(t *testing.T) {
	terms := func(style float64) []Term { return []Term{ContentTerm(1), StyleTerm(style), TotalVariationTerm(10)} }
	first, err := small(t, t.Context(), Options{Steps: 3, Terms: terms(100)})
	if err != nil {
		t.Fatal(err)
	}
	want, err := small(t, t.Context(), Options{Steps: 4, Terms: terms(7), From: first.State, Optimizer: optim.Adam{LearningRate: 0.025, Decay: 1}})
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Steps: 7, Terms: terms(100), Control: func(n int, weights map[string]float64, rate *float64) int {
		if n == 3 {
			if weights["style"] != 100 || *rate != 1 {
				t.Errorf("weights %v and rate %v before the change", weights, *rate)
			}
			weights["style"], *rate = 7, 0.5
		}
		return n
	}}
	got, err := small(t, t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.State.Picture, want.State.Picture) {
		t.Error("the picture is not that of a run continued with the other weight and rate")
	}
	if options.Terms[1].Weight != 100 {
		t.Errorf("the caller's term has weight %v now", options.Terms[1].Weight)
	}
}

// A run that goes back once and on again comes to where it would have come anyway, with one record for every step.
func TestControlGoesBack(t *testing.T) {
	want, err := small(t, t.Context(), Options{Steps: 14})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ to, lands int }{{7, 5}, {10, 10}, {4, 0}, {-3, 0}} {
		var seen []int
		got, err := small(t, t.Context(), Options{Steps: 14, Control: func(n int, _ map[string]float64, _ *float64) int {
			seen = append(seen, n)
			if n == 12 && len(seen) == 13 {
				return c.to
			}
			return n
		}})
		if err != nil {
			t.Fatal(err)
		}
		if seen[13] != c.lands || len(seen) != 13+14-c.lands {
			t.Errorf("back to %d: called with %v, want %d after the first 12", c.to, seen, c.lands)
		}
		if !slices.Equal(got.State.Picture, want.State.Picture) {
			t.Errorf("back to %d: another picture", c.to)
		}
		for i, step := range got.Steps {
			if step.N != i+1 || step.Loss != want.Steps[i].Loss {
				t.Errorf("back to %d: record %d is step %d with loss %g, want %g", c.to, i, step.N, step.Loss, want.Steps[i].Loss)
			}
		}
	}
}

// A run that goes back and fails in its next step comes with the picture that it went back to.
func TestControlGoesBackAndFails(t *testing.T) {
	want, err := small(t, t.Context(), Options{Steps: 5})
	if err != nil {
		t.Fatal(err)
	}
	gone := false
	got, err := small(t, t.Context(), Options{Steps: 14, Control: func(n int, weights map[string]float64, _ *float64) int {
		switch {
		case n == 6:
			gone = true
			return 5
		case gone:
			weights["style"] = 1e300
		}
		return n
	}})
	if err == nil || !strings.Contains(err.Error(), "step 6") {
		t.Fatalf("error %v", err)
	}
	if got == nil || !slices.Equal(picture.Colours(got.Picture), picture.Colours(want.Picture)) {
		t.Errorf("%v: not the picture of step 5", got)
	}
}

// What is remembered grows with the logarithm of the steps, lies close where it is recent, and begins at the start.
func TestHistoryStaysSmall(t *testing.T) {
	first, err := small(t, t.Context(), Options{Steps: 1})
	if err != nil {
		t.Fatal(err)
	}
	j := &job{backend: testkit.Backend(t), o: Options{Optimizer: optim.Adam{}}, programs: &programs{}}
	r := &run{job: j, controls: controls{history: []*State{first.State}}}
	if err := r.state.put(j.backend, j.o.Optimizer, first.State); err != nil {
		t.Fatal(err)
	}
	defer r.free()
	for r.state.n = 2; r.state.n <= 1001; r.state.n++ {
		if err := r.remember(); err != nil {
			t.Fatal(err)
		}
	}
	var steps []int
	for _, s := range r.history {
		steps = append(steps, s.Step)
	}
	if steps[0] != 1 || len(steps) > 24 || !slices.Equal(steps[len(steps)-4:], []int{985, 990, 995, 1000}) {
		t.Errorf("after 1001 steps the run remembers %v", steps)
	}
	defer func(before int) { rememberMost = before }(rememberMost)
	rememberMost = 5 * 3 * len(first.State.Picture) // Adam's two arrays and the picture
	for ; r.state.n <= 1015; r.state.n++ {
		if err := r.remember(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(r.history); n != 5 || r.history[0].Step != 1 || r.history[4].Step != 1015 {
		t.Errorf("%d states of steps %d to %d, want 5 of 1 to 1015", n, r.history[0].Step, r.history[n-1].Step)
	}
}

// The shares are the lengths of gradients that Adam's memory shows: after one step it holds (1 - β1) times the gradient.
func TestShares(t *testing.T) {
	weights := []float64{2, 100, 10}
	terms := func(only int) []Term {
		w := slices.Clone(weights)
		for i := range w {
			if only >= 0 && i != only {
				w[i] = 0
			}
		}
		return []Term{ContentTerm(w[0]), StyleTerm(w[1]), TotalVariationTerm(w[2])}
	}
	lengths, sum := map[string]float64{}, 0.0
	for i, term := range terms(-1) {
		alone, err := small(t, t.Context(), Options{Steps: 1, Start: FromNoise(3), Terms: terms(i)})
		if err != nil {
			t.Fatal(err)
		}
		square := 0.0
		for _, v := range alone.State.Memory[0] {
			square += float64(v) * float64(v)
		}
		lengths[term.Name] = math.Sqrt(square)
		sum += math.Sqrt(square)
	}
	result, err := small(t, t.Context(), Options{Steps: 6, Start: FromNoise(3), Terms: terms(-1), GradientShares: 3})
	if err != nil {
		t.Fatal(err)
	}
	for name, length := range lengths {
		if got, want := result.Steps[0].GradientShares[name], length/sum; math.Abs(got-want) > 1e-4*want {
			t.Errorf("%s has a share of %g, want %g", name, got, want)
		}
	}
	for _, step := range result.Steps {
		if measured := step.GradientShares != nil; measured != (step.N == 1 || step.N == 3 || step.N == 6) {
			t.Errorf("step %d: shares %v", step.N, step.GradientShares)
		}
	}
}

func TestControlSetsWhatCannotBe(t *testing.T) {
	for _, c := range []struct {
		set  func(weights map[string]float64, rate *float64)
		want string
	}{
		{func(w map[string]float64, _ *float64) { w["stile"] = 1 }, `Control set the weight of "stile"; the terms are [content style tv]`},
		{func(w map[string]float64, _ *float64) { w["tv"] = math.NaN() }, `Control set the weight of "tv" to NaN`},
		{func(w map[string]float64, _ *float64) { delete(w, "tv") }, `Control took the weight of "tv" away`},
		{func(_ map[string]float64, rate *float64) { *rate = 0 }, `factor on the learning rate to 0; it must be above 0`},
	} {
		_, err := small(t, t.Context(), Options{Steps: 2, Control: func(n int, w map[string]float64, rate *float64) int {
			c.set(w, rate)
			return n
		}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}
