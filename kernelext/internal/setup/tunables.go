package setup

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// TunablesVar is the environment variable by which glibc is tuned, read when a program starts.
const TunablesVar = "GLIBC_TUNABLES"

// HugePagesVar is the environment variable that, set to 0, leaves memory in ordinary pages.
const HugePagesVar = "STYLENET_HUGEPAGES"

// The settings of glibc's malloc.
const (
	// hugePages asks Linux for pages of 2 MB: XLA takes the scratch memory of a step anew for every step, and in pages of 4 KB
	// the kernel has to hand it over bit by bit.
	hugePages = "glibc.malloc.hugetlb="

	// arenas is the number of heaps: one for each processor instead of eight, for each keeps what was freed in it. On two
	// processors a step of VGG-19 then takes 40 to 50 MB less, a pyramid by stylenet's network 150, in the same time.
	arenas = "glibc.malloc.arena_max="
)

// Tunables returns the value of TunablesVar with which XLA is to be run: what is there already, and the settings above that
// are not among it. On another system than Linux with glibc there is nothing to set.
func Tunables() string {
	have := os.Getenv(TunablesVar)
	if !glibc() {
		return have
	}
	var list []string
	if have != "" {
		list = append(list, have)
	}
	if os.Getenv(HugePagesVar) != "0" && !strings.Contains(have, hugePages) {
		list = append(list, hugePages+"1")
	}
	if !strings.Contains(have, arenas) {
		list = append(list, arenas+strconv.Itoa(runtime.NumCPU()))
	}
	return strings.Join(list, ":")
}

// HugePages tells whether XLA is to be run in huge pages.
func HugePages() bool {
	tunables := Tunables()
	return strings.Contains(tunables, hugePages) && !strings.Contains(tunables, hugePages+"0")
}

// glibc tells whether programs on this system start with glibc's loader.
func glibc() bool {
	if runtime.GOOS != "linux" {
		return false
	}
	for _, folder := range []string{"/lib", "/lib64", "/lib/*-linux-gnu*"} {
		if found, _ := filepath.Glob(filepath.Join(folder, "ld-linux*.so.*")); len(found) > 0 {
			return true
		}
	}
	return false
}
