package stylelib

import (
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// The gradient of a picture divided among devices is that of the whole, for even and odd numbers of rows, seen whole and
// through masks, and so are L-BFGS's steps, whose memory is divided too.
func TestDevicesLeaveTheGradient(t *testing.T) {
	backend, net := testkit.Backend(t), vgg.New(testkit.Network())
	if backend.NumDevices() < 3 {
		t.Skipf("backend %s has %d devices", backend.Name(), backend.NumDevices())
	}
	for _, c := range []struct {
		h, devices int
		masked     bool
	}{{64, 2, false}, {57, 2, true}, {50, 3, false}} {
		o := Options{Terms: DefaultTerms()}
		for i, describe := range []loss.Describe{loss.Moments(3), loss.Gaussian} {
			o.Terms = append(o.Terms, Term{Name: fmt.Sprint("statistics ", i), Weight: 1, Target: Style(0),
				Layers: Layers("relu1_1", "relu2_1"), Describe: describe})
		}
		if c.masked {
			o.Terms[0].Mask, o.Terms[1].Mask = halfMask(c.h, 45), halfMask(c.h, 45)
		}
		pictures := [3]image.Image{testkit.Picture(c.h, 45, 1), testkit.Picture(40, 50, 2), testkit.Picture(c.h, 45, 3)}
		whole, want := stepOf(t, backend, net, pictures, o)
		o.Devices = c.devices
		divided, got := stepOf(t, backend, net, pictures, o)
		for term, loss := range whole {
			if d := math.Abs(divided[term] - loss); !(d <= 1e-5*math.Abs(loss)) || loss == 0 {
				t.Errorf("%d rows: %s is %g on %d devices, %g on one", c.h, term, divided[term], c.devices, loss)
			}
		}
		if d := testkit.RelativeDifference(got, want); !(d < 1e-4) {
			t.Errorf("%d rows on %d devices: gradients are %.2g apart", c.h, c.devices, d)
		}
	}
	o := Options{Terms: shallow, Steps: 5, Optimizer: optim.LBFGS{History: 2}}
	whole, err := Transfer(t.Context(), backend, net, testkit.Picture(21, 18, 1), []image.Image{testkit.Picture(20, 20, 2)}, o)
	if err != nil {
		t.Fatal(err)
	}
	o.Devices = 2
	divided, err := Transfer(t.Context(), backend, net, testkit.Picture(21, 18, 1), []image.Image{testkit.Picture(20, 20, 2)}, o)
	if err != nil {
		t.Fatal(err)
	}
	if d := testkit.RelativeDifference(divided.State.Picture, whole.State.Picture); !(d < 1e-4) {
		t.Errorf("after 5 steps of L-BFGS the pictures are %.2g apart", d)
	}
}

// Each of two devices has half of the features, also where rows are odd in number at every layer, and needs as much memory
// as is forecast, by XLA's order that set-up chooses: XLA writes down what it sets aside for a program if it is told to before
// it is loaded, so another process is.
func TestDevicesShareTheMemory(t *testing.T) {
	size, net := image.Pt(256, 171), vgg.New(weights.Random(1))
	styles := map[string][]Term{"Gram": DefaultTerms()}
	for name, describe := range map[string]loss.Describe{"Moments": loss.Moments(3), "Gaussian": loss.Gaussian} {
		styles[name] = []Term{{Name: name, Weight: 1, Target: Style(0), Layers: Layers("relu1_1", "relu3_1"), Describe: describe}}
	}
	if name := os.Getenv("STYLENET_TEST_DUMPS"); name != "" {
		o := Options{Devices: 2, Steps: 1, Terms: styles[name]}
		_, err := Transfer(t.Context(), testkit.Backend(t), net, testkit.Picture(size.Y, size.X, 1), []image.Image{testkit.Picture(32, 32, 2)}, o)
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	if backend := testkit.Backend(t); backend.NumDevices() < 2 {
		t.Skipf("backend %s has one device", backend.Name())
	}
	for name, terms := range styles {
		got, step := largestProgram(t, name)
		if got == 0 {
			t.Skip("this backend writes no reports")
		}
		if whole := regexp.MustCompile(`\[1,(171|172),256,64\]|\[(43776|44032),64\]`).FindString(step); whole != "" {
			t.Errorf("%s: each device has all rows: %s", name, whole)
		}
		j := &job{net: net, o: Options{Devices: 2, Terms: terms}.withDefaults()}
		kernels, _ := j.kernelBytes()
		beside := float64(got - kernels)
		near := 0.1
		if name == "Gaussian" { // keeps the features less their mean too
			near = 0.2
		}
		if want := float64(j.evaluationOf(size).cost(size).device); !(math.Abs(beside-want) < near*want) {
			t.Errorf("%s: a step needs %.0f bytes on each device beside the network, forecast %.0f", name, beside, want)
		}
	}
}

// largestProgram runs TestDevicesShareTheMemory in a process of its own, and returns how many bytes XLA sets aside for the
// largest of its programs, and XLA's report of what they are for.
func largestProgram(t *testing.T, dumps string) (most int64, report string) {
	t.Helper()
	folder := t.TempDir()
	again := exec.Command(os.Args[0], "-test.run", "^TestDevicesShareTheMemory$")
	again.Env = append(os.Environ(), "STYLENET_TEST_DUMPS="+dumps,
		"XLA_FLAGS=--xla_cpu_scheduler_type=CPU_SCHEDULER_TYPE_MEMORY_OPTIMIZED --xla_dump_hlo_as_text --xla_dump_to="+folder)
	if out, err := again.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	reports, _ := filepath.Glob(filepath.Join(folder, "*memory-usage-report.txt"))
	for _, name := range reports {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		total := regexp.MustCompile(`Total bytes: (\d+)`).FindSubmatch(text)
		if n, _ := strconv.ParseInt(string(total[1]), 10, 64); n > most {
			most, report = n, string(text)
		}
	}
	return most, report
}
