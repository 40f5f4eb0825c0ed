//go:build cgo

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// fileList is an option that is given once for each file. In JSON a single file is a string.
type fileList []string

// MarshalJSON writes a single file as a string.
func (l fileList) MarshalJSON() ([]byte, error) {
	if len(l) == 1 {
		return json.Marshal(l[0])
	}
	return json.Marshal([]string(l))
}

// UnmarshalJSON reads a string or a list.
func (l *fileList) UnmarshalJSON(data []byte) error {
	var one string
	if err := json.Unmarshal(data, &one); err == nil {
		*l = nil
		if one != "" {
			*l = fileList{one}
		}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(l))
}

// collector takes one more file at each call; the first takes the place of those that were there.
func (l *fileList) collector() func(file string) error {
	given := false
	return func(file string) error {
		if file == "" {
			return errors.New("it names no file")
		}
		if !given {
			*l, given = nil, true
		}
		*l = append(*l, file)
		return nil
	}
}

// listed splits what commas or spaces separate.
func listed(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// layerList is an option of layers' names, separated by commas.
type layerList []string

// String is for the flag package.
func (l *layerList) String() string { return strings.Join(*l, ",") }

// Set replaces the list.
func (l *layerList) Set(text string) error {
	*l = listed(text)
	return nil
}

// numberList is an option of numbers, separated by commas.
type numberList []float64

// String is for the flag package.
func (l *numberList) String() string {
	texts := make([]string, len(*l))
	for i, v := range *l {
		texts[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strings.Join(texts, ",")
}

// Set replaces the list.
func (l *numberList) Set(text string) error {
	var list numberList
	for _, field := range listed(text) {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return fmt.Errorf("%q is not a number", field)
		}
		list = append(list, v)
	}
	*l = list
	return nil
}
