//go:build cgo

package main

import (
	"os"
	"strings"
	"testing"
)

// What is wrong with a call is said before anything is trained.
func TestTrainCalledWrongly(t *testing.T) {
	for _, args := range []string{"-minutes 0", "-minutes soon", "-seed -1", "-steps many", "-nope", "extra"} {
		if code := dispatch(append([]string{"train"}, strings.Fields(args)...)); code != 2 {
			t.Errorf("train %s: exit code %d, want 2", args, code)
		}
	}
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if code := dispatch([]string{"train", "-o", file + "/network.safetensors"}); code != 1 {
		t.Errorf("an output in a file: exit code %d, want 1", code)
	}
}
