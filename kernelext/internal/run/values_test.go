package run

import (
	"strings"
	"testing"
)

// written returns what a cell wrote to its standard output; the cell must not fail.
func written(t *testing.T, k *kernel, source string) string {
	t.Helper()
	answer, said := runCell(t, k, source)
	text := ""
	for _, o := range said {
		if o["name"] == "stdout" {
			text += o["text"].(string)
		}
		if data, ok := o["data"].(map[string]any); ok {
			text += data["text/plain"].(string)
		}
	}
	if answer.Status != "ok" {
		t.Fatalf("%q failed: %s", source, text)
	}
	return text
}

// TestValuesOfTheParts keeps a value of each kind that there is in style transfer and gets it back in another cell: a
// picture, a tensor, a network, a state, and a struct of the notebook's own.
func TestValuesOfTheParts(t *testing.T) {
	t.Parallel()
	k := testKernel(t, realKernel(t))
	written(t, k, `import (
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/kernelext"
	_ "stylenet/kernelext/keeptensors"
	"stylenet/stylelib"
	"stylenet/weights"
)

type mine struct {
	Name string
	At   map[string][]float64
}

%%
p := image.NewRGBA(image.Rect(0, 0, 5, 4))
p.Set(3, 2, color.RGBA{1, 2, 3, 255})
kernelext.Keep("picture", p)
kernelext.Keep("tensor", tensors.FromValue([][]float32{{1, 2}, {3, 4}}))
kernelext.Keep("network", weights.Random(3)) // 80 MB
kernelext.Keep("state", &stylelib.State{Step: 7, Height: 1, Width: 1, Picture: []float32{.1, .2, .3}, Memory: [][]float32{{1, 2, 3}}})
kernelext.Keep("mine", mine{"m", map[string][]float64{"a": {1.5}}})`)
	got := written(t, k, `%%
p := kernelext.Recall[image.Image]("picture")
fmt.Println(p.Bounds(), p.At(3, 2))
fmt.Println(kernelext.Recall[*tensors.Tensor]("tensor").Value())
n, want := kernelext.Recall[*weights.Network]("network"), weights.Random(3)
fmt.Println(reflect.DeepEqual(n, want), len(n.Convs[0].Kernel))
s := kernelext.Recall[*stylelib.State]("state")
fmt.Println(s.Step, s.Picture, s.Memory)
fmt.Println(kernelext.Recall[mine]("mine"))`)
	want := "(0,0)-(5,4) {1 2 3 255}\n[[1 2] [3 4]]\ntrue 1728\n7 [0.1 0.2 0.3] [[1 2 3]]\n{m map[a:[1.5]]}\n"
	if got != want {
		t.Errorf("recalled\n%s\nwant\n%s", got, want)
	}
	table := written(t, k, "%%\nkernelext.Kept()")
	for _, want := range []string{"cell", "picture  *image.RGBA ", "network  *weights.Network  ", " MB ", "[1]"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table is\n%s\nwant in it %q", table, want)
		}
	}
}

// TestDotImportsOfEarlierCells: a cell that uses nothing of a package that an earlier one imported with a dot runs.
func TestDotImportsOfEarlierCells(t *testing.T) {
	t.Parallel()
	k := testKernel(t, realKernel(t))
	written(t, k, "import (\n\t. \"strings\"\n\t. \"math\"\n)")
	for source, want := range map[string]string{
		"%%\nfmt.Println(1)":                       "1\n",
		"%%\nfmt.Println(ToUpper(\"a\"))":          "A\n",
		"%%\nfmt.Println(Sqrt(4), ToUpper(\"b\"))": "2 B\n",
	} {
		if got := written(t, k, source); got != want {
			t.Errorf("%q writes %q, want %q", source, got, want)
		}
	}
}
