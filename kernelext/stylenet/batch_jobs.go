//go:build cgo

package main

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"stylenet/stylelib/picture"
)

// job is one painting of a batch.
type job struct {
	name    string // for people: jobs.jsonl:3, or the picture's file
	asked   *settings
	from    *recipe // that it repeats; nil: none
	follows bool    // it starts from what the job before has painted
}

// previous is the -init of a job that follows the one before.
const previous = "previous"

// readJobs reads a file of jobs, one JSON object a line. What common says holds for all where they do not say otherwise.
func readJobs(path string, common []string, folder string) ([]*job, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var jobs []*job
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimPrefix(lines.Bytes(), []byte("\uFEFF")) // which editors of Windows begin files with
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		j := &job{name: fmt.Sprintf("%s:%d", path, n)}
		err := j.read(line, common, folder)
		if err == nil && j.asked.start.Init == previous {
			err = errors.New("init previous is for a folder of frames; a job names the file that it starts from")
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: %w", j.name, err)}
		}
		jobs = append(jobs, j)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(jobs) == 0 {
		return nil, fmt.Errorf("%s has no jobs; a job is a line such as {\"content\": \"cat.jpg\", \"style\": \"night_sky.jpg\"}", path)
	}
	return jobs, nil
}

// read reads a job from its line.
func (j *job) read(line []byte, common []string, folder string) (err error) {
	args, err := jobFlags(line)
	if err != nil {
		return err
	}
	if j.asked, j.from, err = parseSettings(common, args); err != nil {
		return err
	}
	if !slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "-o=") }) {
		j.asked.output.File = j.asked.outputName(folder)
	}
	return j.check()
}

// jobFlags turns a line into flags of stylize.
func jobFlags(line []byte) ([]string, error) {
	fields := json.NewDecoder(bytes.NewReader(line))
	fields.UseNumber()
	if start, err := fields.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.New(`not a JSON object on one line, such as {"content": "cat.jpg", "style": "night_sky.jpg"}`)
	}
	known := standardSettings(true, true).options()
	seen := map[string]bool{}
	var args []string
	for fields.More() {
		key, err := fields.Token()
		if err != nil {
			return nil, fmt.Errorf("damaged JSON: %w", err)
		}
		name := key.(string) // the decoder takes no other
		o := known.named(name)
		switch {
		case o == nil:
			return nil, fmt.Errorf("no field %q; a job's fields are the flags of stylize: %s", name, known.names())
		case seen[name]:
			return nil, fmt.Errorf("field %q is there twice", name)
		}
		seen[name] = true
		var value any
		if err := fields.Decode(&value); err != nil {
			return nil, fmt.Errorf("field %q: damaged JSON: %w", name, err)
		}
		given, err := flagsOf(o, value)
		if err != nil {
			return nil, err
		}
		args = append(args, given...)
	}
	if _, err := fields.Token(); err != nil { // the closing bracket
		return nil, errors.New("damaged JSON: the line ends early")
	}
	if _, err := fields.Token(); err != io.EOF {
		return nil, errors.New("there is more on the line than one JSON object")
	}
	return args, nil
}

// flagsOf turns a field into a flag, or into several where each has one file of a list.
func flagsOf(o *option, value any) ([]string, error) {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	texts := make([]string, len(list))
	for i, v := range list {
		switch v.(type) {
		case string, json.Number, bool:
			texts[i] = fmt.Sprint(v)
		default:
			return nil, fmt.Errorf("field %q is %v; texts, numbers, true, false and lists of them are read", o.name, v)
		}
	}
	if _, files := o.to.(*fileList); !files {
		return []string{"-" + o.name + "=" + strings.Join(texts, ",")}, nil
	}
	for i := range texts {
		texts[i] = "-" + o.name + "=" + texts[i]
	}
	return texts, nil
}

// outputName returns a result's name that follows from the settings alone: the pictures' names, and a sum of all that counts for it.
func (s *settings) outputName(folder string) string {
	var names []string
	for _, file := range append([]string{s.pictures.Content}, s.pictures.Styles...) {
		if file != "" {
			names = append(names, stem(file))
		}
	}
	name := strings.Join(names, "-")
	for most := 100; len(name) > most; { // bytes; systems allow 255
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	sum := sha256.Sum256([]byte(s.options().description(true)))
	return filepath.Join(folder, fmt.Sprintf("%s-%.4x.png", name, sum[:]))
}

// stem returns a file's name without folder and ending.
func stem(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// check finds what a batch does not take.
func (j *job) check() error {
	switch {
	case !picture.CarriesRecipe(j.asked.output.File):
		return fmt.Errorf("output %s: a batch writes PNG files, which say how they were made, so that none is made twice; the name must end in .png", j.asked.output.File)
	case j.asked.pictures.Between != 0:
		return errors.New("between paints a row of pictures; give each its own job, with its style-mix")
	case j.asked.output.SaveStyle != "":
		return errors.New("a saved style is written by stylize, once")
	case !j.asked.output.Recipe:
		return errors.New("a batch knows by their recipes which pictures are finished; leave recipe as it is")
	}
	return nil
}

// readFolder makes a job of each picture in a folder, in the order of their names, numbers in them by their size. Hidden
// files, such as macOS leaves beside pictures, are none. A result has its picture's name, with the ending where two would
// have the same.
func readFolder(path string, common []string, folder string) ([]*job, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return compareNames(a.Name(), b.Name()) })
	entries = slices.DeleteFunc(entries, func(entry os.DirEntry) bool {
		return entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || !slices.Contains(pictureEndings, strings.ToLower(filepath.Ext(entry.Name())))
	})
	called := map[string]int{} // how many pictures have a name, endings left out
	for _, entry := range entries {
		called[stem(entry.Name())]++
	}
	var jobs []*job
	for _, entry := range entries {
		j := &job{name: filepath.Join(path, entry.Name())}
		output := stem(entry.Name())
		if called[output] > 1 {
			output = entry.Name()
		}
		output = filepath.Join(folder, output+".png")
		if j.asked, j.from, err = parseSettings(common, []string{"-content=" + j.name, "-o=" + output}); err == nil {
			err = j.check()
		}
		if err != nil {
			return nil, err
		}
		j.follows = j.asked.start.Init == previous
		jobs = append(jobs, j)
	}
	if len(jobs) == 0 {
		return nil, fmt.Errorf("no pictures in %s; files ending in %s are read", path, strings.Join(pictureEndings, " "))
	}
	return jobs, nil
}

var pictureEndings = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp"}

// compareNames orders names as people do: frame9 before frame10.
func compareNames(a, b string) int {
	for a != "" && b != "" {
		restA, restB := strings.TrimLeft(a, "0123456789"), strings.TrimLeft(b, "0123456789")
		numberA, numberB := strings.TrimLeft(a[:len(a)-len(restA)], "0"), strings.TrimLeft(b[:len(b)-len(restB)], "0")
		if len(restA) < len(a) && len(restB) < len(b) {
			if c := cmp.Or(cmp.Compare(len(numberA), len(numberB)), strings.Compare(numberA, numberB)); c != 0 {
				return c
			}
			a, b = restA, restB
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}
