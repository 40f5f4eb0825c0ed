// Command probe imports what a notebook's cell imports, loads the backend and computes one convolution whose
// answer is known. Set-up builds it to warm the build cache, runs it to test the plugin, and leaves it to doctor.
//
//	probe CONTENT STYLE
//
// compiles what painting these two pictures takes, as the first notebook does, so that it begins at once.
package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	_ "stylenet/kernelext" // to be compiled, as a cell needs it
	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

func main() {
	description, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(description)
}

// run returns what the backend calls itself.
func run(pictures []string) (string, error) {
	backend, err := stylelib.OpenBackend()
	if err != nil {
		return "", err
	}
	defer backend.Finalize()
	if len(pictures) == 2 {
		return backend.Description(), compilePainting(backend, pictures[0], pictures[1])
	}
	return backend.Description(), convolve(backend)
}

// compilePainting compiles what the first notebook needs, for the built-in network.
func compilePainting(backend compute.Backend, contentFile, styleFile string) error {
	const size = 512 // as in the notebook
	content, err := picture.Open(contentFile, size)
	if err != nil {
		return err
	}
	style, err := picture.Open(styleFile, size)
	if err != nil {
		return err
	}
	network, err := weights.Open(context.Background(), weights.OwnName)
	if err != nil {
		return err
	}
	return stylelib.Compile(context.Background(), backend, vgg.New(network), content, []image.Image{style}, stylelib.Options{}, nil)
}

// convolve returns an error where a convolution's result is not what it is by hand.
func convolve(backend compute.Backend) error {
	picture := [][][][]float32{{{{1}, {2}, {3}}, {{4}, {5}, {6}}, {{7}, {8}, {9}}}} // [1, 3, 3, 1]
	kernel := [][][][]float32{{{{1}}, {{2}}}, {{{3}}, {{4}}}}                       // [2, 2, 1, 1]
	conv, err := graph.NewExec(backend, func(x, k *graph.Node) *graph.Node {
		return graph.Reshape(graph.Convolve(x, k).NoPadding().Done(), 4)
	})
	if err != nil {
		return err
	}
	defer conv.Finalize()
	out, err := conv.Exec1(picture, kernel)
	if err != nil {
		return err
	}
	got, ok := out.Value().([]float32)
	want := []float32{37, 47, 67, 77} // 1·1 + 2·2 + 3·4 + 4·5 = 37, and so on
	if !ok || !slices.Equal(got, want) {
		return errors.New(fmt.Sprint("the convolution of a 3x3 picture gave ", out.Value(), ", want ", want))
	}
	return nil
}
