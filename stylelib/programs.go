package stylelib

import (
	"context"
	"image"
	"runtime/debug"
	"sync"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/conv"
)

// programs are what runs have compiled, by what it is for. A program is compiled for each size of picture.
type programs struct {
	kept      bool // for the next run
	byName    map[string]*Exec
	run       *run           // under way, whose graphs are built
	compiling sync.WaitGroup // for what a run that was stopped has left
}

// program returns a program of the run's, made at its first use.
func (r *run) program(name string, build func(r *run, inputs []*Node) []*Node) (*Exec, error) {
	p := r.programs
	p.run = r
	if exec := p.byName[name]; exec != nil {
		return exec, nil
	}
	exec, err := r.vgg.NewExec(r.backend, func(inputs []*Node) []*Node { return build(p.run, inputs) })
	if err != nil {
		return nil, err
	}
	if p.byName == nil {
		p.byName = map[string]*Exec{}
	}
	p.byName[name] = exec.SetMaxCache(2 * mostSizes) // a size's targets may have gaps, see gaps.go, or not
	return exec, nil
}

// done frees a program that the run needs no more, unless it is kept for the next one.
func (p *programs) done(name string) {
	if exec := p.byName[name]; exec != nil && !p.kept {
		exec.Finalize()
		delete(p.byName, name)
	}
}

// finalize frees all programs. It waits for one that is being compiled.
func (p *programs) finalize() {
	p.compiling.Wait()
	for _, exec := range p.byName {
		exec.Finalize()
	}
	p.byName, p.run = nil, nil
}

// load puts a state on the device and makes the step ready to be compiled.
func (r *run) load(state *State) (err error) {
	if err := r.put(state); err != nil {
		return err
	}
	r.weights, r.rate = r.termWeights(), 1
	r.method = r.chooseMethod(state)
	switch {
	case r.o.hasOpening(r.vgg, r.method, image.Pt(state.Width, state.Height)) && r.opens(state.Step+1):
		r.opening, err = r.stepBy(conv.Plain)
	case !r.inTiles() && r.o.Devices < 2: // these make their own programs
		r.step, err = r.stepBy(r.method)
	}
	return err
}

// stepBy returns the program of a step with this method of convolution.
func (r *run) stepBy(method conv.Method) (*Exec, error) {
	return r.program(stepName(method), func(r *run, inputs []*Node) []*Node {
		if r.built != nil {
			defer r.built() // the arguments have been looked at
		}
		return r.buildStep(method, inputs)
	})
}

func stepName(method conv.Method) string { return "step by " + method.String() }

// hasOpening tells whether the first steps are taken otherwise than those that follow.
func (o *Options) hasOpening(vgg *VGG, method conv.Method, size image.Point) bool {
	return vgg.Conv == conv.Auto && method != conv.Plain && !o.inTiles(size) && o.Devices < 2
}

// opens tells whether step n is one of the first, which are taken by the plain method: its program is compiled in a
// second, and the other's after the first step, while they run. Which steps these are depends on nothing but the
// picture's size, so that a run that was stopped and goes on repeats the run that was not.
func (r *run) opens(n int) bool {
	s := r.picture.Shape()
	return n-r.began <= openingSteps(image.Pt(s.Dim(2), s.Dim(1)))
}

// openingSteps returns how many steps are the first of a picture.
func openingSteps(size image.Point) int { return max(1, 200_000/(size.X*size.Y)) }

// compile starts to compile the program of the steps that follow the first.
func (r *run) compile() (err error) {
	if r.step, err = r.stepBy(r.method); err != nil {
		return err
	}
	built := make(chan struct{})
	r.built = sync.OnceFunc(func() { close(built) })
	r.ready = make(chan error, 1)
	args := r.arguments([]float32{0, 0, 0})
	r.programs.compiling.Go(func() { r.ready <- r.step.PreCompile(args...) })
	select {
	case <-built:
		debug.FreeOSMemory() // what preparing the weights has left behind, twice as much as the weights
		return nil
	case err := <-r.ready:
		r.ready = nil
		return err
	}
}

// taking returns what takes step n.
func (r *run) taking(n int) (*Exec, error) {
	if r.opening == nil {
		return r.step, nil
	}
	if r.opens(n) {
		return r.opening, nil
	}
	r.programs.done(stepName(conv.Plain))
	r.opening = nil
	return r.step, r.compiled()
}

// compiled waits for the step's program.
func (r *run) compiled() error {
	if r.ready == nil {
		return nil
	}
	err := <-r.ready
	r.ready = nil
	debug.FreeOSMemory() // what compiling has left behind
	return err
}

// wait waits for the program of the next step, at most until the context ends.
func (r *run) wait(ctx context.Context) {
	if r.ready == nil || r.opens(r.n+1) {
		return
	}
	select {
	case err := <-r.ready:
		r.ready <- err // for compiled
	case <-ctx.Done():
	}
}
