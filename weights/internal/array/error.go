package array

import (
	"errors"
	"fmt"
)

// Error says what is wrong with a file, or what in it is not read here.
type Error struct {
	Unsupported bool   // the file may be fine, but holds something that is not read here
	Array       string // the array's name, where known
	Reason      string
}

// Error returns the reason, after the array's name.
func (e *Error) Error() string {
	if e.Array == "" {
		return e.Reason
	}
	return fmt.Sprintf("%q: %s", e.Array, e.Reason)
}

// Bad returns an error for a file that breaks the rules of its format.
func Bad(format string, args ...any) *Error {
	return &Error{Reason: fmt.Sprintf(format, args...)}
}

// Unsupported returns an error for a file that keeps the rules of its format, but uses a part of them that is not read here.
func Unsupported(format string, args ...any) *Error {
	return &Error{Unsupported: true, Reason: fmt.Sprintf(format, args...)}
}

// In adds the name of the array in which the error lies.
func (e *Error) In(name string) *Error {
	e.Array = name
	return e
}

// Within returns the error with the name of the array in which it lies. Errors of other kinds are taken for faults of
// the file.
func Within(err error, name string) *Error {
	var e *Error
	if !errors.As(err, &e) {
		return Bad("%v", err).In(name)
	}
	named := *e
	return named.In(name)
}
