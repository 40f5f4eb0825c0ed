// Package wire has what a kernel and the program in which its cells run say to each other: one line of JSON each way for
// each cell. Set-up also builds the package into the kernel, so it uses the standard library only.
package wire

import (
	"syscall"

	"stylenet/kernelext/internal/report"
)

// SocketVar is the environment variable that tells the program where the kernel listens.
const SocketVar = "GONB_RESIDENT"

// Stop is the signal by which the kernel stops the cell that runs.
const Stop = syscall.SIGUSR1

// Command asks the program to run a cell.
type Command struct {
	Library  string            // the file to open
	Symbol   string            // the function to call
	Packages []string          // packages that came with the library, to be initialised before in this order
	Folder   string            // the working directory
	Args     []string          // the arguments, without the program's name
	Env      map[string]string // environment variables that are not what they were at the last command
	Restore  bool              // the cell only reads variables back, as another program left them
}

// Answer says how the cell ended.
type Answer struct {
	Card *report.Card      // of a cell that failed; nil: it did not
	Done int               // how many of its statements are done
	Kept []string          // the variables that a program after this one could read back
	Lost map[string]string // those that it could not, with the reason
}

// EndMark is what the program writes to its standard output and to its standard error stream when all that a cell wrote there
// is written.
const EndMark = "\x00gonb:end\n"

// AnswerVar is the environment variable that tells a program with one cell in which file to leave its answer.
const AnswerVar = "GONB_ANSWER"
