package weights

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"stylenet/weights/internal/array"
)

// origin is the preprocessing with which a network was trained. The numbers of a network make sense with
// it only; another one still gives pictures, worse ones.
type origin struct {
	name  string
	about string // for people
	input func(c contents) (Input, error)
}

// origins are all that are known.
var origins = []origin{
	{"torchvision", "RGB in [0, 1], less the mean, divided by the standard deviation", fixedInput(torchvisionInput())},
	{"caffe", "BGR in [0, 255], less the mean", fixedInput(caffeInput())},
	{"matconvnet", "RGB in [0, 255], less the mean", averageInput},
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

// introduce sets the preprocessing of the network, and who made it.
func (o Options) introduce(n *Network, c contents, l layout) error {
	known, isPublished := publishedWith(n.SHA256)
	isOwn := c.metadata[metadataInput] != ""
	name, isGuess := o.Origin, false
	switch {
	case name != "":
	case isOwn:
		name = "stylenet"
	case isPublished:
		name = known.Origin
	case l.origin != "":
		name = l.origin
	default:
		name, isGuess = n.guessOrigin(c, o.Assume)
	}
	from, err := originNamed(name)
	if err != nil {
		return err
	}
	if n.Input, err = from.input(c); err != nil {
		return err
	}
	n.Origin, n.Licence = fmt.Sprintf("%s with %s", c.format, l.about), "not stated"
	switch {
	case isOwn:
		err = n.describe(c.metadata)
	case isPublished:
		n.Origin, n.Licence = known.Name+": "+known.About, known.Licence
	case isGuess:
		n.Warnings = append(n.Warnings, fmt.Sprintf("the preprocessing was guessed: %s (origin %s); if results look dull, give another origin (-origin, Options.Origin)", from.about, from.name))
	}
	n.checkFilters(o.SeedTranspose)
	return err
}

// guessOrigin names the likely origin of a file that neither its names nor its checksum tell. What conv1_1 looks for
// settles it where it can; so does a name of the rest of the file: timm's own, or one of the two published files with
// torchvision's names, which number their fully connected layers differently.
func (n *Network) guessOrigin(c contents, assume string) (name string, isGuess bool) {
	n.Input = matconvnetInput()
	how, known := n.knownFilters()
	switch {
	case known && !how.bgr:
		return "matconvnet", true
	case known || c.endingIn("classifier.1.weight") != nil:
		return "caffe", true
	case c.endingIn("pre_logits.fc1.weight") != nil:
		return "torchvision", false
	case assume != "":
		return assume, true
	}
	return "torchvision", true
}

// checkFilters warns where the filters of conv1_1 are those of VGG-19's authors in another arrangement.
func (n *Network) checkFilters(turned bool) {
	how, known := n.knownFilters()
	if known && how.turned != turned {
		n.Warnings = append(n.Warnings, "height and width of the kernels are swapped: conv1_1 has the filters of VGG-19's authors, turned")
	}
	if known && how.bgr {
		n.Warnings = append(n.Warnings, "red and blue are swapped: conv1_1 has the filters of VGG-19's authors, in the other order of channels")
	}
}

// The metadata of our own files.
const (
	metadataInput   = "input"   // an Input, in JSON
	metadataPadding = "padding" // a Padding's name
	metadataPooling = "pooling" // "avg" or "max"; none: "max"
	metadataOrigin  = "origin"
	metadataLicence = "licence"
	metadataSource  = "sha256" // of the file that the numbers were taken from
)

// describe takes over what our own files say about a network.
func (n *Network) describe(metadata map[string]string) error {
	n.Origin, n.Licence = metadata[metadataOrigin], metadata[metadataLicence]
	var err error
	if n.Padding, err = ParsePadding(metadata[metadataPadding]); err != nil {
		return array.Bad("metadata %q: no padding %.40q", metadataPadding, metadata[metadataPadding])
	}
	switch pooling := metadata[metadataPooling]; pooling {
	case "avg":
		n.AveragePooling = true
	case "max", "":
	default:
		return array.Bad("metadata %q: no pooling %.40q", metadataPooling, pooling)
	}
	return nil
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

// averageInput is matconvnetInput with the mean that the file itself gives: a picture of one colour, or that colour.
func averageInput(c contents) (Input, error) {
	in := matconvnetInput()
	average := c.endingIn("normalization.averageImage")
	if average == nil {
		return in, nil
	}
	const most = 1024 // pixels a side; MatConvNet's pictures have 224
	if shape := average.Shape; len(shape) != 3 || shape[2] != 3 || min(shape[0], shape[1]) < 1 || max(shape[0], shape[1]) > most {
		return in, array.Bad("shape %v, want [height width 3] of 1 to %d pixels a side", shape, most).In(average.Name)
	}
	values, err := readFinite(average)
	if err != nil {
		return in, err
	}
	var sum [3]float64
	for i, v := range values {
		sum[i%3] += float64(v)
	}
	for c := range 3 {
		in.Offset[c] = float32(-sum[c] / float64(len(values)/3))
	}
	return in, nil
}

// learnedInput reads the 1x1 convolution conv0, [3, 3, 1, 1] and [3], that slim networks have before conv1_1.
func learnedInput(c contents) (Input, error) {
	var in Input
	kernel, bias := c.endingIn("conv0.weight"), c.endingIn("conv0.bias")
	if kernel == nil || bias == nil {
		return in, array.Unsupported("no conv0, so the preprocessing is not known")
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

// endingIn returns the array whose name is the given one, or ends in it after a dot; nil where there is none.
func (c contents) endingIn(name string) *array.Array {
	i := slices.IndexFunc(c.arrays, func(a array.Array) bool {
		return a.Name == name || strings.HasSuffix(a.Name, "."+name)
	})
	if i < 0 {
		return nil
	}
	return &c.arrays[i]
}
