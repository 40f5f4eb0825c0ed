// Command probe imports what a notebook's cell imports, loads the backend and computes one convolution whose
// answer is known. Set-up builds it to warm the build cache, runs it to test the plugin, and leaves it to doctor.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	_ "stylenet/kernelext" // to be compiled, as a cell needs it
	"stylenet/stylelib"
)

func main() {
	description, err := probe()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(description)
}

// probe returns what the backend calls itself.
func probe() (string, error) {
	backend, err := stylelib.OpenBackend()
	if err != nil {
		return "", err
	}
	defer backend.Finalize()
	picture := [][][][]float32{{{{1}, {2}, {3}}, {{4}, {5}, {6}}, {{7}, {8}, {9}}}} // [1, 3, 3, 1]
	kernel := [][][][]float32{{{{1}}, {{2}}}, {{{3}}, {{4}}}}                       // [2, 2, 1, 1]
	conv, err := graph.NewExec(backend, func(x, k *graph.Node) *graph.Node {
		return graph.Reshape(graph.Convolve(x, k).NoPadding().Done(), 4)
	})
	if err != nil {
		return "", err
	}
	defer conv.Finalize()
	out, err := conv.Exec1(picture, kernel)
	if err != nil {
		return "", err
	}
	got, ok := out.Value().([]float32)
	want := []float32{37, 47, 67, 77} // 1·1 + 2·2 + 3·4 + 4·5 = 37, and so on
	if !ok || !slices.Equal(got, want) {
		return "", errors.New(fmt.Sprint("the convolution of a 3x3 picture gave ", out.Value(), ", want ", want))
	}
	return backend.Description(), nil
}
