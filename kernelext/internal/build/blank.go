package build

import (
	"os"
	"regexp"
	"strconv"
	"strings"
)

var unusedImport = regexp.MustCompile(`main(?:_test)?\.go:(\d+):\d+: .* imported and not used`)

// blankUnused makes blank imports of the dot imports in a file that the compiler found unused, as goimports drops other
// imports that are not used: they may have come from an earlier cell. It returns whether there were any.
func blankUnused(file string, said []byte) (found bool) {
	code, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	lines := strings.Split(string(code), "\n")
	for _, match := range unusedImport.FindAllSubmatch(said, -1) {
		n, _ := strconv.Atoi(string(match[1]))
		if n >= 1 && n <= len(lines) && strings.HasPrefix(lines[n-1], "\t. ") {
			lines[n-1] = strings.Replace(lines[n-1], ".", "_", 1)
			found = true
		}
	}
	return found && os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600) == nil
}
