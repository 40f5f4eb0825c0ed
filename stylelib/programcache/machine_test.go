package programcache

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Machine changes with the plugin's bytes, whatever their number and time, and with the settings.
func TestMachine(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("for Linux")
	}
	c, plugin := open(t), filepath.Join(t.TempDir(), "plugin.so")
	seen := map[string]string{}
	describe := func(what string) {
		t.Helper()
		text, err := c.Machine(plugin)
		if err != nil {
			t.Fatal(err)
		}
		if before, ok := seen[string(text)]; ok {
			t.Errorf("%s and %s are the same machine", before, what)
		}
		if again, err := c.Machine(plugin); err != nil || string(again) != string(text) {
			t.Errorf("%s is another machine at the second look: %v", what, err)
		}
		seen[string(text)] = what
	}
	for _, contents := range []string{"one", "two"} {
		time.Sleep(20 * time.Millisecond) // the system's clock for files has ticks
		if err := os.WriteFile(plugin, []byte(contents), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(plugin, time.Unix(1e9, 0), time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
		describe(contents)
	}
	for _, name := range []string{"XLA_FLAGS", "NPROC", "TF_XLA_FLAGS"} {
		t.Setenv(name, "--other")
		describe(name)
	}
	sums, err := filepath.Glob(filepath.Join(c.folder, "*"+pluginSuffix))
	if err != nil || len(sums) != 2 {
		t.Errorf("checksums of plugins are kept in %v, want 2", sums)
	}
	t.Setenv("XLA_FLAGS", "flags.txt")
	if _, err := c.Machine(plugin); err == nil || !strings.Contains(err.Error(), "names a file") {
		t.Errorf("error %v for a file of flags", err)
	}
	t.Setenv("XLA_FLAGS", "")
	if _, err := c.Machine(plugin + ".missing"); err == nil {
		t.Error("no error without a plugin")
	}
}

func TestProcessor(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"x86": {"processor\t: 0\nmodel name\t: A\ncpu MHz\t\t: 2596.098\nflags\t\t: fpu avx2\n\nprocessor\t: 1\nmodel name\t: B\nflags\t\t: fpu\n",
			"model name: A\nflags: fpu avx2\n"},
		"ARM":     {"processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\nCPU part\t: 0xd0c\n\n", "Features: fp asimd\nCPU part: 0xd0c\n"},
		"nothing": {"processor\t: 0\nmodel name\t: A\n", ""},
	} {
		file := filepath.Join(t.TempDir(), "cpuinfo")
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := processor(file)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
}
