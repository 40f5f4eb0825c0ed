package resident

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"stylenet/kernelext/internal/wire"
)

// Main runs one cell in a program of its own: it reads the variables that earlier programs have written, and leaves those of
// the cell and how it ended.
func Main(restore func(), function func()) {
	s := &server{}
	var err error
	if s.input, err = openInput(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s.listen()
	restore()
	restored()
	answer := s.call(wire.Command{}, function)
	keeping.Wait()
	for name, why := range failing {
		answer.Lost[name] = why
		answer.Kept = slices.DeleteFunc(answer.Kept, func(kept string) bool { return kept == name })
	}
	data, err := json.Marshal(answer)
	if err == nil {
		err = os.WriteFile(os.Getenv(wire.AnswerVar), data, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
