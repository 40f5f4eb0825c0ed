package kernelext

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"
)

// Parameter lists the types of parameters.
type Parameter interface {
	int | float64 | string | bool | time.Duration
}

// Param returns a parameter of the notebook: the given value, unless whoever runs the notebook gave another, by
// "-p name=value" to the runner or by an argument name=value to a plain Go program.
//
//	steps := kernelext.Param("steps", 200)
//
// A value of another type ends the cell with an error.
func Param[T Parameter](name string, value T) T {
	given, ok, err := lookupParam(name)
	Check(err)
	if !ok {
		return value
	}
	return Must(parse(name, given, value))
}

// lookupParam returns the value that the runner or an argument gives for a parameter.
func lookupParam(name string) (value string, ok bool, err error) {
	for _, arg := range os.Args[1:] {
		if v, found := strings.CutPrefix(arg, name+"="); found {
			value, ok = v, true
		}
	}
	runner := os.Getenv("STYLENET_PARAMS")
	if ok || runner == "" {
		return value, ok, nil
	}
	var params map[string]string
	if err := json.Unmarshal([]byte(runner), &params); err != nil {
		return "", false, fmt.Errorf("STYLENET_PARAMS is not a JSON object of strings: %w", err)
	}
	value, ok = params[name]
	return value, ok, nil
}

// parse parses a value of the type of the old one.
func parse[T Parameter](name, text string, old T) (T, error) {
	var v any
	var err error
	want := ""
	switch any(old).(type) {
	case int:
		v, err = strconv.Atoi(text)
		want = "a whole number"
	case float64:
		v, err = parseFinite(text)
		want = "a number"
	case bool:
		v, err = strconv.ParseBool(text)
		want = "true or false"
	case time.Duration:
		v, err = time.ParseDuration(text)
		want = "a length of time such as 90s or 2m"
	case string:
		v = text
	}
	if err != nil {
		return old, fmt.Errorf("parameter %s: %q is not %s; without it the value is %v", name, text, want, old)
	}
	return v.(T), nil
}

func parseFinite(text string) (float64, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err == nil && (math.IsInf(f, 0) || math.IsNaN(f)) {
		err = strconv.ErrRange
	}
	return f, err
}
