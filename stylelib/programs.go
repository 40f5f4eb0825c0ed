package stylelib

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// programs are what runs have compiled, by what it is for. A program is compiled for each size of picture.
type programs struct {
	kept   bool // for the next run
	byName map[string]*Exec
	run    *run // under way, whose graphs are built
}

// program returns a program of the run's, made at its first use.
func (r *run) program(name string, build func(r *run, inputs []*Node) []*Node) (*Exec, error) {
	p := r.programs
	p.run = r
	if exec := p.byName[name]; exec != nil {
		return exec, nil
	}
	exec, err := r.net.NewExec(r.backend, func(inputs []*Node) []*Node { return build(p.run, inputs) })
	if err != nil {
		return nil, err
	}
	if p.byName == nil {
		p.byName = map[string]*Exec{}
	}
	p.byName[name] = exec.SetMaxCache(mostSizes)
	return exec, nil
}

// done frees a program that the run needs no more, unless it is kept for the next one.
func (p *programs) done(name string) {
	if exec := p.byName[name]; exec != nil && !p.kept {
		exec.Finalize()
		delete(p.byName, name)
	}
}

// finalize frees all programs.
func (p *programs) finalize() {
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
	if !r.inTiles() && r.o.Devices < 2 { // these make their own programs
		r.step, err = r.program("step by "+r.method.String(), func(r *run, inputs []*Node) []*Node { return r.buildStep(r.method, inputs) })
	}
	return err
}
