package picture

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"stylenet/weights"
)

// Sample returns the path of one of the sample photographs that `stylenet setup` installs, such as "chelsea", a cat. An error lists the
// names that there are.
func Sample(name string) (string, error) {
	home, err := weights.Home()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(home, "samples")
	files, err := fs.Glob(os.DirFS(folder), "*.*g")
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("picture: no sample photographs in %s; `go run ./kernelext/stylenet setup` installs them", folder)
	}
	var names []string
	for _, file := range files {
		base := strings.TrimSuffix(file, filepath.Ext(file))
		if base == name {
			return filepath.Join(folder, file), nil
		}
		names = append(names, base)
	}
	return "", fmt.Errorf("picture: no sample photograph %q; there are %s", name, strings.Join(names, ", "))
}
