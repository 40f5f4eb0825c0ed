package stylelib

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"stylenet/stylelib/optim"

	"github.com/gomlx/compute"
)

// State is all that a run needs to go on where it stopped: given to [Options] From with the other options unchanged, the
// following steps are the very ones that an uninterrupted run would have taken, to the last bit, in another process too,
// as long as Versions are the same. [State.Save] writes it to a file.
type State struct {
	Step          int         // how many steps were taken
	Began         int         // the step after which the picture got this size, in a pyramid; else 0
	Age           int         // how many steps the memory counted as then
	Height, Width int         // of the picture
	Picture       []float32   // [1, h, w, 3], in [0, 1] unless the run's Clip lets values leave it
	Memory        [][]float32 // of the optimiser, of the shapes that its Memory returns

	// What the run was about. Where Loss changes, optimisers that compare the losses of several steps start anew.
	Loss      string // network, pictures and terms
	Optimizer string // its type and settings, of which the schedule of the learning rate is one
	Method    string // of convolution, which Transfer keeps to unless VGG.Conv names one
	Versions  string // of Go, of the modules that compute, and of the backend
}

// check returns an error if the state cannot be continued with a picture of this size and this optimiser.
func (s *State) check(h, w int, optimizer optim.Optimizer) error {
	if s.Height != h || s.Width != w {
		return fmt.Errorf("stylelib: the state to go on from is of a %dx%d picture, the content picture is %dx%d", s.Width, s.Height, w, h)
	}
	if s.Step < 0 {
		return fmt.Errorf("stylelib: the state to go on from is damaged: it is of step %d", s.Step)
	}
	if len(s.Picture) != h*w*3 {
		return fmt.Errorf("stylelib: the state to go on from is damaged: %d values where a %dx%d picture has %d", len(s.Picture), w, h, h*w*3)
	}
	shapes := optimizer.Memory(pictureShape(h, w))
	if len(s.Memory) != len(shapes) {
		return fmt.Errorf("stylelib: the state to go on from holds %d arrays of optimiser memory, this optimiser has %d", len(s.Memory), len(shapes))
	}
	for i, shape := range shapes {
		if len(s.Memory[i]) != shape.Size() {
			return fmt.Errorf("stylelib: the state to go on from has %d values in array %d of its optimiser's memory, this optimiser has %d",
				len(s.Memory[i]), i, shape.Size())
		}
	}
	return nil
}

// versions names what a run's numbers depend on, down to their last bit.
func versions(backend compute.Backend) string {
	list := []string{runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if strings.HasPrefix(m.Path, "github.com/gomlx/") {
				list = append(list, m.Path+" "+m.Version)
			}
		}
	}
	return strings.Join(append(list, withoutFolders(backend.Description())), ", ")
}

// withoutFolders leaves of files' paths the names, so that what machines say can be compared.
func withoutFolders(text string) string {
	return regexp.MustCompile(`/[^()]*/`).ReplaceAllString(text, "")
}
