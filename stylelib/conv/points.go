package conv

// scheme is one of Winograd's convolutions, F(tile, 3): it evaluates polynomials at points. A tile of pixels and a kernel
// row become polynomials, their product at reach points is reach multiplications, and from these the tile of the result is
// read back.
//
// F(4, 3) makes 4 outputs of 3 taps from 6 inputs with 6 multiplications, where the plain way takes 12; done along rows
// and along columns, a 4x4 tile takes 36 instead of 144.
type scheme struct {
	tile  int // outputs a side
	reach int // inputs a side that they depend on, and points

	// A row of inputs d [reach] becomes input·d [reach], is multiplied with the transformed kernel point by point, and
	// output [tile, reach] times the products is the row of outputs.
	input, output [][]float64
	kernel        [][3]float64
}

// The schemes, by their tiles. Infinity is one more point. These keep float32's rounding small: six is as exact as four.
var (
	four = derive(0, 1, -1, 2, 0.5)
	six  = derive(0, 1, -1, 2, -2, 0.5, -0.5)
)

// schemeFor returns the scheme for a layer of so many channels. A 6x6 tile takes 64 multiplications instead of 324, a fifth
// fewer than four's for each pixel, but its weights are 1.8 times as large. Up to 256 channels, so in VGG-19's wide
// pictures, it takes 5 to 20 % less time; from 512 on, weights weigh more.
func schemeFor(in, out int) *scheme {
	if in*out <= 256*256 {
		return six
	}
	return four
}

// derive returns the scheme of these points, by the construction of Toom and Cook: row p of the input's matrix holds the
// coefficients of Π (x - q) over the finite points q other than p, lowest first; the kernel's row is (1, p, p²) / Π (p - q);
// output j reads p^j. Infinity stands for the leading coefficients.
func derive(points ...float64) *scheme {
	s := &scheme{tile: len(points) - 1, reach: len(points) + 1}
	all := []float64{1}
	s.output = make([][]float64, s.tile)
	for i, p := range points {
		norm, others := 1.0, []float64{1}
		for k, q := range points {
			if k != i {
				norm *= p - q
				others = timesRoot(others, q)
			}
		}
		s.input = append(s.input, append(others, 0))
		s.kernel = append(s.kernel, [3]float64{1 / norm, p / norm, p * p / norm})
		power := 1.0
		for j := range s.output {
			s.output[j] = append(s.output[j], power)
			power *= p
		}
		all = timesRoot(all, p)
	}
	s.input = append(s.input, all)
	s.kernel = append(s.kernel, [3]float64{2: 1})
	for j := range s.output {
		s.output[j] = append(s.output[j], 0)
	}
	s.output[s.tile-1][s.reach-1] = 1
	return s
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
