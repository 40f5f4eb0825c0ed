package main

import (
	"fmt"
	"net"
	"strings"
	"testing"
)

// A port that is taken, or none, is said before anything is set up.
func TestLabPort(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	taken := listener.Addr().(*net.TCPAddr).Port
	for port, want := range map[int]string{taken: fmt.Sprintf("port %d cannot be listened on", taken), 80000: "no port 80000; there are 1 to 65535", -1: "no port -1"} {
		if err := labCommand(t.Context(), []string{"-port", fmt.Sprint(port)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("port %d: error %v, want %q", port, err, want)
		}
	}
	if port, err := freePort(taken); err != nil || port <= taken {
		t.Errorf("free port %d, error %v; %d is taken", port, err, taken)
	}
}
