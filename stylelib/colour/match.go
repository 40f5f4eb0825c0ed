package colour

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"stylenet/stylelib/internal/rgb"
	"stylenet/stylelib/picture"
)

// LinearMap says which matrix A [Match] takes of the many with A Σ Aᵀ = Σ′, where Σ is the covariance of one picture's colours and Σ′ that
// of another's.
type LinearMap int

// The linear maps.
const (
	Cholesky         LinearMap = iota // A = L′ L⁻¹ with Σ = L Lᵀ and L lower triangular; the result depends on the order of R, G and B
	PCA                               // A = Σ′^½ Σ^-½, where ½ is the symmetric root: along the principal axes
	MongeKantorovich                  // A = Σ^-½ (Σ^½ Σ′ Σ^½)^½ Σ^-½: the map that moves colours least
)

// Match maps a picture's colours x, in a space, to A (x - μ) + μ′, so that their mean and covariance become those of another picture
// (Gatys, Bethge, Hertzmann and Shechtman 2016, in sRGB values; MongeKantorovich: Pitié and Kokaram 2007). Where the style picture is
// matched to the content picture before a transfer, the result takes the content's colours. Values outside [0, 1] are clipped. To the
// variances of both pictures 10⁻⁵ is added, so that the noise of a grey picture is not amplified to colours.
//
// In linear light the means of light agree, but most colours of a picture are near black there, and more of them are clipped: 9.7 % of
// the values, 6.1 % in sRGB values (four photographs, five paintings), so that shadows become black or take one bright colour.
func Match(img, to image.Image, by LinearMap, in Space) (image.Image, error) {
	values, want, err := in.pair(img, to)
	if err != nil {
		return nil, err
	}
	return in.matched(values, img.Bounds().Size(), momentsOf(want), by)
}

// Moments are the mean of a picture's colours, R, G and B in [0, 1], and their covariance [3, 3].
type Moments struct {
	Mean       [3]float64
	Covariance [3][3]float64
}

// MomentsOf returns the moments of a picture's colours in a space.
func MomentsOf(img image.Image, in Space) (Moments, error) {
	values, err := in.checkedValues(img)
	return momentsOf(values), err
}

// momentsOf returns the moments of colours.
func momentsOf(values [][3]float64) (m Moments) {
	n := float64(len(values))
	for _, v := range values {
		for c := range v {
			m.Mean[c] += v[c] / n
		}
	}
	for _, v := range values {
		for i := range v {
			for k := range v {
				m.Covariance[i][k] += (v[i] - m.Mean[i]) * (v[k] - m.Mean[k]) / n
			}
		}
	}
	return m
}

// MatchMoments is [Match] for the moments of a picture that need not be at hand, in the same space.
func MatchMoments(img image.Image, want Moments, by LinearMap, in Space) (image.Image, error) {
	values, err := in.checkedValues(img)
	if err != nil {
		return nil, err
	}
	return in.matched(values, img.Bounds().Size(), want, by)
}

// matched returns a picture of this size, of colours that it maps in place.
func (s Space) matched(values [][3]float64, size image.Point, want Moments, by LinearMap) (image.Image, error) {
	have := momentsOf(values)
	covariance, wantCovariance := rgb.Matrix(have.Covariance), rgb.Matrix(want.Covariance)
	for c := range 3 {
		const noise = 1e-5
		covariance[c][c] += noise
		wantCovariance[c][c] += noise
	}
	var a rgb.Matrix
	switch by {
	case Cholesky:
		a = wantCovariance.Cholesky().Times(covariance.Cholesky().Inverse())
	case PCA:
		a = wantCovariance.Power(0.5).Times(covariance.Power(-0.5))
	case MongeKantorovich:
		root, inverse := covariance.Power(0.5), covariance.Power(-0.5)
		a = inverse.Times(root.Times(wantCovariance).Times(root).Power(0.5)).Times(inverse)
	default:
		return nil, fmt.Errorf("colour: no LinearMap %d; there are Cholesky, PCA and MongeKantorovich", int(by))
	}
	for i, v := range values {
		v = a.Apply([3]float64{v[0] - have.Mean[0], v[1] - have.Mean[1], v[2] - have.Mean[2]})
		values[i] = [3]float64{v[0] + want.Mean[0], v[1] + want.Mean[1], v[2] + want.Mean[2]}
	}
	return s.picture(values, size), nil
}

// MatchHistograms maps each channel of a picture by a monotonic curve so that its histogram becomes that of another picture: the pixels of
// one value, in rank from the a-th to the b-th of all, take the mean of the other's values of the same ranks. It depends on ranks, so
// in linear light it would differ only by that mean.
func MatchHistograms(img, to image.Image) (image.Image, error) {
	if err := checkPair(img, to); err != nil {
		return nil, err
	}
	have, want := channelCounts(img), channelCounts(to)
	var curves [3][]uint16
	for c := range curves {
		curves[c] = rankCurve(have[c], want[c])
	}
	matched := image.NewRGBA64(image.Rectangle{Max: img.Bounds().Size()})
	picture.EachPixel(img, func(x, y int, c color.RGBA64) {
		matched.SetRGBA64(x, y, color.RGBA64{curves[0][c.R], curves[1][c.G], curves[2][c.B], 0xffff})
	})
	return matched, nil
}

// channelCounts counts the 16-bit values of red, green and blue.
func channelCounts(img image.Image) (counts [3][]int64) {
	for c := range counts {
		counts[c] = make([]int64, 1<<16)
	}
	picture.EachPixel(img, func(_, _ int, c color.RGBA64) {
		counts[0][c.R]++
		counts[1][c.G]++
		counts[2][c.B]++
	})
	return counts
}

// rankCurve returns, for each value that have counts, the mean of want's values of the same ranks.
func rankCurve(have, want []int64) []uint16 {
	var all, wantAll int64
	for v := range have {
		all, wantAll = all+have[v], wantAll+want[v]
	}
	curve := make([]uint16, len(have))
	w, left := -1, int64(0) // what is left of want's value w; a pixel counts wantAll in have and all in want, so that both have one sum
	for v, count := range have {
		weight, sum := count*wantAll, 0.
		for need := weight; need > 0; {
			for left == 0 {
				w++
				left = want[w] * all
			}
			taken := min(need, left)
			need, left, sum = need-taken, left-taken, sum+float64(taken)*float64(w)
		}
		if count > 0 {
			curve[v] = uint16(math.Round(sum / float64(weight)))
		}
	}
	return curve
}
