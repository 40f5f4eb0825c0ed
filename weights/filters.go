package weights

import "math"

// mixup says how the axes of conv1_1 are mixed up: height and width, red and blue.
type mixup struct{ turned, bgr bool }

// fingerprints belong to 24 of the 64 filters of conv1_1 in the network of VGG-19's authors, [3, 3, 3] in the order
// height, width, RGB and scaled to length 1: the sums of their values with 8 patterns of pseudo-random signs.
// (testdata/make_filters.py made them, from filters that a pruned network had kept.) All networks converted from the
// authors' have these filters; torchvision's, trained anew, has none of them.
var fingerprints = [24][8]float64{
	{2.4308, 1.1080, 1.2175, 0.1207, 1.7466, -1.2607, -0.6659, 0.9409},
	{-0.1756, 1.3349, 0.0163, -0.7115, 0.4567, -0.6954, 0.3881, 1.7649},
	{-1.2528, 0.3793, -0.4704, 0.2069, -1.4240, 0.5612, 0.1614, -1.8731},
	{-1.1107, 0.4247, -0.3072, 0.0990, 0.6142, -1.0518, 0.6541, 1.4291},
	{-2.3828, 0.3857, -0.5359, 0.1666, -0.7867, 0.7189, -0.2015, -0.3212},
	{-0.5176, -2.0327, -0.5004, 0.0580, -0.5300, 0.7104, 0.6969, -0.1194},
	{-1.4010, -0.4300, -0.6051, 0.5263, -1.1899, 0.5284, 0.1587, -1.9070},
	{1.4959, -0.0729, 0.6662, -0.3776, 1.4225, -0.6775, -0.1908, 1.6933},
	{1.3868, -0.2376, 0.1646, -0.1778, -0.6025, 0.5602, -0.3964, -1.4309},
	{-0.6500, 0.3946, 0.0360, 0.0624, 1.0068, -0.9281, 0.4457, 1.7926},
	{2.6308, 0.0432, 0.8009, 0.0205, 0.3805, -0.3592, 0.0103, -0.7290},
	{0.2481, 1.9823, 0.4523, -0.1338, 0.3486, -0.7667, -0.5610, 0.0354},
	{1.5842, -0.5451, 0.3388, -0.0550, -0.3852, 0.6226, -0.5109, -1.5031},
	{1.6629, 0.1576, 0.7148, -0.4885, 0.7617, 0.1392, -0.4909, 1.0476},
	{-2.5713, -0.0741, -0.7948, 0.2715, -0.5938, 0.4424, 0.1751, 0.1933},
	{0.5090, 2.0164, 0.6802, -0.0672, 0.5818, -0.8933, -0.7405, -0.0235},
	{-0.2739, 0.6362, -0.0524, -0.3137, 0.7946, -1.0900, 0.8786, 2.0336},
	{0.5941, -0.6316, 0.2328, 0.2249, -0.7215, 1.0362, -0.8114, -1.9829},
	{0.6963, -0.5512, 0.1196, 0.2422, -0.6648, 0.7140, -0.7425, -2.0257},
	{0.0710, -0.5755, 0.1536, 0.4780, -0.5927, 0.6482, -0.6115, -1.9562},
	{-0.3469, 0.0566, -0.0329, 0.4621, 0.5282, -0.6644, 0.1348, 0.1559},
	{-1.9605, -0.3521, -0.7127, 0.4779, -1.2748, 0.9703, 0.3466, -1.2859},
	{1.9978, 0.3653, 0.8683, -0.3542, 1.5360, -0.9083, -0.4561, 1.4942},
	{2.5543, 0.1788, 0.9667, -0.2691, 1.1387, -0.7039, -0.2664, 0.5011},
}

// fingerprint is that of one filter, whose values are indexed by height, width and R, G or B.
func fingerprint(at func(y, x, colour int) float64) (print [8]float64) {
	squares := 0.0
	for i := range 27 {
		v := at(i/9, i/3%3, i%3)
		squares += v * v
		for k := range print {
			sign := 1 - 2*float64(mix(uint64(k+1))>>i&1)
			print[k] += sign * v
		}
	}
	for k := range print {
		print[k] /= math.Sqrt(squares)
	}
	return print
}

// knownFilters tells whether conv1_1 has the filters of VGG-19's authors, and how their axes are mixed up. The colour
// that each channel sees is taken from the network's input.
func (n *Network) knownFilters() (how mixup, known bool) {
	const enough = 20 // of the 24; any other arrangement of their axes has none
	for _, how := range []mixup{{false, false}, {true, false}, {false, true}, {true, true}} {
		if n.countKnown(how) >= enough {
			return how, true
		}
	}
	return mixup{}, false
}

// countKnown returns how many of the known filters conv1_1 has, once its axes are put in order.
func (n *Network) countKnown(how mixup) int {
	const tol = 0.01 // far above rounding and below the 0.07 of the nearest wrong filter
	conv := n.Convs[0]
	channel := n.Input.channelOf()
	found := map[int]bool{}
	for out := range conv.Out {
		print := fingerprint(func(y, x, colour int) float64 {
			if how.turned {
				y, x = x, y
			}
			if how.bgr {
				colour = 2 - colour
			}
			return float64(conv.Kernel[((y*3+x)*3+channel[colour])*conv.Out+out])
		})
		for i, known := range fingerprints {
			far := 0.0
			for k := range known {
				far = max(far, math.Abs(known[k]-print[k]))
			}
			if far < tol {
				found[i] = true
			}
		}
	}
	return len(found)
}

// channelOf returns, for R, G and B, the channel of conv1_1 that sees most of it.
func (in Input) channelOf() (channel [3]int) {
	for colour := range 3 {
		for c := range 3 {
			if math.Abs(float64(in.Matrix[c][colour])) > math.Abs(float64(in.Matrix[channel[colour]][colour])) {
				channel[colour] = c
			}
		}
	}
	return channel
}
