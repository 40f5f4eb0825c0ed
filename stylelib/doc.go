// Package stylelib paints one picture in the manner of another, by the method of Gatys, Ecker and Bethge (2016), as GoMLX graphs
// that XLA compiles. A picture becomes a painting in one call, [Transfer]; the packages below are what it is made of:
//
//	picture   files and image.Image: open, save, resize; no GoMLX
//	colour    keep, match and transport colours; no GoMLX
//	vgg       the network: a picture [1, h, w, 3] becomes features, relu4_2 -> [1, h/8, w/8, 512]
//	loss      how features are described (Gram matrices [c, c], moments …) and descriptions compared
//	optim     Adam, L-BFGS, gradient descent
//	conv      how a convolution is done
//	preset    other programs' losses, weights and settings
//	training  trains the built-in network
//
// This package puts them together. Its files, in the order in which a picture passes them:
//
//	options.go       Options, Step, Result; defaults.go: what zero fields stand for
//	transfer.go      Transfer; synthesis.go: textures and reconstructions by it
//	terms.go         Term: one addend of the loss, with terms_graph.go; mix.go, mask.go, mask_plane.go: several styles, by
//	                 shares and by regions
//	check.go         finds what is wrong with a request before anything is compiled
//	start.go         the picture that painting starts from, start_colours.go: the content in the style's colours; clip.go: what
//	                 becomes of values outside [0, 1]
//	run.go           a run's stages: start, targets, steps, records, result
//	device_state.go  what of a run lies on the device; targets.go: what the terms compare the picture with
//	graph.go         the graphs of targets and of a step; programs.go: what was compiled from them
//	evaluation.go    how a step is evaluated: step_whole.go at once, step_tiles.go in tiles (with tiling.go, gathering.go),
//	                 step_devices.go over devices; step.go chooses
//	control.go       changing weights and rate while a run goes on, and going back; nonfinite.go: where a loss stops being finite
//	state.go         a run to go on from, in another process too
//	stylizer.go      Stylizer: what is compiled for one picture serves for the next; pyramid.go: from coarse to fine;
//	                 paint.go: the default painting, and what it needs compiled ahead
//	savedstyle.go    a style without its picture, made by describestyle.go; identity.go: what makes two runs the same
//	plan.go          what a run will take, by the costs of cost.go
//	evaluator.go     style and content error of finished pictures
//	backend.go       where all this runs
//
// A transfer, errors left out:
//
//	backend, _ := stylelib.OpenBackend()
//	network, _ := weights.Open(ctx, "stylenet")
//	content, _ := picture.Open("cat.jpg", 256)
//	style, _ := picture.Open("night_sky.jpg", 256)
//	result, _ := stylelib.Transfer(ctx, backend, vgg.New(network), content, []image.Image{style}, stylelib.Options{})
//	_ = picture.Save("out.png", result.Picture)
//
// Functions that build graphs take and return *graph.Node and panic with the shapes where they are misused, as GoMLX's own do;
// whatever runs the graph returns that as an error. Everything else returns errors.
package stylelib
