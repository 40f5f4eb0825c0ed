// Package weights says where the network's numbers come from: it reads every file of a pretrained VGG-19 into one
// canonical form, a [Network], fetches the published ones, holds StyleNet's own, and makes seeded stand-ins. It uses the
// standard library only.
//
//	n, err := weights.Open(ctx, "vgg19")         // by name: from this computer, else downloaded
//	n, err := weights.Load("vgg19-dcbb9e9d.pth") // a file you have
//	n, err := weights.Open(ctx, "stylenet")      // our own small one, always at hand
//	n := weights.Random(1)                       // numbers that have learned nothing
//
// The way of a file: load.go tells its format by the first bytes and has a reader in internal list its arrays, by name
// and unread; layout.go knows by their names which array is which convolution; arrange.go checks that their shapes make
// a chain and reads them into the order height, width, in, out; origin.go knows the preprocessing, which is as much a
// part of a network as its numbers, and filters.go whether the first filters lie the right way round. catalog.go knows
// what is published, open.go looks for it, fetch.go and part.go download it, cache.go keeps it in a form that loads fast.
//
// Files are not trusted: a length in a file reserves no more memory than the file is long or VGG-19's largest layer
// takes, nothing in a file is executed, and downloads count only with the published checksum.
package weights

import (
	"fmt"
	"os"
	"path/filepath"
)

// Network is the convolutional part of a VGG-19, or of a slim one with the same layer names.
type Network struct {
	Convs   []Conv  // conv1_1 … conv5_4 in order, or a shorter run of them starting at conv1_1
	Input   Input   // the preprocessing: what conv1_1 is given
	Padding Padding // what lies beyond the picture's edge

	// AveragePooling tells that in training features were halved by averages of 2x2 windows, not by maxima as VGG-19's.
	AveragePooling bool

	Origin  string // where the numbers come from, in one line for people
	SHA256  string // of the file they were read from, in hex; empty where there is no file
	Licence string // of the numbers, in one line for people

	// Warnings are what a person should know, one line each: that the origin was guessed, or that filters lie turned.
	Warnings []string
}

// Conv is one 3x3 convolution with stride 1 and one pixel of padding, so that its output is as large as its input.
type Conv struct {
	Name    string    // "conv1_1" … "conv5_4"
	In, Out int       // channels
	Kernel  []float32 // [3, 3, In, Out]: height, width, input channel, output channel
	Bias    []float32 // [Out]
}

// Input turns a picture into what conv1_1 expects: an RGB pixel p in [0, 1] enters as Matrix·p + Offset.
// One form serves mean and standard deviation, BGR order, the range 0 to 255, and a learned 1x1 convolution.
type Input struct {
	Matrix [3][3]float32 `json:"matrix"` // [output channel][input channel]
	Offset [3]float32    `json:"offset"`
}

// Padding says what a convolution sees beyond the picture's edge.
type Padding int

// The paddings. ZeroPadding is VGG-19's own.
const (
	ZeroPadding      Padding = iota // 0 0 | a b c
	ReflectPadding                  // c b | a b c: mirrored, the edge pixel not repeated
	ReplicatePadding                // a a | a b c: the edge pixel repeated
	CircularPadding                 // b c | a b c: the other edge follows, as on a torus
)

// String returns the padding's name: zero, reflect, replicate or circular.
func (p Padding) String() string {
	switch p {
	case ZeroPadding:
		return "zero"
	case ReflectPadding:
		return "reflect"
	case ReplicatePadding:
		return "replicate"
	case CircularPadding:
		return "circular"
	}
	return fmt.Sprintf("Padding(%d)", int(p))
}

// ParsePadding returns the padding of that name: zero, reflect, replicate or circular.
func ParsePadding(name string) (Padding, error) {
	for p := ZeroPadding; p <= CircularPadding; p++ {
		if p.String() == name {
			return p, nil
		}
	}
	return 0, fmt.Errorf("weights: no padding %.40q; paddings are zero, reflect, replicate and circular", name)
}

// Home returns StyleNet's own folder, where set-up keeps tools, plugin, sample pictures and weights:
// the environment's STYLENET_HOME, else the folder stylenet in the user's cache directory.
func Home() (string, error) {
	if home := os.Getenv("STYLENET_HOME"); home != "" {
		return filepath.Abs(home)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("weights: no folder for StyleNet's files, set STYLENET_HOME to one: %w", err)
	}
	return filepath.Join(cache, "stylenet"), nil
}
