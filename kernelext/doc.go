// Package kernelext is what a notebook cell sees: it shows pictures, charts and the progress of a loop, keeps values
// from one cell to the next, and turns an error into one readable card.
//
// A cell of a Go notebook is a program of its own. Its functions and types live on in later cells, its values do not;
// they go through Keep and Recall:
//
//	%%
//	cat := kernelext.Must(picture.Open("cat.jpg", 384))
//	kernelext.Show(cat)
//	kernelext.Keep("cat", cat)
//
// and in a later cell
//
//	%%
//	cat := kernelext.Recall[image.Image]("cat")
//
// They are gone when the kernel restarts; Save keeps a value for good, in a file, and Load gets it back.
//
// Everything that stays in a notebook is a JPEG, a PNG, a table or plain text, never a script, so that a page looks
// the same in a fresh clone that nobody trusts yet, on GitHub and after nbconvert. Everything has a sentence of plain
// text beside it.
//
// The same code runs outside a notebook, under go run or go test: pictures are written into the folder out, at the
// size at which a notebook would store them, a line on the standard output names each file, and values are kept until
// the program ends.
//
// Show, Gallery and Compare are in show.go, Grid and Zoom in sweep.go, Heatmap, Difference, FeatureMaps and the like in
// look.go, Animate in animation.go, Chart in plot.go, Live in live.go, curves.go and cockpit.go, Ask and what it asks for
// in ask.go and control.go, Keep and Recall in keep.go, Param in param.go, Check and Must in message.go, Context in
// context.go; display.go is the way to the kernel, board.go the way back from the page.
package kernelext
