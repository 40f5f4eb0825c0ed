package stylelib

import (
	"stylenet/stylelib/conv"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// job is what the programs of a run are made from: a loss, the network that it is computed by, how it is minimised, and where.
type job struct {
	backend  compute.Backend
	net      *vgg.Extractor
	o        Options
	method   conv.Method // of convolution
	programs *programs
}

// programs are what has been compiled, by what it is for. Each is compiled for every size of picture that it is run with. Jobs that
// share programs have one program identity, so a program that one of them made serves the others.
type programs struct {
	kept   bool // for the next run
	byName map[string]*Exec
}

// program returns a program of the job's, made at its first use.
func (j *job) program(name string, build func(inputs []*Node) []*Node) (*Exec, error) {
	name += " by " + j.method.String()
	if exec := j.programs.byName[name]; exec != nil {
		return exec, nil
	}
	exec, err := j.net.NewExec(j.backend, build)
	if err != nil {
		return nil, err
	}
	if j.programs.byName == nil {
		j.programs.byName = map[string]*Exec{}
	}
	j.programs.byName[name] = exec.SetMaxCache(mostSizes)
	return exec, nil
}

// done frees a program that the run needs no more, unless it is kept for the next one.
func (j *job) done(name string) {
	name += " by " + j.method.String()
	if exec := j.programs.byName[name]; exec != nil && !j.programs.kept {
		exec.Finalize()
		delete(j.programs.byName, name)
	}
}

// finalize frees all programs.
func (p *programs) finalize() {
	for _, exec := range p.byName {
		exec.Finalize()
	}
	p.byName = nil
}

// mostSizes is how many sizes of pictures programs are kept for.
var mostSizes = 32
