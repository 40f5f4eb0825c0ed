package kernelext

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"
)

// Keep keeps a value under a name for later cells, which are programs of their own. It is gone when the kernel
// restarts, as a variable would be. What can be kept is what encoding/gob can write: numbers, strings, slices, maps
// and structs of such, of which only the fields with a capital letter are kept, so also networks and the states of
// transfers; any image.Image; and GoMLX's tensors, see [stylenet/kernelext/keeptensors]. All that is quick: 80 MB take
// about a tenth of a second. Outside a notebook values are kept until the program ends. Save keeps for good.
//
// A value that cannot be kept ends the cell with an error.
func Keep[T any](name string, value T) {
	Check(keep(name, value, ""))
}

// Recall returns the value that an earlier cell kept under the name. The type is the one it was kept as, or
// image.Image for any picture:
//
//	cat := kernelext.Recall[image.Image]("cat")
//
// Where there is none, or one of another type, it ends the cell with an error that says what is kept.
func Recall[T any](name string) T {
	value, _, err := recall[T](name)
	return Must(value, err)
}

// Save keeps a value for good, in a file: a path that is not absolute counts from the notebook's folder. It takes what
// Keep takes. The file suits this kind of processor only, and programs in which the type is the same; for exchange, save
// pictures as pictures.
//
//	kernelext.Save("out/night.state", result.State)
//	state := kernelext.Load[*stylelib.State]("out/night.state") // tomorrow
func Save[T any](path string, value T) {
	Check(save(path, value))
}

// Load returns the value that Save has put into the file. A file of something else ends the cell with an error.
func Load[T any](path string) T {
	return Must(load[T](path))
}

// Once returns the value kept under the name if there is one that was made with equal deps; otherwise it makes the
// value and keeps it. The deps are what the value depends on: numbers, strings, pictures, structs and what is made of
// them; a function or channel among them, which nothing can compare, ends the cell with an error. A change to the code
// of make itself is not noticed: use Forget.
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

// Kept shows a table of the values that are kept: name, type, size, age, and the cell that kept it, by its prompt
// number.
func Kept() {
	heads, err := heads()
	Check(err)
	var rows [][]string
	for _, h := range heads {
		cell := ""
		if h.Cell != "" {
			cell = "[" + h.Cell + "]"
		}
		rows = append(rows, []string{h.Name, h.Type, byteCount(h.size), short(time.Since(h.Kept)), cell})
	}
	if len(rows) == 0 {
		show(output{html: "<div>nothing is kept yet</div>", text: "nothing is kept yet"})
		return
	}
	Table([]string{"name", "type", "size", "age", "cell"}, rows...)
}

// Forget removes the values kept under the names, or all of them where no name is given. A name that nothing is kept
// under is no error.
func Forget(names ...string) {
	if len(names) == 0 {
		heads, err := heads()
		Check(err)
		for _, h := range heads {
			names = append(names, h.Name)
		}
	}
	for _, name := range names {
		Check(shelf().remove(fileOf(name)))
	}
}

// save writes a value into a file, as a whole or not at all.
func save(path string, value any) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	h := header{Name: path, Kept: time.Now()}
	err := writeFile(path, 0o644, func(w io.Writer) error { return writeValue(w, h, value) })
	if err != nil {
		return fmt.Errorf("%s: a value of type %T cannot be saved: %w", path, value, err)
	}
	return nil
}

// load reads a value from a file that save has written.
func load[T any](path string) (value T, err error) {
	file, size, err := folder(filepath.Dir(path)).get(filepath.Base(path))
	if err != nil {
		return value, err
	}
	defer file.Close()
	value, h, err := readValue[T](file, size)
	var other otherType
	switch {
	case errors.As(err, &other):
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
	heads, err := heads()
	if err != nil {
		return err
	}
	var names []string
	for _, h := range heads {
		names = append(names, fmt.Sprintf("%q", h.Name))
	}
	there := "nothing"
	if len(names) > 0 {
		there = strings.Join(names, ", ")
	}
	return fmt.Errorf("nothing is kept under %q: run the cell that keeps it first; kept so far: %s", name, there)
}

// byteCount writes a size in bytes as a person says it.
func byteCount(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
