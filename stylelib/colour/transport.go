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

// Transport moves the colours of a picture, in a space, to the distribution of another's: the result has the other's colours, each as
// often, and they have moved about as little as that takes. Where the painted picture is the first and the content picture the other,
// the result has the content's colours. [MatchHistograms] matches red, green and blue one by one and may give colours that the other
// picture does not have. Transport matches the values along three orthogonal axes by rank, rotates the axes at random, the same way in
// every run, and repeats (Pitié, Kokaram and Dahyot 2007, "Automated colour grading using colour distribution transfer", without their
// regularization at the end). That minimizes the sliced Wasserstein distance (Rabin et al. 2011).
//
// Equal colours stay equal. It sorts the pixels 72 times, which takes about a second for 256x256 pixels.
func Transport(img, to image.Image, in Space) (image.Image, error) {
	values, want, err := in.pair(img, to)
	if err != nil {
		return nil, err
	}
	const rounds = 24
	random := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		matchAlong(values, want, randomAxes(random))
	}
	return in.picture(values, img.Bounds().Size()), nil
}

// matchAlong moves values along three orthogonal axes so that along each their distribution becomes that of want.
func matchAlong(values, want [][3]float64, axes rgb.Matrix) {
	var moves [3][]float64
	var wait sync.WaitGroup
	for k, axis := range axes {
		wait.Go(func() { moves[k] = rankMoves(coordinates(values, axis), coordinates(want, axis)) })
	}
	wait.Wait()
	for i := range values {
		for c := range 3 {
			values[i][c] += moves[0][i]*axes[0][c] + moves[1][i]*axes[1][c] + moves[2][i]*axes[2][c]
		}
	}
}

// coordinates returns the values' coordinates on an axis.
func coordinates(values [][3]float64, axis [3]float64) []float64 {
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = v[0]*axis[0] + v[1]*axis[1] + v[2]*axis[2]
	}
	return list
}

// rankMoves returns by how much each value must move to the wanted value of its rank, interpolated where there are more or fewer of those.
// Equal values move by the same amount. It sorts want.
func rankMoves(values, want []float64) []float64 {
	type entry struct {
		value float64
		index int32
	}
	sorted := make([]entry, len(values))
	for i, v := range values {
		sorted[i] = entry{v, int32(i)}
	}
	slices.SortFunc(sorted, func(a, b entry) int { return cmp.Compare(a.value, b.value) })
	slices.Sort(want)
	perValue := float64(len(want)) / float64(len(values))
	moves := make([]float64, len(values))
	for i := 0; i < len(sorted); {
		end, sum := i, 0.
		for ; end < len(sorted) && sorted[end].value == sorted[i].value; end++ {
			at := min(max((float64(end)+0.5)*perValue-0.5, 0), float64(len(want)-1))
			below := int(at)
			above := min(below+1, len(want)-1)
			sum += want[below] + (at-float64(below))*(want[above]-want[below])
		}
		for _, p := range sorted[i:end] {
			moves[p.index] = sum/float64(end-i) - p.value
		}
		i = end
	}
	return moves
}

// randomAxes returns three orthogonal unit vectors as rows, in a random orientation without preference.
func randomAxes(random *rand.Rand) (axes rgb.Matrix) {
	for i := range axes {
		for c := range 3 {
			axes[i][c] = random.NormFloat64()
		}
		for _, before := range axes[:i] {
			projection := axes[i][0]*before[0] + axes[i][1]*before[1] + axes[i][2]*before[2]
			for c := range 3 {
				axes[i][c] -= projection * before[c]
			}
		}
		length := math.Hypot(math.Hypot(axes[i][0], axes[i][1]), axes[i][2])
		for c := range 3 {
			axes[i][c] /= length
		}
	}
	return axes
}
