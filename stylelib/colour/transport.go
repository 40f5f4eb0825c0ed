package colour

import (
	"cmp"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"stylenet/stylelib/internal/rgb"
)

// TransportColours carries the colours of a picture to those of another, of any size: afterwards it has the other's
// colours, each as often, not only their mean and covariance, and they have moved about as little as that takes. Done to
// the painted picture with the content picture as the other, the painting gets the content's colours. Where
// [MatchHistograms] goes by red, green and blue alone and may mix colours that the other does not have, this goes by all
// directions: it matches the values along three axes at right angles by rank, turns the axes at random, the same way
// in every run, and repeats (Pitié, Kokaram and Dahyot 2007, "Automated colour grading using colour distribution
// transfer", without their smoothing at the end; Rabin et al. 2011 for the distance it comes near to).
//
// Equal colours stay equal. It sorts the pixels 72 times: about a second for 256x256 of them.
func Transport(picture, to image.Image, in Space) (image.Image, error) {
	values, want, err := in.pair(picture, to)
	if err != nil {
		return nil, err
	}
	const rounds = 24
	random := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		carry(values, want, randomAxes(random))
	}
	return in.picture(values, picture.Bounds().Size()), nil
}

// carry moves values along three axes at right angles, along each so that their distribution becomes that of want.
func carry(values, want [][3]float64, axes rgb.Matrix) {
	var moves [3][]float64
	var wait sync.WaitGroup
	for k, axis := range axes {
		wait.Go(func() { moves[k] = rankMoves(along(values, axis), along(want, axis)) })
	}
	wait.Wait()
	for i := range values {
		for c := range 3 {
			values[i][c] += moves[0][i]*axes[0][c] + moves[1][i]*axes[1][c] + moves[2][i]*axes[2][c]
		}
	}
}

// along returns the values' coordinates on an axis.
func along(values [][3]float64, axis [3]float64) []float64 {
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = v[0]*axis[0] + v[1]*axis[1] + v[2]*axis[2]
	}
	return list
}

// rankMoves returns by how much each value must move to the wanted one of its rank, which lies between two where there
// are more or fewer of those. Equal values move alike.
func rankMoves(values, want []float64) []float64 {
	type place struct {
		value float64
		index int32
	}
	places := make([]place, len(values))
	for i, v := range values {
		places[i] = place{v, int32(i)}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.value, b.value) })
	slices.Sort(want)
	perValue := float64(len(want)) / float64(len(values))
	moves := make([]float64, len(values))
	for i := 0; i < len(places); {
		end, sum := i, 0.
		for ; end < len(places) && places[end].value == places[i].value; end++ {
			at := min(max((float64(end)+0.5)*perValue-0.5, 0), float64(len(want)-1))
			below := int(at)
			above := min(below+1, len(want)-1)
			sum += want[below] + (at-float64(below))*(want[above]-want[below])
		}
		for _, p := range places[i:end] {
			moves[p.index] = sum/float64(end-i) - p.value
		}
		i = end
	}
	return moves
}

// randomAxes returns three directions at right angles as rows, each as likely as any other.
func randomAxes(random *rand.Rand) (axes rgb.Matrix) {
	for i := range axes {
		for c := range 3 {
			axes[i][c] = random.NormFloat64()
		}
		for _, before := range axes[:i] {
			part := axes[i][0]*before[0] + axes[i][1]*before[1] + axes[i][2]*before[2]
			for c := range 3 {
				axes[i][c] -= part * before[c]
			}
		}
		length := math.Hypot(math.Hypot(axes[i][0], axes[i][1]), axes[i][2])
		for c := range 3 {
			axes[i][c] /= length
		}
	}
	return axes
}
