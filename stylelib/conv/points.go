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

// points are where the polynomials are evaluated, and infinity after them. These six keep float32's rounding small.
var points = [reach - 1]float64{0, 1, -1, 2, 0.5}

// A row of inputs d [6] becomes inputRows·d [6], is multiplied with the transformed kernel point by point, and
// outputRows [4, 6] times the products is the row of outputs.
//
// The three matrices follow from the points by the construction of Toom and Cook: row p of the input's matrix holds the
// coefficients of Π (x - q) over the finite points q other than p, lowest first; the kernel's row is (1, p, p²) / Π (p - q);
// output j reads p^j. Infinity stands for the leading coefficients.
var inputRows, outputRows, kernelRows = derive()

func derive() (input [reach][reach]float64, output [tile][reach]float64, kernel [reach][3]float64) {
	for i, p := range points {
		norm, others := 1.0, []float64{1}
		for k, q := range points {
			if k != i {
				norm *= p - q
				others = timesRoot(others, q)
			}
		}
		copy(input[i][:], others)
		power := 1.0
		for j := range tile {
			output[j][i] = power
			if j < 3 {
				kernel[i][j] = power / norm
			}
			power *= p
		}
	}
	all := []float64{1}
	for _, q := range points {
		all = timesRoot(all, q)
	}
	const infinity = reach - 1
	copy(input[infinity][:], all)
	output[tile-1][infinity] = 1
	kernel[infinity][2] = 1
	return input, output, kernel
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
