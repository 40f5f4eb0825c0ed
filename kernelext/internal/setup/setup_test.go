package setup

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestPartsAreMadeOnlyWhereNeeded(t *testing.T) {
	var out bytes.Buffer
	s := &Setup{Home: filepath.Join(t.TempDir(), "new", "home"), Out: &out}
	var made []string
	fake := func(name, hint string, ready bool) part {
		return part{name: name, hint: hint, ready: func(context.Context) bool { return ready },
			make: func(context.Context) error { made = append(made, name); return nil }}
	}
	if err := s.do(t.Context(), []part{fake("one", "", true), fake("second", "large", false), fake("last", "", false)}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(made, " "); got != "second last" {
		t.Errorf("made %q, want the two that were not ready", got)
	}
	want := `^one \.{15} \d\.\d s, ready\nsecond \.{12} \(large\) \d\.\d s\nlast \.{14} \d\.\d s\n$`
	if !regexp.MustCompile(want).MatchString(out.String()) {
		t.Errorf("the progress is\n%swant it to match\n%s", out.String(), want)
	}
}

func TestFailedPart(t *testing.T) {
	s := &Setup{Home: t.TempDir(), Out: &bytes.Buffer{}}
	script := "for i in $(seq 30); do echo line $i; done; echo the cause >&2; exit 3"
	broken := part{name: "thing", mend: "mend it", ready: func(context.Context) bool { return false },
		make: func(ctx context.Context) error {
			_, err := tool{}.run(ctx, "sh", "-c", script)
			return err
		}}
	after := part{name: "after", ready: func(context.Context) bool { t.Error("went on after a failure"); return true }}
	err := s.do(t.Context(), []part{broken, after})
	var failed *partError
	if !errors.As(err, &failed) || failed.Part != "thing" {
		t.Fatalf("error %v, want a partError", err)
	}
	for _, want := range []string{"set-up of thing failed: sh -c ", "exit status 3\nto mend it: mend it\nsh said:\n  line 17\n", "\n  line 30\n  the cause"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error is\n%v\nwant in it %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "line 16\n") {
		t.Error("the error shows more than the tool's last 15 lines")
	}
}

func TestSecondSetUpWaits(t *testing.T) {
	home := t.TempDir()
	var out bytes.Buffer
	first, second := &Setup{Home: home, Out: &out}, &Setup{Home: home, Out: &out}
	lock, err := first.lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := second.lock(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the second got %v while the first was at work, want to wait", err)
	}
	if !strings.Contains(out.String(), "another set-up is at work") {
		t.Errorf("it says %q, want why it waits", out.String())
	}
	lock.Unlock()
	lock, err = second.lock(t.Context())
	if err != nil {
		t.Fatalf("the second cannot begin after the first: %v", err)
	}
	lock.Unlock()
}

func TestExtract(t *testing.T) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	file, _ := w.Create("dir/lib.so")
	file.Write([]byte("library"))
	w.Close()
	archive, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "plugin", "renamed.so")
	if err := extract(archive, "dir/lib.so", path); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "library" {
		t.Errorf("extracted %q", got)
	}
	if err := extract(archive, "dir/other.so", filepath.Join(dir, "x")); err == nil {
		t.Error("a file that is not in the archive was extracted")
	}
	if entries, _ := os.ReadDir(filepath.Join(dir, "plugin")); len(entries) != 1 {
		t.Errorf("%v, want no unfinished file beside the extracted one", entries)
	}
}

func TestMadeFrom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if madeFrom(path, "a") {
		t.Error("a file that is not there counts as made")
	}
	os.WriteFile(path, []byte("12345"), 0o600)
	if madeFrom(path, "a") {
		t.Error("a file without a note counts as made")
	}
	if err := noteMade(path, "a"); err != nil {
		t.Fatal(err)
	}
	if !madeFrom(path, "a") || madeFrom(path, "b") {
		t.Error("made from a, and it does not say so")
	}
	os.WriteFile(path, []byte("123"), 0o600)
	if madeFrom(path, "a") {
		t.Error("a file that was cut short counts as made")
	}
}

func TestFileSHA256(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	os.WriteFile(path, []byte("abc"), 0o600)
	// The example of FIPS 180-4.
	if sum, err := FileSHA256(path); err != nil || sum != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("%s, %v", sum, err)
	}
}

func TestJupyterLabIsPinned(t *testing.T) {
	pinned := regexp.MustCompile(`^(#.*|[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*)$`)
	for line := range strings.Lines(string(labPackages)) {
		if line = strings.TrimSpace(line); !pinned.MatchString(line) {
			t.Errorf("%q is not name==version", line)
		}
	}
	if !strings.Contains(string(labPackages), "\njupyterlab==4.") {
		t.Error("jupyterlab itself is not listed")
	}
}

func TestDeadKernels(t *testing.T) {
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	folder := func(name, pid string) string {
		dir := filepath.Join(temp, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if pid != "" {
			os.WriteFile(filepath.Join(dir, "kernel.pid"), []byte(pid), 0o600)
		}
		return dir
	}
	dead, here := strconv.Itoa(gone.Process.Pid), strconv.Itoa(os.Getpid())
	kernel := folder("gonb_0123abcd", dead)
	runner := folder(RunFolder+dead+"-77", "")
	folder("gonb_alive", here)
	folder("gonb_not_ours", "") // an unpatched kernel: nobody knows whether it lives
	folder(RunFolder+here+"-78", "")
	folder("other", dead)
	child := exec.Command("sleep", "60")
	child.Env = []string{"GONB_TMP_DIR=" + kernel}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Process.Kill()

	found, err := deadKernels(temp)
	if err != nil || len(found) != 2 || found[0].Path != kernel || found[1].Path != runner {
		t.Fatalf("found %+v, %v, want %s and %s", found, err, kernel, runner)
	}
	if _, err := os.Stat("/proc/self/environ"); err == nil && (len(found[0].Processes) != 1 || found[0].Processes[0] != child.Process.Pid) {
		t.Errorf("processes %v, want that with the kernel's folder in its environment, %d", found[0].Processes, child.Process.Pid)
	}
	if found[0].Size != int64(len(dead)) {
		t.Errorf("size %d, want that of kernel.pid, %d", found[0].Size, len(dead))
	}
	for _, l := range found {
		if err := l.Remove(); err != nil {
			t.Error(err)
		}
	}
	if left, _ := deadKernels(temp); len(left) > 0 {
		t.Errorf("%+v is left", left)
	}
	if len(found[0].Processes) > 0 && child.Wait() == nil {
		t.Error("the kernel's process was not ended")
	}
}
