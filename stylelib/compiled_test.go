package stylelib

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/native"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
)

// TestPaintAlone is what the tests below run in processes of their own: it paints by both methods and prints every bit of losses and
// pictures, or compiles or paints a pyramid, and prints how many programs were compiled and loaded.
func TestPaintAlone(t *testing.T) {
	what := os.Getenv("STYLENET_TEST_PAINT")
	if what == "" {
		t.Skip("for TestCompiledOnce and others")
	}
	backend := testkit.Backend(t)
	if err := native.Open(backend); err != nil {
		t.Skip(err)
	}
	switch what {
	case "both methods":
		paintByBothMethods(t, backend)
	case "compile a pyramid":
		asks := func(int, map[string]float64, *float64) int {
			t.Error("compiling asks Control")
			return 0
		}
		o := Options{Steps: 9, Terms: shallow, GradientShares: 4, Control: asks, OnStep: func(Step) error { return errors.New("compiling shows a step") }}
		if err := Compile(t.Context(), backend, vgg.New(testkit.Network()), testkit.Picture(40, 48, 1), []image.Image{testkit.Picture(32, 44, 2)}, o, []int{24, 48}); err != nil {
			t.Fatal(err)
		}
	case "paint a pyramid": // other pictures of the same sizes
		o := Options{Steps: 9, Terms: shallow, GradientShares: 4, Control: func(n int, _ map[string]float64, _ *float64) int { return n }}
		result, err := Pyramid(t.Context(), backend, vgg.New(testkit.Network()), testkit.Picture(40, 48, 3), []image.Image{testkit.Picture(32, 44, 4)}, o, []int{24, 48})
		if err != nil || len(result.Steps) != 9 {
			t.Fatalf("%+v, error %v, want nine steps", result, err)
		}
	}
	compiled, loaded := native.Programs()
	fmt.Printf("programs: %d compiled, %d loaded\n", compiled, loaded)
}

func paintByBothMethods(t *testing.T, backend compute.Backend) {
	for _, method := range []conv.Method{conv.Plain, conv.Winograd, conv.Winograd} { // the last has another network object
		net := vgg.New(testkit.WideNetwork())
		net.Conv = method
		result, err := Transfer(t.Context(), backend, net, testkit.Picture(40, 48, 1), []image.Image{testkit.Picture(32, 44, 2)},
			Options{Steps: 3, Every: 1, Optimizer: optim.Adam{}, Terms: []Term{ContentTerm(1, "relu1_2"), StyleTerm(100, "relu1_1", "relu1_2")}})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range result.Steps {
			fmt.Printf("painted: %v step %d %b %b\n", method, step.N, step.Loss, step.Terms["style"])
		}
		values, _, _ := picture.Values(result.Picture)
		fmt.Printf("painted: %v %x\n", method, sha256.Sum256(fmt.Appendf(nil, "%b", values)))
	}
}

// painter paints in processes of their own, which have a home of their own.
type painter struct {
	*testing.T
	home, folder string // its folder of programs
}

func newPainter(t *testing.T) *painter {
	t.Helper()
	testkit.Backend(t)
	home := t.TempDir()
	if real, err := weights.Home(); err != nil || os.Symlink(filepath.Join(real, "plugin"), filepath.Join(home, "plugin")) != nil {
		t.Fatal("no link to the plugin: ", err)
	}
	return &painter{t, home, filepath.Join(home, "programs")}
}

// command is a process that paints.
func (p *painter) command(environ ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestPaintAlone$", "-test.v")
	cmd.Env = append(append(os.Environ(), "STYLENET_TEST_PAINT=both methods", "STYLENET_PROGRAMS=", "STYLENET_HOME="+p.home), environ...)
	return cmd
}

// paint paints, and returns what was painted, and what was compiled and loaded.
func (p *painter) paint(environ ...string) (painted, programs string) {
	p.Helper()
	out, err := p.command(environ...).CombinedOutput()
	if err != nil {
		p.Fatalf("%v: %s", err, out)
	}
	return read(p.T, string(out))
}

// read finds in the output of a process what it painted, and what it compiled and loaded. Nothing else may be there.
func read(t *testing.T, out string) (painted, programs string) {
	t.Helper()
	if strings.Contains(out, "--- SKIP") {
		t.Skip(out)
	}
	for line := range strings.Lines(out) {
		switch {
		case strings.HasPrefix(line, "painted: "):
			painted += line
		case strings.HasPrefix(line, "programs: "):
			programs += strings.TrimSpace(line)
		case !strings.HasPrefix(line, "=== RUN") && !strings.HasPrefix(line, "--- PASS") && line != "PASS\n":
			t.Errorf("a process said %s", line)
		}
	}
	return painted, programs
}

// What was compiled in one process is loaded in the next, and paints the same to the bit. Whatever is not as it was written is compiled
// anew, without a word.
func TestCompiledOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("fourteen processes")
	}
	p := newPainter(t)
	want, programs := p.paint("STYLENET_PROGRAMS=off")
	var all, none int
	if _, err := fmt.Sscanf(programs, "programs: %d compiled, %d loaded", &all, &none); err != nil || none != 0 {
		t.Fatalf("switched off: %q, want nothing loaded", programs)
	}
	if _, err := os.Stat(p.folder); !errors.Is(err, os.ErrNotExist) {
		t.Error("switched off, and there is a folder of programs")
	}
	different := all * 2 / 3 // the second network by Winograd has the programs of the first
	compiled := func(n int) string { return fmt.Sprintf("programs: %d compiled, %d loaded", n, all-n) }
	check := func(what, wantPrograms string, environ ...string) {
		t.Helper()
		painted, programs := p.paint(environ...)
		if painted != want {
			t.Errorf("%s: painted\n%swant\n%s", what, painted, want)
		}
		if programs != wantPrograms {
			t.Errorf("%s: %s, want %s", what, programs, wantPrograms)
		}
	}
	check("cold", compiled(different))
	check("warm", compiled(0))

	files := p.files()
	if len(files) != different {
		t.Fatalf("%d programs were kept, want %d", len(files), different)
	}
	whole := make([][]byte, len(files))
	for i, file := range files {
		var err error
		if whole[i], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	for what, damage := range map[string]func(i int) []byte{
		"flipped": func(i int) []byte {
			flipped := slices.Clone(whole[i])
			flipped[len(flipped)*(i+1)/(len(files)+1)] ^= 1
			return flipped
		},
		"cut":     func(i int) []byte { return whole[i][:len(whole[i])/2] },
		"empty":   func(int) []byte { return nil },
		"renamed": func(i int) []byte { return whole[(i+1)%len(files)] },
	} {
		for i, file := range files {
			if err := os.WriteFile(file, damage(i), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		check(what, compiled(different))
		check(what+", then warm", compiled(0))
	}

	check("other flags", compiled(different), "XLA_FLAGS="+os.Getenv("XLA_FLAGS")+" --xla_dump_hlo_as_text=false")
	if err := os.Chmod(p.folder, 0o777); err != nil {
		t.Fatal(err)
	}
	check("a folder for all to write", compiled(all))
	if err := os.RemoveAll(p.folder); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	check("a file in place of the folder", compiled(all))
}

// Two processes that compile the same programs at once leave whole ones.
func TestCompiledTwiceAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("three processes")
	}
	p := newPainter(t)
	var both [2]*exec.Cmd
	var outs [2]strings.Builder
	for i := range both {
		both[i] = p.command()
		both[i].Stdout, both[i].Stderr = &outs[i], &outs[i]
		if err := both[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	var painted [2]string
	for i := range both {
		if err := both[i].Wait(); err != nil {
			t.Fatalf("%v: %s", err, &outs[i])
		}
		painted[i], _ = read(t, outs[i].String())
	}
	warm, programs := p.paint()
	if painted[0] != painted[1] || painted[0] != warm || !strings.HasPrefix(programs, "programs: 0 compiled") {
		t.Errorf("painted\n%s\n%s, then, %s,\n%s", painted[0], painted[1], programs, warm)
	}
}

// What Compile has compiled is all that a pyramid needs in another process, though its pictures are others. Compile asks and shows nothing.
func TestCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("two processes")
	}
	p := newPainter(t)
	var first, none int
	if _, programs := p.paint("STYLENET_TEST_PAINT=compile a pyramid"); programs != "" {
		fmt.Sscanf(programs, "programs: %d compiled, %d loaded", &first, &none)
	}
	if first < 4 || none != 0 { // targets and step, of two levels
		t.Fatalf("%d programs compiled and %d loaded, want at least 4 and none", first, none)
	}
	if _, programs := p.paint("STYLENET_TEST_PAINT=paint a pyramid"); programs != fmt.Sprintf("programs: 0 compiled, %d loaded", first) {
		t.Errorf("then %s, want %d loaded and none compiled", programs, first)
	}
}

func TestCompileRefuses(t *testing.T) {
	compile := func(ctx context.Context, o Options) error {
		return Compile(ctx, testkit.Backend(t), vgg.New(testkit.Network()), testkit.Picture(10, 16, 1), []image.Image{testkit.Picture(14, 18, 2)}, o, []int{8, 16})
	}
	if err := compile(t.Context(), Options{Steps: 1}); err == nil || !strings.Contains(err.Error(), "1 steps are too few for a pyramid of 2 levels") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := compile(ctx, Options{Terms: shallow}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v where the context has ended", err)
	}
}

// files are the programs in the folder.
func (p *painter) files() []string {
	p.Helper()
	files, err := filepath.Glob(filepath.Join(p.folder, "*.program"))
	if err != nil {
		p.Fatal(err)
	}
	return files
}
