package setup

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// applyPatch applies a unified diff, as `diff -u -r a b` writes it, to the files under dir. Every line of the
// patch must fit exactly where it says: nothing is searched for. A file is written only when all its hunks fit.
func applyPatch(dir string, patch []byte) error {
	text := strings.TrimSuffix(string(patch), "\n")
	for _, section := range strings.Split("\n"+text, "\n--- ")[1:] {
		lines := strings.Split(section, "\n")
		name, ok := strings.CutPrefix(lines[1], "+++ b/")
		if !ok || lines[0] != "a/"+name {
			return fmt.Errorf("patch: %q is followed by %q, want the same file", lines[0], lines[1])
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		old, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("patch: %w", err)
		}
		patched, err := patchLines(strings.Split(string(old), "\n"), lines[2:])
		if err != nil {
			return fmt.Errorf("patch: %s: %w", name, err)
		}
		if err := os.WriteFile(path, []byte(strings.Join(patched, "\n")), 0o644); err != nil {
			return err
		}
	}
	return nil
}

var hunkHeader = regexp.MustCompile(`^@@ -(\d+)(,0)?(?:,\d+)? \+\d+(?:,\d+)? @@`)

// patchLines returns the lines of a file after the hunks.
func patchLines(old, hunks []string) ([]string, error) {
	var out []string
	next := 0 // the first line of old not yet dealt with
	for _, line := range hunks {
		if header := hunkHeader.FindStringSubmatch(line); header != nil {
			first, err := strconv.Atoi(header[1])
			if header[2] != "" {
				first++ // a hunk that takes no lines stands behind the line that it names
			}
			if err != nil || first-1 < next || first > len(old) {
				return nil, fmt.Errorf("%q does not fit a file of %d lines", line, len(old))
			}
			out = append(out, old[next:first-1]...)
			next = first - 1
			continue
		}
		if line == "" {
			return nil, fmt.Errorf("an empty line, want one that begins with a space, - or +")
		}
		mark, text := line[0], line[1:]
		if mark == '+' {
			out = append(out, text)
			continue
		}
		if mark != ' ' && mark != '-' {
			return nil, fmt.Errorf("%q, want a line that begins with a space, - or +", line)
		}
		if next >= len(old) || old[next] != text {
			return nil, fmt.Errorf("line %d is not %q", next+1, text)
		}
		if mark == ' ' {
			out = append(out, text)
		}
		next++
	}
	return append(out, old[next:]...), nil
}
