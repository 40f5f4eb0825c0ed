package preset

import (
	"slices"

	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// VGG returns a copy of the network as the implementation runs it: with its pooling and padding, and with features of the size for which
// its weights are. Features of a network whose preprocessing gives numbers about 0, such as torchvision's, are about sixty times smaller
// than those of a network whose preprocessing gives numbers up to 255. Where the implementation takes maxima, as VGG-19 was trained with, a
// network that was trained with averages keeps them: by maxima its features are larger than the weights are for.
func (p *Preset) VGG(network *weights.Network) *vgg.Extractor {
	scaled, factor := *network, p.factor(network)
	for row := range 3 {
		scaled.Input.Offset[row] *= factor
		for column := range 3 {
			scaled.Input.Matrix[row][column] *= factor * p.gain()
		}
	}
	scaled.Convs = slices.Clone(network.Convs)
	before := float32(1)
	for i := range scaled.Convs { // a factor of a convolution's input is one of its output, for ReLU keeps it
		c, shrunk := &scaled.Convs[i], float32(1)
		if network.SHA256 == slimNetwork && i < len(slimShrinks) {
			shrunk = slimShrinks[i]
		}
		c.Kernel, c.Bias = times(c.Kernel, shrunk/before), times(c.Bias, factor*shrunk)
		before = shrunk
	}
	net := vgg.New(&scaled)
	if !network.AveragePooling || p.Pooling != vgg.MaxPooling {
		net.Pooling = p.Pooling
	}
	net.DropOdd, net.Padding = p.DropOdd, weights.ZeroPadding
	if p.ReplicateFirst {
		net.Paddings = map[string]weights.Padding{"conv1_1": weights.ReplicatePadding}
	}
	return net
}

// slimNetwork is the SHA-256 of the file of vgg19-slim. slimShrinks says how many times smaller its features are than VGG-19's, from
// conv1_1 on, rounded to powers of two, by which weights can be multiplied without rounding. It was distilled such that linear maps, which
// are not in the file, turn its features into VGG-19's. testdata/slim.md says how the numbers were found.
const slimNetwork = "9417c34d0d8d621bc6af78be745f1b8d30f5f210efa01e50655c60eb3770816b"

var slimShrinks = []float32{8, 4, 8, 16, 16, 32, 64, 32, 64, 128, 64, 64, 8}

// times returns the values times a factor; the slice itself where it is 1.
func times(values []float32, factor float32) []float32 {
	if factor == 1 {
		return values
	}
	product := make([]float32, len(values))
	for i, v := range values {
		product[i] = v * factor
	}
	return product
}

// factor returns by what to multiply a network's features to make them as large as those of the preset's Origin: 1 where the preprocessing
// of both gives numbers up to 255, or that of neither. A network with other numbers of channels than VGG-19 is left as it is, but for the
// slim one above.
func (p *Preset) factor(network *weights.Network) float32 {
	const ratio = 255 * 0.226 // of 255 and 1 over the mean of torchvision's standard deviations
	var largest float32       // entry of the preprocessing's matrix
	for _, row := range network.Input.Matrix {
		largest = max(largest, slices.Max(row[:]))
	}
	have, want := largest > 30, p.Origin != "torchvision"
	switch {
	case want && !have:
		return ratio
	case have && !want && len(network.Convs) > 0 && (network.Convs[0].Out == 64 || network.SHA256 == slimNetwork):
		return 1 / ratio
	}
	return 1
}

// gain returns 256/255 for an implementation in which white is 256, else 1.
func (p *Preset) gain() float32 {
	if p.Unit[0] == 256 {
		return 256. / 255
	}
	return 1
}
