package setup

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// TunablesVar is the environment variable of glibc's settings. glibc reads it when a program starts.
const TunablesVar = "GLIBC_TUNABLES"

// hugePagesVar is the environment variable that turns huge pages off if it is 0.
const hugePagesVar = "STYLENET_HUGEPAGES"

// The settings of glibc's malloc.
const (
	// hugePages asks Linux for pages of 2 MB. XLA allocates a step's scratch memory anew for every step, and Linux needs a
	// page fault for each page of it.
	hugePages = "glibc.malloc.hugetlb="

	// arenas limits the number of malloc's arenas: one for each processor instead of eight, because each keeps its free
	// memory. On two processors a step of VGG-19 then needs 40 to 50 MB less, a pyramid by stylenet's network 150 MB less,
	// at the same speed.
	arenas = "glibc.malloc.arena_max="
)

// mallocSettings returns the settings that XLA is to have.
func mallocSettings() []string {
	settings := []string{arenas + strconv.Itoa(runtime.NumCPU())}
	if os.Getenv(hugePagesVar) != "0" {
		settings = append([]string{hugePages + "1"}, settings...)
	}
	return settings
}

// Tunables returns the value of TunablesVar for a program that runs XLA: the present value, and those of mallocSettings
// that it lacks. On systems other than Linux with glibc it is the present value.
func Tunables() string {
	tunables := os.Getenv(TunablesVar)
	if !glibc() {
		return tunables
	}
	for _, setting := range mallocSettings() {
		if name, _, _ := strings.Cut(setting, "="); !strings.Contains(tunables, name+"=") {
			tunables = strings.TrimPrefix(tunables+":"+setting, ":")
		}
	}
	return tunables
}

// HugePages tells whether Tunables asks for huge pages.
func HugePages() bool {
	tunables := Tunables()
	return strings.Contains(tunables, hugePages) && !strings.Contains(tunables, hugePages+"0")
}

// glibc tells whether this system has glibc.
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
