//go:build linux && cgo && (amd64 || arm64)

package native

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestC runs testdata/native_test.c, by each compiler that is installed, and the loops for 64-bit ARM under emulation. The program
// is watched for reads and writes beside its arrays if the compiler can.
func TestC(t *testing.T) {
	const watched = "-fsanitize=address,undefined -fno-sanitize=alignment -fno-sanitize-recover=all"
	for _, c := range []struct{ compiler, flags, emulator string }{
		{"cc", watched, ""},
		{"clang", watched, ""},
		{"aarch64-linux-gnu-gcc", "-static", "qemu-aarch64"},
	} {
		t.Run(c.compiler, func(t *testing.T) {
			program := filepath.Join(t.TempDir(), "native_test")
			run := strings.Fields(c.emulator + " " + program)
			for _, needed := range strings.Fields(c.compiler + " " + c.emulator) {
				if _, err := exec.LookPath(needed); err != nil {
					t.Skip(err)
				}
			}
			args := strings.Fields("-O2 -std=gnu11 -D_GNU_SOURCE -Wall -Werror -pthread testdata/native_test.c -ldl -lm -o " + program)
			out, err := exec.Command(c.compiler, append(args, strings.Fields(c.flags)...)...).CombinedOutput()
			if err != nil && c.flags == watched {
				t.Logf("without the sanitizers: %v", err)
				out, err = exec.Command(c.compiler, args...).CombinedOutput()
			}
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if out, err := exec.Command(run[0], run[1:]...).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

func TestConstants(t *testing.T) {
	for name, values := range constants() {
		if values[0] != values[1] {
			t.Errorf("%s is %d in C and %d in Go", name, values[0], values[1])
		}
	}
}
