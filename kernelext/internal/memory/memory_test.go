package memory

import (
	"os/exec"
	"runtime"
	"testing"
)

func TestMemory(t *testing.T) {
	const megabyte = 1 << 20
	block := make([]byte, 64*megabyte)
	for i := range block {
		block[i] = 1
	}
	peak, err := Peak()
	if err != nil || peak < int64(len(block)) || peak > 4<<30 {
		t.Errorf("Peak: %d, %v, with a block of %d bytes", peak, err, len(block))
	}
	if used := InUse(); runtime.GOOS == "linux" && (used < int64(len(block))) {
		t.Errorf("InUse: %d, with a block of %d bytes", used, len(block))
	}
	runtime.KeepAlive(block)
	child := exec.Command("true")
	if err := child.Run(); err != nil {
		t.Fatal(err)
	}
	if got := PeakOf(child.ProcessState); got < megabyte/4 || got > 1<<30 {
		t.Errorf("PeakOf: %d", got)
	}
}
