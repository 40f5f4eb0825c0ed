package setup

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestTunables(t *testing.T) {
	if !glibc() {
		t.Skip("no glibc")
	}
	one := fmt.Sprintf(":glibc.malloc.arena_max=%d", runtime.NumCPU())
	for _, c := range []struct{ have, wish, want string }{
		{"", "", "glibc.malloc.hugetlb=1" + one},
		{"", "1", "glibc.malloc.hugetlb=1" + one},
		{"", "0", one[1:]},
		{"glibc.malloc.arena_max=7", "", "glibc.malloc.arena_max=7:glibc.malloc.hugetlb=1"},
		{"glibc.malloc.arena_max=7", "0", "glibc.malloc.arena_max=7"},
		{"glibc.malloc.hugetlb=2", "", "glibc.malloc.hugetlb=2" + one},
		{"glibc.malloc.hugetlb=0:x=y", "", "glibc.malloc.hugetlb=0:x=y" + one},
	} {
		t.Setenv(TunablesVar, c.have)
		t.Setenv(hugePagesVar, c.wish)
		if got := Tunables(); got != c.want {
			t.Errorf("with %s=%s %s=%s: %q, want %q", TunablesVar, c.have, hugePagesVar, c.wish, got, c.want)
		}
		if huge := strings.Contains(c.want, "hugetlb=1") || strings.Contains(c.want, "hugetlb=2"); HugePages() != huge {
			t.Errorf("with %s=%s %s=%s: huge pages %t", TunablesVar, c.have, hugePagesVar, c.wish, !huge)
		}
		s := &Setup{Home: "/h", Module: t.TempDir()}
		env, err := s.cellEnv(t.Context())
		got, ok := env[TunablesVar]
		if err != nil || got != c.want || ok != (c.want != "") {
			t.Errorf("the kernelspec sets %q (%v, %v), want %q", got, ok, err, c.want)
		}
	}
}
