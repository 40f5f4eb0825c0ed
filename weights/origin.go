package weights

import (
	"encoding/json"
	"fmt"
	"slices"

	"stylenet/weights/internal/array"
)

// origin says how the pictures entered a network while it was trained. The numbers of a network make sense with its
// own way only; a wrong one still gives pictures, worse ones.
type origin struct {
	name  string
	about string // for people
	input func(c contents) (Input, error)
}

// origins are all that are known.
var origins = []origin{
	{"torchvision", "RGB in [0, 1], less the mean, divided by the standard deviation", fixedInput(torchvisionInput())},
	{"caffe", "BGR in [0, 255], less the mean", fixedInput(caffeInput())},
	{"matconvnet", "RGB in [0, 255], less the mean", fixedInput(matconvnetInput())},
	{"slim", "RGB in [0, 1], through a learned 1x1 convolution", learnedInput},
	{"stylenet", "as the file's metadata says", statedInput},
}

// originNamed looks an origin up.
func originNamed(name string) (origin, error) {
	i := slices.IndexFunc(origins, func(o origin) bool { return o.name == name })
	if i < 0 {
		var names []string
		for _, o := range origins {
			names = append(names, o.name)
		}
		return origin{}, fmt.Errorf("weights: no origin %q; there are %q", name, names)
	}
	return origins[i], nil
}

func fixedInput(in Input) func(contents) (Input, error) {
	return func(contents) (Input, error) { return in, nil }
}

// torchvisionInput is for torchvision's networks and timm's copies of them. Mean and standard deviation are
// ImageNet's, over pixels in [0, 1].
func torchvisionInput() Input {
	mean := [3]float64{0.485, 0.456, 0.406}
	std := [3]float64{0.229, 0.224, 0.225}
	var in Input
	for c := range 3 {
		in.Matrix[c][c] = float32(1 / std[c])
		in.Offset[c] = float32(-mean[c] / std[c])
	}
	return in
}

// oxfordMean is the mean of R, G and B, in [0, 255], that the authors of VGG-19 subtracted.
var oxfordMean = [3]float32{123.68, 116.779, 103.939}

// caffeInput is for the authors' own network and what keeps its order of channels: Keras, the .pth of J. Johnson.
func caffeInput() Input {
	var in Input
	for c := range 3 {
		in.Matrix[c][2-c] = 255
		in.Offset[c] = -oxfordMean[2-c]
	}
	return in
}

// matconvnetInput is for MatConvNet's copy of the authors' network, turned from BGR to RGB.
func matconvnetInput() Input {
	var in Input
	for c := range 3 {
		in.Matrix[c][c] = 255
		in.Offset[c] = -oxfordMean[c]
	}
	return in
}

// learnedInput reads the 1x1 convolution conv0, [3, 3, 1, 1] and [3], that slim networks have before conv1_1.
func learnedInput(c contents) (Input, error) {
	var in Input
	kernel, bias := c.endingIn("conv0.weight"), c.endingIn("conv0.bias")
	if kernel == nil || bias == nil {
		return in, array.Unsupported("no conv0, so how pictures enter is not known")
	}
	if !slices.Equal(kernel.Shape, []int{3, 3, 1, 1}) || !slices.Equal(bias.Shape, []int{3}) {
		return in, array.Bad("shape %v with %d biases, want [3 3 1 1] with 3", kernel.Shape, bias.Shape).In(kernel.Name)
	}
	matrix, err := readFinite(kernel)
	if err != nil {
		return in, err
	}
	offset, err := readFinite(bias)
	if err != nil {
		return in, err
	}
	for out := range 3 {
		copy(in.Matrix[out][:], matrix[3*out:])
	}
	copy(in.Offset[:], offset)
	return in, nil
}

// statedInput reads what our own files say.
func statedInput(c contents) (Input, error) {
	var in Input
	if err := json.Unmarshal([]byte(c.metadata[metadataInput]), &in); err != nil {
		return in, array.Bad("metadata %q: %v", metadataInput, err)
	}
	return in, nil
}
