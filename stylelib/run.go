package stylelib

import (
	"context"
	"errors"
	"fmt"
	"image"
	"maps"
	"math"
	"slices"
	"time"

	"stylenet/stylelib/picture"

	"github.com/gomlx/gomlx/core/tensors"
)

// run is one Transfer under way. Its stages stand in the order in which a picture passes them: start puts it on the device,
// describeTargets (targets.go) computes what it is compared with, then for every step control may change the run, step takes it,
// record reads its losses, and result fetches what the run has come to.
type run struct {
	*job
	evaluation
	controls

	started time.Time
	targets *targets
	state   deviceState
	records []Step
	stopped bool // by the context
	broken  bool // the last step's loss was not finite
}

// transfer paints one picture.
func (j *job) transfer(ctx context.Context, started time.Time, content image.Image, styles []image.Image) (*Result, error) {
	r := &run{job: j, started: started}
	defer r.free()
	if err := r.start(content, styles); err != nil {
		return nil, err
	}
	var err error
	if r.targets, err = j.describeTargets(ctx, content, styles); err == nil {
		err = r.loop(ctx)
	}
	if err != nil && errors.Is(err, ctx.Err()) { // between tiles
		r.stopped, err = true, nil
	}
	if err != nil && len(r.records) == 0 {
		return nil, err
	}
	result, resultErr := r.result()
	if result != nil {
		result.Elapsed = time.Since(started)
	}
	return result, errors.Join(err, resultErr)
}

// start puts the picture to begin with on the device, and chooses how it is evaluated.
func (r *run) start(content image.Image, styles []image.Image) error {
	values, h, w := picture.Values(content)
	state := r.o.From
	if state == nil {
		start, err := r.o.startFor(content, styles)
		if err != nil {
			return err
		}
		if state, err = start.state(values, h, w, r.o.Optimizer); err != nil {
			return err
		}
	} else if err := state.check(h, w, r.o.Optimizer); err != nil {
		return err
	}
	if err := r.state.put(r.backend, r.o.Optimizer, state); err != nil {
		return err
	}
	r.controls = newControls(r.o.Terms)
	size := image.Pt(w, h)
	r.method = r.chooseMethod(size, r.o.Steps, state.Method)
	r.evaluation = r.evaluationOf(size)
	return nil
}

// loop takes the steps.
func (r *run) loop(ctx context.Context) error {
	last := r.state.n + r.o.Steps
	for r.state.n < last {
		if ctx.Err() == nil {
			if err := r.control(); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			r.stopped = true
			return nil
		}
		step, err := r.takeStep(ctx, last)
		if err != nil {
			return err
		}
		if r.o.OnStep != nil && (step.N%r.o.Every == 0 || step.N == last) {
			step.Picture = func() (image.Image, error) { return r.state.show(r.job) }
			if err := r.o.OnStep(step); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeStep takes one step and records it.
func (r *run) takeStep(ctx context.Context, last int) (Step, error) {
	n := r.state.n + 1
	shares, err := r.gradientShares(n)
	if err != nil {
		return Step{}, err
	}
	loss, fresh := r.o.lossIdentity(r.net, r.weights, r.targets.pictures.Sum(nil)), float32(0)
	if n == 1 || loss != r.state.lossBefore {
		fresh = 1
	}
	out, err := r.step(ctx, r.input(float32(r.o.Optimizer.Rate(n)*r.rate), float32(n-r.state.began+r.state.age), fresh))
	if err != nil {
		return Step{}, execError(fmt.Sprintf("step %d", n), err)
	}
	next, memory, losses := out[0], slices.Clip(out[1:len(out)-1]), out[len(out)-1]
	step, err := r.record(n, last, losses)
	if err != nil {
		return step, errors.Join(err, finalize(append(memory, next)...))
	}
	step.GradientShares = shares
	r.records = append(r.records, step)
	return step, r.state.advance(n, next, memory, loss)
}

// input is what a step is given now.
func (r *run) input(scalars ...float32) stepInput {
	return stepInput{r.state.picture, r.state.memory, r.targets.list, scalars, r.weightList(r.o.Terms)}
}

// gradientShares returns the norm of each term's gradient at the picture as it enters step n, as a share of all, or nil where
// nobody asks. It costs about a step for every term.
func (r *run) gradientShares(n int) (map[string]float64, error) {
	if r.o.GradientShares == 0 || len(r.records) > 0 && n%r.o.GradientShares != 0 {
		return nil, nil
	}
	norms, err := r.gradientNorms(r.input())
	if err != nil {
		return nil, err
	}
	sum := 0.0
	for _, norm := range norms {
		sum += float64(norm)
	}
	shares := map[string]float64{}
	for i, term := range r.o.Terms {
		shares[term.Name] = float64(norms[i]) / max(sum, math.SmallestNonzeroFloat64)
	}
	return shares, nil
}

// record reads the losses of step n into its record; a loss that is not finite is an error.
func (r *run) record(n, last int, losses *tensors.Tensor) (Step, error) {
	values, err := tensors.CopyFlatData[float32](losses)
	if err = errors.Join(err, losses.FinalizeAll()); err != nil {
		return Step{}, fmt.Errorf("stylelib: step %d: reading the losses: %w", n, err)
	}
	step := Step{N: n, Total: last, Terms: map[string]float64{}, Elapsed: time.Since(r.started)}
	step.Accepted = values[len(values)-1] != 0
	for i, term := range r.o.Terms {
		step.Terms[term.Name] = float64(values[i])
		step.Loss += float64(values[i])
	}
	if math.IsNaN(step.Loss) || math.IsInf(step.Loss, 0) {
		r.broken = true
		return step, notFinite(step, r.origin())
	}
	return step, nil
}

// origin says where a loss or a picture that is not finite comes from.
func (r *run) origin() string {
	return nonFinite(r.evaluation, r.o.Terms, r.input(), r.state.before, r.state.n)
}

// notFinite words the error for a loss that is not finite; origin says where that came from.
func notFinite(step Step, origin string) error {
	text := ""
	for _, name := range slices.Sorted(maps.Keys(step.Terms)) {
		text += fmt.Sprintf(", %s %g", name, step.Terms[name])
	}
	if step.N > 1 {
		text += "; the picture before it is kept; a smaller learning rate or weight may help"
	}
	return fmt.Errorf("stylelib: step %d: the loss is %g%s%s", step.N, step.Loss, origin, text)
}

// result fetches what the run has come to; nil where no picture is finite.
func (r *run) result() (*Result, error) {
	state, err := r.state.fetch(r.job)
	if err != nil {
		return nil, err
	}
	result := &Result{State: state, Steps: r.records, Stopped: r.stopped}
	if r.broken || !finite(state.Picture) {
		return r.lastFinite(result)
	}
	result.Picture, err = r.state.show(r.job)
	return result, err
}

// lastFinite puts the last picture whose loss was finite in place of one that is not to be trusted. There is no state to go on from:
// the optimiser's memory has moved past it.
func (r *run) lastFinite(result *Result) (*Result, error) {
	var err error
	if !r.broken {
		err = fmt.Errorf("stylelib: step %d left a picture that is not finite%s; the one before it is kept", r.state.n, r.origin())
	}
	last := r.state.before
	if last == nil && len(r.records) > 0 { // the run went back
		last = r.state.picture
	}
	if last == nil {
		return nil, err
	}
	picture, fetchErr := fetchPicture(last, r.o.Clip)
	if fetchErr != nil {
		return nil, errors.Join(err, fetchErr)
	}
	result.Picture, result.State = picture, nil
	return result, err
}

// free gives back what lies on the device; the network's weights stay for the next run.
func (r *run) free() {
	if r.evaluation != nil {
		r.evaluation.free()
	}
	if r.targets != nil {
		finalize(r.targets.list...)
	}
	r.state.free()
	if !r.programs.kept {
		r.programs.finalize()
	}
}

// control lets Options.Control change the run before the next step, as often as it goes back.
func (r *run) control() error {
	for r.o.Control != nil {
		if err := r.remember(); err != nil {
			return err
		}
		n := r.state.n
		back := r.o.Control(n, r.weights, &r.rate)
		if err := r.controls.check(r.o.Terms); err != nil {
			return err
		}
		if back >= n || n == r.history[0].Step {
			return nil
		}
		if err := r.goBack(back); err != nil {
			return err
		}
	}
	return nil
}

// remember keeps the run's state for goBack, where it is one to keep.
func (r *run) remember() error {
	if n := len(r.history); n > 0 && (r.state.n%rememberEvery != 0 || r.history[n-1].Step >= r.state.n) {
		return nil
	}
	state, err := r.state.fetch(r.job)
	if err != nil {
		return err
	}
	r.history = append(r.history, state)
	r.forget(r.state.n)
	return nil
}

// goBack makes the run what it was after n steps, or at the nearest moment before that it remembers.
func (r *run) goBack(n int) error {
	for len(r.history) > 1 && r.history[len(r.history)-1].Step > n {
		r.history = r.history[:len(r.history)-1]
	}
	if err := r.state.put(r.backend, r.o.Optimizer, r.history[len(r.history)-1]); err != nil {
		return err
	}
	r.records = slices.DeleteFunc(r.records, func(s Step) bool { return s.N > r.state.n })
	return nil
}
