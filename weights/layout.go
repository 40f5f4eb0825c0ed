package weights

import (
	"regexp"
	"strconv"
	"strings"

	"stylenet/weights/internal/array"
)

// layout is a way to name and order the arrays of a VGG-19.
type layout struct {
	about   string         // for people
	pattern *regexp.Regexp // of an array's name; its groups say which convolution, the last one which part
	conv    func(groups []string) string
	axes    []int // that put a kernel's axes in the order height, width, in, out
	padding Padding
	origin  string
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
		conv:    func(groups []string) string { return sequentialConv(groups[0]) },
		axes:    oihw,
		origin:  "torchvision",
	},
	{
		about:   "the names of slim networks (conv11.weight)",
		pattern: regexp.MustCompile(`(?:^|\.)conv(\d)(\d)\.(weight|bias)$`),
		conv:    blockConv,
		axes:    oihw,
		padding: ReflectPadding,
		origin:  "slim",
	},
	{
		about:   "StyleNet's own names (conv1_1.weight)",
		pattern: regexp.MustCompile(`^conv(\d)_(\d)\.(weight|bias)$`),
		conv:    blockConv,
		axes:    hwio,
		origin:  "stylenet",
	},
}

// blockConv names a convolution by its block and its place in it.
func blockConv(groups []string) string { return "conv" + groups[0] + "_" + groups[1] }

// sequentialConv names a convolution by its number in a list of all layers, in which a ReLU follows each convolution
// and a pooling each block. Other layers have no name.
func sequentialConv(number string) string {
	at := 0
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
		if isKernel(groups[last]) {
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

func isKernel(part string) bool { return !strings.HasPrefix(part, "b") }
