package weights_test

import (
	"context"
	"errors"
	"fmt"

	"stylenet/weights"
)

// A file tells which layers it has, how wide they are and what they expect.
func ExampleLoad() {
	n, err := weights.Load("testdata/slim.pth")
	if err != nil {
		fmt.Println(err)
		return
	}
	last := n.Convs[len(n.Convs)-1]
	fmt.Println(len(n.Convs), "convolutions, the last", last.Name, "from", last.In, "to", last.Out, "channels, padding", n.Padding)
	fmt.Println("black enters as", n.Input.Offset)
	// Output:
	// 13 convolutions, the last conv5_1 from 5 to 2 channels, padding reflect
	// black enters as [-1 -2 -3]
}

// A damaged file and a file that is not read here can be told apart.
func ExampleFormatError() {
	_, err := weights.Load("testdata/want.json")
	var damaged *weights.FormatError
	var unsupported *weights.UnsupportedError
	fmt.Println(errors.As(err, &damaged), errors.As(err, &unsupported))
	// Output: false true
}

func ExampleRandom() {
	n := weights.Random(19)
	first := n.Convs[0]
	fmt.Printf("%s [3, 3, %d, %d] %.4f\n", first.Name, first.In, first.Out, first.Kernel[:3])
	// Output: conv1_1 [3, 3, 3, 64] [0.2359 0.0525 0.4230]
}

func ExampleOpen() {
	n, err := weights.Open(context.Background(), "random:7")
	fmt.Println(n.Origin, err)
	_, err = weights.Open(context.Background(), "vgg91")
	fmt.Println(err)
	// Output:
	// random, seed 7: untrained <nil>
	// weights: no network and no file "vgg91"; there are vgg19, vgg19-torchvision, vgg19-matconvnet, vgg19-matconvnet-beta16, vgg19-timm, vgg19-slim, vgg19-jcjohnson, stylenet, random, random:SEED and the path of a file
}
