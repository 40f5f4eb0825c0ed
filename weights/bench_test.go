package weights

import (
	"os"
	"path/filepath"
	"testing"
)

// The files of full size that testdata/make.py FOLDER writes; testdata/bench.py compares these times with Python's.
func BenchmarkLoad(b *testing.B) {
	folder := os.Getenv("STYLENET_FULL_WEIGHTS")
	if folder == "" {
		b.Skip("STYLENET_FULL_WEIGHTS names no folder with files of full size")
	}
	for _, test := range loadable {
		path := filepath.Join(folder, test.file)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		b.Run(test.file, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Load(path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What a notebook cell waits for: our own file, with all checksums compared.
func BenchmarkLoadSaved(b *testing.B) {
	path := filepath.Join(b.TempDir(), "network")
	if err := Random(1).Save(path); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Load(path); err != nil {
			b.Fatal(err)
		}
	}
}
