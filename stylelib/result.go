package stylelib

import (
	"errors"
	"fmt"
	"image"

	"github.com/gomlx/gomlx/core/tensors"
)

// best returns the picture to show.
func (r *run) best() *tensors.Tensor {
	if i := r.o.Optimizer.Best(); i >= 0 && r.n > 0 {
		return r.memory[i]
	}
	return r.picture
}

// fetch returns the picture as it is now.
func (r *run) fetch() (image.Image, error) {
	values, err := tensors.CopyFlatData[float32](r.best())
	if err != nil {
		return nil, fmt.Errorf("stylelib: fetching the picture: %w", err)
	}
	s := r.picture.Shape()
	return r.o.Clip.show(values, s.Dim(1), s.Dim(2)), nil
}

// result fetches what the run has come to; nil where no picture is good.
func (r *run) result() (*Result, error) {
	state, err := r.state()
	if err != nil {
		return nil, err
	}
	result := &Result{State: state, Steps: r.records, Stopped: r.stopped}
	if r.broken || !finite(state.Picture) {
		return r.lastGood(result)
	}
	result.Picture, err = r.fetch()
	return result, err
}

// lastGood puts the last picture whose loss was a number in place of one that is not to be trusted. There is no
// state to go on from: the optimiser's memory has moved past it.
func (r *run) lastGood(result *Result) (*Result, error) {
	var err error
	if !r.broken {
		err = fmt.Errorf("stylelib: step %d left a picture that is not made of numbers%s; the one before it is kept", r.n, r.nonFinite())
	}
	good := r.good
	if good == nil && len(r.records) > 0 { // the run went back
		good = r.picture
	}
	if good == nil {
		return nil, err
	}
	values, fetchErr := tensors.CopyFlatData[float32](good)
	if fetchErr != nil {
		return nil, errors.Join(err, fetchErr)
	}
	result.Picture, result.State = r.o.Clip.show(values, result.State.Height, result.State.Width), nil
	return result, err
}
