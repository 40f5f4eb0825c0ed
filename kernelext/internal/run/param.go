package run

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// paramCall finds the calls of kernelext.Param in a cell, with or without a type: Param("steps", 200),
// Param[int]("steps", 200).
var paramCall = regexp.MustCompile(`\bParam(?:\[[^\]]*\])?\(\s*("(?:[^"\\]|\\.)*")`)

// paramNumber finds those among them that are given a number as it stands, and no type.
var paramNumber = regexp.MustCompile(`\bParam\(\s*("(?:[^"\\]|\\.)*")\s*,\s*(-?[\d.]+)\s*\)`)

// params returns the names of the notebook's parameters in alphabetical order.
func (n *Notebook) params() []string {
	names := map[string]bool{}
	for _, cell := range n.code {
		for _, call := range paramCall.FindAllStringSubmatch(cell.source, -1) {
			if name, err := strconv.Unquote(call[1]); err == nil {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// CheckParams returns an error for a name that the notebook does not have, and for a value that is not the number that the
// cell wants.
func (n *Notebook) CheckParams(params map[string]string) error {
	names, numbers := n.params(), n.numbers()
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if slices.Contains(names, name) {
			if err := checkNumber(params[name], numbers[name]); err != nil {
				return fmt.Errorf("parameter %s: %w; without it the value is %s", name, err, numbers[name])
			}
			continue
		}
		if len(names) == 0 {
			return fmt.Errorf("the notebook has no parameter %q; it has none at all", name)
		}
		return fmt.Errorf("the notebook has no parameter %q; it has %s", name, strings.Join(names, ", "))
	}
	return nil
}

// numbers returns the numbers that parameters have where they are not given.
func (n *Notebook) numbers() map[string]string {
	numbers := map[string]string{}
	for _, cell := range n.code {
		for _, call := range paramNumber.FindAllStringSubmatch(cell.source, -1) {
			if name, err := strconv.Unquote(call[1]); err == nil {
				numbers[name] = call[2]
			}
		}
	}
	return numbers
}

// checkNumber checks that a text is a number like the one that it replaces: an integer, or one with a point.
func checkNumber(text, number string) error {
	var err error
	kind := "a whole number"
	switch {
	case strings.Contains(number, "."):
		kind = "a number"
		_, err = strconv.ParseFloat(text, 64)
	case number != "":
		_, err = strconv.Atoi(text)
	}
	if err != nil {
		return fmt.Errorf("%q is not %s", text, kind)
	}
	return nil
}

// paramVariable is the environment variable by which kernelext.Param learns the parameters.
func paramVariable(params map[string]string) (string, error) {
	if params == nil {
		params = map[string]string{}
	}
	data, err := json.Marshal(params)
	return "STYLENET_PARAMS=" + string(data), err
}
