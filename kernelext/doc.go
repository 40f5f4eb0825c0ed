// Package kernelext is for the cells of a notebook: it shows pictures, charts and the progress of a loop, asks for settings, and
// shows an error as one readable card.
//
//	cat := kernelext.Must(picture.Open("cat.jpg", 384))
//	cat
//
// The last expression of a cell is shown: see [Display]. Its variables, functions and types are there for the cells after it,
// until the kernel restarts. Save writes a value to a file, and Load reads it. Keep and Recall hand values on by name, which is
// for notebooks that were written when each cell was a program of its own.
//
// What a finished cell leaves in the notebook is a JPEG, a PNG, a GIF, an SVG, a table or plain text, never a script. So the
// page looks the same in a fresh clone that nobody trusts yet, on GitHub and after nbconvert. Everything also has a line of
// plain text.
//
// The same code works outside a notebook, under go run and go test: it writes pictures into the folder out, at the size
// that a notebook would store, prints a line for each, and keeps values until the program ends.
//
// The files:
//   - pictures: show.go (Show, Gallery, Compare), grid.go (Grid), zoom.go (Zoom), inspect.go (Heatmap, Difference, Histogram,
//     FeatureMaps, Filters), animation.go (Animate); layout.go draws pictures with titles, picture.go scales and encodes
//   - charts and tables: plot.go (Chart, LogChart), axes.go (their axes), table.go (Table), format.go (numbers as text)
//   - progress: live.go (Live), live_curves.go, live_control.go (the user's controls), live_panel.go (its HTML and record)
//   - questions: ask.go (Ask), control.go (Slider and the other controls), brush.go (Brush), widget.go and widget.js (the
//     controls in the page, and their comm messages)
//   - any value: value.go (Display), value_text.go (as text), value_own.go (by its own methods), value_table.go (as a table)
//   - values: keep.go (Keep, Recall, Save, Load, Once), hash.go (what Once compares); package values writes and reads them
//   - the rest: param.go (Param), check.go (Check, Must), context.go (Context), display.go (outputs to the kernel)
package kernelext
