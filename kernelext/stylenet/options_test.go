//go:build cgo

package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// change gives an option another value than it has.
func change(t *testing.T, o option) {
	t.Helper()
	v := reflect.ValueOf(o.to).Elem()
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Uint64:
		v.SetUint(v.Uint() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + 0.25)
	case reflect.Slice:
		one := reflect.New(v.Type().Elem()).Elem()
		if one.Kind() == reflect.String {
			one.SetString("x")
		} else {
			one.SetFloat(3)
		}
		v.Set(reflect.Append(v, one))
	default:
		t.Fatalf("option %s is a %s", o.name, v.Type())
	}
}

// Every entry of the table, and one that is added to it, is a flag and, where it counts for the picture, part of a recipe, of what
// makes two jobs the same and of a result's name.
func TestOptionsFollowTheTable(t *testing.T) {
	table := func() options {
		added := 3
		return append(standardSettings(true, true).options(), option{name: "added", to: &added, help: "of tomorrow"})
	}
	for i, o := range table() {
		before, after, read := table(), table(), table()
		change(t, after[i])
		if flag := after.flags("test").Lookup(o.name); flag == nil || flag.Usage == "" || flag.DefValue == before.flags("test").Lookup(o.name).DefValue && len(o.values()) > 0 {
			t.Errorf("%s: flag %+v", o.name, flag)
		}
		data, err := json.Marshal(after)
		if err == nil {
			err = json.Unmarshal(data, &read)
		}
		if err != nil {
			t.Errorf("%s: %v", o.name, err)
		}
		counts := o.effect != changesNothing
		if repeated := reflect.DeepEqual(read[i].to, after[i].to); repeated != counts {
			t.Errorf("%s: repeated by a recipe is %t, want %t", o.name, repeated, counts)
		}
		identity := func(list options) string { return list.description(false) + fmt.Sprint(list.files()) } // each file's checksum is its name
		if differs := identity(before) != identity(after); differs != (counts && o.effect != namesNetwork) {
			t.Errorf("%s: makes another job is %t", o.name, differs)
		}
		if differs := before.description(true) != after.description(true); differs != counts {
			t.Errorf("%s: makes another result's name is %t, want %t", o.name, differs, counts)
		}
	}
}

// A job's fields are the flags; jobs that differ in one that counts are told apart, files by their checksums alone.
func TestOptionsOfJobs(t *testing.T) {
	parsed := func(line string) *settings {
		t.Helper()
		args, err := jobFlags([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		s, _, err := parseSettings(args)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	sums := map[string]string{"content": "1", "style": "2", "network": "3"}
	first := parsed(`{"content": "a.jpg", "style": "b.jpg"}`)
	for line, same := range map[string]bool{
		`{"content": "z.jpg", "style": "y.jpg", "weights": "random", "every": 3, "trace": "t.json", "o": "o.png"}`: true,
		`{"content": "a.jpg", "style": "b.jpg", "size": 512, "tv-weight": 10}`:                                     true,
		`{"content": "a.jpg", "style": "b.jpg", "tv-weight": 11}`:                                                  false,
		`{"content": "a.jpg", "style": ["b.jpg", "c.jpg"]}`:                                                        false,
		`{"content": "a.jpg", "style": "b.jpg", "mask": "all"}`:                                                    false,
		`{"content": "a.jpg", "style": "b.jpg", "style-layers": ["relu1_1"]}`:                                      false,
	} {
		if got := parsed(line).identity(sums) == first.identity(sums); got != same {
			t.Errorf("%s: the same is %t, want %t", line, got, same)
		}
	}
	if first.identity(sums) == first.identity(map[string]string{"content": "1", "style": "4", "network": "3"}) {
		t.Error("another style picture makes no other job")
	}
	if a, b := first.outputName("f"), parsed(`{"content": "x/a.jpg", "style": "b.jpg"}`).outputName("f"); a == b || !strings.HasPrefix(a, filepath.Join("f", "a-b-")) {
		t.Errorf("names %s and %s", a, b)
	}
}
