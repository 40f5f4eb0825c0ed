package stylelib_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"stylenet/stylelib"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/preset"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
)

var record = flag.Bool("record", false, "TestRecordedPictures: write testdata/recorded.json anew")

// recordedCase is what one run left: the last loss, and the checksum of its picture's 16-bit values.
type recordedCase struct {
	Loss    float64
	Picture string
}

// recorded is what runs left, by kind of machine and name. On another kind last digits may differ, so there only losses count.
type recorded map[string]map[string]recordedCase

// A fixed seed paints the same picture to the last bit on the kinds of machine that testdata/recorded.json names, and comes to
// the same loss elsewhere: every preset, both optimisers, tiles, two devices, masks, pyramid. `go test -run Recorded -record`
// adds this machine's record, or replaces it.
func TestRecordedPictures(t *testing.T) {
	backend, err := stylelib.OpenBackend()
	if err != nil {
		t.Skip(err)
	}
	defer backend.Finalize()
	network, err := weights.Open(t.Context(), weights.OwnName)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "recorded.json")
	all := recorded{}
	if text, err := os.ReadFile(path); err != nil || json.Unmarshal(text, &all) != nil {
		t.Fatalf("%s is not there or damaged: %v", path, err)
	}
	machine, now := machineKind(backend), map[string]recordedCase{}
	want, known := all[machine]
	for kind := range all {
		if !known {
			want = all[kind]
		}
	}
	for _, c := range recordedRuns() {
		t.Run(c.name, func(t *testing.T) {
			result, err := c.run(t.Context(), backend, network)
			if err != nil {
				t.Fatal(err)
			}
			got, old := recordedCase{result.Steps[len(result.Steps)-1].Loss, valueSum(result.Picture)}, want[c.name]
			now[c.name] = got
			if *record {
				return
			}
			if math.Abs(got.Loss-old.Loss) > 1e-3*math.Abs(old.Loss) {
				t.Errorf("last loss %.9g, recorded %.9g", got.Loss, old.Loss)
			}
			if known && got.Picture != old.Picture {
				t.Errorf("picture %.12s…, recorded %.12s…; losses %.9g and %.9g", got.Picture, old.Picture, got.Loss, old.Loss)
			}
		})
	}
	if *record {
		all[machine] = now
		text, err := json.MarshalIndent(all, "", " ")
		if err == nil {
			err = os.WriteFile(path, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	if !known {
		t.Logf("only losses were compared: there is no record of %q", machine)
	}
}

// recordedRun is one run by name.
type recordedRun struct {
	name string
	run  func(ctx context.Context, backend compute.Backend, network *weights.Network) (*stylelib.Result, error)
}

// recordedRuns lists the runs.
func recordedRuns() []recordedRun {
	content, style, second := waves(45, 52, 1), waves(40, 36, 2), waves(33, 47, 3)
	var runs []recordedRun
	add := func(name string, net func(*weights.Network) *vgg.Extractor, styles []image.Image, o func() (stylelib.Options, error), sizes ...int) {
		runs = append(runs, recordedRun{name, func(ctx context.Context, backend compute.Backend, network *weights.Network) (*stylelib.Result, error) {
			options, err := o()
			if err != nil {
				return nil, err
			}
			if len(sizes) > 0 {
				return stylelib.Pyramid(ctx, backend, net(network), content, styles, options, sizes)
			}
			return stylelib.Transfer(ctx, backend, net(network), content, styles, options)
		}})
	}
	plain := func(o stylelib.Options) func() (stylelib.Options, error) {
		return func() (stylelib.Options, error) { return o, nil }
	}
	one := []image.Image{style}
	adam, photograph, noise := optim.Adam{Decay: 1}, stylelib.FromContent(), stylelib.FromNoise(5)
	add("adam", vgg.New, one, plain(stylelib.Options{Steps: 8, Optimizer: adam, Start: photograph}))
	add("lbfgs", vgg.New, one, plain(stylelib.Options{Steps: 8, Optimizer: optim.LBFGS{}, Start: noise}))
	add("sgd free average", averaged, one, plain(stylelib.Options{Steps: 4, Optimizer: optim.SGD{LearningRate: 0.5}, Start: photograph, Clip: stylelib.ClipShown}))
	add("tiles", vgg.New, one, plain(stylelib.Options{Steps: 3, Optimizer: adam, Start: photograph, Tile: 48, Terms: shallow()}))
	add("two devices", vgg.New, one, plain(stylelib.Options{Steps: 3, Optimizer: adam, Start: photograph, Devices: 2}))
	add("pyramid", vgg.New, one, plain(stylelib.Options{Steps: 9, Optimizer: adam, Start: photograph}), 24, 32, 52)
	add("pyramid by lbfgs", vgg.New, one, plain(stylelib.Options{Steps: 8, Optimizer: optim.LBFGS{}, Start: photograph}), 32, 52)
	add("two styles, masks", vgg.New, []image.Image{style, second}, func() (stylelib.Options, error) {
		left := image.NewGray(image.Rect(0, 0, 52, 45))
		for i := range left.Pix {
			if i%52 < 26 {
				left.Pix[i] = 255
			}
		}
		terms, err := stylelib.MaskStyles(shallow(), []image.Image{left, stylelib.MaskRest(left)}, 2, 1)
		return stylelib.Options{Steps: 4, Optimizer: adam, Start: photograph, Terms: terms}, err
	})
	for _, name := range preset.Names() {
		preset, err := preset.Named(name)
		if err != nil {
			panic(err) // a name of the list
		}
		size := content.Bounds().Size()
		add("preset "+name, preset.VGG, []image.Image{preset.FitStyle(style, size)}, func() (stylelib.Options, error) {
			w := preset.Weights
			if w.ContentLayers[0].Layer == "relu5_2" { // which the built-in network does not have
				w.ContentLayers[0].Layer = "relu4_2"
			}
			o, err := preset.Options(size, w)
			o.Steps = 4
			return o, err
		})
	}
	return runs
}

// averaged is the network with average pooling.
func averaged(network *weights.Network) *vgg.Extractor {
	net := vgg.New(network)
	net.Pooling = vgg.AveragePooling
	return net
}

// shallow is a loss that tiles and masks of small pictures have room for.
func shallow() []stylelib.Term {
	return []stylelib.Term{stylelib.ContentTerm(1, "relu2_1"), stylelib.StyleTerm(100, "relu1_1", "relu2_1"), stylelib.TotalVariationTerm(10)}
}

// waves is a picture of coloured waves.
func waves(h, w, seed int) image.Image {
	picture := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			wave := func(k int) uint8 {
				return uint8(128 + 60*math.Sin(float64(x*(k+seed)+y*seed)/7) + 60*math.Cos(float64(y*(k+1)-x*seed)/(5+float64(k))))
			}
			picture.SetNRGBA(x, y, color.NRGBA{wave(1), wave(2), wave(3), 255})
		}
	}
	return picture
}

// valueSum is the SHA-256 of a picture's values, 16 bits a channel.
func valueSum(picture image.Image) string {
	sum, b := sha256.New(), picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			red, green, blue, alpha := picture.At(x, y).RGBA()
			binary.Write(sum, binary.BigEndian, []uint32{red, green, blue, alpha}) // a hash does not fail
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// machineKind names what last digits depend on: the processor, whose name alone may be that of several models, how many there are, and the
// plugin.
func machineKind(backend compute.Backend) string {
	processor := map[string]string{}
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			processor[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return fmt.Sprintf("%s, family %s, model %s, %d at once, %s, XLA_FLAGS %q", processor["model name"], processor["cpu family"], processor["model"],
		runtime.NumCPU(), backend.Name(), os.Getenv("XLA_FLAGS"))
}
