package programcache

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
)

// Machine describes what any program depends on that a plugin compiles in this process: the plugin's bytes, the processor and how many of
// them, and the settings of XLA in the environment. It returns an error where that cannot be known, as on a system other than Linux.
func (c *Cache) Machine(plugin string) ([]byte, error) {
	sum, err := c.pluginSum(plugin)
	if err != nil {
		return nil, fmt.Errorf("programcache: the plugin: %w", err)
	}
	processor, err := processor("/proc/cpuinfo")
	if err != nil {
		return nil, fmt.Errorf("programcache: the processor: %w", err)
	}
	settings, err := settings(os.Environ())
	if err != nil {
		return nil, fmt.Errorf("programcache: %w", err)
	}
	return fmt.Appendf(nil, "plugin %x\nprocessors %d\n%s%s", sum, runtime.NumCPU(), processor, settings), nil
}

// pluginSum returns the SHA-256 of the plugin's bytes. It takes most of a second for a plugin of 270 MB, so it is kept, under what the
// system says of the file. That changes whenever the file does: the time of its last change cannot be set.
func (c *Cache) pluginSum(path string) ([]byte, error) {
	about, err := aboutFile(path)
	if err != nil {
		return nil, err
	}
	key := KeyOf([]byte(about))
	name := hex.EncodeToString(key[:]) + pluginSuffix
	if sum := c.read(name); sum != nil {
		return sum, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return nil, err
	}
	c.write(name, sum.Sum(nil)) // where it cannot be kept, the next process computes it again
	return sum.Sum(nil), nil
}

// processorFields are what Linux says of a processor that code is compiled for, on x86 and on ARM; the rest may change from moment to moment.
var processorFields = []string{"vendor_id", "cpu family", "model", "model name", "stepping", "flags",
	"Features", "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "CPU revision"}

// processor returns these fields of the first processor in a file like /proc/cpuinfo.
func processor(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var text strings.Builder
	lines := bufio.NewScanner(f)
	for lines.Scan() && lines.Text() != "" {
		name, value, _ := strings.Cut(lines.Text(), ":")
		if name = strings.TrimSpace(name); slices.Contains(processorFields, name) {
			fmt.Fprintf(&text, "%s:%s\n", name, value)
		}
	}
	if err := lines.Err(); err != nil {
		return "", err
	}
	if !strings.Contains(text.String(), "flags:") && !strings.Contains(text.String(), "Features:") {
		return "", fmt.Errorf("%s has neither flags nor Features", file)
	}
	return text.String(), nil
}

// settings returns the variables of an environment that XLA reads, sorted.
func settings(environ []string) (string, error) {
	var found []string
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if name == "XLA_FLAGS" && value != "" && !strings.HasPrefix(strings.TrimSpace(value), "-") {
			return "", errors.New("XLA_FLAGS names a file of flags, want the flags themselves")
		}
		if strings.HasPrefix(name, "XLA_") || strings.HasPrefix(name, "TF_XLA_") || name == "NPROC" { // NPROC: how many threads
			found = append(found, variable+"\n")
		}
	}
	slices.Sort(found)
	return strings.Join(found, ""), nil
}
