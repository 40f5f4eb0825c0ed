package setup

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// TunablesVar is the environment variable by which glibc is tuned, read when a program starts.
const TunablesVar = "GLIBC_TUNABLES"

// HugePagesVar is the environment variable that, set to 0, leaves memory in ordinary pages.
const HugePagesVar = "STYLENET_HUGEPAGES"

// hugePages makes glibc's malloc ask Linux for pages of 2 MB: XLA takes the scratch memory of a step anew for every
// step, and in pages of 4 KB the kernel has to hand it over bit by bit.
const hugePages = "glibc.malloc.hugetlb=1"

// Tunables returns the value of TunablesVar with which XLA is to be run: what is there already, and huge pages. It is
// empty where there is nothing to set: on another system than Linux with glibc, or where the user wants no huge pages.
func Tunables() string {
	have := os.Getenv(TunablesVar)
	if strings.Contains(have, "glibc.malloc.hugetlb=") {
		return have // the user's choice, or ours in the process that started this one
	}
	if os.Getenv(HugePagesVar) == "0" || !glibc() {
		return ""
	}
	if have == "" {
		return hugePages
	}
	return have + ":" + hugePages
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
