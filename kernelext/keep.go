package kernelext

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"stylenet/kernelext/internal/program"
	"stylenet/kernelext/internal/values"
)

// Keep stores a copy of a value under a name for later cells, which also see the variables of this one. The value is lost when
// the kernel restarts, as a variable would be; Save writes a file. Keep takes what encoding/gob can write: numbers, strings, slices,
// maps and structs, of which it keeps the exported fields, thus also networks and the states of transfers. It also takes
// any image.Image, and GoMLX's tensors, see [stylenet/kernelext/keeptensors]. 80 MB take about a tenth of a second, more
// on a slow disk. Outside a notebook values are kept until the program ends.
//
// A value that cannot be kept ends the cell with an error.
func Keep[T any](name string, value T) {
	Check(keep(name, value, ""))
}

// Recall returns the value that an earlier cell kept under the name. Its type is that of the kept value, or image.Image for
// any picture:
//
//	cat := kernelext.Recall[image.Image]("cat")
//
// If there is no such value, or one of another type, it ends the cell with an error that says what is kept.
func Recall[T any](name string) T {
	value, _, err := recall[T](name)
	return Must(value, err)
}

// Save writes a value to a file; a relative path counts from the notebook's folder. It takes what Keep takes. Only programs
// with the same type, on processors of the same byte order, can read the file. For exchange, save pictures as pictures.
//
//	kernelext.Save("out/night.state", result.State)
//	state := kernelext.Load[*stylelib.State]("out/night.state") // tomorrow
func Save[T any](path string, value T) {
	Check(save(path, value))
}

// Load returns the value that Save wrote to the file. Another file ends the cell with an error.
func Load[T any](path string) T {
	return Must(load[T](path))
}

// Once returns the value kept under the name if it was made with equal deps. Otherwise it makes the value and keeps it. The
// deps are what the value depends on: numbers, strings, pictures, and structs, slices and maps of them. A function or
// channel among them cannot be compared and ends the cell with an error. Once does not notice that the code of make has
// changed: use Forget.
//
//	curve := kernelext.Once("curve", func() ([]float64, error) { return measure(steps) }, steps)
func Once[T any](name string, make func() (T, error), deps ...any) T {
	key, err := hash(deps)
	Check(err)
	if value, h, err := recall[T](name); err == nil && h.Deps == key {
		return value
	}
	value, err := make()
	Check(err)
	Check(keep(name, value, key))
	return value
}

// Kept shows a table of the kept values: name, type, size, age, and the prompt number of the cell.
func Kept() {
	headers, err := values.Headers(kept())
	Check(err)
	var rows [][]string
	for _, h := range headers {
		cell := ""
		if h.Cell != "" {
			cell = "[" + h.Cell + "]"
		}
		rows = append(rows, []string{h.Name, h.Type, formatBytes(h.Size), formatDuration(time.Since(h.Kept)), cell})
	}
	if len(rows) == 0 {
		show(output{html: "<div>nothing is kept yet</div>", text: "nothing is kept yet"})
		return
	}
	Table([]string{"name", "type", "size", "age", "cell"}, rows...)
}

// Forget removes the values kept under the names, or all values if no name is given. A name without a value is no error.
func Forget(names ...string) {
	if len(names) == 0 {
		headers, err := values.Headers(kept())
		Check(err)
		for _, h := range headers {
			names = append(names, h.Name)
		}
	}
	for _, name := range names {
		Check(kept().Remove(values.Key(name)))
	}
}

// kept is the store of the values that Keep keeps.
func kept() values.Store { return values.Kernel("_kept") }

// keep puts a value into the store of kept values.
func keep(name string, value any, deps string) error {
	h := values.Header{Name: name, Deps: deps, Kept: time.Now(), Cell: os.Getenv(program.CellVar)}
	err := kept().Put(values.Key(name), func(w io.Writer) error { return values.Write(w, h, value) })
	if err != nil {
		return fmt.Errorf("%q, of type %T, cannot be kept: %w", name, value, err)
	}
	return nil
}

// recall reads the value kept under a name.
func recall[T any](name string) (value T, h values.Header, err error) {
	file, size, err := kept().Get(values.Key(name))
	if errors.Is(err, fs.ErrNotExist) {
		return value, h, missing(name)
	}
	if err != nil {
		return value, h, err
	}
	defer file.Close()
	value, h, err = values.Read[T](file, size)
	var mismatch values.Mismatch
	if errors.As(err, &mismatch) {
		err = fmt.Errorf("%q was kept as %s, not as %s; write Recall[%[2]s](%[1]q)", name, h.Type, reflect.TypeFor[T]())
	} else if err != nil {
		err = fmt.Errorf("%q, kept as %s, cannot be read: %w", name, h.Type, err)
	}
	return value, h, err
}

// save writes a value to a file. If it fails, the old file stays.
func save(path string, value any) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	h := values.Header{Name: path, Kept: time.Now()}
	err := values.WriteFile(path, 0o644, func(w io.Writer) error { return values.Write(w, h, value) })
	if err != nil {
		return fmt.Errorf("%s: a value of type %T cannot be saved: %w", path, value, err)
	}
	return nil
}

// load reads a value from a file that save wrote.
func load[T any](path string) (value T, err error) {
	file, size, err := values.Folder(filepath.Dir(path)).Get(filepath.Base(path))
	if err != nil {
		return value, err
	}
	defer file.Close()
	value, h, err := values.Read[T](file, size)
	var mismatch values.Mismatch
	switch {
	case errors.As(err, &mismatch):
		err = fmt.Errorf("%s was saved as %s, not as %s; write Load[%[2]s](%[1]q)", path, h.Type, reflect.TypeFor[T]())
	case err != nil && h.Type == "":
		err = fmt.Errorf("%s was not written by kernelext.Save", path)
	case err != nil:
		err = fmt.Errorf("%s, saved as %s, cannot be read: %w", path, h.Type, err)
	}
	return value, err
}

// missing says that nothing is kept under a name, and what is.
func missing(name string) error {
	headers, err := values.Headers(kept())
	if err != nil {
		return err
	}
	var names []string
	for _, h := range headers {
		names = append(names, fmt.Sprintf("%q", h.Name))
	}
	there := "nothing"
	if len(names) > 0 {
		there = strings.Join(names, ", ")
	}
	return fmt.Errorf("nothing is kept under %q: run the cell that keeps it first; kept so far: %s", name, there)
}
