//go:build !cgo

package main

import (
	"context"
	"errors"
)

// stylizeCommand stands in where Go finds no C compiler: it then builds without cgo, and GoMLX's XLA does not build
// at all. The rest of the command does, so that set-up and doctor can say what is missing.
func stylizeCommand(context.Context, []string) error {
	return errors.New("stylize needs a C compiler: `stylenet setup` says how to get one")
}
