package conv

// Winograd's convolution evaluates polynomials at points: a tile of pixels and a kernel row become polynomials, their
// product at six points is six multiplications, and from these the tile of the result is read back.
//
// F(4, 3) makes 4 outputs of 3 taps from 6 inputs with 6 multiplications, where the plain way takes 12; done along rows
// and along columns, a 4x4 tile takes 36 instead of 144.
const (
	tile  = 4        // outputs a side
	reach = tile + 2 // inputs a side that they depend on, and points
)

// points are where the polynomials are evaluated, and infinity after them. With every p, 1/p is a point too (0 for
// infinity): a kernel turned round has the values of the kernel itself, at 1/p, so one set of transformed weights
// serves forward and backward.
var points = [reach - 1]float64{0, 1, -1, 2, 0.5}

// reciprocal gives for each point the index of its reciprocal.
var reciprocal = [reach]int{5, 1, 2, 4, 3, 0}

// transform holds the matrices of one direction: a row of inputs d [6] becomes input·d [6], is multiplied with the
// transformed kernel point by point, and output [4, 6] times the products is the row of outputs.
type transform struct {
	input  [reach][reach]float64
	output [tile][reach]float64
}

// forward, backward and kernelRows [6, 3] follow from the points by the construction of Toom and Cook: row p of the
// input's matrix holds the coefficients of Π (x - q) over the finite points q other than p, lowest first; the kernel's
// row is (1, p, p²) / Π (p - q); output j reads p^j. Infinity stands for the leading coefficients.
var forward, backward, kernelRows = derive()

func derive() (forward, backward transform, kernelRows [reach][3]float64) {
	norm := [reach]float64{reach - 1: 1} // Π (p - q)
	for i, p := range points {
		norm[i] = 1
		others := []float64{1}
		for k, q := range points {
			if k != i {
				norm[i] *= p - q
				others = timesRoot(others, q)
			}
		}
		copy(forward.input[i][:], others)
		power := 1.0
		for j := range tile {
			forward.output[j][i] = power
			if j < 3 {
				kernelRows[i][j] = power / norm[i]
			}
			power *= p
		}
	}
	all := []float64{1}
	for _, q := range points {
		all = timesRoot(all, q)
	}
	const infinity = reach - 1
	copy(forward.input[infinity][:], all)
	forward.output[tile-1][infinity] = 1
	kernelRows[infinity][2] = 1

	// The kernel turned round, g(2-k), has at p the value p²·g(1/p): the weights at 1/p, times what is left over.
	for i := range reach {
		p := reciprocal[i]
		scale := norm[i] / norm[p]
		if p != 0 && p != infinity {
			scale *= points[p] * points[p]
		}
		for k := range reach {
			backward.input[i][k] = scale * forward.input[p][k]
		}
		for j := range tile {
			backward.output[j][i] = forward.output[j][p]
		}
	}
	return forward, backward, kernelRows
}

// timesRoot returns the coefficients of polynomial·(x - root), lowest first.
func timesRoot(polynomial []float64, root float64) []float64 {
	product := make([]float64, len(polynomial)+1)
	for i, c := range polynomial {
		product[i+1] += c
		product[i] -= root * c
	}
	return product
}
