//go:build linux && cgo && (amd64 || arm64)

package native

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestC has a program in C test the C, watched for what lies beside its arrays if the
// compiler can.
func TestC(t *testing.T) {
	program := filepath.Join(t.TempDir(), "native_test")
	args := strings.Fields("-O2 -std=gnu11 -D_GNU_SOURCE -Wall -Werror -pthread testdata/native_test.c -ldl -lm -o " + program)
	if _, err := exec.Command("cc", append(args, "-fsanitize=address,undefined", "-fno-sanitize=alignment", "-fno-sanitize-recover")...).CombinedOutput(); err != nil {
		t.Logf("without the sanitizers: %v", err)
		if out, err := exec.Command("cc", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if out, err := exec.Command(program).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestConstants(t *testing.T) {
	for name, values := range constants() {
		if values[0] != values[1] {
			t.Errorf("%s is %d in C and %d in Go", name, values[0], values[1])
		}
	}
}
