package stylelib

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
)

// The optimisers that runs are resumed with.
func resumable() map[string]optim.Optimizer {
	return map[string]optim.Optimizer{
		"adam":  optim.Adam{LearningRate: 0.03, Decay: 0.9, DecayEvery: 2, Average: 0.8},
		"lbfgs": optim.LBFGS{History: 2},
	}
}

// A run that is stopped, saved and goes on in another process takes the very steps of one that was not, to the last bit.
func TestResume(t *testing.T) {
	for name, optimizer := range resumable() {
		o := Options{Steps: 9, Start: FromNoise(3), Optimizer: optimizer}
		whole, err := small(t, t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		o.Steps = 4
		part, err := small(t, t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if rest := goOn(t, name, part.State, 5); !reflect.DeepEqual(rest, whole.State) {
			t.Errorf("%s: stopped after step 4, the state after step %d differs from the whole run's", name, rest.Step)
		}
	}
}

// goOn takes more steps from a state in a process of its own.
func goOn(t *testing.T, optimizer string, state *State, steps int) *State {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state")
	if err := state.Save(path); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run", "^TestGoOnFromAFile$")
	child.Env = append(os.Environ(), "STYLENET_GO_ON="+path, "STYLENET_OPTIMIZER="+optimizer, fmt.Sprint("STYLENET_STEPS=", steps))
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	after, err := LoadState(path)
	if err != nil {
		t.Fatal(err)
	}
	return after
}

// TestGoOnFromAFile is goOn's other process.
func TestGoOnFromAFile(t *testing.T) {
	path := os.Getenv("STYLENET_GO_ON")
	if path == "" {
		t.Skip("run by TestResume in a process of its own")
	}
	state, err := LoadState(path)
	if err != nil {
		t.Fatal(err)
	}
	var steps int
	fmt.Sscan(os.Getenv("STYLENET_STEPS"), &steps)
	result, err := small(t, t.Context(), Options{Steps: steps, From: state, Optimizer: resumable()[os.Getenv("STYLENET_OPTIMIZER")]})
	if err != nil {
		t.Fatal(err)
	}
	if err := result.State.Save(path); err != nil {
		t.Fatal(err)
	}
}

// Versions say what computes, not where it lies.
func TestVersions(t *testing.T) {
	if got := versions(testkit.Backend(t)); !strings.HasPrefix(got, runtime.Version()+", "+runtime.GOOS+"/"+runtime.GOARCH+", ") {
		t.Errorf("versions %q; want Go's first, the machine's kind, and more", got)
	}
	got := withoutFolders(`xla:/home/a b/plugin/p.so - PJRT plugin (/home/a b/plugin/p.so) v0.106`)
	if want := "xla:p.so - PJRT plugin (p.so) v0.106"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// someState is a state of a 2x1 picture.
func someState() *State {
	return &State{Step: 7, Height: 1, Width: 2, Picture: []float32{0, 0.25, 0.5, 0.75, 1, 0.125},
		Memory: [][]float32{{1, -2, 3}, {}}, Loss: "a loss", Optimizer: "an optimiser", Method: "plain", Versions: "1"}
}

// stateFile returns a saved state's bytes.
func stateFile(t testing.TB, state *State) []byte {
	var file bytes.Buffer
	header, arrays := state.apart()
	if err := stateKind(nil).write(&file, header, arrays); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestStateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "state")
	want := someState()
	if err := want.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := LoadState(path)
	if err != nil || fmt.Sprint(*got) != fmt.Sprint(*want) {
		t.Fatalf("loaded %+v, %v; want %+v", got, err, want)
	}
	// A state that cannot be written leaves the one there.
	if err := (&State{Loss: strings.Repeat("x", maxArrayHeader)}).Save(path); err == nil || !strings.Contains(err.Error(), "saving the state") {
		t.Errorf("error %v, want one that says what was being done", err)
	}
	if again, err := LoadState(path); err != nil || again.Step != want.Step {
		t.Errorf("after a failed save: %+v, %v; want the old state", again, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("files %v, want the state alone", left)
	}
}

// Every file with one byte changed, cut short or made longer is an error, and so is a file of another kind.
func TestDamagedStateFiles(t *testing.T) {
	good := stateFile(t, someState())
	read := func(data []byte) error {
		_, err := readState(bytes.NewReader(data), int64(len(data)))
		return err
	}
	if err := read(good); err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		if read(bad) == nil || read(good[:i]) == nil {
			t.Errorf("byte %d changed, or the last one: no error", i)
		}
	}
	if read(append(bytes.Clone(good), 0)) == nil {
		t.Error("a byte more: no error")
	}
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"PNG":     {[]byte("\x89PNG\r\n\x1a\n0123456789012345678901234567890123456789"), "not a state saved by StyleNet"},
		"before":  {append([]byte("StyleNet state 1\n"), good...), "of an earlier StyleNet"},
		"nothing": {nil, "not a state saved by StyleNet"},
		"length":  {sealed(nil, 1<<31), "its header claims 2147483648 bytes of a file of 53"},
		"sizes":   {sealed([]byte(`{"Height":1,"Width":2,"Values":[6,9000000000000000000]}`), -1), "too long for the file"},
		"picture": {sealed([]byte(`{"Height":1,"Width":2,"Values":[5]}`), -1), "a 2x1 picture does not have [5] values"},
	} {
		if err := read(test.data); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", name, err, test.want)
		}
	}
}

// sealed returns a state file with this header, the length claimed for it (-1: its own), six values, and a right checksum.
func sealed(header []byte, claimed int64) []byte {
	if claimed < 0 {
		claimed = int64(len(header))
	}
	file := binary.LittleEndian.AppendUint32([]byte(stateMagic), uint32(claimed))
	file = append(file, header...)
	if header != nil {
		file = append(file, make([]byte, 24)...)
	}
	sum := sha256.Sum256(file)
	return append(file, sum[:]...)
}

func FuzzReadState(f *testing.F) {
	f.Add(stateFile(f, someState()))
	f.Add(sealed([]byte(`{"Height":1,"Width":2,"Values":[6]}`), -1))
	f.Add(sealed([]byte(`{"Height":1,"Width":2,"Values":[6,-6,6]}`), -1))
	f.Fuzz(func(t *testing.T, data []byte) {
		// The fuzzer does not find checksums: give it the right one.
		if n := len(data) - sha256.Size; n >= 0 {
			sum := sha256.Sum256(data[:n])
			data = append(bytes.Clone(data[:n]), sum[:]...)
		}
		state, err := readState(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		again, err := readState(bytes.NewReader(stateFile(t, state)), int64(len(stateFile(t, state))))
		if err != nil || fmt.Sprint(*again) != fmt.Sprint(*state) {
			t.Errorf("%+v saved and loaded is %+v, %v", state, again, err)
		}
	})
}
