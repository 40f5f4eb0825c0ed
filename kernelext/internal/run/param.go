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

// Params returns the names of the notebook's parameters in alphabetical order.
func (n *Notebook) Params() []string {
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

// CheckParams refuses the first name that the notebook does not have.
func (n *Notebook) CheckParams(params map[string]string) error {
	names := n.Params()
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if slices.Contains(names, name) {
			continue
		}
		if len(names) == 0 {
			return fmt.Errorf("the notebook has no parameter %q; it has none at all", name)
		}
		return fmt.Errorf("the notebook has no parameter %q; it has %s", name, strings.Join(names, ", "))
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
