package kernelext

import (
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"stylenet/kernelext/internal/values"
	"testing"
	"testing/synctest"
	"time"
)

// inFolder keeps values in a folder as in a notebook, and returns it.
func inFolder(t *testing.T) string {
	dir := t.TempDir()
	t.Setenv("GONB_TMP_DIR", dir)
	return filepath.Join(dir, "_kept")
}

type settings struct {
	Layers  []string
	Weights map[string]float64
	Inner   *settings
	hidden  int
}

func roundTrip[T any](t *testing.T, value T) {
	t.Helper()
	if err := keep("x", value, ""); err != nil {
		t.Errorf("%T: %v", value, err)
		return
	}
	got, _, err := recall[T]("x")
	if err != nil || !reflect.DeepEqual(got, value) {
		t.Errorf("kept %#v, recalled %#v, %v", value, got, err)
	}
}

func TestKeepAndRecall(t *testing.T) {
	for _, where := range []string{"memory", "folder"} {
		t.Run(where, func(t *testing.T) {
			t.Setenv("GONB_TMP_DIR", "")
			if where == "folder" {
				inFolder(t)
			}
			roundTrip(t, 42)
			roundTrip(t, "夜空\n")
			roundTrip(t, true)
			roundTrip(t, 90*time.Second)
			roundTrip(t, []float64{1, math.Inf(-1)})
			roundTrip(t, []float32{1, 2.5, math.MaxFloat32, -0.0})
			roundTrip(t, []float32{})
			roundTrip(t, map[string][]int{"a": {1, 2}})
			roundTrip(t, settings{Layers: []string{"relu4_2"}, Weights: map[string]float64{"style": 1e3}})
			roundTrip(t, &settings{Inner: &settings{Layers: []string{"x"}}})
			roundTrip(t, quarters(20, 10))
			roundTrip[image.Image](t, quarters(20, 10))
			roundTrip[image.Image](t, quarters(20, 10).SubImage(image.Rect(3, 4, 9, 8)))
			roundTrip[image.Image](t, image.NewYCbCr(image.Rect(0, 0, 5, 3), image.YCbCrSubsampleRatio420))
			roundTrip[image.Image](t, &image.Gray16{Pix: []uint8{1, 2}, Stride: 2, Rect: image.Rect(0, 0, 1, 1)})
			roundTrip[image.Image](t, LogChart("a", "b", Series{Y: []float64{1, 2}}))
			roundTrip(t, []Series{{Name: "loss", X: []float64{1}, Y: []float64{2}}})
		})
	}
}

// layer and network are like what style transfer keeps: most of it is floats.
type layer struct {
	Name         string
	Kernel, Bias []float32
}

type network struct {
	Layers []layer
	First  *layer
	Pair   [2]layer
	Memory [][]float32
	ByName map[string][]float32
	Any    any
	own    []float32
}

func someNetwork() *network {
	first := &layer{"first", []float32{1, 2}, nil}
	return &network{
		Layers: []layer{{"a", []float32{3}, []float32{}}, {"b", []float32{4, 5, 6}, []float32{7}}},
		First:  first, Pair: [2]layer{{Bias: []float32{8}}, {}},
		Memory: [][]float32{{9, 10}, nil, {11}}, ByName: map[string][]float32{"c": {12}},
	}
}

// Slices of floats within a value go in and out as they lie in memory; the value itself stays what it was.
func TestKeepFloatsWithin(t *testing.T) {
	inFolder(t)
	kept := someNetwork()
	kept.own = []float32{1}
	Keep("n", kept)
	want := someNetwork()
	want.own = []float32{1}
	if !reflect.DeepEqual(kept, want) {
		t.Errorf("keeping has changed the value to %+v", kept)
	}
	got := Recall[*network]("n")
	want.own = nil // no capital letter
	if !reflect.DeepEqual(got, want) {
		t.Errorf("recalled %+v, want %+v", got, want)
	}
	roundTrip(t, [][]float32{{1}, {2, 3}})
	roundTrip(t, map[string]layer{"x": {Kernel: []float32{1}}})
	number := []float32{1}
	roundTrip(t, &number)
}

func TestSaveAndLoad(t *testing.T) {
	t.Chdir(t.TempDir())
	Save("out/夜 1.state", someNetwork().Layers[1])
	if got := Load[layer]("out/夜 1.state"); !reflect.DeepEqual(got, someNetwork().Layers[1]) {
		t.Errorf("%+v", got)
	}
	os.WriteFile("cat.jpg", []byte("\xff\xd8\n"), 0o600)
	os.WriteFile("lie", []byte(`{"Type":"kernelext.layer","Floats":[1000000000000,1]}`+"\n1234"), 0o600)
	os.WriteFile("old", []byte(`{"Type":"kernelext.layer","Floats":[]}`+"\n"), 0o600)
	for path, want := range map[string]string{
		"none":          "open none: no such file or directory",
		"cat.jpg":       "cat.jpg was not written by kernelext.Save",
		"lie":           "lie, saved as kernelext.layer, cannot be read: it has 4 bytes, and should have 1000000000000 numbers",
		"old":           "old, saved as kernelext.layer, cannot be read: EOF",
		"out/夜 1.state": "",
	} {
		if _, err := load[layer](path); err == nil != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	_, err := load[int]("out/夜 1.state")
	if want := `out/夜 1.state was saved as kernelext.layer, not as int; write Load[kernelext.layer]("out/夜 1.state")`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := save("out/f", func() {}); err == nil || !strings.HasPrefix(err.Error(), "out/f: a value of type func() cannot be saved: ") {
		t.Error(err)
	}
	if entries, _ := os.ReadDir("out"); len(entries) != 1 {
		t.Errorf("%v in the folder, want no half-written file", entries)
	}
}

func TestKeepNaN(t *testing.T) {
	t.Setenv("GONB_TMP_DIR", "")
	bits := math.Float32frombits(0x7fc01234) // a NaN with its own payload
	Keep("nan", []float32{bits})
	if got := math.Float32bits(Recall[[]float32]("nan")[0]); got != 0x7fc01234 {
		t.Errorf("%x", got)
	}
}

// drawn is a picture of a type that only this test knows.
type drawn struct{ bounds image.Rectangle }

func (d drawn) ColorModel() color.Model { return color.NRGBAModel }
func (d drawn) Bounds() image.Rectangle { return d.bounds }
func (d drawn) At(x, y int) color.Color { return color.NRGBA{uint8(x), uint8(y), 7, 255} }

func TestKeepPicturesOfOtherTypes(t *testing.T) {
	t.Setenv("GONB_TMP_DIR", "")
	Keep("drawn", drawn{image.Rect(1, 2, 4, 6)})
	got := Recall[*image.NRGBA]("drawn")
	if got.Bounds() != image.Rect(1, 2, 4, 6) || got.NRGBAAt(3, 5) != (color.NRGBA{3, 5, 7, 255}) {
		t.Errorf("%v %v", got.Bounds(), got.At(3, 5))
	}
}

func TestRecallErrors(t *testing.T) {
	inFolder(t)
	check := func(err error, want string) {
		t.Helper()
		if err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	_, _, err := recall[int]("cat")
	check(err, `nothing is kept under "cat": run the cell that keeps it first; kept so far: nothing`)
	Keep("steps", 3)
	Keep("夜/../空", []float32{1})
	_, _, err = recall[int]("cat")
	check(err, `nothing is kept under "cat": run the cell that keeps it first; kept so far: "steps", "夜/../空"`)
	_, _, err = recall[float64]("steps")
	check(err, `"steps" was kept as int, not as float64; write Recall[int]("steps")`)
	_, _, err = recall[image.Image]("夜/../空")
	check(err, `"夜/../空" was kept as []float32, not as image.Image; write Recall[[]float32]("夜/../空")`)
	Keep("picture", plainColour(2, 2, red))
	_, _, err = recall[*image.Gray]("picture")
	check(err, `"picture" was kept as *image.RGBA, not as *image.Gray; write Recall[*image.RGBA]("picture")`)
}

// What cannot be kept leaves what was kept before, and no half-written file.
func TestKeepErrors(t *testing.T) {
	dir := inFolder(t)
	Keep("x", 1)
	for name, err := range map[string]error{
		"func":       keep("x", func() {}, ""),
		"nil":        keep("x", nil, ""),
		"nil number": keep("x", (*int)(nil), ""),
		"nil pixels": keep("x", (*image.NRGBA)(nil), ""),
		"unexported": keep("x", struct{ a int }{1}, ""),
		"channel":    keep("x", make(chan int), ""),
	} {
		if err == nil || !strings.Contains(err.Error(), `"x", of type `) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := Recall[int]("x"); got != 1 {
		t.Errorf("x is %d", got)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files, %v", len(entries), err)
	}
}

func TestRecallDamaged(t *testing.T) {
	dir := inFolder(t)
	Keep("x", []float32{1, 2, 3})
	path := filepath.Join(dir, values.Key("x"))
	for _, data := range []string{"", "no header", "{}\n", `{"Name":"x","Type":"[]float32"}`, `{"Name":"x","Type":"int"}` + "\nx"} {
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := recall[int]("x"); err == nil {
			t.Errorf("%q gives no error", data)
		}
	}
}

func TestKeptAndForget(t *testing.T) {
	t.Setenv("GONB_TMP_DIR", "")
	Forget()
	s := collect(t)
	Kept()
	synctest.Test(t, func(t *testing.T) {
		Keep("weights", make([]float32, 500_000))
		time.Sleep(90 * time.Second)
		t.Setenv("GONB_CELL", "12")
		Keep("steps", 200)
		time.Sleep(2 * time.Second)
		Kept()
	})
	Forget("steps", "never kept")
	Kept()
	Forget()
	Kept()
	var texts []string
	for _, o := range s.all() {
		texts = append(texts, o.text)
	}
	want := []string{
		"nothing is kept yet",
		"name     type       size    age         cell\nsteps    int        6 B     2.0 s       [12]\nweights  []float32  2.0 MB  1 min 32 s",
		"name     type       size    age ",
		"nothing is kept yet",
	}
	if len(texts) != 4 || texts[0] != want[0] || texts[1] != want[1] || !strings.HasPrefix(texts[2], want[2]) ||
		strings.Contains(texts[2], "steps") || texts[3] != want[3] {
		t.Errorf("%q", texts)
	}
}

func TestMustHandsOnTheValue(t *testing.T) {
	if got := Must(7, nil); got != 7 {
		t.Error(got)
	}
	Check(nil)
}
