// Package build builds the program that a kernel for Jupyter makes of its cells, and mends what the compiler finds wrong
// with its imports. Set-up also builds the package into the kernel.
//
// build.go runs the go command, blank.go mends dot imports.
package build

import (
	"bytes"
	"os/exec"
)

// Run runs a go build or go test -c and returns what it said. Where the compiler asks for go get and get is true, it
// downloads the modules and builds again; where dot imports in the file are not used, it blanks them and builds again.
func Run(cmd *exec.Cmd, file string, get bool) ([]byte, error) {
	again := func() ([]byte, error) {
		return (&exec.Cmd{Path: cmd.Path, Args: cmd.Args, Dir: cmd.Dir, Env: cmd.Env}).CombinedOutput()
	}
	said, err := cmd.CombinedOutput()
	if err != nil && get && bytes.Contains(said, []byte("\tgo get ")) {
		getter := exec.Command("go", "get", "-t")
		getter.Dir, getter.Env = cmd.Dir, cmd.Env
		if said, err := getter.CombinedOutput(); err != nil {
			return said, err
		}
		said, err = again()
	}
	if err != nil && blankUnused(file, said) {
		return again()
	}
	return said, err
}
