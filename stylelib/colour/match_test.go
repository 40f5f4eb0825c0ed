package colour

import (
	"image"
	"math"
	"strings"
	"testing"

	"stylenet/stylelib/internal/rgb"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/picture"
)

// mild returns a picture without colours near black or white, whose channels are correlated, in another way for each seed.
func mild(h, w int, seed uint64) image.Image {
	values := picture.Colours(testkit.Picture(h, w, seed))
	for i, v := range values {
		k := float64(seed)
		values[i] = [3]float64{0.35 + 0.1*v[0], 0.3 + 0.06*k*v[0] + 0.05*v[1], 0.4 - 0.02*k*v[1] + 0.1*v[2]}
	}
	return picture.FromColours(values, image.Pt(w, h))
}

// crossMoments returns means of x and y and the mean of x yᵀ less the product of the means.
func crossMoments(x, y [][3]float64) (meanX, meanY [3]float64, cross rgb.Matrix) {
	for i := range x {
		for c := range 3 {
			meanX[c] += x[i][c]
			meanY[c] += y[i][c]
			for k := range 3 {
				cross[c][k] += x[i][c] * y[i][k]
			}
		}
	}
	n := float64(len(x))
	for c := range 3 {
		meanX[c], meanY[c] = meanX[c]/n, meanY[c]/n
	}
	for c := range 3 {
		for k := range 3 {
			cross[c][k] = cross[c][k]/n - meanX[c]*meanY[k]
		}
	}
	return meanX, meanY, cross
}

// Mean and covariance become the other's, and each linear map has its own property.
func TestMatch(t *testing.T) {
	for _, space := range []Space{SRGB, Linear} {
		moved := map[LinearMap]float64{}
		for _, by := range []LinearMap{Cholesky, PCA, MongeKantorovich} {
			moved[by] = checkMatch(t, by, space)
		}
		if !(moved[MongeKantorovich] < moved[Cholesky] && moved[MongeKantorovich] < moved[PCA]) {
			t.Errorf("space %d: squared moves %v; that of MongeKantorovich should be least", space, moved)
		}
	}
}

// valuesIn returns a picture's colours in a space, by the constants of the sRGB standard.
func valuesIn(space Space, img image.Image) [][3]float64 {
	values := picture.Colours(img)
	for i := range values {
		for c, v := range values[i] {
			if space == Linear && v > 0.04045 {
				values[i][c] = math.Pow((v+0.055)/1.055, 2.4)
			} else if space == Linear {
				values[i][c] = v / 12.92
			}
		}
	}
	return values
}

// checkMatch checks one linear map in one space and returns the sum of squares by which it moved colours.
func checkMatch(t *testing.T, by LinearMap, space Space) (moved float64) {
	t.Helper()
	from, to := mild(40, 30, 1), mild(25, 50, 3)
	in, target := valuesIn(space, from), valuesIn(space, to)
	wantMean, _, wantCovariance := crossMoments(target, target)
	picture, err := Match(from, to, by, space)
	if err != nil {
		t.Fatal(err)
	}
	out := valuesIn(space, picture)
	mean, _, covariance := crossMoments(out, out)
	for c := range 3 {
		if math.Abs(mean[c]-wantMean[c]) > 1e-5 {
			t.Errorf("map %d, space %d: mean %.6f, want %.6f", by, space, mean, wantMean)
		}
	}
	if !covariance.Near(wantCovariance, map[Space]float64{SRGB: 6e-5, Linear: 1.2e-4}[space]) { // the noise that is added
		t.Errorf("map %d, space %d: covariance %.6f, want %.6f", by, space, covariance, wantCovariance)
	}
	_, _, before := crossMoments(in, in)
	_, _, across := crossMoments(out, in)
	a := across.Times(before.Inverse())
	switch by {
	case Cholesky:
		if math.Abs(a[0][1])+math.Abs(a[0][2])+math.Abs(a[1][2]) > 1e-3 {
			t.Errorf("space %d: Cholesky's map %.4f is not lower triangular", space, a)
		}
	case PCA:
		if root := a.Times(before.Power(0.5)); !root.Near(root.Transposed(), 2e-3) {
			t.Errorf("space %d: PCA's map times the root of the covariance, %.5f, is not symmetric", space, root)
		}
	case MongeKantorovich:
		if !a.Near(a.Transposed(), 2e-3) {
			t.Errorf("space %d: MongeKantorovich's map %.4f is not symmetric", space, a)
		}
	}
	for i := range in {
		for c := range 3 {
			moved += (out[i][c] - in[i][c]) * (out[i][c] - in[i][c])
		}
	}
	return moved
}

// Two pixels each: a step of 0.2 in red becomes one of 0.1 around another mean, by every linear map; equal pictures stay.
func TestMatchByHand(t *testing.T) {
	for _, by := range []LinearMap{Cholesky, PCA, MongeKantorovich} {
		same, err := Match(mild(10, 9, 2), mild(10, 9, 2), by, SRGB)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Close16(t, "a picture matched to itself", same, mild(10, 9, 2), 1)
		// Covariances 0.01 and 0.0025 in red alone: A is √(0.00251 / 0.01001) there, 1 elsewhere.
		a := math.Sqrt(0.00251 / 0.01001)
		got, err := Match(testkit.Row(testkit.RGB(0.3, 0.5, 0.5), testkit.RGB(0.5, 0.5, 0.5)), testkit.Row(testkit.RGB(0.6, 0.2, 0.5), testkit.RGB(0.7, 0.2, 0.5)), by, SRGB)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Close16(t, "two pixels", got, testkit.Row(testkit.RGB(0.65-0.1*a, 0.2, 0.5), testkit.RGB(0.65+0.1*a, 0.2, 0.5)), 1)
	}
	if _, err := Match(mild(2, 2, 1), mild(2, 2, 1), 3, SRGB); err == nil || !strings.Contains(err.Error(), "colour: no LinearMap 3; there are Cholesky, PCA and MongeKantorovich") {
		t.Errorf("error %v", err)
	}
	if _, err := Match(mild(2, 2, 1), mild(2, 2, 1), PCA, 2); err == nil || !strings.Contains(err.Error(), "colour: no Space 2; there are SRGB and Linear") {
		t.Errorf("error %v", err)
	}
	if _, err := Match(mild(2, 2, 1), nil, PCA, SRGB); err == nil || !strings.Contains(err.Error(), "to be taken is missing") {
		t.Errorf("error %v", err)
	}
}

// Four pixels take the four values of the other picture in their own order; equal ones share a mean.
func TestMatchHistograms(t *testing.T) {
	to := testkit.Row(testkit.RGB(0.8, 0.1, 0.5), testkit.RGB(0.2, 0.1, 0.5), testkit.RGB(0.6, 0.3, 0.5), testkit.RGB(0.4, 0.3, 0.5))
	for _, test := range []struct{ from, want image.Image }{
		{testkit.Row(testkit.RGB(0, 0, 0), testkit.RGB(1, 0.9, 1), testkit.RGB(0.7, 0.2, 0), testkit.RGB(0.1, 1, 0)), testkit.Row(testkit.RGB(0.2, 0.1, 0.5), testkit.RGB(0.8, 0.3, 0.5), testkit.RGB(0.6, 0.1, 0.5), testkit.RGB(0.4, 0.3, 0.5))},
		{testkit.Row(testkit.RGB(0, 0, 0), testkit.RGB(1, 0, 0)), testkit.Row(testkit.RGB(0.3, 0.2, 0.5), testkit.RGB(0.7, 0.2, 0.5))},
		{testkit.Row(testkit.RGB(0, 0, 0), testkit.RGB(1, 0, 0), testkit.RGB(0.5, 0, 0)), // each takes 4/3 of a value
			testkit.Row(testkit.RGB((0.2+0.4/3)*0.75, 0.2, 0.5), testkit.RGB((0.8+0.6/3)*0.75, 0.2, 0.5), testkit.RGB((0.4*2/3+0.6*2/3)*0.75, 0.2, 0.5))},
	} {
		got, err := MatchHistograms(test.from, to)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Close16(t, "histogram", got, test.want, 1)
	}
	picture := testkit.Picture(8, 9, 5)
	same, err := MatchHistograms(picture, picture)
	if err != nil {
		t.Fatal(err)
	}
	testkit.Close16(t, "a picture matched to itself", same, picture, 0)
	if _, err := MatchHistograms(picture, nil); err == nil || !strings.Contains(err.Error(), "to be taken is missing") {
		t.Errorf("error %v", err)
	}
}
