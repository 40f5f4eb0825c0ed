package kernelext_test

import (
	"fmt"

	"stylenet/kernelext"
)

func ExampleParam() {
	steps := kernelext.Param("steps", 200) // "-p steps=20" gives another number
	fmt.Println(steps)
	// Output: 200
}

func ExampleKeep() {
	kernelext.Keep("layers", []string{"relu1_1", "relu4_2"})
	// in a later cell
	layers := kernelext.Recall[[]string]("layers")
	fmt.Println(layers[1])
	// Output: relu4_2
}

func ExampleOnce() {
	measure := func() (float64, error) {
		fmt.Println("measuring")
		return 0.25, nil
	}
	kernelext.Once("seconds", measure, 224)
	fmt.Println(kernelext.Once("seconds", measure, 224), "seconds a step")
	// Output:
	// measuring
	// 0.25 seconds a step
}

func ExampleTable() {
	kernelext.Table([]string{"term", "share"}, []string{"content", "12 %"}, []string{"style", "88 %"})
	// Output:
	// term     share
	// content  12 %
	// style    88 %
}
