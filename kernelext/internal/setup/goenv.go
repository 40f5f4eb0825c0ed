package setup

import (
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// goEnv returns the settings of the Go tools that set-up, cells and tests need, whatever the user's shell says: a program for
// this machine, with C, by modules, outside of any workspace.
func goEnv() map[string]string {
	return map[string]string{
		"CGO_ENABLED": "1",
		"GO111MODULE": "on",
		"GOARCH":      runtime.GOARCH,
		"GOFLAGS":     cellFlags(os.Getenv("GOFLAGS")),
		"GOOS":        runtime.GOOS,
		"GOWORK":      "off",
	}
}

var (
	goFlag = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)

	// usersFlags are the user's own flags that are kept: others, such as -mod=vendor or -json, would break a build.
	usersFlags = []string{"-buildvcs", "-modcacherw", "-p", "-tags"}
)

// cellFlags returns the flags of the Go tools: the user's own as far as they are kept, and those that make linking a cell
// quick: no debugger's tables, and Go's own linker instead of the C one, which macOS needs. Stack traces keep their line
// numbers.
func cellFlags(users string) string {
	var flags []string
	for _, flag := range goFlag.FindAllString(users, -1) {
		name, _, _ := strings.Cut(strings.Trim(flag, `'"`), "=")
		if slices.Contains(usersFlags, "-"+strings.TrimLeft(name, "-")) {
			flags = append(flags, flag)
		}
	}
	ours := "'-ldflags=-s -linkmode=internal'"
	if runtime.GOOS == "darwin" {
		ours = "-ldflags=-s"
	}
	return strings.Join(append(flags, ours), " ")
}
