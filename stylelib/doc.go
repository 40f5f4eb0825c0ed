// Package stylelib paints one picture in the manner of another, by the method of Gatys, Ecker and Bethge (2016),
// as GoMLX graphs that XLA compiles. The folder reads like the method:
//
//	picture.go     a file becomes an image.Image (picturefile.go, its colours by icc.go); pixels.go: a tensor [1, h, w, 3], RGB in [0, 1]
//	vgg.go         a network that sees: the picture becomes Features, relu4_2 -> [1, h/8, w/8, 512]; pool.go halves them
//	conv/          how a convolution is done, known to nobody outside
//	loss.go        terms that say what to keep: content, style, your own
//	statistics.go  what a style is: Gram matrices [c, c], moments; total variation; transport.go: Wasserstein distances; patches.go
//	synthesis.go   textures without a content, and what a layer has kept of a picture; start.go: where painting begins
//	optimizer.go   Adam, which moves the pixels; lbfgs.go: L-BFGS, with its linesearch.go
//	transfer.go    Transfer: targets once (targets.go), compile once (programs.go), then step by step (run.go); state.go, statefile.go: to stop and go on
//	painter.go     Painter: Transfer for many pictures, what is compiled for one serving for the next
//	pyramid.go     Pyramid: Transfer from coarse to fine, for larger strokes
//	plan.go        what a run will take; tiles.go, tiled.go: large pictures seen tile by tile; devices.go: over several devices
//	mix.go         several styles by their shares; mask.go: each with its part of the picture, through the field.go of what layers see
//	colour.go      the content's colours kept; colour_match.go, colour_transport.go: one picture's colours brought to another's, with matrix.go
//	backend.go     where all this runs
//
// A whole transfer, errors left out:
//
//	backend, _ := stylelib.OpenBackend()
//	network, _ := weights.Open(ctx, "stylenet")
//	content, _ := picture.Open("cat.jpg", 256)
//	style, _ := picture.Open("night_sky.jpg", 256)
//	result, _ := stylelib.Transfer(ctx, backend, vgg.New(network), content, []image.Image{style}, stylelib.Options{})
//	_ = picture.Save("out.png", result.Picture)
//
// Functions that build graphs take and return *graph.Node and panic with the shapes where they are misused, as GoMLX's
// own do; whatever runs the graph returns that as an error. Everything else returns errors.
package stylelib
