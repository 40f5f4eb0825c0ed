package weights

import (
	"regexp"
	"slices"
	"strconv"

	"stylenet/weights/internal/array"
)

// layout is a way to name and order the arrays of a VGG-19.
type layout struct {
	about   string         // for people
	pattern *regexp.Regexp // of an array's name; its groups say which convolution, the last one which part
	conv    func(groups []string) string
	kernel  []string // what the last group is for a kernel; otherwise it is a bias
	axes    []int    // that put a kernel's axes in the order height, width, in, out; nil: as its shape says
	padding Padding
	origin  string // empty where there are several
}

var (
	oihw = []int{2, 3, 1, 0}
	hwio = []int{0, 1, 2, 3}
)

// layouts are all that are known. A name may have more in front, such as "state_dict.".
var layouts = []layout{
	{
		about:   "torchvision's names (features.0.weight)",
		pattern: regexp.MustCompile(`(?:^|\.)features\.(\d+)\.(weight|bias)$`),
		kernel:  []string{"weight"},
		conv:    func(groups []string) string { return sequentialConv(groups[0], 0) },
		axes:    oihw,
	},
	{
		about:   "MatConvNet's names (layers{1}.weights{1})",
		pattern: regexp.MustCompile(`^layers\{(\d+)\}\.weights\{([12])\}$`),
		kernel:  []string{"1"},
		conv:    func(groups []string) string { return sequentialConv(groups[0], 1) },
		axes:    hwio, // Differs from Gatys' followers, who take width for height: see Options.SeedTranspose.
		origin:  "matconvnet",
	},
	{
		about:   "Keras's names (block1_conv1/...)",
		pattern: regexp.MustCompile(`(?:^|/)block(\d)_conv(\d)/(?:[^/]+/)*(?:[^/]*_)?(kernel|bias|W|b)(?:_1)?(?::0)?$`),
		kernel:  []string{"kernel", "W"},
		conv:    blockConv,
		axes:    hwio,
		origin:  "caffe",
	},
	{
		about:   "Keras 3's names (layers/conv2d/vars/0)",
		pattern: regexp.MustCompile(`(?:^|/)layers/conv2d_?(\d*)/vars/(0|1)$`),
		kernel:  []string{"0"},
		conv:    func(groups []string) string { return countedConv(groups[0]) },
		axes:    hwio,
		origin:  "caffe",
	},
	{
		about:   "the names of slim networks (conv11.weight)",
		pattern: regexp.MustCompile(`(?:^|\.)conv(\d)(\d)\.(weight|bias)$`),
		kernel:  []string{"weight"},
		conv:    blockConv,
		axes:    oihw,
		padding: ReflectPadding,
		origin:  "slim",
	},
	{
		about:   "the layers' own names (conv1_1.weight, conv1_1_W)",
		pattern: regexp.MustCompile(`(?:^|[./])conv(\d)_(\d)[._/](weights?|kernel|W|bias|biases|b)$`),
		kernel:  []string{"weight", "weights", "kernel", "W"},
		conv:    blockConv,
	},
}

// blockConv names a convolution by its block and its place in it.
func blockConv(groups []string) string { return "conv" + groups[0] + "_" + groups[1] }

// sequentialConv names a convolution by its number in a list of all layers, whose first has the number given. A ReLU
// follows each convolution and a pooling each block. Other layers have no name.
func sequentialConv(number string, first int) string {
	at := first
	for i, c := range vgg19Convs {
		if i > 0 && c.name[:5] != vgg19Convs[i-1].name[:5] {
			at++ // the pooling before a new block
		}
		if strconv.Itoa(at) == number {
			return c.name
		}
		at += 2
	}
	return ""
}

// countedConv names a convolution by its number in a list of convolutions, whose first has none and whose second 1.
func countedConv(number string) string {
	i, err := strconv.Atoi("0" + number)
	if err != nil || i >= len(vgg19Convs) {
		return ""
	}
	return vgg19Convs[i].name
}

// parts are the arrays of one convolution.
type parts struct{ kernel, bias *array.Array }

// find collects the arrays that the layout names, by convolution. Where it meets one that has no place in a VGG-19 it
// says so, and returns what it has found all the same.
func (l layout) find(c contents) (found map[string]parts, err error) {
	found = map[string]parts{}
	for i := range c.arrays {
		a := &c.arrays[i]
		groups := l.pattern.FindStringSubmatch(a.Name)
		if groups == nil {
			continue
		}
		last := len(groups) - 1
		name := l.conv(groups[1:last])
		if !isConv(name) {
			err = array.Unsupported("no such convolution in VGG-19: is it a VGG-16, or one with batch normalisation?").In(a.Name)
			continue
		}
		p := found[name]
		part := &p.bias
		if slices.Contains(l.kernel, groups[last]) {
			part = &p.kernel
		}
		if *part != nil {
			err = array.Unsupported("a second one after %q: two networks in one file?", (*part).Name).In(a.Name)
			continue
		}
		*part = a
		found[name] = p
	}
	return found, err
}

func isConv(name string) bool {
	for _, c := range vgg19Convs {
		if c.name == name {
			return true
		}
	}
	return false
}

// axesOf returns the axes that put a kernel in the order height, width, in, out: the layout's own, or else those of
// conv1_1, whose height and width are its first two axes or its last two.
func (l layout) axesOf(conv1 *array.Array) ([]int, error) {
	if l.axes != nil {
		return l.axes, nil
	}
	if shape := conv1.Shape; len(shape) == 4 {
		first, last := shape[0] == 3 && shape[1] == 3, shape[2] == 3 && shape[3] == 3
		switch {
		case first && !last:
			return hwio, nil
		case last && !first:
			return oihw, nil
		}
	}
	return nil, array.Bad("shape %v; want [3 3 3 out] or [out 3 3 3]", conv1.Shape).In(conv1.Name)
}
