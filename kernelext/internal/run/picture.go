package run

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// pictureKinds are the pictures that are written out, by MIME type. A bundle holds one picture in several forms:
// the first that it has is taken.
var pictureKinds = []struct{ mime, extension string }{
	{"image/png", ".png"}, {"image/jpeg", ".jpg"}, {"image/gif", ".gif"},
}

// inlinePicture finds the pictures within HTML.
var inlinePicture = regexp.MustCompile(`src="data:(image/\w+);base64,([^"]+)"`)

// picture is one picture that a cell put out.
type picture struct {
	extension string
	base64    string
}

// pictures returns the pictures of one output: the picture of a bundle, or all those within its HTML.
func (o output) pictures() []picture {
	data, _ := o["data"].(map[string]any)
	for _, kind := range pictureKinds {
		if encoded, ok := data[kind.mime].(string); ok {
			return []picture{{kind.extension, encoded}}
		}
	}
	html, _ := data["text/html"].(string)
	var found []picture
	for _, match := range inlinePicture.FindAllStringSubmatch(html, -1) {
		for _, kind := range pictureKinds {
			if kind.mime == match[1] {
				found = append(found, picture{kind.extension, match[2]})
			}
		}
	}
	return found
}

// pictureFolder returns where the pictures of a notebook go: out/<its name> beside it.
func pictureFolder(notebook string) string {
	name := strings.TrimSuffix(filepath.Base(notebook), filepath.Ext(notebook))
	return filepath.Join(filepath.Dir(notebook), "out", name)
}

// writePictures writes the pictures of the cells, given by their numbers, as cell<number>-<k> into the folder,
// and removes those of an earlier run. It returns how many there are.
func writePictures(folder string, cells map[int][]output) (int, error) {
	old, err := fs.Glob(os.DirFS(folder), "cell*-*.*")
	if err != nil {
		return 0, err
	}
	for _, name := range old {
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			return 0, err
		}
	}
	count := 0
	for number, outputs := range cells {
		k := 0
		for _, o := range outputs {
			for _, p := range o.pictures() {
				k++
				data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(p.base64), ""))
				if err != nil {
					return count, fmt.Errorf("picture %d of cell %d: %w", k, number, err)
				}
				if err := os.MkdirAll(folder, 0o755); err != nil {
					return count, err
				}
				name := fmt.Sprintf("cell%d-%d%s", number, k, p.extension)
				if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
					return count, err
				}
				count++
			}
		}
	}
	return count, nil
}
