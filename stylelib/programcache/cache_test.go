package programcache

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func open(t *testing.T) *Cache {
	t.Helper()
	c, err := Open(filepath.Join(t.TempDir(), "home", "programs"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func store(t *testing.T, c *Cache, key Key, program []byte) {
	t.Helper()
	if err := c.Store(key, program); err != nil {
		t.Fatal(err)
	}
}

// file returns the path of the only program in a folder.
func file(t *testing.T, c *Cache) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(c.folder, "*"+programSuffix))
	if err != nil || len(found) != 1 {
		t.Fatalf("the folder has %v, want one program", found)
	}
	return found[0]
}

func TestLoad(t *testing.T) {
	c, program := open(t), []byte("a program")
	key := KeyOf([]byte("text"), []byte("options"))
	if got := c.Load(key); got != nil {
		t.Errorf("an empty folder has %q", got)
	}
	store(t, c, key, program)
	if got := c.Load(key); !bytes.Equal(got, program) {
		t.Errorf("loaded %q, want %q", got, program)
	}
	if other := KeyOf([]byte("texto"), []byte("ptions")); c.Load(other) != nil {
		t.Error("parts that are divided otherwise have the same key")
	}
	info, err := os.Stat(c.folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, want -rwx------", info.Mode())
	}
	if info, err := os.Stat(file(t, c)); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("a program is %v, want it closed to others", info.Mode())
	}
}

// Nothing but the file that was written, under its own name, is loaded. Storing replaces what is damaged.
func TestDamage(t *testing.T) {
	program := []byte("a program that is damaged")
	key, other := KeyOf([]byte("one")), KeyOf([]byte("other"))
	c := open(t)
	store(t, c, key, program)
	path := file(t, c)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damage := func(what string, contents []byte) {
		t.Helper()
		if err := os.WriteFile(path, contents, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := c.Load(key); got != nil {
			t.Errorf("%s: loaded %q", what, got)
		}
		store(t, c, key, program)
		if got := c.Load(key); !bytes.Equal(got, program) {
			t.Errorf("%s: stored again and loaded %q", what, got)
		}
	}
	for i := range 8 * len(whole) {
		flipped := slices.Clone(whole)
		flipped[i/8] ^= 1 << (i % 8)
		damage(fmt.Sprintf("bit %d flipped", i), flipped)
	}
	for n := range whole {
		damage(fmt.Sprintf("cut to %d bytes", n), whole[:n])
	}
	damage("longer", append(slices.Clone(whole), 0))
	store(t, c, other, program)
	if err := os.Rename(filepath.Join(c.folder, fmt.Sprintf("%x%s", other, programSuffix)), path); err != nil {
		t.Fatal(err)
	}
	if got := c.Load(key); got != nil {
		t.Errorf("another program's file: loaded %q", got)
	}
}

// What was used longest ago goes first, with what a killed process left; what is not ours stays.
func TestEvict(t *testing.T) {
	c := open(t)
	c.limit = 1000
	now := time.Now()
	age := func(name string, old time.Duration) {
		t.Helper()
		if err := os.Chtimes(filepath.Join(c.folder, name), now.Add(-old), now.Add(-old)); err != nil {
			t.Fatal(err)
		}
	}
	name := func(i byte) string { return fmt.Sprintf("%x%s", KeyOf([]byte{i}), programSuffix) }
	for i := range byte(4) { // the first is the oldest
		store(t, c, KeyOf([]byte{i}), make([]byte, 200))
		age(name(i), time.Duration(10-i)*time.Minute)
	}
	for _, other := range []string{unfinishedPrefix + "old", unfinishedPrefix + "new", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(c.folder, other), make([]byte, 5000), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	age(unfinishedPrefix+"old", 2*abandoned)
	age("notes.txt", 2*abandoned)
	if c.Load(KeyOf([]byte{0})) == nil { // so the second is now
		t.Fatal("the folder lost a program before its limit")
	}
	store(t, c, KeyOf([]byte{4}), make([]byte, 200))
	want := []string{name(0), name(2), name(3), name(4), unfinishedPrefix + "new", "notes.txt"}
	var have []string
	entries, err := os.ReadDir(c.folder)
	for _, e := range entries {
		have = append(have, e.Name())
	}
	slices.Sort(want)
	if slices.Sort(have); err != nil || !slices.Equal(have, want) {
		t.Errorf("the folder has\n%s\nwant\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
}

func TestOpenRefuses(t *testing.T) {
	home := t.TempDir()
	writable, file := filepath.Join(home, "writable"), filepath.Join(home, "file")
	if err := os.Mkdir(writable, 0o700); err != nil || os.Chmod(writable, 0o720) != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused := map[string]string{writable: "others may write into", file: "is a file, want a folder", filepath.Join(file, "below"): "not a directory"}
	if os.Geteuid() == 0 { // nobody else can give a folder away
		given := filepath.Join(home, "given")
		if err := os.Mkdir(given, 0o700); err != nil || os.Chown(given, 1234, -1) != nil {
			t.Fatal(err)
		}
		refused[given] = "is another user's"
	}
	for folder, want := range refused {
		if _, err := Open(folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q in it", folder, err, want)
		}
	}
}

func TestUseOf(t *testing.T) {
	c := open(t)
	if use, err := UseOf(filepath.Join(c.folder, "missing")); err != nil || use != (Use{}) {
		t.Errorf("a folder that there is not: %v, %v", use, err)
	}
	for i := range byte(3) {
		store(t, c, KeyOf([]byte{i}), make([]byte, 100-32))
	}
	if err := os.WriteFile(filepath.Join(c.folder, "notes.txt"), make([]byte, 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	if use, err := UseOf(c.folder); err != nil || use != (Use{3, 300}) {
		t.Errorf("%v, %v, want 3 programs of 300 bytes", use, err)
	}
	if err := os.Chmod(c.folder, 0o770); err != nil {
		t.Fatal(err)
	}
	if _, err := UseOf(c.folder); err == nil {
		t.Error("no error for a folder that Open refuses")
	}
}

// TestWriter is what TestTwoProcesses runs: it stores and loads, and fails where it loads what nobody stored.
func TestWriter(t *testing.T) {
	folder := os.Getenv("PROGRAMCACHE_TEST_FOLDER")
	if folder == "" {
		t.Skip("for TestTwoProcesses")
	}
	c, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	c.limit = 200_000
	for i := range 500 {
		number := byte(i % 7)
		program := bytes.Repeat([]byte{number}, 10_000*(1+os.Getpid()%5))
		key := KeyOf([]byte{number})
		store(t, c, key, program)
		if got := c.Load(key); got != nil && len(bytes.Trim(got, string([]byte{number}))) > 0 {
			t.Fatal("loaded a program that nobody stored")
		}
	}
}

func TestTwoProcesses(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "programs")
	writers := make([]*exec.Cmd, 3)
	outs := make([]bytes.Buffer, len(writers))
	for i := range writers {
		writers[i] = exec.Command(os.Args[0], "-test.run=^TestWriter$", "-test.v")
		writers[i].Env = append(os.Environ(), "PROGRAMCACHE_TEST_FOLDER="+folder)
		writers[i].Stdout, writers[i].Stderr = &outs[i], &outs[i]
		if err := writers[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i, w := range writers {
		if err := w.Wait(); err != nil || !strings.Contains(outs[i].String(), "--- PASS: TestWriter") {
			t.Errorf("%v: %s", err, &outs[i])
		}
	}
	left, err := filepath.Glob(filepath.Join(folder, unfinishedPrefix+"*"))
	if use, useErr := UseOf(folder); err != nil || useErr != nil || len(left) > 0 || use.Bytes > 200_000 {
		t.Errorf("the folder has %v, unfinished %v", use, left)
	}
}
